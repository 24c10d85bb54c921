"""Routers with everything configured, whose outputs are read by every parser there is."""

from ipaddress import IPv4Interface

from getvpn.emulator.services.chassis import Peer

from .networks import PORTS
from .readers import Bench

BARE = "hostname KS1\n"
SERVICE_ENGINE = "interface Embedded-Service-Engine0/0\n shutdown\n"
VRFS = """\
hostname KS1
ip domain name example.net
vrf definition RED
 description Customers
 rd 65000:1
 address-family ipv4
  route-target export 65000:1
  route-target import 65000:2
 exit-address-family
 address-family ipv6
 exit-address-family
vrf definition EMPTY
"""
SYSTEM = """\
clock timezone CET 1 0
enable secret 0 enable-pw
aaa new-model
aaa authentication login default local
aaa authorization exec default local
radius server RAD1
 address ipv4 192.0.2.31 auth-port 1812 acct-port 1813
 key radius-key
tacacs server TAC1
 address ipv4 192.0.2.32
 key tacacs-key
username admin privilege 15 secret 0 pw
username oper privilege 5 secret 0 pw
login on-failure log
login on-success log
logging buffered 100000 informational
logging count
logging host 192.0.2.9
logging source-interface Loopback0
ntp server 192.0.2.2 prefer
ntp server 192.0.2.253
snmp-server community readers RO
snmp-server community writers RW MANAGERS
snmp-server location Hall 1
snmp-server contact noc
snmp-server host 192.0.2.9 version 2c readers
snmp-server group ADMINS v3 priv
snmp-server user watcher ADMINS v3 auth sha secret12345 priv aes 128 secret67890
cdp run
lldp run
ip host server1 192.0.2.9
ip name-server 192.0.2.53
ip ssh version 2
ip http server
ip scp server enable
alias exec sib show ip interface brief
archive
 path {flash}saved
 maximum 3
 log config
  logging enable
  hidekeys
key chain OSPF
 key 1
  key-string first
"""
LISTS = """\
ip access-list standard MANAGERS
 permit 192.0.2.0 0.0.0.255
 permit host 10.1.0.2
 deny any log
ip access-list extended GETVPN-POLICY
 deny udp any eq 848 any eq 848
 deny tcp any any eq 22
 permit ip 10.1.0.0 0.0.255.255 10.0.0.0 0.255.255.255
ip access-list extended WAN-IN
 remark what the provider may send
 permit esp any host 192.0.2.1
 permit udp any host 192.0.2.1 eq isakmp
 permit tcp 10.0.0.0 0.255.255.255 range 1024 65535 any eq 22 established
 deny icmp any any echo
 deny ip any any log
access-list 101 permit ip 10.4.0.0 0.0.255.255 10.5.0.0 0.0.255.255
ipv6 access-list V6
 permit tcp any host 2001:DB8:1::1 eq 22
 deny ipv6 any any
ip prefix-list NETS description Ours
ip prefix-list NETS seq 5 permit 10.0.0.0/8 le 24
ip prefix-list NETS seq 10 deny 0.0.0.0/0
ipv6 prefix-list NETS6 seq 5 permit 2001:DB8::/32
route-map OUT deny 10
 match ip address prefix-list NETS
 match tag 7
route-map OUT permit 20
 set metric 50
 set local-preference 200
route-map PBR permit 10
 set ip next-hop 192.0.2.2
class-map match-any VOICE
 match dscp ef
class-map match-all BULK
 match access-group name WAN-IN
policy-map WAN
 class VOICE
  priority 1000
 class BULK
  bandwidth 2000
 class class-default
  shape average 10000000
policy-map INBOUND
 class VOICE
  set dscp af31
 class class-default
  police cir 8000000 bc 250000
   conform-action transmit
   exceed-action drop
"""
SERVICES = """\
ip dhcp excluded-address 10.1.100.1 10.1.100.9
ip dhcp pool USERS
 network 10.1.100.0 255.255.255.0
 default-router 10.1.100.1
ip nat pool OUTSIDE 198.51.100.10 198.51.100.20 netmask 255.255.255.0
ip nat inside source static 10.1.100.77 198.51.100.77
ip nat inside source list MANAGERS pool OUTSIDE overload
ip multicast-routing{distributed}
ip pim rp-address 10.255.0.1
ip sla 1
 icmp-echo 192.0.2.2 source-interface Loopback0
 frequency 30
ip sla schedule 1 life forever start-time now
track 1 interface {0} line-protocol
track 2 ip sla 1 reachability
"""
PORTS_OF = """\
interface Loopback0
 description Identity
 ip address 10.255.0.1 255.255.255.255
 ipv6 address 2001:DB8:FF::1/128
interface Loopback7
 vrf forwarding RED
 ip address 172.16.7.1 255.255.255.255
interface {0}
 description WAN of the hub
 ip address 192.0.2.1 255.255.255.0
 ip address 198.51.100.1 255.255.255.0 secondary
 ip mtu 1400
 ip access-group WAN-IN in
 ipv6 address 2001:DB8:1::1/64
 ip ospf cost 7
 cdp enable
 ip nat outside
 ip pim sparse-mode
 service-policy input INBOUND
 service-policy output WAN
 no shutdown
interface {1}
 vrf forwarding RED
 ip address 172.16.1.1 255.255.255.0
 ipv6 address 2001:DB8:2::1/64
 no shutdown
interface {2}
 ip address 10.1.2.1 255.255.255.0
 ip policy route-map PBR
 no shutdown
interface {2}.100
 description Users
 encapsulation dot1Q 100
 ip address 10.1.100.1 255.255.255.0
 ip nat inside
 ip pim sparse-mode
 ip igmp join-group 239.1.1.1
 standby version 2
 standby 10 ip 10.1.100.254
 standby 10 priority 110
 standby 10 preempt
 standby 10 track 1 decrement 20
 vrrp 20 ip 10.1.100.253
interface Tunnel0
 ip address 10.9.0.1 255.255.255.0
 tunnel source {0}
 tunnel destination 203.0.113.9
"""
ROUTING = """\
router ospf 1
 router-id 10.255.0.1
 passive-interface {2}.100
 network 10.0.0.0 0.255.255.255 area 0
 network 192.0.2.0 0.0.0.255 area 10
 area 10 stub
router eigrp 100
 network 192.0.2.0
 network 10.1.0.0 0.0.255.255
router rip
 version 2
 network 198.51.100.0
router bgp 65000
 bgp router-id 10.255.0.1
 neighbor 192.0.2.2 remote-as 65001
 neighbor 192.0.2.2 description Provider edge
 neighbor 192.0.2.3 remote-as 65000
 neighbor 192.0.2.3 shutdown
 neighbor 2001:DB8:1::2 remote-as 65001
 address-family ipv4
  network 10.255.0.1 mask 255.255.255.255
  no neighbor 2001:DB8:1::2 activate
  neighbor 192.0.2.2 activate
  neighbor 192.0.2.3 activate
 exit-address-family
 address-family ipv6
  neighbor 2001:DB8:1::2 activate
 exit-address-family
ip route 0.0.0.0 0.0.0.0 192.0.2.254
ip route 10.50.0.0 255.255.0.0 192.0.2.2
ip route 10.50.0.0 255.255.0.0 192.0.2.3
ip route 10.60.0.0 255.255.0.0 Null0
ip route vrf RED 10.80.0.0 255.255.0.0 172.16.1.2
ipv6 route ::/0 2001:DB8:1::2
"""
BUNDLE = """\
interface Port-channel1
 ip address 10.1.3.1 255.255.255.0
interface {3}
 no ip address
 channel-group 1 mode active
"""
IKE = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 19
crypto isakmp policy 20
 encr aes
 group 14
