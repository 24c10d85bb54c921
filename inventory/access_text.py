"""Lines of access lists: what stays in clear, what is encrypted, and lists as IOS prints them.

A protocol with ports is denied in both directions: a member checks what comes in against the mirror
image of its list, so that the answers, and whatever comes in clear, need a line of their own.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Network,
    collapse_addresses,
)
from types import MappingProxyType
from typing import Final, Literal

from .access_lines import endpoint
from .views import AccessListView, AddressFamily, Software

Network = IPv4Network | IPv6Network
ListKind = Literal["standard", "extended", "ipv6"]
STEP: Final = 10
GDOI_PORT: Final = 848

PORTS: Final = MappingProxyType(
    {
        "ike": (("udp", "isakmp"),),
        "gdoi": (("udp", "848"),),
        "ssh": (("tcp", "22"),),
        "tacacs": (("tcp", "tacacs"),),
        "radius": (("udp", "1812"), ("udp", "1813")),
        "bgp": (("tcp", "bgp"),),
        "ntp": (("udp", "ntp"),),
        "dns": (("udp", "domain"), ("tcp", "domain")),
        "snmp": (("udp", "snmp"), ("udp", "snmptrap")),
        "syslog": (("udp", "syslog"),),
        "bfd": (("udp", "3784"), ("udp", "3785")),
        "ldp": (("udp", "646"), ("tcp", "646")),
        "hsrp": (("udp", "1985"),),
    }
)
"""Transport and port of the protocols that have one, in the words of IOS."""
_PORTS6: Final = MappingProxyType({"hsrp": (("udp", "2029"),)})
"""Those that differ for IPv6."""
PROTOCOLS: Final = frozenset({"esp", "ospf", "eigrp", "pim", "igmp", "icmp"})
"""Protocols that lists know by name."""
IPV4_ONLY: Final = frozenset({"igmp"})
"""Protocols that have no meaning for IPv6, where their messages are those of ICMP."""


def clear_lines(names: Iterable[str], family: AddressFamily = "ipv4") -> list[str]:
    """The lines that deny protocols, in the order of their names."""
    found: list[str] = []
    for name in dict.fromkeys(names):
        if name in PROTOCOLS:
            if family == "ipv4" or name not in IPV4_ONLY:
                found.append(f"deny {name} any any")
            continue
        ports = _PORTS6.get(name, PORTS[name]) if family == "ipv6" else PORTS[name]
        for transport, port in ports:
            found += [f"deny {transport} any any eq {port}", f"deny {transport} any eq {port} any"]
    return found


def permit_lines(networks: Sequence[Network]) -> list[str]:
    """The fewest lines that permit all traffic between any two of the networks, both ways."""
    v4 = collapse_addresses(net for net in networks if isinstance(net, IPv4Network))
    v6 = collapse_addresses(net for net in networks if isinstance(net, IPv6Network))
    ends4, ends6 = [endpoint(net) for net in v4], [endpoint(net) for net in v6]
    return [f"permit ip {one} {other}" for one in ends4 for other in ends4] + [
        f"permit ipv6 {one} {other}" for one in ends6 for other in ends6
    ]


def rekey_lines(servers: Iterable[IPv4Address], multicast: IPv4Address) -> list[str]:
    """The lines that describe multicast rekeys, whichever key server sends them."""
    return [
        f"permit udp host {server} eq {GDOI_PORT} host {multicast} eq {GDOI_PORT}"
        for server in servers
    ]


def address_lines(addresses: Iterable[IPv4Address]) -> list[str]:
    """The lines of a standard list that permit single addresses, each once."""
    return [f"permit {address}" for address in dict.fromkeys(addresses)]


def network_lines(networks: Iterable[IPv4Network]) -> list[str]:
    """The lines of a standard list that permit all of some networks, each once."""
    return [
        f"permit {endpoint(network).removeprefix('host ')}" for network in dict.fromkeys(networks)
    ]


def access_list(
    name: str,
    kind: ListKind,
    entries: Iterable[str],
    software: Software,
) -> AccessListView:
    """A list with its lines as `show running-config` prints them.

    From IOS-XE 17 on every list is a block of numbered lines; before that `deny` is as wide as
    `permit`, and a numbered list is printed without a block.
    """
    said = tuple(entries)
    return AccessListView(
        name=name, kind=kind, entries=said, lines=_printed(name, kind, said, software)
    )


@lru_cache
def _printed(name: str, kind: str, entries: tuple[str, ...], software: Software) -> tuple[str, ...]:
    head = f"ipv6 access-list {name}" if kind == "ipv6" else f"ip access-list {kind} {name}"
    if kind == "ipv6":
        number = " sequence {} {}" if software.newer else " {1}"
        return (head, *(number.format(STEP * at, line) for at, line in enumerate(entries, 1)))
    if software.newer:
        return (head, *(f" {STEP * at} {line}" for at, line in enumerate(entries, 1)))
    padded = [line.replace("deny ", "deny   ", 1) for line in entries]
    if name.isdecimal():
        return tuple(f"access-list {name} {line}" for line in padded)
    return (head, *(f" {line}" for line in padded))


def list_order(view: AccessListView) -> tuple[bool, bool, bool, int, str]:
    """The place of a list among others: IPv4 first, by kind, numbers before names."""
    number = int(view.name) if view.name.isdecimal() else 0
    return (view.kind == "ipv6", view.kind == "extended", not number, number, view.name)
