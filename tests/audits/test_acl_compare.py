"""Which packets two lists treat otherwise: the lines say exactly these, and few lines do."""

from collections.abc import Sequence

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from getvpn.audits.acl_compare import Comparison, Region, compare
from getvpn.audits.acl_forms import as_line
from getvpn.errors import InputError
from getvpn.parsers.config import AclEntry
from getvpn.parsers.config.acl_change import acl_change

from ..effort import cost
from ..parsers.config.packets import EVERYTHING, Packet, entries, lines, met

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"
SSH = "deny tcp any any eq 22"


def between(old: Sequence[str], new: Sequence[str]) -> Comparison:
    return compare(entries(*old), entries(*new))


def said(region: Region) -> list[str]:
    assert region.exact
    return [as_line(each) for each in region.lines]


def names(region: Region) -> list[str]:
    return [each.name for each in region.controls]


def test_the_same_in_other_words_is_the_same() -> None:
    halves = [BETWEEN.replace("10.0.0.0 0.255", f"10.{n}.0.0 0.127", 1) for n in (0, 128)]
    assert between([BETWEEN], halves).same
    assert between([], ["deny ip any any"]).same


def test_a_new_permit_is_encrypted_but_for_what_is_exempt() -> None:
    more = "permit ip 172.16.0.0 0.15.255.255 any"
    exempt = [SSH, "deny tcp any eq 22 any"]
    found = between([*exempt, BETWEEN], [*exempt, BETWEEN, more])
    assert said(found.encrypted) == [*exempt, more]
    single = between([BETWEEN], [BETWEEN, more])
    assert len(said(single.encrypted)) <= 2
    assert not found.clear
    assert not found.same
    assert "IKE" in names(found.encrypted)
    assert "SSH" not in names(found.encrypted)


def test_a_new_deny_is_one_line_in_clear() -> None:
    found = between([BETWEEN], [SSH, BETWEEN])
    assert said(found.clear) == ["permit tcp 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255 eq 22"]
    assert names(found.clear) == ["SSH"]
    assert not found.encrypted


def test_what_is_left_of_a_wide_permit_is_two_lines() -> None:
    found = between([BETWEEN], ["permit ip any any"])
    denied = BETWEEN.replace("permit", "deny")
    assert said(found.encrypted) == [denied, "permit ip any any"]


def test_single_ports_of_clients_are_no_control_traffic() -> None:
    found = between([BETWEEN], ["deny tcp any any eq 8080", BETWEEN])
    assert names(found.clear) == []


def test_what_is_newly_clear_keeps_its_own_condition() -> None:
    found = between(["permit tcp any any established"], ["permit udp any any fragments"])
    assert said(found.clear) == ["permit tcp any any established"]
    assert said(found.encrypted) == ["permit udp any any fragments"]


def test_lists_of_ipv6_are_compared_as_such() -> None:
    old = entries("permit ipv6 2001:db8::/32 any", kind="ipv6")
    new = (*entries("deny icmp any any", kind="ipv6"), *old)
    found = compare(old, new, ipv6=True)
    assert [as_line(each, "ipv6") for each in found.clear.lines] == [
        "permit icmp 2001:db8::/32 any"
    ]
    assert names(found.clear) == ["neighbour discovery"]


@pytest.mark.parametrize(
    ("written", "printed"), [("1", "1"), ("01", "1"), ("58", "icmp"), ("icmp", "icmp")]
)
def test_icmp_of_ipv6_is_protocol_58_and_not_1(written: str, printed: str) -> None:
    found = compare((), entries(f"permit {written} any host 2001:db8::1", kind="ipv6"), ipv6=True)
    (line,) = found.encrypted.lines
    assert as_line(line, "ipv6") == f"permit {printed} any host 2001:db8::1"
    named = entries("permit icmp any host 2001:db8::1", kind="ipv6")
    assert compare((line,), named, ipv6=True).same is (printed == "icmp")
    first = acl_change((line,), (), ipv6=True).clear[0]
    assert str(first).startswith("icmp " if printed == "icmp" else "protocol 1 ")


def test_what_is_not_known_is_refused() -> None:
    with pytest.raises(InputError, match="not known what"):
        between([BETWEEN], ["deny ip object-group A any", BETWEEN])


def encrypts(listed: Sequence[AclEntry], packet: Packet) -> bool:
    entry = met(listed, packet)
    return entry is not None and entry.action == "permit"


@settings(max_examples=15, phases=(Phase.explicit, Phase.generate))
@given(st.lists(lines(), max_size=5), st.lists(lines(), max_size=5))
def test_the_lines_permit_just_the_packets_that_change(old: list[str], new: list[str]) -> None:
    before, after = entries(*old), entries(*new)
    found = compare(before, after)
    changed = [
        packet for packet in EVERYTHING if encrypts(before, packet) != encrypts(after, packet)
    ]
    if found.same:
        assert not changed
        return
    encrypted, clear = (entries(*said(each)) for each in (found.encrypted, found.clear))
    for packet in EVERYTHING:
        was, now = encrypts(before, packet), encrypts(after, packet)
        assert encrypts(encrypted, packet) is (now and not was)
        assert encrypts(clear, packet) is (was and not now)


def test_a_hundred_lines_are_compared_in_milliseconds() -> None:
    denies = [f"deny tcp any host 10.0.{n}.1 eq {n}" for n in range(1, 50)]
    permits = [f"permit ip 10.{n}.0.0 0.0.255.255 10.0.0.0 0.255.255.255" for n in range(50)]
    old = entries(*denies, *permits)
    new = entries(*denies[:20], *denies[21:], *permits[:-1], "permit ip 10.60.0.0 0.0.255.255 any")
    assert not acl_change(old, new).nothing
    assert cost(lambda: acl_change(old, new), 0.1) <= 0.1
    found = compare(old, new)
    assert len(said(found.encrypted)) <= 3 + len(denies)
