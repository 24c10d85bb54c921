"""Views of access lists: selectors, ports, entries, lists and object groups."""

from dataclasses import field
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address
from typing import Literal

from .line import ConfigLine
from .view import Value, View, value

Address = IPv4Address | IPv6Address
Action = Literal["permit", "deny"]
SelectorKind = Literal["any", "host", "wildcard", "prefix", "object-group"]
PortOperator = Literal["any", "eq", "neq", "lt", "gt", "range", "object-group"]

MAX_PORT = 65_535
_IPV4_ONES = 0xFFFF_FFFF
_IPV6_ONES = (1 << 128) - 1


@value
class Selector(Value):
    """Source or destination of an entry, as it was written."""

    kind: SelectorKind
    """`any`, `host`, `wildcard`, `prefix` or `object-group`."""
    address: Address | None = None
    """The address; None for `any` and `object-group`."""
    wildcard: IPv4Address | None = None
    """The wildcard of kind `wildcard`: set bits are ignored."""
    prefixlen: int | None = None
    """The length of a `prefix`, which is IPv6, in bits."""
    group: str | None = None
    """The name of an `object-group`."""

    @property
    def bits(self) -> tuple[int, int] | None:
        """(address, care mask): an address matches when it is equal in the bits of the mask.

        None for an object group, whose members stand elsewhere.
        """
        if self.kind == "any":
            return 0, 0
        if self.address is None:
            return None
        number = int(self.address)
        ones = _IPV4_ONES if self.address.version == 4 else _IPV6_ONES
        if self.wildcard is not None:
            care = ones & ~int(self.wildcard)
        elif self.prefixlen is not None:
            care = ones & ~((1 << (self.address.max_prefixlen - self.prefixlen)) - 1)
        else:
            care = ones
        return number & care, care

    @property
    def looks_like_netmask(self) -> bool:
        """Whether the wildcard is a subnet mask, as in `10.0.0.0 255.255.255.0`: likely a slip."""
        if self.wildcard is None:
            return False
        zeros = _IPV4_ONES & ~int(self.wildcard)
        return 0 < zeros < _IPV4_ONES and zeros & (zeros + 1) == 0

    def __str__(self) -> str:
        if self.kind == "any":
            return "any"
        if self.kind == "object-group":
            return f"object-group {self.group}"
        if self.kind == "host":
            return f"host {self.address}"
        if self.kind == "prefix":
            return f"{self.address}/{self.prefixlen}"
        return f"{self.address} {self.wildcard}"


ANY = Selector(kind="any")


@value
class PortMatch(Value):
    """A condition on a port."""

    operator: PortOperator
    """`any`, `eq`, `neq`, `lt`, `gt`, `range` or `object-group`."""
    ports: tuple[int, ...] = ()
    """The numbers; `range` has two, `eq` and `neq` one or more."""
    group: str | None = None
    """The name of an `object-group`."""

    @property
    def is_any(self) -> bool:
        """Whether there is no condition."""
        return self.operator == "any"

    @property
    def ranges(self) -> tuple[tuple[int, int], ...]:
        """The ports that match, as sorted, disjoint (first, last) pairs."""
        return _ranges(self.operator, self.ports)

    def matches(self, port: int) -> bool:
        """Whether `port` fits the condition."""
        return any(first <= port <= last for first, last in self.ranges)

    def __str__(self) -> str:
        if self.operator == "any":
            return ""
        if self.operator == "object-group":
            return f"object-group {self.group}"
        return " ".join((self.operator, *map(str, self.ports)))


ANY_PORT = PortMatch(operator="any")


@lru_cache(maxsize=4096)
def _ranges(operator: PortOperator, ports: tuple[int, ...]) -> tuple[tuple[int, int], ...]:
    """The ports of a condition: few different ones stand in many lists, and are asked for often."""
    if operator == "eq":
        pairs = [(port, port) for port in ports]
    elif operator == "neq":
        edges = sorted(set(ports))
        pairs = list(
            zip((0, *(p + 1 for p in edges)), (*(p - 1 for p in edges), MAX_PORT), strict=True)
        )
    elif operator == "lt":
        pairs = [(0, ports[0] - 1)]
    elif operator == "gt":
        pairs = [(ports[0] + 1, MAX_PORT)]
    elif operator == "range":
        pairs = [(min(ports), max(ports))]
    else:
        pairs = [(0, MAX_PORT)]
    return _joined(pairs)


def _joined(pairs: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """Sort `pairs`, drop the empty ones and join those that touch."""
    out: list[tuple[int, int]] = []
    for first, last in sorted(pair for pair in pairs if pair[0] <= pair[1]):
        if out and first <= out[-1][1] + 1:
            out[-1] = (out[-1][0], max(out[-1][1], last))
        else:
            out.append((first, last))
    return tuple(out)


@value
class AclEntry(View):
    """One permit or deny line.

    `protocol` is a name where IOS has one (`ip`, `ipv6`, `tcp`, `esp`, …), else the number as
    text. `flags` are the words after the ports that narrow the match (`established`, `dscp
    ef`, ICMP types, …); `log` tells of `log` or `log-input`, which do not. An entry of a
    standard list has protocol `ip` and destination any. `sequence` is None where the line
    gives no number.
    """

    action: Action
    protocol: str
    source: Selector = ANY
    destination: Selector = ANY
    source_ports: PortMatch = ANY_PORT
    destination_ports: PortMatch = ANY_PORT
    flags: tuple[str, ...] = ()
    log: bool = False
    sequence: int | None = None

    @property
    def established(self) -> bool:
        """Whether only TCP segments of open connections match."""
        return "established" in self.flags

    def __str__(self) -> str:
        number = "" if self.sequence is None else f"{self.sequence} "
        parts = (
            f"{number}{self.action}",
            self.protocol,
            str(self.source),
            str(self.source_ports),
            str(self.destination),
            str(self.destination_ports),
            *self.flags,
            "log" if self.log else "",
        )
        return " ".join(part for part in parts if part)


@value
class AccessList(View):
    """An access list; `entries` stand in the order in which the device tries them.

    `remarks` are its remark lines; `unread` the lines that are neither entry nor remark or
    could not be understood: where there are any, the list is not known in full.
    """

    name: str
    kind: Literal["extended", "standard", "ipv6"] = "extended"
    entries: tuple[AclEntry, ...] = ()
    remarks: tuple[ConfigLine, ...] = field(default=(), compare=False)
    unread: tuple[ConfigLine, ...] = field(default=(), compare=False)

    @property
    def permits(self) -> tuple[AclEntry, ...]:
        """The permit entries."""
        return tuple(entry for entry in self.entries if entry.action == "permit")

    @property
    def denies(self) -> tuple[AclEntry, ...]:
        """The deny entries."""
        return tuple(entry for entry in self.entries if entry.action == "deny")


@value
class ObjectGroup(View):
    """An `object-group`. `members` are addresses of a network group, `groups` nested groups."""

    name: str
    kind: str = "network"
    members: tuple[Selector, ...] = ()
    groups: tuple[str, ...] = ()
    unread: tuple[ConfigLine, ...] = field(default=(), compare=False)
