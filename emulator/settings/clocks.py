"""The clock's zone, and when summer time is."""

from ..config.edit import Edit
from ..grammar import CLASSIC, CommandSet

_DAY = "sunday|monday|tuesday|wednesday|thursday|friday|saturday"
_MONTH = "january|february|march|april|may|june|july|august|september|october|november|december"
_WEEK = "1|2|3|4|first|last"
OFFSET_MIN = 60

declared = CommandSet()
declared.words(
    {
        "clock": "Configure time-of-day clock",
        "clock calendar-valid": "Calendar time is authoritative",
        "clock initialize": "Initialize system clock on restart",
        "clock save": "backup of clock with NVRAM",
        "clock summer-time": "Configure summer (daylight savings) time",
        "clock timezone": "Configure time zone",
        "timezone WORD": "name of time zone",
        "timezone <-23-23>": "Hours offset from UTC",
        "timezone <0-59>": "Minutes offset from UTC",
        "summer-time WORD": "name of time zone in summer",
        "summer-time date": "Configure absolute summer time",
        "summer-time recurring": "Configure recurring summer time",
    }
)


def _timezone(edit: Edit) -> None:
    if edit.text is None:
        return
    edit.values.setdefault("minutes", 0)
    edit.text = "clock timezone {zone} {hours} {minutes}".format(**edit.values)


def _clock_time(text: str) -> str:
    """The time of a change of the clock as IOS prints it: `2:00`."""
    hours, minutes, _ = text.split(":")
    return f"{int(hours)}:{minutes}"


def _name(text: str) -> str:
    return text[:3].capitalize()


def _recurring(edit: Edit) -> None:
    values = edit.values
    if edit.text is None:
        return
    words = ["clock summer-time", values["zone"], "recurring"]
    if "month" in values:
        for end in ("", "_end"):
            words += [
                str(values[f"week{end}"]),
                _name(values[f"day{end}"]),
                _name(values[f"month{end}"]),
                _clock_time(values[f"time{end}"]),
            ]
    if values.get("offset", OFFSET_MIN) != OFFSET_MIN:
        words.append(str(values["offset"]))
    edit.text = " ".join(words)


def _date(edit: Edit) -> None:
    values = edit.values
    if edit.text is None:
        return
    words = ["clock summer-time", values["zone"], "date"]
    for end in ("", "_end"):
        words += [
            _name(values[f"month{end}"]),
            str(values[f"day{end}"]),
            str(values[f"year{end}"]),
            _clock_time(values[f"time{end}"]),
        ]
    if values.get("offset", OFFSET_MIN) != OFFSET_MIN:
        words.append(str(values["offset"]))
    edit.text = " ".join(words)


declared.setting(
    "config",
    "clock timezone <zone> <hours:-23-23> [<minutes:0-59>]",
    section="clock",
    check=_timezone,
)
declared.setting(
    "config",
    f"clock summer-time <zone> recurring [<week:{_WEEK}> <day:{_DAY}> <month:{_MONTH}> <time:time>"
    f" <week_end:{_WEEK}> <day_end:{_DAY}> <month_end:{_MONTH}> <time_end:time>"
    " [<offset:1-1440>]]",
    name="clock summer-time",
    section="clock",
    check=_recurring,
)
for _order in ("<day{0}:1-31> <month{0}:{1}>", "<month{0}:{1}> <day{0}:1-31>"):
    declared.setting(
        "config",
        f"clock summer-time <zone> date {_order.format('', _MONTH)} <year:1993-2035> <time:time>"
        f" {_order.format('_end', _MONTH)} <year_end:1993-2035> <time_end:time> [<offset:1-1440>]",
        name="clock summer-time",
        section="clock",
        check=_date,
    )
declared.setting("config", "clock calendar-valid", section="clock", families=(CLASSIC,))
declared.setting("config", "clock initialize nvram", section="clock", families=(CLASSIC,))
declared.setting("config", "clock save interval <hours:8-24>", section="clock")
