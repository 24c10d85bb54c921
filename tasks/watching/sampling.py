"""Which members are looked at: a few of each group at a time, and in the end all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from random import Random
from typing import Final

MOST_FOLLOWED: Final = 50
"""So many members with an alert are looked at each time beside the sample."""


class Sampler:
    """Takes `size` members of each group in turn, in an order that is the same in each watch."""

    def __init__(self, members: Mapping[str, Iterable[str]], size: int) -> None:
        self._size = size
        self._lists: list[list[str]] = []
        self._next: list[int] = []
        for names in members.values():
            # neighbours of a list often share a site, and fail together
            order = list(names)
            Random(0).shuffle(order)  # noqa: S311 - it spreads load, it keeps nothing secret
            self._lists.append(order)
            self._next.append(0)

    def take(self, followed: Iterable[str]) -> list[str]:
        """The next members, and those `followed` because something is wrong with them."""
        found = dict.fromkeys(sorted(followed)[:MOST_FOLLOWED]) if self._size else {}
        for index, order in enumerate(self._lists):
            count = min(self._size, len(order))
            start = self._next[index]
            found |= dict.fromkeys(order[(start + each) % len(order)] for each in range(count))
            self._next[index] = (start + count) % len(order) if order else 0
        return list(found)
