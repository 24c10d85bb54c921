"""What waits to be delivered: kept in order, tried again, never without bound."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Event, Lock, Thread
from typing import Final, Generic, Protocol, TypeVar

from ...errors import printable
from ..clock import Clock

T = TypeVar("T")
T_contra = TypeVar("T_contra", contravariant=True)
MOST: Final = 1000
FIRST_WAIT_S: Final = 2.0
LONGEST_WAIT_S: Final = 300.0
KEPT_S: Final = 86_400.0
"""Nobody needs to be told now what happened so long ago."""
SLOW_S: Final = 60.0
"""Whoever takes longer to take something does not take it, as far as people are concerned."""
LAST_S: Final = 5.0
"""What waits at the end of a watch goes out within this time, or not at all."""
_IDLE_S: Final = 60.0


class DeliveryError(Exception):
    """Something was not delivered; `final` when another attempt makes no sense.

    The text is for people, and holds no secret.
    """

    def __init__(self, text: str, *, final: bool = False) -> None:
        super().__init__(text)
        self.final = final


class Way(Protocol[T_contra]):
    """A way to deliver. `name` is for people and metrics: it holds no secret."""

    @property
    def name(self) -> str:
        """What kind of way it is: `webhook`."""

    def send(self, item: T_contra) -> None:
        """Deliver. Raises DeliveryError."""


class Outbox(Generic[T]):
    """What waits for one way; the oldest gives way when there is too much.

    Several threads may put, one delivers.
    """

    def __init__(self, way: Way[T], *, most: int = MOST) -> None:
        self.way = way
        self.delivered = self.failed = self.dropped = 0
        self.trouble = ""
        """Why the last attempt failed; empty when it did not."""
        self._waiting: deque[tuple[float, T]] = deque()
        self._most = most
        self._lock = Lock()
        self._times = 0
        self._next_at = 0.0
        self._sending_since: float | None = None

    def __len__(self) -> int:
        return len(self._waiting)

    def close(self) -> None:
        """Let go of what the way holds, if it holds anything."""
        close = getattr(self.way, "close", None)
        if close is not None:
            close()

    def stuck(self, now: float) -> str:
        """What is wrong at `now`: why nothing is delivered, or for how long; empty if nothing is.

        A way without a limit of its own may never come back.
        """
        since = self._sending_since
        if not self.trouble and since is not None and now - since >= SLOW_S:
            return f"no answer for {now - since:.0f} s"
        return self.trouble

    def put(self, now: float, item: T) -> None:
        """Let `item` wait."""
        with self._lock:
            self._waiting.append((now, item))
            while len(self._waiting) > self._most:
                self._waiting.popleft()
                self.dropped += 1

    def deliver(self, now: float) -> float | None:
        """Deliver the oldest if it is due at `now`; gives when there is more to do.

        That is `now` where it may be at once, and None if nothing waits.
        """
        with self._lock:
            while self._waiting and now - self._waiting[0][0] > KEPT_S:
                self._waiting.popleft()
                self.dropped += 1
            if not self._waiting:
                return None
            first = self._waiting[0]
        if self._due(now) <= now:
            self._try(now, first)
        return self._due(now) if self._waiting else None

    def _due(self, now: float) -> float:
        # a clock that was set back is no reason to wait long
        return self._next_at if 0 < self._next_at - now <= LONGEST_WAIT_S else now

    def _try(self, now: float, first: tuple[float, T]) -> None:
        self._sending_since = now
        try:
            self.way.send(first[1])
        except DeliveryError as error:
            self._not_delivered(now, first, printable(str(error)), final=error.final)
        except Exception as error:  # noqa: BLE001 - no way may end the watch
            self._not_delivered(now, first, type(error).__name__, final=False)
        else:
            self.delivered += 1
            self.trouble, self._times, self._next_at = "", 0, 0.0
            self._done(first)
        finally:
            self._sending_since = None

    def _not_delivered(self, now: float, first: tuple[float, T], why: str, *, final: bool) -> None:
        self.failed += 1
        self.trouble = why
        if final:
            self.dropped += 1
            self._done(first)
            return
        wait_s = min(FIRST_WAIT_S * 2 ** min(self._times, 10), LONGEST_WAIT_S)
        self._times += 1
        self._next_at = now + wait_s

    def _done(self, first: tuple[float, T]) -> None:
        with self._lock:
            # it may have given way to others meanwhile
            if self._waiting and self._waiting[0] is first:
                self._waiting.popleft()


class Courier:
    """Delivers what waits in an outbox in a thread of its own, so that nobody waits for it."""

    def __init__(self, deliver: Callable[[float], float | None], clock: Clock) -> None:
        self._deliver = deliver
        self._clock = clock
        self._wake = Event()
        self._over = False
        self._thread = Thread(target=self._work, daemon=True)
        self._thread.start()

    def wake(self) -> None:
        """There is something new."""
        self._wake.set()

    def end(self) -> None:
        """Let what waits go out once more, and then deliver nothing."""
        self._over = True
        self._wake.set()

    def join(self, seconds: float) -> None:
        """Wait for the end, for so long."""
        self._thread.join(max(seconds, 0.0))

    def _work(self) -> None:
        while True:
            over = self._over
            self._wake.clear()
            # each with its own time, or what goes out well for long would look as if it were stuck
            while (next_at := self._deliver(now := self._clock.now())) is not None:
                if next_at > now:
                    break
            if over:
                return
            wait_s = _IDLE_S if next_at is None else max(next_at - self._clock.now(), 0.05)
            self._wake.wait(wait_s)
