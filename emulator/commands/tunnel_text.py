"""The lines about its tunnel that `show interfaces` prints of a tunnel interface."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import CLASSIC
from ..services.interface_state import InterfaceState
from ..services.interface_view import TUNNEL_OVERHEAD_BYTES
from ..services.interfaces import Interfaces
from .interface_choice import block_of

if TYPE_CHECKING:
    from ..device import Router

GRE = "GRE/IP"
TRANSPORTS = {
    "gre ip": GRE,
    "gre multipoint": "multi-GRE/IP",
    "gre ipv6": "GRE/IPv6",
    "ipip": "IP/IP",
    "ipsec ipv4": "IPSEC/IP",
    "ipsec ipv6": "IPSEC/IPv6",
    "ipv6ip": "IPv6/IP",
}
FAST = frozenset({GRE, "multi-GRE/IP", "GRE/IPv6"})


def tunnel_lines(router: "Router", state: InterfaceState, block: Block) -> Iterator[str]:
    """From the state of its line to the bandwidths."""
    source = str(block.value("tunnel source", "source") or "")
    address = str(block.value("tunnel source", "address") or "")
    destination = block.value("tunnel destination", "address")
    mode = block.find("tunnel mode")
    name = " ".join(mode.text.split()[2:]) if mode is not None else "gre ip"
    transport = TRANSPORTS.get(name, GRE)
    if router.family != CLASSIC:
        yield f"  Tunnel linestate evaluation {_line_state(state, source, address)}"
    far = f", destination {destination}" if destination else ""
    if source and not address:
        address = _address_of(router, source)
        yield f"  Tunnel source {address or 'UNKNOWN'} ({source}){far}"
        yield from _subblocks(router, state.name, source)
    else:
        yield f"  Tunnel source {address or 'UNKNOWN'}{far}"
    yield f"  Tunnel protocol/transport {transport}"
    if transport in FAST:
        key = block.value("tunnel key", "key")
        yield f"    Key {'disabled' if key is None else f'{int(key):#x}'}, sequencing disabled"
        yield "    Checksumming of packets disabled"
    yield f"  Tunnel TTL 255{', Fast tunneling enabled' if transport in FAST else ''}"
    yield f"  Tunnel transport MTU {1500 - TUNNEL_OVERHEAD_BYTES} bytes"
    yield "  Tunnel transmit bandwidth 8000 (kbps)"
    yield "  Tunnel receive bandwidth 8000 (kbps)"
    profile = block.value("tunnel protection ipsec profile", "profile")
    if profile:
        yield f'  Tunnel protection via IPSec (profile "{profile}")'


def _line_state(state: InterfaceState, source: str, address: str) -> str:
    if state.line_up:
        return "up"
    if state.shutdown:
        return "down - linestate mode none" if not (source or address) else "down"
    return "down - no output interface"


def _address_of(router: "Router", name: str) -> str:
    found = router.feature(Interfaces).get(name)
    return str(found.ipv4[0].ip) if found is not None and found.ipv4 else ""


def _subblocks(router: "Router", name: str, source: str) -> Iterator[str]:
    """The tunnels that follow the state of the interface `source`."""
    states = router.feature(Interfaces).all()
    same = [
        state
        for state in states
        if state.kind == "Tunnel"
        and block_of(router, state.name).value("tunnel source", "source") == source
    ]
    count = f"{len(same)} member{'' if len(same) == 1 else 's'}"
    found = next((state for state in states if state.name == source), None)
    up = "OK" if found is not None and found.line_up else "FAIL"
    yield "   Tunnel Subblocks:"
    yield "      src-track:"
    yield f"         {name} source tracking subblock associated with {source}"
    yield (
        f"          Set of tunnels with source {source}, {count} (includes iterators), "
        f"on interface <{up}>"
    )
