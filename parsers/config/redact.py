"""Secrets in configuration lines: where they stand, and how to show a line without them."""

import re
from collections.abc import Callable, Sequence

REMOVED = "<removed>"

_WORD = re.compile(r"\S+")
_URL_LOGIN = re.compile(r"://[^/@\s]+@")
_HINT = re.compile(r"key|pass|secret|snmp|psk|authentication|://|user|port|\ben", re.IGNORECASE)
# Types of stored secrets (clear, hashed or encrypted), which stand before the secret itself.
_TYPES = frozenset(("0", "4", "5", "6", "7", "8", "9"))
# The secret follows, to the end of the line.
_BEFORE_SECRET = frozenset(
    ("authentication-key", "key-string", "passphrase", "passwd", "password", "secret", "server-key")
)
_KEY_IS_NUMBER = frozenset(("ntp", "protocol", "tunnel"))

_Span = tuple[int, int]


def redact(text: str) -> str:
    """`text` with every secret replaced by `<removed>`.

    It prefers to remove too much: what only looks like a secret goes too.
    """
    if _HINT.search(text) is None:
        return text
    if "://" in text:
        text = _URL_LOGIN.sub(f"://{REMOVED}@", text)
    found = list(_WORD.finditer(text))
    words = [match.group().lower() for match in found]
    skip = _leading(words)
    span = _secret_span(words[skip:])
    if span is None:
        return text
    first, last = span[0] + skip, min(span[1] + skip, len(found))
    if first >= last:
        return text
    return text[: found[first].start()] + REMOVED + text[found[last - 1].end() :]


def _leading(words: Sequence[str]) -> int:
    """How many words stand before the command proper (`!`, `no`, `do`)."""
    count = 0
    while count < len(words) and words[count].lstrip("!") in ("", "no", "do"):
        count += 1
    return count


def _secret_span(words: Sequence[str]) -> _Span | None:
    """First and last+1 word of the secret in the command `words` (lower case)."""
    if not words:
        return None
    for start, rule in _RULES:
        if words[0].startswith(start):
            span = rule(words)
            if span is not None:
                return span
    return _anywhere(words)


def _rest(words: Sequence[str], first: int) -> _Span:
    """All words from `first`, without a leading type."""
    typed = first + 1 < len(words) and words[first] in _TYPES
    return first + typed, len(words)


def _crypto(words: Sequence[str]) -> _Span | None:
    if len(words) < 4:
        return None
    second, third = words[1], words[2]
    if second.startswith("isa") and third == "key":
        typed = (
            words[3] in ("0", "6") and len(words) > 4 and words[4] not in ("address", "hostname")
        )
        first = 3 + typed
        for index in range(first + 1, len(words)):
            if words[index] in ("address", "hostname"):
                return first, index
        return first, len(words)
    if second == "key":
        return _crypto_key(words)
    if second in ("pki", "ca") and third in ("export", "import"):
        return 6, len(words)
    return None


def _crypto_key(words: Sequence[str]) -> _Span | None:
    """`crypto key export|import …`: the passphrase follows the place."""
    for index, word in enumerate(words):
        if word == "passphrase":
            return index + 1, len(words)
        if word in ("terminal", "url"):
            return index + (1 if word == "terminal" else 2), len(words)
    return len(words), len(words)


def _snmp(words: Sequence[str]) -> _Span | None:
    kind = words[1] if len(words) > 2 else ""
    if kind.startswith("com"):
        typed = words[2] in _TYPES and len(words) > 3 and words[3] not in ("ro", "rw", "view")
        return 2 + typed, 3 + typed
    if kind == "user" and "auth" in words:
        return words.index("auth") + 2, len(words)
    if kind == "mib":
        return 3, 4
    if kind != "host":
        return None
    index = 3
    while index < len(words):
        if words[index] in ("vrf", "version"):
            index += 2
        elif words[index] in ("traps", "informs", "auth", "noauth", "priv", *_TYPES):
            index += 1
        else:
            break
    return index, index + 1


def _login(words: Sequence[str]) -> _Span | None:
    """`username` and `enable`, whose keywords are often shortened."""
    for index in range(1, len(words)):
        if words[index].startswith(("pas", "sec")) or (
            words[0].startswith("en") and words[index] in ("p", "pa", "s", "se")
        ):
            return _rest(words, index + 1)
    return None


def _key(words: Sequence[str]) -> _Span | None:
    second = words[1] if len(words) > 1 else ""
    if second == "chain":
        return len(words), len(words)
    if second == "config-key":
        return (3 if len(words) > 3 else 2), len(words)
    return _rest(words, 1)


def _pre_shared(words: Sequence[str]) -> _Span | None:
    """The keyring forms: of IKEv2 `[local|remote] [type] KEY`, of ISAKMP `… key [type] KEY`."""
    first = 1
    if len(words) > 1 and words[1] in ("address", "hostname"):
        if "key" not in words:
            return None
        first = words.index("key") + 1
    elif len(words) > 1 and words[1] in ("local", "remote"):
        first = 2
    if len(words) > first and words[first] == "hex":
        first += 1
    return _rest(words, first)


def _gateway(words: Sequence[str]) -> _Span | None:
    """First hop redundancy: `standby 1 authentication …`."""
    return _rest(words, words.index("authentication") + 1) if "authentication" in words else None


def _password(words: Sequence[str]) -> _Span | None:
    exempt = len(words) > 1 and "encryption".startswith(words[1]) and len(words[1]) > 1
    return (len(words), len(words)) if exempt else _rest(words, 1)


def _anywhere(words: Sequence[str]) -> _Span | None:
    """Secrets that are known by the keyword in front of them, whatever the command."""
    for index, word in enumerate(words):
        if word in _BEFORE_SECRET:
            return _rest(words, index + 1)
        if word == "wpa-psk" or (word == "authentication" and "nhrp" in words[:index]):
            return _rest(words, index + (2 if word == "wpa-psk" else 1))
        if word == "md5" and "message-digest-key" in words[:index]:
            return _rest(words, index + 1)
        if word == "key" and words[0] not in _KEY_IS_NUMBER:
            return _rest(words, index + 1)
    return None


_RULES: tuple[tuple[str, Callable[[Sequence[str]], _Span | None]], ...] = (
    ("cr", _crypto),
    ("snmp-server", _snmp),
    ("user", _login),
    ("en", _login),
    ("key", _key),
    ("pre-s", _pre_shared),
    ("standby", _gateway),
    ("vrrp", _gateway),
    ("glbp", _gateway),
    ("password", _password),
)
