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
    """Interfaces, lines and modules of one kind."""

    count: int
    """How many there are."""
    kind: str = required(_port_kind)
    """The kind: `Gigabit Ethernet`, `terminal line`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage(Row):
    """A file system's medium."""

    size_bytes: int = required(_kilobytes)
    """Its size, in bytes."""
    kind: str | None = read(convert.word_or_none)
    """The kind, as printed."""
    place: str | None = None
    """The prefix of the file system without the colon, such as `bootflash`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UdiDevice(Row):
    """The product and serial number by which a device is licensed."""

    device: int
    """Its number."""
    pid: str
    """The product."""
    serial: str
    """The serial number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseUdi(Row):
    """The device identifiers for licensing."""

    devices: tuple[UdiDevice, ...] = ()
    """The devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePackage(Row):
    """A licensed technology; None: not licensed."""

    technology: str
    """The technology, such as `security`."""
    type: str | None = read(convert.word_or_none)
    """The kind of licence, such as `Permanent`."""
    current: str | None = read(convert.word_or_none)
    """What is active now."""
    next_reload: str | None = read(convert.word_or_none)
    """What is active after the next reload."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicensePackages(Row):
    """The technology packages of a device or of a module."""

    module: str | None = None
    """The module; None for the device itself."""
    packages: tuple[LicensePackage, ...] = ()
    """The technologies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseSuite(Row):
    """A suite of licences."""

    suite: str
    """The suite."""
    current: str | None = read(convert.word_or_none)
    """What is active now."""
    type: str | None = read(convert.word_or_none)
    """The kind of licence, such as `Permanent`."""
    next_reload: str | None = read(convert.word_or_none)
    """What is active after the next reload."""
    members: tuple[str, ...] = ()
    """The technologies in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LicenseSuites(Row):
    """The licence suites of a module."""

    module: str | None = None
    """The module; None for the device itself."""
    suites: tuple[LicenseSuite, ...] = ()
    """The suites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Version(Record):
    """Software, hardware and start of a device. Times are the device's local time.

    Every device prints version, platform, image, host, uptime and configuration register: one is
    None only where a filter left it out.
    """

    together = (("version", "platform", "image", "host", "uptime_s", "config_register"),)

    version: str | None = None
    """The IOS number: `15.1(4)M8`, `17.5.1a`."""
    platform: str | None = None
    """What the software was built for."""
    image: str | None = None
    """The image that was built."""
    label: str | None = None
    """What stands behind the number: `RELEASE SOFTWARE (fc1)`."""
    codename: str | None = None
    """The code name of the release."""
    experimental: bool = False
    """Whether it is no release."""
    xe_version: str | None = None
    """The number of the IOS-XE package."""
    compiled: datetime | None = read(_compiled)
    """When it was built."""
    compiled_by: str | None = None
    """Who built it."""
    rom: str | None = None
    """The software in ROM."""
    bootldr: str | None = None
    """The boot loader."""
    host: str | None = None
    """The name that the device gives itself."""
    uptime_s: int | None = read(span_seconds)
    """How long the device has run, in seconds."""
    processor_uptime_s: int | None = read(span_seconds)
    """How long this processor has run, in seconds."""
    returned_by: str | None = None
    """Why the device was last restarted."""
    returned_at: datetime | None = read(convert.timestamp)
    """When that was."""
    restarted_at: datetime | None = read(convert.timestamp)
    """When it was up again."""
    image_file: str | None = None
    """The file that it was started from."""
    reload_type: str | None = None
    """The kind of the last reload."""
    reload_reason: str | None = None
    """The reason of the last reload."""
    model: str | None = None
    """The chassis."""
    processor: str | None = None
    """What stands in parentheses behind the chassis: `2RU`, `revision 1.0`."""
    memory_bytes: int | None = read(_kilobytes)
    """The memory of the processor, in bytes."""
    io_memory_bytes: int | None = read(_kilobytes)
    """The memory for packets, in bytes."""
    physical_memory_bytes: int | None = read(_kilobytes)
    """The memory of the chassis, in bytes."""
    nvram_bytes: int | None = read(_kilobytes)
    """The memory for configurations, in bytes."""
    serial: str | None = None
    """The serial number of the chassis."""
    operating_mode: str | None = None
    """`Autonomous` or `Controller-Managed`."""
    ports: tuple[Ports, ...] = ()
    """Interfaces, lines and modules."""
    storage: tuple[Storage, ...] = ()
    """The file systems."""
    license_udi: LicenseUdi | None = None
    """The device identifiers for licensing."""
    license_packages: LicensePackages | None = None
    """The technology packages."""
    license_suites: LicenseSuites | None = None
    """The licence suites."""
    license_mode: str | None = None
    """The mode of the licence."""
    license_level: str | None = None
    """The licence."""
    license_type: str | None = None
    """The kind of licence."""
    license_next_reload: str | None = None
    """The licence after the next reload."""
    addon_level: str | None = None
    """The licence added to it."""
    addon_type: str | None = None
    """The kind of that licence."""
    addon_next_reload: str | None = None
    """That licence after the next reload."""
    smart_licensing: str | None = None
    """The state of smart licensing."""
    throughput_kbps: int | None = None
    """The licensed throughput, in kbit/s."""
    crypto_throughput: str | None = None
    """The licensed throughput of encrypted traffic, as printed."""
    config_register: int | None = read(convert.hexadecimal)
    """The configuration register, as a number."""
    next_config_register: int | None = read(convert.hexadecimal)
    """What it will be after the next reload."""

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
    """A reading of the clock."""

    time: datetime
    """The time, in the device's own zone."""
    zone: str | None
    """What the device calls its zone."""
    mark: str
    """`*`: not authoritative; `.`: authoritative, NTP is not synchronized (from memory); else ''.
    """

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
    """The device's time; `source` and the summer time need `detail`."""

    now: Moment = required(moment)
    """The time."""
    source: str | None = read(convert.word_or_none)
    """The time source; None: there is none."""
    summer_time_starts: datetime | None = read(convert.timestamp)
    """When summer time starts."""
    summer_time_ends: datetime | None = read(convert.timestamp)
    """When summer time ends."""
