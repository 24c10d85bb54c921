"""What the transforms add to a packet, after the published formula and samples."""

import pytest

from getvpn.emulator.gdoi.policy import Transform
from getvpn.emulator.gdoi.sizes import encapsulated_size, largest_inner

DES3 = Transform(name="t", cipher="esp-3des", integrity="esp-sha-hmac")
SHA1 = Transform(name="t", cipher="esp-aes", bits=128, integrity="esp-sha-hmac")
SHA256 = Transform(name="t", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")
SHA384 = Transform(name="t", cipher="esp-aes", bits=256, integrity="esp-sha384-hmac")
SHA512 = Transform(name="t", cipher="esp-aes", bits=256, integrity="esp-sha512-hmac")
GCM = Transform(name="t", cipher="esp-gcm", bits=256)
GMAC = Transform(name="t", cipher="esp-gmac", bits=128)
ALL = (DES3, SHA1, SHA256, SHA384, SHA512, GCM, GMAC)
NULL = Transform(name="t", cipher="esp-null", integrity="esp-sha-hmac")


@pytest.mark.parametrize(
    ("transform", "least", "most"),
    [
        (DES3, 50, 57),
        (SHA1, 58, 73),
        (SHA256, 62, 77),
        (SHA384, 70, 85),
        (SHA512, 78, 93),
        (GCM, 54, 57),
        (GMAC, 54, 57),
    ],
)
def test_the_overhead_depends_on_the_padding(transform: Transform, least: int, most: int) -> None:
    sizes = [encapsulated_size(inner, transform) - inner for inner in range(64, 1501)]
    assert (min(sizes), max(sizes)) == (least, most)
    timed = [encapsulated_size(inner, transform, tbar=True) - inner for inner in range(64, 1501)]
    assert (min(timed), max(timed)) == (least + 16, most + 16)
    longer = [encapsulated_size(inner, transform, ipv6=True) - inner for inner in range(64, 1501)]
    assert (min(longer), max(longer)) == (least + 20, most + 20)


@pytest.mark.parametrize(
    ("transform", "ipv4", "timed", "ipv6", "ipv6_timed", "tagged"),
    [
        (DES3, 1446, 1430, 1430, 1414, 1422),
        (SHA1, 1438, 1422, 1422, 1406, 1406),
        (SHA256, 1438, 1422, 1406, 1390, 1406),
        (SHA384, 1422, 1406, 1406, 1390, 1406),
        (SHA512, 1422, 1406, 1390, 1374, 1390),
        (GCM, 1446, 1430, 1426, 1410, 1422),
        (GMAC, 1446, 1430, 1426, 1410, 1422),
    ],
)
def test_the_largest_packet_for_a_path_of_1500_bytes(
    transform: Transform, ipv4: int, timed: int, ipv6: int, ipv6_timed: int, tagged: int
) -> None:
    assert largest_inner(1500, transform) == ipv4
    assert largest_inner(1500, transform, tbar=True) == timed
    assert largest_inner(1500, transform, ipv6=True) == ipv6
    assert largest_inner(1500, transform, tbar=True, ipv6=True) == ipv6_timed
    assert largest_inner(1500, transform, tbar=True, sgt=True) == tagged


@pytest.mark.parametrize(
    ("inner", "sizes"),
    [
        (1500, (1560, 1564, 1580, 1596, 1572)),
        (1400, (1464, 1468, 1484, 1500, 1472)),
        (1360, (1432, 1436, 1452, 1468, 1432)),
        (576, (648, 652, 668, 684, 648)),
    ],
)
def test_packets_grow_as_in_the_worked_examples(inner: int, sizes: tuple[int, ...]) -> None:
    assert (
        encapsulated_size(inner, SHA1),
        encapsulated_size(inner, SHA256),
        encapsulated_size(inner, SHA256, tbar=True),
        encapsulated_size(inner, SHA512, tbar=True),
        encapsulated_size(inner, GCM, tbar=True),
    ) == sizes


@pytest.mark.parametrize("transform", [*ALL, NULL])
@pytest.mark.parametrize("path", [576, 1280, 1476, 1500, 9000])
@pytest.mark.parametrize("ipv6", [False, True])
def test_the_largest_packet_fits_and_one_byte_more_does_not(
    transform: Transform, path: int, *, ipv6: bool
) -> None:
    most = largest_inner(path, transform, tbar=True, ipv6=ipv6)
    assert encapsulated_size(most, transform, tbar=True, ipv6=ipv6) <= path
    assert encapsulated_size(most + 1, transform, tbar=True, ipv6=ipv6) > path


def test_transport_mode_has_no_second_header() -> None:
    tunnel = Transform(name="t", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac")
    transport = Transform(
        name="t", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac", mode="transport"
    )
    assert encapsulated_size(1400, tunnel) == 1468
    assert encapsulated_size(1400, transport) == 1452
    assert encapsulated_size(largest_inner(1500, transport), transport) <= 1500


def test_nothing_fits_through_a_path_that_is_too_small() -> None:
    assert largest_inner(40, SHA512, ipv6=True) == 0
