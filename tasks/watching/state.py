"""What a watch knows at an instant: a value that boards, metrics and histories read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from .figures import GroupFigures
from .notices import Notice, Severity

EVENTS_KEPT: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Firing:
    """An alert that has begun and not ended; `since` in UTC seconds since 1970."""

    rule: str
    severity: Severity
    group: str
    device: str
    text: str
    since: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceState:
    """A key server as it was last looked at: when, how long that took, and why it failed."""

    at: float
    seconds: float
    failure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WayState:
    """How notices, or figures, go out on a way."""

    delivered: int
    failed: int
    dropped: int
    waiting: int
    trouble: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All of it: when it looked last, and looks next (UTC seconds since 1970), each `every_s`.

    `events` are the last notices, the newest at the end. Counters count from the beginning of the
    watch: `looks` by key server and outcome (`answered`, `failed`), `rekeys` by group and key
    (`kek`, `tek`), `counts` of changes by name.
    """

    at: float
    next_at: float
    every_s: float = 0.0
    groups: tuple[GroupFigures, ...] = ()
    devices: Mapping[str, DeviceState] = field(default_factory=dict)
    alerts: tuple[Firing, ...] = ()
    events: tuple[Notice, ...] = ()
    ways: Mapping[str, WayState] = field(default_factory=dict)
    looks: Mapping[tuple[str, str], int] = field(default_factory=dict)
    rekeys: Mapping[tuple[str, str], int] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
