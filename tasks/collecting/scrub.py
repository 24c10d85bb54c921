"""What devices print, without the secrets in it, for files that are kept."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from ...errors import InputError
from ...parsers.commands import resolve
from ...parsers.config.redact import REMOVED, redact

_SIGNS: Final = (
    *("@", "aut", "ena", "event", "hash ", "hmac", "key", "md5", "pas", "pki", "pmk", "pre-s"),
    *("psk", "sec", "snm", "spi", "user"),
)
"""Nothing is removed from a line without one of these; looking closely takes far longer."""
_HARMLESS_BUT: Final = frozenset(("running-config", "tech-support", "logging"))
"""Of the commands that getvpn knows only these print secrets."""
_WITHOUT_TYPE: Final = re.compile(
    rf"(crypto isakmp key |\s+pre-shared-key (?:(?:address|hostname) .* key |(?:local|remote) )?)"
    rf"(?={re.escape(REMOVED)})"
)


def without_secrets(command: str, text: str) -> str:
    """`text`, the answer to `command`, with `<removed>` for each secret; lines stay lines.

    A pre-shared key that was printed without its type is one in clear: then the type 0 is put
    before it, so that audits still know.
    """
    if _is_harmless(command):
        return text
    lines = text.split("\n")
    for index, lower in enumerate(text.lower().split("\n")):
        if any(sign in lower for sign in _SIGNS):
            lines[index] = _scrubbed(lines[index])
    return "\n".join(lines)


def _scrubbed(line: str) -> str:
    clean = redact(line)
    return clean if clean == line else _WITHOUT_TYPE.sub(r"\g<1>0 ", clean, count=1)


@lru_cache(maxsize=1024)
def _is_harmless(command: str) -> bool:
    try:
        return resolve(command).family not in _HARMLESS_BUT
    except InputError:
        return False
