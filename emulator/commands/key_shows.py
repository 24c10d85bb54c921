"""Showing keys: `show crypto key …`."""

from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..keys.material import KeyKind
from ..keys.pair import KeyPair
from ..keys.show import CLASSIC_DUMP, NEWEST_XE_DUMP, XE_DUMP, KeyDumpStyle, mypubkey_text
from ..settings.crypto_checks import release
from ..settings.isakmp import ANY_ADDRESS
from ..shell.call import Call
from .crypto_common import STRONG_RELEASE, plain_time

if TYPE_CHECKING:
    from ..device import Router

CHAIN_HEAD = (
    "Codes: M - Manually configured, C - Extracted from certificate\n\n"
    "Code Usage         IP-Address/VRF         Keyring          Name\n"
)

declared = CommandSet()
declared.words(
    {
        "show crypto": "Encryption module",
        "show crypto key": "Show long term public keys",
        "key mypubkey": "Show public keys associated with this router",
        "mypubkey rsa": "Show RSA public keys",
        "mypubkey rsa WORD": "RSA keypair label",
        "mypubkey ec": "Show EC public keys",
        "mypubkey ec WORD": "EC keypair label",
        "mypubkey all": "Show all public keys",
        "key pubkey-chain": "Show peer public keys",
        "pubkey-chain rsa": "Show peer RSA public keys",
    }
)


@declared.exec("show crypto key mypubkey {all | <kind:rsa|ec> [<label>]}", privilege=15)
async def show_mypubkey(call: Call) -> str:
    """The public keys of the router."""
    word, keys = call.get("kind"), call.router.keys
    pairs = keys.pairs(KeyKind(word.upper()) if word else None, call.get("label"))
    for pair in pairs:
        await keys.work.make(pair.material, call.dialogue.turn)
    return keys_text(call.router, pairs)


def keys_text(router: "Router", pairs: tuple[KeyPair, ...]) -> str:
    """Key pairs as this release shows them; Ed25519 keys are shown by no release."""
    shown = [pair for pair in pairs if pair.kind is not KeyKind.ED25519]
    return mypubkey_text(shown, lambda seconds: plain_time(router, seconds), style_of(router))


def style_of(router: "Router") -> KeyDumpStyle:
    """How this release prints a key."""
    if router.family == CLASSIC:
        return CLASSIC_DUMP
    return NEWEST_XE_DUMP if release(router) >= STRONG_RELEASE else XE_DUMP


@declared.exec("show crypto key pubkey-chain rsa", privilege=15)
def show_pubkey_chain(call: Call) -> str:
    """The public keys of peers, which were entered by hand."""
    chain = call.router.config.root.find("crypto key pubkey-chain rsa")
    rows = []
    for entry in chain.block.entries.values() if chain and chain.block else ():
        address, name = entry.get("address", ""), entry.get("name", "")
        if entry.block is not None:
            address = address or entry.block.value("address", "address", "")
        usage = {"encryption": "Encryption", "signature": "Signing"}.get(
            str(entry.get("usage")), "General"
        )
        where = f"{address or ANY_ADDRESS}/Default"
        rows.append(f"M    {usage:<13} {where:<22} {'default':<16} {name}".rstrip() + "\n")
    return CHAIN_HEAD + "".join(rows)
