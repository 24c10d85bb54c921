"""One line of an access list: read from its words, printed as IOS prints it, matched."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network
from types import MappingProxyType

from .access_words import (
    DSCPS,
    ICMP6_TYPES,
    ICMP_TYPES,
    IGMP_TYPES,
    PRECEDENCES,
    PROTOCOLS,
    TCP_FLAGS,
    TCP_PORTS,
    TYPES_OF_SERVICE,
    UDP_PORTS,
    name_of,
    number_of,
)

EVERYTHING = 0xFFFFFFFF
WITH_PORTS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {"tcp": TCP_PORTS, "udp": UDP_PORTS, "sctp": MappingProxyType({})}
)
OPERATORS = frozenset({"eq", "neq", "gt", "lt", "range"})
OPTION_ORDER = (
    "established",
    *TCP_FLAGS,
    "precedence",
    "tos",
    "dscp",
    "flow-label",
    "ttl",
    "option",
    "routing",
    "reflect",
    "time-range",
    "log",
    "log-input",
    "fragments",
    "undetermined-transport",
)
_NAMED_OPTIONS: Mapping[str, Mapping[str, int]] = MappingProxyType(
    {"precedence": PRECEDENCES, "tos": TYPES_OF_SERVICE, "dscp": DSCPS}
)
_WITH_VALUE = frozenset({"precedence", "tos", "dscp", "flow-label", "time-range", "option"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """A condition on a port: `operator` is eq, neq, gt, lt or range."""

    operator: str
    numbers: tuple[int, ...]

    def holds(self, port: int) -> bool:
        """Whether a port meets it."""
        first, last = self.numbers[0], self.numbers[-1]
        match self.operator:
            case "eq":
                return port in self.numbers
            case "neq":
                return port not in self.numbers
            case "gt":
                return port > first
            case "lt":
                return port < first
            case _:
                return first <= port <= last


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A source or a destination.

    `text` is how IOS prints it without the ports. `address` and `wildcard` are numbers (a one in
    the wildcard does not matter); both are None for an object group, whose name is `group`.
    """

    text: str
    address: int | None
    wildcard: int | None
    group: str = ""
    ports: Ports | None = None

    def holds(self, address: int) -> bool:
        """Whether an address is in it; object groups hold none here."""
        if self.address is None or self.wildcard is None:
            return False
        return (address ^ self.address) & ~self.wildcard == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessEntry:
    """A line that permits or denies.

    `protocol` is a name or a number as text (`ip`, `esp`, `112`, `ipv6`), `options` are the words
    behind the addresses in the order of IOS. A standard list has no `destination`.
    """

    action: str
    protocol: str
    source: Endpoint
    destination: Endpoint | None = None
    options: tuple[str, ...] = ()

    @property
    def permits(self) -> bool:
        """Whether it permits."""
        return self.action == "permit"

    @property
    def text(self) -> str:
        """Everything behind the action, as IOS prints it."""
        if self.destination is None:
            return " ".join((self.source.text, *self.options))
        names = WITH_PORTS.get(self.protocol)
        parts = [self.protocol]
        for end in (self.source, self.destination):
            parts.append(end.text)
            if end.ports is not None:
                parts.append(end.ports.operator)
                parts += [name_of(names or {}, number) for number in end.ports.numbers]
        return " ".join((*parts, *self.options))

    def line(self, *, padded: bool = False) -> str:
        """The whole line; `padded` makes `deny` as wide as `permit`."""
        action = f"{self.action:<6}" if padded else self.action
        return f"{action} {self.text}"


