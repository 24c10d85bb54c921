"""What a router surely has and a command shows, so that its parser must find it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from getvpn.emulator.services.access_lists import access_lists
from getvpn.emulator.settings.gdoi import is_key_server

from .sweep_checks import words
from .sweep_forms import Form
from .sweep_routers import NEIGHBOURS
from .sweep_truth import Truth
from .sweep_wrong import GENIE, NTC

NTP_SERVERS = ("192.0.2.2", "192.0.2.253")
Values = Callable[[Truth, Form], Iterable[str]]


@dataclass(frozen=True)
class Required:
    """What the parsers `tools` must find in the commands that are `pattern` in full."""

    pattern: str
    values: Values
    tools: tuple[str, ...] = (GENIE, NTC)


def _software(truth: Truth, _form: Form) -> list[str]:
    router = truth.router
    return [router.hostname, router.software.version, router.serial]


def _box(truth: Truth, _form: Form) -> list[str]:
    return [truth.router.serial, truth.router.platform.model]


def _interfaces(truth: Truth, form: Form) -> list[str]:
    return [form.value("name")] if form.value("name") else list(truth.states)


def _main_interfaces(truth: Truth, form: Form) -> list[str]:
    return [name for name in _interfaces(truth, form) if not truth.states[name].parent]


def _counted(truth: Truth, form: Form) -> list[str]:
    states = truth.states
    names = _main_interfaces(truth, form)
    # genie knows no dashes in names
    return [name for name in names if not states[name].shutdown and "-" not in name]


def _first_addresses(truth: Truth, form: Form) -> list[str]:
    states = [truth.states[name] for name in _interfaces(truth, form)]
    names = [state.name for state in states]
    return [*names, *(str(state.ipv4[0].ip) for state in states if state.ipv4)]


def _details(truth: Truth, form: Form) -> list[str]:
    """Interfaces with hardware addresses and descriptions."""
    states = [truth.states[name] for name in _interfaces(truth, form)]
    found = [state.name for state in states]
    found += [state.mac for state in states if state.mac]
    return found + [state.description for state in states if state.description]


def _addresses6(truth: Truth, form: Form) -> list[str]:
    states = [truth.states[name] for name in _interfaces(truth, form)]
    return [str(own.ip).upper() for state in states for own in state.ipv6]


def _arp(truth: Truth, form: Form) -> list[str]:
    rows = truth.interfaces.arp(form.value("vrf"))
    return [text for row in rows for text in (row.address, row.mac)]


def _resolving(truth: Truth, _form: Form) -> list[str]:
    """The interfaces that have entries."""
    vrfs = ("", *truth.interfaces.vrfs())
    return [row.interface for vrf in vrfs for row in truth.interfaces.arp(vrf)]


def _networks(truth: Truth, form: Form) -> list[str]:
    return [str(route.network) for route in truth.interfaces.routes(form.value("vrf"))]


def _networks6(truth: Truth, form: Form) -> list[str]:
    return [str(r.network).upper() for r in truth.interfaces.routes6(form.value("vrf"))]


def _split_networks(truth: Truth, form: Form) -> list[str]:
    return [text.partition("/")[0] for text in _networks(truth, form)]


def _lists(truth: Truth, form: Form) -> list[str]:
    """The names of lists and the numbers of their lines."""
    found = []
    for acl in access_lists(truth.router.config.root):
        if acl.name in truth.lists_shown(form.keywords, form.value("acl")):
            found += [acl.name, *(str(number) for number, _ in acl.entries)]
    return found


def _names(*settings: str) -> Values:
    return lambda truth, form: [
        name
        for setting in settings
        for name in truth.names(setting)
        if not form.values or name in dict(form.values).values()
    ]


def _always(*texts: str) -> Values:
    return lambda _truth, _form: texts


def _when(setting: str, *texts: str) -> Values:
    return lambda truth, _form: texts if truth.router.config.root.all(setting) else ()


def _served(truth: Truth, _form: Form) -> list[str]:
    """The groups that the router serves."""
    entries = truth.router.config.root.all("crypto gdoi group")
    return [str(entry["name"]) for entry in entries if is_key_server(entry)]


GROUP_SHOWS = "acl|detail|identifier( detail)?|coop (detail|identifier( detail)?)|members summary"
TABLE = (
    Required("show version", _software),
    Required("show inventory", _box),
    Required("show license (udi|all)", _box),
    Required("show interfaces( <name>)?", _details),
    Required("show interfaces( <name>)? stats", _counted),
    Required("show interfaces summary", _main_interfaces, (GENIE,)),
    Required("show ip interface( <name>)?", _first_addresses),
    Required("show ip interface brief( <name>)?", _first_addresses),
    Required("show ipv6 interface( brief)?( <name>)?", _addresses6),
    Required("show (ip )?arp( vrf <vrf>)?", _arp),
    Required("show ip route( vrf <vrf>)?", _networks, (GENIE,)),
    Required("show ip route", _split_networks, (NTC,)),
    Required("show ip cef", _networks, (GENIE,)),
    Required("show ipv6 route( vrf <vrf>)?", _networks6, (GENIE,)),
    Required("show ((ip )?access-lists|ipv6 access-list)( <acl>)?", _lists),
    Required("show vrf( <vrf>)?", _names("vrf definition")),
    Required("show vrf detail( <vrf>)?", _names("vrf definition")),
    Required("show ip ospf", _when("router ospf", "10.255.0.1", "1"), (GENIE,)),
    Required("show ip ospf database", _when("router ospf", "192.0.2.0", "10.1.100.0")),
    Required("show (ip )?bgp (all )?summary", _when("router bgp", "192.0.2.2", "65001", "65000")),
    Required("show (ip )?bgp (all )?neighbors", _when("router bgp", "192.0.2.2", "65001")),
    Required("show ip eigrp topology", _when("router eigrp", "192.0.2.0/24"), (GENIE,)),
    Required("show ip protocols", _when("router ospf", "ospf", "eigrp", "rip", "bgp")),
    Required("show route-map( <map>)?", _names("route-map")),
    Required("show ip prefix-list( <list>)?", _names("ip prefix-list")),
    Required("show key chain", _names("key chain")),
    Required("show class-map( <map>)?", _names("class-map")),
    Required("show policy-map( <policy>)?", _names("policy-map")),
    Required("show ntp associations( detail)?", _when("ntp server", *NTP_SERVERS)),
    Required("show crypto key mypubkey (all|rsa)", lambda truth, _: truth.labels(), (GENIE,)),
    Required("show crypto pki trustpoints( status)?", _names("crypto pki trustpoint"), (GENIE,)),
    Required("show crypto pki certificates( <name>)?", _names("crypto pki certificate chain")),
    Required("show crypto ikev2 proposal( <name>)?", _names("crypto ikev2 proposal"), (GENIE,)),
    Required("show crypto ikev2 profile( <name>)?", _names("crypto ikev2 profile"), (GENIE,)),
    Required("show crypto ipsec profile( <name>)?", _names("crypto ipsec profile"), (GENIE,)),
    Required(f"show crypto gdoi ks ({GROUP_SHOWS})", _served, (GENIE,)),
    Required("show crypto gdoi feature( \\S+)?", _served, (GENIE,)),
    Required("show snmp community", _names("snmp-server community")),
    Required("show snmp group", _names("snmp-server group")),
    Required("show snmp user", _names("snmp-server user")),
    Required("show ip sla (summary|statistics|configuration)", _names("ip sla")),
    Required("show standby( brief| all)?", _when("ip sla", "10", "10.1.100.254")),
    Required("show vrrp( brief)?", _when("ip sla", "20", "10.1.100.253")),
    Required("show ip nat translations", _when("ip sla", "10.1.100.77", "198.51.100.77")),
    Required("show ip dhcp pool", _names("ip dhcp pool")),
    Required("show ip igmp groups", _when("ip sla", "239.1.1.1")),
    Required("show users", _always("0 con 0"), (GENIE,)),
    Required("show hosts", _when("ip host", "example.net", "192.0.2.53"), (GENIE,)),
    Required("show aaa servers", _when("radius server", "192.0.2.31"), (GENIE,)),
    Required("show running-config vrf", _names("vrf definition"), (GENIE,)),
    Required("show arp summary", _resolving, (GENIE,)),
    Required("show adjacency", _when("router rip", *NEIGHBOURS), (NTC,)),
    Required("show ip static route", _when("router rip", "10.50.0.0/16", "192.0.2.3"), (GENIE,)),
    Required("show ip rip database", _when("router rip", "198.51.100.0/24"), (GENIE,)),
    Required("show ip policy", _when("router rip", "PBR"), (GENIE,)),
    Required("show tacacs", _when("tacacs server", "192.0.2.32")),
    Required("show cdp interface", _when("cdp run", "60", "180"), (GENIE,)),
    Required("show archive", _when("archive", "3"), (GENIE,)),
)


def missing(truth: Truth, form: Form, tool: str, found: object) -> list[str]:
    """What a parser should have found and has not."""
    shape = " ".join(form.shape)
    seen: set[str] | None = None
    absent: list[str] = []
    for row in TABLE:
        if tool in row.tools and re.fullmatch(row.pattern, shape):
            seen = {word.lower() for word in words(found)} if seen is None else seen
            absent += [text for text in row.values(truth, form) if text.lower() not in seen]
    return absent
