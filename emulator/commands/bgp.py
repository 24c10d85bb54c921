"""The commands about BGP."""

from ..grammar import CommandSet, RefusedError
from ..services.bgp import Bgp, Family, Peer, bgp_process
from ..shell.call import Call
from .bgp_text import neighbor_text, summary_text, table_text

NOT_ACTIVE = "% BGP not active\n"
AFI = "<afi:ipv4|ipv6> <safi:unicast|multicast>"

declared = CommandSet()
declared.words(
    {
        "show bgp": "BGP information",
        "show ip bgp": "BGP information",
        "bgp all": "All address families",
        "bgp summary": "Summary of BGP neighbor status",
        "bgp neighbors": "Detailed information on TCP and BGP neighbor connections",
        "bgp vpnv4": "Address family",
        "bgp ipv4": "Address family",
        "bgp ipv6": "Address family",
        "all summary": "Summary of BGP neighbor status",
        "all neighbors": "Detailed information on TCP and BGP neighbor connections",
        "neighbors A.B.C.D": "Neighbor to display information about",
        "neighbors advertised-routes": "Display the routes advertised to a BGP neighbor",
        "neighbors received-routes": "Display the received routes from neighbor",
        "neighbors routes": "Display routes learned from neighbor",
        "clear ip bgp": "Clear BGP connections",
        "clear bgp": "Clear BGP connections",
        "bgp *": "Clear all peers",
        "bgp soft": "Soft reconfig inbound and outbound updates",
        "unicast": "Address family modifier",
        "multicast": "Address family modifier",
        "bgp vpnv6": "Address family",
        "ipv4 mdt": "Address family modifier",
        "unicast neighbors": "Detailed information on TCP and BGP neighbor connections",
        "unicast summary": "Summary of BGP neighbor status",
        "multicast neighbors": "Detailed information on TCP and BGP neighbor connections",
        "multicast summary": "Summary of BGP neighbor status",
        "unicast all": "All VPNs",
        "multicast all": "All VPNs",
        "vpnv4 all": "All VPNs",
        "vpnv6 all": "All VPNs",
        "mdt all": "All VPNs",
        "unicast *": "Clear all peers",
        "multicast *": "Clear all peers",
        "* soft": "Soft reconfig inbound and outbound updates",
        "unicast soft": "Soft reconfig inbound and outbound updates",
        "multicast soft": "Soft reconfig inbound and outbound updates",
    }
)


def _bgp(call: Call) -> Bgp:
    """The process; RefusedError when there is none."""
    found = bgp_process(call.router)
    if found is None:
        raise RefusedError(NOT_ACTIVE.rstrip("\n"))
    return found


def _families(call: Call, bgp: Bgp) -> list[Family]:
    """The families that the command means, of one VRF if it names one."""
    if call.has("all") and call.get("afi") is None:
        return list(bgp.families)
    afi, safi = call.get("afi") or "ipv4", call.get("safi") or "unicast"
    family = bgp.family(f"{afi} {safi}")
    return [family] if family is not None else []


@declared.exec("show bgp all summary", "show ip bgp all summary")
def show_all_summary(call: Call) -> str:
    """The peers of all families."""
    bgp = _bgp(call)
    return "\n".join(summary_text(call.router, bgp, one, titled=True) for one in bgp.families)


@declared.exec(
    "show ip bgp summary",
    "show bgp summary",
    f"show bgp {AFI} summary",
    f"show ip bgp {AFI} summary",
    "show bgp <afi:vpnv4|vpnv6> <safi:unicast|multicast> all summary",
    "show ip bgp <afi:vpnv4|vpnv6> all summary",
)
def show_summary(call: Call) -> str:
    """The peers of one family."""
    bgp = _bgp(call)
    return "".join(
        summary_text(call.router, bgp, one, titled=False) for one in _families(call, bgp)
    )


