"""What a snapshot says and how it differs from another, for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NotRequired, TypedDict, TypeVar

import click

from ..errors import printable
from .output import colored

if TYPE_CHECKING:
    from ..tasks.snapshots.changes import Change, Comparison
    from ..tasks.snapshots.expecting import Expectation, Outcome, Verdict
    from ..tasks.snapshots.facts import Key, Kind, State, Topic, Value
    from ..tasks.snapshots.lists import Meaning, Use
    from ..tasks.snapshots.store import Snapshot

T = TypeVar("T")
EXPECTATIONS = ("rollover", "upgrade", "policy-change", "nothing")
EXIT_DIFFERENT = 1
SCHEMA_VERSION = 1
_COLORS = {"+": "green", "-": "red"}
_MANY = 3
"""So many devices with the same changes are told of once."""
_MOST_NAMED = 10


class SnapshotHead(TypedDict):
    """A snapshot."""

    snapshot: str
    """Its name."""
    at: float
    """Of when it is, in UTC seconds since 1970."""
    owner: str
    """The account that took it."""
    version: str
    """The version of getvpn that took it."""
    source: str
    """`live`, or the files and folders that it was taken from."""
    devices: list[str]
    """The devices in it."""
    groups: list[str]
    """The groups in it."""
    failures: dict[str, str]
    """Devices that are not in it, or not with all: why, by device."""
    expires: float | None
    """When `take` or `prune` removes it, in UTC seconds since 1970; None: only `prune` may."""


class SnapshotList(TypedDict):
    """The snapshots in the journal."""

    schema_version: int
    """The version of this form, 1."""
    snapshots: list[SnapshotHead]
    """The snapshots, the latest first."""
    bytes: int
    """The size of all texts, in bytes."""
    compressed: int
    """The space that they take, in bytes."""


class FactKey(TypedDict):
    """What a fact is about."""

    device: str
    """The device."""
    group: str | None
    """The group; None for the device at large."""
    topic: Topic
    """The topic."""
    name: str
    """The name of the fact."""


class ShownFact(FactKey):
    """A fact: something that a device said."""

    kind: Kind
    """How it changes when nobody does anything."""
    value: Value
    """What was said; a list is one whose order counts, or that was put in order."""


class ShownFacts(TypedDict):
    """The facts of a snapshot."""

    schema_version: int
    """The version of this form, 1."""
    facts: list[ShownFact]
    """The facts, of all devices or of the one that was asked for."""


class ShownSnapshot(SnapshotHead, ShownFacts):
    """What a snapshot says."""


class PacketsChange(TypedDict):
    """What the change of an access list means for packets."""

    permit: Use
    """What becomes of packets that the list permits; what it exempts is left to the group."""
    same: bool | None
    """Whether all packets are treated as before; None: nobody can tell."""
    more: list[str]
    """Packets that the list newly permits."""
    fewer: list[str]
    """Packets that it no longer permits."""
    unknown: list[str]
    """Why there may be others; none: these are all."""


class FactChange(FactKey):
    """A fact that is another one now."""

    kind: Kind
    """How it changes when nobody does anything."""
    before: Value
    """What it was; None: absent."""
    after: Value
    """What it is; None: absent."""
    packets: PacketsChange | None
    """Of an access list, what that means; else None."""


class NotCompared(TypedDict):
    """An answer that not both snapshots have in full."""

    device: str
    """The device."""
    command: str
    """The command."""
    missing_in: str
    """Which of the snapshots lacks it: `the first`, `the second` or `both`."""
    cut: bool
    """Whether it has a part of it."""


class VerdictData(TypedDict):
    """How the difference is beside what was expected."""

    expectation: Expectation
    """What was expected."""
    outcome: Outcome
    """How it is."""
    unexpected: list[FactChange]
    """Changes that should not be."""
    missing: list[str]
    """What should be, and is not."""
    unknown: list[str]
    """What nobody can tell."""


class ComparedFacts(TypedDict):
    """How the facts of two snapshots differ."""

    schema_version: int
    """The version of this form, 1."""
    changes: list[FactChange]
    """The facts that are others now."""
    unknown: list[NotCompared]
    """What could not be compared."""
    verdict: NotRequired[VerdictData]
    """The verdict; only with `--expect`."""


class ComparedPair(TypedDict):
    """Two snapshots."""

    before: SnapshotHead
    """The snapshot BEFORE."""
    after: SnapshotHead
    """The snapshot AFTER."""


class ComparedSnapshots(ComparedPair, ComparedFacts):
    """How two snapshots differ."""


def snapshot_data(each: Snapshot) -> SnapshotHead:
    """A snapshot for programs, without what it says."""
    return {
        "snapshot": each.name,
        "at": each.at,
        "owner": each.owner,
        "version": each.version,
        "source": each.source,
        "devices": list(each.devices),
        "groups": list(each.groups),
        "failures": dict(each.failures),
        "expires": each.expires,
    }


def compared_text(
    comparison: Comparison, verdict: Verdict | None, *, everything: bool
) -> Iterator[str]:
    """A difference for people, the verdict last."""
    from ..tasks.snapshots.facts import Kind

    state = comparison.of(Kind.STATE)
    yield from _blocks(state)
    if not state:
        yield "no difference of state"
    titles = {
        Kind.ROUTINE: "replaced by rekeys",
        Kind.VOLATILE: "moves by itself",
    }
    for kind, title in titles.items():
        changes = comparison.of(kind)
        if everything and changes:
            yield f"{title}:"
            yield from (f"  {line}" for line in _blocks(changes))
        elif changes:
            yield f"{title}: {_counted(changes)}"
    for each in comparison.unknown:
        what = "not whole" if each.cut else "missing"
        text = f"not compared: {each.device}, '{each.command}', is {what} in {each.missing_in}"
        yield printable(text)
    if verdict is not None:
        yield from _verdict(verdict)


def _verdict(verdict: Verdict) -> Iterator[str]:
    for why in verdict.missing:
        yield printable(f"expected, and not so: {why}")
    told = [
        ((each.key.device, each.key.group), f"{each.key.topic}: {_in_one_line(each)}")
        for each in verdict.unexpected
    ]
    for place, text in _together(told):
        yield printable(f"not expected: {place}: {text}")
    for why in verdict.unknown:
        yield printable(f"nobody can tell: {why}")
    yield f"verdict: {verdict.outcome} ({verdict.expectation})"


def _in_one_line(change: Change) -> str:
    head, *rest = map(str.strip, change.lines())
    return f"{head} {'; '.join(rest)}" if rest else head


def _blocks(changes: Iterable[Change]) -> Iterator[str]:
    """What is different, by device and group; once for devices for which all of it is the same."""
    places = groupby(changes, key=lambda each: (each.key.device, each.key.group))
    for place, body in _together([(at, tuple(_body(theirs))) for at, theirs in places]):
        yield printable(place)
        yield from map(_painted, body)


def _body(changes: Iterable[Change]) -> Iterator[str]:
    for topic, about in groupby(changes, key=lambda each: each.key.topic):
        yield f"  {topic}"
        for change in about:
            yield from (f"    {line}" for line in change.lines())


def _together(told: Sequence[tuple[tuple[str, str], T]]) -> Iterator[tuple[str, T]]:
    """Where something is, and what: for many devices of a group once, where the first stands."""
    devices: dict[tuple[str, T], list[str]] = {}
    for (device, group), what in told:
        devices.setdefault((group, what), []).append(device)
    for (device, group), what in told:
        theirs = devices[group, what]
        of_group = f", {group}" if group else ""
        if len(theirs) < _MANY:
            yield f"{device}{of_group}", what
        elif device == theirs[0]:
            yield f"{len(theirs)} devices{of_group} ({some(theirs, _MOST_NAMED)})", what


def some(names: Sequence[str], most: int) -> str:
    """Names in a row; of many the first, and how many more there are."""
    more = len(names) - most
    return ", ".join(names[:most]) + (f" and {more} more" if more > 0 else "")


def _painted(line: str) -> str:
    color = _COLORS.get(line.lstrip()[:1])
    text = printable(line)
    return click.style(text, fg=color) if color is not None and colored() else text


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(str(each.key.topic) for each in changes)
    return ", ".join(f"{count} of {topic}" for topic, count in sorted(counts.items()))


def _place(key: Key) -> str:
    return f"{key.device}, {key.group}" if key.group else key.device


def compared_data(comparison: Comparison, verdict: Verdict | None) -> ComparedFacts:
    """A difference for programs."""
    data: ComparedFacts = {
        "schema_version": SCHEMA_VERSION,
        "changes": [_change_data(each) for each in comparison.changes],
        "unknown": [
            {
                "device": each.device,
                "command": each.command,
                "missing_in": each.missing_in,
                "cut": each.cut,
            }
            for each in comparison.unknown
        ],
    }
    if verdict is not None:
        data["verdict"] = {
            "expectation": verdict.expectation,
            "outcome": verdict.outcome,
            "unexpected": [_change_data(each) for each in verdict.unexpected],
            "missing": list(verdict.missing),
            "unknown": list(verdict.unknown),
        }
    return data


def _change_data(each: Change) -> FactChange:
    return {
        **_key_data(each.key),
        "kind": each.kind,
        "before": each.before,
        "after": each.after,
        "packets": None if each.packets is None else _packets_data(each.packets),
    }


def _packets_data(packets: Meaning) -> PacketsChange:
    return {
        "permit": packets.use,
        "same": packets.same if packets.same or packets.more or packets.fewer else None,
        "more": list(packets.more),
        "fewer": list(packets.fewer),
        "unknown": list(packets.unknown),
    }


def _key_data(key: Key) -> FactKey:
    return {
        "device": key.device,
        "group": key.group or None,
        "topic": key.topic,
        "name": key.name,
    }


def state_data(state: State, device: str | None) -> ShownFacts:
    """The facts of a snapshot for programs."""
    facts: list[ShownFact] = [
        {**_key_data(key), "kind": fact.kind, "value": fact.value}
        for key, fact in sorted(state.facts.items())
        if device in {None, key.device}
    ]
    return {"schema_version": SCHEMA_VERSION, "facts": facts}


def state_text(state: State, device: str | None) -> Iterator[str]:
    """The facts for people; lines of configurations are counted only."""
    from ..tasks.snapshots.changes import said
    from ..tasks.snapshots.facts import CONFIG
    from ..tasks.snapshots.reading import LIST

    wanted = [key for key in sorted(state.facts) if device in {None, key.device}]
    for place, theirs in groupby(wanted, key=_place):
        yield printable(place)
        lines = 0
        for key in theirs:
            fact = state.facts[key]
            if fact.family == CONFIG and key.name != LIST:
                lines += fact.lines
                continue
            yield printable(f"  {key.topic}: {key.name}: {said(fact.value)}")
        if lines:
            yield f"  {lines} lines of configuration"
