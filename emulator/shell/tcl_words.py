"""The words of Tcl: where a command ends, and what its words are made of.

The rules are the first of Tcl's own manual page (Tcl.n): braces keep a text as it is, quotes and
bare words have `$name`, `[command]` and backslashes in them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

Kind = Literal["braced", "quoted", "bare"]

_IN_BRACES: Final = re.compile(r"[{}\\]")
_OUTSIDE: Final = re.compile(r'[{}\\"\[\]\s;]')
_CONTINUED: Final = re.compile(r"\\\n[ \t]*")
_ENDS: Final = frozenset("\n;")
_BLANKS: Final = frozenset(" \t\r")


class TclError(Exception):
    """A script that cannot be carried out; the text is what the shell prints."""


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a command: its text without the braces or quotes around it."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """A command: how it was typed, and its words."""

    text: str
    words: tuple[Word, ...]


class Unfinished:
    """Tells whether typed lines make whole commands yet; each line is looked at once."""

    __slots__ = ("_begun", "_brackets", "_depth", "_quoted", "_slash")

    def __init__(self) -> None:
        self._depth = 0
        self._brackets = 0
        self._quoted = False
        self._begun = False
        self._slash = False

    def feed(self, line: str) -> bool:
        """Take a line without its end; whether a brace, quote or bracket is open behind it."""
        if not self.open and line.lstrip().startswith("#"):
            return False
        self._slash = False
        at = 0
        while at < len(line):
            found = (_IN_BRACES if self._depth else _OUTSIDE).search(line, at)
            if found is None:
                self._begun = True
                break
            if found.start() > at:
                self._begun = True
            at = found.end()
            self._take(found[0])
            if found[0] == "\\":
                self._slash = at == len(line)
                at += 1
        if not self._depth and not self._quoted:
            self._begun = False
        return self.open

    @property
    def open(self) -> bool:
        """Whether the lines so far want another one."""
        return bool(self._depth or self._quoted or self._brackets or self._slash)

    def _take(self, char: str) -> None:
        """Take a character that means something."""
        if self._depth:
            self._depth += {"{": 1, "}": -1}.get(char, 0)
        elif char == '"':
            if self._quoted or not self._begun:
                self._quoted = not self._quoted
            self._begun = True
        elif char == "[":
            self._brackets += 1
            self._begun = False
        elif char == "]":
            self._brackets = max(self._brackets - 1, 0)
            self._begun = True
        elif not self._quoted:
            if char == "{" and not self._begun:
                self._depth = 1
            self._begun = char not in " \t\r\n;"


def sentences(script: str) -> Iterator[Sentence]:
    """The commands of a script; raises TclError for one that does not end."""
    at = 0
    while at < len(script):
        if script[at] in _BLANKS or script[at] in _ENDS:
            at += 1
        elif script[at] == "#":
            end = script.find("\n", at)
            at = len(script) if end < 0 else end
        else:
            reader = _Reader(script, at)
            words = tuple(reader.words())
            if words:
                yield Sentence(script[at : reader.at].strip(), words)
            at = reader.at


def elements(text: str) -> list[str]:
    """The elements of a list; raises TclError for one that does not end."""
    found: list[str] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        reader = _Reader(text, at, of_list=True)
        found.append(reader.word().text)
        at = reader.at
    return found


class _Reader:
    """Reads words from `at` on."""

    __slots__ = ("_of_list", "_text", "at")

    def __init__(self, text: str, at: int, *, of_list: bool = False) -> None:
        self._text = text
        self._of_list = of_list
        self.at = at

    def words(self) -> Iterator[Word]:
        """The words up to the end of the command."""
        text = self._text
        while self.at < len(text) and text[self.at] not in _ENDS:
            if text.startswith("\\\n", self.at):
                self.at += 2
            elif text[self.at] in _BLANKS:
                self.at += 1
            else:
                yield self.word()

    def word(self) -> Word:
        """The word that begins here."""
        char = self._text[self.at]
        if char == "{":
            return self._braced()
        if char == '"':
            return self._quoted()
        return self._bare()

    def _braced(self) -> Word:
        begin, depth = self.at + 1, 0
        for found in _IN_BRACES.finditer(self._text, self.at):
            if found.start() < self.at:
                continue
            if found[0] == "\\":
                self.at = found.end() + 1
                continue
            depth += 1 if found[0] == "{" else -1
            if depth == 0:
                self.at = found.end()
                return Word("braced", _CONTINUED.sub(" ", self._text[begin : found.start()]))
        raise TclError("missing close-brace")

    def _quoted(self) -> Word:
        begin = self.at + 1
        at = begin
        while at < len(self._text):
            char = self._text[at]
            if char == '"':
                self.at = at + 1
                return Word("quoted", self._text[begin:at])
            at = self._behind(at)
        raise TclError('missing "')

    def _bare(self) -> Word:
        begin = at = self.at
        text = self._text
        while at < len(text) and not text[at].isspace() and (self._of_list or text[at] != ";"):
            at = self._behind(at)
        self.at = min(at, len(text))
        return Word("bare", text[begin : self.at])

    def _behind(self, at: int) -> int:
        """Behind the character at `at`, or behind the brackets that begin there."""
        char = self._text[at]
        if char == "\\":
            return at + 2
        if char == "[" and not self._of_list:
            return behind_brackets(self._text, at)
        return at + 1


def behind_brackets(text: str, at: int) -> int:
    """Behind the `]` of the `[` at `at`; raises TclError if there is none."""
    depth = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "[":
            depth += 1
        elif char == "]":
            depth -= 1
            if depth == 0:
                return at + 1
        at += 1
    raise TclError("missing close-bracket")
