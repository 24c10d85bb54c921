"""Configurations in the shapes that GETVPN guides use, with addresses for documentation."""

POLICY_ACL = """\
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

IKE = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 19
"""

IPSEC = """\
crypto ipsec transform-set TS-AES256 esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile GETVPN-PROF
 set security-association lifetime seconds 7200
 set transform-set TS-AES256
"""

# One key server, pre-shared keys, unicast rekeys.
KEY_SERVER = f"""\
hostname KS1
{IKE}\
crypto isakmp key GmKsPsk-01 address 10.20.1.1
crypto isakmp key 6 GmKsPsk-02 address 10.20.2.1
{IPSEC}\
crypto gdoi group GETVPN-G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  authorization address ipv4 52
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
   replay time window-size 5
   no tag
  address ipv4 10.10.1.1
access-list 52 permit 10.20.1.1
access-list 52 permit 10.20.2.1
interface Loopback0
 ip address 10.10.1.1 255.255.255.255
{POLICY_ACL}"""

# One of a pair of key servers, with certificates.
COOP_KEY_SERVER = f"""\
crypto pki trustpoint GETVPN-CA
 enrollment url http://10.10.9.9:80
 subject-name CN=ks1.example.net,OU=GETVPN
 revocation-check crl
 rsakeypair PKI-KS1 2048
crypto isakmp policy 10
 encr aes 256
 hash sha256
 group 19
crypto isakmp identity dn
crypto isakmp keepalive 15 periodic
crypto identity GETVPN-GMS
 dn ou=GETVPN
{IPSEC}\
crypto gdoi group GETVPN-G1
 identity number 1001
 server local
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  authorization identity GETVPN-GMS
  registration periodic crl trustpoint GETVPN-CA
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
   replay time window-size 5
   no tag
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
{POLICY_ACL}"""

# A key server with multicast rekeys.
MULTICAST_KEY_SERVER = """\
ip multicast-routing distributed
ip pim ssm default
ip access-list extended REKEY-MCAST
 permit udp host 10.10.1.1 eq 848 host 239.10.10.1 eq 848
crypto gdoi group GETVPN-G1
 identity number 1001
 server local
  rekey address ipv4 REKEY-MCAST
"""

# A key server for G-IKEv2 members.
IKEV2_KEY_SERVER = """\
crypto ikev2 proposal P1
 encryption aes-cbc-256
 integrity sha384
 group 20
crypto ikev2 policy PO1
 proposal P1
crypto ikev2 profile GKM-PROF
 match identity remote fqdn domain gm.example.net
 identity local fqdn ks1.example.net
 authentication remote rsa-sig
 authentication local rsa-sig
 pki trustpoint GETVPN-CA
crypto gkm group GETVPN-G2
 identity number 1002
 server local
  gikev2 GKM-PROF
  rekey algorithm aes 256
  rekey sig-hash algorithm sha384
  rekey retransmit 40 number 3
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  pfs
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
   replay time window-size 5
   no tag
  address ipv4 10.10.1.1
  redundancy
   local priority 100
   peer address ipv4 10.10.2.1
"""

# A group member with pre-shared keys.
MEMBER = f"""\
{IKE}\
crypto isakmp key GmKsPsk-01 address 10.10.1.1
crypto isakmp key GmKsPsk-01 address 10.10.2.1
crypto gdoi group GETVPN-G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map GETVPN-MAP 10 gdoi
 set group GETVPN-G1
interface GigabitEthernet0/0/1
 ip address 10.20.1.1 255.255.255.0
 crypto map GETVPN-MAP
interface GigabitEthernet0/0/0
 description LAN
 ip tcp adjust-mss 1360
"""

# The same with certificates.
PKI_MEMBER = """\
crypto pki trustpoint GETVPN-CA
 enrollment url http://10.10.9.9:80
 subject-name CN=br1.example.net,OU=GETVPN
 revocation-check none
 rsakeypair PKI-BR1 2048
crypto isakmp identity dn
crypto isakmp policy 10
 encr aes 256
 hash sha256
 group 19
"""

# A member that registers by G-IKEv2.
IKEV2_MEMBER = """\
crypto gkm group GETVPN-G2
 identity number 1002
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
 client protocol gikev2 GKM-PROF
"""

# A member that lets nothing out in clear before it is registered.
FAIL_CLOSE_MEMBER = f"""\
{MEMBER}\
ip access-list extended FAILCLOSE
 deny   tcp any any eq 22
 deny   tcp any eq 22 any
 deny   udp any any eq isakmp
 deny   udp any any eq 848
crypto map GETVPN-MAP gdoi fail-close
 match address FAILCLOSE
 activate
crypto map GETVPN-MAP local-address Loopback0
"""

# A member in a VRF, registering over another interface.
VRF_MEMBER = """\
vrf definition CUST
 address-family ipv4
interface GigabitEthernet0/0/1.100
 vrf forwarding CUST
 ip address 10.30.1.1 255.255.255.0
 crypto map MAP-CUST
interface GigabitEthernet0/0/2
 description management/registration path
 ip address 10.40.1.1 255.255.255.0
crypto gdoi group GETVPN-CUST
 identity number 2001
 server address ipv4 10.10.1.1
 client registration interface GigabitEthernet0/0/2
crypto map MAP-CUST 10 gdoi
 set group GETVPN-CUST
"""

# An IPv6 group: data IPv6, control IPv4.
IPV6_KEY_SERVER = """\
ipv6 access-list GETVPN-POLICY6
 deny udp any any eq 848
 deny ospf any any
 permit ipv6 2001:DB8:1::/48 2001:DB8:1::/48
crypto gdoi group ipv6 GETVPN-V6
 identity number 3001
 server local
  rekey algorithm aes 256
  rekey authentication mypubkey rsa GETVPN-REKEY
  rekey transport unicast
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv6 GETVPN-POLICY6
   replay counter window-size 64
   no tag
  address ipv4 10.10.1.1
"""
IPV6_MEMBER = """\
crypto gdoi group ipv6 GETVPN-V6
 identity number 3001
 server address ipv4 10.10.1.1
crypto map ipv6 MAP-V6 10 gdoi
 set group GETVPN-V6
interface GigabitEthernet0/0/1
 ipv6 crypto map MAP-V6
"""

ALL = (
    *(KEY_SERVER, COOP_KEY_SERVER, MULTICAST_KEY_SERVER, IKEV2_KEY_SERVER, MEMBER, PKI_MEMBER),
    *(IKEV2_MEMBER, FAIL_CLOSE_MEMBER, VRF_MEMBER, IPV6_KEY_SERVER, IPV6_MEMBER),
)
