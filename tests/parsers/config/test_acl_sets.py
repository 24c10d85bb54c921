"""Lines in vain, one-way policies, overlap and merging, beside what each single packet meets."""

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from getvpn.parsers.config import AclEntry
from getvpn.parsers.config.acl_algebra import mirror
from getvpn.parsers.config.acl_sets import MAX_STEPS, PacketSets, merged, minimal
from getvpn.parsers.config.packet_sets import TooManyStepsError

from ...effort import cost
from .packets import EVERYTHING, Packet, entries, is_of, lines, met, one_of

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"


def sets(*listed: str) -> PacketSets:
    return PacketSets(entries(*listed))


def dead(*listed: str) -> list[tuple[str, list[str]]]:
    return [(str(each.entry), [str(one) for one in each.by]) for each in sets(*listed).dead]


def idle(*listed: str) -> list[str]:
    return [str(each) for each in sets(*listed).idle]


def fewest(*listed: str) -> list[str]:
    return [str(each) for each in minimal(entries(*listed))]


# ---- lines in vain ----


def test_an_entry_is_dead_behind_a_wider_one() -> None:
    late = "deny tcp any any eq 22"
    wide = "permit tcp any any"
    assert dead("deny udp any any", wide, late) == [(late, [wide])]
    assert dead(late, wide) == []


def test_an_entry_is_dead_behind_several_that_take_all_of_it_together() -> None:
    halves = ["permit ip 10.0.0.0 0.127.255.255 any", "permit ip 10.128.0.0 0.127.255.255 any"]
    whole = "deny ip 10.0.0.0 0.255.255.255 any"
    aside = "permit ip 11.0.0.0 0.255.255.255 any"
    assert dead(halves[0], aside, halves[1], whole) == [(whole, halves)]
    assert dead(halves[0], aside, whole) == []


@pytest.mark.parametrize("ports", ["range 0 255", "lt 256"])
def test_ports_that_are_as_many_as_protocols_are_not_all_ports(ports: str) -> None:
    few, wide = f"deny udp any any {ports}", "permit udp any any"
    assert dead(few, wide) == []
    assert dead(wide, few) == [(few, [wide])]


def test_an_idle_entry_matches_and_changes_nothing() -> None:
    narrow = "permit ip 10.1.0.0 0.0.255.255 10.0.0.0 0.255.255.255"
    assert idle(narrow, BETWEEN) == [narrow]
    assert idle(narrow, "deny tcp any any eq 22", BETWEEN) == []
    aside = "deny udp 11.0.0.0 0.255.255.255 any"
    assert idle(narrow, aside, BETWEEN) == [narrow, aside]
    assert idle("deny udp any any", narrow, aside, BETWEEN) == [narrow]
    assert idle("deny ip any any") == ["deny ip any any"]
    assert idle(BETWEEN, "deny ip any any") == ["deny ip any any"]
    assert idle("deny tcp 11.0.0.0 0.255.255.255 any", BETWEEN) == [
        "deny tcp 11.0.0.0 0.255.255.255 any"
    ]
    assert idle("deny tcp any any eq 22", "deny tcp any any", BETWEEN) == ["deny tcp any any eq 22"]


def test_an_exception_behind_its_permit_is_late() -> None:
    def late(*listed: str) -> list[tuple[str, list[str]]]:
        return [(str(each.entry), [str(one) for one in each.by]) for each in sets(*listed).late]

    deny = "deny tcp any any eq 22"
    assert late(BETWEEN, deny) == [(deny, [BETWEEN])]
    assert late(deny, BETWEEN) == []
    assert late(BETWEEN, deny, "permit tcp any any") == []
    assert late(BETWEEN, "deny ip any any") == []
    assert late(BETWEEN, "deny ip 10.0.0.0 0.255.255.255 any") == []
    assert late(BETWEEN, "deny ip 11.0.0.0 0.255.255.255 any") == []
    other = "permit ip any host 10.0.0.1"
    assert late(BETWEEN, other, deny) == [(deny, [BETWEEN, other])]


def test_what_is_dead_is_not_idle_as_well() -> None:
    twice = ["deny tcp any any eq 22"] * 2
    assert idle(*twice, BETWEEN) == []
    assert dead(*twice, BETWEEN) == [(twice[1], [twice[0]])]


def test_entries_that_are_not_known_are_told() -> None:
    found = sets("deny ip object-group A any", BETWEEN, "deny ip object-group A any")
    assert found.unknown == ("it is not known what 'deny ip object-group A any' selects",)
    assert [str(each) for each in found.entries] == [BETWEEN]
    assert minimal(entries("deny ip object-group A any")) == entries("deny ip object-group A any")


# ---- one-way policies ----


def one_way(*listed: str) -> list[tuple[str, str | None]]:
    return [
        (str(each), None if each.clear is None else str(mirror(each.clear)))
        for each in sets(*listed).one_way
    ]


