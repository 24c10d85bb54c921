"""Waivers and comments about findings: whether they still hold."""

from ..context import REPORT, FleetContext
from ..needs import CONFIG, WAIVERS
from ..rule import Outcomes, Severity, rule
from ..sources import OURS

_CONFIG = """
hostname ks1
{comment}crypto ipsec profile GETVPN
 set security-association lifetime seconds {lifetime}
 set transform-set AES
crypto ipsec transform-set AES esp-aes 256 esp-sha256-hmac
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile GETVPN
   match address ipv4 POLICY
  address ipv4 10.10.1.1
end
"""
_WAIVER = """
[[waiver]]
rule = "TEK001"
device = "ks*"
owner = "network security"
reason = "keys this short are part of a test, see change 4711"
expires = {day}
"""


def _looked_at_later(_ctx: FleetContext) -> Outcomes:
    """Nothing: `audits.excusing` looks at waivers when all other rules have spoken."""
    yield from ()


expired = rule(
    code="WVR001",
    title="A waiver holds until the day that it names",
    severity=Severity.MEDIUM,
    scope=REPORT,
    needs=(WAIVERS,),
    source=OURS,
    rationale="""
        Whoever answers for a finding does so until a day. When it is over the finding counts
        again, and the waiver has to be renewed or to go.
    """,
    remediation="give the waiver another day, after its owner has agreed, or remove it",
    bad={
        "ks1.cfg": _CONFIG.format(comment="", lifetime=600),
        "getvpn-waivers.toml": _WAIVER.format(day="2025-12-31"),
    },
    good={
        "ks1.cfg": _CONFIG.format(comment="", lifetime=600),
        "getvpn-waivers.toml": _WAIVER.format(day="2026-01-01"),
    },
)(_looked_at_later)

unmatched = rule(
    code="WVR002",
    title="Waivers, and comments about findings, cover something",
    severity=Severity.LOW,
    scope=REPORT,
    needs=(WAIVERS, CONFIG),
    source=OURS,
    rationale="""
        A waiver that covers nothing any more lies in wait for the next finding that looks alike,
        which nobody will then see. Waivers for devices and groups that are not among the input,
        and for rules that could not be checked, are left alone.
    """,
    remediation="remove the waiver or the comment",
    bad={
        "ks1.cfg": _CONFIG.format(comment="", lifetime=7200),
        "getvpn-waivers.toml": _WAIVER.format(day="2026-12-31"),
    },
    good={
        "ks1.cfg": _CONFIG.format(comment="", lifetime=600),
        "getvpn-waivers.toml": _WAIVER.format(day="2026-12-31"),
    },
)(_looked_at_later)

faulty = rule(
    code="WVR003",
    title="Comments about findings name rules that exist and give a reason",
    severity=Severity.LOW,
    scope=REPORT,
    needs=(CONFIG,),
    source=OURS,
    rationale="""
        A comment without a reason, or about a rule that does not exist, has no effect: nobody
        can tell later whether it was meant.
    """,
    remediation="write the comment as '! getvpn: ignore[CODE] reason', or remove it",
    bad={
        "ks1.cfg": _CONFIG.format(comment="! getvpn: ignore[TEK001]\n", lifetime=600),
    },
    good={
        "ks1.cfg": _CONFIG.format(
            comment="! getvpn: ignore[TEK001] part of a test, see change 4711\n", lifetime=600
        ),
    },
)(_looked_at_later)
