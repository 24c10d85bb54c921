"""Certificates and their keys from elsewhere: `crypto pki import`, `export`, `crl request`."""

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, pkcs12

from ..grammar import CommandSet, RefusedError
from ..keys.errors import (
    CertificateError,
    NotExportableError,
    PassphraseTooShortError,
    PemError,
)
from ..keys.exchange import export_pair, import_material
from ..keys.material import KeyMaterial
from ..keys.pair import KeyPair
from ..keys.pki import Certificate, Enrollment, Role, Trustpoint, load_certificate
from ..services.pki import Pki
from ..shell.call import Call
from ..shell.loading import load
from ..shell.questions import agreed
from .key_exchange import CIPHERS, PRIVATE_PROMPT, SHORT, pasted
from .key_files import read_bytes, read_text, write_bytes, write_text
from .key_pairs import REPLACE
from .pki_text import (
    PASTE,
    base64_lines,
    certificate_of,
    certificate_pem,
    decoded,
    pasted_certificate,
    trustpoint_name,
)

GENERAL = "General Purpose"
CA_PROMPT = (
    "% Enter PEM-formatted CA certificate.\n"
    '% End with a blank line or "quit" on a line by itself.\n'
)
OWN_PROMPT = (
    "% Enter PEM-formatted General Purpose certificate.\n"
    '% End with a blank line or "quit" on a line by itself.\n'
)
PEM_SUCCEEDED = "% PEM files import succeeded.\n"
PEM_FAILED = "% PEM files import failed."
PKCS12_IMPORTED = "CRYPTO_PKI: Imported PKCS12 file successfully.\n"
PKCS12_EXPORTED = "CRYPTO_PKI: Exported PKCS12 file successfully.\n"
PKCS12_FAILED = "CRYPTO_PKI: Import PKCS12 operation failed."
BROKEN = "% Failed to parse or verify imported certificate"
END_OF_PKCS12 = "---End - This line not part of the pkcs12---"

declared = CommandSet()
declared.words(
    {
        "pki import": "Import certificate or pkcs12",
        "pki import WORD": "Trustpoint label to import or create",
        "pki import certificate": "Import a certificate from a TFTP server or the terminal",
        "pki import pem": "Import from PEM files",
        "pki import pkcs12": "Import from PKCS12 file",
        "pki export": "Export certificate or PKCS12 file",
        "pki export WORD": "Trustpoint label",
        "pki export pem": "Export keys and certificates in PEM format",
        "pki export pkcs12": "Export keys and certificates in a PKCS12 file",
        "pki exportable": "Allow the key to be exported",
        "pki terminal": "Via terminal",
        "pki url": "Via file system or URL",
        "pki password": "Passphrase used to protect the private key",
        "pki LINE": "Passphrase used to protect the private key",
        "pki 3des": "Encrypt the private key with 3DES",
        "pki des": "Encrypt the private key with DES",
        "pki aes": "Encrypt the private key with AES",
        "pki crl": "Actions on certificate revocation lists",
        "pki crl request": "Request a CRL",
        "pki crl request WORD": "CA Server Name",
    }
)


@declared.exec(
    "crypto pki import <name> certificate", "crypto ca import <name> certificate", mode="config"
)
async def import_certificate(call: Call) -> str:
    """Take in the certificate that an authority has issued for a request."""
    name = trustpoint_name(call)
    pki = call.router.feature(Pki)
    try:
        der = await pasted_certificate(call, "certificate")
        known = load_certificate(der)
        made = Certificate(der=der, role=Role.IDENTITY, installed_at=0.0)
        trustpoint = pki.store.define(name)
        own = {
            pair.material.public_der for pair in call.router.keys.pairs(label=pki.key_label(name))
        }
        issued = trustpoint.ca is None or known.issuer == trustpoint.ca.x509().subject
        if made.public_der not in own or not issued:
            raise CertificateError("the certificate is for another router")
    except CertificateError:
        raise RefusedError(BROKEN) from None
    pki.add(name, der, Role.IDENTITY)
    trustpoint.request, trustpoint.enrollment = None, Enrollment.GRANTED
    return "% Router Certificate successfully imported\n\n"


