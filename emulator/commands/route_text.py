"""IPv4 routing tables as text: the legend, networks grouped by class, single entries.

Layouts: transcripts of IOS 15, IOS-XE 16 and 17; ntc-templates and genieparser samples.
"""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Address, IPv4Network
from itertools import groupby

from ..services.routes import Network, Route

_HEAD = """\
Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP
       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n\
       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2
"""
_OLD_LEGEND = (
    _HEAD
    + """\
       E1 - OSPF external type 1, E2 - OSPF external type 2
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
"""
)
_NEW_LEGEND = (
    _HEAD
    + """\
       E1 - OSPF external type 1, E2 - OSPF external type 2, m - OMP
       n - NAT, Ni - NAT inside, No - NAT outside, Nd - NAT DIA
       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2
       ia - IS-IS inter area, * - candidate default, U - per-user static route
       H - NHRP, G - NHRP registered, g - NHRP registration summary
       o - ODR, P - periodic downloaded static route, l - LISP
       a - application route
       + - replicated route, % - next hop override, p - overrides from PfR
"""
)
_OVERRIDES = "       & - replicated local route overrides by connected\n"
NOWHERE = str(IPv4Address(0))
NAMES = {"C": "connected", "L": "connected", "S": "static"}


def legend(release: tuple[int, int]) -> str:
    """The codes that a release explains above its table."""
    if release < (17, 1):
        return _OLD_LEGEND
    return _NEW_LEGEND + (_OVERRIDES if release >= (17, 5) else "")


def gateway_line(routes: Iterable[Route]) -> str:
    """Where packets to unknown networks go."""
    for route in routes:
        if route.default:
            hop = route.next_hop or NOWHERE
            return f"Gateway of last resort is {hop} to network {NOWHERE}\n"
    return "Gateway of last resort is not set\n"


def major_network(network: Network) -> IPv4Network:
    """The network of class A, B or C that holds a network; the network itself for a larger one."""
    first = int(network.network_address) >> 24
    length = 8 if first < 128 else 16 if first < 192 else 24 if first < 224 else 32
    own = IPv4Network(str(network))
    return own if own.prefixlen < length else own.supernet(new_prefix=length)


def table_text(routes: list[Route], shown: list[Route]) -> str:
    """The lines of `shown`; networks of one class stand under a line about all of `routes`."""
    found: list[str] = []
    wanted = set(map(id, shown))
    ordered = sorted(routes, key=_order)
    for major, members in groupby(ordered, key=lambda route: major_network(route.network)):
        found += _group(major, list(members), wanted)
    return "".join(f"{line}\n" for line in found)


def _order(route: Route) -> tuple[int, int, int, int]:
    major, network = major_network(route.network), route.network
    return (
        int(major.network_address),
        major.prefixlen,
        int(network.network_address),
        network.prefixlen,
    )


def subnets(routes: Iterable[Route]) -> list[Network]:
    """The networks of some routes, each once."""
    return list(dict.fromkeys(route.network for route in routes))


def _group(major: IPv4Network, routes: list[Route], wanted: set[int]) -> Iterator[str]:
    networks = subnets(routes)
    lengths = {network.prefixlen for network in networks}
    shown = [route for route in routes if id(route) in wanted]
    if not shown:
        return
    if networks == [major]:
        yield from _rows(shown, 6, with_length=True)
        return
    count = len(networks)
    if len(lengths) == 1:
        title = f"{major.network_address}/{lengths.pop()}"
        yield f"      {title} is subnetted, {count} subnets"
        yield from _rows(shown, 9, with_length=False)
        return
    yield f"      {major} is variably subnetted, {count} subnets, {len(lengths)} masks"
    yield from _rows(shown, 9, with_length=True)


def _rows(routes: list[Route], indent: int, *, with_length: bool) -> Iterator[str]:
    for network, paths in groupby(routes, key=lambda route: route.network):
        shown = str(network) if with_length else str(network.network_address)
        for index, route in enumerate(paths):
            code = route.code + ("*" if route.default else "")
            head = f"{code:<{indent}}{shown} "
            if index:
                head = " " * len(head)
            yield head + path_text(route)


def path_text(route: Route) -> str:
    """How a network is reached, as the table prints it."""
    if not route.next_hop:
        return f"is directly connected, {route.through}"
    out = f", {route.interface}" if route.interface else ""
    return f"[{route.distance}/{route.metric}] via {route.next_hop}{out}"


def entry_text(routes: list[Route]) -> str:
    """What is known of one network."""
    first = routes[0]
    wide = ", supernet" if _is_supernet(first.network) else ""
    lines = [f"Routing entry for {first.network}{wide}", f"  {_known_via(first)}"]
    if first.tag:
        lines.append(f"  Tag {first.tag}")
    if any(route.code == "S" and not route.next_hop for route in routes):
        lines[1] += " (connected)"
    lines.append("  Routing Descriptor Blocks:")
    for index, route in enumerate(routes):
        lines.append(f"  {'*' if index == 0 else ' '} {_descriptor(route)}")
        lines.append(f"      Route metric is {route.metric}, traffic share count is 1")
        if route.tag:
            lines.append(f"      Route tag {route.tag}")
    return "\n".join(lines) + "\n"


def _is_supernet(network: Network) -> bool:
    first = int(network.network_address) >> 24
    return network.prefixlen < (8 if first < 128 else 16 if first < 192 else 24)


def _known_via(route: Route) -> str:
    name = NAMES[route.code]
    text = f'Known via "{name}", distance {route.distance}, metric {route.metric}'
    if route.default:
        text += ", candidate default path"
    if route.code == "C":
        text += " (connected, via interface)"
    elif route.code == "L":
        text += " (connected)"
    return text


def _descriptor(route: Route) -> str:
    if not route.next_hop:
        return f"directly connected, via {route.through}"
    out = f", via {route.interface}" if route.interface else ""
    return f"{route.next_hop}{out}"


def major_text(major: IPv4Network, routes: list[Route]) -> str:
    """What is known of a classful network that is divided into subnets."""
    networks = subnets(routes)
    attached = len({route.network for route in routes if route.code in ("C", "L")})
    masks = len({network.prefixlen for network in networks})
    text = f"Routing entry for {major}, {len(networks)} known subnets\n"
    if attached:
        text += f"  Attached ({attached} connections)\n"
    if masks > 1:
        text += f"  Variably subnetted with {masks} masks\n"
    return text + "".join(f"{line}\n" for line in _rows(routes, 9, with_length=True))


def within(routes: Iterable[Route], network: IPv4Network) -> list[Route]:
    """The routes to a network and to parts of it."""
    low, high = int(network.network_address), int(network.broadcast_address)
    return [
        route
        for route in routes
        if route.network.prefixlen >= network.prefixlen
        and low <= int(route.network.network_address) <= high
    ]


def longest(routes: Iterable[Route], address: IPv4Address) -> list[Route]:
    """The routes of the longest prefix that holds `address`; the default route does not count."""
    found = [route for route in routes if not route.default and address in route.network]
    length = max((route.network.prefixlen for route in found), default=0)
    return [route for route in found if route.network.prefixlen == length]
