"""The report of logs: clocks, and for each group its time line and what it means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Final

from ...errors import UsageError
from . import explain_cooperation, explain_members, explain_rekeys, explain_traffic
from .case import Case, Explanation
from .clocks import Clock
from .kinds import Topic
from .moments import Choice, Moment, moments_of
from .prepared import GroupLog, prepare
from .reading import Reading
from .rekeys import Rekeys, rekeys_of
from .store import NO_TIME, EventStore

PAGE: Final = 40
"""Moments of a group in the report for people."""
ALIKE: Final = 5
"""Explanations of a group that are about the same trouble."""
DETAIL: Final = 1000
"""Moments of a group in the report for programs."""

# those that note splits and changes of keys for the others come first
_EXPLAINERS: Final[tuple[Callable[[Case], Iterator[Explanation]], ...]] = (
    explain_cooperation.changes_of_primary,
    explain_cooperation.lost_peers,
    explain_cooperation.differences,
    explain_rekeys.rejected,
    explain_rekeys.missed,
    explain_rekeys.gaps,
    explain_rekeys.out_of_sequence,
    explain_rekeys.ejected,
    explain_traffic.no_rsa_key,
    explain_traffic.long_lists,
    explain_traffic.pending,
    explain_members.unauthorized,
    explain_members.unknown_group,
    explain_members.storms,
    explain_members.failing,
    explain_members.refusals,
    explain_traffic.replays,
    explain_traffic.unknown_keys,
    explain_traffic.in_clear,
    explain_traffic.fragmentation,
    explain_traffic.ike,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a report is to show: groups and devices by patterns, topics, and how much."""

    groups: Sequence[str] = ()
    devices: Sequence[str] = ()
    topics: Sequence[Topic] = ()
    moments: int = PAGE


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupReport:
    """What logs tell of a group; `name` is '' for messages that belong to none."""

    name: str
    log: GroupLog
    devices: Sequence[str]
    first: float
    last: float
    messages: int
    moments: Sequence[Moment]
    explanations: Sequence[Explanation]


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReport:
    """All groups, the clocks of the devices, and what was read."""

    groups: Sequence[GroupReport]
    clocks: Sequence[Clock]
    sources: Sequence[str]
    lines: int
    messages: int
    doubles: int
    dropped: int
    yearless: bool

    @property
    def explanations(self) -> list[Explanation]:
        """Those of all groups."""
        return [each for group in self.groups for each in group.explanations]

    @property
    def trouble(self) -> bool:
        """Whether something is explained as trouble."""
        return any(each.trouble for each in self.explanations)


def report_of(reading: Reading, wanted: Wanted | None = None) -> LogReport:
    """Make the report of what was read.

    Raises UsageError where no group, or no device, is called as `wanted` says.
    """
    wanted = wanted or Wanted()
    store = reading.store
    prepared = prepare(store)
    devices = _devices(store, wanted.devices)
    groups, dropped = [], store.dropped
    for log in prepared.groups:
        if wanted.groups and not _matches(log.name, wanted.groups):
            continue
        rekeys = rekeys_of(log)
        dropped += rekeys.dropped
        group = _group(log, rekeys, wanted, devices)
        if group.moments or group.explanations:
            groups.append(group)
    known = [log.name for log in prepared.groups if log.name]
    if wanted.groups and not any(_matches(name, wanted.groups) for name in known):
        raise UsageError(
            f"no group {' or '.join(wanted.groups)} in the logs",
            hint=f"there is {', '.join(known[:10])}" if known else "no message names a group",
        )
    names = {store.names.texts[device] for device in devices or ()}
    clocks = [clock for clock in prepared.clocks if not names or clock.device in names]
    return LogReport(
        groups=groups,
        clocks=clocks,
        sources=reading.sources,
        lines=reading.lines,
        messages=reading.messages,
        doubles=prepared.doubles,
        dropped=dropped,
        yearless=store.yearless,
    )


def _devices(store: EventStore, patterns: Sequence[str]) -> set[int] | None:
    """The devices that patterns choose, by name or address; None for all."""
    if not patterns:
        return None
    texts = store.names.texts
    found = {device for device in set(store.device) if _matches(texts[device], patterns)}
    owned = {
        device
        for (_, address), device in store.addresses.items()
        if _matches(texts[address], patterns)
    }
    # a member that is named only, by its address
    named = {number for number, text in enumerate(texts) if text in patterns}
    if not found | owned | named:
        known = sorted({texts[device] for device in set(store.device)})
        raise UsageError(
            f"no device {' or '.join(patterns)} in the logs",
            hint=f"there is {', '.join(known[:10])}",
        )
    return found | owned | named


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name.lower(), pattern.lower()) for pattern in patterns)


def _shortened(explanations: Sequence[Explanation]) -> Iterator[Explanation]:
    """The explanations, of each trouble a few; the others are counted."""
    counts = Counter(each.about for each in explanations)
    told: Counter[str] = Counter()
    for each in explanations:
        told[each.about] += 1
        more = counts[each.about] - ALIKE
        if told[each.about] == ALIKE and more > 0:
            yield replace(each, seen=(*each.seen, f"and {more} troubles more that are alike"))
        elif told[each.about] <= ALIKE:
            yield each


def _group(log: GroupLog, rekeys: Rekeys, wanted: Wanted, devices: set[int] | None) -> GroupReport:
    store = log.store
    case = Case(log, rekeys)
    explanations = [each for explain in _EXPLAINERS for each in explain(case)]
    if wanted.topics:
        explanations = [each for each in explanations if each.topic in wanted.topics]
    if devices is not None:
        names = {store.names.texts[device] for device in devices}
        explanations = [each for each in explanations if names.intersection(each.devices)]
    explanations.sort(key=lambda each: (-each.severity, each.first))
    explanations = list(_shortened(explanations))
    # floods end later than they begin, so that the last row need not be the last that happened
    ends = (store.last[row] for row in log.rows if store.last[row] != NO_TIME)
    return GroupReport(
        name=log.name,
        log=log,
        devices=sorted(
            {store.names.texts[device] for device in {store.device[r] for r in log.rows}}
        ),
        first=store.time[log.rows[0]],
        last=max(ends, default=NO_TIME),
        messages=sum(store.count[row] for row in log.rows),
        moments=moments_of(log, rekeys, Choice(wanted.topics, devices), wanted.moments),
        explanations=explanations,
    )
