"""The timers of a group: rekeys and their leads, retransmissions, and who registers again when.

How early a key server rekeys is a model that fits published output of `show crypto gdoi ks
policy` (TEK lifetimes of 120, 600 and 3600 s): no source states the formula. Where the device
shows `time to rekey`, that is told. The other figures are those of the concepts document.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import TYPE_CHECKING, Final

from .context import GroupContext, ServerContext
from .group_keys import Facts, Retransmission, servers_of, without_rekeys
from .needs import GDOI, KS, KS_COOP, KS_MEMBERS, KS_MEMBERS_SUMMARY, KS_POLICY
from .rules.tek_registration import (
    REGISTRATION_MIN_S,
    REGISTRATION_SHARE,
    ROLLOVER_S,
    registration_out_of_time,
)
from .server_keys import kek_lifetimes, retransmissions, tek_lifetimes
from .servers import current_kek, current_teks, latest

if TYPE_CHECKING:
    from .facts import Fleet, Group
    from .settings import Settings

DEFAULT_RATE: Final = 10.0
"""Registrations a second of one key server, where nobody has measured: no source states it."""
JITTER_S: Final = 15
"""Members register up to these seconds earlier (samples show 0 to 12 s)."""
TEK_LEAD_MIN_S, TEK_LEAD_SHARE, TEK_LEAD_MOST = 90, 0.10, 0.75
KEK_LEAD_S: Final = 200
PACE_MEMBERS, PACE_S = 50, 5
"""So many members get a rekey in so many seconds (no source; fits published output)."""
LEAD_ADVISED: Final = 0.25
"""The share of a lifetime beyond which a rekey comes so early that the lifetime means little."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """What nobody says in a configuration: `rate` in registrations a second of one key server.

    `members` takes the place of the members that are known of; None leaves these.
    """

    rate: float = DEFAULT_RATE
    members: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextRekey:
    """A key of a key server that will be replaced."""

    device: str
    """The key server."""
    key: str
    """The key: `KEK`, or `TEK` with its access list."""
    in_s: int
    """Seconds to the next rekey."""
    remaining_s: int | None
    """Seconds to the end of the key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A question about the timers."""

    name: str
    """The question."""
    good: bool
    """Whether it is as it should be."""
    why: str
    """The figures behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupTimeline:
    """The timers of a group; None where they are not known, for which see `unknown`."""

    group: str
    """The group."""
    members: int
    """How many members it has."""
    servers: int
    """How many key servers it has."""
    rate: float
    """Registrations a second of one key server."""
    tek_lifetime_s: int | None = None
    """The lifetime of traffic keys, in seconds; the shortest, where they differ."""
    kek_lifetime_s: int | None = None
    """The lifetime of the rekey key, in seconds."""
    retransmit_interval_s: int | None = None
    """Seconds between two sendings of one rekey."""
    retransmit_count: int | None = None
    """How often a rekey is sent again; None: until it is acknowledged."""
    unicast: bool | None = None
    """Whether rekeys are unicast."""
    registration_lead_s: int | None = None
    """A member that missed a rekey registers again so many seconds before its key ends."""
    window_s: int | None = None
    """Seconds that such members have to register."""
    registration_s: int | None = None
    """Seconds that all members take to register with one key server, at `rate`."""
    rate_needed: float | None = None
    """Registrations a second of one key server that would suffice."""
    round_s: int | None = None
    """Seconds that a member takes to ask each key server once."""
    spread_s: int | None = None
    """Seconds that a rekey takes with all retransmissions."""
    tek_lead_s: int | None = None
    """The next traffic key is sent so many seconds before the old one ends."""
    kek_lead_s: int | None = None
    """The next rekey key is sent so many seconds before the old one ends."""
    next_rekeys: tuple[NextRekey, ...] = ()
    """When the next rekeys come, where the devices show it."""
    answers: tuple[Answer, ...] = ()
    """Whether the timers fit."""
    unknown: tuple[str, ...] = ()
    """What is not known."""


def timelines(
    fleet: Fleet, settings: Settings, assumed: Assumed | None = None
) -> tuple[GroupTimeline, ...]:
    """The timers of all groups."""
    return tuple(
        _Group(fleet, settings, each, assumed or Assumed()).told() for each in fleet.groups
    )


