import pytest

from getvpn.parsers.config import AclEntry, ConfigLine, acl_algebra, device_config, parse_config
from getvpn.parsers.config.acl_algebra import covers, mirror, overlaps
from getvpn.parsers.config.read_acl import parse_entry

from . import examples


def entry(text: str) -> AclEntry:
    return parse_entry(text.split(), "extended", ConfigLine(text, 1))


def entries(*texts: str) -> tuple[AclEntry, ...]:
    return tuple(map(entry, texts))


@pytest.mark.parametrize(
    ("wide", "narrow"),
    [
        ("permit ip any any", "deny tcp host 10.0.0.1 any eq 22"),
        ("permit ip 10.0.0.0 0.255.255.255 any", "permit ip 10.1.0.0 0.0.255.255 any"),
        ("permit tcp any any range 20 30", "permit tcp any any eq 22 25"),
        ("permit tcp any any neq 22", "permit tcp any any gt 22"),
        ("permit tcp any any lt 23", "permit tcp any any range 0 22"),
        # A wildcard with a hole: even third octets.
        ("permit ip 10.0.0.0 0.0.254.255 any", "permit ip 10.0.4.0 0.0.0.255 any"),
        ("permit ip 0.0.0.0 255.255.255.255 any", "permit ip any any"),
        ("permit ip 10.0.0.1 0.0.0.0 any", "permit ip host 10.0.0.1 any"),
        ("permit tcp any any established", "permit tcp any any eq 22 established"),
    ],
)
def test_wider_entries_cover_narrower_ones(wide: str, narrow: str) -> None:
    assert covers(entry(wide), entry(narrow))
    assert overlaps(entry(wide), entry(narrow))
    assert overlaps(entry(narrow), entry(wide))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("permit tcp any any", "permit ip any any"),
        ("permit ip 10.0.0.0 0.0.254.255 any", "permit ip 10.0.4.0 0.0.1.255 any"),
        ("permit tcp any any established", "permit tcp any any"),
        ("permit tcp any any range 20 30", "permit tcp any any range 25 35"),
        ("permit ip object-group A any", "permit ip host 10.0.0.1 any"),
        ("permit object-group WEB any any", "permit tcp any any"),
    ],
)
def test_entries_may_overlap_without_covering(one: str, other: str) -> None:
    assert not covers(entry(one), entry(other))
    assert overlaps(entry(one), entry(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("permit tcp any any", "permit udp any any"),
        ("permit ip 10.0.0.0 0.0.254.255 any", "permit ip host 10.0.5.1 any"),
        ("permit ip any 10.0.0.0 0.0.0.255", "permit ip any 10.0.1.0 0.0.0.255"),
        ("permit tcp any any eq 22", "permit tcp any any neq 22"),
        ("permit tcp any eq 22 any", "permit tcp any gt 22 any"),
    ],
)
def test_entries_without_common_traffic(one: str, other: str) -> None:
    assert not overlaps(entry(one), entry(other))
    assert not covers(entry(one), entry(other))


def test_a_mirror_swaps_both_ends() -> None:
    there = entry("permit tcp 10.0.0.0 0.0.0.255 eq 22 host 10.1.1.1")
    assert str(mirror(there)) == "permit tcp host 10.1.1.1 10.0.0.0 0.0.0.255 eq 22"
    assert mirror(mirror(there)) == there


@pytest.mark.parametrize(
    ("texts", "odd"),
    [
        (("permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",), 0),
        (("permit ip any any",), 0),
        (("permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255",), 1),
        (
            (
                "permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255",
                "permit ip 10.2.0.0 0.0.255.255 10.1.0.0 0.0.255.255",
            ),
            0,
        ),
        # The opposite direction is inside a wider entry.
        (("permit tcp any eq 22 any", "permit tcp any any"), 0),
        (("deny ip 10.1.0.0 0.0.255.255 any", "permit ip any any"), 0),
        (("permit tcp any any eq 22",), 1),
    ],
)
def test_symmetry(texts: tuple[str, ...], odd: int) -> None:
    assert len(acl_algebra.asymmetric(entries(*texts))) == odd
    assert acl_algebra.is_symmetric(entries(*texts)) is (odd == 0)


def test_the_policy_of_the_guide_leaves_control_traffic_in_clear() -> None:
    policy = device_config(parse_config(examples.KEY_SERVER)).access_lists["GETVPN-POLICY"].entries
    assert acl_algebra.exempts(policy, "tcp", 22)
    assert acl_algebra.exempts(policy, "ospf")
    assert acl_algebra.exempts(policy, "udp", 500, 500)
    assert not acl_algebra.exempts(policy, "udp", 500)
    assert not acl_algebra.exempts(policy, "tcp", 443)
    assert not acl_algebra.exempts(policy, "eigrp")


def test_a_deny_behind_a_permit_is_too_late() -> None:
    policy = entries("permit ip any any", "deny udp any any eq 848")
    verdict = acl_algebra.first_match(policy, acl_algebra.traffic("udp", destination_port=848))
    assert (verdict.outcome, verdict.entry) == ("permitted", policy[0])


def test_a_permit_of_a_part_counts_before_the_deny() -> None:
    policy = entries("permit udp host 10.0.0.1 any eq 848", "deny udp any any eq 848")
    verdict = acl_algebra.first_match(policy, acl_algebra.traffic("udp", destination_port=848))
    assert verdict.outcome == "permitted"


def test_traffic_that_no_permit_takes_is_unmatched() -> None:
    policy = entries("permit tcp any any", "deny udp host 10.0.0.1 any")
    assert acl_algebra.first_match(policy, acl_algebra.traffic("udp")).outcome == "unmatched"
    assert acl_algebra.exempts(policy, "udp", 848)


def test_shadowed_entries_are_found_with_their_shadow() -> None:
    policy = entries("permit ip any any", "deny esp any any", "permit tcp any any eq 22")
    assert acl_algebra.shadowed(policy) == ((policy[1], policy[0]), (policy[2], policy[0]))


def test_any_any_however_it_is_written() -> None:
    assert acl_algebra.is_any_any(entry("permit ip any any"))
    assert acl_algebra.is_any_any(entry("permit ip 0.0.0.0 255.255.255.255 any"))
    assert not acl_algebra.is_any_any(entry("permit tcp any any"))
    assert not acl_algebra.is_any_any(entry("permit ip any any dscp ef"))


def test_object_groups_are_expanded_where_they_are_known() -> None:
    config = device_config(
        parse_config(
            "object-group network A\n host 10.0.0.1\n group-object B\n"
            "object-group network B\n 10.1.0.0 255.255.0.0\n group-object A\n"
            "ip access-list extended L\n permit ip object-group A object-group A\n"
            " permit ip object-group MISSING any\n"
        )
    )
    expanded = acl_algebra.expand(config.access_lists["L"].entries, config.object_groups)
    assert [str(one) for one in expanded] == [
        "permit ip host 10.0.0.1 host 10.0.0.1",
        "permit ip host 10.0.0.1 10.1.0.0 0.0.255.255",
        "permit ip 10.1.0.0 0.0.255.255 host 10.0.0.1",
        "permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255",
        "permit ip object-group MISSING any",
    ]
