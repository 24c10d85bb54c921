"""Declared commands as one automaton: states that share beginnings, deterministic on use.

A `View` is what may come at one place of a line: keywords, kinds of arguments, and the commands
that may end there. Views are made when they are first needed and kept.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from .arguments import Kind
from .syntax import Argument, Group, Item, Pick, Sequence, Word


class State:
    """A place in the declarations: what leads on from it.

    `least` holds how many characters must be typed of a keyword, where one is not enough.
    """

    __slots__ = ("accepts", "arguments", "free", "least", "words")

    def __init__(self) -> None:
        self.least: dict[str, int] = {}
        self.words: dict[str, State] = {}
        self.arguments: dict[Kind, State] = {}
        self.free: list[State] = []
        self.accepts: list[int] = []


@dataclass(slots=True)
class View:
    """Everything that may come at one place."""

    states: frozenset[State]
    words: dict[str, frozenset[State]]
    sorted_words: list[str]
    arguments: list[tuple[Kind, frozenset[State]]]
    accepts: tuple[int, ...]
    least: dict[str, int]
    next_views: dict[str, "View"] = field(default_factory=dict)

    @property
    def takes_interface(self) -> bool:
        """Whether the name of an interface may come."""
        return any(kind.name == "interface" for kind, _ in self.arguments)

    def completions(self, prefix: str) -> list[str]:
        """The keywords that begin with `prefix` (lower case)."""
        words = self.sorted_words
        index = bisect_left(words, prefix)
        found = []
        while index < len(words) and words[index].startswith(prefix):
            found.append(words[index])
            index += 1
        return found

    def meant(self, typed: str) -> list[str]:
        """The keywords that a typed word (lower case) may stand for; a whole one is itself."""
        if typed in self.words:
            return [typed]
        found = self.completions(typed)
        if not self.least:
            return found
        return [word for word in found if len(typed) >= self.least.get(word, 0)]


class Automaton:
    """The commands of one mode; a command is known by its number."""

    def __init__(self) -> None:
        self._start = State()
        self._views: dict[frozenset[State], View] = {}

    def add(self, sequence: Sequence, number: int) -> None:
        """Let lines of the shape `sequence` stand for the command `number`."""
        self._build(sequence, self._start).accepts.append(number)

    def start(self) -> View:
        """The view at the beginning of a line."""
        return self._view(_closure((self._start,)))

    def after_word(self, view: View, word: str) -> View:
        """The view behind a keyword of `view`."""
        following = view.next_views.get(word)
        if following is None:
            following = view.next_views[word] = self._view(_closure(view.words[word]))
        return following

    def after_arguments(self, targets: Iterable[frozenset[State]]) -> View:
        """The view behind an argument of one of several kinds."""
        return self._view(_closure(frozenset().union(*targets)))

    def _view(self, states: frozenset[State]) -> View:
        found = self._views.get(states)
        if found is None:
            found = self._views[states] = _merged(states)
        return found

    def _build(self, sequence: Sequence, state: State) -> State:
        for item in sequence:
            state = self._after(item, state)
        return state

    def _after(self, item: Item, state: State) -> State:
        match item:
            case Word(text, least):
                if least:
                    state.least[text] = least
                return state.words.setdefault(text, State())
            case Argument(kind=kind):
                return state.arguments.setdefault(kind, State())
            case Pick(words=words):
                end = State()
                for word in words:
                    state.words.setdefault(word, State()).free.append(end)
                return end
            case Group():
                return self._group(item, state)

    def _group(self, group: Group, state: State) -> State:
        end = State()
        for choice in group.choices:
            self._build(choice, state).free.append(end)
        if group.repeat:
            for choice in group.choices:
                self._build(choice, end).free.append(end)
        if group.optional:
            state.free.append(end)
        return end


def _closure(states: Iterable[State]) -> frozenset[State]:
    """The states and those that lead on from them without a word."""
    found = set(states)
    pending = list(found)
    while pending:
        for state in pending.pop().free:
            if state not in found:
                found.add(state)
                pending.append(state)
    return frozenset(found)


def _merged(states: frozenset[State]) -> View:
    words: dict[str, set[State]] = {}
    arguments: dict[Kind, set[State]] = {}
    accepts: set[int] = set()
    least: dict[str, int] = {}
    for state in states:
        least.update(state.least)
        for word, target in state.words.items():
            words.setdefault(word, set()).add(target)
        for kind, target in state.arguments.items():
            arguments.setdefault(kind, set()).add(target)
        accepts.update(state.accepts)
    ordered = sorted(
        arguments.items(), key=lambda pair: (pair[0].loose, pair[0].rest, pair[0].name)
    )
    return View(
        states=states,
        words={word: frozenset(found) for word, found in words.items()},
        sorted_words=sorted(words),
        arguments=[(kind, frozenset(found)) for kind, found in ordered],
        accepts=tuple(sorted(accepts)),
        least=least,
    )
