"""`object-group` blocks → `ObjectGroup`."""

from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Network,
    ip_address,
    summarize_address_range,
)

from .acl import ANY, Selector
from .line import ConfigLine
from .said import is_negated
from .view import Draft

_ALL_ONES = 0xFFFF_FFFF
_NETWORKS = ("network", "v6-network")


def read_object_group(draft: Draft, header: ConfigLine) -> None:
    """The lines of a group of `kind`; it may come again, with more of them."""
    for line in header.children:
        negated = is_negated(line)
        words = line.words[negated:]
        if words[0] == "description":
            continue
        if words[0] == "group-object" and len(words) > 1:
            _change(draft, "groups", words[1], line)
            continue
        found = _members(words) if draft.values["kind"] in _NETWORKS else ()
        for selector in found:
            _change(draft, "members", selector, line)
        if not found:
            draft.add("unread", line, line)


def _change(draft: Draft, name: str, item: object, line: ConfigLine) -> None:
    """Append `item` to the tuple `name`, or take it out where the line says so."""
    if is_negated(line):
        draft.remove(name, item)
    else:
        draft.add(name, item, line)


def _members(words: list[str]) -> tuple[Selector, ...]:
    """The addresses of a line of a network group; subnet masks here, no wildcards."""
    try:
        if words == ["any"]:
            return (ANY,)
        if words[0] == "host" and len(words) == 2:
            return (Selector(kind="host", address=ip_address(words[1])),)
        if words[0] == "range" and len(words) == 3:
            first, last = IPv4Address(words[1]), IPv4Address(words[2])
            return tuple(map(_of_network, summarize_address_range(first, last)))
        if len(words) == 2:
            return (_of_network(IPv4Network(f"{words[0]}/{words[1].lstrip('/')}", strict=False)),)
        if len(words) == 1 and "/" in words[0]:
            six = IPv6Network(words[0], strict=False)
            return (Selector(kind="prefix", address=six.network_address, prefixlen=six.prefixlen),)
    except (ValueError, TypeError):
        return ()
    return ()


def _of_network(network: IPv4Network) -> Selector:
    wildcard = IPv4Address(_ALL_ONES & ~int(network.netmask))
    return Selector(kind="wildcard", address=network.network_address, wildcard=wildcard)
