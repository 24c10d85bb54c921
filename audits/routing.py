"""Which routing protocols a member speaks across the interfaces that encrypt."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Interface,
    ip_address,
)

from ..overhead import Family
from ..parsers.config import (
    ANY,
    ConfigLine,
    Interface,
    RoutingProcess,
    Selector,
    interface_name,
)
from .control import Kind, between, bgp_session
from .facts import Address, Fleet, MemberRole
from .wan import crypto_interfaces

Links = tuple[tuple[Selector, Selector], ...]

_GROUPS: dict[str, tuple[str, ...]] = {
    "ospf": ("224.0.0.5", "224.0.0.6"),
    "eigrp": ("224.0.0.10",),
    "rip": ("224.0.0.9",),
}
"""Where the interior protocols send to all routers of a link."""

VERSION: dict[Family, int] = {"ipv4": 4, "ipv6": 6}
_ONES = 0xFFFF_FFFF

_DENIES = {"ospf": "ospf any any", "eigrp": "eigrp any any", "rip": "udp any any eq rip"}
_LINK_LOCAL = Selector(kind="prefix", address=ip_address("fe80::"), prefixlen=10)
_LINK_MULTICAST = Selector(kind="prefix", address=ip_address("ff02::"), prefixlen=16)


@dataclass(frozen=True, slots=True)
class Use:
    """A member speaks `protocol` (`BGP`, `OSPF`, …) at `place`; `line` says so.

    `kinds` are the packets that must not be encrypted.
    """

    protocol: str
    place: str
    line: ConfigLine
    kinds: tuple[Kind, ...]


def bgp_uses(role: MemberRole, family: Family, devices: Collection[Address]) -> Iterator[Use]:
    """The BGP neighbors of a member that are provider routers behind the encrypting interfaces.

    A neighbor behind another interface is none of them. Nor is one that is not on a link of the
    member and has an address of `devices`: there the other end may decrypt.
    """
    config = role.device.config
    if config is None:
        return
    outer = crypto_interfaces(config, family, role.group)
    for process in config.routing:
        if process.protocol != "bgp" or not outer:
            continue
        for neighbor in process.neighbors:
            address = _address(neighbor)
            line = _neighbor_line(process, neighbor)
            if line is None or address is None or address.version != VERSION[family]:
                continue
            local = _end(outer, address)
            if local is None:
                behind = _end(config.interfaces.values(), address)
                if behind is not None or address in devices or role.device.config_gap is not None:
                    continue
            peer = Selector(kind="host", address=address)
            kinds = bgp_session(ANY if local is None else local, peer)
            yield Use("BGP", f"with neighbor {neighbor}", line, kinds)


def addresses_of(fleet: Fleet) -> frozenset[Address]:
    """The interface addresses of all devices of the audit."""
    return frozenset(
        own.ip
        for device in fleet.devices
        if device.config is not None
        for interface in device.config.interfaces.values()
        for own in _own(interface)
    )


def interior_uses(role: MemberRole, family: Family) -> Iterator[Use]:
    """The interior routing protocols that a member speaks on the interfaces that encrypt."""
    config = role.device.config
    if config is None:
        return
    for interface in crypto_interfaces(config, family, role.group):
        if family == "ipv6":
            yield from _interior_ipv6(interface)
            continue
        for process in config.routing:
            if process.protocol not in _GROUPS or not _same_vrf(process, interface):
                continue
            line = _enabled_by(process, interface)
            if line is not None and not _passive(process, interface):
                name, deny = process.protocol, _DENIES[process.protocol]
                kind = between(name, deny, _links(interface, _GROUPS[name]))
                yield Use(name.upper(), f"on interface {interface.name}", line, (kind,))


def _interior_ipv6(interface: Interface) -> Iterator[Use]:
    """OSPF version 3 runs between link-local addresses."""
    for line in interface.line.children:
        words = line.words
        if words[:2] == ["ipv6", "ospf"] or (words[0] == "ospfv3" and "ipv6" in words):
            if "area" not in words:
                continue
            links = ((_LINK_LOCAL, _LINK_MULTICAST), (_LINK_LOCAL, _LINK_LOCAL))
            kind = between("ospf", _DENIES["ospf"], links)
            yield Use("OSPF", f"on interface {interface.name}", line, (kind,))
            return


def _links(interface: Interface, groups: Iterable[str]) -> Links:
    """From the routers of the link to all of them, and to each other."""
    if not interface.addresses:
        return ((ANY, ANY),)
    routers = _of_network(interface.addresses[0].network)
    everyone = (Selector(kind="host", address=ip_address(group)) for group in groups)
    return (*((routers, one) for one in everyone), (routers, routers))


def _of_network(network: IPv4Network) -> Selector:
    return Selector(
        kind="wildcard", address=network.network_address, wildcard=IPv4Address(network.hostmask)
    )


def _end(interfaces: Iterable[Interface], peer: Address) -> Selector | None:
    """The member's own address on the link to `peer`, if one of `interfaces` is on that link."""
    for interface in interfaces:
        for own in _own(interface):
            if peer in own.network:
                return Selector(kind="host", address=own.ip)
    return None


