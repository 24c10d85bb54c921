"""`show crypto gdoi ks members [IP|summary]`: the key server's group-member database.

With an address, groups that do not have the member answer `Group Member not Found`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required
from .gdoi_values import identity


@dataclass(frozen=True, slots=True, kw_only=True)
class KsMember(Row):
    """A group member as a key server knows it.

    12.4T prints no version, type and state; some releases no counters.
    """

    together = (
        ("rekeys_sent", "rekey_retries", "acks_received", "acks_missed"),
        ("sent_sequences", "received_sequences"),
    )

    address: Address = required(convert.address)
    """Its address."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    group_id: int | IPv4Address = required(identity)
    """The identity of the group: a number, or an address."""
    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    group_type: str | None = None
    """The kind of group, such as `GDOI (ISAKMP)` or `G-IKEv2 (IKEv2)`."""
    state: str | None = None
    """Its state, such as `Registered`."""
    key_server: Address = required(convert.address)
    """The key server that registered it."""
    rekeys_sent: int | None = None
    """Rekeys sent to it."""
    rekey_retries: int | None = None
    """Rekeys sent to it again."""
    acks_received: int | None = None
    """Acknowledgements that came."""
    acks_missed: int | None = None
    """Rekeys in a row that it did not acknowledge; after three the key server removes it."""
    sent_sequences: tuple[int, ...] | None = read(convert.numbers)
    """The sequence numbers of the last four rekeys sent to it."""
    received_sequences: tuple[int, ...] | None = read(convert.numbers)
    """Those that it acknowledged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsRekeyCount(Row):
    """The rekey counters of one group."""

    together = (("last_retransmits", "last_duration_ms"),)

    group: str
    """The name of the group."""
    sent: int
    """Rekeys sent."""
    last_retransmits: int | None = None
    """How often the last one was sent again."""
    last_duration_ms: int | None = None
    """How long the last one took, in milliseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsMembers(Record):
    """All members of all groups, and the rekey counters of each group."""

    groups: tuple[KsRekeyCount, ...] = ()
    """The rekey counters of each group."""
    members: tuple[KsMember, ...] = ()
    """The members of all groups."""

    def gaps(self) -> Iterator[str]:
        """A last member that is shorter than the first: one device prints all of one shape.

        Or one whose last row ends early: both rows of sequence numbers have as many of them.
        """
        if len(self.members) > 1:
            first, last = self.members[0], self.members[-1]
            for name in ("rekeys_sent", "sent_sequences"):
                if getattr(first, name) is not None and getattr(last, name) is None:
                    yield f"the last member, {last.address}, lacks rows that the others have"
                    return
        for last in self.members[-1:]:
            if len(last.sent_sequences or ()) > len(last.received_sequences or ()):
                yield f"the last member, {last.address}, lacks sequence numbers"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryMember(Row):
    """A member's row in the summary."""

    address: Address = required(convert.address)
    """Its address."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    rekeys_sent: int
    """Rekeys sent to it."""
    acks_missed: int
    """Rekeys in a row that it did not acknowledge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryServer(Row):
    """The members that one key server registered."""

    key_server: Address = required(convert.address)
    """The key server."""
    state: str
    """`LOCAL` for this one, `REDUNDANT` for another."""
    member_count: int
    """How many they are."""
    members: tuple[SummaryMember, ...] = ()
    """The members, in the order in which they are printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryGroup(Row):
    """The member counts of one group."""

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    group_id: int | IPv4Address = required(identity)
    """The identity of the group: a number, or an address."""
    member_count: int
    """How many members it has."""
    servers: tuple[SummaryServer, ...] = ()
    """The key servers, each with its members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsMembersSummary(Record):
    """Members by group and by the key server that registered them."""

    groups: tuple[SummaryGroup, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """Counts of members that are larger than the lists below them."""
        for group in self.groups:
            listed = sum(server.member_count for server in group.servers)
            if listed < group.member_count:
                yield (
                    f"group {group.group} announces {group.member_count} members, {listed} follow"
                )
            for server in group.servers:
                if len(server.members) < server.member_count:
                    yield (
                        f"group {group.group} announces {server.member_count} members of"
                        f" {server.key_server}, {len(server.members)} follow"
                    )
