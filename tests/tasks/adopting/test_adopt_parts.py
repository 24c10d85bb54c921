"""The parts of adoption by themselves: orders, lists, texts, keys."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from getvpn.inventory.models import Intent
from getvpn.inventory.policy import policy_entries
from getvpn.parsers.config import device_config, parse_config
from getvpn.tasks.adopting.keys import ikev2_keys, isakmp_keys, key_for
from getvpn.tasks.adopting.lists import traffic_of
from getvpn.tasks.adopting.order import merged
from getvpn.tasks.adopting.plain import comparable
from getvpn.tasks.adopting.reading import Found
from getvpn.tasks.adopting.software import software
from getvpn.tasks.adopting.writing import written
from getvpn.yaml_text import read

from ...inventory.strategies import intents

few = settings(max_examples=30)


def found(text: str) -> Found:
    tree = parse_config(text, "r.cfg")
    return Found(
        name="R",
        hostname="R",
        source="r.cfg",
        text=text,
        first_line=1,
        config=device_config(tree),
    )


# ---- orders ----


@few
@given(st.permutations(range(8)), st.lists(st.sets(st.integers(0, 9)), max_size=5))
def test_orders_that_fit_each_other_are_all_kept(whole: list[int], parts: list[set[int]]) -> None:
    orders = [[each for each in whole if each in part] for part in parts]
    result = merged(sorted(whole), orders)
    assert sorted(result) == sorted(whole)
    for order in orders:
        places = [result.index(each) for each in order]
        assert places == sorted(places)


def test_of_orders_that_contradict_each_other_the_first_one_holds() -> None:
    assert merged("abc", ["ca", "ab", "bc"]) == ["c", "a", "b"]
    assert merged("abc", []) == ["a", "b", "c"]


def test_an_order_of_many_is_found_quickly() -> None:
    names = [f"gm-{number}" for number in range(3000)]
    assert merged(sorted(names), [names, names[::2], names[::-1]]) == names


# ---- texts ----


@few
@given(
    st.recursive(
        st.one_of(
            st.none(),
            st.booleans(),
            st.integers(-5, 10**6),
            st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30),
            st.sampled_from(["off", "1001", "17.10", "2001:db8::1", "null", "~", "a: b", "# x"]),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), inner, max_size=4),
        ),
        max_leaves=12,
    )
)
@example([[[[None]]]])
def test_what_is_written_is_read_as_it_was(value: Any) -> None:
    document = {"version": 1, "thing": value, "members": [{"name": "a", "more": value}]}
    text = written(document, ["head"], {("members", "a"): ["from a file"]})
    assert text.startswith("# head\nversion: 1\n")
    assert "  # from a file\n  - name: a\n" in text
    assert read(text, "t").data() == document


# ---- lists ----


@few
@given(intents(most_members=0))
def test_traffic_gives_exactly_the_lines_that_it_was_made_of(intent: Intent) -> None:
    for group in intent.groups:
        multicast = group.rekey.multicast
        for policy in group.policies:
            lines = policy_entries(group, policy)
            made = traffic_of(lines, group.family, str(multicast) if multicast else None)
            said = policy.model_dump(mode="json") | {"traffic": None, "acl": None} | made
            other = type(policy).model_validate(said)
            assert policy_entries(group, other) == lines
            if policy.traffic is not None:
                assert "traffic" in made


def test_lines_in_another_order_stay_lines() -> None:
    lines = ["permit ip 10.0.0.0 0.255.255.255 any", "deny ospf any any"]
    assert traffic_of(lines, "ipv4", None) == {"acl": lines}


# ---- keys ----


@pytest.mark.parametrize(
    ("line", "network", "key"),
    [
        ("crypto isakmp key Word address 192.0.2.1", "192.0.2.1/32", "Word"),
        ("crypto isakmp key 0 Word address 192.0.2.1 no-xauth", "192.0.2.1/32", "Word"),
        ("crypto isakmp key address address 192.0.2.0 255.255.255.0", "192.0.2.0/24", "address"),
        ("crypto isakmp key 6 address 192.0.2.1", "192.0.2.1/32", "6"),
        ("crypto isakmp key 6 ABC address 0.0.0.0", "0.0.0.0/0", None),
        ("crypto isakmp key <removed> address 192.0.2.1", "192.0.2.1/32", None),
        ("crypto isakmp key Word hostname r2", "None", "Word"),
        ("crypto keyring K\n  pre-shared-key address 192.0.2.1 key 0 Word", "192.0.2.1/32", "Word"),
        ("crypto keyring K\n  pre-shared-key hostname key key Word", "None", "Word"),
        ("crypto keyring K\n  pre-shared-key address 192.0.2.1 key 6 A", "192.0.2.1/32", None),
    ],
)
def test_a_key_is_found_in_its_line(line: str, network: str, key: str | None) -> None:
    (each,) = isakmp_keys(found(line))
    assert (str(each.network), each.value and each.value.reveal()) == (network, key)


def test_the_smallest_network_decides() -> None:
    text = "crypto isakmp key A address 0.0.0.0\ncrypto isakmp key B address 10.0.0.0 255.0.0.0\n"
    keys = isakmp_keys(found(text))
    address = keys[1].network[7] if keys[1].network else None
    best = key_for(keys, address)
    assert best is not None
    assert best.value is not None
    assert best.value.reveal() == "B"
    assert key_for(keys, None) is None


def test_two_different_keys_of_a_peer_are_none() -> None:
    text = """\
crypto ikev2 keyring K
 peer ONE
  address 192.0.2.1
  pre-shared-key local A
  pre-shared-key remote B
 peer TWO
  address 192.0.2.2
  pre-shared-key A
"""
    one, two = ikev2_keys(found(text), "K")
    assert (one.value, two.value and two.value.reveal()) == (None, "A")
    assert ikev2_keys(found(text), None) == ()


# ---- what goes without saying, and what a device runs ----


def test_lines_that_say_what_holds_leave_empty_ones_behind() -> None:
    text = "crypto isakmp policy 1\n hash sha\n group 1\n group 2\nhostname R\n lifetime 86400\n"
    tree = parse_config(text, "r.cfg", first_line=7)
    plain = comparable(text, tree, 7)
    assert plain.split("\n")[:5] == ["crypto isakmp policy 1", "", "", " group 2", "hostname R"]
    assert len(plain.split("\n")) == len(text.split("\n"))


@pytest.mark.parametrize(
    ("text", "release", "runs"),
    [
        ("version 15.4\n", None, ("ios", "15.4", True)),
        ("version 17.9\n", "17.9.4a", ("ios-xe", "17.9.4a", True)),
        ("version 17.6\n", "17.06.01a", ("ios-xe", "17.6.1a", True)),
        ("crypto gkm group A\n", None, ("ios-xe", "16.12", False)),
        ("crypto isakmp policy 1\n encryption aes\n", None, ("ios-xe", "17.9", False)),
        ("ip access-list extended A\n 10 permit ip any any\n", None, ("ios-xe", "17.9", False)),
        ("hostname R\n", None, ("ios", "15.7", False)),
    ],
)
def test_the_software_follows_from_what_there_is(
    text: str, release: str | None, runs: tuple[str, str, bool]
) -> None:
    known = software(replace(found(text), release=release))
    assert (known.os, known.release, known.sure) == runs
