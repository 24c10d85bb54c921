"""The watch itself: looks on a schedule, judged and told."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from ...errors import UsageError
from ...inventory.models import Intent
from ...inventory.relations import Relations
from ..clock import Clock
from ..deploying.member_health import member_troubles
from ..deploying.network import GroupLook, looks
from ..deploying.observing import GM, GM_REKEY, KS, KS_COOP, KS_MEMBERS, KS_POLICY, Observed
from .alerts import Alerts, Condition, Key
from .changes import KINDS, changes, rekeyed
from .conditions import Most, is_judged, of_group, unreachable
from .figures import Acknowledgements, GroupFigures, acknowledgements, carried, figures_of
from .logins import Devices
from .notices import Notice, clean
from .polling import Ask, Idle, Poller
from .posting import Post
from .rules import OF_MEMBERS, RULES, Rule
from .sampling import Sampler
from .state import EVENTS_KEPT, DeviceState, Firing, State, WayState

EVERY_S: Final = 60.0
MEMBERS_EVERY_S: Final = 300.0
SAMPLE: Final = 5
LISTS_S: Final = 75.0
"""More than the answer to one command may take."""
_STEP_S: Final = 1.0
_OUTCOMES: Final = ("answered", "failed")
_SERVER: Final = (KS, KS_COOP, KS_POLICY)
_MEMBER: Final = (GM, GM_REKEY)
Tell = Callable[[State, tuple[Notice, ...]], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How often key servers are looked at, and members; how many of these of each group.

    With a `sample` of 0 no member is logged in to; key servers still tell of them. A look at
    members may take `lists_s`, as long lists of members do.
    """

    every_s: float = EVERY_S
    members_every_s: float = MEMBERS_EVERY_S
    sample: int = SAMPLE
    lists_s: float = LISTS_S


