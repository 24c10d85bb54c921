"""`show ipv6 route`."""

from collections import Counter
from ipaddress import IPv6Address, IPv6Network

from ..grammar import CommandSet
from ..services.interfaces import Interfaces
from ..services.routes import Route
from ..shell.call import Call
from .ipv6_route_text import entry_text, head, legend, table_text
from .vrf_choice import vrf_of

NOT_FOUND = "% Route not found\n"
OVERHEAD_BYTES = 192
ENTRY_BYTES = 216
PROTOCOLS = "connected|local|static|bgp|eigrp|ospf|rip|isis"
CODES = {"connected": ("C", "LC"), "local": ("L",), "static": ("S",)}

declared = CommandSet()
declared.words(
    {
        "show ipv6 route": "Show IPv6 route table entries",
        "ipv6 route vrf": "Show IPv6 route table entries of a VRF",
        "ipv6 route connected": "Show connected routes",
        "ipv6 route local": "Show local routes",
        "ipv6 route static": "Show static routes",
        "ipv6 route summary": "Summary display",
        "clear ipv6 route": "Clear IPv6 route table entries",
    }
)


@declared.exec("show ipv6 route [vrf <vrf>]")
def show_ipv6_route(call: Call) -> str:
    """The routing table."""
    vrf = vrf_of(call, "IPv6 routing table")
    routes = call.router.feature(Interfaces).routes6(vrf)
    return _table(call, vrf, len(routes), routes)


@declared.exec(
    f"show ipv6 route [vrf <vrf>] <protocol:{PROTOCOLS}>",
    "show ipv6 route [vrf <vrf>] <protocol:bgp|eigrp|ospf> <process:1-4294967295>",
)
def show_protocol_routes(call: Call) -> str:
    """The routes that come from one source."""
    vrf = vrf_of(call, "IPv6 routing table")
    routes = call.router.feature(Interfaces).routes6(vrf)
    wanted = CODES.get(call["protocol"], ())
    return _table(call, vrf, len(routes), [route for route in routes if route.code in wanted])


def _table(call: Call, vrf: str, count: int, routes: list[Route]) -> str:
    router = call.router
    codes = legend(router.family, router.software.release)
    return head(vrf, count) + codes + table_text(routes)


@declared.exec("show ipv6 route [vrf <vrf>] {<address:ipv6> | <prefix:ipv6_prefix>}")
def show_entry(call: Call) -> str:
    """What is known of one prefix, or of the way to one address."""
    vrf = vrf_of(call, "IPv6 routing table")
    routes = call.router.feature(Interfaces).routes6(vrf)
    if call.get("prefix") is not None:
        network = IPv6Network(call["prefix"], strict=False)
        found = [route for route in routes if route.network == network]
    else:
        address = IPv6Address(call["address"])
        found = [route for route in routes if address in route.network]
        length = max((route.network.prefixlen for route in found), default=0)
        found = [route for route in found if route.network.prefixlen == length]
    if not found:
        return NOT_FOUND
    return entry_text(found, lambda route: _age(call, route))


def _age(call: Call, route: Route) -> float:
    state = call.router.feature(Interfaces).get(route.through)
    since = call.router.booted_at if state is None else state.changed_at
    return call.router.clock.now() - since


@declared.exec("show ipv6 route [vrf <vrf>] summary")
def show_summary(call: Call) -> str:
    """How many routes there are of each source."""
    vrf = vrf_of(call, "IPv6 routing table")
    interfaces = call.router.feature(Interfaces)
    routes = interfaces.routes6(vrf)
    name, number = vrf or "default", interfaces.vrfs().index(vrf) + 1 if vrf else 0
    lines = [
        f"IPv6 routing table name is {name}({number}) global scope - {len(routes)} entries",
        f"IPv6 routing table {name} maximum-paths is 16",
        "Route Source    Networks    Overhead    Memory (bytes)",
    ]
    for source, codes in CODES.items():
        lines.append(_row(source, sum(route.code in codes for route in routes)))
        if source == "local":
            lines.append(_row("ND", 0))
            lines.append("  Default: 0  Prefix: 0  Destination: 0  Redirect: 0")
    statics = sum(route.code == "S" for route in routes)
    lines.append(f"  Static: {statics}  Per-user static: 0")
    lines.append(_row("Total", len(routes)))
    lengths = Counter(network.prefixlen for network in {route.network for route in routes})
    prefixes = ", ".join(f"/{length}: {count}" for length, count in sorted(lengths.items()))
    return "\n".join([*lines, "", "  Number of prefixes:", f"    {prefixes}"]) + "\n"


def _row(source: str, count: int) -> str:
    return f"{source:<16}{count:<12}{count * OVERHEAD_BYTES:<12}{count * ENTRY_BYTES:<12}"


@declared.exec("clear ipv6 route [vrf <vrf>] {'*' | <prefix:ipv6_prefix>}", privilege=15)
def clear_ipv6_route(call: Call) -> None:
    """Routes are made anew from the configuration, so they are there again at once."""
    vrf_of(call, "IPv6 routing table")
