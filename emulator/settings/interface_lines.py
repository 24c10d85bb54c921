"""The lines of an interface, in the order in which IOS prints them."""

from functools import partial

from ..config.edit import Edit
from ..config.store import Block, Entry
from ..grammar import CLASSIC, XE, CommandSet, RefusedError, split_interface
from . import interface_help, interface_help_protocols
from .helping import in_modes
from .interface_addresses import (
    forwarding,
    ipv6_address,
    link_local,
    name_of,
    primary,
    secondary,
    shutdown,
    unnumbered,
)
from .interfaces import VLANS
from .switches import both_ways, keeps_no

declared = CommandSet()
declared.words(in_modes(interface_help.HELP, "interface"))
declared.words(in_modes(interface_help_protocols.HELP, "interface"))
line = partial(declared.setting, "interface")

MULTIPLE_VLAN = (
    "% Configuration of multiple subinterfaces of the same main\n"
    "interface with the same VID ({vlan}) is not permitted.\n"
    "This VID is already configured on {name}."
)
LOAD_STEP_S = 30
ETHERNET_MTU = 1500


def _kind(edit: Edit) -> str:
    return split_interface(name_of(edit.block))[0]


def _is_port(block: Block) -> bool:
    """Whether the interface is an Ethernet port and no part of one."""
    name = name_of(block)
    return "Ethernet" in name and "." not in name


def _is_ethernet(block: Block) -> bool:
    return "Ethernet" in name_of(block)


def _is_serial(block: Block) -> bool:
    return name_of(block).startswith("Serial")


def _is_tunnel(block: Block) -> bool:
    return name_of(block).startswith("Tunnel")


# ---- what it is ----


def _dot1q(edit: Edit) -> None:
    """A VLAN is for one sub-interface, and a main interface has none."""
    name = name_of(edit.block)
    if edit.removing:
        return
    if "." not in name:
        raise RefusedError(argument="dot1q")
    vlan = (edit.values["vlan"], edit.values.get("inner"))
    vlans = _vlans(edit, name.partition(".")[0])
    other = vlans.get(vlan, name)
    if other != name and _vlan_of(edit, other) == vlan:
        raise RefusedError(MULTIPLE_VLAN.format(vlan=vlan[0], name=other))
    vlans[vlan] = name


Vlan = tuple[int, int | None]


def _vlans(edit: Edit, main: str) -> dict[Vlan, str]:
    """The sub-interfaces of a main interface by VLAN; some may have another one by now."""
    root = edit.router.config.root
    owner = root.find("interface", main)
    found: dict[Vlan, str] | None = owner.get(VLANS) if owner is not None else None
    if found is None:
        found = {}
        for entry in root.all("interface"):
            vlan = _vlan_of(edit, str(entry["name"]))
            if vlan is not None and str(entry["name"]).startswith(f"{main}."):
                found[vlan] = str(entry["name"])
        if owner is not None:
            owner.values[VLANS] = found
    return found


def _vlan_of(edit: Edit, name: str) -> Vlan | None:
    entry = edit.router.config.root.find("interface", name)
    line = entry.block.find("encapsulation dot1q") if entry and entry.block else None
    return (line["vlan"], line.get("inner")) if line is not None else None


def _dot1q_shown(entry: Entry, _family: str) -> str:
    return entry.text.replace("dot1q", "dot1Q")


line("description <text:line>")
line("mac-address <mac:mac>")
line("mtu <size:64-18000>", default="mtu 1500", usual_in=_is_port)
line("bandwidth <kbit:1-100000000>")
line(
    "encapsulation dot1q <vlan:1-4094> [native] [second-dot1q <inner:1-4094>]",
    check=_dot1q,
    shown=_dot1q_shown,
)
line(
    "encapsulation <protocol:ppp|hdlc|frame-relay>",
    default="encapsulation hdlc",
    usual_in=_is_serial,
)
line("vrf forwarding <vrf>", name="vrf forwarding", check=forwarding)
line("ip vrf forwarding <vrf>", name="vrf forwarding", check=forwarding)
line("ip dhcp client client-id <interface:interface>")
line("ip dhcp client hostname <host>")
line(
    "ip flow monitor <monitor> [sampler <sampler>] <direction!:input|output>",
    name="ip flow monitor",
)

# ---- IPv4 ----


def _equal_to_mtu(edit: Edit) -> None:
    """An IP MTU like that of the interface is not kept; tunnels have one of their own."""
    if edit.text is None or _kind(edit) == "Tunnel":
        return
    mtu = edit.block.value("mtu", "size", ETHERNET_MTU)
    if edit.values["size"] == mtu:
        edit.text = None


