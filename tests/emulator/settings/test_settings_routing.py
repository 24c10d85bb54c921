"""Static routes, routing protocols, route maps and lists, tracking."""

from collections.abc import Callable

import pytest

from getvpn.emulator.device import Router
from getvpn.emulator.testing import console, make_router

Added = Callable[[Router, str], list[str]]
Refused = Callable[[Router, str], str]

LOOPBACK = "interface Loopback0\n ip address 10.1.1.1 255.255.255.255\n"


# ---- static routes ----


def test_static_routes_stand_by_vrf_and_network(router: Router, added: Added) -> None:
    text = """\
vrf definition RED
ip route vrf RED 10.0.0.0 255.0.0.0 192.0.2.1
ip route 172.16.0.0 255.240.0.0 Null0 250 name black tag 7
ip route 10.0.0.0 255.0.0.0 192.0.2.1 permanent
ip route 0.0.0.0 0.0.0.0 192.0.2.254 track 3
"""
    assert [line for line in added(router, text) if line.startswith("ip route")] == [
        "ip route 0.0.0.0 0.0.0.0 192.0.2.254 track 3",
        "ip route 10.0.0.0 255.0.0.0 192.0.2.1 permanent",
        "ip route 172.16.0.0 255.240.0.0 Null0 250 tag 7 name black",
        "ip route vrf RED 10.0.0.0 255.0.0.0 192.0.2.1",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("10.0.0.1 255.0.0.0 192.0.2.1", "%Inconsistent address and mask"),
        ("10.0.0.0 255.0.255.0 192.0.2.1", "%Inconsistent address and mask"),
        ("10.0.0.0 255.0.0.0 10.1.1.1", "%Invalid next hop address (it's this router)"),
        ("vrf BLUE 10.0.0.0 255.0.0.0 192.0.2.1", "% VRF BLUE not configured."),
    ],
)
def test_a_route_that_makes_no_sense_is_refused(
    router: Router, refused: Refused, line: str, said: str
) -> None:
    assert refused(router, f"{LOOPBACK}ip route {line}\n") == f"{said}\n"


def test_a_route_goes_through_an_interface_that_is_there(router: Router, refused: Refused) -> None:
    assert "% Invalid input" in refused(router, "ip route 10.0.0.0 255.0.0.0 Loopback9\n")


def test_a_default_route_into_a_lan_is_warned_of(router: Router) -> None:
    loaded = router.merge("ip route 0.0.0.0 0.0.0.0 GigabitEthernet0/0/0\n")
    assert loaded.output.startswith("%Default route without gateway, if not a point-to-point")


def test_two_routes_to_a_network_stand_beside_each_other(router: Router, added: Added) -> None:
    text = "ip route 10.0.0.0 255.0.0.0 192.0.2.1\nip route 10.0.0.0 255.0.0.0 192.0.2.2\n"
    assert len(added(router, text)) == 2
    router.merge("no ip route 10.0.0.0 255.0.0.0 192.0.2.1\n")
    assert "ip route 10.0.0.0 255.0.0.0 192.0.2.2" in router.running_lines()
    router.merge("no ip route 10.0.0.0 255.0.0.0\n")
    assert not any(line.startswith("ip route 10") for line in router.running_lines())


def test_routes_of_ipv6_are_printed_by_network(router: Router, added: Added) -> None:
    text = "ipv6 route 2001:db8:2::1/48 2001:db8::1\nipv6 route ::/0 Null0 200\n"
    assert added(router, text) == [
        "ipv6 route ::/0 Null0 200",
        "ipv6 route 2001:DB8:2::/48 2001:DB8::1",
    ]


def test_a_link_local_next_hop_needs_its_interface(router: Router, refused: Refused) -> None:
    said = refused(router, "ipv6 route ::/0 fe80::1\n")
    assert said == "% Interface has to be specified for a link-local nexthop\n"


# ---- interior protocols ----


def test_ospf_is_printed_in_order(router: Router, added: Added) -> None:
    text = """\
router ospf 1
 network 10.1.2.3 0.0.0.255 area 0
 network 10.0.0.0 0.0.255.255 area 1
 passive-interface default
 no passive-interface Gi0/0/0
 redistribute static subnets
 area 1 stub no-summary
 router-id 1.1.1.1
 log-adjacency-changes
 default-information originate always metric 10
"""
    assert added(router, text) == [
        "router ospf 1",
        " router-id 1.1.1.1",
        " area 1 stub no-summary",
        " redistribute static subnets",
        " passive-interface default",
        " no passive-interface GigabitEthernet0/0/0",
        " network 10.0.0.0 0.0.255.255 area 1",
        " network 10.1.2.0 0.0.0.255 area 0",
        " default-information originate always metric 10",
    ]


