"""`show crypto session [detail]`: what is up towards each peer.

A GETVPN member has a session with peer 0.0.0.0 port 848 for the group, its IKE SA towards the key
server. `detail` adds the legend, identities, capabilities and counters; an IPv6 IKE SA breaks its
line before `remote`. No sample of either was at hand: they are written from memory.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..config.acl import Selector
from ..convert import Address
from ..record import Record, Row, read, required
from .selectors import port_or_none, selector

_PROTOCOLS = {"ip": 0, "ipv6": 0, "icmp": 1, "tcp": 6, "udp": 17, "gre": 47, "esp": 50, "ahp": 51}


def _protocol(value: str) -> int:
    """A protocol number; 0 is any."""
    known = _PROTOCOLS.get(value.lower())
    return convert.number(value) if known is None else known


def _volume(value: str) -> int | None:
    """Kilobytes; None for `KB Vol Rekey Disabled`."""
    return None if value.lower().endswith("disabled") else convert.number(value)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionIkeSa(Row):
    """An IKE SA of a session."""

    version: str
    """`IKEv1` or `IKEv2`."""
    local: Address = required(convert.address)
    """The address at this end."""
    local_port: int
    """The UDP port at this end."""
    remote: Address = required(convert.address)
    """The address at the other end."""
    remote_port: int
    """The UDP port at the other end."""
    status: str
    """`Active` or `Inactive`."""
    capabilities: str | None = read(convert.word_or_none)
    """The letters of the legend that the device prints with `detail`."""
    conn_id: int | None = None
    """The number that the device gives the SA."""
    lifetime_s: int | None = read(convert.clock_seconds)
    """The lifetime that is left, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlow(Row):
    """A flow of a session; the counters are packets."""

    together = (("decrypted", "encrypted"),)

    action: str
    """`permit`, or `deny` for what the policy leaves in clear."""
    protocol: int = required(_protocol)
    """The number of the protocol; 0 is any."""
    source: Selector = required(selector)
    """What is behind this end."""
    source_port: int | None = read(port_or_none)
    """The port at this end; None is any."""
    destination: Selector = required(selector)
    """What is behind the other end."""
    destination_port: int | None = read(port_or_none)
    """The port at the other end; None is any."""
    active_sas: int
    """SAs in use."""
    origin: str | None = None
    """Where the flow comes from: `crypto map`, …."""
    decrypted: int | None = None
    """Decrypted."""
    decrypt_dropped: int | None = None
    """Received and dropped."""
    inbound_life_kb: int | None = read(_volume)
    """How much the inbound SA may still carry, in kilobytes."""
    inbound_life_s: int | None = None
    """How long it still lives, in seconds."""
    encrypted: int | None = None
    """Encrypted."""
    encrypt_dropped: int | None = None
    """Dropped instead of being sent."""
    outbound_life_kb: int | None = read(_volume)
    """How much the outbound SA may still carry, in kilobytes."""
    outbound_life_s: int | None = None
    """How long it still lives, in seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSession(Row):
    """The session with one peer."""

    interface: str
    """The interface."""
    username: str | None = read(convert.word_or_none)
    """The user's name."""
    profile: str | None = read(convert.word_or_none)
    """The IKE profile."""
    group: str | None = read(convert.word_or_none)
    """The group."""
    assigned_address: Address | None = read(convert.address_or_none)
    """The address that the peer was given."""
    uptime_s: int | None = read(convert.clock_seconds)
    """How long it has been up, in seconds."""
    status: str
    """The state: `UP-ACTIVE`, `UP-IDLE`, `DOWN`, …."""
    peer: Address = required(convert.address)
    """The peer; 0.0.0.0 for a GETVPN group."""
    peer_port: int
    """Its UDP port."""
    fvrf: str | None = read(convert.word_or_none)
    """The front-door VRF, in which the tunnel's own packets go; None is the global table."""
    ivrf: str | None = read(convert.word_or_none)
    """The inside VRF, of the packets that are encrypted; None is the global table."""
    phase1_id: str | None = read(convert.word_or_none)
    """The identity of the peer."""
    description: str | None = read(convert.word_or_none)
    """The description of the peer."""
    system_address: Address | None = read(convert.address_or_none)
    """The system address of the peer."""
    system_interface: str | None = None
    """The interface of that address."""
    session_ids: tuple[int, ...] = ()
    """The numbers of the session, one for each IKE SA."""
    ike_sas: tuple[SessionIkeSa, ...] = ()
    """The IKE SAs."""
    flows: tuple[SessionFlow, ...] = ()
    """The flows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSessions(Record):
    """All sessions; none when the device prints its headline alone."""

    sessions: tuple[CryptoSession, ...] = ()
    """The sessions."""
