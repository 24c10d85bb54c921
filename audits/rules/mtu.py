"""Packets that grow by encryption, and what keeps them from being fragmented."""

from ..context import DEVICE, DeviceContext, config_evidence
from ..needs import CONFIG
from ..overhead import CLAMPS, Lan, clears_df, lans_of
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import CONCEPTS

_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map GETVPN 10 gdoi
 set group G1
interface GigabitEthernet0/0
 description LAN
 ip address 10.31.0.1 255.255.255.0
{lan}interface GigabitEthernet0/1
 description WAN
 ip address 10.20.1.1 255.255.255.252
 crypto map GETVPN
"""


@rule(
    code="MTU001",
    aliases=("GV-042", "GV-043", "GV-044"),
    title="TCP segments from the LAN leave room for encryption",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("mss_max", "lan_mtu_max"),
    source=CONCEPTS,
    rationale="""
        Encryption adds 50 to 109 bytes, by transform and replay protection. Full packets of a
        LAN with an MTU of 1500 no longer fit into a WAN of the same MTU: they are fragmented,
        or dropped where that is forbidden. A segment of 1360 bytes makes IPv4 packets of 1400,
        which fit under every transform at an MTU of 1500; where transform, replay protection
        or a smaller WAN MTU leave less, less is asked for. IPv6 packets need 20 bytes more in
        and out. A LAN MTU of at most 1400 bytes does as well, for all protocols. A WAN that
        takes the LAN's packets with what is added needs neither.
    """,
    fix=Grade.SAFE,
    remediation="""
interface {interface}
 {command} {segment}""",
    bad={"gm1.cfg": _MEMBER.format(lan="")},
    good={"gm1.cfg": _MEMBER.format(lan=" ip tcp adjust-mss 1360\n")},
)
def segments_too_large(ctx: DeviceContext) -> Outcomes:
    """Each LAN interface clamps segments enough, unless its packets fit as they are."""
    config = ctx.config
    if config is None or not config.group_members:
        yield from _unknown(ctx)
        return
    lans = tuple(lans_of(ctx.fleet, ctx.device, config))
    if not lans and ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    for lan in lans:
        if not lan.fits(ctx.settings.lan_mtu_max):
            yield from _too_large(ctx, lan)


def _unknown(ctx: DeviceContext) -> Outcomes:
    """*Not checked*, for a device that is known as a member from show output only."""
    if not ctx.device.config_complete and any(
        role.device is ctx.device for role in ctx.fleet.members
    ):
        yield ctx.missing()


def _too_large(ctx: DeviceContext, lan: Lan) -> Outcomes:
    name, command, limit = lan.interface.name, CLAMPS[lan.family], ctx.settings.mss_max
    sure = lan.largest_segment(limit, lan.room.least)
    if lan.clamp is not None and lan.clamp <= sure:
        return
    if lan.clamp is None and not ctx.device.block_complete(lan.interface.line):
        yield ctx.not_checked(f"interface {name} is not known in full")
    elif lan.clamp is not None and lan.clamp <= lan.largest_segment(limit, lan.room.most):
        reason = "depends on the transform set of the group, which is not known"
        yield ctx.not_checked(f"whether '{command} {lan.clamp}' of {name} is enough {reason}")
    else:
        found = f"no '{command}'" if lan.clamp is None else f"'{command} {lan.clamp}'"
        yield ctx.finding(
            [config_evidence(ctx.device, lan.interface, lan.field), *lan.room.evidence],
            f"LAN-side interface {name} has {found}, at most {sure} is wanted: {lan.why}",
            interface=name,
            command=command,
            segment=sure,
        )


@rule(
    code="MTU002",
    aliases=("GV-045",),
    title="Large packets other than TCP have a way through, too",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("mss_max", "lan_mtu_max"),
    source=CONCEPTS,
    rationale="""
        Clamping segments changes the handshake of TCP only. UDP packets that are too large once
        encrypted are fragmented, or dropped where their sender forbids that and does not hear
        of it. A LAN MTU of at most 1400 bytes, or `crypto ipsec df-bit clear`, helps these.
    """,
    remediation="""
! let path MTU discovery through, lower the MTU of the hosts, or else
crypto ipsec df-bit clear""",
    bad={"gm1.cfg": _MEMBER.format(lan=" ip tcp adjust-mss 1360\n")},
    good={"gm1.cfg": _MEMBER.format(lan=" ip tcp adjust-mss 1360\n ip mtu 1400\n")},
)
def only_tcp_is_clamped(ctx: DeviceContext) -> Outcomes:
    """On no LAN interface is the clamp, which MTU001 finds good, the only measure."""
    config = ctx.config
    if config is None or not config.group_members:
        yield from _unknown(ctx)
        return
    lans = tuple(lans_of(ctx.fleet, ctx.device, config))
    if not lans and ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    for lan in () if clears_df(config) else lans:
        clamped = lan.clamp is not None and lan.clamp <= lan.largest_segment(
            ctx.settings.mss_max, lan.room.most
        )
        if clamped and not lan.fits(ctx.settings.lan_mtu_max):
            yield ctx.at(
                lan.interface,
                lan.field,
                f"'{CLAMPS[lan.family]} {lan.clamp}' of LAN-side interface {lan.interface.name} "
                f"helps TCP only: of other protocols, {lan.why}",
            )
            return
