"""What single packets meet in access lists, and lists to ask that of."""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address
from itertools import product

from hypothesis import strategies as st

from getvpn.parsers.config import AclEntry, ConfigLine, Selector
from getvpn.parsers.config.packet_sets import Box
from getvpn.parsers.config.read_acl import Kind, parse_entry

HOSTS = range(4)
PORTS = range(1, 4)
BASE = int(IPv4Address("10.0.0.0"))
PROTOCOLS = {"tcp": 6, "udp": 17, "icmp": 1}


def entries(*lines: str, kind: Kind = "extended") -> tuple[AclEntry, ...]:
    return tuple(parse_entry(line.split(), kind, ConfigLine(line, 1)) for line in lines)


@dataclass(frozen=True, slots=True)
class Packet:
    """A packet; `established` is the only flag that lists here ask for."""

    protocol: int
    source: int
    destination: int
    source_port: int
    destination_port: int
    established: bool


def met(listed: Sequence[AclEntry], packet: Packet) -> AclEntry | None:
    """The first entry that selects a packet, read from the entries themselves."""
    return next((each for each in listed if _selects(each, packet)), None)


def _selects(entry: AclEntry, packet: Packet) -> bool:
    ports = (
        (entry.source_ports, packet.source_port),
        (entry.destination_ports, packet.destination_port),
    )
    return (
        entry.protocol in ("ip", *(n for n, of in PROTOCOLS.items() if of == packet.protocol))
        and _is_in(entry.source, packet.source)
        and _is_in(entry.destination, packet.destination)
        and all(port.matches(number) for port, number in ports)
        and (not entry.flags or packet.established)
    )


def _is_in(selector: Selector, address: int) -> bool:
    if selector.kind == "any":
        return True
    assert selector.address is not None
    ignored = int(selector.wildcard) if selector.wildcard is not None else 0
    return (int(selector.address) ^ address) & ~ignored == 0


def is_of(box: Box, packet: Packet) -> bool:
    """Whether a packet is one of a box."""

    def among(ranges: tuple[tuple[int, int], ...], number: int) -> bool:
        return any(first <= number <= last for first, last in ranges)

    return (
        among(box.protocols, packet.protocol)
        and (box.source[0] ^ packet.source) & box.source[1] == 0
        and (box.destination[0] ^ packet.destination) & box.destination[1] == 0
        and among(box.source_ports, packet.source_port)
        and among(box.destination_ports, packet.destination_port)
        and (box.conditions[0] ^ packet.established) & box.conditions[1] == 0
    )


def one_of(box: Box) -> Packet:
    """A packet of a box."""
    return Packet(
        box.protocols[0][0],
        box.source[0],
        box.destination[0],
        box.source_ports[0][0],
        box.destination_ports[0][0],
        bool(box.conditions[0]),
    )


PACKETS = [
    Packet(protocol, BASE + source, BASE + destination, one, other, flag)
    for protocol, source, destination, one, other, flag in product(
        PROTOCOLS.values(), HOSTS, HOSTS, PORTS, PORTS, (False, True)
    )
]


EVERYTHING = [
    Packet(protocol, BASE + source, BASE + destination, one, other, flag)
    for protocol, source, destination, one, other, flag in product(
        (*PROTOCOLS.values(), 47), (*HOSTS, 9), (*HOSTS, 9), range(5), range(5), (False, True)
    )
]
"""One of each kind of packets that the lines below tell apart."""


@st.composite
def lines(draw: st.DrawFn) -> str:
    """An entry about few hosts and ports, so that entries meet often."""
    protocol = draw(st.sampled_from(("ip", "tcp", "udp", "icmp")))
    ports = ("", " eq 1", " range 2 3", " neq 2", " lt 3") if protocol in ("tcp", "udp") else ("",)
    addresses = st.one_of(
        st.just("any"),
        st.builds(
            lambda n, w: f"10.0.0.{n & ~w} 0.0.0.{w}",
            st.sampled_from(HOSTS),
            st.sampled_from(HOSTS),
        ),
    )
    flag = draw(st.sampled_from(("", " established"))) if protocol == "tcp" else ""
    return (
        f"{draw(st.sampled_from(('permit', 'deny')))} {protocol} {draw(addresses)}"
        f"{draw(st.sampled_from(ports))} {draw(addresses)}{draw(st.sampled_from(ports))}{flag}"
    )
