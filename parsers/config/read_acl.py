"""Access list lines → `AclEntry` and `AccessList`."""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Literal

from ...ports import PORT_PROTOCOLS, port_number, protocol_name
from .acl import ANY, ANY_PORT, AccessList, AclEntry, PortMatch, Selector
from .keywords import one_of
from .line import ConfigLine
from .said import Notes, Said, integer

Kind = Literal["extended", "standard", "ipv6"]

# The values tell the type checker what membership has shown.
_OPERATORS: dict[str, Literal["eq", "neq", "lt", "gt", "range"]] = {
    "eq": "eq",
    "neq": "neq",
    "lt": "lt",
    "gt": "gt",
    "range": "range",
}
_LISTED_OPERATORS = frozenset(("eq", "neq"))
_SEQUENCE_STEP = 10
_ACTIONS = ("permit", "deny")
# Any other word after `log` is a cookie, which log messages repeat.
_AFTER_LOG = frozenset(
    (
        *("dscp", "established", "flow-label", "fragments", "log", "log-input", "option"),
        *("precedence", "reflect", "routing", "sequence", "time-range", "timeout", "tos", "ttl"),
    )
)


class AclError(ValueError):
    """A line is no entry of an access list; the message tells what was expected."""


class _Words:
    """The words of an entry, taken from the front."""

    __slots__ = ("at", "words")

    def __init__(self, words: Sequence[str]) -> None:
        self.words = words
        self.at = 0

    def peek(self) -> str:
        """The next word, empty at the end."""
        return self.words[self.at].lower() if self.at < len(self.words) else ""

    def take(self, expected: str) -> str:
        """The next word. Raises AclError when there is none."""
        if self.at >= len(self.words):
            raise AclError(f"expected {expected} at the end")
        self.at += 1
        return self.words[self.at - 1]

    def rest(self) -> list[str]:
        """All words that are left."""
        return list(self.words[self.at :])


def parse_entry(words: Sequence[str], kind: Kind, line: ConfigLine) -> AclEntry:
    """The entry that `words` say: `[number] permit|deny …`. Raises AclError when they say none."""
    left = _Words(words)
    sequence = integer(left.peek())
    if sequence is not None or left.peek() == "sequence":
        left.take("a number")
        sequence = integer(left.take("a number")) if sequence is None else sequence
    action = one_of(_ACTIONS, left.take("permit or deny"))
    if action is None:
        raise AclError("expected permit or deny")
    found: Literal["permit", "deny"] = "permit" if action == "permit" else "deny"
    if kind == "standard":
        return _standard(left, found, sequence, line)
    protocol = _protocol(left, ipv6=kind == "ipv6")
    has_ports = protocol in PORT_PROTOCOLS
    source = _selector(left, kind)
    source_ports = _ports(left, protocol) if has_ports else ANY_PORT
    destination = _selector(left, kind)
    destination_ports = _ports(left, protocol) if has_ports else ANY_PORT
    flags, log, late = _flags(left.rest())
    return AclEntry(
        line=line,
        action=found,
        protocol=protocol,
        source=source,
        destination=destination,
        source_ports=source_ports,
        destination_ports=destination_ports,
        flags=flags,
        log=log,
        sequence=late if sequence is None else sequence,
    )


def _standard(
    left: _Words, action: Literal["permit", "deny"], sequence: int | None, line: ConfigLine
) -> AclEntry:
    """`permit ADDRESS [WILDCARD]`, `permit host ADDRESS`, `permit any`."""
    source = _selector(left, "standard")
    flags, log, _ = _flags(left.rest())
    if flags:
        raise AclError("expected nothing after the address")
    return AclEntry(
        line=line, action=action, protocol="ip", source=source, log=log, sequence=sequence
    )


def _protocol(left: _Words, *, ipv6: bool) -> str:
    word = left.take("a protocol")
    if word.lower() == "object-group":
        return f"object-group {left.take('a name')}"
    found = protocol_name(word, ipv6=ipv6)
    if found is None:
        raise AclError("expected a protocol")
    return found


def _selector(left: _Words, kind: Kind) -> Selector:
    word = left.take("an address")
    keyword = word.lower()
    if keyword == "any":
        return ANY
    if keyword == "object-group":
        return Selector(kind="object-group", group=left.take("a name"))
    if keyword == "host":
        return _host(left.take("an address"), kind)
    if kind == "ipv6":
        base, slash, length = word.partition("/")
        prefixlen = integer(length)
        if not slash or prefixlen is None or prefixlen > 128:
            raise AclError("expected any, host or an IPv6 prefix")
        return Selector(kind="prefix", address=_address(base, kind), prefixlen=prefixlen)
    if kind == "standard" and not left.peek()[:1].isdecimal():
        return _host(word, kind)
    _address(word, kind)
    return _wildcard(word, left.take("a wildcard"), kind)


# Lists name the same hosts, networks and ports again and again.
@lru_cache(maxsize=1_024)
def _host(word: str, kind: Kind) -> Selector:
    return Selector(kind="host", address=_address(word, kind))


@lru_cache(maxsize=1_024)
def _wildcard(base: str, word: str, kind: Kind) -> Selector:
    wildcard = _address(word, kind)
    if not isinstance(wildcard, IPv4Address):
        raise AclError("expected a wildcard")
    return Selector(kind="wildcard", address=_address(base, kind), wildcard=wildcard)


