"""Where a router stands in the network of its lab: its addresses there, and whether it is on."""

from ipaddress import IPv4Interface, IPv6Interface
from typing import TYPE_CHECKING, Final

from ..feature import Feature
from .interface_state import InterfaceState
from .interfaces import Interfaces
from .reach import ROUTING_PROTOCOLS, routed

if TYPE_CHECKING:
    from ..config.store import Change
    from ..device import Router

ROUTING: Final = ("ip route", "ipv6 route", *(f"router {name}" for name in ROUTING_PROTOCOLS))
PLACES: Final = ("interface", "vrf definition", "ip vrf")
ADDRESSING: Final = (
    "channel-group",
    "encapsulation",
    "ip address",
    "ip unnumbered",
    "ip vrf forwarding",
    "ipv6 address",
    "mac-address",
    "shutdown",
    "tunnel",
    "vrf forwarding",
)
"""How the lines of an interface begin that say which networks are connected, and whether."""
INNER: Final = frozenset({"Loopback", "Null", "Tunnel", "Virtual-Template"})
"""Kinds of interfaces through which nothing comes from outside by themselves."""


class Presence(Feature):
    """Keeps the node of the router in the network as the router is.

    It owns the addresses of interfaces whose lines are up, of all VRFs: what arrives at one of them
    reaches the router. Nothing does, at a loopback either, while all ports with addresses are down.
    It sends where any of its routing tables has a route; as routers exchange no routes here, one
    that runs a routing protocol sends everywhere. While the router is down, so is its node.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._vrfs: tuple[str, ...] = ("",)
        self._routed = False
        self._on = False
        self._unwatch = router.chassis.watch(self._line_changed)

    def booted(self) -> None:
        """Come on."""
        network = self.router.network
        if network is None:
            return
        node = network.nodes.get(self.router.name) or network.attach(self.router.name)
        node.routes = self._has_route
        interfaces = self.router.feature(Interfaces)
        interfaces.watch(self._line_changed)
        self._on = True
        self._read()
        network.kernel.record(self.router.name, "comes up")
        network.power(self.router.name, up=True)
        network.own(self.router.name, self._addresses())

    def stopped(self) -> None:
        """Go off."""
        self._unwatch()
        network = self.router.network
        if network is not None and self._on:
            self._on = False
            network.kernel.record(self.router.name, "goes down")
            network.power(self.router.name, up=False)

    def config_changed(self, change: "Change") -> None:
        """Follow the lines of interfaces and routes."""
        if not self._on:
            return
        owner = (change.owners[0] if change.owners else change.entry).setting.name
        if change.owners:
            told = owner in PLACES and change.name.startswith(ADDRESSING)
        elif owner in PLACES:
            told = change.before is None or change.after is None
        else:
            told = owner in ROUTING
        if told:
            self._look()

    def _line_changed(self, _state: InterfaceState | None = None) -> None:
        if self._on:
            self._look()

    def _look(self) -> None:
        """See which addresses there are now; routes may be others even if these are the same."""
        network = self.router.network
        if network is None:
            return
        self._read()
        addresses = self._addresses()
        before = network.generation
        network.own(self.router.name, addresses)
        if network.generation == before:
            network.changed()

    def _read(self) -> None:
        self._vrfs = ("", *self.router.feature(Interfaces).vrfs())
        self._routed = routed(self.router)

    def _addresses(self) -> list[str]:
        found: list[str] = []
        states = [state for state in self.router.feature(Interfaces).all() if not state.unnumbered]
        ports = [state for state in states if state.kind not in INNER and _addressed(state)]
        if ports and not any(port.line_up for port in ports):
            return found
        for state in states:
            if state.line_up:
                found += [str(address.ip) for address in _addressed(state)]
        return found

    def _has_route(self, address: str) -> bool:
        lookup = self.router.feature(Interfaces).lookup
        return any(lookup(address, vrf) is not None for vrf in self._vrfs) or self._routed


def _addressed(state: InterfaceState) -> list[IPv4Interface | IPv6Interface]:
    return [*state.ipv4, *state.ipv6]