class _Group:
    """The timers of one group on their way."""

    def __init__(self, fleet: Fleet, settings: Settings, group: Group, assumed: Assumed) -> None:
        context = GroupContext(
            rule=registration_out_of_time, fleet=fleet, settings=settings, group=group
        )
        self._group, self._settings, self._assumed = group, settings, assumed
        self._servers = tuple(servers_of(context))
        self._unknown: list[str] = []
        counted = max((*_member_counts(self._servers), len(group.members)))
        self._members = counted if assumed.members is None else assumed.members
        if not self._members and assumed.members is None:
            self._unknown.append("members: none is known of, say how many with --members")
        self._server_count = max((*_server_counts(group, self._servers), 1))

    def told(self) -> GroupTimeline:
        """All of them."""
        tek, kek = self._shortest("traffic keys", tek_lifetimes), self._kek()
        again = self._retransmission()
        unicast = next((one.view.rekey_unicast for one in self._servers if one.view), None)
        spread = self._spread(again, unicast=unicast)
        window = _window(tek)
        rate = self._assumed.rate
        made = GroupTimeline(
            group=self._group.label,
            members=self._members,
            servers=self._server_count,
            rate=rate,
            tek_lifetime_s=tek,
            kek_lifetime_s=kek,
            retransmit_interval_s=again.interval_s if again else None,
            retransmit_count=again.count if again else None,
            unicast=unicast,
            registration_lead_s=None if window is None else window + ROLLOVER_S,
            window_s=window,
            registration_s=ceil(self._members / rate),
            rate_needed=None if not window else round(self._members / window, 2),
            round_s=self._settings.registration_cycle_s * self._server_count,
            spread_s=spread,
            tek_lead_s=None if tek is None or spread is None else tek_lead(tek, spread),
            kek_lead_s=None if kek is None or spread is None else KEK_LEAD_S + spread,
            next_rekeys=tuple(_next_rekeys(self._servers)),
            unknown=tuple(self._unknown),
        )
        cycle = self._settings.registration_cycle_s
        return replace(made, answers=tuple(_answers(made, cycle)))

    def _kek(self) -> int | None:
        if self._servers and all(without_rekeys(one) for one in self._servers):
            self._unknown.append("rekeys: the key servers send none")
            return None
        return self._shortest("the rekey key", kek_lifetimes)

    def _shortest(self, what: str, ask: Callable[[ServerContext], Facts[int]]) -> int | None:
        facts = [ask(one) for one in self._servers]
        found = min((fact.value for each in facts for fact in each.found), default=None)
        if found is None:
            reasons = [each.unknown for each in facts if each.unknown]
            reason = next(iter(reasons), "nothing tells it")
            self._unknown.append(f"lifetime of {what}: {reason}")
        return found

    def _retransmission(self) -> Retransmission | None:
        found = [fact.value for one in self._servers for fact in retransmissions(one).found]
        if not found:
            self._unknown.append("retransmission: nothing tells it")
            return None
        return max(found, key=lambda each: each.interval_s * (each.count or 0))

    def _spread(self, again: Retransmission | None, *, unicast: bool | None) -> int | None:
        """How long a unicast rekey takes with all retransmissions; multicast is sent at once."""
        if again is None:
            return None
        if unicast is False:
            return 0
        return again.interval_s * (again.count or 0) + PACE_S * ceil(self._members / PACE_MEMBERS)


def tek_lead(lifetime_s: int, spread_s: int) -> int:
    """How long before the end of a TEK its successor is sent."""
    lead = max(TEK_LEAD_MIN_S, int(TEK_LEAD_SHARE * lifetime_s)) + spread_s
    return min(lead, int(TEK_LEAD_MOST * lifetime_s))


