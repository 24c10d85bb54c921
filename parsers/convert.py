"""Text → typed value. Each function raises ValueError on a text that is not such a value.

Routers print the same few values over and over, so most functions remember their answers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from socket import AF_INET, inet_pton

Address = IPv4Address | IPv6Address

ABSENT = frozenset({"", "-", "--", "---", "n/a", "none", "(none)", "unknown", "never", "not set"})
"""What IOS prints for a value that does not exist."""

MAX_DIGITS = 20
"""Digits before the point of the largest number that IOS prints, a counter of 64 bits."""

_TRUE = frozenset(
    {"yes", "y", "enabled", "enable", "on", "true", "configured", "established", "up"}
)
_FALSE = frozenset({"no", "n", "disabled", "disable", "off", "false", "not configured", "down"})


text: Callable[[str], str] = str.strip
"""The text itself, without the blanks around it."""


@lru_cache(maxsize=1024)
def word_or_none(value: str) -> str | None:
    """The text, or None for one of the words that IOS prints for nothing."""
    value = value.strip()
    return None if value.lower() in ABSENT else value


@lru_cache(maxsize=8192)
def number(value: str) -> int:
    """A decimal number (`86400`); thousands separators and signs are not accepted."""
    if not (value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS):
        raise ValueError(f"{value!r} is not a number")
    return int(value)


@lru_cache(maxsize=8192)
def numbers(value: str) -> tuple[int, ...]:
    """Decimal numbers with blanks between them."""
    return tuple(number(word) for word in value.split())


@lru_cache(maxsize=1024)
def number_or_none(value: str) -> int | None:
    """A decimal number, or None for `n/a`, `---`, `none`."""
    return None if value.strip().lower() in ABSENT else number(value.strip())


@lru_cache(maxsize=1024)
def handle(value: str) -> int:
    """A handle or SPI in decimal (classic IOS) or with `0x` (IOS-XE)."""
    value = value.strip()
    return hexadecimal(value) if value[:2].lower() == "0x" else number(value)


@lru_cache(maxsize=1024)
def hexadecimal(value: str) -> int:
    """A number in base 16 with or without `0x` (cookies, SPIs, serial numbers)."""
    digits = value.strip().removeprefix("0x").removeprefix("0X")
    if not digits or any(char not in "0123456789abcdefABCDEF" for char in digits):
        raise ValueError(f"{value!r} is not a hexadecimal number")
    return int(digits, 16)


@lru_cache(maxsize=1024)
def hexadecimal_or_none(value: str) -> int | None:
    """Like `hexadecimal`; None for `---`."""
    return None if value.strip().lower() in ABSENT else hexadecimal(value)


def octets(value: str) -> bytes:
    """Key data as IOS dumps it: hexadecimal words with blanks and line ends between them."""
    return bytes.fromhex("".join(value.split()))


@lru_cache(maxsize=1024)
def decimal(value: str) -> float:
    """A number with a fraction (`3611735.21`)."""
    whole, _, fraction = value.strip().partition(".")
    if not (whole + fraction).isdigit() or not whole.isdigit() or len(whole) > MAX_DIGITS:
        raise ValueError(f"{value!r} is not a decimal number")
    return float(value)


@lru_cache(maxsize=4096)
def address(value: str) -> Address:
    """An IPv4 or IPv6 address."""
    value = value.strip()
    try:
        return IPv4Address(inet_pton(AF_INET, value))
    except OSError:
        return ip_address(value)


@lru_cache(maxsize=1024)
def address_or_none(value: str) -> Address | None:
    """An address; None for `UNKNOWN`, `---`, `none`."""
    return None if value.strip().lower() in ABSENT else ip_address(value.strip().rstrip("."))


@lru_cache(maxsize=1024)
def yes_no(value: str) -> bool:
    """`Yes`/`No`, `Enabled`/`Disabled`, `ON`/`OFF`, `Configured`, `Established`."""
    word = value.strip().lower()
    if word in _TRUE:
        return True
    if word in _FALSE:
        return False
    raise ValueError(f"{value!r} is neither yes nor no")


@lru_cache(maxsize=1024)
def clock_seconds(value: str) -> int | None:
    """A duration as int seconds (`hh:mm:ss`, `1d02h`, `3w1d`, a number); None for `never`."""
    value = value.strip()
    if value.lower() in ABSENT:
        return None
    if ":" in value:
        parts = value.split(":")
        if len(parts) != 3:
            raise ValueError(f"{value!r} is not hh:mm:ss")
        hours, minutes, seconds = (number(part) for part in parts)
        return hours * 3600 + minutes * 60 + seconds
    if value.isdigit():
        return number(value)
    total, digits = 0, ""
    for char in value:
        if char.isdigit():
            digits += char
        elif digits and char in _UNIT_SECONDS:
            total += number(digits) * _UNIT_SECONDS[char]
            digits = ""
        else:
            raise ValueError(f"{value!r} is not a duration")
    if digits:
        raise ValueError(f"{value!r} is not a duration")
    return total


_UNIT_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}


@lru_cache(maxsize=1024)
def timestamp(value: str) -> datetime:
    """`04:55:37 UTC Feb 17 2026` (also with fraction, weekday or without zone) as a naive datetime.

    The zone word is IOS's own label (`clock timezone`), not an offset; it is dropped.
    """
    words = value.replace("*", "").split()
    date = [word for word in words[1:] if not word.startswith(".")][-3:]
    clock = words[0].partition(".")[0].split(":") if words else []
    if len(date) != 3 or len(clock) != 3 or date[0].lower() not in _MONTHS:
        raise ValueError(f"{value!r} is not a time stamp")
    hour, minute, second = map(number, clock)
    month = _MONTHS.index(date[0].lower()) + 1
    day, year = number(date[1]), number(date[2])
    try:
        return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 - zone is a label
    except OverflowError:
        raise ValueError(f"{value!r} is not a time stamp") from None


_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
