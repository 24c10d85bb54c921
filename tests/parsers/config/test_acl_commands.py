"""Access list and object group lines in the forms in which a router takes them."""

import pytest

from getvpn.parsers.config import AccessList, DeviceConfig, device_config, parse_config
from getvpn.parsers.config.acl_algebra import expand, same_traffic


def read(text: str) -> DeviceConfig:
    config = device_config(parse_config(text))
    assert not config.problems
    return config


def access_list(*lines: str, header: str = "ip access-list extended A") -> AccessList:
    config = read("\n ".join((header, *lines)))
    found = {**config.access_lists, **config.ipv6_access_lists}["A"]
    assert not found.unread
    return found


def texts(found: AccessList) -> list[str]:
    return [str(entry) for entry in found.entries]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("permit tcp host 10.0.0.1 eq 22 443 any", "permit tcp host 10.0.0.1 eq 22 443 any"),
        ("permit tcp any range 1024 65535 any eq www established", ""),
        ("permit icmp any any 8 0", "permit icmp any any 8 0"),
        ("permit ip any any log COOKIE", "permit ip any any log"),
        ("permit ip any any log COOKIE time-range T", "permit ip any any time-range T log"),
        ("permit ip any any log-input fragments", "permit ip any any fragments log"),
        ("permit tcp any any match-all +ack -fin", "permit tcp any any match-all +ack -fin"),
        ("permit object-group remark any any", "permit object-group remark any any"),
        ("10 permit ip object-group remark any", "10 permit ip object-group remark any"),
        ("perm ip any any", "permit ip any any"),
        ("PERMIT TCP ANY ANY ESTABLISHED", "permit tcp any any established"),
        ("20 den 47 any any", "20 deny gre any any"),
        ("permit tcp any any eq connectedapps-plain", "permit tcp any any eq 15001"),
        ("permit tcp any any eq 22 !ssh", "permit tcp any any eq 22"),
        ("permit ip any any ! the rest", "permit ip any any"),
    ],
)
def test_an_extended_entry(line: str, expected: str) -> None:
    shown = "permit tcp any range 1024 65535 any eq 80 established"
    assert texts(access_list(line)) == [expected or shown]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sequence 10 permit tcp any host 2001:DB8::1 eq 22", "10 permit tcp any host"),
        ("deny udp any eq 848 any eq 848 sequence 20", "20 deny udp any eq 848 any eq 848"),
        ("permit icmp any any nd-na log X", "permit icmp any any nd-na log"),
        ("permit 58 any any", "permit icmp any any"),
        ("permit ipv6 object-group A any", "permit ipv6 object-group A any"),
    ],
)
def test_an_ipv6_entry(line: str, expected: str) -> None:
    (text,) = texts(access_list(line, header="ipv6 access-list A"))
    assert text.startswith(expected)


def test_remarks_whatever_they_say() -> None:
    found = access_list(
        "remark",
        "remark permit ip any any",
        "10 remark deny",
        "no remark deny",
        "no 10 remark deny",
        "permit ip any any",
    )
    assert [line.text for line in found.remarks] == [
        "remark",
        "remark permit ip any any",
        "10 remark deny",
    ]
    assert texts(found) == ["permit ip any any"]


def test_an_entry_that_is_there_already_changes_nothing() -> None:
    lines = ("10 deny esp any any", "permit tcp any any eq 22", "permit ip any any")
    again = ("10 deny esp any any", "deny esp any any", "30 permit ip any any", *lines[1:])
    found = access_list(*lines, *again)
    assert texts(found) == list(lines)
    assert [entry.line.lineno for entry in found.entries] == [2, 3, 4]


def test_an_entry_comes_again_after_it_was_removed() -> None:
    found = access_list("permit ip any any", "deny esp any any", "no 10", "permit ip any any")
    assert texts(found) == ["deny esp any any", "permit ip any any"]


def test_another_entry_of_the_same_number_is_refused() -> None:
    text = "ip access-list extended A\n 10 permit ip any any\n 10 deny ip any any"
    config = device_config(parse_config(text))
    assert texts(config.access_lists["A"]) == ["10 permit ip any any"]
    assert [problem.line.lineno for problem in config.problems] == [3]


@pytest.mark.parametrize("removal", ["no 10", "no 10 permit tcp any any eq 80", "no sequence 10"])
def test_an_entry_is_removed_by_its_number(removal: str) -> None:
    assert texts(access_list("10 permit tcp any any eq www", removal)) == []


def test_an_entry_is_removed_by_its_meaning() -> None:
    assert texts(access_list("10 permit tcp any any eq www", "no permit tcp any any eq 80")) == []


def test_numbered_lists_of_all_ranges() -> None:
    config = read("""\
access-list 1 permit 10.0.0.0 0.255.255.255
access-list 1 remark deny any
access-list 1 deny   any log
access-list 1999 permit host 10.0.0.1
access-list 199 deny tcp any any eq 22
access-list 2699 permit esp any any
access-list 101 remark
access-list 101 permit ip any any
ip access-list extended 101
 5 deny udp any any eq 848
access-list 700 permit 0000.0000.0000 0000.0000.0000
access-list 55 permit any
default access-list 55
""")
    found = {name: (one.kind, texts(one)) for name, one in config.access_lists.items()}
    assert found == {
        "1": ("standard", ["permit ip 10.0.0.0 0.255.255.255 any", "deny ip any any log"]),
        "1999": ("standard", ["permit ip host 10.0.0.1 any"]),
        "199": ("extended", ["deny tcp any any eq 22"]),
        "2699": ("extended", ["permit esp any any"]),
        "101": ("extended", ["5 deny udp any any eq 848", "permit ip any any"]),
    }


def test_object_groups_come_again_and_go() -> None:
    config = read("""\
object-group network N
 description sites
 host 10.0.0.1
 10.1.0.0 255.255.0.0
object-group network N
 no host 10.0.0.1
 range 10.3.0.0 10.3.0.255
 group-object M
 group-object GONE
 no group-object GONE
object-group network M
 10.2.0.0 /16
object-group network GONE
 any
no object-group network GONE
object-group v6-network N6
 host 2001:DB8::1
 2001:DB8:1::/48
ip access-list extended A
 permit ip object-group N any
ipv6 access-list A6
 permit ipv6 any object-group N6
""")
    assert sorted(config.object_groups) == ["M", "N", "N6"]
    entries = expand(config.access_lists["A"].entries, config.object_groups)
    assert [str(entry.source) for entry in entries] == [
        "10.1.0.0 0.0.255.255",
        "10.3.0.0 0.0.0.255",
        "10.2.0.0 0.0.255.255",
    ]
    six = expand(config.ipv6_access_lists["A6"].entries, config.object_groups)
    assert [str(entry.destination) for entry in six] == ["host 2001:db8::1", "2001:db8:1::/48"]


def test_what_a_log_says_does_not_narrow_an_entry() -> None:
    plain, logged = access_list("permit ip any any", "permit ip any any log X").entries
    assert same_traffic(plain, logged)
