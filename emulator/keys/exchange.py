"""Taking key pairs out of a router and into another, as `crypto key export` and `import` do."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)

from .errors import (
    BadPemError,
    KeyMismatchError,
    NotExportableError,
    PassphraseTooShortError,
    WrongPassphraseError,
)
from .maker import CURVES, MAX_MODULUS_BITS
from .material import KeyKind, KeyMaterial
from .pair import KeyPair
from .pem import PemBlock, PemCipher, decrypt, read_pem, write_encrypted_pem, write_pem

MIN_PASSPHRASE_CHARS = 8
"""Shortest passphrase of `crypto key export` (Cisco IOS Security Command Reference)."""

PUBLIC_NAME = "PUBLIC KEY"
CERTIFICATE_NAME = "CERTIFICATE"
PRIVATE_NAMES = {KeyKind.RSA: "RSA PRIVATE KEY", KeyKind.EC: "EC PRIVATE KEY"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedPair:
    """The two PEM blocks of an exported pair; each ends with a line end."""

    public: str
    private: str = field(repr=False)


def public_pem(pair: KeyPair) -> str:
    """The public key as a PEM block."""
    return write_pem(PUBLIC_NAME, pair.material.public_der)


def export_pair(
    pair: KeyPair, *, cipher: PemCipher, passphrase: str, random: Random
) -> ExportedPair:
    """The pair as IOS exports it.

    Raises NotExportableError, and PassphraseTooShortError below eight characters.
    """
    name = PRIVATE_NAMES.get(pair.kind)
    if not pair.exportable or name is None:
        raise NotExportableError(f"the key pair '{pair.label}' is not exportable")
    if len(passphrase) < MIN_PASSPHRASE_CHARS:
        raise PassphraseTooShortError(
            f"the passphrase has fewer than {MIN_PASSPHRASE_CHARS} characters"
        )
    private = write_encrypted_pem(
        name, pair.material.private_der, cipher=cipher, passphrase=passphrase, random=random
    )
    return ExportedPair(public=public_pem(pair), private=private)


def import_material(
    public_text: str, private_text: str, passphrase: str, *, kind: KeyKind = KeyKind.RSA
) -> KeyMaterial:
    """The key pair in two pasted texts: a public key or certificate, an encrypted private key.

    Raises BadPemError, WrongPassphraseError and KeyMismatchError. A private key in clear or in
    PKCS #8, neither of which IOS writes, is a BadPemError.
    """
    public_der = read_public_pem(public_text)
    block = read_pem(private_text)
    if block.name != PRIVATE_NAMES.get(kind) or block.cipher is None:
        raise BadPemError(f"there is no encrypted {kind.value} private key")
    material = _opened(block, passphrase)
    if material.kind is not kind:
        raise BadPemError(f"the private key is no {kind.value} key")
    if material.public_der != public_der:
        raise KeyMismatchError("the private key belongs to another public key")
    return material


def read_public_pem(text: str) -> bytes:
    """The SubjectPublicKeyInfo in a pasted public key or certificate; raises BadPemError."""
    block = read_pem(text)
    try:
        if block.name == PUBLIC_NAME:
            key = load_der_public_key(block.body)
        elif block.name == CERTIFICATE_NAME:
            key = x509.load_der_x509_certificate(block.body).public_key()
        else:
            raise BadPemError("there is no public key and no certificate")
        # encoded again, so that equal keys have equal bytes
        return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise BadPemError("the public key cannot be decoded") from None


def _opened(block: PemBlock, passphrase: str) -> KeyMaterial:
    der = decrypt(block, passphrase)
    try:
        key = load_der_private_key(der, password=None, unsafe_skip_rsa_key_validation=True)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        # by chance one of 256 wrong passphrases leaves what looks like padding
        raise WrongPassphraseError("the passphrase does not open the key") from None
    if isinstance(key, rsa.RSAPrivateKey):
        if key.key_size > MAX_MODULUS_BITS:
            raise BadPemError("the key is larger than a router can hold")
        if not _fits(key.private_numbers()):
            raise BadPemError("the numbers of the key do not fit each other")
    elif not isinstance(key, ec.EllipticCurvePrivateKey) or key.key_size not in CURVES:
        raise BadPemError("no router holds such a key")
    return KeyMaterial.of(key)


def _fits(numbers: rsa.RSAPrivateNumbers) -> bool:
    """Whether the numbers of a key belong together.

    Whether its primes are prime is not looked at, as OpenSSL would: that takes 60 ms.
    """
    p, q, d = numbers.p, numbers.q, numbers.d
    public = numbers.public_numbers
    return (
        min(p, q) > 2
        and p * q == public.n
        and d * public.e % (p - 1) == 1
        and d * public.e % (q - 1) == 1
        and numbers.dmp1 == d % (p - 1)
        and numbers.dmq1 == d % (q - 1)
        and numbers.iqmp * q % p == 1
    )
