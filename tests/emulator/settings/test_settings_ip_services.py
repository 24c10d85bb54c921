"""Multicast, DHCP, NAT, TCP and quality of service."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]


@pytest.mark.parametrize(
    "line",
    [
        "ip multicast-routing distributed",
        "ip pim ssm default",
        "ip pim ssm range SSM",
        "ip pim rp-address 10.1.1.1",
        "ipv6 unicast-routing",
        "no ip source-route",
        "no ip gratuitous-arps",
        "ip bgp-community new-format",
        "ip forward-protocol udp",
        "no ip forward-protocol nd",
        "ip nat inside source static 192.168.255.2 10.10.1.4",
        "ip nat inside source static tcp 192.168.255.2 22 10.10.1.4 2222 extendable",
        "ip nat inside source list 1 interface Loopback0 overload",
        "ip nat pool P 10.0.0.1 10.0.0.9 netmask 255.255.255.0",
        "ip tcp synwait-time 5",
        "ip default-gateway 10.0.0.1",
    ],
)
def test_a_service_is_printed_as_it_was_entered(
    any_router: Router, added: Added, line: str
) -> None:
    assert added(any_router, line + "\n") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "ip source-route",
        "ip routing",
        "ip subnet-zero",
        "ip classless",
        "ip tcp synwait-time 30",
        "ip forward-protocol nd",
    ],
)
def test_what_holds_anyway_is_not_printed(any_router: Router, added: Added, line: str) -> None:
    assert added(any_router, line + "\n") == []


def test_classic_routers_say_how_they_forward(classic: Router) -> None:
    assert {"ip cef", "no ipv6 cef"} <= set(classic.running_lines())
    classic.merge("no ip cef\n")
    assert "no ip cef" in classic.running_lines()


def test_xe_routers_cannot_do_without_cef(router: Router, refused: Refused) -> None:
    assert refused(router, "no ip cef\n") == "%Cannot disable CEF on this platform\n"


def test_a_pool_hands_out_a_network(router: Router, added: Added) -> None:
    text = """\
ip dhcp excluded-address 10.9.0.1 10.9.0.9
ip dhcp pool LAN
 lease 0 8
 dns-server 10.1.1.1 10.1.1.2
 default-router 10.9.0.1
 network 10.9.0.0 /16
"""
    assert added(router, text) == [
        "ip dhcp excluded-address 10.9.0.1 10.9.0.9",
        "ip dhcp pool LAN",
        " network 10.9.0.0 255.255.0.0",
        " default-router 10.9.0.1",
        " dns-server 10.1.1.1 10.1.1.2",
        " lease 0 8",
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("ip dhcp excluded-address 10.0.0.9 10.0.0.1", "% Range is not valid"),
        ("ip dhcp pool P\n network 10.0.0.1 /24", "% Invalid network 10.0.0.1"),
        (
            "ip nat pool P 10.0.0.1 10.0.1.9 netmask 255.255.255.0",
            "%Start and end addresses on different subnets",
        ),
        ("ip multicast-routing vrf NONE", "% VRF NONE not configured."),
        ("policy-map P\n class NONE", "% class map NONE not configured"),
        (
            "class-map match-any C\nclass-map match-all C",
            "% class-map C already exists with a different match type",
        ),
    ],
)
def test_a_service_that_makes_no_sense_is_refused(
    router: Router, refused: Refused, text: str, said: str
) -> None:
    assert refused(router, text + "\n") == f"{said}\n"


def test_a_policy_is_printed_with_its_classes(router: Router, added: Added) -> None:
    text = """\
class-map VOICE
 match ip dscp 46
policy-map WAN
 class class-default
  fair-queue
 class VOICE
  priority percent 10
  set dscp ef
interface GigabitEthernet0/0/1
 service-policy output WAN
"""
    assert added(router, text) == [
        "class-map match-all VOICE",
        " match ip dscp ef",
        "policy-map WAN",
        " class VOICE",
        "  priority percent 10",
        "  set dscp ef",
        " class class-default",
        "  fair-queue",
        " service-policy output WAN",
    ]


def test_a_policy_in_use_stays(router: Router, refused: Refused) -> None:
    text = "policy-map WAN\ninterface Gi0/0/1\n service-policy output WAN\nno policy-map WAN\n"
    assert refused(router, text) == "% policymap WAN cannot be deleted: it is in use\n"


def test_a_vrf_in_a_saved_line_need_not_be_there() -> None:
    router = make_router(startup="ip multicast-routing vrf LATER distributed\n")
    assert "ip multicast-routing vrf LATER distributed" in router.running_lines()
