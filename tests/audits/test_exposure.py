from dataclasses import replace
from ipaddress import IPv4Address, ip_address
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.audits.exposure import ruling
from getvpn.parsers.config import AclEntry, ConfigLine, PortMatch, Selector
from getvpn.parsers.config.acl_algebra import traffic
from getvpn.parsers.config.read_acl import parse_entry

HOSTS = range(8)
PORTS = range(1, 5)
BASE = int(IPv4Address("10.0.0.0"))


def entries(*lines: str) -> tuple[AclEntry, ...]:
    return tuple(parse_entry(line.split(), "extended", ConfigLine(line, 1)) for line in lines)


def outcome(wanted: AclEntry, *lines: str) -> str:
    return ruling(entries(*lines), wanted).outcome


SSH = traffic("tcp", destination_port=22)
PERMIT = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"


def test_traffic_that_no_permit_selects_is_clear() -> None:
    assert outcome(SSH) == "clear"
    assert outcome(SSH, "permit udp any any", "permit tcp any any eq 23") == "clear"
    assert outcome(traffic("ospf", destination=_host("224.0.0.5")), PERMIT) == "clear"


def test_the_permit_that_takes_a_part_is_named() -> None:
    lines = entries("deny tcp host 10.0.0.1 any eq 22", PERMIT)
    assert ruling(lines, SSH).permit is lines[1]


def test_a_deny_counts_where_the_permit_would_take_the_traffic() -> None:
    assert outcome(SSH, f"{PERMIT.replace('permit ip', 'deny tcp')} eq 22", PERMIT) == "clear"
    assert outcome(SSH, "deny ip any 10.0.0.0 0.255.255.255", PERMIT) == "clear"
    assert outcome(SSH, "deny tcp 10.0.0.0 0.255.255.255 any range 20 25", PERMIT) == "clear"


def test_a_deny_behind_the_permit_does_not_count() -> None:
    assert outcome(SSH, PERMIT, "deny tcp any any eq 22") == "encrypted"


def test_denies_count_together() -> None:
    halves = ("deny tcp any 10.0.0.0 0.127.255.255 eq 22", "deny tcp any 10.128.0.0 0.127.255.255")
    assert outcome(SSH, *halves, PERMIT) == "clear"
    assert outcome(SSH, halves[0], PERMIT) == "encrypted"


def test_a_deny_with_a_flag_covers_nothing() -> None:
    assert outcome(SSH, "deny tcp any any eq 22 established", PERMIT) == "encrypted"
    assert outcome(SSH, "deny tcp any any eq 22 log", PERMIT) == "clear"


def test_object_groups_leave_the_question_open() -> None:
    assert outcome(SSH, "deny tcp object-group A any eq 22", PERMIT) == "open"
    assert outcome(SSH, "permit ip object-group A any") == "open"
    assert outcome(SSH, "deny tcp any any eq 22", "permit ip object-group A any") == "clear"
    assert outcome(SSH, "permit object-group WEB any any") == "open"


def test_addresses_of_the_other_family_do_not_meet() -> None:
    wanted = traffic("tcp", destination=Selector(kind="host", address=ip_address("2001:db8::1")))
    assert outcome(wanted, PERMIT) == "clear"


def test_a_question_that_takes_too_long_is_left_open() -> None:
    denies = [f"deny tcp host 10.0.{n >> 8}.{n & 255} any eq 22" for n in range(25_000)]
    assert outcome(SSH, *denies, PERMIT) == "open"


def _host(text: str) -> Selector:
    return Selector(kind="host", address=ip_address(text))


selectors = st.builds(
    lambda address, free: Selector(
        kind="wildcard", address=IPv4Address(BASE + address), wildcard=IPv4Address(free)
    ),
    st.sampled_from(HOSTS),
    st.sampled_from(HOSTS),
)
ports = st.one_of(
    st.builds(lambda port: PortMatch(operator="eq", ports=(port,)), st.sampled_from(PORTS)),
    st.builds(lambda port: PortMatch(operator="neq", ports=(port,)), st.sampled_from(PORTS)),
    st.builds(
        lambda a, b: PortMatch(operator="range", ports=(a, b)), *[st.sampled_from(PORTS)] * 2
    ),
)
lists = st.lists(
    st.builds(
        lambda action, protocol, source, destination, source_ports, destination_ports: AclEntry(
            line=ConfigLine("", 0),
            action=action,
            protocol=protocol,
            source=source,
            destination=destination,
            source_ports=source_ports,
            destination_ports=destination_ports,
        ),
        st.sampled_from(["permit", "deny", "deny"]),
        st.sampled_from(["tcp", "tcp", "udp", "ip"]),
        selectors,
        selectors,
        ports,
        ports,
    ),
    max_size=6,
)


@settings(max_examples=60)
@given(policy=lists)
def test_the_ruling_is_that_of_every_single_packet(policy: list[AclEntry]) -> None:
    field = Selector(kind="wildcard", address=IPv4Address(BASE), wildcard=IPv4Address(7))
    some = PortMatch(operator="range", ports=(PORTS[0], PORTS[-1]))
    wanted = replace(
        traffic("tcp", source=field, destination=field), source_ports=some, destination_ports=some
    )
    found = ruling(policy, wanted)
    takers = {
        id(taker)
        for packet in product(HOSTS, HOSTS, PORTS, PORTS)
        if (taker := _first(policy, packet)) is not None and taker.action == "permit"
    }
    if takers:
        assert found.outcome == "encrypted"
        assert id(found.permit) in takers
    else:
        assert found.outcome == "clear"


def _first(policy: list[AclEntry], packet: tuple[int, int, int, int]) -> AclEntry | None:
    source, destination, source_port, destination_port = packet
    for entry in policy:
        if (
            entry.protocol in ("ip", "tcp")
            and _selects(entry.source, source)
            and _selects(entry.destination, destination)
            and entry.source_ports.matches(source_port)
            and entry.destination_ports.matches(destination_port)
        ):
            return entry
    return None


def _selects(selector: Selector, host: int) -> bool:
    assert selector.bits is not None
    address, care = selector.bits
    return (BASE + host) & care == address
