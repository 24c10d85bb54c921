"""OSPF, EIGRP, RIP and BGP by the configuration, read by people's tools."""

from typing import Any

import pytest

from .networks import napalm, network, port, states
from .readers import PLATFORMS, Bench, _device, read_by_genie

PROTOCOLS = """\
router ospf 1
 router-id 10.255.0.1
 passive-interface {2}.100
 network 10.0.0.0 0.255.255.255 area 0
 network 192.0.2.0 0.0.0.255 area 10
 area 10 stub
router eigrp 100
 network 192.0.2.0
 network 10.1.0.0 0.0.255.255
router rip
 version 2
 network 198.51.100.0
router bgp 65000
 bgp router-id 10.255.0.1
 neighbor PEERS peer-group
 neighbor PEERS remote-as 65000
 neighbor 10.200.0.9 peer-group PEERS
 neighbor 192.0.2.2 remote-as 65001
 neighbor 192.0.2.2 description Provider edge
 neighbor 192.0.2.3 remote-as 65003
 neighbor 192.0.2.3 shutdown
 neighbor 2001:DB8:1::2 remote-as 65001
 address-family ipv4
  network 10.255.0.1 mask 255.255.255.255
  network 10.99.0.0 mask 255.255.0.0
  no neighbor 2001:DB8:1::2 activate
  neighbor 10.200.0.9 activate
  neighbor 192.0.2.2 activate
  neighbor 192.0.2.3 activate
 exit-address-family
 address-family ipv6
  neighbor 2001:DB8:1::2 activate
 exit-address-family
interface Tunnel0
 ip ospf 1 area 0
 ip ospf cost 77
"""
BACKBONE = "0.0.0.0"  # noqa: S104 - an area, not an address
STATES = {"10.200.0.9": "Idle", "192.0.2.2": "Active", "192.0.2.3": "Idle (Admin)"}


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, PROTOCOLS)


def _read(bench: Bench, command: str) -> dict[str, Any]:
    """Genie's parser for IOS-XE, which for IOS has none of some commands."""
    return read_by_genie("isr4451", command, bench.run(command))


def _read_asking(bench: Bench, command: str) -> dict[str, Any]:
    """The same for parsers that ask the router for more."""
    pytest.importorskip("genie.libs.parser")
    from genie.libs.parser.utils import get_parser

    reader, _ = get_parser(command, _device("isr4451"))
    parsed: dict[str, Any] = reader(device=_Asked(bench)).cli(output=bench.run(command))
    return parsed


class _Asked:
    """What a parser asks: the console of a router."""

    def __init__(self, bench: Bench) -> None:
        self.execute = bench.run


# ---- OSPF ----


def test_genie_reads_the_ospf_process(bench: Bench) -> None:
    found = _read(bench, "show ip ospf")
    process = found["vrf"]["default"]["address_family"]["ipv4"]["instance"]["1"]

    assert process["router_id"] == "10.255.0.1"
    assert process["total_areas"] == 2
    assert (process["total_normal_areas"], process["total_stub_areas"]) == (1, 1)
    backbone = process["areas"][BACKBONE]["statistics"]
    assert (backbone["interfaces_count"], backbone["loopback_count"]) == (3, 1)


def test_genie_and_ntc_templates_read_the_ospf_interfaces(bench: Bench) -> None:
    found = _read(bench, "show ip ospf interface brief")["instance"]["1"]["areas"]

    assert set(found[BACKBONE]["interfaces"]) == {f"{port(bench, 2)}.100", "Loopback0", "Tunnel0"}
    wan = found["0.0.0.10"]["interfaces"][port(bench, 0)]
    assert (wan["state"], wan["cost"], wan["ip_address"]) == ("DR", 1, "192.0.2.1/24")
    assert found[BACKBONE]["interfaces"]["Tunnel0"]["cost"] == 77
    assert found[BACKBONE]["interfaces"]["Loopback0"]["state"] == "LOOP"
    rows = bench.textfsm("show ip ospf interface brief")
    assert {row["area"] for row in rows} == {"0", "10"}


