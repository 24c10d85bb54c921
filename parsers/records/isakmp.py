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
    """An IKEv1 SA. `deleted` is set while the device keeps a deleted SA, `slot` printed by 12.4.

    An address stays text where whoever published the output masked it (`100.0.10::2`).
    """

    destination: Address | str = required(_endpoint)
    source: Address | str = required(_endpoint)
    state: str
    conn_id: int
    slot: int | None = None
    status: str
    deleted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSas(Record):
    """All IKEv1 SAs, IPv4 before IPv6."""

    sas: tuple[IsakmpSa, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSaDetail(Row):
    """An IKEv1 SA with what was negotiated. `lifetime_s` is the remaining lifetime in seconds.

    `authentication` is `psk`, `rsig` or `renc`, `capabilities` the letters of the legend (`D` dead
    peer detection, `N` NAT traversal, …). `engine` and `engine_conn_id` are None where the device
    prints `???`. The labelled IPv6 layout names `destination` and `source` instead of `local` and
    `remote`. An address that was masked stays text, as in `IsakmpSa`.
    """

    together = (("destination", "source"),)

    conn_id: int
    local: Address | str | None = read(_endpoint)
    remote: Address | str | None = read(_endpoint)
    destination: Address | str | None = read(_endpoint)
    source: Address | str | None = read(_endpoint)
    ivrf: str | None = read(convert.word_or_none)
    status: str
    encryption: str | None = None
    hash: str | None = None
    authentication: str | None = None
    dh_group: int
    lifetime_s: int | None = required(convert.clock_seconds)
    capabilities: str | None = read(convert.word_or_none)
    engine: str | None = None
    engine_conn_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpSaDetails(Record):
    """All IKEv1 SAs in detail, IPv4 before IPv6."""

    sas: tuple[IsakmpSaDetail, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpPolicy(Row):
    """A protection suite. Algorithms are named as the device names them, without sizes.

    `default` marks those that the device brings along, of which 12.4 prints no `priority`. Sizes
    are in bits, `lifetime_s` in seconds, `volume_limit_kb` in kilobytes (None: no limit).
    """

    priority: int | None = None
    default: bool = False
    encryption: str
    encryption_bits: int | None = None
    hash: str
    hash_bits: int | None = None
    authentication: str
    dh_group: int
    dh_bits: int | None = None
    lifetime_s: int
    volume_limit_kb: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpDefaultPolicies(Record):
    """The protection suites that are in force where none is configured."""

    policies: tuple[IsakmpPolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpPolicies(Record):
    """The protection suites that are configured; where there is none, the defaults."""

    policies: tuple[IsakmpPolicy, ...] = ()
