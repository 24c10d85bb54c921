"""Signing rekeys with the RSA key pair that a device holds."""

from functools import cached_property

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

from ..keys.material import KeyMaterial
from .keys import SigningKey
from .messages import HASHES


class _Signer:
    """A private key that is read once, when it first signs."""

    def __init__(self, material: KeyMaterial) -> None:
        self._material = material

    @cached_property
    def _key(self) -> RSAPrivateKey:
        key = self._material.private_key()
        if not isinstance(key, RSAPrivateKey):
            raise TypeError("rekeys are signed with RSA keys")
        return key

    def sign(self, data: bytes, hash_name: str) -> bytes:
        """The signature of `data`."""
        return self._key.sign(data, PKCS1v15(), HASHES[hash_name])


def signing_key(label: str, material: KeyMaterial) -> SigningKey:
    """The key of a label, ready to sign; keep it as long as the device holds the same pair."""
    return SigningKey(
        label=label,
        bits=material.bits,
        public_der=material.public_der,
        sign=_Signer(material).sign,
    )
