"""What cooperative key servers share at any time: the keys, and the database of members."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, permutations
from typing import TYPE_CHECKING

from ..context import GROUP, GroupContext, ServerContext, show_evidence
from ..facts import Address
from ..needs import GDOI, KS, KS_MEMBERS, KS_MEMBERS_SUMMARY, KS_POLICY
from ..rule import Evidence, Finding, Outcomes, Severity, rule
from ..servers import NO_SERVER, address_of, cooperates, current_kek, current_teks, latest
from ..sources import CSM, GUIDE
from ..teams import teams

if TYPE_CHECKING:
    from ...parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, KsPolicy, Tek
    from ..facts import Shown

_NAMED = 3
"""Members that a message names; more would make it unreadable."""

_POLICY = """
Key Server Policy:
For group G1 (handle: 2147483650) server {server} (handle: 2147483650):

  # of teks : 1  Seq num : 3
  KEK POLICY (transport type : Unicast)
    spi : 0x7C1E94D2A05B3F6681D24C97E3A8B051
    management alg     : disabled    encrypt alg       : AES
    crypto iv length   : 16          key size          : 32
    orig life(sec): 86400       remaining life(sec): 52810
    time to rekey (sec): 52485
    sig hash algorithm : enabled     sig key length    : 294
    sig size           : 256
    sig key name       : REKEY

  TEK POLICY (encaps : ENCAPS_TUNNEL)
    spi                : {tek}
    access-list        : POLICY
    transform          : esp-256-aes esp-sha256-hmac
    alg key size       : 32            sig key size          : 32
    orig life(sec)     : 7200          remaining life(sec)   : 6800
    tek life(sec)      : 7200          elapsed time(sec)     : 400
    override life (sec): 0             antireplay window size: 5
    time to rekey (sec): 6000
"""
_POLICY_FILE = "{host}/show crypto gdoi ks policy.txt"
_KS = """
Total group members registered to this box: {members}

Key Server Information For Group G1:
    Group Name               : G1
    Re-auth on new CRL       : Disabled
    Group Identity           : 1001
    Group Type               : GDOI (ISAKMP)
    Group Members            : {members}
    Rekey Acknowledgement Cfg: Cisco
    IPSec SA Direction       : Both
    IP D3P Window            : Disabled
    Split Resiliency Factor  : 0
    CKM status               : Disabled
    ACL Configured:
        access-list POLICY
    Redundancy               : Configured
        Local Address        : {address}
        Local Priority       : 100
        Local KS Status      : Alive
        Local KS Role        : Primary
        Local KS Version     : 1.0.27
        Local COOP Version   : 1.0.8
"""
_KS1_POLICY = _POLICY.format(server="10.10.1.1", tek="0x5A1C77E0")


@rule(
    code="COOP010",
    aliases=("GV-071",),
    title="All key servers of a group hold the same keys",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(KS_POLICY,),
    source=GUIDE,
    rationale="""
        The primary gives its rekey key (KEK) and traffic keys (TEK) to the others. Where they
        hold others, the group is split: members of one part cannot decrypt what those of the
        other part send, and report invalid SPIs.
    """,
    remediation="""