def test_the_backbone_is_no_stub(router: Router, refused: Refused) -> None:
    said = refused(router, "router ospf 1\n area 0 stub\n")
    assert said == "% OSPF: Backbone can not be configured as stub/nssa area\n"


def test_exceptions_go_when_interfaces_are_not_passive_any_more(router: Router) -> None:
    router.merge("router ospf 1\n passive-interface default\n no passive-interface Gi0/0/0\n")
    router.merge("router ospf 1\n no passive-interface default\n")
    assert not any("passive" in line for line in router.running_lines())


def test_a_network_of_eigrp_is_that_of_its_class(router: Router, added: Added) -> None:
    text = "router eigrp 100\n network 192.168.1.77\n network 10.1.5.0 0.0.0.255\n"
    text += " network 172.16.0.0 255.255.0.0\n eigrp stub\n"
    assert added(router, text) == [
        "router eigrp 100",
        " network 10.1.5.0 0.0.0.255",
        " network 172.16.0.0",
        " network 192.168.1.0",
        " eigrp stub connected summary",
    ]


def test_a_family_of_a_named_eigrp_process_has_its_topology(router: Router) -> None:
    router.merge(
        """\
router eigrp GW1
 address-family ipv4 autonomous-system 65000
  network 10.10.0.0 0.0.255.255
  af-interface Gi0/0/0
   no passive-interface
  exit-af-interface
  af-interface default
   passive-interface
  exit-af-interface
  topology base
   redistribute static metric 10000 100 255 1 1400
  exit-af-topology
 exit-address-family
"""
    )
    lines = router.running_lines()
    begin = lines.index("router eigrp GW1")
    assert lines[begin : lines.index("!", begin)] == [
        "router eigrp GW1",
        " !",
        " address-family ipv4 unicast autonomous-system 65000",
        "  !",
        "  af-interface default",
        "   passive-interface",
        "  exit-af-interface",
        "  !",
        "  af-interface GigabitEthernet0/0/0",
        "   no passive-interface",
        "  exit-af-interface",
        "  !",
        "  topology base",
        "   redistribute static metric 10000 100 255 1 1400",
        "  exit-af-topology",
        "  network 10.10.0.0 0.0.255.255",
        " exit-address-family",
    ]


def test_rip_takes_networks_of_classes(router: Router, added: Added) -> None:
    text = "router rip\n version 2\n no auto-summary\n network 10.1.1.1\n"
    assert added(router, text) == [
        "router rip",
        " version 2",
        " network 10.0.0.0",
        " no auto-summary",
    ]


# ---- BGP ----

BGP = """\
router bgp 65000
 neighbor 10.0.0.2 remote-as 100
 neighbor 10.0.0.1 remote-as 65000
 neighbor CORE peer-group
 neighbor CORE remote-as 65000
 neighbor 10.0.0.1 update-source Loopback0
 neighbor 2001:db8::9 remote-as 1.10
"""


def test_bgp_is_printed_in_order(router: Router, added: Added) -> None:
    assert added(router, BGP) == [
        "router bgp 65000",
        " bgp log-neighbor-changes",
        " neighbor CORE peer-group",
        " neighbor CORE remote-as 65000",
        " neighbor 10.0.0.1 remote-as 65000",
        " neighbor 10.0.0.1 update-source Loopback0",
        " neighbor 10.0.0.2 remote-as 100",
        " neighbor 2001:DB8::9 remote-as 65546",
    ]


