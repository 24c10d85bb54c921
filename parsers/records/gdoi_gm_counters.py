"""`show crypto gdoi gm dataplane counters`: packets of each group as the data plane counts them.

The shape is that of the capture (IOS-XE 17).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..record import Record, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounters(Row):
    """The counters of one group, all in packets.

    `tagged` and the like concern the inline security-group tag (Cisco TrustSec). `no_sa` counts
    packets that were to be sent without a key, `invalid_sa` those received with an unknown SPI.
    """

    group: str
    encrypted: int
    decrypted: int
    tagged: int
    untagged: int
    no_sa: int
    invalid_sa: int
    encapsulation_failed: int
    decapsulation_failed: int
    invalid_protocol: int
    verification_failed: int
    not_tagged: int
    not_untagged: int
    internal_errors_sent: int
    internal_errors_received: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GmCounters(Record):
    """The counters of all groups."""

    groups: tuple[GroupCounters, ...] = ()
