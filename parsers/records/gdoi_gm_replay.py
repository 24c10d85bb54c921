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

    The packet is refused when the two pseudotimes differ by more than `window_s` (reference §3.10).
    """

    at: datetime = required(convert.timestamp)
    source: Address = required(convert.address)
    my_pseudotime_s: float
    peer_pseudotime_s: float
    window_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayHistory(Row):
    """The latest refused packets; `clean` is True where the device says that there are none."""

    clean: bool = False
    errors: tuple[ReplayError, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReplay(Row):
    """Anti-replay of one group. Counters in packets; `pseudotime_s` is the clock of the key server.

    `enabled` is False without time-based replay; then there are no figures.
    """

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
    enabled: bool
    pseudotime_s: float | None = None
    input_packets: int | None = None
    output_packets: int | None = None
    input_errors: int | None = None
    output_errors: int | None = None
    time_sync_errors: int | None = None
    max_time_delta_s: float | None = None
    history: ReplayHistory | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GmReplay(Record):
    """Anti-replay of all groups."""

    groups: tuple[GroupReplay, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group whose error history has a heading only."""
        for group in self.groups[-1:]:
            if (past := group.history) is not None and not (past.clean or past.errors):
                yield f"no entry follows in the error history of group {group.group}"
