"""One order out of several partial ones."""

from collections.abc import Hashable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from itertools import pairwise
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def merged(base: Sequence[T], orders: Iterable[Sequence[T]]) -> list[T]:
    """The elements of `base` in an order that fits `orders`, as far as these fit each other.

    What they leave open stays as in `base`. An earlier order outranks a later one that contradicts
    it. Elements that `base` does not have are passed over.
    """
    places = {each: at for at, each in enumerate(base)}
    behind: dict[T, set[T]] = {each: set() for each in base}
    waiting = dict.fromkeys(base, 0)
    for order in orders:
        known = list(dict.fromkeys(each for each in order if each in places))
        for one, two in pairwise(known):
            if two not in behind[one] and not _reaches(behind, two, one):
                behind[one].add(two)
                waiting[two] += 1
    ready = [places[each] for each in base if not waiting[each]]
    heapify(ready)
    found: list[T] = []
    while ready:
        each = base[heappop(ready)]
        found.append(each)
        for other in behind[each]:
            waiting[other] -= 1
            if not waiting[other]:
                heappush(ready, places[other])
    return found


def _reaches(behind: dict[T, set[T]], start: T, end: T) -> bool:
    """Whether `end` has to stand behind `start` already."""
    pending, seen = [start], {start}
    while pending:
        for each in behind[pending.pop()]:
            if each == end:
                return True
            if each not in seen:
                seen.add(each)
                pending.append(each)
    return False
