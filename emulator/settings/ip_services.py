"""What the router does with IP as a whole: forwarding, multicast, DHCP, NAT, TCP."""

from functools import partial
from ipaddress import IPv4Address, IPv4Network

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import CLASSIC, XE, CommandSet, RefusedError
from .helping import in_modes
from .ip_services_help import HELP
from .references import check_vrf
from .switches import as_delivered, both_ways, positive_only

declared = CommandSet()
declared.words(in_modes(HELP, "config", "dhcp-pool", "l3vpn"))
declared.mode("dhcp-pool", "dhcp-config")
declared.mode("l3vpn", "config-l3vpn-encap-ip")


def _in_vrf(edit: Edit) -> None:
    if edit.text is not None and edit.values.get("vrf"):
        check_vrf(edit, str(edit.values["vrf"]))


# ---- forwarding ----


def _not_on_xe(entry: Entry, family: str) -> str | None:
    """IOS-XE always forwards with CEF and does not print that it does."""
    return None if family == XE and not entry.negated else entry.text


def _cef(edit: Edit) -> None:
    """IOS-XE cannot do without."""
    if edit.negated and edit.family == XE:
        raise RefusedError("%Cannot disable CEF on this platform")
    both_ways(on=True)(edit)


early = partial(declared.setting, "config", section="ip-early")
glob = partial(declared.setting, "config", section="ip-global")
early("ip source-route", default_on=True)
early("ip options <what:drop|ignore>")
early("ip bootp server", default_on=True)
early("ip gratuitous-arps", default_on=True)
early("ip icmp rate-limit unreachable", default_on=True)
early("ip icmp redirect <what:host|subnet>")
early("ip arp proxy disable")
glob("ip routing", default_on=True)
glob("ip subnet-zero", default_on=True)
glob("ip classless", default_on=True)
glob("ip multicast-routing [vrf <vrf!>] [distributed]", check=_in_vrf)
glob("ip cef [distributed]", check=_cef, shown=_not_on_xe)
glob("ip nbar protocol-pack <file>")
glob("ip inspect name <list!> <protocol!>")

six = partial(declared.setting, "config", section="ipv6-global")
six("ipv6 unicast-routing")
six("ipv6 multicast-routing [vrf <vrf!>]", check=_in_vrf)
six("ipv6 cef", check=both_ways(on=True), families=(CLASSIC,))
six("ipv6 cef", check=both_ways(on=True), families=(XE,), shown=positive_only(XE))
six("ipv6 source-route", default_on=True)

# ---- DHCP ----


def _excluded_order(entry: Entry) -> tuple[str, int]:
    return str(entry.get("vrf") or ""), int(IPv4Address(str(entry["low"])))


def _excluded(edit: Edit) -> None:
    low, high = str(edit.values["low"]), edit.values.get("high")
    if edit.text is not None and high and int(IPv4Address(str(high))) < int(IPv4Address(low)):
        raise RefusedError("% Range is not valid")


def _pool_network(edit: Edit) -> None:
    """A pool hands out the addresses of one network; a length stands for its mask."""
    values = edit.values
    length = values.get("length")
    if edit.text is None:
        return
    mask = values.get("mask")
    try:
        network = IPv4Network(f"{values['address']}{length or '/' + str(mask)}")
    except ValueError:
        raise RefusedError(f"% Invalid network {values['address']}") from None
    edit.text = f"network {network.network_address} {network.netmask}"


dhcp = partial(declared.setting, "config", section="ip-dhcp")
dhcp("ip dhcp bootp ignore")
dhcp("ip dhcp conflict logging", default_on=True)
dhcp("ip dhcp use vrf <vrf:connected|remote>")
dhcp(
    "ip dhcp excluded-address [vrf <vrf!>] <low!:ipv4> [<high!:ipv4>]",
    name="ip dhcp excluded-address",
    check=_excluded,
    order=_excluded_order,
)
declared.setting("config", "ip dhcp pool <pool!>", section="dhcp-pool", enters="dhcp-pool")
pool = partial(declared.setting, "dhcp-pool")
pool("vrf <vrf>")
pool("import all")
pool("network <address:ipv4> [{<mask:netmask> | <length>}]", check=_pool_network)
pool("host <address:ipv4> [<mask:netmask>]")
pool("client-identifier <identifier>")
pool("hardware-address <address> [<type>]")
pool("client-name <name>")
pool("bootfile <file>")
pool("next-server {<servers:ipv4>}+")
pool("default-router {<routers:ipv4>}+")
pool("dns-server {<servers:ipv4>}+")
pool("netbios-name-server {<servers:ipv4>}+")
pool("netbios-node-type <type>")
pool("domain-name <domain>")
pool("option <code!:0-254> {ip {<addresses:ipv4>}+ | hex <hex> | ascii <ascii:line>}")
pool("lease {<days:0-365> [<hours:0-23> [<minutes:0-59>]] | infinite}", default="lease 1")
pool("update arp")

# ---- TCP ----

tcp = partial(declared.setting, "config", section="ip-tcp")
tcp("ip tcp mss <bytes:68-10000>")
tcp("ip tcp path-mtu-discovery [age-timer {<minutes:10-30> | infinite}]")
tcp("ip tcp selective-ack")
tcp("ip tcp timestamp")
tcp("ip tcp window-size <bytes:0-1073741823>")
tcp("ip tcp synwait-time <seconds:5-300>", default="ip tcp synwait-time 30")
tcp("ip tcp queuemax <packets:5-500>")

