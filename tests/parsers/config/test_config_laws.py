"""Laws that hold for every text, found out by hypothesis."""

import pickle
import random
from collections import Counter
from ipaddress import IPv4Address
from types import UnionType
from typing import Literal, Union, get_args, get_origin, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.errors import GetvpnError
from getvpn.parsers.config import (
    ANY,
    ANY_PORT,
    AclEntry,
    ConfigLine,
    ConfigTree,
    DeviceConfig,
    PortMatch,
    Selector,
    Value,
    device_config,
    parse_config,
)
from getvpn.parsers.config.acl_algebra import covers, mirror, overlaps
from getvpn.parsers.config.read_acl import parse_entry
from getvpn.parsers.config.redact import redact

from ...effort import cost
from . import examples
from .test_redact import LINES, SECRET

LIMIT_S = 5.0

FRAGMENTS = sorted(
    {line.strip() for text in examples.ALL for line in text.splitlines()}
    | {
        "exit",
        "end",
        "quit",
        "!",
        "! note",
        "banner motd ^C",
        "^C",
        "certificate ca 01",
        "3082032E 30820216",
    }
    | {
        "no",
        "default",
        "exit-address-family",
        "address-family ipv4",
        "KS1(config)#",
        "KS1#show run",
    }
    | {
        "KS1(config-if)#ip mtu 1400",
        "% Invalid input detected at '^' marker.",
        "key-string",
        "peer X",
    }
    | {"-----BEGIN RSA PRIVATE KEY-----", "-----END RSA PRIVATE KEY-----", "object-group network X"}
    | {
        "rekey",
        "rekey lifetime",
        "client rekey encryption aes",
        "crypto map",
        "identifier",
        "range 1 -",
    }
    | {"no replay", "replay", "crypto isakmp key", "pre-shared-key address", "server hostname ipv4"}
    | {
        "interface",
        "router",
        "access-list",
        "access-list 101",
        "crypto isakmp keepalive",
        "redundancy",
    }
    | {
        "crypto pki trustpoint X",
        "auto-enroll",
        "ip address",
        "ntp server",
        "snmp-server host",
        "tacacs server X",
    }
)

config_texts = st.lists(
    st.tuples(
        st.sampled_from(["", " ", "  ", "   ", "\t", "        "]), st.sampled_from(FRAGMENTS)
    ),
    max_size=40,
).map(lambda lines: "\n".join(indent + text for indent, text in lines))

garbled_texts = st.tuples(st.sampled_from(examples.ALL), st.randoms(use_true_random=False)).map(
    lambda pair: garbled(*pair)
)


def garbled(text: str, rng: random.Random) -> str:
    """`text` with lines shuffled, repeated and cut, and characters lost."""
    lines = text.splitlines()
    for _ in range(rng.randrange(12)):
        at = rng.randrange(len(lines))
        change = rng.randrange(4)
        if change == 0:
            lines.insert(at, rng.choice(lines))
        elif change == 1:
            lines[at] = lines[at][: rng.randrange(len(lines[at]) + 1)]
        elif change == 2:
            lines[at] = " ".join(rng.sample(lines[at].split(), len(lines[at].split())))
        else:
            lines[at] = lines[at].replace(rng.choice("0123456789abcdefg "), rng.choice(" \0<>!é"))
    return "\n".join(lines)


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


@given(st.one_of(st.text(max_size=400), config_texts, garbled_texts))
def test_no_text_makes_it_fail(text: str) -> None:
    try:
        config = read(text)
    except GetvpnError:
        return
    repr(config)
    hash(config.tree.lines)
    for sa in (sa for server in config.key_servers for sa in server.sas):
        assert config.tek_lifetime_s(sa) >= 0
        assert config.tek_lifetime_line(sa) is not None


def places(tree: ConfigTree) -> Counter[int]:
    """How often each line number stands somewhere in the tree."""
    found = Counter(line.lineno for line in tree.walk())
    found.update(line.lineno for line in tree.comments)
    found.update(tree.separators)
    found.update(tree.ignored)
    for body in tree.bodies:
        found.update(range(body.first, body.last + 1))
    return found


@given(st.one_of(config_texts, garbled_texts))
def test_every_line_that_is_not_blank_has_one_place(text: str) -> None:
    found = places(parse_config(text))
    assert set(found.values()) <= {1}
    lines = text.replace("\0", "").split("\n")
    for number, line in enumerate(lines, start=1):
        if line.strip():
            assert found[number] == 1, line


@given(config_texts)
def test_lines_stand_in_the_order_of_the_text(text: str) -> None:
    numbers = [line.lineno for line in parse_config(text).walk()]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize("text", examples.ALL)
