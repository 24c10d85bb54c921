"""Lines that are no commands: the bodies of banners, certificates, keys and macros.

Each function takes all lines of the text and the index of the line that opens a body, and
answers with the index of the first line after it. All look ahead a bounded number of lines.
"""

from collections.abc import Sequence
from typing import Literal

from .keywords import one_of

Kind = Literal["banner", "certificate", "key", "macro"]

# IOS takes banners and macros of about 3,000 characters; more lines than these are none.
MAX_BANNER_LINES = 400

BANNER_WORDS = frozenset(("ban", "bann", "banne", "banner"))
# What the router answers to the first line of a banner; it names the mark.
_HINT = "Enter TEXT message"

_HEX = "0123456789ABCDEFabcdef \t"
_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/= \t"
_SHORTEST_BASE64_LINE = 17
_BANNER_TYPES = frozenset(
    (
        *("exec", "incoming", "login", "motd", "prompt-timeout", "slip-ppp", "config-save"),
        *("text", "title"),
    )
)
_DELIMITED = {
    "vacant-message": 1,
    "refuse-message": 1,
    "aaa authentication banner": 3,
    "aaa authentication fail-message": 3,
}


def delimiter(words: Sequence[str], text: str) -> tuple[str, str] | None:
    """The delimiter of the banner that `text` opens and what follows it on the line, or None."""
    if words[0] in BANNER_WORDS:
        count = 2 if len(words) > 1 and one_of(_BANNER_TYPES, words[1]) else 1
    elif words[0] == "menu":
        count = 3 if words[2:3] == ["title"] else 0
    else:
        count = _DELIMITED.get(words[0], _DELIMITED.get(" ".join(words[:3]), 0))
    if count == 0 or len(words) <= count:
        return None
    rest = text.split(None, count)[count]
    # Listings show the control character ETX as two: a caret and a C.
    mark = "^C" if rest.startswith("^C") else rest[0]
    return mark, rest[len(mark) :]


def banner_end(lines: Sequence[str], start: int, mark: str) -> int | None:
    """The index after the line with the closing `mark`; None when it does not come."""
    for index in range(start, min(start + MAX_BANNER_LINES, len(lines))):
        if mark in lines[index] and not lines[index].startswith(_HINT):
            return index + 1
    return None


def macro_end(lines: Sequence[str], start: int) -> int | None:
    """The index after the `@` that closes a macro; None when it does not come."""
    for index in range(start, min(start + MAX_BANNER_LINES, len(lines))):
        if lines[index].strip() == "@":
            return index + 1
    return None


def certificate_end(lines: Sequence[str], start: int) -> int:
    """The index after the hexadecimal lines, and after the `quit` that closes them."""
    index = start
    while index < len(lines) and not lines[index].strip(_HEX):
        index += 1
    if index < len(lines) and lines[index].strip() == "quit":
        index += 1
    return index


def key_end(lines: Sequence[str], start: int) -> int:
    """The index after the lines of a public key (hexadecimal or base 64) and `quit` or `exit`."""
    index = start
    while index < len(lines) and _is_key_text(lines[index]):
        index += 1
    if start < index < len(lines) and lines[index].strip() in ("quit", "exit"):
        index += 1
    return index


def pem_end(lines: Sequence[str], start: int) -> int:
    """The index after a PEM block that begins at `start`, with its `-----END` line."""
    index = start + 1
    while index < len(lines) and _is_pem_text(lines[index]):
        index += 1
    if index < len(lines) and lines[index].lstrip().startswith("-----END"):
        index += 1
    return index


def _is_key_text(text: str) -> bool:
    word = text.strip()
    if not word.strip(_HEX):
        return True
    return len(word) >= _SHORTEST_BASE64_LINE and " " not in word and not word.strip(_BASE64)


def _is_pem_text(text: str) -> bool:
    """Base 64, blank, or a header such as `DEK-Info: DES-EDE3-CBC,…`."""
    word = text.strip()
    if word.startswith(("Proc-Type:", "DEK-Info:")):
        return True
    return not word.strip(_BASE64) and " " not in word
