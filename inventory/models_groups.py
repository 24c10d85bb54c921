"""Groups of an intent: who proves what, what is encrypted and how, how keys are renewed."""

from typing import Annotated, Any, Literal

from pydantic import Field, model_validator

from .base_model import Model, given
from .borders import (
    Account,
    AclLine,
    Address,
    DenyLine,
    Identity,
    Label,
    ListName,
    Name,
    Network,
    Network4,
    Prose,
    SecretRef,
    Url,
    Whole,
)

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


class Psk(Model):
    """Pre-shared keys. `{name}` in `member` stands for the member: each has its own.

    `{NAME}` stands for its name as a variable has it (`GM_1` for `gm-1`). `coop` is the key between
    key servers, None where there is only one.
    """

    kind: Literal["psk"]
    member: SecretRef
    coop: SecretRef | None = None


RevocationCheck = Literal["crl", "none", "ocsp", "crl none", "crl ocsp", "ocsp none", "ocsp crl"]


class Pki(Model):
    """Certificates of a trustpoint.

    `{name}` and `{domain}` in `subject` and `key_name` stand for the device; `key_name` is the
    label of its key pair. What is None has no line: `enrollment_url` and `subject` where
    certificates come another way, `key_name` and `key_bits` where the key pair does. `server_check`
    and `member_check` say how revocation is checked. `authorize` is what the subject of a member
    must have (`ou=GETVPN`), None for every certificate of the authority. With
    `reauthenticate_on_crl` a new list of revoked certificates makes all members register again.
    """

    kind: Literal["pki"]
    trustpoint: Name
    enrollment_url: Url | None
    subject: Prose | None = "CN={name}.{domain}"
    key_name: Label | None = "PKI-{name}"
    key_bits: Literal[1024, 2048, 3072, 4096] | None = 2048
    server_check: RevocationCheck = "crl"
    member_check: RevocationCheck = "none"
    authorize: Prose | None = None
    reauthenticate_on_crl: bool = True


Authentication = Annotated[Psk | Pki, Field(discriminator="kind")]


# ---- what a group encrypts, and how ----


