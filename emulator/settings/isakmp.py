"""IKE version 1, global: policies, pre-shared keys, keepalives and the rest of `crypto isakmp`.

Settings: `crypto isakmp policy` (priority) with the block `encryption` (cipher, bits), `hash`,
`authentication`, `group`, `lifetime`; `crypto isakmp key` (address, mask), `crypto isakmp key
ipv6` (prefix), `crypto isakmp key hostname` (host), each with `type` and `key` (see `preshared`);
`crypto isakmp keepalive` (seconds, retry, mode), `crypto isakmp identity` (kind).

What a policy does not say is what IOS assumes: DES, SHA, RSA signatures, group 1, one day.
"""

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CommandSet, Grammar, RefusedError
from .crypto_checks import NEWER_WORDS
from .preshared import CLEAR, clear_key, keep_key

ADDRESS_WIDTH = 15
HOST_MASK = "255.255.255.255"
ANY_ADDRESS = "0.0.0.0"  # noqa: S104 - an address in a configuration

declared = CommandSet()
declared.mode("isakmp-policy", "config-isakmp")
declared.mode("isakmp-peer", "config-isakmp-peer")


def _encryption(edit: Edit) -> None:
    """Keep a cipher other than DES, without the usual 128 bits."""
    if edit.removing:
        return
    cipher, bits = edit.values.setdefault("cipher", "aes"), edit.values.get("bits", "128")
    edit.values["bits"] = bits if cipher == "aes" else None
    if cipher == "des":
        edit.text = None
        return
    edit.text = f"encryption {cipher}" + (f" {bits}" if cipher == "aes" and bits != "128" else "")


def _encryption_printed(entry: Entry, grammar: Grammar) -> tuple[str, ...] | None:
    """The older word for it is `encr`."""
    if grammar.release >= NEWER_WORDS:
        return None
    return (" encr" + entry.text.removeprefix("encryption"),)


def _mask_of(edit: Edit) -> str:
    address = edit.values["address"]
    usual = ANY_ADDRESS if address == ANY_ADDRESS else HOST_MASK
    mask = str(edit.values.get("mask") or usual)
    edit.values["mask"] = mask
    return "" if mask == usual else f" {mask}"


def _key_of_address(edit: Edit) -> None:
    mask = _mask_of(edit)
    if edit.removing:
        return
    address = edit.values["address"]
    _refuse_other_key(edit, f"address mask {address} {edit.values['mask']}")
    keep_key(edit, "crypto isakmp key", f" address {address}{mask}{_xauth(edit)}")


def _key_of_prefix(edit: Edit) -> None:
    if edit.removing:
        return
    prefix = edit.values["prefix"]
    _refuse_other_key(edit, f"address {prefix}")
    keep_key(edit, "crypto isakmp key", f" address ipv6 {prefix}{_xauth(edit)}")


def _key_of_host(edit: Edit) -> None:
    if edit.removing:
        return
    host = edit.values["host"]
    _refuse_other_key(edit, f"hostname {host}")
    keep_key(edit, "crypto isakmp key", f" hostname {host}{_xauth(edit)}")


def _xauth(edit: Edit) -> str:
    return " no-xauth" if (edit.text or "").endswith(" no-xauth") else ""


def _refuse_other_key(edit: Edit, whose: str) -> None:
    """A peer has one key: another one has to wait until the old one is removed."""
    before = edit.before
    if before is None:
        return
    kind, key = edit.values.get("type") or CLEAR, edit.values["key"]
    same = key == (clear_key(edit.router, before) if kind == CLEAR else before["key"])
    if not same:
        raise RefusedError(f"A pre-shared key for {whose} already exists!")


def _key_shown(entry: Entry, _family: str) -> str:
    """The address takes 15 columns, blanks behind it included (captures of 15.4)."""
    address = f" address {entry['address']}"
    wide = f" address {entry['address']:<{ADDRESS_WIDTH}}"
    head, _, tail = entry.text.rpartition(address)
    return head + wide + tail


