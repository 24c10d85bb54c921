"""Passwords as configurations hold them: types 0, 4, 5, 7, 8 and 9.

Type 5 is MD5-crypt, type 8 PBKDF2 with SHA-256 in 20,000 rounds, type 9 scrypt with N=16384, r=1,
p=1, both salted with the characters as they are written (hashcat modes 500, 9200, 9300). Type 4 is
one round of SHA-256 without salt (mode 5700), which newer releases only recognise.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections import OrderedDict
from functools import lru_cache
from random import Random
from secrets import token_bytes

from .errors import BadSecretError
from .type7 import decode_type7, encode_type7

HASH_TYPES = (4, 5, 8, 9)
"""The types that cannot be turned back."""

MAX_PASSWORD_CHARS = 256
"""Longest password that is looked at; IOS takes 127 characters at most."""

_BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
_CISCO = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_TO_CISCO = bytes.maketrans(_BASE64, _CISCO)
_CISCO_CHARS = frozenset(_CISCO.decode("ascii"))

_SALT_BYTES = 10
_SALT_CHARS = 14
_HASH_BYTES = 32
_HASH_CHARS = 43
_PBKDF2_ROUNDS = 20_000
_SCRYPT_COST = 16_384

_PROCESS_KEY = token_bytes(_HASH_BYTES)

_MD5_SALT_CHARS = 4
_MD5_MOST_SALT_CHARS = 8
_MD5_HASH_CHARS = 22
_MD5_ROUNDS = 1000
# the order in which MD5-crypt writes the bytes of its result, three at a time
_MD5_ORDER = ((0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5))
_MD5_LAST = 11


def hash_password(secret_type: int, password: str, random: Random) -> str:
    """Encode `password` as a configuration holds it; the salt comes from `random`.

    A process makes a hash of type 8 or 9, which takes 10 ms, once: a lab that starts again gives
    its passwords the same salts. Raises BadSecretError for a type that no router writes.
    """
    if secret_type == 0:
        return password
    if secret_type == 5:
        salt = "".join(chr(random.choice(_CISCO)) for _ in range(_MD5_SALT_CHARS))
        return md5_crypt(password, salt)
    if secret_type == 7:
        return encode_type7(password, random)
    if secret_type in (8, 9):
        salt = _cisco64(random.randbytes(_SALT_BYTES))
        made = _made(_digest(_PROCESS_KEY, secret_type, salt, password))
        if not made:
            slow = pbkdf2_hash if secret_type == 8 else scrypt_hash
            made.append(slow(password, salt))
        return made[0]
    raise BadSecretError(f"passwords of type {secret_type} are not made")


def verify_password(secret_type: int, stored: str, password: str) -> bool:
    """Whether `password` is the one that is stored; False also where `stored` makes no sense."""
    if len(password) > MAX_PASSWORD_CHARS:
        return False
    try:
        expected = _expected(secret_type, stored, password)
    except BadSecretError:
        return False
    return hmac.compare_digest(_bytes(expected), _bytes(stored if secret_type != 7 else password))


def well_formed(secret_type: int, stored: str) -> bool:
    """Whether a text can be an encoded password of that type, as IOS checks when it is entered."""
    if secret_type == 0:
        return bool(stored)
    if secret_type == 4:
        return len(stored) == _HASH_CHARS and _CISCO_CHARS.issuperset(stored)
    try:
        if secret_type == 7:
            decode_type7(stored)
        else:
            _salt(secret_type, stored)
    except BadSecretError:
        return False
    return True


def md5_crypt(password: str, salt: str) -> str:
    """The type 5 hash with that salt (Poul-Henning Kamp's `$1$`, 1994)."""
    secret, salted = _bytes(password), salt.encode("ascii")
    digest = _md5(secret + salted + secret)
    text = secret + b"$1$" + salted
    text += (digest * (len(secret) // len(digest) + 1))[: len(secret)]
    count = len(secret)
    while count:
        text += b"\0" if count & 1 else secret[:1]
        count >>= 1
    digest = _md5(text)
    for number in range(_MD5_ROUNDS):
        digest = _md5(
            (secret if number & 1 else digest)
            + (salted if number % 3 else b"")
            + (secret if number % 7 else b"")
            + (digest if number & 1 else secret)
        )
    values = [
        (digest[first] << 16 | digest[second] << 8 | digest[third], 4)
        for first, second, third in _MD5_ORDER
    ]
    values.append((digest[_MD5_LAST], 2))
    encoded = "".join(
        chr(_CISCO[value >> 6 * place & 0x3F])
        for value, length in values
        for place in range(length)
    )
    return f"$1${salt}${encoded}"


def pbkdf2_hash(password: str, salt: str) -> str:
    """The type 8 hash with that salt."""
    digest = hashlib.pbkdf2_hmac(
        "sha256", _bytes(password), salt.encode("ascii"), _PBKDF2_ROUNDS, _HASH_BYTES
    )
    return f"$8${salt}${_cisco64(digest)}"


def scrypt_hash(password: str, salt: str) -> str:
    """The type 9 hash with that salt."""
    digest = hashlib.scrypt(
        _bytes(password), salt=salt.encode("ascii"), n=_SCRYPT_COST, r=1, p=1, dklen=_HASH_BYTES
    )
    return f"$9${salt}${_cisco64(digest)}"


class PasswordChecker:
    """Verifies passwords, and remembers for a while which ones were right.

    A type 9 check takes 5 to 30 ms, which fifty logins at once would wait for. What is kept is a
    keyed digest of the stored text and the password, never the password, and of successes only: a
    wrong password always takes its time.
    """

    __slots__ = ("_capacity", "_key", "_right")

    def __init__(self, random: Random, *, capacity: int = 256) -> None:
        self._key = random.randbytes(_HASH_BYTES)
        self._capacity = capacity
        self._right: OrderedDict[bytes, None] = OrderedDict()

    def verify(self, secret_type: int, stored: str, password: str) -> bool:
        """Whether `password` is the one that is stored."""
        if secret_type not in HASH_TYPES or len(password) > MAX_PASSWORD_CHARS:
            return verify_password(secret_type, stored, password)
        token = self._token(secret_type, stored, password)
        if token in self._right:
            self._right.move_to_end(token)
            return True
        if not verify_password(secret_type, stored, password):
            return False
        self._right[token] = None
        if len(self._right) > self._capacity:
            self._right.popitem(last=False)
        return True

    def _token(self, secret_type: int, stored: str, password: str) -> bytes:
        return _digest(self._key, secret_type, stored, password)


@lru_cache(maxsize=1000)
def _made(digest: bytes) -> list[str]:  # noqa: ARG001 - what it is kept by
    """Holds a hash once it is made; test suites start a lab many times."""
    return []


def _digest(key: bytes, secret_type: int, text: str, password: str) -> bytes:
    """What tells a password and a text from others, and says nothing of the password."""
    shown = _bytes(text)
    head = f"{secret_type} {len(shown)} ".encode("ascii")
    return hashlib.blake2b(head + shown + _bytes(password), key=key).digest()


def _expected(secret_type: int, stored: str, password: str) -> str:
    """What `stored` has to be for `password`; for type 7 what the password has to be."""
    if secret_type == 0:
        return password
    if secret_type == 4:
        return _cisco64(hashlib.sha256(_bytes(password)).digest())
    if secret_type == 7:
        return decode_type7(stored)
    salt = _salt(secret_type, stored)
    if secret_type == 5:
        return md5_crypt(password, salt)
    return pbkdf2_hash(password, salt) if secret_type == 8 else scrypt_hash(password, salt)


def _salt(secret_type: int, stored: str) -> str:
    marks = {5: "1", 8: "8", 9: "9"}
    parts = stored.split("$", 4)
    if secret_type not in marks or len(parts) != 4 or parts[:2] != ["", marks[secret_type]]:
        raise BadSecretError(f"not a type {secret_type} password")
    salt, digest = parts[2:]
    if secret_type == 5:
        fits = 1 <= len(salt) <= _MD5_MOST_SALT_CHARS and len(digest) == _MD5_HASH_CHARS
    else:
        fits = len(salt) == _SALT_CHARS and len(digest) == _HASH_CHARS
    if not fits or not _CISCO_CHARS.issuperset(salt + digest):
        raise BadSecretError(f"not a type {secret_type} password")
    return salt


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _cisco64(data: bytes) -> str:
    """Base64 in IOS's own alphabet, without padding."""
    return b64encode(data).rstrip(b"=").translate(_TO_CISCO).decode("ascii")
