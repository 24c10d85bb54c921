"""Traffic keys: the time that members have to register again before one runs out."""

from collections.abc import Iterator

from ..context import GROUP, GroupContext, config_evidence, show_evidence
from ..group_keys import Fact, Facts, block_gap, members_of, servers_of
from ..needs import CONFIG, GDOI, KS_COOP, KS_POLICY
from ..rule import Fix, Grade, Outcomes, Severity, rule
from ..server_keys import tek_lifetimes
from ..sources import CONCEPTS, OURS

REGISTRATION_SHARE = 20
"""A member registers again when a twentieth of the lifetime remains (seed: 5 %) …"""

REGISTRATION_MIN_S = 60
"""… and not later than these seconds before the end (reference §3.5)."""

ROLLOVER_S = 30
"""Members change to the next key when these seconds remain of the old one (seed)."""

_WORLD = """
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
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
_MEMBER = """
hostname gm1
crypto gdoi group G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
"""


@rule(
    code="TEK005",
    aliases=("GV-057",),
    title="Members have time to try every key server before the traffic key runs out",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(CONFIG, KS_POLICY, GDOI, KS_COOP),
    thresholds=(
        "registration_cycle_s",
        "coop_servers_max",
        "tek_lifetime_min_s",
        "tek_lifetime_advised_min_s",
    ),
    source=f"{CONCEPTS}; the formula is of {OURS}",
    rationale="""
        A member that missed a rekey registers again when 5 % of the lifetime, and at least 60
        seconds, remain; it has to be done 30 seconds before the end. It tries a key server four
        times, ten seconds apart, before it goes to the next. Where the time does not suffice for
        all of them, the member can lose traffic although a key server is there. Lifetimes that
        are too short for any group are left to TEK001.
    """,
    remediation="""
crypto ipsec profile {profile}
 set security-association lifetime seconds {advised}""",
    bad={"ks1.cfg": _WORLD.format(lifetime=900), "gm1.cfg": _MEMBER},
    good={"ks1.cfg": _WORLD.format(lifetime=7200), "gm1.cfg": _MEMBER},
)
def registration_out_of_time(ctx: GroupContext) -> Outcomes:
    """Compare the time that the shortest key leaves with one round over the key servers."""
    lifetimes = [(server, tek_lifetimes(server)) for server in servers_of(ctx)]
    for server, facts in lifetimes:
        yield from facts.undecided(server)
    if not lifetimes:
        yield ctx.not_checked("no key server of the group is known")
    shortest = _shortest([facts for _, facts in lifetimes], ctx.settings.tek_lifetime_min_s)
    if not shortest:
        return
    seconds = shortest[0].value
    window = max(REGISTRATION_MIN_S, seconds // REGISTRATION_SHARE) - ROLLOVER_S
    cycle = ctx.settings.registration_cycle_s
    if window >= cycle * ctx.settings.coop_servers_max:
        return
    count = max(_listed(ctx), default=None, key=_value) or max(
        _cooperating(ctx), default=None, key=_value
    )
    if count is None:
        yield ctx.not_checked("nothing tells how many key servers the group has")
        return
    needed = cycle * count.value
    if window < needed:
        servers = "1 key server" if count.value == 1 else f"{count.value} key servers"
        enough = (needed + ROLLOVER_S) * REGISTRATION_SHARE
        advised = max(enough, ctx.settings.tek_lifetime_advised_min_s)
        yield ctx.finding(
            (*(fact.evidence for fact in shortest), count.evidence),
            f"traffic keys of group {ctx.group.name} live {seconds} s, which leaves members "
            f"{window} s to register again; to try {servers} takes {needed} s",
            profile=shortest[0].name,
            advised=advised,
            fixes=_longer(shortest, advised),
        )


def _longer(shortest: list[Fact[int]], advised: int) -> Iterator[Fix]:
    """The new lifetime on each key server whose configuration tells the old one."""
    for fact in shortest:
        if fact.evidence.kind == "config":
            lines = (
                f"crypto ipsec profile {fact.name}",
                f" set security-association lifetime seconds {advised}",
            )
            yield Fix(device=fact.evidence.device, lines=lines, grade=Grade.REKEY)


def _shortest(lifetimes: list[Facts[int]], least: int) -> list[Fact[int]]:
    """The shortest lifetime that groups can live with, as often as it is told."""
    long_enough = [fact for facts in lifetimes for fact in facts.found if fact.value >= least]
    seconds = min((fact.value for fact in long_enough), default=None)
    return [fact for fact in long_enough if fact.value == seconds]


def _value(fact: Fact[int]) -> int:
    return fact.value


def _listed(ctx: GroupContext) -> Iterator[Fact[int]]:
    """How many key servers members list."""
    for member in members_of(ctx):
        if member.view is not None and member.view.servers:
            evidence = config_evidence(member.device, member.view, "servers")
            yield Fact(value=len(member.view.servers), evidence=evidence)
        for output, group in member.rows(GDOI, lambda record: record.groups):
            if group.servers:
                evidence = show_evidence(output, group)
                yield Fact(value=len(group.servers), evidence=evidence)


def _cooperating(ctx: GroupContext) -> Iterator[Fact[int]]:
    """How many key servers the key servers know, themselves included."""
    for server in servers_of(ctx):
        view = server.view
        if view is not None and view.redundancy is not None:
            evidence = config_evidence(server.device, view.redundancy, "peers")
            yield Fact(value=1 + len(view.redundancy.peers), evidence=evidence)
        elif view is not None and not block_gap(server):
            yield Fact(value=1, evidence=config_evidence(server.device, view))
        for output, group in server.rows(KS_COOP, lambda record: record.groups):
            evidence = show_evidence(output, group)
            yield Fact(value=1 + len(group.peers), evidence=evidence)
