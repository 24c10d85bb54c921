"""The seed on sizes: what encryption adds, and what does not fit."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from getvpn.emulator.gdoi.crowd import Crowd
from getvpn.emulator.gdoi.policy import Replay, ReplayKind, Transform
from getvpn.emulator.gdoi.sizes import encapsulated_size
from getvpn.emulator.gdoi.traffic import Exchange, Sample

from .seed_citing import seed
from .seed_world import UDP, Routers, all_encrypted, routers, running, sa_policy

LAN_MTU, MPLS_MTU = 1500, 4470
TOO_LARGE = "larger than the path allows, and not to be fragmented"
FULL = Sample(size=LAN_MTU)
WHOLE = Sample(size=LAN_MTU, dont_fragment=True)
OF_UDP = Sample(protocol=UDP, size=LAN_MTU, dont_fragment=True)
LAN = "interface GigabitEthernet0/0/1"
TIMED = Replay(kind=ReplayKind.TIME, window=5)
TRANSFORMS = {
    "3des": Transform(name="T", cipher="esp-3des", integrity="esp-sha-hmac"),
    "sha1": Transform(name="T", cipher="esp-aes", bits=128, integrity="esp-sha-hmac"),
    "sha256": Transform(name="T", cipher="esp-aes", bits=256, integrity="esp-sha256-hmac"),
    "sha512": Transform(name="T", cipher="esp-aes", bits=256, integrity="esp-sha512-hmac"),
    "gcm": Transform(name="T", cipher="esp-gcm", bits=256),
}


def with_transform(transform: Transform) -> Crowd:
    """A group with one key server, which has sender identifiers to give."""
    policy = replace(sa_policy(transform=transform, replay=TIMED), kssids=(1,))
    return running(policy, servers=1)


def on(crowd: Crowd, mtu: int) -> Crowd:
    """The same group on a wide area network with this MTU."""
    for name in crowd.stations:
        crowd.network.set_line(name, mtu=mtu)
    return crowd


def sizes(found: Exchange) -> set[tuple[int, int]]:
    """Size and fragments of both directions."""
    return {(found.there.size, found.there.fragments), (found.back.size, found.back.fragments)}


@seed("Because of additional IPsec overhead added to each packet")
@pytest.mark.parametrize("size", [40, 100, 576, 1400, 1500])
def test_every_packet_becomes_larger(size: int) -> None:
    crowd = on(running(), MPLS_MTU)
    ((outside, fragments),) = sizes(crowd.traffic("GM1", "GM2", Sample(size=size)))
    assert size + 62 <= outside <= size + 77
    assert fragments == 1


@seed("even after adding the 50-60 byte overhead, MTU size is much less than the MTU of the WAN")
def test_the_overhead_is_50_to_60_bytes_with_3des_or_gcm_and_more_with_other_transforms() -> None:
    added = {
        name: [encapsulated_size(size, transform) - size for size in range(40, 1501)]
        for name, transform in TRANSFORMS.items()
    }
    assert {name: (min(each), max(each)) for name, each in added.items()} == {
        "3des": (50, 57),
        "gcm": (54, 57),
        "sha1": (58, 73),
        "sha256": (62, 77),
        "sha512": (78, 93),
    }
    assert max(map(max, added.values())) + LAN_MTU < MPLS_MTU


@seed("The MTU does not affect GETVPN traffic in any shape or form")
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_full_packets_pass_an_mpls_network_whole(transform: Transform) -> None:
    crowd = on(with_transform(transform), MPLS_MTU)
    assert all_encrypted(crowd, WHOLE)
    assert {fragments for _, fragments in sizes(crowd.traffic("GM1", "GM2", FULL))} == {1}


@seed(
    "the resulting packet size becomes greater than the MTU of the WAN",
    "the network performance will be impacted because of fragmentation and reassembly",
)
def test_full_packets_are_fragmented_where_the_wan_takes_no_more_than_the_lan() -> None:
    crowd = on(running(), LAN_MTU)
    assert sizes(crowd.traffic("GM1", "GM2", FULL)) == {(1564, 2)}
    assert all_encrypted(crowd, FULL)


@seed("are unable to fragment them because of the df-bit setting")
def test_full_packets_that_must_not_be_fragmented_are_lost_there() -> None:
    crowd = on(running(), LAN_MTU)
    found = crowd.traffic("GM1", "GM2", WHOLE)
    assert (found.works, found.there.reason) == (False, TOO_LARGE)
    assert all_encrypted(crowd)


@seed("will always have 100 extra bytes for encryption overhead")
@pytest.mark.parametrize("transform", TRANSFORMS.values(), ids=TRANSFORMS)
def test_packets_of_1400_bytes_have_room_for_any_overhead(transform: Transform) -> None:
    crowd = on(with_transform(transform), LAN_MTU)
    sample = Sample(size=1400, dont_fragment=True)
    assert all_encrypted(crowd, sample)
    assert crowd.traffic("GM1", "GM2", sample).there.size <= LAN_MTU


# ---- segments of TCP ----


@pytest.fixture(scope="module")
def group() -> Routers:
    return routers(lambda _, text: text.replace(" mtu 1500\n", ""), servers=1, members=4, mtu=1500)


@pytest.fixture(autouse=True)
def as_before(request: pytest.FixtureRequest) -> Iterator[None]:
    """Put the configuration of the routers back."""
    yield
    if "group" in request.fixturenames:
        found: Routers = request.getfixturevalue("group")
        found.lab.heal()
        found.configure("GM3", f"{LAN}\n ip tcp adjust-mss 1360")


@seed(
    "Configure ip tcp adjst-mss 1360 on GM LAN interface",
    "ensure that resulting IP packet on the LAN segment is less than 1400 bytes",
)
def test_adjust_mss_on_the_lan_keeps_connections_from_packets_that_are_too_large(
    group: Routers,
) -> None:
    found = group.traffic("GM3", "GM4", WHOLE)
    assert found.encrypted
    # 1360 bytes of data, 40 of headers, 84 of encryption with pseudotime
    assert sizes(found) == {(1484, 1)}


@seed("This value only affects TCP traffic and has no bearing on the UDP traffic")
def test_adjust_mss_does_nothing_for_udp(group: Routers) -> None:
    found = group.traffic("GM3", "GM4", OF_UDP)
    assert (found.works, found.there.reason) == (False, TOO_LARGE)


def test_one_end_of_a_connection_that_adjusts_is_enough(group: Routers) -> None:
    group.configure("GM3", f"{LAN}\n no ip tcp adjust-mss")
    assert group.traffic("GM3", "GM4", WHOLE).encrypted
    group.configure("GM4", "interface GigabitEthernet2\n no ip tcp adjust-mss")
    assert group.traffic("GM3", "GM4", WHOLE).there.reason == TOO_LARGE
    group.configure("GM4", "interface GigabitEthernet2\n ip tcp adjust-mss 1360")


@seed("the adjust-mss value can be lowered further")
def test_a_lower_value_helps_where_the_core_takes_less(group: Routers) -> None:
    group.lab.line("GM3", "GM4", mtu=1476)
    assert group.traffic("GM3", "GM4", WHOLE).there.reason == TOO_LARGE
    group.configure("GM3", f"{LAN}\n ip tcp adjust-mss 1336")
    assert group.traffic("GM3", "GM4", WHOLE).encrypted
