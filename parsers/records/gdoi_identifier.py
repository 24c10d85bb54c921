"""`show crypto gdoi ks identifier`, `ks coop identifier` and `gm identifier`, each with `detail`.

Sender identifiers keep the nonces of counter-mode transforms apart: a key server has a set of
KSSIDs, a member gets SIDs that begin with one of them (reference §1.1). All captures at hand are of
groups without counter mode. Of what a counter-mode group prints more, the lists of KSSIDs and the
rows under `REMAINING SIDs` and `CURRENT SIDs` are written from memory; other rows stay unparsed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required

MAX_KSSID = 127
"""Largest KSSID (reference §1.2)."""


def counter_mode(value: str) -> bool:
    """`Counter (Suite-B)` or `Non-Counter (Non-Suite-B)`."""
    mode = value.partition("(")[0].strip().lower()
    if mode not in _COUNTER:
        raise ValueError(f"{value!r} is not a transform mode")
    return _COUNTER[mode]


_COUNTER = {"counter": True, "non-counter": False}


def kssids(value: str) -> tuple[int, ...]:
    """KSSIDs as IOS lists them: `none`, `5`, `0-9, 20`, `0 - 9 20`; ranges are spelt out."""
    if value.strip().lower() in convert.ABSENT:
        return ()
    found: list[int] = []
    joined = " ".join(value.replace(",", " ").split()).replace(" -", "-").replace("- ", "-")
    for part in joined.split():
        first, dash, last = part.partition("-")
        low, high = convert.number(first), convert.number(last if dash else first)
        if not low <= high <= MAX_KSSID:
            raise ValueError(f"{part!r} is not a range of KSSIDs")
        found += range(low, high + 1)
        if len(found) > MAX_KSSID + 1:
            raise ValueError(f"{value!r} has more KSSIDs than there are")
    return tuple(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class KsSids(Row):
    """The sender identifiers that one key server gives out in one group.

    The fields from `assigned` on are printed with `detail`.
    """

    together = (
        ("group", "current_kssid", "last_gmsid"),
        ("assigned", "used", "used_before", "available"),
    )

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    counter_mode: bool = required(counter_mode)
    """Whether the group has a counter-mode transform, which needs sender identifiers."""
    reinitializing: bool
    """Whether the identifiers are being given out anew."""
    sid_bits: int
    """The length of a sender identifier, in bits."""
    group_size: str
    """`SMALL`, `MEDIUM` or `LARGE`; it sets `sid_bits`."""
    current_kssid: int | None = read(convert.number_or_none)
    """The KSSID in use; None until a member of a counter-mode group registered."""
    last_gmsid: int | None = read(convert.number_or_none)
    """The last number given to a member under it; None as above."""
    assigned: tuple[int, ...] | None = read(kssids)
    """The KSSIDs of this key server."""
    used: tuple[int, ...] | None = read(kssids)
    """The KSSIDs that it has used."""
    used_before: tuple[int, ...] | None = read(kssids)
    """Those used before the last re-initialization."""
    available: tuple[int, ...] | None = read(kssids)
    """Those that are left."""
    reinitialize_at: int | None = None
    """The KSSID at which the next re-initialization happens."""
    remaining_gmsids: int | None = None
    """The numbers for members that are left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsIdentifiers(Record):
    """The sender identifiers of all groups of a key server."""

    groups: tuple[KsSids, ...] = ()
    """The groups, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopSids(Row):
    """The sender identifiers of one key server as the cooperative key servers see them."""

    role: str | None = read(convert.word_or_none)
    """Its part: `Primary`, `Secondary`, `Election`, …."""
    status: str | None = read(convert.word_or_none)
    """What is thought of it: `Alive`, `Dead`, …."""
    address: Address = required(convert.address)
    """The address of the key server."""
    next_operation: str
    """What happens next to its identifiers, as printed."""
    reinitializing: bool
    """Whether the identifiers are being given out anew."""
    overlap: bool
    """Whether two key servers claim one KSSID."""
    configured_sid_bits: int
    """The configured length of a sender identifier, in bits."""
    configured_group_size: str
    """The configured size of the group."""
    used_sid_bits: int
    """The length in use, in bits; another one while a change is being agreed on."""
    used_group_size: str
    """The size of the group in use."""
    current_kssid: int | None = required(convert.number_or_none)
    """The KSSID in use."""
    assigned: tuple[int, ...] | None = required(kssids)
    """The KSSIDs of this key server."""
    used: tuple[int, ...] | None = required(kssids)
    """The KSSIDs that it has used."""
    used_before: tuple[int, ...] | None = required(kssids)
    """Those used before the last re-initialization."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopSidGroup(Row):
    """One group."""

    together = (("group", "local"),)

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    local: CoopSids | None = None
    """This key server."""
    peers: tuple[CoopSids, ...] = ()
    """The other key servers, where `detail` was asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopIdentifiers(Record):
    """The sender identifiers of all groups, by key server."""

    groups: tuple[CoopSidGroup, ...] = ()
    """The groups, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SidRequest(Row):
    """What a member will ask for when it registers next."""

    tek_lifetime_s: int
    """The lifetime of traffic-encryption keys, in seconds."""
    sid_bits: int
    """The length of a sender identifier, in bits."""
    group_size: str
    """The configured size of the group: `SMALL`, `MEDIUM` or `LARGE`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSids(Row):
    """The sender identifiers that a member got with its last registration."""

    together = (("downloaded", "first", "last"),)

    shared: bool | None = None
    """Whether several interfaces share them."""
    sid_bits: int | None = None
    """The length of a sender identifier, in bits."""
    group_size: str | None = None
    """The configured size of the group: `SMALL`, `MEDIUM` or `LARGE`."""
    downloaded: int | None = None
    """How many it got."""
    first: int | None = read(convert.hexadecimal)
    """The first, as a 32-bit number."""
    last: int | None = read(convert.hexadecimal)
    """The last, as a 32-bit number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmSids(Row):
    """The sender identifiers of one member address."""

    address: Address = required(convert.address)
    """The address."""
    vrf: str | None = read(convert.word_or_none)
    """The VRF; None is the global table."""
    counter_mode: bool = required(counter_mode)
    """Whether the group has a counter-mode transform, which needs sender identifiers."""
    last_requested: int
    """How many it asked for last."""
    current: CurrentSids | None = None
    """What it has; None where it has none."""
    next_request: SidRequest | None = None
    """What it will ask for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmSidGroup(Row):
    """The members of one group on this device."""

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    members: tuple[GmSids, ...] = ()
    """The members, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmIdentifiers(Record):
    """The sender identifiers of all groups of a member."""

    groups: tuple[GmSidGroup, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group without members."""
        for group in self.groups[-1:]:
            if not group.members:
                yield f"no member follows for group {group.group}"