class _Words:
    """The words of a line, taken one after another."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = words
        self._at = 0

    def peek(self) -> str:
        return self._words[self._at] if self._at < len(self._words) else ""

    def take(self) -> str:
        word = self.peek()
        self._at += 1
        return word


def standard_entry(words: Sequence[str]) -> AccessEntry:
    """Read `permit 10.0.0.0 0.0.0.255 log`; the words are those of a line that was understood."""
    line = _Words(words)
    action = line.take()
    source = _standard_source(line)
    return AccessEntry(action=action, protocol="ip", source=source, options=_options(line))


def _standard_source(line: _Words) -> Endpoint:
    if line.peek() in ("any", "host"):
        found = _ipv4_end(line, {})
        text = found.text.removeprefix("host ")
        return Endpoint(text=text, address=found.address, wildcard=found.wildcard)
    address = int(IPv4Address(line.take()))
    wildcard = int(IPv4Address(line.take())) if line.peek()[:1].isdecimal() else 0
    found = ipv4_end(address, wildcard)
    text = found.text.removeprefix("host ")
    return Endpoint(text=text, address=found.address, wildcard=found.wildcard)


def extended_entry(words: Sequence[str]) -> AccessEntry:
    """Read `deny tcp any any eq 22`; the words are those of a line that was understood."""
    return _entry(words, "ip", _ipv4_end, ICMP_TYPES)


def ipv6_entry(words: Sequence[str]) -> AccessEntry:
    """Read `permit ipv6 2001:DB8:1::/48 any`."""
    return _entry(words, "ipv6", _ipv6_end, ICMP6_TYPES)


def _entry(
    words: Sequence[str],
    everything: str,
    end: Callable[[_Words, Mapping[str, int]], Endpoint],
    messages: Mapping[str, tuple[int, int | None]],
) -> AccessEntry:
    line = _Words(words)
    action = line.take()
    protocol = _protocol(line, everything)
    ports = WITH_PORTS.get(protocol, {})
    source, destination = end(line, ports), end(line, ports)
    message: tuple[str, ...] = ()
    if protocol == "icmp":
        message = _message(line, messages)
    elif protocol == "igmp" and (line.peek() in IGMP_TYPES or line.peek().isdecimal()):
        message = (name_of(IGMP_TYPES, number_of(IGMP_TYPES, line.take())),)
    options = _options(line)
    return AccessEntry(
        action=action,
        protocol=protocol,
        source=source,
        destination=destination,
        options=(*message, *options),
    )


def _protocol(line: _Words, everything: str) -> str:
    word = line.take()
    if word == "object-group":
        return f"{word} {line.take()}"
    if not word.isdecimal():
        return word
    return everything if word == "0" else name_of(PROTOCOLS, int(word))


def ipv4_end(address: int, wildcard: int) -> Endpoint:
    """A source or destination of IPv4 in IOS's form: `any`, `host …`, or network and wildcard."""
    if wildcard == EVERYTHING:
        return Endpoint(text="any", address=0, wildcard=EVERYTHING)
    base = address & ~wildcard & EVERYTHING
    if wildcard == 0:
        return Endpoint(text=f"host {IPv4Address(base)}", address=base, wildcard=0)
    text = f"{IPv4Address(base)} {IPv4Address(wildcard)}"
    return Endpoint(text=text, address=base, wildcard=wildcard)


def _ipv4_end(line: _Words, ports: Mapping[str, int]) -> Endpoint:
    word = line.take()
    if word == "any":
        found = ipv4_end(0, EVERYTHING)
    elif word == "host":
        found = ipv4_end(int(IPv4Address(line.take())), 0)
    elif word == "object-group":
        return _with_ports(_group(line), line, ports)
    else:
        found = ipv4_end(int(IPv4Address(word)), int(IPv4Address(line.take())))
    return _with_ports(found, line, ports)


def _ipv6_end(line: _Words, ports: Mapping[str, int]) -> Endpoint:
    word = line.take()
    if word == "object-group":
        return _with_ports(_group(line), line, ports)
    if word == "any":
        network = IPv6Network("::/0")
    elif word == "host":
        network = IPv6Network(IPv6Address(line.take()))
    else:
        network = IPv6Network(word, strict=False)
    text = str(network).upper()
    if network.prefixlen == 0:
        text = "any"
    elif network.prefixlen == network.max_prefixlen:
        text = f"host {str(network.network_address).upper()}"
    found = Endpoint(
        text=text, address=int(network.network_address), wildcard=int(network.hostmask)
    )
    return _with_ports(found, line, ports)


def _group(line: _Words) -> Endpoint:
    name = line.take()
    return Endpoint(text=f"object-group {name}", address=None, wildcard=None, group=name)


def _with_ports(end: Endpoint, line: _Words, names: Mapping[str, int]) -> Endpoint:
    if line.peek() not in OPERATORS:
        return end
    operator = line.take()
    numbers = [number_of(names, line.take())]
    if operator == "range":
        numbers = sorted((numbers[0], number_of(names, line.take())))
    while operator in ("eq", "neq") and (line.peek() in names or line.peek().isdecimal()):
        number = number_of(names, line.take())
        if number not in numbers:
            numbers.append(number)
    return Endpoint(
        text=end.text,
        address=end.address,
        wildcard=end.wildcard,
        group=end.group,
        ports=Ports(operator=operator, numbers=tuple(numbers)),
    )


def _message(line: _Words, names: Mapping[str, tuple[int, int | None]]) -> tuple[str, ...]:
    """The ICMP type, and its code, by name if they have one."""
    word = line.peek()
    if word in names:
        return (line.take(),)
    if not word.isdecimal():
        return ()
    kind = int(line.take())
    code = int(line.take()) if line.peek().isdecimal() else None
    for name, numbers in names.items():
        if numbers == (kind, code):
            return (name,)
    return (str(kind),) if code is None else (str(kind), str(code))


def _options(line: _Words) -> tuple[str, ...]:
    """The words behind the addresses, in the order of IOS."""
    found: dict[str, tuple[str, ...]] = {}
    while line.peek():
        word = line.take()
        if word == "ttl":
            operator = line.take()
            values = (line.take(), line.take()) if operator == "range" else (line.take(),)
            found[word] = (word, operator, *values)
        elif word in _NAMED_OPTIONS:
            names = _NAMED_OPTIONS[word]
            found[word] = (word, name_of(names, number_of(names, line.take())))
        elif word in _WITH_VALUE:
            found[word] = (word, line.take())
        else:
            found[word] = (word,)
    return tuple(text for word in OPTION_ORDER if word in found for text in found[word])
