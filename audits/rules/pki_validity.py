"""How long certificates in IKE are valid, and by which clock."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..certificates import certificates, name_of, now_of, undecided_use, uses_them
from ..context import DEVICE, DeviceContext
from ..ike import has_role, trustpoints
from ..management import KEY_SERVER, NOT_THE_DEVICE, tells_all
from ..needs import CLOCK, CONFIG, NTP_STATUS, PKI_CERTIFICATES
from ..rule import Grade, Outcomes, Severity, rule
from ..sources import COMMANDS, OURS

if TYPE_CHECKING:
    from datetime import datetime

    from ...parsers.records.pki import Certificate

_IKE = """\
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 group 19
crypto pki trustpoint CA
 enrollment url http://10.10.9.30:80
 revocation-check crl
{more}"""
_CERTIFICATE = """\
Certificate
  Status: Available
  Certificate Serial Number (hex): 03
  Certificate Usage: General Purpose
  Issuer:
    cn=CA
  Subject:
    Name: ks1.example.net
    cn=ks1
  Validity Date:
    start date: 10:00:00 UTC Jan 1 2026
    end   date: {end}
  Associated Trustpoints: CA
"""
_CLOCK = "10:00:00.000 UTC Fri Mar 20 2026\n"
_UNSYNCHRONIZED = """\
Clock is unsynchronized, stratum 16, no reference clock
nominal freq is 1000.0003 Hz, actual freq is 1000.4923 Hz, precision is 2**13
ntp uptime is 1938800 (1/100 of seconds), resolution is 1000
reference time is DFA98D6B.F2F229A7 (16:55:55.949 UTC Wed Nov 28 2018)
clock offset is 0.0000 msec, root delay is 0.00 msec
root dispersion is 18.84 msec, peer dispersion is 0.00 msec
loopfilter state is 'SPIK' (Spike), drift is -0.000491998 s/s
system poll interval is 64, last update was 1301 sec ago.
"""
_SYNCHRONIZED = _UNSYNCHRONIZED.replace(
    "unsynchronized, stratum 16, no reference clock",
    "synchronized, stratum 4, reference is 10.10.9.20",
).replace("SPIK' (Spike)", "CTRL' (Normal Controlled Loop)")
_KS1 = {"ks1.cfg": KEY_SERVER.format(lines=_IKE.format(more=""))}


def _shown(end: str) -> dict[str, str]:
    return {
        **_KS1,
        "ks1/show crypto pki certificates.txt": _CERTIFICATE.format(end=end),
        "ks1/show clock.txt": _CLOCK,
    }


@rule(
    code="PKI006",
    aliases=("GV-113",),
    title="Certificates in IKE stay valid for a while",
    severity=Severity.HIGH,
    scope=DEVICE,
    needs=(PKI_CERTIFICATES, CLOCK),
    thresholds=("certificate_days_left_min",),
    source=OURS,
    rationale="""
        When its certificate ends, a member can no longer register: it keeps its traffic keys until
        the next rekey that it misses, and then it is cut off. A key server whose certificate ends
        takes all members with it, and so does the certificate of the CA.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 auto-enroll 80
