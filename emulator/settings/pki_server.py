"""The certificate server of a router: `crypto pki server`.

Setting: `crypto pki server` (name) with the block `issuer-name` (name), `grant` (how), `lifetime
certificate` (days) and its siblings, `database …`, `hash`, `auto-rollover`, and `shutdown`: a new
server stands still until `no shutdown`, for which it needs a password, twice.
"""

from typing import TYPE_CHECKING

from ..config.edit import Edit
from ..grammar import CommandSet, RefusedError
from ..keys.passwords import hash_password, well_formed
from ..services.pki import Pki
from .concealing import Concealing

if TYPE_CHECKING:
    from ..device import Router

REMOVAL = (
    "% This will stop the Certificate Server process and delete the server configuration\n"
    "CA certificate, Keypair, CRL and database files will be deleted. "
    "Do you wish to continue? [yes/no]: "
)
MIN_PASSWORD_CHARS = 8
HIDDEN = 7

declared = CommandSet()


async def _server(edit: Edit) -> None:
    if not edit.removing:
        return
    before, name = edit.before, edit.values["name"]
    if before is None:
        raise RefusedError(f"% Certificate server '{name}' is not known.")
    answer = (await edit.dialogue.ask(REMOVAL)).strip().lower()
    if not answer or not "yes".startswith(answer):
        edit.text, edit.values, edit.negated = before.text, before.values, False
        edit.reset = False


def _begins(router: "Router") -> tuple[str, ...]:
    """A new server stands still; in a saved configuration the line is there if it does."""
    return () if router.loading else ("shutdown",)


async def _shutdown(edit: Edit) -> None:
    """A server that starts for the first time takes the password that protects its key."""
    if not edit.negated or edit.before is None or edit.router.loading:
        return
    if edit.block.find("database archive") is None:
        write = edit.dialogue.write
        write("%Some server settings cannot be changed after CA certificate generation.\n")
        write("% Please enter a passphrase to protect the private key\n")
        write("% or type Return to exit\n")
        first = await edit.dialogue.ask("Password: ", echo=False)
        if not first:
            raise RefusedError("% Certificate Server not enabled.")
        if len(first) < MIN_PASSWORD_CHARS:
            raise RefusedError("% Password must be at least 8 characters.")
        write("\n")
        if await edit.dialogue.ask("Re-enter password: ", echo=False) != first:
            raise RefusedError("% Passwords do not match.")
        write("\n")
    if edit.block.owner is not None:
        pair = edit.router.feature(Pki).server_pair(str(edit.block.owner["name"]))
        await edit.router.keys.work.make(pair.material, edit.dialogue.turn)
    edit.dialogue.write("% Certificate Server enabled.\n")


def _archive(edit: Edit) -> None:
    """The password of the archive is kept hidden, as IOS does."""
    kind, secret = edit.values.get("type"), edit.values.get("secret")
    if edit.negated:
        edit.text = "no database archive"
    if edit.removing or secret is None:
        return
    if kind == str(HIDDEN) and not well_formed(HIDDEN, secret):
        raise RefusedError(f"Invalid encrypted password: {secret}")
    if kind != str(HIDDEN):
        secret = hash_password(HIDDEN, secret, edit.router.random)
    edit.values.update(type=str(HIDDEN), secret=secret)
    edit.text = f"database archive {edit.values['format']} password {HIDDEN} {secret}"


