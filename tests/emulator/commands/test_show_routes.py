"""Routing tables, forwarding tables and ARP, read by people's tools and compared with the truth."""

from ipaddress import IPv4Interface, ip_network

import pytest

from getvpn.emulator.services.chassis import Peer
from getvpn.emulator.services.interfaces import Interfaces

from .networks import napalm, network, port
from .readers import PLATFORMS, Bench, read_by_genie

STATICS = """\
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route 10.50.0.0 255.255.0.0 192.0.2.2
ip route 10.50.0.0 255.255.0.0 192.0.2.3
ip route 10.60.0.0 255.255.0.0 Null0
ip route 172.20.0.0 255.255.0.0 {0} 192.0.2.7 200 tag 77
ip route 192.168.9.0 255.255.255.0 203.0.113.1
ipv6 route ::/0 2001:DB8:1::254
"""


class Neighbours:
    """A link with one neighbour that answers ARP."""

    def __init__(self, interface: str, learned_at: float) -> None:
        self.interface = interface
        self.peer = Peer(address="192.0.2.2", mac="aabb.cc00.0200", learned_at=learned_at)

    def peers(self, _router: object, interface: str) -> list[Peer]:
        return [self.peer] if interface == self.interface else []

    def lease(self, _router: object, _interface: str) -> IPv4Interface | None:
        return None


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    bench = network(request.param, STATICS)
    now = bench.router.clock.now()
    bench.router.chassis.network = Neighbours(port(bench, 0), now - 130)  # type: ignore[assignment]
    return bench


def _true_routes(bench: Bench) -> dict[str, str]:
    routes = bench.router.feature(Interfaces).routes()
    return {str(route.network): route.code for route in routes}


def test_genie_reads_the_routing_table_as_it_is(bench: Bench) -> None:
    routes = bench.genie("show ip route")["vrf"]["default"]["address_family"]["ipv4"]["routes"]

    true = _true_routes(bench)
    assert routes.keys() == true.keys()
    for network_text, code in true.items():
        assert routes[network_text]["source_protocol_codes"].rstrip("*") == code
    assert routes["0.0.0.0/0"]["source_protocol_codes"] == "S*"
    hops = routes["10.50.0.0/16"]["next_hop"]["next_hop_list"]
    assert [hop["next_hop"] for hop in hops.values()] == ["192.0.2.2", "192.0.2.3"]
    assert routes["172.20.0.0/16"]["route_preference"] == 200
    local = routes["192.0.2.1/32"]["next_hop"]["outgoing_interface"]
    assert list(local) == [port(bench, 0)]


def test_ntc_templates_read_the_routing_table_as_it_is(bench: Bench) -> None:
    rows = bench.textfsm("show ip route")

    networks = {f"{row['network']}/{row['prefix_length']}" for row in rows}
    assert networks == _true_routes(bench).keys()


def test_the_gateway_of_last_resort_is_told(bench: Bench) -> None:
    assert "Gateway of last resort is 192.0.2.254 to network 0.0.0.0\n" in bench.run(
        "show ip route"
    )
    bench.console.configure("no ip route 0.0.0.0 0.0.0.0 192.0.2.254\n")
    assert "Gateway of last resort is not set\n" in bench.run("show ip route")


def test_the_legend_is_that_of_the_release() -> None:
    legends = {name: network(name).run("show ip route") for name in PLATFORMS}

    assert "m - OMP" in legends["c8000v"]
    assert "& - replicated local route" in legends["c8000v"]
    assert "m - OMP" not in legends["isr4451"]
    assert (
        "o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP" in (legends["isr2911"])
    )


def test_networks_of_one_class_stand_under_a_line(bench: Bench) -> None:
    text = bench.run("show ip route")

    assert "      10.0.0.0/8 is variably subnetted, 7 subnets, 3 masks\n" in text
    assert "S        10.50.0.0/16 [1/0] via 192.0.2.3\n                      [1/0] via" not in text
    assert (
        "S        10.50.0.0/16 [1/0] via 192.0.2.2\n                      [1/0] via 192.0.2.3\n"
    ) in text
    assert "S        10.60.0.0/16 is directly connected, Null0\n" in text
    assert f"S     172.20.0.0/16 [200/0] via 192.0.2.7, {port(bench, 0)}\n" in text


