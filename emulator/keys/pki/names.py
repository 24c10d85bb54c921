"""Distinguished names: as `subject-name` takes them and as IOS shows them.

IOS shows the most specific part first, which is the last in the encoding, and writes a part that
has several attributes with plus signs (genieparser samples).
"""

from __future__ import annotations

from collections.abc import Iterator

from cryptography import x509
from cryptography.x509.oid import NameOID

from ....errors import printable
from ..errors import CertificateError

MAX_NAME_CHARS = 1024
"""Longest name that is looked at."""

UNSTRUCTURED_ADDRESS = x509.ObjectIdentifier("1.2.840.113549.1.9.8")
"""Holds the IP address of a router (PKCS #9, RFC 2985 §5.4.2)."""

ATTRIBUTES: dict[str, x509.ObjectIdentifier] = {
    "cn": NameOID.COMMON_NAME,
    "ou": NameOID.ORGANIZATIONAL_UNIT_NAME,
    "o": NameOID.ORGANIZATION_NAME,
    "l": NameOID.LOCALITY_NAME,
    "st": NameOID.STATE_OR_PROVINCE_NAME,
    "c": NameOID.COUNTRY_NAME,
    "e": NameOID.EMAIL_ADDRESS,
    "dc": NameOID.DOMAIN_COMPONENT,
    "serialNumber": NameOID.SERIAL_NUMBER,
    "hostname": NameOID.UNSTRUCTURED_NAME,
    "ipaddress": UNSTRUCTURED_ADDRESS,
}
"""The attributes by the names that IOS gives them."""

_BY_LOWER_NAME = {name.lower(): oid for name, oid in ATTRIBUTES.items()} | {
    "email": NameOID.EMAIL_ADDRESS,
    "s": NameOID.STATE_OR_PROVINCE_NAME,
}
_NAMES = {oid: name for name, oid in ATTRIBUTES.items()}


def parse_name(
    text: str,
    *,
    serial_number: str | None = None,
    ip_address: str | None = None,
    hostname: str | None = None,
) -> x509.Name:
    """The name in `cn=KS1,o=Example`, with what a router adds of itself in one further part.

    Raises CertificateError.
    """
    if len(text) > MAX_NAME_CHARS:
        raise CertificateError("the subject name is too long")
    try:
        parts = [
            x509.RelativeDistinguishedName([_attribute(part)])
            for part in reversed(list(_split(text)))
            if part.strip()
        ]
        own = {"serialNumber": serial_number, "ipaddress": ip_address, "hostname": hostname}
        added = [x509.NameAttribute(ATTRIBUTES[key], value) for key, value in own.items() if value]
    except ValueError as error:
        raise CertificateError(f"the subject name cannot be used: {error}") from None
    if added:
        parts.append(x509.RelativeDistinguishedName(added))
    return x509.Name(parts)


def name_lines(name: x509.Name) -> list[str]:
    """The parts of a name, each as IOS shows it on a line of its own."""
    return ["+".join(map(_attribute_text, part)) for part in reversed(name.rdns)]


def name_text(name: x509.Name) -> str:
    """A name as IOS shows it on one line."""
    return ",".join(name_lines(name))


def attribute(name: x509.Name, key: str) -> str | None:
    """The value of the attribute that IOS calls `key`; None when the name has none."""
    found = name.get_attributes_for_oid(ATTRIBUTES[key])
    return _value(found[-1]) if found else None


def _attribute(part: str) -> x509.NameAttribute[str]:
    key, equals, value = part.partition("=")
    oid = _BY_LOWER_NAME.get(key.strip().lower())
    if not equals or oid is None:
        raise ValueError(f"'{part.strip()}' has no known attribute")
    return x509.NameAttribute(oid, value.strip())


def _split(text: str) -> Iterator[str]:
    """The parts between commas that are neither quoted nor behind a backslash."""
    part: list[str] = []
    quoted = escaped = False
    for char in text:
        if escaped:
            part.append(char)
            escaped = False
        elif char == "\\":
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "," and not quoted:
            yield "".join(part)
            part.clear()
        else:
            part.append(char)
    yield "".join(part)


def _attribute_text(attribute: x509.NameAttribute[str | bytes]) -> str:
    name = _NAMES.get(attribute.oid, attribute.oid.dotted_string)
    return f"{name}={_value(attribute)}"


def _value(attribute: x509.NameAttribute[str | bytes]) -> str:
    value = attribute.value
    # a certificate can hold any characters, and this goes to a terminal
    return printable(value) if isinstance(value, str) else value.hex().upper()
