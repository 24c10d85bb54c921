"""Packets of the data plane, and which line of an access list means them."""

from enum import StrEnum
from typing import NamedTuple

from ..services.access_entries import AccessEntry, Ports
from ..services.access_words import PROTOCOLS

EVERYTHING = frozenset({"ip", "ipv6"})
"""Protocols of lines that mean all packets of the list's family."""
TCP, UDP, ESP = 6, 17, 50
WITH_PORTS = frozenset({TCP, UDP, 132})
ICMP6 = 58
HARMLESS = frozenset({"log", "log-input"})
"""Options that do not narrow what a line means."""


class Packet(NamedTuple):
    """A packet before encryption: addresses as numbers, the number of its protocol, its ports.

    `size` is in bytes with all headers; ports are 0 for a protocol without.
    """

    source: int
    destination: int
    protocol: int
    source_port: int = 0
    destination_port: int = 0
    ipv6: bool = False
    size: int = 100
    dont_fragment: bool = False


def answer_to(packet: Packet) -> Packet:
    """The packet that travels back: the same with its ends exchanged."""
    return Packet(
        packet.destination,
        packet.source,
        packet.protocol,
        packet.destination_port,
        packet.source_port,
        packet.ipv6,
        packet.size,
        packet.dont_fragment,
    )


class Drop(StrEnum):
    """Why a member lets a packet not pass."""

    FAIL_CLOSED = "the map is closed before registration"
    NO_KEY = "no key to encrypt with"
    IN_CLEAR = "the policy wants it encrypted"
    INVALID_SPI = "the SPI is not known"
    REPLAY = "the check for replays failed"
    NO_MAP = "encrypted for an interface without a crypto map"


class Protection(NamedTuple):
    """What an encrypted packet shows: its SPI, and what the check for replays looks at.

    `pseudotime` is in seconds, None without one; `sequence` is the sender's count of packets, None
    where nobody counts them.
    """

    spi: int
    pseudotime: float | None = None
    sequence: int | None = None


def matches(entry: AccessEntry, packet: Packet) -> bool:
    """Whether a line of a list of the packet's family means a packet.

    A packet here shows no flags, types, DSCP or times, nor do the policies that travel to members
    (RFC 6407 §5.5.1 has protocol, addresses and ports only). So in doubt it is protected: a line
    that permits means it whatever its options say, one that denies with an option that narrows
    does not. Object groups hold nothing.
    """
    name = entry.protocol
    if name not in EVERYTHING and protocol_number(name, ipv6=packet.ipv6) != packet.protocol:
        return False
    if entry.options and entry.action == "deny" and not HARMLESS.issuperset(entry.options):
        return False
    source, destination = entry.source, entry.destination
    if not source.holds(packet.source) or not _port(source.ports, packet, packet.source_port):
        return False
    if destination is None:
        return True
    return destination.holds(packet.destination) and _port(
        destination.ports, packet, packet.destination_port
    )


def protocol_number(name: str, *, ipv6: bool = False) -> int | None:
    """The number that a line means by its protocol; None for one that is not known."""
    if ipv6 and name == "icmp":
        return ICMP6
    found = PROTOCOLS.get(name)
    if found is None and name.isdecimal():
        return int(name)
    return found


def _port(ports: Ports | None, packet: Packet, port: int) -> bool:
    return ports is None or (packet.protocol in WITH_PORTS and ports.holds(port))
