"""What devices print, without the secrets in it, for files that are kept."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ...errors import InputError
from ...parsers.commands import resolve
from ...parsers.config.redact import REMOVED, redact

_SIGN: Final = re.compile(
    r"@|aut|commun|ena|event|hash |hmac|key|md5|pas|pki|pmk|pre-s|psk|sec|snm|spi|user"
)
"""Nothing is removed from a line without one of these; looking closely takes far longer."""
_HARMLESS_BUT: Final = frozenset(("running-config", "tech-support", "logging"))
"""Of the commands that getvpn knows only these print secrets."""
_WITHOUT_TYPE: Final = re.compile(
    rf"(crypto isakmp key |\s+pre-shared-key (?:(?:address|hostname) .* key |(?:local|remote) )?)"
    rf"(?={re.escape(REMOVED)})"
)
_COMMUNITY: Final = re.compile(
    r"(\s*(?:community (?:name|index|securityname): |"
    r"(?:user|groupname): (?=\S+\s+security model: ?v[12])))\S+",
    re.IGNORECASE,
)
"""How `show snmp community`, `host` and `group` print one."""
_KEYS_HEADING: Final = "Preshared Key"
"""The last heading of `show crypto isakmp key`."""
_PRIVATE_KEY: Final = "PRIVATE KEY-----"
_plain: Final[set[str]] = set()
"""Lines that hold nothing in spite of a sign: devices of a fleet have most of them in common."""
_MOST_PLAIN: Final = 4096


def without_secrets(command: str, text: str) -> str:
    """`text`, the answer to `command`, with `<removed>` for each secret; lines stay lines.

    A pre-shared key that was printed without its type is one in clear: then the type 0 is put
    before it, so that audits still know.
    """
    if _is_harmless(command):
        return text
    lines = text.split("\n")
    for index, lower in enumerate(text.lower().split("\n")):
        if _SIGN.search(lower):
            lines[index] = _scrubbed(lines[index])
    if _KEYS_HEADING in text:
        _remove_keys(lines)
    if _PRIVATE_KEY in text:
        _remove_private_keys(lines)
    return "\n".join(lines)


def _scrubbed(line: str) -> str:
    if line in _plain:
        return line
    clean = redact(line)
    if clean == line:
        clean = _COMMUNITY.sub(rf"\g<1>{REMOVED}", line, count=1)
        if clean == line and len(_plain) < _MOST_PLAIN:
            _plain.add(line)
        return clean
    return _WITHOUT_TYPE.sub(r"\g<1>0 ", clean, count=1)


def _remove_keys(lines: list[str]) -> None:
    """Remove the last column of tables of pre-shared keys."""
    column, rows = -1, 0
    for index, line in enumerate(lines):
        words = line.split()
        if line.rstrip().endswith(_KEYS_HEADING):
            column, rows = line.rindex(_KEYS_HEADING), 0
        elif column >= 0 and len(words) > 1:
            # a long name moves its key to the right
            lines[index] = line[: min(column, line.rindex(words[-1]))] + REMOVED
            rows += 1
        elif words or rows:
            column = -1


def _remove_private_keys(lines: list[str]) -> None:
    """Remove what stands in a frame of PEM; one that has no end goes to the end of the text."""
    inside = False
    for index, line in enumerate(lines):
        before, begin, rest = ("", "", line) if inside else line.partition(_PRIVATE_KEY)
        if not inside and not (begin and "-----BEGIN" in before):
            continue
        secret, end, behind = rest.partition("-----END")
        lines[index] = before + begin + (REMOVED if secret.strip() else secret) + end + behind
        inside = not end


@lru_cache(maxsize=1024)
def _is_harmless(command: str) -> bool:
    try:
        return resolve(command).family not in _HARMLESS_BUT
    except InputError:
        return False
