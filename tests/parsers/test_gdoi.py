from ipaddress import IPv4Address, IPv6Address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from getvpn.errors import ParseError
from getvpn.parsers import parse
from getvpn.parsers.records.gdoi import GdoiGroup, GdoiGroups, spi_pair
from getvpn.parsers.serialise import plain

from . import gdoi_texts as texts
from .cuts import unnoticed_cuts

COMMAND = "show crypto gdoi"


def groups(text: str, command: str = COMMAND) -> tuple[GdoiGroup, ...]:
    record = parse(command, text)
    assert isinstance(record, GdoiGroups)
    assert (record.unparsed, record.partial) == ((), ())
    return record.groups


def test_a_member_of_ios_xe_knows_its_group_and_servers_in_order() -> None:
    (group,) = groups(texts.MEMBER)
    assert (group.group, group.transport, group.identity) == ("BANK-WAN.v4", None, 1001)
    assert (group.role, group.group_type, group.rekeys_received) == (
        "group-member",
        "GDOI (ISAKMP)",
        25,
    )
    assert group.servers == tuple(IPv4Address(f"10.10.1.{host}") for host in (1, 2, 3))
    assert (group.direction, group.member_direction) == ("Both", "Inbound Only")
    assert group.received_acl == "gdoi_group_BANK-WAN.v4_temp_acl"
    assert (group.member_count, group.sas, group.redundancy) == (None, (), None)


def test_the_state_of_a_registration_is_typed() -> None:
    (member,) = groups(texts.MEMBER)[0].members
    assert (member.address, member.vrf) == (IPv4Address("10.20.1.1"), None)
    assert (member.local_port, member.remote_address) == (848, IPv4Address("10.10.1.1"))
    assert (member.registration_status, member.registered_with) == (
        "Registered",
        IPv4Address("10.10.1.1"),
    )
    assert (member.reregisters_in_s, member.last_rekey_age_s) == (6790, 3723)
    assert (member.registrations_succeeded, member.registrations_attempted) == (2, 5)
    assert (member.last_rekey_from, member.last_rekey_sequence) == (IPv4Address("10.10.1.2"), 7)
    assert (member.unicast_rekeys, member.rekey_acks_sent, member.multicast_rekeys) == (
        25,
        24,
        None,
    )
    assert (member.init_registrations_executed, member.init_registrations_postponed) == (1, 2)
    assert (member.dp_error_monitoring, member.fail_close_revert) == (False, False)
    assert (member.active_teks, member.sa_track_object, member.sa_track_status) == (
        2,
        None,
        "disabled",
    )
    assert (member.allowed_ciphers, member.allowed_transforms) == ("any", "any ESP")
    assert (member.rekeys_total, member.rekeys_since_registration, member.rekey_acks_total) == (
        125,
        25,
        124,
    )


def test_the_downloaded_policy_is_typed() -> None:
    (group,) = groups(texts.MEMBER)
    (acl,), (kek,) = group.downloaded_acls, group.keks
    assert acl.server == IPv4Address("10.10.1.1")
    assert [(line.action, line.protocol) for line in acl.entries] == [
        ("deny", "udp"),
        ("deny", "ospf"),
        ("permit", "ip"),
    ]
    assert acl.entries[0].destination_ports.ports == (848,)
    assert (kek.transport, kek.remaining_s, kek.encryption) == ("Unicast", 80250, "AES")
    assert (kek.key_bits, kek.signature_hash, kek.signature_key_bits) == (
        256,
        "HMAC_AUTH_SHA256",
        2352,
    )
    (kgs,), (p2p,) = group.kgs_policies, group.p2p_policies
    assert [member.client_registration for member in kgs.members] == [True]
    assert [member.client_registration for member in p2p.members] == [None]


def test_both_teks_of_a_rollover_are_kept() -> None:
    (interface,) = groups(texts.MEMBER)[0].tek_interfaces
    new, old = interface.sas
    assert interface.interface == "GigabitEthernet0/0/1"
    assert (new.spi, new.remaining_s, new.replay, new.replay_window) == (
        0xA0000001,
        7190,
        "time",
        5,
    )
    assert (old.spi, old.remaining_s, old.replay, old.replay_window) == (0x0A, 35, "counter", 64)
    assert (new.transform, new.key_bytes, new.signature_key_bytes) == (
        "esp-256-aes esp-sha256-hmac",
        32,
        32,
    )
    assert (new.tag_method, old.tag_method) == ("cts sgt", "disabled")
    assert new.encapsulation == "ENCAPS_TUNNEL"


