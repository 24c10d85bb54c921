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
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    entries: tuple[AclLine, ...] = read(acl_line, default=())
    """The lines, in the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsAcls(Record):
    """The traffic policy of all groups, as configured on the key server."""

    groups: tuple[KsGroupAcl, ...] = ()
    """The groups, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DownloadedAcl(Row):
    """The list that a member took from a key server."""

    server: Address | None = read(convert.address_or_none)
    """The key server; None where it is unknown."""
    entries: tuple[AclLine, ...] = read(acl_line, default=())
    """The lines, in the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAcl(Row):
    """The list of a crypto map of the member, tried before the downloaded one."""

    map_name: str
    """The crypto map."""
    entries: tuple[AclLine, ...] = read(acl_line, default=())
    """The lines, in the order in which they are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmGroupAcl(Row):
    """The lists of one group on a member.

    `gm acl local` does not print what was downloaded, `gm acl download` not what is local: the
    record's `command` tells an absent list from one that was not asked for.
    """

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    downloaded: tuple[DownloadedAcl, ...] = ()
    """The lists that were taken from key servers."""
    local: tuple[LocalAcl, ...] = ()
    """The member's own lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmAcls(Record):
    """The traffic policy of all groups, as a member applies it."""

    groups: tuple[GmGroupAcl, ...] = ()
    """The groups, in the order in which they are printed."""