! and now: crypto pki enroll {trustpoint}""",
    bad=_shown("10:00:00 UTC Apr 1 2026"),
    good=_shown("10:00:00 UTC Jan 1 2027"),
)
def near_the_end(ctx: DeviceContext) -> Outcomes:
    """Compare the validity of certificates with the clock; one that will be renewed passes."""
    if not has_role(ctx.device) or uses_them(ctx) is False:
        return
    yield from undecided_use(ctx)
    if uses_them(ctx) is None:
        return
    if not ctx.records(PKI_CERTIFICATES):
        yield ctx.missing(PKI_CERTIFICATES)
        return
    now = now_of(ctx)
    if now is None:
        yield ctx.missing(CLOCK)
        return
    for output, each in certificates(ctx):
        fault, field, grave = _fault(each, now, ctx.settings.certificate_days_left_min)
        if fault:
            yield ctx.shown(
                output,
                each,
                field,
                f"{name_of(each)} {fault}",
                severity=Severity.CRITICAL if grave else Severity.HIGH,
                trustpoint=(each.trustpoints or ("<trustpoint>",))[0],
            )


def _fault(each: Certificate, now: datetime, least: int) -> tuple[str, str, bool]:
    """What is wrong with the validity, the field that tells it, and whether IKE fails already."""
    if each.valid_from is not None and now < each.valid_from:
        return f"is not valid before {each.valid_from:%Y-%m-%d}", "valid_from", True
    if each.valid_until is None:
        return "", "", False
    if now >= each.valid_until:
        return f"ended on {each.valid_until:%Y-%m-%d}", "valid_until", True
    if each.renew_at is not None and now < each.renew_at < each.valid_until:
        return "", "", False
    days = (each.valid_until - now).days
    if each.renew_at is not None and each.renew_at <= now:
        return f"should have been renewed on {each.renew_at:%Y-%m-%d}", "renew_at", False
    if days < least:
        return f"ends in {days} days, less than {least}", "valid_until", False
    return "", "", False


@rule(
    code="PKI007",
    title="Certificates in IKE are renewed without people",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(CONFIG,),
    source=COMMANDS,
    rationale="""
        Certificates of hundreds of members end on hundreds of days. One that is forgotten is
        noticed when the site is cut off; 'auto-enroll' asks for a new one before that.
    """,
    remediation="""
crypto pki trustpoint {trustpoint}
 auto-enroll 80""",
    bad=_KS1,
    good={"ks1.cfg": KEY_SERVER.format(lines=_IKE.format(more=" auto-enroll 80\n"))},
    fix=Grade.SAFE,
)
def renewed_by_hand(ctx: DeviceContext) -> Outcomes:
    """Look for `auto-enroll` in the trustpoints of IKE that enrol by a URL."""
    if not has_role(ctx.device):
        return
    if ctx.config is None:
        yield ctx.missing()
        return
    for trustpoint in trustpoints(ctx.device):
        if trustpoint.enrollment != "url" or trustpoint.auto_enroll is not None:
            continue
        if not tells_all(ctx.device) and not ctx.config_missing:
            yield ctx.not_checked(NOT_THE_DEVICE)
        elif ctx.device.block_complete(trustpoint.line):
            yield ctx.at(
                trustpoint,
                "",
                f"trustpoint {trustpoint.name} does not renew its certificate by itself",
                trustpoint=trustpoint.name,
            )
        else:
            yield ctx.not_checked(f"trustpoint {trustpoint.name} is not known in full")
    if ctx.config_missing:
        yield ctx.not_checked(ctx.config_missing)


@rule(
    code="PKI008",
    aliases=("GV-112",),
    title="The clock by which certificates are judged is right",
    severity=Severity.MEDIUM,
    scope=DEVICE,
    needs=(NTP_STATUS, CLOCK),
    source=OURS,
    rationale="""
        A router that restarts without a valid clock takes every certificate for one that is not
        valid yet, and does not register. A clock that runs away unnoticed does the same some day.
    """,
    remediation="ntp server <address of an NTP server that can be reached without GETVPN>",
    bad={**_KS1, "ks1/show ntp status.txt": _UNSYNCHRONIZED},
    good={**_KS1, "ks1/show ntp status.txt": _SYNCHRONIZED},
)
def clock_of_certificates(ctx: DeviceContext) -> Outcomes:
    """Look whether NTP is synchronized; without `show ntp status`, at the sign of `show clock`."""
    if not has_role(ctx.device) or uses_them(ctx) is False:
        return
    yield from undecided_use(ctx)
    if uses_them(ctx) is None:
        return
    for status in ctx.records(NTP_STATUS)[-1:]:
        if not status.record.synchronized:
            message = "certificates are judged by a clock that NTP does not keep right"
            field = "synchronized" if status.record.enabled else "enabled"
            yield ctx.shown(status, status.record, field, message)
        return
    for clock in ctx.records(CLOCK)[-1:]:
        if not clock.record.now.authoritative:
            message = "certificates are judged by a clock that the device does not trust"
            yield ctx.shown(clock, clock.record, "now", message)
        elif not clock.record.now.synchronized:
            message = "certificates are judged by a clock whose source does not answer"
            yield ctx.shown(clock, clock.record, "now", message)
        return
    yield ctx.missing()
