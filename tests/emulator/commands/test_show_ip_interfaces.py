"""`show ip interface`, `show ipv6 interface` and their brief forms, read by people's tools."""

import ipaddress
import re

import pytest

from .networks import bench, napalm, network, port, states
from .readers import PLATFORMS, Bench, refused

__all__ = ["bench"]
FILTERED = """\
ip access-list extended WAN-IN
 permit esp any any
ip access-list extended WAN-OUT
 permit ip any any
interface {0}
 ip access-group WAN-IN in
 ip access-group WAN-OUT out
 ip helper-address 10.3.3.1
 ip helper-address 10.3.3.2
 ip mtu 1400
 no ip proxy-arp
 no ip redirects
 no ip unreachables
 ip policy route-map PBR
 ip nat outside
 ip pim sparse-mode
"""


def test_genie_reads_addresses_and_mtu_as_they_are(bench: Bench) -> None:
    found = bench.genie("show ip interface")

    true = states(bench)
    assert found.keys() == true.keys()
    for name, state in true.items():
        read = found[name]
        assert read["oper_status"] == state.protocol
        addresses = {f"{a.ip}/{a.network.prefixlen}" for a in state.ipv4}
        assert set(read.get("ipv4", {})) == addresses
        if state.ipv4:
            assert read["mtu"] == state.ip_mtu
            assert read["proxy_arp"] is True


@pytest.mark.parametrize("platform", PLATFORMS)
def test_genie_reads_what_an_interface_does_with_packets(platform: str) -> None:
    bench = network(platform, FILTERED)
    read = bench.genie("show ip interface")[port(bench, 0)]

    assert read["inbound_access_list"] == "WAN-IN"
    assert read["outbound_access_list"] == "WAN-OUT"
    assert read["helper_address"] == ["10.3.3.1", "10.3.3.2"]
    assert read["mtu"] == 1400
    assert read["proxy_arp"] is False
    assert read["icmp"] == {
        "redirects": "never sent",
        "unreachables": "never sent",
        "mask_replies": "never sent",
    }
    assert read["multicast_groups"] == ["224.0.0.1", "224.0.0.13", "224.0.0.2", "224.0.0.22"]
    text = bench.run(f"show ip interface {port(bench, 0)}")
    assert "Policy routing is enabled, using route map PBR" in text
    assert "Network address translation is enabled, interface in domain outside" in text
    assert "Input features: Access List, Policy Routing, MCI Check" in text


@pytest.mark.parametrize("platform", PLATFORMS)
def test_ntc_templates_read_addresses_and_lists(platform: str) -> None:
    bench = network(platform, FILTERED)
    rows = {row["interface"]: row for row in bench.textfsm("show ip interface")}

    for name, state in states(bench).items():
        assert rows[name]["ip_address"] == [str(a.ip) for a in state.ipv4]
        assert rows[name]["link_status"] == state.status
    assert rows[port(bench, 0)]["inbound_acl"] == "WAN-IN"
    assert rows[port(bench, 0)]["ip_helper"] == ["10.3.3.1", "10.3.3.2"]


def test_genie_reads_the_brief_table(bench: Bench) -> None:
    found = bench.genie("show ip interface brief")["interface"]

    true = states(bench)
    assert found.keys() == true.keys()
    for name, state in true.items():
        read = found[name]
        assert read["ip_address"] == state.address
        assert read["method"] == state.method
        assert (read["status"], read["protocol"]) == (state.status, state.protocol)


def test_ntc_templates_read_the_brief_table(bench: Bench) -> None:
    rows = bench.textfsm("show ip interface brief")

    assert [(row["interface"], row["ip_address"], row["status"]) for row in rows] == [
        (state.name, state.address, state.status) for state in states(bench).values()
    ]


def test_no_line_of_the_brief_table_is_empty(bench: Bench) -> None:
    text = bench.run("show ip interface brief").removesuffix("\n")

    assert all(line.split() for line in text.removesuffix("\n").split("\n"))


def test_the_service_engine_makes_the_table_wider() -> None:
    text = network("isr2911").run("show ip interface brief")

    assert text.startswith("Interface                  IP-Address ")
    assert "Embedded-Service-Engine0/0 unassigned      YES " in text


def test_genie_reads_ipv6_addresses(bench: Bench) -> None:
    found = bench.genie("show ipv6 interface")

    true = {name: state for name, state in states(bench).items() if state.link_local}
    assert found.keys() == true.keys()
    for name, state in true.items():
        read = found[name]["ipv6"]
        assert state.link_local in read
        for address in state.ipv6:
            assert str(address).upper() in read
        assert read["nd"]["dad_attempts"] == 1


def test_both_read_the_brief_table_of_ipv6(bench: Bench) -> None:
    rows = bench.textfsm("show ipv6 interface brief")

    for row in rows:
        state = states(bench)[row["interface"]]
        addresses = [state.link_local, *(str(a.ip).upper() for a in state.ipv6)]
        assert row["ipv6_address"] == (addresses if state.link_local else ["unassigned"])
    if bench.router.family == "xe":
        found = bench.genie("show ipv6 interface brief")["interface"]
        assert found["Loopback0"]["ipv6_addresses"] == ["2001:DB8:FF::1"]


def test_a_router_that_forwards_ipv6_advertises_itself(bench: Bench) -> None:
    bench.console.configure("ipv6 unicast-routing\n")
    name = port(bench, 0)

    read = bench.genie("show ipv6 interface")[name]["ipv6"]["nd"]
    assert read["router_advertisements_interval"] == 200
    assert read["router_advertisements_live"] == 1800


def test_an_interface_without_a_link_is_tentative(bench: Bench) -> None:
    bench.router.chassis.unplug(port(bench, 0))

    text = bench.run(f"show ipv6 interface {port(bench, 0)}")
    assert "IPv6 is tentative, link-local address is" in text
    assert "2001:DB8:1::1, subnet is 2001:DB8:1::/64 [TEN]" in text


def test_napalm_reads_the_addresses(bench: Bench) -> None:
    found = napalm(bench).get_interfaces_ip()

    for name, state in states(bench).items():
        ipv4 = {str(a.ip): {"prefix_length": a.network.prefixlen} for a in state.ipv4}
        assert found.get(name, {}).get("ipv4", {}) == ipv4
        ipv6 = found.get(name, {}).get("ipv6", {})
        for address in state.ipv6:
            assert ipv6[str(address.ip)] == {"prefix_length": address.network.prefixlen}


def test_the_facts_of_ansible_find_the_addresses(bench: Bench) -> None:
    """cisco.ios reads both families with these expressions."""
    text = bench.run(f"show ip interface {port(bench, 0)}")
    primary = re.findall(r"Internet address is (.+)$", text, re.MULTILINE)
    others = re.findall(r"Secondary address (.+)$", text, re.MULTILINE)
    assert [ipaddress.ip_interface(a) for a in (*primary, *others)] == list(
        states(bench)[port(bench, 0)].ipv4
    )
    text = bench.run(f"show ipv6 interface {port(bench, 0)}")
    (address,) = re.findall(r"\s+(.+), subnet", text, re.MULTILINE)
    (subnet,) = re.findall(r", subnet is (.+)$", text, re.MULTILINE)
    assert (address.strip(), subnet.strip()) == ("2001:DB8:1::1", "2001:DB8:1::/64")


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_unknown_interface_is_invalid_input(platform: str) -> None:
    bench = network(platform)

    assert refused(bench.run("show ip interface Loopback77"))
    assert refused(bench.run("show ipv6 interface Loopback77"))
