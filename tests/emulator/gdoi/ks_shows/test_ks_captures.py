"""A key server in the state of a captured one prints what that one printed."""

from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

from getvpn.emulator.gdoi.records import Role
from getvpn.parsers import Row, parse

from ..capture_texts import captured, differences
from .captured_states import (
    BW,
    BW_ACLS,
    BW_ALL,
    LAB,
    bw,
    bw_text,
    getvpn1,
    lab,
    main_group,
    mygroup,
    sales,
)
from .ks_states import (
    group_text,
    key_server,
    know_member,
    know_peer,
    served,
    show,
)

# ---- groups ----


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


def test_the_details_of_a_key_server_on_15_4(shared: Path) -> None:
    capture = captured(shared, "community/crypto_gdoi_ks_detail/1.txt")

    assert differences(capture, show(main_group(), "ks detail"), blanks=False) == []


def test_a_single_key_server_on_17(shared: Path) -> None:
    capture = captured(shared, "genie/crypto_gdoi_ks/1.txt")

    assert differences(capture, show(getvpn1(), "ks"), blanks=False) == []


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
    tests = Path(__file__).parent.glob("test_ks_captures*.py")
    source = "".join(path.read_text(encoding="utf-8") for path in tests)
    of_members = {"community/crypto_gdoi_group/2.txt"}
    families = ("genie/crypto_gdoi_feature",)

    forgotten = [
        name
        for name in ks_captures(shared)
        if name not in of_members and name not in source and not name.startswith(families)
    ]
    assert forgotten == []
