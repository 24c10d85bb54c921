"""What access lists mean as sets of packets: lines in vain, one-way policies, overlap, merging.

The lists are those of a policy: tried in order, a permit encrypts, a deny or no match leaves in
clear. Exact for protocols, addresses with any wildcard, ports, and flags that do not depend on
each other. Entries with object groups are left out and told of in `unknown`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from ipaddress import IPv4Address, IPv6Address
from itertools import combinations
from typing import Final

from .acl import ANY, AclEntry, Selector
from .acl_algebra import mirror
from .acl_change import Shift
from .packet_sets import (
    Bits,
    Box,
    Steps,
    box_of,
    common_part,
    left_of,
    numbered,
)
from .view import Value, value

MAX_STEPS: Final = 400_000
"""Comparisons after which a question is left open."""


@value
class Dead(Value):
    """An entry that never matches: those of `by`, which stand before it, take all it selects."""

    entry: AclEntry
    by: tuple[AclEntry, ...]


@value
class Both(Value):
    """Traffic that two lists encrypt, `one` by its entry and `other` by its own: all of `part`."""

    one: AclEntry
    other: AclEntry
    part: Box


class PacketSets:
    """A list of entries as sets of packets; answers are worked out once, when they are asked for.

    With `ipv6` it is a list of an IPv6 policy. `unknown` says why answers may not be whole; it is
    empty when they are.
    """

    def __init__(self, entries: Iterable[AclEntry], *, ipv6: bool = False) -> None:
        given = tuple(entries)
        self.ipv6 = ipv6
        self._flags = numbered(given)
        found = [(each, box_of(each, self._flags, ipv6=ipv6)) for each in given]
        self.unknown = tuple(
            dict.fromkeys(
                f"it is not known what '{each}' selects" for each, box in found if not box
            )
        )
        self.entries = tuple(each for each, box in found if box is not None)
        self._boxes = tuple(box for _, box in found if box is not None)

    @cached_property
    def _touching(self) -> tuple[tuple[int, ...], ...]:
        """For each entry those before it that select some of its packets."""
        steps, found = Steps(MAX_STEPS), list[tuple[int, ...]]()
        for at, box in enumerate(self._boxes):
            steps.take(at)
            earlier = self._boxes[:at]
            found.append(tuple(n for n, one in enumerate(earlier) if common_part(box, one)))
        return tuple(found)

    @cached_property
    def dead(self) -> tuple[Dead, ...]:
        """The entries that never match, in their order.

        Those behind an entry whose packets are not known may be dead for that, too. Raises
        TooManyStepsError for lists that are too intricate.
        """
        steps, found = Steps(MAX_STEPS), []
        for at, box in enumerate(self._boxes):
            by = self._takers(at, box, steps)
            if by:
                found.append(Dead(entry=self.entries[at], by=by))
        return tuple(found)

    def _takers(self, at: int, box: Box, steps: Steps) -> tuple[AclEntry, ...]:
        touching = self._touching[at]
        for earlier in touching:
            if common_part(box, self._boxes[earlier]) == box:
                return (self.entries[earlier],)
        if not touching or next(left_of(box, [self._boxes[n] for n in touching], steps), None):
            return ()
        return tuple(self.entries[n] for n in touching)

    @cached_property
    def idle(self) -> tuple[AclEntry, ...]:
        """The entries that match packets and change nothing: all others together do the same.

        They may be taken out together. Raises TooManyStepsError for lists that are too intricate.
        """
        dead = {id(each.entry) for each in self.dead}
        kept = {at for at, entry in enumerate(self.entries) if id(entry) not in dead}
        steps, found = Steps(MAX_STEPS), []
        for at in sorted(kept):
            if self._is_idle(at, kept, steps):
                kept.remove(at)
                found.append(self.entries[at])
        return tuple(found)

    def _is_idle(self, at: int, kept: set[int], steps: Steps) -> bool:
        """Whether what an entry takes meets the same action in those of `kept` behind it."""
        box, action = self._boxes[at], self.entries[at].action
        later = [n for n in sorted(kept) if n > at and at in self._touching[n]]
        taken = [self._boxes[n] for n in self._touching[at] if n in kept]
        # the wide entries, which take most, stand last
        for place in reversed(range(len(later))):
            if self.entries[later[place]].action == action:
                continue
            part = common_part(box, self._boxes[later[place]])
            before = [*taken, *(self._boxes[n] for n in later[:place])]
            if part is not None and any(True for _ in left_of(part, before, steps)):
                return False
        if action == "deny":
            return True
        behind = [*taken, *(self._boxes[n] for n in later)]
        return not any(True for _ in left_of(box, behind, steps))

    @cached_property
    def late(self) -> tuple[Dead, ...]:
        """The idle denies that are exceptions to permits, and stand behind these: `by`.

        A deny that covers such a permit as a whole is none, but says what holds for the rest.
        Raises TooManyStepsError for lists that are too intricate.
        """
        idle, found = {id(each) for each in self.idle}, []
        for at, entry in enumerate(self.entries):
            if entry.action == "permit" or id(entry) not in idle:
                continue
            box = self._boxes[at]
            by = tuple(
                self.entries[n]
                for n in self._touching[at]
                if self.entries[n].action == "permit"
                and common_part(self._boxes[n], box) != self._boxes[n]
            )
            if by:
                found.append(Dead(entry=entry, by=by))
        return tuple(found)

    @cached_property
    def one_way(self) -> tuple[Shift, ...]:
        """Traffic that is encrypted while the opposite direction of it is left in clear.

        `permit` encrypts it; `clear` is the entry that leaves the answers in clear, turned round,
        None where no entry takes these. Raises TooManyStepsError for lists that are too intricate.
        """
        return () if self._even else tuple(self._one_way(Steps(MAX_STEPS)))

    def _one_way(self, steps: Steps) -> Iterator[Shift]:
        dead = {id(each.entry) for each in self.dead}
        living = [at for at, entry in enumerate(self.entries) if id(entry) not in dead]
        turned = [_turned(box) for box in self._boxes]
        denies = [at for at in living if self.entries[at].action == "deny"]
        for at in living:
            if self.entries[at].action == "deny":
                continue
            first = [self._boxes[n] for n in self._touching[at]]
            for other in (*denies, None):
                whole = Box() if other is None else turned[other]
                traffic = common_part(self._boxes[at], whole)
                if traffic is None:
                    continue
                before = living if other is None else self._touching[other]
                taken = [*first, *(turned[n] for n in before)]
                left = next(left_of(traffic, taken, steps), None)
                if left is not None:
                    yield Shift(
                        permit=self.entries[at],
                        clear=None if other is None else mirror(self.entries[other]),
                        traffic=traffic,
                        example=left,
                        whole=left == traffic,
                        flags=tuple(self._flags),
                        ipv6=self.ipv6,
                    )

    @property
    def _even(self) -> bool:
        """Whether denies, then permits, each have their opposite: then nothing is one-way."""
        actions = [each.action for each in self.entries]
        if actions != sorted(actions):
            return False
        known = set(zip(actions, self._boxes, strict=True))
        return all((action, _turned(box)) in known for action, box in known)

    def both(self, other: PacketSets) -> Iterator[Both]:
        """What this list and `other` encrypt, each pair of permits once.

        Raises TooManyStepsError for lists that are too intricate.
        """
        steps = Steps(MAX_STEPS)
        flags = numbered(self.entries, other.entries)
        lists = [
            [box for each in one.entries if (box := box_of(each, flags, ipv6=one.ipv6)) is not None]
            for one in (self, other)
        ]
        if self.ipv6 is not other.ipv6:
            return
        for at, permit in enumerate(self.entries):
            if permit.action != "permit":
                continue
            for its_at, its_permit in enumerate(other.entries):
                steps.take()
                if its_permit.action != "permit":
                    continue
                part = common_part(lists[0][at], lists[1][its_at])
                before = [*lists[0][:at], *lists[1][:its_at]]
                left = part and next(left_of(part, before, steps), None)
                if left:
                    yield Both(one=permit, other=its_permit, part=left)

    @cached_property
    def mergeable(self) -> tuple[tuple[AclEntry, AclEntry, AclEntry], ...]:
        """Pairs of permits that one line can stand for, each with that line; no entry twice.

        No entry of the other action stands between the two and takes a part of the later one.
        """
        found, used = [], set[int]()
        permits = [at for at, each in enumerate(self.entries) if each.action == "permit"]
        for at, later in combinations(permits, 2):
            if at in used or later in used or not self._alike(at, later):
                continue
            joined = merged(self.entries[at], self.entries[later], ipv6=self.ipv6)
            if joined is not None and not self._parted(at, later):
                used |= {at, later}
                found.append((self.entries[at], self.entries[later], joined))
        return tuple(found)

    def _alike(self, at: int, later: int) -> bool:
        """Whether two entries may differ in the addresses of one side only."""
        one, other = self._boxes[at], self._boxes[later]
        return one.source == other.source or one.destination == other.destination

    def _parted(self, at: int, later: int) -> bool:
        """Whether a deny between the two takes a part of the later one."""
        return any(
            self.entries[n].action == "deny"
            and common_part(self._boxes[n], self._boxes[later]) is not None
            for n in range(at + 1, later)
        )


def minimal(entries: Sequence[AclEntry], *, ipv6: bool = False) -> tuple[AclEntry, ...]:
    """An equivalent list with fewer entries, or `entries`: without lines in vain, permits joined.

    The entries that stay keep their order. Raises TooManyStepsError for lists that are too
    intricate; lists with entries that are not known come back as they are.
    """
    kept = tuple(entries)
    while True:
        sets = PacketSets(kept, ipv6=ipv6)
        if sets.unknown:
            return kept
        vain = {id(each.entry) for each in sets.dead} | {id(each) for each in sets.idle}
        if vain:
            kept = tuple(each for each in kept if id(each) not in vain)
        elif sets.mergeable:
            first, second, joined = sets.mergeable[0]
            kept = tuple(joined if each is first else each for each in kept if each is not second)
        else:
            return kept


def merged(one: AclEntry, other: AclEntry, *, ipv6: bool = False) -> AclEntry | None:
    """The entry that selects what two entries of one action select, and nothing else.

    None where they differ in more than the addresses of one side, or one line cannot say it.
    """
    same = (
        one.action == other.action
        and one.protocol == other.protocol
        and one.source_ports.ranges == other.source_ports.ranges
        and one.destination_ports.ranges == other.destination_ports.ranges
        and one.flags == other.flags
        and one.log == other.log
    )
    pairs = (one.source.bits, other.source.bits, one.destination.bits, other.destination.bits)
    if not same or None in pairs or _object_ports(one) or _object_ports(other):
        return None
    if one.destination.bits == other.destination.bits:
        source = _joined(one.source, other.source, ipv6=ipv6)
        return None if source is None else replace(one, source=source)
    if one.source.bits == other.source.bits:
        destination = _joined(one.destination, other.destination, ipv6=ipv6)
        return None if destination is None else replace(one, destination=destination)
    return None


def _object_ports(entry: AclEntry) -> bool:
    ports = (entry.source_ports, entry.destination_ports)
    return any(each.operator == "object-group" for each in ports)


def _joined(one: Selector, other: Selector, *, ipv6: bool) -> Selector | None:
    """The selector of the addresses of both, where they make up one range of bits."""
    bits, its_bits = one.bits, other.bits
    if bits is None or its_bits is None:
        return None
    value_, care = bits
    its_value, its_care = its_bits
    if care & its_care == care and its_value & care == value_:
        return one
    if care & its_care == its_care and value_ & its_care == its_value:
        return other
    differing = value_ ^ its_value
    if care != its_care or differing & (differing - 1):
        return None
    return _selector((value_ & ~differing, care & ~differing), ipv6=ipv6)


def _selector(bits: Bits, *, ipv6: bool) -> Selector | None:
    """The selector with these bits; None for IPv6 addresses that are no prefix."""
    address, care = bits
    if not care:
        return ANY
    if not ipv6:
        free = ((1 << 32) - 1) & ~care
        return Selector(kind="wildcard", address=IPv4Address(address), wildcard=IPv4Address(free))
    free = ((1 << 128) - 1) & ~care
    if free & (free + 1):
        return None
    length = 128 - free.bit_length()
    return Selector(kind="prefix", address=IPv6Address(address), prefixlen=length)


def _turned(box: Box) -> Box:
    return box._replace(
        source=box.destination,
        destination=box.source,
        source_ports=box.destination_ports,
        destination_ports=box.source_ports,
    )
