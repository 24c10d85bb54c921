"""BGP as text. Layouts: samples of NAPALM, genieparser and the ntc-templates."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ..grammar import CLASSIC
from ..services.bgp import Bgp, Family, Peer
from ..services.interfaces import Interfaces

if TYPE_CHECKING:
    from ..device import Router

SUMMARY_HEAD = (
    "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd"
)
LONG_ADDRESS = 15
EBGP_INTERVAL_S = 30

_ACTIVITY = """\
                                 Sent       Rcvd
  Prefix activity:               ----       ----
    Prefixes Current:               0          0
    Prefixes Total:                 0          0
    Implicit Withdraw:              0          0
    Explicit Withdraw:              0          0
    Used as bestpath:             n/a          0
    Used as multipath:            n/a          0
    Used as secondary:            n/a          0

                                   Outbound    Inbound
  Local Policy Denied Prefixes:    --------    -------
    Total:                                0          0
  Number of NLRIs in the update sent: max 0, min 0
  Last detected as dynamic slow peer: never
  Dynamic slow peer recovered: never
  Refresh Epoch: 1
  Last Sent Refresh Start-of-rib: never
  Last Sent Refresh End-of-rib: never
  Last Received Refresh Start-of-rib: never
  Last Received Refresh End-of-rib: never
                                       Sent       Rcvd
        Refresh activity:              ----       ----
          Refresh Start-of-RIB          0          0
          Refresh End-of-RIB            0          0
