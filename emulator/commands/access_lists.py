"""Showing access lists with their counters, and clearing these.

Layouts: genieparser and ntc-templates samples of IOS 15 and IOS-XE.
"""

from collections.abc import Callable
from ipaddress import IPv4Address

from ..grammar import CommandSet
from ..services.access_entries import AccessEntry
from ..services.access_hits import AccessHits
from ..services.access_lists import IPV6, STANDARD, AccessList, access_list, access_lists
from ..shell.call import Call
from .interface_choice import block_of, chosen

declared = CommandSet()
declared.words(
    {
        "show access-lists": "List access lists",
        "show access-lists WORD": "ACL name",
        "show ip access-lists": "List IP access lists",
        "ip access-lists WORD": "ACL name",
        "ip access-lists interface": "List IP access lists of an interface",
        "show ipv6 access-list": "Summary of access lists",
        "ipv6 access-list WORD": "User selected string identifying this access list",
        "clear access-list": "Clear access list statistical information",
        "clear access-list counters": "Clear access list counters",
        "clear ip access-list": "Clear access list statistical information",
        "clear ip access-list counters": "Clear access list counters",
        "counters WORD": "Access list name",
        "clear ipv6 access-list": "Clear access list statistical information",
    }
)


@declared.exec("show access-lists [<acl>]")
def show_access_lists(call: Call) -> str:
    """All lists of both families, or those of a name."""
    return _lists(call, lambda _: True)


@declared.exec("show ip access-lists [<acl>]")
def show_ip_access_lists(call: Call) -> str:
    """The lists of IPv4, or one of them."""
    return _lists(call, lambda found: found.kind != IPV6)


@declared.exec("show ipv6 access-list [<acl>]")
def show_ipv6_access_lists(call: Call) -> str:
    """The lists of IPv6, or one of them."""
    return _lists(call, lambda found: found.kind == IPV6)


def _lists(call: Call, wanted: Callable[[AccessList], bool]) -> str:
    name = call.get("acl")
    hits = call.router.feature(AccessHits)
    return "".join(
        _list_text(found, hits)
        for found in access_lists(call.router.config.root)
        if wanted(found) and name in (None, found.name)
    )


@declared.exec("show ip access-lists interface <name:interface> [<direction:in|out>]")
def show_interface_lists(call: Call) -> str:
    """The lists that an interface applies."""
    (state,) = chosen(call)
    root, block = call.router.config.root, block_of(call.router, state.name)
    text = ""
    for direction in ("in", "out"):
        entry = block.find("ip access-group", direction)
        if entry is None or call.get("direction") not in (None, direction):
            continue
        found = access_list(root, str(entry["acl"]))
        if found is not None:
            text += _list_text(found, call.router.feature(AccessHits), f" {direction}")
    return text


def _list_text(found: AccessList, hits: AccessHits, behind: str = "") -> str:
    ipv6 = found.kind == IPV6
    title = "IPv6 access list" if ipv6 else f"{found.kind.capitalize()} IP access list"
    lines = [f"{title} {found.name}{behind}"]
    for sequence, entry in found.entries:
        matched = hits.hits(found.name, sequence, ipv6=ipv6)
        count = f" ({matched} match{'' if matched == 1 else 'es'})" if matched else ""
        if ipv6:
            lines.append(f"    {entry.line()}{count} sequence {sequence}")
        elif found.kind == STANDARD:
            lines.append(f"    {sequence} {_standard_line(entry)}{count}")
        else:
            lines.append(f"    {sequence} {entry.line()}{count}")
    return "\n".join(lines) + "\n"


def _standard_line(entry: AccessEntry) -> str:
    source = entry.source
    text = source.text
    if source.wildcard and text != "any":
        base = IPv4Address(source.address or 0)
        text = f"{base}, wildcard bits {IPv4Address(source.wildcard)}"
    return " ".join((f"{entry.action:<6}", text, *entry.options))


@declared.exec(
    "clear access-list counters [<acl>]", "clear ip access-list counters [<acl>]", privilege=15
)
def clear_counters(call: Call) -> None:
    """Count the matches of IPv4 lists anew."""
    call.router.feature(AccessHits).clear(call.get("acl"))


@declared.exec("clear ipv6 access-list [<acl>]", privilege=15)
def clear_ipv6_counters(call: Call) -> None:
    """Count the matches of IPv6 lists anew."""
    call.router.feature(AccessHits).clear(call.get("acl"), ipv6=True)
