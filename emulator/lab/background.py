"""A lab in a thread of its own, for callers that have no event loop."""

import asyncio
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from types import TracebackType
from typing import TYPE_CHECKING, Any, TypeVar

from .host import Host
from .lab import Lab, Source
from .steering import Steering

if TYPE_CHECKING:
    from ..device import Router
    from .making import RefusedLine

T = TypeVar("T")


class BackgroundLab(Steering):
    """A lab that is served while the caller does something else.

    `lab` is a lab or what one is made of (see `Lab.of`). Routers belong to the thread of the lab:
    reach into them with `run`, which raises RuntimeError while the lab is not served.
    """

    def __init__(self, lab: Lab | Source) -> None:
        self.lab = lab if isinstance(lab, Lab) else Lab(lab)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None
        self._thread: threading.Thread | None = None

    def start(self) -> "BackgroundLab":
        """Begin to serve; raises InputError as `Lab.start` does."""
        if self._thread is not None:
            raise RuntimeError("the lab is served already")
        begun: Future[None] = Future()
        self._thread = threading.Thread(
            target=asyncio.run, args=(self._serve(begun),), name="getvpn lab", daemon=True
        )
        self._thread.start()
        try:
            begun.result()
        except BaseException:
            if begun.done():
                self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop serving; does nothing once it is stopped."""
        loop, ending = self._loop, self._ending
        if loop is not None and ending is not None:
            loop.call_soon_threadsafe(ending.set)
        self._join()

    def __enter__(self) -> "BackgroundLab":
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def __getitem__(self, name: str) -> "Router":
        """The router `name`; look at it in `run`, or when no client is connected."""
        return self.run(lambda: self.lab[name])

    def host(self, name: str) -> Host:
        """How a device is reached."""
        return self.lab.host(name)

    def hosts(self) -> list[Host]:
        """How each device is reached."""
        return self.lab.hosts()

    def refused(self, name: str) -> "tuple[RefusedLine, ...]":
        """The lines of its startup configuration that a device does not take."""
        return self.run(lambda: self.lab.refused(name))

    def known_hosts(self, name: str) -> str:
        """Lines of a `known_hosts` file with a device's host keys."""
        return self.run(lambda: self.lab.known_hosts(name))

    def run(self, work: Callable[[], T]) -> T:
        """Call `work` in the lab's thread and give what it returns."""

        async def call() -> T:
            self.lab.sync()
            return work()

        return self._wait(call)

    def steered(self, work: Callable[[Lab], T]) -> T:
        """Let `work` do something to the lab in its thread, at the present time of its kernel."""
        return self.run(lambda: self.lab.steered(work))

    def advance(self, seconds: float) -> None:
        """Let the lab's clock jump ahead, and what becomes due happen; clients go on meanwhile."""
        self._wait(lambda: self.lab.pass_time(seconds))

    jump = advance

    def fault(self, name: str, fault: str) -> None:
        """Let something go wrong on a device; raises InputError."""
        self.run(lambda: self.lab.fault(name, fault))

    async def _serve(self, begun: "Future[None]") -> None:
        try:
            await self.lab.start()
        except BaseException as error:  # noqa: BLE001 - whoever started it is told
            begun.set_exception(error)
            return
        self._loop, self._ending = asyncio.get_running_loop(), asyncio.Event()
        begun.set_result(None)
        try:
            await self._ending.wait()
        finally:
            self._loop = None
            await self.lab.stop()

    def _wait(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        loop = self._loop
        if loop is None:
            raise RuntimeError("the lab is not served")
        return asyncio.run_coroutine_threadsafe(work(), loop).result()

    def _join(self) -> None:
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
