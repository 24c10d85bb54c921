"""Running the coroutine of a session without an event loop.

A session is a coroutine that awaits keys, time and room for its output. Here it is resumed when
what it waits for is there: from `feed`, from a timer of the clock, from `resume`.
"""

from __future__ import annotations

import enum
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from ..clock import Clock
from .interrupts import HungUp


class Wait(enum.Enum):
    """What a suspended coroutine waits for."""

    START = enum.auto()
    INPUT = enum.auto()
    TIME = enum.auto()
    ROOM = enum.auto()


@types.coroutine
def _suspend(wait: Wait) -> Generator[Wait, None, None]:
    yield wait


class Trampoline:
    """Resumes one coroutine; `flush` is called each time it is suspended or ends.

    `fresh` says that input came since the last step, `interruptible` that input ends a sleep.
    `burst` is how many steps the readers may take in a row, counted in `steps`; 0 is no limit.
    """

    __slots__ = (
        "_clock",
        "_coroutine",
        "_done",
        "_due",
        "_flush",
        "_running",
        "_wait",
        "burst",
        "ended",
        "fresh",
        "hung_up",
        "interruptible",
        "paused",
        "steps",
    )

    def __init__(self, clock: Clock, flush: Callable[[], None]) -> None:
        self._clock = clock
        self._flush = flush
        self._coroutine: Coroutine[Any, Any, None] | None = None
        self._done: Callable[[], None] = flush
        self._wait = Wait.START
        self._running = False
        self._due = False
        self.burst = 0
        self.steps = 0
        self.fresh = False
        self.interruptible = False
        self.paused = False
        self.hung_up = False
        self.ended = False

    @property
    def running(self) -> bool:
        """Whether the coroutine is running now."""
        return self._running

    @property
    def wait(self) -> Wait | None:
        """What the coroutine waits for; None while it runs."""
        return None if self._running else self._wait

    def run(self, coroutine: Coroutine[Any, Any, None], done: Callable[[], None]) -> None:
        """Start a coroutine; `done` is called when it ended, after its last output."""
        self._coroutine, self._done = coroutine, done
        self._wait = Wait.START
        if self.hung_up:
            coroutine.close()
            self._coroutine = None
            done()
        else:
            self.go_on()

    def go_on(self) -> None:
        """Resume the coroutine as long as what it waits for is there.

        Raises what the coroutine raises, except `HungUp`, when it has ended.
        """
        coroutine = self._coroutine
        if self._running or coroutine is None:
            return  # while it runs, the loop below sees what changed
        self._running = True
        self.steps = 0
        ended = True
        try:
            while self._ready():
                self.fresh = False
                step = coroutine.throw(HungUp()) if self.hung_up else coroutine.send(None)
                self._wait = step
            ended = False
        except (StopIteration, HungUp):
            pass
        finally:
            self._running = False
            if ended:
                self._coroutine = None
            self._flush()
            if ended:
                self._done()

    def _ready(self) -> bool:
        if self.hung_up:
            return True
        if self.paused:
            return False
        if self._wait is Wait.INPUT:
            return self.fresh
        if self._wait is Wait.TIME:
            return self._due or (self.fresh and self.interruptible)
        return True

    async def input(self) -> None:
        """Wait for more input than there is; raises HungUp when none will come."""
        if self.ended:
            raise HungUp
        await _suspend(Wait.INPUT)

    def end(self) -> None:
        """No more input comes: what waits for it is over, once it has taken what there is."""
        self.ended = True
        if self.wait is Wait.INPUT:
            self.hung_up = True
            self.go_on()

    async def room(self) -> None:
        """Wait until the reader of the output has room again."""
        while self.paused and not self.hung_up:
            await _suspend(Wait.ROOM)
        if self.hung_up:
            raise HungUp

    async def until(self, when: float, stop: Callable[[], str]) -> str:
        """Wait until `when`, or until `stop` gives a reason, asked whenever input came; which."""
        reason = stop()
        if reason:
            return reason
        self._due = False
        timer = self._clock.call_at(when, self._wake)
        try:
            while not self._due and not reason:
                await _suspend(Wait.TIME)
                reason = stop()
        finally:
            timer.cancel()
        return reason

    async def turn(self) -> None:
        """Let others have their turn."""
        await self.until(self._clock.now(), str)
        self.steps = 1

    def _wake(self) -> None:
        self._due = True
        self.go_on()
