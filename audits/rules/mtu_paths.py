"""Packets that grow: tunnels inside the group, fragments, and hosts that are told."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

from ...overhead import segment
from ...parsers.config import ConfigLine, DeviceConfig, Interface, Selector, interface_name
from ...parsers.config.acl_algebra import traffic
from ...parsers.config.acl_sets import PacketSets
from ...parsers.config.packet_sets import TooManyStepsError
from ..context import (
    DEVICE,
    MEMBER,
    DeviceContext,
    MemberContext,
    config_evidence,
)
from ..ike import is_member
from ..needs import CONFIG, GM_ACL, KS_ACL
from ..overhead import clears_df, lans_of, rooms_of
from ..packets import group_of, held_by, sets_of
from ..rule import Grade, Outcome, Outcomes, Severity, rule
from ..sources import COMMANDS, CONCEPTS, OURS
from ..wan import GRE_HEADERS, crypto_interfaces, mtu_of

_KEY_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
   replay time window-size 5
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_MEMBER = """
hostname gm1
{more}crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 ip address 10.31.0.1 255.255.255.0
{clamp}interface GigabitEthernet0/1
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""
_TUNNEL = """\
interface Tunnel1
 ip address 10.50.0.1 255.255.255.0
 ip mtu {}
 tunnel source GigabitEthernet0/1
 tunnel destination 10.20.2.1
"""


def _gm(more: str = "", clamp: str = "") -> str:
    return _MEMBER.format(more=more, clamp=clamp)


def _lines(config: DeviceConfig, text: str) -> Iterator[tuple[ConfigLine, Interface | None]]:
    """The lines with a command, for the device or on interfaces that encrypt."""
    yield from ((line, None) for line in config.tree.lines if line.text == text)
    both = (*crypto_interfaces(config), *crypto_interfaces(config, "ipv6"))
    for interface in {each.name: each for each in both}.values():
        yield from ((line, interface) for line in interface.line.children if line.text == text)


def _without_config(ctx: DeviceContext) -> Iterator[Outcome]:
    if is_member(ctx.device):
        yield ctx.missing(CONFIG)


@rule(
    code="MTU003",
    title="Packets of tunnels that the group encrypts leave room for encryption",
    severity=Severity.MEDIUM,
    scope=MEMBER,
    needs=(CONFIG, KS_ACL, GM_ACL),
    source=CONCEPTS,
    rationale="""
        A GRE tunnel whose packets the group encrypts is wrapped twice: 24 bytes of GRE, then
        those of ESP. With the `ip mtu` that a tunnel has by itself, full packets no longer fit the
        WAN and are fragmented after GRE, which the other end has to undo packet by packet.
    """,
    remediation="""
interface {interface}
 ip mtu {mtu}
 ip tcp adjust-mss {segment}""",
    fix=Grade.SAFE,
    bad={"ks1.cfg": _KEY_SERVER, "gm1.cfg": _gm() + _TUNNEL.format(1400)},
    good={"ks1.cfg": _KEY_SERVER, "gm1.cfg": _gm() + _TUNNEL.format(1398)},
)
def tunnel_too_large(ctx: MemberContext) -> Outcomes:
    """A tunnel between addresses that the policy encrypts has an MTU that fits with both."""
    if ctx.configured is None:
        yield ctx.missing(CONFIG)
        return
    _, config = ctx.configured
    ours = (each for each in rooms_of(ctx.fleet, ctx.device) if each.is_for(ctx.group))
    rooms = [each for each in ours if each.family == "ipv4"]
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    if not rooms:
        return
    room = min(rooms, key=lambda each: each.least)
    for interface in config.interfaces.values():
        ends = _ends(config, interface)
        size = mtu_of(config, interface) + GRE_HEADERS
        if ends is None or size <= room.least:
            continue
        encrypted = _encrypts(ctx, *ends)
        if encrypted is None or (encrypted and size <= room.most):
            what = "transform" if encrypted else "policy"
            yield ctx.not_checked(
                f"the {what} of the group is not known, {interface.name} may not fit"
            )
        elif encrypted:
            yield ctx.finding(
                [config_evidence(ctx.device, interface, "ip_mtu"), *room.evidence],
                f"packets of {interface.name} have up to {size} bytes with GRE, of which "
                f"{room.least} fit when the group encrypts them",
                interface=interface.name,
                mtu=room.least - GRE_HEADERS,
                segment=segment(room.least - GRE_HEADERS),
            )


def _ends(config: DeviceConfig, interface: Interface) -> tuple[Selector, Selector] | None:
    """The addresses between which a GRE tunnel in clear runs, None where it is none."""
    gre = interface.is_tunnel and not interface.shutdown and interface.tunnel_protection is None
    if not gre or (interface.tunnel_mode or "gre").split()[0] != "gre":
        return None
    source, destination = interface.tunnel_source, interface.tunnel_destination
    if source is None or destination is None:
        return None
    own = config.interfaces.get(interface_name(source.split()))
    address = _host(str(own.addresses[0].ip) if own is not None and own.addresses else source)
    other = _host(destination)
    return None if address is None or other is None else (address, other)


