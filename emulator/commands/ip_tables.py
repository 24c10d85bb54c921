"""Static routes as they are kept, own addresses, policy routing and the table of RIP.

Layouts: genieparser samples of IOS-XE.
"""

from collections import defaultdict
from ipaddress import IPv4Network

from ..config.store import Entry
from ..grammar import CommandSet, short_interface
from ..services.interfaces import Interfaces
from ..services.routes import Route
from ..services.routing_processes import own_networks, rip_processes
from ..shell.call import Call
from .interface_choice import block_of

STATIC_CODES = """\
Codes: M - Manual static, A - AAA download, N - IP NAT, D - DHCP,
       G - GPRS, V - Crypto VPN, C - CASA, P - Channel interface processor,
       B - BootP, S - Service selection gateway
       DN - Default Network, T - Tracking object
       L - TL1, E - OER, I - iEdge
       D1 - Dot1x Vlan Network, K - MWAM Route
       PP - PPP default route, MR - MRIPv6, SS - SSLVPN
       H - IPe Host, ID - IPe Domain Broadcast
       U - User GPRS, TE - MPLS Traffic-eng, LI - LIIN
       IR - ICMP Redirect
Codes in []: A - active, N - non-active, B - BFD-tracked, D - Not Tracked, P - permanent

"""
STATIC = "S"

declared = CommandSet()
declared.words(
    {
        "ip static": "IP static route information",
        "static route": "IP static route",
        "ip aliases": "IP alias table",
        "ip policy": "Policy routing",
        "show ip rip": "IP RIP show commands",
        "rip database": "IPv4 RIP database",
    }
)


# ---- static routes ----


def _next_hop(entry: Entry) -> str:
    return str(entry.get("next_hop") or "")


def _key(entry: Entry) -> tuple[str, str, str, str]:
    """Network and mask, and where to."""
    interface = str(entry.get("interface") or "")
    return str(entry["prefix"]), str(entry["mask"]), interface, _next_hop(entry)


@declared.exec("show ip static route")
def show_ip_static_route(call: Call) -> str:
    """The static routes of the global table, those in force and the others."""
    router = call.router
    active = {_of(route) for route in router.feature(Interfaces).routes() if route.code == STATIC}
    networks: dict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in router.config.root.all("ip route"):
        if not entry.negated and not entry.get("vrf"):
            networks[str(entry["prefix"]), str(entry["mask"])].append(entry)
    if not networks:
        return ""
    text = f"{STATIC_CODES}Static local RIB for default \n\n"
    for (prefix, mask), entries in networks.items():
        length = IPv4Network(f"0.0.0.0/{mask}").prefixlen
        for number, entry in enumerate(entries):
            via = " ".join(filter(None, (str(entry.get("interface") or ""), _next_hop(entry))))
            state = "A" if _key(entry) in active else "N"
            route = f"{prefix}/{length}"
            shown = route if not number else " " * len(route)
            text += f"M  {shown} [{entry.get('distance') or 1}/0] via {via} [{state}]\n"
    return text + "\n"


def _of(route: Route) -> tuple[str, str, str, str]:
    network = route.network
    return (
        str(network.network_address),
        str(network.netmask),
        route.interface,
        route.next_hop,
    )


# ---- addresses and policies ----


@declared.exec("show ip aliases")
def show_ip_aliases(call: Call) -> str:
    """The addresses that the router answers for."""
    text = "Address Type             IP Address      Port\n"
    for state in call.router.feature(Interfaces).all():
        if state.line_up and not state.unnumbered:
            text += "".join(f"{'Interface':<25}{own.ip}\n" for own in state.ipv4)
    return text


@declared.exec("show ip policy")
def show_ip_policy(call: Call) -> str:
    """The route maps by which packets are routed."""
    router = call.router
    rows = []
    local = router.config.root.value("ip local policy route-map", "map")
    if local:
        rows.append(("local", str(local)))
    for state in router.feature(Interfaces).all():
        name = block_of(router, state.name).value("ip policy route-map", "map")
        if name:
            rows.append((short_interface(state.name), str(name)))
    body = "".join(f"{interface:<15}{name}\n" for interface, name in rows)
    return f"Interface      Route map\n{body}"


@declared.exec("show ip rip database")
def show_rip_database(call: Call) -> str:
    """The networks of the router's own interfaces: nobody else speaks RIP."""
    text = ""
    for process in rip_processes(call.router):
        if process.vrf:
            continue
        for network, state in own_networks(process):
            text += f"{network}    directly connected, {state.name}\n"
    return text