def test_a_deny_of_one_direction_makes_a_policy_one_way() -> None:
    deny = "deny tcp any any eq 443"
    rest = " but for what other lines say"
    assert one_way(deny, BETWEEN) == [(f"tcp from 10.0.0.0/8 port 443 to 10.0.0.0/8{rest}", deny)]
    assert one_way(deny, "deny tcp any eq 443 any", BETWEEN) == []
    assert one_way("deny ospf any any", BETWEEN) == []


def test_a_permit_without_its_opposite_is_one_way() -> None:
    permit = "permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255"
    assert one_way(permit) == [("ip from 10.1.0.0/16 to 10.2.0.0/16", None)]
    assert one_way(permit, "permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255") == []


def test_the_order_of_denies_and_permits_counts_for_directions() -> None:
    host = "permit tcp host 10.0.0.10 eq 179 any"
    denies = ["deny tcp any any eq 179", "deny tcp any eq 179 any"]
    assert [clear for _, clear in one_way(host, *denies, BETWEEN)] == [denies[0]]


# ---- what two lists encrypt ----


def test_two_lists_overlap_where_both_encrypt() -> None:
    one = sets("deny tcp any any eq 22", BETWEEN)
    other = sets("permit tcp 10.1.0.0 0.0.255.255 any eq 22")
    assert list(one.both(other)) == []
    (both,) = one.both(sets("permit udp any any", "permit tcp 10.1.0.0 0.0.255.255 any eq 22"))
    assert str(both.one) == BETWEEN
    assert str(both.other) == "permit udp any any"
    assert (
        list(sets("deny udp any any", "permit ip any any").both(sets("permit udp any any"))) == []
    )


def test_lists_of_different_families_have_nothing_in_common() -> None:
    other = PacketSets(entries("permit ipv6 any any", kind="ipv6"), ipv6=True)
    assert list(sets("permit ip any any").both(other)) == []
    assert len(list(other.both(other))) == 1


# ---- merging ----


@pytest.mark.parametrize(
    ("one", "other", "joined"),
    [
        (
            "permit ip 10.0.0.0 0.0.0.255 any",
            "permit ip 10.0.1.0 0.0.0.255 any",
            "permit ip 10.0.0.0 0.0.1.255 any",
        ),
        (
            "permit ip any host 10.0.0.2",
            "permit ip any host 10.0.0.3",
            "permit ip any 10.0.0.2 0.0.0.1",
        ),
        (
            "permit ip 0.0.0.0 127.255.255.255 any",
            "permit ip 128.0.0.0 127.255.255.255 any",
            "permit ip any any",
        ),
        ("permit ip host 10.0.0.2 any", "permit ip any any", "permit ip any any"),
        ("permit ip any any", "permit ip host 10.0.0.2 any", "permit ip any any"),
        (
            "permit tcp any host 10.0.0.2 eq 22",
            "permit tcp any host 10.0.0.6 eq 22",
            "permit tcp any 10.0.0.2 0.0.0.4 eq 22",
        ),
        ("permit ip 10.0.1.0 0.0.0.255 any", "permit ip 10.0.2.0 0.0.0.255 any", None),
        ("permit ip 10.0.0.0 0.0.0.255 any", "permit ip 10.0.1.0 0.0.0.127 any", None),
        ("permit tcp any any", "permit udp any any", None),
        ("permit tcp any any eq 22", "permit tcp any any eq 23", None),
        ("permit tcp any eq 22 any", "permit tcp any eq 23 any", None),
        ("permit tcp any any established", "permit tcp any any", None),
        ("permit ip any any log", "permit ip any any", None),
        ("permit ip any any", "deny ip any any", None),
        ("permit ip host 10.0.0.2 host 10.0.0.2", "permit ip host 10.0.0.3 host 10.0.0.3", None),
        ("permit ip object-group A any", "permit ip object-group A any", None),
        ("permit ip object-group A host 10.0.0.1", "permit ip any host 10.0.0.1", None),
    ],
)
def test_two_entries_are_one_where_they_differ_in_a_bit(
    one: str, other: str, joined: str | None
) -> None:
    found = merged(*entries(one, other))
    assert (None if found is None else str(found)) == joined


def test_prefixes_of_ipv6_are_joined_to_prefixes() -> None:
    pair = entries(
        "permit ipv6 2001:db8:0::/48 any", "permit ipv6 2001:db8:1::/48 any", kind="ipv6"
    )
    found = merged(*pair, ipv6=True)
    assert str(found) == "permit ipv6 2001:db8::/47 any"
    pair = entries(
        "permit ipv6 2001:db8:0::/48 any", "permit ipv6 2001:db8:2::/48 any", kind="ipv6"
    )
    assert merged(*pair, ipv6=True) is None