# ---- behind the routing protocols ----


def _policy(edit: Edit) -> None:
    if edit.text is None or edit.router.loading:
        return
    name = str(edit.values["map"])
    if not any(entry["map"] == name for entry in edit.block.all("route-map")):
        edit.dialogue.write(f"%Route-map {name} is not yet configured\n")


behind = partial(declared.setting, "config", section="ip-forward")
behind("ip default-gateway <address:ipv4>")
behind("ip default-network <address!:ipv4>")
behind("ip local pool <pool!> <low:ipv4> [<high:ipv4>]")
behind("ip local policy route-map <map>", check=_policy)
behind("ip forward-protocol nd", check=as_delivered)
behind("ip forward-protocol udp [<port!>]")
behind("ip forward-protocol spanning-tree")
behind("ip bgp-community new-format")
PIM = "ip pim [vrf <vrf!>]"
behind("ip pim bidir-enable")
behind(f"{PIM} ssm {{default | range <acl>}}", name="ip pim ssm", check=_in_vrf)
behind(f"{PIM} autorp listener", name="ip pim autorp listener", check=_in_vrf)
behind(
    f"{PIM} rp-address <address!:ipv4> [<acl>] [override] [bidir]",
    name="ip pim rp-address",
    check=_in_vrf,
)
behind(
    f"{PIM} bsr-candidate <interface:interface> [<hash:0-32>] [<priority:0-255>]",
    name="ip pim bsr-candidate",
)
behind(
    f"{PIM} rp-candidate <interface!:interface> {{group-list <acl> | priority <priority:0-255>"
    " | interval <interval:1-16383>}*",
    name="ip pim rp-candidate",
)
behind(f"{PIM} register-source <interface:interface>", name="ip pim register-source")
behind(f"{PIM} spt-threshold infinity [group-list <acl>]", name="ip pim spt-threshold")
behind("ip igmp ssm-map enable")
behind("ip igmp ssm-map static <acl!> <source!:ipv4>")
behind("ip msdp peer <peer!:ipv4> [connect-source <interface:interface>] [remote-as <as>]")
behind("ip msdp originator-id <interface:interface>")
behind(
    "ip mroute <source!:ipv4> <mask!:netmask> {<interface!:interface> | <rpf!:ipv4>}"
    " [<distance:0-255>]"
)
behind("ip flow-export source <interface:interface>")
behind("ip flow-export version <version:1|5|9>")
behind("ip flow-export destination <address!:ipv4> <port!:1-65535>")
behind("ip flow-cache timeout <which!:active|inactive> <time:1-600>")

# ---- NAT ----


def _nat_pool(edit: Edit) -> None:
    if edit.text is None:
        return
    values = edit.values
    low, high = int(IPv4Address(str(values["low"]))), int(IPv4Address(str(values["high"])))
    length = values.get("netmask") or values.get("length")
    network = IPv4Network(f"{values['low']}/{length}", strict=False)
    if high < low or IPv4Address(high) not in network:
        raise RefusedError("%Start and end addresses on different subnets")


nat = partial(declared.setting, "config", section="ip-nat")
nat(
    "ip nat translation <what!:timeout|tcp-timeout|udp-timeout|icmp-timeout|finrst-timeout"
    "|syn-timeout|dns-timeout> {<seconds:0-536870> | never}"
)
nat("ip nat translation max-entries <count:1-2147483647>")
nat(
    "ip nat pool <pool!> <low:ipv4> <high:ipv4> {netmask <netmask:mask>"
    " | prefix-length <length:1-32>} [type <type:rotary|match-host>] [add-route]",
    check=_nat_pool,
)
STATIC_END = (
    "{vrf <vrf> | extendable | no-alias | no-payload | route-map <map> | redundancy <group>}*"
)
nat(
    "ip nat inside source static <local!:ipv4>"
    f" {{<global!:ipv4> | interface <interface!:interface>}} {STATIC_END}",
    name="ip nat inside source static",
)
nat(
    "ip nat inside source static <protocol!:tcp|udp> <local!:ipv4> <local_port!:1-65535>"
    f" {{<global!:ipv4> | interface <interface!:interface>}} <global_port!:1-65535> {STATIC_END}",
    name="ip nat inside source static",
)
nat(
    "ip nat inside source static network <local!:ipv4> <global!:ipv4> {<mask:netmask> | <length>}"
    f" {STATIC_END}",
    name="ip nat inside source static network",
)
nat(
    "ip nat inside source {list <acl!> | route-map <map!>} {pool <pool> | interface"
    " <interface:interface>} {vrf <vrf> | overload | match-in-vrf}*",
    name="ip nat inside source",
)
nat(
    "ip nat outside source static <global!:ipv4> <local!:ipv4>"
    " {add-route | extendable | vrf <vrf>}*"
)
nat("ip nat outside source list <acl!> pool <pool> [add-route]")

# ---- tunnels of MPLS VPNs over IP ----

declared.setting("config", "l3vpn encapsulation ip <profile!>", section="l3vpn", enters="l3vpn")
l3vpn = partial(declared.setting, "l3vpn")
l3vpn("transport ipv4 [source <interface:interface>]")
l3vpn("protocol gre [key <key:0-4294967295>]")
l3vpn("mpls mtu max")
