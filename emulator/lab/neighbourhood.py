"""What the routers of a lab find at the other ends of their cables.

Devices with addresses in one network are neighbours. A next hop that no device has is taken to be
the router of the provider, which carries packets to everybody who has an access line; it does not
show up on the way, as in an MPLS network that hides its hops.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import IPv4Interface, IPv4Network, IPv6Network, ip_address
from random import Random
from typing import TYPE_CHECKING

from ..grammar import canonical_interface
from ..platforms import platform_named
from ..services.chassis import VENDOR_PREFIXES, Chassis, Peer, mac_text
from ..services.interface_state import InterfaceState, hardware_address
from ..services.interfaces import Interfaces
from ..services.reach import Answer, Probe, Way
from .carrying import Carrier, address_of
from .world import written_addresses

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Network, Path
    from .file import DeviceFile
    from .stations import Stations

MOST_HOPS = 30
ARP_TIMEOUT_S = 4 * 3600
"""An entry of the ARP table is learned anew that often (`arp timeout`)."""


class Neighbourhood:
    """The network of a lab as its routers see it; see `services.chassis` and `services.reach`.

    `routers` are those that have booted by name, `devices` all of the lab; `wake` boots one.
    `stations` are the members without a command line, if there are any.
    """

    def __init__(
        self,
        network: "Network",
        routers: "Mapping[str, Router]",
        devices: "Mapping[str, DeviceFile]",
        seed: int,
        wake: "Callable[[str], Router]",
        stations: "Stations | None" = None,
    ) -> None:
        self._network = network
        self._carrier = Carrier(network, routers, stations)
        self._routers = routers
        self._devices = devices
        self._seed = seed
        self._wake = wake
        self._numbers: list[int] = []
        self._addresses: list[str] = []
        self._seen = -1
        self._macs: dict[str, str] = {}

    # ---- the network of a chassis ----

    def peers(self, router: "Router", interface: str) -> Sequence[Peer]:
        """The neighbours in the IPv4 networks of an interface that can be reached now."""
        state = router.feature(Interfaces).get(interface)
        if state is None:
            return []
        found: dict[str, Peer] = {}
        for own in state.ipv4:
            for address, name in self._inside(own):
                if self._answers(router.name, str(own.ip), name, address):
                    mac = self._mac(name, address)
                    found[address] = self._peer(
                        router, address, mac, name, self._port(name, address)
                    )
        for address in self._gateways(router, state):
            if ":" not in address and address not in found and self._provides(router, address):
                random = Random(f"{self._seed}: provider {address}")  # noqa: S311 - made again
                number = random.choice(VENDOR_PREFIXES) << 24 | random.getrandbits(24)
                found[address] = self._peer(router, address, mac_text(number))
        return list(found.values())

    def neighbours(self, router: "Router", interface: str) -> Sequence[Peer]:
        """The neighbours of an interface, after those have booted that were never asked for."""
        peers = self.peers(router, interface)
        asleep = [name for peer in peers if (name := self._asleep(peer.address))]
        for name in asleep:
            self._wake(name)
        return self.peers(router, interface) if asleep else peers

    def _asleep(self, address: str) -> str | None:
        """The device with an address, if it has not booted yet."""
        name = self._network.owner(address)
        return name if name in self._devices and name not in self._routers else None

    def lease(self, router: "Router", interface: str) -> IPv4Interface | None:
        """No address: there is no DHCP server in a lab."""
        del router, interface
        return None

    # ---- the ways of the network ----

    def hops(
        self, router: "Router", interface: str, next_hop: str, destination: str
    ) -> Sequence[str] | None:
        """The routers behind `next_hop` on the way, the destination last; None if it is silent.

        It is empty if the next hop is the destination.
        """
        state = router.feature(Interfaces).get(interface)
        source = None if state is None else address_of(state, destination)
        if state is None or source is None or not self._next(router, state, source, next_hop):
            return None
        if next_hop == destination:
            return []
        owner = self._asleep(destination)
        if owner is not None and self._answers(router.name, source, owner, destination):
            # it is asked for now
            self._wake(owner)
        owner = self._network.owner(destination)
        if owner is None or not self._answers(router.name, source, owner, destination):
            return None
        return self._behind(router.name, source, next_hop, destination)

    def path(self, router: "Router", destination: str) -> "Path | None":
        """How long the way to an address is now, what gets lost on it, and how long packets may be.

        None if that is not known.
        """
        if self._network.owner(destination) is None:
            return None
        return self._network.way(router.name, destination)

    def exchange(
        self, router: "Router", way: Way, probe: Probe, *, hop: int = 0, counted: bool = True
    ) -> Answer:
        """What comes of a packet that a router sends: it passes the groups of all on its way."""
        return self._carrier.exchange(router, way, probe, hop=hop, counted=counted)

    # ---- inner matters ----

    def _inside(self, own: IPv4Interface) -> Iterator[tuple[str, str]]:
        """The addresses of devices in a network, and the devices."""
        self._read()
        network = own.network
        first = bisect_left(self._numbers, int(network.network_address))
        last = bisect_right(self._numbers, int(network.broadcast_address))
        for address in self._addresses[first:last]:
            name = self._network.owner(address)
            if name is not None:
                yield address, name

    def _read(self) -> None:
        if self._seen == self._network.generation:
            return
        self._seen = self._network.generation
        owned = sorted(
            (int(ip_address(address)), address)
            for address in self._network.addresses()
            if ":" not in address
        )
        self._numbers = [number for number, _ in owned]
        self._addresses = [address for _, address in owned]

    def _answers(self, name: str, source: str, other: str, address: str) -> bool:
        """Whether packets come to an address of another device, and back."""
        if name == other or self._network.way(name, address) is None:
            return False
        return self._network.way(other, source) is not None

    def _next(self, router: "Router", state: InterfaceState, source: str, address: str) -> bool:
        """Whether a next hop is there: a device, or a router of the provider. Empty for any."""
        owner = self._network.owner(address)
        if owner is not None:
            return self._answers(router.name, source, owner, address)
        named = not address or address in self._gateways(router, state)
        return named and self._provides(router, address)

    def _provides(self, router: "Router", address: str) -> bool:
        """Whether an address next to a router is that of the provider."""
        return not self._network.known(address) and self._network.nodes[router.name].line.loss < 1

    def _gateways(self, router: "Router", state: InterfaceState) -> list[str]:
        """The next hops in the networks of an interface that the configuration names."""
        root = router.config.root
        hops = [
            str(entry.get("next_hop") or "")
            for name in ("ip route", "ipv6 route")
            for entry in root.all(name)
        ]
        for process in root.all("router bgp"):
            if process.block is not None:
                hops += [str(entry["peer"]) for entry in process.block.all("neighbor remote-as")]
        found: dict[str, None] = {}
        networks: list[IPv4Network | IPv6Network] = [own.network for own in state.ipv4]
        networks += [own.network for own in state.ipv6]
        for hop in filter(None, hops):
            try:
                address = ip_address(hop)
            except ValueError:
                continue  # a peer group
            if any(address in network for network in networks):
                found[str(address)] = None
        return list(found)

    def _behind(self, name: str, source: str, next_hop: str, destination: str) -> list[str]:
        """The hops behind the next one, as far as they are known; the packets do arrive."""
        found: list[str] = []
        owner, here, hop = self._network.owner(destination) or "", name, next_hop
        for _ in range(MOST_HOPS):
            here = self._network.owner(hop) or ""
            onward = self._next_of(here, destination)
            if here == owner or onward is None or onward in (destination, *found):
                break
            hop = onward
            found.append(hop)
        if here != owner:
            found += self._beyond(owner, source, (name, next_hop, *found))
        return [*found, destination]

    def _beyond(self, owner: str, source: str, near: Sequence[str]) -> list[str]:
        """The hops on the other side of the provider's network: as packets go back, but reversed.

        A router of the provider that stands on this side too is no hop again.
        """
        found: list[str] = []
        here = owner
        for _ in range(MOST_HOPS):
            hop = self._next_of(here, source)
            if hop is None or hop in (*near, *found):
                break
            following = self._network.owner(hop)
            if following is None:
                state = self._leaving(here, source)
                known = state is not None and hop in self._gateways(self._routers[here], state)
                if known and self._provides(self._routers[here], hop):
                    found.append(hop)
                break
            state = self._leaving(following, source)
            if following == near[0] or state is None:
                break
            found.append(address_of(state, source) or hop)
            here = following
        return found[::-1]

    def _next_of(self, name: str, destination: str) -> str | None:
        """Where a router that runs sends packets next; the destination where it is a neighbour."""
        router = self._routers.get(name)
        if router is None or not router.running:
            return None
        route = router.feature(Interfaces).lookup(destination)
        return None if route is None or not route.through else route.next_hop or destination

    def _leaving(self, name: str, destination: str) -> InterfaceState | None:
        """The interface by which a router that runs sends packets."""
        router = self._routers.get(name)
        if router is None or not router.running:
            return None
        interfaces = router.feature(Interfaces)
        route = interfaces.lookup(destination)
        return interfaces.get(route.through) if route is not None and route.through else None

    def _peer(
        self, router: "Router", address: str, mac: str, name: str = "", interface: str = ""
    ) -> Peer:
        age = (router.clock.now() - router.booted_at) % ARP_TIMEOUT_S
        return Peer(
            address=address,
            mac=mac,
            learned_at=router.clock.now() - age,
            router=self._routers.get(name),
            interface=interface,
        )

    def _port(self, name: str, address: str) -> str:
        """The interface of a booted router that has an address."""
        state = self._state(name, address)
        return state.name if state is not None else ""

    def _state(self, name: str, address: str) -> InterfaceState | None:
        router = self._routers.get(name)
        if router is None or not router.running:
            return None
        wanted = ip_address(address)
        for state in router.feature(Interfaces).all():
            if not state.unnumbered and any(own.ip == wanted for own in state.ipv4):
                return state
        return None

    def _mac(self, name: str, address: str) -> str:
        """The hardware address behind an address, also of a device that has not booted yet."""
        state = self._state(name, address)
        if state is not None:
            return state.mac
        device = self._devices.get(name)
        if device is None:
            return Chassis(f"{self._seed}:{name}").mac(0)
        platform, chassis = platform_named(device.platform), Chassis(f"{self._seed}:{name}")
        for written in written_addresses(device):
            if written.address == address:
                port = canonical_interface(written.interface) or written.interface
                return hardware_address(platform, chassis, port)
        return chassis.mac(0)
