"""`show crypto eli`: what encryption hardware there is, and how much of it is in use.

One form is that of a capture of IOS-XE. No sample of the one with IKE sessions (ISR, onboard
module) was at hand: it is written from memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..record import Record, Row, read, required

_STATES = {"active": True, "inactive": False}


def _active(value: str) -> bool:
    try:
        return _STATES[value.strip().lower()]
    except KeyError:
        raise ValueError(f"{value!r} is neither ACTIVE nor INACTIVE") from None


def _list(value: str) -> tuple[str, ...]:
    return tuple(item for part in value.split(",") if (item := part.strip()))


@dataclass(frozen=True, slots=True, kw_only=True)
class EliSessions(Row):
    """Use of one resource of an engine."""

    kind: str
    """`IPSec-Session`, `IKE-Session` or `DH`."""
    active: int
    """How many are in use."""
    maximum: int
    """How many there can be."""
    failed: int
    """How many could not be had."""
    created: int | None = None
    """How many were made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareEngine(Row):
    """One hardware crypto engine."""

    name: str
    """What the device calls it."""
    active: bool = required(_active)
    """Whether it is active."""
    capabilities: tuple[str, ...] | None = read(_list)
    """Ciphers and features, such as `GDOI`."""
    sessions: tuple[EliSessions, ...] = ()
    """The use of its resources."""
    dh_pregenerated: int | None = None
    """Diffie-Hellman keys that were made ahead."""
    dh_lifetime_s: int | None = None
    """How long these live, in seconds."""
    dh_phase1: int | None = None
    """Diffie-Hellman keys of IKE."""
    dh_shared_secrets: int | None = None
    """Shared secrets of Diffie-Hellman."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareEngine(Row):
    """The software crypto engine; the counters are Diffie-Hellman operations."""

    together = (("dh_in_use", "dh_freeing", "dh_free"),)

    number: int
    """Its number."""
    name: str = required(convert.text)
    """What the device calls it."""
    dh_in_use: int | None = None
    """Operations in use."""
    dh_freeing: int | None = None
    """Operations that are being released."""
    dh_free: int | None = None
    """Operations that are free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoEli(Record):
    """All crypto engines."""

    together = (("hardware_active", "hardware_count"),)

    hardware_active: bool = required(_active)
    """Whether packets are encrypted in hardware."""
    hardware_count: int | None = None
    """How many hardware engines there are."""
    hardware: tuple[HardwareEngine, ...] = ()
    """The hardware engines."""
    software: tuple[SoftwareEngine, ...] = ()
    """The software engines."""
