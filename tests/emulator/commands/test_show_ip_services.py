"""NAT, DHCP, multicast, bundles and IP statistics, read by people's tools."""

from typing import Any

import pytest

from getvpn.emulator.services.interfaces import Interfaces

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

SERVICES = """\
ip multicast-routing{3}
ip pim rp-address 10.255.0.1
access-list 1 permit any
ip nat pool OUT 198.51.100.20 198.51.100.29 netmask 255.255.255.0
ip nat inside source list 1 pool OUT overload
ip nat inside source static 10.1.100.10 198.51.100.10
ip nat inside source static tcp 10.1.100.11 80 198.51.100.11 8080
ip dhcp excluded-address 10.1.100.1 10.1.100.10
ip dhcp excluded-address 10.1.100.5 10.1.100.20
ip dhcp pool USERS
 network 10.1.100.0 255.255.255.0
ip dhcp pool PRINTER
 host 10.1.100.77 255.255.255.0
 client-identifier 0100.1122.3344.55
interface {0}
 ip nat outside
 ip pim sparse-mode
 ip igmp join-group 239.1.1.1
interface {2}.100
 ip nat inside
interface Port-channel3
 ip address 172.18.0.1 255.255.255.0
interface {1}
 channel-group 3 mode active
 no shutdown
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    # IOS-XE forwards multicast in its own hardware
    word = "" if request.param == "isr2911" else " distributed"
    return network(request.param, SERVICES.replace("{3}", word))


def _read(bench: Bench, command: str) -> dict[str, Any]:
    """Genie's parser for IOS-XE, which for IOS has none of some commands."""
    return read_by_genie("isr4451", command, bench.run(command))


def test_both_read_the_translations(bench: Bench) -> None:
    found = _read(bench, "show ip nat translations")["vrf"]["default"]["index"]
    assert [one["inside_global"] for one in found.values()] == [
        "198.51.100.10",
        "198.51.100.11:8080",
    ]
    rows = bench.textfsm("show ip nat translations")
    assert [(r["protocol"], r["inside_local_ip"], r["inside_local_port"]) for r in rows] == [
        ("---", "10.1.100.10", ""),
        ("tcp", "10.1.100.11", "80"),
    ]


def test_genie_reads_the_statistics_of_nat(bench: Bench) -> None:
    found = _read(bench, "show ip nat statistics")

    assert found["active_translations"] == {"dynamic": 0, "extended": 1, "static": 2, "total": 2}
    assert found["interfaces"]["outside"] == [port(bench, 0)]
    # genie knows no interface with a dot in its name here
    assert f"Inside interfaces: \n  {port(bench, 2)}.100\n" in bench.run("show ip nat statistics")
    rule = found["dynamic_mappings"]["inside_source"]["id"][1]
    assert (rule["access_list"], rule["match"]) == ("1", "access-list 1 pool OUT")
    assert rule["pool"]["OUT"]["total_addresses"] == 10


def test_genie_reads_the_pools_of_dhcp(bench: Bench) -> None:
    found = _read(bench, "show ip dhcp pool")["pools"]

    assert found["USERS"]["total_addresses"] == 254
    assert found["PRINTER"]["total_addresses"] == 1
    assert found["USERS"]["excluded_addresses"] == 20


def test_both_read_the_bindings_of_dhcp(bench: Bench) -> None:
    if bench.router.family == "classic":
        (row,) = bench.textfsm("show ip dhcp binding")
        assert (row["ip_address"], row["type"]) == ("10.1.100.77", "Manual")
        return
    found = bench.genie("show ip dhcp binding")["dhcp_binding"]
    (binding,) = found.values()
    assert binding["ip_address"] == "10.1.100.77"
    assert binding["client_id"] == "0100.1122.3344.55"
    assert (binding["lease_expiration"], binding["type"]) == ("Infinite", "Manual")


def test_genie_reads_the_multicast_groups(bench: Bench) -> None:
    name = port(bench, 0)
    groups = _read(bench, "show ip igmp groups")
    assert groups
    text = bench.run("show ip igmp groups")
    assert "239.1.1.1        " in text
    assert "224.0.1.40       " in text
    found = _read(bench, "show ip igmp interface")["vrf"]["default"]["interface"]
    assert set(found) == {name}
    assert found[name]["joined_group"].keys() == {"239.1.1.1", "224.0.1.40"}
    assert found[name]["multicast"]["designated_router"] == "192.0.2.1"


def test_genie_reads_pim_and_the_routes(bench: Bench) -> None:
    name = port(bench, 0)
    found = _read(bench, "show ip pim interface")["vrf"][""]["interfaces"]
    assert set(found) == {name}
    assert found[name]["address_family"]["ipv4"]["dr_address"] == "192.0.2.1"
    assert bench.run("show ip pim neighbor").splitlines()[0] == "PIM Neighbor Table"

    routes = _read(bench, "show ip mroute")["vrf"][""]["address_family"]["ipv4"]
    assert routes["multicast_group"].keys() == {"239.1.1.1", "224.0.1.40"}
    tree = routes["multicast_group"]["239.1.1.1"]["source_address"]["*"]
    assert tree["rp"] == "10.255.0.1"
    rows = bench.textfsm("show ip mroute")
    assert {row["multicast_group_ip"] for row in rows} == {"239.1.1.1", "224.0.1.40"}
    assert rows[0]["outgoing_interface"] == [name]


def test_multicast_is_off_without_its_line() -> None:
    bench = network("isr4451")

    assert bench.run("show ip mroute").startswith("IP Multicast Forwarding is not enabled.")


def test_genie_reads_the_bundles(bench: Bench) -> None:
    found = _read(bench, "show etherchannel summary")

    assert found["number_of_lag_in_use"] == 1
    bundle = found["interfaces"]["Port-channel3"]
    assert bundle["bundle_id"] == 3
    assert bundle["protocol"] == "lacp"
    assert set(bundle["members"]) == {port(bench, 1)}
    assert bundle["members"][port(bench, 1)]["bundled"] is True
    text = bench.run("show interfaces port-channel 3")
    assert "No. of active members in this channel: 1" in text


def test_genie_reads_the_ip_statistics(bench: Bench) -> None:
    found = _read(bench, "show ip traffic")["ip_statistics"]

    interfaces = bench.router.feature(Interfaces)
    total = sum(
        interfaces.counters(s.name).packets_in for s in interfaces.all() if s.ipv4 and not s.parent
    )
    assert found["ip_rcvd_total"] == total
