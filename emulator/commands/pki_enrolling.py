"""`crypto pki authenticate` and `crypto pki enroll`.

The dialogues are those of public transcripts of 15.x to 17.x. The authority of the lab answers for
every enrolment address, at once.
"""

from ipaddress import ip_address

from ..config.store import Block
from ..grammar import CommandSet, RefusedError, canonical_interface
from ..keys.errors import CertificateError
from ..keys.material import KeyKind, KeyMaterial
from ..keys.pem import write_pem
from ..keys.pki import (
    Enrollment,
    Role,
    RouterSubject,
    certificate_request,
    md5_groups,
    self_signed_certificate,
    sha1_groups,
)
from ..services.interfaces import Interfaces
from ..services.pki import NEWER, NEWER_SELF_SIGNED_BITS, SELF_SIGNED_BITS, Pki
from ..settings.crypto_checks import release
from ..shell.call import Call
from ..shell.questions import agreed
from .pki_text import (
    UNKNOWN,
    attributes_text,
    base64_lines,
    pasted_certificate,
    trustpoint_name,
)

ACCEPT = "\n% Do you accept this certificate? [yes/no]: "
ACCEPTED = "Trustpoint CA certificate accepted.\n"
IMPORTED = "% Certificate successfully imported\n\n"
BROKEN = "% Error in saving certificate: status = FAIL"
DELETE_FIRST = (
    "% Please delete your existing CA certificate first.\n"
    "% You must use 'no crypto pki trustpoint <trustpoint-name>' to delete the CA certificate."
)
NO_METHOD = "% Enrollment is not configured for this trustpoint."
AUTHENTICATE_FIRST = (
    "% You must authenticate the Certificate Authority before\nyou can enroll with it."
)
START = "%\n% Start certificate enrollment .. \n"
CHALLENGE = (
    "% Create a challenge password. You will need to verbally provide this\n"
    "   password to the CA Administrator in order to revoke your certificate.\n"
    "   For security reasons your password will not be saved in the configuration.\n"
    "   Please make a note of it.\n\n"
)
AGAIN = (
    "% You already have a certificate from this CA.\n"
    "Do you want to continue with re-enrollment? [yes/no]: "
)
SERIAL = "% Include the router serial number in the subject name? [yes/no]: "
ADDRESS = "% Include an IP address in the subject name? [no]: "
WHICH_ADDRESS = "Enter Interface name or IP Address[]: "
BAD_ADDRESS = "% Bad interface or address. Try again.\n"
END_OF_REQUEST = "---End - This line not part of the certificate request---"
ATTEMPTS = 3

declared = CommandSet()
declared.words(
    {
        "crypto pki": "Public Key components",
        "crypto ca": "Certification authority",
        "pki authenticate": "Get the CA certificate",
        "pki authenticate WORD": "CA Server Name",
        "pki enroll": "Request a certificate from a CA",
        "pki enroll WORD": "CA Server Name",
        "ca authenticate": "Get the CA certificate",
        "ca authenticate WORD": "CA Server Name",
        "ca enroll": "Request a certificate from a CA",
        "ca enroll WORD": "CA Server Name",
    }
)


@declared.exec("crypto pki authenticate <name>", "crypto ca authenticate <name>", mode="config")
async def authenticate(call: Call) -> str | None:
    """Take the certificate of an authority, from the lab's or from the terminal."""
    name = trustpoint_name(call)
    pki, method = call.router.feature(Pki), _method(call, name)
    trustpoint = pki.store.get(name)
    if trustpoint is not None and trustpoint.ca is not None:
        raise RefusedError(DELETE_FIRST)
    pasted = method in ("terminal", "profile")
    try:
        if pasted:
            der = await pasted_certificate(call, "CA certificate")
        else:
            router = call.router
            await router.keys.work.make(router.authority.material, call.dialogue.turn)
            der = router.authority.ca(router.clock.now()).certificate
    except CertificateError:
        raise RefusedError(BROKEN) from None
    call.dialogue.write(attributes_text(der))
    if not await _trusted(call, name, der):
        return None
    pki.add(name, der, Role.CA)
    return ACCEPTED + (IMPORTED if pasted else "")


async def _trusted(call: Call, name: str, der: bytes) -> bool:
    """Compare with the configured fingerprint, or ask."""
    block = call.router.feature(Pki).block(name)
    wanted = block.value("fingerprint", "fingerprint") if block is not None else None
    if wanted is None:
        return await agreed(call, ACCEPT)
    digits = "".join(str(wanted).split()).upper()
    call.dialogue.write(f"Trustpoint Fingerprint: {digits}\n")
    if digits in (md5_groups(der).replace(" ", ""), sha1_groups(der).replace(" ", "")):
        call.dialogue.write("Certificate validated - fingerprints matched.\n")
        return True
    call.dialogue.write("Certificate not validated - fingerprint did not match.\n")
    return False


