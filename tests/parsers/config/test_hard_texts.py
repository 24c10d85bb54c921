"""Texts in which commands are hard to tell from other lines."""

import pytest

from getvpn.parsers.config import DeviceConfig, device_config, parse_config

from .test_tree import tree_of


def read(text: str) -> DeviceConfig:
    return device_config(parse_config(text))


def bodies(text: str) -> list[tuple[str, int, int]]:
    return [(body.kind, body.first, body.last) for body in parse_config(text).bodies]


FLAT = """\
interface GigabitEthernet0/0
description to the provider
ip address 10.1.1.1 255.255.255.0
ip flow ingress
ip flow monitor FM input
ip inspect FW out
load-interval 30
standby 1 ip 10.1.1.3
no cdp enable
ntp disable
ip pim query-interval 10
ip igmp version 3
logging event link-status
mpls ip
spanning-tree portfast
snmp trap link-status
ip tcp adjust-mss 1360
crypto map M
router ospf 1
router-id 10.1.1.1
capability vrf-lite
mpls ldp autoconfig
network 10.0.0.0 0.255.255.255 area 0
router rip
version 2
network 10.0.0.0
router bgp 65000
neighbor 10.1.1.2 remote-as 65001
address-family ipv4 vrf V
neighbor 10.1.1.9 remote-as 65002
exit-address-family
class-map match-any C
match dscp ef
ip route 0.0.0.0 0.0.0.0 10.1.1.2
"""


@pytest.mark.parametrize("separator", ["", "!\n"])
def test_an_interface_that_is_not_indented_keeps_its_commands(separator: str) -> None:
    text = FLAT
    for header in ("router", "class-map", "ip route"):
        text = text.replace(f"\n{header} ", f"\n{separator}{header} ")
    config = read(text)
    (interface,) = config.interfaces.values()
    assert (interface.tcp_adjust_mss, interface.crypto_map) == (1360, "M")
    assert [len(process.networks) for process in config.routing] == [1, 1, 0]
    assert config.routing[2].vrfs == ("V",)
    assert config.routing[2].neighbors == ("10.1.1.2", "10.1.1.9")
    assert config.version is None
    assert config.tree.lines[-1].text.startswith("ip route")


def test_separators_inside_a_flat_block_do_not_end_it() -> None:
    config = read("""\
router bgp 65000
neighbor 10.0.0.1 remote-as 65001
!
address-family ipv4 vrf A
neighbor 10.0.0.2 remote-as 65002
exit-address-family
!
address-family ipv4 vrf B
neighbor 10.0.0.3 remote-as 65003
exit-address-family
!
ip cef
""")
    assert config.routing[0].vrfs == ("A", "B")
    assert len(config.routing[0].neighbors) == 3
    assert config.tree.lines[-1].text == "ip cef"


@pytest.mark.parametrize("indented", [True, False])
def test_the_blocks_inside_a_routing_process_end_by_name(indented: bool) -> None:
    text = """\
router eigrp LAB
 !
 address-family ipv4 unicast vrf V autonomous-system 1
  !
  af-interface default
   passive-interface
  exit-af-interface
  !
  topology base
   redistribute connected
  exit-af-topology
  network 10.0.0.0
  eigrp router-id 10.0.0.1
 exit-address-family
router bgp 65000
 neighbor 10.0.0.2 remote-as 65001
"""
    if not indented:
        text = "\n".join(line.strip() for line in text.splitlines())
    eigrp, bgp = read(text).routing
    assert (eigrp.networks, eigrp.vrfs, eigrp.router_id) == (("10.0.0.0",), ("V",), "10.0.0.1")
    assert bgp.neighbors == ("10.0.0.2",)


