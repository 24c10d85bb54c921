"""The state of the devices of a lab as data that JSON can say."""

from typing import TYPE_CHECKING, NotRequired, TypedDict

from ..groups.feature import Gdoi
from ..groups.inspection import GroupsState

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Network


class ReachedAt(TypedDict):
    """Where a device is reached."""

    addresses: list[str]
    """Its addresses."""
    latency_s: float
    """How long a packet takes on its access line, in seconds."""
    loss: float
    """The share of packets that get lost there, from 0 to 1."""
    mtu: int
    """The largest packet that its access line takes, in bytes."""


class DeviceState(ReachedAt):
    """A device of a lab; what there is with DEVICE."""

    name: str
    """The device."""
    platform: str
    """What it is: a router, or a `station`, which has no command line."""
    running: bool
    """Whether it is up."""
    hostname: NotRequired[str]
    """What it calls itself; not of a station."""
    booted_at: NotRequired[float]
    """When it was started, in UTC seconds since 1970; not of a station."""
    now: float
    """The time in the lab, in UTC seconds since 1970."""
    groups: GroupsState | None
    """Its groups; None while it is down."""


def router_state(router: "Router", network: "Network") -> DeviceState:
    """A router: whether it runs, where it is reached, and its groups while it runs.

    `groups` is what `Gdoi.inspect` gives, None while the router is down. Times are UTC seconds.
    """
    return {
        "name": router.name,
        "platform": router.platform.name,
        "running": router.running,
        "hostname": router.hostname,
        "booted_at": router.booted_at,
        "now": router.clock.now(),
        **reached(router.name, network),
        "groups": router.feature(Gdoi).inspect() if router.running else None,
    }


def reached(name: str, network: "Network") -> ReachedAt:
    """Where a device is reached, and its access line."""
    node = network.nodes[name]
    return {
        "addresses": sorted(node.addresses),
        "latency_s": node.line.latency_s,
        "loss": node.line.loss,
        "mtu": node.line.mtu,
    }
