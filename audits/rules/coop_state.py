"""Cooperative key servers at work: sessions and the election."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..context import (
    GROUP,
    SERVER,
    GroupContext,
    ServerContext,
    config_evidence,
    show_evidence,
)
from ..facts import Address
from ..needs import GDOI, KS, KS_COOP
from ..rule import Evidence, Outcomes, Severity, rule
from ..servers import (
    ALIVE,
    ESTABLISHED,
    NO_SERVER,
    PRIMARY,
    coop,
    cooperates,
    redundancies,
)
from ..sources import CONCEPTS
from ..teams import teams

if TYPE_CHECKING:
    from ...parsers.records.gdoi_ks_coop import CoopGroup, CoopPeer

ELECTION = "Election"

_FILE = "{host}/show crypto gdoi ks coop.txt"
_COOP = """
Crypto Gdoi Group Name :G1
        Group handle: 2147483650, Local Key Server handle: 2147483650

        Local Address: {address}
        Local Priority: 100
        Local KS Role: {role} , Local KS Status: Alive
        Local KS version: 1.0.9
        Primary Timers:
                Primary Refresh Policy Time: 20
                Remaining Time: 14
                Antireplay Sequence Number: 46

        Peer Sessions:
        Session 1:
                Server handle: 2147483651
                Peer Address: {peer}
                Peer Version: 1.0.9
                Peer Priority: 75
                Peer KS Role: {peer_role} , Peer KS Status: {status}
                Antireplay Sequence Number: 64

                IKE status: {ike}
                Counters:
                    Ann msgs sent: 45
                    Ann msgs sent with reply request: 1
                    Ann msgs recv: 43
                    Ann msgs recv with reply request: 1
                    Packet sent drops: 0
                    Packet Recv drops: 0
                    Total bytes sent: 18630
                    Total bytes recv: 34081
"""


def coop_output(role: str, peer_role: str, **other: str) -> str:
    """An output of `show crypto gdoi ks coop` for the examples of this topic."""
    values = {
        "address": "10.10.1.1",
        "peer": "10.10.2.1",
        "status": ALIVE,
        "ike": ESTABLISHED,
        **other,
    }
    return _COOP.format(role=role, peer_role=peer_role, **values)


@rule(
    code="COOP007",
    aliases=("GV-052", "GV-059"),
    title="Key servers see each other alive, over established IKE, with no election under way",
    severity=Severity.HIGH,
    scope=SERVER,
    needs=(KS_COOP,),
    source=CONCEPTS,
    rationale="""
        Cooperation is a persistent synchronisation of the database of members and keys over the
        IKE SA between the key servers, so that SA is always there. Without it the servers drift
        apart, and may each become primary. Before one of them is upgraded or restarted, all the
        others have to be alive and in step.
    """,
    remediation="""
Check the path between {address} and {peer} (UDP 848, fragments), the IKE policy and key of both,
and 'crypto isakmp keepalive <seconds> periodic'.""",
    bad={"ks1/show crypto gdoi ks coop.txt": coop_output("Primary", "Secondary", status="Dead")},
    good={"ks1/show crypto gdoi ks coop.txt": coop_output("Primary", "Secondary")},
)
def peer_not_in_step(ctx: ServerContext) -> Outcomes:
    """The status, the IKE status and the role of each peer, and that there is a session."""
    shown = coop(ctx)
    if shown is None:
        if cooperates(ctx) is not False:
            yield ctx.missing()
        return
    output, group = shown
    local = group.address or "<this key server>"
    roles = {group.role, *(peer.role for peer in group.peers)}
    for peer in group.peers:
        field, problem = _fault(peer, elected=PRIMARY in roles, whole=output.complete)
        if problem:
            message = f"peer {peer.address} of group {ctx.group} {problem}"
            yield ctx.shown(output, peer, field, message, address=local, peer=peer.address)
    if not output.complete:
        yield ctx.not_checked(f"'{output.record.command}' is not known in full")
    elif ctx.view is not None and ctx.view.redundancy is not None:
        redundancy = ctx.view.redundancy
        running = {peer.address for peer in group.peers}
        for address, line in zip(redundancy.peers, redundancy.peer_lines, strict=True):
            if address not in running:
                evidence = (config_evidence(ctx.device, line), show_evidence(output, group))
                message = f"there is no session with peer {address} of group {ctx.group}"
                yield ctx.finding(evidence, message, address=local, peer=address)


def _fault(peer: "CoopPeer", *, elected: bool, whole: bool) -> tuple[str, str]:
    """The field that tells what is wrong with `peer`, and a text; empty when all is well.

    In a group without primary the election is not a fault of its own: see COOP009.
    """
    status = _status(peer, whole=whole)
    ike = peer.ike_status or ("Unknown" if whole else ESTABLISHED)
    texts = [f"is {status}"] if status != ALIVE else []
    texts += [f"has IKE status {ike}"] if ike != ESTABLISHED else []
    if texts:
        return ("status" if status != ALIVE else "ike_status"), " and ".join(texts)
    if peer.role == ELECTION and elected:
        return "role", "is in an election"
    return "", ""


@rule(
    code="COOP009",
    aliases=("GV-069",),
    title="A group has exactly one primary key server",
    severity=Severity.CRITICAL,
    scope=GROUP,
    needs=(KS_COOP, KS, GDOI),
    source=CONCEPTS,
    rationale="""
        Only the primary makes keys and sends rekeys. Two primaries, split by the network, give
        their members different keys, so that traffic between them is dropped; without a primary
        nobody sends the next keys.
    """,
    remediation="""
