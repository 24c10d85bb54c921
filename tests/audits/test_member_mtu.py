"""What links leave for packets of members, by transform, replay protection, tag and family."""

from pathlib import Path

import pytest

from getvpn.audits.load import read_fleet
from getvpn.audits.member_mtu import GroupMtu, member_mtus

_SERVER = """\
hostname ks1
crypto ipsec transform-set TS {transforms}
crypto ipsec profile PROF
 set transform-set TS
crypto gdoi group {family}G1
 identity number 1001
 server local
  sa ipsec 10
   profile PROF
   match address {match} POLICY
{more}  address ipv4 10.10.1.1
"""
_MEMBER = """\
hostname {name}
crypto gdoi group {family}G1
 identity number 1001
 server address ipv4 10.10.1.1
crypto map {family}MAP 10 gdoi
 set group G1
interface GigabitEthernet0/0
 {ip} address {lan}
{clamp}interface GigabitEthernet0/1
 {ip} address {wan}
{mtu} {map} MAP
"""
REPLAY = "   replay time window-size 5\n"
TAG = "   tag cts sgt\n"


def server(transforms: str, more: str = "", *, ipv6: bool = False) -> str:
    return _SERVER.format(
        transforms=transforms,
        more=more,
        family="ipv6 " if ipv6 else "",
        match="ipv6" if ipv6 else "ipv4",
    )


def member(name: str = "gm1", clamp: str = "", mtu: str = "", *, ipv6: bool = False) -> str:
    return _MEMBER.format(
        name=name,
        clamp=clamp,
        mtu=mtu,
        family="ipv6 " if ipv6 else "",
        ip="ipv6" if ipv6 else "ip",
        lan="2001:db8:1::1/64" if ipv6 else f"10.3{name[-1]}.0.1 255.255.255.0",
        wan="2001:db8:2::1/64" if ipv6 else f"10.20.{name[-1]}.1 255.255.255.252",
        map="ipv6 crypto map" if ipv6 else "crypto map",
    )


def looked_at(folder: Path, *texts: str, path_mtu: int | None = None) -> GroupMtu:
    for number, text in enumerate(texts):
        (folder / f"{number}.cfg").write_text(text, "utf-8")
    (found,) = member_mtus(read_fleet([folder]), path_mtu)
    return found


@pytest.mark.parametrize(
    ("transforms", "more", "ipv6", "added", "inner", "mss"),
    [
        ("esp-3des esp-sha-hmac", "", False, (50, 57), 1446, 1406),
        ("esp-aes esp-sha-hmac", "", False, (58, 73), 1438, 1398),
        ("esp-aes esp-sha-hmac", REPLAY, False, (74, 89), 1422, 1382),
        ("esp-aes 256 esp-sha256-hmac", REPLAY, False, (78, 93), 1422, 1382),
        ("esp-aes 256 esp-sha512-hmac", REPLAY, False, (94, 109), 1406, 1366),
        ("esp-aes 256 esp-sha512-hmac", REPLAY + TAG, False, (102, 117), 1390, 1350),
        ("esp-gcm 256", REPLAY, False, (70, 73), 1430, 1390),
        ("esp-aes 256 esp-sha256-hmac", REPLAY, True, (98, 113), 1390, 1330),
        ("esp-gcm 256", "", True, (74, 77), 1426, 1366),
    ],
)
def test_a_link_leaves_what_the_transform_does_not_take(
    tmp_path: Path,
    transforms: str,
    more: str,
    ipv6: bool,
    added: tuple[int, int],
    inner: int,
    mss: int,
) -> None:
    found = looked_at(tmp_path, server(transforms, more, ipv6=ipv6), member(ipv6=ipv6))
    (one,) = found.maps
    assert (one.overhead, one.largest_inner, one.mss) == (added, inner, mss)
    assert one.time_based is (REPLAY in more)
    assert one.tagged is (TAG in more)
    assert one.command == ("ipv6 tcp adjust-mss" if ipv6 else "ip tcp adjust-mss")
    assert not one.unknown


def test_a_lan_fits_by_its_mtu_and_tcp_by_its_clamp(tmp_path: Path) -> None:
    policy = server("esp-aes 256 esp-sha256-hmac", REPLAY)
    sizes = {" ip mtu 1422\n": (None, True), " ip mtu 1423\n": (1422, False)}
    clamps = {" ip tcp adjust-mss 1382\n": (1422, True), " ip tcp adjust-mss 1383\n": (1422, False)}
    for line, wanted in {**sizes, **clamps}.items():
        found = looked_at(tmp_path, policy, member(clamp=line))
        (lan,) = found.maps[0].lans
        assert (lan.fits, lan.tcp_fits) == wanted
        assert found.maps[0].fragments is (wanted[0] is not None)


def test_the_smallest_link_of_the_group_counts_for_all(tmp_path: Path) -> None:
    policy = server("esp-aes 256 esp-sha256-hmac", REPLAY)
    found = looked_at(tmp_path, policy, member(), member("gm2", mtu=" ip mtu 1400\n"))
    one, other = found.maps
    assert (one.mss, one.group_mss, other.mss) == (1382, 1270, 1270)
    assert [(each.device, each.fits) for each in one.elsewhere] == [("gm2", 1310)]
    assert not other.elsewhere


def test_a_smaller_path_leaves_less(tmp_path: Path) -> None:
    policy = server("esp-aes 256 esp-sha256-hmac", REPLAY)
    assert looked_at(tmp_path, policy, member(), path_mtu=1400).maps[0].largest_inner == 1310
    assert looked_at(tmp_path, policy, member(), path_mtu=9000).maps[0].path_mtu == 1500


def test_without_a_transform_the_worst_is_taken(tmp_path: Path) -> None:
    (one,) = looked_at(tmp_path, member()).maps
    assert one.unknown
    assert (one.overhead, one.largest_inner) == ((50, 109), 1406)


def test_members_without_a_crypto_map_are_told(tmp_path: Path) -> None:
    found = looked_at(tmp_path, member().replace(" crypto map MAP\n", ""))
    assert found.unknown == ("gm1: no interface has a crypto map for the group",)