"""
_STATISTICS = """\
  Message statistics:
    InQ depth is 0
    OutQ depth is 0

                         Sent       Rcvd
    Opens:                  0          0
    Notifications:          0          0
    Updates:                0          0
    Keepalives:             0          0
    Route Refresh:          0          0
    Total:                  0          0"""


def summary_text(router: "Router", bgp: Bgp, family: Family, *, titled: bool) -> str:
    """The peers of a family in a table, with what the process holds."""
    lines = [f"For address family: {family.title}"] if titled else []
    lines.append(f"BGP router identifier {bgp.router_id}, local AS number {bgp.number}")
    version = table_version(family)
    lines.append(f"BGP table version is {version}, main routing table version {version}")
    lines += _memory(router, len(family.networks))
    if family.peers:
        lines += ["", SUMMARY_HEAD]
        for peer in family.peers:
            lines += _summary_rows(peer)
    return "\n".join(lines) + "\n"


def table_version(family: Family) -> int:
    """A table begins with version 1, and every network makes a new one."""
    return len(family.networks) + 1


def _memory(router: "Router", count: int) -> list[str]:
    if not count:
        return []
    network, path, attribute = (144, 80, 152) if router.family == CLASSIC else (248, 136, 288)
    total = count * (network + path) + attribute
    return [
        f"{count} network entries using {count * network} bytes of memory",
        f"{count} path entries using {count * path} bytes of memory",
        f"1/1 BGP path/bestpath attribute entries using {attribute} bytes of memory",
        "0 BGP route-map cache entries using 0 bytes of memory",
        "0 BGP filter-list cache entries using 0 bytes of memory",
        f"BGP using {total} total bytes of memory",
        f"BGP activity {count}/0 prefixes, {count}/0 paths, scan interval 60 secs",
    ]


def _summary_rows(peer: Peer) -> list[str]:
    numbers = f"4 {peer.remote_as:>12}{0:>8}{0:>8}{1:>9}{0:>5}{0:>5} {'never':<9}{peer.state}"
    if len(peer.address) > LONG_ADDRESS:
        return [peer.address, f"{'':16}{numbers}"]
    return [f"{peer.address:<16}{numbers}"]


def neighbor_text(router: "Router", peer: Peer, families: list[Family]) -> str:
    """All that is known of a neighbour, in these families."""
    return "\n".join(_neighbor(router, peer, families)) + "\n"


def _neighbor(router: "Router", peer: Peer, families: list[Family]) -> Iterator[str]:
    vrf = f"  vrf {peer.vrf}," if peer.vrf else ""
    kind = "internal" if peer.internal else "external"
    yield f"BGP neighbor is {peer.address},{vrf}  remote AS {peer.remote_as}, {kind} link"
    if peer.group:
        yield f" Member of peer-group {peer.group} for session parameters"
    description = peer.find("neighbor description")
    if description is not None:
        yield f" Description: {description['text']}"
    if peer.state == "Idle (Admin)":
        yield " Administratively shut down"
    yield "  BGP version 4, remote router ID 0.0.0.0"
    yield f"  BGP state = {peer.state.split()[0]}"
    timers = peer.find("neighbor timers") or peer.process.find("timers bgp")
    if timers is not None:
        yield (
            f"  Configured hold time is {timers['hold']}, keepalive interval is "
            f"{timers['keepalive']} seconds"
        )
    yield "  Neighbor sessions:"
    yield "    0 active, is not multisession capable (disabled)"
    yield "    Stateful switchover support enabled: NO"
    yield _STATISTICS
    if peer.process.has("bgp log-neighbor-changes"):
        yield "  Do log neighbor state changes (via global configuration)"
    interval = 0 if peer.internal or peer.vrf else EBGP_INTERVAL_S
    yield f"  Default minimum time between advertisement runs is {interval} seconds"
    yield ""
    for family in families:
        yield from _family(peer, family)
    yield from _connection(router, peer)


def _family(peer: Peer, family: Family) -> Iterator[str]:
    yield f" For address family: {family.title}"
    if peer.vrf:
        yield f"  Translates address family IPv4 Unicast for VRF {peer.vrf}"
    yield f"  BGP table version {table_version(family)}, neighbor version 1/{table_version(family)}"
    yield "  Output queue size : 0"
    yield "  Index 0, Advertise bit 0"
    if peer.group:
        yield f"  {peer.group} peer-group member"
    for line, text in (
        ("neighbor route-reflector-client", "Route-Reflector Client"),
        ("neighbor next-hop-self", "NEXT_HOP is always this router for eBGP paths"),
        ("neighbor send-community", "Community attribute sent to this neighbor"),
        ("neighbor soft-reconfiguration inbound", "Inbound soft reconfiguration allowed"),
        ("neighbor default-originate", "Default information originate, default not sent"),
    ):
        if peer.find(line) is not None:
            yield f"  {text}"
    yield from _policies(peer)
    yield "  Slow-peer detection is disabled"
    yield "  Slow-peer split-update-group dynamic is disabled"
    yield _ACTIVITY


def _policies(peer: Peer) -> Iterator[str]:
    words = {"in": "incoming", "out": "outgoing"}
    for block, name in peer.blocks:
        for direction, word in words.items():
            entry = block.find("neighbor prefix-list", name, direction)
            if entry is not None:
                yield f"  {word.capitalize()} update prefix filter list is {entry['list']}"
            entry = block.find("neighbor route-map", name, direction)
            if entry is not None:
                yield f"  Route map for {word} advertisements is {entry['map']}"


def _connection(router: "Router", peer: Peer) -> Iterator[str]:
    interfaces = router.feature(Interfaces)
    route = interfaces.lookup(peer.address, peer.vrf)
    there = "does" if route is not None else "does not"
    yield f"  Address tracking is enabled, the RIB {there} have a route to {peer.address}"
    yield "  Connections established 0; dropped 0"
    yield "  Last reset never"
    hops = peer.find("neighbor ebgp-multihop")
    if hops is not None:
        most = hops.get("hops") or 255
        yield f"  External BGP neighbor may be up to {most} hops away."
    linked = route is not None and route.code == "C"
    interface = route.through if route is not None and linked else "(none)"
    where = "in same link" if linked else "NOT in same link"
    yield f"  Interface associated: {interface} (peering address {where})"
    yield "  Transport(tcp) path-mtu-discovery is enabled"
    yield "  Graceful-Restart is disabled"
    yield "  SSO is disabled"
    yield "  No active TCP connection"


def table_text(router: "Router", bgp: Bgp, family: Family) -> str:
    """The networks of a family."""
    lines = [
        f"BGP table version is {table_version(family)}, local router ID is {bgp.router_id}",
        "Status codes: s suppressed, d damped, h history, * valid, > best, i - internal, ",
        "              r RIB-failure, S Stale, m multipath, b backup-path, f RT-Filter, ",
        "              x best-external, a additional-path, c RIB-compressed, ",
    ]
    if router.family != CLASSIC:
        lines.append("              t secondary path, L long-lived-stale,")
    lines += [
        "Origin codes: i - IGP, e - EGP, ? - incomplete",
        "RPKI validation codes: V valid, I invalid, N Not found",
        "",
        "     Network          Next Hop            Metric LocPrf Weight Path",
    ]
    nowhere = "::" if family.key.startswith("ipv6") else "0.0.0.0"  # noqa: S104 - a next hop
    for _, route in family.networks:
        network = str(route.network).upper()
        hop = route.next_hop or nowhere
        metric = f"{route.metric:>7}"
        origin = "i" if _by_network_line(bgp, network) else "?"
        lines.append(f" *>   {network:<16} {hop:<19}{metric}         32768 {origin}")
    return "\n".join(lines) + "\n"


def _by_network_line(bgp: Bgp, network: str) -> bool:
    places = [bgp.block, *(e.block for e in bgp.block.all("address-family") if e.block)]
    address = network.partition("/")[0]
    return any(
        address in (str(entry.get("address")), str(entry.get("prefix")).partition("/")[0])
        for block in places
        for entry in block.all("network")
    )
