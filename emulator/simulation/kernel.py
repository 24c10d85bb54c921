"""The kernel of a simulation: one queue of events, one source of chance, one record of events."""

import hashlib
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from random import Random

from ..clock import ManualClock

KEPT_EVENTS = 200_000
"""How many events a kernel remembers unless it is told otherwise."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened on `node` at `at` (UTC seconds since 1970)."""

    at: float
    node: str
    text: str

    @property
    def line(self) -> str:
        """One line of the event log."""
        return f"{self.at:.6f} {self.node} {self.text}"


class Kernel(ManualClock):
    """Time that moves only when it is told to, and what happens in it.

    Events of one time run in the order in which they were asked for. `seed` decides everything that
    is drawn. `kept` bounds the record of events; the oldest fall out. `recorded` is how many there
    were, those that fell out included.
    """

    __slots__ = ("_random", "_record", "recorded", "seed", "watchers")

    def __init__(self, start: float, seed: int | str = 0, *, kept: int = KEPT_EVENTS) -> None:
        super().__init__(start)
        self.seed = seed
        self._record: deque[Event] = deque(maxlen=kept)
        self.recorded = 0
        self._random: dict[str, Random] = {}
        self.watchers: list[Callable[[Event], None]] = []

    def random(self, purpose: str) -> Random:
        """The numbers for one purpose: what else is drawn does not change them."""
        found = self._random.get(purpose)
        if found is None:
            found = self._random[purpose] = Random(f"{self.seed}:{purpose}")  # noqa: S311 - made again
        return found

    def record(self, node: str, text: str) -> None:
        """Note that something happened on a node now."""
        event = Event(self._now, node, text)
        self._record.append(event)
        self.recorded += 1
        for watcher in self.watchers:
            watcher(event)

    def events(self, since: int = 0) -> Iterator[Event]:
        """What happened, the oldest first, without the first `since` of all events."""
        fallen = self.recorded - len(self._record)
        return islice(self._record, max(0, since - fallen), None)

    def digest(self) -> str:
        """A hash (SHA-256, hexadecimal) of the event log, to compare two runs."""
        found = hashlib.sha256()
        for event in self._record:
            found.update(f"{event.line}\n".encode())
        return found.hexdigest()
