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
    """An IKEv2 SA. Times are in seconds, `key_bits` in bits, SPIs numbers.

    `fvrf` and `ivrf` are None for the global table, algorithms None while they are negotiated or
    where there is none (an AEAD cipher has no `hash`). What stands below `remote_spi` is printed by
    `detailed` only; `remote_subnets` are the routes that the peer sent.
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
    local: Address = required(convert.address)
    local_port: int
    remote: Address = required(convert.address)
    remote_port: int
    fvrf: str | None = read(convert.word_or_none)
    ivrf: str | None = read(convert.word_or_none)
    status: str
    encryption: str | None = required(_negotiated)
    key_bits: int | None = read(_number_in)
    prf: str | None = read(_negotiated)
    hash: str | None = read(_negotiated)
    dh_group: int | None = read(convert.number_or_none)
    auth_sign: str | None = read(_negotiated)
    auth_verify: str | None = read(_negotiated)
    quantum_resistant: bool = read(_printed, default=False)
    pqc_key_exchange: str | None = None
    lifetime_s: int
    active_s: int
    ce_id: int | None = None
    session_id: int | None = None
    local_spi: int | None = read(convert.hexadecimal)
    remote_spi: int | None = read(convert.hexadecimal)
    status_description: str | None = None
    local_id: str | None = None
    remote_id: str | None = None
    local_request_id: int | None = None
    remote_request_id: int | None = None
    local_next_id: int | None = None
    remote_next_id: int | None = None
    local_queued: int | None = None
    remote_queued: int | None = None
    local_window: int | None = None
    remote_window: int | None = None
    dpd_interval_s: int | None = None
    dpd_retry_s: int | None = None
    fragmentation: bool | None = None
    fragmentation_standard: str | None = None
    fragmentation_mtu_bytes: int | None = None
    quantum_safe: tuple[str, ...] = ()
    dynamic_route_update: bool | None = None
    extended_authentication: bool | None = None
    nat_detected: bool | None = None
    nat_side: str | None = None
    sgt: bool | None = None
    initiator: bool | None = None
    quantum_resistance: bool | None = None
    local_system_id: str | None = None
    remote_system_id: str | None = None
    assigned_address: Address | None = None
    pushed_address: Address | None = None
    remote_subnets: tuple[IPv4Network | IPv6Network, ...] = read(_network, default=())
    peer_type: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Sas(Record):
    """All IKEv2 SAs, IPv4 before IPv6. A device without any prints nothing or the headers alone."""

    sas: tuple[Ikev2Sa, ...] = ()

    def gaps(self) -> Iterator[str]:
        """SAs without the details that were asked for."""
        if "detailed" in self.command and not self.partial:
            for sa in self.sas:
                if sa.status_description is None:
                    yield f"the details of the SA in line {sa.lineno} are cut"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Policy(Row):
    """An IKEv2 policy: the proposals offered from an address. None, or no address, means any."""

    name: str
    fvrf: str | None = required(_specific)
    local_addresses: tuple[Address, ...] = ()
    proposals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Policies(Record):
    """All IKEv2 policies."""

    policies: tuple[Ikev2Policy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Proposal(Row):
    """An IKEv2 proposal: algorithms in the order of preference, Diffie-Hellman groups by number.

    `pqc_optional` says that a peer without post-quantum key exchange is accepted.
    """

    name: str
    encryption: tuple[str, ...] | None = required(_words)
    integrity: tuple[str, ...] | None = read(_words)
    prf: tuple[str, ...] | None = read(_words)
    dh_groups: tuple[int, ...] | None = required(_groups)
    pqc_key_exchange: tuple[str, ...] | None = read(_words)
    pqc_optional: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2Proposals(Record):
    """All IKEv2 proposals."""

    proposals: tuple[Ikev2Proposal, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtServiceOperation(Row):
    """How often one operation succeeded and failed."""

    operation: str
    passed: int
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtService(Row):
    """The operations that IKEv2 asked of one service (`AAA`, `PKI`, `GKM`, …)."""

    service: str
    operations: tuple[ExtServiceOperation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2ExtService(Record):
    """All services; each release adds some."""

    services: tuple[ExtService, ...] = ()
