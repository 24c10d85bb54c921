"""Time inside the emulator.

Whatever waits or stamps asks a `Clock`. A test moves a `ManualClock` by hand, so that a day passes
at once; served routers share a `RunningClock` that follows an event loop, faster if wanted.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import asyncio

MIN_PURGE = 64


class Timer(Protocol):
    """A call that waits for its time."""

    def cancel(self) -> None:
        """Drop the call; does nothing once it ran or was cancelled."""


class Clock(Protocol):
    """What tells the time, and calls back at a time."""

    def now(self) -> float:
        """The time in UTC seconds since 1970."""

    def call_at(self, when: float, callback: Callable[[], None]) -> Timer:
        """Call back once at `when`, on the scale of `now`; soon if that is past.

        It never calls before this method has returned.
        """


class ManualTimer:
    """A call that waits for a `ManualClock` to be moved."""

    __slots__ = ("_clock", "callback", "when")

    def __init__(self, clock: ManualClock, when: float, callback: Callable[[], None]) -> None:
        self._clock = clock
        self.when = when
        self.callback: Callable[[], None] | None = callback

    def cancel(self) -> None:
        """Drop the call; does nothing once it ran or was cancelled."""
        if self.callback is not None:
            self.callback = None
            self._clock.forget()


_Entry = tuple[float, int, Any, tuple[object, ...] | None]
"""When, a number that keeps the order, and a timer, or an action and its arguments."""


def _dropped(entry: _Entry) -> bool:
    """Whether a timer in the queue was cancelled."""
    return entry[3] is None and entry[2].callback is None


class ManualClock:
    """A clock that moves only when it is told to.

    `start` is its first time in UTC seconds since 1970. Calls run in the order of their times, and
    those of one time in the order in which they were asked for; each sees its own time in `now()`.
    """

    __slots__ = ("_cancelled", "_count", "_now", "_queue")

    def __init__(self, start: float) -> None:
        self._now = start
        self._queue: list[_Entry] = []
        self._count = 0
        self._cancelled = 0

    def now(self) -> float:
        """The time in UTC seconds since 1970."""
        return self._now

    def call_at(self, when: float, callback: Callable[[], None]) -> ManualTimer:
        """Call back when the clock is moved to `when` or beyond."""
        timer = ManualTimer(self, when, callback)
        heapq.heappush(self._queue, (when, self._count, timer, None))
        self._count += 1
        return timer

    def post(self, delay: float, action: Callable[..., object], *arguments: object) -> None:
        """Call `action` with `arguments` in `delay` seconds; it cannot be cancelled.

        It costs less than `call_at`.
        """
        heapq.heappush(self._queue, (self._now + delay, self._count, action, arguments))
        self._count += 1

    def next_due(self) -> float | None:
        """The time of the next call, None if no call waits."""
        queue = self._queue
        while queue and _dropped(queue[0]):
            heapq.heappop(queue)
            self._cancelled -= 1
        return queue[0][0] if queue else None

    def advance(self, seconds: float) -> None:
        """Move on by `seconds`, running the calls that become due, also those added on the way."""
        self.run_until(self._now + seconds)

    def run_until(self, when: float) -> None:
        """Move on to `when`, running the calls that become due; a past time moves nothing.

        A call that raises stops the clock at its time; the later ones stay in the queue.
        """
        queue, pop = self._queue, heapq.heappop
        while queue and queue[0][0] <= when:
            due, _, action, arguments = pop(queue)
            if arguments is not None:
                if due > self._now:
                    self._now = due
                action(*arguments)
                continue
            callback, action.callback = action.callback, None
            if callback is None:
                self._cancelled -= 1
                continue
            if due > self._now:
                self._now = due
            callback()
        self._now = max(self._now, when)

    def forget(self) -> None:
        """Count a cancelled call; many of them are taken out of the queue together."""
        self._cancelled += 1
        if self._cancelled > MIN_PURGE and self._cancelled * 2 > len(self._queue):
            # in place: this may happen inside a call of run_until
            self._queue[:] = [entry for entry in self._queue if not _dropped(entry)]
            heapq.heapify(self._queue)
            self._cancelled = 0


class RunningClock:
    """A clock that follows an event loop.

    It shows `start` (UTC seconds since 1970) now, and then runs `rate` seconds for each second of
    the loop. A call may come early by the resolution of the loop's clock.
    """

    __slots__ = ("_loop", "_origin", "_rate", "_start", "_timers")

    def __init__(self, loop: asyncio.AbstractEventLoop, start: float, rate: float = 1.0) -> None:
        if rate <= 0:
            msg = "a clock runs forwards: rate must be above 0"
            raise ValueError(msg)
        self._loop = loop
        self._origin = loop.time()
        self._start = start
        self._rate = rate
        self._timers: dict[RunningTimer, None] = {}

    def now(self) -> float:
        """The time in UTC seconds since 1970."""
        return self._start + (self._loop.time() - self._origin) * self._rate

    def call_at(self, when: float, callback: Callable[[], None]) -> RunningTimer:
        """Call back from the loop at `when`; at its next turn if that is past."""
        timer = RunningTimer(self, when, callback)
        self._timers[timer] = None
        self.arm(timer)
        return timer

    def advance(self, seconds: float) -> None:
        """Jump ahead; calls that become due run at the next turns of the loop, in their order."""
        self._start += seconds
        for timer in list(self._timers):
            self.arm(timer)

    def arm(self, timer: RunningTimer) -> None:
        """Have the loop call a timer at its time on the clock as it runs now."""
        due = self._origin + (timer.when - self._start) / self._rate
        timer.schedule(self._loop.call_at(due, timer.run))

    def forget(self, timer: RunningTimer) -> None:
        """A timer has run or was cancelled."""
        self._timers.pop(timer, None)


class RunningTimer:
    """A call that waits on a `RunningClock`."""

    __slots__ = ("_callback", "_clock", "_handle", "when")

    def __init__(self, clock: RunningClock, when: float, callback: Callable[[], None]) -> None:
        self._clock = clock
        self._callback = callback
        self._handle: asyncio.TimerHandle | None = None
        self.when = when

    def schedule(self, handle: asyncio.TimerHandle) -> None:
        """Wait for `handle` instead of what was waited for."""
        if self._handle is not None:
            self._handle.cancel()
        self._handle = handle

    def run(self) -> None:
        """The time has come."""
        self._clock.forget(self)
        self._callback()

    def cancel(self) -> None:
        """Drop the call; does nothing once it ran or was cancelled."""
        self._clock.forget(self)
        if self._handle is not None:
            self._handle.cancel()
