"""What each device is told, for the variants of GETVPN that there are."""

from ipaddress import IPv4Address, IPv4Interface
from typing import Any

import pytest

from getvpn.inventory.resolve import device_views
from getvpn.inventory.views import AccessListView, DeviceView, MemberView, ServerView

from .networks import ABSENT, PKI, intent

CLEAR = (
    "deny esp any any",
    "deny tcp any any eq tacacs",
    "deny tcp any eq tacacs any",
    "deny tcp any any eq 22",
    "deny tcp any eq 22 any",
    "deny pim any any",
    "deny udp any any eq ntp",
    "deny udp any eq ntp any",
    "deny udp any any eq isakmp",
    "deny udp any eq isakmp any",
    "deny udp any any eq 848",
    "deny udp any eq 848 any",
)
PERMIT = "permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255"
SIX = [
    ("groups.0.family", "ipv6"),
    ("groups.0.policies.0.traffic.between", ["2001:db8:1::/48"]),
    ("groups.0.policies.0.replay", {"kind": "counter"}),
]


def _view(name: str, *changes: tuple[str, Any]) -> ServerView | MemberView:
    return device_views(intent(*changes))[name]


def _server(*changes: tuple[str, Any], name: str = "KS1") -> ServerView:
    view = _view(name, *changes)
    assert isinstance(view, ServerView)
    return view


def _member(*changes: tuple[str, Any], name: str = "GM1") -> MemberView:
    view = _view(name, *changes)
    assert isinstance(view, MemberView)
    return view


def _list(view: DeviceView, name: str) -> AccessListView:
    (found,) = (it for it in view.access_lists if it.name == name)
    return found


# ---- E1, E2, E5: keys, certificates, unicast ----


def test_a_key_server_has_a_key_for_each_partner_and_each_member() -> None:
    view = _server()

    assert [(key.peer, str(key.address), key.secret) for key in view.isakmp_keys] == [
        ("KS2", "10.10.2.1", "env:PSK_COOP"),
        ("GM1", "10.20.1.1", "env:PSK_GM1"),
        ("GM2", "10.20.2.1", "env:PSK_GM2"),
    ]
    (policy,) = view.isakmp_policies
    assert (policy.priority, policy.authentication, policy.encryption, policy.group) == (
        10,
        "pre-share",
        "aes 256",
        19,
    )
    assert (view.isakmp_identity, view.isakmp_keepalive_s) == ("address", 15)


def test_a_key_server_without_partners_neither_cooperates_nor_looks_for_dead_ones() -> None:
    view = _server(("groups.0.servers", [{"name": "KS1", "priority": 100}]))

    (group,) = view.groups
    assert (group.redundancy, group.peers, view.isakmp_keepalive_s) == (False, (), None)


def test_a_key_server_serves_the_group_and_cooperates() -> None:
    view = _server(name="KS2")

    (group,) = view.groups
    assert (group.spelling, group.identity, group.unicast) == ("gkm", "number 1001", True)
    assert (group.cipher, group.sig_hash, group.key) == ("aes 256", "sha256", "GETVPN-REKEY")
    assert (group.address, group.priority) == (IPv4Address("10.10.2.1"), 75)
    assert group.peers == (IPv4Address("10.10.1.1"),)
    assert group.authorization_acl == "MEMBERS-G1"
    assert (group.gdoi, group.ikev2_profile, group.crl_trustpoint) == (True, None, None)
    (sa,) = group.sas
    assert (sa.profile, sa.acl, sa.replay, sa.replay_window) == (
        "PROFILE-G1",
        "POLICY-G1",
        "time",
        5,
    )
    assert view.transform_sets[0].transforms == "esp-aes 256 esp-sha256-hmac"
    (profile,) = view.ipsec_profiles
    assert (profile.name, profile.transform_set) == ("PROFILE-G1", view.transform_sets[0].name)
    (own,) = view.interfaces
    assert (own.name, own.address) == ("Loopback0", IPv4Interface("10.10.2.1/32"))


def test_a_policy_by_prefixes_denies_what_stays_in_clear_and_permits_both_ways() -> None:
    view = _server()

    assert _list(view, "POLICY-G1").entries == (*CLEAR, PERMIT)
    assert _list(view, "MEMBERS-G1").entries == ("permit 10.20.1.1", "permit 10.20.2.1")


