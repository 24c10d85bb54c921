"""`show crypto pki trustpoints [status]` and `show crypto pki crls`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from cryptography import x509

from ..pair import Usage
from ..show import TimeFormatter
from ..store import KeyStore
from .certificate import Certificate, md5_groups, sha1_groups
from .names import name_lines, name_text
from .show_certificates import usage_word
from .trustpoints import Trustpoint

MAX_CRL_CACHE_BYTES = 65_536
"""Size of the cache of parsed lists (IOS-XE transcript)."""

_HTTP_PORT = 80
_SCEP_PATH = "/cgi-bin"
_KEY_WORDS = {
    Usage.GENERAL: "General Purpose",
    Usage.SIGNATURE: "Signature",
    Usage.ENCRYPTION: "Encryption",
}


def trustpoints_text(trustpoints: Iterable[Trustpoint]) -> str:
    """The output of `show crypto pki trustpoints`; two blank lines end each block."""
    return "".join("\n".join([*_summary(each), "", "", ""]) for each in trustpoints)


def trustpoints_status_text(trustpoints: Iterable[Trustpoint], keys: KeyStore) -> str:
    """The output of `show crypto pki trustpoints status`; two blank lines end each block."""
    return "".join("\n".join([*_status(each, keys), "", "", ""]) for each in trustpoints)


def crl_text(crl_der: bytes, format_time: TimeFormatter, *, downloaded_at: float) -> str:
    """The output of `show crypto pki crls` for one list, fetched from the authority itself."""
    crl = x509.load_der_x509_crl(crl_der)
    updated, following = crl.last_update_utc, crl.next_update_utc
    lines = [
        "CRL Issuer Name: ",
        f"    {name_text(crl.issuer)}",
        f"    LastUpdate: {format_time(updated.timestamp())}",
        *([f"    NextUpdate: {format_time(following.timestamp())}"] if following else []),
        "",
        f"    CRL downloaded at: {format_time(downloaded_at)}",
        "",
        "    Retrieved from CRL Distribution Point: ",
        "      ** CDP Not Published - Retrieved via SCEP",
        "",
        f" CRL DER is {len(crl_der)} bytes",
        " CRL is stored in parsed CRL cache",
        "",
        "",
        f"Parsed CRL cache current size is {len(crl_der)} bytes",
        f"Parsed CRL cache maximum size is {MAX_CRL_CACHE_BYTES} bytes",
        "",
    ]
    return "\n".join(lines)


def scep_url(url: str) -> str:
    """The address that a router derives from `enrollment url`: with a port and a path."""
    try:
        parts = urlsplit(url)
        port = parts.port or _HTTP_PORT
    except ValueError:
        # nobody checked it, and nothing more can be said of it
        return url
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    path = parts.path.rstrip("/") or _SCEP_PATH
    return f"{parts.scheme}://{host}:{port}{path}"


def _summary(trustpoint: Trustpoint) -> Iterator[str]:
    yield f"Trustpoint {trustpoint.name}:"
    issuer = trustpoint.issuer
    if issuer is None:
        return
    yield "    Subject Name:"
    yield from (f"    {line}" for line in name_lines(issuer.x509().subject))
    yield f"          Serial Number (hex): {issuer.serial_hex}"
    if trustpoint.self_signed:
        yield "    Persistent self-signed certificate trust point"
        yield f"    Using key label {trustpoint.key_label or trustpoint.name}"
        return
    yield "    Certificate configured."
    if trustpoint.url is not None and trustpoint.url.startswith("http"):
        yield f"    SCEP URL: {scep_url(trustpoint.url)}"


def _status(trustpoint: Trustpoint, keys: KeyStore) -> Iterator[str]:
    yield f"Trustpoint {trustpoint.name}:"
    if trustpoint.issuer is not None:
        yield "  Issuing CA certificate configured:"
        yield from _identified(trustpoint.issuer)
    for certificate in trustpoint.identity:
        yield f"  Router {usage_word(certificate.x509())} certificate configured:"
        yield from _identified(certificate)
    if trustpoint.enrollment is not None:
        yield f"  Last enrollment status: {trustpoint.enrollment.value}"
    yield "  State:"
    yield f"    Keys generated ............. {_keys_word(trustpoint, keys)}"
    yield f"    Issuing CA authenticated ....... {'Yes' if trustpoint.issuer else 'No'}"
    asked = trustpoint.identity or trustpoint.request is not None
    yield f"    Certificate request(s) ..... {'Yes' if asked else 'None'}"


def _identified(certificate: Certificate) -> Iterator[str]:
    yield "    Subject Name:"
    yield f"     {name_text(certificate.x509().subject)}"
    yield f"    Fingerprint MD5: {md5_groups(certificate.der)} "
    yield f"    Fingerprint SHA1: {sha1_groups(certificate.der)} "


def _keys_word(trustpoint: Trustpoint, keys: KeyStore) -> str:
    label = trustpoint.key_label
    pair = None if label is None else next(iter(keys.pairs(label=label)), None)
    if pair is None:
        return "No"
    export = "exportable" if pair.exportable else "non-exportable"
    return f"Yes ({_KEY_WORDS[pair.usage]}, {export})"
