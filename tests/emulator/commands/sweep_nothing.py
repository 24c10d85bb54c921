"""Where a router truly has nothing to show, so that a parser must find nothing."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network

from getvpn.emulator.services.routing_processes import eigrp_processes, ospf_processes
from getvpn.emulator.settings.gdoi import is_key_server

from . import sweep_groups as groups
from .sweep_forms import Form
from .sweep_truth import SITE, Truth

Has = Callable[[Truth, Form], bool]


@dataclass(frozen=True)
class Content:
    """What the commands `pattern` show, and whether a router has any of it."""

    pattern: str
    what: str
    has: Has


def named(*settings: str) -> Has:
    """Whether one of the settings is configured."""
    return lambda truth, _form: any(truth.router.config.root.all(each) for each in settings)


def never(_truth: Truth, _form: Form) -> bool:
    return False


def _has_keys(truth: Truth, form: Form) -> bool:
    wanted = form.value("label")
    kind = "ec" if "ec" in form.keywords else "rsa"
    pairs = truth.router.keys.pairs()
    return any(
        wanted in ("", pair.label) and ("all" in form.keywords or pair.kind.value == kind)
        for pair in pairs
    )


def _has_certificates(truth: Truth, form: Form) -> bool:
    chains = truth.names("crypto pki certificate chain")
    return form.value("name") in chains if form.value("name") else bool(chains)


def _has_ipv6(truth: Truth, form: Form) -> bool:
    wanted = form.value("name")
    return any(state.ipv6 for state in truth.states.values() if wanted in ("", state.name))


def _has_arp(truth: Truth, form: Form) -> bool:
    vrf, name = form.value("vrf"), form.value("name")
    if name and not vrf:
        vrf = truth.states[name].vrf
    wanted = (form.value("address"), form.value("mac"), name)
    return any(
        all(
            each in ("", true)
            for each, true in zip(wanted, (row.address, row.mac, row.interface), strict=True)
        )
        for row in truth.interfaces.arp(vrf)
    )


def _has_routes(truth: Truth, form: Form) -> bool:
    """Routes of the VRF and protocol, or one to the address."""
    vrf = form.value("vrf")
    six = "ipv6" in form.keywords
    target = form.value("network") or form.value("address") or form.value("prefix")
    if target:
        return truth.interfaces.lookup(target.partition("/")[0], vrf) is not None
    routes = truth.interfaces.routes6(vrf) if six else truth.interfaces.routes(vrf)
    protocols = {"connected": "C", "local": "L", "static": "S"}
    wanted = {"bgp", "eigrp", "ospf", "rip", "isis", *protocols} & set(form.keywords)
    if not wanted:
        return bool(routes)
    letter = protocols.get(wanted.pop(), "?")
    return any(route.code.startswith(letter) for route in routes)


def _has_prefix(truth: Truth, form: Form) -> bool:
    """Whether exactly this network is in the forwarding table; any if none is asked for."""
    vrf = form.value("vrf")
    text = form.value("prefix")
    if not text and form.value("mask"):
        text = f"{form.value('address')}/{form.value('mask')}"
    six = "ipv6" in form.keywords
    routes = truth.interfaces.routes6(vrf) if six else truth.interfaces.routes(vrf)
    if not text:
        return True
    return any(route.network == ip_network(text, strict=False) for route in routes)


def _has_lists(truth: Truth, form: Form) -> bool:
    return bool(truth.lists_shown(form.keywords, form.value("acl")))


def _is_port(truth: Truth, form: Form) -> bool:
    name = form.value("name") or form.value("interface")
    return not name or name in truth.router.platform.hardware.interfaces


def _is_lldp_port(truth: Truth, form: Form) -> bool:
    return bool(truth.router.config.root.has("lldp run")) and _is_port(truth, form)


def _counts(truth: Truth, form: Form) -> bool:
    """Whether an interface that is up has counters of its own."""
    states = [truth.states[form.value("name")]] if form.value("name") else truth.states.values()
    return any(not state.parent and not state.shutdown for state in states)


def _has_traffic(truth: Truth, form: Form) -> bool:
    names = [form.value("name")] if form.value("name") else list(truth.states)
    mains = [name for name in names if not truth.states[name].parent]
    return any(truth.interfaces.counters(name).packets_in for name in mains)


def on_interface(*settings: str) -> Has:
    """Whether the interfaces of the VRF have one of the settings, or the one that is asked for."""

    def has(truth: Truth, form: Form) -> bool:
        name = form.value("name")
        return any(
            entry.setting.name in settings
            for state in truth.states.values()
            for entry in truth.lines_of(state.name)
            if name in ("", state.name) and state.vrf == form.value("vrf")
        )

    return has


def _speaks_ospf(truth: Truth, form: Form) -> bool:
    members = [member for each in ospf_processes(truth.router) for member in each.members]
    return any(form.value("name") in ("", member.state.name) for member in members)


def _speaks_eigrp(truth: Truth, form: Form) -> bool:
    members = [member for each in eigrp_processes(truth.router) for member in each.members]
    names = {member.state.name for member in members if member.speaks}
    wanted = form.value("name")
    return not form.value("vrf") and (wanted in names if wanted else bool(names))


def _protects(truth: Truth, form: Form) -> bool:
    """Whether a crypto map with peers is applied to the interface, or has the peer, or a group."""
    if _has_flows(truth, form):
        return True
    # the sessions of members have no peer, whomever they asked
    asked = bool(form.value("remote")) and bool(groups.joined(truth))
    if "session" in form.keywords and not asked and _has_ike(truth, form):
        return True
    if {form.value("peer"), form.value("remote")} - {"", SITE}:
        return False
    for state in truth.states.values():
        own = {str(each.ip) for each in state.ipv4}
        wanted = {form.value("interface"), form.value("local")} - {"", state.name, *own}
        lines = truth.lines_of(state.name)
        if not wanted and any(entry.text == "crypto map SITE-MAP" for entry in lines):
            return True
    return False


def _has_flows(truth: Truth, form: Form) -> bool:
    """Whether a group protects something there; its flows have no peers."""
    if {form.value("peer"), form.value("remote")} - {""}:
        return False
    wanted = form.value("interface"), form.value("map"), form.value("local")
    return any(
        all(
            each in ("", true)
            for each, true in zip(
                wanted, (flow.interface, flow.map_name, flow.local_address), strict=True
            )
        )
        for flow in groups.flows(truth)
    )


def _serves(truth: Truth, _form: Form) -> bool:
    return any(map(is_key_server, truth.router.config.root.all("crypto gdoi group")))


def _joins(truth: Truth, _form: Form) -> bool:
    return bool(groups.joined(truth))


def _knows_devices(truth: Truth, _form: Form) -> bool:
    return bool(groups.served(truth) or groups.joined(truth))


def _knows_member(truth: Truth, form: Form) -> bool:
    known = {address for group in groups.served(truth) for address in group.members}
    return form.value("address") in known


def _holds_keys(truth: Truth, _form: Form) -> bool:
    return groups.holds_keys(truth)


def _has_ike(truth: Truth, form: Form) -> bool:
    """Whether there is an SA of the version of IKE, or of any, with these ends."""
    tables = groups.sas(truth)
    ike = [] if "ikev2" in form.keywords else tables.ike
    ikev2 = [] if "isakmp" in form.keywords else tables.ikev2
    return any(
        form.value("local") in ("", sa.local) and form.value("remote") in ("", sa.remote)
        for sa in (*ike, *ikev2)
    )


def _in_vrf(setting: str) -> Has:
    return lambda truth, form: not form.value("vrf") and named(setting)(truth, form)


def _has_vrf(truth: Truth, form: Form) -> bool:
    """VRFs with IPv4, which are all that `show ip vrf` knows."""
    wanted = form.value("vrf")
    if "ip" not in form.keywords:
        return bool(truth.interfaces.vrfs())
    if "interfaces" in form.keywords:
        vrfs = {state.vrf for state in truth.states.values()} - {""}
    else:
        vrfs = {"RED"} & set(truth.interfaces.vrfs())
    return wanted in vrfs if wanted else bool(vrfs)


def _is_4451(truth: Truth) -> bool:
    return truth.router.platform.name == "isr4451"


def _joined(truth: Truth, form: Form) -> bool:
    return on_interface("ip igmp join-group")(truth, form)


def _has_bgp_peer(truth: Truth, form: Form) -> bool:
    if not truth.names("router bgp") or {"vpnv4", "vpnv6", "multicast", "mdt"} & set(form.keywords):
        return False
    return form.value("peer") in ("", "2001:DB8:1::2" if "ipv6" in form.keywords else "192.0.2.2")


TABLE = (
    Content("dir.* null:", "files, which the null device does not have", never),
    Content(
        "show ip interface brief . (in|ex)clude", "the address", lambda t, _: bool(t.addresses)
    ),
    Content("show environment . include", "sensors with the word", lambda t, _: _is_4451(t)),
    Content("show running-config vrf", "VRFs", named("vrf definition")),
    Content("show running-config . section (bgp|route|vrf)", "BGP", named("router bgp")),
    Content("show running-config all . section class", "classes", named("class-map")),
    Content("show ip protocols . sec rip", "RIP", named("router rip")),
    Content("show logging count", "counters of messages", named("logging count")),
    Content("show archive log config", "logged commands", named("archive")),
    Content("show crypto key mypubkey", "key pairs of the kind", _has_keys),
    Content("show crypto (pki|ca) certificates", "certificates", _has_certificates),
    Content("show crypto (pki|ca) trustpoints", "trustpoints", named("crypto pki trustpoint")),
    Content("show crypto (pki|ca) crls", "revocation lists, which nobody publishes", never),
    Content("show crypto (pki|ca) server", "certificate servers", named("crypto pki server")),
    Content("show crypto (ipsec sa|session)", "crypto maps with peers", _protects),
    Content("show crypto map", "crypto maps", named("crypto map")),
    Content("show crypto gdoi ks members \\d\\S*", "the member", _knows_member),
    Content("show crypto gdoi ks", "groups that it serves", _serves),
    Content("show crypto gdoi ipsec sa", "keys", _holds_keys),
    Content("show crypto gdoi gm pubkey", "groups", named("crypto gdoi group")),
    Content("show crypto (gdoi|gkm) gm", "groups that it is a member of", _joins),
    Content("show crypto gdoi feature", "devices of groups", _knows_devices),
    Content("show crypto (gdoi|gkm)( detail)?$", "groups", named("crypto gdoi group")),
    Content("show crypto (isakmp|ikev2) (sa|session)", "peers that answered", _has_ike),
    Content("show interfaces.* transceiver", "optical transceivers", never),
    Content("show interfaces.* status", "ports of the chassis", _is_port),
    Content("show interfaces.* (summary|stats)", "counters of its own", _counts),
    Content("show ipv6 interface", "addresses of IPv6", _has_ipv6),
    Content("show (ip )?arp", "entries of the table", _has_arp),
    Content("show ipv6 neighbors", "neighbours that speak IPv6, which do not exist", never),
    Content("show ipv?6? route(?!-).*(?<!summary)", "routes that fit", _has_routes),
    Content("show ipv?6? cef", "networks that fit exactly", _has_prefix),
    Content("show (ip |ipv6 )?access-lists?", "lists of the kind", _has_lists),
    Content("show (ip )?vrf", "VRFs that fit", _has_vrf),
    Content("show ip sockets", "open sockets", named("snmp-server community")),
    Content("show tcp brief", "sessions over TCP, which are not there yet", never),
    Content("show ip ospf( 1)? neighbor", "neighbours that speak OSPF, which do not exist", never),
    Content(
        "show ip ospf( 1)? database (network|external)", "what only neighbours advertise", never
    ),
    Content("show ip ospf", "interfaces that speak OSPF", _speaks_ospf),
    Content("show (ip )?bgp.* neighbors.* \\S*routes", "routes that were exchanged", never),
    Content("show (ip )?bgp.* neighbors", "the peer", _has_bgp_peer),
    Content("show (ip )?bgp", "BGP", _has_bgp_peer),
    Content("show ip eigrp.* neighbors", "neighbours that speak EIGRP, which do not exist", never),
    Content("show ip eigrp interfaces detail", "interfaces that speak EIGRP", _speaks_eigrp),
    Content("show ip eigrp", "EIGRP in the VRF", _in_vrf("router eigrp")),
    Content("show ip static route", "static routes", named("ip route")),
    Content("show ip policy", "route maps of interfaces", on_interface("ip policy route-map")),
    Content("show ip rip database", "networks of RIP", named("router rip")),
    Content("show adjacency", "neighbours", lambda t, _: t.router.chassis.network is not None),
    Content("show interfaces.* accounting", "traffic", _has_traffic),
    Content("show ip aliases", "addresses", lambda t, _: bool(t.addresses)),
    Content("show ip protocols vrf", "protocols in the VRF", never),
    Content("show route-map", "route maps", named("route-map")),
    Content("show ip prefix-list", "lists", named("ip prefix-list")),
    Content("show ipv6 prefix-list", "lists", named("ipv6 prefix-list")),
    Content("show key chain", "key chains", named("key chain")),
    Content("show policy-map interface", "policies", on_interface("service-policy")),
    Content("show (class|policy)-map", "classes and policies", named("policy-map")),
    Content("show track", "tracked objects", named("track")),
    Content("show ip sla", "operations", named("ip sla")),
    Content("show standby", "groups", on_interface("standby ip")),
    Content("show vrrp", "groups", on_interface("vrrp ip")),
    Content("show ip dhcp pool", "pools", named("ip dhcp pool")),
    Content("show ip dhcp (conflict|binding)", "clients, which do not exist", never),
    Content("show ip igmp.* groups", "joined groups", _joined),
    Content("show ip igmp.* interface", "interfaces with multicast", on_interface("ip pim")),
    Content("show ip pim.* neighbor", "neighbours that speak PIM, which do not exist", never),
    Content("show ip pim.* interface", "interfaces with multicast", on_interface("ip pim")),
    Content("show ip pim.* rp mapping", "rendezvous points", _in_vrf("ip pim rp-address")),
    Content("show ip mroute", "multicast routes", named("ip multicast-routing")),
    Content("show ip nat", "translations", named("ip nat inside source static")),
    Content("show etherchannel", "bundles", lambda t, _: "Port-channel1" in t.states),
    Content("show ntp", "time servers", named("ntp server")),
    Content("show (cdp|lldp) neighbors", "neighbours that speak it, which do not exist", never),
    Content("show cdp", "CDP", named("cdp run")),
    Content("show lldp interface", "ports of the chassis", _is_lldp_port),
    Content("show lldp", "LLDP", named("lldp run")),
    Content("show snmp", "an agent", named("snmp-server community")),
    Content("show tacacs", "servers", named("tacacs server")),
    Content("show aaa servers", "servers", named("radius server")),
    Content("show license summary", "licences in use", never),
)


def content(text: str) -> Content | None:
    """What a command shows; None for one that always has something to show."""
    return next((row for row in TABLE if re.match(rf"{row.pattern}(?!\w)", text)), None)


def nothing(truth: Truth, form: Form) -> bool:
    """Whether the router has nothing that the command could show."""
    found = content(form.text)
    return found is not None and not found.has(truth, form)
