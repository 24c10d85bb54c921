"""A certificate authority for a lab, and the requests and certificates that routers sign."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding

from ..errors import CertificateError
from ..material import KeyMaterial
from .certificate import UNDECODABLE
from .names import parse_name

DAY_S = 86_400
YEAR_S = 365 * DAY_S
CRL_LIFETIME_S = 6 * 3600
"""How long a list of revoked certificates is valid (default of the IOS certificate server)."""

_Hash = hashes.SHA256 | hashes.SHA384 | hashes.SHA512
_HASHES: dict[str, type[_Hash]] = {
    "sha256": hashes.SHA256,
    "sha384": hashes.SHA384,
    "sha512": hashes.SHA512,
}
_CertificateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSubject:
    """Whom a request is for: the `subject-name` and what the router adds of itself.

    `serial_number`, `ip_address` and `hostname` are those that the trustpoint includes;
    `alternative_names` are host names and addresses of `subject-alt-name`.
    """

    subject: str = ""
    serial_number: str | None = None
    ip_address: str | None = None
    hostname: str | None = None
    alternative_names: tuple[str, ...] = ()

    def name(self) -> x509.Name:
        """The whole name; raises CertificateError."""
        return parse_name(
            self.subject,
            serial_number=self.serial_number,
            ip_address=self.ip_address,
            hostname=self.hostname,
        )


class LabCa:
    """A certificate authority with a key of its own, which grants every correct request.

    Its serial numbers count from 1, which is its own certificate. `crl_url` is written into what
    it issues as the place of the list of revoked certificates. All times are in seconds since
    1970 UTC. Nothing is random: with the same key and times it issues the same certificates.
    """

    __slots__ = (
        "_certificate",
        "_crl_url",
        "_key",
        "_life",
        "_next",
        "_published",
        "_revoked",
        "_subject",
    )

    def __init__(
        self,
        key: KeyMaterial,
        subject: str = "cn=LAB-CA",
        *,
        now: float,
        lifetime_s: float = 10 * YEAR_S,
        crl_url: str | None = None,
    ) -> None:
        self._key = key
        self._subject = parse_name(subject)
        self._life = now, now + lifetime_s
        self._crl_url = crl_url
        self._certificate: bytes | None = None
        self._next = 2
        self._revoked: dict[int, float] = {}
        self._published: tuple[bytes, float, int] | None = None

    @property
    def certificate(self) -> bytes:
        """The authority's own certificate in DER."""
        if self._certificate is None:
            key = _signing_key(self._key)
            builder = _builder(self._subject, self._subject, key, 1, self._life)
            usage = _usage(digital_signature=True, key_cert_sign=True, crl_sign=True)
            builder = builder.add_extension(
                x509.BasicConstraints(ca=True, path_length=None), critical=True
            )
            builder = builder.add_extension(usage, critical=True)
            self._certificate = _finished(builder, key, key)
        return self._certificate

    def grant(self, request: bytes, *, now: float, lifetime_s: float = YEAR_S) -> bytes:
        """The certificate (DER) for a request; raises CertificateError when it is not sound."""
        try:
            wanted = x509.load_der_x509_csr(request)
            sound = wanted.is_signature_valid
            public = wanted.public_key()
            extensions = list(wanted.extensions)
        except UNDECODABLE:
            raise CertificateError("the request cannot be decoded") from None
        if not sound or not isinstance(public, rsa.RSAPublicKey | ec.EllipticCurvePublicKey):
            raise CertificateError("the request is not signed by its key")
        key = _signing_key(self._key)
        end = min(now + lifetime_s, self._life[1])
        builder = _builder(wanted.subject, self._subject, public, self._next, (now, end))
        if self._crl_url is not None:
            point = x509.DistributionPoint(
                [x509.UniformResourceIdentifier(self._crl_url)], None, None, None
            )
            builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
        for extension in extensions:
            if isinstance(extension.value, x509.KeyUsage | x509.SubjectAlternativeName):
                builder = builder.add_extension(extension.value, critical=extension.critical)
        self._next += 1
        return _finished(builder, public, key)

    def revoke(self, serial: int, *, now: float) -> None:
        """Put a certificate on the list; raises CertificateError when it was never issued."""
        if not 1 < serial < self._next:
            raise CertificateError(f"no certificate {serial:X} was issued")
        self._revoked.setdefault(serial, now)

    def is_revoked(self, serial: int) -> bool:
        """Whether a certificate of this authority is on the list."""
        return serial in self._revoked

    def published_crl(self, *, now: float) -> bytes:
        """The list (DER) that everybody gets who asks now: the last one until that ends.

        When something is revoked, a new list comes out at once.
        """
        known = self._published
        if known is None or now >= known[1] or len(self._revoked) != known[2]:
            der = self.crl(now=now)
            known = self._published = der, int(now) + CRL_LIFETIME_S, len(self._revoked)
        return known[0]

    def crl(self, *, now: float, lifetime_s: float = CRL_LIFETIME_S) -> bytes:
        """The list of revoked certificates (DER) as of now."""
        key = _signing_key(self._key)
        builder = (
            x509.CertificateRevocationListBuilder()
            .issuer_name(self._subject)
            .last_update(_time(now))
            .next_update(_time(now + lifetime_s))
        )
        for serial, when in self._revoked.items():
            entry = x509.RevokedCertificateBuilder().serial_number(serial)
            builder = builder.add_revoked_certificate(entry.revocation_date(_time(when)).build())
        return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


