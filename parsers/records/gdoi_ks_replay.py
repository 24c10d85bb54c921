"""`show crypto gdoi ks replay`: the pseudotime that a key server owns, per group.

No sample of this command was at hand. The frame is that of `show crypto gdoi gm replay`; the row
with the time to the next synchronization is written from memory. Other rows stay unparsed.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..record import Record, Row, read


@dataclass(frozen=True, slots=True, kw_only=True)
class KsReplayGroup(Row):
    """The pseudotime of one group."""

    together = (("group", "enabled"),)

    group: str
    """The name of the group."""
    enabled: bool | None = None
    """Whether there is time-based replay."""
    pseudotime_s: float | None = None
    """The pseudotime, in seconds."""
    sync_remaining_s: float | None = read(convert.decimal)
    """Seconds until the members are told the pseudotime again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsReplay(Record):
    """The pseudotimes of all groups."""

    groups: tuple[KsReplayGroup, ...] = ()
    """The groups, in the order in which they are printed."""
