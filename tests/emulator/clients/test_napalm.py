"""What NAPALM reads from routers of each kind."""

from typing import Any

import pytest

from .devices import C8000V, ISR4K, ISRG2, Lab, Start, device
from .napalm_driver import Connect
from .terminal import Terminal

HEADERS = (
    "Building configuration",
    "Current configuration",
    "! Last configuration change",
    "! NVRAM config last updated",
)
UP_S = 240.0
MODELS = {ISR4K: "ISR4451", C8000V: "C8000V", ISRG2: "CISCO2911"}
NETWORK = """\
vrf definition OTHER
 rd 65001:1
 address-family ipv4
 exit-address-family
!
interface Loopback7
 vrf forwarding OTHER
 ip address 10.7.7.7 255.255.255.255
 ipv6 address 2001:DB8::7/128
!
router bgp 65001
 bgp log-neighbor-changes
 neighbor 192.0.2.253 remote-as 65002
 neighbor 192.0.2.253 description upstream
 !
 address-family ipv4
  network 10.0.1.0 mask 255.255.255.0
  neighbor 192.0.2.253 activate
 exit-address-family
!
ip sla 1
 icmp-echo 192.0.2.254 source-interface Loopback0
  tag reach
  frequency 10
  history buckets-kept 5
!
lldp run
"""


@pytest.fixture(params=[ISR4K, C8000V, ISRG2])
def platform(request: pytest.FixtureRequest) -> str:
    """The name of a platform."""
    name: str = request.param
    return name


@pytest.fixture
def lab(start: Start, platform: str) -> Lab:
    """KS1, up for some minutes, with a little of all that is read."""
    made = start({"KS1": device(platform=platform, more=NETWORK)})
    assert made["KS1"].running  # it boots when it is first asked for
    made.advance(UP_S)
    return made


@pytest.fixture
def router(lab: Lab, connect_napalm: Connect) -> Any:
    """NAPALM on KS1."""
    return connect_napalm(lab.host("KS1"))


@pytest.mark.checklist(52)
def test_closing_takes_back_the_quiet_questions(start: Start, connect_napalm: Connect) -> None:
    host = start().host("KS1")
    router = connect_napalm(host)
    router.discard_config()
    with Terminal(host) as terminal:
        terminal.ask("terminal length 0")
        during = terminal.show("show running-config | include file prompt")
        router.close()
        after = terminal.show("show running-config | include file prompt")

    assert (during, after) == ("file prompt quiet\n", "")


@pytest.mark.checklist(53)
def test_the_facts_are_those_of_the_platform(lab: Lab, router: Any, platform: str) -> None:
    facts = router.get_facts()
    truth = lab["KS1"]

    assert facts["vendor"] == "Cisco"
    assert MODELS[platform] in facts["model"]
    assert facts["hostname"] == "KS1"
    assert facts["fqdn"] == "KS1.example.net"
    assert 0 <= facts["uptime"] - UP_S < 3600
    assert facts["serial_number"] == truth.serial
    assert f"Version {truth.software.version}, " in facts["os_version"]
    names = {*truth.platform.hardware.interfaces, "Loopback0", "Loopback7"}
    assert set(facts["interface_list"]) == names


@pytest.mark.checklist(54)
def test_interfaces_are_read(router: Any) -> None:
    interfaces = router.get_interfaces()
    addresses = router.get_interfaces_ip()
    counters = router.get_interfaces_counters()
    wan = next(name for name, one in interfaces.items() if one["description"] == "WAN")

    assert interfaces[wan]["is_enabled"]
    assert interfaces[wan]["is_up"]
    assert interfaces[wan]["mtu"] == 1500
    assert interfaces[wan]["speed"] == 1000.0
    assert interfaces[wan]["mac_address"]
    assert addresses[wan]["ipv4"] == {"192.0.2.1": {"prefix_length": 24}}
    assert addresses["Loopback0"]["ipv4"] == {"10.255.0.1": {"prefix_length": 32}}
    assert counters[wan]["rx_errors"] == 0
    assert {row["interface"] for row in router.get_arp_table()} <= set(interfaces)
    assert "192.0.2.1" in {row["ip"] for row in router.get_arp_table()}


