"""Traffic keys: what the group's data is encrypted with, and for how long."""

from collections.abc import Iterator

from ..context import SERVER, ServerContext, config_evidence, show_evidence
from ..needs import CONFIG, KS_POLICY
from ..rule import Evidence, Outcomes, Severity, rule
from ..sources import CONCEPTS

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


@rule(
    code="TEK001",
    aliases=("GV-011",),
    title="Traffic keys live for at least 900 seconds",
    severity=Severity.CRITICAL,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY),
    thresholds=("tek_lifetime_min_s", "tek_lifetime_advised_min_s"),
    source=CONCEPTS,
    rationale="""
        Members that missed a rekey register again when 5 % of the lifetime, and at least 60
        seconds, remain. Shorter lifetimes leave no time for that: the members of the group
        register all the time and lose traffic.
    """,
    remediation="""
crypto ipsec profile {profile}
 set security-association lifetime seconds {advised}""",
    bad={"ks1.cfg": _PROFILE.format(lifetime=600)},
    good={"ks1.cfg": _PROFILE.format(lifetime=7200)},
)
def lifetime_too_short(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime with the shortest that members can live with."""
    least = ctx.settings.tek_lifetime_min_s
    lifetimes = tuple(_lifetimes(ctx))
    if not lifetimes:
        yield ctx.missing()
    for seconds, evidence, profile in lifetimes:
        if seconds < least:
            yield ctx.finding(
                evidence,
                f"traffic keys of group {ctx.group} live {seconds} s, less than {least} s",
                profile=profile,
                advised=ctx.settings.tek_lifetime_advised_min_s,
            )


def _lifetimes(ctx: ServerContext) -> Iterator[tuple[int, Evidence, str]]:
    """Lifetimes of traffic keys in seconds, with the evidence and the IPsec profile.

    Those that are configured, and those of keys in use that differ from them.
    """
    known = set()
    if ctx.configured is not None:
        view, config = ctx.configured
        for sa in view.sas:
            if config.profile_of(sa) is None and ctx.config_missing:
                continue
            seconds = config.tek_lifetime_s(sa)
            known.add(seconds)
            evidence = config_evidence(ctx.device, config.tek_lifetime_line(sa))
            yield seconds, evidence, sa.profile or "<profile>"
    for output, group in ctx.rows(KS_POLICY, lambda record: record.groups):
        for tek in group.teks:
            if tek.tek_life_s is not None and tek.tek_life_s not in known:
                known.add(tek.tek_life_s)
                yield tek.tek_life_s, show_evidence(output, tek, "tek_life_s"), "<profile>"
