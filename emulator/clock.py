"""Time inside the emulator.

Whatever waits or stamps asks a `Clock`. A test moves a `ManualClock` by hand, so that a day passes
at once; served routers share a `RunningClock` that follows an event loop, faster if wanted.
"""

from __future__ import annotations

import heapq
import sys
from collections.abc import Callable
from itertools import repeat
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    import asyncio

MIN_PURGE = 64
SLICE_S: Final = 0.005
"""Seconds of an event loop that calls of a clock take before others have their turn."""
SYNC_S: Final = 0.050
"""How long somebody who handles input may have to wait for the calls that are due before it."""
MOST_LAG_S: Final = 1.0
"""How many seconds of its loop a clock falls behind before it goes slower than it should."""
MOST_CALLS: Final = 256
"""How many calls of a clock run before it is looked how long they took."""


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

    def sync(self) -> None:
        """Run what has become due by now: whoever handles input says this first."""


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

    def sync(self) -> None:
        """Do nothing: what was due ran when the clock was moved."""

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

    def run_until(self, when: float, most: int = sys.maxsize) -> bool:
        """Move on to `when`, running the calls that become due; a past time moves nothing.

        After `most` calls the clock stops on its way; whether it got there. A call that raises
        stops the clock at its time; the later ones stay in the queue.
        """
        queue, pop = self._queue, heapq.heappop
        for _ in repeat(None, most):
            if not queue or queue[0][0] > when:
                break
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
        else:
            return False
        self._now = max(self._now, when)
        return True

    def forget(self) -> None:
        """Count a cancelled call; many of them are taken out of the queue together."""
        self._cancelled += 1
        if self._cancelled > MIN_PURGE and self._cancelled * 2 > len(self._queue):
            # in place: this may happen inside a call of run_until
            self._queue[:] = [entry for entry in self._queue if not _dropped(entry)]
            heapq.heapify(self._queue)
            self._cancelled = 0


