"""PEM as IOS writes and reads it, private keys encrypted in OpenSSL's traditional way.

The key of the cipher comes from the passphrase by one round of MD5, salted with the first eight
bytes of the initial vector that `DEK-Info` states (OpenSSL, `EVP_BytesToKey` and `PEM_do_header`).
"""

from __future__ import annotations

import hashlib
from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass, field
from enum import Enum
from random import Random

from cryptography.hazmat.primitives.ciphers import Cipher, CipherAlgorithm, modes
from cryptography.hazmat.primitives.ciphers.algorithms import AES

from .errors import BadPemError, WrongPassphraseError

COLUMNS = 64
MAX_PEM_CHARS = 64 * 1024
"""Longest text that is looked at; the PEM of a key of 4096 bits has 3,400 characters."""

_SALT_BYTES = 8
_ENCRYPTED = "4,ENCRYPTED"


class PemCipher(Enum):
    """The ciphers of `crypto key export`, by their names in `DEK-Info`."""

    DES = "DES-CBC"
    TRIPLE_DES = "DES-EDE3-CBC"
    AES = "AES-256-CBC"
    AES_192 = "AES-192-CBC"
    AES_128 = "AES-128-CBC"


_KEY_BYTES = {
    PemCipher.DES: 8,
    PemCipher.TRIPLE_DES: 24,
    PemCipher.AES: 32,
    PemCipher.AES_192: 24,
    PemCipher.AES_128: 16,
}
_BLOCK_BYTES = {PemCipher.DES: 8, PemCipher.TRIPLE_DES: 8}
_AES_BLOCK_BYTES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class PemBlock:
    """One block: the words behind BEGIN, the bytes, and how they are encrypted if they are."""

    name: str
    body: bytes = field(repr=False)
    cipher: PemCipher | None = None
    iv: bytes = field(default=b"", repr=False)


def write_pem(name: str, body: bytes, *, header: str = "") -> str:
    """A block of lines of 64 columns; ends with a line end. `header` stands before the data."""
    text = b64encode(body).decode("ascii")
    lines = [text[start : start + COLUMNS] for start in range(0, len(text), COLUMNS)]
    return "\n".join([f"-----BEGIN {name}-----{header}", *lines, f"-----END {name}-----", ""])


def write_encrypted_pem(
    name: str, body: bytes, *, cipher: PemCipher, passphrase: str, random: Random
) -> str:
    """A block whose bytes are encrypted with `passphrase`; the vector comes from `random`."""
    size = _BLOCK_BYTES.get(cipher, _AES_BLOCK_BYTES)
    iv = random.randbytes(size)
    padding = size - len(body) % size
    encryptor = _cipher(cipher, passphrase, iv).encryptor()
    data = encryptor.update(body + bytes([padding]) * padding) + encryptor.finalize()
    header = f"\nProc-Type: {_ENCRYPTED}\nDEK-Info: {cipher.value},{iv.hex().upper()}\n"
    return write_pem(name, data, header=header)


def read_pem(text: str) -> PemBlock:
    """The first block in a pasted text, whatever stands before and behind it.

    Line ends, blanks around lines and the width of the lines do not matter. Raises BadPemError.
    """
    if len(text) > MAX_PEM_CHARS:
        raise BadPemError("the text is longer than that of any key")
    _, begin, rest = text.partition("-----BEGIN ")
    name, dashes, rest = rest.partition("-----")
    if not begin or not dashes or "\n" in name:
        raise BadPemError("there is no BEGIN line")
    content, end, _ = rest.partition(f"-----END {name}-----")
    if not end:
        raise BadPemError("there is no END line that fits the BEGIN line")
    fields: dict[str, str] = {}
    data: list[str] = []
    for line in content.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            fields[key.strip()] = value.strip()
        else:
            data.append("".join(line.split()))
    cipher, iv = _encryption(fields)
    return PemBlock(name=name, body=_decoded("".join(data)), cipher=cipher, iv=iv)


def decrypt(block: PemBlock, passphrase: str) -> bytes:
    """The bytes of a block in clear; raises WrongPassphraseError where the padding shows one."""
    if block.cipher is None:
        return block.body
    size = _BLOCK_BYTES.get(block.cipher, _AES_BLOCK_BYTES)
    if not block.body or len(block.body) % size:
        raise BadPemError("the encrypted data is cut")
    decryptor = _cipher(block.cipher, passphrase, block.iv).decryptor()
    data = decryptor.update(block.body) + decryptor.finalize()
    padding = data[-1]
    if not 1 <= padding <= size or data[-padding:] != bytes([padding]) * padding:
        raise WrongPassphraseError("the passphrase does not open the key")
    return data[:-padding]


def _decoded(text: str) -> bytes:
    try:
        return b64decode(text, validate=True)
    except (Base64Error, ValueError):
        # the error would quote the text
        raise BadPemError("the data is not base64") from None


def _encryption(fields: dict[str, str]) -> tuple[PemCipher | None, bytes]:
    if "Proc-Type" not in fields:
        return None, b""
    name, _, vector = fields.get("DEK-Info", "").partition(",")
    try:
        cipher, iv = PemCipher(name.strip().upper()), bytes.fromhex(vector)
    except ValueError:
        raise BadPemError("the DEK-Info line names no known cipher and vector") from None
    if fields["Proc-Type"].replace(" ", "") != _ENCRYPTED:
        raise BadPemError("the Proc-Type is not 4,ENCRYPTED")
    if len(iv) != _BLOCK_BYTES.get(cipher, _AES_BLOCK_BYTES):
        raise BadPemError("the vector in the DEK-Info line has a wrong length")
    return cipher, iv


def _cipher(cipher: PemCipher, passphrase: str, iv: bytes) -> Cipher[modes.CBC]:
    key = _derived_key(passphrase, iv[:_SALT_BYTES], _KEY_BYTES[cipher])
    return Cipher(_algorithm(cipher, key), modes.CBC(iv))


def _algorithm(cipher: PemCipher, key: bytes) -> CipherAlgorithm:
    if cipher not in _BLOCK_BYTES:
        return AES(key)
    from cryptography.hazmat.decrepit.ciphers.algorithms import TripleDES

    # single DES is triple DES with one key: encrypt, decrypt, encrypt
    return TripleDES(key * 3 if cipher is PemCipher.DES else key)


def _derived_key(passphrase: str, salt: bytes, size: int) -> bytes:
    secret = passphrase.encode("utf-8", "surrogatepass") + salt
    key = block = b""
    while len(key) < size:
        block = hashlib.md5(block + secret, usedforsecurity=False).digest()
        key += block
    return key[:size]
