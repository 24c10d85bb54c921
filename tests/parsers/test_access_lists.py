from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import pytest

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.config.acl import ANY, PortMatch, Selector
from getvpn.parsers.records.access_lists import AccessLists, ShownEntry, shown_entry

from .cuts import unnoticed_cuts
from .oracle import Trail, assert_covers, captures
from .texts import KS_POLICY

COMMAND = "show ip access-lists"

LISTS = """\
Extended IP access list GET-POLICY.v4
    5 deny udp any eq 848 any eq 848 (31 matches)
    10 deny   tcp any any eq bgp (1 match)
    20 deny ospf any any
    30 permit ip 10.20.0.0 0.0.255.255 10.30.0.0 0.0.255.255 (1168716 matches)
    40 permit icmp any host 10.1.1.1 echo-reply log
    50 permit tcp any range 1024 65535 object-group SERVERS established
    60 permit ip any any time-range NIGHT (inactive)
    70 evaluate mirror
Standard IP access list 43
    10 permit 10.1.0.2 (18 matches)
    20 permit 10.70.0.0, wildcard bits 0.0.10.255 log
    30 deny   any
Extended IP access list 101 (Compiled)
    permit gre host 10.1.1.1 host 10.1.1.2
"""

IPV6 = """\
IPv6 access list GET-POLICY-6
    deny udp any eq 848 any eq 848 (4 matches) sequence 10
    permit ipv6 2001:DB8:1::/48 2001:DB8:2::/48 sequence 20
    permit tcp any host 2001:DB8::2 eq www 8443 log sequence 30
    evaluate mirror6 sequence 40
IPv6 access list preauth (per-user)
    permit ipv6 any any sequence 10
"""

REFLEXIVE = """\
Reflexive IP access list mirror
     permit tcp host 10.1.1.1 eq telnet host 10.2.2.2 eq 11000 (5 matches) (time left 115)
"""


def _lists(text: str, command: str = COMMAND) -> AccessLists:
    record = parse(command, text)
    assert isinstance(record, AccessLists)
    assert record.unparsed == ()
    return record


def test_an_extended_list_has_typed_entries() -> None:
    found = _lists(LISTS).get("GET-POLICY.v4")

    assert found is not None
    assert [entry.sequence for entry in found.entries] == [5, 10, 20, 30, 40, 50, 60]
    gdoi, bgp, ospf, data, icmp, tcp, night = found.entries
    assert gdoi == ShownEntry(
        sequence=5,
        action="deny",
        protocol="udp",
        source_ports=PortMatch(operator="eq", ports=(848,)),
        destination_ports=PortMatch(operator="eq", ports=(848,)),
        matches=31,
    )
    assert (bgp.destination_ports.ports, bgp.matches) == ((179,), 1)
    assert (ospf.protocol, ospf.matches) == ("ospf", None)
    assert data.source == Selector(
        kind="wildcard", address=IPv4Address("10.20.0.0"), wildcard=IPv4Address("0.0.255.255")
    )
    assert (icmp.flags, icmp.log) == (("echo-reply",), True)
    assert icmp.destination == Selector(kind="host", address=IPv4Address("10.1.1.1"))
    assert tcp.source_ports == PortMatch(operator="range", ports=(1024, 65535))
    assert (tcp.destination.group, tcp.flags) == ("SERVERS", ("established",))
    assert (night.flags, night.active) == (("time-range", "NIGHT"), False)
    assert found.evaluated == ("mirror",)


def test_a_standard_list_has_sources_only() -> None:
    found = _lists(LISTS).get("43")

    assert found is not None
    assert found.kind == "standard"
    host, odd, rest = found.entries
    assert host.source == Selector(kind="host", address=IPv4Address("10.1.0.2"))
    assert odd.source.wildcard == IPv4Address("0.0.10.255")
    assert odd.log
    assert (rest.action, rest.source) == ("deny", ANY)


