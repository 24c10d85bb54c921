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
    """One entry of a crypto map."""

    name: str
    """The name of the map."""
    sequence: int
    """The number of the entry in the map."""
    kind: str
    """`gdoi`, `ipsec-isakmp`, `ipsec-manual`, …."""
    family: str | None = None
    """`IPv4` or `IPv6`; None where the release does not print it."""
    dynamic_map: str | None = None
    """The dynamic map that the entry refers to."""
    incomplete: bool = False
    """Whether something is missing in its configuration."""
    from_profile: bool = False
    """Whether an IPsec profile made it."""
    from_dynamic_map: str | None = None
    """The dynamic map that it was made from."""
    group: str | None = None
    """The group of a GDOI entry."""
    identity: int | IPv4Address | None = read(identity)
    """The identity of that group: a number, or an address."""
    servers: tuple[Address | str, ...] = read(address_or_name, default=())
    """The key servers of that group, in the order in which a member tries them."""
    peers: tuple[Address | str, ...] = read(address_or_name, default=())
    """The peers."""
    current_peer: Address | str | None = read(address_or_name)
    """The peer that is in use."""
    ikev2_profile: str | None = None
    """The IKEv2 profile."""
    isakmp_profile: str | None = None
    """The ISAKMP profile."""
    access_list: str | None = None
    """The access list that selects traffic, or that goes before that of the key server."""
    access_list_dynamic: bool | None = None
    """Whether that list is made by the device."""
    access_list_entries: tuple[AclLine, ...] = read(acl_line, default=())
    """The lines of that list."""
    check_in_access_list: str | None = None
    """The list that decrypted packets are checked by."""
    check_out_access_list: str | None = None
    """The list that packets are checked by before encryption."""
    volume_rekey: bool | None = None
    """Whether an SA ends by volume too."""
    lifetime_kb: int | None = None
    """How much an SA may carry, in kilobytes; None where that is not limited."""
    lifetime_s: int | None = None
    """The lifetime of an SA, in seconds."""
    dual_stack: bool | None = None
    """Whether it is for IPv4 and IPv6."""
    responder_only: bool | None = None
    """Whether the device only answers, and never begins."""
    pfs: bool | None = None
    """Whether each key comes from a Diffie-Hellman exchange of its own."""
    dh_group: int | None = read(group_number_or_none)
    """The number of the Diffie-Hellman group."""
    mixed_mode: bool | None = None
    """Whether IPv4 and IPv6 go through the same tunnel."""
    transform_sets: tuple[TransformSet, ...] = read(transform_sets, default=(), joined="\n")
    """The transform sets, in the order of preference."""
    reverse_route: bool | None = None
    """Whether routes to what peers protect are put in."""
    ends_map: bool = False
    """Whether it is the last entry of its map, below which the interfaces stand."""
    interfaces: tuple[str, ...] = ()
    """The interfaces of the whole map."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMapLocalAddress(Row):
    """The interface whose address a map uses (`crypto map NAME local-address`)."""

    name: str
    """The name of the map."""
    interface: str
    """The interface."""
    address: Address | None = None
    """Its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMaps(Record):
    """All entries of all crypto maps."""

    local_addresses: tuple[CryptoMapLocalAddress, ...] = ()
    """The maps that use the address of an interface other than their own."""
    entries: tuple[CryptoMapEntry, ...] = ()
    """The entries."""

    def gaps(self) -> Iterator[str]:
        """A last map without its end."""
        if self.entries and not self.entries[-1].ends_map and not self.partial:
            yield f"the map in line {self.entries[-1].lineno} ends before its interfaces"
