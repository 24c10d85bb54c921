import string
from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.parsers.config.acl import ANY, ANY_PORT, PortMatch, Selector
from getvpn.parsers.config.line import ConfigLine
from getvpn.parsers.config.read_acl import parse_entry
from getvpn.parsers.records.acl_line import acl_line

NET_10 = Selector(
    kind="wildcard", address=IPv4Address("10.0.0.0"), wildcard=IPv4Address("0.255.255.255")
)


@pytest.mark.parametrize(
    ("text", "name", "action", "protocol"),
    [
        ("access-list GET-POLICY.1  deny udp any any port = 848", "GET-POLICY.1", "deny", "udp"),
        ("access-list 101  permit ip any any", "101", "permit", "ip"),
        ("access-list   deny eigrp any any", None, "deny", "eigrp"),
        ("access-list  permit gre any any", None, "permit", "gre"),
        ("access-list permit permit esp any any", "permit", "permit", "esp"),
        ("access-list deny  permit 50 any any", "deny", "permit", "esp"),
        ("access-list\tv6  permit ipv6 any any", "v6", "permit", "ipv6"),
    ],
)
def test_the_list_has_a_name_or_none(
    text: str, name: str | None, action: str, protocol: str
) -> None:
    line = acl_line(text)
    assert (line.name, line.action, line.protocol) == (name, action, protocol)
    assert line.text == " ".join(text.split())


@pytest.mark.parametrize(
    ("words", "selector"),
    [
        ("any", ANY),
        ("10.0.0.0 0.255.255.255", NET_10),
        ("host 10.1.1.1", Selector(kind="host", address=IPv4Address("10.1.1.1"))),
        ("host 2001:DB8::1", Selector(kind="host", address=IPv6Address("2001:db8::1"))),
        (
            "2001:DB8:A::/48",
            Selector(kind="prefix", address=IPv6Address("2001:db8:a::"), prefixlen=48),
        ),
        ("object-group SITES", Selector(kind="object-group", group="SITES")),
    ],
)
def test_each_form_of_selector_is_read_on_both_sides(words: str, selector: Selector) -> None:
    assert acl_line(f"access-list A permit ip {words} any").source == selector
    assert acl_line(f"access-list A permit ip any {words}").destination == selector


@pytest.mark.parametrize(
    ("words", "ports"),
    [
        ("", ANY_PORT),
        ("port = 848", PortMatch(operator="eq", ports=(848,))),
        ("eq 848", PortMatch(operator="eq", ports=(848,))),
        ("eq 179 3784", PortMatch(operator="eq", ports=(179, 3784))),
        ("port range 16384 32767", PortMatch(operator="range", ports=(16384, 32767))),
        ("range 16384 32767", PortMatch(operator="range", ports=(16384, 32767))),
        ("port > 1023", PortMatch(operator="gt", ports=(1023,))),
        ("lt 1024", PortMatch(operator="lt", ports=(1024,))),
        ("port != 22", PortMatch(operator="neq", ports=(22,))),
    ],
)
def test_each_form_of_port_is_read_on_both_sides(words: str, ports: PortMatch) -> None:
    line = acl_line(f"access-list A deny udp any {words} host 10.1.1.1 {words}")
    assert (line.source_ports, line.destination_ports) == (ports, ports)
    assert line.destination == Selector(kind="host", address=IPv4Address("10.1.1.1"))


def test_words_behind_the_selectors_are_flags() -> None:
    line = acl_line("access-list A deny tcp any any port = 22 established log")
    assert (line.flags, line.log) == (("established",), True)


def test_a_port_may_be_a_name() -> None:
    line = acl_line("access-list V6  deny udp any any eq ntp")
    assert line.destination_ports == PortMatch(operator="eq", ports=(123,))


def test_a_line_is_equal_to_the_entry_that_was_configured() -> None:
    configured = "permit udp 10.0.0.0 0.255.255.255 any eq 848"
    entry = parse_entry(configured.split(), "extended", ConfigLine(configured, 7))
    printed = acl_line("access-list  permit udp 10.0.0.0 0.255.255.255 any port = 848")
    assert printed.entry == entry


@pytest.mark.parametrize(
    "text",
    [
        "",
        "access-list",
        "access-list GET-POLICY",
        "access-list GET-POLICY permit",
        "access-list permit ip",
        "access-list permit ip any",
        "access-list permit ip 10.0.0.0",
        "access-list permit ip 10.0.0.0 0.0.0.999 any",
        "access-list permit ip host any",
        "access-list permit ipv6 2001:db8::/129 any",
        "access-list deny udp any port 848 any",
        "access-list deny udp any any port = 65536",
        "access-list deny udp any any range 5",
        "access-list deny ip any any (5 matches)",
        "ip access-list extended GET-POLICY",
        "10 permit ip any any",
    ],
)
def test_what_is_no_such_line_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        acl_line(text)


WORDS = st.lists(
    st.sampled_from(
        [
            *("access-list", "permit", "deny", "ip", "udp", "any", "host", "10.0.0.1"),
            *("0.0.0.255", "port", "=", "eq", "range", "848", "::/0"),
        ]
    )
    | st.text(string.printable, max_size=8),
    max_size=12,
)


@given(WORDS)
def test_no_text_makes_it_fail_in_another_way(words: list[str]) -> None:
    text = " ".join(("access-list", *words))
    try:
        line = acl_line(text)
    except ValueError:
        return
    assert line.action in text.split()
