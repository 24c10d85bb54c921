"""What a snapshot says, as facts that can be compared: what each means, and whether it moves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ...audits.facts import DeviceFacts, Fleet
    from .lists import Listed

Value = str | int | float | bool | None | tuple[str, ...]
"""A tuple is a list whose order counts, such as an access list, or that was put in order."""


class Kind(StrEnum):
    """How a fact changes when nobody does anything.

    What is `volatile` is never the same twice: remaining lifetimes, counters. What is `routine` is
    replaced by each rekey: the SPIs of keys. All else is `state`, and stays.
    """

    STATE = "state"
    ROUTINE = "routine"
    VOLATILE = "volatile"


class Topic(StrEnum):
    """What a fact is about; see `docs/snapshot.md`."""

    DEVICES = "devices"
    SOFTWARE = "software"
    RESTART = "restart"
    HARDWARE = "hardware"
    CONFIGURATION = "configuration"
    POLICY = "policy"
    REKEY_KEY = "rekey key"
    KEYS = "keys"
    CERTIFICATES = "certificates"
    COOPERATION = "cooperation"
    ROLES = "roles"
    MEMBERS = "members"
    REGISTRATION = "registration"
    SERVER = "server"
    CLOCK = "clock"
    TRAFFIC_KEYS = "traffic keys"
    REKEYS = "rekeys"
    TRAFFIC = "traffic"


class Key(NamedTuple):
    """Which fact: of a device, in a group (empty for the device at large)."""

    device: str
    group: str
    topic: Topic
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What a device said; `family` is the command that told it, `config` the configuration.

    `listed` are the entries of an access list. What is `aside` could be about a group, such as an
    access list, and no group of the device uses it.
    """

    value: Value
    kind: Kind = Kind.STATE
    family: str
    listed: Listed | None = field(default=None, compare=False, repr=False)
    aside: bool = False

    @property
    def lines(self) -> int:
        """How many lines it stands for in a configuration; a list has one above it."""
        return len(self.value) + 1 if isinstance(self.value, tuple) else 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Together:
    """Who is in a group: devices, each with the name that the group has there."""

    name: str
    servers: tuple[tuple[str, str], ...] = ()
    members: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All facts of a snapshot.

    `told` are the commands that each device has answered, whether there are facts in it or not; a
    fact that is absent though its command was answered is absent on the device. Answers that are
    not whole are in `cut`. `at` is when the snapshot was taken, in UTC seconds; `live` when devices
    were asked then, and not that what was saved of them was read. `servers` are the
    key servers of each group by its name, `groups` all who are together in one, whatever names it
    has. `failures` are devices that were asked and did not say all, and why. `pending` says what of
    the configurations of key servers is not in use yet.
    """

    facts: dict[Key, Fact]
    told: dict[str, frozenset[str]]
    at: float
    live: bool = True
    servers: dict[str, tuple[str, ...]]
    cut: Mapping[str, frozenset[str]] = field(default_factory=dict)
    groups: tuple[Together, ...] = ()
    failures: Mapping[str, str] = field(default_factory=dict)
    pending: tuple[str, ...] = ()

    @property
    def devices(self) -> Iterable[str]:
        """The devices that said something."""
        return self.told


CONFIG = "config"


def state_of(
    fleet: Fleet, at: float, failures: Mapping[str, str] | None = None, *, live: bool = True
) -> State:
    """The facts of a fleet; for the arguments see `State`."""
    facts: dict[Key, Fact] = {}
    told: dict[str, frozenset[str]] = {}
    cut: dict[str, frozenset[str]] = {}
    for device in fleet.devices:
        told[device.name], cut[device.name] = _read(device, facts)
    facts |= _configured_lists(fleet, told)
    names: dict[str, dict[str, None]] = {}
    for role in fleet.servers:
        names.setdefault(role.group, {})[role.device.name] = None
    return State(
        facts=facts,
        told=told,
        at=at,
        live=live,
        servers={group: tuple(each) for group, each in names.items()},
        cut={device: each for device, each in cut.items() if each},
        groups=tuple(
            Together(
                name=group.name,
                servers=tuple((role.device.name, role.group) for role in group.servers),
                members=tuple((role.device.name, role.group) for role in group.members),
            )
            for group in fleet.groups
        ),
        failures=dict(failures or {}),
        pending=_pending(fleet),
    )


def _read(device: DeviceFacts, facts: dict[Key, Fact]) -> tuple[frozenset[str], frozenset[str]]:
    """Put the facts of a device to the others; give which commands tell them, and which are cut."""
    from .config_facts import config_facts
    from .reading import latest_of, shown_facts

    shown = latest_of(device)
    # where a count is larger than the list below it, the list may be as short as that
    whole = {
        family: record
        for family, record in shown.items()
        if not record.partial or set(record.partial) <= set(record.gaps())
    }
    told, cut = set(whole), shown.keys() - whole.keys()
    if device.config is not None:
        if device.config_gap is None:
            told.add(CONFIG)
            facts |= config_facts(device.name, device.config)
        else:
            cut |= {CONFIG}
    facts |= shown_facts(device, whole)
    return frozenset(told), frozenset(cut)


def _configured_lists(fleet: Fleet, told: Mapping[str, frozenset[str]]) -> dict[Key, Fact]:
    """What key servers push that do not show it, by their configurations."""
    from ...audits.policy import policy_of
    from .lists import of_policy
    from .reading import LIST, LISTS

    found: dict[Key, Fact] = {}
    for role in fleet.servers:
        device = role.device.name
        if LISTS not in told[device] and CONFIG in told[device]:
            policy = policy_of(role)
            if policy.written and not policy.gap:
                value, listed = of_policy(policy)
                key = Key(device, role.group, Topic.POLICY, LIST)
                found[key] = Fact(value=value, family=CONFIG, listed=listed)
    return found


def _pending(fleet: Fleet) -> tuple[str, ...]:
    from .pending import pending
    from .reading import latest_of

    return tuple(each for role in fleet.servers for each in pending(role, latest_of(role.device)))
