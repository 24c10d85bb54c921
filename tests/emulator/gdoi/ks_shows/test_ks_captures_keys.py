"""Members, keys and features of key servers, held against captures."""

from pathlib import Path

import pytest

from getvpn.emulator.gdoi.records import Role

from ..capture_texts import captured, differences
from ..gm_shows.gm_states import hold_kek as hold_member_kek
from ..gm_shows.gm_states import joined, register, usual_member
from .captured_states import bw, bw_members, getvpn1, main_group
from .ks_states import (
    USUAL_ACL,
    group_text,
    hold_kek,
    hold_tek,
    key_server,
    know_member,
    know_peer,
    served,
    show,
)


def test_members_on_15_4_before_rekeys_were_configured(shared: Path) -> None:
    capture = captured(shared, "community/crypto_gdoi_ks_members/1.txt")
    text = show(main_group(), "ks members").partition("Group Member Information : \n")[2]

    assert differences(capture, text) == []


def test_members_on_15_4(shared: Path) -> None:
    text = group_text("CUST-A-GETVPN", 999, address="10.1.4.2")
    router = key_server("15.4", text, address="10.1.4.2")
    for address in ("172.16.11.2", "172.16.23.2"):
        know_member(served(router), address, version="1.0.8")
    capture = captured(shared, "community/crypto_gdoi_ks_members/2.txt")

    assert differences(capture, show(router, "ks members"), blanks=False) == []


def test_members_of_two_groups_on_15_0_number_by_number(shared: Path) -> None:
    address = "202.100.1.1"
    text = group_text("mygroup", 66666, address=address) + group_text(
        "VRF_Group", 88888, address=address
    )
    router = key_server("15.0", text, address=address)
    served(router, "mygroup").rekeys_sent = 5
    for site in (1, 2):
        # the newest of the four has taken the place of the oldest
        know_member(
            served(router, "mygroup"), f"202.100.2.{site}", rekeys=5, sequences=(3, 4, 1, 2)
        )
        know_member(served(router, "VRF_Group"), f"202.100.3.{site}")
    capture = captured(shared, "community/crypto_gdoi_ks_members/3.txt")

    printed = show(router, "ks members").splitlines()
    assert printed[1 : 1 + len(capture.lines)] == [*capture.lines]


def test_members_of_many_groups_on_17_number_by_number(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks_members/1.txt")

    printed = show(bw_members(), "ks members").splitlines()
    assert printed[1 : 1 + len(capture.lines)] == [*capture.lines]


def test_the_summary_of_members_number_by_number(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks_members_summary/1.txt")

    printed = show(bw_members(), "ks members summary").splitlines()
    assert printed[: len(capture.lines)] == [*capture.lines]


def test_the_policy_on_15_4_number_by_number(shared: Path) -> None:
    rekey = ("rekey authentication mypubkey rsa GETVPN-A", "rekey transport unicast")
    text = group_text("CUST-A-GETVPN", 999, acl="GET-A-POLICY", address="10.1.4.2", rekey=rekey)
    router = key_server(
        "15.4", text, acls=USUAL_ACL.format(acl="GET-A-POLICY"), address="10.1.4.2",
        transforms="esp-aes 256 esp-sha-hmac", keys={"GETVPN-A": 2048},
    )  # fmt: skip
    group = served(router)
    hold_kek(group, spi=0x34D8E10D3066110AB86F45E96A15F4DC, age=1023, rekey_in=85152)
    hold_tek(group, spi=0x4B650CEE, age=1022, rekey_in=2192)
    capture = captured(shared, "community/crypto_gdoi_ks_policy/1.txt")

    printed = [line.rstrip() for line in show(router, "ks policy").splitlines()]
    assert printed[: len(capture.lines)] == [*capture.lines]


def test_the_policy_on_17_number_by_number(shared: Path) -> None:
    router = getvpn1({"REKEYRSA": 4096})
    group = served(router)
    hold_kek(group, spi=0xEEB0E9A2BBD4C71AF1034F6B24EB8022, age=413, rekey_in=552)
    hold_tek(group, spi=0x3A14695B, age=887)
    hold_tek(group, spi=0xEE021924, age=412, rekey_in=62)
    capture = captured(shared, "genie/crypto_gdoi_ks_policy/1.txt")

    printed = show(router, "ks policy").splitlines()
    assert printed[: len(capture.lines)] == [*capture.lines]


def test_the_rekey_sa_of_a_member_on_17(shared: Path) -> None:
    router = usual_member("17.6", group="GV-GROUP1", address="26.26.26.1")
    member = joined(router)
    register(member, server="15.15.15.1")
    hold_member_kek(member, spi=0x5C78568A11D464C47E9268A1D9A8787D)
    capture = captured(shared, "genie/crypto_gdoi_rekey_sa_detail/1.txt")

    assert differences(capture, show(router, "rekey sa detail")) == []


FEATURES = ("ckm", "gdoi_interop_ack", "gdoi_mib", "long_sa_lifetime", "policy_replace", "suite_b")


@pytest.mark.parametrize("feature", ["", *FEATURES])
def test_a_feature_of_a_single_key_server_word_by_word(shared: Path, feature: str) -> None:
    name = f"genie/crypto_gdoi_feature{feature and f'_{feature}'}/1.txt"
    capture = captured(shared, name)

    printed = show(getvpn1(), f"feature {feature.replace('_', '-')}").splitlines()
    assert printed[: len(capture.lines)] == [*capture.lines]


@pytest.mark.parametrize("feature", ["crl-check", "cts-sgt"])
def test_a_feature_of_two_key_servers_word_by_word(shared: Path, feature: str) -> None:
    router = bw({"bw-suiteB-v6": 2002})
    know_peer(served(router), "16.16.16.1", handle=9, role=Role.SECONDARY)
    for address in ("41.41.6.1", "51.51.6.1"):
        know_member(served(router), address)
    capture = captured(shared, f"genie/crypto_gdoi_feature_{feature.replace('-', '_')}/1.txt")

    printed = show(router, f"feature {feature}").splitlines()
    assert printed[: len(capture.lines)] == [*capture.lines]
