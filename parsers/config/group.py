"""Views of `crypto gdoi group` and `crypto gkm group` blocks: key servers and group members."""

from dataclasses import field
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from . import defaults
from .line import ConfigLine
from .view import View, value

Address = IPv4Address | IPv6Address
Family = Literal["ipv4", "ipv6"]
Spelling = Literal["gdoi", "gkm"]


@value
class SaPolicy(View):
    """A `sa ipsec` block: what the group encrypts, and how.

    `replay_window` counts packets with `counter`, seconds with `time`, and is 0 with `none`.
    """

    sequence: int | None = None
    profile: str | None = None
    acl: str | None = None
    acl_family: Family = "ipv4"
    replay: Literal["counter", "time", "none"] = "counter"
    replay_window: int = defaults.REPLAY_WINDOW
    tag_cts_sgt: bool = False


@value
class Redundancy(View):
    """The `redundancy` block: cooperative key servers (COOP).

    `peers` are the other key servers, `peer_lines` the lines that name them, in step.
    `pdu_size` is the largest COOP message in bytes.
    """

    priority: int = defaults.REDUNDANCY_PRIORITY
    peers: tuple[Address, ...] = ()
    peer_lines: tuple[ConfigLine, ...] = field(default=(), compare=False)
    protocol_version: str | None = None
    pdu_size: int | None = None


@value
class KeyServerConfig(View):
    """A group with `server local`: this device is its key server.

    Lifetimes and intervals are seconds, `d3p_window_ms` milliseconds. `rekey_retransmit_count`
    has no meaning where `rekey_periodic` is set: reminders then go on until acknowledged.
    `rekey_unicast` false means multicast rekeys. `gdoi` tells whether IKEv1 members may
    register, `gikev2` names the profile by which IKEv2 members do. `kssids` are the ranges of
    key server sender identifiers, as (first, last).
    """

    group: str
    family: Family = "ipv4"
    spelling: Spelling = "gdoi"
    identity: int | IPv4Address | None = None
    address: Address | None = None
    gdoi: bool = True
    gikev2: str | None = None
    pfs: bool = False
    rekey_algorithm: str = defaults.REKEY_ALGORITHM
    rekey_sig_hash: str = defaults.REKEY_SIG_HASH
    rekey_lifetime_s: int = defaults.REKEY_LIFETIME_S
    rekey_retransmit_s: int = defaults.REKEY_RETRANSMIT_S
    rekey_retransmit_count: int = defaults.REKEY_RETRANSMIT_COUNT
    rekey_periodic: bool = False
    rekey_authentication: str | None = None
    rekey_unicast: bool = False
    rekey_address_acl: str | None = None
    rekey_acknowledgement: str = defaults.REKEY_ACKNOWLEDGEMENT
    authorization_acl: str | None = None
    authorization_identity: str | None = None
    registration_interface: str | None = None
    crl_trustpoint: str | None = None
    group_size: str = defaults.GROUP_SIZE
    receive_only: bool = False
    d3p_window_ms: int | None = None
    pairwise_keying: bool = False
    sas: tuple[SaPolicy, ...] = ()
    redundancy: Redundancy | None = None
    kssids: tuple[tuple[int, int], ...] = ()


@value
class GroupMemberConfig(View):
    """A group without `server local`: this device is a member of it.

    `servers` stand in the order of preference: addresses, or host names; `server_lines` are
    the lines that name them, in step. Empty `rekey_ciphers`, `rekey_hashes` and
    `transform_sets` mean that anything is accepted. `bypass_policy` and `pfs` are on by
    default; `recovery_check_s` is seconds, `active_sa_track` a track object.
    """

    group: str
    family: Family = "ipv4"
    spelling: Spelling = "gdoi"
    identity: int | IPv4Address | None = None
    servers: tuple[Address | str, ...] = ()
    server_lines: tuple[ConfigLine, ...] = field(default=(), compare=False)
    protocol: Literal["gdoi", "gikev2"] = "gdoi"
    ikev2_profile: str | None = None
    registration_interface: str | None = None
    bypass_policy: bool = True
    rekey_ciphers: tuple[str, ...] = ()
    rekey_hashes: tuple[str, ...] = ()
    transform_sets: tuple[str, ...] = ()
    recovery_check_s: int | None = None
    active_sa_track: int | None = None
    pfs: bool = True
    fail_close_revert: bool = False
    passive: bool = False
    pairwise_keying: bool = False
