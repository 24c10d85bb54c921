"""Whether what changed between two snapshots is what should have changed, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from .changes import Change, Comparison
from .facts import CONFIG, Key, Kind, Topic
from .reading import LIST, PUBLIC


class Expectation(StrEnum):
    """What was done between two snapshots."""

    NOTHING = "nothing"
    ROLLOVER = "rollover"
    UPGRADE = "upgrade"
    POLICY_CHANGE = "policy-change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What an expectation means: `may` are the topics that may change, `must` one that has to.

    What moves by itself may always change; all other topics must not.
    """

    must: Topic | None = None
    may: frozenset[Topic] = frozenset()
    needs: frozenset[str] = frozenset()
    """Without these commands nobody can tell."""


RULES: Final[Mapping[Expectation, Rule]] = {
    Expectation.NOTHING: Rule(),
    Expectation.ROLLOVER: Rule(
        must=Topic.REKEY_KEY,
        may=frozenset((Topic.REKEY_KEY, Topic.KEYS, Topic.SERVER)),
        needs=frozenset(("gdoi ks policy", "key mypubkey")),
    ),
    Expectation.UPGRADE: Rule(
        must=Topic.SOFTWARE,
        may=frozenset((Topic.SOFTWARE, Topic.RESTART, Topic.ROLES, Topic.SERVER)),
        needs=frozenset(("version",)),
    ),
    Expectation.POLICY_CHANGE: Rule(
        must=Topic.POLICY,
        may=frozenset((Topic.POLICY, Topic.SERVER)),
        needs=frozenset((CONFIG,)),
    ),
}
_ALIKE: Final = {
    Expectation.ROLLOVER: ((Topic.REKEY_KEY, PUBLIC),),
    Expectation.POLICY_CHANGE: (
        (Topic.POLICY, LIST),
        (Topic.POLICY, "transform "),
        (Topic.POLICY, "lifetime "),
        (Topic.POLICY, "rekey encryption"),
        (Topic.POLICY, "rekey lifetime in s"),
    ),
}
"""Facts, by the beginning of their names, that all key servers of a group have to agree in.

In what is encrypted their members have to agree with them."""
_KEY_SERVERS: Final = frozenset(("gdoi ks policy", "key mypubkey"))


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
    """Hold a difference against an expectation."""
    rule = RULES[expectation]
    changes = comparison.of(Kind.STATE)
    unknown = [
        f"{each.device}: '{_named(each.family)}' is missing in {each.missing_in}"
        for each in comparison.unknown
    ]
    unknown += _untold(comparison, rule)
    missing: list[str] = []
    if rule.must is not None and not any(each.key.topic is rule.must for each in changes):
        missing.append(f"nothing about {rule.must} has changed")
    elif expectation is Expectation.ROLLOVER:
        missing += _old_keys(comparison)
    missing += _unlike(comparison, _ALIKE.get(expectation, ()))
    return Verdict(
        expectation=expectation,
        unexpected=tuple(each for each in changes if each.key.topic not in rule.may),
        missing=tuple(missing),
        unknown=tuple(unknown),
    )


def _named(family: str) -> str:
    return "show running-config" if family == CONFIG else f"show {family}"


def _untold(comparison: Comparison, rule: Rule) -> Iterator[str]:
    """What nobody has asked, though it decides."""
    servers = {name for each in comparison.after.servers.values() for name in each}
    for device, told in sorted(comparison.after.told.items()):
        before = comparison.before.told.get(device)
        for family in sorted(rule.needs):
            concerned = device in servers or family not in _KEY_SERVERS
            if before is not None and concerned and family not in told | before:
                yield f"{device}: '{_named(family)}' is in neither"


def _old_keys(comparison: Comparison) -> Iterator[str]:
    """Devices that still have the key that others of their group have changed."""
    old, new = comparison.before.facts, comparison.after.facts
    keys = [key for key in old if (key.topic, key.name) == (Topic.REKEY_KEY, PUBLIC)]
    changed = {key.group for key in keys if key in new and new[key].value != old[key].value}
    if not changed:
        yield "no key server signs rekeys with another key"
    for key in sorted(keys):
        if key.group in changed and key in new and new[key].value == old[key].value:
            yield f"{key.device}, {key.group}: still has the old rekey key"


def _unlike(comparison: Comparison, wanted: tuple[tuple[Topic, str], ...]) -> Iterator[str]:
    """Devices of a group that do not agree, in the second snapshot."""
    for group, servers in sorted(comparison.after.servers.items()):
        values: dict[tuple[Topic, str], dict[str, object]] = {}
        for key, fact in comparison.after.facts.items():
            concerned = key.device in servers or key.name == LIST
            if key.group == group and fact.family != CONFIG and concerned and _is_in(key, wanted):
                values.setdefault((key.topic, key.name), {})[key.device] = fact.value
        for (topic, name), told in sorted(values.items()):
            yield from _differing(f"{group}: {topic}, {name}", servers, told)


def _differing(what: str, servers: tuple[str, ...], told: Mapping[str, object]) -> Iterator[str]:
    """Who differs from the first key server that says something."""
    first = next((name for name in (*servers, *sorted(told)) if name in told), None)
    others = [name for name in sorted(told) if first and told[name] != told[first]]
    if others:
        yield f"{what}: {', '.join(others)} has another than {first}"


def _is_in(key: Key, wanted: tuple[tuple[Topic, str], ...]) -> bool:
    return any(key.topic is topic and key.name.startswith(begin) for topic, begin in wanted)
