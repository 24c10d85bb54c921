"""The state of the devices of a lab as data that JSON can say."""

from typing import TYPE_CHECKING, Any

from ..groups.feature import Gdoi

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Network


def router_state(router: "Router", network: "Network") -> dict[str, Any]:
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


def reached(name: str, network: "Network") -> dict[str, Any]:
    """Where a device is reached, and its access line."""
    node = network.nodes[name]
    return {
        "addresses": sorted(node.addresses),
        "latency_s": node.line.latency_s,
        "loss": node.line.loss,
        "mtu": node.line.mtu,
    }
