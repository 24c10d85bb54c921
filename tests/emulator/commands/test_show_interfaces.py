"""`show interfaces` and its tables, read by people's tools and compared with the true state."""

import pytest

from getvpn.emulator.services.interfaces import Interfaces

from .networks import bench, napalm, network, port, states
from .readers import PLATFORMS, Bench, read_by_genie, refused

__all__ = ["bench"]


def test_genie_reads_every_interface_as_it_is(bench: Bench) -> None:
    found = bench.genie("show interfaces")

    true = states(bench)
    assert found.keys() == true.keys()
    for name, state in true.items():
        read = found[name]
        assert read["oper_status"] == state.protocol
        assert read["enabled"] is not state.shutdown
        assert read.get("description", "") == state.description
        assert (read["mtu"], read["bandwidth"]) == (state.mtu, state.bandwidth_kbit)
        assert read["delay"] == state.delay_usec
        assert read.get("mac_address", "") == state.mac
        addresses = [f"{address.ip}/{address.network.prefixlen}" for address in state.ipv4[:1]]
        assert list(read.get("ipv4", {})) == addresses


def test_genie_reads_the_counters_as_they_are(bench: Bench) -> None:
    found = bench.genie("show interfaces")

    for name, state in states(bench).items():
        if state.parent:
            assert "counters" not in found[name]
            continue
        true = bench.router.feature(Interfaces).counters(name)
        read = found[name]["counters"]
        assert (read["in_pkts"], read["in_octets"]) == (true.packets_in, true.bytes_in)
        assert (read["out_pkts"], read["out_octets"]) == (true.packets_out, true.bytes_out)
        assert read["rate"]["in_rate"] == true.bits_in_per_s
        assert read["in_broadcast_pkts"] == true.broadcasts_in


def test_a_sub_interface_has_its_vlan(bench: Bench) -> None:
    found = bench.genie(f"show interfaces {port(bench, 2)}.100")

    assert found[f"{port(bench, 2)}.100"]["encapsulations"] == {
        "encapsulation": "dot1q",
        "first_dot1q": "100",
    }


def test_a_tunnel_has_its_ends(bench: Bench) -> None:
    found = bench.genie("show interfaces Tunnel0")["Tunnel0"]

    if bench.router.family == "xe":
        assert found["tunnel_source_ip"] == "192.0.2.1"
        assert found["tunnel_destination_ip"] == "203.0.113.9"
        assert found["tunnel_protocol"] == "GRE/IP"
        assert found["tunnel_transport_mtu"] == 1476
    assert f"source 192.0.2.1 ({port(bench, 0)})" in bench.run("show interfaces tunnel 0")


def test_ntc_templates_read_every_interface_as_it_is(bench: Bench) -> None:
    rows = {row["interface"]: row for row in bench.textfsm("show interfaces")}

    true = states(bench)
    assert rows.keys() == true.keys()
    for name, state in true.items():
        row = rows[name]
        assert (row["link_status"], row["protocol_status"]) == (state.status, state.protocol)
        assert row["hardware_type"] == state.hardware
        assert row["mac_address"] == state.mac
        assert row["ip_address"] == (str(state.ipv4[0].ip) if state.ipv4 else "")
        assert row["bandwidth"] == f"{state.bandwidth_kbit} Kbit"


def test_napalm_reads_interfaces(bench: Bench) -> None:
    found = napalm(bench).get_interfaces()

    true = states(bench)
    assert found.keys() == true.keys()
    for name, state in true.items():
        assert found[name]["is_up"] is state.line_up
        assert found[name]["is_enabled"] is not state.shutdown
        assert found[name]["mtu"] == state.mtu
        assert found[name]["speed"] == state.bandwidth_kbit / 1000
        assert found[name]["description"] == state.description
        assert found[name]["mac_address"].replace(":", "").lower() == state.mac.replace(".", "")


def test_napalm_reads_counters(bench: Bench) -> None:
    found = napalm(bench).get_interfaces_counters()

    for name, state in states(bench).items():
        if state.parent:
            continue
        true = bench.router.feature(Interfaces).counters(name)
        assert found[name]["rx_unicast_packets"] == true.packets_in
        assert found[name]["tx_octets"] == true.bytes_out
        assert found[name]["rx_discards"] == 0


def test_genie_reads_the_descriptions(bench: Bench) -> None:
    found = bench.genie("show interfaces description")["interfaces"]

    true = list(states(bench).values())
    assert [row["description"] for row in found.values()] == [state.description for state in true]
    # genie does not know the short name of the service engine
    assert {name for name in found if name != "Em0/0"} <= {state.name for state in true}