def _own(interface: Interface) -> Iterator[IPv4Interface | IPv6Interface]:
    yield from interface.addresses
    yield from interface.ipv6_addresses


def _neighbor_line(process: RoutingProcess, neighbor: str) -> ConfigLine | None:
    """The first line about a neighbor, None when it is shut down."""
    lines = [line for line in process.line.walk() if line.words[:2] == ["neighbor", neighbor]]
    if not lines or any(line.words[2:] == ["shutdown"] for line in lines):
        return None
    return lines[0]


def _enabled_by(process: RoutingProcess, interface: Interface) -> ConfigLine | None:
    """The line that enables an interior protocol on `interface`."""
    if process.protocol == "ospf":
        for line in interface.line.children:
            words = line.words
            if words[:2] == ["ip", "ospf"] and "area" in words and process.tag in words:
                return line
    for line in process.line.walk():
        words = line.words
        if words[0] == "network" and len(words) > 1 and interface.addresses:
            covered = _network(words[1:])
            if covered is not None and _fits(interface.addresses[0], covered):
                return line
    return None


def _network(words: list[str]) -> tuple[int, int] | None:
    """Address and care mask of a `network` line: with wildcard, mask, or the address's class."""
    try:
        address = IPv4Address(words[0])
        bits = int(IPv4Address(words[1])) if len(words) > 1 and "." in words[1] else None
    except AddressValueError:
        return None
    if bits is None:
        first = int(address) >> 24
        length = 8 if first < 128 else 16 if first < 192 else 24
        care = _ONES & ~(_ONES >> length)
    elif bits >> 31 and bits != _ONES:
        care = bits  # a subnet mask, which IOS turns into the wildcard
    else:
        care = _ONES & ~bits
    return int(address) & care, care


def _fits(own: IPv4Interface, covered: tuple[int, int]) -> bool:
    return int(own.ip) & covered[1] == covered[0]


def _passive(process: RoutingProcess, interface: Interface) -> bool:
    """Whether the protocol is silent on `interface`; the last line that says so counts."""
    passive, section = False, ""
    for line in process.line.walk():
        words = line.words
        if words[0] == "af-interface" and len(words) > 1:
            section = interface_name(words[1:]).lower()
        on = words[0] != "no"
        if (words if on else words[1:])[:1] != ["passive-interface"]:
            continue
        named = (words if on else words[1:])[1:]
        target = interface_name(named).lower() if named else section
        if target in ("default", interface.name.lower()):
            passive = on
    return passive


def _same_vrf(process: RoutingProcess, interface: Interface) -> bool:
    if interface.vrf is None:
        return not process.vrfs or process.protocol != "ospf"
    return interface.vrf in process.vrfs


def _address(text: str) -> Address | None:
    try:
        return ip_address(text)
    except ValueError:
        return None
