"""Protocols that the network itself lives on, and whether packets of theirs are among others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from ..parsers.config.packet_sets import Box, Ranges, common_part
from ..ports import PROTOCOL_NAMES

TCP, UDP, ICMP6 = 6, 17, 58


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """A protocol, as people know it: `IKE`, `udp 500 and 4500`; `why` says what hangs on it."""

    name: str
    selected_by: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """`peers` use the port at both ends, others that of the server and one of their own."""

    name: str
    protocol: int
    ports: tuple[int, ...] = ()
    peers: bool = False
    why: str = ""

    @property
    def control(self) -> Control:
        word = PROTOCOL_NAMES.get(self.protocol, f"protocol {self.protocol}")
        ports = ", ".join(map(str, self.ports))
        return Control(name=self.name, selected_by=f"{word} {ports}".strip(), why=self.why)


_REGISTRATION = "members could not register"
_ROUTING = "neighbours could be lost"
_ACCESS = "devices could not be managed"
_KINDS: Final = (
    _Kind(name="IKE", protocol=UDP, ports=(500,), peers=True, why=_REGISTRATION),
    _Kind(name="IKE behind NAT", protocol=UDP, ports=(4500,), peers=True, why=_REGISTRATION),
    _Kind(name="GDOI", protocol=UDP, ports=(848,), peers=True, why="members would get no rekeys"),
    _Kind(name="ESP", protocol=50, why="what is encrypted would be encrypted again"),
    _Kind(name="OSPF", protocol=89, why=_ROUTING),
    _Kind(name="EIGRP", protocol=88, why=_ROUTING),
    _Kind(name="BGP", protocol=TCP, ports=(179,), why=_ROUTING),
    _Kind(name="RIP", protocol=UDP, ports=(520, 521), peers=True, why=_ROUTING),
    _Kind(name="PIM", protocol=103, why="multicast, and multicast rekeys, could stop"),
    _Kind(name="IGMP", protocol=2, why="multicast could stop"),
    _Kind(name="HSRP", protocol=UDP, ports=(1985,), peers=True, why="both routers could be active"),
    _Kind(name="VRRP", protocol=112, why="both routers could be active"),
    _Kind(name="BFD", protocol=UDP, ports=(3784, 3785), why=_ROUTING),
    _Kind(name="LDP", protocol=TCP, ports=(646,), why="labels could be lost"),
    _Kind(name="LDP hellos", protocol=UDP, ports=(646,), peers=True, why="labels could be lost"),
    _Kind(name="SSH", protocol=TCP, ports=(22,), why=_ACCESS),
    _Kind(name="Telnet", protocol=TCP, ports=(23,), why=_ACCESS),
    _Kind(name="TACACS+", protocol=TCP, ports=(49,), why="nobody could log in"),
    _Kind(name="RADIUS", protocol=UDP, ports=(1645, 1646, 1812, 1813), why="nobody could log in"),
    _Kind(name="NTP", protocol=UDP, ports=(123,), peers=True, why="clocks could go apart"),
    _Kind(name="SNMP", protocol=UDP, ports=(161, 162), why="devices could not be watched"),
    _Kind(name="syslog", protocol=UDP, ports=(514,), why="devices could not be watched"),
    _Kind(name="DNS", protocol=UDP, ports=(53,), why="names would not be found"),
    _Kind(name="neighbour discovery", protocol=ICMP6, why="hosts on a link would not be found"),
)
_CLIENTS: Final = ((1024, 65_535),)
"""Ports that clients use (RFC 6056); single ones of them say nothing."""
_IPV4_ONLY: Final = frozenset(("IGMP",))
_IPV6_ONLY: Final = frozenset(("neighbour discovery",))


def controls_in(boxes: Sequence[Box], *, ipv6: bool) -> Iterator[Control]:
    """The protocols of which some packets, in either direction, are in one of `boxes`."""
    for kind in _KINDS:
        if kind.name in (_IPV4_ONLY if ipv6 else _IPV6_ONLY):
            continue
        if any(_holds(box, one) for box in boxes for one in _packets(kind)):
            yield kind.control


def _packets(kind: _Kind) -> Iterator[Box]:
    protocols = ((kind.protocol, kind.protocol),)
    if not kind.ports:
        yield Box(protocols)
    for port in kind.ports:
        own = ((port, port),)
        if kind.peers:
            yield Box(protocols, source_ports=own, destination_ports=own)
        else:
            yield Box(protocols, source_ports=_CLIENTS, destination_ports=own)
            yield Box(protocols, source_ports=own, destination_ports=_CLIENTS)


def _holds(box: Box, packets: Box) -> bool:
    """Whether packets are in a box; of the ports of clients, at least half of them."""
    part = common_part(box, packets)
    if part is None:
        return False
    return all(
        2 * _count(found) >= _count(wanted)
        for found, wanted in (
            (part.source_ports, packets.source_ports),
            (part.destination_ports, packets.destination_ports),
        )
    )


def _count(ranges: Ranges) -> int:
    return sum(last - first + 1 for first, last in ranges)
