"""The smallest list that encrypts the same packets as another one.

Lines in vain go; lines of one action that make up one network, or that one wider line can stand
for because the rest of what it selects is decided the same way anyhow, become one. What comes out
is compared with the original by `acl_change`, and given only where no packet is treated otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, islice
from typing import Final, NamedTuple

from ..parsers.config import AclEntry
from ..parsers.config.acl_change import acl_change
from ..parsers.config.packet_sets import (
    Box,
    Steps,
    TooManyStepsError,
    box_of,
    common_part,
    left_of,
    numbered,
)
from .acl_forms import entries_of, has_holes, width_of
from .acl_joining import Shapes, exact_union

MAX_STEPS: Final = 1_500_000
"""Comparisons after which the search ends with what it has: some seconds."""

_MOST_WIDE: Final = 40
"""Wide permits that are tried in a row."""
_MOST_PIECES: Final = 4
"""Pieces of exceptions, for each permit that they may save, beyond which it is no use."""
_FEWEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Smallest:
    """What came out: `entries` in their order, and for each the entries that it stands for.

    `proven` tells that the algebra found no packet that is treated otherwise; `ended` that the
    search was given up before its end, so that there may be a smaller list.
    """

    entries: tuple[AclEntry, ...]
    origins: tuple[tuple[AclEntry, ...], ...]
    proven: bool
    ended: bool = False

    @property
    def permits(self) -> int:
        """How many lines permit."""
        return sum(each.action == "permit" for each in self.entries)


class _Line(NamedTuple):
    entry: AclEntry
    box: Box
    of: tuple[AclEntry, ...]

    @property
    def kind(self) -> tuple[str, tuple[str, ...], bool]:
        return self.entry.action, self.entry.flags, self.entry.log


_Order = Callable[[_Line], object]
_ORDERS: Final[tuple[_Order | None, ...]] = (
    None,
    lambda line: (line.box.source[1].bit_count(), line.box.destination[1].bit_count()),
    lambda line: (line.box.destination[1].bit_count(), line.box.source[1].bit_count()),
)
"""In which order pairs are tried: as they stand, or large networks of one side first."""


def smallest(
    entries: Sequence[AclEntry],
    *,
    ipv6: bool = False,
    any_form: bool = False,
    steps: int = MAX_STEPS,
) -> Smallest:
    """The smallest list that is found for `entries`, which need to be known in full.

    Lines get no port ranges and no wildcards with holes that were not there, as key servers have
    no way to tell members of these (RFC 6407, section 5.5.1), unless `any_form`. After `steps`
    comparisons it ends. Raises ValueError for entries with object groups.
    """
    given = tuple(entries)
    left = Steps(steps)
    best: Smallest | None = None
    for order in _ORDERS:
        search = _Search(given, left, ipv6=ipv6, any_form=any_form)
        ended = False
        try:
            search.run(order)
        except TooManyStepsError:
            ended = True
        found = Smallest(
            entries=tuple(line.entry for line in search.lines),
            origins=tuple(line.of for line in search.lines),
            proven=True,
            ended=ended,
        )
        if best is None or _cost(found) < _cost(best):
            best = found
        if ended or not search.joined:
            break
    assert best is not None  # noqa: S101 - there is an order
    if len(best.entries) <= len(given) and acl_change(given, best.entries, ipv6=ipv6).nothing:
        return best
    return Smallest(
        entries=given, origins=tuple((each,) for each in given), proven=False, ended=True
    )


def _cost(found: Smallest) -> tuple[int, int]:
    return len(found.entries), found.permits


class _Search:
    """A list that gets shorter while it encrypts the same packets."""

    def __init__(
        self, entries: Sequence[AclEntry], steps: Steps, *, ipv6: bool, any_form: bool
    ) -> None:
        self._flags = numbered(entries)
        self._names = tuple(self._flags)
        self._ipv6, self._steps = ipv6, steps
        self._failed: dict[tuple[Box, str], int] = {}
        self.joined = False
        self.lines: list[_Line] = []
        for each in entries:
            self.lines.append(self._line(each)._replace(of=(each,)))
        bits = [bits for line in self.lines for bits in (line.box.source, line.box.destination)]
        holes = any_form or any(has_holes(each, ipv6=ipv6) for each in bits)
        self._shapes = Shapes(ipv6=ipv6, holes=holes, spans=any_form)

    def run(self, order: _Order | None) -> None:
        """Make the list as short as it gets, trying pairs in this order."""
        self._drop()
        while (
            self._join(order, exact_union)
            or self._join(order, None)
            or self._with_exceptions()
            or self._tighten()
        ):
            self.joined = True
            self._failed.clear()
            self._drop()

    def tidy(self) -> None:
        """Take out lines in vain, and join those that make up one, nothing more."""
        self._drop(first=True)
        while self._join(None, exact_union):
            self._drop()

    # ---- lines in vain ----

    def _drop(self, *, first: bool = False) -> None:
        """Take out each line without which all packets meet the same action.

        Of two of which one can go it is the later one, or with `first` the first one.
        """
        at = 0
        while first and at < len(self.lines):
            if self._vain(at):
                del self.lines[at]
            else:
                at += 1
        before = -1
        while before != len(self.lines):
            before = len(self.lines)
            # what a line is there for often stands behind it
            for at in reversed(range(before)):
                if self._vain(at):
                    del self.lines[at]

    def _tighten(self) -> bool:
        """Narrow each line to what reaches it, where lines before it are in vain then."""
        saved, boxes = self.lines, [line.box for line in self.lines]
        self.lines = [self._narrow(line, boxes[:at]) for at, line in enumerate(saved)]
        self._drop()
        if len(self.lines) < len(saved):
            return True
        self.lines = saved
        return False

    def _narrow(self, line: _Line, before: Sequence[Box]) -> _Line:
        left = list(left_of(line.box, before, self._steps))
        if not left:
            return line
        source, destination = left[0].source, left[0].destination
        for each in left[1:]:
            source = self._shapes.addresses(source, each.source)
            destination = self._shapes.addresses(destination, each.destination)
        box = line.box._replace(source=source, destination=destination)
        made = entries_of(box, line.entry.action, self._names, ipv6=self._ipv6)
        if box == line.box or len(made) != 1:
            return line
        return _Line(_logging(made[0]) if line.entry.log else made[0], box, line.of)

    def _vain(self, at: int) -> bool:
        line = self.lines[at]
        rest = [*self.lines[:at], *self.lines[at + 1 :]]
        return self._same(rest, at, line.box, line.entry.action)

    def _same(self, lines: Sequence[_Line], at: int, box: Box, action: str) -> bool:
        """Whether all of `box` that gets to the place `at` of `lines` meets `action` from there."""
        boxes = [line.box for line in lines]
        for n in range(at, len(lines)):
            if lines[n].entry.action == action:
                continue
            self._steps.take()
            part = common_part(box, boxes[n])
            if part is not None and next(left_of(part, boxes[:n], self._steps), None):
                return False
        return action == "deny" or next(left_of(box, boxes, self._steps), None) is None

    # ---- one line for two ----

    def _join(self, order: _Order | None, exact: Callable[[Box, Box, Box], bool] | None) -> bool:
        """Put lines together in pairs; with `exact` only such that make up what comes of them."""
        joined = False
        for one, other in self._pairs(order):
            self._steps.take()
            at, later = self._place(one), self._place(other)
            if at is None or later is None:
                continue
            if at > later:
                at, later = later, at
            for whole in self._shapes.wholes(self.lines[at].box, self.lines[later].box):
                if exact is not None and not exact(
                    self.lines[at].box, self.lines[later].box, whole
                ):
                    continue
                if exact is None and not self._may_be(whole, self.lines[at].entry.action):
                    continue
                if self._put(at, later, whole):
                    joined = True
                    break
        return joined

    def _pairs(self, order: _Order | None) -> Iterator[tuple[_Line, _Line]]:
        kinds: dict[object, list[_Line]] = {}
        for line in self.lines:
            kinds.setdefault(line.kind, []).append(line)
        for alike in kinds.values():
            if order is not None:
                alike.sort(key=order)  # type: ignore[arg-type]  # tuples of numbers
            yield from combinations(alike, 2)

    def _place(self, wanted: _Line) -> int | None:
        return next((n for n, line in enumerate(self.lines) if line is wanted), None)

    def _put(self, at: int, later: int, whole: Box) -> bool:
        """Let one line stand for two, at the place of the first or of the second one."""
        one, other = self.lines[at], self.lines[later]
        made = entries_of(whole, one.entry.action, self._names, ipv6=self._ipv6)
        if len(made) != 1:
            return False
        entry = made[0] if not one.entry.log else _logging(made[0])
        line = _Line(entry, whole, (*one.of, *other.of))
        action = one.entry.action
        # the later the place, the fewer packets get there: what fails there fails before
        if self._failed.get((whole, action), -1) >= later:
            return False
        if not self._same(self.lines, later, whole, action):
            self._failed[whole, action] = later
            return False
        rest = [each for each in self.lines if each is not one and each is not other]
        changed = [*rest[: later - 1], line, *rest[later - 1 :]]
        if self._same(self.lines, at, whole, action):
            changed = [*rest[:at], line, *rest[at:]]
        elif not self._same(changed, at, one.box, action):
            return False
        self.lines = changed
        self._failed.clear()
        return True

    # ---- a wide permit behind exceptions ----

    def _with_exceptions(self) -> bool:
        """Let a wide permit, and denies before it, stand for more permits than they are lines."""
        plain = [each for each in self.lines if each.kind == ("permit", (), False)]
        wholes = {
            whole: sum(common_part(line.box, whole) == line.box for line in plain)
            for one, other in combinations(plain, 2)
            for whole in self._shapes.wholes(one.box, other.box)
        }
        likely = sorted(wholes, key=lambda whole: -wholes[whole])[:_MOST_WIDE]
        return any(wholes[whole] > _FEWEST and self._widen(whole, plain) for whole in likely)

    def _widen(self, whole: Box, plain: Sequence[_Line]) -> bool:
        boxes = [line.box for line in self.lines]
        left = list(islice(left_of(whole, boxes, self._steps), _MOST_PIECES * len(plain) + 1))
        if len(left) > _MOST_PIECES * len(plain):
            return False
        permit = entries_of(whole, "permit", self._names, ipv6=self._ipv6)
        denies = [entries_of(box, "deny", self._names, ipv6=self._ipv6) for box in left]
        if len(permit) != 1 or not all(denies):
            return False
        made = (*(each for entries in denies for each in entries), *permit)
        search = self._of([*self.lines, *(self._line(each) for each in made)])
        search.tidy()
        if len(search.lines) >= len(self.lines):
            return False
        within = (line for line in plain if common_part(line.box, whole) == line.box)
        inner = [one for line in within for one in line.of]
        wide = next(n for n, each in enumerate(search.lines) if each.box == whole)
        search.lines[wide] = search.lines[wide]._replace(of=tuple(inner))
        self.lines = search.lines
        return True

    def _line(self, entry: AclEntry) -> _Line:
        box = box_of(entry, self._flags, ipv6=self._ipv6)
        if box is None:
            raise ValueError(f"it is not known what '{entry}' selects")
        return _Line(entry, box, ())

    def _of(self, lines: Sequence[_Line]) -> _Search:
        """A search with other lines, which takes the same steps."""
        made = _Search((), self._steps, ipv6=self._ipv6, any_form=False)
        made._flags, made._names, made._shapes = self._flags, self._names, self._shapes
        made.lines = list(lines)
        return made

    def _may_be(self, whole: Box, action: str) -> bool:
        """Whether lines are there for so many packets: a quick no for most pairs."""
        if action == "deny":
            return True
        room, size = 0, self._size(whole)
        for line in self.lines:
            self._steps.take()
            part = common_part(whole, line.box)
            if part is not None:
                room += self._size(part)
                if room >= size:
                    return True
        return False

    def _size(self, box: Box) -> int:
        width, conditions = width_of(ipv6=self._ipv6), len(self._names)
        free = 2 * width - box.source[1].bit_count() - box.destination[1].bit_count()
        free += conditions - box.conditions[1].bit_count()
        counts = (box.protocols, box.source_ports, box.destination_ports)
        size = 1 << free
        for ranges in counts:
            size *= sum(last - first + 1 for first, last in ranges)
        return size


def _logging(entry: AclEntry) -> AclEntry:
    return replace(entry, log=True)
