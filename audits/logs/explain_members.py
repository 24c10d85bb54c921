"""Explanations about members: who may not register, who cannot, and storms of registrations."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterator
from typing import Final

from ..rule import Severity
from .case import Case, Explanation, clock, duration, lines, times
from .kinds import NUMBERS
from .moments import several
from .store import NO_TIME

STORM_S: Final = 60.0
STORM_MEMBERS: Final = 10
"""So many members that register anew within `STORM_S` are a storm; in small groups, most do."""
TRIES: Final = 4
"""So many attempts without success are trouble: a member tries each key server four times."""
LOOP: Final = 5
LOOP_S: Final = 900.0
_ASKED, _ANEW = NUMBERS["GM_REGSTER"], NUMBERS["GM_RE_REGISTER"]
_COMMANDS = (
    "KS_CLEAR_REGISTER",
    "KS_GM_REVOKED",
    "GM_RECV_DELETE",
    "GM_RECV_REAUTH",
    "GM_CLEAR_REGISTER",
)


def unauthorized(case: Case) -> Iterator[Explanation]:
    """Registrations that key servers refused, by who asked."""
    rows = case.rows("UNAUTHORIZED_IDENTITY", "UNAUTHORIZED_IPADDR", "KS_UNAUTHORIZED")
    if not rows:
        return
    who = case.by_subject(rows)
    then = [
        (
            "a member? add it to 'authorization address ipv4' or 'authorization identity' on all"
            " key servers of the group"
        ),
        "no member? take its pre-shared key or certificate away; where does it connect from?",
    ]
    if any("parsing failed" in name for name in who):
        then.insert(
            0,
            "'Dist. name parsing failed': the identity that the member sends is no distinguished"
            " name: compare 'crypto isakmp identity' there with 'authorization identity'",
        )
    yield case.explain(
        "unauthorized registrations",
        Severity.MEDIUM,
        f"{several(map(case.log.device, rows))} refused {several(who)}: not authorized for the"
        " group",
        rows,
        seen=lines(
            (
                name or "somebody",
                (
                    f"{times(case.total(each))}, {clock(case.at(each[0]))} to"
                    f" {clock(case.log.store.last[each[-1]])}"
                ),
            )
            for name, each in who.items()
        ),
        then=then,
        devices=[*filter(None, who), *map(case.log.device, rows)],
    )


def unknown_group(case: Case) -> Iterator[Explanation]:
    """Registrations that name a group which the key server does not have."""
    rows = case.rows("KS_BAD_ID")
    if rows:
        who = case.by_subject(rows)
        yield case.explain(
            "unknown group",
            Severity.MEDIUM,
            f"{several(filter(None, who)) or 'somebody'} asked for a group that"
            f" {several(map(case.log.device, rows))} does not have",
            rows,
            then=("'identity number' of the member and of the key server: are they the same?",),
        )


def storms(case: Case) -> Iterator[Explanation]:
    """Many members that register anew at the same time."""
    members: dict[int, float] = {}
    window: deque[tuple[float, int, int]] = deque()
    inside: Counter[int] = Counter()
    best, peak = 0, (0, 0)
    for row in case.rows("KS_REGS_COMPL", "GM_REGSTER", "GM_RE_REGISTER"):
        at = case.at(row)
        if at == NO_TIME:
            break
        member = _member(case, row)
        first_seen = members.setdefault(member, at)
        known = at - first_seen > 2 * STORM_S or case.log.store.kind[row] == _ANEW
        if not known:
            continue
        window.append((at, member, row))
        inside[member] += 1
        while window[0][0] < at - STORM_S:
            _, gone, _ = window.popleft()
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
        if len(inside) > best:
            best, peak = len(inside), (window[0][2], row)
    everybody = len(set(members) | set(case.rekeys.members))
    if best < STORM_MEMBERS and not (best >= 3 and 2 * best > everybody):
        return
    first, last = peak
    reason = case.expected or _commanded(case, case.at(first))
    severity = Severity.INFO if reason else Severity.MEDIUM
    yield case.explain(
        "registration storm",
        severity,
        f"{best} of {everybody} members registered anew within"
        f" {duration(max(1.0, case.at(last) - case.at(first)))}"
        + (f": no surprise, since {reason}" if reason else ""),
        [first, last],
        seen=(f"it began at {clock(case.at(first))}",),
        then=()
        if reason
        else (
            "why did the rekey not reach them? primary: show crypto gdoi ks rekey",
            "key servers: show crypto gdoi ks members, CPU, and 'crypto call admission limit'",
            "getvpn timeline: does registration of so many members fit the window?",
        ),
        topic="registrations",
    )


def _member(case: Case, row: int) -> int:
    """Who registers: the one that logs, or the one that the key server names."""
    store = case.log.store
    if store.kind[row] != NUMBERS["KS_REGS_COMPL"]:
        return store.device[row]
    owner = case.log.owner(store.subject[row])
    return store.subject[row] if owner is None else owner


def _commanded(case: Case, at: float) -> str:
    """Why members register anew, where somebody wanted that."""
    for row in case.rows(*_COMMANDS):
        if -900 <= case.at(row) - at <= 60:
            return f"members were told to at {clock(case.at(row))}"
    return ""


def failing(case: Case) -> Iterator[Explanation]:
    """Members that try to register and do not succeed, or that do so again and again."""
    stuck: dict[str, tuple[int, list[int]]] = {}
    looping: dict[str, tuple[int, list[int]]] = {}
    late: dict[str, tuple[int, list[int]]] = {}
    for device, rows in case.by_device(case.rows("GM_REGSTER", "GM_REGS_COMPL")).items():
        tries: list[int] = []
        done: deque[int] = deque()
        for row in rows:
            if case.log.store.kind[row] == _ASKED:
                tries.append(row)
                continue
            if len(tries) >= TRIES:
                late[case.name(device)] = len(tries), [tries[0], row]
            tries.clear()
            done.append(row)
            while case.at(done[0]) < case.at(row) - LOOP_S:
                done.popleft()
            if len(done) > max(LOOP, looping.get(case.name(device), (0, []))[0]):
                looping[case.name(device)] = len(done), [done[0], row]
        if len(tries) >= TRIES:
            stuck[case.name(device)] = len(tries), [tries[0], tries[-1]]
    yield from _stuck(case, stuck, late)
    if looping:
        yield case.explain(
            "registration loop",
            Severity.MEDIUM,
            f"registered again and again: {several(looping)}",
            sorted((row for _, rows in looping.values() for row in rows), key=case.at),
            seen=lines(
                (
                    name,
                    f"{count} times within {duration(LOOP_S)}, last at {clock(case.at(rows[1]))}",
                )
                for name, (count, rows) in looping.items()
            ),
            then=(
                "member: show crypto gdoi gm replay and its log: which message comes in front?",
                "all key servers: show crypto gdoi ks policy: the same keys everywhere?",
            ),
        )


def _stuck(
    case: Case, stuck: dict[str, tuple[int, list[int]]], late: dict[str, tuple[int, list[int]]]
) -> Iterator[Explanation]:
    """Members that could not register at all, or not for a while."""
    late = {name: each for name, each in late.items() if name not in stuck}
    if late:
        yield case.explain(
            "late registration",
            Severity.LOW,
            f"registered after many attempts only: {several(late)}",
            sorted((row for _, rows in late.values() for row in rows), key=case.at),
            seen=lines(
                (
                    name,
                    (
                        f"{count} attempts in {duration(case.at(rows[1]) - case.at(rows[0]))},"
                        f" done at {clock(case.at(rows[1]))}"
                    ),
                )
                for name, (count, rows) in late.items()
            ),
            then=("the way to the key servers at that time: UDP 848 both ways",),
        )
    if stuck:
        yield case.explain(
            "registration fails",
            Severity.HIGH if len(stuck) > 2 else Severity.MEDIUM,
            f"{several(stuck)} cannot register",
            sorted((row for _, rows in stuck.values() for row in rows), key=case.at),
            seen=lines(
                (name, f"{count} attempts without success since {clock(case.at(rows[0]))}")
                for name, (count, rows) in stuck.items()
            ),
            then=(
                "member: show crypto gdoi, show crypto isakmp sa, ping of the key servers",
                (
                    "UDP 848 both ways; lost fragments, where the policy is long or certificates"
                    " are used"
                ),
                "key server: refused registrations and IKE failures in its log",
            ),
        )


_SIMPLE: Final[tuple[tuple[str, tuple[str, ...], Severity, str, tuple[str, ...]], ...]] = (
    (
        "policy refused",
        ("GM_REJECTING_SA_PAYLOAD", "UNSUPPORTED_TEK_PROTO", "GM_HASH_FAIL"),
        Severity.HIGH,
        "refuse the policy that the key server offers",
        (
            "members: 'client rekey encryption', 'client rekey hash', 'client transform-sets'",
            "key server: show crypto gdoi ks policy; does the members' release know these ciphers?",
        ),
    ),
    (
        "no room for SAs",
        ("GM_NO_IPSEC_FLOWS",),
        Severity.HIGH,
        "have no room for the SAs of the policy: they are registered and have no keys",
        ("getvpn acl minimize: fewer permits; members: show crypto eli",),
    ),
    (
        "incomplete configuration",
        ("GM_INCOMPLETE_CFG",),
        Severity.MEDIUM,
        "lack the identity of the group or a key server",
        ("members: 'identity number' and 'server address ipv4' under the group",),
    ),
    (
        "local permit",
        ("GM_ACL_PERMIT",),
        Severity.LOW,
        "ignore permit lines of their own access list",
        ("members: local access lists of the crypto map may have deny lines only",),
    ),
)


def refusals(case: Case) -> Iterator[Explanation]:
    """Members that do not take the policy."""
    for about, kinds, severity, what, then in _SIMPLE:
        rows = case.rows(*kinds)
        if rows:
            named = case.by_device(rows)
            yield case.explain(
                about,
                severity,
                f"{several(map(case.name, named))} {what}",
                rows,
                seen=lines((case.name(device), case.often(each)) for device, each in named.items()),
                then=then,
            )
