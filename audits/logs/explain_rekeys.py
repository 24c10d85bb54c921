"""Explanations about rekeys: missed ones, rejected ones, and members that were ejected."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from typing import Final

from ..rule import Severity
from .case import Case, Explanation, clock, lines, times
from .clocks import SAME_S
from .moments import several
from .rekeys import Rekey
from .store import NO_TIME

_MOST: Final = 5
_EXAMINED: Final = 500
"""Rekeys that are looked at for who lacks them."""
REJECTED_S: Final = 86_400.0
"""So long after a rejection a member registers anew for that reason."""
ORDERED_S: Final = 3_600.0
"""So long after it was told to: the most that keys of a removed member live on."""
CLUSTER_S: Final = 900.0
"""Rejections that are no further apart are about one rekey: it is sent again for a while."""
_PATH: Final = (
    "key server: show crypto gdoi ks members (Rekey Acks missed), show crypto gdoi ks rekey",
    "member: show crypto gdoi gm rekey; is UDP 848 from the key server let through, both ways?",
)
_MULTICAST: Final = (
    "rekeys are multicast: show ip mroute and show ip igmp groups on the way to the member"
)


def missed(case: Case) -> Iterator[Explanation]:
    """Rekeys that did not get to members, and members that had to register since none came."""
    lacking = [
        rekey for rekey in case.rekeys.rekeys if rekey.missed and not case.in_split(rekey.at)
    ]
    reasons = _reasons(case, "IKMP_MODE_FAILURE", "GDOI_REKEY_FAILURE", "UNEXPECTED_SIGKEY")
    orders = _reasons(case, "GM_RECV_DELETE", "GM_RECV_REAUTH", "GM_CLEAR_REGISTER")
    again = [
        row
        for row in case.rows("GM_RE_REGISTER", "GM_REKEY_NOT_RECD")
        if not _after(reasons.get(case.device(row), ()), case.at(row), REJECTED_S)
        and not _after(orders.get(case.device(row), ()), case.at(row), ORDERED_S)
    ]
    if not lacking and not again:
        return
    members: dict[int, list[Rekey]] = defaultdict(list)
    for rekey in lacking[:_EXAMINED]:
        for device in case.rekeys.devices(rekey.missed):
            members[device].append(rekey)
    registered = case.by_device(again)
    devices = sorted({*members, *registered}, key=case.name)
    whole = any(2 * rekey.missed.bit_count() > rekey.expected.bit_count() > 1 for rekey in lacking)
    seen = [_which(case, rekey) for rekey in lacking[:_MOST]]
    if len(lacking) > _MOST:
        seen.append(f"and {len(lacking) - _MOST} rekeys more")
    told = ((case.name(device), _anew(case, rows)) for device, rows in registered.items())
    seen += lines(told)
    then = (
        _PATH
        if len(devices) <= 3 and not whole
        else (
            "primary: show crypto gdoi ks rekey, show crypto key mypubkey rsa: did any leave?",
            *_PATH,
        )
    )
    if any(rekey.multicast for rekey in lacking):
        then = (_MULTICAST, *then)
    names = [case.name(device) for device in devices]
    what = f"{several(names)} missed rekeys"
    if not lacking:
        what += ": keys ended before one came"
        if case.rows("KS_NO_RSA_KEYS"):
            what += "; the key server lacks its RSA key"
    elif len(lacking) == 1:
        what = f"{several(names)} missed the rekey seq {lacking[0].sequence}"
    rows = sorted([*(rekey.row for rekey in lacking), *again], key=case.at)
    severity = Severity.HIGH if whole else Severity.MEDIUM
    yield case.explain(
        "missed rekeys", severity, what, rows, seen=seen, then=then, devices=names, topic="rekeys"
    )


def _which(case: Case, rekey: Rekey) -> str:
    who = several(case.name(device) for device in case.rekeys.devices(rekey.missed))
    server = case.name(rekey.server)
    got = rekey.received.bit_count()
    tries = f", sent {times(rekey.tries)}" if rekey.tries > 1 else ""
    told = "" if rekey.told else " (by the members that got it)"
    return (
        f"{clock(rekey.at)} seq {rekey.sequence} of {server}{tries}{told}: not logged by {who};"
        f" {got} received it"
    )


def _anew(case: Case, rows: Sequence[int]) -> str:
    when = f"at {clock(case.at(rows[0]))}"
    if len(rows) > 1:
        when = f"{times(len(rows))}, last at {clock(case.at(rows[-1]))}"
    return f"registered anew, since no rekey came, {when}"


def _reasons(case: Case, *names: str) -> dict[int, list[float]]:
    """When each member logged one of these."""
    rows = case.by_device(case.rows(*names))
    return {device: [case.at(row) for row in each] for device, each in rows.items()}


def _after(reasons: Sequence[float], at: float, within_s: float) -> bool:
    """Whether somebody who registers anew had another reason not long before."""
    place = bisect_right(reasons, at)
    return place > 0 and at - reasons[place - 1] < within_s


def rejected(case: Case) -> Iterator[Explanation]:
    """Rekeys that members turned down: expected after a change of the RSA key, or trouble."""
    rows = case.rows("IKMP_MODE_FAILURE", "GDOI_REKEY_FAILURE", "UNEXPECTED_SIGKEY")
    if not rows:
        return
    parts = case.by_device(rows)
    registered = case.by_device(case.rows("GM_REGS_COMPL", "GM_INSTALL_POLICIES_SUCCESS"))
    done = {device: [case.at(row) for row in each] for device, each in registered.items()}
    over, again = set(), set()
    for device, each in parts.items():
        first, last = case.at(each[0]), case.at(each[-1])
        good = done.get(device, [])
        if good and good[-1] > last:
            over.add(device)
        if any(first < at < last and last - first > CLUSTER_S for at in good):
            again.add(device)
    members = case.members()
    changed = _keys_before(case, case.at(rows[0]), members)
    everybody = len(parts) >= 2 and 2 * len(parts) > len(members)
    names = [case.name(device) for device in parts]
    seen = [
        (
            f"{clock(case.at(rows[0]))} to {clock(case.at(rows[-1]))}: {several(names)} turned down"
            f" rekeys of {several(case.subject(row) for row in rows)}"
        )
    ]
    keys = dict.fromkeys(
        f"{clock(case.at(row))} {case.log.device(row)}: RSA key {case.subject(row)} changed"
        for row in changed
    )
    seen += list(keys)[-2:]
    seen += lines((case.name(device), _fate(device, over, again)) for device in parts)
    if again:
        who = several(case.name(device) for device in again)
        yield case.explain(
            "rejected rekeys",
            Severity.HIGH,
            f"{who} registered anew and turned rekeys down all the same: this is not only the"
            " rejection that follows a change of the RSA key",
            rows,
            seen=seen,
            then=(
                (
                    "all key servers: show crypto key mypubkey rsa: do they hold the same key under"
                    " the label of 'rekey authentication'?"
                ),
                "members: show crypto gdoi gm pubkey, compared with it",
            ),
            topic="rekeys",
        )
        return
    yield _once_rejected(case, rows, seen, (bool(changed), everybody, len(over) == len(parts)))


def _keys_before(case: Case, at: float, members: Collection[int]) -> list[int]:
    """The changes of RSA keys that rekeys may be signed with, up to a time.

    Members sign none, and no group shares the key that a router makes under its own name for SSH.
    """
    return [
        row
        for row in case.rows("KEY_ADDITION", "KEY_REPLACE", "KEY_DELETED", "KS_NO_RSA_KEYS")
        if case.device(row) not in members
        and case.subject(row).partition(".")[0] != case.log.device(row)
        and (case.at(row) <= at + SAME_S or case.at(row) == NO_TIME)
    ]


def _fate(device: int, over: set[int], again: set[int]) -> str:
    if device in again:
        return "rejected again after it had registered"
    return "registered afterwards" if device in over else "has not registered since, by its log"


def _once_rejected(
    case: Case, rows: Sequence[int], seen: Sequence[str], facts: tuple[bool, bool, bool]
) -> Explanation:
    """Members turned rekeys down once; `facts`: a key was changed, most did so, all is over."""
    changed, everybody, over = facts
    likely = changed or everybody
    alone = len({case.device(row) for row in rows}) == len(case.members()) == 1
    then: tuple[str, ...] = ()
    if likely and over:
        case.expected = "the RSA key was changed"
        severity, what = (
            Severity.INFO,
            (
                "the RSA key of the key servers was changed: members turned the next rekey down, as"
                " expected, and registered afterwards"
            ),
        )
    elif likely:
        case.expected = "the RSA key was changed"
        severity, what = (
            Severity.LOW,
            (
                "members turned a rekey down, as expected after a change of the RSA key; that they"
                " registered afterwards is not in these logs"
            ),
        )
        then = (
            "wait until the keys end, or clear crypto gdoi on members one by one",
            "was nothing changed on purpose? all key servers: show crypto key mypubkey rsa",
        )
    elif alone:
        severity = Severity.LOW if over else Severity.MEDIUM
        since = "; it registered since" if over else ""
        what = (
            f"{case.log.device(rows[0])} turned a rekey down: expected once after a change of the"
            f" RSA key of the key servers, otherwise trouble{since}"
        )
        then = (
            "was the RSA key changed? Then it registers before its keys end, and all is well",
            (
                "not changed? Logs of the key servers and of other members say who is concerned;"
                " show crypto key mypubkey rsa there, show crypto gdoi gm pubkey here"
            ),
        )
    else:
        severity = Severity.LOW if over else Severity.MEDIUM
        what = "only some members turned rekeys down" + (" and registered since" if over else "")
        then = (
            (
                "members: show crypto gdoi gm pubkey, compared with show crypto key mypubkey rsa on"
                " all key servers"
            ),
            (
                "members: do 'client rekey encryption', 'client rekey hash' and 'client"
                " transform-sets' allow what the key server sends?"
            ),
        )
    return case.explain(
        "rejected rekeys", severity, what, rows, seen=seen, then=then, topic="rekeys"
    )


def out_of_sequence(case: Case) -> Iterator[Explanation]:
    """Rekeys with old sequence numbers: repeated by somebody, or of a second primary."""
    rows = case.rows("GDOI_REKEY_SEQ_FAILURE")
    if rows:
        yield case.explain(
            "old rekeys",
            Severity.LOW,
            f"{several(map(case.log.device, rows))} dropped rekeys with an old sequence number",
            rows,
            then=(
                "key servers: show crypto gdoi ks coop: is there one primary only?",
                "otherwise somebody sends recorded rekeys: where do they come from?",
            ),
        )


def gaps(case: Case) -> Iterator[Explanation]:
    """Sequence numbers that a member's log leaves out, where no key server's log is at hand."""
    if any(rekey.told for rekey in case.rekeys.rekeys):
        return
    registered = case.by_device(case.rows("GM_REGS_COMPL"))
    done = {device: [case.at(row) for row in each] for device, each in registered.items()}
    before: dict[int, Rekey] = {}
    found: list[tuple[int, Rekey, Rekey]] = []
    for rekey in case.rekeys.rekeys:
        if rekey.at == NO_TIME:
            continue
        for device in case.rekeys.devices(rekey.received):
            last = before.get(device)
            before[device] = rekey
            if last is None or last.spi != rekey.spi or not rekey.sequence > last.sequence + 1:
                continue
            good = done.get(device, [])
            if bisect_right(good, last.at) == bisect_right(good, rekey.at):
                found.append((device, last, rekey))
        if len(found) > 10_000:
            break
    if found:
        names = [case.name(device) for device, _, _ in found]
        yield case.explain(
            "missed rekeys",
            Severity.MEDIUM,
            f"{several(names)} missed rekeys: sequence numbers are left out",
            sorted((later.row for _, _, later in found), key=case.at),
            seen=lines(
                (
                    case.name(device),
                    f"seq {a.sequence} at {clock(a.at)}, then {b.sequence} at {clock(b.at)}",
                )
                for device, a, b in found
            ),
            then=_PATH,
            devices=names,
            topic="rekeys",
        )


def ejected(case: Case) -> Iterator[Explanation]:
    """Members that were taken off the list since they acknowledged nothing."""
    rows = case.rows("KS_NACK_GM_EJECT")
    if rows:
        names = case.by_subject(rows)
        yield case.explain(
            "ejected members",
            Severity.MEDIUM,
            f"{several(map(case.log.device, rows))} ejected {several(names)}: no rekey was"
            " acknowledged, three times in a row; they get no more rekeys until they register",
            rows,
            seen=lines((name, _when(case, each)) for name, each in names.items()),
            then=_PATH,
            devices=[*names, *map(case.log.device, rows)],
        )


def _when(case: Case, rows: Sequence[int]) -> str:
    count = case.total(rows)
    if count == 1:
        return f"at {clock(case.at(rows[0]))}"
    return f"{times(count)}, {clock(case.at(rows[0]))} to {clock(case.log.store.last[rows[-1]])}"
