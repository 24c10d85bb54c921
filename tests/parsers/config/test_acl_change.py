"""What a change of access lists means for traffic, beside what each single packet meets."""

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.parsers.config.acl_change import AclChange, acl_change

from .packets import PACKETS, entries, is_of, lines, met, one_of

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"


def change(old: Sequence[str], new: Sequence[str]) -> AclChange:
    return acl_change(entries(*old), entries(*new))


def said(old: Sequence[str], new: Sequence[str]) -> tuple[list[str], list[str]]:
    """What becomes encrypted, and what clear."""
    found = change(old, new)
    assert not found.unknown
    return list(map(str, found.encrypted)), list(map(str, found.clear))


def test_a_new_permit_encrypts_what_it_selects() -> None:
    more = "permit ip 172.16.0.0 0.15.255.255 any"
    assert said([BETWEEN], [BETWEEN, more]) == (["ip from 172.16.0.0/12 to any"], [])
    assert said([BETWEEN, more], [BETWEEN]) == ([], ["ip from 172.16.0.0/12 to any"])


def test_a_new_deny_leaves_in_clear_what_a_permit_took() -> None:
    found = change([BETWEEN], ["deny tcp any any eq 443", BETWEEN])
    (shift,) = found.clear
    assert str(shift) == "tcp from 10.0.0.0/8 to 10.0.0.0/8 port 443"
    assert str(shift.permit) == BETWEEN
    assert str(shift.clear) == "deny tcp any any eq 443"
    assert shift.whole
    assert not found.encrypted


def test_what_was_exempt_already_does_not_become_clear() -> None:
    old = ["deny tcp any any eq 443", BETWEEN]
    assert change(old, ["deny tcp any 10.1.0.0 0.0.255.255 eq 443", *old]).nothing
    assert change(old, [*old, "deny udp any any"]).nothing
    assert change(old, [*old, "permit ip host 10.0.0.1 host 10.0.0.2"]).nothing


def test_another_way_to_say_the_same_changes_nothing() -> None:
    halves = [
        BETWEEN.replace("10.0.0.0 0.255.255.255", f"10.{n}.0.0 0.127.255.255", 1) for n in (0, 128)
    ]
    assert change([BETWEEN], halves).nothing
    assert change(
        ["deny tcp any any eq 22", BETWEEN], ["deny tcp any any range 22 22", BETWEEN]
    ).nothing
    denies = ["deny udp any any eq 500", "deny esp any any"]
    assert change([*denies, BETWEEN], [*reversed(denies), BETWEEN]).nothing


def test_an_order_that_counts_is_told() -> None:
    deny = "deny tcp any any eq 22"
    assert said([deny, BETWEEN], [BETWEEN, deny]) == (
        ["tcp from 10.0.0.0/8 to 10.0.0.0/8 port 22"],
        [],
    )


def test_a_part_is_told_as_a_part() -> None:
    old = ["permit tcp any any eq 80", "permit ip host 10.0.0.1 any"]
    assert said(old, [*old, "permit tcp 10.0.0.0 0.0.0.3 any range 79 80"]) == (
        ["tcp from 10.0.0.0/30 to any port finger to www but for what other lines say"],
        [],
    )


def test_wildcards_with_holes_and_flags_are_exact() -> None:
    assert said([], ["permit ip 10.0.0.1 0.0.255.0 any"]) == (
        ["ip from 10.0.0.1 0.0.255.0 to any"],
        [],
    )
    old = ["deny tcp any any established", BETWEEN]
    assert said(old, [BETWEEN]) == (["tcp from 10.0.0.0/8 to 10.0.0.0/8 established"], [])
    assert change([*old, "permit tcp any any"], [*old, "permit tcp any any"]).nothing


def test_lists_of_ipv6_are_compared_too() -> None:
    old = entries("permit ipv6 2001:db8::/32 2001:db8::/32", kind="ipv6")
    new = (*entries("deny icmp any any", kind="ipv6"), *old)
    found = acl_change(old, new, ipv6=True)
    assert [str(each) for each in found.clear] == ["icmp from 2001:db8::/32 to 2001:db8::/32"]
    assert not found.encrypted


def test_object_groups_leave_the_question_open() -> None:
    found = change([BETWEEN], ["deny ip object-group A any", BETWEEN])
    assert found.unknown == ("it is not known what 'deny ip object-group A any' selects",)
    assert not found.nothing


def test_a_question_that_takes_too_long_is_left_open() -> None:
    denies = [f"deny tcp host 10.{n >> 8}.{n & 255}.1 any eq {n}" for n in range(1, 1500)]
    others = [each.replace("tcp", "udp") for each in denies]
    found = change([*denies, "permit ip any any"], [*others, "permit ip any any"])
    assert found.unknown == ("the lists are too intricate to be compared in full",)


def test_lines_that_both_lists_have_are_not_asked_about_twice() -> None:
    denies = [f"deny tcp host 10.{n >> 8}.{n & 255}.1 any eq {n}" for n in range(1, 1500)]
    assert change([*denies, "permit ip any any"], [*reversed(denies), "permit ip any any"]).nothing


def test_lists_as_long_as_a_device_takes_are_compared() -> None:
    count = 100
    denies = [f"deny tcp any host 10.0.{n}.1 eq {n}" for n in range(1, count)]
    found = change([*denies, BETWEEN], [*denies[: count // 2], *denies[count // 2 + 1 :], BETWEEN])
    assert [str(each) for each in found.encrypted] == [
        f"tcp from 10.0.0.0/8 to 10.0.{count // 2 + 1}.1 port {count // 2 + 1}"
    ]
    assert not found.unknown


# ---- beside each single packet ----


@settings(max_examples=40)
@given(st.lists(lines(), max_size=5), st.lists(lines(), max_size=5))
def test_all_that_changes_is_told_and_nothing_else(old: list[str], new: list[str]) -> None:
    before, after = entries(*old), entries(*new)
    found = acl_change(before, after)
    assert not found.unknown
    for shifts, one, other in ((found.encrypted, after, before), (found.clear, before, after)):
        pairs = [(id(each.permit), id(each.clear), each) for each in shifts]
        for each in shifts:
            packet = one_of(each.example)
            assert is_of(each.traffic, packet)
            assert met(one, packet) is each.permit
            assert met(other, packet) is each.clear
        for packet in PACKETS:
            first, second = met(one, packet), met(other, packet)
            shifted = (
                first is not None
                and first.action == "permit"
                and (second is None or second.action == "deny")
            )
            of = [each for a, b, each in pairs if (a, b) == (id(first), id(second))]
            if shifted:
                assert len(of) == 1
                assert is_of(of[0].traffic, packet)
            for each in shifts:
                if each.whole and is_of(each.traffic, packet):
                    assert shifted
