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
    """Use of one resource of an engine; `kind` is `IPSec-Session`, `IKE-Session` or `DH`."""

    kind: str
    active: int
    maximum: int
    failed: int
    created: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HardwareEngine(Row):
    """One hardware crypto engine; `capabilities` name ciphers and features such as `GDOI`."""

    name: str
    active: bool = required(_active)
    capabilities: tuple[str, ...] | None = read(_list)
    sessions: tuple[EliSessions, ...] = ()
    dh_pregenerated: int | None = None
    dh_lifetime_s: int | None = None
    dh_phase1: int | None = None
    dh_shared_secrets: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SoftwareEngine(Row):
    """The software crypto engine; the counters are Diffie-Hellman operations."""

    together = (("dh_in_use", "dh_freeing", "dh_free"),)

    number: int
    name: str = required(convert.text)
    dh_in_use: int | None = None
    dh_freeing: int | None = None
    dh_free: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoEli(Record):
    """All crypto engines. `hardware_active` tells whether packets are encrypted in hardware."""

    together = (("hardware_active", "hardware_count"),)

    hardware_active: bool = required(_active)
    hardware_count: int | None = None
    hardware: tuple[HardwareEngine, ...] = ()
    software: tuple[SoftwareEngine, ...] = ()