@lru_cache(maxsize=1_024)
def _address(word: str, kind: Kind) -> IPv4Address | IPv6Address:
    version = 6 if kind == "ipv6" else 4
    if word[0] == "<" and word[-1] == ">":
        raise AclError("a placeholder stands where a value should be")
    if "%" in word:
        raise AclError("expected an address without a zone")
    try:
        address = ip_address(word)
    except ValueError:
        raise AclError(f"expected an IPv{version} address") from None
    if address.version != version:
        raise AclError(f"expected an IPv{version} address")
    return address


def _ports(left: _Words, protocol: str) -> PortMatch:
    operator = left.peek()
    if operator not in _OPERATORS:
        return ANY_PORT
    left.take("an operator")
    ports = [_port(left.take("a port"), protocol)]
    if operator == "range":
        ports.append(_port(left.take("a port"), protocol))
    while operator in _LISTED_OPERATORS and port_number(protocol, left.peek()) is not None:
        ports.append(_port(left.take("a port"), protocol))
    return _port_match(operator, tuple(ports))


@lru_cache(maxsize=1_024)
def _port_match(operator: str, ports: tuple[int, ...]) -> PortMatch:
    return PortMatch(operator=_OPERATORS[operator], ports=ports)


def _port(word: str, protocol: str) -> int:
    number = port_number(protocol, word.lower())
    if number is None:
        raise AclError("expected a port")
    return number


def _flags(words: list[str]) -> tuple[tuple[str, ...], bool, int | None]:
    """The words that narrow an entry, whether it logs, and a number in the IPv6 place."""
    flags: list[str] = []
    log, sequence = False, None
    index = 0
    while index < len(words):
        word = words[index].lower()
        if word in ("log", "log-input"):
            log = True
            following = words[index + 1 : index + 2]
            index += bool(following) and following[0].lower() not in _AFTER_LOG
        elif word == "sequence" and index + 1 < len(words):
            index += 1
            sequence = integer(words[index])
        else:
            flags.append(word if word in _AFTER_LOG else words[index])
        index += 1
    return tuple(flags), log, sequence


class AclDraft:
    """An access list while its lines are read; numbered lists have them apart."""

    def __init__(self, line: ConfigLine, name: str, kind: Kind) -> None:
        self.line = line
        self.name = name
        self.kind = kind
        self.entries: dict[int, AclEntry] = {}
        self.words: dict[tuple[str, ...], int] = {}
        self.numbers: dict[str, int] | None = None
        self.remarks: list[ConfigLine] = []
        self.unread: list[ConfigLine] = []
        self.highest = 0

    def read(self, words: Sequence[str], line: ConfigLine, notes: Notes) -> None:
        """Read one line of the list, of which `words` follow the name of the list."""
        removes = words[:1] == ["no"]
        words = words[removes:]
        start = _after_number(words)
        if words[start : start + 1] == ["remark"]:
            if not removes:
                self.remarks.append(line)
            return
        if "!" in line.text:
            words = _without_note(words)
        try:
            if removes:
                self._remove(words, line)
            else:
                self._add(parse_entry(words, self.kind, line), tuple(words[start:]))
        except AclError as error:
            self.unread.append(line)
            Said(line, notes).problem(str(error))

    def _add(self, entry: AclEntry, words: tuple[str, ...]) -> None:
        """Put an entry in the place of its number, by default behind all others.

        One that the list has already, whatever its number, changes nothing.
        """
        if self.words.get(words) in self.entries:
            return
        number = self.highest + _SEQUENCE_STEP if entry.sequence is None else entry.sequence
        if number in self.entries:
            raise AclError("the number is taken by another entry")
        self.highest = max(self.highest, number)
        self.entries[number] = entry
        self.words[words] = number
        if self.numbers is not None:
            self.numbers[_text(entry)] = number

    def _remove(self, words: Sequence[str], line: ConfigLine) -> None:
        """`no 10`, `no sequence 10`, `no permit …`."""
        number = integer(words[_after_number(words) - 1]) if _after_number(words) else None
        if number is None:
            if self.numbers is None:
                self.numbers = {_text(entry): number for number, entry in self.entries.items()}
            number = self.numbers.get(_text(parse_entry(words, self.kind, line)))
        if number is not None:
            self.entries.pop(number, None)

    def make(self) -> AccessList:
        """The view."""
        return AccessList(
            line=self.line,
            name=self.name,
            kind=self.kind,
            entries=tuple(self.entries[number] for number in sorted(self.entries)),
            remarks=tuple(self.remarks),
            unread=tuple(self.unread),
        )


def _after_number(words: Sequence[str]) -> int:
    """The index of the first word after the number of an entry (`10`, `sequence 10`)."""
    if words and words[0].isdecimal():
        return 1
    return 2 if len(words) > 1 and words[0] == "sequence" else 0


def _without_note(words: Sequence[str]) -> Sequence[str]:
    """The words before what people note behind a `!`."""
    end = next((at for at, word in enumerate(words) if word[0] == "!"), len(words))
    return words[:end]


def _text(entry: AclEntry) -> str:
    """An entry without its number."""
    text = str(entry)
    return text if entry.sequence is None else text.partition(" ")[2]


def numbered_kind(name: str) -> Kind | None:
    """Which kind of IPv4 list a number stands for (standard, extended), None for other kinds."""
    number = integer(name)
    if number is None:
        return None
    if 1 <= number <= 99 or 1_300 <= number <= 1_999:
        return "standard"
    if 100 <= number <= 199 or 2_000 <= number <= 2_699:
        return "extended"
    return None
