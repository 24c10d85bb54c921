"""Diffie-Hellman groups, the version of IKE, and the policies that devices rely on."""

from ...parsers.config import DeviceConfig
from ..context import DEVICE, SERVER, DeviceContext, ServerContext
from ..ike import PRE_SHARED, by_certificate, has_role, uses_ikev1
from ..ike_groups import advised, group_offers, is_broken, weakness
from ..ike_offers import SOURCES
from ..ike_peers import ikev1_means
from ..management import KEY_SERVER, last, managed
from ..needs import CONFIG, GDOI
from ..rule import NotChecked, Outcomes, Severity, rule
from ..sources import COMMANDS, GUIDE, OURS, RFC8247, RFC9206, SRG

_POLICY = """
hostname ks1
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication {method}
 group {group}
{more}crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""
_IKEV2 = """
hostname ks1
{isakmp}crypto isakmp key 6 <removed> address 10.10.2.1
crypto gkm group G1
 identity number 1001
 server local
  {gdoi}
  gikev2 GKM
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
_ISAKMP = "crypto isakmp policy 10\n encryption aes 256\n authentication pre-share\n group 19\n"


def _policy(method: str = "pre-share", group: int = 19, more: str = "") -> dict[str, str]:
    return {"ks1.cfg": _POLICY.format(method=method, group=group, more=more)}


@rule(
    code="IKE010",
    aliases=("GV-132",),
    title="The Diffie-Hellman groups of IKE are strong",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=SOURCES,
    thresholds=("dh_modulus_min_bits", "dh_curve_min_bits"),
    source=f"{RFC8247}; {SRG}: group 16 or better; {RFC9206}: groups 15, 16 and 20",
    rationale="""
        The keys of the group are sent over this exchange. Who records a registration and breaks
        its group later reads them, and with them all that the group sent under them. A modulus of
        1024 bits is within reach of states, 768 bits of anybody.
    """,
    remediation="""
{block}
 group {group}""",
    bad=_policy(group=2),
    good=_policy(group=19),
)
def weak_group(ctx: DeviceContext) -> Outcomes:
    """Look at all ISAKMP policies, and at the IKEv2 proposals that policies name."""
    if not has_role(ctx.device):
        return
    for offer in group_offers(ctx):
        if isinstance(offer, NotChecked):
            yield offer
            continue
        weak = {group: fault for group in offer.groups if (fault := weakness(group, ctx.settings))}
        if weak:
            takes = "has no 'group' line and so takes" if offer.default else "takes"
            yield ctx.finding(
                offer.evidence,
                f"{offer.name} {takes} Diffie-Hellman {' and '.join(weak.values())}",
                severity=Severity.HIGH if any(map(is_broken, weak)) else Severity.MEDIUM,
                block=offer.block,
                group=advised(ctx.settings),
            )


@rule(
    code="IKE011",
    aliases=("GV-097",),
    title="Key servers of G-IKEv2 groups can cooperate over IKE version 1",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG,),
    source=GUIDE,
    rationale="""
        Cooperation between key servers runs over IKE version 1 whatever the members use. After a
        migration to G-IKEv2 it is tempting to clean up the ISAKMP policies and keys: the next
        time that the key servers lose each other they stay apart.
    """,
    remediation="""
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 19
crypto isakmp key <key> address {peer}""",
    bad={"ks1.cfg": _IKEV2.format(isakmp="", gdoi="no gdoi")},
    good={"ks1.cfg": _IKEV2.format(isakmp=_ISAKMP, gdoi="no gdoi")},
)
def cooperation_without_ikev1(ctx: ServerContext) -> Outcomes:
    """Look for an ISAKMP policy, and for a key or a certificate for each peer."""
    if ctx.configured is None:
        yield ctx.missing()
        return
    view, config = ctx.configured
    redundancy = view.redundancy
    if view.gikev2 is None or redundancy is None:
        if not ctx.device.block_complete(view.line):
            yield ctx.not_checked("the group is not known in full")
        return
    means = ikev1_means(ctx.device, config)
    lacking = [
        peer for peer in redundancy.peers if means.certain and not means.serve(peer, means.methods)
    ]
    first = redundancy.peers[0] if redundancy.peers else "<peer>"
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
    elif not config.isakmp_policies:
        yield ctx.at(
            redundancy,
            "",
            f"group {ctx.group} is of G-IKEv2, and no ISAKMP policy is there for the cooperation",
            severity=Severity.MEDIUM,
            peer=first,
        )
    for peer in lacking if not ctx.config_missing else ():
        yield ctx.at(
            redundancy,
            "peers",
            f"there is nothing to authenticate key server {peer} with in IKE version 1",
            peer=peer,
        )


