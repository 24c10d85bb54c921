"""Key figures of groups and devices, for a history."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from .facts import CONFIG, Fact, Key, State, Topic
from .reading import LIST

_ALIVE: Final = "Alive"


class Figure(NamedTuple):
    """A figure of a group (`device` is empty), of a device, or of a device in a group."""

    device: str
    group: str
    name: str
    value: float


def figures_of(state: State) -> list[Figure]:
    """The figures in a state, in the order of group, device and name.

    Of a group: its `members`, `key servers` that are alive, `ACKs missed`, `rekeys retransmitted`,
    `lines of access list`, `traffic key lifetime s` and `rekey key lifetime s`, by the key server
    that says most. Of devices: `uptime s`, `lines of configuration`; of members in a group
    `registrations`, `attempts to register` and `rekeys received`.
    """
    found = [*_groups(state), *_devices(state)]
    return sorted(found, key=lambda each: (each.group, each.device, each.name))


def _groups(state: State) -> Iterator[Figure]:
    by_group: dict[str, dict[str, dict[Key, Fact]]] = {}
    for key, fact in state.facts.items():
        if key.device in state.servers.get(key.group, ()) and fact.family != CONFIG:
            by_group.setdefault(key.group, {}).setdefault(key.device, {})[key] = fact
    for group, servers in by_group.items():
        for name, work_out in _FIGURES.items():
            values = [work_out(facts) for facts in servers.values()]
            known = [value for value in values if value is not None]
            if known:
                yield Figure("", group, name, max(known))


def _sum_of(topic: Topic, begin: str) -> Callable[[dict[Key, Fact]], float | None]:
    def work_out(facts: dict[Key, Fact]) -> float | None:
        values = [
            fact.value
            for key, fact in facts.items()
            if key.topic is topic and key.name.startswith(begin) and isinstance(fact.value, int)
        ]
        return float(sum(values)) if values else None

    return work_out


def _most_of(topic: Topic, begin: str) -> Callable[[dict[Key, Fact]], float | None]:
    def work_out(facts: dict[Key, Fact]) -> float | None:
        values = [
            float(fact.value)
            for key, fact in facts.items()
            if key.topic is topic and key.name.startswith(begin) and isinstance(fact.value, int)
        ]
        return max(values, default=None)

    return work_out


def _alive(facts: dict[Key, Fact]) -> float | None:
    states = [
        fact.value
        for key, fact in facts.items()
        if key.topic is Topic.COOPERATION and key.name.startswith("status")
    ]
    return float(states.count(_ALIVE)) if states else None


def _lines(facts: dict[Key, Fact]) -> float | None:
    for key, fact in facts.items():
        if key.name == LIST and isinstance(fact.value, tuple):
            return float(len(fact.value))
    return None


_FIGURES: Final = {
    "members": _most_of(Topic.MEMBERS, "how many"),
    "key servers": _alive,
    "ACKs missed": _sum_of(Topic.REKEYS, "ACKs missed by "),
    "rekeys retransmitted": _most_of(Topic.REKEYS, "retransmitted"),
    "lines of access list": _lines,
    "traffic key lifetime s": _most_of(Topic.POLICY, "lifetime in s of "),
    "rekey key lifetime s": _most_of(Topic.POLICY, "rekey lifetime in s"),
}
COUNTED: Final = ("registrations", "attempts to register", "rekeys received")
"""What members count, by the beginning of the names of the facts."""


def _devices(state: State) -> Iterator[Figure]:
    lines = dict.fromkeys((name for name, told in state.told.items() if CONFIG in told), 0)
    counted: dict[tuple[str, str, str], float] = {}
    for key, fact in state.facts.items():
        if fact.family == CONFIG:
            # what a group encrypts is counted as a list of the configuration
            if key.name != LIST:
                lines[key.device] += fact.lines
        elif key.topic is Topic.RESTART and isinstance(fact.value, int):
            yield Figure(key.device, "", "uptime s", float(fact.value))
        elif key.topic is Topic.REKEYS and isinstance(fact.value, int):
            name = next((each for each in COUNTED if key.name.startswith(each)), None)
            if name is not None:
                place = key.device, key.group, name
                counted[place] = counted.get(place, 0.0) + fact.value
    for device, count in lines.items():
        yield Figure(device, "", "lines of configuration", float(count))
    for (device, group, name), value in counted.items():
        yield Figure(device, group, name, value)