def _method(call: Call, name: str) -> str:
    """How the trustpoint enrols: the word behind `enrollment`."""
    block = call.router.feature(Pki).block(name)
    entry = block.find("enrollment url") if block is not None else None
    if entry is None:
        raise RefusedError(NO_METHOD)
    return entry.text.split()[1]


@declared.exec("crypto pki enroll <name>", "crypto ca enroll <name>", mode="config")
async def enroll(call: Call) -> str | None:
    """Ask for a certificate of the router, or sign it."""
    name = trustpoint_name(call)
    method = _method(call, name)
    trustpoint = call.router.feature(Pki).store.get(name)
    if method == "selfsigned":
        return await _sign(call, name)
    if trustpoint is None or trustpoint.ca is None:
        raise RefusedError(AUTHENTICATE_FIRST)
    if trustpoint.identity and not await agreed(call, AGAIN):
        return None
    call.dialogue.write(START)
    if method != "terminal":
        await _challenge(call, name)
    subject = await _subject(call, name)
    request = await _request(call, name, subject)
    if method == "terminal":
        return await _show_request(call, name, request)
    if not await agreed(call, "Request certificate from CA? [yes/no]: "):
        return "\n"
    call.dialogue.write(
        "% Certificate request sent to Certificate Authority\n"
        # two words have grown together in all releases
        f"% The 'show crypto pki certificate verbose {name}' commandwill show the fingerprint.\n\n"
    )
    await _granted(call, name, request)
    return None


async def _granted(call: Call, name: str, request: bytes) -> None:
    """The authority of the lab issues the certificate."""
    router = call.router
    await router.keys.work.make(router.authority.material, call.dialogue.turn)
    now = router.clock.now()
    try:
        der = router.authority.ca(now).grant(request, now=now)
    except CertificateError:
        text = "Certificate enrollment request was rejected by Certificate Authority"
        router.log.add("PKI", 6, "CERTREJECT", text)
        return
    pki = router.feature(Pki)
    pki.add(name, der, Role.IDENTITY)
    trustpoint = pki.store.define(name)
    trustpoint.request, trustpoint.enrollment = None, Enrollment.GRANTED
    router.log.add("PKI", 6, "CERTRET", "Certificate received from Certificate Authority")
    pki.unsaved()


async def _challenge(call: Call, name: str) -> None:
    """The password with which the certificate can be revoked, twice; it is kept nowhere."""
    block = call.router.feature(Pki).block(name)
    if block is not None and block.has("password"):
        return
    call.dialogue.write(CHALLENGE)
    for _ in range(ATTEMPTS):
        first = await call.dialogue.ask("Password: ", echo=False)
        if await call.dialogue.ask("Re-enter password: ", echo=False) == first:
            return
        call.dialogue.write("% Passwords do not match. Try again.\n")
    raise RefusedError("% Enrollment has been cancelled.")


async def _subject(call: Call, name: str) -> RouterSubject:
    """Whom the certificate is for: what is configured, and what the user wants in it."""
    router, write = call.router, call.dialogue.write
    block = router.feature(Pki).block(name)
    if block is None:
        raise RefusedError(UNKNOWN)
    write("\n")
    subject = str(block.value("subject-name", "name", "")).strip()
    if subject:
        write(f"% The subject name in the certificate will include: {subject}\n")
    host = _host_name(call, block)
    if host:
        write(f"% The subject name in the certificate will include: {host}\n")
    serial = await _serial(call, block)
    address = await _address(call, block)
    alternative = block.value("subject-alt-name", "name")
    return RouterSubject(
        subject=subject,
        serial_number=serial,
        ip_address=address,
        hostname=host or None,
        alternative_names=(str(alternative),) if alternative else (),
    )


def _host_name(call: Call, block: Block) -> str:
    """The name of the router in the certificate; empty with `fqdn none`."""
    entry = block.find("fqdn")
    if entry is not None and entry.text != "fqdn":
        name = entry.get("fqdn")
        return str(name) if name else ""
    router = call.router
    return f"{router.hostname}.{router.domain}" if router.domain else router.hostname


async def _serial(call: Call, block: Block) -> str | None:
    entry, number = block.find("serial-number"), call.router.serial
    if entry is None:
        if not await agreed(call, SERIAL):
            return None
    elif "none" in entry.text:
        return None
    call.dialogue.write(f"% The serial number in the certificate will be: {number}\n")
    return number


