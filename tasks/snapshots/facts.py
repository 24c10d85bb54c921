"""What a snapshot says, as facts that can be compared: what each means, and whether it moves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ...audits.facts import Fleet

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
    """What a device said; `family` is the command that told it, `config` the configuration."""

    value: Value
    kind: Kind = Kind.STATE
    family: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """All facts of a snapshot.

    `told` are the commands that each device has answered, whether there are facts in it or not; a
    fact that is absent though its command was answered is absent on the device. `at` is when the
    snapshot was taken, in UTC seconds. `servers` are the key servers of each group.
    """

    facts: dict[Key, Fact]
    told: dict[str, frozenset[str]]
    at: float
    servers: dict[str, tuple[str, ...]]

    @property
    def devices(self) -> Iterable[str]:
        """The devices that said something."""
        return self.told


CONFIG = "config"


def state_of(fleet: Fleet, at: float) -> State:
    """The facts of a fleet."""
    from .config_facts import config_facts
    from .reading import latest_of, shown_facts

    facts: dict[Key, Fact] = {}
    told: dict[str, frozenset[str]] = {}
    for device in fleet.devices:
        shown = latest_of(device)
        families = set(shown)
        if device.config is not None and device.config_gap is None:
            families.add(CONFIG)
            facts |= config_facts(device.name, device.config)
        facts |= shown_facts(device, shown)
        told[device.name] = frozenset(families)
    names: dict[str, dict[str, None]] = {}
    for role in fleet.servers:
        names.setdefault(role.group, {})[role.device.name] = None
    servers = {group: tuple(each) for group, each in names.items()}
    return State(facts=facts, told=told, at=at, servers=servers)
