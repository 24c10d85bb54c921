"""A lab in a thread of its own, for callers that have no event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from types import TracebackType
from typing import Any, TypeVar

from ..device import Router
from .host import Host
from .lab import Lab

T = TypeVar("T")


class BackgroundLab:
    """A lab that is served while the caller does something else.

    Routers belong to the thread of the lab: reach into them with `run`.
    """

    def __init__(self, lab: Lab) -> None:
        self.lab = lab
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="getvpn lab", daemon=True
        )

    def start(self) -> "BackgroundLab":
        """Begin to serve; raises OSError as `Lab.start` does."""
        self._thread.start()
        try:
            self._wait(self.lab.start())
        except BaseException:
            self._end()
            raise
        return self

    def stop(self) -> None:
        """Stop serving; does nothing once it is stopped."""
        if self._loop.is_closed():
            return
        self._wait(self.lab.stop())
        self._end()

    def __enter__(self) -> "BackgroundLab":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __getitem__(self, name: str) -> Router:
        """The router `name`; look at it in `run`, or when no client is connected."""
        return self.run(lambda: self.lab[name])

    def host(self, name: str) -> Host:
        """How a device is reached."""
        return self.lab.host(name)

    def hosts(self) -> list[Host]:
        """How each device is reached."""
        return self.lab.hosts()

    def run(self, work: Callable[[], T]) -> T:
        """Call `work` in the lab's thread and give what it returns."""

        async def call() -> T:
            return work()

        return self._wait(call())

    def advance(self, seconds: float) -> None:
        """Let the lab's clock jump ahead, and what becomes due happen."""

        async def jump() -> None:
            self.lab.advance(seconds)
            # calls that became due run in the next turns of the loop
            for _ in range(3):
                await asyncio.sleep(0)

        self._wait(jump())

    def fault(self, name: str, fault: str) -> None:
        """Let something go wrong on a device; raises InputError."""
        self.run(lambda: self.lab.fault(name, fault))

    def _wait(self, work: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()