def test_neighbouring_prefixes_become_one() -> None:
    path = "groups.0.policies.0.traffic.between"

    assert _list(_server((path, ["10.0.0.0/9", "10.128.0.0/9"])), "POLICY-G1").entries[-1] == PERMIT
    assert _list(_server((path, ["0.0.0.0/0"])), "POLICY-G1").entries[-1] == "permit ip any any"
    entries = _list(_server((path, ["10.0.0.0/8", "192.0.2.7/32"])), "POLICY-G1").entries
    assert entries[len(CLEAR) :] == (
        PERMIT,
        "permit ip 10.0.0.0 0.255.255.255 host 192.0.2.7",
        "permit ip host 192.0.2.7 10.0.0.0 0.255.255.255",
        "permit ip host 192.0.2.7 host 192.0.2.7",
    )


def test_lines_of_a_policy_are_taken_as_they_are() -> None:
    lines = ["deny udp any any eq 500", "permit ip any any"]
    view = _server(("groups.0.policies.0", {"acl": lines, "acl_name": "GETVPN-POLICY"}))

    entries = ("deny udp any any eq isakmp", "permit ip any any")
    assert _list(view, "GETVPN-POLICY").entries == entries
    assert view.groups[0].sas[0].acl == "GETVPN-POLICY"


@pytest.mark.parametrize(
    ("os", "release", "lines"),
    [
        ("ios-xe", "17.9.4a", ["ip access-list standard 52", " 10 permit 10.20.1.1"]),
        ("ios-xe", "16.12.4", ["access-list 52 permit 10.20.1.1"]),
        ("ios", "15.7(3)M5", ["access-list 52 permit 10.20.1.1"]),
    ],
)
def test_lists_are_printed_as_the_release_prints_them(
    os: str, release: str, lines: list[str]
) -> None:
    view = _server(
        ("key_servers.0.os", os),
        ("key_servers.0.release", release),
        ("groups.0.authorization_name", 52),
    )

    assert list(_list(view, "52").lines[: len(lines)]) == lines
    padded = " 10 deny esp any any" if view.software.newer else " deny   esp any any"
    assert _list(view, "POLICY-G1").lines[1] == padded


def test_with_certificates_members_are_known_by_their_subjects() -> None:
    change = ("groups.0.authentication", PKI)
    server, member = _server(change), _member(change)

    (point,) = server.trustpoints
    assert (point.subject, point.revocation_check) == ("CN=KS1.example.net,OU=GETVPN", "crl")
    assert (point.key, point.key_bits) == ("PKI-KS1", 2048)
    (group,) = server.groups
    assert (group.authorization_acl, group.authorization_identity) == (None, "MEMBERS-G1")
    assert (server.identities[0].name, server.identities[0].dns) == ("MEMBERS-G1", ("ou=GETVPN",))
    assert group.crl_trustpoint == "GETVPN-CA"
    assert (server.isakmp_identity, member.isakmp_identity) == ("dn", "dn")
    assert server.isakmp_policies[0].authentication == "rsa-sig"
    assert (server.isakmp_keys, member.isakmp_keys) == ((), ())
    # a member that checks the list of revoked certificates cannot register when it runs out
    assert member.trustpoints[0].revocation_check == "none"


def test_certificates_of_anybody_are_narrowed_by_address() -> None:
    view = _server(("groups.0.authentication", PKI | {"authorize": None}))

    (group,) = view.groups
    assert (group.authorization_acl, group.authorization_identity) == ("MEMBERS-G1", None)


def test_nobody_is_listed_where_everybody_may_register() -> None:
    view = _server(("groups.0.authorize_addresses", False))

    assert view.groups[0].authorization_acl is None
    assert [it.name for it in view.access_lists] == ["POLICY-G1"]


def test_a_member_lists_the_key_servers_in_order_and_its_own_key_for_each() -> None:
    view = _member()

    (group,) = view.groups
    assert group.servers == (IPv4Address("10.10.1.1"), IPv4Address("10.10.2.1"))
    assert (group.spelling, group.identity) == ("gkm", "number 1001")
    assert [(key.peer, key.secret) for key in view.isakmp_keys] == [
        ("KS1", "env:PSK_GM1"),
        ("KS2", "env:PSK_GM1"),
    ]
    (crypto_map,) = view.crypto_maps
    assert (crypto_map.name, crypto_map.fail_close) == ("GETVPN-MAP", None)
    assert [(it.sequence, it.group, it.acl) for it in crypto_map.entries] == [(10, "G1", None)]
    lan, wan = view.interfaces
    assert (wan.name, wan.crypto_map, wan.mtu, wan.mss) == (
        "GigabitEthernet0/0/1",
        "GETVPN-MAP",
        None,
        None,
    )
    assert (lan.mss, lan.mss6, lan.crypto_map) == (1360, None, None)
    assert view.access_lists == ()


