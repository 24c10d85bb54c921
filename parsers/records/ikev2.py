"""`show crypto ikev2 sa [detailed]`, `policy`, `proposal` and `stats ext-service`.

The SAs of G-IKEv2 registrations stand in the same tables as others, with UDP port 848. No sample of
the layout without key size or PRF (the first releases with IKEv2) was at hand: it is written from
memory. The lines on post-quantum key exchange came with IOS-XE 17.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required


def _negotiated(value: str) -> str | None:
    """The name of an algorithm; None for `None` and, before the choice is made, `Unknown - 0`."""
    text = value.strip()
    return None if text.lower().startswith("unknown") else convert.word_or_none(text)


def _number_in(value: str) -> int | None:
    """The number behind an optional label (`, keysize: 256`); None where it is not printed."""
    digits = value.rpartition(":")[2].strip()
    return convert.number(digits) if digits else None


def _printed(value: str) -> bool:
    """Whether an optional word is there."""
    return bool(value.strip())


def _network(value: str) -> IPv4Network | IPv6Network:
    """A subnet with its mask (`10.0.0.0 255.0.0.0`) or prefix length (`2001:DB8::/32`)."""
    return ip_network("/".join(value.split()))


def _words(value: str) -> tuple[str, ...]:
    """Names with blanks between them; none for `none`."""
    return () if convert.word_or_none(value) is None else tuple(value.split())


def _groups(value: str) -> tuple[int, ...]:
    """The numbers in `DH_GROUP_256_ECP/Group 19 DH_GROUP_2048_MODP/Group 14`."""
    parts = value.replace("/Group ", "/").split()
    return tuple(convert.number(part.rpartition("/")[2]) for part in parts)


def _specific(value: str) -> str | None:
    """A name; None for `any`."""
    return None if value.strip().lower() == "any" else value.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Sa(Row):
    """An IKEv2 SA. What stands below `remote_spi` is printed by `detailed` only.

    Algorithms are None while they are negotiated.
    """

    together = (
        ("ce_id", "session_id"),
        (
            "status_description",
            "local_id",
            "remote_id",
            "local_request_id",
            "local_next_id",
            "local_queued",
            "local_window",
            "dpd_interval_s",
            "nat_detected",
            "initiator",
        ),
    )

    tunnel_id: int
    """The number of the SA."""
    local: Address = required(convert.address)
    """The address at this end."""
    local_port: int
    """The UDP port at this end."""
    remote: Address = required(convert.address)
    """The address at the other end."""
    remote_port: int
    """The UDP port at the other end."""
    fvrf: str | None = read(convert.word_or_none)
    """The front-door VRF, in which the tunnel's own packets go; None is the global table."""
    ivrf: str | None = read(convert.word_or_none)
    """The inside VRF, of the packets that are encrypted; None is the global table."""
    status: str
    """The state, such as `READY`."""
    encryption: str | None = required(_negotiated)
    """The cipher."""
    key_bits: int | None = read(_number_in)
    """The size of its key, in bits."""
    prf: str | None = read(_negotiated)
    """The pseudorandom function."""
    hash: str | None = read(_negotiated)
    """The integrity algorithm; an AEAD cipher has none."""
    dh_group: int | None = read(convert.number_or_none)
    """The number of the Diffie-Hellman group."""
    auth_sign: str | None = read(_negotiated)
    """How the device proves who it is, such as `PSK` or `RSA`."""
    auth_verify: str | None = read(_negotiated)
    """How the peer proves it."""
    quantum_resistant: bool = read(_printed, default=False)
    """Whether a post-quantum key was mixed in (`QR`)."""
    pqc_key_exchange: str | None = None
    """The post-quantum key exchange."""
    lifetime_s: int
    """The whole lifetime, in seconds."""
    active_s: int
    """How long it has been up, in seconds."""
    ce_id: int | None = None
    """The number in the crypto engine."""
    session_id: int | None = None
    """The number of the session."""
    local_spi: int | None = read(convert.hexadecimal)
    """The SPI of this end, as a number."""
    remote_spi: int | None = read(convert.hexadecimal)
    """The SPI of the other end, as a number."""
    status_description: str | None = None
    """The state in words."""
    local_id: str | None = None
    """The identity of this end."""
    remote_id: str | None = None
    """The identity of the other end."""
    local_request_id: int | None = None
    """The number of the last request of this end."""
    remote_request_id: int | None = None
    """The number of the last request of the other end."""
    local_next_id: int | None = None
    """The number of the next request of this end."""
    remote_next_id: int | None = None
    """The number of the next request of the other end."""
    local_queued: int | None = None
    """The number of the request of this end that is queued."""
    remote_queued: int | None = None
    """The number of the request of the other end that is queued."""
    local_window: int | None = None
    """How many requests this end may have open."""
    remote_window: int | None = None
    """How many requests the other end may have open."""
    dpd_interval_s: int | None = None
    """Seconds between two checks whether the peer is alive; 0: none."""
    dpd_retry_s: int | None = None
    """Seconds until a check is made again."""
    fragmentation: bool | None = None
    """Whether messages may be fragmented."""
    fragmentation_standard: str | None = None
    """By which standard they are."""
    fragmentation_mtu_bytes: int | None = None
    """How large the fragments are at most, in bytes."""
    quantum_safe: tuple[str, ...] = ()
    """What makes it safe from quantum computers, as printed."""
    dynamic_route_update: bool | None = None
    """Whether routes are told as they change."""
    extended_authentication: bool | None = None
    """Whether there is extended authentication."""
    nat_detected: bool | None = None
    """Whether there is NAT on the way."""
    nat_side: str | None = None
    """On which side the NAT is."""
    sgt: bool | None = None
    """Whether security group tags are carried."""
    initiator: bool | None = None
    """Whether this end began."""
    quantum_resistance: bool | None = None
    """Whether resistance to quantum computers is on."""
    local_system_id: str | None = None
    """The system identifier of this end."""
    remote_system_id: str | None = None
    """The system identifier of the other end."""
    assigned_address: Address | None = None
    """The address that the peer was given."""
    pushed_address: Address | None = None
    """The address that was pushed."""
    remote_subnets: tuple[IPv4Network | IPv6Network, ...] = read(_network, default=())
    """The routes that the peer sent."""
    peer_type: str | None = None
    """What the peer is, as printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Sas(Record):
    """All IKEv2 SAs, IPv4 before IPv6. A device without any prints nothing or the headers alone."""

    sas: tuple[Ikev2Sa, ...] = ()
    """The SAs."""

    def gaps(self) -> Iterator[str]:
        """SAs without the details that were asked for."""
        if "detailed" in self.command and not self.partial:
            for sa in self.sas:
                if sa.status_description is None:
                    yield f"the details of the SA in line {sa.lineno} are cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Policy(Row):
    """An IKEv2 policy: the proposals offered from an address."""

    name: str
    """Its name."""
    fvrf: str | None = required(_specific)
    """The front-door VRF; None: any."""
    local_addresses: tuple[Address, ...] = ()
    """The addresses at this end; without one, any."""
    proposals: tuple[str, ...] = ()
    """The proposals, in the order of preference."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Policies(Record):
    """All IKEv2 policies."""

    policies: tuple[Ikev2Policy, ...] = ()
    """The policies."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Proposal(Row):
    """An IKEv2 proposal; its algorithms are in the order of preference."""

    name: str
    """Its name."""
    encryption: tuple[str, ...] | None = required(_words)
    """The ciphers."""
    integrity: tuple[str, ...] | None = read(_words)
    """The integrity algorithms."""
    prf: tuple[str, ...] | None = read(_words)
    """The pseudorandom functions."""
    dh_groups: tuple[int, ...] | None = required(_groups)
    """The numbers of the Diffie-Hellman groups."""
    pqc_key_exchange: tuple[str, ...] | None = read(_words)
    """The post-quantum key exchanges."""
    pqc_optional: bool = False
    """Whether a peer without post-quantum key exchange is accepted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Proposals(Record):
    """All IKEv2 proposals."""

    proposals: tuple[Ikev2Proposal, ...] = ()
    """The proposals."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtServiceOperation(Row):
    """How often one operation succeeded and failed."""

    operation: str
    """The operation."""
    passed: int
    """How often it succeeded."""
    failed: int
    """How often it failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtService(Row):
    """The operations that IKEv2 asked of one service."""

    service: str
    """The service: `AAA`, `PKI`, `GKM`, …."""
    operations: tuple[ExtServiceOperation, ...] = ()
    """The operations."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2ExtService(Record):
    """All services; each release adds some."""

    services: tuple[ExtService, ...] = ()
    """The services."""
