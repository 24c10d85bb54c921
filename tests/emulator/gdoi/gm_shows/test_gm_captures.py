"""Members in the state of a published output print the same lines, apart from values."""

from pathlib import Path

import pytest

from getvpn.emulator.gdoi.policy import Replay, ReplayKind
from getvpn.emulator.gdoi.records import ServerKey
from getvpn.emulator.groups.ipsec_tables import IpsecTables

from ..capture_texts import captured, differences
from .gm_captured import GETVPN1, assert_same, customer, getvpn1, lab, my_group, several
from .gm_states import (
    DER,
    KEKS,
    gm_router,
    halves,
    hold_kek,
    hold_tek,
    joined,
    policy,
    register,
    show,
)


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
