"""OSPF as the configuration makes it, without neighbours.

Layouts: genieparser samples of IOS-XE, transcripts of IOS 15.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import CLASSIC, CommandSet, short_interface
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..services.ospf_database import Advertisement, areas
from ..services.routing_processes import Member, Process, ospf_processes
from ..shell.call import Call
from ..timetext import age_text
from .interface_choice import block_of, chosen

if TYPE_CHECKING:
    from ..device import Router

REFERENCE_MBPS = 100
HELLO_S = 10
SLOW_HELLO_S = 30
WAIT_HELLOS = 4
BRIEF_HEAD = "Interface    PID   Area            IP Address/Mask    Cost  State Nbrs F/C\n"

declared = CommandSet()
declared.words(
    {
        "show ip ospf": "OSPF information",
        "ip ospf <1-65535>": "Process ID number",
        "ip ospf interface": "Interface information",
        "ospf interface brief": "Display interface information summary",
        "ip ospf neighbor": "Neighbor list",
        "ospf neighbor detail": "detail of all neighbors",
        "clear ip ospf": "OSPF clear commands",
        "clear ip ospf process": "Reset OSPF process",
        "ip ospf process": "Reset OSPF process",
    }
)


def processes(call: Call) -> list[Process]:
    """The processes that are meant: all, or the one with the number that was typed."""
    number = call.get("process")
    return [one for one in ospf_processes(call.router) if number in (None, int(one.label))]


@declared.exec("show ip ospf [<process:1-65535>]")
def show_ip_ospf(call: Call) -> str:
    """The processes."""
    return "\n".join("\n".join(_process(call, one)) + "\n" for one in processes(call))


def _process(call: Call, process: Process) -> Iterator[str]:
    classic = call.router.family == CLASSIC
    vrf = f" VRF {process.vrf} in" if process.vrf else ""
    yield f'{vrf} Routing Process "ospf {process.label}" with ID {process.router_id}'
    if process.vrf:
        yield f"   Domain ID type 0x0005, value 0.0.0.{int(process.label) % 256}"
    elapsed = call.router.uptime_s
    yield f" Start time: 00:00:01.004, Time elapsed: {_exact(elapsed)}"
    yield " Supports only single TOS(TOS0) routes"
    yield " Supports opaque LSA"
    yield " Supports Link-local Signaling (LLS)"
    yield " Supports area transit capability"
    yield " Supports NSSA (compatible with RFC 3101)"
    yield " Supports Database Exchange Summary List Optimization (RFC 5243)"
    yield " Event-log enabled, Maximum number of events: 1000, Mode: cyclic"
    yield from _role(process)
    yield from _timers(process.block, classic=classic)
    yield " LSA group pacing timer 240 secs"
    yield " Interface flood pacing timer 33 msecs"
    yield " Retransmission pacing timer 66 msecs"
    if not classic:
        yield " EXCHANGE/LOADING adjacency limit: initial 300, process maximum 300"
    yield " Number of external LSA 0. Checksum Sum 0x000000"
    yield " Number of opaque AS LSA 0. Checksum Sum 0x000000"
    yield " Number of DCbitless external and opaque AS LSA 0"
    yield " Number of DoNotAge external and opaque AS LSA 0"
    kinds = list(process.areas.values())
    yield f" {area_count(kinds)}"
    yield " Number of areas transit capable is 0"
    yield " External flood list length 0"
    yield " IETF NSF helper support enabled"
    yield " Cisco NSF helper support enabled"
    yield f" Reference bandwidth unit is {_reference(process.block)} mbps"
    for area, kind in process.areas.items():
        yield from _area(call, process, area, kind)


def area_count(kinds: list[str]) -> str:
    """How many areas there are of each kind."""
    normal, stub, nssa = (kinds.count(kind) for kind in ("normal", "stub", "nssa"))
    total = f"Number of areas in this router is {len(kinds)}."
    return f"{total} {normal} normal {stub} stub {nssa} nssa"


def _role(process: Process) -> Iterator[str]:
    border = len(process.areas) > 1
    sources = process.block.all("redistribute")
    if border or sources:
        roles = [
            *(["area border"] if border else []),
            *(["autonomous system boundary"] if sources else []),
        ]
        yield f" It is an {' and '.join(roles)} router"
    if sources:
        yield " Redistributing External Routes from,"
        for entry in sources:
            words = entry.text.split()[1:]
            end = next((i for i, word in enumerate(words) if word in _REDISTRIBUTION), len(words))
            subnets = ", includes subnets in redistribution" if "subnets" in words else ""
            yield f"    {' '.join(words[:end])}{subnets}"
    if not process.block.has("max-metric router-lsa"):
        yield " Router is not originating router-LSAs with maximum metric"


_REDISTRIBUTION = frozenset({"subnets", "metric", "metric-type", "tag", "route-map"})


def _timers(block: Block, *, classic: bool) -> Iterator[str]:
    start, hold, most = (5000, 10000, 10000) if classic else (50, 200, 5000)
    spf = block.find("timers throttle spf")
    if spf is not None:
        start, hold, most = spf["start"], spf["hold"], spf["most"]
    yield f" Initial SPF schedule delay {start} msecs"
    yield f" Minimum hold time between two consecutive SPFs {hold} msecs"
    yield f" Maximum wait time between two consecutive SPFs {most} msecs"
    yield f" Incremental-SPF {'enabled' if block.has('ispf') else 'disabled'}"
    if classic:
        yield " Minimum LSA interval 5 secs"
        yield " Minimum LSA arrival 1000 msecs"
        return
    yield " Initial LSA throttle delay 50 msecs"
    yield " Minimum hold time for LSA throttle 200 msecs"
    yield " Maximum wait time for LSA throttle 5000 msecs"
    yield " Minimum LSA arrival 100 msecs"


def _area(call: Call, process: Process, area: str, kind: str) -> Iterator[str]:
    members = [member for member in process.members if member.area == area]
    loopbacks = sum(member.state.kind == "Loopback" for member in members)
    shown = "BACKBONE(0)" if area in ("0", _NOWHERE) else area
    yield f"    Area {shown}"
    behind = f" ({loopbacks} loopback)" if loopbacks else ""
    yield f"        Number of interfaces in this area is {len(members)}{behind}"
    if kind == "stub":
        yield "        It is a stub area"
    elif kind == "nssa":
        yield "        It is a NSSA area"
    secret = process.block.find("area authentication", area)
    if secret is None:
        yield "        Area has no authentication"
    elif "message-digest" in secret.text.split():
        yield "        Area has message digest authentication"
    else:
        yield "        Area has simple password authentication"
    yield f"        SPF algorithm last executed {_exact(call.router.uptime_s)} ago"
    yield "        SPF algorithm executed 1 times"
    yield "        Area ranges are"
    own = advertisements(call.router, process)[area]
    checksum = sum(each.checksum(call.router.uptime_s) for each in own)
    yield f"        Number of LSA {len(own)}. Checksum Sum 0x{checksum:06X}"
    yield "        Number of opaque link LSA 0. Checksum Sum 0x000000"
    yield "        Number of DCbitless LSA 0"
    yield "        Number of indication LSA 0"
    yield "        Number of DoNotAge LSA 0"
    yield "        Flood list length 0"


_NOWHERE = "0.0.0.0"  # noqa: S104 - an area, not an address


def _exact(seconds: float) -> str:
    text = age_text(seconds)
    return f"{text}.{int(seconds * 1000) % 1000:03}" if ":" in text else text


def _reference(block: Block) -> int:
    return int(block.value("auto-cost reference-bandwidth", "mbps") or REFERENCE_MBPS)


# ---- interfaces ----


def cost_of(member: Member, process: Process, block: Block) -> int:
    """The cost of an interface: what is written, or that of its bandwidth."""
    written = block.value("ip ospf cost", "cost")
    if written:
        return int(written)
    if member.state.kind == "Loopback":
        return 1
    return max(1, _reference(process.block) * 1000 // member.state.bandwidth_kbit)


def advertisements(router: "Router", process: Process) -> dict[str, list[Advertisement]]:
    """What a process advertises in each area."""
    return areas(process, lambda m: cost_of(m, process, block_of(router, m.state.name)))


def network_type(state: InterfaceState, block: Block) -> str:
    """The kind of network that OSPF takes an interface for."""
    written = block.find("ip ospf network")
    if written is not None:
        return "_".join(written.text.split()[3:5]).replace("-", "_").upper()
    if state.kind == "Loopback":
        return "LOOPBACK"
    return "POINT_TO_POINT" if state.kind in ("Tunnel", "Serial") else "BROADCAST"


def _state(member: Member, kind: str, block: Block) -> str:
    if not member.state.line_up:
        return "DOWN"
    if member.state.kind == "Loopback":
        return "LOOP"
    if kind in ("POINT_TO_POINT", "POINT_TO_MULTIPOINT"):
        return kind
    return "DROTHER" if block.value("ip ospf priority", "priority") == 0 else "DR"


_SHORT = {"POINT_TO_POINT": "P2P", "POINT_TO_MULTIPOINT": "P2MP", "DROTHER": "DROTH"}


@declared.exec("show ip ospf [<process:1-65535>] interface brief")
def show_interface_brief(call: Call) -> str:
    """The interfaces of OSPF in a table."""
    text = BRIEF_HEAD
    for process in processes(call):
        for member in process.members:
            block = block_of(call.router, member.state.name)
            kind = network_type(member.state, block)
            state = _state(member, kind, block)
            text += (
                f"{short_interface(member.state.name):<13}{process.label:<6}{member.area:<16}"
                f"{member.state.ipv4[0]!s:<19}{cost_of(member, process, block):<6}"
                f"{_SHORT.get(state, state):<6}0/0\n"
            )
    return text


@declared.exec("show ip ospf [<process:1-65535>] interface [<name:interface>]")
def show_interface(call: Call) -> str:
    """The interfaces of OSPF."""
    wanted = {state.name for state in chosen(call)}
    found = [
        "\n".join(_interface(call, process, member)) + "\n"
        for process in processes(call)
        for member in process.members
        if member.state.name in wanted
    ]
    if call.get("name") is not None and not found:
        return f"%OSPF: OSPF not enabled on {call['name']}\n"
    return "".join(found)


def _interface(call: Call, process: Process, member: Member) -> Iterator[str]:
    state, router = member.state, call.router
    block = block_of(router, state.name)
    kind = network_type(state, block)
    cost = cost_of(member, process, block)
    index = [one.name for one in router.feature(Interfaces).all()].index(state.name) + 1
    yield f"{state.name} is {state.status}, line protocol is {state.protocol} "
    yield f"  Internet Address {state.ipv4[0]}, Interface ID {index}, Area {member.area}"
    yield f"  Attached via {'Interface Enable' if member.explicit else 'Network Statement'}"
    vrf = f" VRF {process.vrf}," if process.vrf else ""
    yield (
        f"  Process ID {process.label},{vrf} Router ID {process.router_id}, "
        f"Network Type {kind}, Cost: {cost}"
    )
    yield "  Topology-MTID    Cost    Disabled    Shutdown      Topology Name"
    yield f"        0{cost:>12}{'no':>11}{'no':>12}            Base"
    if member.explicit:
        yield "  Enabled by interface config, including secondary ip addresses"
    if state.kind == "Loopback" and kind == "LOOPBACK":
        yield "  Loopback interface is treated as a stub Host"
        return
    yield from _speaking(process, member, block, kind)


def _speaking(process: Process, member: Member, block: Block, kind: str) -> Iterator[str]:
    state = _state(member, kind, block)
    priority = block.value("ip ospf priority", "priority")
    shared = kind in ("BROADCAST", "NON_BROADCAST")
    behind = f", Priority {1 if priority is None else priority}" if shared else ""
    yield f"  Transmit Delay is 1 sec, State {state}{behind}"
    if shared and state == "DR":
        address = member.state.ipv4[0].ip
        yield f"  Designated Router (ID) {process.router_id}, Interface address {address}"
        yield "  No backup designated router on this network"
    usual = HELLO_S if kind in ("BROADCAST", "POINT_TO_POINT") else SLOW_HELLO_S
    hello = int(block.value("ip ospf hello-interval", "seconds") or usual)
    dead = int(block.value("ip ospf dead-interval", "seconds") or hello * WAIT_HELLOS)
    again = int(block.value("ip ospf retransmit-interval", "seconds") or 5)
    yield (
        f"  Timer intervals configured, Hello {hello}, Dead {dead}, Wait {dead}, Retransmit {again}"
    )
    yield f"    oob-resync timeout {max(dead, 40)}"
    if member.passive:
        yield "    No Hellos (Passive interface) "
    elif member.state.line_up:
        yield f"    Hello due in {age_text(hello - 1)}"
    yield "  Supports Link-local Signaling (LLS)"
    yield "  Cisco NSF helper support enabled"
    yield "  IETF NSF helper support enabled"
    yield "  Index 1/1/1, flood queue length 0"
    yield "  Next 0x0(0)/0x0(0)/0x0(0)"
    yield "  Last flood scan length is 0, maximum is 0"
    yield "  Last flood scan time is 0 msec, maximum is 0 msec"
    yield "  Neighbor Count is 0, Adjacent neighbor count is 0 "
    yield "  Suppress hello for 0 neighbor(s)"
    if block.all("ip ospf message-digest-key"):
        yield "  Cryptographic authentication enabled"
        newest = max(int(entry["id"]) for entry in block.all("ip ospf message-digest-key"))
        yield f"    Youngest key id is {newest}"


@declared.exec(
    "show ip ospf [<process:1-65535>] neighbor [<name:interface>] [detail]",
    "show ip ospf [<process:1-65535>] neighbor <address:ipv4> [detail]",
)
def show_neighbor(call: Call) -> str | None:
    """Nobody speaks OSPF here."""
    if call.get("name") is not None:
        chosen(call)
    return None


@declared.exec("clear ip ospf [<process:1-65535>] process", privilege=15)
async def clear_process(call: Call) -> None:
    """Begin the processes anew: nothing was learned that could be lost."""
    await call.dialogue.ask("Reset ALL OSPF processes? [no]: ")
