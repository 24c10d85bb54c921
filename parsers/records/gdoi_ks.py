"""`show crypto gdoi ks [detail]`: the groups that this key server serves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required
from .gdoi_values import identity, milliseconds_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class KsRedundancy(Row):
    """The part of this key server in the redundancy of one group.

    Releases differ in whether they print the versions.
    """

    together = (("address", "priority", "status", "role"),)

    address: Address = required(convert.address)
    priority: int | None = None
    status: str | None = read(convert.word_or_none)
    role: str | None = read(convert.word_or_none)
    version: str | None = read(convert.word_or_none)
    coop_version: str | None = read(convert.word_or_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServerGroup(Row):
    """A group as its key server runs it.

    `transport` is the word behind the group's name (Unicast, Multicast), where it is printed.
    `direction` is Both unless the group is receive-only. `d3p_window_ms` is None where IP-D3P is
    off. `redundancy` is None for a group with a single key server. The rows from `reauth_on_crl`
    to `ckm`, apart from the direction, came with later releases.
    """

    together = (("group", "direction"),)

    group: str
    transport: str | None = None
    reauth_on_crl: bool | None = None
    identity: int | IPv4Address = required(identity)
    group_type: str | None = None
    members: int
    rekey_acknowledgement: str | None = read(convert.word_or_none)
    direction: str | None = None
    d3p_window_ms: int | None = read(milliseconds_or_none)
    split_resiliency_factor: int | None = None
    ckm: bool | None = None
    access_lists: tuple[str, ...] = ()
    redundancy: KsRedundancy | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServers(Record):
    """All groups; `registered_members` counts the members of all of them."""

    registered_members: int | None = None
    groups: tuple[KeyServerGroup, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group without access list."""
        for group in self.groups[-1:]:
            if not group.access_lists:
                yield (
                    f"no access list follows for group {group.group}:"
                    " it has none, or the output is cut"
                )
