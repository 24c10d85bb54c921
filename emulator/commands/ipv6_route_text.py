"""IPv6 routing tables as text. Layouts: transcripts and genieparser samples."""

from collections.abc import Callable, Iterable
from itertools import groupby

from ..services.routes import Network, Route
from ..timetext import age_text

_CLASSIC = """\
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, HA - Home Agent, MR - Mobile Router, R - RIP
       H - NHRP, I1 - ISIS L1, I2 - ISIS L2, IA - ISIS interarea
       IS - ISIS summary, D - EIGRP, EX - EIGRP external, NM - NEMO
       ND - ND Default, NDp - ND Prefix, DCE - Destination, NDr - Redirect
       O - OSPF Intra, OI - OSPF Inter, OE1 - OSPF ext 1, OE2 - OSPF ext 2
       ON1 - OSPF NSSA ext 1, ON2 - OSPF NSSA ext 2, la - LISP alt
       lr - LISP site-registrations, ld - LISP dyn-eid, a - Application
"""
_OLD = """\
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, R - RIP, H - NHRP, I1 - ISIS L1
       I2 - ISIS L2, IA - ISIS interarea, IS - ISIS summary, D - EIGRP
       EX - EIGRP external, ND - ND Default, NDp - ND Prefix, DCE - Destination
       NDr - Redirect, O - OSPF Intra, OI - OSPF Inter, OE1 - OSPF ext 1
       OE2 - OSPF ext 2, ON1 - OSPF NSSA ext 1, ON2 - OSPF NSSA ext 2
       la - LISP alt, lr - LISP site-registrations, ld - LISP dyn-eid
       lA - LISP away, a - Application
"""
_NEW = """\
Codes: C - Connected, L - Local, S - Static, U - Per-user Static route
       B - BGP, R - RIP, H - NHRP, HG - NHRP registered
       Hg - NHRP registration summary, HE - NHRP External, I1 - ISIS L1
       I2 - ISIS L2, IA - ISIS interarea, IS - ISIS summary, D - EIGRP
       EX - EIGRP external, ND - ND Default, NDp - ND Prefix, DCE - Destination
       NDr - Redirect, RL - RPL, O - OSPF Intra, OI - OSPF Inter
       OE1 - OSPF ext 1, OE2 - OSPF ext 2, ON1 - OSPF NSSA ext 1
       ON2 - OSPF NSSA ext 2, la - LISP alt, lr - LISP site-registrations
       ld - LISP dyn-eid, lA - LISP away, le - LISP extranet-policy
       lp - LISP publications, ls - LISP destinations-summary, a - Application
       m - OMP
"""
NAMES = {"C": "connected", "L": "local", "LC": "connected", "S": "static"}


def legend(family: str, release: tuple[int, int]) -> str:
    """The codes that a release explains above its table."""
    if family == "classic":
        return _CLASSIC
    return _OLD if release < (17, 1) else _NEW


def head(vrf: str, count: int) -> str:
    """The title of a table."""
    return f"IPv6 Routing Table - {vrf or 'default'} - {count} entries\n"


def shown(network: Network) -> str:
    """A prefix as IOS prints it."""
    return str(network).upper()


def table_text(routes: Iterable[Route]) -> str:
    """The lines of the routes."""
    found = []
    for network, paths in groupby(routes, key=lambda route: route.network):
        same = list(paths)
        first = same[0]
        found.append(f"{first.code:<4}{shown(network)} [{first.distance}/{first.metric}]\n")
        found += [f"     via {_way(route)}\n" for route in same]
    return "".join(found)


def _way(route: Route) -> str:
    if route.next_hop:
        hop = route.next_hop.upper()
        return f"{hop}, {route.interface}" if route.interface else hop
    kind = "receive" if route.code in ("L", "LC") else "directly connected"
    return f"{route.through}, {kind}"


def entry_text(routes: list[Route], age_s: Callable[[Route], float]) -> str:
    """What is known of one prefix; `age_s` tells how long a route has been there."""
    first = routes[0]
    via = f'  Known via "{NAMES[first.code]}", distance {first.distance}, metric {first.metric}'
    if first.code != "S":
        via += f", type {'connected' if first.code == 'C' else 'receive'}"
    lines = [
        f"Routing entry for {shown(first.network)}",
        via,
        f"  Route count is {len(routes)}/{len(routes)}, share count 0",
        "  Routing paths:",
    ]
    for route in routes:
        lines.append(f"    {_path(route)}")
        lines.append(f"      Last updated {age_text(age_s(route))} ago")
    return "\n".join(lines) + "\n"


def _path(route: Route) -> str:
    if route.next_hop:
        hop = route.next_hop.upper()
        return f"{hop}, {route.interface}" if route.interface else hop
    kind = "receive" if route.code in ("L", "LC") else "directly connected"
    return f"{kind} via {route.through}"
