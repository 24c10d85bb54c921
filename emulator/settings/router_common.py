"""What routing protocols share: redistribution, passive interfaces, networks."""

from collections.abc import Callable
from ipaddress import IPv4Address, IPv4Network

from ..config.edit import Edit
from ..config.store import Entry
from ..grammar import RefusedError

SOURCES = "<source!:connected|static|rip|isis> | <source!:bgp|eigrp|ospf> <process!> [vrf <vrf!>]"
PROTOCOL_HELP = {
    "router": "Enable a routing process",
    "router bgp": "Border Gateway Protocol (BGP)",
    "router eigrp": "Enhanced Interior Gateway Routing Protocol (EIGRP)",
    "router ospf": "Open Shortest Path First (OSPF)",
    "router ospfv3": "OSPFv3",
    "router rip": "Routing Information Protocol (RIP)",
    "network": "Enable routing on an IP network",
    "passive-interface": "Suppress routing updates on an interface",
    "passive-interface default": "Suppress routing updates on all interfaces",
    "redistribute": "Redistribute information from another routing protocol",
    "redistribute connected": "Connected",
    "redistribute static": "Static routes",
    "distance": "Define an administrative distance",
    "maximum-paths": "Forward packets over multiple paths",
    "default-information": "Control distribution of default information",
    "default-information originate": "Distribute a default route",
    "default-metric": "Set metric of redistributed routes",
    "distribute-list": "Filter networks in routing updates",
    "neighbor": "Specify a neighbor router",
    "router-id": "router-id for this process",
    "summary-address": "Configure IP address summaries",
    "timers": "Adjust routing timers",
    "area": "OSPF area parameters",
    "address-family": "Enter Address Family command mode",
    "route-map": "Route map reference",
    "metric": "Metric for redistributed routes",
    "include-connected": "Include connected",
    "auto-summary": "Enable automatic network number summarization",
    "exit-address-family": "Exit from Address Family configuration mode",
}

Declare = Callable[..., None]


def passive(edit: Edit) -> None:
    """`passive-interface X`; where all are passive, the exceptions are kept."""
    block = edit.block
    if not edit.negated and not edit.reset:
        if block.has("passive-interface default"):
            # it is passive already: only an exception ends
            edit.text = None
        return
    if edit.negated and block.has("passive-interface default"):
        edit.text = f"no passive-interface {edit.values['interface']}"


def passive_default(edit: Edit) -> None:
    """Either all or none are passive at first: the lines about single interfaces go."""
    if (edit.before is None) == (edit.text is None):
        return
    for entry in edit.block.all("passive-interface"):
        edit.router.config.remove(edit.block, entry.key)


def passive_lines(declare: Declare) -> None:
    """Declare `passive-interface` in a mode."""
    declare("passive-interface default", check=passive_default)
    declare("passive-interface <interface!:interface>", check=passive)


def natural_mask(address: str) -> str | None:
    """The mask of the class of an address; None for one that is of no class."""
    first = int(address.partition(".")[0])
    if first < 128:
        return "255.0.0.0"
    if first < 192:
        return "255.255.0.0"
    return "255.255.255.0" if first < 224 else None


def of_class(address: str) -> str:
    """The network of the class that an address is in."""
    mask = natural_mask(address)
    if mask is None:
        return address
    return str(IPv4Network(f"{address}/{mask}", strict=False).network_address)


def network_with_wildcard(edit: Edit) -> None:
    """`network A [W]` of EIGRP: without a wildcard it is the network of the class."""
    values = edit.values
    address, wildcard = str(values["address"]), values.get("wildcard")
    if natural_mask(address) is None:
        raise RefusedError(argument="address")
    if wildcard is None:
        values["address"] = of_class(address)
    else:
        free = int(IPv4Address(wildcard))
        if free & (free + 1) and not (free ^ 0xFFFFFFFF) & ((free ^ 0xFFFFFFFF) + 1):
            # a mask was typed: IOS takes it for what it is
            free ^= 0xFFFFFFFF
        base = str(IPv4Address(int(IPv4Address(address)) & ~free & 0xFFFFFFFF))
        values["address"], values["wildcard"] = base, str(IPv4Address(free))
        natural = natural_mask(base)
        if natural is not None and int(IPv4Address(natural)) == free ^ 0xFFFFFFFF:
            values["wildcard"] = None
    if edit.text is not None:
        tail = f" {values['wildcard']}" if values.get("wildcard") else ""
        edit.text = f"network {values['address']}{tail}"


def by_address(entry: Entry) -> int:
    """Networks stand in the order of their addresses."""
    return int(IPv4Address(str(entry["address"])))