def _host(text: str) -> Selector | None:
    try:
        return Selector(kind="host", address=IPv4Address(text))
    except AddressValueError:
        return None


def _encrypts(ctx: MemberContext, source: Selector, destination: Selector) -> bool | None:
    """Whether the group encrypts GRE from one address to another; None where that is not known."""
    group = group_of(ctx.fleet, ctx.role)
    policy = None if group is None else held_by(ctx.role, group)
    if policy is None or policy.gap or sets_of(policy).unknown:
        return None
    wanted = PacketSets([traffic("gre", source=source, destination=destination)])
    try:
        return any(sets_of(policy).both(wanted))
    except TooManyStepsError:
        return None


@rule(
    code="MTU004",
    title="Members do not forbid fragments of what they encrypt",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        `crypto ipsec df-bit set` forbids the network to fragment encrypted packets, also those of
        hosts that allow it. What is too large for a link further on is dropped there, and the
        message about it, from an address in the network, is seldom understood by anyone.
    """,
    remediation="""
{block}{indent}no crypto ipsec df-bit set""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _gm(more="crypto ipsec df-bit set\n")},
    good={"gm1.cfg": _gm(more="crypto ipsec df-bit clear\n")},
)
def fragments_forbidden(ctx: DeviceContext) -> Outcomes:
    """Neither the device nor an encrypting interface sets the bit."""
    yield from _no_line(
        ctx, "crypto ipsec df-bit set", "forbids the network to fragment encrypted packets"
    )


@rule(
    code="MTU005",
    title="Members fragment before they encrypt",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        A packet that is cut before encryption arrives as two packets that are decrypted apart, and
        the host puts them together. One that is cut afterwards has to be put together by the
        member that receives it, in its slow path, and without that it cannot be decrypted.
        Before is the default.
    """,
    remediation="""
{block}{indent}no crypto ipsec fragmentation after-encryption
{indent}crypto ipsec fragmentation before-encryption""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _gm(more="crypto ipsec fragmentation after-encryption\n")},
    good={"gm1.cfg": _gm()},
)
def fragments_after(ctx: DeviceContext) -> Outcomes:
    """Neither the device nor an encrypting interface fragments after encryption."""
    yield from _no_line(
        ctx, "crypto ipsec fragmentation after-encryption", "fragments what is encrypted already"
    )


def _no_line(ctx: DeviceContext, text: str, effect: str) -> Outcomes:
    if ctx.config is None:
        yield from _without_config(ctx)
        return
    if not is_member(ctx.device):
        return
    found = list(_lines(ctx.config, text))
    for line, interface in found:
        where = "the member" if interface is None else interface.name
        yield ctx.at(
            line,
            "",
            f"'{text}': {where} {effect}",
            block="" if interface is None else f"interface {interface.name}\n",
            indent="" if interface is None else " ",
        )
    if ctx.config_missing and not found:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="MTU006",
    title="Hosts on a LAN are told when their packets are too large",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("lan_mtu_max",),
    source=OURS,
    rationale="""
        A host that forbids fragments learns from an ICMP message how large its packets may be. With
        `no ip unreachables` on the LAN side the member drops what is too large once encrypted, and
        says nothing: connections open and then stand still. Guides to hardening ask for the line
        on interfaces towards others, not on this one.
    """,
    remediation="""
interface {interface}
 {command}""",
    fix=Grade.SAFE,
    bad={"gm1.cfg": _gm(clamp=" no ip unreachables\n")},
    good={"gm1.cfg": _gm(clamp=" no ip unreachables\n ip mtu 1400\n")},
)
def hosts_not_told(ctx: DeviceContext) -> Outcomes:
    """LANs whose full packets do not fit have unreachables on, or fragments are allowed."""
    if ctx.config is None:
        yield from _without_config(ctx)
        return
    if ctx.config_missing and ctx.config.group_members:
        yield ctx.not_checked(ctx.config_missing)
    if clears_df(ctx.config):
        return
    for lan in lans_of(ctx.fleet, ctx.device, ctx.config):
        off = f"no {'ipv6' if lan.family == 'ipv6' else 'ip'} unreachables"
        line = next((each for each in lan.interface.line.children if each.text == off), None)
        if line is not None and not lan.fits(ctx.settings.lan_mtu_max):
            yield ctx.at(
                line,
                "",
                f"{lan.interface.name} does not tell hosts that packets are too large: {lan.why}",
                interface=lan.interface.name,
                command=off.removeprefix("no "),
            )
