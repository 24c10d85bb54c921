"""Whether what changed between two snapshots is what should have changed, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .agreeing import groups_by_place, place_of, unlike_keys, unlike_policies
from .changes import Change, Comparison, command_of
from .facts import CONFIG, Key, Kind, Topic
from .reading import PUBLIC


class Expectation(StrEnum):
    """What was done between two snapshots."""

    NOTHING = "nothing"
    ROLLOVER = "rollover"
    UPGRADE = "upgrade"
    POLICY_CHANGE = "policy-change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an expectation means: `may` are the topics that may change, `must` one that has to.

    What moves by itself may always change; all other topics must not. Of what may change,
    `belongs` says for each change whether it is a part of it; `lacks` names what is missing in it.
    """

    must: Topic | None = None
    may: frozenset[Topic] = frozenset()
    needs: frozenset[str] = frozenset()
    """Without these commands nobody can tell."""
    of_servers: frozenset[str] = frozenset()
    """Nor without these, of key servers."""
    of_members: frozenset[str] = frozenset()
    """Nor without these, of members."""
    belongs: Callable[[Comparison], Callable[[Change], bool]] | None = None
    lacks: Callable[[Comparison], Iterator[str]] | None = None


class Outcome(StrEnum):
    """How the difference is beside what was expected."""

    AS_EXPECTED = "as expected"
    NOT_AS_EXPECTED = "not as expected"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The judgement: `unexpected` changed though it must not, `missing` did not though it must.

    `unknown` says why something could not be looked at: without a contradiction the outcome is
    undecided then.
    """

    expectation: Expectation
    unexpected: tuple[Change, ...] = ()
    missing: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()

    @property
    def outcome(self) -> Outcome:
        """In one word."""
        if self.unexpected or self.missing:
            return Outcome.NOT_AS_EXPECTED
        return Outcome.UNDECIDED if self.unknown else Outcome.AS_EXPECTED


def judge(comparison: Comparison, expectation: Expectation) -> Verdict:
    """Hold a difference against an expectation.

    A device that failed is no change: nobody can tell.
    """
    rule = RULES[expectation]
    failed = comparison.before.failures.keys() | comparison.after.failures.keys()
    changes = tuple(
        each
        for each in comparison.of(Kind.STATE)
        if each.key.topic is not Topic.DEVICES or each.key.device not in failed
    )
    belongs = rule.belongs(comparison) if rule.belongs is not None else _always
    missing: list[str] = []
    if rule.must is not None and not any(each.key.topic is rule.must for each in changes):
        missing.append(f"nothing about {rule.must} has changed")
    elif rule.lacks is not None:
        missing += rule.lacks(comparison)
    return Verdict(
        expectation=expectation,
        unexpected=tuple(
            each for each in changes if each.key.topic not in rule.may or not belongs(each)
        ),
        missing=tuple(missing),
        unknown=tuple(_unknown(comparison, expectation)),
    )


def _always(change: Change) -> bool:
    del change
    return True


# ---- what nobody can tell ----


def _unknown(comparison: Comparison, expectation: Expectation) -> Iterator[str]:
    before, after = comparison.before, comparison.after
    newer = _upgraded(comparison) if expectation is Expectation.UPGRADE else frozenset()
    for each in comparison.unknown:
        # other software may answer what the one before did not know
        if not (each.device in newer and each.missing_in == "the first" and not each.cut):
            what = "not whole" if each.cut else "missing"
            yield f"{each.device}: '{each.command}' is {what} in {each.missing_in}"
    yield from _untold(comparison, RULES[expectation])
    for state, where in ((before, "the first"), (after, "the second")):
        for device, why in sorted(state.failures.items()):
            yield f"{device}: not all of it is in {where}: {why}"
    for device in sorted(before.told.keys() & after.told.keys()):
        if not before.told[device] & after.told[device]:
            yield f"{device}: no answer of it is in both"


def _untold(comparison: Comparison, rule: Rule) -> Iterator[str]:
    """What nobody has asked, though it decides."""
    after = comparison.after
    servers = {name for each in after.servers.values() for name in each}
    members = {device for group in after.groups for device, _ in group.members} - servers
    for device, told in sorted(after.told.items()):
        before = comparison.before.told.get(device)
        wanted = set(rule.needs)
        wanted |= rule.of_servers if device in servers else frozenset()
        wanted |= rule.of_members if device in members else frozenset()
        for family in sorted(wanted if before is not None else ()):
            if family not in told | (before or frozenset()):
                yield f"{device}: '{command_of(family)}' is in neither"


# ---- a rollover ----


def _keys_of_groups(comparison: Comparison) -> Callable[[Change], bool]:
    """Of the keys of devices, those that sign rekeys before or after."""
    known = {
        fact.value
        for state in (comparison.before, comparison.after)
        for key, fact in state.facts.items()
        if _is_public(key)
    }

    def belongs(change: Change) -> bool:
        values = {change.before, change.after} - {None}
        return change.key.topic is not Topic.KEYS or values <= known

    return belongs


def _rolled_over(comparison: Comparison) -> Iterator[str]:
    """Devices that still have the key that others of their group have changed."""
    before, after = comparison.before, comparison.after
    places = groups_by_place(after)
    keys = sorted(key for key in before.facts if _is_public(key))
    changed = {
        places[place_of(key)].name
        for key in keys
        if key in after.facts
        and after.facts[key].value != before.facts[key].value
        and place_of(key) in places
    }
    if not changed:
        yield "no key server signs rekeys with another key"
    for key in keys:
        group = places.get(place_of(key))
        if group is None or group.name not in changed:
            continue
        if key not in after.facts:
            if before.facts[key].family in after.told.get(key.device, ()):
                yield f"{key.device}, {key.group}: has no rekey key any more"
        elif after.facts[key].value == before.facts[key].value:
            yield f"{key.device}, {key.group}: still has the old rekey key"
    yield from unlike_keys(after)


def _is_public(key: Key) -> bool:
    return (key.topic, key.name) == (Topic.REKEY_KEY, PUBLIC)


# ---- an upgrade ----


def _upgraded(comparison: Comparison) -> frozenset[str]:
    """The devices that run other software."""
    return frozenset(
        each.key.device
        for each in comparison.of(Kind.STATE)
        if each.key.topic is Topic.SOFTWARE and not each.key.group and each.key.name in _SOFTWARE
    )


_SOFTWARE: Final = frozenset(("version", "image"))
"""As `show version` tells it."""


def _by_upgrade(comparison: Comparison) -> Callable[[Change], bool]:
    """What comes of other software: restarts of these devices, other roles in their groups."""
    upgraded = _upgraded(comparison)
    places = groups_by_place(comparison.before) | groups_by_place(comparison.after)
    groups = {
        group.name
        for group in places.values()
        if any(device in upgraded for device, _ in group.servers)
    }

    def belongs(change: Change) -> bool:
        device, topic = change.key.device, change.key.topic
        if device in upgraded:
            return True
        if topic is Topic.ROLES:
            group = places.get(place_of(change.key))
            return group is not None and group.name in groups
        # what others say of it
        return topic is Topic.SERVER or (topic is Topic.SOFTWARE and bool(change.key.group))

    return belongs


def _upgrades(comparison: Comparison) -> Iterator[str]:
    upgraded = _upgraded(comparison)
    if not upgraded:
        yield "no device runs other software"
    boots: dict[str, None] = {}
    for each in comparison.of(Kind.STATE):
        if each.key.topic is Topic.SOFTWARE and each.key.name.startswith("boot system"):
            boots[each.key.device] = None
    for device in sorted(boots.keys() - upgraded):
        yield f"{device}: is to boot another image, and still runs the old one"


# ---- a change of policy ----


def _policies(comparison: Comparison) -> Iterator[str]:
    """Who of a group has another policy than the others, and what is not in use yet."""
    yield from unlike_policies(comparison.after)
    yield from comparison.after.pending


RULES: Final[Mapping[Expectation, Rule]] = {
    Expectation.NOTHING: Rule(),
    Expectation.ROLLOVER: Rule(
        must=Topic.REKEY_KEY,
        may=frozenset((Topic.REKEY_KEY, Topic.KEYS, Topic.SERVER)),
        of_servers=frozenset(("gdoi ks policy", "key mypubkey")),
        of_members=frozenset(("gdoi gm pubkey",)),
        belongs=_keys_of_groups,
        lacks=_rolled_over,
    ),
    Expectation.UPGRADE: Rule(
        must=Topic.SOFTWARE,
        may=frozenset((Topic.SOFTWARE, Topic.RESTART, Topic.ROLES, Topic.SERVER)),
        needs=frozenset(("version",)),
        belongs=_by_upgrade,
        lacks=_upgrades,
    ),
    Expectation.POLICY_CHANGE: Rule(
        must=Topic.POLICY,
        may=frozenset((Topic.POLICY, Topic.SERVER)),
        needs=frozenset((CONFIG,)),
        of_members=frozenset(("gdoi",)),
        lacks=_policies,
    ),
}
