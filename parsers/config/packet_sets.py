"""Sets of packets as boxes: all combinations of protocols, addresses, ports and conditions.

Addresses are bits that matter, so that wildcards with holes are exact; protocols and ports are
ranges. What is left of a box when others are taken away is cut into smaller, disjoint boxes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from ...ports import PROTOCOL_NAMES
from .acl import MAX_PORT, AclEntry

Bits = tuple[int, int]
"""Value and care mask: something fits when it is equal in the bits of the mask."""

Ranges = tuple[tuple[int, int], ...]
"""Sorted, disjoint pairs (first, last)."""

ANYTHING: Final[Bits] = (0, 0)
EVERY_PORT: Final[Ranges] = ((0, MAX_PORT),)
EVERY_PROTOCOL: Final[Ranges] = ((0, 255),)
ICMP6: Final = 58
_NUMBERS: Final[Mapping[str, int]] = {
    **{name: number for number, name in PROTOCOL_NAMES.items()},
    "hbh": 0,
}


class TooManyStepsError(Exception):
    """A question about sets takes too long to answer: real policies need some hundreds of steps."""


class Steps:
    """How many comparisons of boxes are left for one question."""

    __slots__ = ("left",)

    def __init__(self, most: int) -> None:
        self.left = most

    def take(self, count: int = 1) -> None:
        """Use up some. Raises TooManyStepsError when there are not as many."""
        self.left -= count
        if self.left < 0:
            raise TooManyStepsError


class Box(NamedTuple):
    """Packets: all combinations of what the fields allow.

    Each bit of `conditions` is something else that entries ask for (`established`); a packet has it
    or has it not. Packets of protocols without ports count as having any.
    """

    protocols: Ranges = EVERY_PROTOCOL
    source: Bits = ANYTHING
    destination: Bits = ANYTHING
    source_ports: Ranges = EVERY_PORT
    destination_ports: Ranges = EVERY_PORT
    conditions: Bits = ANYTHING


# ---- boxes of entries ----


def box_of(
    entry: AclEntry, conditions: Mapping[tuple[str, ...], int], *, ipv6: bool = False
) -> Box | None:
    """The packets that an entry selects; None where that is not known: it names an object group.

    `conditions` numbers the flags of entries, see `numbered`. With `ipv6` it is one of an IPv6
    list.
    """
    source, destination = entry.source.bits, entry.destination.bits
    ports = (entry.source_ports, entry.destination_ports)
    if source is None or destination is None:
        return None
    if any(port.operator == "object-group" for port in ports):
        return None
    protocols = _protocols(entry.protocol, ipv6=ipv6)
    if protocols is None:
        return None
    asked = 1 << conditions[entry.flags] if entry.flags else 0
    return Box(
        protocols,
        source,
        destination,
        entry.source_ports.ranges,
        entry.destination_ports.ranges,
        (asked, asked),
    )


def numbered(*lists: Sequence[AclEntry]) -> dict[tuple[str, ...], int]:
    """A number for each kind of flags that entries of the lists have."""
    flags = dict.fromkeys(entry.flags for entries in lists for entry in entries if entry.flags)
    return {each: number for number, each in enumerate(flags)}


def _protocols(name: str, *, ipv6: bool) -> Ranges | None:
    if name in {"ip", "ipv6"}:
        return EVERY_PROTOCOL
    if ipv6 and name == "icmp":
        return ((ICMP6, ICMP6),)
    number = int(name) if name.isdecimal() else _NUMBERS.get(name)
    return None if number is None else ((number, number),)


# ---- what boxes have in common, and what is left of them ----


def common_part(one: Box, other: Box) -> Box | None:
    """The packets of both boxes, None when there are none."""
    protocols, source, destination, source_ports, destination_ports, conditions = one
    its_protocols, its_source, its_destination, its_source_ports, its_ports, its_conditions = other
    # what tells boxes apart most often is looked at first, and without calls
    if (source[0] ^ its_source[0]) & source[1] & its_source[1]:
        return None
    if (destination[0] ^ its_destination[0]) & destination[1] & its_destination[1]:
        return None
    if protocols != its_protocols:
        protocols = common_ranges(protocols, its_protocols)
    if not protocols:
        return None
    if source_ports != its_source_ports:
        source_ports = common_ranges(source_ports, its_source_ports)
    if destination_ports != its_ports:
        destination_ports = common_ranges(destination_ports, its_ports)
    if not source_ports or not destination_ports:
        return None
    if (conditions[0] ^ its_conditions[0]) & conditions[1] & its_conditions[1]:
        return None
    return Box(
        protocols,
        (source[0] | its_source[0], source[1] | its_source[1]),
        (destination[0] | its_destination[0], destination[1] | its_destination[1]),
        source_ports,
        destination_ports,
        (conditions[0] | its_conditions[0], conditions[1] | its_conditions[1]),
    )


def left_of(box: Box, taken: Sequence[Box], steps: Steps) -> Iterator[Box]:
    """Disjoint boxes with the packets of `box` that are in none of `taken`.

    Raises TooManyStepsError when the steps are used up.
    """
    touching = []
    for each in taken:
        steps.take()
        part = common_part(box, each)
        if part == box:
            return
        if part is not None:
            touching.append(part)
    # what takes most comes first: less is left to be cut
    touching.sort(key=_precision)
    pending = [(box, 0)]
    while pending:
        piece, index = pending.pop()
        while index < len(touching):
            steps.take()
            if common_part(piece, touching[index]) is not None:
                break
            index += 1
        else:
            yield piece
            continue
        pending += ((rest, index + 1) for rest in cut(piece, touching[index]))


def _precision(box: Box) -> int:
    """How many bits of addresses matter."""
    return box.source[1].bit_count() + box.destination[1].bit_count()


def cut(box: Box, taken: Box) -> Iterator[Box]:
    """Disjoint boxes that make up what `taken`, which touches `box`, leaves of it."""
    protocols, source, destination, source_ports, ports, conditions = box
    its_protocols, its_source, its_destination, its_source_ports, its_ports, asked = taken
    # `Box` and no `_replace`, which takes four times as long
    if protocols != its_protocols:
        left = without(protocols, its_protocols)
        if left:
            yield Box(left, source, destination, source_ports, ports, conditions)
        protocols = common_ranges(protocols, its_protocols)
    if source_ports != its_source_ports:
        left = without(source_ports, its_source_ports)
        if left:
            yield Box(protocols, source, destination, left, ports, conditions)
        source_ports = common_ranges(source_ports, its_source_ports)
    if ports != its_ports:
        left = without(ports, its_ports)
        if left:
            yield Box(protocols, source, destination, source_ports, left, conditions)
        ports = common_ranges(ports, its_ports)
    for bits in outside(conditions, asked):
        yield Box(protocols, source, destination, source_ports, ports, bits)
    conditions = joined_bits(conditions, asked)
    for bits in outside(source, its_source):
        yield Box(protocols, bits, destination, source_ports, ports, conditions)
    source = joined_bits(source, its_source)
    for bits in outside(destination, its_destination):
        yield Box(protocols, source, bits, source_ports, ports, conditions)


# ---- bits and ranges ----


def common_bits(one: Bits, other: Bits) -> Bits | None:
    """What fits both, None when nothing does."""
    if (one[0] ^ other[0]) & one[1] & other[1]:
        return None
    return joined_bits(one, other)


def joined_bits(one: Bits, other: Bits) -> Bits:
    """What fits both, where something does."""
    return one[0] | other[0], one[1] | other[1]


def outside(bits: Bits, taken: Bits) -> Iterator[Bits]:
    """What fits `bits` and not `taken`, in disjoint parts, largest first."""
    value, care = bits
    free = taken[1] & ~care
    while free:
        bit = 1 << (free.bit_length() - 1)
        free ^= bit
        yield value | (bit & ~taken[0]), care | bit
        value, care = value | (bit & taken[0]), care | bit


def common_ranges(one: Ranges, other: Ranges) -> Ranges:
    """The numbers that are in both: of protocols, or of ports."""
    if one == other or other == EVERY_PORT:
        return one
    if one == EVERY_PORT:
        return other
    if len(one) == len(other) == 1:
        ((a, b),), ((c, d),) = one, other
        first, last = max(a, c), min(b, d)
        return ((first, last),) if first <= last else ()
    pairs = ((max(a, c), min(b, d)) for a, b in one for c, d in other)
    return tuple((first, last) for first, last in pairs if first <= last)


def without(one: Ranges, other: Ranges) -> Ranges:
    """The numbers of `one` that are not in `other`."""
    left = list(one)
    for first, last in other:
        left = [
            piece
            for a, b in left
            for piece in ((a, min(b, first - 1)), (max(a, last + 1), b))
            if piece[0] <= piece[1]
        ]
    return tuple(left)
