"""Boxes that hold two others and can be one line of an access list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from ..parsers.config.packet_sets import (
    ANYTHING,
    EVERY_PORT,
    EVERY_PROTOCOL,
    Bits,
    Box,
    Ranges,
)
from .acl_forms import width_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Shapes:
    """Which boxes may be made: with `holes` in wildcards, with `spans` of ports."""

    ipv6: bool
    holes: bool
    spans: bool

    def wholes(self, one: Box, other: Box) -> Iterator[Box]:
        """Boxes that hold two others, networks before those with holes."""
        protocols, ports, its_ports = EVERY_PROTOCOL, EVERY_PORT, EVERY_PORT
        if one.protocols == other.protocols:
            protocols = one.protocols
            ports = self._ports(one.source_ports, other.source_ports)
            its_ports = self._ports(one.destination_ports, other.destination_ports)
        conditions = one.conditions if one.conditions == other.conditions else ANYTHING
        found = None
        for holes in (False, True) if self.holes else (False,):
            source = self._joined(one.source, other.source, holes=holes)
            destination = self._joined(one.destination, other.destination, holes=holes)
            whole = Box(protocols, source, destination, ports, its_ports, conditions)
            if whole != found:
                yield whole
            found = whole

    def addresses(self, one: Bits, other: Bits) -> Bits:
        """The smallest selector of the addresses of both."""
        return self._joined(one, other, holes=self.holes)

    def _joined(self, one: Bits, other: Bits, *, holes: bool) -> Bits:
        if one == other:
            return one
        care = one[1] & other[1] & ~(one[0] ^ other[0])
        if not holes:
            full = (1 << width_of(ipv6=self.ipv6)) - 1
            care = full & ~((1 << (full & ~care).bit_length()) - 1)
        return one[0] & care, care

    def _ports(self, one: Ranges, other: Ranges) -> Ranges:
        if one == other:
            return one
        whole = ((min(one[0][0], other[0][0]), max(one[-1][1], other[-1][1])),)
        return whole if self.spans or whole in (one, other) else EVERY_PORT


def exact_union(one: Box, other: Box, whole: Box) -> bool:
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
