"""Stub objects of tracking, whose state comes from somebody else on the router."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from ..feature import Feature

if TYPE_CHECKING:
    from ..device import Router

States = Callable[[], Mapping[int, bool]]
"""Gives the state of objects by their numbers."""


class StubObjects(Feature):
    """Asks those who drive stub objects; objects that nobody drives are not in it.

    `look` notes when a state has changed: whoever drives an object calls it when that may be.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._drivers: list[States] = []
        self._seen: dict[int, tuple[bool, float]] = {}

    def driven_by(self, states: States) -> None:
        """Have the state of the objects that `states` gives come from it, until the next boot."""
        self._drivers.append(states)

    def look(self) -> None:
        """States may have changed just now."""
        now = self.router.clock.now()
        known, self._seen = self._seen, {}
        for states in self._drivers:
            for number, up in states().items():
                before = known.get(number)
                same = before is not None and before[0] == up
                self._seen[number] = before if before is not None and same else (up, now)

    def get(self, number: int) -> tuple[bool, float] | None:
        """Whether an object is up, and since when (UTC seconds); None if nobody drives it."""
        self.look()
        return self._seen.get(number)
