"""`show version` and `show clock [detail]`.

No sample was at hand of 12.4T, IOS-XE 3.x, CSR 1000V and IOL, and of `show clock detail`: their
layout is written from memory. Sizes are printed in units of 1,024 bytes and stand here in bytes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ...errors import ParseError
from .. import convert
from ..record import Record, Row, read, required

_RELEASE = re.compile(
    r"0*(\d{1,4})\.0*(\d{1,4})(?:\(0*(\d{1,4})([a-z]?)\)|\.0*(\d{1,4})(?![\d:]))?"
    r"(?:\.?([A-Z]{1,6})(\d{0,4}))?([a-z]{0,4})"
)
_SPAN = re.compile(r"(\d{1,9}) (year|week|day|hour|minute|second)s?")
_SPAN_SECONDS = {
    "year": 365 * 86400,
    "week": 7 * 86400,
    "day": 86400,
    "hour": 3600,
    "minute": 60,
    "second": 1,
}
_MOMENT = re.compile(
    r"([*.]?)(\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(?: ([A-Za-z][\w+\-]{0,15}))?"
    r" (?:[A-Z][a-z]{2}) ([A-Z][a-z]{2} \d{1,2} \d{4})"
)


class Release(NamedTuple):
    """A release number that compares in order within one train.

    `15.4(3)M2` is (15, 4, 3, 'M', 2, ''), `17.6.1a` is (17, 6, 1, '', 0, 'a'); comparing with a
    shorter tuple such as (17, 6) works. An experimental build has maintenance number 0.
    """

    major: int
    minor: int
    maintenance: int
    train: str
    rebuild: int
    suffix: str


def release(text: str) -> Release:
    """The release number in `text`, such as `12.4(24)T8`, `15.5(3)S4b`, `03.09.01.S`, `17.06.01a`.

    Raises ValueError when there is none.
    """
    match = _RELEASE.match(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a release number")
    major, minor, classic, letter, modern, train, rebuild, suffix = match.groups()
    return Release(
        int(major),
        int(minor),
        int(classic or modern or 0),
        train or "",
        int(rebuild or 0),
        (letter or "") + suffix,
    )


def span_seconds(value: str) -> int:
    """`2 weeks, 2 days, 18 hours, 23 minutes` as seconds (a year has 365 days)."""
    total = 0
    for part in value.split(","):
        match = _SPAN.fullmatch(part.strip())
        if match is None:
            raise ValueError(f"{value!r} is not a span of time")
        total += int(match[1]) * _SPAN_SECONDS[match[2]]
    return total


def _kilobytes(value: str) -> int:
    return convert.number(value) * 1024


def _compiled(value: str) -> datetime:
    return datetime.strptime(" ".join(value.split()), "%a %d-%b-%y %H:%M")  # noqa: DTZ007 - no zone printed


def _port_kind(value: str) -> str:
    return re.sub(r" interfaces?$", "", value.strip())


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports(Row):
    """Interfaces, lines and modules of one kind (`Gigabit Ethernet`, `terminal line`)."""

    count: int
    kind: str = required(_port_kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Row):
    """A file system's medium; `place` is its prefix without the colon, such as `bootflash`."""

    size_bytes: int = required(_kilobytes)
    kind: str | None = read(convert.word_or_none)
    place: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UdiDevice(Row):
    """The product and serial number by which a device is licensed."""

    device: int
    pid: str
    serial: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseUdi(Row):
    """The device identifiers for licensing."""

    devices: tuple[UdiDevice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePackage(Row):
    """A licensed technology: what is active now and after the next reload (None: not licensed)."""

    technology: str
    type: str | None = read(convert.word_or_none)
    current: str | None = read(convert.word_or_none)
    next_reload: str | None = read(convert.word_or_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePackages(Row):
    """The technology packages of a device or of its `module`."""

    module: str | None = None
    packages: tuple[LicensePackage, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseSuite(Row):
    """A suite of licences; `members` are the technologies in it."""

    suite: str
    current: str | None = read(convert.word_or_none)
    type: str | None = read(convert.word_or_none)
    next_reload: str | None = read(convert.word_or_none)
    members: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseSuites(Row):
    """The licence suites of a `module`."""

    module: str | None = None
    suites: tuple[LicenseSuite, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Record):
    """Software, hardware and start of a device.

    `version` is the IOS number (`15.1(4)M8`, `17.5.1a`), `xe_version` that of the IOS-XE package;
    `platform` and `image` name what the software was built for, `model` and `serial` the chassis.
    `host` is the name that the device gives itself. `returned_by` and `reload_reason` say why it
    was last restarted. Times are the device's local time. Every device prints the fields in
    `together`: one is None only where a filter left it out.
    """

    together = (("version", "platform", "image", "host", "uptime_s", "config_register"),)

    version: str | None = None
    platform: str | None = None
    image: str | None = None
    label: str | None = None
    codename: str | None = None
    experimental: bool = False
    xe_version: str | None = None
    compiled: datetime | None = read(_compiled)
    compiled_by: str | None = None
    rom: str | None = None
    bootldr: str | None = None
    host: str | None = None
    uptime_s: int | None = read(span_seconds)
    processor_uptime_s: int | None = read(span_seconds)
    returned_by: str | None = None
    returned_at: datetime | None = read(convert.timestamp)
    restarted_at: datetime | None = read(convert.timestamp)
    image_file: str | None = None
    reload_type: str | None = None
    reload_reason: str | None = None
    model: str | None = None
    processor: str | None = None
    memory_bytes: int | None = read(_kilobytes)
    io_memory_bytes: int | None = read(_kilobytes)
    physical_memory_bytes: int | None = read(_kilobytes)
    nvram_bytes: int | None = read(_kilobytes)
    serial: str | None = None
    operating_mode: str | None = None
    ports: tuple[Ports, ...] = ()
    storage: tuple[Storage, ...] = ()
    license_udi: LicenseUdi | None = None
    license_packages: LicensePackages | None = None
    license_suites: LicenseSuites | None = None
    license_mode: str | None = None
    license_level: str | None = None
    license_type: str | None = None
    license_next_reload: str | None = None
    addon_level: str | None = None
    addon_type: str | None = None
    addon_next_reload: str | None = None
    smart_licensing: str | None = None
    throughput_kbps: int | None = None
    crypto_throughput: str | None = None
    config_register: int | None = read(convert.hexadecimal)
    next_config_register: int | None = read(convert.hexadecimal)

    def __post_init__(self) -> None:
        """Raise `ParseError` for an output that tells no version though no filter left it out."""
        if self.version is None and not self.partial:
            raise ParseError("the output is cut", lineno=1, expected="the version of IOS")

    @property
    def release(self) -> Release | None:
        """`version` as a number that compares; None where it is not one."""
        try:
            return release(self.version or "")
        except ValueError:
            return None

    @property
    def is_xe(self) -> bool:
        """Whether the device runs IOS-XE."""
        return self.xe_version is not None


@dataclass(frozen=True, slots=True)
class Moment:
    """A reading of the clock in the device's own zone.

    `mark` is `*` where the time is not authoritative, `.` where it is, but NTP is not synchronized
    (from memory), else ''.
    """

    time: datetime
    zone: str | None
    mark: str

    @property
    def authoritative(self) -> bool:
        """Whether the device trusts its time."""
        return self.mark != "*"

    @property
    def synchronized(self) -> bool:
        """Whether the time is authoritative and its source answers."""
        return not self.mark


def moment(value: str) -> Moment:
    """`*04:45:00.857 UTC Thu Aug 7 2025` as a `Moment`."""
    match = _MOMENT.fullmatch(" ".join(value.split()))
    if match is None:
        raise ValueError(f"{value!r} is not a time")
    mark, clock, fraction, zone, date = match.groups()
    text = f"{clock}.{fraction or '0'} {date}"
    return Moment(datetime.strptime(text, "%H:%M:%S.%f %b %d %Y"), zone, mark)  # noqa: DTZ007 - local


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceClock(Record):
    """The device's time; `source` and the summer time need `detail` (None: no time source)."""

    now: Moment = required(moment)
    source: str | None = read(convert.word_or_none)
    summer_time_starts: datetime | None = read(convert.timestamp)
    summer_time_ends: datetime | None = read(convert.timestamp)
