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
    """A group member as a key server knows it; `key_server` is the one that registered it.

    `acks_missed` counts scheduled rekeys without acknowledgement: after three in a row the key
    server removes the member (seed). `sent_sequences` and `received_sequences` are the last four
    rekeys. 12.4T prints no version, type and state; some releases no counters.
    """

    together = (
        ("rekeys_sent", "rekey_retries", "acks_received", "acks_missed"),
        ("sent_sequences", "received_sequences"),
    )

    address: Address = required(convert.address)
    version: str | None = read(convert.word_or_none)
    group_id: int | IPv4Address = required(identity)
    group: str
    transport: str | None = None
    group_type: str | None = None
    state: str | None = None
    key_server: Address = required(convert.address)
    rekeys_sent: int | None = None
    rekey_retries: int | None = None
    acks_received: int | None = None
    acks_missed: int | None = None
    sent_sequences: tuple[int, ...] | None = read(convert.numbers)
    received_sequences: tuple[int, ...] | None = read(convert.numbers)


@dataclass(frozen=True, slots=True, kw_only=True)
class KsRekeyCount(Row):
    """The rekey counters of one group; `last_duration_ms` is in milliseconds."""

    together = (("last_retransmits", "last_duration_ms"),)

    group: str
    sent: int
    last_retransmits: int | None = None
    last_duration_ms: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KsMembers(Record):
    """All members of all groups, and the rekey counters of each group."""

    groups: tuple[KsRekeyCount, ...] = ()
    members: tuple[KsMember, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last member that is shorter than the first: one device prints all of one shape."""
        if len(self.members) > 1:
            first, last = self.members[0], self.members[-1]
            for name in ("rekeys_sent", "sent_sequences"):
                if getattr(first, name) is not None and getattr(last, name) is None:
                    yield f"the last member, {last.address}, lacks rows that the others have"
                    return


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryMember(Row):
    """A member's row in the summary."""

    address: Address = required(convert.address)
    version: str | None = read(convert.word_or_none)
    rekeys_sent: int
    acks_missed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryServer(Row):
    """The members that one key server registered; `state` is LOCAL or REDUNDANT."""

    key_server: Address = required(convert.address)
    state: str
    member_count: int
    members: tuple[SummaryMember, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryGroup(Row):
    """The member counts of one group."""

    group: str
    transport: str | None = None
    group_id: int | IPv4Address = required(identity)
    member_count: int
    servers: tuple[SummaryServer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KsMembersSummary(Record):
    """Members by group and by the key server that registered them."""

    groups: tuple[SummaryGroup, ...] = ()

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
