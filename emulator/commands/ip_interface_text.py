"""What `show ip interface` prints of one interface.

Layouts: ntc-templates samples of IOS 15, genieparser samples of IOS-XE.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..config.store import Block
from ..grammar import CLASSIC
from ..services.interface_state import InterfaceState
from .interface_choice import block_of

if TYPE_CHECKING:
    from ..device import Router

SOURCES = {
    "NVRAM": "non-volatile memory",
    "manual": "setup command",
    "DHCP": "DHCP",
    "IPCP": "IPCP",
}
NOT_SET = "not set"
GROUPS_IN_LINE = 4


def ip_interface_text(router: "Router", state: InterfaceState, groups: Sequence[str]) -> str:
    """All lines of an interface, the first of them not indented; it has joined `groups`."""
    head = f"{state.name} is {state.status}, line protocol is {state.protocol}"
    return "\n".join([head, *(f"  {line}" for line in _lines(router, state, groups))]) + "\n"


def _lines(router: "Router", state: InterfaceState, groups: Sequence[str]) -> Iterator[str]:
    block = block_of(router, state.name)
    address = block.find("ip address")
    if not state.ipv4 and (address is None or address.negated):
        yield "Internet protocol processing disabled"
        return
    yield from _address_lines(state)
    yield f"MTU is {state.ip_mtu} bytes"
    yield from _helper_lines(block)
    directed = "enabled" if block.has("ip directed-broadcast") else "disabled"
    yield f"Directed broadcast forwarding is {directed}"
    if not state.unnumbered:
        yield from (f"Secondary address {other}" for other in state.ipv4[1:])
    yield from _group_lines(groups)
    yield from _filter_lines(router, block)
    yield from _answer_lines(block)
    yield from _switching_lines(router, state, block)
    yield from _feature_lines(block)


def _address_lines(state: InterfaceState) -> Iterator[str]:
    if state.unnumbered:
        lent = f" ({state.ipv4[0].ip})" if state.ipv4 else ""
        yield f"Interface is unnumbered. Using address of {state.unnumbered}{lent}"
        yield "Broadcast address is 255.255.255.255"
        return
    if not state.ipv4:
        way = "IPCP" if state.method == "IPCP" else "DHCP"
        yield f"Internet address will be negotiated using {way}"
        yield "Broadcast address is 255.255.255.255"
        return
    yield f"Internet address is {state.ipv4[0]}"
    yield "Broadcast address is 255.255.255.255"
    yield f"Address determined by {SOURCES.get(state.method, SOURCES['NVRAM'])}"


def _helper_lines(block: Block) -> Iterator[str]:
    helpers = [str(entry["address"]) for entry in block.all("ip helper-address")]
    if not helpers:
        yield f"Helper address is {NOT_SET}"
    elif len(helpers) == 1:
        yield f"Helper address is {helpers[0]}"
    else:
        yield f"Helper addresses are {helpers[0]}"
        yield from (f"{'':21}{helper}" for helper in helpers[1:])


def _group_lines(groups: Sequence[str]) -> Iterator[str]:
    """The multicast groups that routing protocols have joined."""
    if groups:
        yield f"Multicast reserved groups joined: {' '.join(groups[:GROUPS_IN_LINE])}"
        for index in range(GROUPS_IN_LINE, len(groups), GROUPS_IN_LINE):
            yield f"    {' '.join(groups[index : index + GROUPS_IN_LINE])}"


def _filter_lines(router: "Router", block: Block) -> Iterator[str]:
    common = router.family != CLASSIC
    for direction, shown in (("out", "Outgoing "), ("in", "Inbound  ")):
        entry = block.find("ip access-group", direction)
        if common:
            yield f"{shown.strip()} Common access list is {NOT_SET} "
        yield f"{shown}access list is {NOT_SET if entry is None else entry['acl']}"


def _answer_lines(block: Block) -> Iterator[str]:
    yield f"Proxy ARP is {_enabled(not block.off('ip proxy-arp'))}"
    yield f"Local Proxy ARP is {_enabled(block.has('ip local-proxy-arp'))}"
    yield "Security level is default"
    yield f"Split horizon is {_enabled(not block.off('ip split-horizon'))}"
    yield f"ICMP redirects are {_sent(not block.off('ip redirects'))}"
    yield f"ICMP unreachables are {_sent(not block.off('ip unreachables'))}"
    yield f"ICMP mask replies are {_sent(block.has('ip mask-reply'))}"


def _enabled(on: bool) -> str:
    return "enabled" if on else "disabled"


def _sent(on: bool) -> str:
    return "always sent" if on else "never sent"


def _switching_lines(router: "Router", state: InterfaceState, block: Block) -> Iterator[str]:
    flow = block.has("ip flow", "ingress") or block.has("ip flow", "egress")
    yield "IP fast switching is enabled"
    yield f"IP Flow switching is {_enabled(flow)}"
    yield "IP CEF switching is enabled"
    yield "IP CEF switching turbo vector"
    if router.family != CLASSIC:
        yield "IP Null turbo vector"
    if state.vrf:
        yield f'VPN Routing/Forwarding "{state.vrf}"'
        yield 'Downstream VPN Routing/Forwarding ""'
    if router.family != CLASSIC:
        yield "Associated unicast routing topologies:"
        yield f'      Topology "base", operation state is {state.protocol.upper()}'
    yield "IP multicast fast switching is enabled"
    yield "IP multicast distributed fast switching is disabled"
    yield "IP route-cache flags are Fast, CEF"


def _feature_lines(block: Block) -> Iterator[str]:
    yield "Router Discovery is disabled"
    yield "IP output packet accounting is disabled"
    yield "IP access violation accounting is disabled"
    yield "TCP/IP header compression is disabled"
    yield "RTP/IP header compression is disabled"
    yield "Probe proxy name replies are disabled"
    policy = block.value("ip policy route-map", "map")
    yield (
        f"Policy routing is enabled, using route map {policy}"
        if policy
        else ("Policy routing is disabled")
    )
    side = block.value("ip nat", "side")
    yield (
        f"Network address translation is enabled, interface in domain {side}"
        if side
        else ("Network address translation is disabled")
    )
    yield "BGP Policy Mapping is disabled"
    yield from _path_lines(block)
    yield "IPv4 WCCP Redirect outbound is disabled"
    yield "IPv4 WCCP Redirect inbound is disabled"
    yield "IPv4 WCCP Redirect exclude is disabled"
    reverse = block.value("ip verify unicast source reachable-via", "how")
    if reverse:
        yield f"IP verify source reachable-via {str(reverse).upper()}"
        yield " 0 verification drops"
        yield " 0 suppressed verification drops"
        yield " 0 verification drop-rate"


def _path_lines(block: Block) -> Iterator[str]:
    """The features that packets pass on their way."""
    crypto = block.has("crypto map")
    on_the_way_in = [
        name
        for name, there in (
            ("uRPF", block.has("ip verify unicast source reachable-via")),
            ("Access List", block.has("ip access-group", "in")),
            ("IPSec input classification", crypto),
            ("Policy Routing", block.has("ip policy route-map")),
            ("QoS Classification", block.has("service-policy", "input")),
            ("MCI Check", True),
        )
        if there
    ]
    yield f"Input features: {', '.join(on_the_way_in)}"
    on_the_way_out = [
        name
        for name, there in (
            ("Access List", block.has("ip access-group", "out")),
            ("IPSec output classification", crypto),
            ("IPSec: to crypto engine", crypto),
            ("Post-encryption output features", crypto),
            ("QoS Classification", block.has("service-policy", "output")),
        )
        if there
    ]
    if on_the_way_out:
        yield f"Output features: {', '.join(on_the_way_out)}"
    if crypto:
        yield "Post encapsulation features: IPSEC Post-encap output classification"
