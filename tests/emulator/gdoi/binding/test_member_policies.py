"""What crypto maps on interfaces want of their groups."""

from getvpn.emulator.gdoi.policy import MemberPolicy, Protocol
from getvpn.emulator.groups.attachments import member_policies
from getvpn.emulator.testing import console, make_router

from .group_configs import WAN, member, member_group

GM = member("GM1", "10.20.1.1", "10.0.0.1", "10.0.0.2")
LOOPBACK = "interface Loopback0\n ip address 10.255.0.9 255.255.255.255\n"


def _policies(text: str, platform: str = "isr4451") -> list[MemberPolicy]:
    return list(member_policies(make_router("GM1", platform, text)).values())


def test_a_member_has_the_address_of_its_interface() -> None:
    (policy,) = _policies(GM)

    assert (policy.group, policy.identity, policy.address) == ("G1", "1001", "10.20.1.1")
    assert (policy.map_name, policy.sequence) == ("GETVPN-MAP", 10)
    assert policy.interface == WAN["isr4451"]
    assert policy.servers == ("10.0.0.1", "10.0.0.2")
    assert policy.protocol is Protocol.GDOI
    assert (policy.vrf, policy.front_vrf, policy.local_acl) == ("", "", "")
    assert policy.pfs
    assert policy.bypass_policy
    assert policy.fail_close is None


def test_old_software_knows_no_pfs() -> None:
    (policy,) = _policies(member("GM1", "10.20.1.1", "10.0.0.1", platform="isr2911"), "isr2911")
    assert not policy.pfs


def test_what_a_member_says_of_itself_is_read() -> None:
    more = (
        " passive\n client protocol gikev2 PROF2\n no client bypass-policy\n"
        " client rekey encryption aes 256 3des-cbc\n client rekey hash sha256\n"
        " client transform-sets TS\n client recovery-check interval 300\n"
        " client status active-sa track 7\n no client pfs\n"
    )
    text = "crypto ipsec transform-set TS esp-gcm 256\n" + member(
        "GM1", "10.20.1.1", "10.0.0.1", more=more
    )
    (policy,) = _policies(text)

    assert policy.passive
    assert (policy.protocol, policy.ikev2_profile) == (Protocol.GIKEV2, "PROF2")
    assert not policy.bypass_policy
    assert (policy.ciphers, policy.hashes) == (("aes 256", "3des-cbc"), ("sha256",))
    assert [(one.cipher, one.bits, one.integrity) for one in policy.transforms] == [
        ("esp-gcm", 256, "")
    ]
    assert (policy.recovery_s, policy.track, policy.pfs) == (300, 7, False)


def test_a_local_list_is_read() -> None:
    text = "ip access-list extended LOCAL\n deny ospf any any\n" + GM.replace(
        " set group G1\n", " set group G1\n match address LOCAL\n"
    )
    (policy,) = _policies(text)
    assert policy.local_acl == "LOCAL"
    assert [entry.line() for entry in policy.local_entries] == ["deny ospf any any"]


def test_fail_close_counts_from_its_activation_on() -> None:
    lists = "ip access-list extended CLOSED\n deny udp any any eq 848\n"
    block = "crypto map GETVPN-MAP gdoi fail-close\n match address CLOSED\n"
    assert _policies(lists + block + GM)[0].fail_close is None

    closed = _policies(lists + block + " activate\n" + GM)[0].fail_close
    assert closed is not None
    assert closed.acl == "CLOSED"
    assert [entry.line() for entry in closed.entries] == ["deny udp any any eq 848"]


def test_a_local_address_is_one_member_on_two_interfaces() -> None:
    text = (
        LOOPBACK
        + GM
        + "crypto map GETVPN-MAP local-address Loopback0\n"
        + "interface GigabitEthernet0/0/2\n ip address 10.30.1.1 255.255.255.0\n no shutdown\n"
        + " crypto map GETVPN-MAP\n"
    )
    (policy,) = _policies(text)
    assert policy.address == "10.255.0.9"
    assert (policy.interface, policy.also) == ("GigabitEthernet0/0/1", ("GigabitEthernet0/0/2",))


def test_two_interfaces_are_two_members() -> None:
    more = "interface GigabitEthernet0/0/2\n ip address 10.30.1.1 255.255.255.0\n no shutdown\n"
    found = _policies(GM + more + " crypto map GETVPN-MAP\n")
    assert [policy.address for policy in found] == ["10.20.1.1", "10.30.1.1"]


def test_registrations_may_leave_by_another_interface_and_vrf() -> None:
    text = (
        "vrf definition CUST\n address-family ipv4\n"
        + member_group("10.0.0.1", more=" client registration interface GigabitEthernet0/0/2\n")
        + "interface GigabitEthernet0/0/1\n vrf forwarding CUST\n"
        + " ip address 10.30.1.1 255.255.255.0\n no shutdown\n crypto map GETVPN-MAP\n"
        + "interface GigabitEthernet0/0/2\n ip address 10.40.1.1 255.255.255.0\n no shutdown\n"
    )
    (policy,) = _policies(text)
    assert policy.address == "10.40.1.1"
    assert (policy.front_vrf, policy.vrf) == ("", "CUST")


def test_a_member_without_an_address_to_register_from_has_none() -> None:
    (policy,) = _policies(GM + "crypto map GETVPN-MAP local-address Loopback0\n")
    assert policy.address == ""


def test_an_ipv6_map_registers_by_ipv4() -> None:
    text = (
        "crypto gdoi group ipv6 V6\n identity number 3001\n server address ipv4 10.0.0.1\n"
        "crypto map ipv6 MAP6 10 gdoi\n set group V6\n"
        "ipv6 access-list LOCAL6\n deny tcp any any eq 22\n"
        "interface GigabitEthernet0/0/1\n ip address 10.20.1.1 255.255.255.0\n no shutdown\n"
        " ipv6 address 2001:DB8:1::1/64\n ipv6 crypto map MAP6\n"
    )
    (policy,) = _policies(text)
    assert (policy.group, policy.ipv6, policy.address) == ("V6", True, "10.20.1.1")

    (policy,) = _policies(text.replace("ipv4 10.0.0.1", "ipv6 2001:DB8:9::1"))
    assert policy.address == "2001:db8:1::1"
    assert policy.servers == ("2001:db8:9::1",)


def test_key_servers_may_have_names() -> None:
    more = " server hostname ipv4 ks2.example.net\n server hostname ipv4 nowhere\n"
    text = "ip host ks2.example.net 10.0.0.2\n" + member("GM1", "10.20.1.1", "10.0.0.1", more=more)
    assert _policies(text)[0].servers == ("10.0.0.1", "10.0.0.2")


def test_a_member_is_there_while_its_interface_is() -> None:
    router = make_router("GM1", "isr4451", GM)
    terminal = console(router)
    assert len(member_policies(router)) == 1

    for line in ("shutdown", "no shutdown", "no ip address", "ip address 10.20.1.9 255.255.255.0"):
        terminal.configure(f"interface {WAN['isr4451']}\n {line}\n")
        assert len(member_policies(router)) == (0 if line in ("shutdown", "no ip address") else 1)
    terminal.configure(f"interface {WAN['isr4451']}\n no crypto map\n")
    assert not member_policies(router)
