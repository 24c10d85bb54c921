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
    """The lifetime of one `sa ipsec` of the group."""

    sequence: int
    """The number of the `sa ipsec`."""
    lifetime_s: int
    """The whole lifetime, in seconds."""
    remaining_s: int | None = None
    """The lifetime that is left, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyGroup(Row):
    """The rekeys of one group."""

    together = (
        ("group", "sent", "retransmitted", "kek_lifetime_s", "retransmit_s", "retransmit_count"),
    )

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    sent: int | None = None
    """Rekeys sent."""
    retransmitted: int | None = None
    """Rekeys sent again."""
    kek_lifetime_s: int | None = None
    """The lifetime of the KEK, in seconds."""
    kek_remaining_s: int | None = None
    """What is left of it, in seconds."""
    retransmit_s: int | None = None
    """Seconds between two sendings of one rekey."""
    retransmit_count: int | None = None
    """How often a rekey is sent again that is not acknowledged."""
    registrations_after_rekey: int | None = None
    """Members that registered again after a rekey."""
    destination: Address | None = None
    """The multicast address that rekeys go to; None where they are unicast."""
    sas: tuple[SaRekey, ...] = ()
    """The lifetimes of the traffic-encryption keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsRekey(Record):
    """The rekeys of all groups."""

    groups: tuple[RekeyGroup, ...] = ()
    """The groups, in the order in which they are printed."""
