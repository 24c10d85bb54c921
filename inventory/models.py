"""What should be: the network as `network.yml` says it.

Every model is frozen and knows no keys but its own. Lifetimes and intervals are seconds, sizes
bytes. Secrets are references (`env:NAME`, `file:PATH`, …), never values. Names are unique within
their list, and what refers to them must exist (`Intent` checks it).
"""

from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from .borders import AclLine, InterfaceName, ListName, Name, Prose, SecretRef, Url

Network = IPv4Network | IPv6Network
Clear = Literal[
    "esp",
    "ike",
    "gdoi",
    "ssh",
    "tacacs",
    "radius",
    "bgp",
    "ospf",
    "eigrp",
    "pim",
    "igmp",
    "ntp",
    "dns",
    "snmp",
    "syslog",
    "bfd",
    "icmp",
    "ldp",
    "hsrp",
]
"""Protocols that can be left in clear by name, in both directions where they have ports."""
USUAL_CLEAR: tuple[Clear, ...] = ("esp", "tacacs", "ssh", "pim", "ntp", "ike", "gdoi")
"""What the deployment guide excludes from every group."""


class Model(BaseModel):
    """What all parts of an intent have in common."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=True)


# ---- how IKE protects registrations and cooperation ----


class Ike(Model):
    """Algorithms of IKE, for both versions; `keepalive_s` is periodic DPD between key servers.

    `priority` is the number of the ISAKMP policy; further policies count on from it in tens.
    """

    priority: int = Field(default=10, ge=1, le=9000)
    encryption: Literal["aes 128", "aes 192", "aes 256"] = "aes 256"
    integrity: Literal["sha256", "sha384", "sha512"] = "sha256"
    group: Literal[14, 15, 16, 19, 20, 21, 24] = 19
    lifetime_s: int = Field(default=86_400, ge=60, le=86_400)
    keepalive_s: int = Field(default=15, ge=10, le=3600)


class Psk(Model):
    """Pre-shared keys. `{name}` in `member` stands for the member: each has its own."""

    kind: Literal["psk"]
    member: SecretRef
    coop: SecretRef


class Pki(Model):
    """Certificates of a trustpoint.

    `{name}` and `{domain}` in `subject` stand for the device. `authorize` is what the subject of a
    member must have (`ou=GETVPN`), None for every certificate of the authority. With
    `reauthenticate_on_crl` a new list of revoked certificates makes all members register again.
    """

    kind: Literal["pki"]
    trustpoint: Name
    enrollment_url: Url
    subject: Prose = "CN={name}.{domain}"
    key_bits: Literal[2048, 3072, 4096] = 2048
    authorize: Prose | None = None
    reauthenticate_on_crl: bool = True


Authentication = Annotated[Psk | Pki, Field(discriminator="kind")]


# ---- what a group encrypts, and how ----


class Transform(Model):
    """How traffic is encrypted; a combined mode (`gcm`, `gmac`) has no `integrity`."""

    encryption: Literal[
        "aes 128",
        "aes 192",
        "aes 256",
        "gcm 128",
        "gcm 192",
        "gcm 256",
        "gmac 128",
        "gmac 192",
        "gmac 256",
    ] = "aes 256"
    integrity: Literal["sha", "sha256", "sha384", "sha512"] | None = "sha256"


class Replay(Model):
    """How replays are recognized: `window` is seconds for `time`, packets for `counter`."""

    kind: Literal["time", "counter", "off"] = "time"
    window: int = 5


class Traffic(Model):
    """What is encrypted, the short way: everything between `between`, but for `clear`.

    `clear` are protocols by name, `extra_clear` further lines of an access list that deny.
    """

    between: tuple[Network, ...] = Field(min_length=1)
    clear: tuple[Clear, ...] = USUAL_CLEAR
    extra_clear: tuple[AclLine, ...] = ()


class SaPolicy(Model):
    """One `sa ipsec`: `traffic`, or the lines of its access list in `acl`.

    Its list, profile and transform set have names of their own where these are given.
    """

    number: int = Field(default=10, ge=1, le=65_535)
    acl_name: ListName | None = None
    profile_name: Name | None = None
    transform_name: Name | None = None
    traffic: Traffic | None = None
    acl: tuple[AclLine, ...] | None = None
    transform: Transform = Transform()
    lifetime_s: int = Field(default=7200, ge=120, le=2_592_000)
    replay: Replay = Replay()
    tag_sgt: bool = False


class Retransmit(Model):
    """How often a unicast rekey is sent again; `number` None for periodically."""

    interval_s: int = Field(default=40, ge=10, le=60)
    number: int | None = Field(default=3, ge=1, le=10)


class Rekey(Model):
    """How keys are renewed. `multicast` is the address of multicast rekeys, None for unicast.

    `key` names the RSA key that signs; it exists on every key server, made outside configuration.
    `acl_name` is the name of the list that describes multicast rekeys.
    """

    multicast: IPv4Address | None = None
    acl_name: ListName | None = None
    cipher: Literal["aes 128", "aes 192", "aes 256"] = "aes 256"
    sig_hash: Literal["sha", "sha256", "sha384", "sha512"] = "sha256"
    lifetime_s: int = Field(default=86_400, ge=300, le=2_592_000)
    retransmit: Retransmit = Retransmit()
    key: Name = "GETVPN-REKEY"


class ServerRole(Model):
    """A key server of a group: its COOP priority, and its sender identifiers (counter modes)."""

    name: Name
    priority: int = Field(ge=1, le=255)
    kssids: tuple[Annotated[int, Field(ge=0, le=127)], ...] = ()


class Group(Model):
    """A group.

    `servers` are its key servers in the order in which members try them. `versions` says which IKE
    members may use. `receive_only` is the state of a migration: members send in clear.
    `authorization_name` is the name of the list of those who may register, `ikev2_name` that of the
    IKEv2 profile.
    """

    name: Name
    identity: int | IPv4Address
    family: Literal["ipv4", "ipv6"] = "ipv4"
    servers: tuple[ServerRole, ...] = Field(min_length=1, max_length=8)
    versions: Literal["ikev1", "ikev2", "both"] = "ikev1"
    authentication: Authentication
    rekey: Rekey = Rekey()
    policies: tuple[SaPolicy, ...] = Field(min_length=1)
    authorize_addresses: bool = True
    authorization_name: ListName | None = None
    ikev2_name: Name | None = None
    pfs: bool = False
    receive_only: bool = False
    d3p_window_ms: int | None = Field(default=None, ge=1000, le=100_000)


# ---- devices ----


class Wan(Model):
    """The interface towards the network: where the crypto map stands, or a key server answers."""

    interface: InterfaceName
    address: IPv4Interface | None = None
    address6: IPv6Interface | None = None
    mtu: int = Field(default=1500, ge=576, le=9216)
    vrf: Name | None = None


class Lan(Model):
    """An interface towards the site; `mss` None for what fits the transforms and the WAN."""

    interface: InterfaceName
    address: IPv4Interface | None = None
    address6: IPv6Interface | None = None
    mss: int | None = Field(default=None, ge=500, le=9000)


class Device(Model):
    """What key servers and members have in common; SSH reaches it at `host`, else its name."""

    name: Name
    host: Name | None = None
    os: Literal["ios", "ios-xe"] = "ios-xe"
    release: str = Field(default="17.9", pattern=r"^\d{2}\.\d{1,2}(\(\d+\)\w+|\.\w+)?$")
    domain: Name | None = None
    ike: Ike | None = None


class KeyServer(Device):
    """A key server. `address` is where it serves and cooperates, on `interface`."""

    address: IPv4Address
    interface: InterfaceName = "Loopback0"
    wan: Wan | None = None


class FailClose(Model):
    """What passes before the first registration: `clear` by name, and further lines that deny."""

    acl_name: ListName | None = None
    clear: tuple[Clear, ...] = ("ssh", "ike", "gdoi")
    extra_clear: tuple[AclLine, ...] = ()


class Membership(Model):
    """How a member takes part in a group; what is left out is as the group says.

    `servers` is another order of the key servers. `local_clear` are lines of a list of its own that
    deny. `source` is the interface from which it registers, if not the WAN interface, and
    `source_address` its address, if it is not one of the LAN.
    """

    group: Name
    version: Literal["ikev1", "ikev2"] | None = None
    servers: tuple[Name, ...] | None = None
    local_clear: tuple[AclLine, ...] = ()
    local_acl_name: ListName | None = None
    source: InterfaceName | None = None
    source_address: IPv4Address | None = None
    recovery_check_s: int | None = Field(default=None, ge=100, le=1000)
    track: int | None = Field(default=None, ge=1, le=1000)
    passive: bool = False


class Member(Device):
    """A group member. `map_name` is the name of its crypto map; that of IPv6 has a 6 behind it."""

    wan: Wan
    lan: tuple[Lan, ...] = ()
    groups: tuple[Name | Membership, ...] = Field(min_length=1)
    fail_close: FailClose | None = None
    map_name: Name = "GETVPN-MAP"


class Intent(Model):
    """The whole network."""

    schema_version: Literal[1] = Field(default=1, alias="version")
    domain: Name = "example.net"
    ike: Ike = Ike()
    key_servers: tuple[KeyServer, ...] = Field(min_length=1)
    members: tuple[Member, ...] = ()
    groups: tuple[Group, ...] = Field(min_length=1)
