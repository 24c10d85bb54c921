"""Configuration texts of the network: interfaces, access lists, routing, services of IP.

`network_texts(platform)` gives whole texts for a model of router, every line of which is taken.
Networks are never used twice, so that no address overlaps with another. There is no `no shutdown`:
a configuration does not print it, and without it the ports of a new router stay down.
"""

from collections.abc import Sequence
from functools import cache

from hypothesis import strategies as st

from getvpn.emulator.platforms import platform_named

from .strategies_system import NAMES, PASSWORDS, SENTENCES, Text, block, maybe, no, said

VRFS = ("RED", "BLUE")
COMMUNITIES = st.builds("{}:{}".format, st.integers(1, 65535), st.integers(0, 65535))
HOSTS4 = st.tuples(*[st.integers(1, 223)] * 4).map(lambda parts: ".".join(map(str, parts)))
PREFIXES4 = st.builds("{}/{}".format, HOSTS4, st.integers(8, 32))
HOSTS6 = st.integers(0, 2**64).map(lambda n: f"2001:db8:{n >> 48 & 0xFFFF:x}::{n & 0xFFFF:x}")
WILDCARDS = st.integers(0, 32).map(
    lambda bits: ".".join(str(((1 << bits) - 1) >> shift & 255) for shift in (24, 16, 8, 0))
)
INTERFACES = ("Loopback0", "Loopback7", "Tunnel3")
PORTS = ("22", "443", "848", "bgp", "179", "tacacs", "49", "www", "telnet")
UDP_PORTS = ("848", "isakmp", "500", "ntp", "123", "syslog", "snmp", "4500")


@cache
def vrfs() -> Text:
    """All VRFs that other lines refer to, with some lines."""
    family = st.sampled_from(["ipv4", "ipv6", "ipv4 unicast"])
    target = said(
        "route-target {way} {c}", way=st.sampled_from(["both", "import", "export"]), c=COMMUNITIES
    )
    inner = block(said("address-family {f}", f=family), target)
    one = [
        block(st.just(f"vrf definition {name}"), said("description {t}", t=SENTENCES), inner)
        for name in VRFS
    ]
    return st.tuples(*one).map("\n".join)


# ---- access lists ----


@cache
def _ends() -> Text:
    return st.one_of(
        st.just("any"), said("host {a}", a=HOSTS4), said("{a} {w}", a=HOSTS4, w=WILDCARDS)
    )


def _ports(names: Sequence[str]) -> Text:
    port = st.sampled_from(names)
    return st.one_of(
        st.just(""),
        said(" {how} {p}", how=st.sampled_from(["eq", "neq", "gt", "lt"]), p=port),
        said(" eq {p} {q}", p=port, q=port),
        said(" range {p} {q}", p=port, q=port),
    )


@cache
def extended_lines() -> Text:
    """Lines of an extended list, most of them without a number."""
    action = st.sampled_from(["permit", "deny", "deny  "])
    plain = st.sampled_from(["ip", "esp", "gre", "ospf", "eigrp", "pim", "50", "112", "ahp"])
    option = st.sampled_from(
        ["", " log", " dscp ef", " dscp 46", " precedence 5", " fragments", " time-range T log"]
    )
    return st.one_of(
        said("{a} {p} {s} {d}{o}", a=action, p=plain, s=_ends(), d=_ends(), o=option),
        said(
            "{a} tcp {s}{sp} {d}{dp}{o}",
            a=action,
            s=_ends(),
            sp=_ports(PORTS),
            d=_ends(),
            dp=_ports(PORTS),
            o=st.sampled_from(["", " established", " syn log"]),
        ),
        said(
            "{a} udp {s}{sp} {d}{dp}",
            a=action,
            s=_ends(),
            sp=_ports(UDP_PORTS),
            d=_ends(),
            dp=_ports(UDP_PORTS),
        ),
        said("{a} icmp {s} {d} {t}", a=action, s=_ends(), d=_ends(), t=_icmp()),
        said("remark {t}", t=SENTENCES),
    )


@cache
def _icmp() -> Text:
    return st.sampled_from(["", "echo", "8", "echo-reply", "3 4", "unreachable", "11", "200 7"])


@cache
def standard_lines() -> Text:
    """Lines of a standard list."""
    action = st.sampled_from(["permit", "deny"])
    end = st.one_of(_ends(), HOSTS4)
    return st.one_of(
        said("{a} {e}{log}", a=action, e=end, log=st.sampled_from(["", " log"])),
        said("remark {t}", t=SENTENCES),
    )


