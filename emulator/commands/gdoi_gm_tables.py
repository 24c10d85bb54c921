"""Lists, counters, sender identifiers, replays and SAs of group members.

All functions give lines without line ends.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..gdoi.member.group import MemberGroup
from ..gdoi.policy import ReplayKind
from ..gdoi.server.sender_ids import KSSID_BITS
from ..groups.ipsec_tables import IpsecTables
from ..timetext import clock_text
from .gdoi_gm_blocks import live_teks
from .gdoi_gm_views import downloaded_list
from .gdoi_gm_words import (
    DIRECTIONS,
    UNKNOWN,
    Rows,
    acl_line,
    ident_text,
    interfaces_of,
    port_of,
    replay_words,
    vrf_text,
)
from .gdoi_ks_words import size_words

if TYPE_CHECKING:
    from ..device import Router


# ---- show crypto gdoi gm acl ----


def access_lists(
    group: str, members: Sequence[MemberGroup], rows: Rows, *, local: bool, downloaded: bool
) -> Iterator[str]:
    """The lists that members apply: what they downloaded, and their own."""
    yield f"Group Name: {group}"
    for member in members if downloaded else ():
        yield from downloaded_list(member.registered_with if member.sas else "", member, rows)
    if not local:
        return
    yield " ACL Configured Locally: "
    for member in members:
        policy = member.policy
        if not policy.local_acl:
            continue
        yield f"  Map Name: {policy.map_name}"
        gap = 2 if rows.paths else 1
        for entry in policy.local_entries:
            line = acl_line(entry, name=policy.local_acl, ipv6=policy.ipv6, gap=gap, whole=True)
            yield f"   {line}"


# ---- show crypto gdoi gm dataplane counters ----


def dataplane_counters(
    router: "Router", group: str, members: Sequence[MemberGroup]
) -> Iterator[str]:
    """Packets of a group as the data plane counts them."""
    counts = [router.feature(IpsecTables).counts(member) for member in members]
    sent = sum(each.encrypted for each in counts)
    received = sum(each.decrypted for each in counts)
    yield ""
    yield f"Data-plane statistics for group {group}:"
    yield f"    #pkts encrypt            : {sent:<8}    #pkts decrypt            : {received}"
    tagged, untagged = sum(c.tagged for c in counts), sum(c.untagged for c in counts)
    pairs = (
        ("tagged (send)", tagged, "untagged (rcv)", untagged),
        (
            "no sa (send)",
            sum(each.no_sa for each in counts),
            "invalid sa (rcv)",
            sum(member.invalid_spis for member in members),
        ),
        ("encaps fail (send)", 0, "decap fail (rcv)", 0),
        ("invalid prot (rcv)", 0, "verify fail (rcv)", 0),
        ("not tagged (send)", 0, "not untagged (rcv)", 0),
        ("internal err (send)", 0, "internal err (rcv)", 0),
    )
    for first, value, second, other in pairs:
        yield f"    #pkts {first:<19}: {value:<8} #pkts {second:<19}: {other}"


# ---- show crypto gdoi gm identifier ----


def sender_identifiers(
    group: str, members: Sequence[MemberGroup], *, detail: bool
) -> Iterator[str]:
    """The sender identifiers of members; `detail` says what they ask for next."""
    yield f"GM Sender ID (SID) Information for Group {group}:"
    yield ""
    for member in members:
        counter = any(sa.transform.counter_mode for sa in member.sas)
        mode = "Counter (Suite-B)" if counter else "Non-Counter (Non-Suite-B)"
        address = member.policy.address or UNKNOWN
        yield f"  Group Member: {address:<16} vrf: {vrf_text(member.policy.vrf)}"
        yield f"    Transform Mode                  : {mode}"
        yield f"    # of SIDs Last Requested        : {member.senders if counter else 0}"
        yield ""
        yield from _current_sids(member)
        yield ""
        if detail:
            yield from _next_request(member)
    yield ""
    yield ""
    yield ""


def _current_sids(member: MemberGroup) -> Iterator[str]:
    """The identifiers that a member got (from memory: no capture shows any)."""
    if not member.gmsids:
        yield "    CURRENT SIDs: None"
        return
    base = (member.kssid or 0) << (member.sid_bits - KSSID_BITS.get(member.sid_bits, 0))
    count = sum(last - first + 1 for first, last in member.gmsids)
    yield "    CURRENT SIDs:"
    yield "      Shared Across Interfaces?     : Yes"
    yield f"      # of SIDs Downloaded          : {count}"
    yield f"      First SID Downloaded          : 0x{base | member.gmsids[0][0]:08X}"
    yield f"      Last  SID Downloaded          : 0x{base | member.gmsids[-1][1]:08X}"


def _next_request(member: MemberGroup) -> Iterator[str]:
    now = member.kernel.now()
    left = max((int(held.remaining_s(now)) for held in member.teks), default=0)
    yield "    NEXT SID REQUEST:"
    yield f"      TEK Lifetime                  : {left} sec"
    yield f"      SID Length (Group Size)       : {size_words(member.sid_bits)}"


# ---- show crypto gdoi gm replay ----


def replays(router: "Router", group: str, members: Sequence[MemberGroup]) -> Iterator[str]:
    """The check of times of members, under a heading each where a router has several in a group."""
    timed = [member for member in members if _timed(member)]
    if not timed:
        yield from _replay_heading(group)
        yield "         is not enabled"
        yield " "
    for member in timed:
        yield from _replay_heading(group)
        counts = router.feature(IpsecTables).counts(member)
        yield f"Replay Value : {member.pseudotime() or 0.0:.2f} secs"
        yield f"Input Packets : {counts.checked} Output Packets : {counts.stamped}"
        yield f"Input Error Packets : {member.replays} Output Error Packets : 0"
        yield f"Time Sync Error : 0 Max time delta : {member.largest_skew_s:.2f} secs"
        yield "         "
        yield " "
        yield "TBAR Error History (sampled at 10pak/min):"
        if not (member.replays or member.failures.history):
            yield "    No TBAR errors detected"
        for failure in member.failures.history:
            # the shape is from memory: captures show none
            clock = clock_text(*router.wall.local(failure.at))
            yield (
                f"    {clock}: src={failure.source}; my_pst={failure.own:.2f} secs;"
                f" peer_pst={failure.peer:.2f} secs; win={failure.window}"
            )
        yield " "


def _replay_heading(group: str) -> Iterator[str]:
    yield f"Anti-replay Information For Group {group}:"
    yield "Timebased Replay:"


def _timed(member: MemberGroup) -> bool:
    return any(sa.replay.kind is ReplayKind.TIME for sa in member.sas)


# ---- show crypto gdoi ipsec sa ----


def selectors(group: str, members: Sequence[MemberGroup]) -> Iterator[str]:
    """What the TEKs of members are for: every line of their policies, the newest TEK first."""
    if not any(map(live_teks, members)):
        return
    yield f"SA created for group {group}:"
    for member in members:
        ipv6, shown = member.policy.ipv6, DIRECTIONS[member.sa_direction]
        for interface in interfaces_of(member.policy):
            yield f"  {interface}:"
            for held in live_teks(member):
                sa = held.tek.sa
                for entry in sa.entries:
                    yield f"    protocol = {entry.protocol}"
                    for title, end in (("local", entry.source), ("remote", entry.destination)):
                        address = ident_text(end, ipv6=ipv6)
                        yield f"      {title + ' ident':<12} = {address}, port = {port_of(end)}"
                    yield (
                        f"      direction: {shown}, "
                        f"replay(method/window): {replay_words(sa.replay)}"
                    )
    yield ""
