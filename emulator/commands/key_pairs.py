"""Making and removing key pairs: `crypto key generate`, `zeroize`, `move` and their like.

The texts are those of public transcripts of 15.x, 16.x and 17.x. In exec mode, which IOS-XE 17 has
too, a router makes RSA keys in the background.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, XE, CommandSet, RefusedError
from ..keys.errors import NoSuchKeyError
from ..keys.maker import MAX_MODULUS_BITS
from ..keys.material import KeyKind, KeyMaterial
from ..keys.pair import USAGE_KEYS, Usage
from ..settings.crypto_checks import release
from ..shell.background import in_background
from ..shell.call import Call
from ..shell.questions import agreed
from ..terminal.trampoline import Trampoline
from .crypto_common import (
    EXEC_RELEASE,
    STRONG_RELEASE,
    last,
    only_newer_exec,
    usual_label,
)

if TYPE_CHECKING:
    from ..device import Router

REPLACE = "% Do you really want to replace them? [yes/no]: "
REMOVE = "Do you really want to remove these keys? [yes/no]: "
CERTIFICATES_TOO = "% All router certs issued using these keys will also be removed.\n"
USAGES = {
    "general-keys": (Usage.GENERAL,),
    "usage-keys": USAGE_KEYS,
    "signature": (Usage.SIGNATURE,),
    "encryption": (Usage.ENCRYPTION,),
}
USAGE_WORDS = {
    Usage.GENERAL: "General Purpose",
    Usage.SIGNATURE: "Signature",
    Usage.ENCRYPTION: "Encryption",
}
CLASSIC_LEAST_BITS, XE_LEAST_BITS, STRONG_LEAST_BITS = 360, 512, 2048

declared = CommandSet()
declared.words(
    {
        "keysize 256 label": "Provide a label",
        "keysize 384 label": "Provide a label",
        "keysize 521 label": "Provide a label",
        "crypto key": "Long term key operations",
        "key generate": "Generate new keys",
        "key generate rsa": "Generate RSA keys",
        "key generate ec": "Generate EC keys for ECDSA",
        "rsa general-keys": "Generate a general purpose RSA key pair for signing and encryption",
        "rsa usage-keys": "Generate separate RSA key pairs for signing and encryption",
        "rsa signature": "Generate a general purpose RSA key pair for signing",
        "rsa encryption": "Generate a general purpose RSA key pair for encryption",
        "generate rsa label": "Provide a label",
        "generate rsa label WORD": "RSA keypair label",
        "generate rsa exportable": "Allow the key to be exported",
        "generate rsa modulus": "Provide number of modulus bits on the command line",
        "modulus <360-4096>": "size of the key modulus [360-4096]",
        "modulus <512-4096>": "size of the key modulus [512-4096]",
        "generate rsa storage": "Store key on specified device",
        "generate rsa storage WORD": "Device name",
        "generate rsa redundancy": "Allow the key to be synced to high-availability peer",
        "generate rsa on": "create key on specified device.",
        "generate rsa on WORD": "Device name",
        "generate ec keysize": "Size of the EC key",
        "keysize 256": "256 bit key",
        "keysize 384": "384 bit key",
        "keysize 521": "521 bit key",
        "keysize exportable": "Allow the key to be exported",
        "keysize label": "Provide a label",
        "keysize label WORD": "EC keypair label",
        "key zeroize": "Remove keys",
        "key zeroize rsa": "Remove RSA keys",
        "key zeroize rsa WORD": "RSA keypair label",
        "key zeroize ec": "Remove EC keys",
        "key zeroize ec WORD": "EC keypair label",
        "key move": "Move keys",
        "key move rsa": "RSA keys",
        "key move rsa WORD": "RSA keypair label",
        "non-exportable": "Make the key non-exportable",
        "key encrypt": "Encrypt a key pair",
        "key decrypt": "Decrypt a key pair",
        "key lock": "Lock a key pair",
        "key unlock": "Unlock a key pair",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """The bits of a modulus that a router makes: smallest, largest, and what it offers."""

    least: int
    most: int
    usual: int


def sizes_of(router: "Router") -> Sizes:
    """What this release makes (transcripts; releases from 17.11 on refuse short keys)."""
    version = release(router)
    if router.family == CLASSIC:
        return Sizes(least=CLASSIC_LEAST_BITS, most=MAX_MODULUS_BITS, usual=512)
    shielded = not router.config.root.has("crypto engine compliance shield disable")
    strong = version >= STRONG_RELEASE and shielded
    usual = 2048 if strong or version >= EXEC_RELEASE else 1024
    least = STRONG_LEAST_BITS if strong else XE_LEAST_BITS
    return Sizes(least=least, most=MAX_MODULUS_BITS, usual=usual)


def _generate_syntax(least: int) -> str:
    words = "|".join(USAGES)
    return (
        f"crypto key generate rsa {{<usage:{words}> | label <label> | exportable"
        f" | modulus <bits:{least}-{MAX_MODULUS_BITS}> | storage <storage> | redundancy"
        " | on <device>}*"
    )


async def _generate_rsa(call: Call) -> str | None:
    """Make RSA keys, after the questions that the line leaves open."""
    background = only_newer_exec(call)
    router, write = call.router, call.dialogue.write
    bits, sizes = last(call, "bits"), sizes_of(router)
    if bits is not None and bits < sizes.least:
        raise RefusedError(argument="bits")
    _refuse_devices(call)
    label = last(call, "label") or usual_label(router)
    if not await _may_replace(call, KeyKind.RSA, label, asks=bits is None):
        return None
    if bits is not None:
        write(f"\n% The key modulus size is {bits} bits\n")
    exportable = call.has("exportable")
    pending = _Pending(router, router.booted_at, label, exportable, call.has("redundancy"))
    for usage in USAGES[last(call, "usage", "general-keys")]:
        size = bits or await _asked_bits(call, usage, sizes)
        material = router.keys.new_rsa(size)
        pending.made.append((usage, material))
        if not background:
            begun = router.clock.now()
            write(f"% Generating {size} bit RSA keys, keys will be {_export_word(exportable)}...\n")
            await call.dialogue.sleep(router.behaviour.key_s)
            await router.keys.work.make(material, call.dialogue.turn)
            elapsed = int(router.clock.now() - begun)
            write(f"[OK] (elapsed time was {elapsed} seconds)\n")
    if background:
        write("% Generating crypto RSA keys in background ...\n")
        in_background(router.clock, pending.make)
    else:
        pending.put()
    return "\n"


@dataclass(frozen=True, slots=True)
class _Pending:
    """Keys that are being made; of no use any more once the router has been restarted."""

    router: "Router"
    booted_at: float
    label: str
    exportable: bool
    redundancy: bool
    made: list[tuple[Usage, KeyMaterial]] = field(default_factory=list)

    async def make(self, waiting: Trampoline) -> None:
        """Make them in their time."""
        router = self.router
        await waiting.until(router.clock.now() + router.behaviour.key_s, str)
        for _, material in self.made:
            await router.keys.work.make(material, waiting.turn)
        self.put()

    def put(self) -> None:
        """Give them to the router."""
        router = self.router
        if not router.running or router.booted_at != self.booted_at:
            return
        router.keys.put_rsa(
            self.label,
            self.made,
            now=router.clock.now(),
            exportable=self.exportable,
            redundancy=self.redundancy,
        )


for _family, _least in ((CLASSIC, CLASSIC_LEAST_BITS), (XE, XE_LEAST_BITS)):
    declared.exec(_generate_syntax(_least), mode="config", families=(_family,))(_generate_rsa)
declared.exec(_generate_syntax(XE_LEAST_BITS), privilege=15, families=(XE,))(_generate_rsa)


def _refuse_devices(call: Call) -> None:
    """Keys can be kept in file systems of the router, and made nowhere else."""
    place = last(call, "storage")
    if place is not None and f"{place}".rstrip(":") + ":" not in call.router.files.prefixes():
        raise RefusedError(argument="storage")
    if last(call, "device") is not None:
        raise RefusedError(argument="device")


def _export_word(exportable: bool) -> str:
    return "exportable" if exportable else "non-exportable"


async def _may_replace(call: Call, kind: KeyKind, label: str, *, asks: bool) -> bool:
    """Say which name the keys will have; ask before others are replaced, or only say so."""
    write = call.dialogue.write
    if not call.router.keys.pairs(kind, label):
        write(f"The name for the keys will be: {label}\n")
        return True
    write(f"% You already have {kind.value} keys defined named {label}.\n")
    if asks:
        return await agreed(call, REPLACE)
    write("% They will be replaced.\n")
    return True


async def _asked_bits(call: Call, usage: Usage, sizes: Sizes) -> int:
    """Ask for the size of a modulus until it is one."""
    call.dialogue.write(
        f"Choose the size of the key modulus in the range of {sizes.least} to {sizes.most} for"
        f" your\n  {USAGE_WORDS[usage]} Keys. Choosing a key modulus greater than 512 may take\n"
        "  a few minutes.\n\n"
    )
    while True:
        answer = await call.dialogue.ask(f"How many bits in the modulus [{sizes.usual}]: ")
        answer = answer.strip()
        if not answer:
            return sizes.usual
        if answer.isdecimal() and len(answer) <= 5 and sizes.least <= int(answer) <= sizes.most:
            return int(answer)
        call.dialogue.write(f"% A decimal number between {sizes.least} and {sizes.most}.\n")


_GENERATE_EC = "crypto key generate ec keysize <bits:256|384|521> {exportable | label <label>}*"


@declared.exec(_GENERATE_EC, mode="config")
@declared.exec(_GENERATE_EC, privilege=15, families=(XE,))
async def generate_ec(call: Call) -> str | None:
    """Make an EC key."""
    only_newer_exec(call)
    router = call.router
    label = last(call, "label") or usual_label(router)
    known = bool(router.keys.pairs(KeyKind.EC, label))
    if not await _may_replace(call, KeyKind.EC, label, asks=True):
        return None
    exportable = call.has("exportable")
    now = router.clock.now()
    router.keys.generate_ec(label, int(call["bits"]), now=now, exportable=exportable)
    return None if known else "\n"


_ZEROIZE = "crypto key zeroize [{<kind:rsa|ec> [<label>]}]"


@declared.exec(_ZEROIZE, mode="config")
@declared.exec(_ZEROIZE, privilege=15, families=(XE,))
async def zeroize(call: Call) -> None:
    """Remove keys, after a question."""
    only_newer_exec(call)
    keys, label, word = call.router.keys, call.get("label"), call.get("kind")
    kind = KeyKind(word.upper()) if word else None
    if not keys.pairs(kind, label):
        what = "EC" if kind is KeyKind.EC else "Signature RSA"
        raise RefusedError(f"% No {what} Keys found in configuration.")
    if label is not None:
        call.dialogue.write(f"% Keys to be removed are named '{label}'.\n")
    else:
        call.dialogue.write(f"% All {f'{kind.value} ' if kind else ''}keys will be removed.\n")
    call.dialogue.write(CERTIFICATES_TOO)
    if await agreed(call, REMOVE):
        keys.zeroize(kind, label)


_MOVE = "crypto key move rsa <label> non-exportable"


@declared.exec(_MOVE, mode="config")
@declared.exec(_MOVE, privilege=15, families=(XE,))
def move(call: Call) -> None:
    """Make a key non-exportable, for ever."""
    only_newer_exec(call)
    try:
        call.router.keys.lock(call["label"])
    except NoSuchKeyError:
        raise RefusedError(no_such_pair(call["label"])) from None


def no_such_pair(label: str) -> str:
    """What a router says of a label that no key has."""
    return f"% Key pair {label} does not exist"


_PROTECTED = "rsa [name <label>] passphrase <passphrase:secret>"


@declared.exec(
    f"crypto key encrypt [write] {_PROTECTED}",
    f"crypto key decrypt [write] {_PROTECTED}",
    mode="config",
)
@declared.exec(f"crypto key lock {_PROTECTED}", f"crypto key unlock {_PROTECTED}", privilege=15)
def protect(_call: Call) -> None:
    """Encrypting private keys in NVRAM: this software does not have it."""
    raise RefusedError(argument="rsa")
