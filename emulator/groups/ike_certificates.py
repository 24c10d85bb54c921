"""Certificates as IKE looks at them, and those that a router has to show."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from ..gdoi.ike import Auth, Credential
from ..keys.errors import CertificateError
from ..keys.pki import Role, Trustpoint, load_certificate
from ..keys.pki.certificate import UNDECODABLE, serial_hex
from ..keys.pki.names import attribute, name_lines, name_text
from ..services.pki import Pki

if TYPE_CHECKING:
    from ..device import Router

KEPT = 8192
"""So many certificates of peers are remembered taken apart, as they show them again and again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A certificate taken apart.

    `subject` and `issuer` are as IOS prints them on one line, `parts` the attributes of the
    subject (`cn=GM1`), `hosts` and `addresses` what it is for besides. Times are true UTC seconds.
    """

    subject: str
    issuer: str
    parts: tuple[str, ...]
    hosts: tuple[str, ...]
    addresses: tuple[str, ...]
    serial: int
    begins_at: float
    ends_at: float
    auth: Auth
    public_der: bytes

    @property
    def serial_text(self) -> str:
        """The serial number as IOS prints it."""
        return serial_hex(self.serial)

    @property
    def names(self) -> tuple[str, ...]:
        """Every name of its holder: the subject, its parts, host names."""
        return (self.subject, *self.parts, *self.hosts)


@lru_cache(maxsize=KEPT)
def take_apart(der: bytes) -> Seen | None:
    """A certificate (DER) taken apart; None if it cannot be."""
    try:
        certificate = load_certificate(der)
        alternative = _alternative(certificate)
    except (CertificateError, *UNDECODABLE):
        return None
    subject, key = certificate.subject, certificate.public_key()
    lines = name_lines(subject)
    hosts = [attribute(subject, "hostname"), *alternative[0]]
    addresses = [attribute(subject, "ipaddress"), *alternative[1]]
    return Seen(
        subject=name_text(subject),
        issuer=name_text(certificate.issuer),
        parts=tuple(part for line in lines for part in line.split("+")),
        hosts=tuple(dict.fromkeys(filter(None, hosts))),
        addresses=tuple(dict.fromkeys(filter(None, addresses))),
        serial=certificate.serial_number,
        begins_at=certificate.not_valid_before_utc.timestamp(),
        ends_at=certificate.not_valid_after_utc.timestamp(),
        auth=Auth.ECDSA_SIG if isinstance(key, ec.EllipticCurvePublicKey) else Auth.RSA_SIG,
        public_der=key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )


def _alternative(certificate: x509.Certificate) -> tuple[list[str], list[str]]:
    """Host names and addresses of the alternative names."""
    try:
        found = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return [], []
    addresses = found.get_values_for_type(x509.IPAddress)
    return found.get_values_for_type(x509.DNSName), [str(address) for address in addresses]


@lru_cache(maxsize=KEPT)
def issued_by(der: bytes, authority: bytes) -> bool:
    """Whether an authority (its certificate) signed a certificate; both in DER."""
    try:
        load_certificate(der).verify_directly_issued_by(load_certificate(authority))
    except (CertificateError, InvalidSignature, UnsupportedAlgorithm, ValueError, TypeError):
        return False
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A certificate that a router can show, of a trustpoint whose authority it knows."""

    trustpoint: str
    key_label: str
    der: bytes
    authority: bytes
    seen: Seen


class OwnCertificates:
    """The certificates of a router as it is configured now."""

    __slots__ = ("_all", "_router")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._all = tuple(own for point in router.feature(Pki).store for own in _of(router, point))

    def usable(self, trustpoints: tuple[str, ...] = ()) -> tuple[Own, ...]:
        """Those whose key the router has, of the named trustpoints or of all."""
        return tuple(
            own
            for own in self._all
            if (not trustpoints or own.trustpoint in trustpoints) and self._has_key(own)
        )

    def _has_key(self, own: Own) -> bool:
        pairs = self._router.keys.pairs(label=own.key_label)
        return any(pair.material.public_der == own.seen.public_der for pair in pairs)


def for_ike(router: "Router", trustpoint: str) -> bool:
    """Whether a trustpoint may be used for IKE: it is for nothing else."""
    block = router.feature(Pki).block(trustpoint)
    uses = block.value("usage", "uses") if block is not None else None
    return not uses or "ike" in uses


def _of(router: "Router", point: Trustpoint) -> Iterator[Own]:
    if point.ca is None or not for_ike(router, point.name):
        return
    for certificate in point.identity:
        seen = take_apart(certificate.der)
        if certificate.role is Role.IDENTITY and seen is not None:
            yield Own(
                trustpoint=point.name,
                key_label=point.key_label or "",
                der=certificate.der,
                authority=point.ca.der,
                seen=seen,
            )


def credential(
    identity: str, secret: bytes, certificates: tuple[Own, ...], names: tuple[str, ...]
) -> Credential:
    """What a router shows of itself; `names` are what it claims with each of its certificates."""
    shown = [
        Credential(
            identity=identity,
            secret=secret,
            certificate=own.der,
            issuer=own.authority,
            certificate_identity=name,
        )
        for own, name in zip(certificates, names, strict=True)
    ]
    if not shown:
        return Credential(identity=identity, secret=secret)
    first = shown[0]
    return Credential(
        identity=identity,
        secret=secret,
        certificate=first.certificate,
        issuer=first.issuer,
        certificate_identity=first.certificate_identity,
        others=tuple(shown[1:]),
    )
