"""From what devices have and what the intent says to a plan: what is changed, where, and when."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from ...inventory.models import Intent
from ...parsers.config import DeviceConfig
from ..collecting.wanted import CONFIG_COMMAND
from ..comparing.device_order import device_order, elected
from ..comparing.plan import Command
from .auditing import grave, said_of
from .effects import effects
from .health import CHANGE_S, needed_s, troubles
from .journal import Open
from .means import lacking, means_of
from .models import Change, Plan, Rekey, Stage
from .network import looks
from .observing import Observed
from .policy import FacetChange, facet_changes
from .reading import read_config
from .rekeys import planned_rekeys
from .targets import Compared, Target, role_of, targets
from .troubles import LEFT_BY_RUN, Kind, Trouble, sentences
from .verify import worse
from .waves import Wave

__all__ = ["Choices", "Target", "make_plan", "role_of", "targets"]

SECONDARIES: Final = "secondary key servers"
PRIMARIES: Final = "primary key servers"
MEMBERS: Final = "members"
PASSING: Final = frozenset(
    {
        Kind.ELECTION,
        Kind.NO_PRIMARY,
        Kind.SEVERAL_PRIMARIES,
        Kind.PEER,
        Kind.KEYS,
        Kind.NO_KEYS,
        Kind.MEMBER_COUNT,
        Kind.REKEY_SOON,
    }
)
"""What may well be over soon by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What was decided about a deployment beside the intent.

    `devices` are those that may be changed, None for all. `wave` is how many members are changed at
    a time. `remove_groups` may be taken off key servers. Without `rekey` none is sent; with
    `replace` members are told to drop their keys at once. `max_failures` is how many members may
    fail, `ignored` the audit rules whose findings are meant. `transport` is that of the sessions.
    With `lines` devices get these in place of what the intent says.
    """

    devices: frozenset[str] | None = None
    wave: Wave = field(default_factory=Wave)
    remove_groups: frozenset[str] = frozenset()
    rekey: bool = True
    replace: bool = False
    max_failures: int = 0
    ignored: tuple[str, ...] = ()
    transport: str = "netmiko"
    lines: Mapping[str, Sequence[Command]] | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if self.lines is not None:
            named = frozenset(self.lines)
            chosen = named if self.devices is None else named & self.devices
            object.__setattr__(self, "devices", chosen)


def make_plan(
    intent: Intent,
    wanted: Mapping[str, Target],
    observed: Mapping[str, Observed],
    choices: Choices,
    undone: Open,
) -> Plan:
    """The plan for the devices that were `observed`, of which `choices` name those to change.

    `wanted` holds what all key servers, and the devices to change, are to be; `undone` is what an
    earlier deployment has left.
    """
    return _Planning(intent, wanted, observed, choices, undone).plan()


class _Planning:
    def __init__(
        self,
        intent: Intent,
        wanted: Mapping[str, Target],
        observed: Mapping[str, Observed],
        choices: Choices,
        undone: Open,
    ) -> None:
        self.intent = intent
        self.wanted = wanted
        self.observed = observed
        self.choices = choices
        self.undone = undone
        self.primaries = {
            look.name: look.primary.device
            for look in looks(intent, observed)
            if look.primary is not None
        }
        self.obstacles: list[str] = []
        self.passing: set[str] = set()
        self.notes: list[str] = []
        self.unreached: dict[str, str] = {}
        self.facets: dict[str, list[FacetChange]] = {}
        self.changes: dict[str, Change] = {}
        self.unchanged: list[str] = []

    def plan(self) -> Plan:
        for name, target in self.wanted.items():
            seen = self.observed.get(name)
            chosen = self.choices.devices is None or name in self.choices.devices
            if seen is None:
                continue
            if seen.running is None:
                if chosen:
                    self.unreached[name] = seen.failure or "it does not show its configuration"
                continue
            self._device(name, target, seen.running, chosen=chosen)
        self._left_undone()
        stages = self._stages()
        rekeys = self._rekeys(stages)
        if self.changes or rekeys:
            self._judge(rekeys)
        return Plan(
            stages=stages,
            changes={name: self.changes[name] for stage in stages for name in stage.devices},
            rekeys=rekeys,
            unchanged=tuple(self.unchanged),
            obstacles=tuple(dict.fromkeys(self.obstacles)),
            passing=frozenset(self.passing),
            unreached=self.unreached,
            notes=tuple(dict.fromkeys(self.notes)),
        )

    def _left_undone(self) -> None:
        """Tell what an earlier deployment has left that this one does not see to."""
        for name in self.undone.halfway:
            if name not in self.changes and name not in self.unreached:
                self.notes.append(f"{name}: a deployment was broken off there; deploy it as well")
        concerned = self._concerned()
        for group, owed in self.undone.owed.items():
            if group not in concerned:
                self.notes.append(f"{group}: a rekey may be due: deploy {owed.device} as well")

    def _device(self, name: str, target: Target, running: str, *, chosen: bool) -> None:
        found = target.compared(running)
        if not chosen:
            if found.different:
                self._left_out(name, target, running)
            return
        if not found.different and name not in self.undone.halfway:
            self.unchanged.append(name)
            return
        old = read_config(running, name)
        new = read_config(target.intended(running), name)
        self.facets[name] = self._facets(name, old, new)
        self.changes[name] = Change(
            device=name,
            role=target.role,
            groups=tuple(dict.fromkeys((*target.groups, *found.lost))),
            means=means_of(running, found.commands, transport=self.choices.transport),
            commands=found.commands,
            effects=effects(old, new, found.commands) if found.different else (),
            unified=found.unified(),
            resumed=name in self.undone.halfway,
            touched=target.touched,
        )
        self.notes += (f"{name}: {text}" for text in found.notes)
        lack = lacking(running, found.commands, transport=self.choices.transport)
        if lack is not None and lack not in self.notes:
            self.notes.append(lack)
        self.obstacles += self._audited(name, target, running, found)
        if found.unchecked:
            places = ", ".join(map(str, found.unchecked))
            self.notes.append(
                f"{name}: keys that cannot be compared in line {places} of its configuration"
            )
        for group in found.lost:
            if group not in self.choices.remove_groups:
                self.obstacles.append(
                    f"{name}: it would stop to serve the group {group}; give --remove-group "
                    f"{group} if that is meant"
                )

    def _audited(self, name: str, target: Target, running: str, found: Compared) -> Iterator[str]:
        """What an audit would hold against the device then, for which it would be taken back."""
        if not found.different:
            return
        then = target.then(running, found.commands)
        before, after = ({name: {CONFIG_COMMAND: text}} for text in (running, then))
        new = grave(worse(before, after, self.intent, ignore=self.choices.ignored))
        if new:
            yield f"{name}: {said_of(new)}"

    def _left_out(self, name: str, target: Target, running: str) -> None:
        """A key server that is not to be changed must not be left with another policy."""
        if target.role == "key server":
            old = read_config(running, name)
            new = read_config(target.intended(running), name)
            self.facets[name] = self._facets(name, old, new)

    def _facets(self, device: str, old: DeviceConfig, new: DeviceConfig) -> list[FacetChange]:
        """What changes of policies, with the names that the groups have in the intent."""
        names = {
            role.group_name or group.name: group.name
            for group in self.intent.groups
            for role in group.servers
            if role.name == device
        }
        found = facet_changes(old, new)
        return [replace(each, group=names.get(each.group, each.group)) for each in found]

    # ---- the order ----

    def _stages(self) -> tuple[Stage, ...]:
        order = device_order(self.intent, self.changes, self.primaries)
        leads = set(self._leading().values())
        servers = [name for name in order if self.changes[name].role == "key server"]
        members = [name for name in order if self.changes[name].role == "member"]
        found = [
            Stage(name=SECONDARIES, devices=tuple(n for n in servers if n not in leads)),
            Stage(name=PRIMARIES, devices=tuple(n for n in servers if n in leads)),
        ]
        waves = self.choices.wave.split(members)
        found += (
            Stage(name=f"{MEMBERS}, wave {at} of {len(waves)}", devices=names, together=True)
            for at, names in enumerate(waves, 1)
        )
        return tuple(stage for stage in found if stage.devices)

    def _leading(self) -> dict[str, str]:
        """The primary of each group: the one that is, else the one that would be elected."""
        return {
            group.name: self.primaries.get(group.name, elected(self.intent, group))
            for group in self.intent.groups
        }

    # ---- rekeys ----

    def _rekeys(self, stages: tuple[Stage, ...]) -> tuple[Rekey, ...]:
        found = planned_rekeys(
            self.intent,
            self.observed,
            {name: self.facets[name] for name in self.changes if name in self.facets},
            self.undone,
            concerned=self._concerned(),
            stages=stages,
            replace=self.choices.replace,
        )
        self.notes += found.notes
        self.obstacles += found.obstacles
        if self.choices.rekey:
            return found.rekeys
        return tuple(replace(each, left=True) for each in found.rekeys)

    def _concerned(self) -> set[str]:
        """The groups of the devices that may be changed."""
        chosen = self.choices.devices
        names = [name for name in self.wanted if chosen is None or name in chosen]
        return {group for name in names for group in self.wanted[name].groups}

    # ---- what stands in the way ----

    def _judge(self, rekeys: Collection[Rekey]) -> None:
        groups = {group for change in self.changes.values() for group in change.groups}
        groups |= {rekey.group for rekey in rekeys}
        self.obstacles += self._torn()
        if self.choices.lines is not None:
            self.obstacles += self._apart()
        allowed = self.choices.max_failures
        failed = [name for name in self.unreached if self.wanted[name].role == "member"]
        passed_over = set(failed) if len(failed) <= allowed else set()
        servers = sum(change.role == "key server" for change in self.changes.values())
        found = troubles(
            self.intent,
            {name: seen for name, seen in self.observed.items() if name not in passed_over},
            groups=groups,
            changing=set(self.changes),
            begun=set(self.undone.halfway),
            rekey_after_s=needed_s(CHANGE_S * max(servers, 1)),
        )
        unfinished = self._unfinished()
        counted = [each for each in found if self._counts(each, unfinished)]
        self.obstacles += sentences(counted)
        self.passing = set(sentences(each for each in counted if each.kind in PASSING))

    def _counts(self, trouble: Trouble, unfinished: Collection[str]) -> bool:
        """Whether a trouble is in the way of this change."""
        if trouble.kind in LEFT_BY_RUN:
            return bool(self.changes.keys() & set(trouble.devices))
        if trouble.kind is Kind.UNSEEN:
            return not self.undone.halfway.keys() & set(trouble.devices)
        return not (trouble.kind in PASSING and trouble.group in unfinished)

    def _unfinished(self) -> set[str]:
        """Groups that are not well because a key server is still to be brought to them."""
        return {
            look.name
            for look in looks(self.intent, self.observed)
            for server in look.intended
            if server.name in self.changes
            and (server.name in self.undone.halfway or server.name not in look.servers)
        }

    def _apart(self) -> Iterator[str]:
        """What an audit of all devices together would hold against the lines of some."""
        before = {name: each.running for name, each in self.observed.items() if each.running}
        after = dict(before)
        for name, change in self.changes.items():
            after[name] = self.wanted[name].then(before[name], change.commands)
        was, then = (
            {name: {CONFIG_COMMAND: text} for name, text in texts.items()}
            for texts in (before, after)
        )
        new = grave(worse(was, then, self.intent, ignore=self.choices.ignored))
        if new:
            yield f"{', '.join(self.changes)}: {said_of(new)}"

    def _torn(self) -> Iterator[str]:
        """Groups whose key servers would have different policies in the end."""
        for name, facets in self.facets.items():
            if name in self.changes:
                continue
            for group in sorted({each.group for each in facets}):
                partners = [
                    other
                    for other in self.changes
                    if any(each.group == group for each in self.facets.get(other, ()))
                ]
                if partners:
                    yield (
                        f"group {group}: {name} would keep its old policy, and differ from "
                        f"{', '.join(partners)}; deploy all its key servers together"
                    )
