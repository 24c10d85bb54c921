"""The members that a key server knows: `show crypto gdoi ks members`."""

from collections import deque
from collections.abc import Iterable, Iterator
from itertools import islice

from ..gdoi.policy import Transport
from ..gdoi.records import HISTORY, MemberRecord
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers, in_pieces
from .gdoi_ks_layout import Layout, Row, layout_of
from .gdoi_ks_words import TYPES

HEADING = "Group Member Information : "
ABSENT = "Group Member not Found"
"""From memory; no output was at hand."""
PIECE_MEMBERS = 64
"""How many members are printed at once."""
MILLISECONDS = 1000
STATES = {False: "Registered", True: "Revoked"}
"""By whether a member was removed; the second is from memory."""

declared = CommandSet()
declared.words(
    {
        "ks members": "Show the group members that registered",
        "ks members summary": "Show a summary of the group members",
        "ks members A.B.C.D": "Address of a group member",
    }
)


@both_spellings(declared, "ks members [<address:ipv4>]")
async def show_members(call: Call) -> str | None:
    """All members, or the one with an address."""
    groups, layout = chosen_servers(call), layout_of(call.router)
    return await in_pieces(call, _pieces(groups, layout, call.get("address")))


def _pieces(groups: list[ServerGroup], layout: Layout, address: str | None) -> Iterator[str]:
    yield "\n" if layout.wide else f"\n{HEADING}\n\n"
    for group in groups:
        if address is None:
            yield as_text(_count_lines(group, layout))
            members = iter(list(group.members.values()))
            while some := list(islice(members, PIECE_MEMBERS)):
                yield "".join(_member_text(group, member, layout) for member in some)
        elif address in group.members:
            yield as_text(_count_lines(group, layout))
            yield _member_text(group, group.members[address], layout)
        else:
            yield f"{ABSENT}\n"


def _count_lines(group: ServerGroup, layout: Layout) -> list[str]:
    name = group.policy.group
    lines = [f"Number of rekeys sent for group {name} : {group.rekeys_sent}"]
    if layout.has(Row.REKEY_COUNTS):
        milliseconds = round(group.duration_s * MILLISECONDS)
        lines += [
            f"Number of retransmits during the last rekey for group {name} : {group.retransmits}",
            f"Duration of the last rekey for group {name} : {milliseconds} msec",
        ]
    return [*lines, ""]


def _member_text(group: ServerGroup, member: MemberRecord, layout: Layout) -> str:
    """A member, with the empty lines behind it."""
    return (
        f"{_head(member, layout)}\n"
        f" Group ID          : {group.policy.identity}\n"
        f" Group Name        : {group.policy.group}\n"
        f"{_kind(member, layout)}"
        f" Key Server ID     : {member.key_server}\n"
        f"{_rekeys(group, member, layout)}\n"
    )


def _head(member: MemberRecord, layout: Layout) -> str:
    if not layout.has(Row.VERSIONS):
        return f"Group Member ID    : {member.address}"
    if layout.wide:
        return f"Group Member ID    : {member.address}  GM Version: {member.version}"
    return f"Group Member ID    : {member.address:<20}GM Version: {member.version}"


def _kind(member: MemberRecord, layout: Layout) -> str:
    text = ""
    if layout.has(Row.GROUP_TYPE):
        text = f" Group Type        : {TYPES[member.protocol]}\n"
    if layout.has(Row.VERSIONS):
        text += f" GM State          : {STATES[member.revoked]}\n"
    return text


def _rekeys(group: ServerGroup, member: MemberRecord, layout: Layout) -> str:
    """The counters of unicast rekeys, which alone are acknowledged."""
    if group.policy.rekey.transport is not Transport.UNICAST:
        return "\n" if layout.wide else ""
    text = (
        f" Rekeys sent       : {member.rekeys_sent}\n"
        f" Rekeys retries    : {member.retries}\n"
        f" Rekey Acks Rcvd   : {member.acks}\n"
        f" Rekey Acks missed : {member.missed}\n"
        "\n"
    )
    sent = _history(member.sent, member.rekeys_sent)
    received = _history(member.received, member.acks)
    if layout.wide:
        cells = [[f"{number:<6}" for number in numbers] for numbers in (sent, received)]
        return f"{text} Sent seq num : {''.join(cells[0])}\n Rcvd seq num : {''.join(cells[1])}\n\n"
    cells = [[f"{number:<8}" for number in numbers] for numbers in (sent, received)]
    return (
        f"{text} Sent seq num : {''.join(cells[0]).rstrip()}\n"
        f"Rcvd seq num :  {''.join(cells[1]).rstrip()}\n"
    )


def _history(numbers: deque[int], count: int) -> list[int]:
    """The last sequence numbers: the newest has taken the place of the oldest (output of 15.0).

    `count` is how many there have been; 0 stands where there is none.
    """
    found = list(numbers)
    if len(found) < HISTORY:
        return [*found, *[0] * (HISTORY - len(found))]
    newest = (count - 1) % HISTORY
    return [found[(place - newest - 1) % HISTORY] for place in range(HISTORY)]


# ---- summary ----


@both_spellings(declared, "ks members summary")
async def show_summary(call: Call) -> str | None:
    """The members by the key server with which they registered."""
    return await in_pieces(call, _summary_pieces(chosen_servers(call)))


def _summary_pieces(groups: list[ServerGroup]) -> Iterator[str]:
    yield f"{HEADING}\n\n"
    for group in groups:
        policy = group.policy
        yield (
            f"Group Name: {policy.group}, ID: {policy.identity}, "
            f"Group Members: {len(group.members)}\n"
        )
        for server, members in _by_server(group).items():
            state = "LOCAL" if server == policy.address else "REDUNDANT"
            yield (
                f"Key Server ID: {server}, GMDB state: {state}, Group Members: {len(members)}\n"
                "  Member ID     Version      Rekey sent     Rekey Ack missed\n"
            )
            rows = iter(members)
            while some := list(islice(rows, PIECE_MEMBERS)):
                yield as_text(_summary_rows(some))
            yield "\n"
        yield "\n"


def _by_server(group: ServerGroup) -> dict[str, list[MemberRecord]]:
    """The members by key server, this one first even if it has none."""
    found: dict[str, list[MemberRecord]] = {group.policy.address: []}
    for member in group.members.values():
        found.setdefault(member.key_server, []).append(member)
    return found


def _summary_rows(members: Iterable[MemberRecord]) -> Iterator[str]:
    for member in members:
        yield (
            f"  {member.address}   {member.version}         {member.rekeys_sent}"
            f"               {member.missed}"
        )