Compare 'show crypto gdoi ks coop' on all key servers of group {group}, restore the path between
them, and send a rekey from the primary: crypto gdoi ks rekey""",
    bad={
        _POLICY_FILE.format(host="ks1"): _KS1_POLICY,
        _POLICY_FILE.format(host="ks2"): _POLICY.format(server="10.10.2.1", tek="0x77C0FFEE"),
    },
    good={
        _POLICY_FILE.format(host="ks1"): _KS1_POLICY,
        _POLICY_FILE.format(host="ks2"): _POLICY.format(server="10.10.2.1", tek="0x5A1C77E0"),
    },
)
def keys_differ(ctx: GroupContext) -> Outcomes:
    """Compare the SPIs of the current keys; superseded traffic keys do not count.

    Outputs may lie on either side of a rekey: the message says how far apart they would have to
    be. Where one key server still holds the keys of the other, it is less severe.
    """
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _compared_keys(ctx, team)


def _compared_keys(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    found: dict[Address | str, _Held] = {}
    for server in team:
        shown = latest(server.rows(KS_POLICY, lambda record: record.groups))
        if shown is not None and shown[0].complete:
            found.setdefault(address_of(server) or server.device.name, _held(server, *shown))
        elif shown is not None:
            yield server.not_checked(f"'{shown[0].record.command}' is not known in full")
        elif cooperates(server) is not False:
            yield server.missing()
    held = tuple(found.values())
    if len(held) == 1:
        yield ctx.not_checked("the keys of only one key server are known")
    elif len({each.keks.spis for each in held}) > 1:
        yield _finding(ctx, team[0].group, "rekey", [each.keks for each in held])
    elif len({each.teks.spis for each in held}) > 1:
        numbers = {each.sequence for each in held}
        told = ", ".join(f"{each.sequence} on {each.teks.server}" for each in held)
        sequences = f"; rekey sequence numbers: {told}" if len(numbers) > 1 else ""
        yield _finding(ctx, team[0].group, "traffic", [each.teks for each in held], sequences)


def _finding(
    ctx: GroupContext, group: str, kind: str, sets: "list[_Keys]", addition: str = ""
) -> Finding:
    shown = "; ".join(str(keys) for keys in sets)
    message = f"key servers of group {group} hold different {kind} keys: {shown}"
    apart = _seconds_apart(sets)
    if apart is not None:
        addition += f"; a rekey explains it if the outputs lie at least {apart} s apart"
    overlap = all(
        one.spis <= other.living or other.spis <= one.living for one, other in combinations(sets, 2)
    )
    return ctx.finding(
        [evidence for keys in sets for evidence in keys.evidence],
        message + addition,
        severity=Severity.MEDIUM if overlap else None,
        group=group,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Key:
    """A key in use: `until_s` seconds remain to its rekey, it was made `age_s` seconds ago."""

    spi: str
    until_s: int
    age_s: int
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class _Keys:
    """The keys of one kind in use on a key server; `living` has the SPIs of all not expired."""

    server: str
    keys: tuple[_Key, ...]
    living: frozenset[str]
    block: Evidence

    @property
    def spis(self) -> frozenset[str]:
        """The SPIs of the keys in use."""
        return frozenset(key.spi for key in self.keys)

    @property
    def evidence(self) -> tuple[Evidence, ...]:
        """Proof of the keys, or that there are none."""
        return tuple(key.evidence for key in self.keys) or (self.block,)

    def __str__(self) -> str:
        return f"{' and '.join(sorted(self.spis)) or 'none'} on {self.server}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What a key server holds; `sequence` is that of its last rekey message under this KEK."""

    sequence: int | None
    keks: _Keys
    teks: _Keys


def _held(server: ServerContext, output: "Shown[KsPolicy]", group: "KsGroupPolicy") -> _Held:
    kek = current_kek(group)
    keks = () if kek is None else (_key(output, kek, kek.lifetime_s, 32),)
    teks = tuple(_key(output, tek, tek.tek_life_s, 8) for tek in current_teks(group))
    name, block = server.device.name, show_evidence(output, group)
    return _Held(
        sequence=group.sequence,
        keks=_Keys(server=name, keys=keks, living=_living(group.keks, 32), block=block),
        teks=_Keys(server=name, keys=teks, living=_living(group.teks, 8), block=block),
    )


def _key(output: "Shown[KsPolicy]", row: "Kek | Tek", lifetime_s: int | None, digits: int) -> _Key:
    remaining = row.remaining_s or 0
    spi = _spi(row, digits)
    return _Key(
        spi=spi,
        until_s=row.time_to_rekey_s or remaining,
        age_s=max((lifetime_s or remaining) - remaining, 0),
        evidence=replace(show_evidence(output, row, "spi"), value=spi),
    )


def _living(rows: "Sequence[Kek | Tek]", digits: int) -> frozenset[str]:
    return frozenset(_spi(row, digits) for row in rows if row.remaining_s != 0)


def _spi(row: "Kek | Tek", digits: int) -> str:
    """The SPI as IOS prints it."""
    return "unknown" if row.spi is None else f"0x{row.spi:0{digits}X}"


