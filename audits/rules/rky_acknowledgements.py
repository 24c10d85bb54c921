"""Members that do not acknowledge rekeys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from ..context import GROUP, GroupContext, MemberContext, ServerContext, show_evidence
from ..group_keys import block_gap, members_of, servers_of
from ..needs import GDOI, KS_MEMBERS, KS_MEMBERS_SUMMARY
from ..rule import Evidence, Outcomes, Severity, rule
from ..sources import CONCEPTS

if TYPE_CHECKING:
    from ..facts import Address

REMOVED_AFTER = 3
"""Scheduled rekeys in a row that a member misses before the key server removes it (seed)."""

_MEMBERS = """
Group Member Information :

Number of rekeys sent for group G1 : 31

Group Member ID    : 10.20.1.1  GM Version: 1.0.26
 Group ID          : 1001
 Group Name        : G1
 Group Type        : GDOI (ISAKMP)
 GM State          : Registered
 Key Server ID     : 10.10.1.1
 Rekeys sent       : 31
 Rekeys retries    : {retries}
 Rekey Acks Rcvd   : {acknowledged}
 Rekey Acks missed : {missed}

 Sent seq num : 0     1     2     3
 Rcvd seq num : 0     1     2     3
"""
_FILE = "ks1/show crypto gdoi ks members.txt"


@rule(
    code="RKY004",
    aliases=("GV-017", "GV-076"),
    title="Every member acknowledges every rekey",
    severity=Severity.HIGH,
    scope=GROUP,
    needs=(KS_MEMBERS, KS_MEMBERS_SUMMARY),
    thresholds=("acks_missed_warn", "acks_missed_high"),
    source=CONCEPTS,
    rationale="""
        A key server removes a member that has not acknowledged three scheduled rekeys in a row,
        with all their retransmissions, and sends it no more of them: the member gets its keys by
        registering again each time. Retransmissions and missed rekeys of one member point at its
        path or its load, those of many members at the key server.
    """,
    remediation="""
Find out why member {member} does not answer: rekeys go to UDP port 848 of its registered address;
look at the path, filters, its load, and `show crypto gdoi gm rekey` there.""",
    bad={_FILE: _MEMBERS.format(retries=4, acknowledged=29, missed=2)},
    good={_FILE: _MEMBERS.format(retries=0, acknowledged=31, missed=0)},
)
def rekeys_not_acknowledged(ctx: GroupContext) -> Outcomes:
    """Look at the worst counter that any key server shows for each member."""
    servers = tuple(server for server in servers_of(ctx) if not _sends_no_unicast(server))
    if ctx.group.servers and not servers:
        return
    worst: dict[Address, _Counter] = {}
    for server in servers:
        for address, counter in _counters(server).items():
            if address not in worst or counter.missed > worst[address].missed:
                worst[address] = counter
    devices = _devices_by_address(ctx) if worst else {}
    for address, counter in worst.items():
        if counter.missed < ctx.settings.acks_missed_warn:
            continue
        rekeys = "1 rekey" if counter.missed == 1 else f"{counter.missed} rekeys"
        grave = counter.missed >= ctx.settings.acks_missed_high
        yield ctx.finding(
            counter.prove(),
            f"member {address} of group {counter.group} did not acknowledge {rekeys}; key servers "
            f"remove a member after {REMOVED_AFTER} in a row",
            device=devices.get(address, counter.device),
            severity=None if grave else Severity.MEDIUM,
            member=address,
        )
    if not any(_is_listed_in_full(server) for server in servers):
        yield ctx.not_checked(_gap(servers))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Counter:
    """The rekeys that a member missed, as `device` shows them."""

    missed: int
    device: str
    group: str
    prove: Callable[[], Evidence]


def _sends_no_unicast(server: ServerContext) -> bool:
    """Whether rekeys are multicast, or there are none: nobody acknowledges."""
    return server.view is not None and not server.view.rekey_unicast and not block_gap(server)


def _counters(server: ServerContext) -> dict[Address, _Counter]:
    """The counter of each member; of several outputs the last counts, the summary last of all."""
    found: dict[Address, _Counter] = {}

    def take(address: Address, missed: int, prove: Callable[[], Evidence]) -> None:
        device = server.device.name
        found[address] = _Counter(missed=missed, device=device, group=server.group, prove=prove)

    for listing, member in server.rows(KS_MEMBERS, lambda record: record.members):
        if member.acks_missed is not None:
            shown = partial(show_evidence, listing, member, "acks_missed")
            take(member.address, member.acks_missed, shown)
    listed = set(found)
    for summary, group in server.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups):
        for row in (row for each in group.servers for row in each.members):
            if row.address not in listed:
                prove = partial(show_evidence, summary, row, "acks_missed")
                take(row.address, row.acks_missed, prove)
    return found


def _is_listed_in_full(server: ServerContext) -> bool:
    """Whether the key server shows the counters of all members."""
    for listing in server.records(KS_MEMBERS):
        of_one = not listing.record.command.rpartition(" ")[2].startswith("m")
        uncounted = any(
            member.acks_missed is None
            for member in listing.record.members
            if member.group == server.group
        )
        if listing.complete and not of_one and not uncounted:
            return True
    return any(summary.complete for summary in server.records(KS_MEMBERS_SUMMARY))


def _gap(servers: tuple[ServerContext, ...]) -> str:
    if any(server.records(KS_MEMBERS) or server.records(KS_MEMBERS_SUMMARY) for server in servers):
        return "the list of members is not whole, or has no counters of acknowledgements"
    return f"there is no {KS_MEMBERS} or {KS_MEMBERS_SUMMARY}"


def _devices_by_address(ctx: GroupContext) -> dict[Address, str]:
    """The members of the fleet by each of their addresses."""
    found: dict[Address, str] = {}
    for member in members_of(ctx):
        found.update(dict.fromkeys(_addresses(member), member.device.name))
    return found


def _addresses(member: MemberContext) -> Iterator[Address]:
    if member.config is not None:
        for interface in member.config.interfaces.values():
            yield from (each.ip for each in interface.addresses)
            yield from (each.ip for each in interface.ipv6_addresses)
    for _, group in member.rows(GDOI, lambda record: record.groups):
        for row in group.members:
            if row.address is not None:
                yield row.address
