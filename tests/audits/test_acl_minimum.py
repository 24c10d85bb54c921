"""The smallest list: equal to the original packet by packet, never larger, and how small."""

from collections.abc import Sequence
from random import Random

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from getvpn.audits.acl_forms import as_line
from getvpn.audits.acl_minimum import Smallest, smallest
from getvpn.parsers.config import AclEntry
from getvpn.parsers.config.acl_change import acl_change

from ..effort import cost
from ..parsers.config.packets import EVERYTHING, Packet, entries, lines, met

BETWEEN = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"
SSH = "deny tcp any any eq 22"


def least(*written: str, any_form: bool = False) -> list[str]:
    found = smallest(entries(*written), any_form=any_form)
    assert found.proven
    return [as_line(each) for each in found.entries]


def encrypts(listed: Sequence[AclEntry], packet: Packet) -> bool:
    entry = met(listed, packet)
    return entry is not None and entry.action == "permit"


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ([SSH, BETWEEN], [SSH, BETWEEN]),
        ([BETWEEN, "deny ip any any"], [BETWEEN]),
        ([BETWEEN, SSH], [BETWEEN]),
        ([SSH, SSH, BETWEEN], [SSH, BETWEEN]),
        (["permit tcp any any", "permit udp any any", "permit ip any any"], ["permit ip any any"]),
        (
            [f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in (5, 4, 7, 6)],
            ["permit ip 10.0.4.0 0.0.3.255 any"],
        ),
        (
            [f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in (1, 2)],
            [f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in (1, 2)],
        ),
        # what an earlier line decides may be in a wider one
        (
            [
                "deny ip 10.0.0.0 0.0.0.255 any",
                *(f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in (1, 2, 3)),
            ],
            ["deny ip 10.0.0.0 0.0.0.255 any", "permit ip 10.0.0.0 0.0.3.255 any"],
        ),
        # the deny between two neighbours takes nothing of the one that moves
        (
            [
                "permit ip 10.0.0.0 0.0.0.255 any",
                "deny tcp 10.0.0.0 0.0.0.255 any",
                "permit ip 10.0.1.0 0.0.0.255 any",
            ],
            ["permit ip 10.0.0.0 0.0.1.255 any"],
        ),
        # two exceptions and one wide permit for six permits
        (
            [f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in (1, 2, 4, 5, 6, 7)],
            [
                "deny ip 10.0.0.0 0.0.0.255 any",
                "deny ip 10.0.3.0 0.0.0.255 any",
                "permit ip 10.0.0.0 0.0.7.255 any",
            ],
        ),
    ],
)  # fmt: skip
def test_what_can_be_spared_is(written: list[str], wanted: list[str]) -> None:
    found = least(*written)
    assert len(found) == len(wanted)
    assert acl_change(entries(*found), entries(*wanted)).nothing


def test_ranges_and_holes_are_made_only_where_they_are_wanted() -> None:
    ports = ["deny tcp any any eq 20", "deny tcp any any eq 21", BETWEEN]
    assert len(least(*ports)) == 3
    assert least(*ports, any_form=True) == ["deny tcp any any range ftp-data ftp", BETWEEN]
    apart = [f"permit ip 10.{n}.1.0 0.0.0.255 any" for n in (0, 2)]
    assert least(*apart) == apart
    assert least(*apart, any_form=True) == ["permit ip 10.0.1.0 0.2.0.255 any"]
    holed = [f"permit ip 10.0.{n}.1 0.5.0.0 any" for n in (0, 1)]
    assert least(*holed) == ["permit ip 10.0.0.1 0.5.1.0 any"]


def test_lines_that_log_or_ask_for_more_stay_apart() -> None:
    logged = ["permit ip 10.0.0.0 0.0.0.255 any log", "permit ip 10.0.1.0 0.0.0.255 any"]
    assert least(*logged) == logged
    both = [each.removesuffix(" log") + " log" for each in logged]
    assert least(*both) == ["permit ip 10.0.0.0 0.0.1.255 any log"]
    asked = ["permit tcp 10.0.0.0 0.0.0.255 any established", "permit tcp 10.0.1.0 0.0.0.255 any"]
    assert least(*asked) == asked


