"""Groups of all kinds on routers: IPv6, VRFs, multicast, several of them, lists of members."""

from getvpn.emulator.gdoi.policy import Transport

from .group_configs import POLICY, PSK, SERVER_LINES, WAN, key_server, member_group
from .routers import KS1, Routers

PORT = WAN["isr4451"]
SECOND = "GigabitEthernet0/0/2"
IPV6_SERVER = (
    "ipv6 access-list POLICY6\n permit ipv6 2001:DB8::/32 2001:DB8::/32\n"
    "crypto gdoi group ipv6 V6\n identity number 3001\n server local\n"
    "  rekey algorithm aes 256\n  rekey authentication mypubkey rsa REKEYRSA\n"
    "  rekey transport unicast\n"
    "  sa ipsec 10\n   profile GETVPN-PROF\n   match address ipv6 POLICY6\n"
    f"  address ipv4 {KS1}\n"
)
SECOND_GROUP = (
    "crypto gdoi group G2\n identity address ipv4 10.255.1.1\n server local\n"
    f"{SERVER_LINES}  address ipv4 {KS1}\n"
)


def _head(name: str) -> str:
    return f"hostname {name}\nip domain name example.net\nlogging buffered 500000\n{PSK}"


def test_an_ipv6_group_registers_by_ipv4() -> None:
    lab = Routers()
    lab.servers(KS1)
    lab.routers["KS1"].merge(IPV6_SERVER)
    text = (
        _head("GM1")
        + "crypto gdoi group ipv6 V6\n identity number 3001\n server address ipv4 10.0.0.1\n"
        + "crypto map ipv6 MAP6 10 gdoi\n set group V6\n"
        + f"interface {PORT}\n ip address 10.20.1.1 255.255.255.0\n no shutdown\n"
        + " ipv6 address 2001:DB8:1::1/64\n ipv6 crypto map MAP6\n"
        + f"ip route 0.0.0.0 0.0.0.0 {PORT}\n"
    )
    lab.add("GM1", text)
    lab.run(60)
    assert lab.registered("GM1")
    (one,) = lab.groups("GM1").members
    assert one.policy.ipv6
    assert [entry.line() for entry in one.sas[0].entries] == [
        "permit ipv6 2001:DB8::/32 2001:DB8::/32"
    ]
    lab.run(7200)
    assert one.rekeys >= 1


def test_a_member_in_a_vrf_registers_through_another_interface() -> None:
    lab = Routers()
    lab.servers(KS1)
    text = (
        _head("GM1")
        + "vrf definition CUST\n address-family ipv4\n"
        + member_group(KS1, more=f" client registration interface {SECOND}\n")
        + f"interface {PORT}\n vrf forwarding CUST\n ip address 10.30.1.1 255.255.255.0\n"
        + " no shutdown\n crypto map GETVPN-MAP\n"
        + f"interface {SECOND}\n ip address 10.40.1.1 255.255.255.0\n no shutdown\n"
        + f"ip route 0.0.0.0 0.0.0.0 {SECOND}\n"
    )
    lab.add("GM1", text)
    lab.run(60)
    assert lab.registered("GM1")
    assert list(lab.groups("KS1").servers["G1"].members) == ["10.40.1.1"]

    lab.configure("GM1", f"interface {SECOND}\nshutdown\n")
    lab.run(5)
    (one,) = lab.groups("GM1").members
    assert one.policy.address == ""
    assert not lab.registered("GM1")
    lab.configure("GM1", f"interface {SECOND}\nno shutdown\n")
    lab.run(60)
    assert lab.registered("GM1")


