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

    `group_size` (SMALL, MEDIUM, LARGE) sets `sid_bits`. `current_kssid` and `last_gmsid` are None
    until the first member of a counter-mode group registered. The fields from `assigned` on are
    printed with `detail`: `used_before` are the KSSIDs used before the last re-initialization,
    `reinitialize_at` is the KSSID at which the next one happens.
    """

    together = (
        ("group", "current_kssid", "last_gmsid"),
        ("assigned", "used", "used_before", "available"),
    )

    group: str
    transport: str | None = None
    counter_mode: bool = required(counter_mode)
    reinitializing: bool
    sid_bits: int
    group_size: str
    current_kssid: int | None = read(convert.number_or_none)
    last_gmsid: int | None = read(convert.number_or_none)
    assigned: tuple[int, ...] | None = read(kssids)
    used: tuple[int, ...] | None = read(kssids)
    used_before: tuple[int, ...] | None = read(kssids)
    available: tuple[int, ...] | None = read(kssids)
    reinitialize_at: int | None = None
    remaining_gmsids: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KsIdentifiers(Record):
    """The sender identifiers of all groups of a key server."""

    groups: tuple[KsSids, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopSids(Row):
    """The sender identifiers of one key server as the cooperative key servers see them.

    `overlap` tells that two key servers claim one KSSID. The configured group size differs from
    the one in use while a change is being agreed on.
    """

    role: str | None = read(convert.word_or_none)
    status: str | None = read(convert.word_or_none)
    address: Address = required(convert.address)
    next_operation: str
    reinitializing: bool
    overlap: bool
    configured_sid_bits: int
    configured_group_size: str
    used_sid_bits: int
    used_group_size: str
    current_kssid: int | None = required(convert.number_or_none)
    assigned: tuple[int, ...] | None = required(kssids)
    used: tuple[int, ...] | None = required(kssids)
    used_before: tuple[int, ...] | None = required(kssids)


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopSidGroup(Row):
    """One group: this key server, and its peers where `detail` was asked for."""

    together = (("group", "local"),)

    group: str
    transport: str | None = None
    local: CoopSids | None = None
    peers: tuple[CoopSids, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopIdentifiers(Record):
    """The sender identifiers of all groups, by key server."""

    groups: tuple[CoopSidGroup, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SidRequest(Row):
    """What a member will ask for when it registers next; `tek_lifetime_s` in seconds."""

    tek_lifetime_s: int
    sid_bits: int
    group_size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentSids(Row):
    """The sender identifiers that a member got with its last registration, as 32-bit numbers."""

    together = (("downloaded", "first", "last"),)

    shared: bool | None = None
    sid_bits: int | None = None
    group_size: str | None = None
    downloaded: int | None = None
    first: int | None = read(convert.hexadecimal)
    last: int | None = read(convert.hexadecimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class GmSids(Row):
    """The sender identifiers of one member address; `current` is None where it has none."""

    address: Address = required(convert.address)
    vrf: str | None = read(convert.word_or_none)
    counter_mode: bool = required(counter_mode)
    last_requested: int
    current: CurrentSids | None = None
    next_request: SidRequest | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GmSidGroup(Row):
    """The members of one group on this device."""

    group: str
    transport: str | None = None
    members: tuple[GmSids, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GmIdentifiers(Record):
    """The sender identifiers of all groups of a member."""

    groups: tuple[GmSidGroup, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group without members."""
        for group in self.groups[-1:]:
            if not group.members:
                yield f"no member follows for group {group.group}"
