"""`show ip protocols`: the routing processes. Layouts: genieparser samples."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from ..config.store import Block
from ..grammar import CommandSet
from ..services.bgp import Bgp, bgp_process
from ..services.routing_processes import (
    Process,
    eigrp_processes,
    networks_of,
    ospf_processes,
    rip_processes,
)
from ..shell.call import Call
from .ospf import area_count
from .vrf_choice import vrf_of

SOURCES = "  Routing Information Sources:\n    Gateway         Distance      Last Update"
APPLICATION = (
    'Routing Protocol is "application"\n'
    "  Sending updates every 0 seconds\n"
    "  Invalid after 0 seconds, hold down 0, flushed after 0\n"
    "  Outgoing update filter list for all interfaces is not set\n"
    "  Incoming update filter list for all interfaces is not set\n"
    "  Maximum path: 32\n"
    "  Routing for Networks:\n"
    f"{SOURCES}\n"
    "  Distance: (default is 4)\n"
)

declared = CommandSet()
declared.words(
    {
        "show ip protocols": "IP routing protocol process parameters and statistics",
        "ip protocols vrf": "Select a VPN Routing/Forwarding instance",
        "ip protocols summary": "Summary",
    }
)


@declared.exec("show ip protocols [vrf <vrf>]")
def show_ip_protocols(call: Call) -> str:
    """The routing processes of a VRF."""
    vrf, router = vrf_of(call), call.router
    parts = ["*** IP Routing is NSF aware ***\n"]
    if not vrf:
        parts.append(APPLICATION)
    parts += [_text(_ospf(one)) for one in ospf_processes(router) if one.vrf == vrf]
    parts += [_text(_eigrp(one)) for one in eigrp_processes(router) if one.vrf == vrf]
    parts += [_text(_rip(one)) for one in rip_processes(router) if one.vrf == vrf]
    bgp = bgp_process(router)
    if bgp is not None and not vrf:
        parts.append(_text(_bgp(bgp)))
    return "\n".join(parts) + "\n"


@declared.exec("show ip protocols summary")
def show_summary(call: Call) -> str:
    """The routing processes in a list."""
    names = ["connected", "static", "application"]
    names += [f"ospf {one.label}" for one in ospf_processes(call.router) if not one.vrf]
    names += [f"eigrp {one.label}" for one in eigrp_processes(call.router) if not one.vrf]
    names += ["rip" for one in rip_processes(call.router) if not one.vrf]
    bgp = bgp_process(call.router)
    if bgp is not None:
        names.append(f"bgp {bgp.number}")
    rows = "".join(f"{index:<8}{name}\n" for index, name in enumerate(names))
    return f"Index   Process Name\n{rows}*** IP Routing is NSF aware ***\n"


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _filters(block: Block) -> Iterator[str]:
    for direction, word in (("out", "Outgoing"), ("in", "Incoming")):
        found = next(
            (e for e in block.all("distribute-list") if e.get("direction") == direction), None
        )
        shown = "not set" if found is None else str(found.get("acl") or found.text.split()[2])
        yield f"  {word} update filter list for all interfaces is {shown}"


def _passive(process: Process) -> Iterator[str]:
    names = [member.state.name for member in process.members if member.passive]
    if names:
        yield "  Passive Interface(s):"
        yield from (f"    {name}" for name in names)


def _paths(process: Process, usual: int) -> int:
    return int(process.topology.value("maximum-paths", "paths") or usual)


def _ospf(process: Process) -> Iterator[str]:
    yield f'Routing Protocol is "ospf {process.label}"'
    yield from _filters(process.block)
    yield f"  Router ID {process.router_id}"
    yield f"  {area_count(list(process.areas.values()))}"
    yield f"  Maximum path: {_paths(process, 4)}"
    yield "  Routing for Networks:"
    for entry in networks_of(process):
        yield f"    {entry['address']} {entry['wildcard']} area {entry['area']}"
    for area in process.areas:
        names = [m.state.name for m in process.members if m.explicit and m.area == area]
        if names:
            yield f"  Routing on Interfaces Configured Explicitly (Area {area}):"
            yield from (f"    {name}" for name in names)
    yield from _passive(process)
    yield SOURCES
    written = process.block.find("distance ospf")
    if written is None:
        yield f"  Distance: (default is {process.block.value('distance', 'distance') or 110})"
    else:
        parts = {name: written.get(name) or (110,) for name in ("intra", "inter", "external")}
        last = {
            name: value[-1] if isinstance(value, tuple) else value for name, value in parts.items()
        }
        yield "  Distance: intra-area {intra} inter-area {inter} external {external}".format(**last)


def _eigrp(process: Process) -> Iterator[str]:
    table = process.topology
    distance = table.find("distance eigrp")
    inner, outer = (90, 170) if distance is None else (distance["internal"], distance["external"])
    paths = _paths(process, 4)
    yield f'Routing Protocol is "eigrp {process.label}"'
    yield from _filters(table)
    yield "  Default networks flagged in outgoing updates"
    yield "  Default networks accepted from incoming updates"
    name = f" VR({process.name}) Address-Family" if process.name else ""
    vrf = f" VRF({process.vrf})" if process.vrf else ""
    yield f"  EIGRP-IPv4{name} Protocol for AS({process.label}){vrf}"
    sixth = " K6=0" if process.name else ""
    yield f"    Metric weight K1=1, K2=0, K3=1, K4=0, K5=0{sixth}"
    if process.name:
        yield "    Metric rib-scale 128"
        yield "    Metric version 64bit"
    yield "    Soft SIA disabled"
    yield "    NSF-aware route hold timer is 240"
    yield f"    Router-ID: {process.router_id}"
    yield "    Topology : 0 (base) "
    yield "      Active Timer: 3 min"
    yield f"      Distance: internal {inner} external {outer}"
    yield f"      Maximum path: {paths}"
    yield "      Maximum hopcount 100"
    yield f"      Maximum metric variance {table.value('variance', 'factor') or 1}"
    yield ""
    yield f"  Automatic Summarization: {'enabled' if table.has('auto-summary') else 'disabled'}"
    yield f"  Maximum path: {paths}"
    yield "  Routing for Networks:"
    for entry in networks_of(process):
        yield f"    {_network(entry['address'], entry.get('wildcard'))}"
    yield from _passive(process)
    yield SOURCES
    yield f"  Distance: internal {inner} external {outer}"


def _network(address: str, wildcard: str | None) -> str:
    if wildcard is None:
        return address
    free = int(IPv4Address(wildcard))
    return f"{address}/{32 - free.bit_length()}" if free & (free + 1) == 0 else address


def _rip(process: Process) -> Iterator[str]:
    block = process.block
    version = block.value("version", "version")
    timers = block.find("timers basic")
    update, invalid, hold, flush = (
        (30, 180, 180, 240)
        if timers is None
        else (timers["update"], timers["invalid"], timers["hold"], timers["flush"])
    )
    yield 'Routing Protocol is "rip"'
    yield from _filters(block)
    yield f"  Sending updates every {update} seconds, next due in {max(1, update // 2)} seconds"
    yield f"  Invalid after {invalid} seconds, hold down {hold}, flushed after {flush}"
    yield "  Redistributing: rip"
    if version is None:
        yield "  Default version control: send version 1, receive any version"
    else:
        yield f"  Default version control: send version {version}, receive version {version}"
    speaking = [member.state.name for member in process.members if member.speaks]
    if speaking:
        yield "    Interface                           Send  Recv  Triggered RIP  Key-chain"
        send, receive = (1, "1 2") if version is None else (version, str(version))
        yield from (f"    {name:<36}{send:<6}{receive:<6}{'No':<15}none" for name in speaking)
    on = " not" if block.off("auto-summary") else ""
    yield f"  Automatic network summarization is{on} in effect"
    yield f"  Maximum path: {_paths(process, 4)}"
    yield "  Routing for Networks:"
    yield from (f"    {entry['address']}" for entry in networks_of(process))
    yield from _passive(process)
    yield SOURCES
    yield f"  Distance: (default is {block.value('distance', 'distance') or 120})"


def _bgp(bgp: Bgp) -> Iterator[str]:
    yield f'Routing Protocol is "bgp {bgp.number}"'
    yield "  Outgoing update filter list for all interfaces is not set"
    yield "  Incoming update filter list for all interfaces is not set"
    yield "  IGP synchronization is disabled"
    yield "  Automatic route summarization is disabled"
    peers = {peer.address: peer for one in bgp.families for peer in one.peers if not peer.vrf}
    four = [peer for address, peer in peers.items() if ":" not in address]
    if four:
        yield "  Neighbor(s):"
        yield "    Address          FiltIn FiltOut DistIn DistOut Weight RouteMap"
        yield from (f"    {peer.address:<53}".rstrip() for peer in four)
    yield f"  Maximum path: {bgp.block.value('maximum-paths', 'paths') or 1}"
    yield SOURCES
    distance = bgp.block.find("distance bgp")
    values = (
        (20, 200, 200)
        if distance is None
        else (distance["external"], distance["internal"], distance["local"])
    )
    yield "  Distance: external {} internal {} local {}".format(*values)