def test_genie_reads_the_summary(bench: Bench) -> None:
    # for IOS genie takes the last word for an interface
    text = bench.run("show interfaces summary")
    found = read_by_genie("isr4451", "show interfaces summary", text)["interfaces"]

    main = {name: state for name, state in states(bench).items() if not state.parent}
    assert found.keys() == main.keys()
    for name, state in main.items():
        assert found[name]["up"] is state.line_up
        true = bench.router.feature(Interfaces).counters(name)
        assert (found[name]["rxbs"], found[name]["txps"]) == (
            true.bits_in_per_s,
            true.packets_out_per_s,
        )


def test_ntc_templates_read_descriptions(bench: Bench) -> None:
    rows = bench.textfsm("show interfaces description")

    assert [row["description"] for row in rows] == [
        state.description for state in states(bench).values()
    ]
    assert "admin down" in {row["status"] for row in rows}


@pytest.mark.parametrize("platform", ["isr4451", "c8000v"])
def test_the_ports_of_xe_have_a_status_table(platform: str) -> None:
    bench = network(platform)

    rows = bench.textfsm("show interfaces status")
    assert [row["status"] for row in rows][:3] == ["connected", "disabled", "connected"]
    found = bench.genie("show interfaces status")["interfaces"]
    assert found[port(bench, 0)]["name"] == "WAN of the hub"
    assert found[port(bench, 0)]["vlan"] == "routed"
    assert bench.textfsm("show interfaces transceiver") == []
    assert "Gi0/0/0   WAN of the hub     1500" in network("isr4451").run("show interfaces mtu")


def test_genie_reads_the_switching_paths(bench: Bench) -> None:
    found = bench.genie("show interfaces stats")

    for name in (port(bench, 0), "Loopback0"):
        true = bench.router.feature(Interfaces).counters(name)
        total = found[name]["switching_path"]["total"]
        assert (total["pkts_in"], total["chars_out"]) == (true.packets_in, true.bytes_out)


@pytest.mark.parametrize("platform", PLATFORMS)
def test_an_interface_that_is_not_there_is_invalid_input(platform: str) -> None:
    bench = network(platform)

    assert refused(bench.run("show interfaces Loopback99"))
    assert refused(bench.run(f"show interfaces {port(bench, 0)} switchport"))


def test_cleared_counters_begin_anew(bench: Bench) -> None:
    name = port(bench, 0)
    question = bench.console.type(f"clear counters {name}\n".encode())

    assert question.endswith('Clear "show interface" counters on this interface [confirm]')
    bench.console.type(b"\n")
    bench.advance(90)
    found = bench.genie(f"show interfaces {name}")[name]
    assert found["counters"]["last_clear"] == "00:01:30"
    assert (
        found["counters"]["in_pkts"] == bench.router.feature(Interfaces).counters(name).packets_in
    )
    assert found["counters"]["in_pkts"] < 600
    others = bench.genie("show interfaces Tunnel0")["Tunnel0"]
    assert others["counters"]["last_clear"] == "never"


def test_clearing_all_counters_is_told_in_the_log(bench: Bench) -> None:
    assert bench.console.type(b"clear counters\n").endswith(
        'Clear "show interface" counters on all interfaces [confirm]'
    )
    bench.console.type(b"\n")

    last = bench.router.log.messages[-1]
    assert last.line.endswith("%CLEAR-5-COUNTERS: Clear counter on all interfaces by console")


def test_a_shut_port_and_a_pulled_cable_are_told_apart(bench: Bench) -> None:
    bench.router.chassis.unplug(port(bench, 0))

    rows = {row["interface"]: row for row in bench.textfsm("show interfaces")}
    assert rows[port(bench, 0)]["link_status"] == "down"
    assert rows[port(bench, 1)]["link_status"] == "administratively down"


def test_what_is_configured_of_a_link_is_shown(bench: Bench) -> None:
    name = port(bench, 0)
    bench.console.configure(
        f"interface {name}\n load-interval 30\n keepalive 5\n bandwidth 5000\n delay 100\n"
        " arp timeout 600\n hold-queue 100 in\n"
    )

    text = bench.run(f"show interfaces {name}")
    assert "30 second input rate" in text
    assert "Keepalive set (5 sec)" in text
    assert "BW 5000 Kbit/sec, DLY 1000 usec" in text
    assert "ARP Timeout 00:10:00" in text
    assert "Input queue: 0/100/0/0" in text