def test_multicast_rekeys_have_no_acknowledgement() -> None:
    (group,) = groups(texts.MEMBER_MULTICAST)
    (member,) = group.members
    assert group.identity == IPv4Address("192.0.2.77")
    assert (member.multicast_rekeys, member.unicast_rekeys, member.rekey_acks_sent) == (
        0,
        None,
        None,
    )
    assert (member.last_rekey_age_s, member.last_rekey_from, member.rekey_acks_total) == (
        None,
        None,
        None,
    )
    assert (group.keks[0].transport, group.keks[0].signature_key_bits) == ("Multicast", 1024)
    assert group.tek_interfaces[0].sas[0].tag_method is None


def test_ios_before_15_has_one_member_without_a_name() -> None:
    (group,) = groups(texts.MEMBER_BEFORE_15)
    (member,) = group.members
    assert group.active_server == IPv4Address("192.0.2.1")
    assert (member.address, member.reregisters_in_s, member.last_rekey_age_s) == (None, 1686, 113)
    assert (member.rekeys_total, member.rekeys_since_registration, member.rekey_acks_total) == (
        4,
        3,
        4,
    )
    assert [(sa.direction, sa.replay, sa.replay_window) for sa in group.tek_interfaces[0].sas] == [
        ("inbound", "none", None),
        ("outbound", "none", None),
    ]


def test_a_g_ikev2_member_of_an_ipv6_group_is_read() -> None:
    (group,) = groups(texts.MEMBER_IPV6)
    (member,), (interface,) = group.members, group.tek_interfaces
    assert (group.group_type, group.ikev2_profile) == ("G-IKEv2 (IKEv2)", "GIKEV2-PROFILE")
    assert (group.crypto_path, group.key_management_path) == ("ipv6", "ipv6")
    assert group.servers == (IPv6Address("2001:db8:10::1"), IPv6Address("2001:db8:10::2"))
    assert (member.address, member.local_port) == (IPv6Address("2001:db8:20::1"), 848)
    assert (member.fvrf, member.ivrf, member.dp_error_monitoring) == ("WAN", None, True)
    assert (member.last_rekey_from, member.last_rekey_age_s) == (None, None)
    assert (member.sa_track_object, member.sa_track_status) == (10, "Up")
    assert group.downloaded_acls[0].server == IPv6Address("2001:db8:10::1")
    assert group.downloaded_acls[0].entries[0].source.prefixlen == 32
    assert (interface.interface, interface.sas[0].transform) == ("Port-channel1.20", "esp-gcm 256")


def test_a_key_server_shows_policies_and_redundancy_and_labels_over_two_lines() -> None:
    (group,) = groups(texts.SERVER)
    assert (group.group, group.transport, group.role, group.servers) == (
        "BANK-WAN.v4",
        "Unicast",
        "key-server",
        (),
    )
    assert (group.member_count, group.reauth_on_crl, group.pfs, group.ckm) == (
        3,
        False,
        True,
        False,
    )
    assert (group.d3p_window_ms, group.split_resiliency_factor) == (1000, 2)
    assert group.redundancy is not None
    assert (group.redundancy.address, group.redundancy.role) == (
        IPv4Address("10.10.1.1"),
        "Primary",
    )
    assert (group.rekey_lifetime_s, group.rekey_remaining_s) == (86400, 84098)
    assert (group.retransmit_period_s, group.retransmit_attempts, group.retransmit_remaining_s) == (
        10,
        2,
        7,
    )
    found = [(sa.number, sa.lifetime_s, sa.remaining_s, sa.acl) for sa in group.sas]
    assert found == [(10, 7200, 1299, "GETVPN-POLICY"), (20, 3600, 99, "101")]
    assert [(sa.replay, sa.replay_window) for sa in group.sas] == [("time", 5), ("counter", 64)]


def test_a_key_server_of_12_4t_prints_less() -> None:
    (group,) = groups(texts.SERVER_CLASSIC)
    assert (group.transport, group.role, group.active_server) == ("Multicast", "key-server", None)
    assert (group.rekey_remaining_s, group.crypto_path, group.d3p_window_ms) == (None, None, None)
    assert (group.sas[0].profile, group.sas[0].remaining_s) == ("IPROF", None)


@pytest.mark.parametrize("text", [texts.MEMBER, texts.SERVER, texts.MEMBER_BEFORE_15])
def test_one_group_by_name_has_no_heading(text: str) -> None:
    body = text.removeprefix("GROUP INFORMATION\n\n")
    assert groups(body, f"{COMMAND} group X") == groups(text)
    assert groups(body, "sh cry gkm gr X det") == groups(text)


