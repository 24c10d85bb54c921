"""Explanations about key servers among themselves: splits, take-overs, lost peers, differences."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from ..rule import Severity
from .case import Case, Explanation, clock, duration, lines, times
from .kinds import NUMBERS
from .moments import several
from .store import NO_TIME

LOST_BEFORE_S: Final = 300.0
"""So long before an election a peer that is lost is why there is one."""
_ENDS = frozenset(NUMBERS[name] for name in ("COOP_KS_ELECTION", "RESTART"))
_ROLES: Final = (
    "COOP_KS_ELECTION",
    "RESTART",
    "COOP_KS_UNREACH",
    "COOP_KS_REACH",
    "COOP_KS_ADMN_USRP_PRI",
)
_EXAMINED, _ROWS = 100, 5_000
"""Changes of the primary, and messages of a key server, that are looked at."""
_LOST, _BACK = NUMBERS["COOP_KS_UNREACH"], NUMBERS["COOP_KS_REACH"]
_TOOK = NUMBERS["COOP_KS_ADMN_USRP_PRI"]
_COMPARE: Final = (
    "all key servers: show crypto gdoi ks coop: one primary, all peers Alive, the same group",
    "between them: UDP 848, fragments of large announcements, IKE policy and pre-shared key",
)


@dataclass(slots=True, kw_only=True)
class _Change:
    """A key server that became primary, and the one that was it before, as far as is known."""

    row: int
    at: float
    server: int
    before: int | None
    before_name: str
    since: float
    """When the one before became primary, or sent a rekey last."""


def changes_of_primary(case: Case) -> Iterator[Explanation]:
    """Each key server that became the primary: by election, or beside another one."""
    changes = list(islice(_changes(case), _EXAMINED))
    timeline = _Servers(case)
    split = False
    for change in changes:
        proof, end = timeline.alive(change)
        if proof:
            split = True
            case.splits.append((change.at - LOST_BEFORE_S, end + LOST_BEFORE_S))
            yield _split(case, change, proof, end)
        elif (taken := _taken(case, timeline, change)) is not None:
            yield taken
    if not split:
        yield from _in_turns(case)


def _changes(case: Case) -> Iterator[_Change]:
    """Changes of the primary, with who was primary before."""
    log = case.log
    store = log.store
    leading: dict[int, float] = {}
    sends = iter([rekey for rekey in case.rekeys.rekeys if rekey.told])
    send = next(sends, None)
    for row in case.rows("COOP_KS_TRANS_TO_PRI"):
        at, server = case.at(row), case.device(row)
        while send is not None and send.at < at:
            leading[send.server] = send.at
            send = next(sends, None)
        said = log.owner(store.subject[row])
        name = store.names.texts[store.subject[row]]
        own = said == server
        if said is None or own:
            others = {device: since for device, since in leading.items() if device != server}
            said = max(others, key=others.__getitem__) if others else None
        known = said is None and (own or name in {"NONE", "unknown", ""})
        shown = case.name(said) if said is not None else name
        yield _Change(
            row=row,
            at=at,
            server=server,
            before=said,
            before_name="" if known else shown,
            since=leading.get(said if said is not None else -1, at - LOST_BEFORE_S),
        )
        leading[server] = at


class _Servers:
    """What each key server logged, in the order of time."""

    def __init__(self, case: Case) -> None:
        self.case = case
        servers = case.servers()
        rows = case.rows(*_ROLES)
        own = case.by_device(row for row in rows if case.device(row) in servers)
        self.rows = {device: each[:_ROWS] for device, each in own.items()}
        self.sends = [rekey for rekey in case.rekeys.rekeys if rekey.told]

    def alive(self, change: _Change) -> tuple[list[str], float]:
        """What shows that the primary before went on as such, and until when."""
        case, before = self.case, change.before
        end = self._back(change)
        limit = end
        proof: list[str] = []
        if before is None:
            return self._heard_of(change, end), end
        for row in self.rows.get(before, ()):
            at, kind = case.at(row), case.log.store.kind[row]
            if kind in _ENDS and at > change.since and at >= change.at - LOST_BEFORE_S:
                limit = min(limit, at)
                if at <= change.at + 2:
                    # it had left the part itself
                    return [], end
                break
            if kind == _LOST and abs(at - change.at) <= LOST_BEFORE_S and at <= limit:
                proof.append(f"{clock(at)} {case.name(before)} ran and lost its peer, too")
        for rekey in self.sends:
            if rekey.server == before and change.at + 2 < rekey.at < limit:
                proof.append(
                    f"{clock(rekey.at)} {case.name(before)} sent the rekey seq {rekey.sequence}"
                )
                if len(proof) > 4:
                    break
        return proof, end

    def _heard_of(self, change: _Change, end: float) -> list[str]:
        """What members tell of a primary whose own log is not here."""
        case = self.case
        return [
            f"{clock(rekey.at)} members received the rekey seq {rekey.sequence} of"
            f" {change.before_name}"
            for rekey in case.rekeys.rekeys
            if not rekey.told
            and change.before_name
            and case.name(rekey.server) == change.before_name
            and change.at + 2 < rekey.at < end
        ][:4]

    def _back(self, change: _Change) -> float:
        """When the two reached each other again."""
        both = {change.server, change.before}
        found = (
            self.case.at(row)
            for device in both
            for row in self.rows.get(device or -1, ())
            if self.case.log.store.kind[row] in {_BACK, _TOOK} and self.case.at(row) > change.at
        )
        return min(found, default=NO_TIME)

    def lost(self, change: _Change) -> bool:
        """Whether the new primary had lost its peers."""
        return any(
            self.case.log.store.kind[row] == _LOST
            and -LOST_BEFORE_S <= self.case.at(row) - change.at <= 60
            for row in self.rows.get(change.server, ())
        )

    def left(self, change: _Change) -> bool:
        """Whether the primary before began the election itself: by command, or at a restart."""
        case = self.case
        return any(
            case.log.store.kind[row] in {*_ENDS, _TOOK}
            and max(change.since, change.at - LOST_BEFORE_S) < case.at(row) <= change.at + 60
            for row in self.rows.get(change.before or -1, ())
        )


def _split(case: Case, change: _Change, proof: Sequence[str], end: float) -> Explanation:
    new, old = case.name(change.server), change.before_name
    over = "" if end == NO_TIME else f", for {duration(max(0.0, end - change.at))}"
    last = (
        "they do not reach each other again in these logs"
        if end == NO_TIME
        else f"{clock(end)} they reached each other again"
    )
    return case.explain(
        "split",
        Severity.HIGH if end != NO_TIME else Severity.CRITICAL,
        f"two primaries{over}: {new} became primary while {old} went on; each makes keys of its"
        " own, and members of the two cannot talk to each other",
        [change.row],
        seen=(f"{clock(change.at)} {new} became primary", *proof, last),
        then=(
            *_COMPARE,
            "getvpn recover split: brings the group back to one primary and one set of keys",
        ),
        devices=(new, old),
        topic="cooperation",
    )


def _taken(case: Case, timeline: _Servers, change: _Change) -> Explanation | None:
    """A primary that took over; None for the first one."""
    if not change.before_name or change.before == change.server:
        return None
    new, old = case.name(change.server), change.before_name
    lost, left = timeline.lost(change), timeline.left(change)
    if left:
        severity, why = Severity.INFO, f"{old} gave its part up, by command or at a restart"
    elif lost:
        severity, why = Severity.MEDIUM, f"{old} was not reached any more"
    else:
        severity, why = Severity.LOW, "why is not in these logs"
    return case.explain(
        "take-over",
        severity,
        f"{new} took over from {old}: {why}",
        [change.row],
        seen=(f"{clock(change.at)} {new} became primary",),
        then=()
        if severity is Severity.INFO
        else (f"{old}: is it up (show version), and still a primary (show crypto gdoi ks coop)?",),
        devices=(new, old),
        topic="cooperation",
    )


def _in_turns(case: Case) -> Iterator[Explanation]:
    """Rekeys of two key servers in turns, without an election between."""
    rows = case.rows("COOP_KS_TRANS_TO_PRI")[:_EXAMINED]
    elected = [(case.at(row), case.device(row)) for row in rows]
    order = [rekey for rekey in case.rekeys.rekeys if rekey.at != NO_TIME]
    last: dict[int, float] = {}
    current = None
    for rekey in order:
        before = last.get(rekey.server)
        if current not in {None, rekey.server} and before is not None:
            again = any(
                before < at <= rekey.at + 2 and device == rekey.server for at, device in elected
            )
            if not again and (elected or all(not each.told for each in order)):
                other = case.name(current) if current is not None else ""
                names = case.name(rekey.server), other
                case.splits.append((before, rekey.at))
                yield case.explain(
                    "split",
                    Severity.HIGH,
                    f"{several(names)} send rekeys in turns: two primaries, or changes that these"
                    " logs do not show",
                    [rekey.row],
                    seen=(f"{clock(rekey.at)} {names[0]} sent a rekey, after {names[1]} had",),
                    then=_COMPARE,
                    devices=names,
                    topic="cooperation",
                )
                return
        last[rekey.server], current = rekey.at, rekey.server


def lost_peers(case: Case) -> Iterator[Explanation]:
    """Peers that were lost, where that did not split the group."""
    rows = case.rows("COOP_KS_UNREACH", "COOP_KS_REACH")
    pairs: dict[tuple[int, str], list[int]] = {}
    for row in rows:
        if not case.in_split(case.at(row)):
            pairs.setdefault((case.device(row), case.subject(row)), []).append(row)
    kinds = case.log.store.kind
    for (device, peer), words in pairs.items():
        losses = [row for row in words if kinds[row] == _LOST]
        if not losses:
            continue
        back = kinds[words[-1]] == _BACK
        state = f"back since {clock(case.at(words[-1]))}" if back else "not back in these logs"
        yield case.explain(
            "lost peer",
            Severity.LOW if back else Severity.MEDIUM,
            f"{case.name(device)} lost its peer {peer} {times(len(losses))}; {state}",
            losses,
            then=_COMPARE,
            devices=(case.name(device), peer),
        )


_SIMPLE: Final[tuple[tuple[str, tuple[str, ...], Severity, str, tuple[str, ...]], ...]] = (
    (
        "COOP mismatch",
        ("COOP_CONFIG_MISMATCH",),
        Severity.HIGH,
        "the policies of the key servers differ: the one that takes over enforces another policy",
        (
            "compare the configurations of all key servers: getvpn lint, rules COOP",
            "'rekey', 'sa ipsec', access lists and replay have to be alike on all of them",
        ),
    ),
    (
        "unknown key server",
        ("COOP_KS_UNAUTH",),
        Severity.HIGH,
        "a key server called that is no peer",
        (
            "'peer address ipv4' on this side and 'address ipv4' on the other: do they fit?",
            "is it yours at all? If not, change the pre-shared key, or revoke its certificate",
        ),
    ),
    (
        "too many key servers",
        ("COOP_LIMIT_REACHED",),
        Severity.MEDIUM,
        "more than eight key servers are configured",
        ("take peers out on all key servers: those beyond the limit do not count",),
    ),
    (
        "sender identifiers",
        ("COOP_KSSID_OVERLAP", "KS_NO_SID_AVAILABLE"),
        Severity.HIGH,
        "sender identifiers overlap or have run out: members are not registered",
        ("all key servers: 'identifier' with ranges that do not overlap",),
    ),
    (
        "pseudotime",
        ("PSEUDO_TIME_LARGE", "PSEUDO_TIME_TOO_OLD"),
        Severity.MEDIUM,
        "the pseudotimes of key servers are apart: members of one drop packets of the other",
        (
            "all key servers: show crypto gdoi ks replay",
            "primary: crypto gdoi ks rekey sets the members' pseudotime anew",
        ),
    ),
)


def differences(case: Case) -> Iterator[Explanation]:
    """Key servers that do not fit each other."""
    for about, kinds, severity, what, then in _SIMPLE:
        rows = case.rows(*kinds)
        if rows:
            seen = lines((name, case.often(each)) for name, each in _by_name(case, rows).items())
            yield case.explain(about, severity, what, rows, seen=seen, then=then)


def _by_name(case: Case, rows: Sequence[int]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for row in rows:
        other = case.subject(row)
        name = case.log.device(row) + (f", about {other}" if other else "")
        found.setdefault(name, []).append(row)
    return found
