"""What of a configuration the groups of a device use: access lists, profiles, object groups."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .lists import Use

if TYPE_CHECKING:
    from ...parsers.config import AclEntry, DeviceConfig

_NAMED: Final = ("profile", "transform-set")
"""What a group uses by name behind `crypto ipsec`; all other such lines hold for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """Access lists by family and name, each with its use; names of other things by their kind."""

    lists: Mapping[tuple[str, str], Use]
    names: Mapping[str, frozenset[str]]

    def has(self, words: Sequence[str]) -> bool:
        """Whether a group uses what a line of the configuration, in its `words`, is about."""
        if words[:1] == ["object-group"]:
            return words[-1] in self.names["object-group"]
        if words[:2] != ["crypto", "ipsec"] or len(words) < 4 or words[2] not in _NAMED:
            return True
        return words[3] in self.names[words[2]]


def used_in(config: DeviceConfig) -> Used:
    """What the groups use in which a device is a key server or a member."""
    lists: dict[tuple[str, str], Use] = {}
    for family, name, use in _lists(config):
        if name is not None:
            lists.setdefault((family, name), use)
    profiles = {sa.profile for view in config.key_servers for sa in view.sas if sa.profile}
    sets = {name for view in config.group_members for name in view.transform_sets}
    for name in profiles:
        profile = config.ipsec_profiles.get(name)
        sets.update(profile.transform_sets if profile is not None else ())
    names = {
        "profile": frozenset(profiles),
        "transform-set": frozenset(sets),
        "object-group": frozenset(_object_groups(config, lists)),
    }
    return Used(lists=lists, names=names)


def _lists(config: DeviceConfig) -> Iterator[tuple[str, str | None, Use]]:
    for view in config.key_servers:
        for sa in view.sas:
            yield _family(ipv6=sa.acl_family == "ipv6"), sa.acl, Use.ENCRYPTS
        family = _family(ipv6=view.family == "ipv6")
        yield "ip", view.authorization_acl, Use.PERMITS
        yield family, view.rekey_address_acl, Use.PERMITS
    for each in config.crypto_maps:
        family = _family(ipv6=each.family == "ipv6")
        for entry in each.entries:
            if entry.kind == "gdoi":
                yield family, entry.acl, Use.EXEMPTS
        if each.fail_close is not None:
            yield family, each.fail_close.acl, Use.EXEMPTS


def _family(*, ipv6: bool) -> str:
    return "ipv6" if ipv6 else "ip"


def _object_groups(config: DeviceConfig, lists: Mapping[tuple[str, str], Use]) -> set[str]:
    """The object groups that those lists name, and those in these."""
    found: set[str] = set()
    pending: list[str] = []
    for family, name in lists:
        known = config.ipv6_access_lists if family == "ipv6" else config.access_lists
        acl = known.get(name)
        for entry in acl.entries if acl is not None else ():
            pending += _groups_of(entry)
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            group = config.object_groups.get(name)
            pending += group.groups if group is not None else ()
    return found


def _groups_of(entry: AclEntry) -> Iterator[str]:
    sides = (entry.source, entry.destination, entry.source_ports, entry.destination_ports)
    yield from (side.group for side in sides if side.group is not None)
    if entry.protocol.startswith("object-group "):
        yield entry.protocol.split()[1]
