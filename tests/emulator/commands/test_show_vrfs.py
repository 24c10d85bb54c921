"""VRFs and their interfaces, read by people's tools."""

import pytest

from .networks import napalm, network, port
from .readers import PLATFORMS, Bench, read_by_genie

VRFS = """\
vrf definition INT
 rd 65000:1
 description Inside
 address-family ipv4
  route-target export 65000:1
  route-target import 65000:1
  route-target import 65000:2
 address-family ipv6
vrf definition EMPTY
"""
USERS = """\
interface {1}
 vrf forwarding INT
 ip address 172.16.1.1 255.255.255.0
 ipv6 address 2001:DB8:2::1/64
 no shutdown
interface Loopback7
 vrf forwarding INT
 ip address 172.16.7.1 255.255.255.255
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, USERS, before=VRFS)


def test_genie_reads_the_table(bench: Bench) -> None:
    found = bench.genie("show vrf")["vrf"]

    assert found.keys() == {"INT", "EMPTY"}
    assert found["INT"]["route_distinguisher"] == "65000:1"
    assert found["INT"]["protocols"] == ["ipv4", "ipv6"]
    assert found["INT"]["interfaces"] == sorted([port(bench, 1), "Loopback7"])
    assert found["EMPTY"] == {"route_distinguisher": "<not set>"}


def test_genie_reads_the_details(bench: Bench) -> None:
    found = bench.genie("show vrf detail")

    inside = found["INT"]
    assert inside["description"] == "Inside"
    assert inside["route_distinguisher"] == "65000:1"
    assert inside["vrf_id"] == 1
    assert inside["interfaces"] == [port(bench, 1), "Loopback7"]
    ipv4 = inside["address_family"]["ipv4 unicast"]
    assert ipv4["table_id"] == "0x1"
    assert {name: rt["rt_type"] for name, rt in ipv4["route_targets"].items()} == {
        "65000:1": "both",
        "65000:2": "import",
    }
    assert "ipv6 unicast" in inside["address_family"]
    assert "address_family" not in found["EMPTY"] or not found["EMPTY"]["address_family"]


def test_genie_reads_the_ipv4_table(bench: Bench) -> None:
    # genie has no parser for this command of IOS
    found = read_by_genie("isr4451", "show ip vrf", bench.run("show ip vrf"))["vrf"]

    assert found == {
        "INT": {"route_distinguisher": "65000:1", "interfaces": [port(bench, 1), "Loopback7"]}
    }


def test_ntc_templates_read_the_tables(bench: Bench) -> None:
    rows = {row["name"]: row for row in bench.textfsm("show vrf")}
    assert rows["INT"]["protocols"] == "ipv4,ipv6"
    assert len(rows["INT"]["interfaces"]) == 2
    assert rows["EMPTY"]["default_rd"] == "<not set>"

    rows = {row["vrf"]: row for row in bench.textfsm("show vrf detail")}
    # the template reads one target in a line
    assert rows["INT"]["rt_export"] == ["65000:1"]
    assert rows["INT"]["rd"] == "65000:1"
    rows = {row["interface"]: row for row in bench.textfsm("show ip vrf interfaces")}
    assert rows["Lo7"]["ip_address"] == "172.16.7.1"


def test_napalm_reads_the_instances(bench: Bench) -> None:
    found = napalm(bench).get_network_instances()

    assert found.keys() == {"default", "INT", "EMPTY"}
    assert found["INT"]["state"] == {"route_distinguisher": "65000:1"}
    assert set(found["INT"]["interfaces"]["interface"]) == {port(bench, 1), "Loopback7"}
    default = found["default"]["interfaces"]["interface"]
    assert port(bench, 0) in default
    assert port(bench, 1) not in default


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_router_without_vrfs_has_no_details(platform: str) -> None:
    bench = network(platform)

    assert bench.run("show vrf detail").strip() == ""
    assert napalm(bench).get_network_instances().keys() == {"default"}


def test_a_vrf_has_routes_and_an_arp_table_of_its_own(bench: Bench) -> None:
    routes = bench.genie("show ip route vrf INT")["vrf"]["INT"]["address_family"]["ipv4"]["routes"]
    assert set(routes) == {"172.16.1.0/24", "172.16.1.1/32", "172.16.7.1/32"}
    assert "172.16" not in bench.run("show ip route")
    rows = bench.run("show arp vrf INT")
    assert "172.16.1.1 " in rows
    assert "172.16.1.1 " not in bench.run("show arp")


def test_an_unknown_vrf_is_refused(bench: Bench) -> None:
    assert "% No VRF named NOPE" in bench.run("show vrf NOPE")
    assert "% IP routing table NOPE does not exist" in bench.run("show ip route vrf NOPE")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_a_vrf_of_the_old_form_says_so(platform: str) -> None:
    bench = network(platform, before="ip vrf OLD\n rd 65000:9\n route-target both 65000:9\n")

    found = bench.genie("show vrf detail")["OLD"]
    assert found["cli_format"] == "Old"
    assert found["support_af"] == "IPv4 only"
    assert found["flags"] == "0xC"
