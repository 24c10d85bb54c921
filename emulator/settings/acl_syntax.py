"""The declarations of access list entries, by protocol."""

from collections.abc import Iterable, Mapping

from ..services.access_words import (
    DSCPS,
    ICMP6_TYPES,
    ICMP_TYPES,
    IGMP_TYPES,
    PRECEDENCES,
    PROTOCOLS,
    TCP_FLAGS,
    TCP_PORTS,
    TYPES_OF_SERVICE,
    UDP_PORTS,
)

SEQUENCE = "[<sequence!:1-2147483647>] "
SEQUENCE6 = "sequence <sequence!:1-4294967294>"
ACTION = "<action:permit|deny>"
REMARK = "remark <remark:line>"
STANDARD = f"{ACTION} {{any | host <source:ipv4> | <source:ipv4> [<wildcard:wildcard>]}} [log]"
PLAIN6 = ("ahp", "esp", "ipv6", "pcp", "ospf", "eigrp", "pim", "gre", "hbh")


def _one_of(name: str, words: Iterable[str]) -> str:
    return f"<{name}:{'|'.join(words)}>"


def _named(name: str, numbers: Mapping[str, object], highest: int) -> str:
    """A number, or one of the names for one."""
    return f"{{<{name}:0-{highest}> | {_one_of(name + '_name', numbers)}}}"


def _ports(name: str, names: Mapping[str, int]) -> str:
    port = _named(name, names, 65535) if names else f"<{name}:0-65535>"
    return f"[{{eq | neq}} {{{port}}}+ | {{gt | lt}} {port} | range {port} {port}]"


def _ipv4(name: str) -> str:
    return (
        f"{{any | host <{name}:ipv4> | object-group <{name}_group>"
        f" | <{name}:ipv4> <{name}_wildcard:wildcard>}}"
    )


def _ipv6(name: str) -> str:
    return (
        f"{{any | host <{name}:ipv6> | object-group <{name}_group> | <{name}_prefix:ipv6_prefix>}}"
    )


_OPTIONS = (
    f"precedence {_named('precedence', PRECEDENCES, 7)}"
    f" | tos {_named('tos', TYPES_OF_SERVICE, 15)}"
    f" | dscp {_named('dscp', DSCPS, 63)}"
    " | ttl {{eq | gt | lt | neq} <ttl:0-255> | range <ttl:0-255> <ttl:0-255>}"
    " | option {<option:0-255> | <option_name>}"
    " | time-range <time_range> | log | log-input | fragments"
)
_OPTIONS6 = (
    f"dscp {_named('dscp', DSCPS, 63)} | flow-label <flow:0-1048575> | routing"
    " | time-range <time_range> | log | log-input | fragments | undetermined-transport"
)
_FLAGS = " | ".join(("established", *TCP_FLAGS))


def _entries(
    everything: str, end: "Ends", options: str, plain: Iterable[str], messages: Iterable[str]
) -> list[str]:
    def entry(protocol: str, ports: Mapping[str, int] | None, before: str, more: str) -> str:
        source, destination = end("source"), end("destination")
        if ports is not None:
            source += " " + _ports("source_port", ports)
            destination += " " + _ports("destination_port", ports)
        return f"{ACTION} {protocol} {source} {destination} {before} {{{options}{more}}}*"

    message = f"[{{<icmp:0-255> [<icmp_code:0-255>] | {_one_of('icmp_name', messages)}}}]"
    igmp = f"[{_named('igmp', IGMP_TYPES, 15)}]"
    found = [
        entry("tcp", TCP_PORTS, "", f" | {_FLAGS}"),
        entry("udp", UDP_PORTS, "", ""),
        entry("sctp", {}, "", ""),
        entry("icmp", None, message, ""),
        entry(f"{{{_one_of('protocol', plain)} | <number:0-255>}}", None, "", ""),
    ]
    if everything == "ip":
        found.append(entry("igmp", None, igmp, ""))
        found.append(entry("object-group <services>", None, "", ""))
    return found


class Ends:
    """Writes the declaration of a source or a destination."""

    def __init__(self, *, ipv6: bool) -> None:
        self._write = _ipv6 if ipv6 else _ipv4

    def __call__(self, name: str) -> str:
        """The declaration; `name` begins the names of its arguments."""
        return self._write(name)


WITH_MORE = frozenset({"tcp", "udp", "sctp", "icmp", "igmp"})
EXTENDED = _entries(
    "ip",
    Ends(ipv6=False),
    _OPTIONS,
    [name for name in PROTOCOLS if name not in WITH_MORE],
    ICMP_TYPES,
)
IPV6 = _entries("ipv6", Ends(ipv6=True), _OPTIONS6, PLAIN6, ICMP6_TYPES)
HELP = {
    "access-list": "Add an access list entry",
    "access-list remark": "Access list entry comment",
    "ip access-list": "Named access-list",
    "ip access-list standard": "Standard Access List",
    "ip access-list extended": "Extended Access List",
    "ip access-list resequence": "Resequence Access List",
    "standard WORD": "Standard access-list number or name",
    "extended WORD": "Extended access-list number or name",
    "resequence WORD": "Access-list name or number",
    "ipv6 access-list": "Configure access lists",
    "ipv6 access-list WORD": "User selected string identifying this access list",
    "permit": "Specify packets to forward",
    "deny": "Specify packets to reject",
    "remark": "Access list entry comment",
    "remark LINE": "Comment up to 100 characters",
    "sequence": "Sequence number for this entry",
    "ahp": "Authentication Header Protocol",
    "esp": "Encapsulation Security Payload",
    "gre": "Cisco's GRE tunneling",
    "ipinip": "IP in IP tunneling",
    "nos": "KA9Q NOS compatible IP over IP tunneling",
    "pcp": "Payload Compression Protocol",
    "permit ip": "Any Internet Protocol",
    "deny ip": "Any Internet Protocol",
    "permit icmp": "Internet Control Message Protocol",
    "deny icmp": "Internet Control Message Protocol",
    "permit igmp": "Internet Gateway Message Protocol",
    "deny igmp": "Internet Gateway Message Protocol",
    "permit eigrp": "Cisco's EIGRP routing protocol",
    "deny eigrp": "Cisco's EIGRP routing protocol",
    "permit ospf": "OSPF routing protocol",
    "deny ospf": "OSPF routing protocol",
    "permit pim": "Protocol Independent Multicast",
    "deny pim": "Protocol Independent Multicast",
    "permit sctp": "Stream Control Transmission Protocol",
    "deny sctp": "Stream Control Transmission Protocol",
    "permit tcp": "Transmission Control Protocol",
    "deny tcp": "Transmission Control Protocol",
    "permit udp": "User Datagram Protocol",
    "deny udp": "User Datagram Protocol",
    "permit ipv6": "Any IPv6",
    "deny ipv6": "Any IPv6",
    "any": "Any host",
    "host": "A single host",
    "eq": "Match only packets on a given port number",
    "neq": "Match only packets not on a given port number",
    "gt": "Match only packets with a greater port number",
    "lt": "Match only packets with a lower port number",
    "range": "Match only packets in the range of port numbers",
    "established": "Match established connections",
    "log": "Log matches against this entry",
    "log-input": "Log matches against this entry, including input interface",
    "fragments": "Check non-initial fragments",
    "dscp": "Match packets with given dscp value",
    "precedence": "Match packets with given precedence value",
    "tos": "Match packets with given TOS value",
    "time-range": "Specify a time-range",
    "ttl": "Match packets with given TTL value",
}