@given(margin=st.sampled_from(["", " ", "\t", "     "]))
def test_indentation_does_not_change_the_views(text: str, margin: str) -> None:
    flat = "\n".join(margin + line.strip() for line in text.splitlines())
    assert read(flat) == read(text)


@pytest.mark.parametrize("text", examples.ALL)
def test_views_survive_pickling(text: str) -> None:
    config = read(text)
    again = pickle.loads(pickle.dumps(config))  # noqa: S301 - our own data
    assert again == config
    assert again.tree.lines[0].text == config.tree.lines[0].text


addresses = st.integers(0, 2**32 - 1).map(IPv4Address)
selectors = st.one_of(
    st.just(ANY),
    addresses.map(lambda address: Selector(kind="host", address=address)),
    st.tuples(addresses, addresses).map(
        lambda pair: Selector(kind="wildcard", address=pair[0], wildcard=pair[1])
    ),
    st.sampled_from(["SITES", "HOSTS"]).map(lambda name: Selector(kind="object-group", group=name)),
)
port_numbers = st.integers(0, 65_535)
port_matches = st.one_of(
    st.just(ANY_PORT),
    st.tuples(st.sampled_from(["eq", "neq"]), st.lists(port_numbers, min_size=1, max_size=5)).map(
        lambda pair: PortMatch(operator=pair[0], ports=tuple(pair[1]))
    ),
    st.tuples(st.sampled_from(["lt", "gt"]), port_numbers).map(
        lambda pair: PortMatch(operator=pair[0], ports=(pair[1],))
    ),
    st.tuples(port_numbers, port_numbers).map(lambda pair: PortMatch(operator="range", ports=pair)),
)


@st.composite
def acl_entries(draw: st.DrawFn, numbered: bool = True) -> AclEntry:
    protocol = draw(st.sampled_from(["ip", "tcp", "udp", "esp", "ospf", "200"]))
    ports = port_matches if protocol in ("tcp", "udp") else st.just(ANY_PORT)
    return AclEntry(
        line=ConfigLine("", 0),
        action=draw(st.sampled_from(["permit", "deny"])),
        protocol=protocol,
        source=draw(selectors),
        destination=draw(selectors),
        source_ports=draw(ports),
        destination_ports=draw(ports),
        flags=draw(st.sampled_from([(), ("established",), ("dscp", "ef"), ("fragments",)])),
        log=draw(st.booleans()),
        sequence=draw(st.none() | st.integers(1, 2**31)) if numbered else None,
    )


@given(acl_entries())
def test_an_entry_that_is_shown_reads_back_equal(entry: AclEntry) -> None:
    assert parse_entry(str(entry).split(), "extended", entry.line) == entry


# Few values, so that entries meet.
small_addresses = st.integers(0, 15).map(IPv4Address)
small_selectors = st.one_of(
    st.just(ANY),
    small_addresses.map(lambda address: Selector(kind="host", address=address)),
    st.tuples(small_addresses, small_addresses).map(
        lambda pair: Selector(kind="wildcard", address=pair[0], wildcard=pair[1])
    ),
)
small_ports = st.one_of(
    st.just(ANY_PORT),
    st.tuples(st.sampled_from(["eq", "neq", "lt", "gt"]), st.integers(0, 4)).map(
        lambda pair: PortMatch(operator=pair[0], ports=(pair[1],))
    ),
    st.tuples(st.integers(0, 4), st.integers(0, 4)).map(
        lambda pair: PortMatch(operator="range", ports=pair)
    ),
)


@st.composite
def small_entries(draw: st.DrawFn) -> AclEntry:
    return AclEntry(
        line=ConfigLine("", 0),
        action="permit",
        protocol=draw(st.sampled_from(["ip", "tcp", "udp"])),
        source=draw(small_selectors),
        destination=draw(small_selectors),
        source_ports=draw(small_ports),
        destination_ports=draw(small_ports),
    )


Packet = tuple[str, int, int, int, int]
packets = st.tuples(
    st.sampled_from(["tcp", "udp"]),
    *(st.integers(0, 15), st.integers(0, 15), st.integers(0, 6), st.integers(0, 6)),
)


def selects(entry: AclEntry, packet: Packet) -> bool:
    """What a router does: compare one packet with one entry."""
    protocol, source, destination, source_port, destination_port = packet
    return (
        entry.protocol in ("ip", protocol)
        and contains(entry.source, source)
        and contains(entry.destination, destination)
        and entry.source_ports.matches(source_port)
        and entry.destination_ports.matches(destination_port)
    )


def contains(selector: Selector, address: int) -> bool:
    if selector.address is None:
        return True
    wildcard = int(selector.wildcard or 0)
    return int(selector.address) | wildcard == address | wildcard


