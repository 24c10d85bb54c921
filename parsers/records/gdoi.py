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
    """A group member as it sees itself: one for each interface, local address or VRF."""

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
    """Its address; None before IOS 15.0, which has one member in a group and does not name it."""
    vrf: str | None = read(convert.word_or_none)
    """The VRF; None is the global table."""
    local_address: Address | None = None
    """The address that it registers from."""
    local_port: int | None = None
    """The UDP port at this end."""
    remote_address: Address | None = None
    """The address of the key server that it talks to."""
    remote_port: int | None = None
    """The UDP port at the other end."""
    fvrf: str | None = read(convert.word_or_none)
    """The front-door VRF, in which the tunnel's own packets go; None is the global table."""
    ivrf: str | None = read(convert.word_or_none)
    """The inside VRF, of the packets that are encrypted; None is the global table."""
    version: str | None = None
    """The version of its GETVPN software."""
    registration_status: str | None = None
    """`Registered`, `Registering`, …."""
    registered_with: Address | None = read(convert.address_or_none)
    """The key server that it registered with."""
    registering_to: Address | None = read(convert.address_or_none)
    """The key server that it is registering with."""
    reregisters_in_s: int | None = read(convert.number_or_none)
    """When it registers again, in seconds from now."""
    registrations_succeeded: int | None = None
    """Registrations that were complete."""
    registrations_attempted: int | None = None
    """Registrations that were begun."""
    last_rekey_from: Address | None = read(last_source)
    """Who sent the last rekey; None: none came since registration."""
    last_rekey_sequence: int | None = None
    """The sequence number of the last rekey."""
    unicast_rekeys: int | None = None
    """Unicast rekeys received."""
    multicast_rekeys: int | None = None
    """Multicast rekeys received."""
    rekey_acks_sent: int | None = None
    """Acknowledgements sent."""
    last_rekey_age_s: int | None = read(convert.clock_seconds)
    """How long ago the last rekey came, in seconds; None: none since registration."""
    pfs_rekeys: int | None = None
    """Rekeys received with PFS."""
    dp_error_monitoring: bool | None = None
    """Whether errors of the data plane are watched."""
    init_registrations_executed: int | None = None
    """Registrations that IPsec asked for and that were carried out."""
    init_registrations_postponed: int | None = None
    """Registrations that IPsec asked for and that were put off."""
    active_teks: int | None = None
    """How many traffic-encryption keys it holds."""
    sa_track_object: int | None = None
    """The number that `client status active-sa track` configures."""
    sa_track_status: str | None = None
    """The state of that object."""
    fail_close_revert: bool | None = None
    """Whether fail-close comes back (`client fail-close revert`)."""
    allowed_ciphers: str | None = None
    """Which ciphers of rekeys it takes from a key server: `any`, or a list."""
    allowed_hashes: str | None = None
    """Which hashes of rekeys it takes: `any`, or a list."""
    allowed_transforms: str | None = None
    """Which transforms it takes: `any`, or a list."""
    rekeys_total: int | None = None
    """Rekeys received in all."""
    rekeys_since_registration: int | None = None
    """Rekeys received since the last registration."""
    rekey_acks_total: int | None = None
    """Acknowledgements sent in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GmRegistrationInFull(GmRegistration):
    """A group member in `show crypto gdoi`, which always says what it takes from a server."""

    together = (*GmRegistration.together, ("registration_status", "allowed_ciphers"))


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberKek(Row):
    """The key-encryption key as a group member sees it."""

    transport: str
    """How rekeys are sent, as printed: `Unicast`, `Multicast`."""
    remaining_s: int
    """The lifetime that is left, in seconds; the device calls it `Lifetime`."""
    encryption: str
    """The cipher."""
    key_bits: int
    """The size of the key, in bits."""
    signature_hash: str
    """The hash that rekeys are signed over."""
    signature_key_bits: int
    """The RSA key, in bits of its DER form: 2352 is RSA 2048, 4400 RSA 4096; IOS 12.4T and 15.0
    print the modulus.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberTek(Row):
    """A traffic-encryption key in use on an interface."""

    together = (("tag_method", "key_bytes", "signature_key_bytes", "encapsulation"),)

    direction: str | None = None
    """`inbound`, `outbound` or both; printed before IOS 15.0 only."""
    spi: int = required(spi_pair)
    """The SPI, as a number."""
    kgs: bool | None = None
    """Whether it is of the group-key system (KGS)."""
    transform: str
    """The transforms, as printed."""
    remaining_s: int
    """The lifetime that is left, in seconds."""
    replay: str
    """`time`, `counter` or `none`."""
    replay_window: int | None = None
    """The window of `time` in seconds, of `counter` in packets."""
    tag_method: str | None = None
    """How security group tags are carried."""
    key_bytes: int | None = None
    """The size of its key, in bytes."""
    signature_key_bytes: int | None = None
    """The size of the key that authenticates, in bytes."""
    encapsulation: str | None = None
    """`ENCAPS_TUNNEL` or `ENCAPS_TRANSPORT`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TekInterface(Row):
    """The traffic-encryption keys on one interface."""

    interface: str
    """The interface."""
    sas: tuple[MemberTek, ...] = ()
    """The keys; two during a rollover."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredMember(Row):
    """A `REG_GM` row of the group-key system (KGS) or of pair-wise keys (P2P)."""

    local_address: Address = required(convert.address)
    """The address at this end."""
    client_registration: bool | None = None
    """Whether the client is registered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationPolicy(Row):
    """`KGS POLICY` or `P2P POLICY`."""

    members: tuple[RegisteredMember, ...] = ()
    """The rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServerSa(Row):
    """An `sa ipsec NUMBER` policy on a key server."""

    together = (("profile", "replay"),)

    number: int
    """Its number."""
    lifetime_s: int
    """The whole lifetime, in seconds."""
    profile: str | None = None
    """The IPsec profile."""
    replay: str | None = None
    """`time`, `counter` or `none`."""
    replay_window: int | None = read(convert.number_or_none)
    """The window of `time` in seconds, of `counter` in packets."""
    remaining_s: int | None = None
    """The lifetime that is left, in seconds; it runs once a member has registered."""
    tagging: str | None = None
    """How security group tags are carried."""
    acl: str | None = None
    """The access list of the policy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiGroup(Row):
    """One group, on a key server or on a group member."""

    together = (
        ("crypto_path", "key_management_path"),
        ("rekey_lifetime_s", "retransmit_period_s", "retransmit_attempts"),
        ("kgs_policies", "p2p_policies"),
    )

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    reauth_on_crl: bool | None = None
    """Whether members authenticate again when a revocation list changes."""
    identity: int | IPv4Address = required(identity)
    """The group's identity: a number, or an address."""
    group_type: str | None = None
    """The kind of group, such as `GDOI (ISAKMP)` or `G-IKEv2 (IKEv2)`."""
    ikev2_profile: str | None = None
    """The IKEv2 profile."""
    crypto_path: str | None = None
    """The address family of the traffic, such as `ipv4`."""
    key_management_path: str | None = None
    """The address family of registrations and rekeys."""
    rekeys_received: int | None = None
    """Rekeys that members on this device received."""
    member_count: int | None = None
    """Members that are registered, on a key server."""
    rekey_acknowledgement: str | None = None
    """How members acknowledge rekeys."""
    direction: str
    """`Both`, or that members of the group only receive."""
    d3p_window_ms: int | None = read(milliseconds_or_none)
    """The window of IP-D3P, in milliseconds; None where it is off."""
    pfs: bool | None = None
    """Whether each key comes from a Diffie-Hellman exchange of its own."""
    split_resiliency_factor: int | None = None
    """The resiliency factor for a split of key servers."""
    ckm: bool | None = None
    """Whether key material is derived by each key server (CKM)."""
    active_server: Address | str | None = read(_server)
    """The key server that the member is registered with."""
    redundancy: KsRedundancy | None = None
    """The part in the redundancy of key servers."""
    rekey_lifetime_s: int | None = None
    """The lifetime of the KEK, in seconds."""
    rekey_remaining_s: int | None = None
    """What is left of it, in seconds; it runs once a member has registered."""
    retransmit_period_s: int | None = None
    """Seconds between two sendings of one rekey."""
    retransmit_attempts: int | None = None
    """How often a rekey is sent again."""
    retransmit_remaining_s: int | None = None
    """Seconds until it is sent again."""
    sas: tuple[KeyServerSa, ...] = ()
    """The policies, on a key server."""
    role: str
    """`key-server` or `group-member`."""
    servers: tuple[Address | str, ...] = read(_server, default=())
    """The key servers in the order of registration; none on a key server."""
    member_direction: str | None = None
    """The direction that the member itself was given."""
    received_acl: str | None = read(convert.word_or_none)
    """The name that the device gives the access list that came from the key server."""
    members: tuple[GmRegistrationInFull, ...] = ()
    """The registrations of this device."""
    downloaded_acls: tuple[DownloadedAcl, ...] = ()
    """The access lists that came from key servers."""
    keks: tuple[MemberKek, ...] = ()
    """The key-encryption keys."""
    tek_interfaces: tuple[TekInterface, ...] = ()
    """The traffic-encryption keys, by interface."""
    kgs_policies: tuple[RegistrationPolicy, ...] = ()
    """`KGS POLICY`: the group-key system."""
    p2p_policies: tuple[RegistrationPolicy, ...] = ()
    """`P2P POLICY`: pair-wise keys."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiGroups(Record):
    """All groups of the device, whatever its part in them."""

    groups: tuple[GdoiGroup, ...] = ()
    """The groups, in the order in which they are printed."""

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
    """The name of the group."""
    direction: str
    """`Both`, or that members only receive."""
    received_acl: str | None = read(convert.word_or_none)
    """The name that the device gives the access list that came from the key server."""
    members: tuple[GmRegistration, ...] = ()
    """The registrations of this device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiMembers(Record):
    """The registrations of the device, by group."""

    groups: tuple[MemberGroup, ...] = ()
    """The groups, in the order in which they are printed."""

    def gaps(self) -> Iterator[str]:
        """A last group without members."""
        for group in self.groups[-1:]:
            if not group.members:
                yield f"no group member follows for group {group.group}"