def test_a_member_may_try_the_key_servers_in_another_order() -> None:
    view = _member(("members.0.groups.0", {"group": "G1", "servers": ["KS2", "KS1"]}))

    assert view.groups[0].servers == (IPv4Address("10.10.2.1"), IPv4Address("10.10.1.1"))


def test_older_routers_use_the_older_words() -> None:
    view = _member(("members.0.os", "ios"))

    assert (view.software.family, view.software.newer) == ("classic", False)
    assert view.groups[0].spelling == "gdoi"


def test_the_name_of_a_member_can_stand_in_a_variable() -> None:
    view = _member(("members.0.name", "gm-1.north"), name="gm-1.north")

    assert [key.secret for key in view.isakmp_keys] == ["env:PSK_GM_1_NORTH"] * 2
    view = _member(("groups.0.authentication.member", "file:keys/{name}"))
    assert [key.secret for key in view.isakmp_keys] == ["file:keys/GM1"] * 2


# ---- E3, E5c: multicast ----


def test_multicast_rekeys_name_all_key_servers_and_stay_in_clear() -> None:
    change = ("groups.0.rekey.multicast", "239.10.10.1")
    server, member = _server(change), _member(change)

    (group,) = server.groups
    assert (group.unicast, group.rekey_acl) == (False, "REKEY-G1")
    assert _list(server, "REKEY-G1").entries == (
        "permit udp host 10.10.1.1 eq 848 host 239.10.10.1 eq 848",
        "permit udp host 10.10.2.1 eq 848 host 239.10.10.1 eq 848",
    )
    assert _list(server, "POLICY-G1").entries == (
        *CLEAR,
        "deny igmp any any",
        "deny ip any host 239.10.10.1",
        PERMIT,
    )
    assert (server.multicast_routing, member.multicast_routing) == ((None,), (None,))
    _, wan = member.interfaces
    address = IPv4Address("239.10.10.1")
    assert wan.pim
    assert wan.igmp_joins == (
        (address, IPv4Address("10.10.1.1")),
        (address, IPv4Address("10.10.2.1")),
    )


# ---- E4, E6: IKEv2 ----


def test_a_group_may_serve_both_versions_while_members_change_over() -> None:
    changes = [
        ("groups.0.versions", "both"),
        ("groups.0.pfs", True),
        ("members.0.groups.0", {"group": "G1", "version": "ikev2"}),
    ]
    server, new, old = _server(*changes), _member(*changes), _member(*changes, name="GM2")

    (group,) = server.groups
    assert (group.gdoi, group.ikev2_profile, group.pfs) == (True, "GKM-G1", True)
    assert [key.peer for key in server.isakmp_keys] == ["KS2", "GM2"]
    (profile,) = server.ikev2_profiles
    assert (profile.authentication, profile.keyring) == ("pre-share", "KEYS-G1")
    assert profile.match_addresses == (IPv4Address("10.20.1.1"),)
    assert profile.local_address == IPv4Address("10.10.1.1")
    assert server.ikev2_keyrings[0].peers == profile.keys
    assert new.groups[0].ikev2_profile == "GKM-G1"
    assert (new.isakmp_policies, new.isakmp_keys) == ((), ())
    assert [key.peer for key in new.ikev2_keyrings[0].peers] == ["KS1", "KS2"]
    assert old.groups[0].ikev2_profile is None
    assert old.ikev2_profiles == ()
    (proposal,) = server.ikev2_proposals
    assert (proposal.name, proposal.encryption, proposal.integrity) == (
        "GETVPN",
        "aes-cbc-256",
        "sha256",
    )
    assert server.ikev2_policies[0].proposals == ("GETVPN",)


def test_without_older_members_ikev1_is_left_to_the_key_servers() -> None:
    changes = [("groups.0.versions", "ikev2"), ("groups.0.authentication", PKI)]
    server, member = _server(*changes), _member(*changes)

    assert not server.groups[0].gdoi
    assert server.isakmp_policies
    assert member.isakmp_policies == ()
    (profile,) = server.ikev2_profiles
    assert (profile.fqdn, profile.match_domains) == ("KS1.example.net", ("example.net",))
    assert (profile.trustpoint, profile.keyring) == ("GETVPN-CA", None)
    alone = ("groups.0.servers", [{"name": "KS1", "priority": 1}])
    assert _server(*changes, alone).isakmp_policies == ()


