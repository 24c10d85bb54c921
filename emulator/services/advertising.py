"""Whom CDP and LLDP find: routers of the lab with an address in the same network.

A router is known as long as it can be reached; that an entry is kept for the hold time although
nothing comes any more is left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from ..config.store import Block
from ..grammar import CLASSIC
from .chassis import Network, Peer
from .interface_state import InterfaceState
from .interfaces import Interfaces

if TYPE_CHECKING:
    from ..device import Router

CDP_TIMER_S, CDP_HOLD_S = 60, 180
LLDP_TIMER_S, LLDP_HOLD_S = 30, 120
CDP, LLDP = "cdp", "lldp"


@runtime_checkable
class Segments(Network, Protocol):
    """A network that wakes devices which have not booted yet."""

    def neighbours(self, router: "Router", interface: str) -> Sequence[Peer]:
        """The neighbours of an interface, all of them booted."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbour:
    """A router that has been heard at `local`: it has sent from its interface `remote`.

    `hold_s` is how many seconds longer it will be known.
    """

    local: InterfaceState
    router: "Router"
    remote: InterfaceState
    hold_s: int

    @property
    def device_id(self) -> str:
        """Its name, with its domain if it has one."""
        router = self.router
        return f"{router.hostname}.{router.domain}" if router.domain else router.hostname


def cdp_runs(router: "Router") -> bool:
    """Whether CDP is on: it is from the beginning on IOS, and only if configured on IOS-XE."""
    root = router.config.root
    return root.has("cdp run") or (router.family == CLASSIC and not root.off("cdp run"))


def speaks(router: "Router", protocol: str, name: str, way: str = "") -> bool:
    """Whether a protocol is on at a port; `way` is `transmit` or `receive`, for LLDP only."""
    if name not in router.platform.hardware.interfaces:
        return False
    entry = router.config.root.find("interface", name)
    block = entry.block if entry is not None and entry.block is not None else Block("interface")
    if protocol == LLDP:
        return router.config.root.has("lldp run") and not block.off(f"lldp {way}")
    if not cdp_runs(router):
        return False
    return not block.off("cdp enable") if router.family == CLASSIC else block.has("cdp enable")


def neighbours(router: "Router", protocol: str, interface: str | None = None) -> list[Neighbour]:
    """The routers that a protocol has found, at one interface or at all, by their names."""
    network = router.chassis.network
    found: list[Neighbour] = []
    if not isinstance(network, Segments):
        return found
    for state in router.feature(Interfaces).all():
        if interface not in (None, state.name) or not state.line_up:
            continue
        if not speaks(router, protocol, state.name, "receive"):
            continue
        for peer in network.neighbours(router, state.name):
            other = peer.router
            if other is None or not speaks(other, protocol, peer.interface, "transmit"):
                continue
            remote = other.feature(Interfaces).get(peer.interface)
            if remote is not None:
                hold = _left(other, remote, protocol)
                found.append(Neighbour(local=state, router=other, remote=remote, hold_s=hold))
    return sorted(found, key=lambda each: each.device_id)


def timer_s(router: "Router", protocol: str) -> int:
    """How often a router sends."""
    usual = CDP_TIMER_S if protocol == CDP else LLDP_TIMER_S
    return int(router.config.root.value(f"{protocol} timer", "seconds", usual))


def advertised(router: "Router", state: InterfaceState, protocol: str) -> int:
    """How many advertisements have gone out of a port since its line came up."""
    if not state.line_up:
        return 0
    return 1 + int(router.clock.now() - state.changed_at) // timer_s(router, protocol)


def _left(router: "Router", state: InterfaceState, protocol: str) -> int:
    """The hold time that is left of what a router has sent last."""
    usual = CDP_HOLD_S if protocol == CDP else LLDP_HOLD_S
    hold = int(router.config.root.value(f"{protocol} holdtime", "seconds", usual))
    return hold - int(router.clock.now() - state.changed_at) % timer_s(router, protocol)
