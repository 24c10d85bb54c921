from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.overhead import (
    BEST,
    SECURITY_TAG,
    TIME_STAMP,
    WORST,
    Encapsulation,
    Family,
    encapsulation,
    metadata,
    segment,
)

TRANSFORMS = {
    "3DES-SHA1": "esp-3des esp-sha-hmac",
    "AES-SHA1": "esp-aes 256 esp-sha-hmac",
    "AES-SHA256": "esp-aes 256 esp-sha256-hmac",
    "AES-SHA384": "esp-aes 256 esp-sha384-hmac",
    "AES-SHA512": "esp-aes 256 esp-sha512-hmac",
    "GCM": "esp-gcm 256",
}


def _made(name: str, extra: int = 0) -> Encapsulation:
    found = encapsulation(TRANSFORMS[name], metadata=extra)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("name", "plain", "stamped", "ipv6"),
    [
        ("3DES-SHA1", (50, 57), (66, 73), (70, 77)),
        ("AES-SHA1", (58, 73), (74, 89), (78, 93)),
        ("AES-SHA256", (62, 77), (78, 93), (82, 97)),
        ("AES-SHA384", (70, 85), (86, 101), (90, 105)),
        ("AES-SHA512", (78, 93), (94, 109), (98, 113)),
        ("GCM", (54, 57), (70, 73), (74, 77)),
    ],
)
def test_the_least_and_the_most_that_each_transform_adds(
    name: str, plain: tuple[int, int], stamped: tuple[int, int], ipv6: tuple[int, int]
) -> None:
    assert _made(name).added() == plain
    assert _made(name, TIME_STAMP).added() == stamped
    assert _made(name).added("ipv6") == ipv6


@pytest.mark.parametrize(
    ("name", "plain", "stamped", "ipv6", "ipv6_stamped", "tagged"),
    [
        ("3DES-SHA1", 1446, 1430, 1430, 1414, 1422),
        ("AES-SHA1", 1438, 1422, 1422, 1406, 1406),
        ("AES-SHA256", 1438, 1422, 1406, 1390, 1406),
        ("AES-SHA384", 1422, 1406, 1406, 1390, 1406),
        ("AES-SHA512", 1422, 1406, 1390, 1374, 1390),
        ("GCM", 1446, 1430, 1426, 1410, 1422),
    ],
)
def test_the_largest_packet_that_fits_into_1500_bytes(
    name: str, plain: int, stamped: int, ipv6: int, ipv6_stamped: int, tagged: int
) -> None:
    both = metadata(time_based=True, tagged=True)
    assert both == TIME_STAMP + SECURITY_TAG == 24
    assert _made(name).largest_inner(1500) == plain
    assert _made(name, TIME_STAMP).largest_inner(1500) == stamped
    assert _made(name).largest_inner(1500, "ipv6") == ipv6
    assert _made(name, TIME_STAMP).largest_inner(1500, "ipv6") == ipv6_stamped
    assert _made(name, both).largest_inner(1500) == tagged


@pytest.mark.parametrize(
    ("inner", "sizes"),
    [
        (1500, (1560, 1564, 1580, 1596, 1572)),
        (1400, (1464, 1468, 1484, 1500, 1472)),
        (1360, (1432, 1436, 1452, 1468, 1432)),
        (576, (648, 652, 668, 684, 648)),
    ],
)
def test_worked_examples_of_encrypted_packets(inner: int, sizes: tuple[int, ...]) -> None:
    columns = (
        _made("AES-SHA1"),
        _made("AES-SHA256"),
        _made("AES-SHA256", TIME_STAMP),
        _made("AES-SHA512", TIME_STAMP),
        _made("GCM", TIME_STAMP),
    )
    assert tuple(column.outer(inner) for column in columns) == sizes


def test_a_segment_of_1360_bytes_fits_under_every_ipv4_transform_and_not_under_ipv6() -> None:
    assert all(segment(_made(name, TIME_STAMP).largest_inner(1500)) >= 1360 for name in TRANSFORMS)
    assert segment(_made("AES-SHA256", TIME_STAMP).largest_inner(1500, "ipv6"), "ipv6") == 1330


def test_show_commands_and_configurations_spell_transforms_differently() -> None:
    assert encapsulation("esp-256-aes esp-sha256-hmac ") == _made("AES-SHA256")
    assert encapsulation("esp-gcm") == encapsulation("esp-gmac 128") == _made("GCM")
    assert encapsulation("esp-null esp-md5-hmac") == Encapsulation(iv=0, block=4, icv=12)
    assert encapsulation("esp-aes") == Encapsulation(iv=16, block=16, icv=0)


@pytest.mark.parametrize("transforms", ["", "ah-sha-hmac esp-aes", "esp-seal esp-sha-hmac"])
def test_transforms_of_unknown_size_have_no_encapsulation(transforms: str) -> None:
    assert encapsulation(transforms) is None


def test_no_transform_is_better_than_the_best_or_worse_than_the_worst() -> None:
    for name in TRANSFORMS:
        for mtu in range(1280, 1600):
            most = BEST.largest_inner(mtu)
            assert WORST.largest_inner(mtu) <= _made(name, TIME_STAMP).largest_inner(mtu) <= most


@given(
    name=st.sampled_from(sorted(TRANSFORMS)),
    extra=st.sampled_from([0, TIME_STAMP, TIME_STAMP + SECURITY_TAG]),
    mtu=st.integers(576, 9216),
    family=st.sampled_from(["ipv4", "ipv6"]),
)
def test_the_largest_packet_fits_and_one_byte_more_does_not(
    name: str, extra: int, mtu: int, family: Family
) -> None:
    made = _made(name, extra)
    inner = made.largest_inner(mtu, family)
    assert made.outer(inner, family) <= mtu < made.outer(inner + 1, family)
    least, most = made.added(family)
    assert least <= made.outer(inner, family) - inner <= most


def test_a_larger_packet_never_becomes_a_smaller_one() -> None:
    sizes = [_made("GCM").outer(inner) for inner in range(20, 3000)]
    assert all(one <= next_one for one, next_one in pairwise(sizes))


def test_a_path_that_holds_no_packet_leaves_no_room() -> None:
    assert WORST.largest_inner(60) == 0