crypto isakmp key GmKsPsk-01 address 10.20.1.1
crypto isakmp key GmKsPsk-02 address 10.20.2.1
crypto keyring BRANCHES
 pre-shared-key address 203.0.113.0 255.255.255.0 key branch-key
crypto isakmp profile BRANCHES
 keyring BRANCHES
 match identity address 203.0.113.0 255.255.255.0
crypto isakmp keepalive 15 periodic
crypto ikev2 proposal P1
 encryption aes-cbc-256
 integrity sha384
 group 20
crypto ikev2 policy PO1
 proposal P1
crypto ikev2 profile GKM-PROF
 match identity remote fqdn domain gm.example.net
 authentication remote pre-share key secret
 authentication local pre-share key secret
 dpd 30 5 periodic
crypto ipsec transform-set TS-AES256 esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile GETVPN-PROF
 set security-association lifetime seconds 7200
 set transform-set TS-AES256
"""
KEY_SERVER = """\
crypto pki trustpoint LAB
 enrollment url http://192.0.2.254:80
 subject-name CN=ks1.example.net,OU=GETVPN
 revocation-check none
crypto pki trustpoint HAND
 enrollment terminal
 revocation-check crl
crypto gdoi group GETVPN-G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
   replay time window-size 5
   no tag
  address ipv4 10.255.0.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""
