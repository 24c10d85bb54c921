"""IKE version 1, named: keyrings, profiles and groups of remote clients.

Settings: `crypto keyring` (name, vrf) with the block `pre-shared-key address` (address, mask),
`pre-shared-key address ipv6` (prefix), `pre-shared-key hostname` (host), each with `type` and
`key` (see `preshared`); `crypto isakmp profile` (name); `crypto isakmp client configuration group`
(name).

IOS prints the lines of keyrings two blanks deep and those of profiles three (public
configurations of 12.4 to 17).
"""

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, RefusedError
from .crypto_checks import indented, says
from .isakmp import ANY_ADDRESS, HOST_MASK
from .preshared import CLEAR, clear_key, keep_key

INCOMPLETE = "% A profile is deemed incomplete until it has match identity statements\n"

declared = CommandSet()
declared.mode("keyring", "conf-keyring")
declared.mode("isakmp-profile", "conf-isa-prof")
declared.mode("isakmp-group", "config-isakmp-group")

_KEYRING = indented(2)
_PROFILE = indented(3)


def _keyring_shown(entry: Entry, _family: str) -> str:
    return entry.text + (" " if entry.get("vrf") else "  ")


def _keyring(edit: Edit) -> None:
    """A keyring stays in the VRF in which it was made."""
    before = edit.before
    if not edit.removing and before is not None and edit.values.get("vrf") is None:
        edit.text, edit.values = before.text, before.values


def _key_of_address(edit: Edit) -> None:
    values = edit.values
    usual = ANY_ADDRESS if values["address"] == ANY_ADDRESS else HOST_MASK
    values["mask"] = str(values.get("mask") or usual)
    if edit.removing:
        return
    whose = f"address mask {values['address']} {values['mask']}"
    _refuse_other_key(edit, whose)
    mask = "" if values["mask"] == HOST_MASK else f" {values['mask']}"
    keep_key(edit, f"pre-shared-key address {values['address']}{mask} key")


class _KeyCheck:
    """The check of a key for one peer; `argument` names who that is."""

    __slots__ = ("_argument", "_before")

    def __init__(self, before: str, argument: str) -> None:
        self._before = before
        self._argument = argument

    def __call__(self, edit: Edit) -> None:
        """Keep the key, unless the peer has another one."""
        if edit.removing:
            return
        peer = edit.values[self._argument]
        _refuse_other_key(edit, f"{self._before.split()[1]} {peer}")
        keep_key(edit, f"{self._before} {peer} key")


def _refuse_other_key(edit: Edit, whose: str) -> None:
    before = edit.before
    if before is None:
        return
    kind, key = edit.values.get("type") or CLEAR, edit.values["key"]
    if key != (clear_key(edit.router, before) if kind == CLEAR else before["key"]):
        raise RefusedError(f"A pre-shared key for {whose} already exists!")


def _identity_mask(edit: Edit) -> None:
    """An address without a mask is a host, as IOS prints it."""
    values = edit.values
    if values.get("mask") is None:
        values["mask"] = HOST_MASK
    if not edit.removing:
        vrf = values.get("vrf")
        edit.text = f"match identity address {values['address']} {values['mask']}"
        edit.text += f" {vrf}" if vrf else ""


declared.setting(
    "config",
    "crypto keyring <name!> [vrf <vrf>]",
    section="crypto-keyring",
    enters="keyring",
    check=_keyring,
    shown=_keyring_shown,
    overwrites=False,
)
declared.setting("keyring", "description <text:line>", shown=_KEYRING)
declared.setting(
    "keyring", "local-address {<address:ipv4> | <interface:interface>} [<vrf>]", shown=_KEYRING
)
declared.setting(
    "keyring",
    "pre-shared-key address <address!:ipv4> [<mask!:mask>] key [<type:0|6>] <key:secret_line>",
    check=_key_of_address,
    overwrites=False,
    shown=_KEYRING,
)
declared.setting(
    "keyring",
    "pre-shared-key address ipv6 <prefix!:ipv6_prefix> key [<type:0|6>] <key:secret_line>",
    check=_KeyCheck("pre-shared-key address ipv6", "prefix"),
    overwrites=False,
    shown=_KEYRING,
)
declared.setting(
    "keyring",
    "pre-shared-key hostname <host!> key [<type:0|6>] <key:secret_line>",
    check=_KeyCheck("pre-shared-key hostname", "host"),
    overwrites=False,
    shown=_KEYRING,
)

