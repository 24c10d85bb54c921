"""What routers of a lab find at the other ends of their cables: ARP, ping, traceroute."""

import re

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.services.interfaces import Interfaces
from getvpn.emulator.services.reach import way_to
from getvpn.emulator.testing import console

LAB = """\
seed: 3
network: {latency_ms: 10, mtu: 1400}
devices:
  A:
    startup: |
      interface Loopback0
       ip address 10.255.0.1 255.255.255.255
       ipv6 address 2001:db8:a::1/128
      interface GigabitEthernet0/0/0
       ip address 192.0.2.1 255.255.255.252
       no shutdown
      interface GigabitEthernet0/0/1
       ip address 10.1.0.1 255.255.255.0
       ipv6 address 2001:db8:1::1/64
       no shutdown
      interface GigabitEthernet0/0/2
       vrf forwarding M
       ip address 10.9.0.1 255.255.255.0
       no shutdown
      vrf definition M
       address-family ipv4
      ip route 0.0.0.0 0.0.0.0 192.0.2.2
      ip route 10.3.0.0 255.255.0.0 10.1.0.2
      ip route 10.4.0.0 255.255.0.0 10.1.0.9
      ipv6 route ::/0 2001:db8:1::2
  B:
    startup: |
      interface GigabitEthernet0/0/0
       ip address 198.51.100.1 255.255.255.252
       no shutdown
      interface GigabitEthernet0/0/1
       ip address 10.2.0.1 255.255.255.0
       no shutdown
      ip route 0.0.0.0 0.0.0.0 198.51.100.2
  C:
    platform: c8000v
    startup: |
      interface GigabitEthernet1
       ip address 10.1.0.2 255.255.255.0
       ipv6 address 2001:db8:1::2/64
       no shutdown
      interface GigabitEthernet2
       ip address 10.3.0.1 255.255.255.0
       no shutdown
      interface GigabitEthernet3
       ip address 10.1.0.9 255.255.255.0
       shutdown
      ip route 0.0.0.0 0.0.0.0 10.1.0.1
      ipv6 route ::/0 2001:db8:1::1
  D:
    platform: isr2911
    startup: |
      interface GigabitEthernet0/0
       ip address 10.1.0.3 255.255.255.0
       no shutdown
      interface GigabitEthernet0/1
       ip address 203.0.113.1 255.255.255.252
       no shutdown
      router bgp 65001
       neighbor 203.0.113.2 remote-as 65000
"""


@pytest.fixture
def lab() -> Lab:
    return Lab(LAB)


def arp(lab: Lab, name: str) -> dict[str, str]:
    return {entry.address: entry.mac for entry in lab[name].feature(Interfaces).arp()}


def hops(lab: Lab, name: str, destination: str, vrf: str = "") -> tuple[str, ...] | None:
    way = way_to(lab[name], destination, vrf)
    return None if way is None else way.hops


def test_neighbours_are_devices_of_the_same_network_and_routers_of_the_provider(lab: Lab) -> None:
    assert list(arp(lab, "A")) == [
        "10.1.0.1",
        "10.1.0.2",
        "10.1.0.3",
        "192.0.2.1",
        "192.0.2.2",
    ]
    assert list(arp(lab, "D")) == ["10.1.0.1", "10.1.0.2", "10.1.0.3", "203.0.113.1", "203.0.113.2"]
    assert len(set(arp(lab, "A").values())) == 5


def test_a_hardware_address_is_the_same_before_and_after_the_boot(lab: Lab) -> None:
    before = arp(lab, "A")
    own = {
        state.address: state.mac for name in "CD" for state in lab[name].feature(Interfaces).all()
    }
    assert {address: own[address] for address in ("10.1.0.2", "10.1.0.3")} == {
        address: before[address] for address in ("10.1.0.2", "10.1.0.3")
    }
    assert arp(lab, "A") == before


def test_the_way_leads_through_routers_of_the_lab_and_of_the_provider(lab: Lab) -> None:
    assert hops(lab, "A", "10.1.0.2") == ("10.1.0.2",)
    assert hops(lab, "A", "192.0.2.2") == ("192.0.2.2",)
    assert hops(lab, "A", "10.3.0.1") == ("10.1.0.2", "10.3.0.1")
    lab.advance(0)
    assert lab["B"].running
    assert hops(lab, "A", "10.2.0.1") == ("192.0.2.2", "198.51.100.2", "10.2.0.1")
    assert lab["C"].running
    assert hops(lab, "C", "10.2.0.1") == ("10.1.0.1", "192.0.2.2", "198.51.100.2", "10.2.0.1")
    assert hops(lab, "A", "2001:db8:1::2") == ("2001:db8:1::2",)
    assert hops(lab, "C", "2001:db8:a::1") == ("2001:db8:1::1", "2001:db8:a::1")


