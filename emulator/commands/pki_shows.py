"""Showing certificates: `show crypto pki …`."""

from datetime import datetime
from typing import TYPE_CHECKING

from ..config.store import Entry
from ..grammar import CommandSet
from ..keys.pki import (
    certificates_text,
    crl_text,
    trustpoints_status_text,
    trustpoints_text,
)
from ..services.pki import SERVER, Pki
from ..services.pki_lists import PkiCounts
from ..shell.call import Call
from .crypto_common import plain_time
from .pki_text import certificate_pem

if TYPE_CHECKING:
    from ..device import Router

SESSION_CLEANUP_S = 60.0
NOT_FOUND = "-Not found-"
_LEVELS = {
    "minimal": "Minimum - no cert data written to storage",
    "names": "Names - subject name data written as <serialnum>.cnm",
    "complete": "Complete - all issued certs written as <serialnum>.cer",
}
_COUNTERS = (
    "PKI Sessions Started",
    "PKI Sessions Ended",
    "PKI Sessions Active",
    "Successful Validations",
    "Failed Validations",
    "Bypassed Validations",
    "Pending Validations",
    "CRLs checked",
    "CRL - fetch attempts",
    "CRL - failed attempts",
    "CRL - rejected busy fetching",
    "AAA authorizations",
)

declared = CommandSet()
declared.words(
    {
        "show crypto pki": "Show PKI",
        "show crypto ca": "Show certification authority policy",
        "pki certificates": "Show certificates",
        "pki certificates WORD": "Trustpoint Name",
        "certificates verbose": "Display in verbose mode",
        "certificates verbose WORD": "Trustpoint Name",
        "certificates pem": "Display in PEM format",
        "certificates pem WORD": "Trustpoint Name",
        "pki trustpoints": "Show trustpoints",
        "pki trustpoints WORD": "Trustpoint Name",
        "trustpoints status": "Display trustpoint status",
        "pki crls": "Show Certificate Revocation Lists",
        "pki timers": "Show PKI Timers",
        "timers detail": "Show PKI timers with their dates",
        "pki server": "Show Certificate Server",
        "pki server WORD": "Certificate Server Name",
        "pki counters": "Show PKI Counters",
        "ca certificates": "Show certificates",
        "ca trustpoints": "Show trustpoints",
        "ca crls": "Show Certificate Revocation Lists",
    }
)


@declared.exec(
    "show crypto pki certificates [<name>]",
    "show crypto ca certificates [<name>]",
    "show crypto pki certificates verbose [<name>]",
    "show crypto ca certificates verbose [<name>]",
    privilege=1,
)
def show_certificates(call: Call) -> str:
    """The certificates of one trustpoint or of all."""
    router = call.router
    installed = router.feature(Pki).store.installed(call.get("name"))
    verbose = "verbose" in call.parsed.words[4:5]
    text = certificates_text(
        installed, lambda seconds: plain_time(router, seconds), verbose=verbose
    )
    return text + "\n" if text else ""


@declared.exec("show crypto pki certificates pem [<name>]", privilege=1)
def show_pem(call: Call) -> str:
    """The certificates as PEM."""
    said = []
    for each in call.router.feature(Pki).store.installed(call.get("name")):
        certificate, (name, *_) = each.certificate, each.trustpoints
        what = "CA" if each.key_label is None else "General Purpose"
        head = f"------Trustpoint: {name}------\n% {what} certificate:\n"
        said.append(f"{head}{certificate_pem(certificate.der)}\n")
    return "".join(said)


@declared.exec(
    "show crypto pki trustpoints [<name>]",
    "show crypto pki trustpoints status",
    "show crypto pki trustpoints <name> status",
    "show crypto ca trustpoints [<name>]",
    privilege=1,
)
def show_trustpoints(call: Call) -> str:
    """The trustpoints, and how far they are."""
    router = call.router
    chosen = [
        point for point in router.feature(Pki).store if call.get("name") in (None, point.name)
    ]
    if call.parsed.words[-1] == "status":
        return trustpoints_status_text(chosen, router.keys)
    return trustpoints_text(chosen)


@declared.exec("show crypto pki crls", "show crypto ca crls", privilege=1)
def show_lists(call: Call) -> str:
    """The lists of revoked certificates that were fetched."""
    router = call.router
    return "".join(
        crl_text(
            fetched.der,
            lambda seconds: plain_time(router, seconds),
            downloaded_at=fetched.downloaded_at,
        )
        for fetched in router.feature(Pki).lists.values()
    )


