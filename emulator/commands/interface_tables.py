"""What passed the interfaces by protocol and by VLAN, and whom packets can be sent to at once.

Layouts: genieparser and ntc-templates samples of IOS and IOS-XE.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC, CommandSet
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import chosen

if TYPE_CHECKING:
    from ..device import Router

ACCOUNTING_HEAD = "                Protocol    Pkts In   Chars In   Pkts Out  Chars Out\n"
NO_TRAFFIC = "No traffic sent or received on this interface."
ADJACENCY_HEAD = "Protocol Interface                 Address\n"
USUAL_REFERENCES = 6
"""How many users an adjacency has beside the routes through it."""
NATIVE = 1

declared = CommandSet()
declared.words(
    {
        "interfaces accounting": "Show interface accounting",
        "show vlans": "Virtual LANs Information",
        "show adjacency": "Adjacency information",
    }
)


@declared.exec("show interfaces [<name:interface>] accounting")
def show_accounting(call: Call) -> str:
    """What passed by protocol: all of it is IP."""
    interfaces = call.router.feature(Interfaces)
    text = ""
    for state in chosen(call):
        if state.parent:
            continue
        counters = interfaces.counters(state.name)
        sums = (counters.packets_in, counters.bytes_in, counters.packets_out, counters.bytes_out)
        text += f"{state.name} {state.description}\n{ACCOUNTING_HEAD}"
        if any(sums):
            text += f"{'IP':>24}" + "".join(f"{number:>11}" for number in sums) + "\n"
        else:
            text += f"{NO_TRAFFIC}\n"
    return text


# ---- VLANs ----


@declared.exec("show vlans")
def show_vlans(call: Call) -> str:
    """The VLANs of the sub-interfaces; untagged packets have the VLAN 1."""
    found: dict[int, list[InterfaceState]] = {}
    by_name = {state.name: state for state in call.router.feature(Interfaces).all()}
    for state in by_name.values():
        if state.vlan is not None:
            found.setdefault(state.vlan, []).append(state)
            main = found.setdefault(NATIVE, [])
            if by_name[state.parent] not in main:
                main.append(by_name[state.parent])
    if not found:
        return "\nNo Virtual LANs configured.\n\n"
    rows = _classic_vlan if call.router.family == CLASSIC else _vlan
    blocks = ("\n".join(rows(call.router, vlan, found[vlan])) for vlan in sorted(found))
    return "".join(f"{block}\n" for block in blocks)


def _sums(router: "Router", state: InterfaceState) -> tuple[tuple[int, int], tuple[int, int]]:
    counters = router.feature(Interfaces).counters(state.name)
    return (counters.packets_in, counters.bytes_in), (counters.packets_out, counters.bytes_out)


def _native(states: list[InterfaceState], behind: str) -> Iterator[str]:
    main = [state for state in states if state.vlan is None]
    if main:
        yield " This is configured as native Vlan for the following interface(s) :"
        yield from (f"{state.name}{behind}" for state in main)
        yield ""


def _vlan(router: "Router", vlan: int, states: list[InterfaceState]) -> Iterator[str]:
    tagged = [state for state in states if state.vlan is not None and state.ipv4]
    yield f"VLAN ID: {vlan} (IEEE 802.1Q Encapsulation)"
    yield ""
    yield from _native(states, " Native-vlan Tx-type: none")
    yield "   Protocols Configured:          Received:        Transmitted:"
    if tagged:
        taken = sum(_sums(router, state)[0][0] for state in tagged)
        sent = sum(_sums(router, state)[1][0] for state in tagged)
        yield f"{'IP':>23}{taken:>20}{sent:>20}"
    yield ""
    yield f"VLAN trunk interfaces for VLAN ID {vlan}:"
    yield from (state.name for state in states)
    yield ""
    for state in states:
        (packets_in, bytes_in), (packets_out, bytes_out) = _sums(router, state)
        yield f"{state.name} ({vlan})"
        yield ""
        if state in tagged:
            yield f"{'IP':>23}: {state.ipv4[0].ip}"
        yield ""
        yield f"      Total {packets_in} packets, {bytes_in} bytes input"
        yield f"      Total {packets_out} packets, {bytes_out} bytes output"
        yield ""


def _classic_vlan(router: "Router", vlan: int, states: list[InterfaceState]) -> Iterator[str]:
    yield f"Virtual LAN ID:  {vlan} (IEEE 802.1Q Encapsulation)"
    yield ""
    yield f"   vLAN Trunk Interface:   {states[0].name}"
    yield from (f"                           {state.name}" for state in states[1:])
    yield ""
    yield from _native(states, "\tNative-vlan Tx-type: Untagged")
    yield "   Protocols Configured:   Address:              Received:        Transmitted:"
    for state in states:
        (packets_in, bytes_in), (packets_out, bytes_out) = _sums(router, state)
        if state.vlan is not None and state.ipv4:
            address = str(state.ipv4[0].ip)
            yield f"           IP              {address:<15}{packets_in:>17}{packets_out:>20}"
        yield ""
        yield f"   {packets_in} packets, {bytes_in} bytes input"
        yield f"   {packets_out} packets, {bytes_out} bytes output"
    yield ""


# ---- adjacencies ----


@declared.exec("show adjacency")
def show_adjacency(call: Call) -> str:
    """The neighbours whose hardware addresses are known."""
    interfaces = call.router.feature(Interfaces)
    text = ADJACENCY_HEAD
    for vrf in ("", *interfaces.vrfs()):
        routes = interfaces.routes(vrf)
        for entry in interfaces.arp(vrf):
            if entry.age_s is not None:
                users = sum(route.next_hop == entry.address for route in routes)
                place = f"{entry.address}({USUAL_REFERENCES + users})"
                text += f"IP       {entry.interface:<25} {place}\n"
    return text
