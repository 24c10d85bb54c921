"""A typed line against an automaton: which command it is, or what is wrong with it and where.

Every keyword may be cut to a unique beginning, and a whole word beats longer ones. A keyword comes
before a free word (a name), but when the line cannot be completed that way the name is tried.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .automaton import Automaton, State, View
from .syntax import Argument, Group, Item, Pick, Sequence, Word

MAX_THREADS = 16
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

    def note(self, column: int, *, ambiguous: bool = False) -> None:
        if column > self.column:
            self.column, self.ambiguous = column, ambiguous


def match(automaton: Automaton, line: str, start: int = 0) -> Outcome:
    """Find the command that `line` (from the column `start`) stands for."""
    tokens = tokens_of(line, start)
    failure = _Failure()
    incomplete = False
    pending = [_Thread(automaton.start(), 0, ())]
    steps = 0
    while pending and steps < MAX_THREADS * (len(tokens) + 1):
        steps += 1
        thread = pending.pop()
        if thread.index >= len(tokens):
            if thread.view.accepts:
                return Accepted(thread.view.accepts[0], thread.taken)
            incomplete = True
            continue
        if len(thread.taken) > MAX_WORDS:
            failure.note(tokens[thread.index].start)
            continue
        # the last one pushed is tried first: keywords before names
        pending += reversed(list(_steps(automaton, thread, tokens, line, failure)))
    if failure.ambiguous:
        return Ambiguous()
    if incomplete:
        return Incomplete()
    return Invalid(failure.column)


def _steps(
    automaton: Automaton, thread: _Thread, tokens: list[Token], line: str, failure: _Failure
) -> Iterator[_Thread]:
    """The ways in which the next word can be taken, the best first."""
    view, index = thread.view, thread.index
    token = tokens[index]
    lower = token.text.lower()
    exact = lower in view.words
    strict, loose = _fitting(view, tokens, index, line)
    names = [lower] if exact else view.completions(lower)
    if len(names) == 1:
        word = Token(names[0], token.start, keyword=True)
        yield _Thread(automaton.after_word(view, names[0]), index + 1, (*thread.taken, word))
    for group in (strict, loose):
        for length, taken, targets in group:
            view_after = automaton.after_arguments(targets)
            yield _Thread(view_after, index + length, (*thread.taken, taken))
    if len(names) > 1 and not strict:
        failure.note(token.start + len(token.text), ambiguous=True)
    elif not names and not strict and not loose:
        failure.note(token.start + _common(view, lower))


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
