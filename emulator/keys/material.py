"""The numbers of a key pair: private key, public key and their encodings."""

from __future__ import annotations

from collections.abc import Callable, Generator
from enum import Enum

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)

from .primes import Steps

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
"""What `cryptography` can sign with here."""


class KeyKind(Enum):
    """The algorithm of a key pair."""

    RSA = "RSA"
    EC = "EC"
    ED25519 = "ED25519"


class KeyMaterial:
    """A real key pair that is made when it is first looked at.

    A lab has thousands of devices of which few are ever asked for their key. `source` is the
    private key in DER (PKCS #1 for RSA, SEC 1 for EC, PKCS #8 for Ed25519), or begins the work that
    makes it. Neither `repr` nor an exception shows the private key.
    """

    __slots__ = ("_public", "_source", "bits", "kind")

    def __init__(
        self, kind: KeyKind, bits: int, source: bytes | Callable[[], Steps[bytes]]
    ) -> None:
        self.kind = kind
        self.bits = bits
        self._source: bytes | Callable[[], Steps[bytes]] | Steps[bytes] = source
        self._public: bytes | None = None

    @classmethod
    def of(cls, key: PrivateKey) -> KeyMaterial:
        """The material of a key of `cryptography`."""
        return cls(_kind(key), key_bits(key), private_der(key))

    @property
    def made(self) -> bool:
        """Whether the key exists already."""
        return isinstance(self._source, bytes)

    def step(self) -> bool:
        """Work on the key for some milliseconds; whether it is made."""
        source = self._source
        if isinstance(source, bytes):
            return True
        if not isinstance(source, Generator):
            source = self._source = source()
        try:
            next(source)
        except StopIteration as end:
            self._source = bytes(end.value)
            return True
        return False

    @property
    def private_der(self) -> bytes:
        """The private key, as `source` of the class says. It is secret."""
        while not isinstance(self._source, bytes):
            self.step()
        return self._source

    @property
    def public_der(self) -> bytes:
        """The SubjectPublicKeyInfo (RFC 5280 §4.1.2.7)."""
        if self._public is None:
            self._public = (
                self.private_key()
                .public_key()
                .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
            )
        return self._public

    def private_key(self) -> PrivateKey:
        """The key as an object that signs; made anew at each call, to keep idle devices small."""
        # the numbers were checked when they were made or imported; checking again costs 30 ms
        key = load_der_private_key(
            self.private_der, password=None, unsafe_skip_rsa_key_validation=True
        )
        if not isinstance(key, PrivateKey):
            raise TypeError(f"no router holds a {type(key).__name__}")
        return key

    def pkcs8_pem(self) -> bytes:
        """The private key as unencrypted PEM, for the SSH front. It is secret."""
        return self.private_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def same_as(self, other: KeyMaterial) -> bool:
        """Whether both are one key pair."""
        return self.public_der == other.public_der

    def __repr__(self) -> str:
        return f"KeyMaterial({self.kind.value}, {self.bits} bits)"


def private_der(key: PrivateKey) -> bytes:
    """The private key in the encoding that `KeyMaterial` keeps."""
    traditional = not isinstance(key, ed25519.Ed25519PrivateKey)
    form = PrivateFormat.TraditionalOpenSSL if traditional else PrivateFormat.PKCS8
    return key.private_bytes(Encoding.DER, form, NoEncryption())


def key_bits(key: PrivateKey) -> int:
    """The bits of the modulus or of the curve."""
    return 256 if isinstance(key, ed25519.Ed25519PrivateKey) else key.key_size


def _kind(key: PrivateKey) -> KeyKind:
    if isinstance(key, rsa.RSAPrivateKey):
        return KeyKind.RSA
    if isinstance(key, ec.EllipticCurvePrivateKey):
        return KeyKind.EC
    return KeyKind.ED25519
