"""Which packets two lists treat otherwise, as few exact lines, and what that costs and touches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, product
from typing import Final

from ..errors import InputError
from ..parsers.config import AclEntry
from ..parsers.config.acl_change import Shift, acl_change
from ..parsers.config.packet_sets import (
    Box,
    Steps,
    TooManyStepsError,
    box_of,
    common_part,
    left_of,
)
from .acl_controls import Control, controls_in
from .acl_forms import Action, entries_of
from .acl_minimum import smallest

MAX_STEPS: Final = 400_000
_MOST_LINES: Final = 400
"""Lines of one answer; with more of them, words have to do."""
_MOST_PIECES: Final = 60
_SHORT: Final = 4
"""Lines up to which no shorter answer is looked for."""
_MOST_PAIRS: Final = 1_000
"""Pairs of entries up to which one is looked for beside another answer."""
_PIECES: Final = 4
"""How many parts, for each line of another answer, are worth putting together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """Packets that are treated otherwise, as an access list: what `lines` permit, in order.

    `exact` is False where lines cannot say it, and `lines` are then more than it is; `words` say
    it then. `controls` are protocols of the network itself that are among the packets.
    """

    lines: tuple[AclEntry, ...] = ()
    exact: bool = True
    words: tuple[str, ...] = ()
    controls: tuple[Control, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.lines or self.words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What becomes of packets when the second list takes the place of the first."""

    encrypted: Region
    clear: Region

    @property
    def same(self) -> bool:
        """Whether both lists encrypt the same packets."""
        return not self.encrypted and not self.clear


def compare(old: Sequence[AclEntry], new: Sequence[AclEntry], *, ipv6: bool = False) -> Comparison:
    """What becomes encrypted, and what clear, when `old` turns into `new`.

    Raises InputError for lists that are too intricate.
    """
    change = acl_change(old, new, ipv6=ipv6)
    if change.unknown:
        raise InputError(change.unknown[0])
    return Comparison(
        encrypted=_region(old, new, change.encrypted, ipv6=ipv6),
        clear=_region(new, old, change.clear, ipv6=ipv6),
    )


def _region(
    before: Sequence[AclEntry], after: Sequence[AclEntry], shifts: Sequence[Shift], *, ipv6: bool
) -> Region:
    """The packets that `after` permits and `before` does not; `shifts` are about these."""
    if not shifts:
        return Region()
    region = _Region(before, after, shifts, ipv6=ipv6)
    found = [region.behind()]
    few = len(before) * len(after) <= _MOST_PAIRS
    if not found[0] or (few and len(found[0]) > _SHORT):
        found += (region.product(turned=False), region.product(turned=True))
    shortest = min((len(each) for each in found if each), default=_MOST_LINES)
    if region.known and len(region.pieces) <= min(_PIECES * shortest, _MOST_PIECES):
        found.append(region.plain())
    best = min(filter(None, found), key=_cost, default=None)
    controls = tuple(controls_in(region.pieces, ipv6=ipv6))
    if best is None:
        words = tuple(dict.fromkeys(map(str, shifts)))
        lines = tuple(
            chain.from_iterable(
                entries_of(each.traffic, "permit", each.flags, ipv6=ipv6) for each in shifts
            )
        )
        return Region(lines=lines, exact=False, words=words, controls=controls)
    return Region(lines=best, controls=controls)


def _cost(lines: Sequence[AclEntry]) -> tuple[int, int, int]:
    """Of lists of one length, those without port ranges are read best, then those of permits."""
    ports = (
        port.operator for each in lines for port in (each.source_ports, each.destination_ports)
    )
    spans = sum(operator not in ("any", "eq") for operator in ports)
    return len(lines), spans, sum(each.action == "deny" for each in lines)


class _Region:
    """Ways to say which packets are meant."""

    def __init__(
        self,
        before: Sequence[AclEntry],
        after: Sequence[AclEntry],
        shifts: Sequence[Shift],
        *,
        ipv6: bool,
    ) -> None:
        self._ipv6, self._shifts = ipv6, shifts
        self._before, self._after = before, after
        # as the shifts number them, in whichever order they look at the lists
        self._names = shifts[0].flags
        flags = {words: number for number, words in enumerate(self._names)}
        self._old = [box for each in before if (box := box_of(each, flags, ipv6=ipv6))]
        self._new = [box for each in after if (box := box_of(each, flags, ipv6=ipv6))]
        self.pieces: tuple[Box, ...] = ()
        self.known = True
        try:
            self.pieces = tuple(self._pieces(Steps(MAX_STEPS)))
        except TooManyStepsError:
            self.pieces, self.known = tuple(each.traffic for each in shifts), False

    def _pieces(self, steps: Steps) -> Iterator[Box]:
        """Disjoint boxes of all that is meant."""
        old = {id(entry): at for at, entry in enumerate(self._before)}
        new = {id(entry): at for at, entry in enumerate(self._after)}
        for each in self._shifts:
            first = self._new[: new[id(each.permit)]]
            before = self._old[: len(old) if each.clear is None else old[id(each.clear)]]
            yield from left_of(each.traffic, [*first, *before], steps)

    # ---- candidates ----

    def plain(self) -> tuple[AclEntry, ...]:
        """Permits for the parts, one after the other."""
        return self._made(
            [entries_of(box, "permit", self._names, ipv6=self._ipv6) for box in self.pieces]
        )

    def behind(self) -> tuple[AclEntry, ...]:
        """Permits for all that the entries select, behind denies for what is not meant."""
        if not self.known:
            return ()
        wide = [each.traffic for each in self._shifts]
        boxes = [
            box
            for box in dict.fromkeys((*self._old, *self._new))
            if any(common_part(box, one) for one in wide)
            and not any(common_part(box, one) for one in self.pieces)
        ]
        steps = Steps(MAX_STEPS)
        try:
            left = [rest for each in wide for rest in left_of(each, boxes, steps)]
            if any(next(left_of(each, self.pieces, steps), None) for each in left):
                return ()
        except TooManyStepsError:
            return ()
        denies = [entries_of(box, "deny", self._names, ipv6=self._ipv6) for box in boxes]
        permits = [entries_of(box, "permit", self._names, ipv6=self._ipv6) for box in wide]
        return self._made([*denies, *permits])

    def product(self, *, turned: bool) -> tuple[AclEntry, ...]:
        """What each pair of entries selects, permitted where the pair is meant.

        A packet meets first, in this order, the pair of the entries that it meets in both lists;
        that holds too when the order is `turned`: by the entries of the later list.
        """
        meant = [each.traffic for each in self._shifts]
        old = [*zip(self._before, self._old, strict=True), (None, Box())]
        new = list(zip(self._after, self._new, strict=True))
        pairs = product(old, new) if not turned else ((a, b) for b, a in product(new, old))
        made: list[tuple[AclEntry, ...]] = []
        taken: list[Box] = []
        for (other, its_box), (entry, box) in pairs:
            part = common_part(box, its_box)
            if part is None or not any(common_part(part, one) for one in meant):
                continue
            if any(common_part(part, one) == part for one in taken):
                continue
            taken.append(part)
            shifts = entry.action == "permit" and (other is None or other.action == "deny")
            action: Action = "permit" if shifts else "deny"
            made.append(entries_of(part, action, self._names, ipv6=self._ipv6))
            if len(made) > _MOST_LINES:
                return ()
        return self._made(made)

    def _made(self, entries: Sequence[tuple[AclEntry, ...]]) -> tuple[AclEntry, ...]:
        """The smallest list for these, where lines can say them all."""
        if not all(entries):
            return ()
        listed = tuple(chain.from_iterable(entries))
        if len(listed) > _MOST_LINES:
            return ()
        return smallest(listed, ipv6=self._ipv6, steps=MAX_STEPS).entries
