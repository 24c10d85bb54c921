"""Names that IOS writes in access lists in place of port and protocol numbers."""

from typing import Final

TCP_PORTS: Final[dict[str, int]] = {
    "bgp": 179,
    "chargen": 19,
    "cmd": 514,
    "connectedapps-plain": 15001,
    "connectedapps-tls": 15002,
    "daytime": 13,
    "discard": 9,
    "domain": 53,
    "drip": 3949,
    "echo": 7,
    "exec": 512,
    "finger": 79,
    "ftp": 21,
    "ftp-data": 20,
    "gopher": 70,
    "hostname": 101,
    "ident": 113,
    "irc": 194,
    "klogin": 543,
    "kshell": 544,
    "login": 513,
    "lpd": 515,
    "msrpc": 135,
    "nntp": 119,
    "onep-plain": 15001,
    "onep-tls": 15002,
    "pim-auto-rp": 496,
    "pop2": 109,
    "pop3": 110,
    "smtp": 25,
    "sunrpc": 111,
    "syslog": 514,
    "tacacs": 49,
    "talk": 517,
    "telnet": 23,
    "time": 37,
    "uucp": 540,
    "whois": 43,
    "www": 80,
}

UDP_PORTS: Final[dict[str, int]] = {
    "biff": 512,
    "bootpc": 68,
    "bootps": 67,
    "discard": 9,
    "dnsix": 195,
    "domain": 53,
    "echo": 7,
    "isakmp": 500,
    "mobile-ip": 434,
    "nameserver": 42,
    "netbios-dgm": 138,
    "netbios-ns": 137,
    "netbios-ss": 139,
    "non500-isakmp": 4500,
    "ntp": 123,
    "pim-auto-rp": 496,
    "rip": 520,
    "ripv6": 521,
    "snmp": 161,
    "snmptrap": 162,
    "sunrpc": 111,
    "syslog": 514,
    "tacacs": 49,
    "talk": 517,
    "tftp": 69,
    "time": 37,
    "who": 513,
    "xdmcp": 177,
}

PROTOCOL_NAMES: Final[dict[int, str]] = {
    1: "icmp",
    2: "igmp",
    4: "ipinip",
    6: "tcp",
    17: "udp",
    47: "gre",
    50: "esp",
    51: "ahp",
    88: "eigrp",
    89: "ospf",
    94: "nos",
    103: "pim",
    108: "pcp",
    132: "sctp",
}

IPV6_PROTOCOL_NAMES: Final[dict[int, str]] = {
    58 if name == "icmp" else number: name for number, name in PROTOCOL_NAMES.items()
}
"""In IPv6 lists `icmp` is another protocol, and 1 has no name."""

PORT_PROTOCOLS: Final = frozenset(("tcp", "udp", "sctp"))


def port_number(protocol: str, word: str) -> int | None:
    """The number of a port given by number or by its IOS name, None when it is neither."""
    if word.isascii() and word.isdecimal():
        number = int(word) if len(word) <= 5 else 65_536
        return number if number <= 65_535 else None
    if protocol == "tcp":
        return TCP_PORTS.get(word)
    if protocol == "udp":
        return UDP_PORTS.get(word)
    return None


def port_name(protocol: str, number: int) -> str:
    """A port as IOS shows it: by name where there is one, else by number."""
    names = TCP_PORTS if protocol == "tcp" else UDP_PORTS if protocol == "udp" else {}
    # `cmd` and `syslog` share TCP 514; IOS shows the first.
    return next((name for name, port in names.items() if port == number), str(number))


def protocol_name(word: str, *, ipv6: bool = False) -> str | None:
    """A protocol by its IOS name, or by the number where it has none; None when it is neither.

    With `ipv6` it is one of an IPv6 list.
    """
    word = word.lower()
    if word in _NAMES:
        return word
    if word.isascii() and word.isdecimal() and len(word) <= 3 and int(word) <= 255:
        names = IPV6_PROTOCOL_NAMES if ipv6 else PROTOCOL_NAMES
        return names.get(int(word), str(int(word)))
    return None


# `ip` and `ipv6` are any protocol; `hbh` is the IPv6 hop-by-hop header.
_NAMES: Final = frozenset((*PROTOCOL_NAMES.values(), "ip", "ipv6", "hbh"))
