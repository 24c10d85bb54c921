"""`show ip cef` and `show ipv6 cef`: how packets are forwarded. Layouts: genieparser samples."""

from collections.abc import Iterator
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from ..grammar import CommandSet
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.routes import Network, Route
from ..shell.call import Call
from .vrf_choice import vrf_of

HEAD = "Prefix               Next Hop             Interface\n"
RECEIVE, ATTACHED, DROP, NO_ROUTE = "receive", "attached", "drop", "no route"
DEFAULT = ip_network("0.0.0.0/0")
SPECIAL = {
    ip_network("0.0.0.0/8"): DROP,
    ip_network("0.0.0.0/32"): RECEIVE,
    ip_network("127.0.0.0/8"): DROP,
    ip_network("224.0.0.0/4"): DROP,
    ip_network("224.0.0.0/24"): RECEIVE,
    ip_network("240.0.0.0/4"): DROP,
    ip_network("255.255.255.255/32"): RECEIVE,
}
_Way = tuple[str, str]

declared = CommandSet()
declared.words(
    {
        "show ip cef": "Cisco Express Forwarding",
        "ip cef A.B.C.D": "IP prefix <network>/<length>, e.g., 35.0.0.0/8",
        "ip cef vrf": "Display table of a VPN Routing/Forwarding instance",
        "ip cef detail": "Display full information",
        "show ipv6 cef": "Cisco Express Forwarding for IPv6",
        "vrf detail": "Display full information",
    }
)


@declared.exec("show ip cef [vrf <vrf>] [detail]")
def show_ip_cef(call: Call) -> str:
    """The whole table."""
    table = _table(call, vrf_of(call, "VRF"))
    if call.has("detail"):
        return "".join(_entry(prefix, ways, detail=True) for prefix, ways in table.items())
    return HEAD + "".join(_rows(prefix, ways) for prefix, ways in table.items())


@declared.exec(
    "show ip cef [vrf <vrf>] <address:ipv4> [<mask:mask>] [detail]",
    "show ip cef [vrf <vrf>] <prefix:ipv4_prefix> [detail]",
)
def show_ip_cef_prefix(call: Call) -> str:
    """The way of one prefix, or of the packets to one address."""
    table = _table(call, vrf_of(call, "VRF"))
    detail = call.has("detail")
    if call.get("prefix") or call.get("mask"):
        written = call.get("prefix") or f"{call['address']}/{call['mask']}"
        network = IPv4Network(written, strict=False)
        if network not in table:
            return "%Prefix not found\n"
        return _entry(network, table[network], detail=detail)
    address = IPv4Address(call["address"])
    found = max(
        (prefix for prefix in table if address in prefix), key=lambda prefix: prefix.prefixlen
    )
    return _entry(found, table[found], detail=detail)


def _table(call: Call, vrf: str) -> dict[Network, list[_Way]]:
    """Each prefix with its next hops and interfaces, in order."""
    interfaces = call.router.feature(Interfaces)
    table: dict[Network, list[_Way]] = {DEFAULT: [(NO_ROUTE, "")]}
    table.update({prefix: [(what, "")] for prefix, what in SPECIAL.items()})
    for state in interfaces.all():
        if state.vrf == vrf and state.line_up and not state.unnumbered:
            table.update(_own(state))
    for entry in interfaces.arp(vrf):
        if entry.age_s is not None:
            table[IPv4Network(entry.address)] = [(ATTACHED, entry.interface)]
    ways: dict[Network, list[_Way]] = {}
    for route in interfaces.routes(vrf):
        ways.setdefault(route.network, []).append(_way(route))
    table.update(ways)
    return dict(
        sorted(table.items(), key=lambda item: (int(item[0].network_address), item[0].prefixlen))
    )


def _own(state: InterfaceState) -> Iterator[tuple[Network, list[_Way]]]:
    """The first, the last and the own address of each network."""
    for address in state.ipv4:
        network = address.network
        if network.prefixlen < 31:
            for special in (network.network_address, network.broadcast_address):
                yield IPv4Network(special), [(RECEIVE, state.name)]


def _way(route: Route) -> _Way:
    if route.code == "L" or (route.code == "C" and route.network.prefixlen == 32):
        return RECEIVE, route.through
    if route.next_hop:
        return route.next_hop, route.through
    return ("attached", route.through)


def _rows(prefix: Network, ways: list[_Way]) -> str:
    text = ""
    for index, (hop, interface) in enumerate(ways):
        shown = str(prefix) if index == 0 else ""
        text += f"{shown:<21}{hop:<21}{interface}".rstrip() + "\n"
    return text


def _entry(prefix: Network, ways: list[_Way], *, detail: bool = False) -> str:
    flags = f", epoch 0, flags [{_flags(prefix, ways)}]" if detail else ""
    return f"{str(prefix).upper()}{flags}\n" + "".join(f"  {_line(way)}\n" for way in ways)


def _flags(prefix: Network, ways: list[_Way]) -> str:
    hop, interface = ways[0]
    if prefix.prefixlen == 0:
        return "default route handler" + ("" if hop == NO_ROUTE else ", default route")
    if hop == ATTACHED:
        return "attached, connected, cover dependents, need deagg"
    return "attached, connected, receive, local" if hop == RECEIVE and interface else "rib only"


def _line(way: _Way) -> str:
    hop, interface = way
    if not interface:
        return hop
    if hop == RECEIVE:
        return f"receive for {interface}"
    return f"attached to {interface}" if hop == ATTACHED else f"nexthop {hop} {interface}"


@declared.exec("show ipv6 cef [vrf <vrf>] [{<address:ipv6> | <prefix:ipv6_prefix>}]")
def show_ipv6_cef(call: Call) -> str:
    """How IPv6 packets are forwarded."""
    vrf = vrf_of(call, "VRF")
    table: dict[Network, list[_Way]] = {
        ip_network("::/0"): [(NO_ROUTE, "")],
        ip_network("::/127"): [("discard", "")],
    }
    for route in call.router.feature(Interfaces).routes6(vrf):
        if route.network != ip_network("ff00::/8"):
            way = (route.next_hop.upper(), route.through) if route.next_hop else _way6(route)
            table.setdefault(route.network, []).append(way)
    table[ip_network("ff00::/8")] = [("multicast", "")]
    ways = {
        prefix: [way for way in found if way[0] != NO_ROUTE] or found
        for prefix, found in table.items()
    }
    return "".join(_entry(prefix, found) for prefix, found in _chosen6(call, ways))


def _way6(route: Route) -> _Way:
    return (RECEIVE if route.code in ("L", "LC") else ATTACHED, route.through)


def _chosen6(call: Call, table: dict[Network, list[_Way]]) -> list[tuple[Network, list[_Way]]]:
    """All prefixes, or the one that was asked for."""
    if call.get("prefix") is not None:
        network = IPv6Network(call["prefix"], strict=False)
        return [(network, table[network])] if network in table else []
    if call.get("address") is not None:
        address = IPv6Address(call["address"])
        found = max((prefix for prefix in table if address in prefix), key=lambda p: p.prefixlen)
        return [(found, table[found])]
    return sorted(table.items(), key=lambda item: (int(item[0].network_address), item[0].prefixlen))
