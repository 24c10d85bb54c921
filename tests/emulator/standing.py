"""An event loop whose time stands still until it is moved.

No delay ends by itself, so nothing happens too soon on a machine that is slow or stops for a while.
What clients and routers say to each other takes no time.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

Result = TypeVar("Result")
LIMIT_S = 300.0
"""More real time than any test takes, however busy the machine is."""


class StandingLoop(asyncio.SelectorEventLoop):
    """A loop whose time, in seconds, stands where it is put."""

    def __init__(self) -> None:
        self.at = 0.0
        super().__init__()

    def time(self) -> float:
        return self.at

    def turn(self) -> None:
        """Go round once, outside of a coroutine."""
        self.call_soon(self.stop)
        self.run_forever()

    def delayed(self, seconds: float) -> int:
        """How many calls are due in exactly so many seconds."""
        calls = self._scheduled  # type: ignore[attr-defined]  # nothing public tells
        return sum(not call.cancelled() and call.when() == self.at + seconds for call in calls)


def _loop() -> StandingLoop:
    loop = asyncio.get_running_loop()
    assert isinstance(loop, StandingLoop)
    return loop


def delayed(seconds: float) -> int:
    """How many calls of the running loop are due in exactly so many seconds."""
    return _loop().delayed(seconds)


async def passes(seconds: float) -> None:
    """Let time pass in the running loop, and be called what is due then."""
    _loop().at += seconds
    # who is due comes after this task, which the second turn waits for
    for _ in range(2):
        await asyncio.sleep(0)


async def eventually(true: Callable[[], bool]) -> None:
    """Wait for something that another side of a connection causes."""
    while not true():
        await asyncio.sleep(0)


def run_standing(talk: Callable[[], Awaitable[Result]]) -> Result:
    """Run a test's coroutine in a loop whose time stands; fail after `LIMIT_S` of real time."""

    async def limited() -> Result:
        task = asyncio.current_task()
        assert task is not None
        late = threading.Event()

        def give_up() -> None:
            late.set()
            task.cancel()

        loop = asyncio.get_running_loop()
        guard = threading.Timer(LIMIT_S, loop.call_soon_threadsafe, [give_up])
        guard.start()
        try:
            return await talk()
        except asyncio.CancelledError:
            if late.is_set():
                pytest.fail(f"not over after {LIMIT_S:.0f} s")
            raise
        finally:
            guard.cancel()
            guard.join()

    with asyncio.Runner(loop_factory=StandingLoop) as runner:
        return runner.run(limited())