@cache
def access_lists() -> Text:
    """Lists of all kinds, by name and by number."""
    ends6 = st.one_of(
        st.just("any"),
        said("host {a}", a=HOSTS6),
        said("{a}/{n}", a=HOSTS6, n=st.integers(1, 127)),
    )
    six = said(
        "{a} {p} {s} {d}",
        a=st.sampled_from(["permit", "deny"]),
        p=st.sampled_from(["ipv6", "esp", "udp", "tcp", "112"]),
        s=ends6,
        d=ends6,
    )
    names = st.sampled_from(["GETVPN-POLICY", "LAB", "FAILCLOSE"])
    return st.one_of(
        block(said("ip access-list extended {n}", n=names), extended_lines()),
        block(said("ip access-list standard {n}-S", n=names), standard_lines()),
        block(said("ipv6 access-list {n}6", n=names), six),
        said("access-list {n} {line}", n=st.sampled_from([101, 2000]), line=extended_lines()),
        said("access-list {n} {line}", n=st.sampled_from([52, 1300]), line=standard_lines()),
    )


# ---- interfaces ----


@cache
def _interface_line() -> Text:
    return st.one_of(
        said("description {t}", t=SENTENCES),
        st.just("shutdown"),
        no(st.sampled_from(["ip redirects", "ip unreachables", "ip proxy-arp", "keepalive"])),
        said("ip mtu {n}", n=st.integers(68, 1500)),
        said("ip tcp adjust-mss {n}", n=st.integers(500, 1460)),
        said("bandwidth {n}", n=st.integers(1, 10_000_000)),
        said("delay {n}", n=st.integers(1, 10_000)),
        said("load-interval {n}", n=st.sampled_from([30, 60, 300])),
        said("ip access-group {n} {d}", n=NAMES, d=st.sampled_from(["in", "out"])),
        said("ip helper-address {a}", a=HOSTS4),
        said("ip nat {s}", s=st.sampled_from(["inside", "outside"])),
        said("ip ospf {p} area {a}", p=st.integers(1, 9), a=st.integers(0, 9)),
        said("ip ospf cost {n}", n=st.integers(1, 65535)),
        st.sampled_from(
            ["ip pim sparse-mode", "ip igmp version 3", "no ip address", "ipv6 enable"]
        ),
        said("ip igmp join-group 239.1.1.{n} source {a}", n=st.integers(1, 9), a=HOSTS4),
        said("ip ospf message-digest-key {n} md5 {k}", n=st.integers(1, 255), k=PASSWORDS),
        said("standby {g} priority {n}", g=st.integers(0, 3), n=st.integers(0, 255)),
        said("standby {g} ip", g=st.integers(0, 3)),
        said("standby {g} preempt", g=st.integers(0, 3)),
        st.sampled_from(["cdp enable", "no cdp enable", "mpls ip", "no lldp transmit"]),
    )


@cache
@st.composite
def interfaces(draw: st.DrawFn, platform: str) -> str:
    """Interfaces with addresses of networks of their own."""
    ports = platform_named(platform).hardware.interfaces
    chosen = draw(st.lists(st.sampled_from((*ports, *INTERFACES)), unique=True, max_size=5))
    text = []
    for name in chosen:
        number = (*ports, *INTERFACES).index(name)
        lines = [f"interface {name}"]
        if draw(st.booleans()):
            lines.append(f" vrf forwarding {draw(st.sampled_from(VRFS))}")
        if draw(st.booleans()):
            lines.append(f" ip address 10.{number}.0.1 255.255.{draw(st.sampled_from([0, 255]))}.0")
            lines += [f" ip address 10.{number}.0.9 255.255.0.0 secondary"] * draw(st.booleans())
        if draw(st.booleans()):
            lines.append(f" ipv6 address 2001:db8:{number}::1/64")
        lines += [f" {line}" for line in draw(st.lists(_interface_line(), max_size=6))]
        text += lines
        if name in ports and name.startswith("Gig") and draw(st.booleans()):
            vlan = draw(st.integers(1, 4094))
            text += [f"interface {name}.{vlan}", f" encapsulation dot1Q {vlan}"]
            text += [f" ip address 172.16.{number}.1 255.255.255.0"] * draw(st.booleans())
    return "\n".join(text)


# ---- routing ----


