"""Certificates and public keys that stand in the configuration as hexadecimal text.

Settings: `crypto pki certificate chain` (trustpoint) with `certificate` (kind: `ca`,
`self-signed`, …, or None for the router's own; serial), whose argument `data` is the bytes in
hexadecimal digits; `crypto key pubkey-chain rsa` with `addressed-key` (address) and `named-key`
(name), each with `address`, `serial-number` and `key-string` (`data`).

`store_certificate` writes a certificate into the configuration for an enrolment.
"""

from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import CommandSet, Parsed, RefusedError, Setting
from ..keys.der import hex_lines
from .crypto_checks import must_exist

if TYPE_CHECKING:
    from ..device import Router

CHAIN = "crypto pki certificate chain"
NO_TRUSTPOINT = "% CA trustpoint for cert chain not known"
REMOVE_TRUSTPOINT = "% Remove the trustpoint to remove the cert chain."
ENTER_CERTIFICATE = "Enter the certificate in hexidecimal representation....\n\n"
ENTER_KEY = "Enter a public key as a hexidecimal number ....\n\n"
DELETED = "% The certificate has been deleted.\n"
NOT_FOUND = "% Certificate not found"
NOT_HEX = "% Invalid input detected at '^' marker."
HEX_MODE = "config-pki-hexmode"
KEY_MODE = "config-pubkey"
MAX_LINES = 4096
MAX_BYTES = 65536

declared = CommandSet()
declared.mode("certificate-chain", "config-cert-chain")
declared.mode("pubkey-chain", "config-pubkey-chain")
declared.mode("pubkey-key", "config-pubkey-key", parent="pubkey-chain")


def certificate_lines(data: bytes) -> tuple[str, ...]:
    """What stands below a line `certificate` (captures of 17.16)."""
    return (*(f"  {line}" for line in hex_lines(data)), "  \tquit")


def store_certificate(
    router: "Router", trustpoint: str, serial: str, data: bytes, *, kind: str | None = None
) -> None:
    """Put a certificate (DER) into the chain of a trustpoint; `serial` in hexadecimal digits."""
    root = router.config.root
    chain = root.find(CHAIN, trustpoint)
    if chain is None:
        chain = _entry(router, "config", f"{CHAIN} {trustpoint}")
        chain.block = Block("certificate-chain", chain, root)
        router.config.put(root, chain)
    if chain.block is None:
        raise ValueError("a chain without a block")
    words = " ".join(word for word in ("certificate", kind, serial) if word)
    entry = _entry(router, "certificate-chain", words)
    entry.values["data"] = data.hex()
    entry.lines = certificate_lines(data)
    router.config.put(chain.block, entry)


def _entry(router: "Router", mode: str, text: str) -> Entry:
    found = router.grammar.parse(mode, text)
    if not isinstance(found, Parsed) or not isinstance(found.target, Setting):
        raise ValueError(f"{text!r} is no line of the mode {mode}")
    return Entry(setting=found.target, text=text, values=dict(found.values))


def _chain(edit: Edit) -> None:
    name = edit.values["trustpoint"]
    known = edit.router.config.root.find("crypto pki trustpoint", name) is not None
    if edit.removing and known and edit.before is not None:
        raise RefusedError(REMOVE_TRUSTPOINT)
    if not edit.removing:
        must_exist(edit, NO_TRUSTPOINT, "crypto pki trustpoint", name)
        edit.text = f"{CHAIN} {name}"


async def _certificate(edit: Edit) -> None:
    """Read the certificate behind its line, or take one out."""
    serial = edit.values["serial"] = str(edit.values["serial"]).upper()
    if edit.removing:
        if edit.before is None:
            raise RefusedError(NOT_FOUND)
        edit.dialogue.write(DELETED)
        return
    kind = edit.values.get("kind")
    edit.text = " ".join(word for word in ("certificate", kind, serial) if word)
    place = edit.values.get("url")
    if place is not None:
        edit.text += f" {place}"
        return
    edit.dialogue.write(ENTER_CERTIFICATE)
    data = await _hex_text(edit, HEX_MODE)
    edit.values["data"] = data.hex()
    edit.lines = certificate_lines(data)


async def _key_string(edit: Edit) -> None:
    if edit.removing:
        return
    edit.dialogue.write(ENTER_KEY)
    data = await _hex_text(edit, KEY_MODE)
    edit.values["data"] = data.hex()
    edit.lines = (*(f"   {line}" for line in hex_lines(data)), "   quit")


async def _hex_text(edit: Edit, mode: str) -> bytes:
    """The bytes of the lines up to `quit`; refused when they are not hexadecimal."""
    prompt = edit.router.config_prompt(mode)
    digits: list[str] = []
    room = 2 * MAX_BYTES
    for _ in range(MAX_LINES):
        word = "".join((await edit.dialogue.read_text_line(prompt)).split())
        if word.lower() == "quit":
            break
        room -= len(word)
        digits += [word] if room >= 0 else []
    try:
        data = bytes.fromhex("".join(digits))
    except ValueError:
        raise RefusedError(NOT_HEX) from None
    if not data or room < 0:
        raise RefusedError(NOT_HEX)
    return data


for _word in ("pki", "ca"):
    declared.setting(
        "config",
        f"crypto {_word} certificate chain <trustpoint!>",
        name=CHAIN,
        section="pki-chain",
        enters="certificate-chain",
        check=_chain,
        among=CHAIN,
    )
declared.setting(
    "certificate-chain",
    "certificate [<kind!:ca|self-signed|rollover|ra-encrypt|ra-sign|ra-general>]"
    " <serial!:hex> [<url:url>]",
    check=_certificate,
)
declared.setting(
    "config", "crypto key pubkey-chain rsa", section="pki-chain", enters="pubkey-chain"
)
for _kind in ("addressed-key <address!:ipv4>", "named-key <name!>"):
    declared.setting(
        "pubkey-chain", f"{_kind} [<usage!:encryption|signature>]", enters="pubkey-key"
    )
declared.setting("pubkey-key", "address <address:ipv4>")
declared.setting("pubkey-key", "serial-number <serial>")
declared.setting("pubkey-key", "key-string", check=_key_string)

declared.words(
    {
        "certificate chain": "Identify certificates",
        "certificate chain WORD": "CA Server Name",
        "certificate": "Add certificate",
        "certificate ca": "CA certificate",
        "certificate self-signed": "Self-signed certificate",
        "certificate rollover": "Rollover certificate",
        "certificate ra-encrypt": "RA encryption certificate",
        "certificate ra-sign": "RA signature certificate",
        "certificate ra-general": "RA general purpose certificate",
        "certificate Hex-data": "Serial number",
        "certificate URL": "File of the certificate",
        "crypto key": "Long term key operations",
        "crypto key pubkey-chain": "Peer public key chain management",
        "crypto key pubkey-chain rsa": "RSA peer public keys",
        "addressed-key": "Specify a peer's key by address",
        "named-key": "Specify a peer's key by name",
        "named-key WORD": "Name of the peer",
        "addressed-key encryption": "RSA encryption key",
        "addressed-key signature": "RSA signature key",
        "named-key encryption": "RSA encryption key",
        "named-key signature": "RSA signature key",
        "serial-number WORD": "Serial number",
        "key-string": "Enter peer's public key",
    }
)