Restore the path between the key servers: they elect one primary by themselves, which sends a
rekey. See 'show crypto gdoi ks coop' on each of them.""",
    bad={
        _FILE.format(host="ks1"): coop_output("Primary", "Secondary", status="Dead"),
        _FILE.format(host="ks2"): coop_output(
            "Primary", "Secondary", address="10.10.2.1", peer="10.10.1.1"
        ),
    },
    good={
        _FILE.format(host="ks1"): coop_output("Primary", "Secondary"),
        _FILE.format(host="ks2"): coop_output(
            "Secondary", "Primary", address="10.10.2.1", peer="10.10.1.1"
        ),
    },
)
def not_one_primary(ctx: GroupContext) -> Outcomes:
    """Collect the key servers that say, or are said, to be primary."""
    if not ctx.group.servers:
        yield ctx.not_checked(NO_SERVER)
    for team in teams(ctx):
        yield from _primaries(ctx, team)


def _primaries(ctx: GroupContext, team: Sequence[ServerContext]) -> Outcomes:
    primaries: dict[Address, Evidence] = {}
    others: list[Evidence] = []
    whole = True
    told = {server.device.name: tuple(_roles(server)) for server in team}
    own = {each.address: each.role for roles in told.values() for each in roles if each.is_own}
    for server in team:
        roles = told[server.device.name]
        if not roles:
            if cooperates(server) is not False:
                whole = False
                yield server.missing()
            continue
        for each in roles:
            whole = whole and each.whole
            # what a key server says of itself is newer than what its peers heard of it
            if each.role == PRIMARY and own.get(each.address, PRIMARY) == PRIMARY:
                primaries.setdefault(each.address, each.evidence)
            else:
                others.append(each.evidence)
    if len(primaries) > 1:
        names = " and ".join(map(str, primaries))
        message = f"group {team[0].group} has {len(primaries)} primary key servers: {names}"
        yield ctx.finding(primaries.values(), message)
    elif others and not primaries:
        if whole:
            yield ctx.finding(others, f"no key server of group {team[0].group} is primary")
        else:
            yield ctx.not_checked("which key server is primary is not known")


def _status(row: "CoopGroup | CoopPeer", *, whole: bool) -> str:
    """What is shown of a key server's state; a whole output without any has `Unknown`."""
    return row.status or ("Unknown" if whole else ALIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Role:
    """The role of the key server `address`; `whole` tells that no role is missing beside it.

    `is_own` tells that the key server says so of itself.
    """

    address: Address
    role: str | None
    evidence: Evidence
    whole: bool
    is_own: bool


def _roles(server: ServerContext) -> Iterator[_Role]:
    """What a key server says of itself and its peers."""
    shown = coop(server)
    if shown is not None:
        output, group = shown
        rows: tuple[CoopGroup | CoopPeer, ...] = (group, *group.peers)
        for row in rows:
            # of a peer that is gone the role is shown that it had
            gone = row is not group and _status(row, whole=output.complete) != ALIVE
            if row.address is not None:
                yield _Role(
                    address=row.address,
                    role=None if gone else row.role,
                    evidence=show_evidence(output, row, "role"),
                    whole=output.complete and not gone,
                    is_own=row is group,
                )
        return
    for redundancy, evidence in redundancies(server):
        address, role = redundancy.address, redundancy.role
        yield _Role(address=address, role=role, evidence=evidence, whole=False, is_own=True)