def test_an_ospf_interface_tells_how_it_came_to_be_one(bench: Bench) -> None:
    text = bench.run("show ip ospf interface tunnel 0")
    assert "  Attached via Interface Enable\n" in text
    assert "Network Type POINT_TO_POINT, Cost: 77\n" in text
    text = bench.run(f"show ip ospf interface {port(bench, 2)}.100")
    assert "  Attached via Network Statement\n" in text
    assert "No Hellos (Passive interface)" in text
    assert "treated as a stub Host" in bench.run("show ip ospf interface loopback 0")
    shut = bench.run(f"show ip ospf interface {port(bench, 1)}")
    assert shut.startswith(f"%OSPF: OSPF not enabled on {port(bench, 1)}")


def test_nobody_is_an_ospf_neighbour(bench: Bench) -> None:
    assert bench.run("show ip ospf neighbor").strip() == ""


# ---- EIGRP ----


def test_ntc_templates_read_the_eigrp_topology(bench: Bench) -> None:
    rows = {
        f"{r['network']}/{r['prefix_length']}": r for r in bench.textfsm("show ip eigrp topology")
    }

    assert rows.keys() == {"192.0.2.0/24", "10.1.100.0/24"}
    assert rows["192.0.2.0/24"]["fd"] == "2816"
    assert rows["192.0.2.0/24"]["router_id"] == "10.255.0.1"


def test_genie_reads_the_eigrp_interfaces(bench: Bench) -> None:
    found = _read(bench, "show ip eigrp interfaces")
    process = found["vrf"]["default"]["eigrp_instance"]["100"]["address_family"]["ipv4"]
    assert set(process["interface"]) == {port(bench, 0), f"{port(bench, 2)}.100"}
    assert bench.run("show ip eigrp neighbors").strip() == "EIGRP-IPv4 Neighbors for AS(100)"


# ---- all of them ----


def test_genie_reads_the_protocols(bench: Bench) -> None:
    text = bench.run("show ip protocols")

    for name in ("application", "ospf 1", "eigrp 100", "rip", "bgp 65000"):
        assert f'Routing Protocol is "{name}"\n' in text
    assert "    192.0.2.0 0.0.0.255 area 10\n" in text
    assert "    10.1.0.0/16\n" in text
    assert "  Routing on Interfaces Configured Explicitly (Area 0):\n    Tunnel0\n" in text
    found = _read_asking(bench, "show ip protocols")["protocols"]
    ospf = found["ospf"]["vrf"]["default"]["address_family"]["ipv4"]["instance"]["1"]
    assert ospf["router_id"] == "10.255.0.1"
    assert found["bgp"]["instance"]["default"]["bgp_id"] == 65000
    assert bench.run("show ip protocols | include bgp").strip() == (
        'Routing Protocol is "bgp 65000"'
    )


def test_protocols_join_their_groups(bench: Bench) -> None:
    groups = bench.genie("show ip interface")[port(bench, 0)]["multicast_groups"]

    assert set(groups) == {"224.0.0.5", "224.0.0.6", "224.0.0.10", "224.0.0.9"}


# ---- BGP ----


def test_genie_reads_the_bgp_summary(bench: Bench) -> None:
    found = bench.genie("show bgp all summary")["vrf"]["default"]["neighbor"]

    assert found.keys() == {*STATES, "2001:DB8:1::2"}
    for address, state in STATES.items():
        family = found[address]["address_family"]["ipv4 unicast"]
        assert family["state_pfxrcd"] == state
        assert family["local_as"] == 65000
    assert "ipv6 unicast" in found["2001:DB8:1::2"]["address_family"]


def test_ntc_templates_read_the_bgp_summary(bench: Bench) -> None:
    rows = {row["bgp_neighbor"]: row for row in bench.textfsm("show ip bgp summary")}

    assert {name: row["state_or_prefixes_received"] for name, row in rows.items()} == STATES
    assert rows["192.0.2.2"]["neighbor_as"] == "65001"


def test_the_networks_that_are_announced_are_in_the_table(bench: Bench) -> None:
    text = bench.run("show ip bgp")
    assert " *>   10.255.0.1/32    0.0.0.0                  0         32768 i\n" in text
    assert "10.99.0.0" not in text
    (row,) = bench.textfsm("show ip bgp")
    assert (row["network"], row["weight"], row["origin"]) == ("10.255.0.1/32", "32768", "i")
    assert "1 network entries using" in bench.run("show ip bgp summary")


