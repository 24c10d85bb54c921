"""`show crypto gdoi|gkm [group NAME] [detail]` and `show crypto gdoi|gkm gm`.

One record for key servers and group members. The shapes are those of the captures (IOS 12.4T and
15.x, IOS-XE 16 and 17) and of the samples in the reference (§3.12: lifetimes on a key server,
`IKEv2 Profile`). No sample was at hand of `Registering to`, of a tracked object, nor of what IOS
before 15.0 prints in place of a group-member block (`GM Reregisters in`, `Cumulative`, `sa
direction`): they are written from memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import ClassVar

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required
from .gdoi_acl import DownloadedAcl
from .gdoi_ks import KsRedundancy
from .gdoi_values import address_or_name, identity, milliseconds_or_none

_SPI_BITS = 32
_SPI_DIGITS = 8


def _server(value: str) -> Address | str:
    return address_or_name(value.rstrip("."))


def last_source(value: str) -> Address | None:
    """The sender of the last rekey; None for `UNKNOWN` and, on IOS 15 and before, `0.0.0.0`."""
    found = convert.address_or_none(value)
    return None if found is None or found.is_unspecified else found


def spi_pair(value: str) -> int:
    """An SPI printed twice, as `0x5A69F51E(1516893470)`.

    Raises ValueError when the two differ. Where the first has more than the 32 bits of an SPI, it
    was not copied well and the second stands.
    """
    hexadecimal, _, rest = value.partition("(")
    if not hexadecimal.lower().startswith("0x") or not rest.endswith(")"):
        raise ValueError(f"{value!r} is not an SPI in base 16 and 10")
    first = convert.hexadecimal(hexadecimal)
    second = convert.number(rest[:-1])
    mistyped = len(hexadecimal.strip()) - 2 > _SPI_DIGITS
    if second >> _SPI_BITS or (first != second and not mistyped):
        raise ValueError(f"{value!r}: the SPI in base 16 is not the one in base 10")
    return second


@dataclass(frozen=True, slots=True, kw_only=True)
class GmRegistration(Row):
    """A group member as it sees itself: one for each interface, local address or VRF.

    `address` is None before IOS 15.0, which has one member in a group and does not name it.
    `reregisters_in_s` counts down, `last_rekey_age_s` up; the latter and `last_rekey_from` are
    None when no rekey came since registration. `rekeys_total`, `rekeys_since_registration` and
    `rekey_acks_total` are the cumulative figures. The `allowed_…` texts are what the member takes
    from a key server (`any` or a list). `sa_track_object` is the number that `client status
    active-sa track` configures.
    """

    together: ClassVar[tuple[tuple[str, ...], ...]] = (
        (
            "address",
            "registration_status",
            "registrations_succeeded",
            "registrations_attempted",
            "last_rekey_from",
            "last_rekey_sequence",
        ),
        ("local_address", "remote_address", "fvrf", "active_teks"),
        ("unicast_rekeys", "rekey_acks_sent"),
        ("dp_error_monitoring", "active_teks"),
        ("init_registrations_executed", "init_registrations_postponed", "sa_track_status"),
        ("allowed_ciphers", "allowed_hashes", "allowed_transforms"),
        ("rekeys_total", "rekeys_since_registration"),
    )

    address: Address | None = None
    vrf: str | None = read(convert.word_or_none)
    local_address: Address | None = None
    local_port: int | None = None
    remote_address: Address | None = None
    remote_port: int | None = None
    fvrf: str | None = read(convert.word_or_none)
    ivrf: str | None = read(convert.word_or_none)
    version: str | None = None
    registration_status: str | None = None
    registered_with: Address | None = read(convert.address_or_none)
    registering_to: Address | None = read(convert.address_or_none)
    reregisters_in_s: int | None = read(convert.number_or_none)
    registrations_succeeded: int | None = None
    registrations_attempted: int | None = None
    last_rekey_from: Address | None = read(last_source)
    last_rekey_sequence: int | None = None
    unicast_rekeys: int | None = None
    multicast_rekeys: int | None = None
    rekey_acks_sent: int | None = None
    last_rekey_age_s: int | None = read(convert.clock_seconds)
    pfs_rekeys: int | None = None
    dp_error_monitoring: bool | None = None
    init_registrations_executed: int | None = None
    init_registrations_postponed: int | None = None
    active_teks: int | None = None
    sa_track_object: int | None = None
    sa_track_status: str | None = None
    fail_close_revert: bool | None = None
    allowed_ciphers: str | None = None
    allowed_hashes: str | None = None
    allowed_transforms: str | None = None
    rekeys_total: int | None = None
    rekeys_since_registration: int | None = None
    rekey_acks_total: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GmRegistrationInFull(GmRegistration):
    """A group member in `show crypto gdoi`, which always says what it takes from a server."""

    together = (*GmRegistration.together, ("registration_status", "allowed_ciphers"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKek(Row):
    """The key-encryption key as a group member sees it.

    `remaining_s` is the life that is left (the device calls it `Lifetime`), `key_bits` the size of
    the KEK. `signature_key_bits` is the length of the RSA key in its DER form (reference §3.4: 2352
    is RSA 2048, 4400 is RSA 4096); IOS 12.4T and 15.0 print the modulus (1024).
    """

    transport: str
    remaining_s: int
    encryption: str
    key_bits: int
    signature_hash: str
    signature_key_bits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTek(Row):
    """A traffic-encryption key in use on an interface.

    `replay` is `time`, `counter` or `none`, as in `SaPolicy` of the configuration; `replay_window`
    is in seconds for `time`, in packets for `counter`. `direction` is printed before IOS 15.0 only.
    """

    together = (("tag_method", "key_bytes", "signature_key_bytes", "encapsulation"),)

    direction: str | None = None
    spi: int = required(spi_pair)
    kgs: bool | None = None
    transform: str
    remaining_s: int
    replay: str
    replay_window: int | None = None
    tag_method: str | None = None
    key_bytes: int | None = None
    signature_key_bytes: int | None = None
    encapsulation: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TekInterface(Row):
    """The traffic-encryption keys on one interface: two during a rollover (reference §3.5)."""

    interface: str
    sas: tuple[MemberTek, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMember(Row):
    """A `REG_GM` row of the group-key system (KGS) or of pair-wise keys (P2P)."""

    local_address: Address = required(convert.address)
    client_registration: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy(Row):
    """`KGS POLICY` or `P2P POLICY`."""

    members: tuple[RegisteredMember, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServerSa(Row):
    """An `sa ipsec NUMBER` policy on a key server. Times in seconds.

    `replay` and `replay_window` as in `MemberTek`; `remaining_s` runs once a member has registered.
    """

    together = (("profile", "replay"),)

    number: int
    lifetime_s: int
    profile: str | None = None
    replay: str | None = None
    replay_window: int | None = read(convert.number_or_none)
    remaining_s: int | None = None
    tagging: str | None = None
    acl: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiGroup(Row):
    """One group, on a key server (`role` is `key-server`) or on a group member (`group-member`).

    `transport` is the `(Unicast)` or `(Multicast)` behind the name. `servers` are in the order of
    registration, and empty on a key server. `direction` is that of the group, `member_direction`
    that of the member. `rekey_remaining_s` and `retransmit_remaining_s` stand under labels that IOS
    splits over two lines; they run once a member has registered.
    """

    together = (
        ("crypto_path", "key_management_path"),
        ("rekey_lifetime_s", "retransmit_period_s", "retransmit_attempts"),
        ("kgs_policies", "p2p_policies"),
    )

    group: str
    transport: str | None = None
    reauth_on_crl: bool | None = None
    identity: int | IPv4Address = required(identity)
    group_type: str | None = None
    ikev2_profile: str | None = None
    crypto_path: str | None = None
    key_management_path: str | None = None
    rekeys_received: int | None = None
    member_count: int | None = None
    rekey_acknowledgement: str | None = None
    direction: str
    d3p_window_ms: int | None = read(milliseconds_or_none)
    pfs: bool | None = None
    split_resiliency_factor: int | None = None
    ckm: bool | None = None
    active_server: Address | str | None = read(_server)
    redundancy: KsRedundancy | None = None
    rekey_lifetime_s: int | None = None
    rekey_remaining_s: int | None = None
    retransmit_period_s: int | None = None
    retransmit_attempts: int | None = None
    retransmit_remaining_s: int | None = None
    sas: tuple[KeyServerSa, ...] = ()
    role: str
    servers: tuple[Address | str, ...] = read(_server, default=())
    member_direction: str | None = None
    received_acl: str | None = read(convert.word_or_none)
    members: tuple[GmRegistrationInFull, ...] = ()
    downloaded_acls: tuple[DownloadedAcl, ...] = ()
    keks: tuple[MemberKek, ...] = ()
    tek_interfaces: tuple[TekInterface, ...] = ()
    kgs_policies: tuple[RegistrationPolicy, ...] = ()
    p2p_policies: tuple[RegistrationPolicy, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiGroups(Record):
    """All groups of the device, whatever its part in them."""

    groups: tuple[GdoiGroup, ...] = ()

    def gaps(self) -> Iterator[str]:
        """What the last group lacks, although other rows of it announce that."""
        if self.groups:
            yield from _gaps(self.groups[-1])
        else:
            yield "no group follows"


def _gaps(last: GdoiGroup) -> Iterator[str]:
    if last.role == "group-member" and not last.members:
        yield f"no member of group {last.group} follows: it is in no crypto map, or this is cut"
    if any(m.allowed_ciphers is not None and m.rekeys_total is None for m in last.members):
        yield f"the rekeys of a member of group {last.group} do not follow"
    if any(member.registration_status == "Registered" for member in last.members):
        sa = last.tek_interfaces[-1].sas[-1:] if last.tek_interfaces else ()
        # the releases that print the tracked object print the encapsulation of each key
        ends = any(member.sa_track_status is not None for member in last.members)
        if not sa or (ends and sa[0].encapsulation is None):
            yield f"the TEK policy of group {last.group} does not follow to its end"
    grouped = any(policy.members for policy in last.kgs_policies)
    if grouped and not all(policy.members for policy in last.p2p_policies):
        yield f"the P2P policy of group {last.group} does not follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberGroup(Row):
    """A group with its members in `show crypto gdoi gm`."""

    group: str
    direction: str
    received_acl: str | None = read(convert.word_or_none)
    members: tuple[GmRegistration, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiMembers(Record):
    """The registrations of the device, by group."""

    groups: tuple[MemberGroup, ...] = ()

    def gaps(self) -> Iterator[str]:
        """A last group without members."""
        for group in self.groups[-1:]:
            if not group.members:
                yield f"no group member follows for group {group.group}"
