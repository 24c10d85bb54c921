"""Interfaces in the configuration: which there can be, their lines, and what is refused."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

TWO_PORTS = """\
interface GigabitEthernet0/0/0
 ip address 10.0.0.1 255.255.255.0
 no shutdown
interface GigabitEthernet0/0/1
 no shutdown
"""
CARET = "^\n% Invalid input detected at '^' marker.\n\n"


def _block(router: Router, name: str) -> list[str]:
    lines = router.running_lines()
    begin = lines.index(f"interface {name}")
    return lines[begin + 1 : lines.index("!", begin)]


@pytest.mark.parametrize(
    ("platform", "port", "lines"),
    [
        ("isr4451", "GigabitEthernet0/0/0", [" no ip address", " shutdown", " negotiation auto"]),
        ("c8000v", "GigabitEthernet1", [" no ip address", " shutdown", " negotiation auto"]),
        (
            "isr2911",
            "GigabitEthernet0/0",
            [" no ip address", " shutdown", " duplex auto", " speed auto"],
        ),
    ],
)
def test_a_port_of_a_new_router_is_shut_and_has_no_address(
    platform: str, port: str, lines: list[str]
) -> None:
    assert _block(make_router(platform=platform), port) == lines


def test_the_management_port_stands_behind_those_with_slots(router: Router) -> None:
    names = [line for line in router.running_lines() if line.startswith("interface ")]
    assert names[-1] == "interface GigabitEthernet0"


def test_loopbacks_and_tunnels_stand_before_the_ports_and_others_behind(
    router: Router, added: Added
) -> None:
    added(router, "interface Vlan1\ninterface Tunnel1\ninterface Loopback2\ninterface lo 1\n")
    names = [line.split()[1] for line in router.running_lines() if line.startswith("interface ")]
    assert names[:4] == ["Loopback1", "Loopback2", "Tunnel1", "GigabitEthernet0/0/0"]
    assert names[-1] == "Vlan1"


@pytest.mark.parametrize(
    "name",
    [
        "GigabitEthernet0/0/9",
        "TenGigabitEthernet0/0/0",
        "Serial0/0/0",
        "Loopback1/2",
        "Loopback1.2",
        "Port-channel65",
        "Vlan4095",
        "Nowhere1",
    ],
)
def test_an_interface_that_cannot_be_is_no_input(
    router: Router, refused: Refused, name: str
) -> None:
    assert refused(router, f"interface {name}\n").endswith(CARET)


def test_the_lines_of_an_interface_stand_in_the_order_of_ios(router: Router) -> None:
    router.merge(
        """\
vrf definition RED
 address-family ipv4
policy-map OUT
 class class-default
interface GigabitEthernet0/0/1
 service-policy output OUT
 ipv6 enable
 ipv6 address 2001:db8::1/64
 cdp enable
 no negotiation auto
 shutdown
 ip ospf 1 area 0
 ip tcp adjust-mss 1360
 ip nat outside
 ip mtu 1400
 no ip proxy-arp
 no ip redirects
 ip access-group ACL in
 ip helper-address 10.9.9.9
 vrf forwarding RED
 ip address 10.0.0.1 255.255.255.0
 ip address 10.0.0.2 255.255.255.0 secondary
 load-interval 30
 bandwidth 1000
 mtu 1600
 description to the provider
