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
    """The pseudotime of one group, in seconds.

    `enabled` is False for a group without time-based replay. `sync_remaining_s` is the time until
    the members are told the pseudotime again.
    """

    together = (("group", "enabled"),)

    group: str
    enabled: bool | None = None
    pseudotime_s: float | None = None
    sync_remaining_s: float | None = read(convert.decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class KsReplay(Record):
    """The pseudotimes of all groups."""

    groups: tuple[KsReplayGroup, ...] = ()
