"""How far packets of a router come: its own addresses, neighbours, and what a lab says lies behind.

What answers behind a neighbour only the network of a lab can know. One that does has the method of
`Paths`; without it, only neighbours answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..grammar import canonical_interface
from .interfaces import Interfaces

if TYPE_CHECKING:
    from ..device import Router

MOST_MS = 4


@runtime_checkable
class Paths(Protocol):
    """A network that knows the ways through it."""

    def hops(
        self, router: "Router", interface: str, next_hop: str, destination: str
    ) -> Sequence[str] | None:
        """The addresses of the routers behind `next_hop` on the way, the destination last.

        None if the destination does not answer.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that ends at a destination that answers: the addresses on it, and where it leaves."""

    hops: tuple[str, ...]
    interface: str


def way_to(router: "Router", destination: str, vrf: str = "") -> Way | None:
    """The way to an address; None when nothing answers there. ValueError for no address."""
    interfaces = router.feature(Interfaces)
    own = interfaces.holder(destination, vrf)
    if own is not None:
        return Way(hops=(destination,), interface=own.name) if own.line_up else None
    route = interfaces.lookup(destination, vrf)
    network = router.chassis.network
    if route is None or network is None or not route.through:
        return None
    next_hop = route.next_hop or str(ip_address(destination))
    peers = network.peers(router, route.through)
    if not any(ip_address(peer.address) == ip_address(next_hop) for peer in peers):
        return None
    if ip_address(next_hop) == ip_address(destination):
        return Way(hops=(destination,), interface=route.through)
    if not isinstance(network, Paths):
        return None
    behind = network.hops(router, route.through, next_hop, destination)
    if behind is None:
        return None
    return Way(hops=(next_hop, *behind), interface=route.through)


def source_address(router: "Router", text: str, vrf: str, version: int) -> str | None:
    """The address that `source …` names: an interface's, or one of the router; None for neither."""
    interfaces = router.feature(Interfaces)
    try:
        address = str(ip_address(text))
    except ValueError:
        name = canonical_interface(text)
        state = interfaces.get(name) if name else None
        if state is None or state.vrf != vrf:
            return None
        found = state.ipv4 if version == 4 else state.ipv6
        return str(found[0].ip) if found else None
    return address if interfaces.holder(address, vrf) is not None else None


def resolve(router: "Router", name: str) -> str | None:
    """The address of a host that the router knows by itself, or of an address."""
    try:
        return str(ip_address(name))
    except ValueError:
        entry = router.config.root.find("ip host", name)
        addresses = entry["addresses"] if entry is not None else ()
        return str(addresses[0]) if addresses else None


def delay_ms(router: "Router", way: Way, number: int) -> int:
    """How long the answer to a packet takes: a millisecond from oneself, some more from others."""
    if router.feature(Interfaces).holder(way.hops[-1]) is not None:
        return 1
    random = router.chassis.random(f"delay {way.hops[-1]} {number % 64}")
    return random.randint(1, MOST_MS) * len(way.hops)
