"""IGMP, PIM and multicast routes, of a router without neighbours and receivers.

Layouts: genieparser samples.
"""

from collections.abc import Iterator
from ipaddress import IPv4Address

from ..config.store import Block
from ..grammar import CommandSet
from ..services.interface_state import InterfaceState
from ..services.interfaces import Interfaces
from ..shell.call import Call
from ..timetext import age_text
from .interface_choice import block_of, chosen
from .vrf_choice import vrf_of

DISCOVERY_GROUP = "224.0.1.40"
"""The group of Auto-RP discovery, which a router joins where it speaks PIM."""
NOWHERE = str(IPv4Address(0))
MODES = {
    "sparse-mode": ("S", "Sparse"),
    "dense-mode": ("D", "Dense"),
    "sparse-dense-mode": ("SD", "Sparse-Dense"),
    "passive": ("P", "Passive"),
}
ROUTES_HEAD = """\
IP Multicast Routing Table
Flags: D - Dense, S - Sparse, B - Bidir Group, s - SSM Group, C - Connected,
       L - Local, P - Pruned, R - RP-bit set, F - Register flag,
       T - SPT-bit set, J - Join SPT, M - MSDP created entry, E - Extranet,
       X - Proxy Join Timer Running, A - Candidate for MSDP Advertisement,
       U - URD, I - Received Source Specific Host Report,
       Z - Multicast Tunnel, z - MDT-data group sender,
       Y - Joined MDT-data group, y - Sending to MDT-data group,
       G - Received BGP C-Mroute, g - Sent BGP C-Mroute,
       N - Received BGP Shared-Tree Prune, n - BGP C-Mroute suppressed,
       Q - Received BGP S-A Route, q - Sent BGP S-A Route,
       V - RD & Vector, v - Vector, p - PIM Joins on route
Outgoing interface flags: H - Hardware switched, A - Assert winner, p - PIM Join
 Timers: Uptime/Expires
 Interface state: Interface, Next-Hop or VCD, State/Mode

"""
NEIGHBOR_HEAD = """\
PIM Neighbor Table
Mode: B - Bidir Capable, DR - Designated Router, N - Default DR Priority,
      P - Proxy Capable, S - State Refresh Capable, G - GenID Capable,
      L - DR Load-balancing Capable
Neighbor          Interface                Uptime/Expires    Ver   DR
Address                                                            Prio/Mode
"""
PIM_HEAD = """\

Address          Interface                Ver/   Nbr    Query  DR         DR
                                          Mode   Count  Intvl  Prior
"""
GROUPS_HEAD = """\
IGMP Connected Group Membership
Group Address    Interface                Uptime    Expires   Last Reporter   Group Accounted
"""
EXPIRES = "00:02:30"

declared = CommandSet()
declared.words(
    {
        "show ip igmp": "IGMP information",
        "ip igmp groups": "IGMP group membership information",
        "ip igmp interface": "IGMP interface information",
        "show ip pim": "PIM information",
        "ip pim interface": "PIM interface information",
        "ip pim neighbor": "PIM neighbor information",
        "ip pim rp": "PIM Rendezvous Point (RP) information",
        "pim rp mapping": "Show group-to-RP mappings",
        "show ip mroute": "IP multicast routing table",
        "ip igmp vrf": "Select a VPN Routing/Forwarding instance",
        "ip pim vrf": "Select a VPN Routing/Forwarding instance",
        "ip mroute vrf": "Select a VPN Routing/Forwarding instance",
        "vrf groups": "IGMP group membership information",
        "vrf interface": "Interface information",
        "vrf neighbor": "PIM neighbor information",
        "vrf rp": "PIM Rendezvous Point (RP) information",
        "rp mapping": "Show group-to-RP mappings",
    }
)


def _speakers(call: Call, vrf: str) -> Iterator[tuple[InterfaceState, Block]]:
    """The interfaces of a VRF with PIM."""
    for state in chosen(call):
        block = block_of(call.router, state.name)
        if state.vrf == vrf and block.has("ip pim"):
            yield state, block


