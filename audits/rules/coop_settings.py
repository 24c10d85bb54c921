"""What cooperative key servers have to agree in beyond the policy, and who of them leads."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..context import GROUP, GroupContext, ServerContext, config_evidence, show_evidence
from ..facts import Address
from ..group_keys import Fact, block_gap, gdoi_or_gkm
from ..needs import CONFIG, GDOI, KS, KS_COOP, KS_MEMBERS_SUMMARY
from ..rule import Fix, Grade, Outcomes, Severity, rule
from ..servers import ALIVE, NO_SERVER, PRIMARY, address_of, coop, cooperates, leading, redundancies
from ..software import COMPATIBILITY, Running, by_version, compatible, counted
from ..sources import CONCEPTS
from ..teams import teams
from .coop_state import coop_output

if TYPE_CHECKING:
    from ...parsers.records.gdoi_ks_coop import CoopGroup, CoopPeer

BASE = "base"
"""The format of announcements where none is configured."""

SCALE = "Cisco GETVPN configuration guide, 8K GM scale improvement"

_FILE = "{host}/show crypto gdoi ks coop.txt"
_SERVER = """
hostname {host}
crypto gdoi group G1
 identity number 1001
 server local
  address ipv4 {address}
  redundancy
   local priority 100{version}
   peer address ipv4 {peer}
"""
_MEMBERS = """
Total group members registered to this box: {members}

Key Server Information For Group G1:
    Group Name               : G1
    Group Identity           : 1001
    Group Members            : {members}
    IPSec SA Direction       : Both
    ACL Configured:
        access-list POLICY
"""


def _pair(version: str, other: str) -> dict[str, str]:
    own, peer = "10.10.1.1", "10.10.2.1"
    return {
        "ks1.cfg": _SERVER.format(host="ks1", address=own, peer=peer, version=version),
        "ks2.cfg": _SERVER.format(host="ks2", address=peer, peer=own, version=other),
    }


@rule(
    code="COOP012",
    aliases=("GV-070",),
    title="The key server with the highest priority is the primary",
    severity=Severity.INFO,
    scope=GROUP,
    needs=(KS_COOP,),
    source=CONCEPTS,
    rationale="""
        The priority decides elections only: a key server that comes back stays secondary, so the
        part of the primary is not where it was planned after a failure. That does no harm, but
        the next election may move it again, and the new primary may have a longer way to members.
    """,
    remediation="""
In a maintenance window, on the primary: clear crypto gdoi ks coop role""",
    bad={
        _FILE.format(host="ks2"): coop_output(
            "Secondary", "Primary", peer="10.10.1.1", address="10.10.2.1"
        )
    },
    good={_FILE.format(host="ks1"): coop_output("Primary", "Secondary")},
)
def primary_not_preferred(ctx: GroupContext) -> Outcomes:
    """Compare the priority of the primary with those of the others that are alive."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _preferred(ctx, team)