def test_networks_of_one_mask_are_shown_without_it() -> None:
    bench = network("isr4451", "ip route 172.21.1.0 255.255.255.0 Null0\n")

    text = bench.run("show ip route static")
    assert "      172.21.0.0/24 is subnetted, 1 subnets\n" in text
    assert "S        172.21.1.0 is directly connected, Null0\n" in text
    found = bench.genie("show ip route")["vrf"]["default"]["address_family"]["ipv4"]["routes"]
    assert "172.21.1.0/24" in found


def test_one_source_is_shown_alone(bench: Bench) -> None:
    rows = bench.run("show ip route connected")
    assert "\nS " not in rows
    assert "\nC  " in rows
    assert "\nC  " not in bench.run("show ip route static")
    assert "\nO  " not in bench.run("show ip route ospf")
    longer = bench.run("show ip route 10.50.0.0 255.254.0.0 longer-prefixes")
    assert "10.50.0.0/16" in longer
    assert "10.60.0.0/16" not in longer
    assert "10.0.0.0/8 is variably subnetted, 7 subnets, 3 masks" in longer


def test_genie_reads_one_entry(bench: Bench) -> None:
    entry = bench.genie("show ip route 10.50.3.3")["entry"]["10.50.0.0/16"]
    assert entry["known_via"] == "static"
    assert entry["distance"] == "1"
    paths = entry["paths"]
    assert [path["nexthop"] for path in paths.values()] == ["192.0.2.2", "192.0.2.3"]

    entry = bench.genie("show ip route 192.0.2.77")["entry"]["192.0.2.0/24"]
    assert entry["known_via"] == "connected"
    assert entry["paths"][1]["interface"] == port(bench, 0)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("show ip route 8.8.8.8", "% Network not in table"),
        ("show ip route 10.77.0.1", "% Subnet not in table"),
        ("show ip route 10.50.0.0 255.255.255.0", "% Subnet not in table"),
        ("show ip route 192.168.10.1", "% Network not in table"),
        ("show ipv6 route 2001:DB8:99::/64", "% Route not found"),
    ],
)
def test_what_is_not_in_the_table_is_told(bench: Bench, command: str, answer: str) -> None:
    assert bench.run(command).startswith(answer)


def test_the_way_to_a_divided_network_lists_its_parts(bench: Bench) -> None:
    text = bench.run("show ip route 192.0.2.0")

    assert text.startswith("Routing entry for 192.0.2.0/24, 2 known subnets\n")
    assert "  Variably subnetted with 2 masks\n" in text


def test_genie_reads_the_summary(bench: Bench) -> None:
    found = bench.genie("show ip route summary")["vrf"]["default"]

    true = _true_routes(bench)
    connected = found["route_source"]["connected"]
    static = found["route_source"]["static"]
    assert connected["networks"] + connected["subnets"] == sum(c in "CL" for c in true.values())
    assert static["networks"] + static["subnets"] == sum(c == "S" for c in true.values())
    assert found["total_route_source"]["subnets"] == connected["subnets"] + static["subnets"]


def test_genie_reads_the_ipv6_table(bench: Bench) -> None:
    found = bench.genie("show ipv6 route")["vrf"]["default"]["address_family"]["ipv6"]["routes"]

    true = bench.router.feature(Interfaces).routes6()
    assert {ip_network(text) for text in found} == {route.network for route in true}
    assert found["2001:DB8:FF::1/128"]["source_protocol_codes"] == "LC"
    assert len(true) == int(bench.run("show ipv6 route").split(" - ")[2].split()[0])
    rows = bench.textfsm("show ipv6 route")
    assert {row["network"] for row in rows} == found.keys()