class RunningClock:
    """A clock that follows an event loop: it runs the calls of `kernel` when their time comes.

    It shows `start` (UTC seconds since 1970) now, and then runs `rate` seconds for each second of
    the loop. A call sees its own time in `now()`; between the calls it is that of the loop, never
    later than a call that still waits. Where the computer is too slow for the calls the clock goes
    slower. What a call raises goes to the exception handler of the loop. One that is `held` shows
    `start`, and runs only what is due then, until `go`; `going` is done from then on.
    """

    __slots__ = (
        "_base",
        "_busy",
        "_calls",
        "_closed",
        "_goal",
        "_handle",
        "_loop",
        "_origin",
        "_rate",
        "_shown",
        "_synced",
        "_waiting",
        "going",
        "kernel",
    )

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        start: float,
        rate: float = 1.0,
        *,
        kernel: ManualClock | None = None,
        held: bool = False,
    ) -> None:
        _check(rate)
        self.kernel = ManualClock(start) if kernel is None else kernel
        self.kernel.run_until(start)
        self._loop = loop
        self._origin = loop.time()
        self._base = self._shown = start
        self._rate = rate
        self._calls = 1
        self._busy = self._synced = self._closed = False
        self.going = loop.create_future()
        if not held:
            self.going.set_result(None)
        self._goal: float | None = start if held else None
        self._handle: asyncio.TimerHandle | None = None
        self._waiting: list[tuple[float, asyncio.Future[None]]] = []

    # ---- what others ask ----

    def now(self) -> float:
        """The time in UTC seconds since 1970."""
        kernel = self.kernel
        if self._busy:
            return kernel.now()
        live, due = self._live(), kernel.next_due()
        if due is not None and due < live:
            live = due
        self._shown = shown = max(self._shown, kernel.now(), live)
        return shown

    def call_at(self, when: float, callback: Callable[[], None]) -> ManualTimer:
        """Call back at `when`; from the next turn of the loop if that is past."""
        timer = self.kernel.call_at(when, callback)
        if not self._busy:
            self._arm()
        return timer

    def sync(self) -> None:
        """Run what has become due by now, so that the kernel's time is `now()`.

        Whoever handles input says this first. It does nothing inside a call, and once is enough in
        a turn of the loop.
        """
        if self._busy or self._synced or self._closed:
            return
        self._synced = True
        # what the input asks of the kernel directly is seen at the end of the turn
        self._loop.call_soon(self._turned)
        if self._goal is None and not self._run(self._live(), SYNC_S):
            self._slow_down()

    def advance(self, seconds: float) -> None:
        """Jump ahead, running what becomes due in its order, and wait for it.

        RuntimeError inside a call.
        """
        if self._busy:
            raise RuntimeError("a call of the clock cannot move it")
        when = self.now() + seconds
        self._run(when, sys.float_info.max)
        self._arrive(when)
        if self._goal is None or self._goal <= when:
            self._restart()

    def jump(self, seconds: float) -> asyncio.Future[None]:
        """Jump ahead while the loop goes on; done when everything that became due has run.

        Until then the clock shows how far it has come. A jump that begins before another one has
        ended adds to it. RuntimeError inside a call.
        """
        done = self._loop.create_future()
        if self._closed:
            done.set_result(None)
            return done
        if self._busy:
            raise RuntimeError("a call of the clock cannot move it")
        now = self.now()
        self._run(now, SYNC_S)
        when = max(now, self._goal or 0.0) + seconds
        self._goal = when
        self._waiting.append((when, done))
        self._arm()
        return done

    def pace(self, rate: float) -> None:
        """Run `rate` seconds for each second of the loop from now on; ValueError unless above 0."""
        _check(rate)
        self.now()
        self._slow_down()
        self._rate = rate
        self._arm()

    def go(self) -> None:
        """Let time pass from now on, in a clock that was made `held`."""
        if not self.going.done():
            self.going.set_result(None)
            self._arm()

    def close(self) -> None:
        """Stand still from now on; nothing is called any more, and jumps are over."""
        self._base, self._closed = self.now(), True
        self.go()
        if self._handle is not None:
            self._handle.cancel()
        self._arrive(sys.float_info.max)

    # ---- inner matters ----

    def _live(self) -> float:
        """The time that it should be: that of the loop, or how far a jump has come."""
        if self._goal is not None:
            return self.kernel.now()
        if self._closed:
            return self._base
        return self._base + (self._loop.time() - self._origin) * self._rate

    def _run(self, when: float, patience_s: float) -> bool:
        """Run what is due by `when`, for some seconds of the loop; whether all of it has run."""
        kernel, loop = self.kernel, self._loop
        begun = before = loop.time()
        self._busy = True
        try:
            while True:
                try:
                    if kernel.run_until(when, self._calls):
                        return True
                except Exception as error:  # noqa: BLE001 - the other calls must go on
                    told = {"message": "a call of the clock failed", "exception": error}
                    loop.call_exception_handler(told)
                after = loop.time()
                if after - before > SLICE_S:
                    self._calls = max(1, self._calls // 4)
                elif self._calls < MOST_CALLS:
                    self._calls *= 2
                before = after
                if after - begun > patience_s:
                    return False
        finally:
            self._busy = False

    def _pump(self) -> None:
        """The time of a call may have come."""
        self._handle = None
        goal = self._goal
        reached = self._run(self._live() if goal is None else goal, SLICE_S)
        if goal is not None:
            self._arrive(self.kernel.now(), whole=reached)
            if reached and goal == self._goal and self.going.done():
                self._restart()
        elif not reached and self._live() - self.kernel.now() > MOST_LAG_S * self._rate:
            self._slow_down()
        self._arm()

    def _turned(self) -> None:
        """The turn of the loop in which somebody handled input is over."""
        self._synced = False
        self._arm()

    def _arrive(self, when: float, *, whole: bool = True) -> None:
        """Tell those who wait for a jump that ends by `when`, before it if not all of that ran."""
        waiting, self._waiting = self._waiting, []
        for goal, done in waiting:
            if goal > when or (goal == when and not whole):
                self._waiting.append((goal, done))
            elif not done.done():
                done.set_result(None)

    def _restart(self) -> None:
        """A jump is over: go on from here at the usual speed."""
        self._goal = None
        self._slow_down()
        self._arm()

    def _slow_down(self) -> None:
        """Go on from where the calls are."""
        self._base, self._origin = max(self.kernel.now(), self._shown), self._loop.time()

    def _arm(self) -> None:
        """Have the loop pump at the time of the next call."""
        due, goal = self.kernel.next_due(), self._goal
        if self._closed or (due is None and goal is None):
            return
        if goal is not None:
            if not self.going.done() and (due is None or due > goal) and not self._waiting:
                return
            when = 0.0
        elif due is not None:
            when = self._origin + (due - self._base) / self._rate
        if self._handle is not None:
            if self._handle.when() <= when:
                return
            self._handle.cancel()
        self._handle = self._loop.call_at(when, self._pump)


def _check(rate: float) -> None:
    if rate <= 0:
        msg = "a clock runs forwards: rate must be above 0"
        raise ValueError(msg)
