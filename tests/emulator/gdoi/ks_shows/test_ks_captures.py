"""A key server in the state of a captured one prints what that one printed."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.gdoi.records import Role
from getvpn.parsers import Row, parse

from ..capture_texts import captured, differences
from ..gm_shows.gm_states import hold_kek as hold_member_kek
from ..gm_shows.gm_states import joined, register, usual_member
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

LAB = "LAB-GDOI"
BW = {"bw6000": 6000, "bw600-IPV6": 6600, "bw6000_eft": 1122, "bw600-IPV6_eft": 2233}
BW_ALL = {**BW, "bw-suiteB": 2001, "bw-suiteB-v6": 2002}
COOP = ("local priority 245", "peer address ipv4 16.16.16.1")


# ---- groups ----


def lab() -> Router:
    """A group that nobody has joined, on IOS-XE 17.16."""
    rekey = ("rekey retransmit 40 number 3", "rekey transport unicast")
    text = group_text(
        LAB, 10, acl=LAB, profile="GET-IPSEC", number=60, rekey=rekey,
        replay="replay time window-size 20",
    )  # fmt: skip
    return key_server(
        "17.16", text, acls=USUAL_ACL.format(acl=LAB), profile="GET-IPSEC", lifetime=7200
    )


def mygroup() -> Router:
    """A group with multicast rekeys on IOS 15.0, 2302 seconds after its first registration."""
    acls = USUAL_ACL.format(acl="GETVPN-Traffic") + (
        "ip access-list extended Multicast\n"
        " permit udp host 202.100.1.1 eq 848 host 239.0.1.2 eq 848\n"
    )
    rekey = ("rekey address ipv4 Multicast", "rekey authentication mypubkey rsa getvpnkey")
    text = group_text(
        "mygroup", 66666, acl="GETVPN-Traffic", profile="getvpn-profile", number=1, rekey=rekey,
        address="202.100.1.1", replay="replay time window-size 3",
    )  # fmt: skip
    router = key_server(
        "15.0", text, acls=acls, transforms="esp-3des esp-md5-hmac", profile="getvpn-profile",
        address="202.100.1.1", keys={"getvpnkey": 1024},
    )  # fmt: skip
    group = served(router)
    hold_kek(group, spi=1 << 127, age=2302)
    hold_tek(group, spi=0xB8841F0F, age=2301)
    for address in ("202.100.2.1", "202.100.2.2"):
        know_member(group, address)
    return router


def sales() -> Router:
    """A group without any rekeys on IOS 12.4T."""
    acls = "access-list 101 permit ip 10.1.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
    text = group_text("SALES", 111, acl="101", profile="IPROF", rekey=(), address="192.1.40.2")
    return key_server("12.4", text, acls=acls, profile="IPROF", address="192.1.40.2")


def test_a_group_on_17_16(shared: Path) -> None:
    text = show(lab(), f"group {LAB}")

    assert differences(captured(shared, "community/crypto_gdoi_group/1.txt"), text) == []


def test_a_key_server_on_17_16(shared: Path) -> None:
    assert differences(captured(shared, "community/crypto_gdoi_ks/1.txt"), show(lab(), "ks")) == []


def test_a_group_with_multicast_rekeys_on_15_0_to_the_second(shared: Path) -> None:
    capture = captured(shared, "community/crypto_gdoi_group/3.txt")

    assert show(mygroup(), "group mygroup").splitlines()[: len(capture.lines)] == [*capture.lines]


def test_a_group_without_rekeys_on_12_4(shared: Path) -> None:
    assert differences(captured(shared, "community/crypto_gdoi/4.txt"), show(sales(), "")) == []


# ---- key servers ----


def main_group(*, rekey: tuple[str, ...] = ()) -> Router:
    """The group of a lab on IOS 15.4, with four members."""
    acls = "access-list 101 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    text = group_text("MAIN-GROUP", 777, acl="101", rekey=rekey, address="192.168.17.7")
    router = key_server("15.4", text, acls=acls, address="192.168.17.7")
    for site in (10, 20, 30, 40):
        know_member(served(router), f"192.168.{site}.2", version="1.0.8")
    return router


def getvpn1(keys: dict[str, int] | None = None) -> Router:
    """A single key server on IOS-XE 17 with two members, and these RSA keys."""
    rekey = (
        "rekey algorithm aes 256",
        "rekey lifetime seconds 1200",
        "rekey retransmit 10 number 3",
        "rekey authentication mypubkey rsa REKEYRSA",
        "rekey transport unicast",
    )
    text = group_text("getvpn1", 1223, acl="acl1", rekey=rekey, address="1.1.1.1")
    router = key_server(
        "17.16", text, acls=USUAL_ACL.format(acl="acl1"), lifetime=600, address="1.1.1.1",
        keys=keys,
    )  # fmt: skip
    group = served(router)
    group.host.version = "1.0.27"
    for address in ("3.3.1.1", "4.4.1.1"):
        know_member(group, address, version="1.0.26")
    return router


def test_the_details_of_a_key_server_on_15_4(shared: Path) -> None:
    capture = captured(shared, "community/crypto_gdoi_ks_detail/1.txt")

    assert differences(capture, show(main_group(), "ks detail"), blanks=False) == []


def test_a_single_key_server_on_17(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks/1.txt")

    assert differences(capture, show(getvpn1(), "ks"), blanks=False) == []


def bw_text(
    names: dict[str, int], coop: tuple[str, ...] = COOP, address: str = "15.15.15.1"
) -> str:
    return "".join(
        group_text(
            name, identity, address=address, coop=coop, ipv6="v6" in name.lower(),
            acl="bw600-v6-crypto-policy" if "v6" in name.lower() else "bw600-crypto-policy",
        )
        for name, identity in names.items()
    )  # fmt: skip


BW_ACLS = """\
ip access-list extended bw600-crypto-policy
 deny udp any eq 16384 any
 deny tcp any any eq bgp
 deny tcp any eq bgp any
 permit ip 190.0.0.0 0.255.255.255 115.0.0.0 0.255.255.255
 permit ip 115.0.0.0 0.255.255.255 190.0.0.0 0.255.255.255
