"""Type 6: passwords that are encrypted under the master key of `key config-key password-encrypt`.

The text has the shape of those that IOS writes: characters from `A` to `i`, three for two bytes,
with a salt before and a check behind. The cipher is ours (Cisco does not publish its own), so a
text from a real router is not readable here, and none from here there.
"""

from __future__ import annotations

import hashlib
import hmac
from random import Random

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from .errors import BadSecretError

MAX_TYPE6_CHARS = 1024
"""Longest encoded text that is looked at."""

_BASE = 41
_FIRST = ord("A")
_SALT_BYTES = 4
_CHECK_BYTES = 4
_PAIR_BYTES = 2
_PAIR_CHARS = 3
_LARGEST_PAIR = 0xFFFF


def encrypt_type6(password: str, master_key: str, random: Random) -> str:
    """Encrypt `password`; the salt comes from `random`."""
    salt = random.randbytes(_SALT_BYTES)
    data = password.encode("utf-8", "surrogatepass") + b"\0"
    data += b"\0" * (len(data) % _PAIR_BYTES)
    sealed = _streamed(data, salt, master_key)
    return _letters(salt + sealed + _check(salt + sealed, master_key))


def decrypt_type6(text: str, master_key: str) -> str:
    """The password in a type 6 text.

    Raises BadSecretError for a text that is none, or that another master key has made.
    """
    raw = _bytes(text)
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if len(body) <= _SALT_BYTES or not hmac.compare_digest(check, _check(body, master_key)):
        raise BadSecretError("not a type 6 password of this master key")
    salt, sealed = body[:_SALT_BYTES], body[_SALT_BYTES:]
    return _streamed(sealed, salt, master_key).rstrip(b"\0").decode("utf-8", "replace")


def looks_like_type6(text: str) -> bool:
    """Whether a text has the shape of an encrypted password."""
    try:
        return len(_bytes(text)) > _SALT_BYTES + _CHECK_BYTES
    except BadSecretError:
        return False


def _streamed(data: bytes, salt: bytes, master_key: str) -> bytes:
    key = hashlib.sha256(b"cipher" + master_key.encode("utf-8", "surrogatepass")).digest()
    nonce = salt + bytes(16 - len(salt))
    worker = Cipher(algorithms.AES(key), modes.CTR(nonce)).encryptor()
    return worker.update(data) + worker.finalize()


def _check(data: bytes, master_key: str) -> bytes:
    key = hashlib.sha256(b"check" + master_key.encode("utf-8", "surrogatepass")).digest()
    return hmac.digest(key, data, "sha256")[:_CHECK_BYTES]


def _letters(data: bytes) -> str:
    chars = []
    for at in range(0, len(data), _PAIR_BYTES):
        number = int.from_bytes(data[at : at + _PAIR_BYTES], "big")
        high, rest = divmod(number, _BASE * _BASE)
        chars += [high, *divmod(rest, _BASE)]
    return "".join(chr(_FIRST + char) for char in chars)


def _bytes(text: str) -> bytes:
    numbers = [ord(char) - _FIRST for char in text[: MAX_TYPE6_CHARS + 1]]
    whole = len(text) <= MAX_TYPE6_CHARS and len(text) % _PAIR_CHARS == 0
    if not whole or any(not 0 <= number < _BASE for number in numbers):
        raise BadSecretError("not a type 6 password")
    data = bytearray()
    for at in range(0, len(numbers), _PAIR_CHARS):
        high, middle, low = numbers[at : at + _PAIR_CHARS]
        number = (high * _BASE + middle) * _BASE + low
        if number > _LARGEST_PAIR:
            raise BadSecretError("not a type 6 password")
        data += number.to_bytes(_PAIR_BYTES, "big")
    return bytes(data)
