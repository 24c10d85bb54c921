"""`show crypto pki certificates [verbose]`, `trustpoints [status]` and `crls`.

No sample was at hand of certificates that wait for their CA, of the 12.4 spelling of labels and of
the `status` form of the trustpoints: their layout is written from memory. Times are in the device's
local time, as `show clock` prints it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from ...errors import ParseError
from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required

_KINDS = {
    "certificate": "router",
    "ca certificate": "ca",
    "router self-signed certificate": "self-signed",
}
_NEXT_RDN = re.compile(r"[,+] ?(?=[A-Za-z0-9][A-Za-z0-9.]{0,40} ?=)")


def _kind(value: str) -> str:
    title = " ".join(value.lower().split())
    return _KINDS.get(title) or title.removesuffix("certificate").strip()


def _words(value: str) -> tuple[str, ...]:
    return tuple(value.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class DistinguishedName(Row):
    """An X.500 name; `rdns` are its lines as printed, each with one or more `type=value`."""

    rdns: tuple[str, ...] = ()

    @property
    def attributes(self) -> tuple[tuple[str, str], ...]:
        """(type, value) in the order printed; types in lower case."""
        parts = (part for line in self.rdns for part in _NEXT_RDN.split(line))
        pairs = (part.partition("=") for part in parts)
        return tuple((name.strip().lower(), value.strip()) for name, _, value in pairs)

    @property
    def common_name(self) -> str | None:
        """The value of the first `cn`, or None."""
        return next((value for name, value in self.attributes if name == "cn"), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject(DistinguishedName):
    """Whom a certificate names: the name and what IOS takes out of it.

    `name` is None where the certificate has no host name, `serial_number` is the device's own.
    """

    name: str | None = read(convert.word_or_none)
    serial_number: str | None = None
    address: Address | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeNames(Row):
    """The X.509 subject alternative names of a certificate."""

    names: tuple[str, ...] = ()
    addresses: tuple[Address, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Row):
    """One certificate, or a request for one (`status` is `Pending`; it has no serial number yet).

    `kind` is `router`, `ca`, `self-signed`, or the title as printed in lower case. `serial` is the
    number that the CA gave. `key_bits` is the size of the subject's key; fingerprints and key
    identifiers are bytes. `trustpoints` may hold `Trustpool`. The fields from `version` to
    `key_label` need `verbose`, the fingerprints of a pending request apart.
    """

    kind: str = required(_kind)
    status: str = required(convert.text)
    serial: int | None = read(convert.hexadecimal)
    usage: str | None = read(convert.word_or_none)
    issuer: DistinguishedName | None = None
    subject: Subject | None = None
    crl_urls: tuple[str, ...] = ()
    ocsp_urls: tuple[str, ...] = ()
    valid_from: datetime | None = read(convert.timestamp)
    valid_until: datetime | None = read(convert.timestamp)
    renew_at: datetime | None = read(convert.timestamp)
    trustpoints: tuple[str, ...] | None = read(_words)
    storage: str | None = None
    version: int | None = None
    key_algorithm: str | None = None
    key_bits: int | None = None
    signature_algorithm: str | None = None
    fingerprint_md5: bytes | None = read(convert.octets)
    fingerprint_sha1: bytes | None = read(convert.octets)
    key_usage_bits: int | None = read(convert.hexadecimal)
    key_usages: tuple[str, ...] = ()
    extended_usages: tuple[str, ...] = ()
    subject_key_id: bytes | None = read(convert.octets)
    authority_key_id: bytes | None = read(convert.octets)
    is_ca: bool | None = None
    alternative_names: AlternativeNames | None = None
    installed_at: datetime | None = read(convert.timestamp)
    installed_ns: int | None = None
    key_label: str | None = None

    def __post_init__(self) -> None:
        """Raise `ParseError` for a certificate in use that lacks what each has."""
        if self.status == "Available" and (
            self.serial is None or self.valid_until is None or not self.trustpoints
        ):
            raise ParseError(
                "the certificate is cut or incomplete",
                lineno=self.lineno,
                expected="serial number, validity and trustpoints of a certificate in use",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificates(Record):
    """All certificates, or those of the trustpoint that was asked for."""

    certificates: tuple[Certificate, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustpointCertificate(Row):
    """A certificate as `status` names it; `kind` is `Issuing CA` or `Router General Purpose`."""

    kind: str
    subject: DistinguishedName | None = None
    fingerprint_md5: bytes | None = read(convert.octets)
    fingerprint_sha1: bytes | None = read(convert.octets)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustpoint(Row):
    """One trustpoint: the CA's name and serial number, and what exists of it.

    `certificates` and the fields behind it are those of `show crypto pki trustpoints status`:
    `requested` tells of a certificate request (None where there is none).
    """

    together = (("ca_authenticated", "requested"),)

    name: str
    subject: DistinguishedName | None = None
    serial: int | None = read(convert.hexadecimal)
    configured: bool = False
    self_signed: bool = False
    key_label: str | None = None
    enrollment_url: str | None = None
    crl_url: str | None = None
    certificates: tuple[TrustpointCertificate, ...] = ()
    last_enrollment: str | None = None
    keys_generated: bool | None = None
    key_usage: str | None = None
    keys_exportable: bool | None = None
    ca_authenticated: bool | None = None
    requested: str | None = read(convert.word_or_none)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustpoints(Record):
    """All trustpoints of the device."""

    trustpoints: tuple[Trustpoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList(DistinguishedName):
    """A list of revoked certificates that the device has; the name is that of its issuer.

    `next_update_at` is when the issuer replaces it: from then on it counts no longer. `source` is
    the distribution point, or what the device prints for SCEP; sizes are in bytes.
    """

    issued_at: datetime | None = read(convert.timestamp)
    next_update_at: datetime | None = read(convert.timestamp)
    downloaded_at: datetime | None = read(convert.timestamp)
    source: str | None = read(convert.word_or_none)
    der_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationLists(Record):
    """All lists of revoked certificates, and the cache that holds them."""

    cache_bytes: int | None = None
    cache_max_bytes: int | None = None
    lists: tuple[RevocationList, ...] = ()