def test_peers_in_other_domains_are_known_by_these() -> None:
    changes = [
        ("groups.0.versions", "ikev2"),
        ("groups.0.authentication", PKI),
        ("members.0.domain", "north.example.net"),
    ]

    assert _server(*changes).ikev2_profiles[0].match_domains == ("north.example.net", "example.net")
    (profile,) = _member(*changes).ikev2_profiles
    assert (profile.fqdn, profile.match_domains) == ("GM1.north.example.net", ("example.net",))


def test_key_servers_also_offer_what_their_peers_were_told_to_use() -> None:
    changes = [
        ("ike", {"group": 19, "priority": 20}),
        ("members.0.ike", {"group": 14}),
        ("members.1.ike", {"group": 14, "lifetime_s": 3600}),
    ]

    assert [(it.priority, it.group) for it in _server(*changes).isakmp_policies] == [
        (20, 19),
        (30, 14),
    ]
    assert [(it.priority, it.group) for it in _member(*changes).isakmp_policies] == [(10, 14)]
    changes.append(("groups.0.versions", "ikev2"))
    assert [(it.name, it.group) for it in _server(*changes).ikev2_proposals] == [
        ("GETVPN", 19),
        ("GETVPN-2", 14),
    ]


def test_certificates_come_before_keys_where_both_are_used() -> None:
    other = {
        "name": "G2",
        "identity": "192.0.2.2",
        "servers": [{"name": "KS1", "priority": 100}],
        "authentication": PKI,
        "policies": [{"number": 20, "acl": ["permit ip any any"]}],
    }
    view = _server(("groups.1", other))

    assert [(it.priority, it.authentication) for it in view.isakmp_policies] == [
        (10, "rsa-sig"),
        (20, "pre-share"),
    ]
    assert view.groups[1].identity == "address ipv4 192.0.2.2"
    assert (view.groups[1].sas[0].acl, view.groups[1].sas[0].profile) == (
        "POLICY-G2-20",
        "PROFILE-G2-20",
    )
    assert len(view.transform_sets) == 1


# ---- E7: fail-close ----


def test_a_map_that_fails_closed_lets_through_what_was_named() -> None:
    lines = ["deny ospf any any", "deny tcp host 10.1.1.1 any"]
    view = _member(("members.0.fail_close", {"clear": ["ssh", "gdoi"], "extra_clear": lines}))

    assert view.crypto_maps[0].fail_close == "FAILCLOSE"
    assert _list(view, "FAILCLOSE").entries == (
        "deny tcp any any eq 22",
        "deny tcp any eq 22 any",
        "deny udp any any eq 848",
        "deny udp any eq 848 any",
        *lines,
    )


def test_what_one_site_leaves_in_clear_stands_in_a_list_of_its_own() -> None:
    membership = {
        "group": "G1",
        "local_clear": ["deny udp any any eq 5060"],
        "recovery_check_s": 300,
        "track": 7,
        "passive": True,
    }
    view = _member(("members.0.groups.0", membership))

    assert view.crypto_maps[0].entries[0].acl == "LOCAL-G1"
    assert _list(view, "LOCAL-G1").entries == ("deny udp any any eq 5060",)
    (group,) = view.groups
    assert (group.recovery_check_s, group.track, group.passive) == (300, 7, True)


# ---- E8: VRFs ----


def test_a_member_in_a_vrf_registers_from_elsewhere() -> None:
    changes = [
        ("members.0.wan.vrf", "CUST"),
        (
            "members.0.groups.0",
            {"group": "G1", "source": "GigabitEthernet0/0/2", "source_address": "10.40.1.1"},
        ),
    ]
    member, server = _member(*changes), _server(*changes)

    assert [(it.name, it.families) for it in member.vrfs] == [("CUST", ("ipv4",))]
    assert {it.vrf for it in member.interfaces} == {"CUST"}
    assert member.groups[0].registration_interface == "GigabitEthernet0/0/2"
    assert _list(server, "MEMBERS-G1").entries == ("permit 10.40.1.1", "permit 10.20.2.1")
    assert str(server.isakmp_keys[1].address) == "10.40.1.1"


def test_a_key_server_in_a_vrf_answers_from_there() -> None:
    wan = {"interface": "GigabitEthernet1", "address": "192.0.2.1/30", "vrf": "CORE", "mtu": 4470}
    view = _server(("key_servers.0.wan", wan), ("groups.0.versions", "ikev2"))

    own, outer = view.interfaces
    assert (own.name, own.vrf, outer.vrf, outer.mtu) == ("Loopback0", "CORE", "CORE", 4470)
    assert view.ikev2_policies[0].any_vrf
    assert view.ikev2_profiles[0].any_vrf


# ---- E9, E10: IPv6, counters ----


