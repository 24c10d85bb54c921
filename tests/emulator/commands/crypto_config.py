"""A configuration with something of everything about IKE and IPsec."""

FIRST_PORT = {
    "isr2911": "GigabitEthernet0/0",
    "isr4451": "GigabitEthernet0/0/0",
    "c8000v": "GigabitEthernet1",
}
CONFIG = """\
hostname KS1
ip domain name example.net
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp policy 5
 encryption 3des
 group 2
 lifetime 3600
crypto isakmp key cisco123 address 192.0.2.9
crypto isakmp key other123 address 10.0.0.0 255.0.0.0
crypto keyring RING
 pre-shared-key address 192.0.2.77 key ringkey1
crypto isakmp profile PROF
 keyring RING
 match identity address 192.0.2.9 255.255.255.255
crypto ikev2 proposal P1
 encryption aes-cbc-128
 integrity sha1
 group 16
crypto ikev2 policy POL
 proposal P1
crypto ikev2 profile IKEPROF
 match identity remote address 192.0.2.9 255.255.255.255
 authentication local pre-share
 authentication remote pre-share
 dpd 10 2 periodic
crypto ipsec transform-set TS esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec transform-set GCM esp-gcm 256
 mode transport
crypto ipsec profile GETVPN
 set security-association lifetime seconds 7200
 set transform-set TS
crypto ipsec profile PFS
 set transform-set TS
 set pfs group14
 set ikev2-profile IKEPROF
ip access-list extended 101
 permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255
 deny ip any any
crypto gdoi group G1
 identity number 1234
 server address ipv4 192.0.2.200
crypto map GETMAP 10 gdoi
 set group G1
crypto map GETMAP gdoi fail-close
 match address 101
 activate
crypto map MAP 20 ipsec-isakmp
 set transform-set TS
crypto map MAP 10 ipsec-isakmp
 set peer 192.0.2.9
 set transform-set TS
 match address 101
 set ikev2-profile IKEPROF
interface Loopback0
 ip address 10.255.0.1 255.255.255.255
interface {port}
 ip address 192.0.2.1 255.255.255.0
 no shutdown
 crypto map MAP
"""


def config_for(platform: str) -> str:
    """The configuration, on the first port of a platform."""
    return CONFIG.replace("{port}", FIRST_PORT[platform])
