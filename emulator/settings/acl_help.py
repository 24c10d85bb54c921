"""What `?` says of the words of access lists: protocols, ports, messages, options."""

from collections.abc import Iterable, Mapping

from ..services.access_words import (
    DSCPS,
    ICMP6_TYPES,
    ICMP_TYPES,
    IGMP_TYPES,
    PRECEDENCES,
    TCP_PORTS,
    TYPES_OF_SERVICE,
    UDP_PORTS,
)
from . import acl_syntax

_NAMES: Mapping[str, str] = {
    "bgp": "Border Gateway Protocol",
    "biff": "Biff (mail notification, comsat)",
    "bootpc": "Bootstrap Protocol (BOOTP) client",
    "bootps": "Bootstrap Protocol (BOOTP) server",
    "chargen": "Character generator",
    "cmd": "Remote commands (rcmd)",
    "daytime": "Daytime",
    "discard": "Discard",
    "dnsix": "DNSIX security protocol auditing",
    "domain": "Domain Name Service",
    "drip": "Dynamic Routing Information Protocol",
    "echo": "Echo",
    "exec": "Exec (rsh)",
    "finger": "Finger",
    "ftp": "File Transfer Protocol",
    "ftp-data": "FTP data connections",
    "gopher": "Gopher",
    "hostname": "NIC hostname server",
    "ident": "Ident Protocol",
    "irc": "Internet Relay Chat",
    "isakmp": "Internet Security Association and Key Management Protocol",
    "klogin": "Kerberos login",
    "kshell": "Kerberos shell",
    "login": "Login (rlogin)",
    "lpd": "Printer service",
    "mobile-ip": "Mobile IP registration",
    "msrpc": "MS Remote Procedure Call",
    "nameserver": "IEN116 name service (obsolete)",
    "netbios-dgm": "NetBios datagram service",
    "netbios-ns": "NetBios name service",
    "netbios-ss": "NetBios session service",
    "nntp": "Network News Transport Protocol",
    "non500-isakmp": "Internet Security Association and Key Management Protocol",
    "ntp": "Network Time Protocol",
    "onep-plain": "ONEP Cleartext",
    "onep-tls": "ONEP TLS",
    "pim-auto-rp": "PIM Auto-RP",
    "pop2": "Post Office Protocol v2",
    "pop3": "Post Office Protocol v3",
    "rip": "Routing Information Protocol (router, in.routed)",
    "ripv6": "Routing Information Protocol next generation",
    "smtp": "Simple Mail Transport Protocol",
    "snmp": "Simple Network Management Protocol",
    "snmptrap": "SNMP Traps",
    "sunrpc": "Sun Remote Procedure Call",
    "syslog": "System Logger",
    "tacacs": "TAC Access Control System",
    "talk": "Talk",
    "telnet": "Telnet",
    "tftp": "Trivial File Transfer Protocol",
    "time": "Time",
    "uucp": "Unix-to-Unix Copy Program",
    "who": "Who service (rwho)",
    "whois": "Nicname",
    "www": "World Wide Web (HTTP)",
    "xdmcp": "X Display Manager Control Protocol",
}
_OPERATORS = ("eq", "neq", "gt", "lt", "range")
_ELSEWHERE = frozenset({"bgp", "domain", "echo", "exec", "hostname", "login", "ntp", "rip", "snmp"})
"""Names that stand alone elsewhere; here they have a text behind operators and ports only."""
_SPELLED = {"ttl": "TTL", "dod": "DoD", "nd": "neighbor discovery", "mld": "MLD"}


def _ports() -> dict[str, str]:
    found: dict[str, str] = {}
    for name, number in {**UDP_PORTS, **TCP_PORTS}.items():
        text = f"{_NAMES[name]} ({number})"
        found |= {f"{operator} {name}": text for operator in _OPERATORS}
        if name in _ELSEWHERE:
            found |= {f"{first} {name}": text for first in _NAMES}
        else:
            found[name] = text
    return found


