"""IKE version 2 profiles and authorization policies.

Settings: `crypto ikev2 profile` (name) with `match identity remote address` (address, mask) and
its siblings, `match certificate` (map), `identity local`, `authentication local` (method),
`authentication remote` (method), `keyring local` (keyring), `pki trustpoint` (trustpoint),
`lifetime` (seconds), `dpd` (seconds, retry, mode); `crypto ikev2 authorization policy` (name).
"""

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from .crypto_checks import padded, says, vrf_must_exist
from .isakmp import HOST_MASK
from .preshared import keep_key

PROFILE_NEEDS = (
    "IKEv2 profile MUST have:\n"
    "   1. A local and a remote authentication method.\n"
    "   2. A match identity or a match certificate or match any statement.\n"
)

declared = CommandSet()
declared.mode("ikev2-profile", "config-ikev2-profile")
declared.mode("ikev2-authorization", "config-ikev2-author-policy")


def _remote_address(edit: Edit) -> None:
    """An address without a mask is a host, as IOS prints it."""
    mask = edit.values["mask"] = edit.values.get("mask") or HOST_MASK
    if not edit.removing:
        edit.text = f"match identity remote address {edit.values['address']} {mask}"


def _fvrf(edit: Edit) -> None:
    vrf = edit.values.get("vrf")
    if not edit.removing and vrf is not None:
        vrf_must_exist(edit, vrf, f"% fvrf {vrf} not configured")


def _ivrf(edit: Edit) -> None:
    if not edit.removing:
        vrf_must_exist(edit, edit.values["vrf"], f"% vrf {edit.values['vrf']} not configured")


def _local_method(edit: Edit) -> None:
    """There is one local method, of which a key may be part."""
    if not edit.removing and edit.values.get("key") is not None:
        if edit.values["method"] != "pre-share":
            raise RefusedError(argument="key")
        keep_key(edit, "authentication local pre-share key")


def _remote_method(edit: Edit) -> None:
    if not edit.removing and edit.values.get("key") is not None:
        if edit.values["method"] != "pre-share":
            raise RefusedError(argument="key")
        keep_key(edit, "authentication remote pre-share key")


declared.setting(
    "config",
    "crypto ikev2 authorization policy <name!>",
    section="ikev2-proposal",
    enters="ikev2-authorization",
)
declared.setting("ikev2-authorization", "pool <pool>")
declared.setting("ikev2-authorization", "dns <server:ipv4> [<second:ipv4>]")
declared.setting("ikev2-authorization", "netmask <mask:mask>")
declared.setting("ikev2-authorization", "def-domain <domain>")
declared.setting("ikev2-authorization", "route set interface [<interface:interface>]")
declared.setting("ikev2-authorization", "route set access-list <acl>")
declared.setting("ikev2-authorization", "route accept any [tag <tag:1-4294967295>]")

declared.setting(
    "config",
    "crypto ikev2 profile <name!>",
    section="ikev2-profile",
    enters="ikev2-profile",
    check=says(PROFILE_NEEDS),
)
_MODE = "ikev2-profile"
declared.setting(_MODE, "description <text:line>")
declared.setting(_MODE, "match fvrf {any | <vrf>}", check=_fvrf)
declared.setting(_MODE, "match address local <address!:ipv4>", name="match address local")
declared.setting(
    _MODE, "match address local interface <interface!:interface>", name="match address local if"
)
declared.setting(_MODE, "match certificate <map!>")
declared.setting(
    _MODE,
    "match identity remote address <address!:ipv4> [<mask!:mask>]",
    check=_remote_address,
    shown=padded,
)
declared.setting(
    _MODE, "match identity remote address <prefix!:ipv6_prefix>", name="match identity remote ipv6"
)
declared.setting(_MODE, "match identity remote any")
declared.setting(_MODE, "match identity remote fqdn domain <domain!>")
declared.setting(_MODE, "match identity remote fqdn <fqdn!>")
declared.setting(_MODE, "match identity remote email domain <domain!>")
declared.setting(_MODE, "match identity remote email <email!>")
declared.setting(_MODE, "match identity remote key-id <id!>")
declared.setting(_MODE, "match any")
declared.setting(
    _MODE,
    "identity local {address {<address:ipv4> | <v6:ipv6>} | dn | fqdn <fqdn> | email <email>"
    " | key-id <id>}",
)
declared.setting(
    _MODE,
    "authentication remote <method!:rsa-sig|ecdsa-sig|pre-share|anyconnect-eap>"
    " [key [<type:0|6>] <key:secret_line>]",
    check=_remote_method,
)
declared.setting(
    _MODE, "authentication remote eap [query-identity]", name="authentication remote eap"
)
declared.setting(
    _MODE,
    "authentication local {<method:rsa-sig|ecdsa-sig|pre-share|eap>}"
    " [key [<type:0|6>] <key:secret_line>]",
    check=_local_method,
)
declared.setting(_MODE, "keyring local <keyring>")
declared.setting(_MODE, "keyring aaa <list> [name-mangler <mangler>]")
declared.setting(_MODE, "pki trustpoint <trustpoint!> [<use:sign|verify>]")
declared.setting(_MODE, "lifetime <seconds:120-86400>", default="lifetime 86400")
declared.setting(_MODE, "dpd <seconds:10-3600> <retry:2-60> <mode:on-demand|periodic>")
declared.setting(_MODE, "nat keepalive <seconds:5-3600>")
declared.setting(_MODE, "nat force-encap")
declared.setting(_MODE, "ivrf <vrf>", check=_ivrf)
declared.setting(_MODE, "initial-contact force")
declared.setting(_MODE, "reconnect [timeout <seconds:600-86400>]")
declared.setting(_MODE, "redirect gateway auth")
declared.setting(_MODE, "config-exchange request", default_on=True)
declared.setting(_MODE, "config-exchange set accept", default_on=True)
declared.setting(_MODE, "config-exchange set send", default_on=True)
declared.setting(
    _MODE,
    "aaa authorization group <authentication!:cert|eap|psk> list <list> [<policy>]",
)
declared.setting(
    _MODE, "aaa authorization user <authentication!:cert|eap|psk> list <list> [<policy>]"
)
declared.setting(_MODE, "aaa accounting <authentication!:cert|eap|psk> <list>")
declared.setting(_MODE, "virtual-template <number:1-1000> [mode auto]")

