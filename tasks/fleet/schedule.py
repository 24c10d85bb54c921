"""When each host of a fleet has its turn: so many at a time, so many logins a second, some later.

It knows neither threads nor clocks: whoever drives it says what time it is.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from heapq import heappop, heappush
from random import Random
from typing import Final

from ...errors import UsageError

JITTER: Final = 0.25
"""By which part the wait before another attempt differs, so that not all come back at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How hard a fleet may be pressed.

    `rate` is logins a second, None for as fast as it goes. `per_group` is how many hosts of one
    group have a session at a time: one number for every group, or numbers by name. `retries` is
    how often a host is tried again, the first time after `backoff_s` seconds, then after twice the
    time before.
    """

    rate: float | None = None
    per_group: int | Mapping[str, int] | None = None
    retries: int = 2
    backoff_s: float = 1.0

    def __post_init__(self) -> None:
        several = self.per_group
        numbers = several.values() if isinstance(several, Mapping) else (several,)
        if any(number is not None and number < 1 for number in numbers):
            raise UsageError("at least one host of a group has to be on at a time")
        if self.rate is not None and self.rate <= 0:
            raise UsageError("the number of logins a second has to be more than 0")
        if self.retries < 0 or self.backoff_s < 0:
            raise UsageError("there are no retries, and no pauses, of less than 0")

    def of_group(self, name: str) -> int | None:
        """How many hosts of a group may be on at a time; None for any number."""
        if isinstance(self.per_group, Mapping):
            return self.per_group.get(name)
        return self.per_group


@dataclass(slots=True)
class _Line:
    """Hosts that wait and belong to the same groups with a limit."""

    groups: frozenset[str]
    waiting: deque[tuple[int, str]] = field(default_factory=deque)


class Schedule:
    """The turns of some hosts, given with their groups in the order in which they are wanted."""

    def __init__(
        self, hosts: Iterable[tuple[str, Iterable[str]]], limits: Limits, seed: int | None = None
    ) -> None:
        self.limits = limits
        self.running: set[str] = set()
        self.attempts: Counter[str] = Counter()
        self._random = Random(seed)  # noqa: S311 - it spreads load, it keeps nothing secret
        self._busy: Counter[str] = Counter()
        self._lines: dict[frozenset[str], _Line] = {}
        self._home: dict[str, tuple[int, _Line]] = {}
        self._later: list[tuple[float, int, str]] = []
        self._login_at = float("-inf")
        self._first = True
        for number, (host, groups) in enumerate(hosts):
            limited = frozenset(each for each in groups if limits.of_group(each) is not None)
            line = self._lines.setdefault(limited, _Line(limited))
            self._home[host] = number, line
            line.waiting.append((number, host))

    @property
    def waiting(self) -> int:
        """How many hosts have not had their turn, or will have another."""
        return sum(len(line.waiting) for line in self._lines.values()) + len(self._later)

    @property
    def finished(self) -> bool:
        """Whether no host waits and none is on."""
        return not self.running and not self.waiting

    def next(self, now: float) -> str | None:
        """The host whose turn is at `now`, which is on from then; None when there is none."""
        while self._later and self._later[0][0] <= now:
            _, number, host = heappop(self._later)
            self._home[host][1].waiting.appendleft((number, host))
        if now < self._login_at:
            return None
        free = [line for line in self._lines.values() if line.waiting and self._has_room(line)]
        if not free:
            return None
        line = min(free, key=lambda each: each.waiting[0])
        _, host = line.waiting.popleft()
        if self.limits.rate:
            # one login late may be caught up, but a pause is no reason for a burst
            between_s = 1 / self.limits.rate
            planned = now if self._first else max(self._login_at, now - between_s)
            self._login_at, self._first = planned + between_s, False
        self.running.add(host)
        self._busy.update(line.groups)
        self.attempts[host] += 1
        return host

    def next_at(self, now: float) -> float | None:
        """When `next` should be asked again, unless a host ends before; None if only then."""
        times = [self._later[0][0]] if self._later else []
        if any(line.waiting and self._has_room(line) for line in self._lines.values()):
            times.append(max(now, self._login_at))
        return min(times, default=None)

    def done(self, host: str) -> None:
        """A host is through."""
        self._ended(host)
        del self.attempts[host], self._home[host]

    def again(self, host: str, now: float) -> bool:
        """A host did not go well and should have another turn; False if it has had them all."""
        self._ended(host)
        tried = self.attempts[host]
        if tried > self.limits.retries:
            del self.attempts[host], self._home[host]
            return False
        wait_s = self.limits.backoff_s * 2 ** (tried - 1)
        wait_s *= 1 + self._random.uniform(-JITTER, JITTER)
        heappush(self._later, (now + wait_s, self._home[host][0], host))
        return True

    def drop(self) -> list[str]:
        """Forget who still waits; gives their names."""
        left = [host for line in self._lines.values() for _, host in line.waiting]
        left += [host for _, _, host in self._later]
        for line in self._lines.values():
            line.waiting.clear()
        self._later.clear()
        order = {host: number for host, (number, _) in self._home.items()}
        return sorted(left, key=order.__getitem__)

    def _ended(self, host: str) -> None:
        self.running.remove(host)
        self._busy.subtract(self._home[host][1].groups)

    def _has_room(self, line: _Line) -> bool:
        return all(self._busy[name] < (self.limits.of_group(name) or 0) for name in line.groups)
