"""Turning one configuration into another: the commands of a pass, and the passes.

The order is that of IOS (napalm-ios pull request 150, napalm pull request 1701): first all
removals, from the last line of the running configuration to the first, then all additions in the
order of the target; each below the lines that open its mode.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from .matching import Branch, Branches, Parents, branches, kept
from .rules import Rules
from .texttree import Node, commands_of, is_header, parse

MAX_PASSES = 5
"""IOS gives up after so many (Cisco command reference, `configure replace`)."""

MAX_WORDS = 32
"""So many words of a command can be what another one switches off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """A command that the device did not take: its line as it was sent, and the device's answer."""

    line: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pass:
    """One round of a replacement: the commands, and those of them that failed."""

    commands: tuple[str, ...]
    failures: tuple[Failure, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a replacement went.

    `done`: the running configuration is the target. `failure` is the command that made the
    device go back to the original configuration, `back` how going back went.
    """

    passes: tuple[Pass, ...]
    done: bool
    failure: Failure | None = None
    back: "Outcome | None" = None

    @property
    def leftover(self) -> tuple[str, ...]:
        """The commands of the last pass; those that did not help unless `done`."""
        return self.passes[-1].commands if self.passes else ()

    @property
    def failed(self) -> tuple[str, ...]:
        """The lines that failed in the last pass, each once, without indentation."""
        failures = self.passes[-1].failures if self.passes else ()
        return tuple(dict.fromkeys(failure.line.strip() for failure in failures))


class Apply(Protocol):
    """Enters commands in configuration mode."""

    def __call__(self, commands: Sequence[str], *, stop: bool) -> Sequence[Failure]:
        """Enter lines one after another and tell which failed; with `stop`, none after that."""


def replace(
    apply: Apply,
    current: Callable[[], str],
    target: str,
    rules: Rules,
    *,
    revert_on_error: bool = False,
) -> Outcome:
    """Make the running configuration that `current` gives equal to `target`.

    At most `MAX_PASSES` passes; a pass that changes nothing is not tried again, it stands for all
    that are left. With `revert_on_error` the first command that fails ends it, and the original
    configuration is brought back. Raises `InputError` for a text that is too large.
    """
    wanted = _commands(target, headers=rules.headers)
    running = original = current()
    passes: list[Pass] = []
    while len(passes) < MAX_PASSES:
        commands = _between(running, wanted, rules)
        if not commands:
            return Outcome(passes=tuple(passes), done=True)
        failures = tuple(apply(commands, stop=revert_on_error))
        passes.append(Pass(commands=tuple(commands), failures=failures))
        if failures and revert_on_error:
            back = replace(apply, current, original, rules)
            return Outcome(passes=tuple(passes), done=False, failure=failures[0], back=back)
        before, running = running, current()
        if running == before:
            passes += passes[-1:] * (MAX_PASSES - len(passes))
    return Outcome(passes=tuple(passes), done=not _between(running, wanted, rules))


def plan(running: str, target: str, rules: Rules) -> list[str]:
    """The commands of one pass that turns `running` into `target`, as lines of a text.

    They are indented by one blank for each mode that they are in. A banner or a certificate is
    several lines. Where a line follows that belongs to the mode around the one before it, a line
    leaves that mode (`exit`, or what the text has for it, like `exit-address-family`), unless a
    whole new block is entered as it stands. Raises `InputError` for a text that is too large.
    """
    return _between(running, _commands(target, headers=rules.headers), rules)


def _between(running: str, target: Iterable[Node], rules: Rules) -> list[str]:
    planner = _Planner(rules)
    have = planner.branches(_commands(running, headers=False), ())
    want = planner.branches(target, ())
    planner.remove(have, want, ())
    planner.lines.restart()
    planner.add(have, want, ())
    planner.lines.restart()
    return planner.lines.text


def _commands(text: str, *, headers: bool) -> list[Node]:
    return [node for node in parse(text).nodes if headers or not is_header(node.text)]


Path = tuple[Branch, ...]


class _Lines:
    """Writes commands, opening and leaving modes as they need it."""

    __slots__ = ("_open", "text")

    def __init__(self) -> None:
        self.text: list[str] = []
        self._open: list[Branch | None] = []
        """The modes that the last line left open; None for one inside a block that was copied."""

    def say(self, path: Path, command: str) -> None:
        """Write a command of the mode below `path`."""
        self.enter(path)
        self.text.append(" " * len(path) + command)

    def enter(self, path: Path) -> None:
        """Go to the mode below `path`."""
        same = 0
        for opened, wanted in zip(self._open, path, strict=False):
            if opened is not wanted:
                break
            same += 1
        self._leave(same)
        for depth in range(same, len(path)):
            self.text.append(" " * depth + path[depth].text)
            self._open.append(path[depth])

    def copy(self, path: Path, branch: Branch) -> None:
        """Write a whole block as it stands."""
        self.enter(path)
        depth = len(path)
        self.text += [" " * depth + branch.text, *branch.node.tail]
        below = branch.below
        for node in below:
            self.text += commands_of(node, depth + 1)
        if not below and not branch.closing:
            return
        self._open.append(branch)
        while below and below[-1].children:
            self._open.append(None)
            below = list(below[-1].children)

    def restart(self) -> None:
        """Start again from the global mode."""
        self._leave(0)

    def _leave(self, depth: int) -> None:
        """Leave all modes but the outer `depth`; from there, global commands need no leaving."""
        while len(self._open) > depth:
            branch = self._open.pop()
            closing = branch.closing if branch is not None else ""
            if depth and not closing:
                closing = "exit"
            if closing:
                self.text.append(" " * len(self._open) + closing)


class _Planner:
    """Finds the removals and the additions, block by block."""

    __slots__ = ("_rules", "lines")

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self.lines = _Lines()

    def branches(self, nodes: Iterable[Node], parents: Parents) -> Branches:
        """The commands below one parent, without those that are skipped."""
        skipped = self._rules.skipped
        wanted = [node for node in nodes if not skipped(parents, node.head)]
        return branches(wanted, parents, ordered=self._rules.ordered, closings=True)

    def remove(self, have: Branches, want: Branches, path: Path) -> None:
        """Write the removals of what only `have` has, from the last to the first."""
        parents = tuple(branch.head for branch in path)
        stay = kept(list(have.values()), want)
        heirs = _Heirs(self._rules, parents, self._only(want, have, stay))
        cleared: set[str] = set()
        for key, branch in reversed(have.items()):
            other = want.get(key)
            if other is not None and (branch.order is None or key in stay):
                self._remove_below(branch, other.below, path)
                continue
            heir = heirs.of(branch)
            if heir is not None:
                self._remove_below(branch, heir.below, path)
            elif not self._rules.removable(parents, branch.head):
                self._remove_lines(branch, path)
            elif branch.order is not None and branch.order.clear is not None:
                if branch.order.clear not in cleared:
                    cleared.add(branch.order.clear)
                    self.lines.say(path, branch.order.clear)
            elif not heirs.cover(branch.head):
                command = self._rules.negate(parents, branch.head)
                if command is not None and command not in heirs.texts:
                    self.lines.say(path, command)

    def add(self, have: Branches, want: Branches, path: Path) -> None:
        """Write what only `want` has, in its order."""
        parents = tuple(branch.head for branch in path)
        stay = kept(list(have.values()), want)
        gone = {
            identity: branch
            for branch in self._only(have, want, stay)
            if branch.order is None and (identity := self._identity(parents, branch)) is not None
        }
        for key, branch in want.items():
            other = have.get(key)
            if other is not None and (branch.order is None or key in stay):
                self._add_below(branch, other, path)
                continue
            identity = None if branch.order else self._identity(parents, branch)
            before = None if identity is None else gone.get(identity)
            if before is not None and before.below:
                self.lines.enter((*path, branch))
                self._add_below(branch, before, path)
            else:
                self.lines.copy(path, branch)

    def _only(self, left: Branches, right: Branches, stay: set[str]) -> list[Branch]:
        """What is in `left` and not in `right`, or has to be entered again."""
        return [
            branch
            for key, branch in left.items()
            if key not in right or (branch.order is not None and key not in stay)
        ]

    def _identity(self, parents: Parents, branch: Branch) -> str | None:
        return _identity(self._rules, parents, branch)

    def _remove_below(self, branch: Branch, target: Iterable[Node], path: Path) -> None:
        if branch.below:
            inside = (*path, branch)
            parents = tuple(each.head for each in inside)
            have = self.branches(branch.below, parents)
            self.remove(have, self.branches(target, parents), inside)

    def _remove_lines(self, branch: Branch, path: Path) -> None:
        """Take back the lines below one that stays; what is off goes to its default."""
        inside = (*path, branch)
        parents = tuple(each.head for each in inside)
        for child in reversed(self.branches(branch.below, parents).values()):
            if child.head.startswith("no "):
                self.lines.say(inside, f"default {child.head[3:]}")
            elif not self._rules.removable(parents, child.head):
                self._remove_lines(child, inside)
            else:
                command = self._rules.negate(parents, child.head)
                if command is not None:
                    self.lines.say(inside, command)

    def _add_below(self, branch: Branch, before: Branch, path: Path) -> None:
        if branch.below:
            inside = (*path, branch)
            parents = tuple(each.head for each in inside)
            want = self.branches(branch.below, parents)
            self.add(self.branches(before.below, parents), want, inside)


class _Heirs:
    """The commands that are new below one parent, asked for what they make superfluous."""

    __slots__ = ("_by_identity", "_off", "_on", "_parents", "_rules", "texts")

    def __init__(self, rules: Rules, parents: Parents, new: Sequence[Branch]) -> None:
        self._rules = rules
        self._parents = parents
        self.texts = {branch.head for branch in new}
        self._on = {start for text in self.texts for start in _starts(text)}
        self._off = {text[3:] for text in self.texts if text.startswith("no ")}
        self._by_identity: dict[str, Branch] = {}
        for branch in new:
            identity = _identity(rules, parents, branch)
            if identity is not None and branch.order is None:
                self._by_identity[identity] = branch

    def of(self, branch: Branch) -> Branch | None:
        """The command that overwrites one that is gone."""
        if branch.order is not None or not self._by_identity:
            return None
        identity = _identity(self._rules, self._parents, branch)
        return None if identity is None else self._by_identity.get(identity)

    def cover(self, line: str) -> bool:
        """Whether a new command says the contrary of a line, with more or fewer words."""
        if line.startswith("no "):
            return line[3:] in self._on
        return bool(self._off) and any(start in self._off for start in _starts(line))


def _identity(rules: Rules, parents: Parents, branch: Branch) -> str | None:
    """What a command sets; one with a text of its own is entered anew over the old one."""
    identity = rules.identity(parents, branch.head)
    return branch.head if identity is None and branch.node.tail else identity


def _starts(line: str) -> list[str]:
    """The line cut after each of its first words, and the line."""
    cuts = [line[: space.start()] for space in islice(re.finditer(" ", line), MAX_WORDS)]
    return [*cuts, line]