def test_genie_reads_the_ipv6_summary_and_an_entry(bench: Bench) -> None:
    text = bench.run("show ipv6 route summary")
    found = read_by_genie("isr4451", "show ipv6 route summary", text)["vrf"]["default"]
    assert found["total_route_source"]["networks"] == len(
        bench.router.feature(Interfaces).routes6()
    )
    entry = bench.genie("show ipv6 route 2001:DB8:1::77")["entry"]["2001:DB8:1::/64"]
    assert entry["known_via"] == "connected"


def test_genie_reads_the_forwarding_table(bench: Bench) -> None:
    text = bench.run("show ip cef")
    found = read_by_genie("isr4451", "show ip cef", text)
    prefixes = found["vrf"]["default"]["address_family"]["ipv4"]["prefix"]
    assert prefixes.keys() >= _true_routes(bench).keys()
    assert "192.0.2.254" in prefixes["0.0.0.0/0"]["nexthop"]
    rows = {
        row["ip_address"] + "/" + row["prefix_length"]: row for row in bench.textfsm("show ip cef")
    }
    assert rows["10.50.0.0/16"]["nexthop"] == ["192.0.2.2", "192.0.2.3"]

    assert bench.run("show ip cef 10.50.1.1").split() == [
        "10.50.0.0/16",
        *f"nexthop 192.0.2.2 {port(bench, 0)}".split(),
        *f"nexthop 192.0.2.3 {port(bench, 0)}".split(),
    ]
    assert "receive for" in bench.run("show ip cef 192.0.2.1")
    assert "%Prefix not found" in bench.run("show ip cef 10.50.1.0/24")
    assert "  nexthop 2001:DB8:1::254" in bench.run("show ipv6 cef")


def test_napalm_reads_the_way_to_a_network(bench: Bench) -> None:
    reader = napalm(bench)

    (route,) = reader.get_route_to("0.0.0.0/0")["0.0.0.0/0"]
    assert (route["protocol"], route["next_hop"]) == ("static", "192.0.2.254")
    (route,) = reader.get_route_to("192.0.2.0/24")["192.0.2.0/24"]
    assert (route["protocol"], route["outgoing_interface"]) == ("connected", port(bench, 0))
    assert reader.get_route_to("203.0.113.0/24") == {"203.0.113.0/24": []}


def test_napalm_reads_the_arp_table(bench: Bench) -> None:
    entries = {entry["ip"]: entry for entry in napalm(bench).get_arp_table()}

    assert entries["192.0.2.2"] == {
        "interface": port(bench, 0),
        "mac": "AA:BB:CC:00:02:00",
        "ip": "192.0.2.2",
        "age": 2.0,
    }
    assert entries["192.0.2.1"]["age"] == -1
    assert entries.keys() == {e.address for e in bench.router.feature(Interfaces).arp()}


def test_genie_and_ntc_templates_read_the_arp_table(bench: Bench) -> None:
    command = "show ip arp" if bench.router.family == "classic" else "show arp"
    found = bench.genie(command)["interfaces"][port(bench, 0)]["ipv4"]["neighbors"]
    assert found["192.0.2.2"]["link_layer_address"] == "aabb.cc00.0200"
    assert found["192.0.2.2"]["age"] == "2"

    rows = bench.textfsm("show ip arp")
    assert {row["ip_address"] for row in rows} >= {"192.0.2.1", "192.0.2.2"}
    assert "192.0.2.1 " not in bench.run("show arp 192.0.2.2")
    assert "Total number of Dynamic ARP entries: 1." in bench.run("show arp summary")


def test_a_router_alone_has_no_ipv6_neighbours(bench: Bench) -> None:
    assert napalm(bench).get_ipv6_neighbors_table() == []


def test_the_default_route_without_a_way_is_gone(bench: Bench) -> None:
    bench.router.chassis.unplug(port(bench, 0))

    assert "S*" not in bench.run("show ip route")
    assert "0.0.0.0/0            no route" in bench.run("show ip cef")