def _seconds_apart(sets: Sequence[_Keys]) -> int | None:
    """The least time between two outputs if a rekey made the keys of one out of the other's.

    The older key has to reach its rekey, and the newer one its age.
    """
    apart = (
        old.until_s + new.age_s
        for before, after in permutations(sets, 2)
        for old in before.keys
        for new in after.keys
        if old.spi != new.spi
    )
    return min(apart, default=None)


@rule(
    code="COOP011",
    aliases=("GV-073",),
    title="All key servers of a group know the same number of members",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(KS_MEMBERS, KS_MEMBERS_SUMMARY, KS, GDOI),
    source=CSM,
    rationale="""
        Key servers announce the members that register with them to each other. A server that
        knows fewer sends no rekeys to the rest when it becomes the primary: those members have to
        register again, or lose traffic when their keys expire.
    """,
    remediation="""
Compare 'show crypto gdoi ks coop' on all key servers of group {group}: peers alive, IKE
established, no packets dropped.""",
    bad={
        "ks1/show crypto gdoi ks.txt": _KS.format(address="10.10.1.1", members=12),
        "ks2/show crypto gdoi ks.txt": _KS.format(address="10.10.2.1", members=11),
    },
    good={
        "ks1/show crypto gdoi ks.txt": _KS.format(address="10.10.1.1", members=12),
        "ks2/show crypto gdoi ks.txt": _KS.format(address="10.10.2.1", members=12),
    },
)
def member_counts_differ(ctx: GroupContext) -> Outcomes:
    """Compare the databases, or where a server shows no more than their size, that."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _compared_counts(ctx, team)


def _compared_counts(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    found: dict[Address | str, _Database] = {}
    for server in team:
        database = next(_databases(server), None)
        if database is not None:
            found.setdefault(address_of(server) or server.device.name, database)
        elif cooperates(server) is not False:
            yield server.missing()
    known = tuple(found.values())
    if len(known) == 1:
        yield ctx.not_checked("the members of only one key server are known")
    elif len({each.count for each in known}) > 1:
        group = team[0].group
        counts = ", ".join(f"{each.count} on {each.server}" for each in known)
        message = f"key servers of group {group} know different numbers of members: {counts}"
        evidence = [each.evidence for each in known]
        yield ctx.finding(evidence, message + _strangers(known), group=group)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Database:
    """How many members a key server knows, and which; `members` None where they are not shown."""

    server: str
    count: int
    members: frozenset[Address] | None
    evidence: Evidence


def _databases(server: ServerContext) -> Iterator[_Database]:
    """What the commands say, the most detailed one first; lists of members have to be whole."""
    name = server.device.name
    for output in reversed(server.records(KS_MEMBERS)):
        record = output.record
        served = any(group.group == server.group for group in record.groups)
        if output.complete and served and record.command.endswith(" members"):
            members = frozenset(
                each.address for each in record.members if each.group == server.group
            )
            evidence = show_evidence(output, record)
            evidence = replace(evidence, field="members", value=str(len(members)))
            yield _Database(server=name, count=len(members), members=members, evidence=evidence)
    summary = latest(server.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups))
    if summary is not None:
        table, row = summary
        listed = [each.address for part in row.servers for each in part.members]
        yield _Database(
            server=name,
            count=row.member_count,
            members=frozenset(listed) if table.complete else None,
            evidence=show_evidence(table, row, "member_count"),
        )
    served_groups = latest(server.rows(KS, lambda record: record.groups))
    if served_groups is not None:
        listing, group = served_groups
        evidence = show_evidence(listing, group, "members")
        yield _Database(server=name, count=group.members, members=None, evidence=evidence)
    status = latest(server.rows(GDOI, lambda record: record.groups))
    if status is not None and status[1].member_count is not None:
        evidence = show_evidence(*status, "member_count")
        count = status[1].member_count
        yield _Database(server=name, count=count, members=None, evidence=evidence)


def _strangers(known: Sequence[_Database]) -> str:
    """Who is not known to all, where all key servers show their members."""
    lists = [each.members for each in known if each.members is not None]
    if len(lists) < len(known):
        return ""
    some = sorted(frozenset.union(*lists) - frozenset.intersection(*lists), key=int)
    more = f" and {len(some) - _NAMED} more" if len(some) > _NAMED else ""
    return f"; not everywhere: {', '.join(map(str, some[:_NAMED]))}{more}"
