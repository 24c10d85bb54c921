"""Taking key pairs from router to router: `crypto key export` and `crypto key import`.

The texts are those of the Cisco configuration guide for RSA keys within a PKI and of public GETVPN
transcripts. Pasted text is shown as it is typed, without a prompt.
"""

from typing import TYPE_CHECKING

from ..grammar import XE, CommandSet, RefusedError
from ..keys.errors import (
    BadPemError,
    KeyMismatchError,
    NotExportableError,
    PassphraseTooShortError,
    PemError,
    WrongPassphraseError,
)
from ..keys.exchange import ExportedPair, export_pair, import_material
from ..keys.material import KeyKind, KeyMaterial
from ..keys.pair import USAGE_KEYS, KeyPair, Usage
from ..keys.pem import MAX_PEM_CHARS, PemCipher
from ..shell.call import Call
from .crypto_common import only_newer_exec
from .key_files import read_text, write_text
from .key_pairs import USAGE_WORDS, no_such_pair

if TYPE_CHECKING:
    from ..device import Router

CIPHERS = {"3des": PemCipher.TRIPLE_DES, "des": PemCipher.DES, "aes": PemCipher.AES}
SHORT = "% Pass phrase should be at least 8 characters."
PUBLIC_PROMPT = (
    "% Enter PEM-formatted public {} key or certificate.\n"
    '% End with a blank line or "quit" on a line by itself.\n'
)
PRIVATE_PROMPT = (
    '% Enter PEM-formatted encrypted private {} key.\n% End with "quit" on a line by itself.\n'
)
SUCCEEDED = "% Key pair import succeeded.\n"
FAILED = "% Key pair import failed.\n"
QUIT = "quit"
MAX_BLANK_LINES = 100
_REASONS: dict[type[PemError], str] = {
    WrongPassphraseError: "% Error: Passphrase is incorrect.\n",
    KeyMismatchError: "% Error: The private key does not belong to the public key.\n",
    BadPemError: "% Error: The PEM data cannot be decoded.\n",
}

declared = CommandSet()
declared.words(
    {
        "key export": "Export keys",
        "key export rsa": "Export RSA keys",
        "key export rsa WORD": "RSA keypair label",
        "key export ec": "Export EC keys",
        "key export ec WORD": "EC keypair label",
        "export rsa pem": "Export keys in PEM format",
        "export ec pem": "Export keys in PEM format",
        "import rsa pem": "Import keys in PEM format",
        "import ec pem": "Import keys in PEM format",
        "exportable": "Allow the key to be exported",
        "general-purpose": "Import a general purpose key pair",
        "usage-keys": "Import usage key pairs",
        "signature": "Import the signature key",
        "encryption": "Import the encryption key",
        "lock rsa": "RSA keys",
        "unlock rsa": "RSA keys",
        "lock rsa name": "Specify which keypair to lock",
        "unlock rsa name": "Specify which keypair to unlock",
        "passphrase": "Passphrase that protects the key",
        "pem terminal": "Via terminal",
        "import rsa url": "Via file system or URL",
        "import ec url": "Via file system or URL",
        "usage-keys url": "Via file system or URL",
        "signature url": "Via file system or URL",
        "redundancy url": "Via file system or URL",
        "general-purpose url": "Via file system or URL",
        "exportable url": "Via file system or URL",
        "encryption url": "Via file system or URL",
        "pem url": "Via file system or URL",
        "pem url URL": "URL of the files, without their endings",
        "key export 3des": "Encrypt the private key with 3DES",
        "key export des": "Encrypt the private key with DES",
        "key export aes": "Encrypt the private key with AES",
        "key export LINE": "Passphrase used to protect the private key",
        "key import": "Import keys",
        "key import rsa": "Import RSA keys",
        "key import rsa WORD": "RSA keypair label",
        "key import ec": "Import EC keys",
        "key import ec WORD": "EC keypair label",
        "key import exportable": "Allow the key to be exported",
        "key import general-purpose": "Import a general purpose key pair",
        "key import usage-keys": "Import separate key pairs for signing and encryption",
        "key import signature": "Import a key pair for signing",
        "key import encryption": "Import a key pair for encryption",
        "key import redundancy": "Allow the key to be synced to high-availability peer",
        "key import terminal": "Via terminal",
        "key import url": "Via file system or URL",
        "key import LINE": "Passphrase used to protect the private key",
    }
)

_EXPORT = (
    "crypto key export <kind:rsa|ec> <label> pem {terminal | url <url:path>}"
    " <cipher:3des|des|aes> <passphrase:secret>"
)


