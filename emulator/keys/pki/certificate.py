"""A certificate as a trustpoint holds it."""

from __future__ import annotations

import hashlib
import warnings
from dataclasses import dataclass
from enum import Enum

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..der import hex_groups
from ..errors import CertificateError
from .names import attribute

MAX_CERTIFICATE_BYTES = 32 * 1024

UNDECODABLE = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)
"""What `cryptography` raises about a damaged or strange certificate or request."""

_STORED_NAME_CHARS = 12
_STORED_SERIAL_MASK = 0xFFFF


class Role(Enum):
    """What a certificate is to its trustpoint, by the title that IOS shows it with."""

    IDENTITY = "Certificate"
    CA = "CA Certificate"
    SELF_SIGNED = "Router Self-Signed Certificate"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """An installed certificate.

    `installed_at` is in seconds since 1970 UTC; `storage` is the file that holds it once the
    configuration is saved (`nvram:CA#6.cer`).
    """

    der: bytes
    role: Role
    installed_at: float
    storage: str | None = None

    def x509(self) -> x509.Certificate:
        """The certificate taken apart; made anew at each call, to keep idle devices small."""
        return load_certificate(self.der)

    @property
    def public_der(self) -> bytes:
        """The SubjectPublicKeyInfo."""
        return (
            self.x509().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        )

    @property
    def serial_hex(self) -> str:
        """The serial number with the digits of its encoding, a leading 00 included."""
        return serial_hex(self.x509().serial_number)

    @property
    def storage_name(self) -> str:
        """The file in which IOS keeps it: issuer, end of the serial number, `CA` for one of a CA.

        `nvram:IOS-Self-Sig#1.cer`, `nvram:LabCARootCA#2392CA.cer` (device transcripts).
        """
        certificate = self.x509()
        issuer = (attribute(certificate.issuer, "cn") or "").replace(" ", "")
        serial = f"{certificate.serial_number & _STORED_SERIAL_MASK:X}"
        ending = "CA" if self.role is Role.CA else ""
        return f"nvram:{issuer[:_STORED_NAME_CHARS]}#{serial}{ending}.cer"


def load_certificate(der: bytes) -> x509.Certificate:
    """The certificate in DER; raises CertificateError."""
    if len(der) > MAX_CERTIFICATE_BYTES:
        raise CertificateError("the certificate is too long")
    with warnings.catch_warnings():
        # what is only frowned upon is taken, as devices do; parts that it could not show are not
        warnings.simplefilter("ignore")
        warnings.filterwarnings("error", "Attribute's length", UserWarning)
        try:
            certificate = x509.load_der_x509_certificate(der)
            # these are decoded late: what cannot be shown later is refused now
            _ = certificate.public_key(), certificate.subject, certificate.issuer
            _ = certificate.extensions, certificate.not_valid_after_utc
            sound = certificate.serial_number > 0
        except (*UNDECODABLE, UserWarning):
            raise CertificateError("the certificate cannot be decoded") from None
    if not sound:
        raise CertificateError("the serial number is not positive")
    return certificate


def serial_hex(serial: int) -> str:
    """A serial number as IOS shows it: the digits of its encoding as a signed number."""
    return serial.to_bytes(serial.bit_length() // 8 + 1, "big").hex().upper()


def md5_groups(data: bytes) -> str:
    """The MD5 fingerprint of a certificate or request, in groups of eight digits."""
    return hex_groups(hashlib.md5(data, usedforsecurity=False).digest())


def sha1_groups(data: bytes) -> str:
    """The SHA-1 fingerprint of a certificate or request, in groups of eight digits."""
    return hex_groups(hashlib.sha1(data, usedforsecurity=False).digest())
