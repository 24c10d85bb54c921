"""`show crypto isakmp sa [detail]` and `show crypto isakmp [default] policy`.

On a GETVPN device an IKEv1 SA towards a key server has state `GDOI_IDLE`, the one that carries
rekey messages `GDOI_REKEY`. The tabular layout of IPv6 SAs is that of captures of IOS-XE. No sample
of the labelled one (`dst:`, `src:`, `state:`; IOS 12.4T and 15.x), with or without `detail`, was at
hand, nor of configured policies: they are written from memory. Rows that lack negotiated values
stand for SAs that have none, such as the rekey SA of a group member.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required

_MASKED = frozenset("0123456789abcdefABCDEF:.")


def _endpoint(value: str) -> Address | str:
    """An address; the text of an IPv6 address that was masked into something that is none."""
    try:
        return convert.address(value)
    except ValueError:
        if "::" not in value or not _MASKED.issuperset(value):
            raise
        return value


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSa(Row):
    """An IKEv1 SA.

    An address stays text where whoever published the output masked it (`100.0.10::2`).
    """

    destination: Address | str = required(_endpoint)
    """Whom the SA was made to."""
    source: Address | str = required(_endpoint)
    """Who made it."""
    state: str
    """`QM_IDLE`, `GDOI_IDLE`, `GDOI_REKEY`, …."""
    conn_id: int
    """The number that the device gives the SA."""
    slot: int | None = None
    """The slot of the engine; printed by 12.4."""
    status: str
    """`ACTIVE`, …."""
    deleted: bool = False
    """Whether it is deleted, and only kept for a while."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSas(Record):
    """All IKEv1 SAs, IPv4 before IPv6."""

    sas: tuple[IsakmpSa, ...] = ()
    """The SAs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSaDetail(Row):
    """An IKEv1 SA with what was negotiated.

    An address that was masked stays text, as in `IsakmpSa`.
    """

    together = (("destination", "source"),)

    conn_id: int
    """The number that the device gives the SA."""
    local: Address | str | None = read(_endpoint)
    """The address at this end; not in the labelled IPv6 layout."""
    remote: Address | str | None = read(_endpoint)
    """The address at the other end; not in the labelled IPv6 layout."""
    destination: Address | str | None = read(_endpoint)
    """Whom the SA was made to; in the labelled IPv6 layout."""
    source: Address | str | None = read(_endpoint)
    """Who made it; in the labelled IPv6 layout."""
    ivrf: str | None = read(convert.word_or_none)
    """The inside VRF, of the packets that are encrypted; None is the global table."""
    status: str
    """`ACTIVE` or `STANDBY`."""
    encryption: str | None = None
    """The cipher."""
    hash: str | None = None
    """The hash."""
    authentication: str | None = None
    """`psk`, `rsig` or `renc`."""
    dh_group: int
    """The number of the Diffie-Hellman group."""
    lifetime_s: int | None = required(convert.clock_seconds)
    """The lifetime that is left, in seconds."""
    capabilities: str | None = read(convert.word_or_none)
    """The letters of the legend: `D` dead peer detection, `N` NAT traversal, …."""
    engine: str | None = None
    """The crypto engine; None where `???` is printed."""
    engine_conn_id: int | None = None
    """The number in that engine; None where `???` is printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSaDetails(Record):
    """All IKEv1 SAs in detail, IPv4 before IPv6."""

    sas: tuple[IsakmpSaDetail, ...] = ()
    """The SAs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpPolicy(Row):
    """A protection suite. Algorithms are named as the device names them, without sizes."""

    priority: int | None = None
    """Its number, the lowest first; 12.4 prints none of a default."""
    default: bool = False
    """Whether the device brings it along."""
    encryption: str
    """The cipher."""
    encryption_bits: int | None = None
    """The size of the key, in bits."""
    hash: str
    """The hash."""
    hash_bits: int | None = None
    """The size of the hash, in bits."""
    authentication: str
    """How peers prove who they are."""
    dh_group: int
    """The number of the Diffie-Hellman group."""
    dh_bits: int | None = None
    """The size of the Diffie-Hellman group, in bits."""
    lifetime_s: int
    """The lifetime of an SA, in seconds."""
    volume_limit_kb: int | None = None
    """How much an SA may carry, in kilobytes; None: no limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpDefaultPolicies(Record):
    """The protection suites that are in force where none is configured."""

    policies: tuple[IsakmpPolicy, ...] = ()
    """The protection suites."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpPolicies(Record):
    """The protection suites that are configured; where there is none, the defaults."""

    policies: tuple[IsakmpPolicy, ...] = ()
    """The protection suites."""