declared.setting(
    "config",
    "crypto pki server <name!>",
    section="pki-server",
    enters="cs-server",
    check=_server,
    begins=_begins,
)
_MODE = "cs-server"
declared.setting(
    _MODE, "database level <level:minimal|names|complete>", default="database level minimal"
)
declared.setting(_MODE, "database url <url>")
declared.setting(
    _MODE,
    "database username <user> [password [<type:0|7>] <secret:secret_line>]",
    check=Concealing("password"),
)
declared.setting(
    _MODE,
    "database archive <format:pem|pkcs12> [password [<type:0|7>] <secret:secret_line>]",
    check=_archive,
)
declared.setting(_MODE, "issuer-name <name:line>")
declared.setting(_MODE, "mode {ra [transparent] | sub-cs}")
declared.setting(
    _MODE,
    "grant {none | auto [rollover {<what:ca-cert|ra-cert>} | trustpoint <trustpoint>] | ra-auto}",
    default="grant none",
)
declared.setting(_MODE, "hash <hash:md5|sha1|sha256|sha384|sha512>", default="hash sha256")
declared.setting(_MODE, "lifetime crl <hours:0-336> [<minutes:0-59>]")
declared.setting(_MODE, "lifetime certificate <days:0-7305> [<hours:0-23> [<minutes:0-59>]]")
declared.setting(_MODE, "lifetime ca-certificate <days:0-7305> [<hours:0-23> [<minutes:0-59>]]")
declared.setting(_MODE, "lifetime enrollment-request <hours:1-1000>")
declared.setting(_MODE, "auto-rollover [<days:0-1825>]")
declared.setting(_MODE, "cdp-url <url>")
declared.setting(_MODE, "serial-number <serial:hex>")
declared.setting(_MODE, "eku {<usages:server-auth|client-auth|ipsec-end-system>}+")
declared.setting(_MODE, "redundancy")
declared.setting(_MODE, "shutdown", check=_shutdown)

declared.words(
    {
        "pki server": "Define a CA server",
        "pki server WORD": "Certificate Server Name",
        "database": "Certificate Server database config parameters",
        "database level": "Level of data stored in database",
        "database level minimal": "Minimum certificate info is stored in database",
        "database level names": "Certificate serial-number & subject name stored in database",
        "database level complete": "Each issued certificate is saved to the database",
        "database url": "URL to store database",
        "database url WORD": "URL",
        "database username": "Database username",
        "database username WORD": "User name",
        "database password": "Password",
        "database archive": "Format of the archive of the CA",
        "database archive pem": "PEM files",
        "database archive pkcs12": "A PKCS12 file",
        "issuer-name LINE": "Issuer name, such as CN=name",
        "mode ra": "Registration authority",
        "mode ra transparent": "Accept requests of other vendors",
        "mode sub-cs": "Subordinate certificate server",
        "grant": "Certificate granting options",
        "grant none": "Automatically reject any incoming SCEP enrollment request",
        "grant auto": "Automatically grant incoming SCEP enrollment requests",
        "grant auto rollover": "Automatically grant requests of rollover",
        "grant auto rollover ca-cert": "For certificates of authorities",
        "grant auto rollover ra-cert": "For certificates of registration authorities",
        "grant auto trustpoint": "Grant requests of the holders of certificates of a trustpoint",
        "grant auto trustpoint WORD": "Trustpoint name",
        "grant ra-auto": "Automatically grant RA-authorized incoming SCEP enrollment request",
        "lifetime crl": "Lifetime of revocation lists",
        "lifetime certificate": "Lifetime of certificates",
        "lifetime ca-certificate": "Lifetime of the certificate of the authority",
        "lifetime enrollment-request": "Lifetime of requests",
        "auto-rollover": "Rollover the CA key and certificate",
        "auto-rollover <0-1825>": "Days before the end of the certificate",
        "cdp-url": "CRL Distribution Point to be included in the issued certs",
        "cdp-url WORD": "URL",
        "eku server-auth": "Authentication of servers",
        "eku client-auth": "Authentication of clients",
        "eku ipsec-end-system": "IPsec",
        "shutdown": "Shutdown the Certificate Server",
        "lifetime crl <0-336>": "Hours",
        "lifetime crl <0-59>": "Minutes",
        **{
            f"lifetime {kind} {label}": unit
            for kind in ("certificate", "ca-certificate")
            for label, unit in (("<0-7305>", "Days"), ("<0-23>", "Hours"), ("<0-59>", "Minutes"))
        },
        "lifetime enrollment-request <1-1000>": "Hours",
    }
)