@declared.exec(
    "show bgp all neighbors [<peer:ipv4>]",
    "show ip bgp all neighbors [<peer:ipv4>]",
    "show ip bgp neighbors [<peer:ipv4>]",
    "show bgp neighbors [<peer:ipv4>]",
    f"show bgp {AFI} neighbors [{{<peer:ipv4> | <peer:ipv6>}}]",
    f"show ip bgp {AFI} neighbors [{{<peer:ipv4> | <peer:ipv6>}}]",
    "show bgp <afi:vpnv4|vpnv6> <safi:unicast|multicast> all neighbors [<peer:ipv4>]",
    "show ip bgp <afi:vpnv4|vpnv6> all neighbors [<peer:ipv4>]",
    "show bgp ipv4 mdt all neighbors [<peer:ipv4>]",
)
def show_neighbors(call: Call) -> str:
    """All that is known of the neighbours."""
    bgp = _bgp(call)
    if call.has("mdt"):
        return ""
    families = _families(call, bgp)
    wanted = call.get("peer")
    peers: dict[tuple[str, str], Peer] = {}
    for family in families:
        for peer in family.peers:
            if wanted in (None, peer.address):
                peers.setdefault((peer.vrf, peer.address), peer)
    if wanted is not None and not peers:
        return "% No such neighbor or address family\n"
    texts = []
    for (vrf, address), peer in peers.items():
        own = [one for one in families if any(_is(p, vrf, address) for p in one.peers)]
        texts.append(neighbor_text(call.router, peer, own))
    return "\n".join(texts)


@declared.exec(
    "show bgp all neighbors <peer:ipv4> <way:advertised-routes|received-routes|routes>",
    "show bgp neighbors <peer:ipv4> <way:advertised-routes|received-routes|routes>",
    "show ip bgp neighbors <peer:ipv4> <way:advertised-routes|received-routes|routes>",
    f"show bgp {AFI} neighbors {{<peer:ipv4> | <peer:ipv6>}}"
    " <way:advertised-routes|received-routes|routes>",
    f"show ip bgp {AFI} neighbors {{<peer:ipv4> | <peer:ipv6>}}"
    " <way:advertised-routes|received-routes|routes>",
)
def show_neighbor_routes(call: Call) -> str:
    """What is exchanged with a neighbour: nothing, since no session is up."""
    bgp = _bgp(call)
    everything = call.has("all")
    text = ""
    for family in _families(call, bgp):
        peer = next((one for one in family.peers if one.address == call["peer"]), None)
        if peer is None:
            continue
        title = f"For address family: {family.title}\n" if everything else ""
        if call["way"] == "received-routes" and not _keeps(peer):
            text += f"{title}% Inbound soft reconfiguration not enabled on {peer.address}\n"
        else:
            text += f"{title}\nTotal number of prefixes 0 \n"
    return text or "% No such neighbor or address family\n"


def _keeps(peer: Peer) -> bool:
    """Whether what a neighbour sent is kept as it came."""
    return peer.find("neighbor soft-reconfiguration inbound") is not None


def _is(peer: Peer, vrf: str, address: str) -> bool:
    return peer.vrf == vrf and peer.address == address


@declared.exec("show ip bgp", "show bgp all", f"show bgp {AFI}")
def show_table(call: Call) -> str:
    """The networks that are known."""
    bgp = _bgp(call)
    texts = []
    for family in _families(call, bgp):
        title = f"For address family: {family.title}\n\n" if call.has("all") else ""
        if family.networks or title:
            texts.append(title + table_text(call.router, bgp, family))
    return "\n".join(texts)


@declared.exec(
    "clear ip bgp {'*' | <peer:ipv4> | <as:1-4294967295>} [soft] [{in | out}]",
    "clear bgp {'*' | <peer:ipv4> | <as:1-4294967295>} [soft] [{in | out}]",
    f"clear bgp {AFI} {{'*' | <peer:ipv4>}} [soft] [{{in | out}}]",
    privilege=15,
)
def clear_bgp(call: Call) -> None:
    """There are no sessions that could be reset."""
    bgp = _bgp(call)
    peer = call.get("peer")
    if peer is not None and not any(peer == p.address for f in bgp.families for p in f.peers):
        raise RefusedError(f'%BGP: Unknown neighbor - "{peer}"')
