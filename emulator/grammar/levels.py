"""Levels of commands that a configuration changed: `privilege exec level 7 show ip route`.

Every keyword of a command has a level, and who uses the command needs that of each of them. A
keyword has the level of its command unless a rule names it with the keywords before it, or a rule
for all that follows names some of those (Cisco command reference, `privilege`).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from .matching import Token
from .syntax import Group, Item, Pick, Sequence, Word

KEPT = 256
Path = tuple[str, ...]
_BELOW = ""
"""Stands for the keywords of a path that are too deep for any rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """The level of the keyword at the end of `path`; `whole`: and of all that may follow it."""

    mode: str
    path: Path
    level: int
    whole: bool = False


class Levels:
    """The rules of a router. Equal ones are one object: `levels_of` makes them."""

    __slots__ = ("_depths", "_rules", "_starts")

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules: dict[tuple[str, Path], Rule] = {(rule.mode, rule.path): rule for rule in rules}
        self._depths: dict[str, int] = {}
        self._starts: dict[str, set[str]] = {}
        for rule in self._rules.values():
            self._depths[rule.mode] = max(self._depths.get(rule.mode, 0), len(rule.path))
            self._starts.setdefault(rule.mode, set()).add(rule.path[0])

    def touches(self, mode: str) -> bool:
        """Whether a command of this mode has another level than usual."""
        return mode in self._depths

    def needed(self, mode: str, words: Path, usual: int) -> int:
        """The level that a command needs: `words` are those of the line, `usual` its own level."""
        highest = 0
        level = usual
        for end in range(1, len(words) + 1):
            rule = self._rules.get((mode, words[:end]))
            if rule is not None:
                highest = max(highest, rule.level)
                level = rule.level
        return max(highest, level)

    def restricted(
        self, mode: str, sequence: Sequence, usual: int, privilege: int
    ) -> Sequence | None:
        """What a user may type of a command whose own level is `usual`; None if nothing."""
        first = sequence[0] if sequence else None
        starts = self._starts.get(mode, set())
        if not isinstance(first, Word | Pick) or starts.isdisjoint(_words(first)):
            return sequence if usual <= privilege else None
        return _Cut(self, mode, usual, privilege).sequence(sequence, {()})[0]

    def denied(self, mode: str, tokens: Iterable[Token], usual: int, privilege: int) -> int | None:
        """Where a line begins to be above a level; None if it is not.

        What `restricted` leaves of a command is the same behind each of its alternatives, so that
        a line has to be looked at once more.
        """
        path: Path = ()
        for token in tokens:
            if token.keyword:
                path = (*path, token.text)
                if self.of(mode, path, usual) > privilege:
                    return token.start
        return None

    def of(self, mode: str, path: Path, usual: int) -> int:
        """The level of the keyword at the end of `path`."""
        rule = self._rules.get((mode, path))
        if rule is not None:
            return rule.level
        for end in range(len(path) - 1, 0, -1):
            above = self._rules.get((mode, path[:end]))
            if above is not None and above.whole:
                return above.level
        return usual

    def depth(self, mode: str) -> int:
        """How many keywords the longest path has that a rule of the mode names."""
        return self._depths.get(mode, 0)


@lru_cache(maxsize=KEPT)
def levels_of(rules: frozenset[Rule]) -> Levels:
    """The levels that some rules make; routers with the same rules have them in common."""
    return Levels(rules)


class _Cut:
    """Takes out of a command what is above a level."""

    def __init__(self, levels: Levels, mode: str, usual: int, privilege: int) -> None:
        self._levels = levels
        self._mode = mode
        self._usual = usual
        self._privilege = privilege
        self._depth = levels.depth(mode)

    def sequence(self, items: Sequence, paths: set[Path]) -> tuple[Sequence | None, set[Path]]:
        """What is left of a sequence behind the keywords `paths`, and where it ends."""
        kept: list[Item] = []
        for item in items:
            left: Item = item
            match item:
                case Word(text):
                    paths = self._following(paths, text)
                case Pick(name, words, identity):
                    ends = {word: self._following(paths, word) for word in words}
                    left = Pick(name, tuple(word for word in words if ends[word]), identity)
                    paths = set().union(*ends.values())
                case Group():
                    group, paths = self._group(item, paths)
                    if group is None:
                        continue
                    left = group
            if not paths:
                return None, paths
            kept.append(left)
        return tuple(kept), paths

    def _group(self, group: Group, paths: set[Path]) -> tuple[Group | None, set[Path]]:
        choices: list[Sequence] = []
        ends: set[Path] = set(paths) if group.optional else set()
        for choice in group.choices:
            left, behind = self.sequence(choice, paths)
            if left is not None:
                choices.append(left)
                ends |= behind
        if not choices and group.optional:
            return None, paths
        return Group(tuple(choices), group.optional, group.repeat), ends

    def _following(self, paths: set[Path], word: str) -> set[Path]:
        """The paths that lead on through a keyword, which is not above the level."""
        found = set()
        for path in paths:
            longer = path if path[-1:] == (_BELOW,) else (*path, word)
            if len(longer) > self._depth:
                longer = (*path[: self._depth], _BELOW)
            if self._levels.of(self._mode, longer, self._usual) <= self._privilege:
                found.add(longer)
        return found


def _words(item: Word | Pick) -> Iterable[str]:
    return (item.text,) if isinstance(item, Word) else item.words
