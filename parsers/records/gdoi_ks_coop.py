"""`show crypto gdoi ks coop [detail|version]`: the cooperative key servers of each group."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required


@dataclass(frozen=True, slots=True, kw_only=True)
class PrimaryTimers(Row):
    """Timers of a primary."""

    refresh_s: int
    """It announces its policy so often, in seconds."""
    remaining_s: int
    """Seconds until the next announcement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecondaryTimers(Row):
    """Timers of a secondary."""

    periodic_s: int
    """It expects an announcement so often, in seconds."""
    remaining_s: int
    """Seconds until it misses one."""
    retries: int
    """Queries to a silent primary."""
    invalid_pseudotimes: int
    """Announcements refused for their time stamp."""
    new_members_blocked: bool
    """Whether it takes no new members."""
    per_user_remaining_s: int | None = None
    """What is printed as `Per-user timer remaining time`, in seconds."""


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
    """The number of the session."""
    handle: int | None = read(convert.handle)
    """The number of the peer."""
    address: Address = required(convert.address)
    """Its address."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    coop_version: str | None = read(convert.word_or_none)
    """The version of its cooperation software."""
    protocol: str | None = read(convert.word_or_none)
    """The protocol of the cooperation, such as `base`."""
    priority: int | None = read(convert.number_or_none)
    """Its priority among the key servers; the highest becomes primary."""
    role: str | None = read(convert.word_or_none)
    """Its part: `Primary`, `Secondary`, `Election`, …."""
    status: str | None = read(convert.word_or_none)
    """What is thought of it: `Alive`, `Dead`, …."""
    antireplay_sequence: int | None = None
    """The sequence number of its last message."""
    ike_status: str | None = read(convert.word_or_none)
    """The state of the IKE SA with it."""
    announcements_sent: int | None = None
    """Announcements sent."""
    announcements_sent_with_request: int | None = None
    """Those that asked for an answer."""
    announcements_received: int | None = None
    """Announcements received."""
    announcements_received_with_request: int | None = None
    """Those that asked for an answer."""
    sent_drops: int | None = None
    """Messages that could not be sent."""
    received_drops: int | None = None
    """Messages that were refused."""
    bytes_sent: int | None = None
    """Bytes sent."""
    bytes_received: int | None = None
    """Bytes received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopGroup(Row):
    """One group: this key server, its timers, its peers."""

    together = (
        ("group", "redundancy"),
        ("address", "priority", "role", "status"),
    )

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    handle: int = required(convert.handle)
    """The number of the group."""
    server_handle: int = required(convert.handle)
    """The number of this key server."""
    redundancy: bool | None = None
    """Whether there is more than one key server; if False the local fields are None."""
    address: Address | None = None
    """The address of this key server."""
    priority: int | None = None
    """Its priority among the key servers; the highest becomes primary."""
    role: str | None = read(convert.word_or_none)
    """Its part: `Primary`, `Secondary`, `Election`, …."""
    status: str | None = read(convert.word_or_none)
    """Its state, such as `Alive`."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    coop_version: str | None = read(convert.word_or_none)
    """The version of its cooperation software."""
    antireplay_sequence: int | None = None
    """The sequence number of its last message."""
    primary_timers: PrimaryTimers | None = None
    """The timers of a primary."""
    secondary_timers: SecondaryTimers | None = None
    """The timers of a secondary."""
    peers: tuple[CoopPeer, ...] = ()
    """The other key servers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KsCoop(Record):
    """The cooperation state of all groups."""

    groups: tuple[CoopGroup, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """Groups with redundancy, but without timers."""
        for group in self.groups:
            if group.redundancy and group.antireplay_sequence is None:
                yield f"no timers follow for group {group.group}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopClient(Row):
    """A part of the cooperation software and its version."""

    name: str
    """The part."""
    version: str
    """Its version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopVersion(Record):
    """Versions of the cooperation software (not of GETVPN)."""

    infrastructure: str
    """The version of the whole."""
    clients: tuple[CoopClient, ...] = ()
    """The parts."""