def test_only_permits_without_a_deny_between_are_joined() -> None:
    pair = ["permit ip any host 10.0.0.2", "permit ip any host 10.0.0.3"]
    (found,) = sets(*pair).mergeable
    assert [str(each) for each in found] == [*pair, "permit ip any 10.0.0.2 0.0.0.1"]
    assert sets(pair[0], "deny tcp any any", pair[1]).mergeable == ()
    assert len(sets(pair[0], "deny tcp any host 10.0.0.2", pair[1]).mergeable) == 1
    assert sets(*(each.replace("permit", "deny") for each in pair)).mergeable == ()
    third = "permit ip any host 10.0.0.1"
    assert len(sets(third, *pair, "permit ip any host 10.0.0.0").mergeable) == 2


def test_the_smallest_list_has_no_line_in_vain_and_joined_permits() -> None:
    sites = [f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in range(8)]
    assert fewest("deny ospf 11.0.0.0 0.0.0.255 any", *sites, sites[0]) == [
        "permit ip 10.0.0.0 0.0.7.255 any"
    ]
    assert fewest("deny tcp any any eq 22", BETWEEN) == ["deny tcp any any eq 22", BETWEEN]


# ---- beside each single packet ----


def encrypts(listed: Sequence[AclEntry], packet: Packet) -> bool:
    entry = met(listed, packet)
    return entry is not None and entry.action == "permit"


def turned(packet: Packet) -> Packet:
    return Packet(
        packet.protocol,
        packet.destination,
        packet.source,
        packet.destination_port,
        packet.source_port,
        packet.established,
    )


@settings(max_examples=15)
@given(st.lists(lines(), max_size=5))
def test_dead_are_the_entries_that_no_packet_meets(written: list[str]) -> None:
    listed = entries(*written)
    first = {id(met(listed, packet)) for packet in EVERYTHING}
    found = PacketSets(listed).dead
    assert {id(each.entry) for each in found} == {id(each) for each in listed} - first
    for each in found:
        taken = [packet for packet in EVERYTHING if met([each.entry], packet)]
        assert all(met(each.by, packet) for packet in taken)
        assert listed.index(each.by[-1]) < listed.index(each.entry) or each.entry in each.by


@settings(max_examples=15)
@given(st.lists(lines(), max_size=5))
def test_a_list_without_idle_entries_encrypts_the_same_and_has_none_left(
    written: list[str],
) -> None:
    listed = entries(*written)
    found = PacketSets(listed)
    out = {id(each) for each in found.idle} | {id(each.entry) for each in found.dead}
    kept = [each for each in listed if id(each) not in out]
    smallest = minimal(listed)
    assert len(smallest) <= len(kept)
    for packet in EVERYTHING:
        wanted = encrypts(listed, packet)
        assert encrypts(kept, packet) is wanted
        assert encrypts(smallest, packet) is wanted
    for each in kept:
        rest = [other for other in kept if other is not each]
        assert any(encrypts(rest, one) is not encrypts(kept, one) for one in EVERYTHING)


@settings(max_examples=15)
@given(st.lists(lines(), max_size=4))
def test_one_way_is_what_is_encrypted_while_its_opposite_is_not(written: list[str]) -> None:
    listed = entries(*written)
    found = PacketSets(listed).one_way
    for packet in EVERYTHING:
        one_way = encrypts(listed, packet) and not encrypts(listed, turned(packet))
        assert one_way <= any(is_of(each.traffic, packet) for each in found)
        for each in found:
            if is_of(each.example, packet):
                assert one_way


@settings(max_examples=15)
@given(st.lists(lines(), max_size=4), st.lists(lines(), max_size=4))
def test_two_lists_overlap_in_the_packets_that_both_encrypt(
    written: list[str], others: list[str]
) -> None:
    one, other = entries(*written), entries(*others)
    found = list(PacketSets(one).both(PacketSets(other)))
    pairs = {
        (id(met(one, packet)), id(met(other, packet)))
        for packet in EVERYTHING
        if encrypts(one, packet) and encrypts(other, packet)
    }
    assert {(id(each.one), id(each.other)) for each in found} == pairs
    for each in found:
        packet = one_of(each.part)
        assert met(one, packet) is each.one
        assert met(other, packet) is each.other


# ---- cost ----


def test_lists_as_long_as_a_device_takes_are_answered_at_once() -> None:
    denies = [f"deny tcp any 10.{n}.0.0 0.0.255.255 eq {n}" for n in range(1, 50)]
    permits = [
        f"permit ip 10.{n}.0.0 0.0.255.255 10.{m}.0.0 0.0.255.255"
        for n, m in zip(range(50), range(49, -1, -1), strict=True)
    ]
    listed = entries(*denies, *permits, "deny ip any any")
    for ask in ("dead", "idle", "one_way", "mergeable"):
        assert cost(lambda ask=ask: getattr(PacketSets(listed), ask), 0.5) <= 0.5


def test_a_question_that_takes_too_long_is_left_open() -> None:
    count = int(MAX_STEPS**0.5) * 2
    listed = entries(*(f"deny ip host 10.0.{n >> 8}.{n & 255} any" for n in range(count)))
    with pytest.raises(TooManyStepsError):
        _ = PacketSets(listed).dead
