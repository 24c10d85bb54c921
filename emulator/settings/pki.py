"""Trustpoints, enrollment profiles and maps of certificates.

Settings: `crypto pki trustpoint` (name) with `enrollment url` (url) and its siblings,
`serial-number`, `fqdn`, `ip-address`, `subject-name` (name), `subject-alt-name`,
`revocation-check` (methods), `source interface`, `rsakeypair` (label, bits, encryption_bits),
`auto-enroll` (percent), `hash`;
`crypto pki certificate map` (name, seq) with entries told apart by `field`, `operator`, `value`;
`crypto pki profile enrollment` (name). Chains are in `pki_chain`, the server in `pki_server`.

The old spelling `crypto ca` is accepted and kept as `crypto pki`.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from .concealing import Concealing
from .crypto_checks import SHOWN_HASH, hidden_before

if TYPE_CHECKING:
    from ..device import Router

TRUSTPOINT = "crypto pki trustpoint"
REMOVAL = (
    "% Removing an enrolled trustpoint will destroy all certificates\n"
    " received from the related Certificate Authority.\n"
    "\n"
    "Are you sure you want to do this? [yes/no]: "
)
REVOKE = "% Be sure to ask the CA administrator to revoke your certificates.\n"
USUAL_CHECK = "revocation-check crl"
USUAL_HASH = "hash sha256"

declared = CommandSet()
declared.mode("trustpoint", "ca-trustpoint")
declared.mode("certificate-map", "ca-certificate-map")
declared.mode("enrollment-profile", "ca-profile-enroll")
declared.mode("cs-server", "cs-server")


def _begins(_router: "Router") -> Iterable[str]:
    """What a new trustpoint shows (public configurations of 15 to 17)."""
    return (USUAL_CHECK, USUAL_HASH)


async def _trustpoint(edit: Edit) -> None:
    """Ask before a trustpoint goes, and take its certificates along."""
    name = edit.values["name"]
    if not edit.removing:
        edit.text = f"{TRUSTPOINT} {name}"
        return
    before = edit.before
    if before is None:
        raise RefusedError(f"% Can't find policy {name}")
    answer = (await edit.dialogue.ask(REMOVAL)).strip().lower()
    if not answer or not "yes".startswith(answer):
        edit.text, edit.values, edit.negated = before.text, before.values, False
        edit.reset = False
        return
    edit.dialogue.write(REVOKE)
    config = edit.router.config
    config.remove(config.root, ("crypto pki certificate chain", name))


def _revocation(edit: Edit) -> None:
    """Up to three methods; the list of the authority is what is usual, and shown."""
    if edit.removing:
        edit.text, edit.values, edit.negated = USUAL_CHECK, {"methods": ("crl",)}, False
        return
    methods = tuple(dict.fromkeys(edit.values["methods"]))
    edit.values["methods"] = methods
    edit.text = " ".join((edit.setting.name, *methods))


def _hash(edit: Edit) -> None:
    """SHA-256 is what is usual."""
    if edit.removing:
        edit.text, edit.values, edit.negated = USUAL_HASH, {"hash": "sha256"}, False


def _map_line(edit: Edit) -> None:
    """A map's line is one of several; the same one is not kept twice."""
    if not edit.removing:
        values = edit.values
        edit.text = f"{values['field']} {values['operator']} {values['value'].rstrip()}"


def _spelled(edit: Edit) -> None:
    if not edit.removing:
        edit.text = f"crypto pki certificate map {edit.values['name']} {edit.values['seq']}"


for _word in ("pki", "ca"):
    declared.setting(
        "config",
        f"crypto {_word} trustpoint <name!>",
        name=TRUSTPOINT,
        section="pki-trustpoint",
        enters="trustpoint",
        check=_trustpoint,
        begins=_begins,
        among=TRUSTPOINT,
    )
