"""Members in the state of a published output print the same lines, apart from values."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.policy import Cipher, Replay, ReplayKind, Transform, Transport
from getvpn.emulator.gdoi.records import ServerKey
from getvpn.emulator.groups.feature import Gdoi
from getvpn.emulator.groups.ipsec_tables import IpsecTables
from getvpn.emulator.services.crypto_sas import CryptoSas, IkeSa
from getvpn.emulator.testing import console

from ..capture_texts import captured, differences
from .gm_states import (
    DER,
    KEKS,
    LAN,
    WAN,
    gm_router,
    group_text,
    halves,
    hold_kek,
    hold_tek,
    joined,
    map_text,
    policy,
    register,
    rekeyed,
    show,
    wan_text,
)

GETVPN1 = (
    "deny ip host 11.23.33.33 host 24.54.55.55",
    "deny ip host 41.23.32.37 host 44.58.59.55",
    "deny esp any any",
    "deny udp any any eq 3784",
    "deny udp any any eq 3785",
    "deny udp any eq 3785 any",
    "deny tcp any any eq 179",
    "deny tcp any eq 179 any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny ospf any any",
    "deny pim any 224.0.0.0 0.0.0.255",
    "deny udp any any eq 123",
    "deny udp any any eq 514",
    "deny udp any eq 500 any eq 500",
    "deny udp any eq 848 any",
    "deny udp any any eq 848",
    "deny ip any 10.90.0.0 0.0.255.255",
    "deny ip 10.90.0.0 0.0.255.255 any",
    "permit ip 25.25.0.0 0.0.255.255 15.15.0.0 0.0.255.255",
    "permit ip 15.15.0.0 0.0.255.255 25.25.0.0 0.0.255.255",
    "permit ip 16.16.0.0 0.0.255.255 26.26.0.0 0.0.255.255",
)
LAB = (
    "deny esp any any",
    "deny udp any eq 500 any eq 500",
    "deny udp any eq 848 any eq 848",
    "permit tcp host 10.10.0.10 eq 179 any",
    "deny tcp any any eq 179",
    "deny tcp any eq 179 any",
    "deny tcp any any eq 49",
    "deny tcp any eq 49 any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny tcp any any eq 443",
    "deny tcp any eq 443 any",
    "deny eigrp any any",
    "deny ospf any any",
    "deny udp any any eq 123",
    "deny udp any eq 123 any",
    "deny udp any any eq 514",
    "deny udp any eq 514 any",
    "permit gre any any",
    "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255",
)
CUSTOMER = (
    "deny ip 10.1.4.0 0.0.0.3 any",
    "deny ip any 10.1.4.0 0.0.0.3",
    "permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255",
)
SITE = ("permit ip 172.16.0.0 0.0.255.255 172.16.0.0 0.0.255.255",)
SHA512 = Transform(name="TS", cipher="esp-aes", bits=256, integrity="esp-sha512-hmac")
SHA1 = Transform(name="TS", cipher="esp-aes", bits=256, integrity="esp-sha-hmac")
MD5 = Transform(name="TS", cipher="esp-3des", bits=192, integrity="esp-md5-hmac")


def one_group(
    release: str,
    name: str,
    identity: int,
    address: str,
    *servers: str,
    more: Iterable[str] = (),
    entry: Iterable[str] = (),
    before: str = "",
    crypto_map: str = "M1",
) -> Router:
    """A router that is a member of one group."""
    platform = {"15.0": "isr2911", "15.4": "isr2911", "17.6": "isr4451", "17.16": "c8000v"}[release]
    text = before + group_text(name, identity, servers=servers, more=more)
    text += map_text([name], name=crypto_map, more=entry)
    return gm_router(release, text + wan_text(platform, address, maps=[f"crypto map {crypto_map}"]))


def getvpn1(*ends: int) -> Router:
    """The member of the genie samples; `ends` are what is left of its TEKs, the oldest first."""
    router = one_group("17.6", "getvpn1", 1223, "3.3.1.1", "1.1.1.1")
    member = joined(router)
    register(member, policy(GETVPN1), server="1.1.1.1", reregisters_in=449)
    hold_kek(member, left=1109)
    for number, left in enumerate(ends):
        hold_tek(member, spi=0x5A69F51E + number, left=left)
    rekeyed(member, 25, ago=90, sequence=0)
    return router


def lab() -> Router:
    """The member of the lab with IOS-XE 17.16, which has no KEK."""
    router = one_group(
        "17.16",
        "LAB-GDOI",
        10,
        "10.10.10.9",
        "10.10.0.10",
        more=["client registration interface Loopback10"],
        before="interface Loopback10\n ip address 10.10.10.1 255.255.255.255\n",
    )
    member = joined(router)
    timed = Replay(kind=ReplayKind.TIME, window=20)
    sa = policy(LAB, transform=SHA512, replay=timed, lifetime_s=7200)
    register(member, sa, server="10.10.0.10", transport=Transport.MULTICAST, reregisters_in=6778)
    hold_tek(member, spi=0xF5D402D7, left=7187)
    return router


def customer() -> Router:
    """The member of the lab with IOS 15.4."""
    router = one_group(
        "15.4", "CUST-A-GETVPN", 999, "172.16.11.2", "10.1.4.2", crypto_map="GET-MAP"
    )
    member = joined(router)
    member.attempted = 2
    register(member, policy(CUSTOMER, transform=SHA1), server="10.1.4.2", reregisters_in=2765)
    hold_kek(member, cipher=Cipher())
    hold_tek(member, spi=0x4B650CEE, left=2261)
    return router


def my_group() -> Router:
    """The member of the tutorial with IOS 15.0."""
    router = one_group(
        "15.0",
        "mygroup",
        66666,
        "202.100.2.1",
        "202.100.1.1",
        "202.100.1.2",
        entry=["match address bypass"],
        before=(
            "ip access-list extended bypass\n deny ip 172.16.1.0 0.0.0.255 172.16.100.0 0.0.0.255\n"
        ),
        crypto_map="cisco",
    )
    member = joined(router)
    timed = Replay(kind=ReplayKind.TIME, window=3)
    register(member, policy(SITE, transform=MD5, replay=timed), server="202.100.1.1")
    hold_kek(member)
    hold_tek(member, spi=0xBA343921, left=3245)
    return router


def several(release: str, *groups: str) -> Router:
    """A member of several groups, with one crypto map for all."""
    platform = "isr4451"
    text = "".join(
        group_text(name, 100 + number, servers=["15.15.15.1"]) for number, name in enumerate(groups)
    )
    return gm_router(
        release, text + map_text(groups, name="M1") + wan_text(platform, maps=["crypto map M1"])
    )


def assert_same(
    shared: Path,
    capture: str,
    text: str,
    router: Router,
    *names: str,
    blanks: bool = True,
) -> None:
    known = [name for wan in (WAN, LAN) for name in wan.values()]
    for member in router.feature(Gdoi).members:
        known += [member.policy.group, f"gdoi_group_{member.policy.group}_temp_acl"]
    found = differences(captured(shared, capture), text, names=[*known, *names], blanks=blanks)
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("capture", "tail", "spelling", "ends"),
    [
        ("genie/crypto_gdoi/1.txt", "", "gdoi", (35, 510)),
        ("genie/crypto_gkm/1.txt", "", "gkm", (74, 549)),
        ("genie/crypto_gdoi_detail/1.txt", "detail", "gdoi", (393,)),
        ("genie/crypto_gdoi_gm/1.txt", "gm", "gdoi", (42, 579)),
    ],
)
def test_groups_of_a_member_with_rekeys(
    shared: Path, capture: str, tail: str, spelling: str, ends: tuple[int, ...]
) -> None:
    router = getvpn1(*ends)
    assert_same(shared, capture, show(router, tail, spelling=spelling), router, blanks=False)


def test_a_member_of_a_group_without_a_kek(shared: Path) -> None:
    router = lab()
    assert_same(shared, "community/crypto_gdoi/1.txt", show(router, ""), router)


@pytest.mark.parametrize(
    ("capture", "tail"),
    [
        ("community/crypto_gdoi/2.txt", ""),
        ("community/crypto_gdoi_group/2.txt", "group CUST-A-GETVPN"),
    ],
)
def test_a_member_with_ios_15_4(shared: Path, capture: str, tail: str) -> None:
    router = customer()
    assert_same(shared, capture, show(router, tail), router, blanks=False)


@pytest.mark.parametrize(
    ("capture", "tail"),
    [
        ("community/crypto_gdoi/3.txt", ""),
        ("community/crypto_gdoi_gm_acl/1.txt", "gm acl"),
        ("community/crypto_gdoi_ipsec_sa/1.txt", "ipsec sa"),
    ],
)
def test_a_member_with_ios_15_0(shared: Path, capture: str, tail: str) -> None:
    router = my_group()
    text = show(router, tail)
    assert_same(shared, capture, text, router, "FastEthernet1/0", "cisco", "bypass", blanks=False)


def test_the_counters_of_the_data_plane(shared: Path) -> None:
    router = getvpn1(510)
    router.feature(IpsecTables).counts(joined(router)).encrypted = 21_592_009
    text = show(router, "gm dataplane counters")
    assert_same(shared, "genie/crypto_gdoi_gm_dataplane_counters/1.txt", text, router)


def test_the_sender_identifiers_of_two_groups(shared: Path) -> None:
    router = several("17.6", "bw6000", "bw600-IPV6")
    for group in ("bw6000", "bw600-IPV6"):
        register(joined(router, group), policy())
        hold_tek(joined(router, group), spi=0x100, left=4873)
    text = show(router, "gm identifier detail")
    assert_same(shared, "genie/crypto_gdoi_gm_identifier_detail/1.txt", text, router)


def test_the_public_keys_of_a_member(shared: Path) -> None:
    groups = (
        ("bw6000", 3),
        ("bw600-IPV6", 1),
        ("bw6000_eft", 3),
        ("bw600-IPV6_eft", 3),
        ("bw-suiteB", 3),
        ("bw-suiteB-v6", 1),
    )
    router = several("17.6", *(name for name, _ in groups))
    for name, count in groups:
        member = joined(router, name)
        for number in range(1, count + 1):
            server = f"16.16.16.{number}"
            cookies = halves(KEKS[0])
            member.server_keys[server] = ServerKey(server=server, public_der=DER, cookies=cookies)
    text = show(router, "gm pubkey")
    assert_same(shared, "genie/crypto_gdoi_gm_pubkey/2.txt", text, router)


def test_a_router_that_is_no_member_knows_no_public_keys(shared: Path) -> None:
    text = "".join(
        f"crypto gdoi group {name}\n identity number {number}\n server local\n"
        for number, name in enumerate(("bw6000", "bw600-IPV6"))
    )
    router = gm_router("17.6", text)
    capture = captured(shared, "genie/crypto_gdoi_gm_pubkey/1.txt")
    assert differences(capture, show(router, "gm pubkey")) == []


def test_the_slots_of_rekeys_after_registration(shared: Path) -> None:
    router = several("17.6", "bw6000", "bw600-IPV6")
    for group in ("bw6000", "bw600-IPV6"):
        register(joined(router, group), policy(), server="15.15.15.1")
        hold_kek(joined(router, group))
    text = show(router, "gm rekey detail")
    assert_same(shared, "genie/crypto_gdoi_gm_rekey_detail/1.txt", text, router)


def test_the_check_of_times_of_many_groups(shared: Path) -> None:
    names = (
        "bw600",
        "GKM_GROUP_1",
        "bw6000_gike",
        "bw600-IPV6_gike",
        "bw6000",
        "bw600-IPV6",
        "bw-suiteB",
        "bw-suiteB-v6",
        "bw6000_eft",
    )
    router = several("17.6", *names)
    timed = Replay(kind=ReplayKind.TIME, window=5)
    for name in ("bw6000", "bw600-IPV6"):
        register(joined(router, name), policy(replay=timed))
        joined(router, name).pseudotime_offset = 0.0
    text = show(router, "gm replay", spelling="gkm")
    # one of two equal blocks of the capture lost blanks at the end of a line
    assert_same(shared, "genie/crypto_gkm_gm_replay/1.txt", text, router, blanks=False)


def test_the_selectors_of_a_member(shared: Path) -> None:
    router = getvpn1()
    member = joined(router)
    # the older of the two TEKs of the capture has one line less
    member.sas = (policy(GETVPN1[1:]), policy(GETVPN1))
    hold_tek(member, spi=0x100, left=35, sa=0)
    hold_tek(member, spi=0x101, left=510, sa=1)
    text = show(router, "ipsec sa")
    assert_same(shared, "genie/crypto_gdoi_ipsec_sa/1.txt", text, router)


# ---- the shows of IPsec ----


def test_the_sas_of_a_member(shared: Path) -> None:
    router = customer()
    text = console(router).run("show crypto ipsec sa")
    assert_same(
        shared, "community/crypto_ipsec_sa/1.txt", text, router, "Ethernet0/0", blanks=False
    )


def test_the_session_of_a_member(shared: Path) -> None:
    router = customer()
    own = {"local": "172.16.11.2", "remote": "10.1.4.2", "local_port": 848, "remote_port": 848}
    for number, purpose in enumerate(("registration", "rekey")):
        router.feature(CryptoSas).open_ike(
            IkeSa(
                conn_id=1001 + number,
                initiator=True,
                established_at=router.clock.now(),
                purpose=purpose,
                group_name="CUST-A-GETVPN",
                **own,  # type: ignore[arg-type]
            )
        )
    text = console(router).run("show crypto session")
    assert_same(shared, "community/crypto_session/1.txt", text, router, "Ethernet0/0", blanks=False)


def test_the_connections_of_a_member(shared: Path) -> None:
    router = my_group()
    tables = router.feature(CryptoSas)
    for number, (purpose, local) in enumerate((("registration", "202.100.2.1"), ("rekey", ""))):
        tables.open_ike(
            IkeSa(
                conn_id=1001 + number,
                local=local or "202.100.2.1",
                remote="202.100.1.1",
                initiator=not number,
                state="GDOI_REKEY" if number else "GDOI_IDLE",
                cipher="aes" if number else "des",
                bits=256 if number else 56,
                hash_name="sha",
                established_at=router.clock.now(),
                purpose=purpose,
                group_name="mygroup",
            )
        )
    text = console(router).run("show crypto engine connections active")
    capture = "community/crypto_engine_connections_active/1.txt"
    assert_same(shared, capture, text, router)
