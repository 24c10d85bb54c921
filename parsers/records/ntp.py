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
    """The state of the local clock against NTP.

    `reference` is the server's address or the name of a reference clock (`.LOCL.`), None without
    one. `precision` is the exponent of two (2**10 is 10). `drift` is in seconds per second.
    `cut_prompt` is a single word behind the output: a prompt whose last character was lost.
    """

    together = (("stratum", "nominal_hz", "reference_time", "offset_ms", "dispersion_ms"),)

    enabled: bool = True
    synchronized: bool
    stratum: int | None = None
    reference: Address | str | None = read(_reference)
    nominal_hz: float | None = None
    actual_hz: float | None = None
    precision: int | None = read(_exponent)
    uptime_s: float | None = read(_hundredths)
    resolution: int | None = None
    reference_time: datetime | None = read(_reference_time)
    offset_ms: float | None = read(_signed)
    root_delay_ms: float | None = None
    root_dispersion_ms: float | None = None
    dispersion_ms: float | None = None
    loop_state: str | None = None
    loop_text: str | None = None
    drift: float | None = read(_signed)
    poll_s: int | None = None
    last_update_s: int | None = None
    cut_prompt: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NtpAssociation(Row):
    """One server or peer.

    `mark` is the sign in front (`*` is the one that the clock follows), None without one; `reach`
    is the register of the last eight polls as a number (0o377: all answered).
    """

    mark: str | None = read(_mark)
    configured: bool = required(_configured)
    address: Address = required(convert.address)
    reference: Address | str = required(_reference)
    stratum: int
    last_heard_s: int | None = read(convert.clock_seconds)
    poll_s: int
    reach: int = required(_octal)
    delay_ms: float = required(_signed)
    offset_ms: float = required(_signed)
    dispersion_ms: float = required(_signed)


@dataclass(frozen=True, slots=True, kw_only=True)
class NtpAssociations(Record):
    """All NTP servers and peers."""

    enabled: bool = True
    associations: tuple[NtpAssociation, ...] = ()

    @property
    def followed(self) -> NtpAssociation | None:
        """The association that the clock follows, None when there is none."""
        return next((peer for peer in self.associations if peer.mark == "*"), None)