"""
    )
    assert _block(router, "GigabitEthernet0/0/1") == [
        " description to the provider",
        " mtu 1600",
        " bandwidth 1000",
        " vrf forwarding RED",
        " ip address 10.0.0.2 255.255.255.0 secondary",
        " ip address 10.0.0.1 255.255.255.0",
        " ip access-group ACL in",
        " ip helper-address 10.9.9.9",
        " no ip redirects",
        " no ip proxy-arp",
        " ip mtu 1400",
        " ip nat outside",
        " ip tcp adjust-mss 1360",
        " ip ospf 1 area 0",
        " load-interval 30",
        " shutdown",
        " no negotiation auto",
        " cdp enable",
        " service-policy output OUT",
    ]


@pytest.mark.parametrize(
    "line",
    [
        "mtu 1500",
        "ip mtu 1500",
        "ip redirects",
        "ip igmp version 2",
        "ip ospf priority 1",
        "load-interval 300",
        "media-type rj45",
        "keepalive 10",
        "tunnel mode gre ip",
        "arp timeout 14400",
        "speed auto",
    ],
)
def test_what_an_interface_has_anyway_is_not_printed(
    router: Router, added: Added, line: str
) -> None:
    assert added(router, f"interface GigabitEthernet0/0/1\n {line}\n") == []


def _with_defaults(router: Router, name: str) -> list[str]:
    text = console(router).run(f"show running-config all | section ^interface {name}$")
    return [line.strip() for line in text.splitlines()]


def test_all_tells_what_an_interface_has_anyway(router: Router) -> None:
    console(router).configure("interface Loopback9\ninterface Tunnel1\n shutdown")
    loopback, tunnel = _with_defaults(router, "Loopback9"), _with_defaults(router, "Tunnel1")
    port = _with_defaults(router, "GigabitEthernet0/0/0")

    assert {"no ip address", "ip redirects", "no shutdown"} <= set(loopback)
    assert not {line.split()[0] for line in loopback} & {"mtu", "duplex", "speed", "tunnel", "lldp"}
    assert "tunnel mode gre ip" in tunnel
    assert ("shutdown" in tunnel, "no shutdown" in tunnel) == (True, False)
    assert {"mtu 1500", "arp timeout 14400", "lldp transmit"} <= set(port)
    assert "encapsulation hdlc" not in port


# ---- addresses ----


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("10.0.0.1 255.0.255.0", "Bad mask 0xFF00FF00 for address 10.0.0.1"),
        ("10.0.0.1 0.0.0.0", "Bad mask 0x0 for address 10.0.0.1"),
        ("10.0.0.0 255.255.255.252", "Bad mask /30 for address 10.0.0.0"),
        ("10.0.0.3 255.255.255.252", "Bad mask /30 for address 10.0.0.3"),
        ("10.0.0.1 255.255.255.255", "Bad mask /32 for address 10.0.0.1"),
        ("224.0.0.1 255.255.255.0", "Not a valid host address - 224.0.0.1"),
        ("127.0.0.1 255.0.0.0", "Not a valid host address - 127.0.0.1"),
        ("0.0.0.1 255.0.0.0", "Not a valid host address - 0.0.0.1"),
    ],
)
def test_an_address_that_no_host_can_have_is_refused(
    router: Router, refused: Refused, line: str, said: str
) -> None:
    text = f"interface GigabitEthernet0/0/1\n ip address {line}\n"
    assert refused(router, text) == f"{said}\n"


def test_a_loopback_may_have_a_host_address(router: Router, added: Added) -> None:
    text = "interface Loopback0\n ip address 10.1.1.1 255.255.255.255\n"
    assert added(router, text) == ["interface Loopback0", " ip address 10.1.1.1 255.255.255.255"]


def test_a_network_is_for_one_interface(router: Router, refused: Refused) -> None:
    text = TWO_PORTS + " ip address 10.0.0.200 255.255.255.0\n"
    assert refused(router, text) == "% 10.0.0.0 overlaps with GigabitEthernet0/0/0\n"
    assert " no ip address" in _block(router, "GigabitEthernet0/0/1")


def test_networks_of_different_vrfs_do_not_overlap(router: Router, added: Added) -> None:
    text = "vrf definition RED\n" + TWO_PORTS
    added(router, text + " vrf forwarding RED\n ip address 10.0.0.200 255.255.255.0\n")


def test_an_interface_that_is_down_may_overlap_but_not_come_up(
    router: Router, added: Added, refused: Refused
) -> None:
    text = TWO_PORTS.rpartition(" no")[0] + " ip address 10.0.0.200 255.255.255.0\n"
    added(router, text)
    assert refused(router, "interface GigabitEthernet0/0/1\n no shutdown\n") == (
        "% 10.0.0.0 overlaps with GigabitEthernet0/0/0\n"
        "GigabitEthernet0/0/1: incorrect IP address assignment\n"
    )


def test_the_primary_address_goes_last(router: Router, refused: Refused) -> None:
    text = (
        TWO_PORTS + " ip address 10.1.0.1 255.255.255.0\n ip address 10.1.0.2 255.255.255.0 sec\n"
    )
    text += " no ip address 10.1.0.1 255.255.255.0\n"
    assert refused(router, text) == "Must delete secondary before deleting primary\n"


def test_no_ip_address_takes_all_addresses(router: Router) -> None:
    text = (
        TWO_PORTS + " ip address 10.1.0.1 255.255.255.0\n ip address 10.1.0.2 255.255.255.0 sec\n"
    )
    router.merge(text + " no ip address\n")
    assert _block(router, "GigabitEthernet0/0/1") == [" no ip address", " negotiation auto"]


def test_an_address_that_is_not_there_cannot_be_removed(router: Router, refused: Refused) -> None:
    text = TWO_PORTS + " no ip address 10.1.0.1 255.255.255.0\n"
    assert refused(router, text) == "% Invalid address\n"


def test_an_address_is_lent_instead_of_an_own_one(router: Router) -> None:
    router.merge(
        "interface Loopback0\n ip address 10.1.1.1 255.255.255.255\n"
        "interface Tunnel1\n ip address 10.2.2.2 255.255.255.0\n ip unnumbered Loopback0\n"
    )
    assert _block(router, "Tunnel1") == [" ip unnumbered Loopback0"]


def test_an_ipv6_network_is_for_one_interface(router: Router, refused: Refused) -> None:
    text = "interface Loopback0\n ipv6 address 2001:db8::1/64\n"
    text += "interface Loopback1\n ipv6 address 2001:db8::2/64\n"
    assert refused(router, text) == (
        "%Loopback1: Error: 2001:DB8::/64 is overlapping with 2001:DB8::/64 on Loopback0\n"
    )


def test_a_link_local_address_begins_with_fe80(router: Router, refused: Refused) -> None:
    text = "interface Loopback0\n ipv6 address 2001:db8::1 link-local\n"
    assert refused(router, text) == "% Invalid link-local address 2001:DB8::1\n"


def test_all_ipv6_addresses_go_at_once(router: Router) -> None:
    text = "interface Loopback0\n ipv6 address fe80::1 link-local\n ipv6 address 2001:db8::1/64\n"
    router.merge(text)
    assert _block(router, "Loopback0")[1:] == [
        " ipv6 address FE80::1 link-local",
        " ipv6 address 2001:DB8::1/64",
    ]
    router.merge("interface Loopback0\n no ipv6 address\n")
    assert _block(router, "Loopback0") == [" no ip address"]


# ---- VRFs ----


def test_an_interface_loses_its_addresses_when_it_gets_a_vrf(router: Router) -> None:
    loaded = router.merge(
        "vrf definition RED\n address-family ipv4\n address-family ipv6\n"
        + TWO_PORTS
        + " ip address 10.1.0.1 255.255.255.0\n ipv6 address 2001:db8::1/64\n vrf forwarding RED\n"
    )
    assert loaded.output == (
        "% Interface GigabitEthernet0/0/1 IPv4 disabled and address(es) removed "
        "due to enabling VRF RED\n"
        "% Interface GigabitEthernet0/0/1 IPv6 disabled and address(es) removed "
        "due to enabling VRF RED\n"
    )
    assert _block(router, "GigabitEthernet0/0/1") == [
        " vrf forwarding RED",
        " no ip address",
        " negotiation auto",
    ]


def test_an_interface_loses_its_addresses_when_it_leaves_a_vrf(router: Router) -> None:
    router.merge("vrf definition RED\n" + TWO_PORTS + " vrf forwarding RED\n")
    router.merge("interface Gi0/0/1\n ip address 10.1.0.1 255.255.255.0\n")
    loaded = router.merge("interface Gi0/0/1\n no vrf forwarding\n")
    assert loaded.output == (
        "% Interface GigabitEthernet0/0/1 IPv4 disabled and address(es) removed "
        "due to disabling VRF RED\n"
    )


def test_the_same_vrf_again_changes_nothing(router: Router) -> None:
    router.merge("vrf definition RED\n" + TWO_PORTS + " vrf forwarding RED\n")
    router.merge("interface Gi0/0/1\n ip address 10.1.0.1 255.255.255.0\n")
    assert router.merge("interface Gi0/0/1\n vrf forwarding RED\n").output == ""
    assert " ip address 10.1.0.1 255.255.255.0" in _block(router, "GigabitEthernet0/0/1")


def test_a_vrf_must_be_there(router: Router, refused: Refused) -> None:
    text = "interface GigabitEthernet0/0/1\n vrf forwarding RED\n"
    assert refused(router, text) == "% VRF RED not configured.\n"


@pytest.mark.parametrize(
    ("defined", "typed", "wanted"),
    [
        ("vrf definition", "ip vrf forwarding", "vrf forwarding"),
        ("ip vrf", "vrf forwarding", "ip vrf forwarding"),
    ],
)
def test_a_vrf_is_used_in_the_way_that_it_was_defined(
    router: Router, refused: Refused, defined: str, typed: str, wanted: str
) -> None:
    text = f"{defined} RED\ninterface GigabitEthernet0/0/1\n {typed} RED\n"
    assert refused(router, text) == f"% Use '{wanted}' command for VRF 'RED'\n"


# ---- sub-interfaces ----


def test_a_subinterface_has_its_own_prompt_and_its_vlan(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "interface gi0/0/1.100", "encapsulation dot1q 100 native")
    assert con.prompt == "Router(config-subif)#"
    assert _block(router, "GigabitEthernet0/0/1.100") == [" encapsulation dot1Q 100 native"]


def test_a_vlan_is_for_one_subinterface(router: Router, refused: Refused) -> None:
    text = (
        "interface Gi0/0/1.1\n encapsulation dot1Q 7\ninterface Gi0/0/1.2\n encapsulation dot1Q 7\n"
    )
    assert refused(router, text) == (
        "% Configuration of multiple subinterfaces of the same main\n"
        "interface with the same VID (7) is not permitted.\n"
        "This VID is already configured on GigabitEthernet0/0/1.1.\n"
    )


def test_a_main_interface_has_no_vlan(router: Router, refused: Refused) -> None:
    text = "interface Gi0/0/1\n encapsulation dot1Q 7\n"
    assert refused(router, text) == " " * len(" encapsulation ") + CARET


# ---- removing, resetting, ranges ----


def test_a_port_cannot_be_removed(router: Router, refused: Refused) -> None:
    said = refused(router, "no interface GigabitEthernet0/0/1\n")
    assert said == "% Removal of physical interfaces is not permitted\n"


def test_subinterfaces_go_with_their_main_interface(router: Router) -> None:
    router.merge("interface Port-channel1\ninterface Port-channel1.5\n encapsulation dot1Q 5\n")
    router.merge("no interface Port-channel1\n")
    assert not any("Port-channel" in line for line in router.running_lines())


def test_a_reset_interface_is_as_it_was_delivered(router: Router) -> None:
    router.merge(TWO_PORTS)
    loaded = router.merge("default interface GigabitEthernet0/0/0\n")
    assert loaded.output == "Interface GigabitEthernet0/0/0 set to default configuration\n"
    assert _block(router, "GigabitEthernet0/0/0") == [" no ip address", " negotiation auto"]


def test_a_range_takes_lines_for_all_its_interfaces(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "interface range gi0/0/1 - 2 , Loopback 5", "description all")
    assert con.prompt == "Router(config-if-range)#"
    for name in ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2", "Loopback5"):
        assert _block(router, name)[0] == " description all"


@pytest.mark.parametrize(
    "text", ["gi0/0/1 - 9", "gi0/0/2 - 1", "nothing", "gi0/0/1 -", "lo0 - 999"]
)
def test_a_range_of_what_cannot_be_is_no_input(router: Router, refused: Refused, text: str) -> None:
    assert refused(router, f"interface range {text}\n").endswith(CARET)


# ---- single lines ----


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("load-interval 45", "% Load interval must be in increments of 30 seconds\n"),
        ("service-policy output NONE", "% policy map NONE not configured\n"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused(
    router: Router, refused: Refused, line: str, said: str
) -> None:
    assert refused(router, f"interface GigabitEthernet0/0/1\n {line}\n") == said


@pytest.mark.parametrize(
    "line",
    ["ip mtu 67", "ip tcp adjust-mss 1461", "bandwidth 0", "encapsulation dot1Q 4095", "duplex x"],
)
def test_a_value_out_of_range_is_no_input(router: Router, refused: Refused, line: str) -> None:
    assert refused(router, f"interface GigabitEthernet0/0/1.5\n {line}\n").endswith(CARET)


def test_lines_of_a_standby_group_stand_together(router: Router, added: Added) -> None:
    text = (
        "interface Gi0/0/1\n standby 2 priority 110\n standby 1 preempt\n"
        " standby 2 ip 10.0.0.2\n standby 1 ip 10.0.0.1\n"
    )
    assert added(router, text) == [
        " standby 1 ip 10.0.0.1",
        " standby 1 preempt",
        " standby 2 ip 10.0.0.2",
        " standby 2 priority 110",
    ]


def test_a_tunnel_has_no_keepalive_to_switch_off(router: Router) -> None:
    router.merge("interface Tunnel1\n no keepalive\ninterface Gi0/0/1\n no keepalive\n")
    assert _block(router, "Tunnel1") == [" no ip address"]
    assert " no keepalive" in _block(router, "GigabitEthernet0/0/1")