def test_lists_of_ipv6_keep_prefixes() -> None:
    sites = entries(*(f"permit ipv6 2001:db8:{n}::/48 any" for n in range(4)), kind="ipv6")
    found = smallest(sites, ipv6=True)
    assert [as_line(each, "ipv6") for each in found.entries] == ["permit ipv6 2001:db8::/46 any"]


def test_a_search_that_takes_too_long_gives_what_it_has() -> None:
    sites = entries(*(f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in range(8)))
    found = smallest(sites, steps=60)
    assert found.ended
    assert found.proven
    assert len(found.entries) <= len(sites)
    assert acl_change(sites, found.entries).nothing


def test_each_line_tells_which_ones_it_stands_for() -> None:
    sites = entries(SSH, *(f"permit ip 10.0.{n}.0 0.0.0.255 any" for n in range(2)))
    found = smallest(sites)
    assert found.origins == ((sites[0],), sites[1:])
    assert found.permits == 1


def test_object_groups_are_refused() -> None:
    with pytest.raises(ValueError, match="not known what"):
        smallest(entries("permit ip object-group A any"))


@settings(max_examples=15, phases=(Phase.explicit, Phase.generate))
@given(st.lists(lines(), max_size=6), st.booleans())
def test_the_smallest_list_encrypts_the_same_packets_and_is_not_larger(
    written: list[str], any_form: bool
) -> None:
    listed = entries(*written)
    found = smallest(listed, any_form=any_form)
    assert found.proven
    assert len(found.entries) <= len(listed)
    assert found.permits <= sum(each.action == "permit" for each in listed)
    again = entries(*(as_line(each) for each in found.entries))
    for packet in EVERYTHING:
        assert encrypts(again, packet) is encrypts(listed, packet)


def networks() -> dict[str, int]:
    """The networks of eight hosts, each with a bit for every host in it."""
    return {
        f"10.0.0.{first} 0.0.0.{free}": ((1 << (free + 1)) - 1) << first
        for free in (0, 1, 3, 7)
        for first in range(0, 8, free + 1)
    }


def fewest_lines() -> dict[int, int]:
    """For each set of eight hosts the fewest lines that select it.

    Behind no line is nothing; a line before others sets or clears the bits of its network.
    """
    found, pending = {0: 0}, [0]
    for hosts in pending:
        for bits in networks().values():
            for made in (hosts | bits, hosts & ~bits):
                if made not in found:
                    found[made] = found[hosts] + 1
                    pending.append(made)
    return found


def test_few_lists_of_eight_hosts_are_larger_than_the_smallest_of_all() -> None:
    bits, fewest, larger = networks(), fewest_lines(), 0
    chosen = Random(7)  # noqa: S311 - lists that are the same each time
    for _ in range(200):
        lists = [
            (chosen.choice(("permit", "permit", "deny")), chosen.choice(list(bits)))
            for _ in range(chosen.randrange(1, 8))
        ]
        hosts = 0
        for action, network in reversed(lists):
            hosts = hosts | bits[network] if action == "permit" else hosts & ~bits[network]
        found = least(*(f"{action} ip {network} any" for action, network in lists))
        assert len(found) <= fewest[hosts] + 1
        larger += len(found) > fewest[hosts]
    assert larger <= 10


def test_a_list_as_long_as_a_device_takes_is_done_soon() -> None:
    denies = [f"deny tcp any 10.{n}.0.0 0.0.255.255 eq {n}" for n in range(1, 40)]
    permits = [
        f"permit ip 10.{n}.0.0 0.0.255.255 10.{m}.0.0 0.0.255.255"
        for n in range(8) for m in range(8) if n != m
    ]  # fmt: skip
    listed = entries(*denies, *permits)
    made: list[Smallest] = []
    assert cost(lambda: made.append(smallest(listed)), 5) <= 5
    found = made[0]
    # a site's own traffic stays clear in one line each, all the rest is one permit
    assert found.proven
    assert len(found.entries) <= len(denies) + 9
