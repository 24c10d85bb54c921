"""CDP and LLDP on each interface, and what they have sent and heard.

Layouts: genieparser samples of IOS-XE.
"""

from typing import TYPE_CHECKING

from ..grammar import CommandSet
from ..services.advertising import (
    CDP,
    CDP_HOLD_S,
    LLDP,
    advertised,
    cdp_runs,
    neighbours,
    speaks,
    timer_s,
)
from ..services.interface_state import InterfaceState
from ..shell.call import Call
from .interface_choice import chosen
from .neighbours import CDP_OFF, LLDP_OFF, lldp_entries

if TYPE_CHECKING:
    from ..device import Router

declared = CommandSet()
declared.words(
    {
        "cdp interface": "CDP interface status and configuration",
        "cdp traffic": "CDP statistics",
        "lldp interface": "LLDP interface status and configuration",
        "lldp traffic": "LLDP statistics",
        "lldp entry": "Information for specific neighbor entry",
        "lldp entry *": "all LLDP neighbor entries",
    }
)


def _ports(call: Call) -> list[InterfaceState]:
    hardware = call.router.platform.hardware.interfaces
    return [state for state in chosen(call, "interface") if state.name in hardware]


def _heard(router: "Router", protocol: str) -> int:
    """How many advertisements have come from the neighbours, since both lines were up."""
    count = 0
    for each in neighbours(router, protocol):
        since = max(each.local.changed_at, each.remote.changed_at)
        count += 1 + int(router.clock.now() - since) // timer_s(each.router, protocol)
    return count


# ---- CDP ----


def _cdp_ports(call: Call) -> list[InterfaceState]:
    return [state for state in _ports(call) if speaks(call.router, CDP, state.name)]


@declared.exec("show cdp interface [<interface:interface>]")
def show_cdp_interface(call: Call) -> str:
    """The interfaces on which CDP sends."""
    if not cdp_runs(call.router):
        return CDP_OFF
    hold = call.router.config.root.value("cdp holdtime", "seconds", CDP_HOLD_S)
    ports = _cdp_ports(call)
    text = "".join(
        f"{state.name} is {state.status}, line protocol is {state.protocol}\n"
        "  Encapsulation ARPA\n"
        f"  Sending CDP packets every {timer_s(call.router, CDP)} seconds\n"
        f"  Holdtime is {hold} seconds\n"
        for state in ports
    )
    if call.get("interface") is not None:
        return text
    up = sum(state.line_up for state in ports)
    return (
        f"{text}\n cdp enabled interfaces : {len(ports)}\n interfaces up          : {up}\n"
        f" interfaces down        : {len(ports) - up}\n"
    )


@declared.exec("show cdp traffic")
def show_cdp_traffic(call: Call) -> str:
    """What was sent, and what came in."""
    router = call.router
    if not cdp_runs(router):
        return CDP_OFF
    sent = sum(advertised(router, state, CDP) for state in _cdp_ports(call))
    second = 0 if router.config.root.off("cdp advertise-v2") else sent
    heard = _heard(router, CDP)
    return (
        f"CDP counters :\n\tTotal packets output: {sent}, Input: {heard}\n"
        "\tHdr syntax: 0, Chksum error: 0, Encaps failed: 0\n"
        "\tNo memory: 0, Invalid packet: 0, \n"
        f"\tCDP version 1 advertisements output: {sent - second}, Input: 0\n"
        f"\tCDP version 2 advertisements output: {second}, Input: {heard}\n"
    )


# ---- LLDP ----


@declared.exec("show lldp interface [<interface:interface>]")
def show_lldp_interface(call: Call) -> str:
    """What LLDP does on each port."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    text = ""
    for state in _ports(call):
        sends, takes = (
            speaks(call.router, LLDP, state.name, way) for way in ("transmit", "receive")
        )
        text += (
            f"\n{state.name}:\n"
            f"    Tx: {'enabled' if sends else 'disabled'}\n"
            f"    Rx: {'enabled' if takes else 'disabled'}\n"
            f"    Tx state: {'IDLE' if sends and state.line_up else 'INIT'}\n"
            f"    Rx state: {'WAIT FOR FRAME' if takes and state.line_up else 'WAIT PORT OPER'}\n"
        )
    return f"{text}\n"


@declared.exec("show lldp traffic")
def show_lldp_traffic(call: Call) -> str:
    """What was sent, and what came in."""
    router = call.router
    if not router.config.root.has("lldp run"):
        return LLDP_OFF
    ports = [state for state in _ports(call) if speaks(router, LLDP, state.name, "transmit")]
    sent = sum(advertised(router, state, LLDP) for state in ports)
    rows = (
        ("Total frames out", sent),
        ("Total entries aged", 0),
        ("Total frames in", _heard(router, LLDP)),
        ("Total frames received in error", 0),
        ("Total frames discarded", 0),
        ("Total TLVs discarded", 0),
        ("Total TLVs unrecognized", 0),
    )
    body = "".join(f"    {name}: {number}\n" for name, number in rows)
    return f"\nLLDP traffic statistics:\n{body}"


@declared.exec("show lldp entry {'*' | <name>}")
def show_lldp_entry(call: Call) -> str:
    """One neighbour, or all."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    name = call.get("name")
    found = neighbours(call.router, LLDP)
    return lldp_entries([each for each in found if name in (None, each.device_id)])
