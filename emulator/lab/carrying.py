"""What becomes of packets that the routers of a lab send each other."""

from collections.abc import Mapping, Sequence
from ipaddress import IPv4Interface, IPv6Interface, ip_address
from typing import TYPE_CHECKING

from ..gdoi.packets import ICMP6, Packet, answer_to
from ..gdoi.passage import TOO_LARGE, never_lost, travel
from ..gdoi.traffic import PlainSite
from ..groups.site import RouterSite
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.reach import ICMP, UDP, Answer, Probe, Way

if TYPE_CHECKING:
    from ..device import Router
    from ..gdoi.traffic import Site
    from ..simulation.network import Network
    from ..simulation.outages import Journey
    from .stations import Stations

EPHEMERAL = 49_152
"""The port from which a router opens connections and sends probes."""
NOTICE_BYTES = 56
"""An ICMP message about a packet: its header and eight bytes of what it carries (RFC 792)."""


class Carrier:
    """Carries packets through the groups of all devices on their way.

    `routers` are those that have booted by name, `stations` the members without a command line.
    """

    def __init__(
        self,
        network: "Network",
        routers: "Mapping[str, Router]",
        stations: "Stations | None",
    ) -> None:
        self._network = network
        self._routers = routers
        self._stations = stations

    def exchange(
        self, router: "Router", way: Way, probe: Probe, *, hop: int, counted: bool
    ) -> Answer:
        """What comes of a packet that a router sends; see `services.reach.Measured`."""
        passed = way.hops[:hop] if hop else way.hops
        state = router.feature(Interfaces).get(way.interface)
        own = probe.source or (address_of(state, probe.destination) if state is not None else None)
        if own is None:
            return Answer.NONE
        sites, packet = self._sites(router, probe.vrf, passed), _packet(own, probe)
        transit = passed[-1] != probe.destination
        there = self._travel(router, sites, packet, transit=transit, counted=counted)
        if not there.arrived:
            return Answer.TOO_LARGE if there.reason == TOO_LARGE else Answer.NONE
        back = answer_to(packet)
        if probe.protocol == UDP:
            # nobody listens there, or the packet was not to live longer
            back = _packet(passed[-1], Probe(destination=own, size=NOTICE_BYTES))
        heard = self._travel(router, sites[::-1], back, transit=False, counted=counted)
        return Answer.CAME if heard.arrived else Answer.NONE

    def _travel(
        self,
        router: "Router",
        sites: "Sequence[Site | None]",
        packet: Packet,
        *,
        transit: bool,
        counted: bool,
    ) -> "Journey":
        """Let a packet travel, and be counted."""
        if not counted:
            return travel(self._network, sites, packet, transit=transit).journey
        chance = self._network.kernel.random(f"pings of {router.name}")

        def lose(share: float) -> bool:
            return never_lost(share) or (share > 0.0 and chance.random() < share)

        found = travel(self._network, sites, packet, lose=lose, transit=transit)
        found.let_count()
        if found.failure is not None:
            found.failure.tell()
        return found.journey

    def _sites(self, router: "Router", vrf: str, hops: Sequence[str]) -> "list[Site | None]":
        """A router and the devices on the way behind it; at the end, None for the provider's."""
        found: list[Site | None] = [RouterSite(router, vrf)]
        here, owner = router.name, None
        for hop in hops:
            owner = self._network.owner(hop)
            if owner is not None and owner != here:
                found.append(self._site(owner, hop))
                here = owner
        return found if owner is not None else [*found, None]

    def _site(self, name: str, address: str) -> "Site":
        """The device with an address; one that has not booted is in no group."""
        if self._stations is not None and name in self._stations:
            return self._stations.site(name)
        router = self._routers.get(name)
        if router is None or not router.running:
            return PlainSite(name)
        interfaces = router.feature(Interfaces)
        holding = (vrf for vrf in ("", *interfaces.vrfs()) if interfaces.holder(address, vrf))
        return RouterSite(router, next(holding, None))


def _packet(own: str, probe: Probe) -> Packet:
    """What a router sends from an address."""
    ipv6 = ":" in probe.destination
    return Packet(
        int(ip_address(own)),
        int(ip_address(probe.destination)),
        ICMP6 if ipv6 and probe.protocol == ICMP else probe.protocol,
        EPHEMERAL if probe.port else 0,
        probe.port,
        ipv6,
        probe.size,
        probe.unfragmented,
    )


def address_of(state: InterfaceState, destination: str) -> str | None:
    """The address from which an interface sends to a destination."""
    own: Sequence[IPv4Interface | IPv6Interface] = state.ipv6 if ":" in destination else state.ipv4
    return str(own[0].ip) if own else None
