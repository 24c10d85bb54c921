"""Configurations as people type and paste them: not indented, with prompts, cut short."""

import pytest

from getvpn.parsers.config import device_config, parse_config

from .test_tree import tree_of

INDENTED = """\
crypto isakmp policy 10
 encr aes 256
 authentication pre-share
!
ip access-list extended POLICY
 deny   udp any any eq 848
 permit ip any any
!
crypto gdoi group G1
 identity number 1
 server local
  rekey transport unicast
  sa ipsec 1
   profile P
   match address ipv4 POLICY
  address ipv4 10.0.0.1
  redundancy
   local priority 100
   peer address ipv4 10.0.0.2
!
crypto map M 10 gdoi
 set group G1
!
interface GigabitEthernet0/0
 ip address 10.1.1.1 255.255.255.0
 ip tcp adjust-mss 1360
 crypto map M
!
router bgp 65000
 neighbor 10.1.1.2 remote-as 65001
 network 10.1.1.0 mask 255.255.255.0
!
ip route 0.0.0.0 0.0.0.0 10.1.1.2
redundancy
snmp-server enable traps gdoi
"""


def test_a_configuration_without_any_indentation_has_the_same_tree() -> None:
    flat = "\n".join(line.strip() for line in INDENTED.splitlines())
    assert tree_of(flat) == tree_of(INDENTED)


def test_without_separators_too() -> None:
    text = INDENTED.replace("redundancy\nsnmp", "snmp").replace("!\n", "")
    flat = "\n".join(line.strip() for line in text.splitlines())
    assert tree_of(flat) == tree_of(text)


def test_a_uniform_margin_changes_nothing() -> None:
    margin = "\n".join("    " + line for line in INDENTED.splitlines())
    assert tree_of(margin) == tree_of(INDENTED)


def test_a_session_with_prompts_has_the_same_tree() -> None:
    session = """\
KS1#configure terminal
Enter configuration commands, one per line.  End with CNTL/Z.
KS1(config)#crypto isakmp policy 10
KS1(config-isakmp)#encr aes 256
KS1(config-isakmp)#authentication pre-share
KS1(config-isakmp)#exit
KS1(config)#ip access-list extended POLICY
KS1(config-ext-nacl)#deny   udp any any eq 848
KS1(config-ext-nacl)#permit ip any any
KS1(config-ext-nacl)#crypto gdoi group G1
KS1(config-gdoi-group)#identity number 1
KS1(config-gdoi-group)#server local
KS1(gdoi-local-server)#rekey transport unicast
KS1(gdoi-local-server)#sa ipsec 1
KS1(gdoi-sa-ipsec)#profile P
KS1(gdoi-sa-ipsec)#match address ipv4 POLICY
KS1(gdoi-sa-ipsec)#exit
KS1(gdoi-local-server)#address ipv4 10.0.0.1
KS1(gdoi-local-server)#redundancy
KS1(gdoi-coop-ks-config)#local priority 100
KS1(gdoi-coop-ks-config)#peer address ipv4 10.0.0.2
KS1(gdoi-coop-ks-config)#crypto map M 10 gdoi
KS1(config-crypto-map)#set group G1
KS1(config-crypto-map)#interface GigabitEthernet0/0
KS1(config-if)#ip address 10.1.1.1 255.255.255.0
KS1(config-if)#ip tcp adjust-mss 1360
KS1(config-if)#crypto map M
KS1(config-if)#router bgp 65000
KS1(config-router)#neighbor 10.1.1.2 remote-as 65001
KS1(config-router)#network 10.1.1.0 mask 255.255.255.0
KS1(config-router)#exit
KS1(config)#ip route 0.0.0.0 0.0.0.0 10.1.1.2
KS1(config)#redundancy
KS1(config-red)#snmp-server enable traps gdoi
KS1(config)#end
KS1#write memory
"""
    assert tree_of(session) == tree_of(INDENTED)


def test_prompts_hold_blocks_together_that_no_grammar_knows() -> None:
    session = """\
R1(config)#class-map match-any VOICE
R1(config-cmap)#match dscp ef
R1(config-cmap)#match dscp cs5
R1(config)#policy-map OUT
R1(config-pmap)#class VOICE
R1(config-pmap-c)#priority percent 10
R1(config-pmap)#class class-default
"""
    assert tree_of(session) == [
        "class-map match-any VOICE",
        "  match dscp ef",
        "  match dscp cs5",
        "policy-map OUT",
        "  class VOICE",
        "    priority percent 10",
        "  class class-default",
    ]


def test_ragged_indentation_inside_a_list_is_no_nesting() -> None:
    assert tree_of("ip access-list extended A\n deny esp any any\n   permit ip any any") == [
        "ip access-list extended A",
        "  deny esp any any",
        "  permit ip any any",
    ]


