"""What contradicts itself is refused; what is merely unwise is not."""

from typing import Any

import pytest
from pydantic import ValidationError

from getvpn.inventory.models import Intent
from getvpn.inventory.problem import Problem

from .networks import ABSENT, PKI, change, intent

Change = tuple[str, Any]
G2 = {
    "name": "G2",
    "identity": 1002,
    "servers": [{"name": "KS1", "priority": 100}],
    "authentication": {"kind": "psk", "member": "env:PSK_{NAME}"},
    "policies": [{"traffic": {"between": ["10.0.0.0/8"]}}],
}
GCM = {"encryption": "gcm 256"}


def problems_of(*changes: Change) -> list[str]:
    """What is wrong with the changed network."""
    with pytest.raises(ValidationError) as refused:
        intent(*changes)
    (error,) = refused.value.errors()
    found: tuple[Problem, ...] = error["ctx"]["problems"]
    assert all(str(problem) in error["msg"] for problem in found)
    return [str(problem) for problem in found]


def test_the_network_that_these_tests_change_is_consistent() -> None:
    assert intent().groups[0].name == "G1"


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        # names
        (
            [("members.1.name", "GM1")],
            "members[1].name: 'GM1' is a device already: members[0]",
        ),
        (
            [("members.1.name", "ks1")],
            "members[1].name: 'ks1' is a device already: key_servers[0]",
        ),
        (
            [("groups.1", G2 | {"name": "G1"})],
            "groups[1].name: 'G1' is a group already: groups[0]",
        ),
        (
            [("groups.0.servers.1.name", "KS3")],
            "groups[0].servers[1].name: there is no key server 'KS3'; did you mean 'KS2'?",
        ),
        (
            [("groups.0.servers.1.name", "GM1")],
            "groups[0].servers[1].name: there is no key server 'GM1'; known: KS1, KS2",
        ),
        (
            [("groups.0.servers.1.name", "KS1")],
            (
                "groups[0].servers[1].name: 'KS1' is a key server of this group already: "
                "groups[0].servers[0]"
            ),
        ),
        (
            [("members.0.groups", ["G1", {"group": "G1"}])],
            (
                "members[0].groups[1].group: 'G1' is a group of this member already: "
                "members[0].groups[0]"
            ),
        ),
        (
            [("members.0.groups.0", {"group": "G1", "servers": ["KS2", "KS2"]})],
            (
                "members[0].groups[0].servers[1]: 'KS2' is a server of this list already: "
                "members[0].groups[0].servers[0]"
            ),
        ),
        (
            [("groups.1", G2), ("members.0.groups", [{"group": "G2", "servers": ["KS2"]}])],
            (
                "members[0].groups[0].servers[0]: there is no key server of G2 'KS2'; did you "
                "mean 'KS1'?"
            ),
        ),
        # devices
        (
            [("members.0.os", "ios"), ("members.0.release", "17.9")],
            (
                "members[0].release: there is no IOS 17.9; write 'os: ios-xe', or a release such "
                "as 15.7(3)M5"
            ),
        ),
        (
            [
                ("key_servers.0.interface", "GigabitEthernet1"),
                ("key_servers.0.wan.interface", "GigabitEthernet1"),
                ("key_servers.0.wan.address", "10.10.9.1/24"),
            ],
            "key_servers[0].wan.address: is not 10.10.1.1, the address of the key server",
        ),
        (
            [("members.0.lan.0.interface", "GigabitEthernet0/0/1")],
            "members[0].lan[0].interface: GigabitEthernet0/0/1 is members[0].wan already",
        ),
        (
            [("members.1.wan.address", "10.20.1.1/24")],
            (
                "members[1].wan.address: 10.20.1.1 is the address of GM1 already: "
                "members[0].wan.address"
            ),
        ),
        (
            [("members.0.wan.address", "10.10.1.1/24")],
            (
                "members[0].wan.address: 10.10.1.1 is the address of KS1 already: "
                "key_servers[0].address"
            ),
        ),
        (
            [("members.0.wan.address", ABSENT)],
            (
                "members[0].wan: address is missing: members of G1 are known by the addresses "
                "from which they register"
            ),
        ),
        (
            [("members.0.groups.0", {"group": "G1", "source": "Loopback1"})],
            (
                "members[0].groups[0].source: its address is not known: members of G1 are known "
                "by the addresses from which they register; give 'source_address'"
            ),
        ),
        (
            [("members.0.groups.0", {"group": "G1", "source_address": "10.9.9.9"})],
            "members[0].groups[0].source_address: has no meaning without 'source'",
        ),
        (
            [("members.0.groups.0", {"group": "G1", "version": "ikev2"})],
            "members[0].groups[0].version: the group G1 has members with ikev1 only",
        ),
        # groups
        (
            [("groups.1", G2 | {"identity": 1001})],
            "groups[1].identity: is that of groups[0] already",
        ),
        (
            [("groups.0.servers.1.priority", 100)],
            "groups[0].servers[1].priority: is that of KS1 already",
        ),
        (
            [("groups.0.rekey.multicast", "10.1.1.1")],
            (
                "groups[0].rekey.multicast: 10.1.1.1 is no multicast address; such are 224.0.1.0 "
                "and above"
            ),
        ),
        (
            [("groups.0.rekey.multicast", "224.0.0.9")],
            "groups[0].rekey.multicast: 224.0.0.9 never leaves a link; take one of 239.0.0.0/8",
        ),
        (
            [("groups.0.pfs", True)],
            "groups[0].pfs: needs IKEv2; write 'versions: ikev2' or 'versions: both'",
        ),
        (
            [
                ("groups.0.pfs", True),
                ("groups.0.versions", "both"),
                ("key_servers.1.release", "16.9"),
            ],
            "groups[0].pfs: KS2 has it from IOS-XE 16.12 on, and runs 16.9",
        ),
        # policies
        (
            [("groups.0.policies.1", G2["policies"][0])],
            "groups[0].policies[1].number: 10 is that of another policy already",
        ),
        (
            [("groups.0.policies.0.replay", {"kind": "time", "window": 101})],
            "groups[0].policies[0].replay.window: should be 1 to 100 seconds",
        ),
        (
            [("groups.0.policies.0.replay", {"kind": "counter", "window": 5})],
            "groups[0].policies[0].replay.window: should be 64, 128, 256, 512 or 1024",
        ),
        (
            [("groups.0.policies.0.replay", {"kind": "off", "window": 5})],
            "groups[0].policies[0].replay.window: has no meaning where replays are not looked for",
        ),
        (
            [("groups.0.policies.0.traffic", ABSENT)],
            (
                "groups[0].policies[0]: neither 'traffic' nor 'acl' is given; one of them says "
                "what is encrypted"
            ),
        ),
        (
            [("groups.0.policies.0.acl", ["permit ip any any"])],
            (
                "groups[0].policies[0]: 'traffic' and 'acl' are both given; one of them says what "
                "is encrypted"
            ),
        ),
        (
            [("groups.0.policies.0", {"acl": ["deny ip any any"]})],
            "groups[0].policies[0].acl: permits nothing, so that nothing is encrypted",
        ),
        (
            [("groups.0.policies.0", {"acl": ["permit ipv6 any any"]})],
            "groups[0].policies[0].acl[0]: cannot stand in a list of the family ipv4",
        ),
        (
            [("groups.0.policies.0.traffic.between", ["10.0.0.0/8", "2001:db8::/32"])],
            "groups[0].policies[0].traffic.between[1]: 2001:db8::/32 is not of the family ipv4",
        ),
        (
            [("groups.0.family", "ipv6")],
            "groups[0].policies[0].traffic.between[0]: 10.0.0.0/8 is not of the family ipv6",
        ),
        (
            [
                ("groups.0.family", "ipv6"),
                ("groups.0.policies.0.traffic", {"between": ["fd00::/8"], "clear": ["igmp"]}),
            ],
            "groups[0].policies[0].traffic.clear[0]: igmp has no meaning for IPv6",
        ),
        (
            [("members.0.groups.0", {"group": "G1", "local_clear": ["deny ipv6 any any"]})],
            "members[0].groups[0].local_clear[0]: cannot stand in a list of the family ipv4",
        ),
        # counters of senders
        (
            [
                ("groups.0.policies.0.transform", {"encryption": "gcm 128", "integrity": "sha"}),
                ("groups.0.servers.0.kssids", [1]),
                ("groups.0.servers.1.kssids", [2]),
            ],
            (
                "groups[0].policies[0].transform.integrity: 'gcm 128' protects integrity by "
                "itself; leave it out"
            ),
        ),
        (
            [("groups.0.policies.0.transform", GCM), ("groups.0.servers.0.kssids", [1])],
            (
                "groups[0].servers[1]: kssids are missing: the group counts what each sender "
                "sends (gcm, gmac)"
            ),
        ),
        (
            [("groups.0.servers.0.kssids", [1, 2]), ("groups.0.servers.1.kssids", [3, 2])],
            "groups[0].servers[1].kssids[1]: 2 is taken by KS1",
        ),
        # keys and certificates
        (
            [("groups.0.authentication.coop", ABSENT)],
            "groups[0].authentication: coop is missing: the key between key servers",
        ),
        (
            [("groups.0.authentication.member", "env:{who}")],
            "groups[0].authentication.member: nothing stands for {who} here; known: {NAME}, {name}",
        ),
        (
            [("groups.0.authentication.coop", "env:{name}")],
            "groups[0].authentication.coop: nothing stands for {name} here",
        ),
        (
            [("groups.0.authentication", PKI | {"subject": "CN={host}", "authorize": None})],
            (
                "groups[0].authentication.subject: nothing stands for {host} here; known: "
                "{domain}, {name}"
            ),
        ),
        (
            [("groups.0.authentication", PKI | {"authorize": "OU=Others, o=x"})],
            (
                "groups[0].authentication.authorize: no member has o=x, ou=others in its subject; "
                "add it to 'subject'"
            ),
        ),
        (
            [
                ("groups.0.authentication", PKI),
                ("groups.1", G2 | {"authentication": PKI | {"enrollment_url": "http://other"}}),
            ],
            (
                "groups[1].authentication.trustpoint: GETVPN-CA is another one in "
                "groups[0].authentication"
            ),
        ),
        (
            [
                ("groups.1", G2 | {"authentication": {"kind": "psk", "member": "env:ONE"}}),
                ("members.0.groups", ["G1", "G2"]),
            ],
            (
                "groups[1].authentication.member: GM1 and KS1 have one key for both groups, and "
                "groups[0].authentication.member is another"
            ),
        ),
        (
            [("members.0.name", "gm-1"), ("members.1.name", "gm_1")],
            "groups[0].authentication.member: gm-1 and gm_1 would have one key; write '{name}'",
        ),
        # names of lists
        (
            [("groups.0.policies.0.acl_name", "52")],
            (
                "groups[0].policies[0].acl_name: the number of this list should be 100 to 199 or "
                "2000 to 2699"
            ),
        ),
        (
            [("groups.0.authorization_name", "152")],
            (
                "groups[0].authorization_name: the number of this list should be 1 to 99 or 1300 "
                "to 1999"
            ),
        ),
        (
            [("members.0.fail_close", {"acl_name": "52"})],
            "members[0].fail_close: the number of this list should be 100 to 199 or 2000 to 2699",
        ),
        (
            [("groups.0.policies.0.acl_name", "L"), ("groups.0.authorization_name", "L")],
            "groups[0]: the access list L stands for something else in groups[0].policies[0]",
        ),
        (
            [
                ("groups.0.policies.0.transform_name", "TS"),
                (
                    "groups.0.policies.1",
                    {
                        "number": 20,
                        "transform_name": "TS",
                        "transform": {"encryption": "aes 128"},
                        "acl": ["permit ip any any"],
                    },
                ),
            ],
            (
                "groups[0].policies[1]: the transform set TS stands for something else in "
                "groups[0].policies[0]"
            ),
        ),
        (
            [
                ("members.0.fail_close", {"acl_name": "L"}),
                (
                    "members.0.groups.0",
                    {"group": "G1", "local_acl_name": "L", "local_clear": ["deny esp any any"]},
                ),
            ],
            (
                "members[0].fail_close: the access list L stands for something else in "
                "members[0].groups[0]"
            ),
        ),
    ],
)
def test_a_contradiction_is_told(changes: list[Change], problem: str) -> None:
    assert problem in problems_of(*changes)


