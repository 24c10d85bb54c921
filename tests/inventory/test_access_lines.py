from collections.abc import Mapping
from functools import cache
from ipaddress import ip_network
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.emulator.services.access_words import ICMP6_TYPES, ICMP_TYPES, TCP_PORTS, UDP_PORTS
from getvpn.emulator.testing import Console, console, make_router
from getvpn.inventory.access_lines import MAX_LINE, Family, LineError, canonical, fits
from getvpn.inventory.access_text import ListKind, access_list, clear_lines, permit_lines
from getvpn.inventory.models import Clear, KeyServer
from getvpn.inventory.relations import software

HEADS = {
    "standard": "ip access-list standard L1",
    "extended": "ip access-list extended L1",
    "ipv6": "ipv6 access-list L1",
}
ENDS4 = ("any", "host 10.1.1.1", "10.0.0.0 0.255.255.255", "10.1.2.3 0.0.0.255", "10.0.0.0/9")
# releases disagree about the names of these
TWO_NAMES = frozenset({15001, 15002})
ENDS6 = ("any", "host 2001:db8::1", "2001:db8::/32", "2001:db8::5/64")


def _written(family: Family) -> st.SearchStrategy[str]:
    """Lines as people may write them."""
    ends = st.sampled_from(ENDS4 if family == "ipv4" else ENDS6)
    messages = ("", *(ICMP_TYPES if family == "ipv4" else ICMP6_TYPES))
    plain = ("ip", "esp", "89", "pim", "gre", "112") if family == "ipv4" else ("ipv6", "esp", "88")

    def ports(known: Mapping[str, int]) -> st.SearchStrategy[str]:
        names = [name for name, number in known.items() if number not in TWO_NAMES]
        numbers = st.integers(0, 65_535).filter(lambda number: number not in TWO_NAMES)
        port = st.one_of(st.sampled_from(names), numbers.map(str))
        listed = st.lists(port, min_size=1, max_size=5).map(" ".join)
        return st.one_of(
            st.just(""),
            st.tuples(st.sampled_from(("eq ", "neq ")), listed).map("".join),
            st.tuples(st.sampled_from(("lt ", "gt ")), port).map("".join),
            st.tuples(port, port).map("range {0[0]} {0[1]}".format),
        )

    def transport(protocol: str, names: Mapping[str, int], flags: str) -> st.SearchStrategy[str]:
        options = st.sampled_from(("", "log", "fragments", "dscp 46", "dscp af11 log", flags))
        return st.tuples(st.just(protocol), ends, ports(names), ends, ports(names), options).map(
            " ".join
        )

    entries = st.one_of(
        transport("tcp", TCP_PORTS, "syn established"),
        transport("udp", UDP_PORTS, "log-input"),
        st.tuples(st.sampled_from(plain), ends, ends).map(" ".join),
        st.tuples(st.just("icmp"), ends, ends, st.sampled_from(messages)).map(" ".join),
    )
    return st.tuples(st.sampled_from(("permit ", "deny ")), entries).map("".join)


@cache
def _console(platform: str) -> Console:
    return console(make_router("R1", platform))


def _printed(kind: ListKind, lines: list[str], platform: str = "c8000v") -> list[str]:
    """What a router prints of a list."""
    head, con = HEADS[kind], _console(platform)
    said = con.run("configure terminal", head, *lines, "end")
    text = con.run(f"show running-config | section {head}")
    con.run("configure terminal", f"no {head}", "end")
    assert "%" not in said
    return [line.rstrip() for line in text.splitlines()]


@settings(max_examples=60)
@given(st.sampled_from(("ipv4", "ipv6")).flatmap(lambda f: st.tuples(st.just(f), _written(f))))
def test_a_line_becomes_what_a_router_prints_of_it(case: tuple[Family, str]) -> None:
    family, line = case
    typed = canonical(line, family) if "/" in line and family == "ipv4" else line
    kind: ListKind = "ipv6" if family == "ipv6" else "extended"

    _, printed = _printed(kind, [typed])

    assert printed.split(" 10 ", 1)[1] == canonical(line, family)
    assert canonical(canonical(line, family), family) == canonical(line, family)
    assert fits(line, family)


