"""Host keys that are made when the first client knocks, while other sessions go on."""

import asyncio
from collections import deque
from collections.abc import Callable

from .contracts import SshRouter
from .failures import report


class Preparing:
    """Makes the host keys of routers in steps, one router after the other."""

    __slots__ = ("_task", "_waiting")

    def __init__(self) -> None:
        self._waiting: deque[tuple[SshRouter, Callable[[], None]]] = deque()
        self._task: asyncio.Task[None] | None = None

    def add(self, router: SshRouter, prepared: Callable[[], None]) -> None:
        """Make the host keys of a router; `prepared` is called when they are there, or fail."""
        self._waiting.append((router, prepared))
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._work())

    async def close(self) -> None:
        """Give up what is not made yet."""
        self._waiting.clear()
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _work(self) -> None:
        while self._waiting:
            router, prepared = self._waiting.popleft()
            try:
                while not router.ssh.ready:
                    await router.ssh.prepare(_turn)
            except Exception as error:  # noqa: BLE001 - one router that fails must not end the others
                report("keys-failed", type(router).__name__, error)
            prepared()
        self._task = None


async def _turn() -> None:
    await asyncio.sleep(0)