@pytest.mark.parametrize(
    "changes",
    [
        [("groups.0.rekey.lifetime_s", 300)],
        [("groups.0.policies.0.lifetime_s", 120)],
        [("groups.0.policies.0.transform", {"encryption": "aes 128", "integrity": "sha"})],
        [("groups.0.policies.0.replay", {"kind": "counter"})],
        [("groups.0.policies.0.traffic.between", ["0.0.0.0/0"])],
        [("groups.0.policies.0.traffic.clear", [])],
        [("groups.0.authorize_addresses", False)],
        [("members.0.fail_close", {"clear": []})],
        [("groups.0.receive_only", True)],
        [("members", [])],
    ],
)
def test_what_is_unwise_is_for_the_audit_to_say(changes: list[Change]) -> None:
    assert intent(*changes)


def test_more_than_eight_key_servers_are_refused() -> None:
    servers = [{"name": f"KS{n}", "address": f"10.10.{n}.1"} for n in range(1, 10)]
    roles = [{"name": f"KS{n}", "priority": n} for n in range(1, 10)]

    with pytest.raises(ValidationError, match="at most 8"):
        intent(("key_servers", servers), ("groups.0.servers", roles))


def test_a_combined_mode_has_no_hash_unless_one_is_asked_for() -> None:
    found = intent(
        ("groups.0.policies.0.transform", GCM),
        ("groups.0.servers.0.kssids", [1]),
        ("groups.0.servers.1.kssids", [2]),
    )

    assert found.groups[0].policies[0].transform.integrity is None
    assert intent().groups[0].policies[0].transform.integrity == "sha256"


def test_what_is_not_said_depends_on_what_is() -> None:
    found = intent(("members.0.os", "ios"), ("groups.0.policies.0.replay", {"kind": "counter"}))

    assert found.members[0].release == "15.7"
    assert found.members[1].release == "17.9"
    assert found.groups[0].policies[0].replay.window == 64


def test_what_a_member_with_certificates_is_called_needs_no_address() -> None:
    found = intent(("groups.0.authentication", PKI), ("members.0.wan.address", ABSENT))

    assert found.members[0].wan.address is None


def test_an_intent_is_not_changed_after_it_was_checked() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        intent().groups[0].pfs = True  # type: ignore[misc]


def test_a_refused_intent_does_not_show_what_stands_in_it() -> None:
    with pytest.raises(ValidationError) as refused:
        Intent.model_validate(change(("groups.0.authentication.member", "Example-key-of-gm1")))

    assert "Example-key-of-gm1" not in str(refused.value)
