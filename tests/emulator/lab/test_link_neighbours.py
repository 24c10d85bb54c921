"""CDP and LLDP between the routers of a lab, read by people's tools."""

import pytest

from getvpn.emulator import Lab
from getvpn.emulator.testing import console

from ..commands.readers import read_by_genie, read_by_textfsm

LAB = """\
seed: 3
devices:
  A:
    startup: |
      cdp run
      lldp run
      ip domain name example.net
      interface GigabitEthernet0/0/0
       ip address 10.0.0.1 255.255.255.0
       cdp enable
       no shutdown
  B-with-a-long-name:
    platform: c8000v
    startup: |
      cdp run
      cdp timer 30
      lldp run
      interface GigabitEthernet1
       description to the others
       ip address 10.0.0.2 255.255.255.0
       cdp enable
       no shutdown
  C:
    platform: isr2911
    startup: |
      lldp run
      interface GigabitEthernet0/0
       ip address 10.0.0.3 255.255.255.0
       no shutdown
  D:
    startup: |
      interface GigabitEthernet0/0/0
       ip address 10.0.0.4 255.255.255.0
       no shutdown
"""


@pytest.fixture
def lab() -> Lab:
    found = Lab(LAB)
    for name in found.devices:
        assert found[name].running
    found.advance(100)
    return found


def run(lab: Lab, command: str, name: str = "A") -> str:
    return console(lab[name]).run(command)


def test_devices_that_were_never_asked_for_are_found_too() -> None:
    lab = Lab(LAB)
    shown = run(lab, "show cdp neighbors")
    assert "\nB-with-a-long-name\n" in shown
    assert shown.endswith("\nTotal cdp entries displayed : 2\n")


def test_genie_and_ntc_templates_read_the_table_of_cdp(lab: Lab) -> None:
    text = run(lab, "show cdp neighbors")
    found = read_by_genie("isr4451", "show cdp neighbors", text)["cdp"]["index"]
    assert [(each["device_id"], each["port_id"]) for each in found.values()] == [
        ("B-with-a-long-name", "GigabitEthernet1"),
        ("C", "GigabitEthernet0/0"),
    ]
    assert [each["hold_time"] for each in found.values()] == [170, 140]
    assert [each["platform"] for each in found.values()] == ["C8000V", "CISCO2911"]
    rows = read_by_textfsm("show cdp neighbors", text)
    assert [row["neighbor_name"] for row in rows] == ["B-with-a-long-name", "C"]
    assert [row["capabilities"] for row in rows] == ["R I", "R S I"]


def test_genie_and_ntc_templates_read_the_details_of_cdp(lab: Lab) -> None:
    text = run(lab, "show cdp neighbors detail")
    found = read_by_genie("isr4451", "show cdp neighbors detail", text)
    assert found["total_entries_displayed"] == 2
    first = found["index"][1]
    assert first["device_id"] == "B-with-a-long-name"
    assert list(first["entry_addresses"]) == list(first["management_addresses"]) == ["10.0.0.2"]
    assert first["local_interface"] == "GigabitEthernet0/0/0"
    assert "Version 17.9.4a" in first["software_version"]
    rows = read_by_textfsm("show cdp neighbors detail", text)
    assert [row["mgmt_address"] for row in rows] == ["10.0.0.2", "10.0.0.3"]


def test_one_neighbour_is_shown_by_its_name(lab: Lab) -> None:
    assert run(lab, "show cdp entry A.example.net", "C").count("Device ID: A.example.net\n") == 1
    assert run(lab, "show cdp entry *").count("Device ID: ") == 2
    assert run(lab, "show cdp entry D") == ""
    assert run(lab, "show lldp entry C").count("System Name: C\n") == 1


def test_cdp_counts_what_it_has_heard(lab: Lab) -> None:
    # every 60 s from C and every 30 s from B, the first as soon as the line was up
    assert "Total packets output: 2, Input: 6\n" in run(lab, "show cdp traffic")


def test_genie_and_ntc_templates_read_the_neighbours_of_lldp(lab: Lab) -> None:
    text = run(lab, "show lldp neighbors")
    found = read_by_genie("isr4451", "show lldp neighbors", text)
    assert found["total_entries"] == 2
    neighbours = found["interfaces"]["GigabitEthernet0/0/0"]["port_id"]
    assert set(neighbours) == {"Gi1", "Gi0/0"}
    rows = read_by_textfsm("show lldp neighbors", text)
    assert [row["neighbor_name"] for row in rows] == ["B-with-a-long-name", "C"]


def test_genie_reads_the_details_of_lldp(lab: Lab) -> None:
    text = run(lab, "show lldp neighbors detail")
    found = read_by_genie("isr4451", "show lldp neighbors detail", text)
    assert found["total_entries"] == 2
    port = found["interfaces"]["GigabitEthernet0/0/0"]["port_id"]["GigabitEthernet1"]
    neighbour = port["neighbors"]["B-with-a-long-name"]
    assert neighbour["port_description"] == "to the others"
    assert neighbour["management_address"] == "10.0.0.2"


def test_a_neighbour_that_cannot_be_reached_is_not_heard(lab: Lab) -> None:
    lab.partition(["A", "C"])
    assert run(lab, "show cdp neighbors").endswith("displayed : 1\n")
    lab.heal()
    lab.kill("C")
    assert "\nC " not in run(lab, "show cdp neighbors")
    console(lab["B-with-a-long-name"]).configure("interface GigabitEthernet1\n no cdp enable")
    assert run(lab, "show cdp neighbors").endswith("displayed : 0\n")
