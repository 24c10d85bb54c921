"""Trustpoints, certificate chains and identity lists → views."""

from .redact import redact
from .said import Said, Table, integer, many, one, unmodelled
from .view import Draft


def _enrollment(draft: Draft, said: Said) -> None:
    """`enrollment url U`, `enrollment mode ra`, `enrollment selfsigned`, …."""
    method = said.word()
    if method is None:
        return
    if method == "mode":
        draft.set("enrollment_mode_ra", said.on and said.args[1:2] == ["ra"], said.line)
    elif method not in ("retry", "http-proxy"):
        draft.set("enrollment", method, said.line)
        if method == "url" and (url := said.word(1)) is not None:
            draft.set("enrollment_url", redact(url), said.line)


def _revocation_check(said: Said) -> tuple[str, ...] | None:
    methods = tuple(said.args)
    if not methods or any(method not in ("crl", "ocsp", "none") for method in methods):
        said.problem("expected some of crl, ocsp, none")
        return None
    return methods


def _rsakeypair(draft: Draft, said: Said) -> None:
    """`rsakeypair LABEL [BITS [ENCRYPTION-BITS]]`."""
    draft.reset("rsakeypair_bits")
    label = said.word() if said.on else None
    if label is None:
        draft.reset("rsakeypair")
        return
    draft.set("rsakeypair", label, said.line)
    if len(said.args) > 1 and (bits := said.integer(360, 4_096, 1)) is not None:
        draft.set("rsakeypair_bits", bits, said.line)


def _auto_enroll(draft: Draft, said: Said) -> None:
    """`auto-enroll [PERCENT] [regenerate]`."""
    if not said.on:
        draft.reset("auto_enroll")
        draft.reset("auto_enroll_regenerate")
        return
    percent = integer(said.args[0]) if said.args else None
    draft.set("auto_enroll", percent or 0, said.line)
    if "regenerate" in said.args:
        draft.set("auto_enroll_regenerate", True, said.line)


def _source(said: Said) -> str | None:
    return said.interface() if said.skip("interface") else None


TRUSTPOINT: Table = {
    "auto-enroll": _auto_enroll,
    "eckeypair": one("eckeypair", Said.word),
    "enrollment": _enrollment,
    "fqdn": one("fqdn", Said.word),
    "hash": one("hash", Said.word),
    "revocation-check": one("revocation_check", _revocation_check),
    "rsakeypair": _rsakeypair,
    "source": one("source_interface", _source),
    "subject-alt-name": one("subject_alt_name", Said.text),
    "subject-name": one("subject_name", Said.text),
    "usage": one("usage", lambda said: tuple(said.args)),
    "vrf": one("vrf", Said.word),
    **dict.fromkeys(
        (
            *("authorization", "auto-trigger", "certificate", "chain-validation", "crl", "eku"),
            *("fingerprint", "grant", "id-usage", "ip-address", "match", "ocsp", "password"),
            *("primary", "query", "redundancy", "regenerate", "root", "serial-number"),
            *("storage", "subject-name-value"),
        ),
        unmodelled,
    ),
}

CERTIFICATES: Table = {
    "certificate": many("certificates", lambda said: _certificate_kind(said.args)),
}


def _certificate_kind(args: list[str]) -> str:
    """What `certificate …` holds: `ca`, `self-signed`, `rollover`, …, else `general-purpose`."""
    return args[0] if len(args) > 1 else "general-purpose"


IDENTITY: Table = {
    "dn": many("dns", Said.text),
    "fqdn": many("fqdns", Said.text),
    "description": unmodelled,
}
