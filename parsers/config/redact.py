"""Secrets in configuration lines: where they stand, and how to show a line without them."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache

REMOVED = "<removed>"

_WORD = re.compile(r"\S+")
# A login in a URL, or in an address of mail: `//user:secret@`, `"user:secret@`.
_LOGIN = re.compile(r"(?<=://)[^/@\s]+@|(?<![^\s\"'])[^\s:/@\"']{1,256}:[^\s/@]{1,256}@")
# A command in the log: of `notify syslog`, or of `show archive log config`.
_LOGGED = re.compile(r"\blogged command:|@\S{1,64} {1,8}\|")
# What may stand before a command: a prompt, the command of an event manager that it is part
# of, and words that leave the rest as it is.
_LEADING = re.compile(
    r"\s*(?:[\w.\-]+(?:\([\w.\-]+\))?[#>])?\s*(?:.*\bcommand \")?(?:!+|(?:no|do|default)\s|\s)*",
    re.IGNORECASE,
)
# Types of stored secrets (clear, hashed or encrypted) and ways to write them; the secret follows.
_TYPES = frozenset(("0", "4", "5", "6", "7", "8", "9"))
_BEFORE_VALUE = frozenset((*_TYPES, "ascii", "hex"))
# The secret follows, to the end of the line.
_BEFORE_SECRET = frozenset(
    (
        *("auth-key", "authentication-key", "key-string", "passphrase", "passwd", "password"),
        *("pmk", "secret", "server-key", "set-key", "shared-key", "wpa-psk"),
    )
)
_SECRET_ENDINGS = ("-passphrase", "-password", "-secret")
_KEY_IS_NUMBER = frozenset(("ntp", "protocol", "tunnel"))
# Words after `key` in the output of show commands, where more follows on the line.
_KEY_TITLES = frozenset(
    (
        *("exchange", "handle", "id", "is", "label", "length", "lifetime", "management"),
        *("managemnet", "mypubkey", "name", "pair", "server", "size", "type", "usage"),
    )
)
_SECRET_VARIABLE = re.compile(r"key|pass|pw|secret|community", re.IGNORECASE)

_Span = tuple[int, int]


@lru_cache(maxsize=8192)
def redact(text: str) -> str:
    """`text` with every secret replaced by `<removed>`.

    It prefers to remove too much: what only looks like a secret goes too.
    """
    if "@" in text:
        text = _LOGIN.sub(f"{REMOVED}@", text)
    logged = _LOGGED.search(text) if "|" in text or "logged" in text else None
    leading = _LEADING.match(text, logged.end() if logged else 0)
    found = list(_WORD.finditer(text, leading.end() if leading else 0))
    span = _secret_span([match.group().lower() for match in found])
    if span is None:
        return text
    first, last = span[0], min(span[1], len(found))
    if first >= last:
        return text
    return text[: found[first].start()] + REMOVED + text[found[last - 1].end() :]


def _secret_span(words: Sequence[str]) -> _Span | None:
    """First and last+1 word of the secret in the command `words` (lower case)."""
    if not words:
        return None
    for command, shortest, rule in _RULES:
        if command.startswith(words[0]) and len(words[0]) >= shortest:
            span = rule(words)
            if span is not None:
                return span
    return _anywhere(words)


def _rest(words: Sequence[str], first: int) -> _Span:
    """All words from `first`, without leading types."""
    while first + 1 < len(words) and words[first] in _BEFORE_VALUE:
        first += 1
    return first, len(words)


def _crypto(words: Sequence[str]) -> _Span | None:
    if len(words) < 4:
        return None
    second, third = words[1], words[2]
    if second.startswith("is") and third == "key":
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
    index = 4 if words[2] in ("ip", "ipv6") else 3
    while index < len(words):
        if words[index] in ("vrf", "use-vrf", "version"):
            index += 2
        elif words[index] in ("traps", "informs", "auth", "noauth", "priv", *_TYPES):
            index += 1
        else:
            break
    return index, index + 1


def _login(words: Sequence[str]) -> _Span | None:
    """`username` and `enable`, whose keywords are often shortened."""
    for index in range(1, len(words)):
        word = words[index]
        if word.startswith(("pas", "sec")) or (
            words[0].startswith("en") and word in ("p", "pa", "s", "se")
        ):
            return _rest(words, index + 1)
    return None


def _key(words: Sequence[str]) -> _Span | None:
    second = words[1] if len(words) > 1 else ""
    if second == "chain" or _is_title(words, 0):
        return len(words), len(words)
    if second == "config-key":
        return (3 if len(words) > 3 else 2), len(words)
    return _rest(words, 1)


def _is_title(words: Sequence[str], at: int) -> bool:
    """Whether `key` at `at` is part of a title of show output, as in `Key Size : 256`."""
    following = words[at + 1 : at + 3]
    if len(following) == 1:
        return following[0] in ("data:", "info:")
    return len(following) > 1 and following[0].rstrip(":") in _KEY_TITLES


def _pre_shared(words: Sequence[str]) -> _Span | None:
    """The keyring forms: of IKEv2 `[local|remote] [type] KEY`, of ISAKMP `… key [type] KEY`."""
    first = 1
    if len(words) > 1 and words[1] in ("address", "hostname"):
        if "key" not in words:
            return None
        first = words.index("key") + 1
    elif len(words) > 2 and ("local".startswith(words[1]) or "remote".startswith(words[1])):
        first = 2
    return _rest(words, first)


def _gateway(words: Sequence[str]) -> _Span | None:
    """First hop redundancy: `standby 1 authentication …`."""
    return _rest(words, words.index("authentication") + 1) if "authentication" in words else None


def _password(words: Sequence[str]) -> _Span | None:
    exempt = len(words) > 1 and "encryption".startswith(words[1]) and len(words[1]) > 1
    return (len(words), len(words)) if exempt else _rest(words, 1)


def _set(words: Sequence[str]) -> _Span | None:
    """`set session-key inbound esp SPI cipher KEY …`, and the older `set security-association`."""
    manual = len(words) > 2 and words[2] in ("inbound", "outbound")
    return (5, len(words)) if manual else None


def _event(words: Sequence[str]) -> _Span | None:
    """`event manager environment NAME VALUE`, where the name tells of a secret."""
    if words[1:3] == ["manager", "environment"] and len(words) > 3:
        return (4, len(words)) if _SECRET_VARIABLE.search(words[3]) else None
    return None


def _anywhere(words: Sequence[str]) -> _Span | None:
    """Secrets that are known by the keyword in front of them, whatever the command."""
    for index, word in enumerate(words):
        before = words[index - 1] if index else ""
        if word in _BEFORE_SECRET or word.endswith(_SECRET_ENDINGS):
            return _rest(words, index + 1)
        if word == "spi" and before == "ipsec":
            return index + 2, len(words)
        if (
            (word == "authentication" and "nhrp" in words[:index])
            or (word == "md5" and "message-digest-key" in words[:index])
            or (word == "hash" and "mobility" in words[:index])
            or (word.startswith("hmac-") and before == "mode")
        ):
            return _rest(words, index + 1)
        if word == "key" and words[0] not in _KEY_IS_NUMBER and not _is_title(words, index):
            return _rest(words, index + 1)
    return None


# A command, how many letters it may be cut short to, and where its secret stands.
_RULES: tuple[tuple[str, int, Callable[[Sequence[str]], _Span | None]], ...] = (
    ("crypto", 2, _crypto),
    ("snmp-server", 4, _snmp),
    ("username", 4, _login),
    ("enable", 2, _login),
    ("key", 3, _key),
    ("pre-shared-key", 5, _pre_shared),
    ("standby", 4, _gateway),
    ("vrrp", 4, _gateway),
    ("glbp", 4, _gateway),
    ("password", 4, _password),
    ("set", 3, _set),
    ("event", 5, _event),
)
