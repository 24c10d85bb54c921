"""`show crypto pki certificates [verbose]`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeVar

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID

from ..der import hex_groups
from ..show import TimeFormatter
from .certificate import Certificate, Role, md5_groups, serial_hex, sha1_groups
from .names import attribute, name_lines
from .trustpoints import Installed

_Value = TypeVar("_Value", bound=x509.ExtensionType)

_USAGE_WORDS = (
    ("digital_signature", "Digital Signature"),
    ("content_commitment", "Non Repudiation"),
    ("key_encipherment", "Key Encipherment"),
    ("data_encipherment", "Data Encipherment"),
    ("key_agreement", "Key Agreement"),
    ("key_cert_sign", "Key Cert Sign"),
    ("crl_sign", "CRL Signature"),
)
# the arcs of PKCS #1 and of ANSI X9.62
_SIGNERS = {"1.2.840.113549.1.1.": "RSA Encryption", "1.2.840.10045.4.": "ECDSA"}

_EXTENDED_WORDS = {
    ExtendedKeyUsageOID.CLIENT_AUTH: "Client Auth",
    ExtendedKeyUsageOID.SERVER_AUTH: "Server Auth",
    ExtendedKeyUsageOID.CODE_SIGNING: "Code Signing",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "Email Protection",
    ExtendedKeyUsageOID.TIME_STAMPING: "Time Stamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "OCSP Signing",
}


def certificates_text(
    installed: Iterable[Installed], format_time: TimeFormatter, *, verbose: bool = False
) -> str:
    """The output for these certificates; a blank line between two, none without any."""
    blocks = ["\n".join(_lines(each, format_time, verbose)) + "\n" for each in installed]
    return "\n".join(blocks)


def usage_word(certificate: x509.Certificate) -> str:
    """What the key may be used for: `General Purpose`, `Signature` or `Encryption`."""
    usage = _extension(certificate, x509.KeyUsage)
    if usage is None:
        return "General Purpose"
    if not usage.key_encipherment and not usage.data_encipherment:
        return "Signature"
    return "General Purpose" if usage.digital_signature else "Encryption"


def _lines(installed: Installed, format_time: TimeFormatter, verbose: bool) -> Iterator[str]:
    certificate = installed.certificate
    parsed = certificate.x509()
    yield certificate.role.value
    yield "  Status: Available"
    if verbose:
        yield "  Version: 3"
    yield f"  Certificate Serial Number (hex): {serial_hex(parsed.serial_number)}"
    yield f"  Certificate Usage: {usage_word(parsed)}"
    yield "  Issuer: "
    yield from (f"    {line}" for line in name_lines(parsed.issuer))
    yield from _subject(certificate, parsed)
    yield from _distribution_points(parsed)
    yield from _validity(parsed, installed.renew_percent, format_time)
    if verbose:
        yield from _key(parsed)
        yield f"  Fingerprint MD5: {md5_groups(certificate.der)} "
        yield f"  Fingerprint SHA1: {sha1_groups(certificate.der)} "
        yield from _extensions(parsed)
        yield f"  Cert install time: {format_time(certificate.installed_at)} "
    yield f"  Associated Trustpoints: {' '.join(installed.trustpoints)} "
    if certificate.storage is not None:
        yield f"  Storage: {certificate.storage}"
    if verbose and installed.key_label is not None:
        yield f"  Key Label: {installed.key_label}"


def _subject(certificate: Certificate, parsed: x509.Certificate) -> Iterator[str]:
    name = parsed.subject
    if certificate.role is Role.CA:
        yield "  Subject: "
    else:
        yield "  Subject:"
        yield f"    Name: {attribute(name, 'hostname') or attribute(name, 'cn') or ''}"
        address = attribute(name, "ipaddress") or _alternative(parsed)[1]
        if address:
            yield f"    IP Address: {address}"
        serial = attribute(name, "serialNumber")
        if serial:
            yield f"    Serial Number: {serial}"
    yield from (f"    {line}" for line in name_lines(name))


def _distribution_points(parsed: x509.Certificate) -> Iterator[str]:
    points = _extension(parsed, x509.CRLDistributionPoints)
    urls = [
        name.value
        for point in points or ()
        for name in point.full_name or ()
        if isinstance(name, x509.UniformResourceIdentifier)
    ]
    if urls:
        yield "  CRL Distribution Points: "
        yield from (f"    {url}" for url in urls)


def _validity(
    parsed: x509.Certificate, renew_percent: int | None, format_time: TimeFormatter
) -> Iterator[str]:
    start, end = _seconds(parsed.not_valid_before_utc), _seconds(parsed.not_valid_after_utc)
    yield "  Validity Date: "
    yield f"    start date: {format_time(start)}"
    yield f"    end   date: {format_time(end)}"
    if renew_percent:
        yield f"    renew date: {format_time(start + (end - start) * renew_percent // 100)}"


def _key(parsed: x509.Certificate) -> Iterator[str]:
    key = parsed.public_key()
    yield "  Subject Key Info:"
    if isinstance(key, rsa.RSAPublicKey):
        yield "    Public Key Algorithm: rsaEncryption"
        yield f"    RSA Public Key: ({key.key_size} bit)"
    elif isinstance(key, ec.EllipticCurvePublicKey):
        yield "    Public Key Algorithm: ecEncryption"
        yield f"    EC Public Key: ({key.key_size} bit)"
    yield f"  Signature Algorithm: {_signature_word(parsed)}"


def _signature_word(parsed: x509.Certificate) -> str:
    oid = parsed.signature_algorithm_oid.dotted_string
    signer = next((word for arc, word in _SIGNERS.items() if oid.startswith(arc)), None)
    try:
        algorithm = parsed.signature_hash_algorithm
    except UnsupportedAlgorithm:
        algorithm = None
    if signer is None or algorithm is None:
        return oid
    return f"{algorithm.name.upper()} with {signer}"


def _extensions(parsed: x509.Certificate) -> Iterator[str]:
    yield "  X509v3 extensions:"
    usage = _extension(parsed, x509.KeyUsage)
    if usage is not None:
        yield from _key_usage(usage)
    subject_id = _extension(parsed, x509.SubjectKeyIdentifier)
    if subject_id is not None:
        yield f"    X509v3 Subject Key ID: {hex_groups(subject_id.digest)} "
    constraints = _extension(parsed, x509.BasicConstraints)
    if constraints is not None:
        yield "    X509v3 Basic Constraints:"
        yield f"        CA: {'TRUE' if constraints.ca else 'FALSE'}"
    host, address = _alternative(parsed)
    if host or address:
        yield "    X509v3 Subject Alternative Name:"
        yield f"        {host}" if host else ""
        if address:
            yield f"        IP Address : {address}"
            yield "        OtherNames :"
    issuer_id = _extension(parsed, x509.AuthorityKeyIdentifier)
    if issuer_id is not None and issuer_id.key_identifier is not None:
        yield f"    X509v3 Authority Key ID: {hex_groups(issuer_id.key_identifier)} "
    yield "    Authority Info Access:"
    yield from _information_access(parsed)
    extended = _extension(parsed, x509.ExtendedKeyUsage)
    if extended is not None:
        yield "    Extended Key Usage:"
        yield from (f"        {_EXTENDED_WORDS.get(oid, oid.dotted_string)}" for oid in extended)


def _key_usage(usage: x509.KeyUsage) -> Iterator[str]:
    words = [
        (0x80 >> place, word)
        for place, (name, word) in enumerate(_USAGE_WORDS)
        if getattr(usage, name)
    ]
    bits = sum(bit for bit, _ in words)
    yield f"    X509v3 Key Usage: {bits:02X}000000"
    yield from (f"      {word}" for _, word in words)


def _information_access(parsed: x509.Certificate) -> Iterator[str]:
    words = {
        AuthorityInformationAccessOID.OCSP: "OCSP URL",
        AuthorityInformationAccessOID.CA_ISSUERS: "CA ISSUERS",
    }
    for access in _extension(parsed, x509.AuthorityInformationAccess) or ():
        place = access.access_location
        word = words.get(access.access_method)
        if word and isinstance(place, x509.UniformResourceIdentifier):
            yield f"        {word}: {place.value}"


def _alternative(parsed: x509.Certificate) -> tuple[str, str]:
    """The first host name and the first address of the alternative names."""
    names = _extension(parsed, x509.SubjectAlternativeName)
    if names is None:
        return "", ""
    hosts = names.get_values_for_type(x509.DNSName)
    addresses = names.get_values_for_type(x509.IPAddress)
    return hosts[0] if hosts else "", str(addresses[0]) if addresses else ""


def _extension(certificate: x509.Certificate, kind: type[_Value]) -> _Value | None:
    try:
        return certificate.extensions.get_extension_for_class(kind).value
    except x509.ExtensionNotFound:
        return None


def _seconds(when: datetime) -> int:
    return int(when.timestamp())
