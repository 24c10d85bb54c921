"""`show crypto gdoi ks coop [detail|version]`: the cooperative key servers of each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryTimers(Row):
    """Timers of a primary, in seconds: it announces its policy every `refresh_s`."""

    refresh_s: int
    remaining_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryTimers(Row):
    """Timers of a secondary, in seconds: it expects an announcement every `periodic_s`.

    `retries` counts the queries to a silent primary, `invalid_pseudotimes` the announcements
    refused for their time stamp.
    """

    periodic_s: int
    remaining_s: int
    retries: int
    invalid_pseudotimes: int
    new_members_blocked: bool
    per_user_remaining_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopPeer(Row):
    """A peer key server, and the messages exchanged with it since the counters were cleared.

    Versions and the protocol came with later releases.
    """

    together = (
        (
            "session",
            "handle",
            "priority",
            "role",
            "antireplay_sequence",
            "ike_status",
            "announcements_sent",
            "announcements_sent_with_request",
            "announcements_received",
            "announcements_received_with_request",
            "sent_drops",
            "received_drops",
            "bytes_sent",
            "bytes_received",
        ),
    )

    session: int
    handle: int | None = read(convert.handle)
    address: Address = required(convert.address)
    version: str | None = read(convert.word_or_none)
    coop_version: str | None = read(convert.word_or_none)
    protocol: str | None = read(convert.word_or_none)
    priority: int | None = read(convert.number_or_none)
    role: str | None = read(convert.word_or_none)
    status: str | None = read(convert.word_or_none)
    antireplay_sequence: int | None = None
    ike_status: str | None = read(convert.word_or_none)
    announcements_sent: int | None = None
    announcements_sent_with_request: int | None = None
    announcements_received: int | None = None
    announcements_received_with_request: int | None = None
    sent_drops: int | None = None
    received_drops: int | None = None
    bytes_sent: int | None = None
    bytes_received: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopGroup(Row):
    """One group: this key server, its timers, its peers.

    `redundancy` is False for a group with a single key server; the local fields are None then.
    """

    together = (
        ("group", "redundancy"),
        ("address", "priority", "role", "status"),
    )

    group: str
    transport: str | None = None
    handle: int = required(convert.handle)
    server_handle: int = required(convert.handle)
    redundancy: bool | None = None
    address: Address | None = None
    priority: int | None = None
    role: str | None = read(convert.word_or_none)
    status: str | None = read(convert.word_or_none)
    version: str | None = read(convert.word_or_none)
    coop_version: str | None = read(convert.word_or_none)
    antireplay_sequence: int | None = None
    primary_timers: PrimaryTimers | None = None
    secondary_timers: SecondaryTimers | None = None
    peers: tuple[CoopPeer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KsCoop(Record):
    """The cooperation state of all groups."""

    groups: tuple[CoopGroup, ...] = ()

    def gaps(self) -> Iterator[str]:
        """Groups with redundancy, but without timers."""
        for group in self.groups:
            if group.redundancy and group.antireplay_sequence is None:
                yield f"no timers follow for group {group.group}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopClient(Row):
    """A part of the cooperation software and its version."""

    name: str
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopVersion(Record):
    """Versions of the cooperation software (not of GETVPN)."""

    infrastructure: str
    clients: tuple[CoopClient, ...] = ()
