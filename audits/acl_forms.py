"""Boxes of packets as lines of access lists, as IOS writes them."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv6Address
from itertools import product
from typing import TYPE_CHECKING, Final, Literal

from ..parsers.config import ANY, ANY_PORT, AclEntry, PortMatch, Selector
from ..parsers.config.line import ConfigLine
from ..parsers.config.packet_sets import (
    EVERY_PORT,
    EVERY_PROTOCOL,
    Bits,
    Box,
    Ranges,
    without,
)
from ..ports import IPV6_PROTOCOL_NAMES, PORT_PROTOCOLS, PROTOCOL_NAMES, port_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..parsers.config import AccessList

Action = Literal["permit", "deny"]
HEADERS: Final = {
    "extended": "ip access-list extended",
    "standard": "ip access-list standard",
    "ipv6": "ipv6 access-list",
}
"""The commands that open a list, by its kind."""

MOST_FORMS: Final = 16
"""Lines for one box beyond which it is said in another way."""
_NOWHERE: Final = ConfigLine("", 0)
_LAST_PORT: Final = EVERY_PORT[0][1]


def width_of(*, ipv6: bool) -> int:
    """The bits of an address."""
    return 128 if ipv6 else 32


def has_holes(bits: Bits, *, ipv6: bool) -> bool:
    """Whether the addresses with these bits are no network."""
    free = ((1 << width_of(ipv6=ipv6)) - 1) & ~bits[1]
    return bool(free & (free + 1))


def selector_of(bits: Bits, *, ipv6: bool) -> Selector | None:
    """The selector with these bits; None for IPv6 addresses that are no prefix."""
    address, care = bits
    if not care:
        return ANY
    width = width_of(ipv6=ipv6)
    free = ((1 << width) - 1) & ~care
    if not free:
        return Selector(kind="host", address=(IPv6Address if ipv6 else IPv4Address)(address))
    if not ipv6:
        return Selector(kind="wildcard", address=IPv4Address(address), wildcard=IPv4Address(free))
    if has_holes(bits, ipv6=True):
        return None
    return Selector(
        kind="prefix", address=IPv6Address(address), prefixlen=width - free.bit_length()
    )


def port_forms(ranges: Ranges) -> tuple[PortMatch, ...]:
    """Conditions that select these ports together."""
    if ranges == EVERY_PORT:
        return (ANY_PORT,)
    left_out = without(EVERY_PORT, ranges)
    if len(left_out) == 1 and left_out[0][0] == left_out[0][1] and len(ranges) > 1:
        return (PortMatch(operator="neq", ports=(left_out[0][0],)),)
    return tuple(_port_form(first, last) for first, last in ranges)


def _port_form(first: int, last: int) -> PortMatch:
    if first == last:
        return PortMatch(operator="eq", ports=(first,))
    if first == 0:
        return PortMatch(operator="lt", ports=(last + 1,))
    if last == _LAST_PORT:
        return PortMatch(operator="gt", ports=(first - 1,))
    return PortMatch(operator="range", ports=(first, last))


def _protocol_forms(protocols: Ranges, *, ipv6: bool) -> tuple[str, ...]:
    if protocols == EVERY_PROTOCOL:
        return ("ipv6" if ipv6 else "ip",)
    numbers = [n for first, last in protocols for n in range(first, last + 1)]
    if len(numbers) > MOST_FORMS:
        return ()
    names = IPV6_PROTOCOL_NAMES if ipv6 else PROTOCOL_NAMES
    return tuple(names.get(n, str(n)) for n in numbers)


def entries_of(
    box: Box, action: Action, flags: Sequence[tuple[str, ...]] = (), *, ipv6: bool = False
) -> tuple[AclEntry, ...]:
    """Entries that select the packets of a box together; none where lines cannot say it."""
    source = selector_of(box.source, ipv6=ipv6)
    destination = selector_of(box.destination, ipv6=ipv6)
    wanted, asked = box.conditions
    protocols = _protocol_forms(box.protocols, ipv6=ipv6)
    has_ports = (box.source_ports, box.destination_ports) != (EVERY_PORT, EVERY_PORT)
    if source is None or destination is None or wanted != asked:
        return ()
    if has_ports and not set(protocols) <= PORT_PROTOCOLS:
        return ()
    words = tuple(w for n, each in enumerate(flags) if asked >> n & 1 for w in each)
    every = product(protocols, port_forms(box.source_ports), port_forms(box.destination_ports))
    made = tuple(
        AclEntry(
            line=_NOWHERE,
            action=action,
            protocol=protocol,
            source=source,
            destination=destination,
            source_ports=ports,
            destination_ports=its_ports,
            flags=words,
        )
        for protocol, ports, its_ports in every
    )
    return made if len(made) <= MOST_FORMS else ()


def as_line(entry: AclEntry, kind: str = "extended") -> str:
    """An entry as it stands in a list of this kind, without number; ports by name."""
    if kind == "standard":
        address = str(entry.source)
        return f"{entry.action} {address}{' log' if entry.log else ''}"
    entry = replace(
        entry,
        sequence=None,
        source=_host(entry.source),
        destination=_host(entry.destination),
    )
    ports = [_named(entry.protocol, each) for each in (entry.source_ports, entry.destination_ports)]
    source, destination = str(entry.source), str(entry.destination)
    words = (entry.action, entry.protocol, source, ports[0], destination, ports[1], *entry.flags)
    return " ".join(word for word in (*words, "log" if entry.log else "") if word)


def _host(selector: Selector) -> Selector:
    """A network of one address is a host, one of all is any."""
    if selector.bits is None or selector.address is None or selector.kind == "host":
        return selector
    return selector_of(selector.bits, ipv6=selector.address.version == 6) or selector


def _named(protocol: str, ports: PortMatch) -> str:
    if ports.is_any or ports.operator == "object-group":
        return str(ports)
    return " ".join((ports.operator, *(port_name(protocol, each) for each in ports.ports)))


def list_lines(acl: AccessList, lines: Sequence[str]) -> tuple[str, ...]:
    """The lines of a list under its header."""
    return (f"{HEADERS[acl.kind]} {acl.name}", *(f" {line}" for line in lines))