def _plain(names: Iterable[str]) -> dict[str, str]:
    """Names of messages, which explain themselves."""
    found = {}
    for name in names:
        words = [_SPELLED.get(word, word) for word in name.split("-")]
        text = " ".join(words)
        found[name] = text[:1].upper() + text[1:]
    return found


def _values(keyword: str, names: Mapping[str, int], text: str) -> dict[str, str]:
    return {f"{keyword} {name}": text.format(name, number) for name, number in names.items()}


_MESSAGES = _plain({*ICMP_TYPES, *ICMP6_TYPES})
HELP = {
    **_ports(),
    **{f"any {name}": text for name, text in _MESSAGES.items()},
    **{f"host {name}": text for name, text in _MESSAGES.items()},
    **{f"icmp {name}": text for name, text in _MESSAGES.items()},
    **{f"object-group {name}": text for name, text in _MESSAGES.items()},
    **_values("any", IGMP_TYPES, "IGMP message {0} ({1})"),
    **_values("host", IGMP_TYPES, "IGMP message {0} ({1})"),
    **_values("igmp", IGMP_TYPES, "IGMP message {0} ({1})"),
    **_values("object-group", IGMP_TYPES, "IGMP message {0} ({1})"),
    **_values("dscp", DSCPS, "Match packets with {0} dscp ({1})"),
    **_values("precedence", PRECEDENCES, "Match packets with {0} precedence ({1})"),
    **_values("tos", TYPES_OF_SERVICE, "Match packets with {0} TOS ({1})"),
    "ack": "Match on the ACK bit",
    "fin": "Match on the FIN bit",
    "psh": "Match on the PSH bit",
    "rst": "Match on the RST bit",
    "syn": "Match on the SYN bit",
    "urg": "Match on the URG bit",
    "<0-65535>": "Port number",
    "<1-2147483647>": "Sequence Number",
    "<1-4294967294>": "Sequence number for this entry",
    "eq <0-255>": "TTL value",
    "neq <0-255>": "TTL value",
    "gt <0-255>": "TTL value",
    "lt <0-255>": "TTL value",
    "range <0-255>": "TTL value",
    "any <0-255>": "ICMP message type or code",
    "host <0-255>": "ICMP message type or code",
    "icmp <0-255>": "ICMP message type or code",
    "object-group <0-255>": "ICMP message type or code",
    "any <0-15>": "IGMP message type",
    "host <0-15>": "IGMP message type",
    "igmp <0-15>": "IGMP message type",
    "object-group <0-15>": "IGMP message type",
    "permit <0-255>": "An IP protocol number",
    "deny <0-255>": "An IP protocol number",
    "tos <0-15>": "Type of service value",
    "dscp <0-63>": "Differentiated services codepoint value",
    "precedence <0-7>": "Precedence value",
    "option <0-255>": "IP Options value",
    "option WORD": "IP Options name",
    "time-range WORD": "Name of the time-range",
    "flow-label <0-1048575>": "Flow label value",
    "flow-label": "Flow label",
    "routing": "Routing header (all types)",
    "undetermined-transport": "Transport cannot be determined or is missing",
    "object-group": "Network object group",
    "object-group WORD": "Object-group name",
    "hbh": "Hop by Hop options header",
    "option": "Match packets with given IP Options value",
    "access-list <1-99>": "IP standard access list",
    "access-list <100-199>": "IP extended access list",
    "access-list <1300-1999>": "IP standard access list (expanded range)",
    "access-list <2000-2699>": "IP extended access list (expanded range)",
    "access-list permit": "Specify packets to forward",
    "access-list deny": "Specify packets to reject",
    "access-list WORD": "Access-list name",
    "resequence <1-2147483647>": "Starting Sequence Number, or step to increment it by",
}
_MISTAKABLE = frozenset(
    {"any", "isakmp", "log", "range", "syslog", "tacacs", "telnet", "uucp", "who"}
)
"""Words that have a text of their own outside of lists."""
UNMISTAKABLE = {
    words: text
    for words, text in (HELP | acl_syntax.HELP).items()
    if " " not in words and words not in _MISTAKABLE
}
"""Texts for lists that are written line by line, outside of the modes of lists."""