declared.setting(
    "config",
    "crypto isakmp profile <name!>",
    section="isakmp-profile",
    enters="isakmp-profile",
    check=says(INCOMPLETE),
)
declared.setting("isakmp-profile", "description <text:line>", shown=_PROFILE)
declared.setting("isakmp-profile", "vrf <vrf>", shown=_PROFILE)
declared.setting("isakmp-profile", "accounting <list>", shown=_PROFILE)
declared.setting("isakmp-profile", "keyring <keyring!>", shown=_PROFILE)
declared.setting("isakmp-profile", "ca trust-point <trustpoint!>", shown=_PROFILE)
declared.setting(
    "isakmp-profile",
    "self-identity {address [ipv6] | fqdn | user-fqdn <name> | <address:ipv4>}",
    shown=_PROFILE,
)
declared.setting(
    "isakmp-profile",
    "match identity address <address!:ipv4> [<mask!:mask>] [<vrf!>]",
    name="match identity address",
    check=_identity_mask,
    shown=indented(3, behind=" "),
)
declared.setting(
    "isakmp-profile", "match identity address ipv6 <prefix!:ipv6_prefix> [<vrf!>]", shown=_PROFILE
)
declared.setting("isakmp-profile", "match identity group <group!>", shown=_PROFILE)
declared.setting("isakmp-profile", "match identity host domain <domain!>", shown=_PROFILE)
declared.setting("isakmp-profile", "match identity host <host!>", shown=_PROFILE)
declared.setting("isakmp-profile", "match identity user domain <domain!>", shown=_PROFILE)
declared.setting("isakmp-profile", "match identity user <user!>", shown=_PROFILE)
declared.setting("isakmp-profile", "match certificate <map!>", shown=_PROFILE)
declared.setting("isakmp-profile", "client authentication list <list>", shown=_PROFILE)
declared.setting("isakmp-profile", "isakmp authorization list <list>", shown=_PROFILE)
declared.setting(
    "isakmp-profile", "client configuration address <how!:initiate|respond>", shown=_PROFILE
)
declared.setting("isakmp-profile", "client configuration group <group>", shown=_PROFILE)
declared.setting(
    "isakmp-profile", "keepalive <seconds:10-3600> [retry <retry:2-60>]", shown=_PROFILE
)
declared.setting("isakmp-profile", "initiate mode aggressive", shown=_PROFILE)
declared.setting("isakmp-profile", "virtual-template <number:1-1000>", shown=_PROFILE)
declared.setting("isakmp-profile", "qos-group <number:1-1023>", shown=_PROFILE)
declared.setting(
    "isakmp-profile",
    "local-address {<address:ipv4> | <interface:interface>} [<vrf>]",
    shown=_PROFILE,
)


declared.setting(
    "config",
    "crypto isakmp client configuration group <name!>",
    section="isakmp-profile",
    enters="isakmp-group",
)
declared.setting(
    "isakmp-group",
    "key [<type:0|6>] <key:secret_line>",
    check=lambda edit: None if edit.removing else keep_key(edit, "key"),
)
declared.setting("isakmp-group", "dns <server:ipv4> [<second:ipv4>]")
declared.setting("isakmp-group", "wins <server:ipv4> [<second:ipv4>]")
declared.setting("isakmp-group", "domain <domain>")
declared.setting("isakmp-group", "pool <pool>")
declared.setting("isakmp-group", "acl <acl>")
declared.setting("isakmp-group", "save-password")
declared.setting("isakmp-group", "split-dns <domain!>")
declared.setting("isakmp-group", "include-local-lan")
declared.setting("isakmp-group", "pfs")
declared.setting("isakmp-group", "group-lock")
declared.setting("isakmp-group", "backup-gateway <gateway!>")
declared.setting("isakmp-group", "max-users <number:1-5000>")
declared.setting("isakmp-group", "max-logins <number:1-10>")
declared.setting("isakmp-group", "netmask <mask:mask>")
declared.setting("isakmp-group", "banner <text:line>")

