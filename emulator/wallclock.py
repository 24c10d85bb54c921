"""The clock of a router as it knows it: set by hand or by NTP, in a zone, with summer time.

A lab's clock is true; a router's own may be wrong by `offset_s`. What the calendar chip holds
survives a reload.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from .timetext import DAYS, MONTHS, moment

if TYPE_CHECKING:
    from .config.store import Entry
    from .device import Router

CALENDAR = "hardware calendar"
BY_HAND = "user configuration"
BY_NTP = "NTP"
US_SUMMER = ("2 Sun Mar 02:00:00", "1 Sun Nov 02:00:00")
"""The summer time of `clock summer-time ZONE recurring` alone (Cisco command reference)."""
SUMMER_OFFSET_MIN = 60
WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class _Summer:
    """A summer time: its zone, how far it is ahead, and its borders in local standard time."""

    zone: str
    ahead: timedelta
    begin: datetime
    end: datetime

    def holds(self, standard: datetime) -> bool:
        """Whether summer time is in force at a local standard time."""
        end = self.end - self.ahead
        if self.begin <= end:
            return self.begin <= standard < end
        return not end <= standard < self.begin


class WallClock:
    """The time as one router tells it.

    `source` is what it was last set by, `authoritative` whether that vouches for it;
    `synchronized` tells that NTP holds it, `awaiting` that NTP should and does not.
    """

    __slots__ = (
        "_router",
        "authoritative",
        "awaiting",
        "calendar_offset_s",
        "offset_s",
        "source",
        "synchronized",
    )

    def __init__(self, router: "Router") -> None:
        self._router = router
        self.offset_s = 0.0
        self.calendar_offset_s = 0.0
        self.reset()

    def reset(self) -> None:
        """Begin with what the calendar says: the router boots."""
        self.offset_s = self.calendar_offset_s
        self.source = CALENDAR
        self.authoritative = False
        self.synchronized = False
        self.awaiting = False

    def set_by_hand(self, utc: datetime) -> None:
        """Set the clock to a time."""
        self.offset_s = (utc - moment(self._router.clock.now())).total_seconds()
        self.source = BY_HAND
        self.authoritative = True

    def set_by_ntp(self) -> None:
        """Follow a time server: the clock is right now."""
        self.offset_s = 0.0
        self.source = BY_NTP
        self.authoritative = True
        self.synchronized = True

    def set_calendar(self, utc: datetime) -> None:
        """Set the calendar chip to a time."""
        self.calendar_offset_s = (utc - moment(self._router.clock.now())).total_seconds()

    def calendar(self) -> tuple[datetime, str]:
        """The time of the calendar chip in the router's zone, and the name of the zone."""
        return self._in_zone(moment(self._router.clock.now() + self.calendar_offset_s))

    @property
    def trusted(self) -> bool:
        """Whether the time is taken for true: set by hand or by NTP, or the calendar is believed.

        `clock calendar-valid` makes the calendar a source.
        """
        return self.authoritative or self._router.config.root.has("clock calendar-valid")

    @property
    def mark(self) -> str:
        """`*` before a time that nothing vouches for, `.` before one that NTP does not hold."""
        if not self.trusted:
            return "*"
        return "." if self.awaiting and not self.synchronized else ""

    def utc(self, seconds: float | None = None) -> datetime:
        """A time of the lab's clock (now, if none is given) as the router sees it, in UTC."""
        at = self._router.clock.now() if seconds is None else seconds
        return moment(at + self.offset_s)

    def local(self, seconds: float | None = None) -> tuple[datetime, str]:
        """The same in the router's zone, and the name of the zone."""
        return self._in_zone(self.utc(seconds))

    def standard_offset_s(self) -> int:
        """Seconds by which the zone is ahead of UTC when there is no summer time."""
        entry = self._router.config.root.find("clock timezone")
        if entry is None:
            return 0
        hours, minutes = int(entry["hours"]), int(entry.get("minutes") or 0)
        return hours * 3600 + (minutes if hours >= 0 else -minutes) * 60

    def to_utc(self, local: datetime) -> datetime:
        """The UTC time of a wall time in the router's zone, which `datetime` holds as if UTC."""
        standard = local - timedelta(seconds=self.standard_offset_s())
        shown, _ = self._in_zone(standard)
        return standard - (shown - local)

    def _in_zone(self, utc: datetime) -> tuple[datetime, str]:
        standard = utc + timedelta(seconds=self.standard_offset_s())
        entry = self.summer_entry()
        if entry is not None:
            summer = _summer(entry, standard.year)
            if summer.holds(standard):
                return standard + summer.ahead, summer.zone
        return standard, self.standard_zone()

    def summer_entry(self) -> "Entry | None":
        """The line `clock summer-time`, if there is one."""
        found = self._router.config.root.find("clock summer-time")
        return None if found is None or found.negated else found

    def standard_zone(self) -> str:
        """The name of the zone when there is no summer time."""
        return str(self._router.config.root.value("clock timezone", "zone", "UTC"))


def summer_borders(wall: WallClock) -> "tuple[tuple[datetime, str], tuple[datetime, str]] | None":
    """When summer time begins and ends this year, each with its zone; None without summer time."""
    entry = wall.summer_entry()
    if entry is None:
        return None
    standard = wall.utc() + timedelta(seconds=wall.standard_offset_s())
    summer = _summer(entry, standard.year)
    return (summer.begin, wall.standard_zone()), (summer.end, summer.zone)


def _summer(entry: "Entry", year: int) -> _Summer:
    """The summer time that a line asks for in a year."""
    values = entry.values
    if values.get("year") is not None:
        begin, end = (_on_date(values, tail) for tail in ("", "_end"))
    else:
        begin, end = (
            _on_weekday(year, *(_rule(values, tail) or default.split()))
            for tail, default in zip(("", "_end"), US_SUMMER, strict=True)
        )
    ahead = timedelta(minutes=int(values.get("offset") or SUMMER_OFFSET_MIN))
    return _Summer(str(values["zone"]), ahead, begin, end)


def _rule(values: "dict[str, object]", tail: str) -> list[str] | None:
    if values.get(f"month{tail}") is None:
        return None
    return [str(values[f"{name}{tail}"]) for name in ("week", "day", "month", "time")]


def _month(text: str) -> int:
    return MONTHS.index(text[:3].capitalize()) + 1


def _on_date(values: "dict[str, object]", tail: str) -> datetime:
    hours, minutes, *_ = (int(part) for part in str(values[f"time{tail}"]).split(":"))
    return datetime(
        int(str(values[f"year{tail}"])),
        _month(str(values[f"month{tail}"])),
        int(str(values[f"day{tail}"])),
        hours,
        minutes,
        tzinfo=UTC,
    )


def _on_weekday(year: int, week: str, day: str, month: str, time: str) -> datetime:
    """The `first`, `last` or nth weekday of a month."""
    hours, minutes, *_ = (int(part) for part in time.split(":"))
    number, wanted = _month(month), DAYS.index(day[:3].capitalize())
    first = datetime(year, number, 1, hours, minutes, tzinfo=UTC)
    at = first + timedelta(days=(wanted - first.weekday()) % WEEK_DAYS)
    weeks = 0 if week == "first" else WEEK_DAYS if week == "last" else int(week) - 1
    at += timedelta(weeks=weeks)
    while at.month != number:
        at -= timedelta(weeks=1)
    return at
