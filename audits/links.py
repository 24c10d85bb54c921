"""Which protocols beside routing a member speaks on the links where it encrypts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from ipaddress import AddressValueError, IPv4Address, ip_address

from ..parsers.config import ANY, AclEntry, ConfigLine, Interface, Selector
from ..parsers.config.acl_algebra import mirror, traffic
from .control import Kind
from .facts import MemberRole
from .routing import Use
from .wan import crypto_interfaces

_HSRP_PORT, _GLBP_PORT, _LDP_PORT = 1985, 3222, 646
_BFD_PORT = 3784
_BOOTPS, _BOOTPC = 67, 68
_ALL_ROUTERS, _HSRP_2, _VRRP = "224.0.0.2", "224.0.0.102", "224.0.0.18"
_IGMP_ROUTERS = "224.0.0.22"


def redundancy_uses(role: MemberRole) -> Iterator[Use]:
    """HSRP, VRRP and GLBP on encrypting interfaces."""
    for interface in _outer(role):
        lines = interface.line.children
        if (line := _first(lines, "standby", "ip")) is not None:
            second = any(each.words == ["standby", "version", "2"] for each in lines)
            to = _HSRP_2 if second else _ALL_ROUTERS
            packets = _to(interface, to, traffic("udp", destination_port=_HSRP_PORT))
            yield _use("HSRP", interface, line, ("udp any any eq 1985", packets))
        if (line := _first(lines, "vrrp", "ip")) is not None:
            yield _use(
                "VRRP", interface, line, ("112 any any", _to(interface, _VRRP, traffic("112")))
            )
        if (line := _first(lines, "glbp", "ip")) is not None:
            packets = _to(interface, _HSRP_2, traffic("udp", destination_port=_GLBP_PORT))
            yield _use("GLBP", interface, line, ("udp any any eq 3222", packets))


def bfd_uses(role: MemberRole) -> Iterator[Use]:
    """BFD with the neighbors on encrypting interfaces."""
    for interface in _outer(role):
        line = next(
            (each for each in interface.line.children if each.words[:2] == ["bfd", "interval"]),
            None,
        )
        if line is not None:
            packets = _among(interface, traffic("udp", destination_port=_BFD_PORT))
            yield _use("BFD", interface, line, ("udp any any eq 3784", packets))


def ldp_uses(role: MemberRole) -> Iterator[Use]:
    """Label distribution (`mpls ip`) on encrypting interfaces: hellos, and sessions both ways."""
    for interface in _outer(role):
        line = next((each for each in interface.line.children if each.text == "mpls ip"), None)
        if line is not None:
            hello = _to(interface, _ALL_ROUTERS, traffic("udp", destination_port=_LDP_PORT))
            session = _among(interface, traffic("tcp", destination_port=_LDP_PORT))
            yield _use(
                "LDP",
                interface,
                line,
                ("udp any any eq 646", hello),
                ("tcp any any eq 646", session),
                ("tcp any eq 646 any", mirror(session)),
            )


def dhcp_uses(role: MemberRole) -> Iterator[Use]:
    """DHCP, by which encrypting interfaces get their addresses."""
    for interface in _outer(role):
        if interface.dhcp:
            packets = traffic(
                "udp",
                source_port=_BOOTPC,
                destination_port=_BOOTPS,
                source=_host("0.0.0.0"),  # noqa: S104 - a packet's source
                destination=_host("255.255.255.255"),
            )
            line = next(
                (each for each in interface.line.children if each.words[-1:] == ["dhcp"]),
                interface.line,
            )
            yield _use("DHCP", interface, line, ("udp any eq bootpc any eq bootps", packets))


def igmp_uses(role: MemberRole) -> Iterator[Use]:
    """IGMP on encrypting interfaces with multicast."""
    for interface in _outer(role):
        line = next(
            (
                each
                for each in interface.line.children
                if each.words[:2] in (["ip", "igmp"], ["ip", "pim"])
            ),
            None,
        )
        if line is not None:
            packets = _to(interface, _IGMP_ROUTERS, traffic("igmp"))
            yield _use("IGMP", interface, line, ("igmp any any", packets))


def radius_uses(role: MemberRole) -> Iterator[Use]:
    """RADIUS with the servers that a member is configured with, both ways."""
    config = role.device.config
    if config is None:
        return
    own = [_own(each) for each in config.interfaces.values() if each.addresses] or [ANY]
    for line, server, port in _radius(config.tree.walk()):
        asked = traffic("udp", destination_port=port, destination=server)
        forth = tuple(replace(asked, source=address) for address in own)
        kinds = (
            Kind(f"udp any any eq {port}", forth),
            Kind(f"udp any eq {port} any", tuple(map(mirror, forth))),
        )
        yield Use("RADIUS", f"with server {server.address}", line, kinds)


def _radius(lines: Iterable[ConfigLine]) -> Iterator[tuple[ConfigLine, Selector, int]]:
    """`address ipv4 A [auth-port N]` under `radius server`, and `radius-server host A`."""
    inside = False
    for line in lines:
        if not inside and "radius" not in line.text:  # most lines, of which no words are needed
            continue
        words = line.words
        if not line.indent:
            inside = words[:2] == ["radius", "server"]
        given: list[str] = []
        if (inside and words[:2] == ["address", "ipv4"]) or words[:2] == ["radius-server", "host"]:
            given = words[2:]
        try:
            server = IPv4Address(given[0]) if given else None
        except AddressValueError:
            continue
        if server is not None:
            at = given.index("auth-port") + 1 if "auth-port" in given else len(given)
            port = int(given[at]) if at < len(given) and given[at].isdecimal() else 1645
            yield line, Selector(kind="host", address=server), port


def _outer(role: MemberRole) -> tuple[Interface, ...]:
    config = role.device.config
    return () if config is None else crypto_interfaces(config, "ipv4", role.group)


def _first(lines: Iterable[ConfigLine], *words: str) -> ConfigLine | None:
    """The first `standby 1 ip …` and the like."""
    return next(
        (each for each in lines if each.words[0] == words[0] and words[1] in each.words[1:3]), None
    )


def _use(name: str, interface: Interface, line: ConfigLine, *kinds: tuple[str, AclEntry]) -> Use:
    made = tuple(Kind(deny, (packets,)) for deny, packets in kinds)
    return Use(name, f"on interface {interface.name}", line, made)


def _to(interface: Interface, group: str, packets: AclEntry) -> AclEntry:
    """Packets from the member's address on a link to a multicast group."""
    return replace(packets, source=_own(interface), destination=_host(group))


def _among(interface: Interface, packets: AclEntry) -> AclEntry:
    """Packets from the member's address on a link to the others on it."""
    if not interface.addresses:
        return packets
    network = interface.addresses[0].network
    others = Selector(kind="wildcard", address=network.network_address, wildcard=network.hostmask)
    return replace(packets, source=_own(interface), destination=others)


def _own(interface: Interface) -> Selector:
    return _host(str(interface.addresses[0].ip)) if interface.addresses else ANY


def _host(address: str) -> Selector:
    return Selector(kind="host", address=ip_address(address))
