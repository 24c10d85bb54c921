"""Addresses that a router refuses, or with which a device cannot work, are no intent."""

from typing import Any

import pytest

from getvpn.errors import InputError
from getvpn.inventory.loading import parse

from .networks import intent
from .test_checks import problems_of

LAN = "GigabitEthernet0/0/0"
WAN = "GigabitEthernet0/0/1"


def _wan(address: str, **more: Any) -> dict[str, Any]:
    return {"interface": WAN, "address": address, **more}


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        (
            "members.0.wan.address",
            "10.20.1.1/32",
            (
                f"members[0].wan.address: GM1 refuses /32 on {WAN}; give the prefix length of the "
                "network that it is in, such as /30"
            ),
        ),
        (
            "members.0.lan.0",
            {"interface": "Port-channel1.20", "address": "10.1.1.1/32"},
            (
                "members[0].lan[0].address: GM1 refuses /32 on Port-channel1.20; give the prefix "
                "length of the network that it is in, such as /30"
            ),
        ),
        (
            "key_servers.0.wan",
            _wan("192.0.2.1/32"),
            (
                f"key_servers[0].wan.address: KS1 refuses /32 on {WAN}; give the prefix length of "
                "the network that it is in, such as /30"
            ),
        ),
        (
            "members.0.lan.0.address",
            "10.20.1.129/25",
            (
                f"members[0].lan[0].address: 10.20.1.128/25 on {LAN} overlaps with 10.20.1.0/24 on "
                f"{WAN} of GM1: members[0].wan.address; give one of them another network"
            ),
        ),
        (
            "members.0.lan.1",
            {"interface": "Loopback0", "address": "10.1.1.9/32"},
            (
                "members[0].lan[1].address: 10.1.1.9/32 on Loopback0 overlaps with 10.1.1.0/24 on "
                f"{LAN} of GM1: members[0].lan[0].address; give one of them another network"
            ),
        ),
        (
            "members.0.uplinks",
            [{"interface": "GigabitEthernet0/0/2", "address": "10.20.1.2/24"}],
            (
                "members[0].uplinks[0].address: 10.20.1.0/24 on GigabitEthernet0/0/2 overlaps with "
                f"10.20.1.0/24 on {WAN} of GM1: members[0].wan.address; give one of them another "
                "network"
            ),
        ),
        (
            "key_servers.0.wan",
            _wan("10.10.1.2/24"),
            (
                f"key_servers[0].wan.address: 10.10.1.0/24 on {WAN} overlaps with 10.10.1.1/32 on "
                "Loopback0 of KS1: key_servers[0].address; give one of them another network"
            ),
        ),
        (
            "key_servers.0.wan",
            _wan("10.10.2.1/24"),
            (
                "key_servers[0].wan.address: 10.10.2.1 is the address of KS2, which KS1 could not "
                "reach; give one of them another address"
            ),
        ),
        (
            "key_servers.0.wan",
            _wan("10.20.2.1/24"),
            (
                "key_servers[0].wan.address: 10.20.2.1 is the address of GM2, which KS1 could not "
                "reach; give one of them another address"
            ),
        ),
        (
            "members.0.lan.0.address",
            "10.10.1.1/24",
            (
                "members[0].lan[0].address: 10.10.1.1 is the address of KS1, which GM1 could not "
                "reach; give one of them another address"
            ),
        ),
    ],
)
def test_addresses_that_cannot_work_are_told(path: str, value: object, problem: str) -> None:
    assert problems_of((path, value)) == [problem]


def test_networks_of_ipv6_that_overlap_are_told() -> None:
    (problem,) = problems_of(
        ("members.0.wan.address6", "2001:db8:1::1/48"),
        ("members.0.lan.0.address6", "2001:db8:1:2::1/64"),
    )
    assert "2001:db8:1:2::/64 on GigabitEthernet0/0/0 overlaps with 2001:db8:1::/48" in problem


def test_the_place_of_an_address_is_told_to_the_column() -> None:
    text = """\
version: 1
key_servers:
  - {name: KS1, address: 10.10.1.1}
members:
  - name: GM1
    wan: {interface: GigabitEthernet1, address: 10.20.1.1/32}
    groups: [G1]
groups:
  - name: G1
    identity: 1001
    servers: [{name: KS1, priority: 100}]
    authentication: {kind: psk, member: "env:PSK"}
    policies: [{traffic: {between: [10.0.0.0/8]}}]
"""
    with pytest.raises(InputError, match=r"network\.yml:6:49: members\[0\]\.wan\.address: GM1 ref"):
        parse(text)


@pytest.mark.parametrize(
    "changes",
    [
        # a link of its own, and an address of its own
        [("members.0.wan", {"interface": "Serial0/0/0", "address": "10.20.1.1/32"})],
        [("members.0.wan.address", "10.20.1.0/31")],
        [("members.0.lan.1", {"interface": "Loopback0", "address": "10.30.1.1/32"})],
        # another table of routes
        [
            (
                "members.0.uplinks",
                [{"interface": "GigabitEthernet0/0/2", "address": "10.20.1.2/24", "vrf": "B"}],
            )
        ],
        [
            ("members.0.wan.vrf", "OUTSIDE"),
            ("members.0.lan.0.address", "10.10.1.1/24"),
            (
                "members.0.groups.0",
                {
                    "group": "G1",
                    "source": "Loopback9",
                    "source_address": "10.9.9.9",
                    "source_vrf": "MANAGEMENT",
                },
            ),
        ],
        # link-local addresses are the same on every link
        [
            ("members.0.wan.address6", "fe80::1/64"),
            ("members.0.lan.0.address6", "fe80::1/64"),
        ],
        # sites that are not reached from elsewhere may have the same networks
        [("members.1.lan", [{"interface": LAN, "address": "10.1.1.1/24"}])],
        # somebody else's device is not configured
        [
            ("members.0.external", True),
            ("members.0.wan.address", "10.20.1.1/32"),
        ],
    ],
)
def test_addresses_that_work_are_taken(changes: list[tuple[str, Any]]) -> None:
    assert intent(*changes) is not None


def test_two_members_that_register_from_one_address_of_uplinks_are_told() -> None:
    uplinks = [{"interface": "GigabitEthernet0/0/2", "address": "10.21.1.1/24"}]
    (problem,) = problems_of(("members.0.uplinks", uplinks), ("members.1.uplinks", uplinks))
    assert problem == (
        "members[1].uplinks[0].address: 10.21.1.1 is the address of GM1 already: "
        "members[0].uplinks[0].address"
    )