def _keepalive(edit: Edit) -> None:
    if edit.removing:
        return
    seconds, retry, mode = (edit.values.get(name) for name in ("seconds", "retry", "mode"))
    edit.values["retry"] = retry or 2
    edit.values["mode"] = mode or "on-demand"
    edit.text = f"crypto isakmp keepalive {seconds}"
    edit.text += f" {retry}" if retry not in (None, 2) else ""
    edit.text += " periodic" if mode == "periodic" else ""


declared.setting(
    "config",
    "crypto isakmp policy <priority!:1-10000>",
    section="isakmp-global",
    enters="isakmp-policy",
    order=lambda entry: entry["priority"],
    spaced=True,
)
declared.setting(
    "isakmp-policy",
    "encryption {<cipher:des|3des> | aes [<bits:128|192|256>]}",
    check=_encryption,
    printed=_encryption_printed,
)
declared.setting("isakmp-policy", "hash <hash:md5|sha|sha256|sha384|sha512>", default="hash sha")
declared.setting(
    "isakmp-policy",
    "authentication <method:pre-share|rsa-encr|rsa-sig|ecdsa-sig>",
    default="authentication rsa-sig",
)
declared.setting("isakmp-policy", "group <group:1|2|5|14|15|16|19|20|21|24>", default="group 1")
declared.setting("isakmp-policy", "lifetime <seconds:60-86400>", default="lifetime 86400")

_GLOBAL = "isakmp-global"
_SECRET = "[<type:0|6>] <key:secret_word>"  # noqa: S105 - a declaration

declared.setting(
    "config",
    f"crypto isakmp key {_SECRET} address <address!:ipv4> [<mask!:mask>] [no-xauth]",
    name="crypto isakmp key",
    overwrites=False,
    section=_GLOBAL,
    check=_key_of_address,
    shown=_key_shown,
)
declared.setting(
    "config",
    f"crypto isakmp key {_SECRET} address ipv6 <prefix!:ipv6_prefix> [no-xauth]",
    name="crypto isakmp key ipv6",
    overwrites=False,
    section=_GLOBAL,
    check=_key_of_prefix,
)
declared.setting(
    "config",
    f"crypto isakmp key {_SECRET} hostname <host!> [no-xauth]",
    name="crypto isakmp key hostname",
    overwrites=False,
    section=_GLOBAL,
    check=_key_of_host,
)
declared.setting("config", "crypto isakmp enable", section=_GLOBAL, default_on=True)
declared.setting("config", "crypto isakmp default policy", section=_GLOBAL, default_on=True)
declared.setting(
    "config",
    "crypto isakmp identity <kind:address|dn|hostname>",
    section=_GLOBAL,
    default="crypto isakmp identity address",
)
declared.setting("config", "crypto isakmp invalid-spi-recovery", section=_GLOBAL)
declared.setting(
    "config",
    "crypto isakmp keepalive <seconds:10-3600> [<retry:2-60>] [<mode:periodic|on-demand>]",
    section=_GLOBAL,
    check=_keepalive,
)
declared.setting("config", "crypto isakmp nat keepalive <seconds:5-3600>", section=_GLOBAL)
declared.setting("config", "crypto isakmp aggressive-mode disable", section=_GLOBAL)
declared.setting("config", "crypto isakmp fragmentation", section=_GLOBAL)
declared.setting("config", "crypto isakmp xauth timeout <seconds:5-90>", section=_GLOBAL)
declared.setting("config", "crypto isakmp diagnose error <number:1-100>", section=_GLOBAL)
declared.setting(
    "config", "crypto isakmp client configuration address-pool local <pool>", section=_GLOBAL
)
declared.setting(
    "config",
    "crypto isakmp peer {address <peer!:ipv4> | hostname <peer!>} [vrf <vrf>]",
    section="isakmp-profile",
    enters="isakmp-peer",
)
declared.setting("isakmp-peer", "description <text:line>")
declared.setting(
    "isakmp-peer",
    "set aggressive-mode password [<type:0|6>] <key:secret_line>",
    check=lambda edit: None if edit.removing else keep_key(edit, "set aggressive-mode password"),
)
declared.setting(
    "isakmp-peer",
    "set aggressive-mode client-endpoint {ipv4-address <address:ipv4> | fqdn <name>"
    " | user-fqdn <name>}",
)
declared.setting("config", "crypto call admission limit ike sa <number:0-99999>", section=_GLOBAL)
declared.setting(
    "config",
    "crypto call admission limit ike in-negotiation-sa <number:10-99999>",
    section=_GLOBAL,
)
declared.setting("config", "crypto logging session", section=_GLOBAL)
declared.setting("config", "crypto engine compliance shield disable", section=_GLOBAL)

