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
    """An X.500 name."""

    rdns: tuple[str, ...] = ()
    """Its lines as printed, each with one or more `type=value`."""

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
    """The host name; None where the certificate has none."""
    serial_number: str | None = None
    """The serial number of the device."""
    address: Address | None = None
    """Its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlternativeNames(Row):
    """The X.509 subject alternative names of a certificate."""

    names: tuple[str, ...] = ()
    """Host names."""
    addresses: tuple[Address, ...] = ()
    """Addresses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate(Row):
    """One certificate, or a request for one.

    The fields from `version` to `key_label` need `verbose`, the fingerprints of a pending request
    apart. Times are in the device's local time.
    """

    kind: str = required(_kind)
    """`router`, `ca`, `self-signed`, or the title as printed in lower case."""
    status: str = required(convert.text)
    """`Available`, or `Pending` for a request, which has no serial number yet."""
    serial: int | None = read(convert.hexadecimal)
    """The number that the CA gave."""
    usage: str | None = read(convert.word_or_none)
    """What it is for, as printed."""
    issuer: DistinguishedName | None = None
    """Who made it out."""
    subject: Subject | None = None
    """Whom it names."""
    crl_urls: tuple[str, ...] = ()
    """Where lists of revoked certificates are."""
    ocsp_urls: tuple[str, ...] = ()
    """Where it can be asked about."""
    valid_from: datetime | None = read(convert.timestamp)
    """From when it counts."""
    valid_until: datetime | None = read(convert.timestamp)
    """Until when it counts."""
    renew_at: datetime | None = read(convert.timestamp)
    """When the device gets a new one."""
    trustpoints: tuple[str, ...] | None = read(_words)
    """Its trustpoints; among them may be `Trustpool`."""
    storage: str | None = None
    """Where it is kept."""
    version: int | None = None
    """The version of the form, 3 as a rule."""
    key_algorithm: str | None = None
    """The algorithm of the subject's key."""
    key_bits: int | None = None
    """The size of the subject's key, in bits."""
    signature_algorithm: str | None = None
    """The algorithm that it is signed by."""
    fingerprint_md5: bytes | None = read(convert.octets)
    """The MD5 fingerprint."""
    fingerprint_sha1: bytes | None = read(convert.octets)
    """The SHA1 fingerprint."""
    key_usage_bits: int | None = read(convert.hexadecimal)
    """What the key may be used for, as a number."""
    key_usages: tuple[str, ...] = ()
    """The same in words."""
    extended_usages: tuple[str, ...] = ()
    """What else it may be used for."""
    subject_key_id: bytes | None = read(convert.octets)
    """The identifier of the subject's key."""
    authority_key_id: bytes | None = read(convert.octets)
    """The identifier of the issuer's key."""
    is_ca: bool | None = None
    """Whether the subject is a CA."""
    alternative_names: AlternativeNames | None = None
    """Further names of the subject."""
    installed_at: datetime | None = read(convert.timestamp)
    """When it was installed."""
    installed_ns: int | None = None
    """The time of that in nanoseconds, as printed."""
    key_label: str | None = None
    """The label of the key pair."""

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
    """The certificates."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustpointCertificate(Row):
    """A certificate as `status` names it."""

    kind: str
    """`Issuing CA` or `Router General Purpose`."""
    subject: DistinguishedName | None = None
    """Whom it names."""
    fingerprint_md5: bytes | None = read(convert.octets)
    """The MD5 fingerprint."""
    fingerprint_sha1: bytes | None = read(convert.octets)
    """The SHA1 fingerprint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustpoint(Row):
    """One trustpoint: the CA's name and serial number, and what exists of it.

    `certificates` and the fields behind it are those of `show crypto pki trustpoints status`.
    """

    together = (("ca_authenticated", "requested"),)

    name: str
    """Its name."""
    subject: DistinguishedName | None = None
    """The name of the CA."""
    serial: int | None = read(convert.hexadecimal)
    """The serial number of its certificate."""
    configured: bool = False
    """Whether there is a certificate."""
    self_signed: bool = False
    """Whether it is for certificates that the device signs itself."""
    key_label: str | None = None
    """The label of the key pair."""
    enrollment_url: str | None = None
    """Where certificates are asked for."""
    crl_url: str | None = None
    """Where the list of revoked certificates is."""
    certificates: tuple[TrustpointCertificate, ...] = ()
    """The certificates."""
    last_enrollment: str | None = None
    """How the last enrolment went."""
    keys_generated: bool | None = None
    """Whether there is a key pair."""
    key_usage: str | None = None
    """What that is for."""
    keys_exportable: bool | None = None
    """Whether its private half can be taken out."""
    ca_authenticated: bool | None = None
    """Whether the CA is trusted."""
    requested: str | None = read(convert.word_or_none)
    """A request for a certificate, as printed; None where there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trustpoints(Record):
    """All trustpoints of the device."""

    trustpoints: tuple[Trustpoint, ...] = ()
    """The trustpoints."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationList(DistinguishedName):
    """A list of revoked certificates that the device has; the name is that of its issuer.

    Times are in the device's local time.
    """

    issued_at: datetime | None = read(convert.timestamp)
    """When the issuer made it."""
    next_update_at: datetime | None = read(convert.timestamp)
    """When the issuer replaces it: from then on it counts no longer."""
    downloaded_at: datetime | None = read(convert.timestamp)
    """When the device got it."""
    source: str | None = read(convert.word_or_none)
    """The distribution point, or what the device prints for SCEP."""
    der_bytes: int | None = None
    """Its size, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RevocationLists(Record):
    """All lists of revoked certificates, and the cache that holds them."""

    cache_bytes: int | None = None
    """The size of the cache, in bytes."""
    cache_max_bytes: int | None = None
    """How large it may be, in bytes."""
    lists: tuple[RevocationList, ...] = ()
    """The lists."""
