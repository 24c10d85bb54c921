"""What a snapshot says and how it differs from another, for people and programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import TYPE_CHECKING, Any

import click

from ..errors import printable
from .output import colored

if TYPE_CHECKING:
    from ..tasks.snapshots.changes import Change, Comparison
    from ..tasks.snapshots.expecting import Verdict
    from ..tasks.snapshots.facts import Key, State
    from ..tasks.snapshots.lists import Meaning

EXPECTATIONS = ("rollover", "upgrade", "policy-change", "nothing")
EXIT_DIFFERENT = 1
SCHEMA_VERSION = 1
_COLORS = {"+": "green", "-": "red"}


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
        text = f"not compared: {each.device}, '{each.family}', is {what} in {each.missing_in}"
        yield printable(text)
    if verdict is not None:
        yield from _verdict(verdict)


def _verdict(verdict: Verdict) -> Iterator[str]:
    for why in verdict.missing:
        yield printable(f"expected, and not so: {why}")
    for change in verdict.unexpected:
        place, topic = _place(change.key), change.key.topic
        yield printable(f"not expected: {place}: {topic}: {' '.join(change.lines())}")
    for why in verdict.unknown:
        yield printable(f"nobody can tell: {why}")
    yield f"verdict: {verdict.outcome} ({verdict.expectation})"


def _blocks(changes: Iterable[Change]) -> Iterator[str]:
    for place, theirs in groupby(changes, key=lambda each: _place(each.key)):
        yield printable(place)
        for topic, about in groupby(theirs, key=lambda each: each.key.topic):
            yield f"  {topic}"
            for change in about:
                yield from (f"    {_painted(line)}" for line in change.lines())


def _painted(line: str) -> str:
    color = _COLORS.get(line.lstrip()[:1])
    text = printable(line)
    return click.style(text, fg=color) if color is not None and colored() else text


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(str(each.key.topic) for each in changes)
    return ", ".join(f"{count} of {topic}" for topic, count in sorted(counts.items()))


def _place(key: Key) -> str:
    return f"{key.device}, {key.group}" if key.group else key.device


def compared_data(comparison: Comparison, verdict: Verdict | None) -> dict[str, Any]:
    """A difference for programs."""
    data: dict[str, Any] = {
        "schema_version": SCHEMA_VERSION,
        "changes": [_change_data(each) for each in comparison.changes],
        "unknown": [
            {
                "device": each.device,
                "command": each.family,
                "missing_in": each.missing_in,
                "cut": each.cut,
            }
            for each in comparison.unknown
        ],
    }
    if verdict is not None:
        data["verdict"] = {
            "expectation": str(verdict.expectation),
            "outcome": str(verdict.outcome),
            "unexpected": [_change_data(each) for each in verdict.unexpected],
            "missing": list(verdict.missing),
            "unknown": list(verdict.unknown),
        }
    return data


def _change_data(each: Change) -> dict[str, Any]:
    return _key_data(each.key) | {
        "kind": str(each.kind),
        "before": each.before,
        "after": each.after,
        "packets": None if each.packets is None else _packets_data(each.packets),
    }


def _packets_data(packets: Meaning) -> dict[str, Any]:
    return {
        "permit": str(packets.use),
        "same": packets.same if packets.same or not packets.unknown else None,
        "more": list(packets.more),
        "fewer": list(packets.fewer),
        "unknown": list(packets.unknown),
    }


def _key_data(key: Key) -> dict[str, Any]:
    return {
        "device": key.device,
        "group": key.group or None,
        "topic": str(key.topic),
        "name": key.name,
    }


def state_data(state: State, device: str | None) -> dict[str, Any]:
    """The facts of a snapshot for programs."""
    facts = [
        _key_data(key) | {"kind": str(fact.kind), "value": fact.value}
        for key, fact in sorted(state.facts.items())
        if device in {None, key.device}
    ]
    return {"schema_version": SCHEMA_VERSION, "facts": facts}


def state_text(state: State, device: str | None) -> Iterator[str]:
    """The facts for people; lines of configurations are counted only."""
    from ..tasks.snapshots.facts import CONFIG

    wanted = [key for key in sorted(state.facts) if device in {None, key.device}]
    for place, theirs in groupby(wanted, key=_place):
        yield printable(place)
        lines = 0
        for key in theirs:
            fact = state.facts[key]
            if fact.family == CONFIG:
                lines += 1
                continue
            value = fact.value
            if isinstance(value, tuple):
                yield printable(f"  {key.topic}: {key.name}: {', '.join(value) or 'none'}")
            else:
                yield printable(f"  {key.topic}: {key.name}: {value}")
        if lines:
            yield f"  {lines} lines of configuration"