class Watcher:
    """Watches the groups of an intent, or those named.

    `tell` is called after each look with the state and what is new. `state` may be read from any
    thread. Raises UsageError for a group that the intent does not have.
    """

    def __init__(
        self,
        intent: Intent,
        devices: Devices,
        clock: Clock,
        *,
        groups: Collection[str] = (),
        pace: Pace | None = None,
        rules: Mapping[str, Rule] = RULES,
        post: Post | None = None,
        tell: Tell | None = None,
    ) -> None:
        self._intent, self._clock = intent, clock
        self._pace = pace or Pace()
        self._post = post or Post(clock, threads=False)
        self._tell = tell
        self._poller = Poller(devices, clock)
        self._servers = _servers_of(intent, groups)
        self._sampler = Sampler(_members_of(intent, self._servers), self._pace.sample)
        self._alerts = Alerts(rules)
        self._most = {name: Most() for name in self._servers}
        self._acks: dict[str, Acknowledgements | None] = {}
        self._samples: dict[str, tuple[int, int]] = {}
        self._figures: dict[str, GroupFigures] = {}
        self._states: dict[str, DeviceState] = {}
        self._events: deque[Notice] = deque(maxlen=EVENTS_KEPT)
        # of what has not happened yet there are none: rates of counters need a beginning
        names = {name for group in self._servers.values() for name in group}
        self._looks = Counter({(name, each): 0 for name in names for each in _OUTCOMES})
        self._rekeys: Counter[tuple[str, str]] = Counter()
        self._counts = Counter(dict.fromkeys(KINDS, 0))
        self._next_at = self._members_at = now = clock.now()
        self.state = State(at=now, next_at=now, every_s=self._pace.every_s)

    def run(
        self,
        *,
        count: int | None = None,
        tick: Callable[[State], object] | None = None,
    ) -> None:
        """Look `count` times, or until an exception ends it; `tick` is called about each second."""
        idle = None if tick is None else lambda: tick(self.state)
        if idle is not None:
            idle()
        done = 0
        while count is None or done < count:
            left_s = self._next_at - self._clock.now()
            if not _is_ahead(left_s, self._pace.every_s):
                self.step(idle)
                done += 1
            elif idle is None:
                self._clock.sleep(left_s)
            else:
                idle()
                self._clock.sleep(min(left_s, _STEP_S))

    def ways(self) -> Mapping[str, WayState]:
        """How notices and figures go out now; after the end, what became of them."""
        return self._post.states()

    def close(self) -> None:
        """End the sessions, and let what waits go out."""
        try:
            self._poller.close()
        finally:
            self._post.close()

    def step(self, idle: Idle | None = None) -> State:
        """Look once, at members too where they are due; see `run` for `idle`."""
        now = self._clock.now()
        whole = not _is_ahead(self._members_at - now, self._pace.members_every_s)
        # what was missed is not caught up with
        self._next_at = now + self._pace.every_s
        if whole:
            self._members_at = now + self._pace.members_every_s
        observed = self._look(whole, idle)
        new = self._judge(now, observed, whole=whole)
        self._events.extend(new)
        self._counts.update(notice.name for notice in new if notice.kind == "event")
        self._post.put(new, tuple(self._figures.values()) if whole else ())
        self.state = self._state(now)
        if self._tell is not None:
            self._tell(self.state, tuple(new))
        return self.state

    def _look(self, whole: bool, idle: Idle | None) -> dict[str, Observed]:
        commands = (*_SERVER, KS_MEMBERS) if whole else _SERVER
        names = dict.fromkeys(name for group in self._servers.values() for name in group)
        asks = {name: Ask(role="key server", commands=commands, keep=True) for name in names}
        if whole:
            followed = {key.device for key in self._alerts.known() if key.rule in OF_MEMBERS}
            for name in self._sampler.take(followed):
                asks.setdefault(name, Ask(role="member", commands=_MEMBER, keep=False))
        observed = self._poller.look(asks, idle, patience_s=self._pace.lists_s if whole else None)
        for name in names:
            seen = observed[name]
            self._looks[name, _OUTCOMES[bool(seen.failure)]] += 1
            self._states[name] = DeviceState(
                at=seen.at,
                seconds=self._poller.seconds.get(name, 0.0),
                failure=clean(seen.failure),
            )
        # members rest as long as they are followed, else they are asked when their turn comes
        members = [name for name in asks if name not in names]
        self._poller.forget(
            [name for name in members if name in observed and not observed[name].failure]
        )
        return observed

    def _judge(self, now: float, observed: Mapping[str, Observed], *, whole: bool) -> list[Notice]:
        answered = {name: seen for name, seen in observed.items() if not seen.failure}
        new: list[Notice] = []
        conditions = [
            unreachable(_unreachable_rule(seen), name, seen.failure)
            for name, seen in observed.items()
            if seen.failure
        ]
        for look in looks(self._intent, answered, list(self._servers)):
            before = self._figures.get(look.name)
            figures = carried(before, self._figure(look, observed, now, whole=whole))
            new += changes(before, figures)
            self._count_rekeys(before, figures)
            self._figures[look.name] = figures
            most = None
            if figures.members is not None:
                most = self._most[look.name].take(now, figures.members)
            conditions += of_group(look, figures, self._alerts.rules, most, whole=whole)
        unwritten = self._post.unwritten()
        if unwritten:
            conditions.append(Condition(key=Key("HistoryUnwritten"), text=unwritten))
        return new + self._alerts.update(
            now, conditions, lambda key: is_judged(key, self._figures, answered, whole=whole)
        )

    def _figure(
        self, look: GroupLook, observed: Mapping[str, Observed], now: float, *, whole: bool
    ) -> GroupFigures:
        if whole:
            first = look.leading
            self._acks[look.name] = None if first is None else acknowledgements(first)
            sample = [name for name in look.intended_members if name in observed]
            bad = {each.devices[0] for each in member_troubles(look, complete=True)}
            bad.update(name for name in sample if observed[name].failure)
            self._samples[look.name] = len(sample), len(sample) - len(bad)
        sampled, well = self._samples.get(look.name, (0, 0))
        return figures_of(
            look,
            self._servers[look.name],
            now,
            acks=self._acks.get(look.name),
            sampled=sampled,
            well=well,
        )

    def _count_rekeys(self, before: GroupFigures | None, now: GroupFigures) -> None:
        for key, is_new in zip(("kek", "tek"), rekeyed(before, now), strict=True):
            self._rekeys[now.name, key] += is_new

    def _state(self, now: float) -> State:
        rules = self._alerts.rules
        return State(
            at=now,
            next_at=self._next_at,
            every_s=self._pace.every_s,
            groups=tuple(self._figures.values()),
            devices=dict(self._states),
            alerts=tuple(
                Firing(
                    rule=alert.key.rule,
                    severity=rules[alert.key.rule].severity,
                    group=alert.key.group,
                    device=alert.key.device,
                    text=clean(alert.text),
                    since=alert.since,
                )
                for alert in self._alerts.firing()
            ),
            events=tuple(self._events),
            ways=self._post.states(),
            looks=dict(self._looks),
            rekeys=dict(self._rekeys),
            counts=dict(self._counts),
        )


def _unreachable_rule(seen: Observed) -> str:
    return "KeyServerUnreachable" if seen.role == "key server" else "MemberUnreachable"


def _is_ahead(left_s: float, every_s: float) -> bool:
    """Whether something is still to come; a clock that was set back is no reason to wait long."""
    return 0 < left_s <= every_s


def check_groups(intent: Intent, groups: Collection[str]) -> None:
    """Raise UsageError for a group that the intent does not have."""
    known = [group.name for group in intent.groups]
    for name in groups:
        if name not in known:
            raise UsageError(
                f"the intent has no group '{name}'", hint=f"there are {', '.join(known)}"
            )


def _servers_of(intent: Intent, groups: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The key servers that can be looked at, by group."""
    check_groups(intent, groups)
    servers = Relations(intent).servers
    found = {
        group.name: tuple(role.name for role in group.servers if not servers[role.name].external)
        for group in intent.groups
        if not groups or group.name in groups
    }
    if not any(found.values()):
        raise UsageError("the intent has no key server that could be looked at")
    return found


def _members_of(intent: Intent, groups: Collection[str]) -> dict[str, list[str]]:
    seats = Relations(intent).seats_by_group
    return {
        name: [seat.member.name for seat in seats[name] if not seat.member.external]
        for name in groups
    }
