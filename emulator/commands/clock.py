"""The clock and the calendar, shown and set."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ..grammar import CommandSet, RefusedError
from ..shell.call import Call
from ..timetext import MONTHS, second_text
from ..wallclock import summer_borders
from .reloading import MONTH_WORDS

if TYPE_CHECKING:
    from ..device import Router

YEARS = "1993-2035"

declared = CommandSet()
declared.words(
    {
        "calendar": "Manage the hardware calendar",
        "calendar set": "Set the time and date",
        "clock": "Manage the system clock",
        "clock read-calendar": "Read the hardware calendar into the clock",
        "clock set": "Set the time and date",
        "clock update-calendar": "Update the hardware calendar from the clock",
        "set hh:mm:ss": "Current Time (hh:mm:ss)",
        "set <1-31>": "Day of the month",
        "show calendar": "Display the hardware calendar",
        "show clock": "Display the system clock",
        "show clock detail": "Display detailed information",
        f"<{YEARS}>": "Year",
    }
)


@declared.exec("show clock [detail]")
def show_clock(call: Call) -> str:
    """The time of day, and where it comes from."""
    router = call.router
    text = router.clock_text() + "\n"
    if call.has("detail"):
        text += f"Time source is {router.wall.source}\n"
        borders = summer_borders(router.wall)
        if borders is not None:
            text += "".join(
                f"Summer time {word} {second_text(*moment)}\n"
                for word, moment in zip(("starts", "ends"), borders, strict=True)
            )
    return text


@declared.exec("show calendar")
def show_calendar(call: Call) -> str:
    """The time that the calendar chip keeps."""
    return calendar_text(call.router)


def calendar_text(router: "Router") -> str:
    """The calendar's time in the router's zone."""
    return second_text(*router.wall.calendar()) + "\n"


def _typed_moment(call: Call) -> datetime:
    """The wall time that a command names; RefusedError for a day that the month does not have."""
    hour, minute, second = (int(part) for part in str(call["time"]).split(":"))
    month = MONTHS.index(str(call["month"])[:3].capitalize()) + 1
    try:
        return datetime(call["year"], month, call["day"], hour, minute, second, tzinfo=UTC)
    except ValueError:
        raise RefusedError(argument="day") from None


@declared.exec(
    f"clock set <time:time> <day:1-31> <month:{MONTH_WORDS}> <year:{YEARS}>",
    f"clock set <time:time> <month:{MONTH_WORDS}> <day:1-31> <year:{YEARS}>",
    privilege=15,
)
def clock_set(call: Call) -> None:
    """Set the clock by hand; the log tells it."""
    router = call.router
    utc = router.wall.to_utc(_typed_moment(call))
    old = router.second_text(router.clock.now())
    router.wall.set_by_hand(utc)
    new = router.second_text(router.clock.now())
    who = call.dialogue
    by = "console by console" if _at_console(call) else f"console by {who.user} on {who.origin}"
    text = f"System clock has been updated from {old} to {new}, configured from {by}."
    router.log.add("SYS", 6, "CLOCKUPDATE", text)


def _at_console(call: Call) -> bool:
    return call.session is None or call.session.line.kind == "con"


@declared.exec(
    f"calendar set <time:time> <day:1-31> <month:{MONTH_WORDS}> <year:{YEARS}>",
    f"calendar set <time:time> <month:{MONTH_WORDS}> <day:1-31> <year:{YEARS}>",
    privilege=15,
)
def calendar_set(call: Call) -> None:
    """Set the calendar."""
    wall = call.router.wall
    wall.set_calendar(wall.to_utc(_typed_moment(call)))


@declared.exec("clock read-calendar", privilege=15)
def read_calendar(call: Call) -> None:
    """Set the clock by the calendar."""
    wall = call.router.wall
    wall.offset_s = wall.calendar_offset_s


@declared.exec("clock update-calendar", privilege=15)
def update_calendar(call: Call) -> None:
    """Set the calendar by the clock."""
    wall = call.router.wall
    wall.calendar_offset_s = wall.offset_s