_MODE = "trustpoint"
declared.setting(_MODE, "enrollment mode ra")
declared.setting(_MODE, "enrollment retry count <count:1-100>")
declared.setting(_MODE, "enrollment retry period <minutes:1-60>")
declared.setting(
    _MODE,
    "enrollment {url <url> [pem] | terminal [pem] | selfsigned | pkcs12 | profile <profile>}",
    name="enrollment url",
)
declared.setting(_MODE, "enrollment http-proxy <host> <port:1-65535>")
declared.setting(_MODE, "usage {<uses:ike|ssl-client|ssl-server>}+")
declared.setting(_MODE, "serial-number [none]")
declared.setting(_MODE, "fqdn {none | <fqdn>}")
declared.setting(_MODE, "ip-address {none | <address:ipv4> | <interface:interface>}")
declared.setting(_MODE, "password [<type:0|7>] <secret:secret_line>", check=Concealing())
declared.setting(_MODE, "fingerprint <fingerprint>")
declared.setting(_MODE, "subject-name <name:line>")
declared.setting(_MODE, "subject-alt-name <name>")
declared.setting(_MODE, "vrf <vrf>")
declared.setting(_MODE, "chain-validation {stop | continue <parent>}")
declared.setting(_MODE, "revocation-check {<methods:crl|ocsp|none>}+", check=_revocation)
declared.setting(_MODE, "crl query <url>")
declared.setting(_MODE, "crl cache {none | delete-after <minutes:1-43200>}")
declared.setting(_MODE, "ocsp url <url>")
declared.setting(_MODE, "match certificate <map!> [<what:allow|skip|override>] [<rest:line>]")
declared.setting(_MODE, "match key usage {<usages>}+")
declared.setting(_MODE, "eku request {<usages>}+")
declared.setting(_MODE, "authorization list <list>")
declared.setting(_MODE, "authorization username subjectname <field>")
declared.setting(_MODE, "source interface <interface:interface>")
declared.setting(_MODE, "rsakeypair <label> [<bits:360-4096> [<encryption_bits:360-4096>]]")
declared.setting(_MODE, "eckeypair <label>")
declared.setting(_MODE, "auto-enroll [<percent:1-100> [regenerate] | regenerate]")
declared.setting(_MODE, "regenerate")
declared.setting(_MODE, "storage <place>")
declared.setting(_MODE, "primary")
declared.setting(_MODE, "on <place>")
declared.setting(
    _MODE,
    "hash <hash:md5|sha1|sha256|sha384|sha512>",
    check=_hash,
    printed=hidden_before(SHOWN_HASH, USUAL_HASH),
)

for _word in ("pki", "ca"):
    declared.setting(
        "config",
        f"crypto {_word} certificate map <name!> <seq!:1-65535>",
        name="crypto pki certificate map",
        section="pki-map",
        enters="certificate-map",
        check=_spelled,
        order=lambda entry: (entry["name"], entry["seq"]),
        among="crypto pki certificate map",
    )
declared.setting(
    "certificate-map",
    "<field!:subject-name|issuer-name|unstructured-subject-name|alt-subject-name|name"
    "|valid-start|expires-on|serial-number> <operator!:eq|ne|co|nc|ge|lt> <value!:line>",
    name="field",
    check=_map_line,
)


_PROFILE = "enrollment-profile"
declared.setting(
    "config",
    "crypto pki profile enrollment <name!>",
    section="pki-trustpoint",
    enters=_PROFILE,
)
declared.setting(_PROFILE, "method-list <list>")
declared.setting(_PROFILE, "source interface <interface:interface>")
declared.setting(_PROFILE, "enrollment url <url>")
declared.setting(_PROFILE, "enrollment terminal")
declared.setting(_PROFILE, "enrollment credential <label>")
declared.setting(
    _PROFILE,
    "enrollment http username <user> password [<type:0|7>] <secret:secret_line>",
    check=Concealing("password"),
)
declared.setting(_PROFILE, "enrollment command <text:line>")
declared.setting(_PROFILE, "authentication url <url>")
declared.setting(_PROFILE, "authentication terminal")
declared.setting(_PROFILE, "authentication command <text:line>")
declared.setting(_PROFILE, "reenrollment url <url>")
declared.setting(_PROFILE, "reenrollment command <text:line>")
declared.setting(_PROFILE, "parameter <number!:1-8> {value <value:line> | prompt <prompt:line>}")

