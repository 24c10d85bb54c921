"""`show interfaces` and its tables, and clearing the counters."""

from ..grammar import XE, CommandSet, short_interface, split_interface
from ..services.interface_state import InterfaceState
from ..services.interface_traffic import Counters
from ..services.interfaces import Interfaces
from ..shell.call import Call
from .interface_choice import chosen
from .interface_text import ETHERNET, PORTS, interface_text

SUMMARY_HEAD = """\

 *: interface is up
 IHQ: pkts in input hold queue     IQD: pkts dropped from input queue
 OHQ: pkts in output hold queue    OQD: pkts dropped from output queue
 RXBS: rx rate (bits/sec)          RXPS: rx rate (pkts/sec)
 TXBS: tx rate (bits/sec)          TXPS: tx rate (pkts/sec)
 TRTL: throttle count

  Interface                   IHQ       IQD       OHQ       OQD      RXBS      RXPS      TXBS\
      TXPS      TRTL
-----------------------------------------------------------------------------------------------\
------------------
"""
SUBINTERFACE_NOTE = (
    "NOTE:No separate counters are maintained for subinterfaces\n"
    "     Hence Details of subinterface are not shown\n"
)
DESCRIPTION_HEAD = "Interface                      Status         Protocol Description\n"
STATUS_HEAD = "\nPort         Name               Status       Vlan       Duplex  Speed Type \n"
TRANSCEIVER_HEAD = """\
If device is externally calibrated, only calibrated values are printed.
++ : high alarm, +  : high warning, -  : low warning, -- : low alarm.
NA or N/A: not applicable, Tx: transmit, Rx: receive.
mA: milliamperes, dBm: decibels (milliwatts).

                                 Optical   Optical
           Temperature  Voltage  Tx Power  Rx Power
Port       (Celsius)    (Volts)  (dBm)     (dBm)
---------  -----------  -------  --------  --------
"""
STATS_HEAD = "          Switching path    Pkts In   Chars In   Pkts Out  Chars Out\n"

declared = CommandSet()
declared.words(
    {
        "show interfaces": "Interface status and configuration",
        "show interfaces description": "Show interface description",
        "show interfaces status": "Show interface line status",
        "show interfaces summary": "Show interface summary",
        "show interfaces stats": "Show interface packets & octets, in & out, by switching path",
        "show interfaces transceiver": "Show interface transceiver",
        "show interfaces mtu": "Show interface MTU",
        "show controllers": "Interface controller status",
        "clear": "Reset functions",
        "clear counters": "Clear counters on one or all interfaces",
    }
)


@declared.exec("show interfaces [<name:interface>]")
def show_interfaces(call: Call) -> str:
    """State, addresses and counters of interfaces."""
    interfaces = call.router.feature(Interfaces)
    return "".join(
        interface_text(call.router, state, interfaces.counters(state.name))
        for state in chosen(call)
    )


@declared.exec("show interfaces [<name:interface>] description")
def show_description(call: Call) -> str:
    """The descriptions of interfaces."""
    rows = []
    for state in chosen(call):
        status = "admin down" if state.shutdown else state.status
        rows.append(
            f"{short_interface(state.name):<31}{status:<15}{state.protocol:<9}{state.description}\n"
        )
    return DESCRIPTION_HEAD + "".join(rows)


@declared.exec("show interfaces [<name:interface>] status", families=(XE,))
def show_status(call: Call) -> str:
    """The ports of the chassis in a table."""
    router = call.router
    medium = PORTS[router.platform.name].medium
    rows = []
    for state in chosen(call):
        if state.name not in router.platform.hardware.interfaces or state.kind not in ETHERNET:
            continue
        status = "disabled" if state.shutdown else "connected" if state.connected else "notconnect"
        duplex = "full" if state.connected else state.duplex
        speed = "1000" if state.speed == "auto" and state.connected else state.speed
        rows.append(
            f"{short_interface(state.name):<13}{state.description[:18]:<19}{status:<13}"
            f"{'routed':<10} {duplex:>6} {speed:>6} {medium}\n"
        )
    return STATUS_HEAD + "".join(rows)


@declared.exec("show interfaces [<name:interface>] summary")
def show_summary(call: Call) -> str:
    """Queues and rates in a table; sub-interfaces have none of their own."""
    interfaces = call.router.feature(Interfaces)
    states = chosen(call)
    rows = []
    for state in states:
        if state.parent:
            continue
        counters = interfaces.counters(state.name)
        mark = "*" if state.line_up else " "
        rates = (
            counters.bits_in_per_s,
            counters.packets_in_per_s,
            counters.bits_out_per_s,
            counters.packets_out_per_s,
        )
        numbers = "".join(f"{number:>10}" for number in (0, 0, 0, *rates, 0))
        rows.append(f"{mark} {state.name:<24}{0:>8}{numbers}\n")
    note = SUBINTERFACE_NOTE if any(state.parent for state in states) else ""
    return SUMMARY_HEAD + "".join(rows) + note


