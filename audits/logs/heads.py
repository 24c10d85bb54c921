r"""What stands in front of a system message: when it was written and received, and by whom.

Read are the forms of IOS (`service timestamps`, `service sequence-numbers`, `logging origin-id`),
of RFC 3164 and RFC 5424, and those that rsyslog and syslog-ng write to files. They have one order
in common: time of the server, host, number, time of the device.
"""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import Final, NamedTuple

_STAMP = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[T ](\d\d:\d\d:\d\d)([.,]\d{1,9})?(Z| ?[+-]\d\d:?\d\d)?"
    r"|(?:(\d{4}) )?\b(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) {1,2}(\d{1,2})"
    r"(?: (\d{4}))? (\d\d:\d\d:\d\d)([.,]\d{1,9})?"
)
_ENDS = re.compile(r"(?: [A-Za-z]{2,5})?:(?: |$)")
"""Behind a stamp of IOS; behind that of a server there is a blank."""
_HOST = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:\-]{0,63}")
_NAMELESS = re.compile(
    r"(?:<\d{1,3}>)?\d{0,10}:?$|-$|UTC$|GMT$|\d\d:\d\d:\d\d:?$|\d{1,3}[wdy]\d{1,2}[dhw]:?$"
    r"|(?:kern|user|mail|daemon|auth|syslog|local[0-7])\.[a-z]+$",
    re.IGNORECASE,
)
_USUAL = re.compile(
    r"(?:<\d{1,3}>)?([A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d) (\S{1,64}) (?:\d{1,10}: )?"
    r"([*.]?)([A-Z][a-z]{2} [ \d]\d(?: \d{4})? \d\d:\d\d:\d\d)(\.\d{1,9})?(?: [A-Z]{3,4})?: "
)
"""The form that most files have; it is read in one go."""
_MONTHS: Final = "JanFebMarAprMayJunJulAugSepOctNovDec"
_EPOCH: Final = date(1970, 1, 1).toordinal()
_HEAD_CHARS = 300
_KEPT = 4096


class Head(NamedTuple):
    """When a message was received and written, in seconds since 1970, and the host in front."""

    received: float | None
    written: float | None
    host: str
    stamp: str
    """The device's stamp as it is printed."""
    mark: str
    """`*`: its clock was not set, `.`: it had lost its time server."""
    yearless: bool


class HeadReader:
    """Reads heads. Stamps without a year are taken to be of the twelve months before `now`."""

    __slots__ = ("_days", "_hosts", "_now", "_seconds", "_stamps")

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._days: dict[tuple[str | None, str, str], int | None] = {}
        self._seconds: dict[str, int] = {}
        self._stamps: dict[str, float | None] = {}
        self._hosts: dict[str, str] = {}

    def read(self, head: str) -> Head:
        """Take a head apart."""
        usual = _USUAL.fullmatch(head)
        if usual is not None:
            return self._usual(usual)
        if len(head) > 2 * _HEAD_CHARS:
            head = f"{head[:_HEAD_CHARS]} {head[-_HEAD_CHARS:]}"
        first = _STAMP.search(head)
        if first is None:
            return Head(None, None, _host(head.split()), "", "", yearless=False)
        if _ENDS.match(head, first.end()):
            own: re.Match[str] | None = first
            received, between = None, head[: first.start()]
        else:
            received = self._time(first)
            own = _STAMP.search(head, first.end())
            between = head[first.end() : own.start() if own else len(head)]
        written = None if own is None else self._time(own)
        mark = between[-1:] if own is not None and between[-1:] in {"*", "."} else ""
        yearless = first[1] is None and not (first[7] or first[10])
        stamp = "" if own is None else own[0]
        return Head(received, written, _host(between.split()), stamp, mark, yearless)

    def _usual(self, match: re.Match[str]) -> Head:
        """A head of the usual form; its times are likely to be those of the one before."""
        received, host, mark, stamp, fraction = match.groups()
        written = self._stamped(stamp)
        if fraction and written is not None:
            written += float(fraction)
        name = self._hosts.get(host)
        if name is None:
            name = _host([host])
            if len(self._hosts) < _KEPT:
                self._hosts[host] = name
        stamp = stamp + fraction if fraction else stamp
        return Head(self._stamped(received), written, name, stamp, mark, yearless=True)

    def _stamped(self, stamp: str) -> float | None:
        try:
            return self._stamps[stamp]
        except KeyError:
            match = _STAMP.match(stamp)
            found = None if match is None else self._time(match)
            if len(self._stamps) > _KEPT:
                self._stamps.clear()
            self._stamps[stamp] = found
            return found

    def _time(self, match: re.Match[str]) -> float | None:
        if match[1] is not None:
            key = (match[1], match[2], match[3])
            clock, fraction, zone = match[4], match[5], match[6]
        else:
            key = (match[7] or match[10], match[8], match[9])
            clock, fraction, zone = match[11], match[12], None
        try:
            day = self._days[key]
        except KeyError:
            day = self._days[key] = self._day(*key)
            if len(self._days) > _KEPT:
                self._days.clear()
        if day is None:
            return None
        seconds = self._seconds.get(clock)
        if seconds is None:
            seconds = int(clock[:2]) * 3600 + int(clock[3:5]) * 60 + int(clock[6:])
            if len(self._seconds) > _KEPT:
                self._seconds.clear()
            self._seconds[clock] = seconds
        at = float(day + seconds)
        if fraction:
            at += int(fraction[1:]) / 10 ** (len(fraction) - 1)
        if zone and zone != "Z":
            sign = -1 if "-" in zone else 1
            at -= sign * (int(zone.lstrip()[1:3]) * 3600 + int(zone[-2:]) * 60)
        return at

    def _day(self, year: str | None, month: str, day: str) -> int | None:
        """The seconds since 1970 at the beginning of a day; None where there is no such day."""
        number = int(month) if month.isdigit() else _MONTHS.index(month) // 3 + 1
        if year is not None:
            return _ordinal(int(year), number, int(day))
        today = self._now.date().toordinal()
        for back in range(9):
            # the 29th of February comes every four years, or eight
            found = _ordinal(self._now.year - back, number, int(day))
            if found is not None and found // 86_400 + _EPOCH <= today + 1:
                return found
        return None


def _ordinal(year: int, month: int, day: int) -> int | None:
    try:
        return (date(year, month, day).toordinal() - _EPOCH) * 86_400
    except ValueError:
        return None


def _host(words: list[str]) -> str:
    """The first of the words that is the name of a host; '' if none is."""
    for word in words:
        word = word.strip("[](),*.")
        if _NAMELESS.match(word):
            continue
        # syslog-ng writes the hosts that a message went through: source@relay/address
        name = word.rpartition("@")[2].partition("/")[0].rstrip(":.")
        if _HOST.fullmatch(name):
            return name
    return ""
