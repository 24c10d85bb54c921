"""The ARP table and the neighbours of IPv6."""

from collections import Counter

from ..grammar import CommandSet, short_interface
from ..services.interfaces import ArpEntry, Interfaces
from ..shell.call import Call
from .interface_choice import chosen
from .vrf_choice import vrf_of

HEAD = "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n"
NEIGHBOUR_HEAD = "IPv6 Address                              Age Link-layer Addr State Interface\n"
OWN = "-"

declared = CommandSet()
declared.words(
    {
        "show arp": "ARP table",
        "show arp A.B.C.D": "IP address of ARP entry",
        "show arp H.H.H": "48-bit hardware address of ARP entry",
        "show arp vrf": "Select a VPN Routing/Forwarding instance",
        "show arp summary": "Summary of ARP table",
        "show ip arp": "IP ARP table",
        "show ip arp vrf": "Select a VPN Routing/Forwarding instance",
        "show ipv6": "IPv6 information",
        "show ipv6 neighbors": "Show IPv6 neighbor cache entries",
        "clear arp-cache": "Clear the entire ARP cache",
        "clear ip arp": "Clear an ARP entry",
        "clear ipv6": "Clear IPv6 information",
        "clear ipv6 neighbors": "Clear IPv6 neighbor cache",
        "arp summary": "Summary of ARP table",
    }
)


@declared.exec(
    "show arp [vrf <vrf>] [<address:ipv4> | <mac:mac> | <name:interface>]",
    "show ip arp [vrf <vrf>] [<address:ipv4> | <mac:mac> | <name:interface>]",
)
def show_arp(call: Call) -> str:
    """The ARP table, or what fits an address or an interface."""
    entries = _entries(call)
    if not entries and _narrowed(call):
        return ""
    return HEAD + "".join(map(_row, entries))


def _narrowed(call: Call) -> bool:
    return any(call.get(argument) is not None for argument in ("address", "mac", "name"))


def _entries(call: Call) -> list[ArpEntry]:
    vrf = vrf_of(call, "VRF")
    if call.get("name") is not None:
        (state,) = chosen(call)
        vrf = vrf if call.get("vrf") is not None else state.vrf
    wanted = (call.get("address"), call.get("mac"), call.get("name"))
    return [
        entry
        for entry in call.router.feature(Interfaces).arp(vrf)
        if wanted[0] in (None, entry.address)
        and (wanted[1] is None or wanted[1].lower() == entry.mac)
        and wanted[2] in (None, entry.interface)
    ]


def _row(entry: ArpEntry) -> str:
    age = OWN if entry.age_s is None else str(int(entry.age_s // 60))
    return f"Internet  {entry.address:<17}{age:>8}   {entry.mac}  ARPA   {entry.interface}\n"


@declared.exec("show ip arp summary")
def show_ip_arp_summary(call: Call) -> str:
    """How many entries there are."""
    return f"{len(_everywhere(call))} IP ARP entries, with 0 of them incomplete\n"


def _everywhere(call: Call) -> list[ArpEntry]:
    """The entries of all VRFs."""
    interfaces = call.router.feature(Interfaces)
    return [entry for vrf in ("", *interfaces.vrfs()) for entry in interfaces.arp(vrf)]


@declared.exec("show arp summary")
def show_arp_summary(call: Call) -> str:
    """How many entries there are of each kind, and on each interface."""
    entries = _everywhere(call)
    own = sum(entry.age_s is None for entry in entries)
    counts = (
        ("Total number of entries in the ARP table", len(entries)),
        ("Total number of Dynamic ARP entries", len(entries) - own),
        ("Total number of Incomplete ARP entries", 0),
        ("Total number of Interface ARP entries", own),
        ("Total number of Static ARP entries", 0),
        ("Total number of Alias ARP entries", 0),
        ("Total number of Simple Application ARP entries", 0),
        ("Total number of Application Alias ARP entries", 0),
        ("Total number of Application Timer ARP entries", 0),
    )
    rows = Counter(entry.interface for entry in entries)
    return (
        "".join(f"{text}: {count}.\n" for text, count in counts)
        + "Interface           Entry Count\n"
        + "".join(f"{short_interface(name):<24}{count}\n" for name, count in rows.items())
    )


@declared.exec("show ipv6 neighbors [vrf <vrf>] [<name:interface> | <address:ipv6>]")
def show_ipv6_neighbors(call: Call) -> str:
    """The neighbours that IPv6 knows; nobody at the other ends of the cables speaks it."""
    vrf_of(call, "VRF")
    if call.get("name") is not None:
        chosen(call)
    return NEIGHBOUR_HEAD


@declared.exec(
    "clear arp-cache [<address:ipv4> | interface <name:interface>]",
    "clear ip arp [vrf <vrf>] [<address:ipv4>]",
    "clear ipv6 neighbors [<name:interface>]",
    privilege=15,
)
def clear_arp(call: Call) -> None:
    """Ask the neighbours again; they answer at once."""
    if call.get("name") is not None:
        chosen(call)