def _preferred(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    views = [shown for server in team if (shown := coop(server)) is not None]
    if not views:
        yield from (server.missing() for server in team)
    for output, group in views:
        rows = [row for row in _rows(group) if row.status in (None, ALIVE)]
        primaries = [row for row in rows if row.role == PRIMARY and row.priority is not None]
        if len(primaries) != 1:
            continue
        primary = primaries[0]
        best = max(rows, key=lambda row: row.priority or 0)
        if (best.priority or 0) > (primary.priority or 0):
            proofs = [show_evidence(output, row, "priority") for row in (primary, best)]
            yield ctx.finding(
                proofs,
                f"key server {primary.address} of group {group.group} is the primary with priority"
                f" {primary.priority}, although {best.address} has priority {best.priority}",
            )
            return


def _rows(group: "CoopGroup") -> "tuple[CoopGroup | CoopPeer, ...]":
    """The key server itself, and its peers."""
    return (group, *group.peers)


@rule(
    code="COOP013",
    aliases=("GV-105",),
    title="Key servers of a group announce in one format",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(CONFIG, KS_COOP),
    source=SCALE,
    rationale="""
        A key server drops announcements in a format that it does not expect. It then knows neither
        the new keys nor the members of the other one, and cannot take over. The size of messages
        (`protocol pdu`) has to be the same, too.
    """,
    remediation="""
On each key server of group {group}, under 'server local' and 'redundancy': the same
'protocol version' and 'protocol pdu'.""",
    bad=_pair("\n   protocol version optimize", ""),
    good=_pair("\n   protocol version optimize", "\n   protocol version optimize"),
)
def formats_differ(ctx: GroupContext) -> Outcomes:
    """Compare the versions as configured, or as peers show them, and the sizes as configured."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _versions(ctx, team)
            yield from _sizes(ctx, team)


def _versions(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    seen = dict(_shown_formats(team))
    found: dict[str, Fact[str]] = {}
    for server in team:
        fact = _format(server) or seen.get(address_of(server))
        if fact is None:
            gap = block_gap(server) or "nothing tells the format of its announcements"
            yield server.not_checked(gap)
        else:
            found[server.device.name] = fact
    known = {address_of(server) for server in team}
    found.update((str(peer), fact) for peer, fact in seen.items() if peer not in known)
    if len({fact.value for fact in found.values()}) < 2:
        return
    told = ", ".join(f"{fact.value} by {name}" for name, fact in found.items())
    lead = _format(leading(team))
    yield ctx.finding(
        [fact.evidence for fact in found.values()],
        f"key servers of group {team[0].group} announce in different formats: {told}",
        group=team[0].group,
        fixes=() if lead is None else tuple(_as(lead.value, team)),
    )


def _as(version: str, team: Sequence[ServerContext]) -> Iterator[Fix]:
    """The lines that give the key servers the format of the leading one."""
    for server in team:
        own = _format(server)
        if own is not None and own.value != version:
            lines = (
                f"crypto {gdoi_or_gkm(server)} group {server.group}",
                " server local",
                "  redundancy",
                f"   protocol version {version}",
            )
            yield Fix(device=server.device.name, lines=lines, grade=Grade.SAFE)


def _format(server: ServerContext) -> Fact[str] | None:
    """The format as configured; None where that is not known."""
    redundancy = server.view.redundancy if server.view is not None else None
    if redundancy is None or (redundancy.protocol_version is None and block_gap(server)):
        return None
    evidence = config_evidence(server.device, redundancy, "protocol_version")
    return Fact(value=redundancy.protocol_version or BASE, evidence=evidence)


def _shown_formats(team: Sequence[ServerContext]) -> Iterator[tuple[Address | None, Fact[str]]]:
    """The format of each peer, as the others see it."""
    for server in team:
        shown = coop(server)
        for peer in shown[1].peers if shown is not None else ():
            if shown is not None and peer.protocol is not None:
                evidence = show_evidence(shown[0], peer, "protocol")
                yield peer.address, Fact(value=peer.protocol, evidence=evidence)


def _sizes(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    blocks = [
        (server, server.view.redundancy)
        for server in team
        if server.view is not None and server.view.redundancy is not None and not block_gap(server)
    ]
    if len({block.pdu_size for _, block in blocks}) > 1:
        told = ", ".join(
            f"{block.pdu_size or 'the default'} on {server.device.name}" for server, block in blocks
        )
        yield ctx.finding(
            [config_evidence(server.device, block, "pdu_size") for server, block in blocks],
            f"key servers of group {team[0].group} have different sizes of messages: {told}",
            severity=Severity.MEDIUM,
            group=team[0].group,
        )


@rule(
    code="COOP014",
    aliases=("GV-104",),
    title="Key servers of large groups announce in the format that is made for them",
    severity=Severity.LOW,
    scope=GROUP,
    needs=(CONFIG, KS_COOP, KS, KS_MEMBERS_SUMMARY, GDOI),
    thresholds=("coop_base_members_max",),
    source=SCALE,
    rationale="""
        In the first format announcements name every member, so they grow with the group and are
        sent in many fragments. The optimized one is made for groups of up to 8000 members. All key
        servers have to know it before the first one uses it, and the path between them has to
        carry fragments.
    """,
    remediation="""
On all key servers of group {group}, in one change:
crypto {spelling} group {group}
 server local
  redundancy
   protocol version optimize""",
    bad={**_pair("", ""), "ks1/show crypto gdoi ks.txt": _MEMBERS.format(members=2001)},
    good={
        **_pair("\n   protocol version optimize", "\n   protocol version optimize"),
        "ks1/show crypto gdoi ks.txt": _MEMBERS.format(members=2001),
    },
)
def format_not_for_many(ctx: GroupContext) -> Outcomes:
    """Look at the format where the group has more members than the first one is made for."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _for_many(ctx, team)


def _for_many(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    formats = [fact for server in team if (fact := _format(server)) is not None]
    formats = formats or [fact for _, fact in _shown_formats(team)]
    if not formats:
        yield ctx.not_checked("nothing tells the format of announcements")
    basic = [fact for fact in formats if fact.value == BASE]
    counts = [fact for server in team for fact in member_counts(server)]
    if not basic or not counts:
        if basic:
            yield ctx.not_checked("nothing tells how many members the group has")
        return
    most = max(counts, key=lambda fact: fact.value)
    if most.value > ctx.settings.coop_base_members_max:
        yield ctx.finding(
            (most.evidence, *(fact.evidence for fact in basic)),
            f"group {team[0].group} has {most.value} members, and key servers announce them in"
            f" the format '{BASE}'",
            group=team[0].group,
            spelling=gdoi_or_gkm(team[0]),
            fixes=tuple(_as("optimize", team)),
        )


def member_counts(ctx: ServerContext) -> Iterator[Fact[int]]:
    """How many members the group has, as often as the key server tells it."""
    for output, group in ctx.rows(KS, lambda record: record.groups):
        yield Fact(value=group.members, evidence=show_evidence(output, group, "members"))
    for summary, row in ctx.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups):
        evidence = show_evidence(summary, row, "member_count")
        yield Fact(value=row.member_count, evidence=evidence)
    for status, served in ctx.rows(GDOI, lambda record: record.groups):
        if served.member_count is not None:
            evidence = show_evidence(status, served, "member_count")
            yield Fact(value=served.member_count, evidence=evidence)


@rule(
    code="COOP015",
    title="Key servers of a group run versions of the software that work together",
    severity=Severity.MEDIUM,
    scope=GROUP,
    needs=(KS_COOP, KS),
    source=COMPATIBILITY,
    rationale="""
        Key servers need one major and one minor number of the GETVPN software to understand each
        other. Another third number means that one lacks features of the other: whatever is
        configured works after a change of the primary only if both know it.
    """,
    remediation="""
Upgrade the key servers of group {group} to one release, the secondary ones first.""",
    bad={
        _FILE.format(host="ks1"): coop_output("Primary", "Secondary").replace(
            "Peer Version: 1.0.9", "Peer Version: 1.1.2"
        )
    },
    good={_FILE.format(host="ks1"): coop_output("Primary", "Secondary")},
)
def versions_differ(ctx: GroupContext) -> Outcomes:
    """Compare what the key servers say of themselves and of their peers."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        if len(team) > 1 or cooperates(team[0]) is not False:
            yield from _software(ctx, team)


def _software(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    running: dict[str, Running] = {}
    for server in team:
        for each in _running(server):
            running.setdefault(each.name, each)
    for server in team:
        if str(address_of(server)) not in running:
            yield server.not_checked("nothing tells the version of its software")
    found = by_version(running.values())
    if len(found) > 1:
        fits = compatible(found)
        what = "versions with different features" if fits else "versions that do not fit"
        yield ctx.finding(
            [devices[0].evidence for devices in found.values()],
            f"key servers of group {team[0].group} run {what}: {counted(found)}",
            severity=Severity.INFO if fits else None,
            group=team[0].group,
        )


def _running(server: ServerContext) -> Iterator[Running]:
    shown = coop(server)
    for row in _rows(shown[1]) if shown is not None else ():
        if shown is not None and row.version is not None and row.address is not None:
            evidence = show_evidence(shown[0], row, "version")
            yield Running(name=str(row.address), version=row.version, evidence=evidence)
    for redundancy, evidence in redundancies(server):
        if redundancy.version is not None:
            name = str(redundancy.address)
            yield Running(name=name, version=redundancy.version, evidence=evidence)
