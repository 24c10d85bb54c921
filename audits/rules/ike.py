"""IKE between group members and key servers: lifetimes, dead peer detection, forward secrecy."""

from ...parsers.config import Ikev2Profile, IsakmpPolicy
from ...parsers.config.defaults import ISAKMP_LIFETIME_S
from ..context import DEVICE, SERVER, DeviceContext, ServerContext
from ..ike import has_role, ikev2_profiles, is_member, is_server, uses_ikev1
from ..ike_offers import shown_policies, shows_ikev2
from ..needs import CONFIG, GDOI, ISAKMP_POLICY, KS
from ..rule import Grade, Outcomes, Severity, rule
from ..servers import peers_of
from ..sources import CONCEPTS, CSM, SRG

_LONGEST_S = 86_400  # the longest lifetime that the CLI takes
_KEEPALIVE_S = 15

_POLICY = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19{lifetime}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""

_COOP = """
hostname ks1
crypto isakmp keepalive 15{mode}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""

_MEMBER = """
hostname gm1
crypto isakmp keepalive 15{mode}
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""

_FIRST_WITH_PFS = (16, 12)
_IKEV2 = """
hostname ks1
crypto gkm group G1
 identity number 1001
 server local
  gikev2 GKM{pfs}
  address ipv4 10.10.1.1
"""


@rule(
    code="IKE001",
    aliases=("GV-007", "GV-131"),
    title="IKE SAs of key servers live as long as recommended, 24 hours by default",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG, ISAKMP_POLICY),
    thresholds=("ike_lifetime_min_s", "ike_lifetime_max_s"),
    source=f"{CONCEPTS}; {SRG}: at most 8 hours, on members as well",
    rationale="""
        Key servers keep their databases in step over an IKE SA that is always needed: torn down,
        it is set up again at once, so a short lifetime only costs work. The lifetime of members
        has an upper bound alone, since their IKE SAs are not needed after the registration.
    """,
    remediation="""
{block}
 lifetime {advised}""",
    bad={"ks1.cfg": _POLICY.format(lifetime="\n lifetime 1200")},
    good={"ks1.cfg": _POLICY.format(lifetime="")},
    fix=Grade.SAFE,
)
def sa_lifetime(ctx: DeviceContext) -> Outcomes:
    """Compare the lifetime of each ISAKMP policy, and of each IKEv2 profile that a group uses.

    The lower bound is for key servers and ISAKMP policies, by which they cooperate.
    """
    least = ctx.settings.ike_lifetime_min_s if is_server(ctx.device) else 0
    most = ctx.settings.ike_lifetime_max_s
    if not has_role(ctx.device) or (not least and most >= _LONGEST_S):
        return
    if ctx.config is None:
        yield from _shown_lifetimes(ctx, least, most)
        return
    if uses_ikev1(ctx.device):
        for policy in ctx.config.isakmp_policies:
            yield from _judged(ctx, policy, f"ISAKMP policy {policy.priority}", least, most)
        if not ctx.config.isakmp_policies and not least <= ISAKMP_LIFETIME_S <= most:
            yield ctx.absent(
                "there is no ISAKMP policy, and the default ones keep IKE SAs for "
                + _compared(ISAKMP_LIFETIME_S, least, most),
                block="crypto isakmp policy <priority>",
                advised=min(max(ISAKMP_LIFETIME_S, least), most),
                fixes=(),
            )
    for profile in ikev2_profiles(ctx.config):
        yield from _judged(ctx, profile, f"IKEv2 profile {profile.name}", 0, most)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _judged(
    ctx: DeviceContext, view: IsakmpPolicy | Ikev2Profile, name: str, least: int, most: int
) -> Outcomes:
    if view.is_default("lifetime_s") and not ctx.device.block_complete(view.line):
        yield ctx.not_checked(f"{name} is not known in full")
    elif not least <= view.lifetime_s <= most:
        how = " by default" if view.is_default("lifetime_s") else ""
        yield ctx.at(
            view,
            "lifetime_s",
            f"{name} keeps IKE SAs{how} for {_compared(view.lifetime_s, least, most)}",
            block=view.line.text,
            advised=min(max(view.lifetime_s, least), most),
        )


def _shown_lifetimes(ctx: DeviceContext, least: int, most: int) -> Outcomes:
    """Without configuration: the policies as the device shows them."""
    suites = shown_policies(ctx)
    for suite, evidence_of in suites:
        if not least <= suite.lifetime_s <= most:
            block = f"ISAKMP policy {suite.priority or '<priority>'}"
            yield ctx.finding(
                evidence_of("lifetime_s"),
                f"{block} keeps IKE SAs for {_compared(suite.lifetime_s, least, most)}",
                block=f"crypto {block.lower()}",
                advised=min(max(suite.lifetime_s, least), most),
                fixes=(),
            )
    if not suites or shows_ikev2(ctx):
        yield ctx.missing(CONFIG)


def _compared(seconds: int, least: int, most: int) -> str:
    """The lifetime, and the bound that it breaks."""
    if seconds < least:
        return f"{seconds} s, less than {least} s"
    return f"{seconds} s, more than {most} s"


