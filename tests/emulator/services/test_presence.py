"""Routers as nodes of the network of their lab."""

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.simulation.network import Network
from getvpn.emulator.testing import console, make_router, world

STARTUP = """\
hostname GM1
ip vrf A
interface GigabitEthernet0/0/0
 ip address 10.0.0.1 255.255.255.0
 ip address 10.0.9.1 255.255.255.0 secondary
 no shutdown
interface GigabitEthernet0/0/1
 ip vrf forwarding A
 ip address 10.1.0.1 255.255.255.0
 no shutdown
interface GigabitEthernet0/0/2
 ip address 10.2.0.1 255.255.255.0
 shutdown
interface Loopback0
 ip address 10.3.0.1 255.255.255.255
 ipv6 address 2001:db8::1/128
interface Tunnel0
 ip unnumbered Loopback0
ip route 192.0.2.0 255.255.255.0 10.0.0.2
ip route vrf A 203.0.113.0 255.255.255.0 10.1.0.2
"""
ADDRESSES = {"10.0.0.1", "10.0.9.1", "10.1.0.1", "10.3.0.1", "2001:db8::1"}


@pytest.fixture
def network() -> Network:
    return world()


@pytest.fixture
def router(network: Network) -> Router:
    return make_router("GM1", startup=STARTUP, network=network)


def owned(network: Network) -> set[str]:
    return set(network.nodes["GM1"].addresses)


def reaches(network: Network, *addresses: str) -> list[bool]:
    return [network.has_route("10.0.0.1", address) for address in addresses]


def test_a_router_is_reached_at_the_addresses_of_interfaces_that_are_up(
    network: Network, router: Router
) -> None:
    assert router.network is network
    assert owned(network) == ADDRESSES
    assert network.owner("10.0.0.1") == "GM1"


def test_a_router_reaches_what_any_of_its_tables_has_a_route_to(
    network: Network, router: Router
) -> None:
    where = ("192.0.2.9", "203.0.113.9", "10.1.0.77", "198.51.100.1", "2001:db8::2")
    assert reaches(network, *where) == [True, True, True, False, False]
    console(router).configure("ip route 0.0.0.0 0.0.0.0 10.0.0.2")
    assert reaches(network, *where) == [True, True, True, True, False]
    console(router).configure("no ip route vrf A 203.0.113.0 255.255.255.0 10.1.0.2")
    console(router).configure("no ip route 0.0.0.0 0.0.0.0 10.0.0.2")
    assert reaches(network, *where) == [True, False, True, False, False]


def test_addresses_come_and_go_with_the_configuration(network: Network, router: Router) -> None:
    terminal = console(router)
    terminal.configure("interface GigabitEthernet0/0/2\n no shutdown")
    assert owned(network) == ADDRESSES | {"10.2.0.1"}
    terminal.configure("interface GigabitEthernet0/0/0\n shutdown")
    assert owned(network) == {"10.1.0.1", "10.2.0.1", "10.3.0.1", "2001:db8::1"}
    terminal.configure("interface GigabitEthernet0/0/0\n no shutdown")
    terminal.configure("no interface Loopback0")
    assert owned(network) == {"10.0.0.1", "10.0.9.1", "10.1.0.1", "10.2.0.1"}


def test_a_cable_that_is_pulled_takes_the_addresses_of_its_port(
    network: Network, router: Router
) -> None:
    router.chassis.unplug("GigabitEthernet0/0/0")
    assert owned(network) == {"10.1.0.1", "10.3.0.1", "2001:db8::1"}
    router.chassis.plug("GigabitEthernet0/0/0")
    assert owned(network) == ADDRESSES


def test_nothing_reaches_a_loopback_while_all_ports_are_down(
    network: Network, router: Router
) -> None:
    terminal = console(router)
    terminal.configure("interface GigabitEthernet0/0/0\n shutdown")
    router.chassis.unplug("GigabitEthernet0/0/1")
    assert owned(network) == set()
    terminal.run("ping 10.3.0.1")
    router.clock.advance(30)  # type: ignore[attr-defined]  # a kernel
    assert "!!!!!" in terminal.take()
    router.chassis.plug("GigabitEthernet0/0/1")
    assert owned(network) == {"10.1.0.1", "10.3.0.1", "2001:db8::1"}


def test_lines_that_say_nothing_of_addresses_change_nothing(
    network: Network, router: Router
) -> None:
    before = network.generation
    console(router).configure("interface GigabitEthernet0/0/0\n description WAN\nhostname GM7")
    assert network.generation == before


def test_a_router_that_is_down_is_not_reached(network: Network, router: Router) -> None:
    network.attach("KS1")
    network.own("KS1", ["10.0.0.100"])
    assert network.path("10.0.0.100", "10.0.0.1") is not None
    router.reload()
    assert network.path("10.0.0.100", "10.0.0.1") is None
    router.clock.advance(router.behaviour.boot_s)  # type: ignore[attr-defined]  # a kernel
    assert network.path("10.0.0.100", "10.0.0.1") is not None
    router.power_off()
    router.chassis.unplug("GigabitEthernet0/0/0")
    assert network.path("10.0.0.100", "10.0.0.1") is None


def test_a_router_that_stands_alone_needs_no_network() -> None:
    router = make_router("GM1", startup=STARTUP)
    console(router).configure("interface GigabitEthernet0/0/0\n shutdown")
    router.power_off()
    assert (router.kernel, router.network) == (None, None)


def test_a_router_takes_the_kernel_of_its_network_for_its_clock(
    network: Network, router: Router
) -> None:
    assert router.kernel is network.kernel
    assert router.clock is network.kernel
