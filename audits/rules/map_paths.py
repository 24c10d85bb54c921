"""Ways past the crypto map of a group: other entries, tunnels, default routes."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from ...parsers.config import (
    ConfigLine,
    CryptoMap,
    CryptoMapEntry,
    DeviceConfig,
    Interface,
    interface_name,
)
from ...parsers.config.acl_change import TOO_INTRICATE, told
from ...parsers.config.acl_sets import PacketSets
from ...parsers.config.packet_sets import TooManyStepsError
from ..context import DEVICE, MEMBER, DeviceContext, MemberContext, config_evidence
from ..ike import is_member
from ..needs import CONFIG, GM_ACL, KS_ACL
from ..packets import group_of, held_by, sets_of
from ..policy import list_gap
from ..rule import Outcome, Outcomes, Severity, rule
from ..sources import COMMANDS, CONCEPTS, OURS
from ..wan import crypto_interfaces

_DEFAULT = [str(IPv4Address(0))] * 2
"""Address and mask of a default route."""

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
{map}crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
interface GigabitEthernet0/2
 ip address 10.20.2.1 255.255.255.252
{route}"""
_PEER = """\
crypto map GETVPN {number} ipsec-isakmp
 set peer 192.0.2.1
 match address PARTNER
ip access-list extended PARTNER
 permit ip 10.0.0.0 0.255.255.255 10.99.0.0 0.0.255.255
"""
_KEY_SERVER = """
hostname ks1
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""


@rule(
    code="MAP011",
    title="No entry for a peer takes traffic of the group in front of it",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(CONFIG, KS_ACL, GM_ACL),
    source=OURS,
    rationale="""
        The entries of a crypto map are tried by their numbers. An entry for a peer in front of
        the group's sends what its list permits to that peer, although other members expect it
        encrypted by the group; where the peer is down it is dropped. Behind the group's entry it
        only gets what the group leaves over.
    """,
    remediation="""
! {traffic}
! goes to the peer: deny it in the policy of all members, or give the entry a number
! behind {number}""",
    bad={
        "ks1.cfg": _KEY_SERVER,
        "gm1.cfg": _MEMBER.format(map=_PEER.format(number=5), route=""),
    },
    good={
        "ks1.cfg": _KEY_SERVER,
        "gm1.cfg": _MEMBER.format(map=_PEER.format(number=20), route=""),
    },
)
def peers_first(ctx: MemberContext) -> Outcomes:
    """Compare what entries with lower numbers take with the policy of the group."""
    if ctx.configured is None:
        yield ctx.missing(CONFIG)
        return
    view, config = ctx.configured
    for crypto_map in config.crypto_maps:
        at = next((n for n, one in enumerate(crypto_map.entries) if one.group == view.group), 0)
        for entry in crypto_map.entries[:at]:
            if entry.kind != "gdoi" and entry.acl is not None:
                yield from _taken(ctx, config, crypto_map, entry, crypto_map.entries[at])


def _taken(
    ctx: MemberContext,
    config: DeviceConfig,
    crypto_map: CryptoMap,
    entry: CryptoMapEntry,
    ours: CryptoMapEntry,
) -> Iterator[Outcome]:
    ipv6 = crypto_map.family == "ipv6"
    acl = (config.ipv6_access_lists if ipv6 else config.access_lists).get(entry.acl or "")
    group = group_of(ctx.fleet, ctx.role)
    policy = None if group is None else held_by(ctx.role, group)
    if acl is None or list_gap(ctx.device, acl):
        yield ctx.not_checked(f"access list {entry.acl} is not known in full")
        return
    first = PacketSets(acl.entries, ipv6=ipv6)
    if policy is None or policy.gap or sets_of(policy).unknown or first.unknown:
        yield ctx.not_checked("the policy of the group is not known in full")
        return
    try:
        both = next(first.both(sets_of(policy)), None)
    except TooManyStepsError:
        yield ctx.not_checked(TOO_INTRICATE)
        return
    if both is not None:
        traffic = told(both.part, ipv6=ipv6)
        yield ctx.finding(
            [config_evidence(ctx.device, entry), config_evidence(ctx.device, both.one.line)],
            f"crypto map {crypto_map.name} {entry.sequence} sends {traffic} to a peer, which "
            f"group {ctx.group} of entry {ours.sequence} encrypts for all members",
            traffic=traffic,
            number=ours.sequence,
        )


@rule(
    code="MAP012",
    title="The crypto map of a group is on the interface towards the provider, not on a tunnel",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        A group encrypts without tunnels: the addresses of the hosts stay outside, and the network
        routes by them. On a tunnel interface that is lost, each packet carries two more headers,
        and IOS-XE does not take crypto maps there.
    """,
    remediation="""
interface {interface}
 no crypto map
! the map belongs on the interface that the tunnel leaves by; over the Internet: DMVPN""",
    bad={"gm1.cfg": _MEMBER.format(map="", route="").replace("GigabitEthernet0/1", "Tunnel1")},
    good={"gm1.cfg": _MEMBER.format(map="", route="")},
)
def on_a_tunnel(ctx: DeviceContext) -> Outcomes:
    """No interface that encrypts for a group is a tunnel."""
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing()
        return
    for interface in _outer(ctx.config).values():
        if interface.is_tunnel:
            field = "crypto_map" if interface.crypto_map else "ipv6_crypto_map"
            yield ctx.at(
                interface,
                field,
                f"{interface.name} encrypts for a group and is a tunnel",
                interface=interface.name,
            )
    if ctx.config_missing and ctx.config.group_members:
        yield ctx.not_checked(ctx.config_missing)


