"""A typed line against an automaton: which command it is, or what is wrong with it and where.

Every keyword may be cut to a unique beginning, and a whole word beats longer ones. A beginning of
several keywords stands for the one with which the rest of the line makes a command, if it does with
one of them alone (`ip ro 0.0.0.0 0.0.0.0 10.0.0.1` is `ip route`, though there is `ip routing`). A
keyword comes before a free word (a name), but when the line cannot be completed that way the name
is tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .automaton import Automaton, State, View
from .interfaces import interface_types
from .syntax import Argument, Group, Item, Pick, Sequence, Word

MAX_THREADS = 16
MAX_LOOKS = 2000
"""How many words are looked at to tell which of several keywords is meant."""
MAX_WORDS = 120
"""More words than any command has; a text to the end of the line counts as one."""

_TOKEN = re.compile(r"\S+")
_TYPE_ALONE = re.compile(r"[A-Za-z-]+")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the line and where it begins; `keyword` when it was taken as one."""

    text: str
    start: int
    keyword: bool = False


@dataclass(frozen=True, slots=True)
class Accepted:
    """The line stands for the command `number`; `tokens` are its words as they were matched."""

    number: int
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Invalid:
    """No command looks like this; `column` is the first character that no keyword has there."""

    column: int


@dataclass(frozen=True, slots=True)
class Ambiguous:
    """A word that begins more than one keyword."""


@dataclass(frozen=True, slots=True)
class Incomplete:
    """The line could go on but cannot end."""


Outcome = Accepted | Invalid | Ambiguous | Incomplete


def tokens_of(line: str, start: int = 0) -> list[Token]:
    """The words of a line from the column `start`."""
    return [Token(match[0], match.start()) for match in _TOKEN.finditer(line, start)]


@dataclass(slots=True)
class _Thread:
    view: View
    index: int
    taken: tuple[Token, ...]


@dataclass(slots=True)
class _Failure:
    """The failure that lies farthest to the right so far."""

    column: int = -1
    ambiguous: bool = False
    incomplete: bool = False

    def note(self, column: int, *, ambiguous: bool = False, incomplete: bool = False) -> None:
        if column > self.column:
            self.column, self.ambiguous, self.incomplete = column, ambiguous, incomplete


def match(automaton: Automaton, line: str, start: int = 0) -> Outcome:
    """Find the command that `line` (from the column `start`) stands for."""
    return _Search(automaton, line, start).outcome()


class _Search:
    """One line on its way through an automaton."""

    __slots__ = ("_automaton", "_line", "_looks", "_tokens")

    def __init__(self, automaton: Automaton, line: str, start: int) -> None:
        self._automaton = automaton
        self._line = line
        self._tokens = tokens_of(line, start)
        self._looks = MAX_LOOKS

    def outcome(self) -> Outcome:
        """What the line is."""
        failure = _Failure()
        incomplete = False
        pending = [_Thread(self._automaton.start(), 0, ())]
        steps = 0
        while pending and steps < MAX_THREADS * (len(self._tokens) + 1):
            steps += 1
            thread = pending.pop()
            if thread.index >= len(self._tokens):
                if thread.view.accepts:
                    return Accepted(thread.view.accepts[0], thread.taken)
                incomplete = True
                continue
            if len(thread.taken) > MAX_WORDS:
                failure.note(self._tokens[thread.index].start)
                continue
            # the last one pushed is tried first: keywords before names
            pending += reversed(list(self._steps(thread, failure)))
        if failure.ambiguous:
            return Ambiguous()
        if incomplete or failure.incomplete:
            return Incomplete()
        return Invalid(failure.column)

    def _steps(self, thread: _Thread, failure: _Failure) -> Iterator[_Thread]:
        """The ways in which the next word can be taken, the best first."""
        view, index = thread.view, thread.index
        token = self._tokens[index]
        lower = token.text.lower()
        strict, loose = _fitting(view, self._tokens, index, self._line)
        names = self._meant(view, view.meant(lower), index)
        if len(names) == 1:
            word = Token(names[0], token.start, keyword=True)
            after = self._automaton.after_word(view, names[0])
            yield _Thread(after, index + 1, (*thread.taken, word))
        for group in (strict, loose):
            for length, taken, targets in group:
                after = self._automaton.after_arguments(targets)
                yield _Thread(after, index + length, (*thread.taken, taken))
        if len(names) > 1 and not strict:
            failure.note(token.start + len(token.text), ambiguous=True)
        elif not (names or strict or loose) and not _half_interface(
            view, self._tokens, index, failure
        ):
            failure.note(token.start + _common(view, lower))

    def _meant(self, view: View, names: list[str], index: int) -> list[str]:
        """Of several keywords the one with which the words behind it make a command."""
        if len(names) < 2 or index + 1 == len(self._tokens):
            return names
        able = [
            name
            for name in names
            if self._completes(self._automaton.after_word(view, name), index + 1)
        ]
        return able if len(able) == 1 and self._looks > 0 else names

    def _completes(self, view: View, index: int) -> bool:
        """Whether the words from `index` on make a command behind `view`."""
        pending = [_Thread(view, index, ())]
        while pending and self._looks > 0:
            self._looks -= 1
            thread = pending.pop()
            if thread.index < len(self._tokens):
                pending += self._steps(thread, _Failure())
            elif thread.view.accepts:
                return True
        return False


