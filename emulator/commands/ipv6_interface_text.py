"""What `show ipv6 interface` prints of one interface. Layout: genieparser samples."""

from collections.abc import Iterator
from ipaddress import IPv6Address
from typing import TYPE_CHECKING

from ..config.store import Block
from ..services.interface_state import InterfaceState
from .interface_choice import block_of

if TYPE_CHECKING:
    from ..device import Router

SOLICITED_NODE = int(IPv6Address("ff02::1:ff00:0"))


def ipv6_interface_text(router: "Router", state: InterfaceState) -> str:
    """All lines of an interface with IPv6, the first of them not indented."""
    head = f"{state.name} is {state.status}, line protocol is {state.protocol}"
    return "\n".join([head, *(f"  {line}" for line in _lines(router, state))]) + "\n"


def _lines(router: "Router", state: InterfaceState) -> Iterator[str]:
    block = block_of(router, state.name)
    tentative = "" if state.line_up else "TEN"
    mark = f"[{tentative}]" if tentative else ""
    word = "tentative" if tentative else "enabled"
    yield f"IPv6 is {word}, link-local address is {state.link_local} {mark}"
    yield "No Virtual link-local address(es):"
    if state.description:
        yield f"Description: {state.description}"
    if block.has("ipv6 address autoconfig"):
        yield "Stateless address autoconfig enabled"
    yield from _address_lines(state, block, tentative)
    yield "Joined group address(es):"
    yield from (f"  {group}" for group in _groups(router, state))
    yield f"MTU is {block.value('ipv6 mtu', 'size') or state.mtu} bytes"
    if state.vrf:
        yield f'VPN Routing/Forwarding "{state.vrf}"'
    for direction, shown in (("in", "Input"), ("out", "Output")):
        entry = block.find("ipv6 traffic-filter", direction)
        if entry is not None:
            yield f"{shown} features: Access List"
            yield f"{'Inbound' if direction == 'in' else 'Outgoing'} access list {entry['acl']}"
    yield "ICMP error messages limited to one every 100 milliseconds"
    yield f"ICMP redirects are {'disabled' if block.off('ipv6 redirects') else 'enabled'}"
    yield f"ICMP unreachables are {'never sent' if block.off('ipv6 unreachables') else 'sent'}"
    attempts = block.value("ipv6 nd dad attempts", "count")
    count = 1 if attempts is None else int(attempts)
    dad = "enabled" if count else "disabled"
    yield f"ND DAD is {dad}, number of DAD attempts: {count}"
    yield "ND reachable time is 30000 milliseconds (using 30000)"
    yield from _advertisement_lines(router, state, block)


def _address_lines(state: InterfaceState, block: Block, tentative: str) -> Iterator[str]:
    lender = block.value("ipv6 unnumbered", "interface")
    if lender:
        yield f"Interface is unnumbered. Using address of {lender}"
    if not state.ipv6:
        yield "No global unicast address is configured"
        return
    yield "Global unicast address(es):"
    ways = {
        str(entry["prefix"]): entry.text.split()[-1]
        for entry in block.all("ipv6 address")
        if entry.text.endswith((" eui-64", " anycast"))
    }
    kinds = {"eui-64": "EUI", "anycast": "ANY"}
    for address in state.ipv6:
        written = str(address).upper()
        kind = kinds.get(ways.get(written, ""), "")
        if not kind and any(_same_network(prefix, address.network) for prefix in ways):
            kind = "EUI"
        marks = "/".join(mark for mark in (kind, tentative) if mark)
        subnet = str(address.network).upper()
        shown = f"{str(address.ip).upper()}, subnet is {subnet}"
        yield f"  {shown} [{marks}]" if marks else f"  {shown} "


def _same_network(prefix: str, network: object) -> bool:
    return prefix.upper() == str(network).upper()


def _groups(router: "Router", state: InterfaceState) -> list[str]:
    """All nodes, all routers, and the solicited-node group of each address (RFC 4291)."""
    groups = [0xFF02 << 112 | 1]
    if router.config.root.has("ipv6 unicast-routing"):
        groups.append(0xFF02 << 112 | 2)
    if state.line_up:
        own = [int(address.ip) for address in state.ipv6]
        own.append(int(IPv6Address(state.link_local)))
        groups += [SOLICITED_NODE | address & 0xFFFFFF for address in own]
    return [str(IPv6Address(group)).upper() for group in dict.fromkeys(groups)]


def _advertisement_lines(router: "Router", state: InterfaceState, block: Block) -> Iterator[str]:
    if not router.config.root.has("ipv6 unicast-routing") or state.kind in ("Loopback", "Tunnel"):
        yield "ND NS retransmit interval is 1000 milliseconds"
        return
    yield "ND advertised reachable time is 0 (unspecified)"
    yield "ND advertised retransmit interval is 0 (unspecified)"
    if block.has("ipv6 nd ra suppress"):
        yield "ND RAs are suppressed (periodic)"
    else:
        yield "ND router advertisements are sent every 200 seconds"
        yield "ND router advertisements live for 1800 seconds"
    yield "ND advertised default router preference is Medium"
    if block.has("ipv6 nd", "managed-config-flag"):
        yield "Hosts use DHCP to obtain routable addresses."
    else:
        yield "Hosts use stateless autoconfig for addresses."
