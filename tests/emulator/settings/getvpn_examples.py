"""Configurations of key servers and members, as an operator writes them, for the tests."""

PSK = """\
crypto isakmp policy 10
 encr aes 256
 hash sha256
 authentication pre-share
 group 19
crypto isakmp key GmKsPsk-01 address 10.20.1.1
crypto isakmp key GmKsPsk-02 address 10.20.2.1
"""
IPSEC = """\
crypto ipsec transform-set TS-AES256 esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile GETVPN-PROF
 set security-association lifetime seconds 7200
 set transform-set TS-AES256
"""
KEY_SERVER = """\
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
"""
PKI = """\
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
"""
COOP = """\
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
"""
MULTICAST = """\
crypto gdoi group GETVPN-G1
 server local
  no rekey transport unicast
  rekey address ipv4 REKEY-MCAST
"""
IKEV2 = """\
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
"""
GIKEV2_SERVER = """\
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
MEMBER = """\
crypto gdoi group GETVPN-G1
 identity number 1001
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
crypto map GETVPN-MAP 10 gdoi
 set group GETVPN-G1
interface WAN
 crypto map GETVPN-MAP
"""
GIKEV2_MEMBER = """\
crypto gkm group GETVPN-G2
 identity number 1002
 server address ipv4 10.10.1.1
 server address ipv4 10.10.2.1
 client protocol gikev2 GKM-PROF
"""
FAIL_CLOSE = """\
crypto map GETVPN-MAP gdoi fail-close
 match address FAILCLOSE
 activate
"""
VRF_MEMBER = """\
interface WAN
 crypto map MAP-CUST
crypto gdoi group GETVPN-CUST
 identity number 2001
 server address ipv4 10.10.1.1
 client registration interface MANAGEMENT
crypto map MAP-CUST 10 gdoi
 set group GETVPN-CUST
"""
IPV6_SERVER = """\
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
interface WAN
 ipv6 crypto map MAP-V6
"""
COUNTER = KEY_SERVER.replace("replay time window-size 5", "replay counter window-size 64")

EXAMPLES = {
    "key server, pre-shared keys": PSK + IPSEC + KEY_SERVER,
    "key server, pair and certificates": PKI + IPSEC + COOP,
    "key server, multicast": PSK + IPSEC + KEY_SERVER + MULTICAST,
    "key server, G-IKEv2": IKEV2 + IPSEC + GIKEV2_SERVER,
    "member, pre-shared keys": PSK + MEMBER,
    "member, certificates": PKI + MEMBER,
    "member, G-IKEv2": IKEV2 + GIKEV2_MEMBER,
    "member, fail-close": PSK + MEMBER + FAIL_CLOSE,
    "member in a VRF": VRF_MEMBER,
    "key server, IPv6": IPSEC + IPV6_SERVER,
    "member, IPv6": IPV6_MEMBER,
    "key server, counters": PSK + IPSEC + COUNTER,
}
PORTS = {
    "isr4451": ("GigabitEthernet0/0/1", "GigabitEthernet0/0/2"),
    "c8000v": ("GigabitEthernet2", "GigabitEthernet3"),
    "isr2911": ("GigabitEthernet0/1", "GigabitEthernet0/2"),
}


def on(platform: str, text: str) -> str:
    """A configuration with the interfaces, and the words, of a platform."""
    wan, management = PORTS[platform]
    text = text.replace("interface WAN", f"interface {wan}").replace("MANAGEMENT", management)
    if platform == "isr2911":
        text = text.replace("crypto gkm ", "crypto gdoi ").replace("  pfs\n", "")
    return text


def crypto_lines(lines: list[str]) -> list[str]:
    """The blocks of a configuration that begin with `crypto`, without separators."""
    found: list[str] = []
    inside = False
    for line in lines:
        inside = line.startswith("crypto ") or (inside and line.startswith(" "))
        if inside:
            found.append(line.rstrip())
    return found