ipv6 access-list bw600-v6-crypto-policy
 deny udp any any eq 20001
 deny udp any any eq 20002
 deny udp any any eq 20003
 permit ipv6 1900::/16 1150::/16
 permit ipv6 1150::/16 1900::/16
"""


def bw(
    names: dict[str, int], *, coop: tuple[str, ...] = COOP, address: str = "15.15.15.1"
) -> Router:
    """One of two key servers of many groups on IOS-XE 17."""
    router = key_server("17.16", bw_text(names, coop, address), acls=BW_ACLS, address=address)
    for name in names:
        group = served(router, name)
        group.host.version = "1.0.27"
        if group.coop is not None:
            group.coop.role = Role.PRIMARY if address == "15.15.15.1" else Role.SECONDARY
    return router


def test_the_details_of_a_key_server_of_many_groups(shared: Path) -> None:
    router = bw({name: BW[name] for name in ("bw6000", "bw600-IPV6")})
    for name in ("bw6000", "bw600-IPV6"):
        know_member(served(router, name), "44.44.44.1")
        know_member(served(router, name), "54.54.54.1", key_server="16.16.16.1")
    capture = captured(shared, "genie/crypto_gdoi_ks_detail/1.txt")

    assert differences(capture, show(router, "ks detail")) == []


def test_the_lists_of_many_groups(shared: Path) -> None:
    lists = BW_ACLS + BW_ACLS.replace("policy\n", "policy_eft\n")
    text = bw_text(BW_ALL, ())
    for name in ("bw6000_eft", "bw600-IPV6_eft"):
        head, mark, tail = text.partition(f"{name}\n")
        text = head + mark + tail.replace("crypto-policy\n", "crypto-policy_eft\n", 1)
    router = key_server("17.16", text, acls=lists)
    capture = captured(shared, "genie/crypto_gdoi_ks_acl/1.txt")
    order = ("bw6000", "bw600-IPV6", "bw6000_eft", "bw600-IPV6_eft", "bw-suiteB", "bw-suiteB-v6")
    text = "".join(show(router, f"group {name} ks acl") for name in order)

    assert differences(capture, text) == []


# ---- cooperation ----


def test_a_group_without_cooperation(shared: Path) -> None:
    router = bw({"bw600-IPV6_eft": 2233}, coop=())
    capture = captured(shared, "genie/crypto_gdoi_ks_coop_detail/1.txt")

    assert differences(capture, show(router, "ks coop detail")) == []


def test_a_secondary_of_many_groups_on_17(shared: Path) -> None:
    order = ("bw600-IPV6_eft", "bw-suiteB-v6", "bw600-IPV6", "bw6000", "bw6000_eft", "bw-suiteB")
    coop = ("local priority 200", "peer address ipv4 15.15.15.1")
    router = bw({name: BW_ALL[name] for name in order}, coop=coop, address="16.16.16.1")
    for place, name in enumerate(order):
        know_peer(
            served(router, name), "15.15.15.1", handle=1073741844 + place, priority=245,
            sequence=395, counters=(107, 1, 394, 1, 1, 0, 105136, 352635),
        )  # fmt: skip
    capture = captured(shared, "genie/crypto_gdoi_ks_coop_detail/2.txt")

    assert differences(capture, show(router, "ks coop detail")) == []


def test_a_primary_on_15_4(shared: Path) -> None:
    coop = ("local priority 10", "peer address ipv4 192.168.58.8")
    text = group_text("MAIN-GROUP", 777, address="192.168.17.7", coop=coop)
    router = key_server("15.4", text, address="192.168.17.7")
    group = served(router)
    assert group.coop is not None
    group.coop.role = Role.PRIMARY
    know_peer(
        group, "192.168.58.8", handle=2147483651, version="1.0.9", priority=1,
        role=Role.SECONDARY, sequence=64, counters=(45, 1, 43, 1, 0, 0, 18630, 34081),
    )  # fmt: skip
    capture = captured(shared, "community/crypto_gdoi_ks_coop/1.txt")

    assert differences(capture, show(router, "ks coop"), blanks=False) == []


def test_the_versions_of_the_cooperation(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks_coop_version/1.txt")

    assert show(lab(), "ks coop version").splitlines()[:4] == [*capture.lines]


def test_the_sender_identifiers_of_two_key_servers(shared: Path) -> None:
    router = bw({"bw6000": 6000})
    know_peer(served(router), "16.16.16.1", handle=9, role=Role.SECONDARY)
    capture = captured(shared, "genie/crypto_gdoi_ks_coop_identifier_detail/1.txt")

    assert differences(capture, show(router, "ks coop identifier detail")) == []


def test_the_sender_identifiers_of_two_groups(shared: Path) -> None:
    router = bw({name: BW[name] for name in ("bw6000", "bw600-IPV6")})
    capture = captured(shared, "genie/crypto_gdoi_ks_identifier/1.txt")

    assert differences(capture, show(router, "ks identifier")) == []


# ---- members ----


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


def bw_members() -> Router:
    router = bw(BW_ALL)
    addresses = {
        "bw6000": 44, "bw600-IPV6": 41, "bw6000_eft": 45,
        "bw600-IPV6_eft": 43, "bw-suiteB": 46, "bw-suiteB-v6": 42,
    }  # fmt: skip
    for name, number in addresses.items():
        group = served(router, name)
        group.duration_s = 0.001 if "suite" in name else 10.0 if name == "bw6000" else 10.001
        know_member(group, ".".join([str(number)] * 3 + ["1"]))
        other = ".".join([str(number + 10)] * 3 + ["1"])
        know_member(group, other, key_server="16.16.16.1")
    return router


def test_members_of_many_groups_on_17_number_by_number(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks_members/1.txt")

    printed = show(bw_members(), "ks members").splitlines()
    assert printed[1 : 1 + len(capture.lines)] == [*capture.lines]


def test_the_summary_of_members_number_by_number(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks_members_summary/1.txt")

    printed = show(bw_members(), "ks members summary").splitlines()
    assert printed[: len(capture.lines)] == [*capture.lines]


# ---- keys ----


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


# ---- features ----


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


# ---- what somebody typed ----


def printed_fields(row: Row) -> set[str]:
    """The fields of a group that were in the output."""
    return {each.name for each in fields(row) if getattr(row, each.name) not in (None, (), 0)}


def test_a_group_has_the_rows_that_somebody_typed_off_a_screen(shared: Path) -> None:
    rekey = (
        "rekey lifetime seconds 1800",
        "rekey retransmit 40 number 2",
        "rekey transport unicast",
    )
    text = group_text(
        "Demo-GETVPN-Group", 6783, number=777, rekey=rekey, replay="replay time window-size 5"
    )
    path = shared / "captures/community/hand_typed_crypto_gdoi/1.txt"
    typed = parse("show crypto gdoi", path.read_text(encoding="utf-8"))
    ours = parse("show crypto gdoi", show(key_server("15.7", text), ""))

    (theirs,), (own,) = typed.groups, ours.groups  # type: ignore[attr-defined]
    assert printed_fields(own) == printed_fields(theirs)
    assert printed_fields(own.sas[0]) == printed_fields(theirs.sas[0])
    assert (own.rekey_lifetime_s, own.retransmit_attempts) == (1800, 2)


# ---- none is forgotten ----


def ks_captures(shared: Path) -> Iterator[str]:
    for folder in sorted((shared / "captures").glob("*/*")):
        served_here = folder.name.startswith(("crypto_gdoi_ks", "crypto_gdoi_feature"))
        if served_here or folder.name == "crypto_gdoi_group":
            for path in sorted(folder.glob("*.txt")):
                yield f"{folder.parent.name}/{folder.name}/{path.name}"


def test_every_capture_of_a_key_server_is_compared(shared: Path) -> None:
    source = Path(__file__).read_text(encoding="utf-8")
    of_members = {"community/crypto_gdoi_group/2.txt"}
    families = ("genie/crypto_gdoi_feature",)

    forgotten = [
        name
        for name in ks_captures(shared)
        if name not in of_members and name not in source and not name.startswith(families)
    ]
    assert forgotten == []
