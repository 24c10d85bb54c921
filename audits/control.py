"""Control traffic that a group must leave in clear, and whether its policy does."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from ..parsers.config import ANY, ANY_PORT, AclEntry, PortMatch, Selector
from ..parsers.config.acl_algebra import covers, mirror, traffic
from .exposure import ruling
from .facts import Address, Group, MemberRole
from .needs import GDOI, KS_POLICY
from .policy import Policy, servers_downloaded_from

IKE_PORT = 500
GDOI_PORT = 848
NTP_PORT = 123
BGP_PORT = 179
RIP_PORT = 520

_CLIENT_PORTS = PortMatch(operator="range", ports=(1024, 65_535))
"""Ports that clients of TCP services use (RFC 6056: the ephemeral range)."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Traffic that one deny line leaves in clear.

    `deny` is that line as it is recommended, without the word; `packets` what is meant by it.
    """

    deny: str
    packets: tuple[AclEntry, ...]


@dataclass(frozen=True, slots=True)
class Exposed:
    """A kind of control traffic that `permit` takes.

    `late` is the first deny behind it that would cover the kind. Both are None when it depends
    on what is not known.
    """

    kind: Kind
    permit: AclEntry | None = None
    late: AclEntry | None = None


def exposed(entries: tuple[AclEntry, ...], kinds: Iterable[Kind]) -> Iterator[Exposed]:
    """The kinds that are encrypted, in full or in part, or may be."""
    for kind in kinds:
        rulings = [ruling(entries, packets) for packets in kind.packets]
        for decisive in ("encrypted", "open"):
            found = next((each for each in rulings if each.outcome == decisive), None)
            if found is not None:
                yield Exposed(kind, found.permit, _late_deny(entries, found.permit, kind))
                break


def _late_deny(
    entries: tuple[AclEntry, ...], permit: AclEntry | None, kind: Kind
) -> AclEntry | None:
    """A deny for this protocol; one for all traffic is just the end of the list."""
    protocol = kind.packets[0].protocol if kind.packets else None
    at = next((n for n, entry in enumerate(entries) if entry is permit), len(entries))
    for entry in entries[at:]:
        for_it = entry.action == "deny" and entry.protocol == protocol
        if for_it and any(covers(entry, packets) for packets in kind.packets):
            return entry
    return None


def any_any(protocol: str) -> tuple[Kind, ...]:
    """Traffic of an IP protocol, between any two hosts."""
    return (Kind(f"{protocol} any any", (traffic(protocol),)),)


def service(name: str, port: int) -> tuple[Kind, ...]:
    """A TCP service between any two hosts: to its port, and back from it."""
    forth = replace(traffic("tcp", destination_port=port), source_ports=_CLIENT_PORTS)
    return (
        Kind(f"tcp any any eq {name}", (forth,)),
        Kind(f"tcp any eq {name} any", (mirror(forth),)),
    )


def peering(name: str, port: int, hosts: Iterable[Address] | None = None) -> tuple[Kind, ...]:
    """UDP with one port at both ends, between `hosts` and any others (None: any two hosts)."""
    whole = traffic("udp", source_port=port, destination_port=port)
    if hosts is None:
        packets = [whole]
    else:
        selectors = [Selector(kind="host", address=host) for host in hosts]
        packets = [replace(whole, destination=host) for host in selectors]
        packets += [replace(whole, source=host) for host in selectors]
    return (Kind(f"udp any any eq {name}", tuple(packets)),)


def datagrams(name: str, port: int) -> tuple[Kind, ...]:
    """UDP to a port, between any two hosts."""
    return (Kind(f"udp any any eq {name}", (traffic("udp", destination_port=port),)),)


def bgp_session(local: Selector = ANY, peer: Selector = ANY) -> tuple[Kind, ...]:
    """BGP between two routers, whichever of them opens the session."""
    forth = replace(
        traffic("tcp", destination_port=BGP_PORT, source=local, destination=peer),
        source_ports=_CLIENT_PORTS,
    )
    back = mirror(forth)
    to_local = replace(forth, source=peer, destination=local)
    return (
        Kind("tcp any any eq bgp", (forth, to_local)),
        Kind("tcp any eq bgp any", (back, mirror(to_local))),
    )


def between(protocol: str, deny: str, links: Iterable[tuple[Selector, Selector]]) -> Kind:
    """Traffic of a routing protocol from and to these addresses; `rip` is UDP."""
    if protocol == "rip":
        whole = traffic("udp", source_port=RIP_PORT, destination_port=RIP_PORT)
    else:
        whole = traffic(protocol)
    packets = tuple(replace(whole, source=one, destination=other) for one, other in links)
    return Kind(deny, packets)


def server_addresses(group: Group, policy: Policy) -> list[Address] | None:
    """The key servers of `group` that a policy of this family can concern; None if unknown."""
    found = dict.fromkeys(group.server_addresses)
    for member in group.members:
        found.update(dict.fromkeys(_servers_of(member)))
    for server in group.servers:
        for output in server.device.records(KS_POLICY):
            groups = (one for one in output.record.groups if one.group == server.group)
            found.update(dict.fromkeys(_addresses(one.server for one in groups)))
    if not found:
        return None
    version = 6 if policy.family == "ipv6" else 4
    return [address for address in found if address.version == version]


def _servers_of(member: MemberRole) -> Iterator[Address]:
    """The key servers that a member is configured with, knows of, or has a policy from."""
    yield from _addresses(member.view.servers if member.view else ())
    yield from servers_downloaded_from(member)
    for output in member.device.records(GDOI):
        for group in output.record.groups:
            yield from _addresses(group.servers if group.group == member.group else ())


def _addresses(servers: Iterable[Address | str | None]) -> Iterator[Address]:
    yield from (one for one in servers if one is not None and not isinstance(one, str))


def is_any_any(entry: AclEntry) -> bool:
    """Whether `entry` is for any two hosts, of whatever protocol."""
    return entry.source.kind == entry.destination.kind == "any"


def names_port(entry: AclEntry, port: int) -> bool:
    """Whether `entry` was written for `port`, in either direction."""
    conditions = (entry.source_ports, entry.destination_ports)
    return any(each != ANY_PORT and each.matches(port) for each in conditions)