def test_a_configuration_typed_in_short() -> None:
    config = read("""\
conf t
cry isa pol 10
en 3d
ha m
au pre
gr 2
ex
cry isa k x add 10.0.0.9
ip access-l e A
pe ip any any
per tcp any any eq 22
exi
cry gd gr G
id num 111
se l
rek tr u
rek ret 40 n 3
sa ip 10
prof P
ma addr ipv4 A
rep t w 5
ex
addr ipv4 10.0.0.1
red
loc prio 10
pe addr ipv4 10.0.0.2
end
""")
    (server,) = config.key_servers
    assert (server.identity, server.rekey_unicast, server.rekey_retransmit_s) == (111, True, 40)
    assert (server.sas[0].acl, server.sas[0].replay_window) == ("A", 5)
    assert server.redundancy is not None
    assert (str(server.address), server.redundancy.priority) == ("10.0.0.1", 10)
    (policy,) = config.isakmp_policies
    assert (policy.encryption, policy.hash, policy.dh_group) == ("3des", "md5", 2)
    assert len(config.access_lists["A"].entries) == 2


def test_an_unknown_command_does_not_end_a_flat_block_and_is_listed() -> None:
    config = read("""\
crypto gdoi group G
identity number 1
server local
rekey transport unicast
brand-new thing 5
sa ipsec 1
profile P
newer x
replay time window-size 5
address ipv4 10.0.0.1
ip access-list extended A
permit ip any any
iox
""")
    (server,) = config.key_servers
    assert (str(server.address), server.sas[0].replay) == ("10.0.0.1", "time")
    assert [line.text for line in config.unknown_crypto] == ["brand-new thing 5", "newer x"]
    assert config.access_lists["A"].unread == ()


def test_the_lines_of_a_macro_are_no_commands() -> None:
    text = "macro name PORT\nswitchport mode access\nhostname FAKE\ncrypto map M\n@\nhostname R1"
    config = read(text)
    assert (config.hostname, config.unknown_crypto) == ("R1", ())
    assert bodies(text) == [("macro", 2, 5)]


def test_a_macro_without_an_end_is_an_ordinary_line() -> None:
    assert tree_of("macro name PORT\nhostname R1") == ["macro name PORT", "hostname R1"]


@pytest.mark.parametrize(
    ("header", "mark"),
    [
        ("banner motd ", "^C"),
        ("banner login ", "#"),
        ("ban motd ", "~"),
        ("banner slip-ppp ", "*"),
        ("aaa authentication fail-message ", "|"),
        (" banner text ", "^C"),
        (" banner title ", "%"),
        ("menu M title ", "^C"),
        ("vacant-message ", "$"),
    ],
)
@pytest.mark.parametrize("welcome", ["", " welcome", "Welcome"])
def test_what_a_banner_says_is_no_command(header: str, mark: str, welcome: str) -> None:
    said = "hostname FAKE\ncrypto isakmp key K address 10.0.0.1\n!\nexit\nend\n interface Gi1\n\n"
    above = "parameter-map type webauth global\n" if header.startswith(" ") else ""
    config = read(f"hostname R1\n{above}{header}{mark}{welcome}\n{said}{mark}\nip cef")
    assert (config.hostname, config.isakmp_keys, config.interfaces) == ("R1", (), {})
    assert config.tree.lines[-1].text == "ip cef"


@pytest.mark.parametrize(
    "line", ["banner motd #one line#", "banner motd x hello x", 'banner login "text"']
)
def test_a_banner_of_one_line_ends_there(line: str) -> None:
    assert read(f"{line}\nhostname R1").hostname == "R1"


def test_the_hint_of_the_router_does_not_end_a_banner() -> None:
    config = read("""\
R1(config)#banner motd #
Enter TEXT message.  End with the character '#'.
hostname FAKE
#
R1(config)#ip cef
""")
    assert config.hostname == "R1"
    assert [line.text for line in config.tree.lines] == ["banner motd #", "ip cef"]


def test_notes_of_the_router_are_no_configuration() -> None:
    session = """\
R1(config)#crypto map M 10 gdoi
% NOTE: This new crypto map will remain disabled until a valid
        group has been configured.
R1(config-crypto-map)#set group G
% group G doesn't yet exist.
R1(config-crypto-map)#^Z
R1#wr
Building configuration...
[OK]
"""
    assert tree_of(session) == ["crypto map M 10 gdoi", "  set group G"]
    assert read(session).unknown_crypto == ()


