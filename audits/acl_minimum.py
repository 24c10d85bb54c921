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
    ANYTHING,
    EVERY_PORT,
    EVERY_PROTOCOL,
    Bits,
    Box,
    Ranges,
    Steps,
    TooManyStepsError,
    box_of,
    common_part,
    left_of,
    numbered,
)
from .acl_forms import entries_of, has_holes, width_of

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
        self._ipv6, self._any_form, self._steps = ipv6, any_form, steps
        self._failed: dict[tuple[Box, str], int] = {}
        self.joined = False
        self.lines: list[_Line] = []
        for each in entries:
            self.lines.append(self._line(each)._replace(of=(each,)))
        boxes = [line.box for line in self.lines]
        self._holes = any(
            has_holes(bits, ipv6=ipv6) for box in boxes for bits in (box.source, box.destination)
        )

    def run(self, order: _Order | None) -> None:
        """Make the list as short as it gets, trying pairs in this order."""
        self._drop()
        while self._join(order, _exact) or self._join(order, None) or self._with_exceptions():
            self.joined = True
            self._failed.clear()
            self._drop()

    def tidy(self) -> None:
        """Take out lines in vain, and join those that make up one, nothing more."""
        self._drop()
        while self._join(None, _exact):
            self._drop()

    # ---- lines in vain ----

    def _drop(self) -> None:
        """Take out each line without which all packets meet the same action."""
        at = 0
        while at < len(self.lines):
            if self._vain(at):
                del self.lines[at]
            else:
                at += 1

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
            at, later = self._place(one), self._place(other)
            if at is None or later is None:
                continue
            if at > later:
                at, later = later, at
            for whole in self._wholes(self.lines[at], self.lines[later]):
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
            for whole in self._wholes(one, other)
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
        made = _Search((), self._steps, ipv6=self._ipv6, any_form=self._any_form)
        made._flags, made._names, made._holes = self._flags, self._names, self._holes
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

    def _wholes(self, one: _Line, other: _Line) -> Iterator[Box]:
        """Boxes that hold two lines and can be one line, smallest first."""
        self._steps.take()
        a, b = one.box, other.box
        protocols, ports, its_ports = EVERY_PROTOCOL, EVERY_PORT, EVERY_PORT
        if a.protocols == b.protocols:
            protocols = a.protocols
            ports = self._port_whole(a.source_ports, b.source_ports)
            its_ports = self._port_whole(a.destination_ports, b.destination_ports)
        conditions = a.conditions if a.conditions == b.conditions else ANYTHING
        found = None
        for holes in (False, True) if self._any_form or self._holes else (False,):
            source = self._address_whole(a.source, b.source, holes=holes)
            destination = self._address_whole(a.destination, b.destination, holes=holes)
            whole = Box(protocols, source, destination, ports, its_ports, conditions)
            if whole != found:
                yield whole
            found = whole

    def _address_whole(self, one: Bits, other: Bits, *, holes: bool) -> Bits:
        if one == other:
            return one
        care = one[1] & other[1] & ~(one[0] ^ other[0])
        if not holes:
            full = (1 << width_of(ipv6=self._ipv6)) - 1
            care = full & ~((1 << (full & ~care).bit_length()) - 1)
        return one[0] & care, care

    def _port_whole(self, one: Ranges, other: Ranges) -> Ranges:
        if one == other:
            return one
        first, last = min(one[0][0], other[0][0]), max(one[-1][1], other[-1][1])
        whole = ((first, last),)
        return whole if self._any_form or whole in (one, other) else EVERY_PORT


def _exact(one: Box, other: Box, whole: Box) -> bool:
    """Whether the whole is nothing but the two, which differ in one field."""
    if whole in (one, other):
        return True
    if sum(a != b for a, b in zip(one, other, strict=True)) != 1:
        return False
    for a, b in ((one.source, other.source), (one.destination, other.destination)):
        if a != b:
            return a[1] == b[1] and (a[0] ^ b[0]).bit_count() == 1
    return all(
        c == a == b or _count(c) <= _count(a) + _count(b)
        for a, b, c in zip(_ranges(one), _ranges(other), _ranges(whole), strict=True)
    )


def _ranges(box: Box) -> tuple[Ranges, ...]:
    return box.protocols, box.source_ports, box.destination_ports


def _count(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)


def _logging(entry: AclEntry) -> AclEntry:
    return replace(entry, log=True)