def test_a_device_may_be_key_server_and_member_of_different_groups() -> None:
    found = groups(texts.SERVER + "\n" + texts.MEMBER_IPV6 + "\n" + texts.MEMBER)
    assert [(group.group, group.role) for group in found] == [
        ("BANK-WAN.v4", "key-server"),
        ("BANK-WAN.v6", "group-member"),
        ("BANK-WAN.v4", "group-member"),
    ]
    assert found == groups(texts.SERVER) + groups(texts.MEMBER_IPV6) + groups(texts.MEMBER)


def test_members_of_one_group_in_several_vrfs_share_its_policy() -> None:
    second = texts.MEMBER_ROWS.replace("10.20.1.1", "10.20.2.1").replace("vrf: None", "vrf: RED")
    text = (
        texts.MEMBER_HEAD
        + texts.MEMBER_ROWS
        + texts.MEMBER_LIMITS
        + second
        + texts.MEMBER_LIMITS
        + texts.MEMBER_POLICY
    )
    (group,) = groups(text)
    assert [(str(member.address), member.vrf) for member in group.members] == [
        ("10.20.1.1", None),
        ("10.20.2.1", "RED"),
    ]


def test_each_interface_has_its_own_keys() -> None:
    keys = texts.MEMBER_IPV6[texts.MEMBER_IPV6.index("  Port-channel1.20:") :]
    (group,) = groups(texts.MEMBER.replace("\n\nKGS POLICY", f"\n{keys}\nKGS POLICY"))
    found = [(at.interface, [sa.spi for sa in at.sas]) for at in group.tek_interfaces]
    assert found == [
        ("GigabitEthernet0/0/1", [0xA0000001, 0x0A]),
        ("Port-channel1.20", [0xC0000001]),
    ]


def test_a_key_whose_spi_disagrees_with_itself_is_no_key() -> None:
    with pytest.raises(ParseError, match="0xA0000001"):
        parse(COMMAND, texts.MEMBER.replace("(2684354561)", "(2684354562)"))


def test_a_policy_after_each_member_is_kept_in_order() -> None:
    block = texts.MEMBER_ROWS + texts.MEMBER_LIMITS + texts.MEMBER_POLICY
    second = block.replace("10.20.1.1", "10.20.2.1").replace("0/0/1:", "0/0/2:")
    (group,) = groups(texts.MEMBER_HEAD + block + second)
    assert len(group.members) == len(group.keks) == len(group.downloaded_acls) == 2
    assert [keys.interface for keys in group.tek_interfaces] == [
        "GigabitEthernet0/0/1",
        "GigabitEthernet0/0/2",
    ]


def test_a_member_that_is_not_registered_has_no_keys() -> None:
    text = texts.MEMBER_HEAD + texts.MEMBER_ROWS + texts.MEMBER_LIMITS
    text = text.replace(": Registered\n", ": Registering\n")
    text = text.replace("Registered with       : 10.10.1.1", "Registering to        : 10.10.1.2")
    (group,) = groups(text + "\n ACL Downloaded From KS UNKNOWN:\n")
    (member,) = group.members
    assert (member.registration_status, member.registered_with) == ("Registering", None)
    assert member.registering_to == IPv4Address("10.10.1.2")
    assert (group.downloaded_acls[0].server, group.downloaded_acls[0].entries) == (None, ())


@pytest.mark.parametrize(
    ("printed", "window_ms"), [("Disabled", None), ("1000 msec", 1000), ("20 sec", 20_000)]
)
def test_the_window_of_d3p_is_in_milliseconds(printed: str, window_ms: int | None) -> None:
    (group,) = groups(texts.SERVER.replace("1000 msec", printed))
    assert group.d3p_window_ms == window_ms


def test_group_names_are_not_cut_at_hyphens_dots_or_the_edge_of_the_screen() -> None:
    name = "EUROPE-MIDDLE.EAST_and-AFRICA.group-number-1"
    long = texts.MEMBER.replace("BANK-WAN.v4", name)
    wrapped = "\n".join(
        line[start : start + 80]
        for line in long.split("\n")
        for start in range(0, max(1, len(line)), 80)
    )
    assert wrapped != long
    (group,) = groups(wrapped)
    assert (group.group, group.received_acl) == (name, f"gdoi_group_{name}_temp_acl")


@pytest.mark.parametrize("tight", [True, False])
def test_blanks_and_tabs_do_not_matter(tight: bool) -> None:
    text = "\n".join(line.rstrip() for line in texts.MEMBER.split("\n"))
    text = text.replace(" : ", ": ") if tight else text.replace("    ", "\t")
    assert groups(text) == groups(texts.MEMBER)