_Fits = list[tuple[int, Token, list[frozenset[State]]]]


def _fitting(view: View, tokens: list[Token], index: int, line: str) -> tuple[_Fits, _Fits]:
    """What the arguments of `view` take here: kinds that are strict, then free words and lines."""
    token = tokens[index]
    strict: _Fits = []
    loose: _Fits = []
    targets: dict[tuple[bool, int, str], list[frozenset[State]]] = {}
    for kind, states in view.arguments:
        length, text = 1, token.text
        if kind.rest:
            length, text = len(tokens) - index, line[token.start :]
        elif kind.name == "interface":
            length, text = _interface_text(tokens, index)
        if kind.read(text) is not None:
            targets.setdefault((kind.loose, length, text), []).append(states)
    for (is_loose, length, text), found in targets.items():
        (loose if is_loose else strict).append((length, Token(text, token.start), found))
    return strict, loose


def _interface_text(tokens: list[Token], index: int) -> tuple[int, str]:
    """An interface may be typed in two words: `gi 0/0`."""
    text = tokens[index].text
    if index + 1 < len(tokens) and _TYPE_ALONE.fullmatch(text):
        following = tokens[index + 1].text
        if following[0].isdecimal():
            return 2, text + following
    return 1, text


def _half_interface(view: View, tokens: list[Token], index: int, failure: _Failure) -> bool:
    """Note what is wrong with a type of interface that has no number; False if it is none."""
    token = tokens[index]
    if not _TYPE_ALONE.fullmatch(token.text) or not view.takes_interface:
        return False
    types = interface_types(token.text)
    end = token.start + len(token.text)
    if len(types) == 1 and index + 1 < len(tokens):
        failure.note(tokens[index + 1].start)
    elif types:
        failure.note(end, ambiguous=len(types) > 1, incomplete=len(types) == 1)
    return bool(types)


def _common(view: View, lower: str) -> int:
    """How many characters of a word some keyword of `view` begins with."""
    best = 0
    for length in range(len(lower), 0, -1):
        if view.completions(lower[:length]):
            best = length
            break
    return best


Values = dict[str, Any]
"""Argument values by name: text or a number; a tuple of them for a name in a repeated group."""


def bind(sequence: Sequence, tokens: tuple[Token, ...]) -> tuple[Values, tuple[str, ...]]:
    """The values of a command's arguments, and all its words as the configuration prints them."""
    for values, words, rest in _bindings(sequence, tokens, 0):
        if rest == len(tokens):
            return values, words
    raise ValueError("the words do not fit the declaration")


_Binding = tuple[Values, tuple[str, ...], int]


def _bindings(sequence: Sequence, tokens: tuple[Token, ...], at: int) -> Iterator[_Binding]:
    if not sequence:
        yield {}, (), at
        return
    head, rest = sequence[0], sequence[1:]
    for values, words, after in _item_bindings(head, tokens, at):
        for more, more_words, end in _bindings(rest, tokens, after):
            yield {**values, **more}, (*words, *more_words), end


def _item_bindings(item: Item, tokens: tuple[Token, ...], at: int) -> Iterator[_Binding]:
    if isinstance(item, Group):
        yield from _group_bindings(item, tokens, at)
        return
    if at >= len(tokens):
        return
    text, keyword = tokens[at].text, tokens[at].keyword
    match item:
        case Word(word):
            if keyword and text == word:
                yield {}, (word,), at + 1
        case Pick(name=name, words=words):
            if keyword and text in words:
                yield {name: text}, (text,), at + 1
        case Argument(name=name, kind=kind):
            value = None if keyword else kind.read(text)
            if value is not None:
                yield {name: value}, (str(value),), at + 1


def _group_bindings(group: Group, tokens: tuple[Token, ...], at: int) -> Iterator[_Binding]:
    for choice in group.choices:
        for values, words, after in _bindings(choice, tokens, at):
            if not group.repeat:
                yield values, words, after
            elif after > at:
                again = Group(group.choices, optional=True, repeat=True)
                listed = {name: (value,) for name, value in values.items()}
                for more, more_words, end in _group_bindings(again, tokens, after):
                    joined = {
                        name: listed.get(name, ()) + more.get(name, ())
                        for name in {**listed, **more}
                    }
                    yield joined, (*words, *more_words), end
    if group.optional:
        yield {}, (), at
