"""Which lines of a key server are the policy of a group, of all that an intent changes there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...parsers.config import AclEntry, DeviceConfig, KeyServerConfig
from ...parsers.config.acl_algebra import expand
from ..comparing.entered import entered
from ..comparing.plan import Command
from ..deploying.planning import Target
from ..deploying.policy import facets
from ..deploying.reading import read_config
from ..diff import way_back
from .slim import slim

_GROUP: Final = re.compile(r"crypto (?:gdoi|gkm) group (?:ipv6 )?(\S+)", re.ASCII)
_SERVER: Final = "server local"
_OF_POLICY: Final = ("rekey ", "sa ", "pfs", "identifier")
"""How the lines of a key server begin that say what members are told, and how."""
_PROFILE: Final = re.compile(r"crypto ipsec profile (\S+)", re.ASCII)
_SET: Final = re.compile(r"crypto ipsec transform-set (\S+)(?: .*)?", re.ASCII)
_LIST: Final = re.compile(
    r"(?:ip access-list (?:extended|standard|resequence)|ipv6 access-list|access-list) (\S+)"
    r"(?: .*)?",
    re.ASCII,
)
_MATCH: Final = re.compile(r"(?:match|rekey) address (?:ipv4|ipv6) (\S+)", re.ASCII)


def view_of(config: DeviceConfig, group: str) -> KeyServerConfig | None:
    """The block of a group that a device serves, by its own name for it."""
    return next((view for view in config.key_servers if view.group == group), None)


def traffic_of(config: DeviceConfig, group: str) -> tuple[AclEntry, ...]:
    """The entries by which a group encrypts, in the order in which they are tried."""
    view = view_of(config, group)
    found: list[AclEntry] = []
    for sa in sorted(view.sas, key=lambda sa: sa.sequence or 0) if view is not None else ():
        listed = config.access_list_of(sa)
        found += listed.entries if listed is not None else ()
    return expand(found, config.object_groups)


def slim_target(target: Target) -> Target:
    """What a key server is to be, without the lines of single members."""
    return Target(view=target.view, text=slim(target.text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Objects:
    """What the policy of a group consists of beside its own block, by name."""

    group: str
    lists: frozenset[str] = frozenset()
    profiles: frozenset[str] = frozenset()
    sets: frozenset[str] = frozenset()

    @classmethod
    def of(cls, group: str, *configs: DeviceConfig) -> Objects:
        """What a group uses in any of some configurations."""
        lists: set[str] = set()
        profiles: set[str] = set()
        sets: set[str] = set()
        for config in configs:
            view = view_of(config, group)
            if view is None:
                continue
            lists |= {sa.acl for sa in view.sas if sa.acl is not None}
            if view.rekey_address_acl is not None:
                lists.add(view.rekey_address_acl)
            profiles |= {sa.profile for sa in view.sas if sa.profile is not None}
            for sa in view.sas:
                profile = config.profile_of(sa)
                sets |= set(profile.transform_sets) if profile is not None else set()
        return cls(
            group=group,
            lists=frozenset(lists),
            profiles=frozenset(profiles),
            sets=frozenset(sets),
        )

    def beside(self, commands: Iterable[Command]) -> Objects:
        """The same, with the lists that stand in for others while `commands` are entered."""
        names = set(self.lists)
        for command in commands:
            path = (*command.modes, command.text)
            found = _MATCH.search(command.text)
            if found is not None and self._is_block(path[0]):
                names.add(found[1])
        return Objects(
            group=self.group, lists=frozenset(names), profiles=self.profiles, sets=self.sets
        )

    def has(self, command: Command) -> bool:
        """Whether a line says something of the policy."""
        path = [text.removeprefix("no ") for text in (*command.modes, command.text)]
        head = path[0]
        if self._is_block(head):
            return len(path) > 2 and path[1] == _SERVER and path[2].startswith(_OF_POLICY)
        for pattern, names in (
            (_PROFILE, self.profiles),
            (_SET, self.sets),
            (_LIST, self.lists),
        ):
            found = pattern.fullmatch(head)
            if found is not None:
                return found[1] in names
        return False

    def _is_block(self, head: str) -> bool:
        found = _GROUP.fullmatch(head.removeprefix("no "))
        return found is not None and found[1] == self.group


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDifference:
    """How the policy of a group on a key server differs from the intent.

    `commands` lead there, `after` is the configuration then; `others` are lines that the intent
    changes beside the policy, which are left. `lacks` says in clauses why the policy cannot be
    changed by itself.
    """

    commands: tuple[Command, ...] = ()
    others: tuple[Command, ...] = ()
    after: str = field(default="", repr=False)
    lacks: tuple[str, ...] = ()


def policy_difference(target: Target, running: str, group: str) -> PolicyDifference:
    """How the policy of `group` (the device's name for it) differs from the intent.

    Both `target` and `running` are without the lines of single members, or with them.
    """
    name = target.view.name
    old, wanted = read_config(running, name), read_config(target.text, name)
    found = target.compared(running).commands
    objects = Objects.of(group, old, wanted).beside(found)
    mine = tuple(each for each in found if objects.has(each))
    others = tuple(each for each in found if not objects.has(each))
    after = entered(running, mine, target.view)
    return PolicyDifference(
        commands=mine,
        others=others,
        after=after,
        lacks=tuple(_lacking(old, read_config(after, name), wanted, group)) if found else (),
    )


def policy_way_back(target: Target, now: str, before: str, group: str) -> tuple[Command, ...]:
    """The lines that lead from `now` back to the policy that the configuration `before` has."""
    name = target.view.name
    found = way_back(target.view, target.text, now, before)
    configs = [read_config(text, name) for text in (now, before, target.text)]
    objects = Objects.of(group, *configs).beside(found)
    return tuple(each for each in found if objects.has(each))


def _lacking(
    old: DeviceConfig, after: DeviceConfig, wanted: DeviceConfig, group: str
) -> Iterator[str]:
    """Why the lines of the policy alone do not do what they should."""
    was, becomes, meant = (view_of(config, group) for config in (old, after, wanted))
    if was is None or becomes is None or meant is None:
        yield f"it does not serve the group {group}, or is not to"
        return
    has, should = facets(after, becomes), facets(wanted, meant)
    wrong = [facet for facet in should if has[facet] != should[facet]]
    if wrong:
        yield (
            f"its policy depends on lines that are no policy ({', '.join(wrong)}); "
            "'getvpn deploy' changes all of them"
        )
    yield from (
        f"the policy of the group {other.group} would change with it; "
        "give each group lists, profiles and transform sets of its own, or deploy both"
        for other in old.key_servers
        if other.group != group and _is_changed(old, after, other)
    )


def _is_changed(old: DeviceConfig, after: DeviceConfig, server: KeyServerConfig) -> bool:
    later = view_of(after, server.group)
    return later is None or facets(old, server) != facets(after, later)


def shown(commands: Sequence[Command]) -> tuple[str, ...]:
    """Lines for a plan, each indented by the modes that it is entered in."""
    from ..comparing.text import concealed, lines

    return tuple(concealed(line) for line in lines(commands))
