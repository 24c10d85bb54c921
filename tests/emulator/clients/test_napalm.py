"""What NAPALM reads from routers of each kind."""

from typing import Any

import pytest

from .devices import C8000V, ISR4K, ISRG2, Start, device
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


@pytest.fixture(params=[ISR4K, C8000V, ISRG2])
def platform(request: pytest.FixtureRequest) -> str:
    """The name of a platform."""
    name: str = request.param
    return name


@pytest.fixture
def router(start: Start, connect_napalm: Connect, platform: str) -> Any:
    """NAPALM on a KS1 that has been up for some minutes."""
    lab = start({"KS1": device(platform=platform)})
    assert lab["KS1"].running  # it boots when it is first asked for
    lab.advance(UP_S)
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
def test_the_facts_are_those_of_the_platform(router: Any, platform: str) -> None:
    facts = router.get_facts()

    assert facts["vendor"] == "Cisco"
    assert MODELS[platform] in facts["model"]
    assert facts["hostname"] == "KS1"
    assert facts["fqdn"] == "KS1.example.net"
    assert facts["uptime"] == UP_S
    assert facts["os_version"] not in {"", "Unknown"}
    assert facts["serial_number"] not in {"", "Unknown"}
    assert "Loopback0" in facts["interface_list"]
    assert len(facts["interface_list"]) >= 3


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
    assert 0 <= environment["cpu"][0]["%usage"] <= 100


@pytest.mark.checklist(70)
def test_commands_are_run_and_the_session_is_alive(router: Any) -> None:
    said = router.cli(["show version", "show clock"])

    assert "Software" in said["show version"]
    assert "UTC" in said["show clock"]
    assert router.is_alive() == {"is_alive": True}


@pytest.mark.checklist(54)
def test_further_getters_find_nothing_wrong(start: Start, connect_napalm: Connect) -> None:
    router = connect_napalm(start().host("KS1"))

    assert router.get_ipv6_neighbors_table() == []
    assert router.get_lldp_neighbors() == {}
    assert "default" in router.get_network_instances()
    assert router.get_ntp_stats()[0]["remote"] == "192.0.2.254"
