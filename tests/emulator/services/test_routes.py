"""The routing table that connected networks and static routes make."""

from ipaddress import IPv4Network

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.services.interfaces import Interfaces
from getvpn.emulator.testing import make_router

TEXT = """\
vrf definition RED
 address-family ipv4
interface Loopback0
 ip address 10.1.1.1 255.255.255.255
interface GigabitEthernet0/0/0
 ip address 192.0.2.1 255.255.255.0
 ipv6 address 2001:db8::1/64
interface GigabitEthernet0/0/1
 vrf forwarding RED
 ip address 198.51.100.1 255.255.255.0
interface GigabitEthernet0/0/2
 ip address 203.0.113.1 255.255.255.0
 shutdown
"""


@pytest.fixture
def router() -> Router:
    return make_router(startup=TEXT)


def _routes(router: Router, vrf: str = "") -> list[str]:
    return [
        f"{r.code} {r.network} {r.next_hop or '-'} {r.through}"
        for r in router.feature(Interfaces).routes(vrf)
    ]


def test_networks_of_interfaces_that_are_up_are_connected(router: Router) -> None:
    assert _routes(router) == [
        "C 10.1.1.1/32 - Loopback0",
        "C 192.0.2.0/24 - GigabitEthernet0/0/0",
        "L 192.0.2.1/32 - GigabitEthernet0/0/0",
    ]


def test_each_vrf_has_a_table_of_its_own(router: Router) -> None:
    assert router.feature(Interfaces).vrfs() == ["RED"]
    assert _routes(router, "RED") == [
        "C 198.51.100.0/24 - GigabitEthernet0/0/1",
        "L 198.51.100.1/32 - GigabitEthernet0/0/1",
    ]


def test_networks_come_and_go_with_their_interface(router: Router) -> None:
    router.merge("interface Gi0/0/2\n no shutdown\n")
    assert "C 203.0.113.0/24 - GigabitEthernet0/0/2" in _routes(router)
    router.chassis.unplug("GigabitEthernet0/0/2")
    assert "C 203.0.113.0/24 - GigabitEthernet0/0/2" not in _routes(router)


@pytest.mark.parametrize(
    ("line", "route"),
    [
        ("0.0.0.0 0.0.0.0 192.0.2.254", "S 0.0.0.0/0 192.0.2.254 GigabitEthernet0/0/0"),
        ("172.16.0.0 255.240.0.0 Null0", "S 172.16.0.0/12 - Null0"),
        (
            "172.16.0.0 255.240.0.0 GigabitEthernet0/0/0 192.0.2.7",
            "S 172.16.0.0/12 192.0.2.7 GigabitEthernet0/0/0",
        ),
    ],
)
def test_a_static_route_whose_next_hop_is_reached_is_in_force(
    router: Router, line: str, route: str
) -> None:
    router.merge(f"ip route {line}\n")
    assert route in _routes(router)


@pytest.mark.parametrize(
    "line",
    [
        "172.16.0.0 255.240.0.0 203.0.113.9",
        "172.16.0.0 255.240.0.0 GigabitEthernet0/0/2",
        "172.16.0.0 255.240.0.0 172.16.0.1",
        "vrf RED 172.16.0.0 255.240.0.0 192.0.2.7",
    ],
)
def test_a_static_route_whose_next_hop_is_not_reached_is_not(router: Router, line: str) -> None:
    router.merge(f"ip route {line}\n")
    assert not any(route.startswith("S") for route in [*_routes(router), *_routes(router, "RED")])


def test_static_routes_may_lead_through_each_other(router: Router) -> None:
    router.merge("ip route 172.16.0.0 255.240.0.0 10.9.9.9\n")
    router.merge("ip route 10.9.9.0 255.255.255.0 192.0.2.7\n")
    assert "S 172.16.0.0/12 10.9.9.9 GigabitEthernet0/0/0" in _routes(router)


def test_the_better_distance_wins_and_equal_ones_share(router: Router) -> None:
    router.merge("ip route 172.16.0.0 255.240.0.0 192.0.2.7 200\n")
    router.merge("ip route 172.16.0.0 255.240.0.0 192.0.2.8\n")
    router.merge("ip route 172.16.0.0 255.240.0.0 192.0.2.9\n")
    hops = [r.next_hop for r in router.feature(Interfaces).routes() if r.code == "S"]
    assert hops == ["192.0.2.8", "192.0.2.9"]


def test_a_route_of_another_distance_takes_over(router: Router) -> None:
    router.merge("ip route 172.16.0.0 255.240.0.0 192.0.2.7 200 name backup tag 5\n")
    router.merge("ip route 172.16.0.0 255.240.0.0 203.0.113.7\n")
    (found,) = [r for r in router.feature(Interfaces).routes() if r.code == "S"]
    assert (found.distance, found.name, found.tag) == (200, "backup", 5)


def test_the_longest_prefix_wins(router: Router) -> None:
    router.merge("ip route 0.0.0.0 0.0.0.0 192.0.2.254\nip route 10.0.0.0 255.0.0.0 Null0\n")
    feature = router.feature(Interfaces)
    for address, network in (
        ("10.1.1.1", "10.1.1.1/32"),
        ("10.2.0.1", "10.0.0.0/8"),
        ("8.8.8.8", "0.0.0.0/0"),
    ):
        found = feature.lookup(address)
        assert found is not None
        assert str(found.network) == network
    assert feature.lookup("8.8.8.8", "RED") is None


def test_ipv6_has_its_own_table(router: Router) -> None:
    router.merge("ipv6 route 2001:db8:9::/48 2001:db8::7\n")
    found = [f"{r.code} {r.network} {r.through}" for r in router.feature(Interfaces).routes6()]
    assert found == [
        "C 2001:db8::/64 GigabitEthernet0/0/0",
        "L 2001:db8::1/128 GigabitEthernet0/0/0",
        "S 2001:db8:9::/48 GigabitEthernet0/0/0",
        "L ff00::/8 Null0",
    ]


# ---- which networks overlap ----


@pytest.mark.parametrize(
    ("network", "names"),
    [
        ("192.0.2.0/24", {"GigabitEthernet0/0/0"}),
        ("192.0.2.128/25", {"GigabitEthernet0/0/0"}),
        ("192.0.0.0/16", {"GigabitEthernet0/0/0"}),
        ("0.0.0.0/0", {"Loopback0", "GigabitEthernet0/0/0", "GigabitEthernet0/0/2"}),
        ("192.0.3.0/24", set()),
        ("198.51.100.0/24", set()),
    ],
)
def test_networks_that_overlap_are_found(router: Router, network: str, names: set[str]) -> None:
    networks = router.feature(Interfaces).networks()
    assert set(networks.overlapping("", IPv4Network(network), "")) == names


def test_networks_are_those_of_now(router: Router) -> None:
    networks = router.feature(Interfaces).networks()
    wanted = IPv4Network("192.0.2.0/24")
    assert list(networks.overlapping("", wanted, "GigabitEthernet0/0/0")) == []
    router.merge("interface Gi0/0/0\n ip address 10.7.7.7 255.255.255.0\n")
    assert list(networks.overlapping("", wanted, "")) == []
    router.merge("interface Gi0/0/0\n vrf forwarding RED\n ip address 192.0.2.1 255.255.255.0\n")
    assert list(networks.overlapping("RED", wanted, "")) == ["GigabitEthernet0/0/0"]
    router.merge("default interface Gi0/0/0\n")
    assert list(networks.overlapping("RED", wanted, "")) == []
