"""EIGRP as the configuration makes it, without neighbours.

Layouts: transcripts of IOS and the parsers of genie and the ntc-templates.
"""

from collections.abc import Iterator

from ..grammar import CommandSet, RefusedError, short_interface
from ..services.interface_state import InterfaceState
from ..services.routing_processes import Process, eigrp_processes, own_networks
from ..shell.call import Call
from .interface_choice import chosen

CLASSIC_SCALE = 256
WIDE_SCALE = 65536
SLOWEST_KBIT = 10_000_000
PICOSECONDS = 1_000_000

declared = CommandSet()
declared.words(
    {
        "show ip eigrp": "Show IPv4 EIGRP",
        "ip eigrp neighbors": "Show EIGRP neighbors",
        "ip eigrp interfaces": "Show EIGRP interfaces",
        "ip eigrp topology": "Select Topology",
        "ip eigrp vrf": "Select a VPN Routing/Forwarding instance",
        "interfaces detail": "Show detailed peer information",
        "clear ip eigrp": "Clear EIGRP",
        "ip eigrp <1-65535>": "Autonomous System",
        "vrf neighbors": "Show EIGRP neighbors",
        "vrf interfaces": "Show EIGRP interfaces",
        "vrf topology": "Select Topology",
        "topology all-links": "Show all links in topology table",
    }
)


def _processes(call: Call) -> list[Process]:
    vrf = call.get("vrf") or ""
    number = call.get("as")
    found = [
        one
        for one in eigrp_processes(call.router)
        if number in (None, int(one.label)) and (one.vrf == vrf or vrf == "*")
    ]
    if call.get("vrf") is not None and not found:
        raise RefusedError(f"% IP-EIGRP: VRF {vrf} does not exist")
    return found


def _title(process: Process, what: str) -> str:
    vrf = f" VRF({process.vrf})" if process.vrf else ""
    name = f" VR({process.name}) Address-Family" if process.name else ""
    return f"EIGRP-IPv4{name} {what} for AS({process.label}){vrf}"


@declared.exec(
    "show ip eigrp [vrf <vrf>] [<as:1-65535>] neighbors [detail] [<name:interface>]",
)
def show_neighbors(call: Call) -> str:
    """Nobody speaks EIGRP here: only the titles."""
    if call.get("name") is not None:
        chosen(call)
    return "".join(f"{_title(one, 'Neighbors')}\n" for one in _processes(call))


@declared.exec("show ip eigrp [vrf <vrf>] [<as:1-65535>] interfaces [<name:interface>]")
def show_interfaces(call: Call) -> str:
    """The interfaces on which EIGRP speaks."""
    wanted = {state.name for state in chosen(call)}
    text = ""
    for process in _processes(call):
        text += (
            f"{_title(process, 'Interfaces')}\n"
            "                              Xmit Queue   PeerQ        Mean   Pacing Time   "
            "Multicast    Pending\n"
            "Interface              Peers  Un/Reliable  Un/Reliable  SRTT   Un/Reliable   "
            "Flow Timer   Routes\n"
        )
        for member in process.members:
            # loopbacks are listed too, passive ones not
            if member.state.name in wanted and member.state.line_up and not member.passive:
                name = short_interface(member.state.name)
                text += (
                    f"{name:<25}{0:<9}{'0/0':<10}{'0/0':<12}{0:>3}       {'0/0':<15}{0:<12}{0:>2}\n"
                )
    return text


@declared.exec("show ip eigrp [vrf <vrf>] [<as:1-65535>] topology [all-links]")
def show_topology(call: Call) -> str:
    """The networks of the interfaces."""
    return "\n".join("\n".join(_topology(one)) + "\n" for one in _processes(call))


def _topology(process: Process) -> Iterator[str]:
    vrf = f"\n           Topology(base) TID(0) VRF({process.vrf})" if process.vrf else ""
    name = f" VR({process.name})" if process.name else ""
    title = f"EIGRP-IPv4{name} Topology Table for AS({process.label})/ID({process.router_id})"
    yield f"{title}{vrf}"
    yield "Codes: P - Passive, A - Active, U - Update, Q - Query, R - Reply,"
    yield "       r - reply Status, s - sia Status "
    yield ""
    for network, state in own_networks(process):
        distance = wide_metric(state) if process.name else metric(state)
        yield f"P {network}, 1 successors, FD is {distance}"
        yield f"        via Connected, {state.name}"


def metric(state: InterfaceState) -> int:
    """The classic metric of a connected network: bandwidth and delay (K1 and K3)."""
    return CLASSIC_SCALE * (SLOWEST_KBIT // state.bandwidth_kbit + state.delay_usec // 10)


def wide_metric(state: InterfaceState) -> int:
    """The wide metric (RFC 7868, section 5.6.2)."""
    throughput = WIDE_SCALE * SLOWEST_KBIT // state.bandwidth_kbit
    latency = state.delay_usec * PICOSECONDS * WIDE_SCALE // 1_000_000
    return throughput + latency


@declared.exec("clear ip eigrp [vrf <vrf>] [<as:1-65535>] neighbors", privilege=15)
def clear_neighbors(call: Call) -> None:
    """There are none that could be cleared."""
    _processes(call)