def _window(tek: int | None) -> int | None:
    """The time in which a member that missed a rekey has to be registered again."""
    if tek is None:
        return None
    return max(REGISTRATION_MIN_S, tek // REGISTRATION_SHARE) - ROLLOVER_S


# ---- what devices say ----


def _member_counts(servers: Sequence[ServerContext]) -> Iterator[int]:
    for one in servers:
        for listing in one.records(KS_MEMBERS):
            yield sum(member.group == one.group for member in listing.record.members)
        for _, group in one.rows(KS_MEMBERS_SUMMARY, lambda record: record.groups):
            yield group.member_count
        for _, served in one.rows(KS, lambda record: record.groups):
            yield served.members
        for _, shown in one.rows(GDOI, lambda record: record.groups):
            yield shown.member_count or 0


def _server_counts(group: Group, servers: Sequence[ServerContext]) -> Iterator[int]:
    yield len(group.servers)
    for role in group.members:
        if role.view is not None:
            yield len(role.view.servers)
    for one in servers:
        if one.view is not None and one.view.redundancy is not None:
            yield 1 + len(one.view.redundancy.peers)
        for _, shown in one.rows(KS_COOP, lambda record: record.groups):
            yield 1 + len(shown.peers)


def _next_rekeys(servers: Sequence[ServerContext]) -> Iterator[NextRekey]:
    """What key servers show of their next rekeys."""
    for one in servers:
        policy = latest(one.rows(KS_POLICY, lambda record: record.groups))
        if policy is None:
            continue
        kek = current_kek(policy[1])
        if kek is not None and kek.time_to_rekey_s is not None:
            yield NextRekey(
                device=one.device.name,
                key="KEK",
                in_s=kek.time_to_rekey_s,
                remaining_s=kek.remaining_s,
            )
        for tek in current_teks(policy[1]):
            if tek.time_to_rekey_s is not None:
                yield NextRekey(
                    device=one.device.name,
                    key=f"TEK {tek.access_list or ''}".strip(),
                    in_s=tek.time_to_rekey_s,
                    remaining_s=tek.remaining_s,
                )


# ---- answers ----


def _answers(made: GroupTimeline, cycle: int) -> Iterator[Answer]:
    window, tek = made.window_s, made.tek_lifetime_s
    if window is None or tek is None or made.round_s is None:
        return
    if made.members:
        yield from _registrations(made, window, cycle)
    yield Answer(
        name="a round over the key servers",
        good=made.round_s <= window,
        why=f"{made.servers} of {cycle} s are {made.round_s} s, the window has {window} s",
    )
    if made.tek_lead_s is None or made.spread_s is None:
        return
    share = made.tek_lead_s / tek
    yield Answer(
        name="lead of the rekey",
        good=share <= LEAD_ADVISED,
        why=f"the next traffic key is sent {made.tek_lead_s} s before the end, {share:.1%} of "
        f"{tek} s: at most {LEAD_ADVISED:.0%}",
    )
    begin = (made.registration_lead_s or 0) + JITTER_S
    left = made.tek_lead_s - made.spread_s - begin
    yield Answer(
        name="retransmission before re-registration",
        good=left >= 0,
        why=f"the rekey with its retransmissions takes {made.spread_s} s, "
        f"{made.spread_s / tek:.1%} of {tek} s, and ends {abs(left)} s "
        f"{'before' if left >= 0 else 'after'} members begin to register again",
    )
    if made.kek_lead_s is not None and made.kek_lifetime_s:
        share = made.kek_lead_s / made.kek_lifetime_s
        yield Answer(
            name="lead of the next rekey key",
            good=share <= LEAD_ADVISED,
            why=f"it is sent {made.kek_lead_s} s before the end, {share:.1%} of "
            f"{made.kek_lifetime_s} s: at most {LEAD_ADVISED:.0%}",
        )


def _registrations(made: GroupTimeline, window: int, cycle: int) -> Iterator[Answer]:
    """Whether all members can register again in the window, at one key server and at all."""
    yield Answer(
        name="re-registration at one key server",
        good=made.members <= made.rate * window,
        why=f"{made.members} members take {made.registration_s} s at {made.rate:g} a second, the "
        f"window has {window} s: {made.rate_needed or 0:g} a second are needed",
    )
    places = [max(0, window - cycle * turn) for turn in range(made.servers)]
    capacity = int(made.rate * sum(places))
    yield Answer(
        name="re-registration at all key servers",
        good=made.members <= capacity,
        why=f"who gets no answer goes on after {cycle} s; {capacity} members can register in "
        f"{window} s at {made.servers} in a row",
    )