line(
    "ip address <address!:ipv4> <mask:netmask> secondary",
    name="ip address secondary",
    check=secondary,
)
line(
    "ip address {<address:ipv4> <mask:netmask> | dhcp [client-id <client:interface>]"
    " [hostname <host>] | negotiated [previous]}",
    check=primary,
)
line("ip unnumbered <interface:interface> [poll]", name="ip address", check=unnumbered)
line("ip access-group <acl> <direction!:in|out>")
line("ip verify unicast source reachable-via <how:rx|any> [allow-default] [<acl>]")
line("ip helper-address [{global | vrf <vrf>}] <address!:ipv4>")
line("ip directed-broadcast [<acl>]")
line("ip redirects", default_on=True)
line("ip unreachables", default_on=True)
line("ip proxy-arp", default_on=True)
line("ip local-proxy-arp")
line("ip mask-reply")
line("ip mtu <size:68-9216>", check=_equal_to_mtu)
line("ip hello-interval eigrp <as!:1-65535> <seconds:1-65535>")
line("ip hold-time eigrp <as!:1-65535> <seconds:1-65535>")
line("ip bandwidth-percent eigrp <as!:1-65535> <percent:1-999999>")
line("ip authentication mode eigrp <as!:1-65535> md5", name="ip authentication mode eigrp")
line("ip authentication key-chain eigrp <as!:1-65535> <chain>")
line("ip split-horizon", default_on=True)
line("ip nbar protocol-discovery")
line("ip flow <direction!:ingress|egress>", families=(CLASSIC,))
line("ip pim <mode:sparse-mode|dense-mode|sparse-dense-mode|passive>")
line("ip pim dr-priority <priority:0-4294967294>", default="ip pim dr-priority 1")
line("ip pim query-interval <seconds:0-65535>", default="ip pim query-interval 30")
line("ip pim bsr-border")
line("ip multicast boundary <acl> [filter-autorp]")
line("ip nhrp authentication <key>")
line("ip nhrp map multicast {dynamic | <address!:ipv4>}")
line("ip nhrp map <address!:ipv4> <nbma:ipv4>")
line("ip nhrp network-id <id:1-4294967295>")
line("ip nhrp holdtime <seconds:1-65535>")
line("ip nhrp nhs <address!:ipv4> [nbma <nbma:ipv4> [multicast]]")
line("ip nhrp registration no-unique")
line("ip nhrp shortcut")
line("ip nhrp redirect")
line("ip nat <side:inside|outside>")
line("ip igmp version <version:1-3>", default="ip igmp version 2")
line("ip igmp access-group <acl>")
line("ip igmp query-interval <seconds:1-18000>", default="ip igmp query-interval 60")
line("ip igmp join-group <group!:ipv4> [source <source!:ipv4>]")
line("ip igmp static-group <group!:ipv4> [source <source!:ipv4>]")
line("ip virtual-reassembly [{in | out}]")
line("zone-member security <zone>")
line("ip tcp adjust-mss <bytes:500-1460>")
line("ip policy route-map <map>")
line("ip summary-address eigrp <as!:1-65535> <network!:ipv4> <mask!:ipv4> [<distance:1-255>]")
line("ip summary-address rip <network!:ipv4> <mask!:ipv4>")
line("ip rip authentication mode <mode:md5|text>")
line("ip rip authentication key-chain <chain>")
line("ip ospf authentication [{message-digest | null | key-chain <chain>}]")
line("ip ospf authentication-key [<type:0-7>] <key>")
line("ip ospf message-digest-key <id!:1-255> md5 [<type:0-7>] <key>")
line(
    "ip ospf network {broadcast | non-broadcast | point-to-point"
    " | point-to-multipoint [non-broadcast]}"
)
line("ip ospf dead-interval {<seconds:1-65535> | minimal hello-multiplier <times:3-20>}")
line("ip ospf hello-interval <seconds:1-65535>")
line("ip ospf retransmit-interval <seconds:1-65535>", default="ip ospf retransmit-interval 5")
line("ip ospf priority <priority:0-255>", default="ip ospf priority 1")
line("ip ospf mtu-ignore")
line("ip ospf bfd [disable]")
line("ip ospf <process:1-65535> area <area> [secondaries none]", name="ip ospf area")
line("ip ospf cost <cost:1-65535>")


# ---- the link ----


