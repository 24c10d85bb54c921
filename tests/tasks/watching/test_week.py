"""A week of a watch in virtual time: each day the same goes wrong, and nothing grows."""

import gc
from collections import Counter
from dataclasses import dataclass, field
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any

import pytest

from getvpn.errors import LoginError, TransportError
from getvpn.tasks.deploying.observing import GM, KS_COOP, KS_POLICY
from getvpn.tasks.ssh.device import Device
from getvpn.tasks.watching import watcher as watching
from getvpn.tasks.watching.notices import Notice
from getvpn.tasks.watching.outbox import DeliveryError
from getvpn.tasks.watching.posting import Post
from getvpn.tasks.watching.watcher import Pace, Watcher

from ..deploying.looking import Told, healthy
from .worlds import Kept

EVERY_S = 600.0
DAY_S = 86_400.0
BEGAN = 1_767_225_600.0
CODE = (type, ModuleType, FunctionType, BuiltinFunctionType, CodeType)


@dataclass(slots=True)
class Clock:
    """Time that passes as soon as somebody sleeps."""

    time: float = BEGAN

    def now(self) -> float:
        """Seconds since 1970."""
        return self.time

    def sleep(self, seconds: float) -> None:
        """Let it pass."""
        self.time += seconds

    @property
    def hour(self) -> float:
        """The hour of the day."""
        return self.time % DAY_S / 3600


class Session(Told):
    """A device that says what the hour has it say."""

    def __init__(self, name: str, clock: Clock) -> None:
        super().__init__(name, healthy()[1][name].texts)
        self.clock = clock

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """The text for a command."""
        self.asked.clear()
        text = super().send(command, timeout_s=timeout_s)
        hour = self.clock.hour
        if self.name == "KS2" and 2 <= hour < 5:
            raise TransportError("the connection is closed", device=self.name)
        if (self.name, command) == ("KS1", KS_COOP) and 10 <= hour < 12:
            return text.replace("Alive", "Dead")
        if (self.name, command) == ("KS2", KS_POLICY) and 13 <= hour < 15:
            return "garbled"
        if (self.name, command) == ("BR1", GM) and 16 <= hour < 18:
            return text.replace("Registered", "Registering")
        return text

    def close(self) -> None:
        """Nothing is open."""


@dataclass(slots=True)
class Devices:
    """The devices of a network whose second key server is away at night and in the morning."""

    clock: Clock
    at_once: int = 0

    def username(self, name: str) -> str:
        """One for all."""
        del name
        return "admin"

    def open(self, name: str) -> Device:
        """A session."""
        if name == "KS2" and 2 <= self.clock.hour < 5:
            raise TransportError("no answer", device=name)
        if name == "KS2" and 5 <= self.clock.hour < 7:
            raise LoginError("the login is turned down", device=name)
        return Session(name, self.clock)  # type: ignore[return-value]  # only some is called


@dataclass(slots=True)
class Away:
    """A way on which nothing arrives."""

    name: str
    tried: int = 0

    def send(self, item: Any) -> None:
        """Fail."""
        del item
        self.tried += 1
        raise DeliveryError("no answer")


@dataclass(slots=True)
class Days:
    """What was told, by day."""

    told: list[Counter[tuple[str, str, str]]] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)


def retained(*roots: object) -> int:
    """How many objects are held."""
    seen: dict[int, object] = {}
    waiting = list(roots)
    while waiting:
        each = waiting.pop()
        if id(each) not in seen and not isinstance(each, CODE):
            seen[id(each)] = each
            waiting += gc.get_referents(each)
    return len(seen)


def test_a_week_is_seven_times_the_same_day(monkeypatch: pytest.MonkeyPatch) -> None:
    # so that what is kept by number is full after a day
    monkeypatch.setattr(watching, "EVENTS_KEPT", 10)
    clock, kept, days = Clock(), Kept(), Days()
    webhook, history = Away("webhook"), Away("history")
    post = Post(clock, (kept, webhook), history=history, least="info", threads=False)
    pace = Pace(every_s=EVERY_S, members_every_s=1800, sample=1)
    watcher = Watcher(healthy()[0], Devices(clock), clock, pace=pace, post=post)
    for _ in range(7):
        watcher.run(count=int(DAY_S / EVERY_S))
        days.told.append(Counter(map(_key, kept.items)))
        kept.items.clear()
        days.sizes.append(retained(watcher))

    assert clock.now() >= BEGAN + 7 * DAY_S - 2 * EVERY_S
    # of alerts each has its beginning and its end, each day, whatever happens beside
    usual = days.told[1]
    for name in (
        ("PeerDown", "KS1"),
        ("KeyServerUnreachable", "KS2"),
        ("MemberNotRegistered", "BR1"),
    ):
        assert usual[name[0], "firing", name[1]] == usual[name[0], "resolved", name[1]] > 0, usual
    assert all(told == usual for told in days.told[1:])
    assert webhook.tried > 7 * 100
    assert watcher.ways()["webhook"].waiting <= 1000
    assert len(watcher.state.events) == 10
    assert max(days.sizes[2:]) <= 1.02 * days.sizes[1], days.sizes


def _key(notice: Notice) -> tuple[str, str, str]:
    return notice.name, notice.state, notice.device
