"""`show ntp status` and `show ntp associations`.

Both answer `%NTP is not enabled.` where no NTP is configured. No sample was at hand of the short
form of 12.4, without the lines on uptime and loop filter, and of its other legend: they are written
from memory.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required
from .system import moment

_REFERENCE_TIME = re.compile(r"[0-9A-Fa-f]{8}\.[0-9A-Fa-f]{8} \(([^()]{1,60})\)")


def _signed(value: str) -> float:
    return -convert.decimal(value[1:]) if value.startswith("-") else convert.decimal(value)


def _reference(value: str) -> Address | str:
    """The address of a server's own source, or the name of a reference clock (`.GPS.`)."""
    try:
        return convert.address(value)
    except ValueError:
        return value.strip().rstrip(",")


def _reference_time(value: str) -> datetime | None:
    match = _REFERENCE_TIME.fullmatch(value.strip())
    if match is None:
        raise ValueError(f"{value!r} is not an NTP time")
    # a clock that was never set stands at the beginning of one of the two NTP eras
    return None if value.startswith("00000000.") else moment(match[1]).time


def _hundredths(value: str) -> float:
    return convert.number(value) / 100


def _octal(value: str) -> int:
    return int(value, 8)


def _exponent(value: str) -> int:
    return -convert.number(value[1:]) if value.startswith("-") else convert.number(value)


def _mark(value: str) -> str | None:
    return value.strip() or None


def _configured(value: str) -> bool:
    return value.strip() == "~"


@dataclass(frozen=True, slots=True, kw_only=True)
class NtpStatus(Record):
    """The state of the local clock against NTP."""

    together = (("stratum", "nominal_hz", "reference_time", "offset_ms", "dispersion_ms"),)

    enabled: bool = True
    """Whether NTP is configured."""
    synchronized: bool
    """Whether the clock follows a server."""
    stratum: int | None = None
    """How far it is from a reference clock; 16 is not synchronized."""
    reference: Address | str | None = read(_reference)
    """The server's address or the name of a reference clock (`.LOCL.`); None without one."""
    nominal_hz: float | None = None
    """The nominal frequency of the clock, in hertz."""
    actual_hz: float | None = None
    """The measured frequency of the clock, in hertz."""
    precision: int | None = read(_exponent)
    """The precision as an exponent of two: 2**10 is 10."""
    uptime_s: float | None = read(_hundredths)
    """How long NTP has run, in seconds."""
    resolution: int | None = None
    """The resolution of the clock, as printed."""
    reference_time: datetime | None = read(_reference_time)
    """When the clock was last set, in the device's local time."""
    offset_ms: float | None = read(_signed)
    """How far the clock is from the server's, in milliseconds."""
    root_delay_ms: float | None = None
    """The way to the reference clock and back, in milliseconds."""
    root_dispersion_ms: float | None = None
    """How uncertain the time is, in milliseconds."""
    dispersion_ms: float | None = None
    """How uncertain the time of the server is, in milliseconds."""
    loop_state: str | None = None
    """The state of the loop filter, such as `CTRL`."""
    loop_text: str | None = None
    """The same in words."""
    drift: float | None = read(_signed)
    """The error of the frequency, with its sign as printed, in seconds per second."""
    poll_s: int | None = None
    """Seconds between two polls."""
    last_update_s: int | None = None
    """Seconds since the clock was last set; None: never."""
    cut_prompt: str | None = None
    """A single word behind the output: a prompt whose last character was lost."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NtpAssociation(Row):
    """One server or peer.

    `mark` is the sign in front (`*` is the one that the clock follows), None without one; `reach`
    is the register of the last eight polls as a number (0o377: all answered).
    """

    mark: str | None = read(_mark)
    """The sign in front: `*` is the one that the clock follows; None without one."""
    configured: bool = required(_configured)
    """Whether it is configured."""
    address: Address = required(convert.address)
    """Its address."""
    reference: Address | str = required(_reference)
    """What it follows itself."""
    stratum: int
    """How far it is from a reference clock."""
    last_heard_s: int | None = read(convert.clock_seconds)
    """Seconds since it was last heard of; None: never."""
    poll_s: int
    """Seconds between two polls."""
    reach: int = required(_octal)
    """The register of the last eight polls, as a number: 255 is all answered."""
    delay_ms: float = required(_signed)
    """The way there and back, in milliseconds."""
    offset_ms: float = required(_signed)
    """How far the clock is from its, in milliseconds."""
    dispersion_ms: float = required(_signed)
    """How uncertain its time is, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NtpAssociations(Record):
    """All NTP servers and peers."""

    enabled: bool = True
    """Whether NTP is configured."""
    associations: tuple[NtpAssociation, ...] = ()
    """The servers and peers."""

    @property
    def followed(self) -> NtpAssociation | None:
        """The association that the clock follows, None when there is none."""
        return next((peer for peer in self.associations if peer.mark == "*"), None)