def _load_interval(edit: Edit) -> None:
    if edit.text is not None and edit.values["seconds"] % LOAD_STEP_S:
        raise RefusedError("% Load interval must be in increments of 30 seconds")


def _keepalive(edit: Edit) -> None:
    """It is on without a line, but on tunnels."""
    if edit.negated and _kind(edit) != "Tunnel":
        edit.text = "no keepalive"
    elif edit.text in ("keepalive", "keepalive 10") and _kind(edit) != "Tunnel":
        edit.text = None


line("load-interval <seconds:30-600>", default="load-interval 300", check=_load_interval)
line("carrier-delay {<seconds:0-60> | msec <milliseconds:0-1000>}")
line("delay <tens:1-16777215>")
line("arp timeout <seconds:0-2147483>", default="arp timeout 14400", usual_in=_is_ethernet)
line("logging event <event!:link-status|subif-link-status>")
line("snmp trap link-status", default_on=True)


def _of_group(entry: Entry) -> tuple[int, int]:
    return int(entry.get("group") or 0), entry.setting.rank


def _redundant(syntax: str, name: str, default: str | None = None) -> None:
    line(syntax, name=name, order=_of_group, among=name.partition(" ")[0], default=default)


line("standby version <version:1|2>", default="standby version 1")
_redundant("standby <group!:0-4095> ip [<address:ipv4>]", "standby ip")
_redundant("standby <group!:0-4095> ip <address!:ipv4> secondary", "standby ip secondary")
_redundant(
    "standby <group!:0-4095> timers {<hello:1-254> <hold:1-255>"
    " | msec <hello_msec:15-999> msec <hold_msec:50-3000>}",
    "standby timers",
)
_redundant("standby <group!:0-4095> priority <priority:0-255>", "standby priority")
_redundant(
    "standby <group!:0-4095> preempt [delay {minimum <minimum:0-3600> | reload <reload:0-3600>"
    " | sync <sync:0-3600>}+]",
    "standby preempt",
)
_redundant(
    "standby <group!:0-4095> authentication {md5 {key-string [<type:0-7>] <key>"
    " | key-chain <chain>} | text <text> | <plain>}",
    "standby authentication",
)
_redundant("standby <group!:0-4095> name <label>", "standby name")
_redundant(
    "standby <group!:0-4095> track <object!:1-1000> [{decrement <decrement:1-255> | shutdown}]",
    "standby track",
)
_redundant("vrrp <group!:1-255> description <text:line>", "vrrp description")
_redundant("vrrp <group!:1-255> ip <address:ipv4>", "vrrp ip")
_redundant("vrrp <group!:1-255> ip <address!:ipv4> secondary", "vrrp ip secondary")
_redundant("vrrp <group!:1-255> timers advertise [msec] <interval:1-999>", "vrrp timers advertise")
_redundant("vrrp <group!:1-255> timers learn", "vrrp timers learn")
_redundant("vrrp <group!:1-255> preempt [delay minimum <seconds:0-3600>]", "vrrp preempt")
_redundant("vrrp <group!:1-255> priority <priority:1-254>", "vrrp priority")
_redundant(
    "vrrp <group!:1-255> authentication {md5 key-string [<type:0-7>] <key> | text <text>}",
    "vrrp authentication",
)
_redundant("vrrp <group!:1-255> track <object!:1-1000> [decrement <decrement:1-255>]", "vrrp track")

line("shutdown", default="no shutdown", check=shutdown)


# ---- the port ----


def _always_auto(edit: Edit) -> None:
    """The line is printed with any value; without one it is `auto`."""
    if edit.negated or edit.reset:
        name = edit.setting.name
        edit.text, edit.negated = f"{name} auto", False
        edit.values = {name: "auto"}


line("duplex <duplex:auto|full|half>", families=(CLASSIC,), check=_always_auto)
line("speed <speed:10|100|1000|auto>", families=(CLASSIC,), check=_always_auto)
line("duplex <duplex:auto|full|half>", families=(XE,), default="duplex auto", usual_in=_is_port)
line(
    "speed <speed:10|100|1000|2500|10000|auto>",
    families=(XE,),
    default="speed auto",
    usual_in=_is_port,
)
line("media-type <media:rj45|sfp|auto-failover>", default="media-type rj45", usual_in=_is_port)
line("negotiation auto", families=(XE,), check=both_ways(on=True))
line("keepalive [<seconds:0-32767> [<retries:1-255>]]", check=_keepalive)
line("pppoe enable [group <group>]")
line("pppoe-client dial-pool-number <pool:1-255>")
line("dialer pool <pool:1-255>")
line("dialer-group <group:1-128>")
line("ppp authentication <protocol:chap|pap|ms-chap-v2> [callin]")

