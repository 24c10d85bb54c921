"""SSH public keys: those of users in the configuration, those of the router in `show ip ssh`."""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_ssh_public_key,
)

from .errors import BadKeyStringError
from .material import KeyKind, KeyMaterial
from .pair import KeyPair

USER_KEY_TYPES = (
    "ssh-rsa",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-ed25519",
)
"""The types of user keys that IOS-XE takes (genieparser sample of `show ip ssh`)."""

MAX_KEY_CHARS = 16 * 1024
SECSH_COLUMNS = 80

_LENGTH_BYTES = 4
_MD5_DIGITS = 32


@dataclass(frozen=True, slots=True, kw_only=True)
class SshPublicKey:
    """An SSH public key: its type and its encoding (RFC 4253 §6.6, RFC 5656 §3.1, RFC 8709)."""

    key_type: str
    blob: bytes

    @property
    def md5(self) -> str:
        """The fingerprint as `key-hash` has it: 32 capital digits."""
        return md5_fingerprint(self.blob)

    @property
    def sha256(self) -> str:
        """The fingerprint as OpenSSH shows it."""
        digest = b64encode(hashlib.sha256(self.blob).digest()).decode("ascii")
        return f"SHA256:{digest.rstrip('=')}"

    @property
    def text(self) -> str:
        """The type and the encoding in base64, as in an authorized_keys file."""
        return f"{self.key_type} {b64encode(self.blob).decode('ascii')}"


def md5_fingerprint(blob: bytes) -> str:
    """The fingerprint of an SSH public key as `key-hash` has it."""
    return hashlib.md5(blob, usedforsecurity=False).hexdigest().upper()


def read_key_string(lines: Iterable[str]) -> SshPublicKey:
    """The key in the lines behind `key-string`: base64, with or without its type and a comment.

    Raises BadKeyStringError.
    """
    text = ""
    for line in lines:
        text += line.strip(" \t\r\n")
        if len(text) > MAX_KEY_CHARS:
            raise BadKeyStringError("the key is too long")
    words = text.split()
    if words and words[0] in USER_KEY_TYPES:
        del words[0]
    try:
        blob = b64decode(words[0] if words else "", validate=True)
    except (Base64Error, ValueError):
        raise BadKeyStringError("the key is not base64") from None
    return read_blob(blob)


def read_blob(blob: bytes) -> SshPublicKey:
    """The key with that encoding; raises BadKeyStringError when it is none that IOS takes."""
    length = int.from_bytes(blob[:_LENGTH_BYTES], "big")
    name = blob[_LENGTH_BYTES : _LENGTH_BYTES + min(length, MAX_KEY_CHARS)]
    key_type = name.decode("ascii", "replace")
    if key_type not in USER_KEY_TYPES:
        raise BadKeyStringError("the key has no type that a router knows")
    key = SshPublicKey(key_type=key_type, blob=blob)
    try:
        load_ssh_public_key(key.text.encode("ascii"))
    except (ValueError, UnsupportedAlgorithm):
        raise BadKeyStringError("the key cannot be decoded") from None
    return key


def read_key_hash(digits: str) -> str:
    """The fingerprint behind `key-hash TYPE`, in capitals; raises BadKeyStringError."""
    try:
        valid = len(digits) == _MD5_DIGITS and len(bytes.fromhex(digits)) * 2 == _MD5_DIGITS
    except ValueError:
        valid = False
    if not valid:
        raise BadKeyStringError("a key hash has 32 hexadecimal digits")
    return digits.upper()


def ssh_public_key(material: KeyMaterial) -> SshPublicKey:
    """The public key of a pair as SSH sends it."""
    public = material.private_key().public_key()
    text = public.public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH).decode("ascii")
    key_type, _, encoded = text.partition(" ")
    return SshPublicKey(key_type=key_type, blob=b64decode(encoded))


def secsh_lines(pair: KeyPair, *, states_size: bool = True, padded: bool = False) -> list[str]:
    """The lines of `show ip ssh` about a host key.

    `states_size` adds the line with the size (IOS-XE 17); `padded` fills the last line of the key
    with blanks to 80 columns (newest IOS-XE transcript).
    """
    key = ssh_public_key(pair.material)
    lines = [f"IOS Keys in SECSH format({key.key_type}, base64 encoded): {pair.label}"]
    if states_size:
        name = "Modulus Size" if pair.kind is KeyKind.RSA else "Key Size"
        lines.append(f"{name} : {pair.bits} bits")
    text = key.text
    lines += [text[start : start + SECSH_COLUMNS] for start in range(0, len(text), SECSH_COLUMNS)]
    if padded:
        lines[-1] = lines[-1].ljust(SECSH_COLUMNS)
    return lines
