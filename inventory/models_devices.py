"""Devices of an intent: their algorithms of IKE, their interfaces, the groups they join."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from .base_model import Model, given
from .borders import (
    DenyLine,
    Host,
    Interface4,
    Interface6,
    InterfaceName,
    ListName,
    Name,
    Network4,
    Release,
    Whole,
)
from .models_groups import Clear

Cipher = Literal["des", "3des", "aes 128", "aes 192", "aes 256"]
Hash = Literal["md5", "sha", "sha256", "sha384", "sha512"]
DhGroup = Literal[1, 2, 5, 14, 15, 16, 19, 20, 21, 24]


class Ike(Model):
    """Algorithms of IKE, for both versions; `keepalive_s` is periodic DPD between key servers.

    `priority` is the number of the ISAKMP policy; further policies count on from it in tens.
    `proposal_name` is the name of the IKEv2 proposal, and of the policy that holds it if that has
    no `policy_name`.
    """

    priority: Whole = Field(default=10, ge=1, le=9000)
    encryption: Cipher = "aes 256"
    integrity: Hash = "sha256"
    group: DhGroup = 19
    lifetime_s: Whole = Field(default=86_400, ge=60, le=86_400)
    keepalive_s: Annotated[Whole, Field(ge=10, le=3600)] | None = 15
    proposal_name: Name = "GETVPN"
    policy_name: Name | None = None


class IkeOffer(Model):
    """A further ISAKMP policy, with a number of its own.

    `method` is how peers prove who they are with it; None for what the groups have.
    """

    priority: Whole = Field(ge=1, le=10_000)
    encryption: Cipher = "aes 256"
    integrity: Hash = "sha256"
    group: DhGroup = 19
    lifetime_s: Whole = Field(default=86_400, ge=60, le=86_400)
    method: Literal["psk", "pki"] | None = None


Segment = Annotated[Whole, Field(ge=500, le=9000)]
"""The largest TCP segment, in bytes."""


class Wan(Model):
    """The interface towards the network: where the crypto map stands, or a key server answers.

    `interface` is None only where it is not known, of devices that are somebody else's.
    """

    interface: InterfaceName | None = None
    address: Interface4 | None = None
    address6: Interface6 | None = None
    mtu: Whole = Field(default=1500, ge=576, le=9216)
    vrf: Name | None = None


class Lan(Model):
    """An interface towards the site.

    `mss` is None for what fits the transforms and the WAN, `none` where nothing is clamped; `mss6`
    is the same for IPv6, None for what follows from `mss`.
    """

    interface: InterfaceName
    address: Interface4 | None = None
    address6: Interface6 | None = None
    mss: Segment | Literal["none"] | None = None
    mss6: Segment | Literal["none"] | None = None


class Device(Model):
    """What key servers and members have in common; SSH reaches it at `host`, else its name.

    An `external` device is somebody else's: others are told of it, and it is told nothing.
    `further_ike` are ISAKMP policies beside those that the device needs. Peers in `key_networks`
    share one IKEv1 key, in one line. `keyring_name` is the name of the keyring of IKEv1 keys in a
    VRF. `isakmp_identity` None is `dn` with certificates, else `address`.
    """

    name: Name
    external: bool = False
    host: Name | None = None
    os: Literal["ios", "ios-xe"] = "ios-xe"
    release: Release = "17.9"
    domain: Name | None = None
    ike: Ike | None = None
    further_ike: tuple[IkeOffer, ...] = ()
    isakmp_identity: Literal["address", "dn", "hostname"] | None = None
    key_networks: tuple[Network4, ...] = ()
    keyring_name: Name | None = None

    @model_validator(mode="before")
    @classmethod
    def _usual_release(cls, data: Any) -> Any:
        """The last train of IOS, where nothing else is said of an older router."""
        return {"release": "15.7", **data} if given(data, "os") == "ios" else data


class KeyServer(Device):
    """A key server. `address` is where it serves and cooperates, on `interface`.

    `interface` is None where it is not known.
    """

    address: Host
    interface: InterfaceName | None = "Loopback0"
    wan: Wan | None = None


class FailClose(Model):
    """What passes before the first registration: `clear` by name, and further lines that deny."""

    acl_name: ListName | None = None
    clear: tuple[Clear, ...] = ("ssh", "ike", "gdoi")
    extra_clear: tuple[DenyLine, ...] = ()


class Membership(Model):
    """How a member takes part in a group; what is left out is as the group says.

    `group_name` is what the member itself calls the group, `sequence` the number of the entry in
    its crypto map.
    `servers` is another order of the key servers. `local_clear` are lines of a list of its own that
    deny. `source` is the interface from which it registers, if not the WAN interface, and
    `source_address` its address, `source_vrf` its VRF, if it is not one of the LAN.
    """

    group: Name
    group_name: Name | None = None
    sequence: Annotated[Whole, Field(ge=1, le=65_535)] | None = None
    version: Literal["ikev1", "ikev2"] | None = None
    servers: tuple[Name, ...] | None = None
    local_clear: tuple[DenyLine, ...] = ()
    local_acl_name: ListName | None = None
    source: InterfaceName | None = None
    source_address: Host | None = None
    source_vrf: Name | None = None
    recovery_check_s: Annotated[Whole, Field(ge=100, le=1000)] | None = None
    track: Annotated[Whole, Field(ge=1, le=1000)] | None = None
    passive: bool = False


def _kind_of_joined(value: Any) -> str:
    return "membership" if isinstance(value, Mapping | Membership) else "name"


Joined = Annotated[
    Annotated[Name, Tag("name")] | Annotated[Membership, Tag("membership")],
    Discriminator(_kind_of_joined),
]
"""A group that a member joins: its name alone, or with what differs from the group."""


class Member(Device):
    """A group member. `map_name` is the name of its crypto map; that of IPv6 has a 6 behind it.

    `uplinks` are further interfaces towards the network, with the same map. The map uses the
    address of `local_interface`, where there is one; `local_address` is that address, if it is not
    one of the LAN.
    """

    wan: Wan
    uplinks: tuple[Wan, ...] = ()
    lan: tuple[Lan, ...] = ()
    groups: tuple[Joined, ...] = Field(min_length=1)
    fail_close: FailClose | None = None
    map_name: Name = "GETVPN-MAP"
    local_interface: InterfaceName | None = None
    local_address: Host | None = None