@declared.exec("show crypto pki timers [detail]", privilege=1)
def show_timers(call: Call) -> str:
    """When something is due: the renewal of certificates, new lists, tidying up."""
    router = call.router
    now = router.clock.now()
    due = [(now + SESSION_CLEANUP_S, "SESSION CLEANUP")]
    pki = router.feature(Pki)
    for point in pki.store:
        for certificate in point.identity if point.renew_percent else ():
            parsed = certificate.x509()
            start = parsed.not_valid_before_utc.timestamp()
            life = parsed.not_valid_after_utc.timestamp() - start
            due.append((start + life * int(point.renew_percent or 0) / 100, f"RENEW {point.name}"))
    rows = []
    for at, what in sorted(due):
        left = max(at - now, 0.0)
        hours, minutes = int(left // 3600), int(left // 60 % 60)
        span = (
            f"{hours}:{minutes:02}:{left % 60:06.3f}"
            if hours
            else f"{minutes:>2}:{left % 60:06.3f}"
        )
        date = f"  ({_iso(router.wall.utc(at))})" if call.has("detail") else ""
        rows.append(f"|{span:>20}{date}  {what}\n")
    first = rows[0].split("  ")[0] if rows else ""
    return f"PKI Timers\n{first.rstrip()}\n" + "".join(f"  {row}" for row in rows)


def _iso(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


@declared.exec("show crypto pki server [<name>]", privilege=1)
def show_server(call: Call) -> str:
    """The certificate servers of this router."""
    router = call.router
    return "".join(
        _server_text(router, entry)
        for entry in router.config.root.all(SERVER)
        if call.get("name") in (None, entry["name"])
    )


def _server_text(router: "Router", entry: Entry) -> str:
    name, block = str(entry["name"]), entry.block
    if block is None:
        return ""
    pki, stopped = router.feature(Pki), block.has("shutdown")
    ca = pki.server(name)
    issuer = str(block.value("issuer-name", "name", f"CN={name}")).strip()
    grants = block.find("grant")
    automatic = grants is not None and "auto" in grants.text
    level = _LEVELS[str(block.value("database level", "level", "minimal"))]
    lock = (
        'locked  (enter "shut" to unlock it)'
        if not stopped
        else ('unlocked  (enter "no shut" to lock it)')
    )
    lines = [
        f"Certificate Server {name}:",
        f"    Status: {'disabled' if stopped else 'enabled'}",
        f"    State: {'disabled' if stopped else 'enabled'}",
        f"    Server's configuration is {lock}",
        f"    Issuer name: {issuer}",
        f"    CA cert fingerprint: {ca.fingerprint if ca else NOT_FOUND} ",
        f"    Granting mode is: {'auto' if automatic else 'manual'}",
        f"    Last certificate issued serial number (hex): {1 if ca else 0}",
    ]
    expiry = plain_time(router, ca.expires_at if ca else -router.wall.offset_s)
    lines.append(f"    CA certificate expiration timer: {expiry}")
    if ca is not None and not stopped:
        lines.append(f"    CRL NextUpdate timer: {plain_time(router, ca.next_list_at)}")
    else:
        lines.append("    CRL not present.")
    place = str(block.value("database url", "url", "nvram:"))
    lines += [f"    Current primary storage dir: {place}", f"    Database Level: {level}"]
    return "".join(f"{line}\n" for line in lines)


@declared.exec("show crypto pki counters", privilege=1)
def show_counters(call: Call) -> str:
    """How often certificates were checked and lists were fetched; each check is a session."""
    counts = call.router.feature(Pki).revocation.counts
    sessions = counts.validated + counts.refused
    values = {
        "PKI Sessions Started": sessions,
        "PKI Sessions Ended": sessions,
        "Successful Validations": counts.validated,
        "Failed Validations": counts.refused,
        "CRLs checked": counts.lists_checked,
        "CRL - fetch attempts": counts.attempts,
        "CRL - failed attempts": counts.failures,
    }
    return "".join(f"{name}: {values.get(name, 0)}\n" for name in _COUNTERS)


@declared.exec(
    "clear crypto pki counters",
    "clear crypto pki crls",
    "clear crypto pki benchmarks",
    privilege=15,
)
def clear(call: Call) -> None:
    """Forget the lists of revoked certificates, or count anew."""
    revocation = call.router.feature(Pki).revocation
    if call.has("crls"):
        revocation.fetched.clear()
    elif call.has("counters"):
        revocation.counts = PkiCounts()
