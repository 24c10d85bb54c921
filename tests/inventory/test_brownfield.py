"""What an intent says of networks that were there before it."""

from typing import Any

import pytest
from pydantic import ValidationError

from getvpn.inventory import parse
from getvpn.inventory.resolve import device_views
from getvpn.inventory.views import MemberView, ServerView

from .networks import PKI, change, intent

SHARED = {"kind": "psk", "member": "env:PSK_ALL", "coop": "env:PSK_ALL"}
EXTERNAL = [("key_servers.0.external", True), ("key_servers.1.external", True)]


def _server(*changes: tuple[str, Any]) -> ServerView:
    view = device_views(intent(*changes))["KS1"]
    assert isinstance(view, ServerView)
    return view


def _member(*changes: tuple[str, Any]) -> MemberView:
    view = device_views(intent(*changes))["GM1"]
    assert isinstance(view, MemberView)
    return view


def _refused(*changes: tuple[str, Any]) -> str:
    with pytest.raises(ValidationError) as refused:
        intent(*changes)
    return str(refused.value.errors()[0]["msg"])


def test_nothing_is_told_to_external_devices_and_others_know_of_them() -> None:
    external = [("key_servers.1.external", True), ("members.1.external", True)]
    views = device_views(intent(*external, ("members.1.wan", {"address": "10.20.2.1/32"})))

    assert list(views) == ["KS1", "GM1"]
    server = views["KS1"]
    assert isinstance(server, ServerView)
    assert [str(key.address) for key in server.isakmp_keys] == [
        "10.10.2.1",
        "10.20.1.1",
        "10.20.2.1",
    ]


def test_members_of_external_key_servers_need_no_policy() -> None:
    view = _member(*EXTERNAL, ("groups.0.policies", []), ("members.0.lan.0.mss", 1300))

    assert [str(server) for server in view.groups[0].servers] == ["10.10.1.1", "10.10.2.1"]
    assert view.interfaces[0].mss == 1300
    assert _refused(("groups.0.policies", [])) == "groups[0].policies: should not be empty"


def test_an_interface_may_be_unknown_only_of_an_external_device() -> None:
    message = _refused(("members.0.wan", {"address": "10.20.1.1/24"}))
    assert message == "members[0].wan: interface is missing"


def test_policies_that_are_offered_besides_keep_their_numbers() -> None:
    offers = [
        {"priority": 5, "encryption": "3des", "integrity": "sha", "group": 2},
        {"priority": 20, "encryption": "aes 128", "method": "pki"},
    ]
    old = {"encryption": "3des", "integrity": "sha", "group": 2}
    other = {"encryption": "aes 192"}
    server = _server(
        ("key_servers.0.further_ike", offers), ("members.0.ike", old), ("members.1.ike", other)
    )

    assert [
        (each.priority, each.encryption, each.authentication) for each in server.isakmp_policies
    ] == [
        (5, "3des", "pre-share"),
        (10, "aes 256", "pre-share"),
        (20, "aes 128", "rsa-sig"),
        (30, "aes 192", "pre-share"),
    ]
    taken = [{"priority": 10}]
    assert "10 is that of ike already" in _refused(("key_servers.0.further_ike", taken))


def test_peers_in_networks_share_a_key() -> None:
    changes = [
        ("groups.0.authentication", SHARED | {"coop": "env:PSK_COOP"}),
        ("key_servers.0.key_networks", ["10.20.1.0/24", "0.0.0.0/0"]),
        ("members.0.key_networks", ["10.10.1.0/24"]),
    ]
    shown = [(str(it.address), str(it.mask), it.secret) for it in _server(*changes).isakmp_keys]
    assert shown == [
        ("10.10.2.1", "None", "env:PSK_COOP"),
        ("10.20.1.0", "255.255.255.0", "env:PSK_ALL"),
        ("0.0.0.0", "0.0.0.0", "env:PSK_ALL"),  # noqa: S104 - a network
    ]
    assert [(str(it.address), str(it.mask)) for it in _member(*changes).isakmp_keys] == [
        ("10.10.2.1", "None"),
        ("10.10.1.0", "255.255.255.0"),
    ]


def test_the_key_of_a_network_is_one_for_all() -> None:
    networks = ("key_servers.0.key_networks", ["0.0.0.0/0"])
    assert "each member has its own" in _refused(networks)
    assert "no meaning without pre-shared keys" in _refused(
        networks, ("groups.0.authentication", PKI)
    )


def test_a_member_with_a_shared_key_may_have_any_address() -> None:
    changes = [
        ("groups.0.authentication", SHARED),
        ("key_servers.0.key_networks", ["0.0.0.0/0"]),
        ("key_servers.1.key_networks", ["0.0.0.0/0"]),
        ("members.0.wan", {"interface": "GigabitEthernet1"}),
    ]
    assert "address is missing" in _refused(*changes)
    assert _member(*changes, ("groups.0.authorize_addresses", False)).interfaces