@pytest.mark.parametrize(
    ("printed", "typed"),
    [
        ("Crypto Path     ", "Group Path      "),
        ("Key Management Path", "Key Managemnet Path"),
        ("Rekeys received  ", "Rekey received   "),
        ("IPSec SA", "IPsec SA"),
        ("fvrf/ivrf             : None/", "fvrf/vrf :None/"),
        ("Re-registers in       : 6790 sec", "Re-registered in : 6790 secs"),
        ("list       : 10.10.1.1", "list       : 10.10.1.1."),
        ("KS 10.10.1.1:", "KS 10.10.1.1"),
        ("TEK POLICY", "TEL POLICY"),
        ("        transform: esp-256", "        KGS: Disabled\n        transform: esp-256"),
    ],
)
def test_slips_of_those_who_typed_an_output_are_understood(printed: str, typed: str) -> None:
    assert printed in texts.MEMBER
    (mistyped,) = groups(texts.MEMBER.replace(printed, typed))
    (right,) = groups(texts.MEMBER)
    assert plain(mistyped.members[0]) == plain(right.members[0])
    assert mistyped.servers == right.servers
    assert [sa.spi for keys in mistyped.tek_interfaces for sa in keys.sas] == [0xA0000001, 0x0A]


def test_a_member_named_for_another_group_is_not_taken_for_this_one() -> None:
    text = texts.MEMBER.replace("For Group BANK-WAN.v4", "For Group OTHER")
    record = parse(COMMAND, text)
    assert [line.text for line in record.unparsed] == ["Group Member Information For Group OTHER:"]


@given(st.integers(0, 2**32 - 1))
def test_an_spi_is_the_same_number_twice(spi: int) -> None:
    assert spi_pair(f"0x{spi:08X}({spi})") == spi
    with pytest.raises(ValueError, match="is not the one"):
        spi_pair(f"0x{spi:08X}({spi ^ 1})")


def test_an_spi_with_too_many_digits_was_mistyped() -> None:
    assert spi_pair("0x123456789(2500)") == 2500
    for text in ("0x1234", "1234(1234)", "0x12345678(99999999999)", "0x(12)", "0x12(-5)"):
        with pytest.raises(ValueError, match=r"SPI|number"):
            spi_pair(text)


@pytest.mark.parametrize(
    ("text", "borders"),
    [
        (texts.MEMBER, {"encaps: ENCAPS_TUNNEL"}),
        (texts.MEMBER_MULTICAST, set()),
        (texts.MEMBER_IPV6, set()),
        (texts.SERVER, set()),
        (texts.SERVER_CLASSIC, set()),
    ],
)
def test_a_cut_is_noticed_but_between_whole_keys(text: str, borders: set[str]) -> None:
    assert set(unnoticed_cuts(COMMAND, text)) == borders


def test_a_group_in_no_crypto_map_may_be_a_cut_output() -> None:
    record = parse(COMMAND, texts.MEMBER_HEAD.partition("Group Member")[0])
    assert record.partial == (
        "no member of group BANK-WAN.v4 follows: it is in no crypto map, or this is cut",
    )


def test_servers_are_addresses_names_or_none() -> None:
    named = texts.MEMBER.replace("list       : 10.10.1.1", "list       : ks1.example.net")
    assert groups(named)[0].servers[:2] == ("ks1.example.net", IPv4Address("10.10.1.2"))
    lines = texts.MEMBER.replace("list       : 10.10.1.1", "list       :").splitlines()
    bare = "\n".join(line for line in lines if not line.strip().startswith("10.10.1."))
    assert (groups(bare)[0].role, groups(bare)[0].servers) == ("group-member", ())


def test_a_device_without_groups_prints_nothing() -> None:
    assert parse(COMMAND, "R1#show crypto gdoi\n\nR1#") == GdoiGroups(empty=True)
    assert parse(COMMAND, "GROUP INFORMATION\n\n").partial == ("no group follows",)


@pytest.mark.parametrize(
    ("command", "text"),
    [
        (COMMAND, texts.MEMBER_HEAD.partition("\n\nGroup")[2] + texts.MEMBER_ROWS),
        (COMMAND, "Group Member Information For Group BANK-WAN.v4:\n" + texts.MEMBER_ROWS),
        (COMMAND, "                 ^\n% Invalid input detected at '^' marker.\n"),
        (COMMAND, "Key Server Policy:\nFor group A (handle: 1) server 192.0.2.1 (handle: 1):\n"),
        ("show crypto gdoi gm", texts.MEMBER),
        ("show crypto gdoi ks", texts.SERVER),
    ],
)
def test_another_output_is_refused(command: str, text: str) -> None:
    with pytest.raises(ParseError):
        parse(command, text)
