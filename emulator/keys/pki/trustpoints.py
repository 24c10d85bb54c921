"""The trustpoints of one router and the certificates that they hold."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from enum import Enum

from ..errors import CertificateError
from ..material import KeyKind
from ..pair import KeyChange, KeyEvent
from ..store import KeyStore
from .certificate import Certificate, Role, load_certificate


class Enrollment(Enum):
    """How the last enrolment ended, in the words of `show crypto pki trustpoints status`."""

    PENDING = "Pending"
    GRANTED = "Granted"
    FAILED = "Failed"


@dataclass(slots=True, kw_only=True)
class Trustpoint:
    """A trustpoint: what its configuration says and which certificates it has.

    `key_label` is the label of `rsakeypair`, `url` that of `enrollment url`, `renew_percent` that
    of `auto-enroll`. `request` is the last request (DER) that is not answered yet.
    """

    name: str
    key_label: str | None = None
    url: str | None = None
    renew_percent: int | None = None
    ca: Certificate | None = None
    identity: tuple[Certificate, ...] = ()
    enrollment: Enrollment | None = None
    request: bytes | None = field(default=None, repr=False)

    @property
    def self_signed(self) -> bool:
        """Whether the router signed its certificate itself."""
        return any(certificate.role is Role.SELF_SIGNED for certificate in self.identity)

    @property
    def issuer(self) -> Certificate | None:
        """The certificate of the authority; a self-signed one is its own."""
        return self.identity[0] if self.self_signed else self.ca

    def certificates(self) -> tuple[Certificate, ...]:
        """The router's own certificates, then that of the authority."""
        return self.identity if self.ca is None else (*self.identity, self.ca)


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """A certificate with the trustpoints that hold it, as the show commands list it."""

    certificate: Certificate
    trustpoints: tuple[str, ...]
    key_label: str | None = None
    renew_percent: int | None = None


class PkiStore:
    """The trustpoints of one router, in the order of the configuration.

    Certificates of a key pair go when the pair goes or is replaced (Cisco IOS Security Command
    Reference: "all router certs issued using these keys will also be removed").
    `files` are the certificates in NVRAM by their names, which outlive the configuration.
    """

    __slots__ = ("_keys", "_trustpoints", "_unsubscribe", "files")

    def __init__(self, keys: KeyStore) -> None:
        self._keys = keys
        self._trustpoints: dict[str, Trustpoint] = {}
        self.files: dict[str, bytes] = {}
        self._unsubscribe = keys.subscribe(self._key_changed)

    def close(self) -> None:
        """Follow the keys no longer."""
        self._unsubscribe()

    def __iter__(self) -> Iterator[Trustpoint]:
        return iter(self._trustpoints.values())

    def get(self, name: str) -> Trustpoint | None:
        """The trustpoint of that name."""
        return self._trustpoints.get(name)

    def define(self, name: str) -> Trustpoint:
        """The trustpoint of that name, made if need be."""
        return self._trustpoints.setdefault(name, Trustpoint(name=name))

    def remove(self, name: str) -> Trustpoint | None:
        """Remove a trustpoint with all its certificates; returns it."""
        return self._trustpoints.pop(name, None)

    def clear(self) -> None:
        """Forget all trustpoints, as a reload does before the configuration is read again."""
        self._trustpoints.clear()

    def authenticate(self, name: str, der: bytes, *, now: float) -> Certificate:
        """Accept the certificate of an authority; raises CertificateError."""
        load_certificate(der)
        certificate = Certificate(der=der, role=Role.CA, installed_at=now)
        self.define(name).ca = certificate
        return certificate

    def install(self, name: str, der: bytes, *, now: float) -> Certificate:
        """Take in a certificate for one of the router's key pairs.

        Raises CertificateError when it is for none, or when another authority issued it.
        """
        trustpoint = self.define(name)
        parsed = load_certificate(der)
        own = parsed.subject == parsed.issuer
        role = Role.SELF_SIGNED if own and trustpoint.ca is None else Role.IDENTITY
        certificate = Certificate(der=der, role=role, installed_at=now)
        if certificate.public_der not in self._public_keys(trustpoint.key_label):
            raise CertificateError("the certificate is for none of the key pairs")
        if trustpoint.ca is not None and parsed.issuer != trustpoint.ca.x509().subject:
            raise CertificateError("another authority issued the certificate")
        trustpoint.identity = (certificate,)
        trustpoint.request = None
        if role is Role.IDENTITY:
            trustpoint.enrollment = Enrollment.GRANTED
        return certificate

    def restore(self, name: str, role: Role, der: bytes, *, now: float) -> Certificate:
        """Take in a certificate from a configuration, whoever it is for; raises CertificateError.

        One that is in NVRAM too is shown as stored there.
        """
        load_certificate(der)
        certificate = Certificate(der=der, role=role, installed_at=now)
        if self.files.get(certificate.storage_name) == der:
            certificate = replace(certificate, storage=certificate.storage_name)
        trustpoint = self.define(name)
        if role is Role.CA:
            trustpoint.ca = certificate
        else:
            others = (each for each in trustpoint.identity if each.der != der)
            trustpoint.identity = (*others, certificate)
        return certificate

    def installed(self, name: str | None = None) -> list[Installed]:
        """The certificates of one trustpoint or of all, each once."""
        found: dict[bytes, Installed] = {}
        for trustpoint in self:
            if name not in (None, trustpoint.name):
                continue
            for certificate in trustpoint.certificates():
                known = found.get(certificate.der)
                if known is not None:
                    names = (*known.trustpoints, trustpoint.name)
                    found[certificate.der] = replace(known, trustpoints=names)
                    continue
                of_ca = certificate.role is Role.CA
                found[certificate.der] = Installed(
                    certificate=certificate,
                    trustpoints=(trustpoint.name,),
                    key_label=None if of_ca else trustpoint.key_label,
                    renew_percent=None if of_ca else trustpoint.renew_percent,
                )
        return list(found.values())

    def save(self) -> None:
        """Write all certificates to NVRAM, as saving the configuration does."""
        self.files = {}
        for trustpoint in self:
            trustpoint.identity = tuple(map(self._filed, trustpoint.identity))
            if trustpoint.ca is not None:
                trustpoint.ca = self._filed(trustpoint.ca)

    def _filed(self, certificate: Certificate) -> Certificate:
        name = certificate.storage_name
        self.files[name] = certificate.der
        return replace(certificate, storage=name)

    def _public_keys(self, label: str | None) -> set[bytes]:
        return {
            pair.material.public_der
            for pair in self._keys.pairs(label=label)
            if pair.kind is not KeyKind.ED25519
        }

    def _key_changed(self, event: KeyEvent) -> None:
        if event.change not in (KeyChange.REMOVED, KeyChange.REPLACED):
            return
        holders = [point for point in self if point.key_label == event.label and point.identity]
        if not holders:
            return
        gone = {pair.material.public_der for pair in event.before}
        for trustpoint in holders:
            trustpoint.identity = tuple(
                certificate
                for certificate in trustpoint.identity
                if certificate.public_der not in gone
            )
            if not trustpoint.identity:
                trustpoint.enrollment = None
