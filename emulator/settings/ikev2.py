"""IKE version 2: proposals, policies, keyrings and what holds for the whole router.

Settings: `crypto ikev2 proposal` (name) with `encryption` (ciphers), `integrity`, `prf` (hashes),
`group` (groups), each a tuple; `crypto ikev2 policy` (name) with `match fvrf`, `match address
local`, `proposal`; `crypto ikev2 keyring` (name) with the block `peer` (name), which holds
`address`, `identity`, `hostname`, `pre-shared-key` (side: `local`, `remote` or None; `type`, `key`
as in `preshared`). Profiles are in `ikev2_profile`.
"""

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from .crypto_checks import says, vrf_must_exist
from .preshared import keep_key

PROPOSAL_NEEDS = (
    "IKEv2 proposal MUST either have a set of an encryption algorithm other than aes-gcm, "
    "an integrity algorithm and a DH group configured or \n"
    " encryption algorithm aes-gcm, a prf algorithm and a DH group configured\n"
)
POLICY_NEEDS = "IKEv2 policy MUST have atleast one complete proposal attached \n"
PROPOSAL_IN_USE = "% Cannot remove as proposal is in use."

declared = CommandSet()
declared.mode("ikev2-proposal", "config-ikev2-proposal")
declared.mode("ikev2-policy", "config-ikev2-policy")
declared.mode("ikev2-keyring", "config-ikev2-keyring")
declared.mode("ikev2-keyring-peer", "config-ikev2-keyring-peer", parent="ikev2-keyring")

_HASHES = "md5|sha1|sha256|sha384|sha512"
_GLOBAL = "ikev2-global"


def _proposal(edit: Edit) -> None:
    """Say what a new proposal needs; keep one that a policy uses."""
    if edit.removing:
        name = edit.values["name"]
        for policy in edit.router.config.root.all("crypto ikev2 policy"):
            if policy.block is not None and policy.block.has("proposal", name):
                raise RefusedError(PROPOSAL_IN_USE)
    elif edit.before is None:
        edit.dialogue.write(PROPOSAL_NEEDS)


class _Distinct:
    """The check of a list in which nothing may stand twice."""

    __slots__ = ("_argument",)

    def __init__(self, argument: str) -> None:
        self._argument = argument

    def __call__(self, edit: Edit) -> None:
        """Keep everything once, in the order of the line."""
        if not edit.removing:
            values = tuple(dict.fromkeys(edit.values[self._argument]))
            edit.values[self._argument] = values
            edit.text = " ".join((edit.setting.name, *values))


def _fvrf(edit: Edit) -> None:
    vrf = edit.values.get("vrf")
    if not edit.removing and vrf is not None:
        vrf_must_exist(edit, vrf, f"% fvrf {vrf} not configured")


def _peer_key(edit: Edit) -> None:
    if not edit.removing:
        side = edit.values.get("side")
        keep_key(edit, "pre-shared-key" + (f" {side}" if side else ""))


declared.setting(
    "config",
    "crypto ikev2 proposal <name!>",
    section="ikev2-proposal",
    enters="ikev2-proposal",
    check=_proposal,
)
declared.setting(
    "ikev2-proposal",
    "encryption {<ciphers:des|3des|aes-cbc-128|aes-cbc-192|aes-cbc-256|aes-gcm-128|aes-gcm-256>}+",
    check=_Distinct("ciphers"),
)
declared.setting("ikev2-proposal", f"integrity {{<hashes:{_HASHES}>}}+", check=_Distinct("hashes"))
declared.setting("ikev2-proposal", f"prf {{<hashes:{_HASHES}>}}+", check=_Distinct("hashes"))
declared.setting(
    "ikev2-proposal",
    "group {<groups:1|2|5|14|15|16|19|20|21|24>}+",
    check=_Distinct("groups"),
)

declared.setting(
    "config",
    "crypto ikev2 policy <name!>",
    section="ikev2-policy",
    enters="ikev2-policy",
    check=says(POLICY_NEEDS),
)
declared.setting("ikev2-policy", "match fvrf {any | <vrf>}", check=_fvrf)
declared.setting("ikev2-policy", "match address local {<address!:ipv4> | <address6!:ipv6>}")
declared.setting("ikev2-policy", "proposal <proposal!>")

declared.setting(
    "config", "crypto ikev2 keyring <name!>", section="ikev2-keyring", enters="ikev2-keyring"
)
declared.setting("ikev2-keyring", "peer <name!>", enters="ikev2-keyring-peer", closing="!")
declared.setting("ikev2-keyring-peer", "description <text:line>")
declared.setting("ikev2-keyring-peer", "hostname <host>")
declared.setting(
    "ikev2-keyring-peer",
    "address {<address:ipv4> [<mask:mask>] | <prefix:ipv6_prefix> | <v6:ipv6>}",
)
declared.setting(
    "ikev2-keyring-peer",
    "identity {address {<address:ipv4> | <v6:ipv6>} | fqdn [domain] <fqdn>"
    " | email [domain] <email> | key-id <id>}",
)
declared.setting(
    "ikev2-keyring-peer",
    "pre-shared-key [<side!:local|remote>] [<type:0|6>] <key:secret_line>",
    check=_peer_key,
    order=lambda entry: entry.get("side") or "",
)

