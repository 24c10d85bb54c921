"""`show crypto map`: crypto map entries, GDOI entries among them.

A GDOI entry repeats its group's configuration (`Group Name:`, `identity number`, `server address`).
No sample was at hand of entries made from dynamic maps and IPsec profiles, nor of entries that list
the lines of their access list: their layout is written from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from ..convert import Address
from ..record import Record, Row, read
from .acl_line import AclLine, acl_line
from .gdoi_values import address_or_name, identity
from .ipsec_profile import TransformSet, transform_sets
from .selectors import group_number_or_none


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMapEntry(Row):
    """One entry of a crypto map. `kind` is `gdoi`, `ipsec-isakmp`, `ipsec-manual`, ….

    `family` is None where the release does not print it. `group`, `identity` and `servers` belong
    to GDOI entries; `servers` stand in the order in which a member tries them. `interfaces` are
    those of the whole map; `ends_map` marks the entry below which they stand, the map's last.
    Lifetimes in seconds and kilobytes.
    """

    name: str
    sequence: int
    kind: str
    family: str | None = None
    dynamic_map: str | None = None
    incomplete: bool = False
    from_profile: bool = False
    from_dynamic_map: str | None = None
    group: str | None = None
    identity: int | IPv4Address | None = read(identity)
    servers: tuple[Address | str, ...] = read(address_or_name, default=())
    peers: tuple[Address | str, ...] = read(address_or_name, default=())
    current_peer: Address | str | None = read(address_or_name)
    ikev2_profile: str | None = None
    isakmp_profile: str | None = None
    access_list: str | None = None
    access_list_dynamic: bool | None = None
    access_list_entries: tuple[AclLine, ...] = read(acl_line, default=())
    check_in_access_list: str | None = None
    check_out_access_list: str | None = None
    volume_rekey: bool | None = None
    lifetime_kb: int | None = None
    lifetime_s: int | None = None
    dual_stack: bool | None = None
    responder_only: bool | None = None
    pfs: bool | None = None
    dh_group: int | None = read(group_number_or_none)
    mixed_mode: bool | None = None
    transform_sets: tuple[TransformSet, ...] = read(transform_sets, default=(), joined="\n")
    reverse_route: bool | None = None
    ends_map: bool = False
    interfaces: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMapLocalAddress(Row):
    """The interface whose address a map uses (`crypto map NAME local-address`)."""

    name: str
    interface: str
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMaps(Record):
    """All entries of all crypto maps."""

    local_addresses: tuple[CryptoMapLocalAddress, ...] = ()
    entries: tuple[CryptoMapEntry, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last map without its end."""
        if self.entries and not self.entries[-1].ends_map and not self.partial:
            yield f"the map in line {self.entries[-1].lineno} ends before its interfaces"
