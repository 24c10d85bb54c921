"""The RSA key pairs that sign rekeys: made, exported, imported, compared, removed on key servers.

A private key leaves a device only encrypted under a passphrase that is made for it and forgotten
with the process.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
from dataclasses import dataclass, field
from typing import Final, Literal

from ...errors import DeviceError, RefusedError
from ...parsers.records.keys import PublicKey, PublicKeys
from ..deploying.reading import read
from ..ssh.device import Answer
from .model import UnmetError
from .run import Run

Cipher = Literal["aes", "3des"]
GENERATE_S: Final = 300.0
"""A 4096 bit key takes minutes on an old router."""
PASSPHRASE_CHARS: Final = 24
_ALPHABET: Final = string.ascii_letters + string.digits
_PUBLIC: Final = re.compile(
    r"-----BEGIN PUBLIC KEY-----\n(?:[A-Za-z0-9+/=]{1,76}\n){1,40}-----END PUBLIC KEY-----"
)
_PRIVATE: Final = re.compile(
    r"-----BEGIN RSA PRIVATE KEY-----\n(?:[^\n]{0,76}\n){1,80}-----END RSA PRIVATE KEY-----"
)


@dataclass(frozen=True, slots=True)
class Exported:
    """A key pair as a device exported it: the private half encrypted under `passphrase`."""

    public: str
    private: str = field(repr=False)
    passphrase: str = field(repr=False)


def key_on(run: Run, device: str, label: str) -> PublicKey | None:
    """The key pair `label` of a device, None without one."""
    text = run.device(device).send("show crypto key mypubkey rsa")
    record = read("show crypto key mypubkey rsa", text, source=device)
    keys = record.keys if isinstance(record, PublicKeys) else ()
    return next((key for key in keys if key.name == label and not key.temporary), None)


def digest(key: bytes | None) -> str:
    """What tells public keys apart in a journal; empty for none."""
    return hashlib.sha256(key).hexdigest() if key else ""


def is_saved(key: PublicKey | None) -> bool:
    """Whether there is a key pair that survives a restart, as far as the device says."""
    return key is not None and key.storage is not None


def generate_command(label: str, modulus: int) -> str:
    """The line that makes an exportable key pair."""
    return f"crypto key generate rsa general-keys label {label} modulus {modulus} exportable"


def generate(
    run: Run, device: str, label: str, modulus: int, *, instead_of: str = "", anew: bool = False
) -> None:
    """Make an exportable key pair, unless there is one, and save it.

    The one with the digest `instead_of` does not count, and goes; with `anew` that goes for one
    that is not exportable. Raises UnmetError when the device says that it made none.
    """
    there = key_on(run, device, label)
    if there is not None:
        old = instead_of and digest(there.data) == instead_of
        if old or (anew and not there.exportable):
            _remove(run, device, label)
            there = None
    if there is None:
        said = run.device(device).dialogue(
            generate_command(label, modulus), [], configuring=True, timeout_s=GENERATE_S
        )
        if "[OK]" not in said:
            raise UnmetError(f"made no key: {_words(said)}", device=device)
    save(run, device)


def export_command(label: str, cipher: Cipher) -> str:
    """The line that exports a key pair, as plans show it."""
    return f"crypto key export rsa {label} pem terminal {cipher} <passphrase>"


def import_command(label: str) -> str:
    """The line that imports a key pair, as plans show it."""
    return f"crypto key import rsa {label} pem exportable terminal <passphrase>"


def zeroize_command(label: str) -> str:
    """The line that removes a key pair. It always has a label: without, all keys would go."""
    return f"crypto key zeroize rsa {label}"


def exported(run: Run, device: str, label: str, cipher: Cipher) -> Exported:
    """The key pair as `device` exports it; exported once in a process, never kept elsewhere.

    Raises UnmetError when the key is not there or not exportable.
    """
    place = f"exported {device} {label}"
    kept = run.memory.get(place)
    if isinstance(kept, Exported):
        return kept
    passphrase = run.hidden.keep(_passphrase())
    said = run.device(device).dialogue(
        export_command(label, cipher).replace("<passphrase>", passphrase), [], configuring=True
    )
    public, private = _PUBLIC.search(said), _PRIVATE.search(said)
    if public is None or private is None:
        raise UnmetError(
            f"does not export the key {label}: {_words(said)}",
            device=device,
            hint="a key that was made without 'exportable' cannot be brought to other key servers",
        )
    found = Exported(public=public[0], private=private[0], passphrase=passphrase)
    run.memory[place] = found
    return found


def import_key(run: Run, device: str, label: str, key: Exported) -> None:
    """Bring an exported key pair to another device. Raises UnmetError when it does not take it."""
    said = run.device(device).dialogue(
        import_command(label).replace("<passphrase>", key.passphrase),
        [
            Answer(question="blank line", reply=f"{key.public}\n"),
            Answer(question='"quit"', reply=f"{key.private}\nquit", hidden=True),
        ],
        configuring=True,
    )
    if key_on(run, device, label) is None:
        raise UnmetError(f"does not take the key {label}: {_words(said)}", device=device)
    save(run, device)


def zeroize(run: Run, device: str, label: str, *, only: str = "") -> None:
    """Remove a key pair, if it is there, and save that.

    With `only` it is the one that has this digest. Raises UnmetError for another one.
    """
    if not label:
        raise UnmetError("a key without a label is never removed", device=device)
    there = key_on(run, device, label)
    if there is not None:
        if only and digest(there.data) != only:
            raise UnmetError(f"has another key {label} than when the plan was made", device=device)
        _remove(run, device, label)
    save(run, device)


def _remove(run: Run, device: str, label: str) -> None:
    run.device(device).dialogue(
        zeroize_command(label),
        [Answer(question="really want to remove", reply="yes")],
        configuring=True,
    )
    if key_on(run, device, label) is not None:
        raise UnmetError(f"the key {label} is still there", device=device)


def save(run: Run, device: str) -> None:
    """Save the configuration, and the keys with it. Raises UnmetError when that is not said."""
    said = run.device(device).dialogue(
        "write memory", [Answer(question="overwrite"), Answer(question="continue", reply="yes")]
    )
    if "[OK]" not in said:
        raise UnmetError(f"does not save its configuration: {_words(said)}", device=device)


def check_same(run: Run, devices: list[str], label: str) -> None:
    """Raise UnmetError unless all devices have the same key pair under `label`."""
    found = run.each(devices, lambda name: key_on(run, name, label))
    data: dict[str, bytes] = {}
    for name, key in found.items():
        if isinstance(key, DeviceError):
            raise key
        if key is None or not key.data:
            raise UnmetError(f"has no key {label}", device=name)
        data[name] = key.data
    first = devices[0]
    for name in devices[1:]:
        if data[name] != data[first]:
            raise UnmetError(
                f"has another key {label} than {first}",
                device=name,
                hint="rekeys signed with it would be turned down after a failover",
            )


def _passphrase() -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(PASSPHRASE_CHARS))


def _words(said: str) -> str:
    """The last line that a device said, without what could be a key."""
    shown = [line.strip() for line in said.splitlines() if line.strip().startswith("%")]
    return shown[-1][:200] if shown else "it says nothing of it"


__all__ = [
    "Cipher",
    "Exported",
    "RefusedError",
    "check_same",
    "digest",
    "export_command",
    "exported",
    "generate",
    "generate_command",
    "import_command",
    "import_key",
    "is_saved",
    "key_on",
    "save",
    "zeroize",
    "zeroize_command",
]
