"""`show crypto gdoi ks acl` and `show crypto gdoi gm acl [local|download]`.

The lines stand in the order in which they are tried; their number is not printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read
from .acl_line import AclLine, acl_line


@dataclass(frozen=True, slots=True, kw_only=True)
class KsGroupAcl(Row):
    """The lists that a key server pushes to one group, concatenated in policy order."""

    group: str
    transport: str | None = None
    entries: tuple[AclLine, ...] = read(acl_line, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class KsAcls(Record):
    """The traffic policy of all groups, as configured on the key server."""

    groups: tuple[KsGroupAcl, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedAcl(Row):
    """The list that a member took from a key server; `server` is None where it is unknown."""

    server: Address | None = read(convert.address_or_none)
    entries: tuple[AclLine, ...] = read(acl_line, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAcl(Row):
    """The list of the crypto map `map_name`, tried before the downloaded one (reference §1.4)."""

    map_name: str
    entries: tuple[AclLine, ...] = read(acl_line, default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class GmGroupAcl(Row):
    """The lists of one group on a member.

    `gm acl local` does not print what was downloaded, `gm acl download` not what is local: the
    record's `command` tells an absent list from one that was not asked for.
    """

    group: str
    transport: str | None = None
    downloaded: tuple[DownloadedAcl, ...] = ()
    local: tuple[LocalAcl, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GmAcls(Record):
    """The traffic policy of all groups, as a member applies it."""

    groups: tuple[GmGroupAcl, ...] = ()
