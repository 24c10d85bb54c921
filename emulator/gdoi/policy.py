"""What configurations say of a group: the policy of a key server, and what a member wants.

All of it is frozen: a changed configuration is another policy.
"""

from dataclasses import dataclass
from enum import StrEnum

from ..services.access_entries import AccessEntry

DAY_S = 86_400
USUAL_TEK_S = 3_600
SID_BITS = 24
"""The usual length of sender identifiers (Suite B guide)."""


class Transport(StrEnum):
    """How rekeys travel."""

    UNICAST = "Unicast"
    MULTICAST = "Multicast"


class Protocol(StrEnum):
    """How a member registers."""

    GDOI = "gdoi"
    GIKEV2 = "gikev2"


class ReplayKind(StrEnum):
    """How replays are recognized."""

    COUNTER = "counter"
    TIME = "time"
    OFF = "off"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cipher:
    """A cipher of a KEK: `name` is `des`, `3des` or `aes`; `bits` of its key (192 for 3DES)."""

    name: str = "3des"
    bits: int = 192

    @property
    def key_bytes(self) -> int:
        """Bytes of the key."""
        return self.bits // 8

    @property
    def iv_bytes(self) -> int:
        """Bytes of the initialization vector."""
        return 16 if self.name == "aes" else 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Transform:
    """A transform set of a TEK.

    `cipher` is the word of the configuration without its size (`esp-aes`, `esp-3des`, `esp-gcm`,
    `esp-gmac`, `esp-null`, …), `bits` the size of its key, `integrity` the second word
    (`esp-sha256-hmac`), empty for a combined mode. `name` is that of the set, `mode` `tunnel` or
    `transport`.
    """

    name: str
    cipher: str
    bits: int = 0
    integrity: str = ""
    mode: str = "tunnel"

    @property
    def counter_mode(self) -> bool:
        """Whether senders need identifiers of their own (GCM and GMAC)."""
        return self.cipher in ("esp-gcm", "esp-gmac")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """The check for replays: `window` counts packets for a counter, seconds for time."""

    kind: ReplayKind = ReplayKind.COUNTER
    window: int = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class SaPolicy:
    """One `sa ipsec`: what it encrypts (`entries`, all lines of its list) and how.

    `lifetime_s` is that of its TEKs. `tag` is whether CTS tags are carried.
    """

    number: int
    profile: str
    acl: str
    entries: tuple[AccessEntry, ...]
    transform: Transform
    lifetime_s: int = USUAL_TEK_S
    replay: Replay = Replay()
    tag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RekeyPolicy:
    """How keys are renewed.

    `label` names the RSA key that signs. `count` is how many times a unicast rekey is sent again,
    None for periodically until it is acknowledged. `acl` and `multicast` are the list and the
    address of a multicast rekey.
    """

    transport: Transport = Transport.MULTICAST
    cipher: Cipher = Cipher()
    sig_hash: str = "sha"
    lifetime_s: int = DAY_S
    interval_s: int = 10
    count: int | None = 2
    label: str = ""
    acknowledgement: str = "cisco"
    acl: str = ""
    multicast: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CoopPolicy:
    """Cooperation with other key servers: `protocol` is `base` or `optimize`."""

    priority: int = 1
    peers: tuple[str, ...] = ()
    protocol: str = "base"
    pdu: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Authorization:
    """Who may register; None and empty for everybody who authenticates.

    `acl` names a list of addresses and `entries` are its lines (empty also where the list is not
    there); `identity` names a list of certificate names with `names` in it.
    """

    acl: str = ""
    entries: tuple[AccessEntry, ...] = ()
    identity: str = ""
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerPolicy:
    """A group as a key server serves it.

    `identity` is its number or address as text. `registration_addresses` are where members may
    register: those of `registration_interface`; None for `address`. `sid_bits` is the length of
    sender identifiers, `kssids` are this key server's. `crl_trustpoint` is the trustpoint whose new
    list makes all members authenticate again, empty for none. `d3p_ms` is the window of IP-D3P, 0
    for off.
    """

    group: str
    identity: str
    ipv6: bool = False
    address: str = ""
    rekey: RekeyPolicy = RekeyPolicy()
    sas: tuple[SaPolicy, ...] = ()
    coop: CoopPolicy | None = None
    authorization: Authorization = Authorization()
    registration_interface: str = ""
    registration_addresses: tuple[str, ...] | None = None
    crl_trustpoint: str = ""
    gdoi: bool = True
    ikev2_profile: str = ""
    pfs: bool = False
    receive_only: bool = False
    d3p_ms: int = 0
    pair_wise: bool = False
    sid_size: str = "medium"
    sid_bits: int = SID_BITS
    kssids: tuple[int, ...] = ()

    @property
    def desks(self) -> tuple[str, ...]:
        """The addresses at which members may register."""
        found = self.registration_addresses
        return (self.address,) if found is None else found

    def shared(self) -> tuple[object, ...]:
        """What must be the same on all key servers of a group (deployment guide)."""
        sas = tuple(
            (sa.number, sa.entries, sa.transform, sa.lifetime_s, sa.replay, sa.tag)
            for sa in self.sas
        )
        rekey = self.rekey
        return (
            (self.identity, self.ipv6, self.receive_only, self.d3p_ms, self.pfs, sas),
            (rekey.transport, rekey.cipher, rekey.sig_hash, rekey.lifetime_s, rekey.multicast),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FailClose:
    """What passes before the first registration: what `entries` deny; the rest is dropped."""

    acl: str
    entries: tuple[AccessEntry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberPolicy:
    """A group as a member takes part in it: one entry of a crypto map on one interface.

    `address` is its identity, from which it registers; empty while no interface has one.
    `servers` are addresses in the order of preference. `ciphers`, `hashes` and `transforms` are
    what it accepts, empty for all. `local_entries` are those of its own list. `recovery_s` is the
    interval of the recovery check, `track` the tracked object that tells whether it has keys; 0 for
    none. `fail_close` is None where the map is open before the first registration. `front_vrf` is
    the VRF in which it reaches the key servers, `vrf` that of the traffic. `also` are further
    interfaces with the map that register from the same address: they share what it holds.
    """

    group: str
    identity: str
    map_name: str = ""
    sequence: int = 10
    interface: str = ""
    also: tuple[str, ...] = ()
    address: str = ""
    ipv6: bool = False
    servers: tuple[str, ...] = ()
    protocol: Protocol = Protocol.GDOI
    ikev2_profile: str = ""
    registration_interface: str = ""
    vrf: str = ""
    front_vrf: str = ""
    local_acl: str = ""
    local_entries: tuple[AccessEntry, ...] = ()
    ciphers: tuple[str, ...] = ()
    hashes: tuple[str, ...] = ()
    transforms: tuple[Transform, ...] = ()
    recovery_s: int = 0
    track: int = 0
    pfs: bool = True
    bypass_policy: bool = True
    passive: bool = False
    fail_close: FailClose | None = None
    fail_close_revert: bool = False