def certificate_request(
    key: KeyMaterial, subject: RouterSubject, *, hash_name: str = "sha256"
) -> bytes:
    """The request (PKCS #10, DER) that a router signs with its key.

    Hashes that `cryptography` no longer signs with (MD5, SHA-1) give way to SHA-256. Raises
    CertificateError when the name is wrong or the key too small for the hash.
    """
    usage = _usage(digital_signature=True, key_encipherment=True)
    builder = x509.CertificateSigningRequestBuilder().subject_name(subject.name())
    builder = builder.add_extension(usage, critical=True)
    if subject.alternative_names:
        names = [_general_name(name) for name in subject.alternative_names]
        builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
    algorithm: _Hash = _HASHES.get(hash_name, hashes.SHA256)()
    try:
        return builder.sign(_signing_key(key), algorithm).public_bytes(Encoding.DER)
    except ValueError:
        raise CertificateError(f"the key is too small for {algorithm.name}") from None


def self_signed_label(number: int) -> str:
    """The trustpoint and the key pair of a router's self-signed certificate."""
    return f"TP-self-signed-{number}"


def self_signed_certificate(
    key: KeyMaterial, whose: int | RouterSubject, *, now: float, until: float | None = None
) -> bytes:
    """The certificate (DER) that a router signs for itself, for a subject or its HTTPS server.

    That one goes by a number which follows from the board of the router. A certificate is valid
    for ten years unless `until` says otherwise; releases before 2020 ended all of them with 2019
    (Cisco field notice FN70489).
    """
    own = RouterSubject(subject=f"cn=IOS-Self-Signed-Certificate-{whose}")
    name = (whose if isinstance(whose, RouterSubject) else own).name()
    signer = _signing_key(key)
    builder = _builder(name, name, signer, 1, (now, until or now + 10 * YEAR_S))
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    return _finished(builder, signer, signer)


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    key: _CertificateKey | rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    serial: int,
    life: tuple[float, float],
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(_public(key))
        .serial_number(serial)
        .not_valid_before(_time(life[0]))
        .not_valid_after(_time(life[1]))
    )


def _finished(
    builder: x509.CertificateBuilder,
    key: _CertificateKey | rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
    signer: _CertificateKey,
) -> bytes:
    subject_id = x509.SubjectKeyIdentifier.from_public_key(_public(key))
    issuer_id = x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key())
    builder = builder.add_extension(subject_id, critical=False)
    builder = builder.add_extension(issuer_id, critical=False)
    try:
        return builder.sign(signer, hashes.SHA256()).public_bytes(Encoding.DER)
    except ValueError:
        raise CertificateError("the key is too small to sign a certificate") from None


def _public(
    key: _CertificateKey | rsa.RSAPublicKey | ec.EllipticCurvePublicKey,
) -> rsa.RSAPublicKey | ec.EllipticCurvePublicKey:
    return key.public_key() if isinstance(key, _CertificateKey) else key


def _signing_key(key: KeyMaterial) -> _CertificateKey:
    signer = key.private_key()
    if not isinstance(signer, _CertificateKey):
        raise CertificateError("certificates need an RSA or EC key")
    return signer


def _usage(
    *,
    digital_signature: bool = False,
    key_encipherment: bool = False,
    key_cert_sign: bool = False,
    crl_sign: bool = False,
) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=False,
        key_encipherment=key_encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=key_cert_sign,
        crl_sign=crl_sign,
        encipher_only=False,
        decipher_only=False,
    )


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError:
        raise CertificateError("an alternative name is no host name and no address") from None


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(int(seconds), UTC)
