"""A configuration text as a tree of lines, by their indentation.

What IOS prints over several lines for one command stays one node: banners, certificates, public
keys, macros. Comments are dropped; `end` ends the text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from ...errors import InputError

MAX_CHARACTERS = 16_000_000
MAX_LINES = 500_000
MAX_DEPTH = 16
TAB_WIDTH = 8

CONTROL_C = "^C"
"""How a configuration text shows the delimiter of a banner: a caret and a C."""

_LINE_END = re.compile(r"\r\n|\r|\n")
_HEADER = re.compile(
    r"Building configuration\.\.\.|Current configuration ?: |Using \d+ out of \d+ bytes"
    r"|Uncompressed configuration from "
)
_DELIMITED = re.compile(
    r"(?P<head>banner(?: (?:motd|login|exec|incoming|slip-ppp|prompt-timeout|lcd)\b)?+"
    r"|aaa authentication (?:banner|fail-message)"
    r"|(?:vacant|refuse)-message"
    r"|menu \S+ title) +(?P<rest>\S.*)",
    re.DOTALL,
)
_CERTIFICATE_CHAIN = re.compile(r"crypto (?:pki|ca) certificate chain ")
_HEX = re.compile(r"[0-9A-Fa-f]+(?: +[0-9A-Fa-f]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    """One command of a configuration text, with the lines that stand below it.

    `text` is its line without indentation. `tail` holds further lines that belong to the same
    command, as they were written. `head` is what names the command: `text` without the delimiter
    and the words of a banner.
    """

    text: str
    head: str
    tail: tuple[str, ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def free(self) -> bool:
        """Whether the tail is free text (a banner, a macro), not data below a command."""
        return bool(self.tail) and (self.text != self.head or self.text.startswith("macro "))

    @property
    def key(self) -> str:
        """What two nodes have in common when they are the same command, whatever is below."""
        if self.tail:
            parts = self.tail if self.free else map(str.strip, self.tail)
            return "\n".join((self.text, *parts))
        # IOS pads `deny` to the width of `permit`; people do not.
        return " ".join(self.text.split()) if "deny  " in self.text else self.text


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """The global commands of a text, and whether `end` closes it."""

    nodes: tuple[Node, ...]
    ended: bool


@dataclass(slots=True)
class _Draft:
    """A node while its children are still being read."""

    text: str
    head: str
    column: int
    tail: tuple[str, ...] = ()
    children: list["_Draft"] = field(default_factory=list)

    def finish(self) -> Node:
        children = tuple(child.finish() for child in self.children)
        return Node(text=self.text, head=self.head, tail=self.tail, children=children)


def parse(text: str) -> Tree:
    """Read a configuration text, in time linear to its length.

    A line belongs to the nearest line above that is indented less. Raises `InputError` when the
    text has more characters or lines than any device could hold.
    """
    if len(text) > MAX_CHARACTERS:
        raise InputError(f"a configuration text has at most {MAX_CHARACTERS} characters")
    lines = _LINE_END.split(text)
    if len(lines) > MAX_LINES:
        raise InputError(f"a configuration text has at most {MAX_LINES} lines")
    root = _Draft("", "", -1)
    opened = [root]
    at = 0
    while at < len(lines):
        line, at = lines[at], at + 1
        command = line.strip()
        if not command or command.startswith("!"):
            continue
        column = _column(line)
        if column == 0 and command.lower() == "end":
            return _tree(root, ended=True)
        while opened[-1].column >= column or len(opened) > MAX_DEPTH:
            opened.pop()
        draft, at = _read(command, column, opened[-1].text, lines, at)
        opened[-1].children.append(draft)
        opened.append(draft)
    return _tree(root, ended=False)


def is_header(text: str) -> bool:
    """Whether a global line is what `show running-config` prints above a configuration."""
    return _HEADER.match(text) is not None


def commands_of(node: Node, depth: int) -> Iterator[str]:
    """The lines of a node and of all below it, indented by `depth` blanks."""
    yield " " * depth + node.text
    yield from node.tail
    for child in node.children:
        yield from commands_of(child, depth + 1)


def _tree(root: _Draft, *, ended: bool) -> Tree:
    return Tree(nodes=root.finish().children, ended=ended)


def _column(line: str) -> int:
    """The column of the first character that is no blank."""
    if not line[0].isspace():
        return 0
    indent = line[: len(line) - len(line.lstrip())]
    return len(indent.expandtabs(TAB_WIDTH))


def _read(
    command: str, column: int, parent: str, lines: Sequence[str], at: int
) -> tuple[_Draft, int]:
    """The node of a command, and the number of the line after it."""
    delimited = _DELIMITED.fullmatch(command)
    if delimited is not None:
        text, tail, at = _banner(delimited["head"], delimited["rest"], lines, at)
        return _Draft(text, delimited["head"], column, tail), at
    closing: tuple[str, ...] = ()
    if command == "key-string":
        closing = ("quit", "exit")
    elif command.startswith("macro name "):
        closing = ("@",)
    elif _CERTIFICATE_CHAIN.match(parent) and _holds_data(command, lines, at):
        closing = ("quit",)
    if not closing:
        return _Draft(command, command, column), at
    begin = at
    while at < len(lines) and lines[at].strip() not in closing:
        at += 1
    at = min(at + 1, len(lines))
    return _Draft(command, command, column, tuple(line.rstrip() for line in lines[begin:at])), at


def _holds_data(command: str, lines: Sequence[str], at: int) -> bool:
    """Whether a certificate stands in the text; it may be a reference to a file instead."""
    if not command.startswith("certificate ") or at >= len(lines):
        return False
    following = lines[at].strip()
    return following == "quit" or _HEX.fullmatch(following) is not None


def _banner(
    head: str, rest: str, lines: Sequence[str], at: int
) -> tuple[str, tuple[str, ...], int]:
    """The first line and the further lines of a banner, and the number of the line after it.

    The delimiter becomes `^C`, as IOS prints it, unless the banner's own words hold a `^C`.
    """
    delimiter = CONTROL_C if rest.startswith(CONTROL_C) else rest[0]
    marks = (CONTROL_C, "\x03") if delimiter in (CONTROL_C, "\x03") else (delimiter,)
    pieces: list[str] = []
    piece, closed = _until(rest[len(delimiter) :], marks)
    pieces.append(piece)
    while not closed and at < len(lines):
        piece, closed = _until(lines[at], marks)
        pieces.append(piece)
        at += 1
    taken = any(mark in piece for piece in pieces for mark in (CONTROL_C, "\x03"))
    shown = delimiter if taken else CONTROL_C
    pieces[0] = f"{head} {shown}{pieces[0]}"
    if closed:
        pieces[-1] += shown
    return pieces[0], tuple(pieces[1:]), at


def _until(line: str, marks: Sequence[str]) -> tuple[str, bool]:
    """What stands before the first of some marks, and whether there is one."""
    found = [place for mark in marks if (place := line.find(mark)) >= 0]
    return (line[: min(found)], True) if found else (line, False)
