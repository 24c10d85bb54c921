"""Configurations of key servers and members for the tests of the binding."""

POLICY = """\
ip access-list extended GETVPN-POLICY
 remark what every member does
 deny udp any eq 848 any eq 848
 deny tcp any any eq 22
 permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255
"""
IPSEC = """\
crypto ipsec transform-set TS-AES256 esp-aes 256 esp-sha256-hmac
 mode tunnel
crypto ipsec profile GETVPN-PROF
 set security-association lifetime seconds 7200
 set transform-set TS-AES256
"""
PSK = """\
crypto isakmp policy 10
 encryption aes 256
 hash sha256
 authentication pre-share
 group 14
crypto isakmp key GroupKey-01 address 0.0.0.0
crypto isakmp keepalive 15 periodic
"""
WAN = {
    "isr4451": "GigabitEthernet0/0/1",
    "c8000v": "GigabitEthernet2",
    "isr2911": "GigabitEthernet0/1",
}
SERVER_LINES = """\
  rekey algorithm aes 256
  rekey sig-hash algorithm sha256
  rekey retransmit 10 number 2
  rekey authentication mypubkey rsa REKEYRSA
  rekey transport unicast
  sa ipsec 10
   profile GETVPN-PROF
   match address ipv4 GETVPN-POLICY
   replay time window-size 5
"""


def server_group(address: str, *peers: str, priority: int = 100, lines: str = SERVER_LINES) -> str:
    """A group of a key server."""
    text = f"crypto gdoi group G1\n identity number 1001\n server local\n{lines}"
    text += f"  address ipv4 {address}\n"
    if peers:
        text += f"  redundancy\n   local priority {priority}\n"
        text += "".join(f"   peer address ipv4 {peer}\n" for peer in peers)
    return text


def key_server(name: str, address: str, *peers: str, priority: int = 100) -> str:
    """The configuration of an ISR 4451 that is a key server."""
    return (
        f"hostname {name}\nip domain name example.net\nlogging buffered 500000\n"
        f"{POLICY}{IPSEC}{PSK}"
        f"interface {WAN['isr4451']}\n ip address {address} 255.255.255.0\n no shutdown\n"
        f"ip route 0.0.0.0 0.0.0.0 {WAN['isr4451']}\n"
        f"{server_group(address, *peers, priority=priority)}"
    )


def member_group(*servers: str, more: str = "") -> str:
    """A group of a member, and its crypto map."""
    return (
        "crypto gdoi group G1\n identity number 1001\n"
        + "".join(f" server address ipv4 {server}\n" for server in servers)
        + more
        + "crypto map GETVPN-MAP 10 gdoi\n set group G1\n"
    )


def member(
    name: str, address: str, *servers: str, more: str = "", platform: str = "isr4451"
) -> str:
    """The configuration of a member, whose map is on its WAN interface."""
    wan = WAN[platform]
    return (
        f"hostname {name}\nip domain name example.net\nlogging buffered 500000\n{PSK}"
        f"{member_group(*servers, more=more)}"
        f"interface {wan}\n ip address {address} 255.255.255.0\n no shutdown\n"
        f" crypto map GETVPN-MAP\nip route 0.0.0.0 0.0.0.0 {wan}\n"
    )
