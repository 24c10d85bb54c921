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
    """An IKE SA of a session. `status` is `Active` or `Inactive`, `lifetime_s` in seconds.

    `capabilities` are the letters of the legend that the device prints with `detail`.
    """

    version: str
    local: Address = required(convert.address)
    local_port: int
    remote: Address = required(convert.address)
    remote_port: int
    status: str
    capabilities: str | None = read(convert.word_or_none)
    conn_id: int | None = None
    lifetime_s: int | None = read(convert.clock_seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlow(Row):
    """A flow of a session; the counters are packets, the lives kilobytes and seconds.

    `action` is `deny` for what the policy leaves in clear. `protocol` 0 is any; a port of None is
    any port.
    """

    together = (("decrypted", "encrypted"),)

    action: str
    protocol: int = required(_protocol)
    source: Selector = required(selector)
    source_port: int | None = read(port_or_none)
    destination: Selector = required(selector)
    destination_port: int | None = read(port_or_none)
    active_sas: int
    origin: str | None = None
    decrypted: int | None = None
    decrypt_dropped: int | None = None
    inbound_life_kb: int | None = read(_volume)
    inbound_life_s: int | None = None
    encrypted: int | None = None
    encrypt_dropped: int | None = None
    outbound_life_kb: int | None = read(_volume)
    outbound_life_s: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSession(Row):
    """The session with one peer. `uptime_s` in seconds, `session_ids` one for each IKE SA."""

    interface: str
    username: str | None = read(convert.word_or_none)
    profile: str | None = read(convert.word_or_none)
    group: str | None = read(convert.word_or_none)
    assigned_address: Address | None = read(convert.address_or_none)
    uptime_s: int | None = read(convert.clock_seconds)
    status: str
    peer: Address = required(convert.address)
    peer_port: int
    fvrf: str | None = read(convert.word_or_none)
    ivrf: str | None = read(convert.word_or_none)
    phase1_id: str | None = read(convert.word_or_none)
    description: str | None = read(convert.word_or_none)
    system_address: Address | None = read(convert.address_or_none)
    system_interface: str | None = None
    session_ids: tuple[int, ...] = ()
    ike_sas: tuple[SessionIkeSa, ...] = ()
    flows: tuple[SessionFlow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoSessions(Record):
    """All sessions; none when the device prints its headline alone."""

    sessions: tuple[CryptoSession, ...] = ()
