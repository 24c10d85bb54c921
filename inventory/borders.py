"""Strings at the border of an intent: what could smuggle configuration is refused here.

Each kind of text is what it says and nothing else: printable ASCII in one line, without what IOS
takes for the end of a command, a comment, a quote or a delimiter.
"""

import re
from collections.abc import Callable
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Interface,
    IPv6Network,
    ip_interface,
    ip_network,
)
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, Field, Strict, WithJsonSchema

from .access_lines import canonical

FORBIDDEN: Final = "\r\n\0!\"'`?^"
"""Line ends begin another command, `!` a comment, `^` may end a banner; quotes and `?` mean
something to IOS."""
_HARMLESS: Final = re.compile(r"[A-Za-z0-9_./:\-]+", re.ASCII)
"""What most texts are, so that they need no closer look."""
_PAIRS: Final = {")": "(", "]": "[", "}": "{", ">": "<"}
MAX_PROSE: Final = 200
MAX_IDENTITY: Final = 2_147_483_647
"""The largest number of a group."""


def plain(value: str) -> str:
    """The text, if it cannot be taken for configuration. Raises ValueError."""
    if _HARMLESS.fullmatch(value):
        return value
    bad = {char for char in value if not (char.isascii() and char.isprintable())}
    bad |= set(FORBIDDEN) & set(value)
    if bad:
        shown = ", ".join(ascii(char) for char in sorted(bad))
        raise ValueError(f"holds {shown}, which could be taken for configuration")
    if value != value.strip():
        raise ValueError("begins or ends with a blank")
    if not _balanced(value):
        raise ValueError("has brackets that do not match")
    return value


def _balanced(value: str) -> bool:
    waiting: list[str] = []
    for char in value:
        if char in _PAIRS.values():
            waiting.append(char)
        elif char in _PAIRS and (not waiting or waiting.pop() != _PAIRS[char]):
            return False
    return not waiting


def _like(pattern: str, words: str) -> Callable[[str], str]:
    """A check that the whole text matches a pattern; `words` say what it should be."""
    compiled = re.compile(pattern, re.ASCII)

    def check(value: str) -> str:
        if compiled.fullmatch(plain(value)) is None:
            raise ValueError(f"should be {words}")
        return value

    return check


def _schema(pattern: str, kind: str, *, number: str = "") -> WithJsonSchema:
    """What editors know of a text; `kind` is what the documentation calls it.

    `number` is how YAML understands a text that looks like a number.
    """
    types = ["string", number] if number else "string"
    return WithJsonSchema({"type": types, "pattern": f"^{pattern}$", "$comment": kind})


_NOWHERE: Final = IPv4Network("0.0.0.0/8")


def _written(value: Any) -> Any:
    """Refuse numbers where an address should stand: they would be taken for one."""
    if isinstance(value, int):
        raise ValueError("should be an IPv4 address")
    return value


def _with_prefix(value: Any) -> Any:
    """Refuse an address without its prefix: all of it would be taken for the prefix."""
    if isinstance(value, int) or (isinstance(value, str) and "/" not in value):
        raise ValueError("should be an address with its prefix length, such as 198.51.100.1/30")
    return value


def _host(value: IPv4Address) -> IPv4Address:
    """Refuse an address that no device can have."""
    none = value.is_multicast or value.is_loopback or value.is_reserved
    if none or value in _NOWHERE:
        raise ValueError(f"{value} is no address of a device")
    return value


def _in_its_network(value: IPv4Interface) -> IPv4Interface:
    """Refuse what a router refuses as the address of an interface."""
    _host(value.ip)
    network = value.network
    if network.prefixlen < 31 and value.ip in (network[0], network[-1]):
        what = "address of the network" if value.ip == network[0] else "broadcast address of"
        raise ValueError(f"{value.ip} is the {what} {network}, not that of a device")
    return value


def _network(value: Any) -> Any:
    """Read a network; raise ValueError that says what it should be."""
    if isinstance(value, IPv4Network | IPv6Network):
        return value
    if not isinstance(value, str) or "/" not in value:
        raise ValueError("should be a network such as 10.0.0.0/8")
    try:
        network = ip_network(value, strict=False)
    except ValueError:
        raise ValueError("should be a network such as 10.0.0.0/8") from None
    if ip_interface(value).ip != network.network_address:
        raise ValueError(f"has bits behind its prefix; did you mean '{network}'?")
    return network


def _network4(value: Any) -> Any:
    """Read a network of IPv4; raise ValueError that says what it should be."""
    network = _network(value)
    if network.version != 4:
        raise ValueError("should be a network of IPv4 such as 10.0.0.0/8")
    return network


def _identity(value: Any) -> Any:
    if isinstance(value, IPv4Address) or (type(value) is int and value < 0):
        return value
    text = str(value)
    if text.isascii() and text.isdecimal():
        # a larger number would be taken for an address
        if len(text) > len(str(MAX_IDENTITY)) or int(text) > MAX_IDENTITY:
            raise ValueError(f"should be at most {MAX_IDENTITY}")
        return int(text)
    try:
        return IPv4Address(text)
    except ValueError:
        raise ValueError("should be a number or an IPv4 address") from None


def _denies(line: str) -> str:
    if not line.startswith("deny "):
        raise ValueError("should be a line that denies: what it matches stays in clear")
    return line


