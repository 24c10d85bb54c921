"""Filters on the interfaces of members, and traffic that no group takes."""

from collections.abc import Iterable, Iterator

from ...parsers.config import AccessList, AclEntry, DeviceConfig, Interface, Selector
from ...parsers.config.acl_algebra import expand, overlaps, traffic
from ...parsers.config.acl_sets import PacketSets
from ..context import DEVICE, DeviceContext
from ..control import GDOI_PORT, IKE_PORT
from ..fail_close import registers_aside
from ..ike import is_member
from ..needs import CONFIG
from ..policy import list_gap
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import CONCEPTS, OURS
from ..wan import crypto_interfaces, lan_interfaces

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 ip access-group FROM-WAN in
 crypto map GETVPN
ip access-list extended FROM-WAN
{lines}"""
_ESP = " permit esp any any\n"
_REGISTRATION = " permit udp any any eq isakmp\n permit udp any any eq 848\n"


def _filtered(ctx: DeviceContext) -> Iterator[tuple[Interface, AccessList] | Outcome]:
    """The encrypting interfaces with an inbound list, and what is not known of such lists.

    A list that does not exist lets everything in.
    """
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing()
        return
    outer = _outer(ctx.config)
    if ctx.config_missing and ctx.config.group_members:
        yield ctx.not_checked(ctx.config_missing)
    for interface in outer:
        name = interface.access_group_in
        acl = None if name is None else ctx.config.access_lists.get(name)
        if acl is None or not (acl.entries or acl.unread):
            continue
        if gap := list_gap(ctx.device, acl):
            yield ctx.not_checked(gap)
        else:
            yield interface, acl


def _outer(config: DeviceConfig) -> tuple[Interface, ...]:
    names = {each.name for each in config.crypto_maps}
    return tuple(each for each in crypto_interfaces(config) if each.crypto_map in names)


def _lets_in(ctx: DeviceContext, acl: AccessList, wanted: Iterable[AclEntry]) -> bool | None:
    """Whether a list permits a part of some traffic; None where that is not known."""
    groups = {} if ctx.config is None else ctx.config.object_groups
    sets = PacketSets(expand(acl.entries, groups))
    found = any(sets.both(PacketSets(wanted)))
    return None if sets.unknown and not found else found


def _appends(acl: AccessList, wanted: Iterable[AclEntry]) -> bool:
    """Whether a permit at the end of the list would be reached."""
    return not any(
        entry.action == "deny" and overlaps(entry, one) for one in wanted for entry in acl.entries
    )


@rule(
    code="OPS005",
    title="Inbound lists of encrypting interfaces let ESP in",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        What other members send arrives as ESP between the addresses of the hosts. An inbound list
        that permits the hosts' protocols but no ESP drops all of it: the member is registered,
        encrypts, and gets no answers.
    """,
    remediation="""
{list}
 permit esp any any""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _MEMBER.format(lines=_REGISTRATION)},
    good={"gm1.cfg": _MEMBER.format(lines=_REGISTRATION + _ESP)},
)
def esp_filtered(ctx: DeviceContext) -> Outcomes:
    """Some ESP passes the inbound list of each interface that encrypts."""
    esp = (traffic("esp"),)
    for found in _filtered(ctx):
        if not isinstance(found, tuple):
            yield found
            continue
        interface, acl = found
        lets_in = _lets_in(ctx, acl, esp)
        if lets_in is None:
            yield ctx.not_checked(f"access list {acl.name} has entries that are not known")
        elif not lets_in:
            yield ctx.at(
                interface,
                "access_group_in",
                f"access list {acl.name} lets no ESP into {interface.name}, which encrypts for a "
                "group",
                fixes=None if _appends(acl, esp) else (),
                list=f"ip access-list extended {acl.name}",
            )


@rule(
    code="OPS006",
    title="Inbound lists of encrypting interfaces let the key servers' messages in",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        Registration starts at the member, but rekeys come unasked from the key server, from UDP
        port 848 to port 848, and IKE answers from port 500. A member whose inbound list drops
        them registers again before the end of every key, or not at all.
    """,
    remediation="""
{list}
{permits}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _MEMBER.format(lines=_ESP + " permit udp any any eq isakmp\n")},
    good={"gm1.cfg": _MEMBER.format(lines=_ESP + _REGISTRATION)},
)
def registration_filtered(ctx: DeviceContext) -> Outcomes:
    """UDP 500 and 848 from each key server pass the inbound list of each such interface."""
    servers = [] if ctx.config is None else list(_servers(ctx.config))
    for found in _filtered(ctx):
        if not isinstance(found, tuple):
            yield found
            continue
        interface, acl = found
        missing, permits = [], []
        unknown = False
        for server in servers:
            for name, port in (("isakmp", IKE_PORT), ("848", GDOI_PORT)):
                wanted = (traffic("udp", source_port=port, destination_port=port, source=server),)
                lets_in = _lets_in(ctx, acl, wanted)
                unknown = unknown or lets_in is None
                if lets_in is False:
                    missing.append(f"UDP {port} from {server.address}")
                    permits.append((f" permit udp {server} any eq {name}", wanted))
        if missing:
            appends = all(_appends(acl, wanted) for _, wanted in permits)
            yield ctx.at(
                interface,
                "access_group_in",
                f"access list {acl.name} of {interface.name} drops {' and '.join(missing)}",
                fixes=None if appends else (),
                list=f"ip access-list extended {acl.name}",
                permits="\n".join(line for line, _ in permits),
            )
        elif unknown:
            yield ctx.not_checked(f"access list {acl.name} has entries that are not known")


def _servers(config: DeviceConfig) -> Iterator[Selector]:
    """The key servers that are reached across the encrypting interfaces."""
    outer = {each.name for each in _outer(config)}
    found = dict.fromkeys(
        server
        for view in config.group_members
        if not registers_aside(config, view, outer)
        for server in view.servers
        if not isinstance(server, str) and server.version == 4
    )
    return (Selector(kind="host", address=server) for server in found)


_DUAL = """
hostname gm1
ipv6 unicast-routing
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address 10.31.0.1 255.255.255.0
 ipv6 address 2001:db8:31::1/64
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 ipv6 address 2001:db8:20::1/64
{map} crypto map GETVPN
"""
_GROUP6 = """\
crypto gdoi group ipv6 G6
 identity number 1006
 server address ipv4 10.10.1.1