declared.words(
    {
        "crypto keyring": "Key ring commands",
        "crypto keyring WORD": "Name of the keyring",
        "keyring vrf": "VRF in which the keyring's keys are looked up",
        "keyring vrf WORD": "VRF name",
        "description": "Specify a description",
        "description LINE": "Description",
        "local-address": "Limit the scope to a local address",
        "local-address WORD": "VRF name",
        "pre-shared-key": "Define a pre-shared key",
        "pre-shared-key address": "define shared key with IP address",
        "pre-shared-key address ipv6": "define shared key with IPv6 address",
        "pre-shared-key hostname": "define shared key with hostname",
        "pre-shared-key hostname WORD": "Peer host name",
        "pre-shared-key key": "specify the key",
        "key 0": "Specifies an UNENCRYPTED password will follow",
        "key 6": "Specifies an ENCRYPTED password will follow",
        "key LINE": "The UNENCRYPTED (cleartext) user password",
        "key": "Specify the pre-shared key",
        "isakmp profile": "Define ISAKMP Profiles",
        "isakmp profile WORD": "Name of the profile",
        "vrf": "Specify the VRF",
        "vrf WORD": "VRF name",
        "accounting": "Enable AAA Accounting for IPSec Sessions",
        "accounting WORD": "Accounting list",
        "keyring": "Specify keyring to use",
        "keyring WORD": "Name of the keyring",
        "ca": "Specify certificate authorities to trust",
        "ca trust-point": "Name the trustpoint",
        "ca trust-point WORD": "Trustpoint name",
        "self-identity": "Specify Identity to use",
        "self-identity address": "Use the IP address of the interface",
        "self-identity address ipv6": "Use the IPv6 address of the interface",
        "self-identity fqdn": "Use the FQDN of the router",
        "self-identity user-fqdn": "Use a user FQDN",
        "self-identity user-fqdn WORD": "User FQDN",
        "match": "Match values of peer",
        "match identity": "Specify the identity of the peer",
        "match identity address": "Match a peer IP address",
        "match identity address ipv6": "Match a peer IPv6 address",
        "match identity address WORD": "VRF name",
        "match identity group": "Match a peer group name",
        "match identity group WORD": "Group name",
        "match identity host": "Match a peer FQDN",
        "match identity host WORD": "Host name",
        "match identity host domain": "Match a peer domain",
        "match identity host domain WORD": "Domain name",
        "match identity user": "Match a peer User FQDN",
        "match identity user WORD": "User name",
        "match identity user domain": "Match the domain of a user",
        "match identity user domain WORD": "Domain name",
        "match certificate": "Match a certificate map",
        "match certificate WORD": "Name of the certificate map",
        "client": "Specify client configuration settings",
        "client authentication": "Specify Extended Authentication options",
        "client authentication list": "Named authentication list to use",
        "client authentication list WORD": "Name of the list",
        "isakmp": "ISAKMP Authorization command",
        "isakmp authorization": "ISAKMP authorization parameters",
        "isakmp authorization list": "Named authorization list to use",
        "isakmp authorization list WORD": "Name of the list",
        "client configuration": "Specify client configuration parameters",
        "client configuration address": "Set network address for client",
        "client configuration address initiate": "Push an address to the client",
        "client configuration address respond": "Accept requests for an address",
        "client configuration group": "Use the attributes of a group",
        "client configuration group WORD": "Group name",
        "keepalive": "Set a keepalive interval for use with IOS peers",
        "keepalive <10-3600>": "Number of seconds between keep alives",
        "keepalive retry": "Set the retry interval",
        "keepalive retry <2-60>": "Number of seconds between retries",
        "initiate": "Initiator property",
        "initiate mode": "Which mode is initiated",
        "initiate mode aggressive": "Initiate aggressive mode",
        "virtual-template": "Specify the virtual-template for dynamic interface creation.",
        "virtual-template <1-1000>": "Virtual template number",
        "qos-group": "Apply a QoS group to the traffic of this profile",
        "qos-group <1-1023>": "QoS group",
        "dns": "Specify DNS Addresses",
        "wins": "Specify WINS Addresses",
        "domain": "Set default domain name to send to client",
        "domain WORD": "Domain name",
        "pool": "Set name of address pool",
        "pool WORD": "Name of the pool",
        "acl": "Specify split tunneling inclusion access-list number",
        "acl WORD": "Access list",
        "save-password": "Allows remote client to save XAUTH password",
        "split-dns": "DNS name to append for resolution",
        "split-dns WORD": "Domain name",
        "include-local-lan": "Enable Local LAN Access with no split tunnel",
        "group-lock": "Enforce group lock feature",
        "backup-gateway": "Specify backup gateway",
        "backup-gateway WORD": "Address or name of the gateway",
        "max-users": "Maximum number of users for this group",
        "max-users <1-5000>": "Number of users",
        "max-logins": "Maximum number of simultaneous logins of a user",
        "max-logins <1-10>": "Number of logins",
        "netmask": "netmask used by the client for local connectivity",
        "banner": "Specify mode config banner",
        "banner LINE": "Text of the banner",
        "match identity address ipv6 WORD": "VRF name",
    }
)