def test_a_group_of_ipv6_has_lists_and_maps_of_its_own() -> None:
    changes = [
        *SIX,
        ("members.0.fail_close", {"extra_clear": ["deny ipv6 any host 2001:db8::1"]}),
    ]
    server, member = _server(*changes), _member(*changes)

    policy = _list(server, "POLICY-G1")
    assert (policy.kind, policy.lines[0]) == ("ipv6", "ipv6 access-list POLICY-G1")
    assert policy.lines[1] == " sequence 10 deny esp any any"
    assert policy.entries[-1] == "permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48"
    (group,) = server.groups
    assert (group.family, group.sas[0].replay, group.sas[0].replay_window) == (
        "ipv6",
        "counter",
        64,
    )
    (crypto_map,) = member.crypto_maps
    assert (crypto_map.name, crypto_map.family, crypto_map.fail_close) == (
        "GETVPN-MAP6",
        "ipv6",
        "FAILCLOSE6",
    )
    lan, wan = member.interfaces
    assert (wan.crypto_map, wan.crypto_map6) == (None, "GETVPN-MAP6")
    assert (lan.mss, lan.mss6) == (None, 1346)
    assert _list(member, "FAILCLOSE6").entries[-1] == "deny ipv6 any host 2001:DB8::1"


def test_lists_of_ipv6_are_not_numbered_by_older_releases() -> None:
    view = _server(*SIX, ("key_servers.0.release", "16.12.4"))

    assert _list(view, "POLICY-G1").lines[1] == " deny esp any any"


def test_counting_modes_have_sender_identifiers_in_as_few_lines_as_possible() -> None:
    view = _server(
        ("groups.0.policies.0.transform", {"encryption": "gcm 128"}),
        ("groups.0.servers.0.kssids", [9, 1, 2, 3, 12, 10]),
        ("groups.0.servers.1.kssids", [20]),
    )

    (group,) = view.groups
    assert (group.kssid_ranges, group.kssid_values) == (((1, 3), (9, 10)), (12,))
    assert view.transform_sets[0].transforms == "esp-gcm"
    assert view.transform_sets[0].name == "TS-GCM128"


# ---- the size of packets ----


@pytest.mark.parametrize(
    ("changes", "mss"),
    [
        ([], 1360),
        ([("members.0.wan.mtu", 1400)], 1270),
        ([("members.0.wan.mtu", 4470)], None),
        ([("members.0.wan.mtu", 1577)], 1360),
        ([("members.0.wan.mtu", 1593)], None),
        ([("members.0.wan.mtu", 576)], 500),
        ([("members.0.lan.0.mss", 1200)], 1200),
        ([("members.0.wan.mtu", 4470), ("members.0.lan.0.mss", 1200)], 1200),
        ([("groups.0.policies.0.tag_sgt", True), ("members.0.wan.mtu", 1480)], 1350),
    ],
)
def test_segments_leave_the_room_that_encryption_needs(
    changes: list[tuple[str, Any]], mss: int | None
) -> None:
    assert _member(*changes).interfaces[0].mss == mss


def test_a_device_is_reached_at_its_host_else_by_its_name() -> None:
    views = device_views(intent(("members.0.host", "192.0.2.9"), ("members.1.lan", [])))

    assert [(view.name, view.host) for view in views.values()] == [
        ("KS1", "KS1"),
        ("KS2", "KS2"),
        ("GM1", "192.0.2.9"),
        ("GM2", "GM2"),
    ]


def test_an_address_that_is_not_known_has_no_line() -> None:
    changes = [("groups.0.authentication", PKI), ("members.0.wan.address", ABSENT)]

    assert _member(*changes).interfaces[1].address is None


def test_key_servers_know_all_addresses_from_which_a_member_registers() -> None:
    uplinks = [
        {"interface": "GigabitEthernet0/0/2", "address": "10.21.1.1/24"},
        {"interface": "GigabitEthernet0/0/3", "address": "10.22.1.1/24", "vrf": "OTHER"},
    ]
    for more, known in (
        ({}, ["10.20.1.1", "10.21.1.1"]),
        ({"local_interface": "Loopback0", "local_address": "10.30.1.1"}, ["10.30.1.1"]),
        ({"groups": [{"group": "G1", "source": "GigabitEthernet0/0/0"}]}, ["10.1.1.1"]),
    ):
        changes = [(f"members.0.{key}", value) for key, value in more.items()]
        view = device_views(intent(("members.0.uplinks", uplinks), *changes))["KS1"]
        keyed = [str(key.address) for key in view.isakmp_keys if key.peer.startswith("GM1")]
        assert keyed == known
