"""CDP and LLDP on each interface, and what they have sent: nobody answers in a lab.

Layouts: genieparser samples of IOS-XE.
"""

from typing import TYPE_CHECKING

from ..grammar import CommandSet
from ..services.interface_state import InterfaceState
from ..shell.call import Call
from .interface_choice import block_of, chosen
from .neighbours import CDP_OFF, LLDP_OFF, LLDP_TOTAL, cdp_runs

if TYPE_CHECKING:
    from ..device import Router

CDP_TIMER_S, CDP_HOLD_S, LLDP_TIMER_S = 60, 180, 30

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


def _sent(router: "Router", ports: list[InterfaceState], timer_s: int) -> int:
    """How many advertisements went out since the lines came up."""
    now = router.clock.now()
    return sum(1 + int(now - state.changed_at) // timer_s for state in ports if state.line_up)


# ---- CDP ----


def _cdp_ports(call: Call) -> list[InterfaceState]:
    router = call.router
    if router.family == "classic":
        return [s for s in _ports(call) if not block_of(router, s.name).off("cdp enable")]
    return [s for s in _ports(call) if block_of(router, s.name).has("cdp enable")]


def _cdp_timer(router: "Router") -> int:
    return int(router.config.root.value("cdp timer", "seconds", CDP_TIMER_S))


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
        f"  Sending CDP packets every {_cdp_timer(call.router)} seconds\n"
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
    """What was sent; nothing comes in."""
    router = call.router
    if not cdp_runs(router):
        return CDP_OFF
    sent = _sent(router, _cdp_ports(call), _cdp_timer(router))
    second = 0 if router.config.root.off("cdp advertise-v2") else sent
    return (
        f"CDP counters :\n\tTotal packets output: {sent}, Input: 0\n"
        "\tHdr syntax: 0, Chksum error: 0, Encaps failed: 0\n"
        "\tNo memory: 0, Invalid packet: 0, \n"
        f"\tCDP version 1 advertisements output: {sent - second}, Input: 0\n"
        f"\tCDP version 2 advertisements output: {second}, Input: 0\n"
    )


# ---- LLDP ----


@declared.exec("show lldp interface [<interface:interface>]")
def show_lldp_interface(call: Call) -> str:
    """What LLDP does on each port."""
    if not call.router.config.root.has("lldp run"):
        return LLDP_OFF
    text = ""
    for state in _ports(call):
        sends, takes = (_lldp(call.router, state, way) for way in ("transmit", "receive"))
        text += (
            f"\n{state.name}:\n"
            f"    Tx: {'enabled' if sends else 'disabled'}\n"
            f"    Rx: {'enabled' if takes else 'disabled'}\n"
            f"    Tx state: {'IDLE' if sends and state.line_up else 'INIT'}\n"
            f"    Rx state: {'WAIT FOR FRAME' if takes and state.line_up else 'WAIT PORT OPER'}\n"
        )
    return f"{text}\n"


def _lldp(router: "Router", state: InterfaceState, way: str) -> bool:
    return not block_of(router, state.name).off(f"lldp {way}")


@declared.exec("show lldp traffic")
def show_lldp_traffic(call: Call) -> str:
    """What was sent; nothing comes in."""
    router = call.router
    root = router.config.root
    if not root.has("lldp run"):
        return LLDP_OFF
    ports = [state for state in _ports(call) if _lldp(router, state, "transmit")]
    sent = _sent(router, ports, int(root.value("lldp timer", "seconds", LLDP_TIMER_S)))
    rows = (
        ("Total frames out", sent),
        ("Total entries aged", 0),
        ("Total frames in", 0),
        ("Total frames received in error", 0),
        ("Total frames discarded", 0),
        ("Total TLVs discarded", 0),
        ("Total TLVs unrecognized", 0),
    )
    body = "".join(f"    {name}: {number}\n" for name, number in rows)
    return f"\nLLDP traffic statistics:\n{body}"


@declared.exec("show lldp entry {'*' | <name>}")
def show_lldp_entry(call: Call) -> str:
    """The neighbours one by one: none."""
    return f"{LLDP_TOTAL}\n" if call.router.config.root.has("lldp run") else LLDP_OFF
