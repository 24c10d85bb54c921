"""The time of whoever waits for a look: it passes only while nobody else has anything to do."""

from queue import Empty, SimpleQueue
from threading import Event, Thread, current_thread
from typing import Any

import pytest

from getvpn.tasks.watching import polling

_AGAIN_S = 0.01


class Patience:
    """Time that passes for a look that waits, as soon as all its threads hang or are at their end.

    So it makes no difference how long the others take for what they have to do.
    """

    def __init__(self) -> None:
        self.time = 0.0
        self._threads: list[Thread] = []
        self._hanging: dict[Thread, Event] = {}

    def now(self) -> float:
        """Seconds since the beginning."""
        return self.time

    def hang(self, until: Event) -> None:
        """Let this thread hang until then."""
        self._hanging[current_thread()] = until
        until.wait()

    def is_passing(self) -> bool:
        """Whether all threads hang, or are at their end."""
        return not any(map(self._works, self._threads))

    def join(self) -> None:
        """Wait for the threads, of which none hangs any more."""
        for each in self._threads:
            each.join()

    def install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Have looks wait in this time."""
        patience = self

        class Done(SimpleQueue[Any]):
            """What threads are through with."""

            def get(self, block: bool = True, timeout: float | None = None) -> Any:
                """The next, or Empty after so long."""
                assert block
                assert timeout is not None
                while True:
                    # in this order: after it nothing comes any more
                    passing = patience.is_passing()
                    try:
                        return super().get(timeout=0 if passing else _AGAIN_S)
                    except Empty:
                        if passing:
                            patience.time += timeout
                            raise

        monkeypatch.setattr(polling, "SimpleQueue", Done)
        monkeypatch.setattr(polling, "Thread", self._thread)
        monkeypatch.setattr(polling, "monotonic", self.now)

    def _thread(self, **options: Any) -> Thread:
        self._threads.append(Thread(**options))
        return self._threads[-1]

    def _works(self, thread: Thread) -> bool:
        until = self._hanging.get(thread)
        return thread.is_alive() and (until is None or until.is_set())