declared.setting(
    "config",
    "crypto ikev2 dpd <seconds:10-3600> <retry:2-60> <mode:on-demand|periodic>",
    section=_GLOBAL,
)
declared.setting("config", "crypto ikev2 nat keepalive <seconds:5-3600>", section=_GLOBAL)
declared.setting(
    "config",
    "crypto ikev2 fragmentation [mtu <mtu:68-9216>]",
    section=_GLOBAL,
)
declared.setting(
    "config",
    "crypto ikev2 window <window:1-20>",
    section=_GLOBAL,
    default="crypto ikev2 window 5",
)
declared.setting("config", "crypto ikev2 cookie-challenge <number:0-1000>", section=_GLOBAL)
declared.setting("config", "crypto ikev2 certificate-cache <number:1-2000>", section=_GLOBAL)
declared.setting(
    "config", "crypto ikev2 limit max-in-negotiation-sa <number:1-10000>", section=_GLOBAL
)
declared.setting("config", "crypto ikev2 limit max-sa <number:1-10000>", section=_GLOBAL)
declared.setting("config", "crypto ikev2 diagnose error <number:1-1000>", section=_GLOBAL)
declared.setting("config", "crypto ikev2 http-url cert", section=_GLOBAL, default_on=True)
declared.setting("config", "crypto ikev2 redirect client", section=_GLOBAL)

declared.words(
    {
        "crypto ikev2": "Configure IKEv2 Options",
        "ikev2 proposal": "Define IKEv2 proposals",
        "ikev2 proposal WORD": "Name of IKEv2 proposal",
        "integrity": "Set integrity hash algorithm for proposal",
        "prf": "Set prf algorithm for proposal",
        "sha1": "Secure Hash Standard",
        "aes-cbc-128": "AES-CBC-128",
        "aes-cbc-192": "AES-CBC-192",
        "aes-cbc-256": "AES-CBC-256",
        "aes-gcm-128": "Combined-mode,128-bit key,16-byte ICV(Authentication Tag)",
        "aes-gcm-256": "Combined-mode,256-bit key,16-byte ICV(Authentication Tag)",
        "ikev2 policy": "Define IKEv2 policies",
        "ikev2 policy WORD": "Name of IKEv2 policy",
        "match fvrf": "Match the VRF of the packets of IKE",
        "match fvrf any": "Any VRF",
        "match fvrf WORD": "VRF name",
        "match address": "Match an address",
        "match address local": "Match the local address",
        "proposal": "Specify Proposal",
        "proposal WORD": "Name of the proposal",
        "ikev2 keyring": "Define IKEv2 Keyring",
        "ikev2 keyring WORD": "Name of IKEv2 keyring",
        "peer": "Configure a Peer and associated keys",
        "peer WORD": "Name of the peer block",
        "hostname": "Hostname of peer",
        "hostname WORD": "Hostname of the peer",
        "address": "Specify IPv4/IPv6 address of peer",
        "identity": "Specify IKE identity to use",
        "identity address": "Specify IPv4/IPv6 address",
        "identity fqdn": "Fully qualified domain name",
        "identity fqdn WORD": "FQDN string",
        "identity fqdn domain": "All names of a domain",
        "identity fqdn domain WORD": "Domain name",
        "identity email": "Email identity",
        "identity email WORD": "Email string",
        "identity email domain": "All users of a domain",
        "identity email domain WORD": "Domain name",
        "identity key-id": "key-id opaque string",
        "identity key-id WORD": "key-id string",
        **{
            f"{place} {label}": text
            for place in ("pre-shared-key", "pre-shared-key local", "pre-shared-key remote")
            for label, text in (
                ("0", "Specifies an UNENCRYPTED password will follow"),
                ("6", "Specifies an ENCRYPTED password will follow"),
                ("LINE", "The UNENCRYPTED (cleartext) user password"),
            )
        },
        "pre-shared-key local": "Specify signing key",
        "pre-shared-key remote": "Specify verifying key",
        "ikev2 dpd": "Enable IKE liveness check for peers",
        "ikev2 dpd <10-3600>": "Liveness check interval",
        "ikev2 dpd <2-60>": "Retry interval",
        "ikev2 dpd on-demand": "Check when the peer has been silent",
        "ikev2 dpd periodic": "Check at regular intervals",
        "ikev2 nat": "NAT-transparency",
        "ikev2 nat keepalive": "Set NAT keepalive interval",
        "ikev2 nat keepalive <5-3600>": "Number of seconds",
        "ikev2 fragmentation": "Enable fragmentation of ikev2 packets",
        "ikev2 fragmentation mtu": "Largest size of a packet",
        "ikev2 fragmentation mtu <68-9216>": "MTU in bytes",
        "ikev2 window": "Set IKEv2 window size",
        "ikev2 window <1-20>": "Number of outstanding requests",
        "ikev2 cookie-challenge": "Set Cookie-challenge watermark",
        "ikev2 cookie-challenge <0-1000>": "Number of half-open SAs",
        "ikev2 certificate-cache": "Cache for storing certs fetched from HTTP URLs",
        "ikev2 certificate-cache <1-2000>": "Number of certificates",
        "ikev2 limit": "Limits on number of SAs",
        "ikev2 limit max-in-negotiation-sa": "Limit on total number of in-negotiation IKEv2 SAs",
        "ikev2 limit max-in-negotiation-sa <1-10000>": "Number of SAs",
        "ikev2 limit max-sa": "Limit on total number of IKEv2 SAs",
        "ikev2 limit max-sa <1-10000>": "Number of SAs",
        "ikev2 diagnose": "IKEV2 diagnose",
        "ikev2 diagnose error": "IKEV2 error",
        "ikev2 diagnose error <1-1000>": "Number of errors that are kept",
        "ikev2 http-url": "HTTP URL lookup",
        "ikev2 http-url cert": "Look certificates up by HTTP URL",
        "ikev2 redirect": "IKEv2 Redirect Mechanism for load-balancing",
        "ikev2 redirect client": "Accept a redirection as a client",
    }
)