def test_a_list_without_numbers_and_with_a_note_is_read() -> None:
    found = _lists(LISTS).get("101")

    assert found is not None
    assert (found.note, [entry.sequence for entry in found.entries]) == ("Compiled", [None])


def test_ipv6_lists_have_their_numbers_at_the_end() -> None:
    policy, preauth = _lists(IPV6, "show access-lists").lists

    assert (policy.kind, policy.name) == ("ipv6", "GET-POLICY-6")
    gdoi, data, web = policy.entries
    assert (gdoi.sequence, gdoi.matches, gdoi.source_ports.ports) == (10, 4, (848,))
    assert data.destination == Selector(
        kind="prefix", address=IPv6Address("2001:db8:2::"), prefixlen=48
    )
    assert (web.sequence, web.destination_ports.ports, web.log) == (30, (80, 8443), True)
    assert policy.evaluated == ("mirror6",)
    assert (preauth.note, len(preauth.entries)) == ("per-user", 1)


def test_a_reflexive_entry_has_a_life() -> None:
    (entry,) = _lists(REFLEXIVE).lists[0].entries

    assert (entry.matches, entry.time_left_s, entry.source_ports.ports) == (5, 115, (23,))


def test_a_list_may_be_empty_and_a_device_without_lists() -> None:
    assert _lists("Extended IP access list new\n").lists[0].entries == ()
    assert _lists("gm1#show ip access-lists\ngm1#").empty
    assert _lists(LISTS).get("absent") is None


@pytest.mark.parametrize(
    "line",
    ["permit", "10 permit ip any", "10 permit ip any host 10.1.1", "permit tcp any eq x any"],
)
def test_a_cut_entry_is_no_entry(line: str) -> None:
    with pytest.raises(ValueError, match="no access-list entry"):
        shown_entry(line)


def test_an_entry_that_is_not_understood_stays_unparsed() -> None:
    record = parse(COMMAND, LISTS + "    10 permit ip any\n")

    assert [line.text for line in record.unparsed] == ["10 permit ip any"]


def test_a_cut_between_entries_makes_a_shorter_list() -> None:
    lines = [line.strip() for line in LISTS.splitlines()]

    assert unnoticed_cuts(COMMAND, LISTS) == lines[:-1]


def test_another_output_is_refused() -> None:
    with pytest.raises(ParseError):
        parse(COMMAND, KS_POLICY)


def test_shared_captures_are_read_as_the_other_parser_does(shared: Path) -> None:
    for capture in captures(shared, "ip access-lists"):
        ours: dict[Trail, object] = {}
        for found in _lists(capture.text, capture.command).lists:
            ours[found.name, "name"] = found.name
            ours[found.name, "type"] = "ipv4-acl-type"
            ours[found.name, "acl_type"] = found.kind
            for entry in found.entries:
                at = (found.name, "aces", str(entry.sequence))
                ours |= {(*at, *trail): value for trail, value in _entry(entry, found.kind).items()}
        assert_covers(capture.expected, ours)


def _entry(entry: ShownEntry, kind: str) -> dict[Trail, Any]:
    standard = kind == "standard"
    at = ("matches", "l3", "ipv4")
    source = f"{entry.source.address} 0.0.0.0" if entry.source.kind == "host" else str(entry.source)
    destination = str(entry.destination)
    port = ("matches", "l4", entry.protocol, "destination_port", "operator")
    return {
        ("name",): str(entry.sequence),
        ("actions", "forwarding"): entry.action,
        ("actions", "logging"): "log-syslog" if entry.log else "log-none",
        (*at, "protocol"): "ipv4" if standard else entry.protocol,
        (*at, "source_network", source, "source_network"): source,
        (*at, "destination_network", destination, "destination_network"): destination,
        (*port, "operator"): entry.destination_ports.operator,
        (*port, "port"): next(iter(entry.destination_ports.ports), None),
        ("matches", "l4", entry.protocol, "established"): "established" in entry.flags,
        ("statistics", "matched_packets"): str(entry.matches),
    }
