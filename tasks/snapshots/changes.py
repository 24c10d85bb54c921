"""What is different between two snapshots, by meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .facts import Fact, Key, Kind, State, Topic, Value

CLOCKS_S: Final = 120
"""So far uptimes may disagree with the times of snapshots: devices answer one after another."""
_UPTIME: Final = "uptime in s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact that is another one now; None stands for absent."""

    key: Key
    kind: Kind
    before: Value
    after: Value

    def lines(self) -> list[str]:
        """What changed, as people read it; of lists only what is in one of them."""
        if self.before is True or self.after is True:
            return [f"{'-' if self.after is None else '+'} {self.key.name}"]
        if isinstance(self.before, tuple) and isinstance(self.after, tuple):
            gone, new = _without(self.before, self.after), _without(self.after, self.before)
            if not gone and not new:
                return [f"{self.key.name}: in another order"]
            told = [f"- {each}" for each in gone] + [f"+ {each}" for each in new]
            return [f"{self.key.name}:", *(f"  {line}" for line in told)]
        return [f"{self.key.name}: {_said(self.before)} -> {_said(self.after)}"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An answer that only one of the snapshots has: what it tells cannot be compared."""

    device: str
    family: str
    missing_in: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Two states beside each other: `changes` in the order of device, group and topic."""

    before: State
    after: State
    changes: tuple[Change, ...] = ()
    unknown: tuple[Unknown, ...] = ()

    def of(self, kind: Kind) -> tuple[Change, ...]:
        """The changes of one kind."""
        return tuple(each for each in self.changes if each.kind is kind)


def compare(before: State, after: State) -> Comparison:
    """What is different in `after`.

    A fact of a command that one of the two did not ask is not compared; a device that is in one of
    the two only is a change of its own.
    """
    changes = [*_devices(before, after), *_restarts(before, after)]
    for key in before.facts.keys() | after.facts.keys():
        first, second = before.facts.get(key), after.facts.get(key)
        fact = first or second
        if fact is None or not _told(key.device, fact, before, after):
            continue
        old, new = _value(first), _value(second)
        if old != new:
            changes.append(Change(key=key, kind=fact.kind, before=old, after=new))
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=lambda each: (each.kind, each.key))),
        unknown=tuple(_unknown(before, after)),
    )


def _value(fact: Fact | None) -> Value:
    return None if fact is None else fact.value


def _told(device: str, fact: Fact, before: State, after: State) -> bool:
    return all(fact.family in state.told.get(device, ()) for state in (before, after))


def _devices(before: State, after: State) -> Iterable[Change]:
    for device in before.told.keys() ^ after.told.keys():
        there = device in after.told
        key = Key(device, "", Topic.DEVICES, "in the snapshot")
        yield Change(
            key=key,
            kind=Kind.STATE,
            before="no" if there else "yes",
            after="yes" if there else "no",
        )


def _restarts(before: State, after: State) -> Iterable[Change]:
    """Devices that run for less time than they ought to."""
    passed = after.at - before.at
    for key, fact in before.facts.items():
        now = after.facts.get(key)
        if key.topic is not Topic.RESTART or key.name != _UPTIME or now is None:
            continue
        first, second = fact.value, now.value
        if not isinstance(first, int) or not isinstance(second, int):
            continue
        # of two that were taken in the wrong order nothing can be said
        if passed >= 0 and second + CLOCKS_S < first + passed:
            name = Key(key.device, "", Topic.RESTART, "restarted")
            yield Change(key=name, kind=Kind.STATE, before="no", after="yes")


def _unknown(before: State, after: State) -> Iterable[Unknown]:
    for device in sorted(before.told.keys() & after.told.keys()):
        first, second = before.told[device], after.told[device]
        for family in sorted(first - second):
            yield Unknown(device=device, family=family, missing_in="the second")
        for family in sorted(second - first):
            yield Unknown(device=device, family=family, missing_in="the first")


def _without(values: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    return [each for each in values if each not in others]


def _said(value: Value) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
