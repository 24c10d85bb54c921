"""`show crypto gdoi gm replay`: time-based anti-replay (TBAR) on a group member.

The capture has a clean error history. No sample of an entry was at hand: its shape is written from
memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from .. import convert
from ..convert import Address
from ..record import Record, Row, required


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayError(Row):
    """A packet that the time check refused; IOS samples ten in a minute.

    The packet is refused when the two pseudotimes differ by more than `window_s`.
    """

    at: datetime = required(convert.timestamp)
    """When it came, in the device's local time."""
    source: Address = required(convert.address)
    """Who sent it."""
    my_pseudotime_s: float
    """The pseudotime of the member, in seconds."""
    peer_pseudotime_s: float
    """The pseudotime in the packet, in seconds."""
    window_s: int
    """How far the two may be apart, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayHistory(Row):
    """The latest refused packets."""

    clean: bool = False
    """Whether the device says that there are none."""
    errors: tuple[ReplayError, ...] = ()
    """The packets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReplay(Row):
    """Anti-replay of one group; without time-based replay there are no figures."""

    together = (
        (
            "pseudotime_s",
            "input_packets",
            "output_packets",
            "input_errors",
            "output_errors",
            "time_sync_errors",
            "max_time_delta_s",
        ),
    )

    group: str
    """The name of the group."""
    enabled: bool
    """Whether there is time-based replay."""
    pseudotime_s: float | None = None
    """The clock of the key server, in seconds."""
    input_packets: int | None = None
    """Packets received."""
    output_packets: int | None = None
    """Packets sent."""
    input_errors: int | None = None
    """Packets received and refused."""
    output_errors: int | None = None
    """Packets that could not be sent."""
    time_sync_errors: int | None = None
    """Synchronizations of the clock that failed."""
    max_time_delta_s: float | None = None
    """The greatest difference of pseudotimes seen, in seconds."""
    history: ReplayHistory | None = None
    """The latest refused packets."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmReplay(Record):
    """Anti-replay of all groups."""

    groups: tuple[GroupReplay, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group whose error history has a heading only."""
        for group in self.groups[-1:]:
            if (past := group.history) is not None and not (past.clean or past.errors):
                yield f"no entry follows in the error history of group {group.group}"
