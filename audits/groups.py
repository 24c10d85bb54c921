"""Which groups there are, and which devices serve them or are members of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import fields
from ipaddress import IPv4Address
from itertools import chain
from typing import TYPE_CHECKING

from .facts import DeviceFacts, Group, Identity, MemberRole, ServerRole

if TYPE_CHECKING:
    from ..parsers.record import Row

_IDENTITY_FIELDS = ("identity", "group_id", "group_identity")
_NAMES: dict[type[Row], tuple[str, ...]] = {}
"""The fields of the kinds of blocks that were met."""


def server_roles(device: DeviceFacts) -> Iterator[ServerRole]:
    """The groups that `device` serves, by its configuration, then by its show output."""
    views = device.config.key_servers if device.config else ()
    yield from (ServerRole(device=device, group=view.group, view=view) for view in views)
    known = {view.group for view in views}
    for name in _names_shown(device, "gdoi ks", "key-server"):
        if name not in known:
            yield ServerRole(device=device, group=name)


def member_roles(device: DeviceFacts) -> Iterator[MemberRole]:
    """The groups that `device` is a member of, by its configuration, then by its show output."""
    views = device.config.group_members if device.config else ()
    yield from (MemberRole(device=device, group=view.group, view=view) for view in views)
    known = {view.group for view in views}
    for name in _names_shown(device, "gdoi gm", "group-member"):
        if name not in known:
            yield MemberRole(device=device, group=name)


def groups_of(servers: Iterable[ServerRole], members: Iterable[MemberRole]) -> tuple[Group, ...]:
    """The groups that these roles make up, ordered by name.

    Roles with one identity are one group, whatever they call it. A role without identity joins
    the group that bears its name, unless several do.
    """
    roles: list[ServerRole | MemberRole] = [*servers, *members]
    identities = [_identity(role) for role in roles]
    named: dict[str, set[Identity]] = {}
    for role, identity in zip(roles, identities, strict=True):
        if identity is not None:
            named.setdefault(role.group, set()).add(identity)
    together: dict[Identity | str, list[ServerRole | MemberRole]] = {}
    for role, identity in zip(roles, identities, strict=True):
        if identity is None and len(candidates := named.get(role.group, set())) == 1:
            (identity,) = candidates
        together.setdefault(role.group if identity is None else identity, []).append(role)
    groups = chain.from_iterable(_groups(key, roles) for key, roles in together.items())
    return tuple(sorted(groups, key=lambda group: (group.name, str(group.identity))))


def _groups(key: Identity | str, roles: list[ServerRole | MemberRole]) -> Iterator[Group]:
    """The group of these roles, and one for each further set of whole key servers.

    Devices that claim one address, as copies and laboratories do, are no key servers of one
    group. All members belong to the first.
    """
    servers = [role for role in roles if isinstance(role, ServerRole)]
    members = tuple(role for role in roles if isinstance(role, MemberRole))
    identity = None if isinstance(key, str) else key
    for turn, team in enumerate(_teams(servers) or [()]):
        yield Group(
            name=(team or roles)[0].group,
            identity=identity,
            servers=team,
            members=() if turn else members,
        )


def _teams(servers: list[ServerRole]) -> list[tuple[ServerRole, ...]]:
    """Key servers so that each address is once in a team: the fullest text about it in the first.

    Of others only those with a whole configuration count.
    """
    teams: list[tuple[ServerRole, ...]] = []
    while servers:
        best: dict[object, ServerRole] = {}
        for role in servers:
            key = role.address or role.device.name
            if key not in best or _fullness(role) > _fullness(best[key]):
                best[key] = role
        teams.append(tuple(best.values()))
        taken = {id(role) for role in best.values()}
        servers = [
            role
            for role in servers
            if id(role) not in taken and role.view is not None and role.device.config_complete
        ]
    return teams


def _fullness(role: ServerRole) -> tuple[bool, bool, int]:
    return role.device.config_complete, role.view is not None, len(role.device.shown)


def _identity(role: ServerRole | MemberRole) -> Identity | None:
    if role.view is not None and role.view.identity is not None:
        return role.view.identity
    families = (shown for shown in role.device.shown if shown.family.startswith("gdoi"))
    for row in chain.from_iterable(_rows(shown.record) for shown in families):
        if getattr(row, "group", None) == role.group:
            for name in _IDENTITY_FIELDS:
                value: object = getattr(row, name, None)
                if isinstance(value, int | IPv4Address):
                    return value
    return None


def _names_shown(device: DeviceFacts, prefix: str, role: str) -> tuple[str, ...]:
    """The groups that show output tells of.

    Those in the outputs of commands whose family starts with `prefix`, and those that `show
    crypto gdoi` gives the role `role`.
    """
    names: dict[str, None] = {}
    for shown in device.shown:
        if f"{shown.family} ".startswith(f"{prefix} "):
            rows = _rows(shown.record)
        elif shown.family == "gdoi":
            rows = (row for row in _rows(shown.record) if getattr(row, "role", None) == role)
        else:
            continue
        for row in rows:
            name: object = getattr(row, "group", None)
            if isinstance(name, str):
                names[name] = None
    return tuple(names)


def _rows(row: Row) -> Iterator[Row]:
    from ..parsers.record import Row

    yield row
    for name in _field_names(type(row)):
        value: object = getattr(row, name)
        if isinstance(value, tuple):
            for child in value:
                if isinstance(child, Row):
                    yield from _rows(child)
        elif isinstance(value, Row):
            yield from _rows(value)


def _field_names(kind: type[Row]) -> tuple[str, ...]:
    found = _NAMES.get(kind)
    if found is None:
        found = _NAMES[kind] = tuple(each.name for each in fields(kind))
    return found