@rule(
    code="IKE002",
    aliases=("GV-008",),
    title="Cooperative key servers watch each other by periodic dead peer detection",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        By periodic keepalives the primary key server tracks the state of the others. Without the
        word 'periodic' IOS asks a peer only when it has something to send to it, which does not
        serve.
    """,
    remediation="crypto isakmp keepalive {interval} periodic",
    bad={"ks1.cfg": _COOP.format(mode="")},
    good={"ks1.cfg": _COOP.format(mode=" periodic")},
    fix=Grade.SAFE,
)
def periodic_detection(ctx: DeviceContext) -> Outcomes:
    """Look for `crypto isakmp keepalive … periodic` on key servers with `redundancy`."""
    if not is_server(ctx.device):
        return
    if ctx.config is None or not ctx.config.key_servers:
        yield ctx.missing()
        return
    views = [view for view in ctx.config.key_servers if view.redundancy is not None]
    keepalive = ctx.config.isakmp_keepalive
    if not views:
        if not all(ctx.device.block_complete(view.line) for view in ctx.config.key_servers):
            yield ctx.not_checked("a group is not known in full, perhaps it has 'redundancy'")
    elif keepalive is not None and not keepalive.periodic:
        yield ctx.at(
            keepalive,
            "periodic",
            "dead peer detection is on demand, but cooperative key servers need it periodic",
            interval=keepalive.interval_s or _KEEPALIVE_S,
        )
    elif keepalive is None and ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    elif keepalive is None:
        yield ctx.at(
            views[0].redundancy or views[0],
            "",
            "cooperative key server has no 'crypto isakmp keepalive ... periodic'",
            interval=_KEEPALIVE_S,
        )


@rule(
    code="IKE003",
    aliases=("GV-009",),
    title="Group members do without periodic dead peer detection",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{CONCEPTS}; {CSM}",
    rationale="""
        Periodic keepalives are for key servers only. A member needs its IKE SA no longer once it
        is registered, so keepalives between it and a key server bring nothing and load the key
        server with every member that has them.
    """,
    remediation="no crypto isakmp keepalive",
    bad={"gm1.cfg": _MEMBER.format(mode=" periodic")},
    good={"gm1.cfg": _MEMBER.format(mode="")},
    fix=Grade.SAFE,
)
def member_detection(ctx: DeviceContext) -> Outcomes:
    """Look for `crypto isakmp keepalive … periodic` on members that serve no group."""
    if is_server(ctx.device) or not is_member(ctx.device):
        return
    keepalive = ctx.config.isakmp_keepalive if ctx.config is not None else None
    if keepalive is None:
        if ctx.config_missing:
            yield ctx.missing()
    elif keepalive.periodic and ctx.config_missing and not _joins(ctx):
        # a block that is cut off may be that of a key server
        yield ctx.not_checked(ctx.config_missing)
    elif keepalive.periodic:
        yield ctx.at(
            keepalive,
            "periodic",
            "group member probes its peers periodically, which is for key servers only",
        )


def _joins(ctx: DeviceContext) -> bool:
    """Whether the configuration has a group with key servers to register with."""
    return ctx.config is not None and any(view.servers for view in ctx.config.group_members)


@rule(
    code="IKE004",
    aliases=("GV-039", "GV-138"),
    title="Rekeys have perfect forward secrecy, by G-IKEv2",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, GDOI, KS),
    source=CONCEPTS,
    rationale="""
        Over IKE version 1 GETVPN has no perfect forward secrecy: whoever gets hold of a private
        key can read all the keys of the group that he recorded. With G-IKEv2 and 'pfs' a rekey
        stands for itself. Members must speak G-IKEv2, so this is a migration, not a line.
    """,
    fix=Grade.REKEY,
    remediation="""
crypto gkm group {group}
 server local
  gikev2 {profile}
  pfs""",
    bad={"ks1.cfg": _IKEV2.format(pfs="")},
    good={"ks1.cfg": _IKEV2.format(pfs="\n  pfs")},
)
def forward_secrecy(ctx: ServerContext) -> Outcomes:
    """Look for `gikev2` and `pfs`; without configuration, for what the device says of them."""
    view = ctx.view
    if view is None:
        yield from _shown_secrecy(ctx)
    elif view.gikev2 is not None and view.pfs:
        return
    elif not ctx.device.block_complete(view.line):
        yield ctx.not_checked("the group is not known in full")
    else:
        lack = f"uses {view.gikev2} without 'pfs'" if view.gikev2 else "is served by IKEv1 only"
        old = " and ".join(_without_pfs(ctx))
        yield ctx.at(
            view,
            "gikev2",
            f"group {ctx.group} {lack}: its rekeys have no perfect forward secrecy"
            + (f", which {old} cannot have: IOS-XE has it from 16.12 on" if old else ""),
            fixes=() if old else None,
            group=ctx.group,
            profile=view.gikev2 or "<IKEv2 profile>",
        )


def _without_pfs(ctx: ServerContext) -> list[str]:
    """The key server and its peers, as far as their release is too old: all need the same."""
    peers = peers_of(ctx)
    servers = [role.device for role in ctx.fleet.servers if role.address in peers]
    found = (
        each.name
        for each in (ctx.device, *servers)
        if each.config is not None
        and each.config.train is not None
        and each.config.train < _FIRST_WITH_PFS
    )
    return list(dict.fromkeys(found))


def _shown_secrecy(ctx: ServerContext) -> Outcomes:
    """What `show crypto gdoi` and `show crypto gdoi ks` tell: PFS, or a group of IKEv1 alone."""
    name, profile = ctx.group, "<IKEv2 profile>"
    for output, group in ctx.rows(GDOI, lambda record: record.groups):
        if group.pfs is not None:
            if not group.pfs:
                message = f"group {name} has perfect forward secrecy disabled"
                yield ctx.shown(output, group, "pfs", message, group=name, profile=profile)
            return
    for found, row in ctx.rows(KS, lambda record: record.groups):
        if row.group_type is not None and "IKEv2" not in row.group_type:
            message = f"group {name} is of type {row.group_type}, without forward secrecy"
            yield ctx.shown(found, row, "group_type", message, group=name, profile=profile)
            return
    yield ctx.missing()
