"""`show crypto gdoi gm dataplane counters`: packets of each group as the data plane counts them.

The shape is that of the capture (IOS-XE 17).
"""

from __future__ import annotations

from dataclasses import dataclass

from ..record import Record, Row


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupCounters(Row):
    """The counters of one group, all in packets; tags are those of Cisco TrustSec."""

    group: str
    """The name of the group."""
    encrypted: int
    """Encrypted."""
    decrypted: int
    """Decrypted."""
    tagged: int
    """Sent with a security group tag."""
    untagged: int
    """Received with a security group tag, which was taken off."""
    no_sa: int
    """Were to be sent without a key."""
    invalid_sa: int
    """Received with an unknown SPI."""
    encapsulation_failed: int
    """Could not be encrypted."""
    decapsulation_failed: int
    """Could not be decrypted."""
    invalid_protocol: int
    """Received with another protocol than that of the SA."""
    verification_failed: int
    """Received and not authentic."""
    not_tagged: int
    """Sent without a tag where one was wanted."""
    not_untagged: int
    """Received without a tag where one was wanted."""
    internal_errors_sent: int
    """Not sent because of an error of the device."""
    internal_errors_received: int
    """Not received because of an error of the device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmCounters(Record):
    """The counters of all groups."""

    groups: tuple[GroupCounters, ...] = ()
    """The groups, in the order in which they are printed."""
