"""The rekey key (KEK): for how long rekeys are encrypted with one key."""

from ..context import SERVER, ServerContext
from ..group_keys import gdoi_or_gkm, without_rekeys
from ..needs import CONFIG, GDOI, KS_POLICY, KS_REKEY
from ..rule import Grade, Outcomes, Severity, rule
from ..server_keys import kek_lifetimes, tek_lifetimes
from ..sources import CONCEPTS

_SERVER = """
hostname ks1
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
crypto ipsec profile PROF
 set security-association lifetime seconds 7200
 set transform-set TS
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
{lifetime}  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
"""
_REMEDIATION = """
crypto {gdoi_or_gkm} group {group}
 server local
  rekey lifetime seconds {advised}"""


def _example(seconds: int | None = None) -> str:
    line = "" if seconds is None else f"  rekey lifetime seconds {seconds}\n"
    return _SERVER.format(lifetime=line)


@rule(
    code="RKY001",
    aliases=("GV-014",),
    title="The rekey key has its default lifetime of a day",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI, KS_REKEY),
    thresholds=("kek_lifetime_min_s", "kek_lifetime_max_s"),
    source=CONCEPTS,
    rationale="""
        The rekey key protects the messages that bring new keys. Each change of it is a rekey
        that members can miss, and one that did has to register again.
    """,
    fix=Grade.REKEY,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _example(28_800)},
    good={"ks1.cfg": _example()},
)
def lifetime_not_default(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime with the recommended range."""
    if without_rekeys(ctx):
        return
    least, most = ctx.settings.kek_lifetime_min_s, ctx.settings.kek_lifetime_max_s
    lifetimes = kek_lifetimes(ctx)
    yield from lifetimes.undecided(ctx)
    for fact in lifetimes.found:
        if least <= fact.value <= most:
            continue
        wanted = f"less than {least} s" if fact.value < least else f"more than {most} s"
        yield ctx.finding(
            fact.evidence,
            f"the rekey key of group {ctx.group} lives {fact.value} s, {wanted}",
            gdoi_or_gkm=gdoi_or_gkm(ctx),
            group=ctx.group,
            advised=least if fact.value < least else most,
        )


@rule(
    code="RKY002",
    aliases=("GV-015",),
    title="The rekey key lives at least twice as long as the traffic keys",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(CONFIG, KS_POLICY, GDOI, KS_REKEY),
    thresholds=("kek_tek_ratio_min", "kek_lifetime_min_s", "kek_lifetime_max_s"),
    source=CONCEPTS,
    rationale="""
        A rekey of the traffic keys can reach only members that hold the rekey key. Where that
        runs out as often as the traffic keys, one lost message costs a member both.
    """,
    fix=Grade.REKEY,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _example(10_800)},
    good={"ks1.cfg": _example(14_400)},
)
def lifetime_close_to_traffic_keys(ctx: ServerContext) -> Outcomes:
    """Compare each lifetime with the longest of the traffic keys."""
    if without_rekeys(ctx):
        return
    ratio = ctx.settings.kek_tek_ratio_min
    keks, teks = kek_lifetimes(ctx), tek_lifetimes(ctx)
    yield from keks.undecided(ctx)
    yield from teks.undecided(ctx)
    longest = max(teks.found, default=None, key=lambda fact: fact.value)
    if longest is None:
        return
    needed = max(ratio * longest.value, ctx.settings.kek_lifetime_min_s)
    # beyond the longest lifetime (RKY001) it is the traffic keys that live too long
    fits = needed <= ctx.settings.kek_lifetime_max_s
    for fact in keks.found:
        if fact.value < ratio * longest.value:
            yield ctx.finding(
                (fact.evidence, longest.evidence),
                f"the rekey key of group {ctx.group} lives {fact.value} s, less than {ratio} times "
                f"the {longest.value} s of its traffic keys",
                gdoi_or_gkm=gdoi_or_gkm(ctx),
                group=ctx.group,
                advised=needed,
                fixes=None if fits else (),
            )