def _routing(call: Call, vrf: str) -> bool:
    return call.router.config.root.has("ip multicast-routing", vrf or None)


def _joined(call: Call, vrf: str) -> list[tuple[str, InterfaceState]]:
    """The groups of the router itself with their interfaces, the newest last."""
    found = []
    first = True
    for state in call.router.feature(Interfaces).all():
        if state.vrf != vrf or not state.line_up:
            continue
        block = block_of(call.router, state.name)
        groups = [
            str(entry["group"])
            for name in ("ip igmp join-group", "ip igmp static-group")
            for entry in block.all(name)
        ]
        if block.has("ip pim") and _routing(call, vrf) and first:
            groups.append(DISCOVERY_GROUP)
            first = False
        found += [(group, state) for group in dict.fromkeys(groups)]
    return found


# ---- IGMP ----


@declared.exec("show ip igmp [vrf <vrf>] groups [<group:ipv4>]")
def show_igmp_groups(call: Call) -> str:
    """The groups that somebody on a link listens to: only the router itself does."""
    vrf = vrf_of(call)
    wanted = call.get("group")
    text = GROUPS_HEAD
    for group, state in _joined(call, vrf):
        if wanted in (None, group):
            age = age_text(call.router.clock.now() - state.changed_at)
            text += f"{group:<17}{state.name:<25}{age:<10}{EXPIRES:<10}{state.address:<16}\n"
    return text


@declared.exec("show ip igmp [vrf <vrf>] interface [<name:interface>]")
def show_igmp_interface(call: Call) -> str:
    """The interfaces as IGMP sees them."""
    vrf = vrf_of(call)
    joined = _joined(call, vrf)
    text = ""
    for state in chosen(call):
        block = block_of(call.router, state.name)
        if state.vrf != vrf or not state.ipv4:
            continue
        if not block.has("ip pim"):
            if call.get("name") is not None:
                text += "\n".join(_plain_igmp(state)) + "\n"
            continue
        groups = [group for group, where in joined if where is state]
        text += "\n".join(_igmp(call, state, block, groups)) + "\n"
    return text


def _plain_igmp(state: InterfaceState) -> Iterator[str]:
    yield f"{state.name} is {state.status}, line protocol is {state.protocol}"
    yield f"  Internet address is {state.ipv4[0]}"
    yield "  IGMP is disabled on interface"
    yield "  Multicast routing is disabled on interface"
    yield "  Multicast TTL threshold is 0"


def _igmp(call: Call, state: InterfaceState, block: Block, groups: list[str]) -> Iterator[str]:
    version = block.value("ip igmp version", "version") or 2
    interval = int(block.value("ip igmp query-interval", "seconds") or 60)
    yield f"{state.name} is {state.status}, line protocol is {state.protocol}"
    yield f"  Internet address is {state.ipv4[0]}"
    yield "  IGMP is enabled on interface"
    yield f"  Current IGMP host version is {version}"
    yield f"  Current IGMP router version is {version}"
    yield f"  IGMP query interval is {interval} seconds"
    yield f"  IGMP configured query interval is {interval} seconds"
    yield f"  IGMP querier timeout is {2 * interval} seconds"
    yield f"  IGMP configured querier timeout is {2 * interval} seconds"
    yield "  IGMP max query response time is 10 seconds"
    yield "  Last member query count is 2"
    yield "  Last member query response interval is 1000 ms"
    acl = block.value("ip igmp access-group", "acl")
    yield f"  Inbound IGMP access group is {acl or 'not set'}"
    yield f"  IGMP activity: {len(groups)} joins, 0 leaves"
    on = "enabled" if _routing(call, state.vrf) else "disabled"
    yield f"  Multicast routing is {on} on interface"
    yield "  Multicast TTL threshold is 0"
    yield f"  Multicast designated router (DR) is {state.address} (this system)"
    yield f"  IGMP querying router is {state.address} (this system)"
    if groups:
        yield "  Multicast groups joined by this system (number of users):"
        yield "      " + "  ".join(f"{group}(1)" for group in groups)
    else:
        yield "  No multicast groups joined by this system"


