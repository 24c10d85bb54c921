"""VLANs, adjacencies, static routes, policies and RIP in tables, read by people's tools."""

from ipaddress import IPv4Interface

import pytest

from getvpn.emulator.services.chassis import Peer
from getvpn.emulator.services.interfaces import Interfaces

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

LINES = """\
ip route 0.0.0.0 0.0.0.0 192.0.2.2
ip route 10.50.0.0 255.255.0.0 192.0.2.2
ip route 10.50.0.0 255.255.0.0 192.0.2.3 200
ip route 10.60.0.0 255.255.0.0 {0} 192.0.2.4
router rip
 version 2
 network 198.51.100.0
route-map PBR permit 10
 set ip next-hop 192.0.2.2
interface {0}
 ip policy route-map PBR
"""


class Neighbour:
    """A link with one neighbour."""

    def peers(self, _router: object, interface: str) -> list[Peer]:
        if not interface.endswith(("0/0", "0/0/0", "Ethernet1")):
            return []
        return [Peer(address="192.0.2.2", mac="aabb.cc00.0200", learned_at=0)]

    def lease(self, _router: object, _interface: str) -> IPv4Interface | None:
        return None


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    found = network(request.param, LINES)
    found.router.chassis.network = Neighbour()
    return found


def test_ntc_templates_read_the_adjacencies(bench: Bench) -> None:
    (row,) = bench.textfsm("show adjacency")

    assert (row["interface"], row["endpoint"]) == (port(bench, 0), "192.0.2.2")


def test_genie_reads_the_traffic_by_protocol(bench: Bench) -> None:
    name = port(bench, 0)
    found = bench.genie("show interfaces accounting")

    true = bench.router.feature(Interfaces).counters(name)
    read = found[name]["accounting"]["ip"]
    assert (read["pkts_in"], read["chars_out"]) == (true.packets_in, true.bytes_out)
    assert found[name]["description"] == "WAN of the hub"
    assert "No traffic sent or received on this interface.\n" in bench.run(
        "show interfaces loopback 0 accounting"
    )


def test_genie_reads_the_static_routes_in_force_and_the_others(bench: Bench) -> None:
    found = bench.genie("show ip static route")
    routes = found["vrf"]["default"]["address_family"]["ipv4"]["routes"]

    assert routes.keys() == {"0.0.0.0/0", "10.50.0.0/16", "10.60.0.0/16"}
    hops = routes["10.50.0.0/16"]["next_hop"]["next_hop_list"]
    assert {hop["next_hop"]: hop["active"] for hop in hops.values()} == {
        "192.0.2.2": True,
        "192.0.2.3": False,
    }
    assert f"M  10.60.0.0/16 [1/0] via {port(bench, 0)} 192.0.2.4 [A]\n" in bench.run(
        "show ip static route"
    )


def test_genie_reads_rip_and_policies(bench: Bench) -> None:
    rip = bench.genie("show ip rip database")["vrf"][""]["address_family"]["ipv4"]["instance"]
    (route,) = rip["rip"]["routes"]["198.51.100.0/24"]["index"].values()
    assert route == {"route_type": "connected", "interface": port(bench, 0)}
    text = bench.run("show ip policy")
    found = read_by_genie("isr4451", "show ip policy", text)
    assert "PBR" in str(found)
    addresses = bench.run("show ip aliases")
    assert "Interface                10.255.0.1\n" in addresses
    assert "Interface                198.51.100.1\n" in addresses


def test_a_vrf_is_shown_with_all_that_belongs_to_it(bench: Bench) -> None:
    bench.configure(
        "vrf definition RED\nrd 65000:1\naddress-family ipv4\nexit\nvrf definition BLUE\n"
        "interface Loopback7\nvrf forwarding RED\nip address 172.16.7.1 255.255.255.255\n"
        "ip route vrf RED 10.80.0.0 255.255.0.0 Null0\nip route vrf BLUE 10.0.0.0 255.0.0.0 Null0"
    )

    text = bench.run("show running-config vrf RED")
    found = read_by_genie("isr4451", "show running-config vrf", text)
    assert found["vrf"].keys() == {"RED"}
    assert list(found["vrf"]["RED"]["interfaces"]) == ["Loopback7"]
    assert text.endswith("!\nip route vrf RED 10.80.0.0 255.255.0.0 Null0\nend\n\n")
    assert "BLUE" not in text
    assert "vrf definition BLUE\n" in bench.run("show running-config vrf")
