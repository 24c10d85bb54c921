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
    """Its address."""
    priority: int | None = None
    """Its priority among the key servers; the highest becomes primary."""
    status: str | None = read(convert.word_or_none)
    """What is thought of it: `Alive`, `Dead`, …."""
    role: str | None = read(convert.word_or_none)
    """Its part: `Primary`, `Secondary`, `Election`, …."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    coop_version: str | None = read(convert.word_or_none)
    """The version of its cooperation software."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServerGroup(Row):
    """A group as its key server runs it.

    The rows from `reauth_on_crl` to `ckm`, apart from the direction, came with later releases.
    """

    together = (("group", "direction"),)

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    reauth_on_crl: bool | None = None
    """Whether members authenticate again when a revocation list changes."""
    identity: int | IPv4Address = required(identity)
    """The group's identity: a number, or an address."""
    group_type: str | None = None
    """The kind of group, such as `GDOI (ISAKMP)` or `G-IKEv2 (IKEv2)`."""
    members: int
    """How many members are registered."""
    rekey_acknowledgement: str | None = read(convert.word_or_none)
    """How members acknowledge rekeys."""
    direction: str | None = None
    """`Both`, unless members only receive."""
    d3p_window_ms: int | None = read(milliseconds_or_none)
    """The window of IP-D3P, in milliseconds; None where it is off."""
    split_resiliency_factor: int | None = None
    """The resiliency factor for a split of key servers."""
    ckm: bool | None = None
    """Whether key material is derived by each key server (CKM)."""
    access_lists: tuple[str, ...] = ()
    """The access lists of its policy."""
    redundancy: KsRedundancy | None = None
    """The part in the redundancy of key servers; None for a single one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServers(Record):
    """All groups."""

    registered_members: int | None = None
    """The members of all groups."""
    groups: tuple[KeyServerGroup, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group without access list."""
        for group in self.groups[-1:]:
            if not group.access_lists:
                yield (
                    f"no access list follows for group {group.group}:"
                    " it has none, or the output is cut"
                )