@cache
def routers() -> Text:
    """Processes of all protocols, one of BGP."""
    redistributed = st.sampled_from(
        [
            "redistribute static",
            "redistribute connected route-map LAB",
            "no redistribute static",
            "passive-interface default",
            "no passive-interface Loopback0",
            "passive-interface Loopback7",
            "maximum-paths 2",
        ]
    )
    ospf = st.one_of(
        said("network {a} {w} area {n}", a=HOSTS4, w=WILDCARDS, n=st.integers(0, 9)),
        said("router-id {a}", a=HOSTS4),
        said("area {n} stub", n=st.integers(1, 9)),
        redistributed,
    )
    eigrp = st.one_of(
        said("network {a}", a=HOSTS4), said("eigrp router-id {a}", a=HOSTS4), redistributed
    )
    peer = st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::9"])
    neighbor = st.sampled_from(
        ["shutdown", "update-source Loopback0", "next-hop-self", "route-map LAB in", "activate"]
    )
    bgp = st.one_of(
        said("neighbor {p} remote-as 65001\n  neighbor {p} {line}", p=peer, line=neighbor),
        said("network {a}", a=HOSTS4),
        said("bgp router-id {a}", a=HOSTS4),
        no(st.just("bgp default ipv4-unicast")),
        st.sampled_from(["address-family ipv4", "address-family ipv4 vrf RED"]),
    )
    return st.one_of(
        block(said("router ospf {n}", n=st.integers(1, 9)), ospf),
        block(said("router eigrp {n}", n=st.integers(1, 9)), eigrp),
        block(st.just("router bgp 65000"), bgp),
        block(st.just("router rip"), said("network {a}", a=HOSTS4), redistributed),
        said(
            "router eigrp {n}\n address-family ipv4 autonomous-system {a}\n  network {net}",
            n=NAMES,
            a=st.integers(1, 9),
            net=HOSTS4,
        ),
    )


@cache
def policies() -> Text:
    """Route maps, prefix lists, static routes, key chains and what tracks them."""
    matched = st.one_of(
        said("match ip address {n}", n=NAMES),
        said("match ip address prefix-list {n}", n=NAMES),
        said("set local-preference {n}", n=st.integers(0, 1000)),
        said("set ip next-hop {a}", a=HOSTS4),
        said("description {t}", t=SENTENCES),
    )
    return st.one_of(
        block(
            said(
                "route-map {n} {a} {s}",
                n=NAMES,
                a=st.sampled_from(["permit", "deny"]),
                s=st.integers(0, 65535),
            ),
            matched,
        ),
        said("ip prefix-list {n} permit {p}", n=NAMES, p=PREFIXES4),
        said(
            "ip route{vrf} {a}.0.0.0 255.0.0.0 {hop}{name}",
            vrf=maybe(st.sampled_from(["vrf RED", "vrf BLUE"])),
            a=st.integers(1, 126),
            hop=st.one_of(HOSTS4, st.just("Null0")),
            name=maybe(said("{d} name {n}", d=st.integers(1, 255), n=NAMES)),
        ),
        said("ipv6 route 2001:db8:{n:x}::/48 2001:db8::{n:x}", n=st.integers(1, 0xFFFF)),
        said(
            "key chain {n}\n key {i}\n  key-string {k}",
            n=NAMES,
            i=st.integers(0, 99),
            k=PASSWORDS,
        ),
        said("track {n} interface Loopback0 line-protocol", n=st.integers(1, 99)),
        said("ip sla {n}\n icmp-echo {a}\n  frequency 10", n=st.integers(1, 99), a=HOSTS4),
    )


@cache
def services() -> Text:
    """Services of IP, classes and policies."""
    return st.one_of(
        st.sampled_from(
            [
                "ip multicast-routing distributed",
                "ip pim ssm default",
                "ipv6 unicast-routing",
                "no ip source-route",
                "ip bgp-community new-format",
                "ip forward-protocol udp",
                "class-map match-any VOICE\n match dscp ef\n match ip precedence 5",
                "class-map match-any VOICE\npolicy-map WAN\n class VOICE\n  priority percent 10",
            ]
        ),
        said("ip pim rp-address {a}", a=HOSTS4),
        said("ip tcp synwait-time {n}", n=st.integers(5, 300)),
        said("ip dhcp excluded-address {a}", a=HOSTS4),
        block(
            said("ip dhcp pool {n}", n=NAMES),
            st.just("network 10.9.0.0 255.255.0.0"),
            said("default-router {a} {b}", a=HOSTS4, b=HOSTS4),
            said("lease {d}", d=st.integers(0, 365)),
        ),
        said("ip nat inside source static {a} {b}", a=HOSTS4, b=HOSTS4),
    )


@cache
@st.composite
def network_texts(draw: st.DrawFn, platform: str = "isr4451") -> str:
    """A text of the network for a model of router."""
    parts = [draw(vrfs())]
    for kind in (access_lists(), interfaces(platform), policies(), routers(), services()):
        parts += draw(st.lists(kind, max_size=3))
    return "\n".join(parts)
