"""What `show interfaces` prints of one interface.

Layouts: ntc-templates samples of IOS 15 routers, genieparser samples of IOS-XE routers.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import CLASSIC
from ..services.interface_state import MANAGEMENT_PORT, InterfaceState, hardware_address
from ..services.interface_traffic import Counters
from ..services.interfaces import Interfaces
from ..timetext import age_text
from .interface_choice import block_of, members_of
from .tunnel_text import tunnel_lines

if TYPE_CHECKING:
    from ..device import Router

KEEPALIVE_SET = "Keepalive set (10 sec)"
KEEPALIVE_UNKNOWN = "Keepalive not supported "
ETHERNET = frozenset(
    {"GigabitEthernet", "TenGigabitEthernet", "FastEthernet", "Ethernet", "Port-channel"}
)
ARP_USERS = ETHERNET | {"Vlan", "BDI", "Embedded-Service-Engine", "VirtualPortGroup"}
PPP = frozenset({"Dialer", "Multilink", "Virtual-Template"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Port:
    """What the ports of a model say of their medium."""

    speed: str
    link: str
    medium: str
    flow: str
    keepalive: str


PORTS = {
    "isr4451": Port(
        speed="1000Mbps",
        link="link type is auto, ",
        medium="RJ45",
        flow="off",
        keepalive=KEEPALIVE_UNKNOWN,
    ),
    "c8000v": Port(
        speed="1000Mbps",
        link="link type is auto, ",
        medium="Virtual",
        flow="unsupported",
        keepalive=KEEPALIVE_SET,
    ),
    "isr2911": Port(
        speed="1Gbps", link="", medium="RJ45", flow="unsupported", keepalive=KEEPALIVE_SET
    ),
}


def interface_text(router: "Router", state: InterfaceState, counters: Counters) -> str:
    """All lines of an interface, the first of them not indented."""
    return "\n".join(_lines(router, state, counters)) + "\n"


def _lines(router: "Router", state: InterfaceState, counters: Counters) -> Iterator[str]:
    block = block_of(router, state.name)
    spoofing = " (spoofing)" if state.kind == "Dialer" and state.line_up else ""
    yield f"{state.name} is {state.status}, line protocol is {state.protocol}{spoofing} "
    address = f", address is {state.mac} (bia {_burned_in(router, state)})" if state.mac else ""
    yield f"  Hardware is {state.hardware}{address}"
    if state.description:
        yield f"  Description: {state.description}"
    yield from _address_lines(state, block)
    speed = f"BW {state.bandwidth_kbit} Kbit/sec, DLY {state.delay_usec} usec"
    yield f"  MTU {state.mtu} bytes, {speed}, "
    loads = (_load(state, counters.bits_out_per_s), _load(state, counters.bits_in_per_s))
    yield "     reliability 255/255, txload {}/255, rxload {}/255".format(*loads)
    yield from _link_lines(router, state, block)
    if state.parent:
        yield f'  Last clearing of "show interface" counters {cleared_text(router, counters)}'
        return
    yield from _traffic_lines(router, state, block, counters)


def _burned_in(router: "Router", state: InterfaceState) -> str:
    return hardware_address(router.platform, router.chassis, state.name) or state.mac


def _load(state: InterfaceState, bits_per_s: int) -> int:
    """The share of the bandwidth that is in use, of 255; IOS never shows less than 1."""
    if not state.bandwidth_kbit:
        return 1
    return min(255, max(1, bits_per_s * 255 // (state.bandwidth_kbit * 1000)))


def _address_lines(state: InterfaceState, block: Block) -> Iterator[str]:
    if state.unnumbered:
        lent = f" ({state.ipv4[0].ip})" if state.ipv4 else ""
        yield f"  Interface is unnumbered. Using address of {state.unnumbered}{lent}"
    elif state.ipv4:
        yield f"  Internet address is {state.ipv4[0]}"
    elif state.method in ("DHCP", "IPCP") and block.has("ip address"):
        yield f"  Internet address will be negotiated using {state.method}"


def _link_lines(router: "Router", state: InterfaceState, block: Block) -> Iterator[str]:
    """From the encapsulation to the ARP timeout; the order differs on sub-interfaces."""
    if state.kind == "Tunnel":
        yield "  Encapsulation TUNNEL, loopback not set"
        yield "  Keepalive not set"
        yield from tunnel_lines(router, state, block)
        return
    if state.parent:
        if state.vlan is not None:
            yield f"  Encapsulation 802.1Q Virtual LAN, Vlan ID  {state.vlan}."
        else:
            yield "  Encapsulation ARPA, loopback not set"
        yield arp_line(block)
        yield f"  {_keepalive(router, state, block)}"
        return
    yield f"  Encapsulation {_encapsulation(router, state)}"
    yield f"  {_keepalive(router, state, block)}"
    if state.kind in PPP:
        yield "  DTR is pulsed for 1 seconds on reset"
    if state.name in router.platform.hardware.interfaces and state.kind in ETHERNET:
        yield from _medium_lines(router, state)
    if state.kind in ARP_USERS:
        yield arp_line(block)
    if state.kind == "Port-channel":
        yield from _member_lines(router, state)


def _encapsulation(router: "Router", state: InterfaceState) -> str:
    if state.kind == "Loopback":
        return "LOOPBACK, loopback not set"
    if state.kind in PPP:
        return "PPP, LCP Closed, loopback not set"
    tagged = any(
        other.vlan is not None and other.parent == state.name
        for other in router.feature(Interfaces).all()
    )
    return (
        "802.1Q Virtual LAN, Vlan ID  1., loopback not set" if tagged else "ARPA, loopback not set"
    )


def _keepalive(router: "Router", state: InterfaceState, block: Block) -> str:
    written = block.find("keepalive")
    if written is not None:
        period = written.get("seconds") or 10
        return "Keepalive not set" if written.negated else f"Keepalive set ({period} sec)"
    if state.kind in ("Vlan", "BDI"):
        return KEEPALIVE_UNKNOWN
    if state.kind in ETHERNET and not state.name.startswith(MANAGEMENT_PORT + "."):
        port = PORTS.get(router.platform.name)
        if port is not None and state.name != MANAGEMENT_PORT:
            return port.keepalive
    return KEEPALIVE_SET


def _medium_lines(router: "Router", state: InterfaceState) -> Iterator[str]:
    port = PORTS[router.platform.name]
    flow = port.flow
    medium = port.medium
    speed = port.speed if state.speed == "auto" else f"{state.speed}Mbps"
    duplex = f"{state.duplex.capitalize()} Duplex"
    if state.connected and state.duplex == "auto":
        duplex = "Full Duplex"
    elif not state.connected and router.family == CLASSIC and state.speed == "auto":
        speed = "Auto Speed"
    elif not state.connected and state.duplex == "auto":
        duplex = "Full Duplex" if state.shutdown else "Auto Duplex"
    link = port.link
    if link and state.speed != "auto":
        link = "link type is force-up, "
    yield f"  {duplex}, {speed}, {link}media type is {medium}"
    yield f"  output flow-control is {flow}, input flow-control is {flow}"


def arp_line(block: Block) -> str:
    """The line about ARP, with the time for which an entry is kept."""
    seconds = int(block.value("arp timeout", "seconds") or 14400)
    return f"  ARP type: ARPA, ARP Timeout {age_text(seconds)}"


def _member_lines(router: "Router", state: InterfaceState) -> Iterator[str]:
    active = [member for member in members_of(router, state.number) if member.line_up]
    yield f"    No. of active members in this channel: {len(active)} "
    for index, member in enumerate(active):
        yield f"        Member {index} : {member.name} , Full-duplex, 1000Mb/s"
    yield f"    No. of PF_JUMBO supported members in this channel : {len(active)}"


def cleared_text(router: "Router", counters: Counters) -> str:
    """How long ago the counters were cleared: `never`, `00:01:30`."""
    if counters.cleared_at is None:
        return "never"
    return age_text(router.clock.now() - counters.cleared_at)


def _since(seconds: int | None) -> str:
    return "never" if seconds is None else age_text(seconds)


def _queue(block: Block, direction: str, usual: int) -> int:
    entry = block.find("hold-queue", direction)
    return usual if entry is None else int(entry["length"])


def _traffic_lines(
    router: "Router", state: InterfaceState, block: Block, counters: Counters
) -> Iterator[str]:
    deep = router.family != CLASSIC and state.kind != "Loopback"
    held = _queue(block, "in", 375 if deep else 75)
    queue = _queue(block, "out", 40 if state.kind in ARP_USERS else 0)
    interval = int(block.value("load-interval", "seconds") or 300)
    unit = (
        f"{interval // 60} minute" if interval % 60 == 0 and interval > 60 else f"{interval} second"
    )
    shaped = block.has("service-policy", "output")
    yield (
        f"  Last input {_since(counters.last_input_s)}, output {_since(counters.last_output_s)}, "
        "output hang never"
    )
    yield f'  Last clearing of "show interface" counters {cleared_text(router, counters)}'
    yield f"  Input queue: 0/{held}/0/0 (size/max/drops/flushes); Total output drops: 0"
    yield f"  Queueing strategy: {'Class-based queueing' if shaped else 'fifo'}"
    yield f"  Output queue: 0/{queue} (size/max)"
    yield (
        f"  {unit} input rate {counters.bits_in_per_s} bits/sec, "
        f"{counters.packets_in_per_s} packets/sec"
    )
    yield (
        f"  {unit} output rate {counters.bits_out_per_s} bits/sec, "
        f"{counters.packets_out_per_s} packets/sec"
    )
    yield from _counter_lines(router, state, counters)


def _counter_lines(router: "Router", state: InterfaceState, counters: Counters) -> Iterator[str]:
    port = state.kind in ETHERNET
    resets = 1 if state.name in router.platform.hardware.interfaces else 0
    abort = "" if state.kind in ARP_USERS else ", 0 abort"
    yield f"     {counters.packets_in} packets input, {counters.bytes_in} bytes, 0 no buffer"
    yield f"     Received {counters.broadcasts_in} broadcasts (0 IP multicasts)"
    yield "     0 runts, 0 giants, 0 throttles "
    yield f"     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored{abort}"
    if port:
        yield f"     0 watchdog, {counters.multicasts_in} multicast, 0 pause input"
    yield f"     {counters.packets_out} packets output, {counters.bytes_out} bytes, 0 underruns"
    if state.kind == "Tunnel" and router.family != CLASSIC and router.software.release >= (17, 1):
        yield "     Output 0 broadcasts (0 IP multicasts)"
    collisions = "" if state.kind in ("Vlan", "BDI") else " 0 collisions,"
    yield f"     0 output errors,{collisions} {resets} interface resets"
    yield "     0 unknown protocol drops"
    if port:
        yield "     0 babbles, 0 late collision, 0 deferred"
        yield "     0 lost carrier, 0 no carrier, 0 pause output"
    yield "     0 output buffer failures, 0 output buffers swapped out"
