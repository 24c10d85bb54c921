"""Which traffic access list entries select: cover, overlap, mirror, first match.

Exact for IPv4 wildcards (also those with holes), IPv6 prefixes, ports and protocols. Entries
with object groups take part after `expand`; as they are, they cover nothing and may overlap
anything. Flags (`established`, `dscp ef`, ICMP types, …) narrow an entry: it covers only
entries with the same flags.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from itertools import product
from typing import Literal

from .acl import ANY, ANY_PORT, AclEntry, ObjectGroup, PortMatch, Selector
from .line import ConfigLine
from .view import Value, value

# More entries than this are no policy, but a mistake or an attack.
_MAX_EXPANSION = 4_096

_EVERY_PROTOCOL = frozenset(("ip", "ipv6"))
_NOWHERE = ConfigLine("", 0)


@value
class Verdict(Value):
    """What a list does with a kind of traffic.

    `denied`: entry `entry` denies all of it before any permit takes a part. `permitted`:
    `entry` is the first permit that takes at least a part. `unmatched`: no permit takes any of
    it, so the implicit deny at the end holds; `entry` is None.
    """

    outcome: Literal["denied", "permitted", "unmatched"]
    entry: AclEntry | None = None


def traffic(
    protocol: str,
    *,
    source_port: int | None = None,
    destination_port: int | None = None,
    source: Selector = ANY,
    destination: Selector = ANY,
) -> AclEntry:
    """A kind of traffic, in the shape of an entry, to ask the functions below about."""
    return AclEntry(
        line=_NOWHERE,
        action="permit",
        protocol=protocol,
        source=source,
        destination=destination,
        source_ports=_port(source_port),
        destination_ports=_port(destination_port),
    )


def both_directions(
    protocol: str, port: int | None = None, peer_port: int | None = None
) -> tuple[AclEntry, AclEntry]:
    """Traffic of `protocol` between any two hosts: to server port `port`, and back from it.

    `peer_port` is the port at the other end where that is fixed too, as with IKE (500).
    """
    forth = traffic(protocol, source_port=peer_port, destination_port=port)
    return forth, mirror(forth)


def first_match(entries: Iterable[AclEntry], wanted: AclEntry) -> Verdict:
    """What a list of `entries`, tried in order, does with the traffic `wanted`.

    A deny counts when it covers all of `wanted` by itself.
    """
    for entry in entries:
        if entry.action == "deny":
            if covers(entry, wanted):
                return Verdict(outcome="denied", entry=entry)
        elif overlaps(entry, wanted):
            return Verdict(outcome="permitted", entry=entry)
    return Verdict(outcome="unmatched")


def exempts(
    entries: Sequence[AclEntry],
    protocol: str,
    port: int | None = None,
    peer_port: int | None = None,
) -> bool:
    """Whether a policy leaves `both_directions` of a protocol alone: no permit takes any of it."""
    wanted = both_directions(protocol, port, peer_port)
    return all(first_match(entries, one).outcome != "permitted" for one in wanted)


def covers(entry: AclEntry, other: AclEntry) -> bool:
    """Whether `entry` selects all traffic that `other` selects, whatever their actions are."""
    return (
        _covers_protocol(entry.protocol, other.protocol)
        and _covers_selector(entry.source, other.source)
        and _covers_selector(entry.destination, other.destination)
        and _covers_ports(entry.source_ports, other.source_ports)
        and _covers_ports(entry.destination_ports, other.destination_ports)
        and (not entry.flags or set(entry.flags) == set(other.flags))
    )


def overlaps(entry: AclEntry, other: AclEntry) -> bool:
    """Whether some traffic may be selected by both entries."""
    return (
        _overlap_protocol(entry.protocol, other.protocol)
        and _overlap_selector(entry.source, other.source)
        and _overlap_selector(entry.destination, other.destination)
        and _overlap_ports(entry.source_ports, other.source_ports)
        and _overlap_ports(entry.destination_ports, other.destination_ports)
    )


def same_traffic(entry: AclEntry, other: AclEntry) -> bool:
    """Whether both entries select the same traffic, however they are written."""
    return covers(entry, other) and covers(other, entry)


def mirror(entry: AclEntry) -> AclEntry:
    """The entry for the opposite direction."""
    return replace(
        entry,
        source=entry.destination,
        destination=entry.source,
        source_ports=entry.destination_ports,
        destination_ports=entry.source_ports,
    )


def asymmetric(entries: Iterable[AclEntry]) -> tuple[AclEntry, ...]:
    """The permit entries whose opposite direction no single permit entry covers."""
    permits = [entry for entry in entries if entry.action == "permit"]
    return tuple(
        entry for entry in permits if not any(covers(other, mirror(entry)) for other in permits)
    )


def is_symmetric(entries: Iterable[AclEntry]) -> bool:
    """Whether for each permit from A to B there is one (maybe itself) from B to A."""
    return not asymmetric(entries)


def shadowed(entries: Sequence[AclEntry]) -> tuple[tuple[AclEntry, AclEntry], ...]:
    """Pairs (entry that never matches, an earlier one that takes all of its traffic)."""
    found = []
    for index, entry in enumerate(entries):
        earlier = next((one for one in entries[:index] if covers(one, entry)), None)
        if earlier is not None:
            found.append((entry, earlier))
    return tuple(found)


def is_any_any(entry: AclEntry) -> bool:
    """Whether the entry selects all traffic (`permit ip any any`, however written)."""
    whole = traffic("ipv6" if entry.protocol == "ipv6" else "ip")
    return covers(entry, whole)


def expand(entries: Iterable[AclEntry], groups: Mapping[str, ObjectGroup]) -> tuple[AclEntry, ...]:
    """`entries` with network object groups replaced by their members, one entry for each pair.

    Groups that do not exist, are not understood in full or would give more than 4,096 entries
    stay as they are.
    """
    out: list[AclEntry] = []
    for entry in entries:
        sources = _resolved(entry.source, groups)
        destinations = _resolved(entry.destination, groups)
        if len(sources) * len(destinations) > _MAX_EXPANSION:
            out.append(entry)
            continue
        if sources == (entry.source,) and destinations == (entry.destination,):
            out.append(entry)
            continue
        out += [
            replace(entry, source=source, destination=destination)
            for source, destination in product(sources, destinations)
        ]
    return tuple(out)


def _resolved(selector: Selector, groups: Mapping[str, ObjectGroup]) -> tuple[Selector, ...]:
    """The members of the group of `selector` and of the groups in it, or itself."""
    if selector.group is None:
        return (selector,)
    members: list[Selector] = []
    pending, seen = [selector.group], {selector.group}
    while pending:
        group = groups.get(pending.pop())
        if group is None or group.unread:
            return (selector,)
        members += group.members
        inner = [name for name in group.groups if name not in seen]
        pending += inner
        seen.update(inner)
    return tuple(members)


def _port(number: int | None) -> PortMatch:
    return ANY_PORT if number is None else PortMatch(operator="eq", ports=(number,))


def _covers_protocol(wide: str, narrow: str) -> bool:
    if wide.startswith("object-group"):
        return False
    return wide == narrow or wide in _EVERY_PROTOCOL


def _overlap_protocol(one: str, other: str) -> bool:
    if one.startswith("object-group") or other.startswith("object-group"):
        return True
    return _covers_protocol(one, other) or _covers_protocol(other, one)


def _covers_selector(wide: Selector, narrow: Selector) -> bool:
    if wide.bits is None or narrow.bits is None:
        return wide.bits == (0, 0)
    (base, care), (other_base, other_care) = wide.bits, narrow.bits
    return care & ~other_care == 0 and (base ^ other_base) & care == 0


def _overlap_selector(one: Selector, other: Selector) -> bool:
    if one.bits is None or other.bits is None:
        return True
    (base, care), (other_base, other_care) = one.bits, other.bits
    return (base ^ other_base) & care & other_care == 0


def _covers_ports(wide: PortMatch, narrow: PortMatch) -> bool:
    return all(
        any(first <= low and high <= last for first, last in wide.ranges)
        for low, high in narrow.ranges
    )


def _overlap_ports(one: PortMatch, other: PortMatch) -> bool:
    return any(
        low <= last and first <= high for first, last in one.ranges for low, high in other.ranges
    )