@pytest.mark.parametrize(
    ("line", "complaint"),
    [
        ("remark deny", "begins with neither permit nor deny"),
        ("permit", "ends where a protocol should stand"),
        ("deny foo any any", "'foo' is no protocol"),
        ("deny ip any", "ends where an address should stand"),
        ("deny ip any 10.0.0.0", "ends where a wildcard should stand"),
        ("deny ip any 10.0.0.300 0.0.0.255", "'10.0.0.300' is no address"),
        ("deny ip any 10.0.0.0 any", "'any' is no address"),
        ("deny ip any 2001:db8::/32", "'2001:db8::/32' is no address of an IPv4 list"),
        ("deny tcp any any eq isakmp", "'isakmp' is no port of tcp"),
        ("deny tcp any any eq 65536", "'65536' is no port of tcp"),
        ("deny tcp any any range 1", "ends where a port should stand"),
        ("deny esp any any eq 1", "'eq' is not taken at the end of a line for esp"),
        ("deny udp any any established", "'established' is not taken at the end of a line for udp"),
        ("deny icmp any any 8", "'8' is not taken at the end of a line for icmp"),
        ("deny ip any any dscp 64", "'64' is no DSCP"),
        ("deny ip any any time-range T", "'time-range' is not taken at the end of a line for ip"),
        ("deny ip object-group A any", "'object-group' is no address"),
        ("deny tcp any any eq 1 2 3 4 5 6 7 8 9 10 11", "names more than 10 ports"),
        ("deny ip any any " + "log " * MAX_LINE, "is too long for a line of an access list"),
    ],
)
def test_what_is_no_line_is_refused_with_its_reason(line: str, complaint: str) -> None:
    with pytest.raises(LineError) as refused:
        canonical(line)

    assert str(refused.value) == complaint


def test_a_line_of_one_family_cannot_stand_in_a_list_of_the_other() -> None:
    assert fits("deny ospf any any", "ipv4")
    assert fits("deny ospf any any", "ipv6")
    assert not fits("deny igmp any any", "ipv6")
    assert not fits("permit ipv6 any any", "ipv4")
    with pytest.raises(LineError, match="'ip' is no protocol of an IPv6 list"):
        canonical("permit ip any any", "ipv6")


@pytest.mark.parametrize("family", ["ipv4", "ipv6"])
@pytest.mark.parametrize("platform", ["c8000v", "isr4451", "isr2911"])
def test_what_stays_in_clear_by_name_is_printed_as_a_router_prints_it(
    family: Family, platform: str
) -> None:
    release = {"c8000v": "17.9.4a", "isr4451": "16.12.4", "isr2911": "15.7(3)M5"}[platform]
    device = KeyServer(name="R1", address="10.0.0.1", release=release)
    kind: ListKind = "ipv6" if family == "ipv6" else "extended"
    view = access_list("L1", kind, clear_lines(get_args(Clear), family), software(device))

    assert list(view.lines) == _printed(kind, list(view.entries), platform)


def test_protocols_with_ports_are_denied_in_both_directions() -> None:
    assert clear_lines(["ntp", "esp", "ntp"]) == [
        "deny udp any any eq ntp",
        "deny udp any eq ntp any",
        "deny esp any any",
    ]
    assert clear_lines(["igmp", "hsrp"], "ipv6") == [
        "deny udp any any eq 2029",
        "deny udp any eq 2029 any",
    ]


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 32)), min_size=1, max_size=5))
def test_permits_are_symmetric_and_cover_the_prefixes_with_no_more_lines_than_needed(
    numbers: list[tuple[int, int]],
) -> None:
    networks = [ip_network((number, length), strict=False) for number, length in numbers]

    lines = permit_lines(networks)

    ends = {line.removeprefix("permit ip ") for line in lines}
    pairs = {tuple(_ends(end)) for end in ends}
    assert {(two, one) for one, two in pairs} == pairs
    assert len(lines) == len(ends) == len({one for one, _ in pairs}) ** 2
    assert len(lines) <= len(networks) ** 2
    assert len(permit_lines([*networks, ip_network("0.0.0.0/0")])) == 1


def _ends(text: str) -> list[str]:
    """Source and destination of a line."""
    words, found = text.split(), []
    while words:
        count = 1 if words[0] == "any" else 2
        found.append(" ".join(words[:count]))
        del words[:count]
    return found
