"""Times as a router writes them."""

from datetime import UTC, datetime, timedelta

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


def moment(seconds: float, offset_s: int = 0) -> datetime:
    """The wall time of `seconds` since 1970 in a zone `offset_s` seconds east of UTC."""
    return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds + offset_s)


def clock_text(time: datetime, zone: str, mark: str = "") -> str:
    """As `show clock` prints it: `*18:57:38.347 UTC Mon Oct 19 2015`."""
    return f"{mark}{time:%H:%M:%S}.{time.microsecond // 1000:03} {date_text(time, zone)}"


def second_text(time: datetime, zone: str) -> str:
    """To the second: `18:57:38 UTC Mon Oct 19 2015`."""
    return f"{time:%H:%M:%S} {date_text(time, zone)}"


def date_text(time: datetime, zone: str) -> str:
    """Zone and date: `UTC Mon Oct 19 2015`; one-digit days are not padded."""
    return f"{zone} {DAYS[time.weekday()]} {MONTHS[time.month - 1]} {time.day} {time.year}"


def stamp_text(time: datetime, *, msec: bool, zone: str = "", year: bool = False) -> str:
    """As log lines begin: `Sep 13 09:18:06.323`; days are padded with a blank."""
    text = f"{MONTHS[time.month - 1]} {time.day:>2} "
    if year:
        text += f"{time.year} "
    text += f"{time:%H:%M:%S}"
    if msec:
        text += f".{time.microsecond // 1000:03}"
    return f"{text} {zone}" if zone else text


def span_text(seconds: float) -> str:
    """As `uptime is` counts: `1 week, 2 days, 3 hours, 4 minutes`; always minutes."""
    minutes = int(seconds) // 60
    parts = []
    for name, size in (("year", 525600), ("week", 10080), ("day", 1440), ("hour", 60)):
        count, minutes = divmod(minutes, size)
        if count:
            parts.append(f"{count} {name}{'s' if count > 1 else ''}")
    parts.append(f"{minutes} minute{'' if minutes == 1 else 's'}")
    return ", ".join(parts)


def age_text(seconds: float) -> str:
    """As tables count: `00:04:18`, `1d02h`, `3w4d`, `1y5w`."""
    whole = int(seconds)
    if whole < 86400:
        return f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    days, hours = whole // 86400, whole // 3600 % 24
    if days < 7:
        return f"{days}d{hours:02}h"
    weeks = days // 7
    return f"{weeks}w{days % 7}d" if weeks < 52 else f"{weeks // 52}y{weeks % 52}w"


def counted_text(seconds: float) -> str:
    """To the second, in words: `89 days, 23 hours, 59 minutes, 34 seconds`."""
    rest = int(seconds)
    parts = []
    for name, size in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        count, rest = divmod(rest, size)
        if count or name == "second":
            parts.append(f"{count} {name}{'' if count == 1 else 's'}")
    return ", ".join(parts)
