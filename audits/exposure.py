"""Whether a policy would encrypt some kind of traffic, packet by packet.

A kind of traffic is a box: ranges of addresses (as bits that matter) and of ports. What an
earlier deny leaves of it is cut into smaller boxes, until one escapes all denies or none is left.
So denies count that cover the traffic only together, or only where a permit would take it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal, NamedTuple

from ..parsers.config import AclEntry, Selector
from ..parsers.config.packet_sets import (
    ANYTHING,
    Bits,
    Ranges,
    common_bits,
    common_ranges,
    joined_bits,
    outside,
    without,
)

_MAX_STEPS = 20_000
"""Comparisons after which a question is left open: real policies need some hundreds."""


class _Box(NamedTuple):
    """Traffic of one protocol: all combinations of these addresses and ports."""

    source: Bits
    destination: Bits
    source_ports: Ranges
    destination_ports: Ranges


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a policy does with a kind of traffic.

    `encrypted`: `permit` takes at least a part of it. `clear`: no permit takes any. `open`: that
    depends on what is not known (an object group) or would take too long to find out.
    """

    outcome: Literal["encrypted", "clear", "open"]
    permit: AclEntry | None = None


_CLEAR = Ruling("clear")
_OPEN = Ruling("open")


def ruling(entries: Iterable[AclEntry], wanted: AclEntry) -> Ruling:
    """What `entries`, tried in order, do with the traffic `wanted`.

    Flags of `wanted` play no part; a deny with flags (`established`) covers nothing, a permit
    with flags takes what it would take without them.
    """
    whole = _Box(
        wanted.source.bits or ANYTHING,
        wanted.destination.bits or ANYTHING,
        wanted.source_ports.ranges,
        wanted.destination_ports.ranges,
    )
    steps = _Steps()
    denied: list[_Box] = []
    unsure = False
    for entry in entries:
        if not steps.take():
            return _OPEN
        box = _part(whole, entry, wanted)
        if box is None:
            continue
        if entry.action == "deny":
            if _known(entry) and not entry.flags:
                denied.append(box)
            else:
                unsure = unsure or not _known(entry)
            continue
        left = _escapes(box, denied, steps)
        if left is None:
            return _OPEN
        if left:
            return _OPEN if unsure or not _known(entry) else Ruling("encrypted", entry)
    return _CLEAR


class _Steps:
    """The comparisons that are left for one question."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.left = _MAX_STEPS

    def take(self) -> bool:
        """Use up one; False when there is none."""
        self.left -= 1
        return self.left >= 0


def _known(entry: AclEntry) -> bool:
    """Whether it can be told what the entry selects: it names no object group."""
    ports = (entry.source_ports, entry.destination_ports)
    return (
        entry.source.bits is not None
        and entry.destination.bits is not None
        and not entry.protocol.startswith("object-group")
        and not any(port.operator == "object-group" for port in ports)
    )


def _part(box: _Box, entry: AclEntry, wanted: AclEntry) -> _Box | None:
    """The part of `box` that `entry` selects; what an object group selects may be all."""
    named = entry.protocol
    if named not in ("ip", "ipv6", wanted.protocol) and not named.startswith("object-group"):
        return None
    source = _both(box.source, entry.source, wanted.source)
    destination = _both(box.destination, entry.destination, wanted.destination)
    if source is None or destination is None:
        return None
    source_ports = common_ranges(box.source_ports, entry.source_ports.ranges)
    destination_ports = common_ranges(box.destination_ports, entry.destination_ports.ranges)
    if not source_ports or not destination_ports:
        return None
    return _Box(source, destination, source_ports, destination_ports)


def _both(bits: Bits, selector: Selector, wanted: Selector) -> Bits | None:
    """The addresses of `bits` that `selector` selects too."""
    one, other = selector.address, wanted.address
    if one is not None and other is not None and one.version != other.version:
        return None
    return common_bits(bits, selector.bits or ANYTHING)


def _escapes(box: _Box, denied: list[_Box], steps: _Steps) -> bool | None:
    """Whether a packet of `box` is in none of `denied`; None when that takes too long."""
    pending = [(box, 0)]
    while pending:
        piece, index = pending.pop()
        while index < len(denied):
            if not steps.take():
                return None
            if _touch(piece, denied[index]):
                break
            index += 1
        else:
            return True
        pending += ((rest, index + 1) for rest in _cut(piece, denied[index]))
    return False


def _touch(one: _Box, other: _Box) -> bool:
    return (
        common_bits(one.source, other.source) is not None
        and common_bits(one.destination, other.destination) is not None
        and bool(common_ranges(one.source_ports, other.source_ports))
        and bool(common_ranges(one.destination_ports, other.destination_ports))
    )


def _cut(box: _Box, taken: _Box) -> Iterator[_Box]:
    """Disjoint boxes that make up what `taken`, which touches `box`, leaves of it."""
    source_ports = without(box.source_ports, taken.source_ports)
    if source_ports:
        yield box._replace(source_ports=source_ports)
    box = box._replace(source_ports=common_ranges(box.source_ports, taken.source_ports))
    destination_ports = without(box.destination_ports, taken.destination_ports)
    if destination_ports:
        yield box._replace(destination_ports=destination_ports)
    box = box._replace(
        destination_ports=common_ranges(box.destination_ports, taken.destination_ports)
    )
    for bits in outside(box.source, taken.source):
        yield box._replace(source=bits)
    box = box._replace(source=joined_bits(box.source, taken.source))
    for bits in outside(box.destination, taken.destination):
        yield box._replace(destination=bits)