@given(small_entries(), small_entries(), st.lists(packets, min_size=20, max_size=60))
def test_cover_and_overlap_agree_with_single_packets(
    one: AclEntry, other: AclEntry, sample: list[Packet]
) -> None:
    for packet in sample:
        if covers(one, other) and selects(other, packet):
            assert selects(one, packet)
        if not overlaps(one, other):
            assert not (selects(one, packet) and selects(other, packet))


@given(small_entries(), small_entries(), small_entries())
def test_cover_is_an_order_and_overlap_is_mutual(a: AclEntry, b: AclEntry, c: AclEntry) -> None:
    assert covers(a, a)
    assert overlaps(a, b) == overlaps(b, a)
    if covers(a, b) and covers(b, c):
        assert covers(a, c)
    assert covers(mirror(a), mirror(b)) == covers(a, b)


@given(st.sampled_from(LINES), st.sampled_from(["", " ", "no ", "! ", "  "]))
def test_redaction_hides_the_secret_and_repeats_itself(pattern: str, before: str) -> None:
    once = redact(before + pattern.format(*[SECRET] * 2))
    assert SECRET not in once
    assert redact(once) == once


@given(st.text(max_size=200))
def test_redaction_takes_every_text(text: str) -> None:
    redact(text)


def conforms(content: object, hint: object) -> bool:
    """Whether `content` is of type `hint`, as far as views use the type system."""
    origin, args = get_origin(hint), get_args(hint)
    if origin in (Union, UnionType):
        return any(conforms(content, arg) for arg in args)
    if origin is Literal:
        return content in args
    if origin is tuple:
        if not isinstance(content, tuple):
            return False
        if args[-1:] == (Ellipsis,):
            return all(conforms(item, args[0]) for item in content)
        return len(content) == len(args) and all(map(conforms, content, args))
    if isinstance(origin, type):
        return isinstance(content, origin)
    if hint is int:
        return type(content) is int
    return isinstance(hint, type) and isinstance(content, hint)


def values(root: object) -> list[Value]:
    """All typed values in `root`."""
    out: list[Value] = []
    pending = [root]
    while pending:
        item = pending.pop()
        if isinstance(item, Value) and not isinstance(item, ConfigTree):
            out.append(item)
            pending += [getattr(item, name) for name in get_type_hints(type(item))]
        elif isinstance(item, tuple):
            pending += item
        elif isinstance(item, dict):
            pending += item.values()
    return out


@given(st.one_of(config_texts, garbled_texts, st.sampled_from(examples.ALL)))
def test_every_field_has_the_type_that_its_view_declares(text: str) -> None:
    for item in values(read(text)):
        for name, hint in get_type_hints(type(item)).items():
            content = getattr(item, name)
            assert conforms(content, hint), f"{type(item).__name__}.{name} = {content!r}"


@given(st.one_of(config_texts, garbled_texts))
def test_every_origin_is_a_field_and_a_line_of_the_tree(text: str) -> None:
    config = read(text)
    lines = {line.lineno for line in config.tree.walk()}
    for item in values(config):
        for name, line in getattr(item, "origins", {}).items():
            assert hasattr(item, name)
            assert line.lineno in lines


@pytest.mark.parametrize(
    "text",
    [
        "x" * 1_000_000,
        "crypto isakmp key " + "x" * 1_000_000,
        "crypto gdoi group G\n server local\n  rekey lifetime seconds " + "9" * 1_000_000,
        "ip access-list extended A\n permit tcp any eq " + "22 " * 300_000,
        "hostname R1\n" * 100_000,
        "\n".join(" " * (n % 300) + "x" for n in range(20_000)),
        "\n".join(f"banner motd {chr(0x4E00 + n % 20_000)}" for n in range(100_000)),
        "crypto gdoi group G\n server local\n" + "  peer address ipv4 10.0.0.1\n" * 50_000,
        "R1(config)#foo\n% Invalid input detected\n" * 50_000,
        "crypto pki certificate chain X\n" + " certificate 01\n  30820321\n" * 30_000,
        "-----BEGIN X-----\n" * 50_000,
        "interface G1\n" + " tunnel mode x\n" * 50_000,
        "crypto isakmp policy 1\n" + "deeper\n   deeper\n" * 50_000,
        "".join(f"access-list 101 permit ip host 10.{n % 256}.0.1 any\n" for n in range(20_000)),
        "crypto gdoi group G\n"
        + "".join(f" server address ipv4 10.0.{n // 256}.{n % 256}\n" for n in range(8_000)),
        "\0" * 1_000_000,
        "<" * 100_000 + ">" * 100_000,
        "a#" * 200_000,
    ],
    ids=lambda text: repr(text[:24]),
)
def test_hostile_texts_take_bounded_time(text: str) -> None:
    assert cost(lambda: read(text), LIMIT_S) <= LIMIT_S