@pytest.mark.checklist(55)
def test_configurations_come_without_their_headers(router: Any) -> None:
    router.device.save_config()
    plain = router.get_config()
    full = router.get_config(full=True)

    assert plain["running"].count("hostname KS1\n") == 1
    assert plain["startup"].count("hostname KS1\n") == 1
    assert len(full["running"]) > len(plain["running"])
    for text in (*plain.values(), *full.values()):
        assert not [line for line in text.splitlines() if line.startswith(HEADERS)]


@pytest.mark.checklist(56)
def test_users_and_services_are_read(router: Any) -> None:
    users = router.get_users()
    assert {name: user["level"] for name, user in users.items()} == {"admin": 15, "oper": 1}
    assert users["admin"]["password"].startswith("$")

    assert list(router.get_ntp_servers()) == ["192.0.2.254"]
    snmp = router.get_snmp_information()
    assert snmp["location"] == "Hall 1"
    assert snmp["contact"] == "noc"
    assert snmp["community"] == {"readers": {"acl": "N/A", "mode": "ro"}}
    environment = router.get_environment()
    assert environment["memory"]["used_ram"] > 0
    assert environment["memory"]["available_ram"] > 0
    assert router.get_ntp_peers() == {"192.0.2.254": {}}
    assert 0 <= environment["cpu"][0]["%usage"] <= 100


@pytest.mark.checklist(70)
def test_commands_are_run_and_the_session_is_alive(router: Any) -> None:
    said = router.cli(["show version", "show clock"])

    assert "Software" in said["show version"]
    assert "UTC" in said["show clock"]
    assert router.is_alive() == {"is_alive": True}


def test_routing_is_read(router: Any) -> None:
    instances = router.get_network_instances()
    assert instances["OTHER"]["state"] == {"route_distinguisher": "65001:1"}
    assert list(instances["OTHER"]["interfaces"]["interface"]) == ["Loopback7"]
    assert "Loopback0" in instances["default"]["interfaces"]["interface"]

    (lan,) = router.get_route_to("10.0.1.0/24")["10.0.1.0/24"]
    assert (lan["protocol"], lan["current_active"]) == ("connected", True)
    (default,) = router.get_route_to("0.0.0.0/0")["0.0.0.0/0"]
    assert (default["protocol"], default["next_hop"]) == ("static", "192.0.2.254")


def test_bgp_is_read(router: Any) -> None:
    table = router.get_bgp_neighbors()["global"]
    peer = table["peers"]["192.0.2.253"]
    assert table["router_id"] == "10.255.0.1"
    assert (peer["local_as"], peer["remote_as"], peer["is_up"]) == (65001, 65002, False)
    assert peer["description"] == "upstream"

    (detail,) = router.get_bgp_neighbors_detail()["global"][65002]
    assert detail["remote_address"] == "192.0.2.253"
    assert not detail["up"]
    neighbours = router.get_bgp_config()["_"]["neighbors"]
    assert neighbours["192.0.2.253"]["remote_as"] == 65002


def test_what_nobody_else_is_there_for_is_empty(router: Any) -> None:
    assert router.get_ipv6_neighbors_table() == []
    assert router.get_lldp_neighbors() == {}
    assert router.get_lldp_neighbors_detail() == {}
    assert router.get_mac_address_table() == []
    assert router.get_vlans() == {}
    assert router.get_optics() == {}


def test_probes_and_time_servers_are_read(router: Any) -> None:
    (probe,) = router.get_probes_config()["1"].items()
    assert probe == (
        "reach",
        {
            "probe_type": "icmp-ping",
            "target": "192.0.2.254",
            "source": "Loopback0",
            "probe_count": 5,
            "test_interval": 10,
        },
    )
    assert router.get_ntp_stats()[0]["remote"] == "192.0.2.254"


def test_it_pings_and_traces(router: Any) -> None:
    pinged = router.ping("192.0.2.1", count=3)["success"]
    assert (pinged["probes_sent"], pinged["packet_loss"]) == (3, 0)
    assert len(pinged["results"]) == 3
    lost = router.ping("198.51.100.9", source="192.0.2.1", count=1, timeout=1)["success"]
    assert (lost["probes_sent"], lost["packet_loss"]) == (1, 1)

    hops = router.traceroute("192.0.2.1")["success"]
    assert hops[1]["probes"][1]["ip_address"] == "192.0.2.1"