def _outer(config: DeviceConfig) -> dict[str, Interface]:
    """The interfaces that encrypt for a group of the device, by name."""
    names = {each.name for each in config.crypto_maps}
    both = (*crypto_interfaces(config), *crypto_interfaces(config, "ipv6"))
    return {each.name: each for each in both if names & {each.crypto_map, each.ipv6_crypto_map}}


@rule(
    code="MAP013",
    title="Default routes of a member leave by interfaces that encrypt",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A second link without the crypto map is a way past the group: when the first one fails,
        the default route takes the traffic of the group there, and it leaves in clear. Links with
        address translation (`ip nat outside`) lead elsewhere and are left aside.
    """,
    remediation="""
interface {interface}
 crypto map {map}""",
    bad={"gm1.cfg": _MEMBER.format(map="", route="ip route 0.0.0.0 0.0.0.0 10.20.2.2 250\n")},
    good={"gm1.cfg": _MEMBER.format(map="", route="ip route 0.0.0.0 0.0.0.0 10.20.1.2\n")},
)
def way_past(ctx: DeviceContext) -> Outcomes:
    """Find the interface of each static default route, in the VRF of one that encrypts."""
    if ctx.config is None:
        if is_member(ctx.device):
            yield ctx.missing()
        return
    outer = tuple(each for each in _outer(ctx.config).values() if each.crypto_map)
    if ctx.config_missing and (outer or ctx.config.group_members):
        yield ctx.not_checked(ctx.config_missing)
    if not outer:
        return
    for line, vrf, hop in _default_routes(ctx.config):
        way = _leaves_by(ctx.config, vrf, hop)
        beside = [each for each in outer if each.vrf == vrf]
        if way is None or not beside or way.crypto_map is not None or way.nat == "outside":
            continue
        if way.shutdown or not ctx.device.block_complete(way.line):
            continue
        yield ctx.finding(
            [config_evidence(ctx.device, line), config_evidence(ctx.device, way)],
            f"'{' '.join(line.text.split())}' leaves by {way.name}, which does not encrypt for "
            f"the group as {beside[0].name} does",
            interface=way.name,
            map=beside[0].crypto_map,
        )


def _default_routes(config: DeviceConfig) -> Iterator[tuple[ConfigLine, str | None, list[str]]]:
    """The static default routes: the line, the VRF, and the words of the next hop."""
    for line in config.tree.find("ip", "route"):
        words, vrf = line.words[2:], None
        if words[:1] == ["vrf"] and len(words) > 1:
            vrf, words = words[1], words[2:]
        if words[:2] == _DEFAULT and len(words) > 2:
            yield line, vrf, words[2:]


def _leaves_by(config: DeviceConfig, vrf: str | None, hop: list[str]) -> Interface | None:
    """The interface that a static route leaves by: named, or on the link of the next hop."""
    try:
        address = IPv4Address(hop[0])
    except AddressValueError:
        return config.interfaces.get(interface_name(hop))
    return next(
        (
            each
            for each in config.interfaces.values()
            if each.vrf == vrf and any(address in own.network for own in each.addresses)
        ),
        None,
    )
