"""One line of an access list as the GDOI commands print it.

The dialect is not that of the configuration: the list's name is left out where the list was
downloaded, an IPv4 port is written `port = 848`, an IPv6 port `eq 848`. The values are those of
the configuration's own access lists, so that a downloaded policy and a configured one compare.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address

from ..config.acl import (
    ANY,
    ANY_PORT,
    MAX_PORT,
    Action,
    PortMatch,
    PortOperator,
    Selector,
)

_LEAD = "access-list"
_PORT_PROTOCOLS = frozenset({"tcp", "udp", "sctp", "6", "17", "132"})
_OPERATORS: dict[str, PortOperator] = {
    "=": "eq",
    "eq": "eq",
    "!=": "neq",
    "neq": "neq",
    "<": "lt",
    "lt": "lt",
    ">": "gt",
    "gt": "gt",
    "range": "range",
}
_ACTIONS: dict[str, Action] = {"permit": "permit", "deny": "deny"}
_PROTOCOL = re.compile(r"[a-z0-9][a-z0-9_\-]{0,30}")
_FLAG = re.compile(r"[a-z0-9=<>!_\-]{1,31}")
_MAX_FLAGS = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class AclLine:
    """A permit or deny line.

    `name` is None where the device leaves it out (a list downloaded from a key server), `flags` are
    the words behind the selectors, `text` is the line as printed.
    """

    name: str | None
    action: Action
    protocol: str
    source: Selector = ANY
    source_ports: PortMatch = ANY_PORT
    destination: Selector = ANY
    destination_ports: PortMatch = ANY_PORT
    flags: tuple[str, ...] = ()
    text: str


def acl_line(text: str) -> AclLine:
    """`text` (`access-list [NAME] permit|deny …`) as an `AclLine`.

    Raises ValueError when the line is none.
    """
    words = _Words(text)
    if words.take() != _LEAD:
        raise ValueError(f"{text!r} is not an access-list line")
    name: str | None = None
    action = _ACTIONS.get(words.peek())
    # a list may be called `permit`: then a second such word follows
    if action is None or _ACTIONS.get(words.peek(1)) is not None:
        name = words.take()
        action = _ACTIONS.get(words.peek())
    words.take()
    protocol = words.take().lower()
    if action is None or not _PROTOCOL.fullmatch(protocol):
        raise ValueError(f"{text!r} is not an access-list line")
    has_ports = protocol in _PORT_PROTOCOLS
    source = _selector(words)
    source_ports = _ports(words) if has_ports else ANY_PORT
    destination = _selector(words)
    destination_ports = _ports(words) if has_ports else ANY_PORT
    return AclLine(
        name=name,
        action=action,
        protocol=protocol,
        source=source,
        source_ports=source_ports,
        destination=destination,
        destination_ports=destination_ports,
        flags=_flags(words),
        text=text,
    )


class _Words:
    """The words of a line, taken from the left."""

    __slots__ = ("_index", "_words")

    def __init__(self, text: str) -> None:
        self._words = text.split()
        self._index = 0

    def peek(self, ahead: int = 0) -> str:
        """The word `ahead` places on, '' behind the end."""
        index = self._index + ahead
        return self._words[index] if index < len(self._words) else ""

    def take(self) -> str:
        """The next word. Raises ValueError at the end."""
        if self._index == len(self._words):
            raise ValueError("the access-list line is cut")
        self._index += 1
        return self._words[self._index - 1]


def _selector(words: _Words) -> Selector:
    word = words.take()
    if word == "any":
        return ANY
    if word == "host":
        return Selector(kind="host", address=ip_address(words.take()))
    if word == "object-group":
        return Selector(kind="object-group", group=words.take())
    base, slash, length = word.partition("/")
    address = ip_address(base)
    if slash:
        if not length.isdecimal() or int(length) > address.max_prefixlen:
            raise ValueError(f"{word!r} is not a prefix")
        return Selector(kind="prefix", address=address, prefixlen=int(length))
    return Selector(kind="wildcard", address=address, wildcard=IPv4Address(words.take()))


def _ports(words: _Words) -> PortMatch:
    """The port condition that stands next, if one does."""
    if words.peek() == "port":
        words.take()
        if words.peek() not in _OPERATORS:
            raise ValueError(f"{words.peek()!r} does not compare ports")
    operator = _OPERATORS.get(words.peek())
    if operator is None:
        return ANY_PORT
    words.take()
    ports = [_port(words.take())]
    if operator == "range":
        ports.append(_port(words.take()))
    while operator in {"eq", "neq"} and words.peek().isdecimal():
        ports.append(_port(words.take()))
    return PortMatch(operator=operator, ports=tuple(ports))


def _port(word: str) -> int:
    if not (word.isascii() and word.isdecimal()) or int(word) > MAX_PORT:
        raise ValueError(f"{word!r} is not a port")
    return int(word)


def _flags(words: _Words) -> tuple[str, ...]:
    flags: list[str] = []
    while words.peek():
        flags.append(words.take())
    if len(flags) > _MAX_FLAGS or not all(_FLAG.fullmatch(flag) for flag in flags):
        raise ValueError(f"{' '.join(flags)!r} does not belong to an access-list line")
    return tuple(flags)