_PEM = "pem {usage-keys | exportable}* {terminal | url <url:path>} [password] <passphrase:secret>"


@declared.exec(f"crypto pki import <name> {_PEM}", f"crypto ca import <name> {_PEM}", mode="config")
async def import_pem(call: Call) -> str:
    """Take in the certificate of an authority, a key and the router's certificate."""
    name, place = str(call["name"]), call.get("url")
    if place is None:
        call.dialogue.write("\n")
        authority = await pasted(call, CA_PROMPT, blank_ends=True)
        private = await pasted(call, PRIVATE_PROMPT.format(GENERAL))
        own = await pasted(call, OWN_PROMPT, blank_ends=True)
    else:
        call.dialogue.write("% Importing CA certificate...\n")
        authority = await read_text(call, place, f"{name}.ca")
        call.dialogue.write("% Importing private key PEM file...\n")
        private = await read_text(call, place, f"{name}.prv")
        call.dialogue.write("% Importing certificate PEM file...\n")
        own = await read_text(call, place, f"{name}.crt")
    try:
        ca_der, own_der = certificate_of(authority), certificate_of(own)
        material = import_material(own, private, call["passphrase"])
    except (CertificateError, PemError):
        raise RefusedError(PEM_FAILED) from None
    await _install(call, name, material, own_der, [ca_der])
    return PEM_SUCCEEDED


async def _install(
    call: Call, name: str, material: KeyMaterial, own: bytes, authorities: list[bytes]
) -> None:
    """Keep a key with its certificates under the name of a trustpoint, made if there is none."""
    router = call.router
    pki = router.feature(Pki)
    if router.keys.pairs(material.kind, name):
        call.dialogue.write(
            f"% You already have {material.kind.value} keys defined named {name}.\n"
        )
        if not await agreed(call, REPLACE):
            raise RefusedError(PEM_FAILED)
        router.keys.zeroize(material.kind, name)
    exportable = call.has("exportable")
    router.keys.add(name, material, now=router.clock.now(), exportable=exportable)
    if pki.block(name) is None:
        load(router, f"crypto pki trustpoint {name}\n")
    word = "rsakeypair" if material.kind.value == "RSA" else "eckeypair"
    load(router, f"crypto pki trustpoint {name}\n {word} {name}\n")
    for der in authorities[:1]:
        pki.add(name, der, Role.CA)
    pki.add(name, own, Role.IDENTITY)
    pki.unsaved()


_PKCS12 = "pkcs12 {terminal | url <url:path> | <file:url>} [password] <passphrase:secret>"


@declared.exec(
    f"crypto pki import <name> {_PKCS12}", f"crypto ca import <name> {_PKCS12}", mode="config"
)
async def import_pkcs12(call: Call) -> str:
    """Take in a key and its certificates from one file."""
    name, place = str(call["name"]), call.get("url") or call.get("file")
    try:
        if place is None:
            text = await pasted(call, PASTE.format("pkcs12"), blank_ends=True)
            data = decoded(text, "PKCS12")
        else:
            call.dialogue.write("% Importing pkcs12...\n")
            data = await read_bytes(call, place, f"{name}.p12")
        secret = call["passphrase"].encode()
        key, certificate, others = pkcs12.load_key_and_certificates(data, secret)
        if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
            raise CertificateError("there is no key of a kind that routers have")
        if certificate is None:
            raise CertificateError("there is no certificate")
        der = [_der(each) for each in (certificate, *others)]
        for each in der:
            load_certificate(each)
    except (CertificateError, ValueError, TypeError):
        raise RefusedError(PKCS12_FAILED) from None
    await _install(call, name, KeyMaterial.of(key), der[0], der[1:])
    return PKCS12_IMPORTED


_EXPORT_PEM = (
    "pem {terminal | url <url:path>} [<cipher:3des|des|aes> [password] <passphrase:secret>]"
)


