"""The kinds of arguments: what one accepts, how it is printed, what `?` says of it."""

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

from .interfaces import canonical_interface

Value = str | int
MAX_WORD = 512

_DIGITS = re.compile(r"-?\d{1,12}")
_OCTETS = re.compile(r"(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})\.(0|[1-9]\d{0,2})")
_TIME = re.compile(r"(\d{1,2}):(\d{2})(?::(\d{2}))?")
_HEX = re.compile(r"(?:0x)?[0-9A-Fa-f]+")
_MAC = re.compile(r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}")
_FILE_SYSTEM = re.compile(r"([A-Za-z][A-Za-z0-9-]*):")
FILE_SYSTEMS = frozenset(
    {
        "flash",
        "flash0",
        "bootflash",
        "nvram",
        "system",
        "null",
        "tmpsys",
        "archive",
        "usb0",
        "harddisk",
        "webui",
        "cns",
        "tar",
        "scp",
        "tftp",
        "ftp",
        "http",
        "https",
        "rcp",
        "sftp",
    }
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of argument.

    `read` gives the value as the configuration prints it, or None for what the kind does not
    accept. `rest` takes the line to its end, blanks included. `loose` accepts any word, so that
    keywords come before it. What is `secret` is kept nowhere where lines are kept.
    """

    name: str
    label: str
    help: str
    read: Callable[[str], Value | None]
    rest: bool = False
    loose: bool = False
    secret: bool = False


def _word(text: str) -> Value | None:
    return text if len(text) <= MAX_WORD else None


def ipv4(text: str) -> str | None:
    """A dotted IPv4 address as IOS accepts it: no leading zeros, every octet up to 255."""
    match = _OCTETS.fullmatch(text)
    if match is None or any(int(octet) > 255 for octet in match.groups()):
        return None
    return text


def mask(text: str) -> str | None:
    """A network mask: ones, then zeros."""
    if ipv4(text) is None:
        return None
    inverse = int(ipaddress.IPv4Address(text)) ^ 0xFFFFFFFF
    return text if inverse & (inverse + 1) == 0 else None


def ipv6(text: str) -> str | None:
    """An IPv6 address as IOS prints it: upper case, the longest run of zeros left out."""
    if ":" not in text:
        return None
    try:
        return str(ipaddress.IPv6Address(text)).upper()
    except ValueError:
        return None


def ipv6_prefix(text: str) -> str | None:
    """An IPv6 address with a prefix length."""
    address, slash, length = text.partition("/")
    shown = ipv6(address)
    if not slash or shown is None or not length.isdecimal() or int(length) > 128:
        return None
    return f"{shown}/{int(length)}"


def ipv4_prefix(text: str) -> str | None:
    """An IPv4 address with a prefix length."""
    address, slash, length = text.partition("/")
    if not slash or ipv4(address) is None or not length.isdecimal() or int(length) > 32:
        return None
    return f"{address}/{int(length)}"


def _time(text: str) -> Value | None:
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2]) > 59 or int(match[3] or 0) > 59:
        return None
    return f"{int(match[1]):02}:{match[2]}:{match[3] or '00'}"


def _url(text: str) -> Value | None:
    """A place in a file system that the router knows; another prefix is a parse error."""
    match = _FILE_SYSTEM.match(text)
    if match is None:
        return None
    return text if match[1].lower() in FILE_SYSTEMS else None


def _path(text: str) -> Value | None:
    """A place in a file system, or a name in the current directory."""
    if ":" in text:
        return _url(text)
    return _word(text)


def _like(pattern: re.Pattern[str]) -> Callable[[str], Value | None]:
    return lambda text: text if pattern.fullmatch(text) else None


_KINDS = {
    kind.name: kind
    for kind in (
        Kind("word", "WORD", "", _word, loose=True),
        Kind("line", "LINE", "", lambda text: text, rest=True, loose=True),
        Kind("secret", "LINE", "", str.rstrip, rest=True, loose=True, secret=True),
        Kind("secret_line", "LINE", "", lambda text: text, rest=True, loose=True, secret=True),
        Kind("secret_word", "WORD", "", _word, loose=True, secret=True),
        Kind("ipv4", "A.B.C.D", "IP address", ipv4),
        Kind("mask", "A.B.C.D", "IP subnet mask", mask),
        Kind("netmask", "A.B.C.D", "IP subnet mask", ipv4),
        Kind("wildcard", "A.B.C.D", "Wildcard bits", ipv4),
        Kind("ipv4_prefix", "A.B.C.D/nn", "IP prefix <network>/<length>", ipv4_prefix),
        Kind("ipv6", "X:X:X:X::X", "IPv6 address", ipv6),
        Kind("ipv6_prefix", "X:X:X:X::X/<0-128>", "IPv6 prefix", ipv6_prefix),
        Kind("interface", "INTERFACE", "Interface type and number", canonical_interface),
        Kind("time", "hh:mm:ss", "Time", _time),
        Kind("hex", "Hex-data", "Hexadecimal number", _like(_HEX)),
        Kind("mac", "H.H.H", "48-bit hardware address", _like(_MAC)),
        Kind("url", "URL", "File name", _url),
        Kind("path", "URL", "File name", _path, loose=True),
    )
}


@cache
def _number(low: int, high: int) -> Kind:
    def read(text: str) -> Value | None:
        if not _DIGITS.fullmatch(text):
            return None
        number = int(text)
        return number if low <= number <= high else None

    return Kind(f"{low}-{high}", f"<{low}-{high}>", "", read)


def kind_named(name: str) -> Kind:
    """The kind `name`: one of the named ones, or a range of whole numbers such as `1-4094`."""
    if name in _KINDS:
        return _KINDS[name]
    match = re.fullmatch(r"(-?\d+)-(-?\d+)", name)
    if match is None:
        raise ValueError(f"there is no kind of argument {name!r}")
    return _number(int(match[1]), int(match[2]))