def test_napalm_reads_the_bgp_neighbours(bench: Bench) -> None:
    found = napalm(bench).get_bgp_neighbors()["global"]

    assert found["router_id"] == "10.255.0.1"
    peers = found["peers"]
    assert peers.keys() == {*STATES, "2001:db8:1::2"}
    assert peers["192.0.2.2"]["remote_as"] == 65001
    assert peers["192.0.2.2"]["description"] == "Provider edge"
    assert not any(peer["is_up"] for peer in peers.values())
    assert [peers[name]["is_enabled"] for name in STATES] == [True, True, False]
    assert set(peers["2001:db8:1::2"]["address_family"]) == {"ipv6 unicast"}


def test_napalm_reads_the_details_of_the_bgp_neighbours(bench: Bench) -> None:
    found = napalm(bench).get_bgp_neighbors_detail()["global"]

    (peer,) = [one for one in found[65001] if one["remote_address"] == "192.0.2.2"]
    assert (peer["local_as"], peer["connection_state"]) == (65000, "Active")
    (idle,) = found[65000]
    assert (idle["up"], idle["connection_state"]) == (False, "Idle")


def test_genie_reads_a_bgp_neighbour(bench: Bench) -> None:
    found = bench.genie("show bgp all neighbors")["vrf"]["default"]["neighbor"]

    assert found["192.0.2.2"]["session_state"].lower() == "active"
    assert found["192.0.2.2"]["remote_as"] == 65001
    assert " Description: Provider edge\n" in bench.run("show ip bgp neighbors 192.0.2.2")
    text = bench.run("show ip bgp neighbors 10.200.0.9")
    assert " Member of peer-group PEERS for session parameters\n" in text
    assert "the RIB does not have a route to 10.200.0.9" in text
    unknown = bench.run("show ip bgp neighbors 203.0.113.77")
    assert unknown.startswith("% No such neighbor or address family")


@pytest.mark.parametrize("platform", PLATFORMS)
@pytest.mark.parametrize(
    "command",
    [
        "show ip bgp summary",
        "show bgp all summary",
        "show ip bgp all sum",
        "show bgp ipv4 unicast neighbors",
        "show bgp vpnv4 unicast all neighbors",
        "show ip bgp",
        "clear ip bgp *",
    ],
)
def test_without_a_process_bgp_is_not_active(platform: str, command: str) -> None:
    bench = network(platform)

    assert bench.run(command).startswith("% BGP not active\n")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_napalm_finds_no_neighbours_without_bgp(platform: str) -> None:
    assert napalm(network(platform)).get_bgp_neighbors() == {}


def test_a_peer_of_a_vrf_is_in_the_family_of_vpns() -> None:
    bench = network(
        "isr4451",
        "interface {1}\n vrf forwarding INT\n ip address 172.16.1.1 255.255.255.0\n no shutdown\n"
        "router bgp 65000\n address-family ipv4 vrf INT\n  neighbor 172.16.1.2 remote-as 65009\n"
        "  neighbor 172.16.1.2 activate\n",
        before="vrf definition INT\n rd 65000:1\n address-family ipv4\n",
    )

    found = napalm(bench).get_bgp_neighbors()["INT"]["peers"]["172.16.1.2"]
    assert found["remote_as"] == 65009
    assert set(found["address_family"]) == {"vpnv4 unicast"}
    assert "BGP neighbor is 172.16.1.2,  vrf INT,  remote AS 65009, external link\n" in bench.run(
        "show ip bgp vpnv4 all neighbors"
    )


def test_a_named_eigrp_process_has_wide_metrics() -> None:
    bench = network(
        "c8000v",
        "router eigrp LAB\n address-family ipv4 unicast autonomous-system 5\n"
        "  network 192.0.2.0\n  af-interface {0}\n   passive-interface\n",
    )

    text = bench.run("show ip eigrp topology")
    assert text.startswith("EIGRP-IPv4 VR(LAB) Topology Table for AS(5)/ID(10.255.0.1)\n")
    assert "P 192.0.2.0/24, 1 successors, FD is 1310720\n" in text
    assert port(bench, 0).replace("GigabitEthernet", "Gi") not in bench.run(
        "show ip eigrp interfaces"
    )


def test_the_router_identifier_is_the_highest_loopback(bench: Bench) -> None:
    bench.console.configure(
        "interface Loopback9\n ip address 10.255.9.9 255.255.255.255\n"
        "router ospf 2\n network 10.255.9.9 0.0.0.0 area 0\n"
    )

    assert states(bench)["Loopback9"].line_up
    assert 'Routing Process "ospf 2" with ID 10.255.9.9\n' in bench.run("show ip ospf 2")