async def _address(call: Call, block: Block) -> str | None:
    """The address in the certificate: of an interface, or typed."""
    entry = block.find("ip-address")
    if entry is not None:
        found = str(entry.get("address") or entry.get("interface") or "")
        return _address_of(call, found)
    answer = (await call.dialogue.ask(ADDRESS)).strip().lower()
    if not answer or not "yes".startswith(answer):
        return None
    while True:
        text = (await call.dialogue.ask(WHICH_ADDRESS)).strip()
        found_address = _address_of(call, text)
        if found_address is not None or not text:
            return found_address
        call.dialogue.write(BAD_ADDRESS)


def _address_of(call: Call, text: str) -> str | None:
    """The address that is typed, or that an interface has."""
    try:
        return str(ip_address(text))
    except ValueError:
        pass
    name = canonical_interface(text)
    state = call.router.feature(Interfaces).get(name) if name is not None else None
    return str(state.ipv4[0].ip) if state is not None and state.ipv4 else None


async def _key(call: Call, name: str) -> KeyMaterial:
    """The key of a trustpoint, made if there is none."""
    router = call.router
    pki = router.feature(Pki)
    label, block = pki.key_label(name), pki.block(name)
    elliptic = block is not None and block.has("eckeypair")
    pair = router.keys.signing_pair(label, KeyKind.EC if elliptic else KeyKind.RSA)
    if pair is None:
        newer = release(router) >= NEWER
        usual = NEWER_SELF_SIGNED_BITS if newer else SELF_SIGNED_BITS
        bits = int((block.value("rsakeypair", "bits") if block is not None else 0) or usual)
        (pair,) = router.keys.generate_rsa(label, bits, now=router.clock.now())
        router.log.add("CRYPTO", 6, "AUTOGEN", f"Generated new {bits} bit key pair")
    await router.keys.work.make(pair.material, call.dialogue.turn)
    return pair.material


async def _request(call: Call, name: str, subject: RouterSubject) -> bytes:
    block = call.router.feature(Pki).block(name)
    hash_name = block.value("hash", "hash", "sha256") if block is not None else "sha256"
    try:
        return certificate_request(await _key(call, name), subject, hash_name=str(hash_name))
    except CertificateError as failed:
        raise RefusedError(f"% Error in generating the request: {failed}") from None


async def _show_request(call: Call, name: str, request: bytes) -> str:
    """Print a request for somebody to take it to an authority."""
    question = "Display Certificate Request to terminal? [yes/no]: "
    block = call.router.feature(Pki).block(name)
    entry = block.find("enrollment url") if block is not None else None
    framed = entry is not None and "pem" in entry.text.split()
    trustpoint = call.router.feature(Pki).store.define(name)
    trustpoint.request, trustpoint.enrollment = request, Enrollment.PENDING
    while await agreed(call, question):
        text = write_pem("CERTIFICATE REQUEST", request) if framed else base64_lines(request)
        call.dialogue.write(f"Certificate Request follows:\n\n{text}\n{END_OF_REQUEST}\n\n")
        question = "Redisplay enrollment request? [yes/no]: "
    return ""


async def _sign(call: Call, name: str) -> str | None:
    """Make a certificate that the router signs itself."""
    router = call.router
    pki = router.feature(Pki)
    block = pki.block(name)
    if block is None:
        raise RefusedError(UNKNOWN)
    serial, address = await _serial(call, block), await _address(call, block)
    if not await agreed(call, "Generate Self Signed Router Certificate? [yes/no]: "):
        return "\n"
    subject = RouterSubject(
        subject=str(block.value("subject-name", "name", "")).strip(),
        serial_number=serial,
        ip_address=address,
        hostname=_host_name(call, block) or None,
    )
    try:
        der = self_signed_certificate(await _key(call, name), subject, now=router.clock.now())
    except CertificateError as failed:
        raise RefusedError(f"% Error in generating the certificate: {failed}") from None
    pki.add(name, der, Role.SELF_SIGNED)
    pki.unsaved()
    return "\nRouter Self Signed Certificate successfully created\n\n"


@declared.exec("no crypto pki enroll <name>", "no crypto ca enroll <name>", mode="config")
def cancel(call: Call) -> None:
    """Give up a request that is not answered."""
    name = trustpoint_name(call)
    trustpoint = call.router.feature(Pki).store.get(name)
    if trustpoint is None or trustpoint.request is None:
        raise RefusedError("% No enrollment sessions are currently active.")
    trustpoint.request, trustpoint.enrollment = None, None