def test_what_nobody_has_does_not_answer(lab: Lab) -> None:
    for address in ("10.2.0.7", "8.8.8.8", "10.1.0.77", "198.51.100.2", "10.4.0.1"):
        assert hops(lab, "A", address) is None
    assert hops(lab, "A", "10.1.0.2", "M") is None
    assert hops(lab, "A", "10.1.0.9") is None  # a port of C that is shut


def test_a_router_that_only_runs_a_routing_protocol_finds_its_ways(lab: Lab) -> None:
    assert hops(lab, "D", "10.2.0.1") is not None
    assert lab.network.has_route("10.1.0.3", "10.2.0.1")


def test_a_partition_is_seen_by_everything(lab: Lab) -> None:
    assert lab["B"].running
    lab.partition(["A", "C"])
    assert hops(lab, "A", "10.2.0.1") is None
    assert hops(lab, "A", "10.1.0.2") == ("10.1.0.2",)
    assert list(arp(lab, "A")) == ["10.1.0.1", "10.1.0.2", "192.0.2.1", "192.0.2.2"]
    lab.heal()
    lab.cut("B", "A", one_way=True)  # the answers get lost
    assert hops(lab, "A", "10.2.0.1") is None
    lab.mend("A", "B")
    lab.kill("C")
    assert list(arp(lab, "A")) == ["10.1.0.1", "10.1.0.3", "192.0.2.1", "192.0.2.2"]
    assert hops(lab, "A", "10.3.0.1") is None


def test_without_its_line_a_router_does_not_reach_the_provider(lab: Lab) -> None:
    lab.line("A", loss=1)
    assert "192.0.2.2" not in arp(lab, "A")
    assert hops(lab, "A", "192.0.2.2") is None


def finish(lab: Lab, name: str, command: str) -> str:
    terminal = console(lab[name])
    text = terminal.type(f"{command}\n".encode())
    lab.advance(120)
    return text + terminal.take()


def test_a_ping_takes_as_long_as_the_way_and_back(lab: Lab) -> None:
    text = finish(lab, "A", "ping 10.2.0.1")
    found = re.search(r"!!!!!\n.*min/avg/max = (\d+)/(\d+)/(\d+) ms", text)
    assert found is not None
    assert {int(each) for each in found.groups()} <= {40, 41}
    lab.line("B", latency_s=0.240)
    assert "min/avg/max = 50" in finish(lab, "A", "ping 10.2.0.1")


def test_pings_get_lost_as_other_packets_do(lab: Lab) -> None:
    lab.line("B", loss=0.3)
    text = finish(lab, "A", "ping 10.2.0.1 repeat 60 timeout 1")
    marks = "".join(re.findall(r"^[!.]+$", text, re.MULTILINE))
    assert len(marks) == 60
    assert 10 < marks.count(".") < 50


def test_packets_do_not_fit_through_a_narrow_way(lab: Lab) -> None:
    assert "!!!!!" in finish(lab, "A", "ping 10.2.0.1 size 1400 df-bit")
    assert "MMMMM" in finish(lab, "A", "ping 10.2.0.1 size 1401 df-bit")
    assert "!!!!!" in finish(lab, "A", "ping 10.2.0.1 size 1500")


def test_a_trace_names_the_hops_and_their_times(lab: Lab) -> None:
    assert lab["B"].running
    text = finish(lab, "A", "traceroute 10.2.0.1")
    rows = re.findall(r"^ +(\d) (\S+) (\d+) msec", text, re.MULTILINE)
    assert [(number, address) for number, address, _ in rows] == [
        ("1", "192.0.2.2"),
        ("2", "198.51.100.2"),
        ("3", "10.2.0.1"),
    ]
    times = [int(took) for _, _, took in rows]
    assert times == sorted(times)
    assert times[-1] in (40, 41)


def test_entries_of_the_arp_table_grow_old_and_are_learned_anew(lab: Lab) -> None:
    ages = []
    assert lab["A"].running
    for _ in range(6):
        lab.advance(3600)
        (entry,) = [e for e in lab["A"].feature(Interfaces).arp() if e.address == "10.1.0.2"]
        ages.append(entry.age_s)
    assert ages == [3600, 7200, 10800, 0, 3600, 7200]
