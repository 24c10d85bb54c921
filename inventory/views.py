"""What templates see: one view a device, in which everything is decided.

A view holds no default that is left to a template and no reference that is left to follow: names,
lists with their lines, keys by peer, numbers. Secrets stay references; who renders resolves them.
Lifetimes and intervals are seconds, sizes bytes. What a field leaves out (None, empty) has no line.
"""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv6Interface
from typing import Literal

Family = Literal["classic", "xe"]
AddressFamily = Literal["ipv4", "ipv6"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """What a router runs, as far as its way of printing goes.

    `release` is (17, 9) for `17.9.4a`. `newer` says whether it prints as IOS-XE 17 does:
    `encryption` for `encr`, `no pfs`, numbers before the lines of access lists. `shows_hash` says
    whether a trustpoint prints its hash (17.12).
    """

    family: Family
    version: str
    release: tuple[int, int]
    newer: bool
    shows_hash: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class VrfView:
    """A `vrf definition` with its address families."""

    name: str
    families: tuple[AddressFamily, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustpointView:
    """A `crypto pki trustpoint`; `key` is the label of the key pair, `key_bits` its size."""

    name: str
    enrollment_url: str | None
    subject: str | None
    revocation_check: str
    key: str | None
    key_bits: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpPolicyView:
    """A `crypto isakmp policy`, with all that it says, defaults too.

    `authentication` is `pre-share` or `rsa-sig`; `encryption` as in `aes 256`.
    """

    priority: int
    encryption: str
    hash: str
    authentication: Literal["pre-share", "rsa-sig"]
    group: int
    lifetime_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PeerKeyView:
    """A pre-shared key: `secret` is its reference, `address` the peer's, `peer` the peer's name.

    With a `mask` it is the key of a whole network.
    """

    peer: str
    address: IPv4Address
    secret: str
    mask: IPv4Address | None = None

    @property
    def everybody(self) -> bool:
        """Whether it is the key of all peers: global keys are then printed without the mask."""
        return self.mask is not None and not int(self.mask)


@dataclass(frozen=True, slots=True, kw_only=True)
class IsakmpKeyringView:
    """A `crypto keyring`: IKEv1 keys of peers that are reached in a VRF."""

    name: str
    vrf: str
    keys: tuple[PeerKeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2ProposalView:
    """A `crypto ikev2 proposal`: `encryption` as in `aes-cbc-256`."""

    name: str
    encryption: str
    integrity: str
    group: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2PolicyView:
    """A `crypto ikev2 policy`: proposals in order of preference; `any_vrf` for `match fvrf any`."""

    name: str
    proposals: tuple[str, ...]
    any_vrf: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2KeyringView:
    """A `crypto ikev2 keyring`; each key stands in a `peer` block of the peer's name."""

    name: str
    peers: tuple[PeerKeyView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ikev2ProfileView:
    """A `crypto ikev2 profile`.

    With certificates peers are known by their domains (`match_domains`), and the device by `fqdn`;
    with pre-shared keys by addresses (`match_addresses`, `local_address`), and the keyring
    `keyring` holds the `keys`.
    """

    name: str
    any_vrf: bool
    authentication: Literal["pre-share", "rsa-sig"]
    match_addresses: tuple[IPv4Address, ...] = ()
    match_domains: tuple[str, ...] = ()
    local_address: IPv4Address | None = None
    fqdn: str | None = None
    keyring: str | None = None
    keys: tuple[PeerKeyView, ...] = ()
    trustpoint: str | None = None
    lifetime_s: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessListView:
    """An access list. `entries` are its lines without numbers, `lines` all of it as printed."""

    name: str
    kind: Literal["standard", "extended", "ipv6"]
    entries: tuple[str, ...]
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class InterfaceView:
    """What GETVPN needs of an interface; other lines that it has are none of our business.

    `mss` and `mss6` are the largest TCP segments let through, `mtu` what differs from the usual
    1500. `igmp_joins` are (group, source) of multicast rekeys, for which `pim` is on.
    """

    name: str
    description: str | None = None
    vrf: str | None = None
    address: IPv4Interface | None = None
    address6: IPv6Interface | None = None
    mtu: int | None = None
    mss: int | None = None
    mss6: int | None = None
    crypto_map: str | None = None
    crypto_map6: str | None = None
    pim: bool = False
    igmp_joins: tuple[tuple[IPv4Address, IPv4Address], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TransformSetView:
    """A `crypto ipsec transform-set`: `transforms` as in `esp-aes 256 esp-sha256-hmac`."""

    name: str
    transforms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IpsecProfileView:
    """A `crypto ipsec profile` with its one transform set.

    `lifetime_s` None is what holds for the whole router.
    """

    name: str
    transform_set: str
    lifetime_s: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityView:
    """A `crypto identity` list of distinguished names: `dns` as in `ou=GETVPN`."""

    name: str
    dns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SaView:
    """A `sa ipsec`. `replay_window` is seconds for `time`, packets for `counter`, 0 for `off`."""

    number: int
    profile: str
    acl: str
    family: AddressFamily
    replay: Literal["time", "counter", "off"]
    replay_window: int
    tag_sgt: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedGroupView:
    """A group on a key server: what stands in `server local`.

    `identity` is `number 1001` or `address ipv4 …`; `spelling` the word of `crypto … group`.
    `key` None sends no rekeys. `retransmit_number` None is for periodic. `rekey_acl` is set for
    multicast rekeys, `unicast` for unicast. `gdoi` false forbids IKEv1. `peers` are the other key
    servers; `redundancy` says whether there are any. `kssid_ranges` and `kssid_values` are the
    sender identifiers.
    """

    name: str
    spelling: Literal["gdoi", "gkm"]
    family: AddressFamily
    identity: str
    cipher: str
    sig_hash: str
    lifetime_s: int
    retransmit_interval_s: int
    retransmit_number: int | None
    key: str | None
    unicast: bool
    rekey_acl: str | None
    authorization_acl: str | None
    authorization_identity: str | None
    crl_trustpoint: str | None
    gdoi: bool
    ikev2_profile: str | None
    pfs: bool
    kssid_ranges: tuple[tuple[int, int], ...]
    kssid_values: tuple[int, ...]
    d3p_window_ms: int | None
    receive_only: bool
    sas: tuple[SaView, ...]
    address: IPv4Address
    redundancy: bool
    priority: int
    peers: tuple[IPv4Address, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinedGroupView:
    """A group on a member: `servers` in the order in which it tries them, then `client …` lines."""

    name: str
    spelling: Literal["gdoi", "gkm"]
    family: AddressFamily
    identity: str
    servers: tuple[IPv4Address, ...]
    passive: bool
    ikev2_profile: str | None
    registration_interface: str | None
    recovery_check_s: int | None
    track: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MapEntryView:
    """A numbered entry of a crypto map; `acl` is the local list."""

    sequence: int
    group: str
    acl: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CryptoMapView:
    """A crypto map; `fail_close` is the list of its fail-close block, which is activated.

    `local_interface` is the one whose address it uses, None for the one that it is applied to.
    """

    name: str
    family: AddressFamily
    fail_close: str | None
    local_interface: str | None
    entries: tuple[MapEntryView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceView:
    """What key servers and members have in common.

    `access_lists` stand in the order in which a router prints them: IPv4 lists by kind and name,
    then those of IPv6. `isakmp_keys` are those of peers in the global table. `isakmp_identity` is
    `address`, `dn` or `hostname`. `multicast_routing` holds the VRFs in which rekeys are multicast,
    None for the global table.
    """

    name: str
    host: str
    software: Software
    domain: str | None
    vrfs: tuple[VrfView, ...]
    trustpoints: tuple[TrustpointView, ...]
    ikev2_proposals: tuple[Ikev2ProposalView, ...]
    ikev2_policies: tuple[Ikev2PolicyView, ...]
    ikev2_keyrings: tuple[Ikev2KeyringView, ...]
    ikev2_profiles: tuple[Ikev2ProfileView, ...]
    isakmp_policies: tuple[IsakmpPolicyView, ...]
    isakmp_keyrings: tuple[IsakmpKeyringView, ...]
    isakmp_keys: tuple[PeerKeyView, ...]
    isakmp_identity: Literal["address", "dn", "hostname"]
    interfaces: tuple[InterfaceView, ...]
    access_lists: tuple[AccessListView, ...]
    multicast_routing: tuple[str | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerView(DeviceView):
    """A key server. `isakmp_keepalive_s` is periodic DPD, None where there is no partner."""

    isakmp_keepalive_s: int | None
    transform_sets: tuple[TransformSetView, ...]
    ipsec_profiles: tuple[IpsecProfileView, ...]
    identities: tuple[IdentityView, ...]
    groups: tuple[ServedGroupView, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberView(DeviceView):
    """A group member."""

    groups: tuple[JoinedGroupView, ...]
    crypto_maps: tuple[CryptoMapView, ...]