@declared.exec("show interfaces [<name:interface>] stats")
def show_stats(call: Call) -> str:
    """Packets by the way in which they were switched."""
    interfaces = call.router.feature(Interfaces)
    found = []
    for state in chosen(call):
        if state.parent:
            continue
        if state.shutdown:
            found.append(f"Interface {state.name} is disabled\n\n")
            continue
        counters = interfaces.counters(state.name)
        sums = (counters.packets_in, counters.bytes_in, counters.packets_out, counters.bytes_out)
        found.append(state.name + "\n" + STATS_HEAD)
        found.append(_path("Processor", NONE))
        if call.router.family == XE:
            found.append(_path("Route cache", NONE) + _path("Distributed cache", sums))
        else:
            found.append(_path("Route cache", sums))
        found.append(_path("Total", sums))
    return "".join(found)


NONE = (0, 0, 0, 0)
"""Packets and bytes in and out."""


def _path(name: str, numbers: tuple[int, ...]) -> str:
    return f"{name:>24}" + "".join(f"{number:>11}" for number in numbers) + "\n"


@declared.exec("show interfaces [<name:interface>] mtu", families=(XE,))
def show_mtu(call: Call) -> str:
    """The MTU of the ports."""
    rows = [
        f"{short_interface(state.name):<9} {state.description[:18]:<18} {state.mtu}\n"
        for state in chosen(call)
        if state.kind in ETHERNET
    ]
    return "\nPort      Name               MTU\n" + "".join(rows)


@declared.exec("show interfaces [<name:interface>] transceiver", families=(XE,))
def show_transceiver(call: Call) -> str:
    """The ports of these models have no optical transceivers: the table is empty."""
    chosen(call)
    return "No transceiver present\n" if call.get("name") else TRANSCEIVER_HEAD


@declared.exec("show controllers [<name:interface>]")
def show_controllers(call: Call) -> str:
    """The ports as their driver sees them."""
    hardware = call.router.platform.hardware.interfaces
    ports = [state for state in chosen(call) if state.name in hardware]
    if call.router.family == XE:
        interfaces = call.router.feature(Interfaces)
        return "".join(_driver(state, interfaces.counters(state.name)) for state in ports)
    return "".join(_controller(state) for state in ports)


def _driver(state: InterfaceState, counters: Counters) -> str:
    """A port of IOS-XE: settings and sums (genieparser sample)."""
    kind, place = split_interface(state.name)
    numbers = (
        ("Input packet count", counters.packets_in),
        ("Input bytes count", counters.bytes_in),
        ("Input mcast packets", counters.multicasts_in),
        ("Input bcast packets", counters.broadcasts_in),
        ("Input CRC errors", 0),
        ("Input overruns", 0),
        ("Runt packets", 0),
        ("Giant packets", 0),
        ("Input pause frames", 0),
        ("Output packet count", counters.packets_out),
        ("Output bytes count", counters.bytes_out),
        ("Output mcast packets", 0),
        ("Output bcast packets", 0),
        ("Output underruns", 0),
        ("Output pause frames", 0),
    )
    admin = "Down" if state.shutdown else "Up"
    speed = 1000 if state.speed == "auto" else state.speed
    duplex = "full" if state.duplex == "auto" else state.duplex
    return (
        "Driver Configuration Block:\n"
        f"Admin State {admin} MTU {state.mtu} Speed {speed}mbps Duplex {duplex} "
        "Autoneg On Stats Interval 5\n\n\n\n\n"
        f"{kind} {place} Cumulative Statistics:\n\n"
        + "".join(f"{name:<31}{number}\n" for name, number in numbers)
        + "\n\n\n"
    )


def _controller(state: InterfaceState) -> str:
    return (
        f"Interface {state.name}\n"
        f"  Hardware is {state.hardware}\n"
        f"  HWIDB: {state.name}, address {state.mac}\n"
        f"  link is {'up' if state.connected else 'down'}, mtu {state.mtu}\n"
    )


@declared.exec("clear counters [<name:interface>]", privilege=15)
async def clear_counters(call: Call) -> None:
    """Count from zero again."""
    name = call.get("name")
    chosen(call)
    which = "on all interfaces" if name is None else "on this interface"
    if not await call.dialogue.confirm(f'Clear "show interface" counters {which} [confirm]'):
        return
    call.router.feature(Interfaces).clear_counters(name)
    what = "on all interfaces" if name is None else f"on interface {name}"
    call.router.log.add("CLEAR", 5, "COUNTERS", f"Clear counter {what} by {_by(call)}")


def _by(call: Call) -> str:
    """Who gave the command, as log lines name him: `console`, `admin on vty0 (192.0.2.9)`."""
    session = call.session
    if session is None or session.line.kind == "con":
        return "console"
    return f"{session.user} on {session.origin}"
