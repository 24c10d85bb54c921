"""`show ip route` and `clear ip route`."""

from ipaddress import IPv4Address, IPv4Network

from ..grammar import CommandSet, RefusedError
from ..services.interfaces import Interfaces
from ..services.routes import Route
from ..shell.call import Call
from .route_text import (
    entry_text,
    gateway_line,
    legend,
    longest,
    major_network,
    major_text,
    subnets,
    table_text,
    within,
)
from .vrf_choice import vrf_of

NOT_IN_TABLE = "% Network not in table\n"
SUBNET_NOT_IN_TABLE = "% Subnet not in table\n"
OVERHEAD_BYTES = 96
ENTRY_BYTES = 312
INTERNAL_BYTES = 520
PROTOCOLS = "connected|static|bgp|eigrp|ospf|rip|isis"
CODES = {"connected": ("C", "L"), "static": ("S",)}

declared = CommandSet()
declared.words(
    {
        "show ip": "IP information",
        "show ip route": "IP routing table",
        "route A.B.C.D": "Network to display information about",
        "route connected": "Connected routes",
        "route static": "Static routes",
        "route bgp": "Border Gateway Protocol (BGP)",
        "route eigrp": "Enhanced Interior Gateway Routing Protocol (EIGRP)",
        "route ospf": "Open Shortest Path First (OSPF)",
        "route rip": "Routing Information Protocol (RIP)",
        "route isis": "ISO IS-IS",
        "route summary": "Summary of all routes",
        "route vrf": "Display routes from a VPN Routing/Forwarding instance",
        "route *": "Clear all routes",
        "vrf WORD": "VPN Routing/Forwarding instance name",
        "longer-prefixes": "Show route matching the specified Network/Mask pair only",
        "clear ip": "IP",
        "clear ip route": "Delete route table entries",
        "vrf *": "Clear all routes",
        "vrf connected": "Connected routes",
        "vrf eigrp": "Enhanced Interior Gateway Routing Protocol (EIGRP)",
        "vrf isis": "ISO IS-IS",
        "vrf ospf": "Open Shortest Path First (OSPF)",
        "vrf rip": "Routing Information Protocol (RIP)",
        "vrf static": "Static routes",
        "vrf summary": "Summary of all routes",
        "vrf bgp": "Border Gateway Protocol (BGP)",
    }
)


@declared.exec("show ip route [vrf <vrf>]")
def show_ip_route(call: Call) -> str:
    """The routing table."""
    vrf = vrf_of(call, "IP routing table")
    routes = call.router.feature(Interfaces).routes(vrf)
    return _table(call, vrf, routes, routes)


@declared.exec(
    f"show ip route [vrf <vrf>] <protocol:{PROTOCOLS}>",
    "show ip route [vrf <vrf>] <protocol:bgp|eigrp|ospf> <process:1-4294967295>",
)
def show_protocol_routes(call: Call) -> str:
    """The routes that come from one source."""
    vrf = vrf_of(call, "IP routing table")
    routes = call.router.feature(Interfaces).routes(vrf)
    wanted = CODES.get(call["protocol"], ())
    return _table(call, vrf, routes, [route for route in routes if route.code in wanted])


@declared.exec("show ip route [vrf <vrf>] <network:ipv4> <mask:mask> longer-prefixes")
def show_longer(call: Call) -> str:
    """The routes to a network and to parts of it."""
    vrf = vrf_of(call, "IP routing table")
    routes = call.router.feature(Interfaces).routes(vrf)
    network = IPv4Network(f"{call['network']}/{call['mask']}", strict=False)
    return _table(call, vrf, routes, within(routes, network))


def _table(call: Call, vrf: str, routes: list[Route], shown: list[Route]) -> str:
    text = legend(call.router.software.release) + "\n" + gateway_line(routes)
    table = table_text(routes, shown)
    return _titled(vrf) + text + ("\n" + table if table else "")


def _titled(vrf: str) -> str:
    return f"\nRouting Table: {vrf}\n" if vrf else ""


@declared.exec("show ip route [vrf <vrf>] <network:ipv4> [<mask:mask>]")
def show_entry(call: Call) -> str:
    """What is known of one network."""
    vrf = vrf_of(call, "IP routing table")
    routes = call.router.feature(Interfaces).routes(vrf)
    address = IPv4Address(call["network"])
    if call.get("mask") is not None:
        network = IPv4Network(f"{address}/{call['mask']}", strict=False)
        found = [route for route in routes if route.network == network]
    else:
        network = IPv4Network(address)
        divided = _divided(routes, address)
        if divided is not None:
            return _titled(vrf) + divided
        found = longest(routes, address)
        if int(address) == 0:
            found = [route for route in routes if route.default]
    if found:
        return _titled(vrf) + entry_text(found)
    known = within(routes, major_network(network))
    return SUBNET_NOT_IN_TABLE if known else NOT_IN_TABLE


def _divided(routes: list[Route], address: IPv4Address) -> str | None:
    """The subnets of a classful network, if that is what `address` names."""
    major = major_network(IPv4Network(address))
    parts = within(routes, major)
    if address != major.network_address or len(subnets(parts)) < 2:
        return None
    return major_text(major, parts)


@declared.exec("show ip route [vrf <vrf>] summary")
def show_summary(call: Call) -> str:
    """How many routes there are of each source."""
    vrf = vrf_of(call, "IP routing table")
    interfaces = call.router.feature(Interfaces)
    routes = interfaces.routes(vrf)
    number = interfaces.vrfs().index(vrf) + 1 if vrf else 0
    majors = {major_network(route.network) for route in routes}
    inner = sum(len(subnets(within(routes, major))) > 1 for major in majors)
    rows = [("application", 0, 0)]
    for name in ("connected", "static"):
        networks = subnets(route for route in routes if route.code in CODES[name])
        whole = sum(network == major_network(network) for network in networks)
        rows.append((name, whole, len(networks) - whole))
    lines = [
        f"IP routing table name is {vrf or 'default'} ({number:#x})",
        "IP routing table maximum-paths is 32",
        "Route Source    Networks    Subnets     Replicates  Overhead    Memory (bytes)",
        *(_source_row(name, whole, parts) for name, whole, parts in rows),
        f"{'internal':<16}{inner:<12}{'':<36}{inner * INTERNAL_BYTES}",
    ]
    whole, parts = sum(row[1] for row in rows), sum(row[2] for row in rows)
    memory = (whole + parts) * ENTRY_BYTES + inner * INTERNAL_BYTES
    overhead = (whole + parts) * OVERHEAD_BYTES
    lines.append(f"{'Total':<16}{whole + inner:<12}{parts:<12}{0:<12}{overhead:<12}{memory}")
    return "\n".join(lines) + "\n"


def _source_row(name: str, whole: int, parts: int) -> str:
    count = whole + parts
    overhead, memory = count * OVERHEAD_BYTES, count * ENTRY_BYTES
    return f"{name:<16}{whole:<12}{parts:<12}{0:<12}{overhead:<12}{memory}"


@declared.exec(
    "clear ip route [vrf <vrf>] '*'",
    "clear ip route [vrf <vrf>] <network:ipv4> [<mask:mask>]",
    privilege=15,
)
def clear_ip_route(call: Call) -> str | None:
    """Routes are made anew from the configuration, so they are there again at once."""
    vrf = vrf_of(call, "IP routing table")
    network = call.get("network")
    if network is None:
        return None
    routes = call.router.feature(Interfaces).routes(vrf)
    if not longest(routes, IPv4Address(network)):
        raise RefusedError("% Network not in table")
    return None