@rule(
    code="IKE012",
    title="IKE runs by policies of one's own, not by the default ones",
    severity=Severity.LOW,
    scope=DEVICE,
    needs=(CONFIG,),
    source=f"{COMMANDS}; {OURS}",
    rationale="""
        The default ISAKMP policies differ between releases (DES, or AES with SHA-1 and group 5),
        and take any method of authentication. After an upgrade of one side nothing may be left
        that both take. They hold only where no policy is configured.
    """,
    remediation="""
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication <method>
 group 19""",
    bad={"ks1.cfg": KEY_SERVER.format(lines="")},
    good=_policy(),
)
@managed
def default_policies(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Look for an ISAKMP policy where IKE version 1 is used; without even defaults it is graver."""
    if config.isakmp_policies or not uses_ikev1(ctx.device):
        return
    off = last(ctx.device, "no", "crypto", "isakmp", "default", "policy")
    if off is not None and not ctx.config_missing:
        message = "there is no ISAKMP policy, and the default ones are off: IKE cannot run"
        yield ctx.at(off, "", message, severity=Severity.HIGH)
    else:
        yield ctx.absent("there is no ISAKMP policy: those of the release hold")


@rule(
    code="IKE013",
    title="All ISAKMP policies authenticate by one method",
    severity=Severity.INFO,
    scope=DEVICE,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        A device that takes certificates and pre-shared keys is as safe as the weaker of the two:
        who has a key needs no certificate, and no revocation concerns him. It is right during a
        migration, and to be ended after it.
    """,
    remediation="no crypto isakmp policy {priority}",
    bad=_policy(more="crypto isakmp policy 20\n encryption aes 256\n group 19\n"),
    good=_policy(),
)
@managed
def mixed_methods(ctx: DeviceContext, config: DeviceConfig) -> Outcomes:
    """Compare `authentication` of all ISAKMP policies."""
    keys = [each for each in config.isakmp_policies if each.authentication == PRE_SHARED]
    others = [each for each in config.isakmp_policies if by_certificate(each.authentication)]
    unsure = [
        each
        for each in others
        if each.is_default("authentication") and not ctx.device.block_complete(each.line)
    ]
    if keys and others and not unsure:
        yield ctx.at(
            keys[0],
            "authentication",
            f"ISAKMP policy {keys[0].priority} takes pre-shared keys, policy {others[0].priority} "
            "certificates",
            priority=keys[0].priority,
        )
    elif ctx.config_missing and not (keys and others):
        yield ctx.not_checked(ctx.config_missing)
    elif unsure:
        yield ctx.not_checked(f"ISAKMP policy {unsure[0].priority} is not known in full")


@rule(
    code="IKE014",
    aliases=("GV-137",),
    title="Members register by IKEv2",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG, GDOI),
    thresholds=("registration_ike",),
    source=f"{SRG}; {GUIDE}",
    rationale="""
        IKEv2 withstands floods of false requests, and only it gives rekeys forward secrecy. Where
        the profile leaves the version open, only a group that takes both is found: a migration
        that was not ended. Cooperation between key servers stays with IKE version 1, which the
        requirements have to grant as an exception.
    """,
    remediation="""
crypto gkm group {group}
 server local
  gikev2 <IKEv2 profile>
  no gdoi
! on members: client protocol gikev2 <IKEv2 profile>""",
    bad={"ks1.cfg": _IKEV2.format(isakmp=_ISAKMP, gdoi="gdoi")},
    good={"ks1.cfg": _IKEV2.format(isakmp=_ISAKMP, gdoi="no gdoi")},
)
def old_registration(ctx: DeviceContext) -> Outcomes:
    """Look at `gdoi` and `gikev2` of key servers and at `client protocol` of members."""
    if not has_role(ctx.device):
        return
    wanted = ctx.settings.registration_ike == "ikev2"
    config = ctx.config
    if config is None:
        yield from _shown_registration(ctx, wanted=wanted)
        return
    for server in config.key_servers:
        if server.gdoi and (wanted or server.gikev2 is not None):
            if server.is_default("gdoi") and not ctx.device.block_complete(server.line):
                yield ctx.not_checked(f"group {server.group} is not known in full")
                continue
            both = ", beside IKEv2" if server.gikev2 is not None else ""
            yield ctx.at(
                server,
                "gdoi",
                f"key server of group {server.group} takes registrations by IKE version 1{both}",
                severity=Severity.MEDIUM if wanted else Severity.INFO,
                group=server.group,
            )
    for member in config.group_members:
        if wanted and member.protocol == "gdoi":
            if member.is_default("protocol") and not ctx.device.block_complete(member.line):
                yield ctx.not_checked(f"group {member.group} is not known in full")
                continue
            message = f"member of group {member.group} registers by IKE version 1"
            yield ctx.at(member, "protocol", message, group=member.group)
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _shown_registration(ctx: DeviceContext, *, wanted: bool) -> Outcomes:
    """Without configuration: the type of each group, as the device shows it."""
    known = False
    for output in ctx.records(GDOI):
        for row in output.record.groups:
            if row.group_type is None:
                continue
            known = True
            if wanted and "IKEv2" not in row.group_type:
                message = f"group {row.group} is of type {row.group_type}"
                yield ctx.shown(output, row, "group_type", message, group=row.group)
    if not known:
        yield ctx.missing()
