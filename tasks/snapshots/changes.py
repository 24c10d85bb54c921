"""What is different between two snapshots, by meaning."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .facts import CONFIG, Fact, Key, Kind, State, Topic, Value
from .lists import Listed, Meaning, meaning
from .reading import TIME, UPTIME

CLOCKS_S: Final = 120
"""So far uptimes may disagree with the times of snapshots: devices answer one after another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A fact that is another one now; None stands for absent.

    Of an access list, `packets` is what the change means.
    """

    key: Key
    kind: Kind
    before: Value
    after: Value
    packets: Meaning | None = None

    def lines(self) -> list[str]:
        """What changed, as people read it; of lists only what is in one of them."""
        name, pair = self.key.name, (self.before, self.after)
        if any(each is True for each in pair) and None in pair:
            return [f"{'-' if self.after is None else '+'} {name}"]
        if not any(isinstance(each, tuple) for each in pair):
            return [f"{name}: {said(self.before)} -> {said(self.after)}"]
        old, new = (_listed(each) for each in pair)
        gone, come = _without(old, new), _without(new, old)
        told = [f"- {each}" for each in gone] + [f"+ {each}" for each in come]
        told += self.packets.lines() if self.packets is not None else ()
        head = f"{name}:" if gone or come else f"{name}: in another order"
        return [head, *(f"  {line}" for line in told)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Unknown:
    """An answer that not both snapshots have, in full: what it tells cannot be compared."""

    device: str
    family: str
    missing_in: str
    cut: bool = False

    @property
    def command(self) -> str:
        """What would have to be asked."""
        return command_of(self.family)


def command_of(family: str) -> str:
    """The command that prints facts of a family."""
    if family == CONFIG:
        return "show running-config"
    return f"show {'crypto ' if family.startswith(_CRYPTO) else ''}{family}"


_CRYPTO: Final = ("gdoi", "key ", "pki ")


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
    meanings: dict[object, Meaning] = {}
    for key in before.facts.keys() | after.facts.keys():
        first, second = before.facts.get(key), after.facts.get(key)
        fact = first or second
        if fact is None or not _told(key.device, fact, before, after):
            continue
        old, new = _value(first), _value(second)
        if old != new:
            if all(each is None or each.aside for each in (first, second)):
                key = key._replace(topic=Topic.CONFIGURATION)
            packets = _meaning(first, second, meanings)
            changes.append(Change(key=key, kind=fact.kind, before=old, after=new, packets=packets))
    return Comparison(
        before=before,
        after=after,
        changes=tuple(sorted(changes, key=lambda each: (each.kind, each.key))),
        unknown=tuple(_unknown(before, after)),
    )


def _meaning(
    first: Fact | None, second: Fact | None, known: dict[object, Meaning]
) -> Meaning | None:
    """What another list means; members of a group have got the same, so that it is kept."""
    lists = [None if each is None else each.listed for each in (first, second)]
    if not any(lists):
        return None
    old, new = lists
    key = _known_by(first, old), _known_by(second, new)
    if key not in known:
        known[key] = meaning(old, new)
    return known[key]


def _known_by(fact: Fact | None, listed: Listed | None) -> object:
    """What tells a list from others; the same object group has other members elsewhere."""
    if fact is None or listed is None or not isinstance(fact.value, tuple):
        return None
    own = any("object-group" in each for each in fact.value)
    return fact.value, listed.use, listed.ipv6, listed.gap, id(listed) if own else 0


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
    """Devices that run for less time than they ought to.

    How much time has passed for a device is told by the times of the snapshots and by its own
    clock: the shorter counts, since saved texts may be older than their snapshot, and clocks are
    set. Where neither can be relied on, it has restarted when it runs for less time than before.
    """
    for key, fact in before.facts.items():
        now = after.facts.get(key)
        if key.topic is not Topic.RESTART or key.name != UPTIME or now is None:
            continue
        first, second = fact.value, now.value
        if not isinstance(first, int) or not isinstance(second, int):
            continue
        passed = _passed(key.device, before, after)
        # of two that were taken in the wrong order nothing can be said
        if passed is not None and second + CLOCKS_S < first + passed:
            name = Key(key.device, "", Topic.RESTART, "restarted")
            yield Change(key=name, kind=Kind.STATE, before="no", after="yes")


def _passed(device: str, before: State, after: State) -> float | None:
    """Seconds between the answers of a device, at least; None for the wrong order."""
    if after.at < before.at:
        return None
    times = [after.at - before.at]
    facts = [state.facts.get(Key(device, "", Topic.CLOCK, TIME)) for state in (before, after)]
    values = [fact.value for fact in facts if fact is not None and isinstance(fact.value, int)]
    if len(values) == 2:
        times.append(max(0, values[1] - values[0]))
    elif not (before.live and after.live):
        times.append(0.0)
    return min(times)


def _unknown(before: State, after: State) -> Iterable[Unknown]:
    for device in sorted(before.told.keys() & after.told.keys()):
        told = before.told[device], after.told[device]
        cut = before.cut.get(device, frozenset()), after.cut.get(device, frozenset())
        for family in sorted((told[0] ^ told[1]) | cut[0] | cut[1]):
            missing = [family not in each for each in told]
            where = "both" if all(missing) else "the first" if missing[0] else "the second"
            partly = any(family in each for each in cut)
            yield Unknown(device=device, family=family, missing_in=where, cut=partly)


def _listed(value: Value) -> tuple[str, ...]:
    """A list; an absent one is empty."""
    return value if isinstance(value, tuple) else () if value is None else (said(value),)


def _without(values: tuple[str, ...], others: tuple[str, ...]) -> list[str]:
    there = frozenset(others)
    return [each for each in values if each not in there]


def said(value: Value) -> str:
    """A value as people read it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return ", ".join(value) or "none" if isinstance(value, tuple) else str(value)