@pytest.mark.parametrize("word", ["wr", "write", "^Z", "^C", "# a note", "#RANCID: cisco"])
def test_lines_that_no_configuration_has_are_ignored(word: str) -> None:
    text = f"crypto isakmp policy 1\n group 14\n{word}\nhostname R1"
    assert tree_of(text) == ["crypto isakmp policy 1", "  group 14", "hostname R1"]
    assert parse_config(text).ignored == (3,)


def test_a_note_after_a_hash_does_not_end_a_block() -> None:
    assert tree_of("crypto isakmp policy 1\n encr aes\n# strong\n group 14") == [
        "crypto isakmp policy 1",
        "  encr aes",
        "  group 14",
    ]


def test_marks_controls_and_blanks_of_all_kinds() -> None:
    text = (
        "\ufeffhostname R1\0\r\ncrypto gdoi group G\0\r\n\tidentity number 1 \r\n"
        "\tserver local\r\n\t\trekey transport unicast\t\r\n\u00a0\u00a0sa ipsec 1\r\n"
        "\r\n\t\t\tprofile P\r\n\x1b[0m\t\taddress ipv4 10.0.0.1\r\n"
    )
    (server,) = read(text).key_servers
    assert (server.group, server.identity, server.rekey_unicast) == ("G", 1, True)
    assert (server.sas[0].profile, str(server.address)) == ("P", "10.0.0.1")


def test_event_actions_and_archived_commands_are_not_the_commands_they_name() -> None:
    config = read("""\
event manager applet WATCH
 event syslog pattern "GDOI-5-KS_REKEY"
 action 1.0 cli command "crypto gdoi group FAKE"
 action 1.1 cli command "end"
 action 2.0 if $x eq 1
alias exec kk show crypto gdoi ks
archive
 log config
  hidekeys
kron policy-list SAVE
 cli crypto isakmp key K address 10.0.0.1
crypto gdoi group G
 server address ipv4 10.0.0.1
""")
    assert [member.group for member in config.group_members] == ["G"]
    assert (config.key_servers, config.isakmp_keys, config.unknown_crypto) == ((), (), ())


def test_sections_of_several_commands_stand_one_after_the_other() -> None:
    config = read("""\
R1#sh run | s gdoi
crypto gdoi group G
 identity number 1
 server address ipv4 10.0.0.1
crypto map M 10 gdoi
 set group G
 crypto map M
R1#show running-config | include crypto map|^interface
interface GigabitEthernet0/0
 crypto map M
interface GigabitEthernet0/1
crypto map M 10 gdoi
R1#sh run int g0/1
Building configuration...

Current configuration : 100 bytes
!
interface GigabitEthernet0/1
 ip mtu 1400
end

R1#
""")
    assert config.crypto_maps[0].interfaces == ("GigabitEthernet0/0",)
    assert config.crypto_maps[0].entries[0].group == "G"
    assert config.interfaces["GigabitEthernet0/1"].ip_mtu == 1400


def test_keys_and_certificates_of_all_shapes() -> None:
    text = """\
crypto pki certificate chain CA
 certificate self-signed 01 nvram:IOS-Self-Sig#1.cer
 certificate ca 01
  30820321 30820209
  697D97DF
        quit
 certificate 02
  30820321
  \tquit
crypto key pubkey-chain rsa
 addressed-key 10.0.0.1
  address 10.0.0.1
  key-string
   305C300D 06092A86
   quit
ip ssh pubkey-chain
 username x
  key-string
AAAAB3NzaC1yc2EAAAADAQABAAABAQC
   exit
hostname R1
"""
    config = read(text)
    assert bodies(text) == [
        ("certificate", 4, 6),
        ("certificate", 8, 9),
        ("key", 14, 15),
        ("key", 19, 20),
    ]
    assert config.certificate_chains["CA"].certificates == (
        "self-signed",
        "ca",
        "general-purpose",
    )
    assert config.hostname == "R1"


def test_many_messages_between_many_bodies_are_read_in_time() -> None:
    one = "banner motd ^C\nx\n^C\n*Jan  5 10:00:00.000: %SYS-5-CONFIG_I: Configured\n"
    tree = parse_config(one * 20_000)
    assert (len(tree.bodies), len(tree.ignored)) == (20_000, 20_000)
