"""Certificates as pasted and printed text, and the questions about them."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from textwrap import wrap

from ..grammar import RefusedError
from ..keys.errors import BadPemError, CertificateError
from ..keys.pem import MAX_PEM_CHARS, read_pem, write_pem
from ..keys.pki import load_certificate, md5_groups, sha1_groups
from ..services.pki import Pki
from ..shell.call import Call
from .key_exchange import pasted

UNKNOWN = "% CA server trustpoint is not known. Define it first."
CERTIFICATE = "CERTIFICATE"
PASTE = (
    "\nEnter the base 64 encoded {}.\n"
    'End with a blank line or the word "quit" on a line by itself\n\n'
)
BASE64_COLUMNS = 76


def trustpoint_name(call: Call) -> str:
    """The trustpoint that a command is about; refused when there is none of that name."""
    name = str(call["name"])
    if call.router.feature(Pki).block(name) is None:
        raise RefusedError(UNKNOWN)
    return name


async def pasted_certificate(call: Call, what: str) -> bytes:
    """A certificate (DER) that is pasted as base64, with or without the frame of PEM.

    Raises CertificateError.
    """
    return certificate_of(await pasted(call, PASTE.format(what), blank_ends=True))


def certificate_of(text: str) -> bytes:
    """The certificate (DER) in a text of base64; raises CertificateError."""
    der = decoded(text, CERTIFICATE)
    load_certificate(der)
    return der


def decoded(text: str, name: str) -> bytes:
    """The bytes of a base64 text that may have a frame of PEM; raises CertificateError."""
    if len(text) > MAX_PEM_CHARS:
        raise CertificateError("the text is longer than that of any certificate")
    try:
        if "-----BEGIN" in text:
            block = read_pem(text)
            if block.name != name:
                raise CertificateError(f"the text holds no {name.lower()}")
            return block.body
        return b64decode("".join(text.split()), validate=True)
    except (BadPemError, Base64Error, ValueError):
        raise CertificateError("the text is not base64") from None


def certificate_pem(der: bytes) -> str:
    """A certificate as PEM."""
    return write_pem(CERTIFICATE, der)


def base64_lines(data: bytes) -> str:
    """Bytes in base64, in lines of the width that IOS prints."""
    return "\n".join(wrap(b64encode(data).decode("ascii"), BASE64_COLUMNS)) + "\n"


def attributes_text(der: bytes) -> str:
    """The fingerprints by which a certificate is to be recognized."""
    return (
        "Certificate has the following attributes:\n"
        f"       Fingerprint MD5: {md5_groups(der)} \n"
        f"      Fingerprint SHA1: {sha1_groups(der)} \n"
    )
