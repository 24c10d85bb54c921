"""Lines of access lists as people write them, turned into what IOS prints.

Taken is what policies of groups need: protocols, addresses, ports, messages of ICMP, flags, DSCP.
What refers to something else on the router (object groups, time ranges) is not, since the intent
does not know it.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, Literal

from ..ports import PORT_PROTOCOLS, port_name, port_number, protocol_name

Family = Literal["ipv4", "ipv6"]
FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")
MAX_LINE: Final = 200
_ANY: Final = {"ipv4": "ip", "ipv6": "ipv6"}
_NOT_IN: Final = {
    "ipv4": frozenset({"ipv6", "hbh"}),
    "ipv6": frozenset({"ip", "igmp", "ipinip", "nos"}),
}
_LISTS: Final = frozenset({"eq", "neq"})
_SINGLE: Final = frozenset({"lt", "gt"})
_MAX_PORTS: Final = 10
_FLAGS: Final = ("established", "ack", "fin", "psh", "rst", "syn", "urg")
_LAST: Final = ("log", "log-input", "fragments")
_DSCP: Final = {
    "default": 0,
    "ef": 46,
    **{f"cs{rank}": 8 * rank for rank in range(1, 8)},
    **{f"af{rank}{drop}": 8 * rank + 2 * drop for rank in range(1, 5) for drop in range(1, 4)},
}
_MESSAGES4: Final = (
    "administratively-prohibited alternate-address conversion-error dod-host-prohibited "
    "dod-net-prohibited echo echo-reply general-parameter-problem host-isolated "
    "host-precedence-unreachable host-redirect host-tos-redirect host-tos-unreachable "
    "host-unknown host-unreachable information-reply information-request mask-reply "
    "mask-request mobile-redirect net-redirect net-tos-redirect net-tos-unreachable "
    "net-unreachable network-unknown no-room-for-option option-missing packet-too-big "
    "parameter-problem port-unreachable precedence-unreachable protocol-unreachable "
    "reassembly-timeout redirect router-advertisement router-solicitation source-quench "
    "source-route-failed time-exceeded timestamp-reply timestamp-request traceroute "
    "ttl-exceeded unreachable"
)
_MESSAGES6: Final = (
    "beyond-scope destination-unreachable echo-reply echo-request header hop-limit mld-query "
    "mld-reduction mld-report nd-na nd-ns next-header no-admin no-route packet-too-big "
    "parameter-option parameter-problem port-unreachable reassembly-timeout redirect "
    "renum-command renum-result renum-seq-number router-advertisement router-renumbering "
    "router-solicitation time-exceeded unreachable"
)
_MESSAGES: Final = {
    "ipv4": frozenset(_MESSAGES4.split()),
    "ipv6": frozenset(_MESSAGES6.split()),
}
"""Names of ICMP messages; a number would be printed as one of them, and is not taken."""


class LineError(ValueError):
    """A text is no line of an access list; the message says why."""


def canonical(line: str, family: Family | None = None) -> str:
    """A line as IOS prints it, without the blanks that older releases put behind `deny`.

    Without a family it is one of IPv4 if it can be. Raises LineError.
    """
    if family is not None:
        return _canonical(line, family)
    try:
        return _canonical(line, "ipv4")
    except LineError as error:
        try:
            return _canonical(line, "ipv6")
        except LineError:
            raise error from None


def fits(line: str, family: Family) -> bool:
    """Whether a line can stand in a list of a family."""
    try:
        _canonical(line, family)
    except LineError:
        return False
    return True


class _Words:
    """The words of a line, taken from the front."""

    def __init__(self, words: Sequence[str]) -> None:
        self._words = list(words)

    def peek(self) -> str:
        return self._words[0] if self._words else ""

    def take(self, expected: str) -> str:
        if not self._words:
            raise LineError(f"ends where {expected} should stand")
        return self._words.pop(0)


@lru_cache(maxsize=4096)
def _canonical(line: str, family: Family) -> str:
    if len(line) > MAX_LINE:
        raise LineError("is too long for a line of an access list")
    words = _Words(line.lower().split())
    action = words.take("permit or deny")
    if action not in ("permit", "deny"):
        raise LineError("begins with neither permit nor deny")
    protocol = _protocol(words.take("a protocol"), family)
    found = [action, protocol, *_end(words, protocol, family), *_end(words, protocol, family)]
    if protocol == "icmp" and words.peek() in _MESSAGES[family]:
        found.append(words.take("a message"))
    return " ".join([*found, *_options(words, protocol)])


def _protocol(word: str, family: Family) -> str:
    protocol = _ANY[family] if word == "0" else protocol_name(word)
    if protocol is None:
        raise LineError(f"{word!r} is no protocol")
    if protocol in _NOT_IN[family]:
        raise LineError(f"{protocol!r} is no protocol of an {family.replace('ip', 'IP')} list")
    return protocol


def _end(words: _Words, protocol: str, family: Family) -> list[str]:
    """A source or a destination with its ports."""
    word = words.take("an address")
    if word == "any":
        shown = "any"
    elif word == "host":
        shown = _network(words.take("an address"), family)
    elif "/" in word or family == "ipv6":
        shown = _network(word, family)
    else:
        shown = _wildcard(word, words.take("a wildcard"))
    ports = _ports(words, protocol) if protocol in PORT_PROTOCOLS else []
    return [shown, *ports]


def _network(word: str, family: Family) -> str:
    try:
        network = ip_network(word, strict=False)
    except ValueError:
        raise LineError(f"{word!r} is no address") from None
    if f"ipv{network.version}" != family:
        raise LineError(f"{word!r} is no address of an {family.replace('ip', 'IP')} list")
    return endpoint(network)


def _wildcard(word: str, wildcard: str) -> str:
    try:
        address, free = int(IPv4Address(word)), int(IPv4Address(wildcard))
    except ValueError:
        bad = wildcard if _is_address(word) else word
        raise LineError(f"{bad!r} is no address") from None
    base = IPv4Address(address & ~free & 0xFFFFFFFF)
    if free == 0:
        return f"host {base}"
    return "any" if free == 0xFFFFFFFF else f"{base} {IPv4Address(free)}"


def _is_address(word: str) -> bool:
    try:
        return ip_address(word).version == 4
    except ValueError:
        return False


def endpoint(network: IPv4Network | IPv6Network) -> str:
    """A network as a line of an access list names it."""
    if network.prefixlen == 0:
        return "any"
    if network.prefixlen == network.max_prefixlen:
        return f"host {str(network.network_address).upper()}"
    if isinstance(network, IPv6Network):
        return str(network).upper()
    return f"{network.network_address} {network.hostmask}"


def _ports(words: _Words, protocol: str) -> list[str]:
    operator = words.peek()
    if operator in _LISTS:
        words.take("a port")
        numbers = [_port(words, protocol)]
        while port_number(protocol, words.peek()) is not None:
            numbers.append(_port(words, protocol))
        numbers = list(dict.fromkeys(numbers))
        if len(numbers) > _MAX_PORTS:
            raise LineError(f"names more than {_MAX_PORTS} ports")
    elif operator in _SINGLE:
        words.take("a port")
        numbers = [_port(words, protocol)]
    elif operator == "range":
        words.take("a port")
        numbers = sorted((_port(words, protocol), _port(words, protocol)))
    else:
        return []
    return [operator, *(port_name(protocol, number) for number in numbers)]


def _port(words: _Words, protocol: str) -> int:
    word = words.take("a port")
    number = port_number(protocol, word)
    if number is None:
        raise LineError(f"{word!r} is no port of {protocol}")
    return number


def _options(words: _Words, protocol: str) -> list[str]:
    """What stands behind the addresses, in the order of IOS."""
    found: dict[str, list[str]] = {}
    while words.peek():
        word = words.take("an option")
        if word == "dscp":
            found[word] = [word, _dscp(words.take("a DSCP"))]
        elif word in _LAST or (protocol == "tcp" and word in _FLAGS):
            found[word] = [word]
        else:
            raise LineError(f"{word!r} is not taken at the end of a line for {protocol}")
    return [part for word in (*_FLAGS, "dscp", *_LAST) for part in found.get(word, ())]


def _dscp(word: str) -> str:
    if word in _DSCP:
        return word
    if not (word.isascii() and word.isdecimal() and len(word) <= 2 and int(word) <= 63):
        raise LineError(f"{word!r} is no DSCP")
    return next((name for name, value in _DSCP.items() if value == int(word)), str(int(word)))
