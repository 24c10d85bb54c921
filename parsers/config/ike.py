"""Views of the IKE lines: ISAKMP (version 1) and IKEv2."""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Literal

from . import defaults
from .view import View, value

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network


@value
class IsakmpPolicy(View):
    """A `crypto isakmp policy`. `key_bits` is the size of an AES key, None for DES and 3DES.

    `encryption` is `des`, `3des` or `aes`; `lifetime_s` is seconds.
    """

    priority: int | None
    encryption: str = defaults.ISAKMP_ENCRYPTION
    key_bits: int | None = None
    hash: str = defaults.ISAKMP_HASH
    authentication: str = defaults.ISAKMP_AUTHENTICATION
    dh_group: int = defaults.ISAKMP_GROUP
    lifetime_s: int = defaults.ISAKMP_LIFETIME_S


@value
class IsakmpKey(View):
    """A pre-shared key: for whom it is, never the key itself.

    `address` is the peer or range of peers, None with `hostname` or where the line is not
    understood. `secret_type` is 0 (clear) or 6 (encrypted). `keyring` and `vrf` are set for
    keys inside a `crypto keyring`.
    """

    address: Network | None = None
    hostname: str | None = None
    secret_type: int = 0
    no_xauth: bool = False
    keyring: str | None = None
    vrf: str | None = None

    @property
    def wildcard(self) -> bool:
        """Whether the key fits every peer (`address 0.0.0.0`)."""
        return self.address is not None and self.address.prefixlen == 0


@value
class IsakmpKeepalive(View):
    """`crypto isakmp keepalive`: dead peer detection, seconds; on demand unless `periodic`."""

    interval_s: int | None = None
    retry_s: int = defaults.ISAKMP_KEEPALIVE_RETRY_S
    periodic: bool = False


@value
class Keyring(View):
    """A `crypto keyring` and the keys in it."""

    name: str
    vrf: str | None = None
    local_address: str | None = None
    keys: tuple[IsakmpKey, ...] = ()


@value
class IsakmpProfile(View):
    """A `crypto isakmp profile`. `match_identity` holds the text after those words."""

    name: str
    vrf: str | None = None
    keyrings: tuple[str, ...] = ()
    trustpoints: tuple[str, ...] = ()
    match_identity: tuple[str, ...] = ()
    self_identity: str | None = None
    keepalive_s: int | None = None
    keepalive_retry_s: int | None = None
    local_address: str | None = None


@value
class Ikev2Proposal(View):
    """A `crypto ikev2 proposal`: what is offered, in order of preference."""

    name: str
    encryption: tuple[str, ...] = ()
    integrity: tuple[str, ...] = ()
    prf: tuple[str, ...] = ()
    dh_groups: tuple[int, ...] = ()


@value
class Ikev2Policy(View):
    """A `crypto ikev2 policy`: which proposals hold for which VRF and local address."""

    name: str
    proposals: tuple[str, ...] = ()
    match_fvrf: str | None = None
    match_address: tuple[str, ...] = ()


@value
class Ikev2Peer(View):
    """A `peer` in an IKEv2 keyring: for whom a key is, never the key itself.

    `secret_types` are the types (0 clear, 6 encrypted) of the keys that stand there.
    """

    name: str
    address: Network | None = None
    hostname: str | None = None
    identity: str | None = None
    local_key: bool = False
    remote_key: bool = False
    secret_types: tuple[int, ...] = ()

    @property
    def wildcard(self) -> bool:
        """Whether the keys fit every peer (`address 0.0.0.0 0.0.0.0`)."""
        return self.address is not None and self.address.prefixlen == 0


@value
class Ikev2Keyring(View):
    """A `crypto ikev2 keyring`."""

    name: str
    peers: tuple[Ikev2Peer, ...] = ()


@value
class Ikev2Profile(View):
    """A `crypto ikev2 profile`.

    `authentication_local` and `authentication_remote` are methods (`pre-share`, `rsa-sig`,
    `ecdsa-sig`, `eap`). `dpd` is (interval s, retry s, mode).
    """

    name: str
    match_identity: tuple[str, ...] = ()
    match_fvrf: str | None = None
    match_certificate: tuple[str, ...] = ()
    identity_local: str | None = None
    authentication_local: str | None = None
    authentication_remote: tuple[str, ...] = ()
    inline_secret_types: tuple[int, ...] = ()
    keyring: str | None = None
    trustpoints: tuple[str, ...] = ()
    lifetime_s: int = defaults.IKEV2_LIFETIME_S
    dpd: tuple[int, int, Literal["periodic", "on-demand"]] | None = None
    ivrf: str | None = None
