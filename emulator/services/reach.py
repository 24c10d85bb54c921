"""How far packets of a router come: its own addresses, neighbours, and what a lab says lies behind.

What answers behind a neighbour only the network of a lab can know. One that does has the method of
`Paths`; without it, only neighbours answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import ip_address
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..grammar import canonical_interface
from .chassis import Network
from .interface_state import InterfaceState
from .interfaces import Interfaces

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Path

MOST_MS = 4
ICMP, TCP, UDP = 1, 6, 17
USUAL_SIZE = 100
ROUTING_PROTOCOLS = ("bgp", "ospf", "eigrp", "rip", "isis")


@runtime_checkable
class Paths(Protocol):
    """A network that knows the ways through it."""

    def hops(
        self, router: "Router", interface: str, next_hop: str, destination: str
    ) -> Sequence[str] | None:
        """The addresses of the routers behind `next_hop` on the way, the destination last.

        None if the destination does not answer; a network that is asked for the way to a next hop
        itself gives none behind it.
        """
        ...


@runtime_checkable
class Measured(Network, Paths, Protocol):
    """A network that knows how long its ways take."""

    def path(self, router: "Router", destination: str) -> "Path | None":
        """How long the way to an address is, what gets lost and what fits; None if unknown."""
        ...

    def exchange(
        self, router: "Router", way: "Way", probe: "Probe", *, hop: int = 0, counted: bool = True
    ) -> "Answer":
        """What comes of a packet that a router sends, to the `hop`th of a way or to its end (0).

        Devices count it, and notice if it is wrong, unless it is not to be `counted`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """A way that ends at a destination that answers: the addresses on it, and where it leaves.

    `path` is None where nobody knows how long it takes.
    """

    hops: tuple[str, ...]
    interface: str
    path: "Path | None" = None


class Answer(StrEnum):
    """What a router hears when it sends a packet."""

    CAME = "an answer came"
    NONE = "nothing came"
    TOO_LARGE = "the packet was too large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """A packet that a router sends to somebody who answers.

    `source` is one of its addresses, empty for that of the interface by which it leaves. `protocol`
    is a number, `port` that of the destination, `size` in bytes with all headers.
    """

    destination: str
    source: str = ""
    vrf: str = ""
    protocol: int = ICMP
    port: int = 0
    size: int = USUAL_SIZE
    unfragmented: bool = False


def way_to(router: "Router", destination: str, vrf: str = "") -> Way | None:
    """The way to an address; None when nothing answers there. ValueError for no address."""
    interfaces = router.feature(Interfaces)
    own = interfaces.holder(destination, vrf)
    if own is not None:
        return Way(hops=(destination,), interface=own.name) if own.line_up else None
    network = router.chassis.network
    if isinstance(network, Measured):
        return _measured(router, network, destination, vrf)
    route = interfaces.lookup(destination, vrf)
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


def _measured(router: "Router", network: Measured, destination: str, vrf: str) -> Way | None:
    """The way through the network of a lab, which knows who answers."""
    destination = str(ip_address(destination))
    route = router.feature(Interfaces).lookup(destination, vrf)
    if route is not None:
        interface = route.through
        next_hop = str(ip_address(route.next_hop)) if route.next_hop else destination
    elif vrf == "" and routed(router):
        state = learned(router, ipv6=":" in destination)
        interface, next_hop = state.name if state is not None else "", ""
    else:
        return None
    if not interface:
        return None
    behind = network.hops(router, interface, next_hop, destination)
    if behind is None:
        return None
    first = (next_hop,) if next_hop else ()
    path = network.path(router, destination)
    return Way(hops=(*first, *behind) or (destination,), interface=interface, path=path)


def routed(router: "Router") -> bool:
    """Whether a routing protocol runs: what it would find is taken to be there."""
    root = router.config.root
    return any(root.all(f"router {protocol}") for protocol in ROUTING_PROTOCOLS)


def learned(router: "Router", *, ipv6: bool = False) -> InterfaceState | None:
    """Where a routing protocol would find the ways that no route of the table leads to."""
    ports = router.platform.hardware.interfaces
    for state in router.feature(Interfaces).all():
        addressed = state.ipv6 if ipv6 else state.ipv4
        if state.line_up and addressed and state.name.partition(".")[0] in ports:
            return state
    return None


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


def answer(
    router: "Router", way: Way, probe: Probe, *, hop: int = 0, counted: bool = True
) -> Answer:
    """What comes of a packet that a router sends now, to the `hop`th of a way or to its end (0).

    A question that is not `counted` changes nothing.
    """
    if router.feature(Interfaces).holder(way.hops[-1], probe.vrf) is not None:
        return Answer.CAME
    if probe.unfragmented and _too_long(router, way, probe.size):
        return Answer.TOO_LARGE
    network = router.chassis.network
    if not isinstance(network, Measured):
        return Answer.CAME
    return network.exchange(router, way, probe, hop=hop, counted=counted)


def _too_long(router: "Router", way: Way, size: int) -> bool:
    if way.path is not None and size > way.path.mtu:
        return True
    state = router.feature(Interfaces).get(way.interface)
    return state is not None and size > state.ip_mtu


def delay_ms(router: "Router", way: Way, number: int, hop: int = 0) -> int:
    """How long the answer to a packet takes: a millisecond from oneself, some more from others.

    `hop` counts the routers on the way from 1 on, for an answer of one of them.
    """
    if router.feature(Interfaces).holder(way.hops[-1]) is not None:
        return 1
    if way.path is not None:
        share = hop / len(way.hops) if hop else 1.0
        random = router.chassis.random(f"delay {way.hops[-1]} {number % 64}")
        return max(1, round(2000 * way.path.latency_s * share) + random.randint(0, 1))
    random = router.chassis.random(f"delay {way.hops[-1]} {number % 64}")
    return random.randint(1, MOST_MS) * len(way.hops)