def test_a_member_registers_from_the_local_interface_of_its_map() -> None:
    changes = [("members.0.local_interface", "Loopback0")]
    assert "give 'local_address'" in _refused(*changes)
    changes.append(("members.0.local_address", "10.30.1.1"))

    assert [str(key.address) for key in _server(*changes).isakmp_keys][1] == "10.30.1.1"
    assert _member(*changes).crypto_maps[0].local_interface == "Loopback0"


def test_names_and_numbers_of_one_device_are_its_own() -> None:
    changes = [
        ("members.0.groups.0", {"group": "G1", "group_name": "MINE", "sequence": 7}),
        ("groups.0.servers.0", {"name": "KS1", "priority": 100, "group_name": "OURS"}),
    ]
    member = _member(*changes)
    assert (member.groups[0].name, member.crypto_maps[0].entries[0].group) == ("MINE", "MINE")
    assert member.crypto_maps[0].entries[0].sequence == 7
    assert _server(*changes).groups[0].name == "OURS"


def test_two_entries_of_a_map_have_two_numbers() -> None:
    second = change()["groups"][0] | {"name": "G2", "identity": 1002}
    joined = [{"group": "G1"}, {"group": "G2", "sequence": 10}]
    message = _refused(("groups.1", second), ("members.0.groups", joined))
    assert "the entry of the ipv4 map 10 stands for something else" in message


def test_registration_may_be_open_to_networks() -> None:
    networks = ["10.20.0.0/16", "192.0.2.7/32", "0.0.0.0/0"]
    lists = {
        each.name: each for each in _server(("groups.0.authorize_networks", networks)).access_lists
    }
    assert lists["MEMBERS-G1"].entries == (
        "permit 10.20.0.0 0.0.255.255",
        "permit 192.0.2.7",
        "permit any",
    )


def test_devices_without_a_domain_have_no_certificates_that_tell_it() -> None:
    assert _server(("domain", None)).domain is None
    message = _refused(("domain", None), ("groups.0.authentication", PKI))
    assert "domain is missing: certificates of G1 tell it" in message


def test_off_is_a_word_for_replays() -> None:
    said = (
        "{key_servers: [{name: K, address: 192.0.2.1}], groups: [{name: G, identity: 1, servers: "
        "[{name: K, priority: 1}], authentication: {kind: psk, member: 'env:K'}, policies: "
        "[{traffic: {between: [10.0.0.0/8]}, replay: {kind: off}}]}]}"
    )
    assert parse(said).groups[0].policies[0].replay.kind == "off"


def test_a_member_may_register_in_a_vrf_that_its_sites_are_not_in() -> None:
    joined = {"group": "G1", "source": "GigabitEthernet3", "source_address": "192.0.2.9"}
    changes = [("members.0.groups.0", joined | {"source_vrf": "MGMT"}), ("members.0.wan.vrf", "A")]
    view = _member(*changes)

    assert [vrf.name for vrf in view.vrfs] == ["A", "MGMT"]
    assert [(ring.name, ring.vrf) for ring in view.isakmp_keyrings] == [("KEYS-MGMT", "MGMT")]
    assert view.isakmp_keys == ()
    named = _member(*changes, ("members.0.keyring_name", "RING"))
    assert named.isakmp_keyrings[0].name == "RING"
    assert "has no meaning without a 'source'" in _refused(
        ("members.0.groups.0", {"group": "G1", "source_vrf": "MGMT"})
    )


def test_nobody_knows_what_an_external_device_offers_unless_the_intent_says() -> None:
    changes = [("key_servers.0.ike", {"group": 20}), ("members.0.external", True)]
    changes += [("members.1.external", True), ("key_servers.1.external", True)]
    assert len(_server(*changes).isakmp_policies) == 1
    told = [*changes, ("members.0.ike", {"group": 14})]
    assert [policy.group for policy in _server(*told).isakmp_policies] == [20, 14]


def test_what_a_trustpoint_does_not_have_has_no_line() -> None:
    bare = {"subject": None, "key_name": None, "enrollment_url": None, "key_bits": None}
    (point,) = _server(("groups.0.authentication", PKI | bare)).trustpoints
    assert (point.subject, point.key, point.enrollment_url, point.key_bits) == (None,) * 4


def test_segments_of_ipv6_may_have_a_size_of_their_own() -> None:
    six = [
        ("groups.0.family", "ipv6"),
        ("groups.0.policies.0.traffic.between", ["2001:db8:1::/48"]),
        ("members.0.lan.0.mss", 1360),
    ]
    sizes = [
        _member(*six, *more).interfaces[0].mss6
        for more in ([], [("members.0.lan.0.mss6", 1346)], [("members.0.lan.0.mss6", "none")])
    ]
    assert sizes == [1340, 1346, None]
    assert _member(("members.0.lan.0.mss6", 1346)).interfaces[0].mss6 is None


def test_key_servers_take_certificates_of_domains_that_only_they_know() -> None:
    changes = [
        ("groups.0.authentication", PKI),
        ("groups.0.versions", "ikev2"),
        ("groups.0.member_domains", ["branch.example.org"]),
    ]
    (profile,) = _server(*changes).ikev2_profiles
    assert profile.match_domains == ("example.net", "branch.example.org")
    (profile,) = _member(*changes).ikev2_profiles
    assert profile.match_domains == ("example.net",)
