"""Tracked objects, IP SLA operations, HSRP and VRRP, read by people's tools."""

from typing import Any

import pytest

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie

TRACKING = """\
ip sla 7
 icmp-echo 203.0.113.77 source-ip 192.0.2.1
  frequency 30
ip sla schedule 7 life forever start-time now
ip sla 8
 icmp-echo 192.0.2.1
ip sla schedule 8 life forever start-time now
track 1 interface {0} line-protocol
track 2 interface {1} line-protocol
track 3 ip sla 7 reachability
track 4 ip route 192.0.2.0 255.255.255.0 reachability
track 5 list boolean and
 object 1
 object 2
track 6 list boolean or
 object 1
 object 2
track 8 ip sla 8 state
interface {0}
 standby 1 ip 192.0.2.254
 standby 1 priority 110
 standby 1 preempt
 standby 1 track 2 decrement 30
 vrrp 9 ip 192.0.2.253
"""
UP = {1: True, 2: False, 3: False, 4: True, 5: False, 6: True, 8: True}


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, TRACKING)


def _read(bench: Bench, command: str) -> dict[str, Any]:
    """Genie's parser for IOS-XE, which for IOS has none of some commands."""
    return read_by_genie("isr4451", command, bench.run(command))


def test_objects_are_up_when_what_they_look_at_is_there(bench: Bench) -> None:
    for line in bench.run("show track brief").splitlines()[1:]:
        if line.strip():
            words = line.split()
            assert UP[int(words[0])] is (words[-2] == "Up")


def test_genie_reads_a_tracked_interface() -> None:
    # it knows no interface with a slash in its name, and no lists
    bench = network("c8000v", TRACKING)
    found = read_by_genie("c8000v", "show track", bench.run("show track 2"))

    assert found["type"]["Interface"]["name"] == "GigabitEthernet2"
    assert found["type"]["Interface"]["state"] == "Down"
    assert found["tracked_by"][1]["name"] == "HSRP"
    found = read_by_genie("c8000v", "show track", bench.run("show track 4"))
    assert found["type"]["IP route"]["address"] == "192.0.2.0"


def test_an_object_that_is_down_says_why(bench: Bench) -> None:
    assert "Line protocol is Down (hw admin-down)" in bench.run("show track 2")
    text = bench.run("show track 3")
    assert "  Reachability is Down\n" in text
    assert "  Latest operation return code: Timeout\n" in text


def test_pulling_a_cable_takes_the_objects_down(bench: Bench) -> None:
    bench.router.chassis.unplug(port(bench, 0))
    bench.advance(60)

    assert "  Line protocol is Down (hw down)\n    1 change, last change 00:01:00\n" in bench.run(
        "show track 1"
    )
    assert "Reachability is Down (no ip route)" in bench.run("show track 4")


def test_genie_reads_the_operations(bench: Bench) -> None:
    found = _read(bench, "show ip sla summary")["ids"]

    assert (found["7"]["state"], found["7"]["return_code"]) == ("active", "Timeout")
    assert (found["8"]["destination"], found["8"]["return_code"]) == ("192.0.2.1", "OK")
    probes = _read(bench, "show ip sla statistics")["ids"]
    assert probes["7"]["no_of_success"] == 0
    assert probes["7"]["no_of_failures"] > 0
    assert probes["8"]["no_of_failures"] == 0


def test_genie_reads_how_the_operations_are_set_up(bench: Bench) -> None:
    if bench.router.family == "classic":
        assert "Target address/Source address: 203.0.113.77/192.0.2.1\n" in bench.run(
            "show ip sla configuration 7"
        )
        return
    found = bench.genie("show ip sla configuration")["ip_slas_configuration"][7]
    assert found["target_address"] == "203.0.113.77"
    assert found["frequency_seconds"] == 30


def test_both_read_the_standby_groups(bench: Bench) -> None:
    (row,) = bench.textfsm("show standby brief")
    assert (row["priority"], row["preempt"], row["state"]) == ("80", "P", "Active")
    assert (row["active"], row["virtual_ip_address"]) == ("local", "192.0.2.254")

    (row,) = bench.textfsm("show standby")
    assert row["local_virtual_mac"] == "0000.0c07.ac01"
    assert row["track_state"] == "Down"
    found = _read(bench, "show standby all")[port(bench, 0)]
    group = found["address_family"]["ipv4"]["version"][1]["groups"][1]
    assert group["hsrp_router_state"] == "active"
    assert (group["priority"], group["preempt"]) == (80, True)


def test_both_read_the_vrrp_groups(bench: Bench) -> None:
    (row,) = bench.textfsm("show vrrp brief")
    assert (row["group"], row["priority"], row["state"]) == ("9", "100", "Master")
    assert row["time"] == "3609"
    found = _read(bench, "show vrrp brief")["interface"][port(bench, 0)]["group"][9]
    assert found["virtual_router_state" if "virtual_router_state" in found else "state"] == "Master"
    found = _read(bench, "show vrrp")["interface"][port(bench, 0)]["group"][9]
    assert found["virtual_ip_address"] == "192.0.2.253"


def test_nothing_is_shown_where_nothing_is_set() -> None:
    bench = network("isr4451")

    for command in ("show standby brief", "show track", "show ip sla statistics"):
        assert bench.run(command).strip() == ""
