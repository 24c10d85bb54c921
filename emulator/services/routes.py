"""The routing table that connected networks and static routes make."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_address,
    ip_network,
)
from itertools import groupby

from ..config.store import Entry
from .interface_state import InterfaceState

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address
NULL = "Null0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A route in force.

    `code` is `C` (connected), `L` (an address of the router itself) or `S` (static). `next_hop` is
    empty when the network is reached without one, `interface` when the next hop was not tied to
    one; `through` is the interface that packets leave by, in either case.
    """

    code: str
    network: Network
    vrf: str
    next_hop: str = ""
    interface: str = ""
    through: str = ""
    distance: int = 0
    metric: int = 0
    tag: int = 0
    name: str = ""

    @property
    def default(self) -> bool:
        """Whether it is the way to everything else (`S*`)."""
        return self.network.prefixlen == 0


class Table:
    """The routes of one VRF and address family, found by prefix."""

    __slots__ = ("_by_length", "_size")

    def __init__(self, routes: Iterable[Route], size: int) -> None:
        self._size = size
        self._by_length: dict[int, dict[int, list[Route]]] = {}
        for route in routes:
            self.add(route)

    def add(self, route: Route) -> None:
        """Put a route in: a better distance replaces, an equal one shares the load."""
        here = self._by_length.setdefault(route.network.prefixlen, {})
        same = here.setdefault(int(route.network.network_address), [])
        if same and route.distance < same[0].distance:
            same.clear()
        if not same or route.distance == same[0].distance:
            same.append(route)

    def lookup(self, address: Address) -> Route | None:
        """The first of the routes with the longest prefix that holds `address`."""
        number = int(address)
        for length in sorted(self._by_length, reverse=True):
            shift = self._size - length
            found = self._by_length[length].get(number >> shift << shift)
            if found:
                return found[0]
        return None

    def routes(self) -> list[Route]:
        """All routes, by network and then by the length of the prefix."""
        found = [
            route for here in self._by_length.values() for same in here.values() for route in same
        ]
        return sorted(found, key=_order)


def _order(route: Route) -> tuple[int, int]:
    return int(route.network.network_address), route.network.prefixlen


def ipv4_table(vrf: str, interfaces: Iterable[InterfaceState], statics: Iterable[Entry]) -> Table:
    """The IPv4 routes of a VRF (empty name: the global table)."""
    up = {state.name: state for state in interfaces if state.line_up and state.vrf == vrf}
    connected = [
        route
        for state in up.values()
        if not state.unnumbered
        for address in state.ipv4
        for route in _connected(vrf, state.name, address)
    ]
    return _with_statics(Table(connected, 32), vrf, set(up), statics)


def ipv6_table(vrf: str, interfaces: Iterable[InterfaceState], statics: Iterable[Entry]) -> Table:
    """The IPv6 routes of a VRF; every table sends multicast nowhere (`FF00::/8`)."""
    up = {state.name: state for state in interfaces if state.line_up and state.vrf == vrf}
    routes = [
        route
        for state in up.values()
        for address in state.ipv6
        for route in _connected(vrf, state.name, address)
    ]
    multicast = ip_network("ff00::/8")
    routes.append(Route(code="L", network=multicast, vrf=vrf, interface=NULL, through=NULL))
    return _with_statics(Table(routes, 128), vrf, set(up), statics)


def _connected(vrf: str, interface: str, address: IPv4Interface | IPv6Interface) -> Iterator[Route]:
    network: Network = address.network
    if network.prefixlen == network.max_prefixlen:
        # a host address of IPv4 is connected, one of IPv6 local
        code = "C" if network.version == 4 else "LC"
        yield Route(code=code, network=network, vrf=vrf, interface=interface, through=interface)
        return
    yield Route(code="C", network=network, vrf=vrf, interface=interface, through=interface)
    own = ip_network(address.ip)
    yield Route(code="L", network=own, vrf=vrf, interface=interface, through=interface)


def _with_statics(table: Table, vrf: str, up: set[str], statics: Iterable[Entry]) -> Table:
    """Add the static routes whose next hop can be reached, also by way of each other."""
    pending = [route for route in map(_static, statics) if route.vrf == vrf]
    pending.sort(key=lambda route: route.distance)
    for _, same in groupby(pending, key=lambda route: route.distance):
        waiting = list(same)
        while waiting:
            later = []
            for route in waiting:
                through = _through(table, route, up)
                if through:
                    table.add(_bound(route, through))
                else:
                    later.append(route)
            if len(later) == len(waiting):
                break
            waiting = later
    return table


def _through(table: Table, route: Route, up: set[str]) -> str:
    if route.interface:
        return route.interface if route.interface in up or route.interface == NULL else ""
    found = table.lookup(ip_address(route.next_hop))
    if found is None or found.network == route.network or found.code == "L":
        return ""
    return found.through


def _bound(route: Route, through: str) -> Route:
    return Route(
        code=route.code,
        network=route.network,
        vrf=route.vrf,
        next_hop=route.next_hop,
        interface=route.interface,
        through=through,
        distance=route.distance,
        tag=route.tag,
        name=route.name,
    )


def _static(entry: Entry) -> Route:
    """The route that a line `ip route …` or `ipv6 route …` asks for."""
    if entry.get("mask"):
        network: Network = ip_network(f"{entry['prefix']}/{entry['mask']}", strict=False)
    else:
        network = ip_network(entry["prefix"], strict=False)
    return Route(
        code="S",
        network=network,
        vrf=str(entry.get("vrf") or ""),
        next_hop=str(entry.get("next_hop") or ""),
        interface=str(entry.get("interface") or ""),
        distance=int(entry.get("distance") or 1),
        tag=int(entry.get("tag") or 0),
        name=str(entry.get("route_name") or ""),
    )