MEMBER = """\
crypto gdoi group GETVPN-G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map GETVPN-MAP 10 gdoi
 set group GETVPN-G1
crypto dynamic-map ROAMING 10
 set transform-set TS-AES256
crypto map SITE-MAP 20 ipsec-isakmp
 set peer 203.0.113.77
 set transform-set TS-AES256
 match address 101
crypto map SITE-MAP 30 ipsec-isakmp dynamic ROAMING
interface {0}
 crypto map GETVPN-MAP
interface {2}
 crypto map SITE-MAP
"""
NEIGHBOURS = ("192.0.2.2", "192.0.2.9", "192.0.2.254")


class Segment:
    """What is at the other ends of the cables: neighbours that answer ARP."""

    def __init__(self, interface: str, learned_at: float) -> None:
        self.interface = interface
        self.found = [
            Peer(address=address, mac=f"aabb.cc00.{number:02}00", learned_at=learned_at)
            for number, address in enumerate(NEIGHBOURS, 1)
        ]

    def peers(self, _router: object, interface: str) -> list[Peer]:
        return self.found if interface == self.interface else []

    def lease(self, _router: object, _interface: str) -> IPv4Interface | None:
        return None


def bare(platform: str) -> Bench:
    """A router that has little more than a name."""
    return Bench(platform, BARE + (SERVICE_ENGINE if platform == "isr2911" else ""))


def _rich(platform: str, more: str) -> Bench:
    ports = PORTS[platform]
    xe = platform != "isr2911"
    text = (
        VRFS + LISTS + SYSTEM + SERVICES + PORTS_OF + ROUTING + IKE + more + (BUNDLE if xe else "")
    ).format(
        *ports, flash="bootflash:" if xe else "flash:", distributed=" distributed" if xe else ""
    )
    if not xe:
        text += SERVICE_ENGINE
    bench = Bench(platform, text, uptime_s=0)
    router = bench.router
    router.chassis.network = Segment(ports[0], router.clock.now() - 130)  # type: ignore[assignment]
    bench.advance(94_321)
    return bench


def member(platform: str) -> Bench:
    """A group member, with a crypto map to another site beside."""
    bench = _rich(platform, MEMBER)
    bench.configure("crypto key generate rsa modulus 1024\n")
    bench.configure("no ip http secure-server\nip http secure-server\n")
    return bench


def key_server(platform: str) -> Bench:
    """A key server with certificates, saved."""
    bench = _rich(platform, KEY_SERVER)
    bench.configure(
        "crypto key generate rsa modulus 1024\n"
        "crypto key generate rsa label GETVPN-REKEY modulus 1024 exportable\n"
    )
    con = bench.console
    con.run("configure terminal")
    con.type(b"crypto pki authenticate LAB\nyes\n")
    con.type(b"crypto pki enroll LAB\nsecret99\nsecret99\nyes\nno\nyes\n")
    con.run("end", "write memory")
    bench.advance(600)
    return bench


SITUATIONS = {"bare": bare, "key server": key_server, "member": member}
