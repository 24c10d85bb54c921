"""Rekeys that are not acknowledged, and when they are sent again."""

from collections.abc import Callable, Iterator
from functools import partial

from ..context import SERVER, ServerContext, config_evidence, show_evidence
from ..group_keys import Fact, Retransmission, gdoi_or_gkm, without_rekeys
from ..needs import CONFIG, GDOI, KS, KS_MEMBERS, KS_MEMBERS_SUMMARY, KS_REKEY
from ..rule import Evidence, Finding, Grade, Outcomes, Severity, rule
from ..server_keys import retransmissions
from ..settings import Settings
from ..sources import CONCEPTS

_SERVER = """
hostname ks1
crypto isakmp keepalive {keepalive} periodic
crypto gdoi group G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey retransmit {retransmit}
  rekey authentication mypubkey rsa REKEY
  rekey transport unicast
  sa ipsec 10
   profile PROF
   match address ipv4 POLICY
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
_SCHEMES = (
    "retransmit_large_s",
    "retransmit_large_count",
    "retransmit_small_s",
    "retransmit_small_count",
)
_REMEDIATION = """
crypto {gdoi_or_gkm} group {group}
 server local
  rekey retransmit {interval} number {count}"""


@rule(
    code="RKY003",
    aliases=("GV-016",),
    title="Rekeys are sent again twice every 60 seconds, or three times every 40 seconds",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, GDOI, KS_REKEY),
    thresholds=(*_SCHEMES, "small_group_members"),
    source=CONCEPTS,
    rationale="""
        To send a rekey to all members of a large group takes long, and so do their
        acknowledgements: retransmission should start after a complete round. Both schemes end
        after two minutes, so that short partitions of the network cost no member its keys. From
        about 400 members on, 40 seconds are short for a round.
    """,
    fix=Grade.SAFE,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _SERVER.format(keepalive=15, retransmit="10 number 2")},
    good={"ks1.cfg": _SERVER.format(keepalive=15, retransmit="60 number 2")},
)
def retransmission_not_as_recommended(ctx: ServerContext) -> Outcomes:
    """Compare with both schemes; the shorter interval is noted where the group is large."""
    if without_rekeys(ctx):
        return
    large, small = _schemes(ctx.settings)
    facts = retransmissions(ctx)
    yield from facts.undecided(ctx)
    for fact in facts.found:
        how = f"rekeys of group {ctx.group} are sent again {fact.value}"
        if not _fits(fact.value, (large, small)):
            default = " by default" if fact.is_default else ""
            message = f"{how}{default}, not {large} or {small}"
            yield _finding(ctx, (fact.evidence,), message, large)
        elif fact.value == small and (members := _members_of_large_group(ctx)):
            message = f"{how}, which is short for {members.value} members"
            proofs = (fact.evidence, members.evidence)
            yield _finding(ctx, proofs, message, large, Severity.LOW)


@rule(
    code="RKY005",
    aliases=("GV-018",),
    title="Retransmission lasts longer than key servers need to detect a dead peer",
    severity=Severity.MEDIUM,
    scope=SERVER,
    needs=(CONFIG, GDOI, KS_REKEY),
    thresholds=("dpd_retries", "core_convergence_s", *_SCHEMES[:2]),
    source=CONCEPTS,
    rationale="""
        When the network changes its paths or a key server dies, rekeys are lost until routing has
        converged or another key server has taken over. Retransmissions that end before do not
        reach the members.
    """,
    fix=Grade.SAFE,
    remediation=_REMEDIATION,
    bad={"ks1.cfg": _SERVER.format(keepalive="10 3", retransmit="10 number 2")},
    good={"ks1.cfg": _SERVER.format(keepalive="10 3", retransmit="60 number 2")},
)
def retransmission_ends_early(ctx: ServerContext) -> Outcomes:
    """Compare interval times count with the time of dead peer detection and of the core."""
    if without_rekeys(ctx):
        return
    facts = retransmissions(ctx)
    yield from facts.undecided(ctx)
    if facts.found and ctx.config_missing and not _keepalive(ctx):
        yield ctx.not_checked(f"the ISAKMP keepalive is not known: {ctx.config_missing}")
    limit = max((*_keepalive(ctx), *_convergence(ctx)), default=None, key=lambda each: each[0])
    if limit is None:
        return
    seconds, what, proofs = limit
    for fact in facts.found:
        span = fact.value.interval_s * (fact.value.count or 0)
        if fact.value.count is not None and span <= seconds:
            message = (
                f"rekeys of group {ctx.group} are sent again for {span} s ({fact.value}), not "
                f"longer than the {seconds} s {what}"
            )
            scheme = _longer_than(seconds, _schemes(ctx.settings)[0])
            yield _finding(ctx, (fact.evidence, *proofs), message, scheme)


def _keepalive(ctx: ServerContext) -> list[tuple[int, str, tuple[Evidence, ...]]]:
    """The time in which the key server notices that a peer is dead, where that is configured."""
    keepalive = ctx.config.isakmp_keepalive if ctx.config else None
    if keepalive is None or keepalive.interval_s is None:
        return []
    seconds = keepalive.interval_s + keepalive.retry_s * ctx.settings.dpd_retries
    evidence = config_evidence(ctx.device, keepalive)
    return [(seconds, "in which its keepalives detect a dead peer", (evidence,))]


def _convergence(ctx: ServerContext) -> list[tuple[int, str, tuple[Evidence, ...]]]:
    """The time that routing in the core needs, where the site has said it."""
    seconds = ctx.settings.core_convergence_s
    return [(seconds, "in which the core converges", ())] if seconds else []


def _longer_than(seconds: int, scheme: Retransmission) -> Retransmission:
    """`scheme`, with as many retransmissions as it takes to outlast `seconds`."""
    enough = seconds // scheme.interval_s + 1
    return Retransmission(interval_s=scheme.interval_s, count=max(scheme.count or 0, enough))


def _schemes(settings: Settings) -> tuple[Retransmission, Retransmission]:
    """The scheme for any group, and that for small ones."""
    large = Retransmission(
        interval_s=settings.retransmit_large_s, count=settings.retransmit_large_count
    )
    small = Retransmission(
        interval_s=settings.retransmit_small_s, count=settings.retransmit_small_count
    )
    return large, small


def _fits(found: Retransmission, schemes: tuple[Retransmission, ...]) -> bool:
    """Whether `found` is one of `schemes`, or goes on longer with the interval of one."""
    if found.count is None:
        return any(found.interval_s == scheme.interval_s for scheme in schemes)
    return found in schemes


def _members_of_large_group(ctx: ServerContext) -> Fact[int] | None:
    """The number of members, where show output tells that the group is large."""
    most = max(_member_counts(ctx), default=None, key=lambda counted: counted[0])
    if most is None or most[0] < ctx.settings.small_group_members:
        return None
    return Fact(value=most[0], evidence=most[1]())


def _member_counts(ctx: ServerContext) -> Iterator[tuple[int, Callable[[], Evidence]]]:
    """What outputs of the key server say about the number of members."""
    for listing in ctx.records(KS_MEMBERS):
        rows = [member for member in listing.record.members if member.group == ctx.group]
        if rows:
            yield len(rows), partial(show_evidence, listing, rows[0])
    for summary, group in ctx.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups):
        yield group.member_count, partial(show_evidence, summary, group, "member_count")
    for output, served in ctx.rows(KS, lambda record: record.groups):
        yield served.members, partial(show_evidence, output, served, "members")
    for status, shown in ctx.rows(GDOI, lambda record: record.groups):
        if shown.member_count is not None:
            yield shown.member_count, partial(show_evidence, status, shown, "member_count")


def _finding(
    ctx: ServerContext,
    proofs: tuple[Evidence, ...],
    message: str,
    scheme: Retransmission,
    severity: Severity | None = None,
) -> Finding:
    return ctx.finding(
        proofs,
        message,
        severity=severity,
        gdoi_or_gkm=gdoi_or_gkm(ctx),
        group=ctx.group,
        interval=scheme.interval_s,
        count=scheme.count,
    )
