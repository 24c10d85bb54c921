"""Traffic keys: for how long the group's data is encrypted with one key.

A lifetime that is too short is told by one rule only, the gravest that fits.
"""

from ..context import SERVER, ServerContext
from ..group_keys import Fact
from ..needs import CONFIG, GDOI, KS_POLICY
from ..rule import Finding, Grade, Outcomes, Severity, rule
from ..server_keys import tek_lifetimes
from ..sources import CONCEPTS, SRG

_PROFILE = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds {lifetime}
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
ip access-list extended POLICY
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
_REMEDIATION = """
crypto ipsec profile {profile}
 set security-association lifetime seconds {advised}"""


@rule(
    code="TEK001",
    aliases=("GV-011",),
    title="Traffic keys live for at least 900 seconds",
    severity=Severity.CRITICAL,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI),
    thresholds=("tek_lifetime_min_s", "tek_lifetime_advised_min_s"),
    source=CONCEPTS,
    rationale="""
        Members that missed a rekey register again when 5 % of the lifetime, and at least 60
        seconds, remain. Shorter lifetimes leave no time for that: the members of the group
        register all the time and lose traffic.
    """,
    fix=Grade.REKEY,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _PROFILE.format(lifetime=600)},
    good={"ks1.cfg": _PROFILE.format(lifetime=7200)},
)
def lifetime_too_short(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime with the shortest that members can live with."""
    least = ctx.settings.tek_lifetime_min_s
    lifetimes = tek_lifetimes(ctx)
    yield from lifetimes.undecided(ctx)
    for fact in lifetimes.found:
        if fact.value < least:
            yield _finding(ctx, fact, f"less than {least} s")


@rule(
    code="TEK002",
    aliases=("GV-012",),
    title="Traffic keys do not live shorter than by default",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI),
    thresholds=("tek_lifetime_default_s", "tek_lifetime_min_s", "tek_lifetime_advised_min_s"),
    source=CONCEPTS,
    rationale="""
        Each lifetime ends with a rollover that all members have to make together. Keys that
        live shorter than the 3600 seconds of IOS bring more rollovers, and less time for a
        member that missed a rekey to register again.
    """,
    fix=Grade.REKEY,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _PROFILE.format(lifetime=1800)},
    good={"ks1.cfg": _PROFILE.format(lifetime=3600)},
)
def lifetime_below_default(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime that members can live with with the default."""
    least, default = ctx.settings.tek_lifetime_min_s, ctx.settings.tek_lifetime_default_s
    lifetimes = tek_lifetimes(ctx)
    yield from lifetimes.undecided(ctx)
    for fact in lifetimes.found:
        if least <= fact.value < default:
            yield _finding(ctx, fact, f"less than the default of {default} s")


@rule(
    code="TEK003",
    aliases=("GV-013", "GV-130"),
    title="Traffic keys live as long as is recommended",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI),
    thresholds=(
        "tek_lifetime_advised_min_s",
        "tek_lifetime_advised_max_s",
        "tek_lifetime_default_s",
        "tek_lifetime_min_s",
    ),
    source=f"{CONCEPTS}: 7200 s; {SRG}: at most 8 h",
    rationale="""
        Longer keys make the network stable, shorter ones limit what a lost key discloses. Two
        hours are the recommended balance, and leave time to upgrade a key server between two
        rekeys. Profiles of other sources allow other lifetimes.
    """,
    fix=Grade.REKEY,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _PROFILE.format(lifetime=3600)},
    good={"ks1.cfg": _PROFILE.format(lifetime=7200)},
)
def lifetime_not_as_recommended(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime from the default on with the recommended ones."""
    settings = ctx.settings
    least, most = settings.tek_lifetime_advised_min_s, settings.tek_lifetime_advised_max_s
    acceptable = max(settings.tek_lifetime_min_s, settings.tek_lifetime_default_s)
    lifetimes = tek_lifetimes(ctx)
    yield from lifetimes.undecided(ctx)
    for fact in lifetimes.found:
        if acceptable <= fact.value < least:
            yield _finding(ctx, fact, f"less than the recommended {least} s")
        elif fact.value > most and fact.value >= acceptable:
            yield _finding(ctx, fact, f"more than the recommended {most} s")


def _finding(ctx: ServerContext, fact: Fact[int], comparison: str) -> Finding:
    default = " by default" if fact.is_default else ""
    return ctx.finding(
        fact.evidence,
        f"traffic keys of group {ctx.group} live {fact.value} s{default}, {comparison}",
        profile=fact.name,
        advised=_advised(ctx, fact.value),
    )


def _advised(ctx: ServerContext, seconds: int) -> int:
    """The recommended lifetime that is nearest to `seconds`."""
    least, most = ctx.settings.tek_lifetime_advised_min_s, ctx.settings.tek_lifetime_advised_max_s
    return most if seconds > most else least
