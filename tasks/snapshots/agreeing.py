"""Who of a group does not agree with the others, in one snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final

from .facts import CONFIG, Fact, Key, State, Together, Topic, Value
from .lists import meaning
from .reading import LIST, PUBLIC

_SERVERS: Final = (
    "direction",
    "transform ",
    "lifetime ",
    "replay window ",
    "rekey encryption",
    "rekey key bytes",
    "rekey lifetime in s",
)
"""Facts of the policy, by the beginning of their names, that all key servers have to agree in."""
_DIRECTION: Final = "direction"
_TRANSFORM: Final = "transform "
_REPLAY: Final = "replay "
_CIPHER: Final = "rekey encryption"

Facts = dict[str, Fact]
"""Facts by a name: of one device, or of one kind."""


def unlike_keys(state: State) -> Iterator[str]:
    """Devices that know another public key for rekeys than the first key server."""
    places = _by_place(state, Topic.REKEY_KEY)
    for group in state.groups:
        every = _told(places, group)
        told = {device: facts[PUBLIC] for device, facts in every.items() if PUBLIC in facts}
        yield from _differing(f"{group.name}: rekey key, {PUBLIC}", told, _same)


def unlike_policies(state: State) -> Iterator[str]:
    """Devices whose policy is another than that of the first key server."""
    places = _by_place(state, Topic.POLICY)
    for group in state.groups:
        told = _told(places, group)
        lists = {device: facts[LIST] for device, facts in told.items() if LIST in facts}
        yield from _differing(f"{group.name}: policy, {LIST}", lists, _same_packets)
        servers = {device: told[device] for device, _ in group.servers if device in told}
        names = dict.fromkeys(name for facts in servers.values() for name in facts)
        for name in sorted(each for each in names if each.startswith(_SERVERS)):
            values = {device: facts[name] for device, facts in servers.items() if name in facts}
            yield from _differing(f"{group.name}: policy, {name}", values, _same)
        yield from _members(group, servers, told)


def _by_place(state: State, topic: Topic) -> dict[tuple[str, str], Facts]:
    """What each device says of each group, its configuration aside."""
    found: dict[tuple[str, str], Facts] = {}
    for key, fact in state.facts.items():
        if key.topic is topic and (fact.family != CONFIG or key.name == LIST):
            found.setdefault(place_of(key), {})[key.name] = fact
    return found


def _told(places: dict[tuple[str, str], Facts], group: Together) -> dict[str, Facts]:
    """What the devices of a group say of it, key servers first."""
    every = (*group.servers, *group.members)
    return {place[0]: places[place] for place in every if place in places}


def _differing(what: str, told: Facts, same: Callable[[Fact, Fact], bool]) -> Iterator[str]:
    """Which device differs from the first that says something: a key server, if there is one."""
    first = next(iter(told), None)
    if first is not None:
        others = [name for name in told if not same(told[first], told[name])]
        if others:
            have = "has" if len(others) == 1 else "have"
            yield f"{what}: {', '.join(others)} {have} another than {first}"


def _same(one: Fact, other: Fact) -> bool:
    return one.value == other.value


def _same_packets(one: Fact, other: Fact) -> bool:
    if one.value == other.value or one.listed is None or other.listed is None:
        return one.value == other.value
    return meaning(one.listed, other.listed).same


# ---- members, which say things otherwise ----


def _members(group: Together, servers: dict[str, Facts], told: dict[str, Facts]) -> Iterator[str]:
    wanted = (
        (_DIRECTION, _values(servers, _DIRECTION), _same_word),
        (_TRANSFORM, _values(servers, _TRANSFORM), _same_word),
        (_REPLAY, {str(each) for each in _values(servers, "replay window ")}, _window),
        (_CIPHER, {_cipher(facts) for facts in servers.values()} - {None}, _same_word),
    )
    for device in (name for name, _ in group.members if name not in servers):
        for name, fact in sorted(told.get(device, {}).items()):
            values = fact.value if isinstance(fact.value, tuple) else (str(fact.value),)
            for begin, known, said in wanted:
                sizes = [size for size in map(said, values) if size]
                # keys of the policy before live on for a while
                if name.startswith(begin) and known and sizes and not known.intersection(sizes):
                    other = ", ".join(sizes)
                    yield f"{group.name}: policy, {name}: {device} has {other}, no key server has"


def _same_word(value: str) -> str:
    return value


def _values(servers: dict[str, Facts], begin: str) -> set[Value]:
    return {
        fact.value
        for facts in servers.values()
        for name, fact in facts.items()
        if name.startswith(begin) and fact.value
    }


def _window(value: str) -> str:
    """The size of the window, as members say it: `time 5`."""
    return value.partition(" ")[2]


def _cipher(facts: Facts) -> str | None:
    """The encryption of rekeys as members say it: `AES 256`."""
    name, size = facts.get(_CIPHER), facts.get("rekey key bytes")
    if name is None or size is None or not isinstance(size.value, int):
        return None
    return f"{name.value} {8 * size.value}"


def groups_by_place(state: State) -> dict[tuple[str, str], Together]:
    """The group that a device is in under a name of its own."""
    return {place: group for group in state.groups for place in (*group.servers, *group.members)}


def place_of(key: Key) -> tuple[str, str]:
    """The device and its name of the group, of a fact."""
    return key.device, key.group