Whole = Annotated[int, Strict()]
"""A number, and no truth value: `yes` would be taken for 1."""
Address = Annotated[IPv4Address, BeforeValidator(_written)]
Host = Annotated[Address, AfterValidator(_host)]
Interface4 = Annotated[
    IPv4Interface, BeforeValidator(_with_prefix), AfterValidator(_in_its_network)
]
Interface6 = Annotated[IPv6Interface, BeforeValidator(_with_prefix)]
Network = Annotated[IPv4Network | IPv6Network, BeforeValidator(_network)]
Network4 = Annotated[IPv4Network, BeforeValidator(_network4)]
Identity = Annotated[
    Annotated[int, Field(ge=0, le=MAX_IDENTITY)] | IPv4Address, BeforeValidator(_identity)
]

_NAME: Final = r"[A-Za-z0-9][A-Za-z0-9_.\-]{0,79}"
check_name: Final = _like(_NAME, "letters, digits, '_', '.' and '-', at most 80 of them")
"""Gives what can be a name of an intent, ValueError for all else."""
Name = Annotated[
    str,
    AfterValidator(check_name),
    _schema(_NAME, "name", number="integer"),
]
"""A name of a device, a group, a profile …"""

_ACCOUNT: Final = r"[A-Za-z_][A-Za-z0-9_.@\\\-]{0,79}"
Account = Annotated[
    str,
    AfterValidator(_like(_ACCOUNT, "an account: a letter, then letters, digits and '_.@-\\'")),
    _schema(_ACCOUNT, "account"),
]
"""The account of a person on the machines where this is used."""

_LIST: Final = r"([1-9][0-9]{0,3}|[A-Za-z][A-Za-z0-9_.\-]{0,63})"
ListName = Annotated[
    str,
    AfterValidator(_like(_LIST, "a number, or a name that begins with a letter")),
    _schema(_LIST, "name or number of a list", number="integer"),
]
"""A name or number of an access list."""

_INTERFACE: Final = (
    r"[A-Z][A-Za-z\-]{0,39}[0-9]{1,5}(/[0-9]{1,5}){0,4}(:[0-9]{1,5})?(\.[0-9]{1,10})?"
)
InterfaceName = Annotated[
    str,
    AfterValidator(_like(_INTERFACE, "a full interface name such as GigabitEthernet0/0/1")),
    _schema(_INTERFACE, "interface"),
]
"""A full interface name: `GigabitEthernet0/0/1.100`, `Serial0/1/0:0`."""

_LABEL: Final = r"[A-Za-z0-9_.\-{}]{1,80}"
Label = Annotated[
    str,
    AfterValidator(_like(_LABEL, "letters, digits, '_', '.' and '-', at most 80 of them")),
    _schema(_LABEL, "name"),
]
"""The label of a key pair, in which `{name}` may stand for the device."""

_PROSE: Final = r"[ -~]{1,200}"
Prose = Annotated[
    str,
    AfterValidator(_like(_PROSE, f"a text of 1 to {MAX_PROSE} characters")),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": MAX_PROSE}),
]
"""Text of one line that goes into a configuration as it is."""

AclLine = Annotated[
    str,
    AfterValidator(plain),
    AfterValidator(canonical),
    _schema("(permit|deny) .+", "line of an access list"),
]
"""A line of an extended access list, without a number; kept as IOS prints it."""
DenyLine = Annotated[
    AclLine, AfterValidator(_denies), _schema("deny .+", "line of an access list that denies")
]
"""A line of an access list that denies."""

_URL: Final = r"https?://[A-Za-z0-9.:/_\-]{1,200}"
Url = Annotated[
    str,
    AfterValidator(_like(_URL, "an address such as http://ca.example.net:80")),
    _schema(_URL, "URL"),
]
"""Where a certificate authority answers."""

_RELEASE: Final = r"[0-9]{2}\.[0-9]{1,2}(\([0-9]{1,2}[a-z]?\)[A-Za-z0-9]{0,8}|\.[0-9]{1,2}[a-z]?)?"
Release = Annotated[
    str,
    AfterValidator(_like(_RELEASE, "a release such as 17.9.4a or 15.7(3)M5")),
    _schema(_RELEASE, "release", number="number"),
]
"""A release of IOS or IOS-XE, in full or only its train."""

_REFERENCE: Final = r"(env|file|keyring|vault):[A-Za-z0-9_./{}#@+\-]{1,300}"
_REFERENCE_WORDS: Final = (
    "should be a reference to a secret, never the secret: env:NAME, file:PATH, "
    "keyring:SERVICE/USER or vault:PATH#KEY"
)


def _reference(value: str) -> str:
    # what stands there may be the secret itself, so it is not shown
    if re.fullmatch(_REFERENCE, value, re.ASCII) is None:
        raise ValueError(_REFERENCE_WORDS)
    kind, _, where = value.partition(":")
    parts = {"keyring": "/", "vault": "#"}
    mark = parts.get(kind)
    if mark is not None and not all(where.partition(mark)):
        raise ValueError(_REFERENCE_WORDS)
    return value


SecretRef = Annotated[str, AfterValidator(_reference), _schema(_REFERENCE, "reference to a secret")]
"""Where a secret is, never the secret: `env:NAME`, `file:PATH`, `keyring:…`, `vault:…`."""
