"""What a change of access lists means for traffic: what becomes encrypted, and what clear.

The lists are those of a policy: tried in order, a permit encrypts, a deny or no match leaves in
clear. Exact for protocols, addresses with any wildcard, ports, and flags that do not depend on
each other; entries with object groups are told as not known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from typing import Final

from ...ports import IPV6_PROTOCOL_NAMES, PORT_PROTOCOLS, PROTOCOL_NAMES, port_name
from .acl import AclEntry
from .packet_sets import (
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
from .view import Value, value

MAX_STEPS: Final = 400_000
"""Comparisons after which a question is left open."""
TOO_INTRICATE: Final = "the lists are too intricate to be compared in full"
_WHOLE: Final = Box()


@value
class Shift(Value):
    """Traffic that is treated otherwise than before.

    `permit` is the entry that encrypts it, after the change or before it; `clear` the one that
    leaves it in clear on the other side, None where no entry takes it there. All of it is in
    `traffic`; with `whole` it is all of that. `example` is a part of it that is wholly meant.
    `flags` are the further conditions that `traffic` names, by their numbers.
    """

    permit: AclEntry
    clear: AclEntry | None
    traffic: Box
    example: Box
    whole: bool
    flags: tuple[tuple[str, ...], ...] = ()
    ipv6: bool = False

    def __str__(self) -> str:
        part = "" if self.whole else " but for what other lines say"
        return f"{told(self.traffic, self.flags, ipv6=self.ipv6)}{part}"


@value
class AclChange(Value):
    """What a change of lists means: `encrypted` was in clear before, `clear` was encrypted.

    `unknown` says why there may be more; it is empty when these are all.
    """

    encrypted: tuple[Shift, ...] = ()
    clear: tuple[Shift, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether all traffic is surely treated as before."""
        return not (self.encrypted or self.clear or self.unknown)


def acl_change(
    old: Sequence[AclEntry], new: Sequence[AclEntry], *, ipv6: bool = False
) -> AclChange:
    """What becomes of traffic when a policy turns from the entries `old` to `new`.

    With `ipv6` both are those of IPv6 lists.
    """
    flags = numbered(old, new)
    before, after = (_Ruled(entries, flags, ipv6=ipv6) for entries in (old, new))
    unknown = [*before.unknown, *after.unknown]
    if before.boxes == after.boxes and before.permits == after.permits and not unknown:
        return AclChange()
    steps = Steps(MAX_STEPS)
    names = tuple(flags)
    found: list[tuple[Shift, ...]] = []
    for one, other in ((after, before), (before, after)):
        shifts: list[Shift] = []
        try:
            shifts += (replace(each, flags=names) for each in _shifts(one, other, steps))
        except TooManyStepsError:
            unknown.append(TOO_INTRICATE)
        found.append(tuple(shifts))
    return AclChange(encrypted=found[0], clear=found[1], unknown=tuple(dict.fromkeys(unknown)))


class _Ruled:
    """A list as boxes, in its order; entries that are not known are left out."""

    def __init__(
        self, entries: Sequence[AclEntry], flags: dict[tuple[str, ...], int], *, ipv6: bool
    ) -> None:
        found = [(each, box_of(each, flags, ipv6=ipv6)) for each in entries]
        self.ipv6 = ipv6
        self.unknown = [f"it is not known what '{each}' selects" for each, box in found if not box]
        known = [(each, box) for each, box in found if box is not None]
        self.entries = [each for each, _ in known]
        self.boxes = [box for _, box in known]
        self.permits = [each.action == "permit" for each in self.entries]

    def clear(self) -> Iterator[tuple[AclEntry | None, Box, Sequence[Box]]]:
        """What leaves traffic in clear: the entry, what it selects, and what goes before it."""
        for at, entry in enumerate(self.entries):
            if not self.permits[at]:
                yield entry, self.boxes[at], self.boxes[:at]
        yield None, _WHOLE, self.boxes


def _shifts(encrypting: _Ruled, clearing: _Ruled, steps: Steps) -> Iterator[Shift]:
    """Traffic that one list encrypts and the other one leaves in clear."""
    places = {box: at for at, box in reversed(list(enumerate(encrypting.boxes)))}
    for at, entry in enumerate(encrypting.entries):
        if not encrypting.permits[at]:
            continue
        first = encrypting.boxes[:at]
        for other, box, before in clearing.clear():
            steps.take()
            # most lines stand in both lists
            if places.get(box, at) < at:
                continue
            traffic = common_part(encrypting.boxes[at], box)
            if traffic is None:
                continue
            taken = [*first, *before]
            left = next(left_of(traffic, taken, steps), None)
            if left is None:
                continue
            yield Shift(
                permit=entry,
                clear=other,
                traffic=traffic,
                example=left,
                whole=left == traffic,
                ipv6=encrypting.ipv6,
            )


# ---- for people ----


def told(box: Box, flags: Sequence[tuple[str, ...]] = (), *, ipv6: bool = False) -> str:
    """A box in words: `tcp from 10.0.0.0/8 to any port 443`."""
    parts = [
        _protocols(box.protocols, ipv6=ipv6),
        "from",
        _addresses(box.source, ipv6=ipv6),
        _ports(box, box.source_ports),
        "to",
        _addresses(box.destination, ipv6=ipv6),
        _ports(box, box.destination_ports),
        *_conditions(box.conditions, flags),
    ]
    return " ".join(part for part in parts if part)


def _protocols(protocols: Ranges, *, ipv6: bool) -> str:
    if protocols == EVERY_PROTOCOL:
        return "ipv6" if ipv6 else "ip"
    return _listed(protocols, lambda number: _protocol(number, ipv6=ipv6))


def _protocol(number: int, *, ipv6: bool) -> str:
    names = IPV6_PROTOCOL_NAMES if ipv6 else PROTOCOL_NAMES
    return names.get(number, f"protocol {number}")


def _addresses(bits: Bits, *, ipv6: bool) -> str:
    address, care = bits
    if not care:
        return "any"
    kind, width = (IPv6Address, 128) if ipv6 else (IPv4Address, 32)
    ones = (1 << width) - 1
    free = ones & ~care
    if free & (free + 1):
        return f"{kind(address)} {kind(free)}"
    length = width - free.bit_length()
    return str(kind(address)) if length == width else f"{kind(address)}/{length}"


def _ports(box: Box, ports: Ranges) -> str:
    if ports == EVERY_PORT:
        return ""
    names = {6: "tcp", 17: "udp", 132: "sctp"}
    name = names.get(box.protocols[0][0], "") if len(box.protocols) == 1 else ""
    protocol = name if name in PORT_PROTOCOLS else ""
    return f"port {_listed(ports, lambda number: port_name(protocol, number))}"


def _listed(ranges: Ranges, named: Callable[[int], str]) -> str:
    found = [
        named(first) if first == last else f"{named(first)} to {named(last)}"
        for first, last in ranges
    ]
    return ", ".join(found)


def _conditions(bits: Bits, flags: Sequence[tuple[str, ...]]) -> Iterator[str]:
    wanted, asked = bits
    for number, words in enumerate(flags):
        bit = 1 << number
        if asked & bit:
            yield f"{'' if wanted & bit else 'not '}{' '.join(words)}"