def test_families_of_bgp_stand_in_their_order(router: Router) -> None:
    router.merge("vrf definition RED\n rd 1:1\n" + BGP)
    router.merge(
        "router bgp 65000\n address-family ipv4 vrf RED\n  network 10.30.0.0 mask 255.255.0.0\n"
        " exit-address-family\n address-family vpnv4 unicast\n  neighbor CORE send-community both\n"
        " exit-address-family\n address-family ipv4 unicast\n  neighbor 10.0.0.1 activate\n"
    )
    heads = [line for line in router.running_lines() if line.startswith(" address-family")]
    assert heads[-3:] == [
        " address-family ipv4",
        " address-family vpnv4",
        " address-family ipv4 vrf RED",
    ]


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("network 10.0.0.0 mask 255.0.0.0", "network 10.0.0.0"),
        ("network 10.1.1.0 mask 255.255.255.0", "network 10.1.1.0 mask 255.255.255.0"),
        ("network 192.168.1.0", "network 192.168.1.0"),
        ("network 10.1.1.1 mask 255.255.255.255 route-map R", None),
    ],
)
def test_the_mask_of_the_class_is_not_printed(
    router: Router, added: Added, typed: str, printed: str | None
) -> None:
    assert f" {printed or typed}" in added(router, f"{BGP} {typed}\n")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("router bgp 65001\n", "BGP is already running; AS is 65000"),
        ("no router bgp 65001\n", "% BGP is running; AS is 65000"),
        (
            "router bgp 65000\n neighbor 10.9.9.9 shutdown\n",
            "% Specify remote-as or peer-group commands first",
        ),
        (
            "router bgp 65000\n neighbor 10.0.0.1 peer-group EDGE\n",
            "% Configure the peer-group EDGE first",
        ),
        (
            "router bgp 65000\n network 10.1.1.1 mask 255.255.255.0\n",
            "% BGP: Incorrect network or mask configured",
        ),
    ],
)
def test_a_line_of_bgp_that_makes_no_sense_is_refused(
    router: Router, refused: Refused, text: str, said: str
) -> None:
    router.merge(BGP)
    assert refused(router, text) == f"{said}\n"


@pytest.mark.parametrize("number", ["0", "4294967296", "1.70000", "x"])
def test_an_as_number_has_32_bits(router: Router, refused: Refused, number: str) -> None:
    assert "% Invalid input" in refused(router, f"router bgp {number}\n")


@pytest.mark.parametrize("line", ["neighbor 10.0.0.1", "neighbor 10.0.0.1 remote-as 65000"])
def test_a_neighbor_goes_with_all_its_lines(router: Router, line: str) -> None:
    router.merge(BGP + " address-family ipv4\n  neighbor 10.0.0.1 activate\n")
    router.merge(f"router bgp 65000\n no {line}\n")
    assert not any("neighbor 10.0.0.1 " in line for line in router.running_lines())
    assert any("neighbor 10.0.0.2 " in line for line in router.running_lines())


def test_the_password_of_a_neighbor_is_hidden_with_the_others(router: Router, added: Added) -> None:
    lines = added(router, f"{BGP} neighbor 10.0.0.1 password open\nservice password-encryption\n")
    (found,) = [line for line in lines if "password " in line and "neighbor" in line]
    assert found.startswith(" neighbor 10.0.0.1 password 7 ")


# ---- route maps and lists ----


def test_route_maps_stand_in_the_order_of_their_first_entries(router: Router, added: Added) -> None:
    text = "route-map B deny 20\nroute-map A\nroute-map B permit 10\n match ip address 1\n"
    assert added(router, text + " match ip address 2\n set local-preference 7\n") == [
        "route-map B permit 10",
        " match ip address 1 2",
        " set local-preference 7",
        "route-map B deny 20",
        "route-map A permit 10",
    ]


def test_one_of_several_matches_is_removed_by_its_name(router: Router, added: Added) -> None:
    text = "route-map A\n match ip address 1 2 3\n no match ip address 2\n"
    assert added(router, text)[-1] == " match ip address 1 3"
    router.merge("route-map A\n no match ip address\n")
    assert not any("match" in line for line in router.running_lines())


def test_a_route_map_goes_with_all_its_entries(router: Router) -> None:
    router.merge("route-map A permit 10\nroute-map A permit 20\nroute-map B permit 10\n")
    router.merge("no route-map A permit 20\n")
    assert "route-map A permit 10" in router.running_lines()
    router.merge("no route-map A\n")
    assert [line for line in router.running_lines() if line.startswith("route-map")] == [
        "route-map B permit 10"
    ]


def test_entries_of_prefix_lists_are_numbered_by_fives(router: Router, added: Added) -> None:
    text = """\
ip prefix-list P permit 10.1.2.3/24
ip prefix-list P deny 0.0.0.0/0 le 32
ip prefix-list P permit 10.1.2.0/24
ip prefix-list P seq 7 permit 10.0.0.0/8 ge 16 le 24
ip prefix-list P description networks
"""
    assert added(router, text) == [
        "ip prefix-list P description networks",
        "ip prefix-list P seq 5 permit 10.1.2.0/24",
        "ip prefix-list P seq 7 permit 10.0.0.0/8 ge 16 le 24",
        "ip prefix-list P seq 10 deny 0.0.0.0/0 le 32",
    ]
    router.merge("no ip prefix-list P permit 10.1.2.0/24\n")
    assert "ip prefix-list P seq 5 permit 10.1.2.0/24" not in router.running_lines()
    router.merge("no ip prefix-list P\n")
    assert not any(line.startswith("ip prefix-list") for line in router.running_lines())


