from ipaddress import IPv4Address, IPv6Address

import pytest

from getvpn.parsers.config import AccessList, AclEntry, DeviceConfig, device_config, parse_config
from getvpn.ports import port_name, port_number, protocol_name

from . import examples


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def access_list(*lines: str) -> AccessList:
    return read("ip access-list extended A\n " + "\n ".join(lines)).access_lists["A"]


def entry(line: str) -> AclEntry:
    found = access_list(line)
    assert found.unread == ()
    return found.entries[0]


def test_the_policy_of_the_guide_is_read() -> None:
    found = read(examples.KEY_SERVER).access_lists["GETVPN-POLICY"]
    assert (found.kind, len(found.entries), len(found.permits), len(found.denies)) == (
        "extended",
        13,
        1,
        12,
    )
    tacacs = found.entries[1]
    assert (tacacs.action, tacacs.protocol) == ("deny", "tcp")
    assert tacacs.destination_ports.ports == (49,)
    assert tacacs.source_ports.is_any
    assert tacacs.line.text == "deny   tcp any any eq tacacs"


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        ("permit ip any any", "permit ip any any"),
        ("10 deny esp any any", "10 deny esp any any"),
        ("permit 50 host 10.0.0.1 any", "permit esp host 10.0.0.1 any"),
        ("permit 200 any any", "permit 200 any any"),
        ("permit tcp any eq bgp any", "permit tcp any eq 179 any"),
        ("permit tcp any eq 22 www 443 any", "permit tcp any eq 22 80 443 any"),
        (
            "permit udp any range 5000 6000 any gt 1023",
            "permit udp any range 5000 6000 any gt 1023",
        ),
        ("permit tcp any any neq telnet established", "permit tcp any any neq 23 established"),
        ("permit udp any lt 1024 any eq non500-isakmp", "permit udp any lt 1024 any eq 4500"),
        (
            "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255 log",
            "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255 log",
        ),
        ("permit ip any any dscp ef log-input", "permit ip any any dscp ef log"),
        ("permit icmp any any echo-reply", "permit icmp any any echo-reply"),
        ("permit ip object-group A object-group B", "permit ip object-group A object-group B"),
        ("PERMIT TCP Any Host 10.0.0.1 EQ BGP", "permit tcp any host 10.0.0.1 eq 179"),
    ],
)
def test_entries(line: str, shown: str) -> None:
    assert str(entry(line)) == shown


@pytest.mark.parametrize(
    "line",
    [
        "permit",
        "permit foo any any",
        "permit ip any",
        "permit ip 10.0.0.0 any",
        "permit ip 10.0.0.0 0.0.0.256 any",
        "permit tcp any eq foo any",
        "permit udp any any eq 70000",
        "permit ip host any any",
        "permit ip 2001:db8::/48 any",
        "evaluate MIRROR",
        "permit ip host <GM1> any",
    ],
)
def test_a_line_that_is_no_entry_is_kept_unread_with_a_problem(line: str) -> None:
    config = read(f"ip access-list extended A\n {line}\n permit ip any any\n")
    found = config.access_lists["A"]
    assert [one.lineno for one in found.unread] == [2]
    assert [problem.line.lineno for problem in config.problems] == [2]
    assert len(found.entries) == 1


def test_selectors_stay_as_written() -> None:
    found = entry("permit ip 10.0.0.0 255.255.255.0 host 10.1.1.1")
    assert found.source.address == IPv4Address("10.0.0.0")
    assert found.source.wildcard == IPv4Address("255.255.255.0")
    assert found.source.looks_like_netmask
    assert (found.destination.kind, found.destination.wildcard) == ("host", None)


@pytest.mark.parametrize("wildcard", ["0.0.0.255", "255.255.255.255", "0.0.255.0", "0.0.0.1"])
def test_proper_wildcards_do_not_look_like_netmasks(wildcard: str) -> None:
    assert not entry(f"permit ip 10.0.0.0 {wildcard} any").source.looks_like_netmask


