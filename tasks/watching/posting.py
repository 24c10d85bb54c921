"""Who is told: ways for notices, and one for figures; each has an outbox."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from time import monotonic
from typing import Final

from ..clock import Clock
from . import outbox
from .figures import GroupFigures
from .notices import Notice, Severity, weight
from .outbox import Courier, Outbox, Way
from .state import WayState

HISTORY: Final = "history"
FIGURES_KEPT: Final = 2000
"""So many looks wait while the database is away: more than a day of one a minute."""
_AFTER_S: Final = 0.3
Figures = tuple[GroupFigures, ...]


class Post:
    """Passes notices and figures on.

    Notices that are less grave than `least` go nowhere. `threads` is whether each way has one of
    its own, so that a slow one holds up nothing; without, everything goes out in `put`, as a
    simulation needs it.
    """

    def __init__(
        self,
        clock: Clock,
        ways: Sequence[Way[Notice]] = (),
        *,
        history: Way[Figures] | None = None,
        least: Severity = "warning",
        threads: bool = True,
    ) -> None:
        self._clock = clock
        self._least = weight(least)
        self._boxes = [Outbox(way) for way in ways]
        self._history = None if history is None else Outbox(history, most=FIGURES_KEPT)
        self._couriers: list[Courier] = []
        if threads:
            self._couriers = [Courier(box.deliver, clock) for box in self._every()]

    def put(self, notices: Iterable[Notice], figures: Figures) -> None:
        """Tell what there is to tell."""
        now = self._clock.now()
        for notice in notices:
            if weight(notice.severity) >= self._least:
                for box in self._boxes:
                    box.put(now, notice)
        if self._history is not None and figures:
            self._history.put(now, figures)
        if self._couriers:
            for courier in self._couriers:
                courier.wake()
        else:
            for each in self._every():
                while each.deliver(now) == now:
                    pass

    def close(self) -> None:
        """Let what waits go out, as far as that does not take long."""
        for courier in self._couriers:
            courier.end()
        until = monotonic() + outbox.LAST_S
        try:
            for courier in self._couriers:
                courier.join(until - monotonic())
        finally:
            for box in self._every():
                box.close()
            # who was ended by that has a reason to tell
            for courier in self._couriers:
                courier.join(until + _AFTER_S - monotonic())

    def unwritten(self) -> str:
        """Why no figures are taken by the database now; empty if they are."""
        box = self._history
        return "" if box is None else box.stuck(self._clock.now())

    def states(self) -> dict[str, WayState]:
        """How it goes, by the names of the ways."""
        found: dict[str, WayState] = {}
        for box in self._every():
            name = box.way.name
            while name in found:
                name += "+"
            found[name] = WayState(
                delivered=box.delivered,
                failed=box.failed,
                dropped=box.dropped,
                waiting=len(box),
                trouble=box.stuck(self._clock.now()),
            )
        return found

    def _every(self) -> list[Outbox[Notice] | Outbox[Figures]]:
        return [*self._boxes, *([] if self._history is None else [self._history])]