@declared.exec(_EXPORT, mode="config")
@declared.exec(_EXPORT, privilege=15, families=(XE,))
async def export(call: Call) -> str | None:
    """Print or store a key pair, the private key encrypted."""
    only_newer_exec(call)
    router, label = call.router, call["label"]
    kind = KeyKind(call["kind"].upper())
    pairs = [pair for pair in router.keys.pairs(kind, label) if not pair.temporary]
    if not pairs:
        raise RefusedError(no_such_pair(label))
    for pair in pairs:
        await router.keys.work.make(pair.material, call.dialogue.turn)
    exported = [_exported(router, pair, call["cipher"], call["passphrase"]) for pair in pairs]
    for pair, texts in zip(pairs, exported, strict=True):
        call.dialogue.write(f"% Key name: {label}\n   Usage: {pair.usage.value}\n")
        if call.get("url") is None:
            call.dialogue.write(f"   Key data:\n{texts.public}{texts.private}")
            continue
        ending = {Usage.SIGNATURE: "-sign", Usage.ENCRYPTION: "-encr"}.get(pair.usage, "")
        ending = ending if len(pairs) > 1 else ""
        for words, text, name in (
            ("public", texts.public, f"{label}{ending}.pub"),
            ("private", texts.private, f"{label}{ending}.prv"),
        ):
            call.dialogue.write(f"Exporting {words} key...\n")
            await write_text(call, call["url"], name, text)
    return "\n" if call.get("url") is None else None


def _exported(router: "Router", pair: KeyPair, cipher: str, passphrase: str) -> ExportedPair:
    try:
        return export_pair(
            pair, cipher=CIPHERS[cipher], passphrase=passphrase, random=router.random
        )
    except NotExportableError:
        text = f"% {pair.kind.value} keypair {pair.label} is not exportable."
        raise RefusedError(text) from None
    except PassphraseTooShortError:
        raise RefusedError(SHORT) from None


_IMPORT = (
    "crypto key import <kind:rsa|ec> <label> {pem | exportable | redundancy | usage-keys"
    " | general-purpose | signature | encryption}* {terminal | url <url:path>}"
    " <passphrase:secret>"
)


@declared.exec(_IMPORT, mode="config")
@declared.exec(_IMPORT, privilege=15, families=(XE,))
async def import_(call: Call) -> str | None:
    """Take in a key pair from the terminal or from files."""
    only_newer_exec(call)
    keys, label = call.router.keys, call["label"]
    kind = KeyKind(call["kind"].upper())
    if keys.pairs(kind, label):
        raise RefusedError(f"% Keypair named {label} already exists")
    usages = USAGE_KEYS if call.has("usage-keys") else (Usage.GENERAL,)
    if call.get("url") is None:
        call.dialogue.write("\n")
    materials: list[KeyMaterial] = []
    for usage in usages:
        public, private = await _texts(call, usage, single=len(usages) == 1)
        try:
            materials.append(import_material(public, private, call["passphrase"], kind=kind))
        except PemError as failed:
            return _REASONS.get(type(failed), "") + FAILED + "\n"
    keys.add(
        label,
        materials[0],
        now=call.router.clock.now(),
        encryption=materials[1] if len(materials) > 1 else None,
        exportable=call.has("exportable"),
        redundancy=call.has("redundancy"),
    )
    return SUCCEEDED + "\n"


async def _texts(call: Call, usage: Usage, *, single: bool) -> tuple[str, str]:
    """The public and the private text of one pair."""
    place, label = call.get("url"), call["label"]
    if place is None:
        words = USAGE_WORDS[usage]
        public = await pasted(call, PUBLIC_PROMPT.format(words), blank_ends=True)
        return public, await pasted(call, PRIVATE_PROMPT.format(words))
    ending = "" if single else {Usage.SIGNATURE: "-sign"}.get(usage, "-encr")
    call.dialogue.write("% Importing public key or certificate PEM file...\n")
    public = await read_text(call, place, f"{label}{ending}.pub")
    call.dialogue.write("% Importing private key PEM file...\n")
    return public, await read_text(call, place, f"{label}{ending}.prv")


async def pasted(call: Call, prompt: str, *, blank_ends: bool = False) -> str:
    """The lines of a pasted text up to `quit`, or to a blank line where that ends it too.

    More text than any key has is read, and kept no longer than it could be one. Many blank lines
    in a row are the end of a text that nobody types.
    """
    call.dialogue.write(prompt)
    lines: list[str] = []
    room, blanks = MAX_PEM_CHARS, 0
    while True:
        line = await call.dialogue.read_text_line()
        word = line.strip()
        blanks = 0 if word else blanks + 1
        if word == QUIT or (blank_ends and blanks) or blanks > MAX_BLANK_LINES:
            return "".join(lines)
        if room > 0:
            lines.append(f"{line}\n")
            room -= len(line) + 1