declared.words(
    {
        "crypto pki": "Public Key components",
        "crypto ca": "Certification authority",
        "pki trustpoint": "Define a CA trustpoint",
        "crypto pki trustpoint WORD": "CA Server Name",
        "ca trustpoint": "Define a CA trustpoint",
        "ca trustpoint WORD": "CA Server Name",
        "enrollment": "Enrollment parameters",
        "enrollment mode": "Mode supported by the Certificate Authority",
        "enrollment mode ra": "The CA has a Registration Authority",
        "enrollment retry": "Polling parameters",
        "enrollment retry count": "How many times to poll CA for our certificate",
        "enrollment retry count <1-100>": "Number of times",
        "enrollment retry period": "How long to wait between requests to CA for our certificate",
        "enrollment retry period <1-60>": "Minutes",
        "enrollment url": "CA server enrollment URL",
        "enrollment url WORD": "URL",
        "enrollment url pem": "Send the request in PEM format",
        "enrollment terminal": "Enroll via the terminal (cut-and-paste)",
        "enrollment terminal pem": "Display the request in PEM format",
        "enrollment selfsigned": "Enroll this trustpoint with a self-signed certificate",
        "enrollment pkcs12": "Use a PKCS12 file",
        "enrollment profile": "Specify an enrollment profile",
        "enrollment profile WORD": "Profile name",
        "enrollment http-proxy": "HTTP proxy server for enrollment",
        "enrollment http-proxy WORD": "Host name or address",
        "enrollment http-proxy <1-65535>": "Port",
        "usage": "Certificate Usage",
        "usage ike": "For IKE",
        "usage ssl-client": "For SSL clients",
        "usage ssl-server": "For SSL servers",
        "serial-number": "include serial number",
        "serial-number none": "Do not include the serial number",
        "fqdn": "include fully-qualified domain name",
        "fqdn WORD": "Fully-qualified domain name",
        "fqdn none": "Do not include a domain name",
        "fqdn LINE": "Fully-qualified domain name",
        "ip-address": "include ip address",
        "ip-address none": "Do not include an address",
        "password": "revocation password",
        "password 0": "Specifies an UNENCRYPTED password will follow",
        "password 7": "Specifies a HIDDEN password will follow",
        "password LINE": "The password",
        "fingerprint": "Fingerprint of the certificate of the CA",
        "fingerprint WORD": "Fingerprint",
        "subject-name": "Subject Name",
        "subject-name LINE": "Subject name, such as CN=name,O=organization",
        "subject-alt-name": "Subject Alternative Name",
        "subject-alt-name WORD": "Name",
        "chain-validation": "Enable chain validation",
        "chain-validation stop": "The chain ends at this trustpoint",
        "chain-validation continue": "The chain goes on to a parent trustpoint",
        "chain-validation continue WORD": "Trustpoint name",
        "revocation-check": "Revocation checking options",
        "revocation-check crl": "Revocation check by CRL",
        "revocation-check ocsp": "Revocation check by OCSP",
        "revocation-check none": "Ignore revocation check",
        "crl": "CRL options",
        "crl query": "Where the list is looked up",
        "crl query WORD": "URL",
        "crl cache": "Cache of revocation lists",
        "crl cache none": "Keep no list",
        "crl cache delete-after": "Delete a list after some time",
        "crl cache delete-after <1-43200>": "Minutes",
        "ocsp": "OCSP parameters",
        "ocsp url": "OCSP server URL",
        "ocsp url WORD": "URL",
        "match certificate LINE": "Parameters",
        "match certificate allow": "Allow certificates that match",
        "match certificate skip": "Skip checks of certificates that match",
        "match certificate override": "Override fields of certificates that match",
        "match key": "Match a key pair",
        "match key usage": "Usage of the key",
        "match key usage WORD": "Usage",
        "eku": "Extended key usage",
        "eku request": "Ask for an extended key usage",
        "eku request WORD": "Usage",
        "authorization list": "Named authorization list to use",
        "authorization list WORD": "Name of the list",
        "authorization username": "User name for the authorization",
        "authorization username subjectname": "Field of the subject name",
        "authorization username subjectname WORD": "Field",
        "source": "Source of the packets",
        "source interface": "Specify interface for source address",
        "rsakeypair": "Specify rsakeypair for this identity",
        "rsakeypair WORD": "RSA keypair label",
        "rsakeypair <360-4096>": "RSA key size in bits",
        "eckeypair": "Specify eckeypair for this identity",
        "eckeypair WORD": "EC keypair label",
        "auto-enroll": "Automatically enroll this router identity",
        "auto-enroll <1-100>": "Percentage of the lifetime of the certificate",
        "auto-enroll regenerate": "Generate a new key pair",
        "regenerate": "Regenerate keys on re-enrollment",
        "storage": "Where certificates are stored",
        "storage WORD": "File system",
        "primary": "Specify trustpoint as primary",
        "on": "Create private key on device",
        "on WORD": "Device",
        "hash": "Set hash algorithm",
        "pki certificate": "Actions on certificates",
        "ca certificate": "Actions on certificates",
        "certificate map": "Define certificate attributes map",
        "certificate map WORD": "Label",
        "certificate map <1-65535>": "Sequence in the certificate map",
        "issuer-name": "Issuer Name",
        "unstructured-subject-name": "Unstructured Subject Name",
        "alt-subject-name": "Alternate Subject Name",
        "name": "Any Name",
        "valid-start": "Valid Start date",
        "expires-on": "Expiration date",
        **{
            f"{field} {word}": text
            for field in (
                "subject-name",
                "issuer-name",
                "unstructured-subject-name",
                "alt-subject-name",
                "name",
                "valid-start",
                "expires-on",
                "serial-number",
            )
            for word, text in (
                ("eq", "equal to"),
                ("ne", "not equal to"),
                ("co", "contains"),
                ("nc", "does not contain"),
                ("ge", "greater than or equal to"),
                ("lt", "less than"),
            )
        },
        "pki profile": "Define a profile",
        "pki profile enrollment": "Define an enrollment profile",
        "pki profile enrollment WORD": "Profile name",
        "method-list": "Methods of the profile",
        "method-list WORD": "Name of the list",
        "enrollment credential": "Credential of the enrollment",
        "enrollment credential WORD": "Trustpoint name",
        "enrollment http": "HTTP authentication",
        "enrollment http username": "User name",
        "enrollment http username WORD": "User name",
        "enrollment http username password": "Password",
        "enrollment http username password 0": "Specifies an UNENCRYPTED password will follow",
        "enrollment http username password 7": "Specifies a HIDDEN password will follow",
        "enrollment http username password LINE": "The password",
        "enrollment command": "HTTP command for enrollment",
        "enrollment command LINE": "Command",
        "authentication url": "CA server authentication URL",
        "authentication url WORD": "URL",
        "authentication terminal": "Authenticate via the terminal (cut-and-paste)",
        "authentication command": "HTTP command for authentication",
        "authentication command LINE": "Command",
        "reenrollment": "Re-enrollment parameters",
        "reenrollment url": "CA server re-enrollment URL",
        "reenrollment url WORD": "URL",
        "reenrollment command": "HTTP command for re-enrollment",
        "reenrollment command LINE": "Command",
        "parameter": "Parameter of the commands",
        "parameter <1-8>": "Number of the parameter",
        "parameter value": "Value of the parameter",
        "parameter value LINE": "Value",
        "parameter prompt": "Prompt for the value",
        "parameter prompt LINE": "Prompt",
        "match certificate allow LINE": "Parameters",
        "match certificate skip LINE": "Parameters",
        "match certificate override LINE": "Parameters",
        **{f"{word} LINE": "Text to compare with" for word in ("eq", "ne", "co", "nc", "ge", "lt")},
    }
)
