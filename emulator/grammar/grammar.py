"""The grammar of one family of routers: which command a line in a mode is, and the help on it."""

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from .automaton import Automaton, View
from .declare import CONFIG, Command, CommandSet, Mode, Setting
from .levels import Levels
from .matching import (
    Accepted,
    Ambiguous,
    Incomplete,
    Invalid,
    Token,
    Values,
    bind,
    match,
    tokens_of,
)
from .syntax import Sequence, keyword_paths, leading_words, negation, secret_names

MAX_REMEMBERED = 4096
MOST_REMEMBERED = 80
"""Characters of a line that is worth remembering."""
MOST_LEVELLED = 64
"""How many automata are kept for routers that changed the levels of commands."""
HIGHEST_PRIVILEGE = 15
EXEC = "exec"
PRIVILEGE_MODES = {"configure": (CONFIG,), "router": ("ospf", "ospfv3", "eigrp", "rip", "bgp")}
"""Modes that the line `privilege` knows by another name than the grammar."""
CONCEALED = "*****"
"""Stands for a secret wherever a line is kept (`hidekeys` of the archive log shows keys so)."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """A line that is a command: the declaration, its values, its words in full.

    `secrets` are the words of the line that hold a secret.
    """

    target: Command | Setting
    values: Values
    words: tuple[str, ...]
    tokens: tuple[Token, ...]
    secrets: tuple[Token, ...] = ()

    @property
    def text(self) -> str:
        """The line with every word in full."""
        return " ".join(self.words)

    def discreet(self, line: str) -> str:
        """The line that this was read from, without the secrets in it."""
        for token in reversed(self.secrets):
            line = line[: token.start] + CONCEALED + line[token.start + len(token.text) :]
        return line

    def column(self, argument: str) -> int:
        """Where the value of `argument`, or the keyword `argument`, was typed."""
        value = self.values.get(argument, argument)
        texts = {str(part) for part in (value if isinstance(value, tuple) else (value,))}
        for token in self.tokens:
            if token.text in texts:
                return token.start
        return self.tokens[-1].start


ParseResult = Parsed | Invalid | Ambiguous | Incomplete
_Target = tuple[Command | Setting, Sequence, tuple[str, ...]]
_Made = tuple[Automaton, list[_Target]]
_Place = tuple[str, int, bool, Levels | None]
"""What an automaton is for: a mode, a level, `no …` or not, the rules for levels."""

Release = tuple[int, int]
"""A release by its first two numbers, as the line `version` of a configuration has them."""


class Grammar:
    """All modes of one family; automata are made when a mode is first used.

    `release` is that of the software that prints the configuration.
    """

    def __init__(self, family: str, declared: CommandSet) -> None:
        self.family = family
        self.release: Release = (0, 0)
        self.modes: dict[str, Mode] = {mode.name: mode for mode in declared.modes}
        self.helps = declared.helps
        self._commands = [item for item in declared.commands if family in item.families]
        self._settings = [item for item in declared.settings if family in item.families]
        self._steps = sorted({item.privilege for item in self._commands if item.mode == EXEC})
        self._automata: dict[_Place, _Made] = {}
        self._levelled: dict[_Place, _Made] = {}
        self._remembered: dict[tuple[Levels | None, int, str], ParseResult] = {}
        self._lines: dict[tuple[str, str, int, bool], ParseResult] = {}

    def of_release(self, release: Release) -> Self:
        """The same commands as another release of the family prints them."""
        other = copy(self)
        other.release = release
        return other

    def settings(self, mode: str) -> list[Setting]:
        """The settings of a mode, in the order of their declaration."""
        place = self.base_mode(mode)
        return [setting for setting in self._settings if setting.mode == place]

    def base_mode(self, mode: str) -> str:
        """The mode whose lines `mode` has."""
        found = self.modes.get(mode)
        return found.like if found is not None and found.like else mode

    def sequences(self, mode: str) -> list[Sequence]:
        """The shapes of every line of a mode."""
        _, targets = self._automaton(mode, HIGHEST_PRIVILEGE, None, negated=False)
        return [sequence for _, sequence, _ in targets]

    def modes_for_levels(self, word: str) -> tuple[str, ...]:
        """The modes that `privilege WORD …` means; empty if there are none of that name."""
        if word in PRIVILEGE_MODES:
            return PRIVILEGE_MODES[word]
        return (word,) if word == EXEC or word in self.modes else ()

    def keywords(self, mode: str, words: Iterable[str]) -> tuple[str, ...] | None:
        """Words that begin a command of a mode, in full; None if no command begins so."""
        automaton, _ = self._automaton(mode, HIGHEST_PRIVILEGE, None, negated=False)
        view, found = automaton.start(), []
        for word in words:
            lower = word.lower()
            names = view.meant(lower)
            if len(names) != 1:
                return None
            found.append(names[0])
            view = automaton.after_word(view, names[0])
        return tuple(found)

    def without_help(self, mode: str) -> list[str]:
        """The keywords of a mode, with those before them, of which `?` can say nothing."""
        paths = {path for sequence in self.sequences(mode) for path in keyword_paths(sequence)}
        return sorted(
            " ".join(path)
            for path in paths
            if not help_of(self.helps, (f"{mode}:", *path[:-1]), path[-1])
        )

    def parse(
        self,
        mode: str,
        line: str,
        *,
        privilege: int = HIGHEST_PRIVILEGE,
        start: int = 0,
        levels: Levels | None = None,
    ) -> ParseResult:
        """Read `line` from the column `start` as a command of `mode`."""
        return self._read(mode, privilege, levels, line, start, negated=False)

    def parse_exec(self, line: str, privilege: int, levels: Levels | None = None) -> ParseResult:
        """Read an exec command; short lines are remembered."""
        key = (levels, privilege, line)
        found = self._remembered.get(key)
        if found is None:
            found = self.parse(EXEC, line, privilege=privilege, levels=levels)
            if len(self._remembered) >= MAX_REMEMBERED:
                self._remembered.clear()
            if _memorable(line, found):
                self._remembered[key] = found
        return found

    def parse_negated(
        self,
        mode: str,
        line: str,
        start: int,
        *,
        privilege: int = HIGHEST_PRIVILEGE,
        levels: Levels | None = None,
    ) -> ParseResult:
        """Read what follows `no` or `default`, from the column `start`."""
        return self._read(mode, privilege, levels, line, start, negated=True)

    def _read(
        self,
        mode: str,
        privilege: int,
        levels: Levels | None,
        line: str,
        start: int,
        *,
        negated: bool,
    ) -> ParseResult:
        """Read a line; many routers have the same lines, so short ones are remembered."""
        place = self.base_mode(mode)
        if place == EXEC or privilege != HIGHEST_PRIVILEGE:
            return self._parse(place, privilege, levels, line, start, negated=negated)
        key = (place, line, start, negated)
        found = self._lines.get(key)
        if found is None:
            found = self._parse(place, privilege, None, line, start, negated=negated)
            if len(self._lines) >= MAX_REMEMBERED:
                self._lines.clear()
            if _memorable(line, found):
                self._lines[key] = found
        return found

    def view(
        self, mode: str, privilege: int, *, negated: bool = False, levels: Levels | None = None
    ) -> tuple[Automaton, View]:
        """The automaton of a mode and what may come at the beginning of a line; for `?`."""
        automaton, _ = self._automaton(mode, privilege, levels, negated=negated)
        return automaton, automaton.start()

    def _parse(
        self,
        mode: str,
        privilege: int,
        levels: Levels | None,
        line: str,
        start: int,
        *,
        negated: bool,
    ) -> ParseResult:
        automaton, targets = self._automaton(mode, privilege, levels, negated=negated)
        outcome = match(automaton, line, start)
        if not isinstance(outcome, Accepted):
            return outcome
        target, sequence, secret = targets[outcome.number]
        if levels is not None and privilege != HIGHEST_PRIVILEGE:
            column = levels.denied(target.mode, outcome.tokens, _usual(target), privilege)
            if column is not None:
                return Invalid(column)
        values, words = bind(sequence, outcome.tokens)
        hidden = {str(values[name]).rstrip() for name in secret if name in values}
        secrets = tuple(token for token in outcome.tokens if token.text.rstrip() in hidden)
        return Parsed(target, values, words, outcome.tokens, secrets)

    def guarded(self, line: str) -> str:
        """A line that is no command, without its end when a secret could have been meant."""
        words = tokens_of(line)
        if words and words[0].text.lower() == "do":
            del words[0]
        for leading in self._secretive:
            typed = words[: len(leading)]
            if len(words) > len(leading) and all(
                whole.startswith(token.text.lower())
                for whole, token in zip(leading, typed, strict=True)
            ):
                return line[: words[len(leading)].start] + CONCEALED
        return line

    @cached_property
    def _secretive(self) -> tuple[tuple[str, ...], ...]:
        """How the commands begin that take a secret."""
        sequences = [sequence for command in self._commands for sequence in command.sequences]
        sequences += [setting.sequence for setting in self._settings]
        return tuple(leading_words(found) for found in sequences if secret_names(found))

    def _automaton(
        self, mode: str, privilege: int, levels: Levels | None, *, negated: bool
    ) -> _Made:
        place = self.base_mode(mode)
        if privilege == HIGHEST_PRIVILEGE or (levels is not None and not levels.touches(place)):
            levels = None
        if levels is None:
            privilege = self._step(place, privilege)
        key = (place, privilege, negated, levels)
        kept = self._automata if levels is None else self._levelled
        found = kept.get(key)
        if found is None:
            if levels is not None and len(kept) >= MOST_LEVELLED:
                kept.clear()
            found = kept[key] = self._build(key)
        return found

    def _step(self, mode: str, privilege: int) -> int:
        """The highest level that has commands of its own and that a user of `privilege` reaches."""
        if mode != EXEC:
            return privilege if privilege == HIGHEST_PRIVILEGE else 0
        return max((step for step in self._steps if step <= privilege), default=0)

    def _build(self, place: _Place) -> _Made:
        mode, privilege, negated, levels = place
        targets: list[_Target] = []

        def add(target: Command | Setting, sequence: Sequence, usual: int) -> None:
            left: Sequence | None = sequence if usual <= privilege else None
            if levels is not None:
                left = levels.restricted(mode, sequence, usual, privilege)
            if left is not None:
                targets.append((target, left, secret_names(left)))

        for command in self._commands:
            if command.mode == mode and not negated:
                for sequence in command.sequences:
                    add(command, sequence, _usual(command))
        for setting in self._settings:
            if setting.mode == mode:
                sequence = negation(setting.sequence) if negated else setting.sequence
                add(setting, sequence, _usual(setting))
        automaton = Automaton()
        for number, (_, sequence, _) in enumerate(targets):
            automaton.add(sequence, number)
        return automaton, targets


def _memorable(line: str, found: ParseResult) -> bool:
    """Whether a line may be remembered: it is short, and no secret stands in it."""
    return len(line) <= MOST_REMEMBERED and not (isinstance(found, Parsed) and found.secrets)


def _usual(target: Command | Setting) -> int:
    """The level of a command that no configuration changed: all but exec commands have the last."""
    if isinstance(target, Command) and target.mode == EXEC:
        return target.privilege
    return HIGHEST_PRIVILEGE


def help_of(helps: dict[str, str], path: tuple[str, ...], word: str) -> str:
    """The help text of a keyword behind the keywords `path`: the longest path that is declared.

    A path may begin with a mode (`interface:`); a text for the mode and the word alone comes before
    one for the word alone.
    """
    for begin in range(len(path)):
        found = helps.get(" ".join((*path[begin:], word)))
        if found is not None:
            return found
    mode = path[:1] if path and path[0].endswith(":") else ()
    return helps.get(" ".join((*mode, word))) or helps.get(word, "")


def argument_rows(helps: dict[str, str], path: tuple[str, ...], kind: Any) -> list[tuple[str, str]]:
    """What `?` says of an argument; `path WORD` in the help texts overrides the kind's own."""
    text = help_of(helps, path, kind.label) or kind.help
    return [(kind.label, text)]
