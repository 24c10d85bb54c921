"""How a key server renews keys and tells the time: `show crypto gdoi ks rekey` and `ks replay`.

No output of either was at hand. The labels are from memory of the command reference; the frame of
the second is that of `show crypto gdoi gm replay`.
"""

from collections.abc import Iterator

from ..gdoi.policy import ReplayKind, Transport
from ..gdoi.server.group import ServerGroup
from ..grammar import CommandSet
from ..shell.call import Call
from .gdoi_ks_choice import as_text, both_spellings, chosen_servers, newest_tek
from .gdoi_ks_layout import table_rows
from .gdoi_ks_words import whole

declared = CommandSet()
declared.words(
    {
        "ks rekey": "Show rekey information of the key server",
        "ks replay": "Show anti-replay information of the key server",
    }
)


@both_spellings(declared, "ks rekey")
def show_rekey(call: Call) -> str:
    """How groups renew their keys, and how often they did."""
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += [*_rekey_lines(group), ""]
    return as_text(lines)


def _rekey_lines(group: ServerGroup) -> Iterator[str]:
    policy, rekey, now = group.policy, group.policy.rekey, group.kernel.now()
    rows: list[tuple[str, object]] = [
        ("Number of Rekeys sent", group.rekeys_sent),
        ("Number of Rekeys retransmitted", group.retransmits),
        ("KEK rekey lifetime (sec)", rekey.lifetime_s),
    ]
    if group.kek is not None:
        rows.append(("    Remaining lifetime (sec)", whole(group.kek.remaining_s(now))))
    rows.append(("Retransmit period", rekey.interval_s))
    rows.append(("Number of retransmissions", rekey.count or 0))
    for sa in policy.sas:
        rows.append((f"IPSec SA {sa.number}  lifetime (sec)", sa.lifetime_s))
        newest = newest_tek(group, sa.number)
        if newest is not None:
            rows.append(("    Remaining lifetime (sec)", whole(newest.remaining_s(now))))
    rows.append(("Number of registrations after rekey", registrations_since(group)))
    if rekey.transport is Transport.MULTICAST and rekey.multicast:
        rows.append(("Multicast destination address", rekey.multicast))
    yield f"Group {policy.group} ({rekey.transport})"
    yield from table_rows(rows, width=36)


def registrations_since(group: ServerGroup) -> int:
    """How many members have registered since the last rekey."""
    since = group.last_rekey_at
    if since is None:
        return len(group.members)
    return sum(member.registered_at > since for member in group.members.values())


@both_spellings(declared, "ks replay")
def show_replay(call: Call) -> str:
    """The pseudotime of each group with a check by time."""
    lines: list[str] = []
    for group in chosen_servers(call):
        lines += [f"Anti-replay Information For Group {group.policy.group}:", "Timebased Replay:"]
        lines += [*_replay_lines(group), " "]
    return as_text(lines)


def _replay_lines(group: ServerGroup) -> list[str]:
    timed = any(sa.replay.kind is ReplayKind.TIME for sa in group.policy.sas)
    value = group.pseudotime() if timed else None
    if value is None:
        return ["         is not enabled"]
    return [
        f"Replay Value : {value:.2f} secs",
        f"Remaining sync time : {whole(sync_remaining_s(group, value))} secs",
    ]


def sync_remaining_s(group: ServerGroup, pseudotime: float) -> float:
    """The time until members are told the pseudotime again, unless a rekey tells them before."""
    now, every = group.kernel.now(), group.host.parameters.pseudotime_sync_s
    told_at = max(now - pseudotime, group.last_rekey_at or 0.0)
    return every - (now - told_at) % every