class Transform(Model):
    """How traffic is encrypted; a combined mode (`gcm`, `gmac`) has no `integrity`."""

    encryption: Literal[
        "des",
        "3des",
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
    integrity: Literal["md5", "sha", "sha256", "sha384", "sha512"] | None = "sha256"

    @model_validator(mode="before")
    @classmethod
    def _combined(cls, data: Any) -> Any:
        """A combined mode has no hash, unless one is wrongly asked for."""
        combined = str(given(data, "encryption")).startswith(("gcm", "gmac"))
        return {"integrity": None, **data} if combined else data

    @property
    def combined(self) -> bool:
        """Whether the mode protects integrity by itself, by counting what each sender sends."""
        return self.encryption.startswith(("gcm", "gmac"))


class Replay(Model):
    """How replays are recognized: `window` is seconds for `time`, packets for `counter`."""

    kind: Literal["time", "counter", "off"] = "time"
    window: Whole = Field(default=5, ge=0, le=1024)

    @model_validator(mode="before")
    @classmethod
    def _usual_window(cls, data: Any) -> Any:
        """A window of packets is 64 of them, where nothing else is said.

        YAML takes the word `off` for a truth value.
        """
        if given(data, "kind") is False:
            data = {**data, "kind": "off"}
        usual = {"counter": 64, "off": 0}.get(str(given(data, "kind")))
        return data if usual is None else {"window": usual, **data}


class Traffic(Model):
    """What is encrypted, the short way: everything between `between`, but for `clear`.

    `clear` are protocols by name, `extra_clear` further lines of an access list that deny.
    """

    between: tuple[Network, ...] = Field(min_length=1)
    clear: tuple[Clear, ...] = USUAL_CLEAR
    extra_clear: tuple[DenyLine, ...] = ()


class SaPolicy(Model):
    """One `sa ipsec`: `traffic`, or the lines of its access list in `acl`.

    Its list, profile and transform set have names of their own where these are given.
    `lifetime_s` None is what holds for the whole router.
    """

    number: Whole = Field(default=10, ge=1, le=65_535)
    acl_name: ListName | None = None
    profile_name: Name | None = None
    transform_name: Name | None = None
    traffic: Traffic | None = None
    acl: tuple[AclLine, ...] | None = None
    transform: Transform = Transform()
    lifetime_s: Annotated[Whole, Field(ge=120, le=2_592_000)] | None = 7200
    replay: Replay = Replay()
    tag_sgt: bool = False


class Retransmit(Model):
    """How often a unicast rekey is sent again; `number` None for periodically."""

    interval_s: Whole = Field(default=40, ge=10, le=60)
    number: Annotated[Whole, Field(ge=1, le=10)] | None = 3


class Rekey(Model):
    """How keys are renewed. `multicast` is the address of multicast rekeys, None for unicast.

    `key` names the RSA key that signs; it exists on every key server, made outside configuration.
    Without it (None) no rekey is ever sent.
    `acl_name` is the name of the list that describes multicast rekeys.
    """

    multicast: Address | None = None
    acl_name: ListName | None = None
    cipher: Literal["des", "3des", "aes 128", "aes 192", "aes 256"] = "aes 256"
    sig_hash: Literal["sha", "sha256", "sha384", "sha512"] = "sha256"
    lifetime_s: Whole = Field(default=86_400, ge=300, le=2_592_000)
    retransmit: Retransmit = Retransmit()
    key: Name | None = "GETVPN-REKEY"


class ServerRole(Model):
    """A key server of a group: its COOP priority, and its sender identifiers (counter modes).

    `group_name` is what it calls the group itself.
    """

    name: Name
    priority: Whole = Field(ge=1, le=255)
    group_name: Name | None = None
    kssids: tuple[Annotated[Whole, Field(ge=0, le=127)], ...] = ()


ProcedureName = Literal[
    "evict member",
    "failover test",
    "key-server add",
    "key-server remove",
    "migrate gikev2",
    "migrate psk-to-pki",
    "policy change",
    "recover split",
    "rollover rsa",
    "upgrade key-servers",
    "upgrade members",
]


class Approval(Model):
    """Whose approval procedures need: that of one of `by` who does not carry them out himself.

    `procedures` None for all of them.
    """

    by: tuple[Account, ...] = Field(min_length=1, max_length=100)
    procedures: Annotated[tuple[ProcedureName, ...], Field(min_length=1)] | None = None


class Group(Model):
    """A group.

    `servers` are its key servers in the order in which members try them. `versions` says which IKE
    members may use. `receive_only` is the state of a migration: members send in clear.
    `policies` may be empty only where all key servers are external. Who may register are the
    members, by address, or else all in `authorize_networks`. `authorization_name` is the name of
    that list, `ikev2_name` that of the IKEv2 profile, `keyring_name` that of its keyring.
    `member_domains` are those of members that are not in the intent. `approval` is what procedures
    need before they act, None for nobody's.
    """

    name: Name
    identity: Identity
    family: Literal["ipv4", "ipv6"] = "ipv4"
    servers: tuple[ServerRole, ...] = Field(min_length=1, max_length=8)
    versions: Literal["ikev1", "ikev2", "both"] = "ikev1"
    authentication: Authentication
    rekey: Rekey = Rekey()
    policies: tuple[SaPolicy, ...]
    authorize_addresses: bool = True
    authorize_networks: tuple[Network4, ...] = ()
    authorization_name: ListName | None = None
    ikev2_name: Name | None = None
    keyring_name: Name | None = None
    member_domains: tuple[Name, ...] = ()
    pfs: bool = False
    receive_only: bool = False
    d3p_window_ms: Annotated[Whole, Field(ge=1000, le=100_000)] | None = None
    approval: Approval | None = None
