"""Numbers for entries that fixes put into access lists.

Each fix asks for the number in front of some entry as if it was the only one. Where several ask
for one number they get free ones that lie in front of the same entry; where there are not enough
the list is numbered anew, with room.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from ..parsers.config import AccessList, DeviceConfig

ROOM: Final = 100
"""The step in which a list is numbered anew."""
_MOST: Final = 1000
"""Entries of a list that only show output tells of."""
_LIST: Final = re.compile(r"ip access-list (?:extended|standard) (\S+)", re.ASCII)
_AGAIN: Final = re.compile(r"ip access-list resequence (\S+) (\d+) (\d+)", re.ASCII)
_NUMBERED: Final = re.compile(r"( +)(\d+) ((permit|deny) .+)", re.ASCII)
Lines = tuple[str, ...]


def numbered_anew(name: str) -> str:
    """The line that numbers a list anew, with room for what is to come."""
    return f"ip access-list resequence {name} {ROOM} {ROOM}"


@dataclass(slots=True)
class _Wish:
    """An entry that a fix puts in front of the entry at `place`."""

    text: str
    action: str
    place: int
    number: int = 0


class Numbers:
    """The numbers of all lists of a device that fixes put entries into."""

    def __init__(self, fixes: Iterable[Lines], config: DeviceConfig | None) -> None:
        self._wishes: dict[str, dict[str, _Wish]] = {}
        self._lists = config.access_lists if config is not None else {}
        self._again: set[str] = set()
        self._full: set[str] = set()
        every = list(fixes)
        fresh = _anew(every)
        for each in every:
            for name, lines in _by_list([each]):
                self._ask(name, lines, fresh=name in _anew([each]))
        for name in self._wishes:
            self._number(name, fresh=name in fresh)

    def in_the_way(self, lines: Lines) -> str:
        """Why the entries of a fix have no certain place in their list, empty if they have."""
        for name, below in _by_list([lines]):
            if name in self._full and any(map(_NUMBERED.fullmatch, below)):
                return (
                    f"access list {name} cannot be numbered anew, and has no room for all entries"
                )
            wishes = self._wishes.get(name, {})
            for line in below:
                entry = _NUMBERED.fullmatch(line)
                wish = wishes.get(entry[3]) if entry is not None else None
                if wish is not None and any(
                    other.place == wish.place and other.action != wish.action
                    for other in wishes.values()
                ):
                    return (
                        f"permits and denies are to stand in front of one entry of access list "
                        f"{name}, and their order decides"
                    )
        return ""

    def rewritten(self, lines: Lines) -> Lines:
        """The lines of a fix with the numbers that its entries get."""
        found: list[str] = []
        name = ""
        for line in lines:
            head = _LIST.fullmatch(line)
            name = head[1] if head is not None else name if line.startswith(" ") else ""
            if _AGAIN.fullmatch(line):
                continue
            if head is not None and name in self._again and self._numbers(name, lines):
                found.append(numbered_anew(name))
            entry = _NUMBERED.fullmatch(line)
            if entry is not None and name in self._wishes:
                wish = self._wishes[name][entry[3]]
                found.append(f"{entry[1]}{wish.number} {wish.text}")
            else:
                found.append(line)
        return tuple(found)

    def _numbers(self, name: str, lines: Lines) -> bool:
        return any(
            _NUMBERED.fullmatch(line)
            for each, below in _by_list([lines])
            if each == name
            for line in below
        )

    def _ask(self, name: str, lines: Iterable[str], *, fresh: bool) -> None:
        there = _positions(self._lists.get(name), fresh=fresh)
        if there is None:
            return
        wishes = self._wishes.setdefault(name, {})
        for line in lines:
            entry = _NUMBERED.fullmatch(line)
            if entry is not None and entry[3] not in wishes:
                place = bisect_left(there, int(entry[2]))
                wishes[entry[3]] = _Wish(entry[3], entry[4], place)

    def _number(self, name: str, *, fresh: bool) -> None:
        """Give each wish a number that is free; the last ones stand next to their entry."""
        known = self._lists.get(name)
        there = _positions(known, fresh=fresh) or []
        wishes = self._wishes[name].values()
        counts = [0] * (len(there) + 1)
        for wish in wishes:
            counts[wish.place] += 1
        before = [0, *there]
        if any(there[at] - before[at] <= count for at, count in enumerate(counts[:-1])):
            fresh, there = True, [ROOM * (at + 1) for at in range(len(there))]
        if fresh:
            self._again.add(name)
            remarks = known.remarks if known is not None else ()
            if any(line.text[:1].isdigit() for line in remarks) or max(counts) >= ROOM:
                self._full.add(name)
        left = list(counts)
        last = there[-1] if there else 0
        for wish in wishes:
            if wish.place == len(there):
                wish.number = last + 10 * (counts[-1] - left[-1] + 1)
                left[-1] -= 1
            else:
                wish.number = there[wish.place] - left[wish.place]
                left[wish.place] -= 1


def _anew(fixes: Iterable[Lines]) -> set[str]:
    """The lists that fixes number anew."""
    found = (_AGAIN.fullmatch(line) for lines in fixes for line in lines)
    return {each[1] for each in found if each is not None}


def _by_list(fixes: Iterable[Lines]) -> Iterator[tuple[str, list[str]]]:
    """The access lists in the lines of fixes, each with the lines below."""
    for lines in fixes:
        name, below = "", list[str]()
        for line in lines:
            head = _LIST.fullmatch(line)
            if head is not None or not line.startswith(" "):
                if name:
                    yield name, below
                name, below = head[1] if head is not None else "", []
            elif name:
                below.append(line)
        if name:
            yield name, below


def _positions(known: AccessList | None, *, fresh: bool) -> list[int] | None:
    """The numbers of the entries of a list; None where they are not shown.

    Those of a list that is numbered anew are known although the list may not be.
    """
    if fresh:
        count = len(known.entries) if known is not None else _MOST
        return [ROOM * (at + 1) for at in range(count)]
    if known is None:
        return None
    numbers = [each.sequence for each in known.entries]
    if any(number is None for number in numbers):
        return None
    return [number for number in numbers if number is not None]
