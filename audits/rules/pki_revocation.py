"""Revoked certificates: who asks for revocation lists, and what happens on a new one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..context import (
    DEVICE,
    GROUP,
    SERVER,
    DeviceContext,
    GroupContext,
    ServerContext,
    config_evidence,
)
from ..group_keys import gdoi_or_gkm, members_of
from ..ike import is_member, is_server, registers_by_ikev1, trustpoints, uses_certificates
from ..ike_peers import shared_key_uses
from ..listing import key_servers
from ..needs import CONFIG, ISAKMP_SA_DETAIL, KS
from ..rule import Evidence, Fix, Grade, Outcomes, Severity, rule
from ..sources import CONCEPTS, SRG

if TYPE_CHECKING:
    from ...parsers.config import Trustpoint

_POLICY = """
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication {method}
 group 19
"""
_TRUSTPOINT = """\
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 revocation-check {check}
"""
_SERVER = """\
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 10.10.1.1
"""
_MEMBER = """\
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""
_NEW_CRL = "  registration periodic crl trustpoint CA\n"
_KS1 = "\nhostname ks1" + _POLICY.format(method="rsa-sig")
_GM1 = "\nhostname gm1" + _POLICY.format(method="rsa-sig")


@rule(
    code="PKI002",
    aliases=("GV-046", "GV-139"),
    title="Key servers check certificates of IKE peers against the revocation list",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        A key server that does not look at the revocation list lets a stolen router register
        until its certificate expires. Its check is also what makes it fetch a new list, on which
        GETVPN can let all members register again.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 revocation-check crl""",
    bad={"ks1.cfg": _KS1 + _TRUSTPOINT.format(check="none") + _SERVER},
    good={"ks1.cfg": _KS1 + _TRUSTPOINT.format(check="crl") + _SERVER},
    fix=Grade.SAFE,
)
def unchecked_on_server(ctx: DeviceContext) -> Outcomes:
    """Look at `revocation-check` of each trustpoint that may vouch for an IKE peer."""
    if not is_server(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    for trustpoint in trustpoints(ctx.device):
        asked = _asked(trustpoint)
        if _unsure(ctx, trustpoint):
            yield ctx.not_checked(f"trustpoint {trustpoint.name} is not known in full")
        elif "crl" not in asked:
            how = "checks revocation by ocsp alone" if asked else "does not check revocation"
            yield ctx.at(
                trustpoint,
                "revocation_check",
                f"trustpoint {trustpoint.name} of a key server {how}",
                severity=Severity.MEDIUM if asked else Severity.HIGH,
                trustpoint=trustpoint.name,
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="PKI003",
    aliases=("GV-047",),
    title="Group members leave the check of revocation lists to the key servers",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    thresholds=("crl_on_members",),
    source=f"{CONCEPTS}; {SRG}: the contrary, see the profile stig",
    rationale="""
        The key servers decide who is a member. A member that wants a revocation list as well
        cannot register while it cannot reach the list, which may lie behind the very network that
        it wants to join. Without a 'revocation-check' line IOS wants one.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 revocation-check {wanted}""",
    bad={"gm1.cfg": _GM1 + _TRUSTPOINT.format(check="crl") + _MEMBER},
    good={"gm1.cfg": _GM1 + _TRUSTPOINT.format(check="none") + _MEMBER},
    fix=Grade.SAFE,
)
def checked_on_member(ctx: DeviceContext) -> Outcomes:
    """Compare `revocation-check` of each trustpoint in IKE with what the profile wants."""
    if is_server(ctx.device) or not is_member(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    wanted = ctx.settings.crl_on_members == "on"
    for trustpoint in trustpoints(ctx.device):
        asked = _asked(trustpoint)
        if _unsure(ctx, trustpoint):
            yield ctx.not_checked(f"trustpoint {trustpoint.name} is not known in full")
        elif bool(asked) != wanted:
            how = f"checks revocation by {' and '.join(asked)}" if asked else "checks no revocation"
            yield ctx.at(
                trustpoint,
                "revocation_check",
                f"trustpoint {trustpoint.name} of a group member {how}"
                + (", the default" if trustpoint.is_default("revocation_check") else ""),
                trustpoint=trustpoint.name,
                wanted="crl" if wanted else "none",
            )
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


def _unsure(ctx: DeviceContext, trustpoint: Trustpoint) -> bool:
    """Whether a line that is not known may decide what the trustpoint checks."""
    default = trustpoint.is_default("revocation_check")
    return default and not ctx.device.block_complete(trustpoint.line)


def _asked(trustpoint: Trustpoint) -> tuple[str, ...]:
    """The sources that are asked whether a certificate is revoked: those before `none`."""
    checks = trustpoint.revocation_check
    return checks[: checks.index("none")] if "none" in checks else checks


@rule(
    code="PKI004",
    aliases=("GV-048",),
    title="A new revocation list makes members register again",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, KS, ISAKMP_SA_DETAIL),
    source=CONCEPTS,
    rationale="""
        A certificate is looked at when the IKE SA is set up. Once registered, a member goes on
        receiving keys although its certificate is revoked, unless the key server lets all members
        register again when a new list of the trustpoint appears.
    """,
    remediation="""
crypto gdoi group {group}
 server local
  registration periodic crl trustpoint {trustpoint}""",
    bad={"ks1.cfg": _KS1 + _TRUSTPOINT.format(check="crl") + _SERVER},
    good={"ks1.cfg": _KS1 + _TRUSTPOINT.format(check="crl") + _SERVER + _NEW_CRL},
)
def no_new_registration(ctx: ServerContext) -> Outcomes:
    """Look for `registration periodic crl` where IKE takes certificates."""
    if ctx.configured is None:
        yield from _shown_registration(ctx)
        return
    view, config = ctx.configured
    known = trustpoints(ctx.device)
    message = ""
    if view.crl_trustpoint is not None:
        if view.crl_trustpoint not in config.trustpoints and not ctx.config_missing:
            message = f"watches trustpoint {view.crl_trustpoint}, which does not exist"
    elif not uses_certificates(ctx.device):
        if ctx.config_missing:
            yield ctx.not_checked(ctx.config_missing)
    elif ctx.device.block_complete(view.line):
        message = "takes certificates, but does not let members register again on a new CRL"
    else:
        yield ctx.not_checked("the group is not known in full")
    if message:
        yield ctx.at(
            view,
            "crl_trustpoint",
            f"group {ctx.group} {message}",
            group=ctx.group,
            trustpoint=known[0].name if known else "<trustpoint>",
            fixes=_watching(ctx, known[0].name) if len(known) == 1 else (),
        )


def _watching(ctx: ServerContext, trustpoint: str) -> tuple[Fix, ...]:
    """Lines that let members register again on a new list of the only trustpoint there is."""
    lines = (
        f"crypto {gdoi_or_gkm(ctx)} group {ctx.group}",
        " server local",
        f"  registration periodic crl trustpoint {trustpoint}",
    )
    return (Fix(device=ctx.device.name, lines=lines, grade=Grade.SAFE),)


def _shown_registration(ctx: ServerContext) -> Outcomes:
    """`Re-auth on new CRL`, where an IKE SA in use was authenticated by certificate."""
    by_certificate = any(
        sa.authentication == "rsig"
        for output in ctx.records(ISAKMP_SA_DETAIL)
        for sa in output.record.sas
    )
    for output, group in ctx.rows(KS, lambda record: record.groups):
        if group.reauth_on_crl:
            return
        if group.reauth_on_crl is not None and by_certificate:
            yield ctx.shown(
                output,
                group,
                "reauth_on_crl",
                f"group {ctx.group} does not let members register again on a new CRL",
                group=ctx.group,
                trustpoint="<trustpoint>",
            )
            return
    yield ctx.missing()


@rule(
    code="PKI005",
    aliases=("GV-055",),
    title="Where a new revocation list makes members register again, all use certificates",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG,),
    source=CONCEPTS,
    rationale="""
        On a new list all members register again so that those with revoked certificates fail. A
        device that takes pre-shared keys does not fail: for it the work of a new registration is
        for nothing, and a revoked router with a key stays in the group.
    """,
    remediation="""
{block}
 authentication {method}""",
    bad={
        "ks1.cfg": _KS1 + _TRUSTPOINT.format(check="crl") + _SERVER + _NEW_CRL,
        "gm1.cfg": "\nhostname gm1" + _POLICY.format(method="pre-share") + _MEMBER,
    },
    good={
        "ks1.cfg": _KS1 + _TRUSTPOINT.format(check="crl") + _SERVER + _NEW_CRL,
        "gm1.cfg": _GM1 + _TRUSTPOINT.format(check="none") + _MEMBER,
    },
)
def shared_keys_beside_lists(ctx: GroupContext) -> Outcomes:
    """Look for pre-shared keys on the devices of a group with `registration periodic crl`."""
    if not any(server.view is not None for server in ctx.group.servers):
        yield ctx.not_checked("there is no configuration of a key server of this group")
    members = tuple(members_of(ctx))
    done: set[str] = set()
    for key_server in key_servers(ctx):
        server = key_server.server
        if server.view is None or server.view.crl_trustpoint is None:
            continue
        watch = config_evidence(server.device, server.view, "crl_trustpoint")
        yield from _shared_keys(server, registers_by_ikev1(server.view), watch)
        for member in members:
            listed = member.view.servers if member.view else ()
            if member.device.name not in done and key_server.serves(member.group, listed):
                done.add(member.device.name)
                ikev1 = member.view is None or registers_by_ikev1(member.view)
                yield from _shared_keys(member, ikev1, watch)


def _shared_keys(ctx: DeviceContext, ikev1: bool, watch: Evidence) -> Outcomes:
    use = next(shared_key_uses(ctx.device, ikev1=ikev1), None)
    if use is not None:
        yield ctx.finding(
            (use.evidence, watch),
            f"{use.name} takes pre-shared keys, which no revocation list concerns",
            block=use.block,
            method=use.instead,
        )
    elif ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)
