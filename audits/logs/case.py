"""What the explanations of a group have in common: its events by kind, and the words for them."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from ..rule import Severity
from .kinds import KINDS, NUMBERS, Topic
from .prepared import GroupLog
from .rekeys import Rekeys
from .store import NO_TIME

DEVICES = 1000
"""Devices that an explanation lists at most."""
PLACES = 3
"""Places that an explanation names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """What messages mean together: `what` happened, what was `seen`, and what to check `next`.

    `about` names the trouble, `severity` how bad it is; with INFO there is none. `devices` are
    concerned, and the `places` are where to read it, as `file:line`.
    """

    about: str
    topic: Topic
    group: str
    severity: Severity
    what: str
    seen: tuple[str, ...] = ()
    next: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()
    first: float = NO_TIME
    last: float = NO_TIME
    count: int = 1
    places: tuple[str, ...] = ()

    @property
    def trouble(self) -> bool:
        """Whether somebody has to do something."""
        return self.severity > Severity.INFO


def clock(at: float, *, date: bool = True) -> str:
    """A time as text."""
    if at == NO_TIME:
        return "at an unknown time"
    try:
        moment = datetime.fromtimestamp(at, UTC)
    except (ValueError, OverflowError, OSError):
        return "at an unknown time"
    return moment.strftime("%Y-%m-%d %H:%M:%S" if date else "%H:%M:%S")


def duration(seconds: float) -> str:
    """A time span for people."""
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 7200:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


@dataclass(slots=True)
class Case:
    """A group's log with its rekeys, and the rows of each kind."""

    log: GroupLog
    rekeys: Rekeys
    splits: list[tuple[float, float]] = field(default_factory=list)
    """When the group was split; who explains that notes it for the others."""
    expected: str = ""
    """Why registrations anew are no surprise."""
    kinds: dict[int, array[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kinds: dict[int, array[int]] = defaultdict(lambda: array("I"))
        for row in self.rekeys.others:
            kinds[self.log.store.kind[row]].append(row)
        self.kinds = dict(kinds)

    def rows(self, *names: str) -> Sequence[int]:
        """The rows of these kinds in the order of time."""
        found = [self.kinds[NUMBERS[name]] for name in names if NUMBERS[name] in self.kinds]
        if len(found) == 1:
            return found[0]
        return sorted((row for rows in found for row in rows), key=self.log.store.time.__getitem__)

    def at(self, row: int) -> float:
        """The time of a row."""
        return self.log.store.time[row]

    def device(self, row: int) -> int:
        """Who logged a row, as a number."""
        return self.log.store.device[row]

    def name(self, device: int) -> str:
        """The name of a device."""
        return self.log.store.names.texts[device]

    def subject(self, row: int) -> str:
        """Whom a row is about."""
        return self.log.label(self.log.store.subject[row])

    def total(self, rows: Iterable[int]) -> int:
        """How many messages rows stand for."""
        return sum(self.log.store.count[row] for row in rows)

    def until(self, rows: Iterable[int]) -> float:
        """When the last message of rows came, of those that have a time."""
        last = self.log.store.last
        return max((last[row] for row in rows if last[row] != NO_TIME), default=NO_TIME)

    def often(self, rows: Sequence[int]) -> str:
        """How often rows were logged, and when last where that is known."""
        last = self.until(rows)
        when = f", last at {clock(last)}" if last != NO_TIME else ""
        return f"{times(self.total(rows))}{when}"

    def in_split(self, at: float) -> bool:
        """Whether the group was split at a time."""
        return any(begin <= at <= end for begin, end in self.splits)

    def explain(
        self,
        about: str,
        severity: Severity,
        what: str,
        rows: Sequence[int],
        *,
        seen: Iterable[str] = (),
        then: Iterable[str] = (),
        devices: Iterable[str] | None = None,
        topic: Topic | None = None,
    ) -> Explanation:
        """An explanation that rests on rows, of which there is one at least."""
        store = self.log.store
        named = [self.log.device(row) for row in rows] if devices is None else devices
        chosen = [*rows[: PLACES - 1], rows[-1]] if len(rows) > PLACES else rows
        return Explanation(
            about=about,
            topic=topic or KINDS[store.kind[rows[0]]].topic,
            group=self.log.name,
            severity=severity,
            what=what,
            seen=tuple(dict.fromkeys(seen)),
            next=tuple(then),
            devices=tuple(sorted(set(named))[:DEVICES]),
            first=store.time[rows[0]],
            last=self.until(rows),
            count=self.total(rows),
            places=tuple(dict.fromkeys(map(self.log.place, chosen))),
        )

    def by_subject(self, rows: Iterable[int]) -> dict[str, list[int]]:
        """Rows by whom they are about, the most frequent first."""
        found: dict[str, list[int]] = defaultdict(list)
        for row in rows:
            found[self.subject(row)].append(row)
        return dict(sorted(found.items(), key=lambda each: -self.total(each[1])))

    def by_device(self, rows: Iterable[int]) -> dict[int, list[int]]:
        """Rows by who logged them."""
        found: dict[int, list[int]] = defaultdict(list)
        for row in rows:
            found[self.device(row)].append(row)
        return dict(found)

    def members(self) -> set[int]:
        """The devices whose logs show that they are members."""
        found = set(self.rekeys.members)
        for place, rows in self.kinds.items():
            if KINDS[place].speaker == "group member":
                found.update(self.log.store.device[row] for row in rows)
        return found

    def servers(self) -> set[int]:
        """The devices whose logs show that they are key servers."""
        found = {rekey.server for rekey in self.rekeys.rekeys if rekey.told}
        for place, rows in self.kinds.items():
            if KINDS[place].speaker == "key server":
                found.update(self.log.store.device[row] for row in rows)
        return found


def times(count: int) -> str:
    """How often."""
    return {1: "once", 2: "twice"}.get(count, f"{count} times")


def lines(counts: Iterable[tuple[str, str]], most: int = 6) -> Iterator[str]:
    """Lines `name: what`, the rest counted."""
    found = list(counts)
    for name, what in found[:most]:
        yield f"{name}: {what}"
    if len(found) > most:
        yield f"and {len(found) - most} more"
