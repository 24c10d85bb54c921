"""Access lists as `show` prints them, read by people's tools, with true counters."""

from typing import Any

import pytest

from getvpn.emulator.services.access_hits import AccessHits

from .networks import network, port
from .readers import PLATFORMS, Bench, read_by_genie, refused

LISTS = """\
ip access-list standard MANAGERS
 permit 10.70.10.0 0.0.0.255
 permit host 10.1.0.2
 deny any log
ip access-list extended WAN-IN
 permit esp any host 192.0.2.1
 permit udp any host 192.0.2.1 eq isakmp
 permit tcp 10.0.0.0 0.255.255.255 range 1024 65535 any eq 22 established
 deny icmp any any echo
 deny ip any any log
 remark nothing else
access-list 101 permit ip host 10.4.1.1 10.5.0.0 0.0.255.255
ipv6 access-list V6
 permit tcp any host 2001:DB8:1::1 eq 22
 deny ipv6 any any
interface {0}
 ip access-group WAN-IN in
"""


@pytest.fixture(params=PLATFORMS)
def bench(request: pytest.FixtureRequest) -> Bench:
    return network(request.param, LISTS)


def test_genie_reads_every_list(bench: Bench) -> None:
    found = bench.genie("show access-lists")

    assert found.keys() == {"MANAGERS", "101", "WAN-IN", "V6"}
    assert found["MANAGERS"]["acl_type"] == "standard"
    assert found["101"]["acl_type"] == "extended"
    assert set(found["WAN-IN"]["aces"]) == {"10", "20", "30", "40", "50"}
    source = found["101"]["aces"]["10"]["matches"]["l3"]["ipv4"]
    assert source["source_network"] == {"host 10.4.1.1": {"source_network": "host 10.4.1.1"}}
    port_22 = found["WAN-IN"]["aces"]["30"]["matches"]["l4"]["tcp"]
    assert port_22["destination_port"] == {"operator": {"operator": "eq", "port": 22}}
    deny = found["V6"]["aces"]["20"]
    assert deny["actions"]["forwarding"] == "deny"


def _read(bench: Bench, command: str) -> dict[str, Any]:
    """Genie's parser for IOS-XE; it has none of these commands for IOS."""
    return read_by_genie("isr4451", command, bench.run(command))


def test_genie_reads_the_lists_of_each_family(bench: Bench) -> None:
    assert _read(bench, "show ip access-lists").keys() == {"MANAGERS", "101", "WAN-IN"}
    assert _read(bench, "show ipv6 access-list").keys() == {"V6"}
    assert _read(bench, "show ip access-lists 101").keys() == {"101"}


def test_ntc_templates_read_every_line(bench: Bench) -> None:
    rows = [row for row in bench.textfsm("show ip access-lists") if row["line_num"]]

    assert [(row["acl_name"], row["line_num"], row["action"]) for row in rows] == [
        ("MANAGERS", "10", "permit"),
        ("MANAGERS", "20", "permit"),
        ("MANAGERS", "30", "deny"),
        ("101", "10", "permit"),
        ("WAN-IN", "10", "permit"),
        ("WAN-IN", "20", "permit"),
        ("WAN-IN", "30", "permit"),
        ("WAN-IN", "40", "deny"),
        ("WAN-IN", "50", "deny"),
    ]
    assert (rows[0]["src_network"], rows[0]["src_wildcard"]) == ("10.70.10.0", "0.0.0.255")
    assert rows[1]["src_host"] == "10.1.0.2"
    assert rows[6]["src_port_range_end"] == "65535"
    assert len(bench.textfsm("show ipv6 access-list")) == 2


def test_a_standard_list_has_the_form_of_its_own(bench: Bench) -> None:
    assert bench.run("show ip access-lists MANAGERS").rstrip("\n") == (
        "Standard IP access list MANAGERS\n"
        "    10 permit 10.70.10.0, wildcard bits 0.0.0.255\n"
        "    20 permit 10.1.0.2\n"
        "    30 deny   any log"
    )


def test_matches_are_counted_and_cleared(bench: Bench) -> None:
    hits = bench.router.feature(AccessHits)
    assert "match" not in bench.run("show access-lists")

    hits.count("WAN-IN", 10, 12)
    hits.count("WAN-IN", 50)
    hits.count("V6", 20, 3, ipv6=True)
    text = bench.run("show access-lists")
    assert "    10 permit esp any host 192.0.2.1 (12 matches)\n" in text
    assert "    50 deny ip any any log (1 match)\n" in text
    assert "    deny ipv6 any any (3 matches) sequence 20\n" in text
    found = _read(bench, "show ip access-lists")["WAN-IN"]["aces"]["10"]["statistics"]
    assert found["matched_packets"] == 12

    bench.run("clear ip access-list counters WAN-IN")
    assert hits.hits("WAN-IN", 10) == 0
    assert hits.hits("V6", 20, ipv6=True) == 3
    bench.run("clear ipv6 access-list V6")
    assert hits.hits("V6", 20, ipv6=True) == 0


def test_a_line_that_was_changed_counts_from_zero(bench: Bench) -> None:
    hits = bench.router.feature(AccessHits)
    hits.count("WAN-IN", 10, 7)
    hits.count("WAN-IN", 20, 7)

    bench.console.configure("ip access-list extended WAN-IN\n no 10\n")
    assert (hits.hits("WAN-IN", 10), hits.hits("WAN-IN", 20)) == (0, 7)
    bench.console.configure("no ip access-list extended WAN-IN\n")
    assert hits.hits("WAN-IN", 20) == 0


def test_the_lists_of_an_interface_have_their_direction(bench: Bench) -> None:
    text = bench.run(f"show ip access-lists interface {port(bench, 0)}")

    assert text.startswith("Extended IP access list WAN-IN in\n    10 permit esp")
    assert bench.run(f"show ip access-lists interface {port(bench, 0)} out").strip() == ""


def test_an_unknown_list_has_no_lines(bench: Bench) -> None:
    assert bench.run("show ip access-lists NOWHERE").strip() == ""
    assert not refused(bench.run("clear access-list counters NOWHERE"))
