"""`crypto pki certificate chain`: certificates as hexadecimal lines in a configuration."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..der import hex_lines
from ..errors import CertificateError
from .certificate import MAX_CERTIFICATE_BYTES, Certificate, Role, load_certificate
from .trustpoints import Trustpoint

QUIT = "quit"
"""The word that ends the lines of a certificate."""

_KINDS = {Role.IDENTITY: "", Role.CA: "ca ", Role.SELF_SIGNED: "self-signed "}


def chain_lines(trustpoint: Trustpoint, *, by_file: bool = False) -> list[str]:
    """The block of a trustpoint in a running configuration; empty without certificates.

    `by_file` names the file of a saved certificate instead of listing its bytes, as classic IOS
    does.
    """
    certificates = trustpoint.certificates()
    if not certificates:
        return []
    lines = [f"crypto pki certificate chain {trustpoint.name}"]
    for certificate in certificates:
        lines += _certificate_lines(certificate, by_file)
    return lines


def _certificate_lines(certificate: Certificate, by_file: bool) -> Iterator[str]:
    head = f" certificate {_KINDS[certificate.role]}{certificate.serial_hex}"
    if by_file and certificate.storage is not None:
        yield f"{head} {certificate.storage}"
        return
    yield head
    yield from (f"  {line}" for line in hex_lines(certificate.der))
    yield f"  \t{QUIT}"


def read_certificate_lines(lines: Iterable[str]) -> bytes:
    """The certificate (DER) in hexadecimal lines, up to `quit` or their end.

    Raises CertificateError.
    """
    digits = ""
    for line in lines:
        word = "".join(line.split())
        if word == QUIT:
            break
        digits += word
        if len(digits) > 2 * MAX_CERTIFICATE_BYTES:
            raise CertificateError("the certificate is too long")
    try:
        der = bytes.fromhex(digits)
    except ValueError:
        raise CertificateError("the certificate is not in hexadecimal digits") from None
    load_certificate(der)
    return der