declared.words(
    {
        "ikev2 authorization": "IKEv2 authorization",
        "ikev2 authorization policy": "Define an IKEv2 authorization policy",
        "ikev2 authorization policy WORD": "Name of the policy",
        "def-domain": "Default domain for the client",
        "def-domain WORD": "Domain name",
        "route": "Specify routes that are sent or accepted",
        "route set": "Routes that are sent",
        "route set interface": "Send the addresses of an interface",
        "route set access-list": "Send the networks of an access list",
        "route set access-list WORD": "Access list",
        "route accept": "Routes that are accepted",
        "route accept any": "Accept all routes",
        "route accept any tag": "Tag of the routes",
        "route accept any tag <1-4294967295>": "Tag",
        "ikev2 profile": "Define IKEv2 profiles",
        "ikev2 profile WORD": "Name of IKEv2 profile",
        "match any": "Match any peer",
        "match address local interface": "Match the address of an interface",
        "match identity remote": "Match the remote identity",
        "match identity remote any": "Match any peer identity",
        "match identity remote address": "IP address",
        "match identity remote fqdn": "Fully qualified domain name",
        "match identity remote fqdn WORD": "FQDN string",
        "match identity remote fqdn domain": "All names of a domain",
        "match identity remote fqdn domain WORD": "Domain name",
        "match identity remote email": "Email identity",
        "match identity remote email WORD": "Email string",
        "match identity remote email domain": "All users of a domain",
        "match identity remote email domain WORD": "Domain name",
        "match identity remote key-id": "key-id opaque string",
        "match identity remote key-id WORD": "key-id string",
        "identity local": "Specify the local IKE identity to use for the negotiations",
        "identity local dn": "Distinguished name of the certificate",
        "identity local address": "address",
        "identity local email": "Email identity",
        "identity local email WORD": "Email string",
        "identity local fqdn": "Fully qualified domain name",
        "identity local fqdn WORD": "FQDN string",
        "identity local key-id": "key-id opaque string",
        "identity local key-id WORD": "key-id string",
        "authentication local": "Set local authentication method",
        "authentication remote": "Set remote authentication method",
        "authentication local key": "Specify the key",
        "authentication remote key": "Specify the key",
        "anyconnect-eap": "Anyconnect EAP",
        "authentication remote eap": "Extended Authentication Protocol",
        "authentication local eap": "Extended Authentication Protocol",
        "query-identity": "Ask the peer for its EAP identity",
        "keyring local": "Keyring of this router",
        "keyring local WORD": "Name of the keyring",
        "keyring aaa": "AAA based pre-shared keys",
        "keyring aaa WORD": "Name of the list",
        "name-mangler": "Name mangler",
        "name-mangler WORD": "Name of the mangler",
        "pki": "Specify certificate authorities to trust",
        "pki trustpoint": "Name the trustpoint",
        "pki trustpoint WORD": "Trustpoint name",
        "pki trustpoint sign": "Use the certificate for signing only",
        "pki trustpoint verify": "Use the certificate for verification only",
        "lifetime <120-86400>": "Lifetime in seconds",
        "dpd": "Enable IKE liveness check for peers",
        "dpd <10-3600>": "Liveness check interval",
        "dpd <2-60>": "Retry interval",
        "nat": "NAT-transparency",
        "nat keepalive": "Set NAT keepalive interval",
        "nat keepalive <5-3600>": "Number of seconds",
        "nat force-encap": "Encapsulate in UDP without a NAT device",
        "ivrf": "I-VRF of the profile",
        "ivrf WORD": "VRF name",
        "initial-contact": "Initial contact processing",
        "initial-contact force": "Process the initial contact of a peer",
        "reconnect": "Auto re-connect feature",
        "reconnect timeout": "How long a session may be resumed",
        "reconnect timeout <600-86400>": "Seconds",
        "redirect": "IKEv2 Redirect Mechanism for load-balancing",
        "redirect gateway": "Gateway",
        "redirect gateway auth": "Redirect at authentication",
        "config-exchange": "config-exchange options",
        "config-exchange request": "Send a configuration request",
        "config-exchange set": "Configuration sets",
        "config-exchange set accept": "Accept a configuration set",
        "config-exchange set send": "Send a configuration set",
        "aaa": "Specify AAA related configs",
        "aaa authorization": "AAA authorization",
        "aaa authorization group": "AAA group authorization",
        "aaa authorization user": "AAA user authorization",
        "aaa accounting": "AAA accounting",
        **{f"aaa accounting {kind} WORD": "Name of the list" for kind in ("cert", "eap", "psk")},
        **{f"{kind} list": "AAA method list" for kind in ("cert", "eap", "psk")},
        **{f"{kind} list WORD": "Name of the list" for kind in ("cert", "eap", "psk")},
        "cert": "Certificate",
        "eap": "Extended Authentication Protocol",
        "psk": "Pre-shared key",
        "virtual-template mode": "Mode of the tunnel",
        "virtual-template mode auto": "Detect the mode",
    }
)