def test_a_multicast_group_needs_its_list() -> None:
    lab = Routers()
    text = key_server("KS1", KS1).replace(
        "  rekey transport unicast\n", "  rekey address ipv4 REKEY-MCAST\n"
    )
    acl = (
        "ip access-list extended REKEY-MCAST\n"
        f" permit udp host {KS1} eq 848 host 239.9.9.9 eq 848\n"
    )
    lab.add("KS1", acl + text, key=1)
    lab.member(1)
    lab.member(2)
    lab.run(60)
    (one,) = lab.groups("GM1").members
    assert one.transport is Transport.MULTICAST
    lab.run(7200)
    assert [lab.groups(name).members[0].rekeys >= 1 for name in ("GM1", "GM2")] == [True, True]
    assert lab.logged("KS1", "to 239.9.9.9 with seq #")


def test_one_key_server_serves_several_groups() -> None:
    lab = Routers()
    lab.servers(KS1)
    lab.routers["KS1"].merge(SECOND_GROUP)
    lab.member(1)
    other = member_group(KS1).replace("number 1001", "address ipv4 10.255.1.1")
    text = _head("GM2") + other.replace("G1", "ELSEWHERE")
    text += f"interface {PORT}\n ip address 10.20.2.1 255.255.255.0\n no shutdown\n"
    text += f" crypto map GETVPN-MAP\nip route 0.0.0.0 0.0.0.0 {PORT}\n"
    lab.add("GM2", text)
    lab.run(60)
    servers = lab.groups("KS1").servers
    assert list(servers["G1"].members) == ["10.20.1.1"]
    assert list(servers["G2"].members) == ["10.20.2.1"]
    first, second = (lab.groups(name).members[0].teks[0].tek.spi for name in ("GM1", "GM2"))
    assert first != second


def test_who_is_not_in_the_list_is_refused_and_told() -> None:
    lab = Routers()
    text = key_server("KS1", KS1).replace(
        "  rekey algorithm", "  authorization address ipv4 52\n  rekey algorithm"
    )
    lab.add("KS1", text + "access-list 52 permit 10.20.1.1\n", key=1)
    lab.member(1)
    lab.member(2)
    lab.run(60)
    assert lab.registered("GM1")
    assert not lab.registered("GM2")
    assert lab.logged("KS1", "10.20.2.1")

    lab.configure("KS1", "access-list 52 permit 10.20.2.1\n")
    lab.run(60)
    assert lab.registered("GM2")


def test_an_unknown_identity_is_refused() -> None:
    lab = Routers()
    lab.servers(KS1)
    text = (
        _head("GM1")
        + member_group(KS1).replace("1001", "4711")
        + f"interface {PORT}\n ip address 10.20.1.1 255.255.255.0\n no shutdown\n"
        + f" crypto map GETVPN-MAP\nip route 0.0.0.0 0.0.0.0 {PORT}\n"
    )
    lab.add("GM1", text)
    lab.run(60)
    assert not lab.registered("GM1")
    assert lab.logged("KS1", "%GDOI-3-KS_BAD_ID")


def test_a_member_without_a_route_reaches_nobody() -> None:
    lab = Routers()
    lab.servers(KS1)
    lab.member(1)
    lab.routers["GM1"].reload()
    lab.run(1)
    startup = lab.routers["GM1"].files.startup_config or b""
    lab.routers["GM1"].files.save_startup(startup.replace(b"ip route", b"!ip route"))
    lab.run(600)
    assert not lab.registered("GM1")
    lab.configure("GM1", f"ip route 0.0.0.0 0.0.0.0 {PORT}\n")
    lab.run(60)
    assert lab.registered("GM1")


def test_long_lists_are_cut_for_members() -> None:
    lab = Routers()
    lines = "".join(f" deny ip host 10.9.{n // 200}.{n % 200 + 1} any\n" for n in range(120))
    acl = "ip access-list extended GETVPN-POLICY\n" + lines
    lab.add("KS1", acl + key_server("KS1", KS1).replace(POLICY, ""), key=1)
    lab.member(1)
    lab.run(60)
    assert len(lab.logged("KS1", "GDOI_ACL_NUM")) == 1
    (one,) = lab.groups("GM1").members
    assert len(one.sas[0].entries) == 100