@declared.exec(
    f"crypto pki export <name> {_EXPORT_PEM}",
    f"crypto ca export <name> {_EXPORT_PEM}",
    mode="config",
)
async def export_pem(call: Call) -> str | None:
    """Print or store the certificates of a trustpoint, with its key if a passphrase is given."""
    name = trustpoint_name(call)
    trustpoint = call.router.feature(Pki).store.define(name)
    if trustpoint.issuer is None:
        raise RefusedError(f"% The specified trustpoint is not authenticated ({name}).")
    parts = [("CA certificate", "ca", certificate_pem(trustpoint.issuer.der))]
    pair = _pair(call, trustpoint)
    if call.get("cipher") is not None and pair is not None:
        parts.append(
            (f"Key name: {pair.label}\n   Usage: {pair.usage.value}", "prv", _private(call, pair))
        )
    parts += [
        (f"{GENERAL} Certificate", "crt", certificate_pem(each.der))
        for each in trustpoint.identity
        if each is not trustpoint.issuer
    ]
    for title, ending, text in parts:
        if call.get("url") is not None:
            call.dialogue.write(f"% Exporting {_WHAT[ending]}...\n")
            await write_text(call, call["url"], f"{name}.{ending}", text)
            continue
        colon = "" if ending == "prv" else ":"
        call.dialogue.write(f"% {title}{colon}\n{text}\n")
    return None


_WHAT = {"ca": "CA certificate", "prv": "private key", "crt": "router certificate"}


def _pair(call: Call, trustpoint: Trustpoint) -> KeyPair | None:
    """The key that the trustpoint's own certificate is for."""
    own = {each.public_der for each in trustpoint.identity}
    pairs = call.router.keys.pairs(label=trustpoint.key_label)
    return next((pair for pair in pairs if pair.material.public_der in own), None)


def _private(call: Call, pair: KeyPair) -> str:
    try:
        return export_pair(
            pair,
            cipher=CIPHERS[call["cipher"]],
            passphrase=call["passphrase"],
            random=call.router.random,
        ).private
    except NotExportableError:
        text = f"% {pair.kind.value} keypair {pair.label} is not exportable."
        raise RefusedError(text) from None
    except PassphraseTooShortError:
        raise RefusedError(SHORT) from None


@declared.exec(
    f"crypto pki export <name> {_PKCS12}", f"crypto ca export <name> {_PKCS12}", mode="config"
)
async def export_pkcs12(call: Call) -> str:
    """Store or print a trustpoint's key and certificates in one piece."""
    name, place = trustpoint_name(call), call.get("url") or call.get("file")
    trustpoint = call.router.feature(Pki).store.define(name)
    pair = _pair(call, trustpoint)
    if pair is None:
        raise RefusedError(f"% The specified trustpoint is not enrolled ({name}).")
    if not pair.exportable:
        raise RefusedError(f"% {pair.kind.value} keypair {pair.label} is not exportable.")
    key = pair.material.private_key()
    if not isinstance(key, rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey):
        raise RefusedError(f"% {pair.kind.value} keypair {pair.label} is not exportable.")
    data = pkcs12.serialize_key_and_certificates(
        name.encode(),
        key,
        trustpoint.identity[0].x509(),
        [trustpoint.ca.x509()] if trustpoint.ca is not None else None,
        BestAvailableEncryption(call["passphrase"].encode()),
    )
    if place is not None:
        await write_bytes(call, place, f"{name}.p12", data)
    else:
        call.dialogue.write(
            f"Exported pkcs12 follows:\n\n{base64_lines(data)}\n{END_OF_PKCS12}\n\n"
        )
    return PKCS12_EXPORTED


def _der(found: object) -> bytes:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding

    if not isinstance(found, x509.Certificate):
        raise CertificateError("there is something else than a certificate")
    return found.public_bytes(Encoding.DER)


@declared.exec("crypto pki crl request <name>", "crypto ca crl request <name>", mode="config")
def request_list(call: Call) -> None:
    """Fetch the list of revoked certificates of the authority."""
    name = trustpoint_name(call)
    pki = call.router.feature(Pki)
    trustpoint = pki.store.get(name)
    if trustpoint is None or trustpoint.ca is None:
        raise RefusedError("% The CA certificate is not available for this trustpoint.")
    if pki.revocation.fetch(trustpoint):
        raise RefusedError("% Failed to receive the CRL.")
