"""The network around GETVPN: what key servers and members have beside their crypto lines."""

import pytest

from getvpn.emulator.testing import make_router

POLICY = """\
ip access-list extended GETVPN-POLICY
 deny   esp any any
 deny   tcp any any eq tacacs
 deny   tcp any eq tacacs any
 deny   tcp any any eq 22
 deny   tcp any eq 22 any
 deny   tcp any any eq bgp
 deny   tcp any eq bgp any
 deny   ospf any any
 deny   pim any any
 deny   udp any any eq ntp
 deny   udp any any eq isakmp
 deny   udp any any eq 848
 permit ip any any
"""
KEY_SERVER = """\
access-list 52 permit 10.20.1.1
access-list 52 permit 10.20.2.1
interface Loopback0
 ip address 10.10.1.1 255.255.255.255
"""
MULTICAST = """\
ip multicast-routing distributed
ip pim ssm default
ip access-list extended REKEY-MCAST
 permit udp host 10.10.1.1 eq 848 host 239.10.10.1 eq 848
"""
MEMBER = """\
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.0
interface GigabitEthernet0/0/0
 description LAN
 ip tcp adjust-mss 1360
"""
MULTICAST_MEMBER = """\
interface GigabitEthernet0/0/1
 ip pim sparse-mode
 ip igmp version 3
 ip igmp join-group 239.10.10.1 source 10.10.1.1
"""
FAIL_CLOSE = """\
ip access-list extended FAILCLOSE
 deny   tcp any any eq 22
 deny   tcp any eq 22 any
 deny   udp any any eq isakmp
 deny   udp any any eq 848
 deny   tcp any any eq bgp
 deny   tcp any eq bgp any
"""
VRF_MEMBER = """\
vrf definition CUST
 address-family ipv4
interface GigabitEthernet0/0/1.100
 vrf forwarding CUST
 ip address 10.30.1.1 255.255.255.0
interface GigabitEthernet0/0/2
 description management/registration path
 ip address 10.40.1.1 255.255.255.0
"""
IPV6 = """\
ipv6 access-list GETVPN-POLICY6
 deny udp any any eq 848
 deny ospf any any
 permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48
"""
EXAMPLES = {
    "key server": POLICY + KEY_SERVER,
    "key server, multicast": POLICY + KEY_SERVER + MULTICAST,
    "member": MEMBER,
    "member, multicast": MEMBER + MULTICAST_MEMBER,
    "member, fail-close": MEMBER + FAIL_CLOSE,
    "member in a VRF": VRF_MEMBER,
    "IPv6": IPV6,
}
PORTS = {
    "isr4451": "GigabitEthernet0/0/",
    "c8000v": "GigabitEthernet",
    "isr2911": "GigabitEthernet0/",
}


@pytest.mark.parametrize("platform", PORTS)
@pytest.mark.parametrize("name", EXAMPLES)
def test_no_line_around_getvpn_is_refused(platform: str, name: str) -> None:
    ports = EXAMPLES[name].replace("GigabitEthernet0/0/0", "GigabitEthernet0/0/3")
    text = ports.replace("GigabitEthernet0/0/", PORTS[platform])
    if platform == "isr2911":
        text = text.replace("GigabitEthernet0/3", "GigabitEthernet0/0")
    router = make_router(platform=platform)
    assert router.merge(text).rejected == ()


@pytest.mark.parametrize("name", ["key server", "member, fail-close", "IPv6"])
def test_the_lines_are_printed_as_they_were_entered(name: str) -> None:
    router = make_router()
    router.merge(EXAMPLES[name])
    assert set(EXAMPLES[name].splitlines()) <= set(router.running_lines())