# ---- IPv6 ----

line("ipv6 address <address:ipv6> link-local", name="ipv6 address link-local", check=link_local)
line(
    "ipv6 address <prefix!:ipv6_prefix> [{eui-64 | anycast}]",
    name="ipv6 address",
    check=ipv6_address,
)
line("ipv6 address autoconfig [default]")
line("ipv6 address dhcp [rapid-commit]")
line("ipv6 unnumbered <interface:interface>")
line("ipv6 enable")
line("ipv6 mtu <size:1280-9976>")
line("ipv6 traffic-filter <acl> <direction!:in|out>")
line("ipv6 nd ra suppress [all]")
line("ipv6 nd <flag!:managed-config-flag|other-config-flag>")
line("ipv6 nd prefix <prefix!:ipv6_prefix> [no-advertise]")
line("ipv6 nd dad attempts <count:0-600>", default="ipv6 nd dad attempts 1")
line("ipv6 redirects", default_on=True)
line("ipv6 unreachables", default_on=True)
line("ipv6 tcp adjust-mss <bytes:40-1460>")
line(
    "ipv6 flow monitor <monitor> [sampler <sampler>] <direction!:input|output>",
    name="ipv6 flow monitor",
)
line("ipv6 dhcp server <pool> [rapid-commit]")
line("ipv6 dhcp relay destination <address!:ipv6>")
line("ipv6 eigrp <as!:1-65535>")
line("ipv6 rip <process!> enable")
line("ipv6 ospf <process:1-65535> area <area> [instance <instance:0-255>]", name="ipv6 ospf area")
line("ipv6 ospf cost <cost:1-65535>")
line("ipv6 ospf network <network:broadcast|non-broadcast|point-to-point|point-to-multipoint>")
line("ipv6 ospf priority <priority:0-255>", default="ipv6 ospf priority 1")
line(
    "ospfv3 <process:1-65535> <family!:ipv4|ipv6> area <area> [instance <instance:0-255>]",
    name="ospfv3 area",
)
line("ospfv3 cost <cost:1-65535>")
line("ospfv3 network <network:broadcast|non-broadcast|point-to-point|point-to-multipoint>")
line("mpls ip")
line("mpls mtu <size:64-65535>")
line("bfd interval <interval:50-9999> min_rx <minimum:50-9999> multiplier <times:3-50>")
line("cdp enable", families=(CLASSIC,), default_on=True, usual_in=_is_port)
line("cdp enable", families=(XE,))
line("lldp transmit", default_on=True, usual_in=_is_port)
line("lldp receive", default_on=True, usual_in=_is_port)
line("mop enabled", families=(CLASSIC,), check=keeps_no)
line("mop sysid", families=(CLASSIC,), check=keeps_no)

# ---- tunnels ----

line("tunnel source {<address:ipv4> | <source:interface> | <address6:ipv6>}")
line(
    "tunnel mode {gre {ip | multipoint | ipv6} | ipip | ipsec {ipv4 | ipv6}"
    " | ipv6ip [{6to4 | isatap}] | ipv6}",
    default="tunnel mode gre ip",
    usual_in=_is_tunnel,
)
line("tunnel destination {<address:ipv4> | <address6:ipv6> | dynamic | <host>}")
line("tunnel key <key:0-4294967295>")
line("tunnel checksum")
line("tunnel ttl <hops:1-255>", default="tunnel ttl 255", usual_in=_is_tunnel)
line(
    "tunnel path-mtu-discovery"
    " [{age-timer {<minutes:10-30> | infinite} | min-mtu <bytes:92-65535>}*]"
)
line("tunnel route-via <interface:interface> <how:mandatory|preferred>")
line("tunnel vrf <vrf>")
line(
    "tunnel protection ipsec profile <profile> [shared] [{ikev2-profile <ikev2> |"
    " isakmp-profile <isakmp>}]"
)
line("channel-group <group:1-64> [mode <mode:active|passive|on>]")
line("lacp rate <rate:fast|normal>", default="lacp rate normal", usual_in=_is_port)


def _policy(edit: Edit) -> None:
    name = edit.values.get("policy")
    known = edit.router.config.root.has("policy-map", name)
    if edit.text is not None and not known and not edit.router.loading:
        raise RefusedError(f"% policy map {name} not configured")


line("service-policy <direction!:input|output> <policy>", check=_policy)
line("hold-queue <length:0-240000> <direction!:in|out>")
