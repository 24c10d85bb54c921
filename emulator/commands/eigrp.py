"""EIGRP as the configuration makes it, without neighbours.

Layouts: transcripts of IOS and the parsers of genie and the ntc-templates.
"""

from collections.abc import Iterator

from ..config.store import Block
from ..grammar import CommandSet, RefusedError, short_interface
from ..services.interface_state import InterfaceState
from ..services.routing_processes import Member, Process, eigrp_processes, own_networks
from ..shell.call import Call
from .interface_choice import block_of, chosen

CLASSIC_SCALE = 256
WIDE_SCALE = 65536
SLOWEST_KBIT = 10_000_000
PICOSECONDS = 1_000_000
HELLO_S, HOLD_S = 5, 15

declared = CommandSet()
declared.words(
    {
        "show ip eigrp": "Show IPv4 EIGRP",
        "ip eigrp neighbors": "Show EIGRP neighbors",
        "ip eigrp interfaces": "Show EIGRP interfaces",
        "eigrp interfaces detail": "Show detailed interface information",
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


@declared.exec("show ip eigrp [vrf <vrf>] [<as:1-65535>] interfaces [detail] [<name:interface>]")
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
                if call.has("detail"):
                    text += "".join(f"  {row}\n" for row in _details(call, process, member))
    return text


def _details(call: Call, process: Process, member: Member) -> Iterator[str]:
    """An interface in full: hellos were sent since it came up (genieparser sample of IOS-XE)."""
    block = block_of(call.router, member.state.name)
    number = int(process.label)
    hello = int(_written(block, "ip hello-interval eigrp", number, "seconds", HELLO_S))
    hold = int(_written(block, "ip hold-time eigrp", number, "seconds", HOLD_S))
    hellos = int((call.router.clock.now() - member.state.changed_at) // hello)
    yield f"Hello-interval is {hello}, Hold-time is {hold}"
    yield "Split-horizon is enabled"
    yield "Next xmit serial <none>"
    yield "Packetized sent/expedited: 0/0"
    yield f"Hello's sent/expedited: {hellos}/0"
    yield "Un/reliable mcasts: 0/0  Un/reliable ucasts: 0/0"
    yield "Mcast exceptions: 0  CR packets: 0  ACKs suppressed: 0"
    yield "Retransmissions sent: 0  Out-of-sequence rcvd: 0"
    yield "Topology-ids on interface - 0 "
    secret = block.find("ip authentication mode eigrp", number)
    chain = _written(block, "ip authentication key-chain eigrp", number, "chain", "<not set>")
    how = f'md5,  key-chain is "{chain}"' if secret is not None else "not set"
    yield f"Authentication mode is {how}"
    yield "Topologies advertised on this interface:  base"
    yield "Topologies not advertised on this interface:"


def _written(block: Block, setting: str, number: int, argument: str, usual: object) -> str:
    entry = block.find(setting, number)
    return str(usual if entry is None else entry[argument])


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