def test_a_command_of_the_outer_mode_ends_the_inner_one_at_any_depth() -> None:
    text = (
        "crypto gdoi group G\n server local\n  sa ipsec 1\n   profile P\n   address ipv4 10.0.0.1"
    )
    assert tree_of(text)[-1] == "    address ipv4 10.0.0.1"


def test_exit_leaves_one_mode() -> None:
    text = """\
crypto gdoi group G
\tserver local
\tsa ipsec 5
\t\tprofile P
\texit

address ipv4 10.0.0.1
"""
    assert tree_of(text) == [
        "crypto gdoi group G",
        "  server local",
        "    sa ipsec 5",
        "      profile P",
        "    address ipv4 10.0.0.1",
    ]


def test_the_global_redundancy_is_not_that_of_a_key_server() -> None:
    text = "crypto gdoi group G\n server local\n  address ipv4 10.0.0.1\nredundancy\n mode sso"
    config = device_config(parse_config(text))
    assert config.key_servers[0].redundancy is None
    assert config.tree.lines[-1].text == "redundancy"


def test_a_command_in_full_is_not_another_one_cut_short() -> None:
    assert tree_of("router ospf 1\nrouter bgp 65000\nno router rip") == [
        "router ospf 1",
        "router bgp 65000",
        "no router rip",
    ]


def test_an_entry_of_a_crypto_map_is_not_the_map_of_an_interface() -> None:
    text = "interface Gi0/0\nip mtu 1400\ncrypto map M 10 gdoi\nset group G"
    assert tree_of(text) == [
        "interface Gi0/0",
        "  ip mtu 1400",
        "crypto map M 10 gdoi",
        "  set group G",
    ]


@pytest.mark.parametrize(
    ("typed", "full"),
    [
        ("cry isa pol 10", "crypto isakmp policy"),
        ("int g0/0", "interface"),
        ("ip access-l ext A", "ip access-list extended"),
        ("crypto gd gr G", "crypto gdoi group"),
        ("crypto ips trans T esp-aes", "crypto ipsec transform-set"),
    ],
)
def test_commands_cut_short_are_known(typed: str, full: str) -> None:
    assert parse_config(typed).lines[0].command == full


@pytest.mark.parametrize("typed", ["cry i 10", "c isakmp policy 1", "cryptic isakmp policy 1"])
def test_what_may_mean_several_things_is_not_guessed(typed: str) -> None:
    assert parse_config(typed).lines[0].command == ""


def test_a_command_that_the_device_refused_does_not_count() -> None:
    session = """\
R1(config)#hostname R2
R2(config)#crypto gdoi grop G
                    ^
% Invalid input detected at '^' marker.
R2(config)#ip cef
"""
    tree = parse_config(session)
    assert [line.text for line in tree.lines] == ["hostname R2", "ip cef"]
    assert tree.ignored == (2, 3, 4)


def test_echoes_before_and_prompts_after_do_not_matter() -> None:
    assert tree_of(
        "KS1#show running-config | section crypto\ncrypto isakmp policy 1\n group 14\nKS1#"
    ) == [
        "crypto isakmp policy 1",
        "  group 14",
    ]
    assert tree_of("show run\nhostname R1") == ["hostname R1"]


def test_nested_deeper_than_any_router_goes_stays_bounded() -> None:
    tree = parse_config("\n".join(" " * depth + "x" for depth in range(2_000)))
    assert max(len(tree.path(line.lineno)) for line in list(tree.walk())[:100]) <= 17
    assert sum(1 for _ in tree.walk()) == 2_000


@pytest.mark.parametrize(
    "following",
    [
        "iox",
        "ip nat inside source static 10.0.0.1 10.0.0.2",
        "dialer watch-list 1 ip 10.0.0.0 255.0.0.0",
        "vrf definition X",
        "authentication mac-move permit",
        "password encryption aes",
        "ip tcp synwait-time 5",
        "route-map X permit 10",
    ],
)
@pytest.mark.parametrize(
    "block",
    [
        "ip access-list extended A\n permit ip any any",
        "crypto pki trustpoint CA\n enrollment terminal",
        "crypto map M 10 gdoi\n set group G",
        "crypto isakmp policy 1\n group 14",
        "interface Gi1\n mtu 1500",
        "crypto gdoi group G\n server local\n  redundancy\n   local priority 1",
        "object-group network N\n host 10.0.0.1",
    ],
)
@pytest.mark.parametrize("between", ["", "!\n"])
def test_global_commands_leave_a_block_that_is_indented(
    block: str, between: str, following: str
) -> None:
    assert tree_of(f"{block}\n{between}{following}")[-1] == following