# ---- PIM ----


@declared.exec("show ip pim [vrf <vrf>] interface [<name:interface>]")
def show_pim_interface(call: Call) -> str:
    """The interfaces with PIM: the router is the designated one on all of them."""
    vrf = vrf_of(call)
    text = PIM_HEAD
    for state, block in _speakers(call, vrf):
        mode = MODES[str(block.value("ip pim", "mode"))][0]
        interval = block.value("ip pim query-interval", "seconds") or 30
        priority = block.value("ip pim dr-priority", "priority")
        text += (
            f"{state.address:<17}{state.name:<25}{f'v2/{mode}':<7}{0:<7}{interval:<7}"
            f"{1 if priority is None else priority:<11}{state.address}\n"
        )
    return text


@declared.exec("show ip pim [vrf <vrf>] neighbor [<name:interface>]")
def show_pim_neighbor(call: Call) -> str:
    """Nobody else speaks PIM."""
    vrf_of(call)
    chosen(call)
    return NEIGHBOR_HEAD


@declared.exec("show ip pim [vrf <vrf>] rp mapping")
def show_rp_mapping(call: Call) -> str:
    """The rendezvous points that are configured."""
    vrf = vrf_of(call)
    text = "PIM Group-to-RP Mappings\n\n"
    for entry in call.router.config.root.all("ip pim rp-address"):
        if str(entry.get("vrf") or "") == vrf:
            groups = (
                f"Acl: {entry['acl']}, Static"
                if entry.get("acl")
                else "Group(s): 224.0.0.0/4, Static"
            )
            text += f"{groups}\n    RP: {entry['address']} (?)\n"
    return text


# ---- routes ----


@declared.exec("show ip mroute [vrf <vrf>] [<group:ipv4>]")
def show_mroute(call: Call) -> str:
    """The shared trees of the groups that the router has joined."""
    vrf = vrf_of(call)
    if not _routing(call, vrf):
        return "IP Multicast Forwarding is not enabled.\n"
    wanted = call.get("group")
    joined: dict[str, list[InterfaceState]] = {}
    for group, state in _joined(call, vrf):
        if wanted in (None, group) and block_of(call.router, state.name).has("ip pim"):
            joined.setdefault(group, []).append(state)
    text = "\n".join("\n".join(_tree(call, vrf, *item)) + "\n" for item in joined.items())
    return ROUTES_HEAD + text


def _tree(call: Call, vrf: str, group: str, states: list[InterfaceState]) -> Iterator[str]:
    root, now = call.router.config.root, call.router.clock.now()
    point = next((e for e in root.all("ip pim rp-address") if str(e.get("vrf") or "") == vrf), None)
    address = str(point["address"]) if point is not None else NOWHERE
    age = age_text(now - min(state.changed_at for state in states))
    interfaces = call.router.feature(Interfaces)
    route = interfaces.lookup(address, vrf) if address != NOWHERE else None
    own = interfaces.holder(address, vrf) is not None if address != NOWHERE else True
    incoming = "Null" if own or route is None else route.through
    hop = NOWHERE if own or route is None else route.next_hop or address
    flags = "SJCL" if not own else "SCL" if address != NOWHERE else "DCL"
    shown = f", RP {address}" if address != NOWHERE else ""
    yield f"(*, {group}), {age}/{EXPIRES}{shown}, flags: {flags}"
    yield f"  Incoming interface: {incoming}, RPF nbr {hop}"
    yield "  Outgoing interface list:"
    for state in states:
        mode = MODES[str(block_of(call.router, state.name).value("ip pim", "mode"))][1]
        since = age_text(now - state.changed_at)
        yield f"    {state.name}, Forward/{mode}, {since}/{EXPIRES}"