@pytest.mark.parametrize("lengths", ["ge 24", "ge 20", "le 20", "ge 30 le 28"])
def test_lengths_of_a_prefix_list_must_fit(router: Router, refused: Refused, lengths: str) -> None:
    said = refused(router, f"ip prefix-list P permit 10.1.2.0/24 {lengths}\n")
    assert said == "% Invalid prefix range for 10.1.2.0/24, make sure: len < ge-value <= le-value\n"


# ---- key chains, tracking ----


def test_key_chains_are_printed_with_their_keys(router: Router, added: Added) -> None:
    text = """\
key chain BGP_TCPAO tcp
 key 42
  key-string 7 045802150C2E
  cryptographic-algorithm hmac-sha-256
  include-tcp-options
  recv-id 1
  send-id 1
"""
    assert added(router, text) == [
        "key chain BGP_TCPAO tcp",
        " key 42",
        "  send-id 1",
        "  recv-id 1",
        "  include-tcp-options",
        "  cryptographic-algorithm hmac-sha-256",
        "  key-string 7 045802150C2E",
    ]


def test_the_modes_of_key_chains_have_their_prompts(router: Router) -> None:
    con = console(router)
    con.run("configure terminal", "key chain A")
    assert con.prompt == "Router(config-keychain)#"
    con.run("key 1")
    assert con.prompt == "Router(config-keychain-key)#"


def test_operations_stand_with_their_schedules(router: Router, added: Added) -> None:
    text = """\
ip sla schedule 1 life forever start-time now
ip sla 2
 icmp-echo 10.0.0.2
ip sla 1
 icmp-echo 10.0.0.1 source-interface Gi0/0/0
  threshold 5000
  frequency 10
track 1 ip sla 1 reachability
 delay down 10 up 5
"""
    assert added(router, text) == [
        "track 1 ip sla 1 reachability",
        " delay down 10 up 5",
        "ip sla 1",
        " icmp-echo 10.0.0.1 source-interface GigabitEthernet0/0/0",
        "  frequency 10",
        "ip sla schedule 1 life forever start-time now",
        "ip sla 2",
        " icmp-echo 10.0.0.2",
    ]


def test_an_operation_keeps_its_history_behind_its_frequency(router: Router, added: Added) -> None:
    text = "ip sla 3\n icmp-echo 10.0.0.3\n  history buckets-kept 5\n  history lives-kept 1\n"
    assert added(router, text + "  history filter none\n  frequency 10\n") == [
        "ip sla 3",
        " icmp-echo 10.0.0.3",
        "  frequency 10",
        "  history lives-kept 1",
        "  history buckets-kept 5",
    ]
    shown = console(router).run("show ip sla configuration 3")
    assert "history Buckets kept: 5\n" in shown
    assert "history Lives kept: 1\n" in shown


def test_an_operation_keeps_its_type(router: Router, refused: Refused) -> None:
    said = refused(router, "ip sla 1\n icmp-echo 10.0.0.1\nip sla 1\n udp-echo 10.0.0.1 99\n")
    assert said == "%IP SLAs: operation type is already configured\n"


@pytest.mark.parametrize(
    ("lines", "prompts"),
    [
        (["router ospf 1"], ["config-router"]),
        (["router bgp 1", "address-family vpnv4"], ["config-router", "config-router-af"]),
        (["route-map A"], ["config-route-map"]),
        (["track 1 stub-object"], ["config-track"]),
        (["class-map A"], ["config-cmap"]),
        (["policy-map P", "class class-default"], ["config-pmap", "config-pmap-c"]),
        (["ip dhcp pool P"], ["dhcp-config"]),
        (["ip sla 1", "icmp-echo 10.0.0.1"], ["config-ip-sla", "config-ip-sla-echo"]),
    ],
)
def test_modes_have_their_prompts(router: Router, lines: list[str], prompts: list[str]) -> None:
    con = console(router)
    con.run("configure terminal")
    for line, prompt in zip(lines, prompts, strict=True):
        con.run(line)
        assert con.prompt == f"Router({prompt})#"


@pytest.mark.parametrize("platform", ["isr4451", "c8000v", "isr2911"])
def test_a_closing_word_leaves_its_mode_only(platform: str) -> None:
    con = console(make_router(platform=platform))
    con.run("configure terminal", "router eigrp N", "address-family ipv4 autonomous-system 1")
    con.run("af-interface default", "exit-af-interface")
    assert con.prompt == "Router(config-router-af)#"
    con.run("exit-address-family")
    assert con.prompt == "Router(config-router)#"