def test_remarks_stand_apart() -> None:
    found = access_list("remark permit ip any any", "10 remark second", "permit esp any any")
    assert [line.lineno for line in found.remarks] == [2, 3]
    assert len(found.entries) == 1


def test_entries_stand_in_the_order_of_their_numbers() -> None:
    found = access_list(
        "20 permit ip any any", "10 deny esp any any", "deny pim any any", "15 deny ospf any any"
    )
    assert [one.protocol for one in found.entries] == ["esp", "ospf", "ip", "pim"]


def test_entries_are_taken_back_by_number_and_by_text() -> None:
    found = access_list(
        "10 deny esp any any",
        "20 deny pim any any",
        "permit ip any any",
        "no 20",
        "no permit ip any any",
    )
    assert [one.protocol for one in found.entries] == ["esp"]


def test_numbered_lists_gather_their_lines() -> None:
    config = read(
        "access-list 101 remark policy\naccess-list 101 deny esp any any\nip cef\n"
        "access-list 101 permit ip any any\naccess-list 52 permit 10.0.0.1\n"
        "access-list 52 permit 10.1.0.0 0.0.255.255\naccess-list 52 permit host 10.0.0.2\n"
        "access-list 52 deny any log\naccess-list 700 permit 0000.0000.0000\n"
    )
    extended, standard = config.access_lists["101"], config.access_lists["52"]
    assert (extended.kind, len(extended.entries), len(extended.remarks)) == ("extended", 2, 1)
    assert standard.kind == "standard"
    assert [str(one.source) for one in standard.entries] == [
        "host 10.0.0.1",
        "10.1.0.0 0.0.255.255",
        "host 10.0.0.2",
        "any",
    ]
    assert config.problems == ()


def test_named_standard_lists() -> None:
    found = read(
        "ip access-list standard GMS\n 10 permit 10.0.0.1\n permit 10.0.0.2\n"
    ).access_lists["GMS"]
    assert found.kind == "standard"
    assert [one.source.address for one in found.entries] == [
        IPv4Address("10.0.0.1"),
        IPv4Address("10.0.0.2"),
    ]


def test_ipv6_lists() -> None:
    found = read(
        "ipv6 access-list A6\n permit tcp 2001:DB8::/32 eq bgp host 2001:DB8::1 sequence 20\n"
        " sequence 10 deny ospf any any\n deny icmp any any nd-na\n"
    ).ipv6_access_lists["A6"]
    assert [one.sequence for one in found.entries] == [10, 20, None]
    bgp = found.entries[1]
    assert (bgp.source.address, bgp.source.prefixlen) == (IPv6Address("2001:db8::"), 32)
    assert bgp.destination.kind == "host"
    assert found.entries[2].flags == ("nd-na",)


def test_object_groups() -> None:
    config = read(
        "object-group network SITES\n description all sites\n host 10.0.0.1\n"
        " 10.1.0.0 255.255.0.0\n 10.2.0.0 /16\n range 10.3.0.0 10.3.0.3\n"
        " group-object OTHERS\n fqdn example.net\nobject-group service WEB\n tcp eq www\n"
    )
    sites = config.object_groups["SITES"]
    assert [str(one) for one in sites.members] == [
        "host 10.0.0.1",
        "10.1.0.0 0.0.255.255",
        "10.2.0.0 0.0.255.255",
        "10.3.0.0 0.0.0.3",
    ]
    assert sites.groups == ("OTHERS",)
    assert [line.text for line in sites.unread] == ["fqdn example.net"]
    assert config.object_groups["WEB"].kind == "service"


def test_ports_and_protocols_have_names_and_numbers() -> None:
    assert port_number("udp", "isakmp") == 500
    assert port_number("tcp", "isakmp") is None
    assert port_number("tcp", "65535") == 65_535
    assert port_number("tcp", "65536") is None
    assert port_name("tcp", 179) == "bgp"
    assert port_name("udp", 848) == "848"
    assert protocol_name("88") == "eigrp"
    assert protocol_name("256") is None
