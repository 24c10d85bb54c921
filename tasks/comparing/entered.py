"""What a configuration is once the lines of a difference are entered.

This is no router: nothing is refused, and only what our own lines do is known.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from ...parsers.config import ConfigLine
from .lists import STEP, Key, Listed
from .plan import Command
from .rules import ROOT, UNSPOKEN, WAN, Rule, spelled
from .scope import ADDRESSES, Node, View, Whole, read

_LIST: Final = re.compile(
    r"(?:(ipv6) access-list|ip access-list (standard|extended)) (\S+)", re.ASCII
)
_AGAIN: Final = re.compile(r"ip access-list resequence (\S+) (\d+) (\d+)", re.ASCII)
_ENTRY: Final = re.compile(r"(?:sequence )?(?:(\d+) )?(.+)", re.ASCII)
_VRF: Final = re.compile(r"(?:no )?vrf forwarding\b.*", re.ASCII)


def entered(text: str, commands: Iterable[Command], view: View) -> str:
    """The configuration `text` after `commands`, as far as differences look at it."""
    whole = read(text, "running", view, exact=True)
    state = _State(whole)
    for command in commands:
        state.enter(command)
    rest = [line for line in whole.tree.lines if not _known(line, whole)]
    lines = [*state.shown(), *(text for line in rest for text in _texts(line, 0))]
    return "\n".join((*lines, "end", ""))


def _known(line: ConfigLine, whole: Whole) -> bool:
    """Whether a global line is one of a difference, or of an access list."""
    if any(node.line is line for node in whole.found.nodes.values()):
        return True
    return _LIST.match(line.text) is not None or line.text.startswith("access-list ")


def _texts(line: ConfigLine, depth: int) -> Iterator[str]:
    yield " " * depth + line.text
    for each in line.children:
        yield from _texts(each, depth + 1)


class _State:
    """A configuration while lines are entered."""

    def __init__(self, whole: Whole) -> None:
        self.top = [node.copy() for node in whole.found.nodes.values()]
        self.lists = {key: ListText.of(each) for key, each in whole.found.lists.items()}

    def enter(self, command: Command) -> None:
        """Enter one line."""
        again = _AGAIN.fullmatch(command.text)
        if again is not None:
            self.lists[False, again[1]].number(int(again[2]), int(again[3]))
            return
        head = _LIST.fullmatch((*command.modes, command.text)[0].removeprefix("no "))
        if head is not None:
            self._list(head, command)
            return
        siblings = self.top
        rules: tuple[Rule, ...] = ROOT
        for mode in command.modes:
            node = _set(siblings, mode, rules)
            siblings, rules = node.children, _inside(node)
        _change(siblings, command.text, rules)

    def _list(self, head: re.Match[str], command: Command) -> None:
        key: Key = (head[1] is not None, head[3])
        if not command.modes and command.text.startswith("no "):
            self.lists.pop(key, None)
            return
        found = self.lists.setdefault(key, ListText(head[0], [], numbered=True, six=key[0]))
        if command.modes:
            found.enter(command.text)

    def shown(self) -> Iterator[str]:
        """All lines as a text."""
        for node in self.top:
            yield from _node(node, 0)
        for each in self.lists.values():
            yield each.head
            yield from (f" {line}" for line in each.shown())


def _node(node: Node, depth: int) -> Iterator[str]:
    yield " " * depth + node.typed
    for each in node.children:
        yield from _node(each, depth + 1)


def _inside(node: Node) -> tuple[Rule, ...]:
    if node.rule.name == "interface":
        return WAN
    return node.rule.children


def _change(siblings: list[Node], line: str, rules: tuple[Rule, ...]) -> None:
    """Take a line back, or set it."""
    text = spelled(line)
    gone = next((node for node in siblings if node.undone == text or node.removal == line), None)
    if gone is not None:
        siblings.remove(gone)
    elif not text.startswith("no ") or any(rule.identity(text) is not None for rule in rules):
        _set(siblings, line, rules)
    if _VRF.fullmatch(text):
        siblings[:] = [node for node in siblings if not node.text.startswith(ADDRESSES)]


def _set(siblings: list[Node], line: str, rules: tuple[Rule, ...]) -> Node:
    """The line in its block, in place of the one that it replaces."""
    text = spelled(line)
    rule = UNSPOKEN
    identity: tuple[str, ...] = (text,)
    for each in rules:
        found = each.identity(text)
        if found is not None:
            rule, identity = each, found
            break
    for node in siblings:
        if node.name == (rule.name, identity):
            break
    else:
        node = Node(rule=rule, identity=identity, text="", typed="", line=ConfigLine(line, 0))
        siblings.append(node)
    if node.text != text:
        node.text, node.typed = text, line
    return node


@dataclass(slots=True)
class ListText:
    """An access list: its lines with their numbers, where they have some."""

    head: str
    lines: list[tuple[int | None, str]]
    numbered: bool
    six: bool

    @classmethod
    def of(cls, listed: Listed) -> "ListText":
        """A list as it is shown."""
        made = cls(listed.head, [], listed.numbered, listed.kind == "ipv6")
        for entry in listed.shown:
            made.enter(entry.typed if entry.number is None else f"{entry.number} {entry.typed}")
        return made

    def enter(self, line: str) -> None:
        """Put an entry in its place, or take one away."""
        if line.startswith("no "):
            gone = line.removeprefix("no ")
            self.lines = [each for each in self.lines if gone not in (each[1], str(each[0]))]
            return
        found = _ENTRY.fullmatch(line)
        number, text = (found[1], found[2]) if found is not None else (None, line)
        last = max((each[0] or 0 for each in self.lines), default=0)
        if number is None:
            remark = text.startswith("remark ")
            self.lines.append((None if remark else last + STEP, text))
            return
        at = next(
            (at for at, each in enumerate(self.lines) if (each[0] or 0) > int(number)),
            len(self.lines),
        )
        self.lines.insert(at, (int(number), text))

    def number(self, first: int, step: int) -> None:
        """Number the entries anew."""
        at = first
        for place, (number, text) in enumerate(self.lines):
            if number is not None:
                self.lines[place] = (at, text)
                at += step

    def shown(self) -> Iterator[str]:
        """The lines as the router prints them."""
        expected = STEP
        for number, text in self.lines:
            plain = number is None or not self.numbered or (self.six and number == expected)
            word = "sequence " if self.six else ""
            yield text if plain else f"{word}{number} {text}"
            expected = (number or expected - STEP) + STEP
