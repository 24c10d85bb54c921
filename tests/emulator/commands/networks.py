"""Routers with interfaces, addresses and routes, and NAPALM reading them without a network."""

from typing import Any

import pytest

from getvpn.emulator.services.interface_state import InterfaceState
from getvpn.emulator.services.interfaces import Interfaces

from .readers import PLATFORMS, Bench

PORTS = {
    "isr4451": [f"GigabitEthernet0/0/{n}" for n in range(4)],
    "c8000v": [f"GigabitEthernet{n}" for n in range(1, 5)],
    "isr2911": [f"GigabitEthernet0/{n}" for n in range(3)],
}
NETWORK = """\
hostname KS1
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
 ipv6 address 2001:DB8:FF::1/128
interface {0}
 description WAN of the hub
 ip address 192.0.2.1 255.255.255.0
 ip address 198.51.100.1 255.255.255.0 secondary
 ipv6 address 2001:DB8:1::1/64
interface {1}
 no ip address
 shutdown
interface {2}
 no ip address
interface {2}.100
 description Users
 encapsulation dot1Q 100
 ip address 10.1.100.1 255.255.255.0
interface Tunnel0
 ip address 10.9.0.1 255.255.255.0
 tunnel source {0}
 tunnel destination 203.0.113.9
"""


def network(platform: str, more: str = "", *, before: str = "") -> Bench:
    """A router with the network above; `{0}` to `{2}` in `more` and `before` are its ports."""
    ports = PORTS[platform]
    if platform == "isr2911":
        before += "interface Embedded-Service-Engine0/0\n shutdown\n"
    text = before.format(*ports) + NETWORK.format(*ports) + more.format(*ports)
    return Bench(platform, text)


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    """A router of each platform with the network above."""
    return network(request.param)


def port(bench: Bench, number: int) -> str:
    """The full name of a port."""
    return PORTS[bench.router.platform.name][number]


def states(bench: Bench) -> dict[str, InterfaceState]:
    """The true state of the interfaces."""
    return {state.name: state for state in bench.router.feature(Interfaces).all()}


def napalm(bench: Bench) -> Any:
    """NAPALM's driver, reading the console of a router."""
    driver_class = pytest.importorskip("napalm.ios").IOSDriver

    class Reader(driver_class):  # type: ignore[misc, valid-type]
        """Sends commands to the console, as netmiko would give them back: stripped."""

        def _send_command(self, command: str) -> str:
            return self._send_command_postprocess(bench.run(command).rstrip())

    return Reader("192.0.2.1", "admin", "pw")