crypto map ipv6 GETVPN6 10 gdoi
 set group G6
"""


@rule(
    code="OPS007",
    title="A member that routes IPv6 encrypts IPv6",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        A group protects one address family. Where a member routes IPv6 between its LAN and an
        interface on which only IPv4 is encrypted, everything that prefers IPv6 leaves in clear.
        It needs a group and a crypto map of its own, or no IPv6 on that interface.
    """,
    remediation="""
! a group for IPv6 (crypto gdoi group ipv6), a map (crypto map ipv6), then
interface {interface}
 ipv6 crypto map <map>""",
    bad={"gm1.cfg": _DUAL.format(map="")},
    good={"gm1.cfg": _DUAL.format(map=" ipv6 crypto map GETVPN6\n") + _GROUP6},
)
def ipv6_in_clear(ctx: DeviceContext) -> Outcomes:
    """No interface with an IPv4 map only has IPv6 that is routed from a LAN."""
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing()
        return
    if ctx.config_missing:
        if ctx.config.group_members:
            yield ctx.not_checked(ctx.config_missing)
        return
    if next(ctx.config.tree.find("ipv6", "unicast-routing"), None) is None:
        return
    for interface in _outer(ctx.config):
        inside = [
            each.name
            for each in lan_interfaces(ctx.config)
            if each.ipv6_addresses and each.vrf == interface.vrf
        ]
        if inside and interface.ipv6_addresses and interface.ipv6_crypto_map is None:
            yield ctx.at(
                interface,
                "ipv6_addresses",
                f"{interface.name} encrypts IPv4 for a group, IPv6 from {inside[0]} leaves it in "
                "clear",
                interface=interface.name,
            )