declared.words(
    {
        "crypto": "Encryption module",
        "crypto isakmp": "Configure ISAKMP policy",
        "isakmp policy": "Set policy for an ISAKMP protection suite",
        "isakmp policy <1-10000>": "Priority of protection suite",
        "encryption": "Set encryption algorithm for protection suite",
        "des": "DES - Data Encryption Standard (56 bit keys).",
        "3des": "Three key triple DES",
        "aes": "AES - Advanced Encryption Standard.",
        "128": "128 bit keys.",
        "192": "192 bit keys.",
        "256": "256 bit keys.",
        "hash": "Set hash algorithm for protection suite",
        "md5": "Message Digest 5",
        "sha": "Secure Hash Standard",
        "sha256": "Secure Hash Standard 2 (256 bit)",
        "sha384": "Secure Hash Standard 2 (384 bit)",
        "sha512": "Secure Hash Standard 2 (512 bit)",
        "authentication": "Set authentication method for protection suite",
        "pre-share": "Pre-Shared Key",
        "rsa-encr": "Rivest-Shamir-Adleman Encryption",
        "rsa-sig": "Rivest-Shamir-Adleman Signature",
        "ecdsa-sig": "Elliptic Curve Digital Signature Algorithm Signature",
        "group": "Set the Diffie-Hellman group",
        "group 1": "Diffie-Hellman group 1 (768 bit)",
        "group 2": "Diffie-Hellman group 2 (1024 bit)",
        "group 5": "Diffie-Hellman group 5 (1536 bit)",
        "group 14": "Diffie-Hellman group 14 (2048 bit)",
        "group 15": "Diffie-Hellman group 15 (3072 bit)",
        "group 16": "Diffie-Hellman group 16 (4096 bit)",
        "group 19": "Diffie-Hellman group 19 (256 bit ecp)",
        "group 20": "Diffie-Hellman group 20 (384 bit ecp)",
        "group 21": "Diffie-Hellman group 21 (521 bit ecp)",
        "group 24": "Diffie-Hellman group 24 (2048 bit, 256 bit subgroup)",
        "lifetime": "Set lifetime for ISAKMP security association",
        "lifetime <60-86400>": "Lifetime in seconds",
        "isakmp key": "Set pre-shared key for remote peer",
        "isakmp key WORD": "The UNENCRYPTED (cleartext) user password",
        "isakmp key 0": "Specifies an UNENCRYPTED password will follow",
        "isakmp key 6": "Specifies an ENCRYPTED password will follow",
        "isakmp key address": "define shared key with IP address",
        "isakmp key address A.B.C.D": "Peer IP address",
        "isakmp key address ipv6": "define shared key with IPv6 address",
        "isakmp key hostname": "define shared key with hostname",
        "isakmp key hostname WORD": "Peer host name",
        "no-xauth": "Bypasses XAuth for this peer",
        "isakmp enable": "Enable ISAKMP",
        "isakmp default": "ISAKMP default policy",
        "isakmp default policy": "Use the default ISAKMP policies",
        "isakmp identity": "Set the identity which ISAKMP will use",
        "isakmp identity address": "Use the IP address of the interface for the identity",
        "isakmp identity dn": "Use the distinguished name of the router cert for the identity",
        "isakmp identity hostname": "Use the hostname of the router for the identity",
        "isakmp invalid-spi-recovery": "Initiate IKE and send Invalid SPI Notify",
        "isakmp keepalive": "Set a keepalive interval for use with IOS peers",
        "isakmp keepalive <10-3600>": "Number of seconds between keep alives",
        "isakmp keepalive <2-60>": "Number of seconds between retries if keepalive fails",
        "periodic": "Keepalives are sent at regular intervals",
        "on-demand": "Keepalives are sent only when the peer has been silent",
        "isakmp nat": "Set a nat  keepalive interval for use with IOS peers",
        "isakmp nat keepalive": "Set a nat keepalive interval for use with IOS peers",
        "isakmp nat keepalive <5-3600>": "Number of seconds between keep alives",
        "isakmp aggressive-mode": "Disable ISAKMP aggressive mode",
        "isakmp aggressive-mode disable": "Disable ISAKMP aggressive mode",
        "isakmp fragmentation": "IKE Fragmentation enabled if required",
        "isakmp xauth": "Set Extended Authentication values",
        "isakmp xauth timeout": "Set xauth timeout",
        "isakmp xauth timeout <5-90>": "Seconds",
        "isakmp diagnose": "Configure ISAKMP diagnostics",
        "isakmp diagnose error": "Record the last errors",
        "isakmp diagnose error <1-100>": "Number of errors that are kept",
        "isakmp client": "Set client configuration policy",
        "isakmp client configuration": "Set client configuration policy",
        "isakmp client configuration address-pool": "Set network address for client",
        "isakmp client configuration address-pool local": "Set local pool name",
        "isakmp client configuration address-pool local WORD": "Pool name",
        "isakmp peer": "Set Peer Policy",
        "isakmp peer address": "Policy based on the address of the peer",
        "isakmp peer hostname": "Policy based on the name of the peer",
        "isakmp peer vrf": "VRF of the peer",
        "isakmp peer vrf WORD": "VRF name",
        "isakmp peer hostname WORD": "Peer host name",
        "set": "Set values for encryption/decryption",
        "set aggressive-mode": "Aggressive mode attributes",
        "set aggressive-mode password": "The password of the peer",
        "set aggressive-mode client-endpoint": "The identity of the client",
        "set aggressive-mode client-endpoint ipv4-address": "An address",
        "set aggressive-mode client-endpoint fqdn": "A fully qualified domain name",
        "set aggressive-mode client-endpoint user-fqdn": "A user with a domain name",
        "crypto call": "Configure Crypto Call Admission Control",
        "crypto call admission": "Configure Crypto Call Admission Control",
        "crypto call admission limit": "Configure Crypto Call Admission Control limits",
        "crypto call admission limit ike": "Limits of IKE",
        "crypto call admission limit ike sa": "Maximum number of IKE SAs",
        "crypto call admission limit ike in-negotiation-sa": "Maximum number of IKE SAs at work",
        "crypto logging": "logging messages",
        "crypto logging session": "Log the up/down of crypto sessions",
        "crypto engine": "Enter a crypto engine configurable menu",
        "crypto engine compliance": "Compliance of the crypto engine",
        "crypto engine compliance shield": "Refuse weak algorithms",
        "crypto engine compliance shield disable": "Allow weak algorithms",
        "crypto call admission limit ike sa <0-99999>": "Number of SAs",
        "crypto call admission limit ike in-negotiation-sa <10-99999>": "Number of SAs",
        **{
            f"isakmp key {kind} {label}": text
            for kind in ("0", "6")
            for label, text in (
                ("WORD", "The user password"),
                ("address", "define shared key with IP address"),
                ("address ipv6", "define shared key with IPv6 address"),
                ("address A.B.C.D", "Peer IP address"),
                ("hostname", "define shared key with hostname"),
                ("hostname WORD", "Peer host name"),
            )
        },
        "set aggressive-mode client-endpoint fqdn WORD": "Domain name",
        "set aggressive-mode client-endpoint user-fqdn WORD": "User and domain name",
        "set aggressive-mode password 0": "Specifies an UNENCRYPTED password will follow",
        "set aggressive-mode password 6": "Specifies an ENCRYPTED password will follow",
    }
)
