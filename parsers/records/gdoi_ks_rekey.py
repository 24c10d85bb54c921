"""`show crypto gdoi ks rekey`: the rekey settings and counters of a key server.

No sample of this command was at hand. The labels are written from memory; a device may print
others, which stay unparsed.
"""

from __future__ import annotations

from dataclasses import dataclass

from ..convert import Address
from ..record import Record, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class SaRekey(Row):
    """The lifetime of one `sa ipsec` of the group, in seconds."""

    sequence: int
    lifetime_s: int
    remaining_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyGroup(Row):
    """The rekeys of one group. Times in seconds.

    A rekey that is not acknowledged is sent again `retransmit_count` times, `retransmit_s` apart.
    `destination` is the multicast address that rekeys go to; None where they are unicast.
    """

    together = (
        ("group", "sent", "retransmitted", "kek_lifetime_s", "retransmit_s", "retransmit_count"),
    )

    group: str
    transport: str | None = None
    sent: int | None = None
    retransmitted: int | None = None
    kek_lifetime_s: int | None = None
    kek_remaining_s: int | None = None
    retransmit_s: int | None = None
    retransmit_count: int | None = None
    registrations_after_rekey: int | None = None
    destination: Address | None = None
    sas: tuple[SaRekey, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KsRekey(Record):
    """The rekeys of all groups."""

    groups: tuple[RekeyGroup, ...] = ()
