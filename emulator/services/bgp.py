"""BGP as the configuration makes it: families, peers and the networks that the router announces.

Nobody answers on TCP port 179 here, so no session is ever established.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from .interfaces import Interfaces
from .routes import Route
from .routing_processes import router_id

if TYPE_CHECKING:
    from ..device import Router

IPV4, IPV6, VPNV4, VPNV6 = "ipv4 unicast", "ipv6 unicast", "vpnv4 unicast", "vpnv6 unicast"
TITLES = {
    IPV4: "IPv4 Unicast",
    IPV6: "IPv6 Unicast",
    VPNV4: "VPNv4 Unicast",
    VPNV6: "VPNv6 Unicast",
    "ipv4 multicast": "IPv4 Multicast",
    "ipv6 multicast": "IPv6 Multicast",
    "l2vpn evpn": "L2VPN E-VPN",
}
"""The families in the order of `show bgp all`, with the names that IOS gives them."""
OF_VRF = {IPV4: VPNV4, IPV6: VPNV6}


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A neighbour; `blocks` hold its lines, those of its peer group last."""

    address: str
    vrf: str
    local_as: int
    remote_as: int
    group: str
    state: str
    process: Block
    blocks: tuple[tuple[Block, str], ...]

    @property
    def internal(self) -> bool:
        """Whether it is in the same AS."""
        return self.local_as == self.remote_as

    def find(self, name: str) -> Entry | None:
        """The line `neighbor … NAME` that counts for the peer."""
        for block, peer in self.blocks:
            entry = block.find(name, peer)
            if entry is not None:
                return entry
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """An address family: its peers, and the networks that are announced in it by VRF."""

    key: str
    peers: tuple[Peer, ...]
    networks: tuple[tuple[str, Route], ...]

    @property
    def title(self) -> str:
        """The name that IOS gives it."""
        return TITLES[self.key]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bgp:
    """The process."""

    number: int
    router_id: str
    families: tuple[Family, ...]
    block: Block

    def family(self, key: str) -> Family | None:
        """One of the families; None if it is not on."""
        return next((family for family in self.families if family.key == key), None)


def bgp_process(router: "Router") -> Bgp | None:
    """The BGP process; None if the router has none."""
    entry = next(iter(router.config.root.all("router bgp")), None)
    if entry is None or entry.block is None:
        return None
    block = entry.block
    return Bgp(
        number=int(entry["as"]),
        router_id=router_id(router, "", block.value("bgp router-id", "address")),
        families=tuple(_families(router, int(entry["as"]), block)),
        block=block,
    )


def _families(router: "Router", number: int, process: Block) -> Iterator[Family]:
    found: dict[str, list[tuple[str, Block]]] = {IPV4: [("", process)]}
    for entry in process.all("address-family"):
        if entry.block is None:
            continue
        key = f"{entry['family']} {entry.get('sub') or 'unicast'}"
        vrf = str(entry.get("vrf") or "")
        found.setdefault(OF_VRF.get(key, key) if vrf else key, []).append((vrf, entry.block))
    for key in TITLES:
        if key not in found:
            continue
        peers: dict[tuple[str, str], Peer] = {}
        networks: dict[tuple[str, str], Route] = {}
        for vrf, block in found[key]:
            for address in _addresses(process, block, key, vrf):
                peers[vrf, address] = _peer(router, number, process, block, vrf, address)
            for route in _announced(router, block, key, vrf):
                networks.setdefault((vrf, str(route.network)), route)
        if peers or networks or key != IPV4:
            yield Family(
                key=key,
                peers=tuple(sorted(peers.values(), key=_order)),
                networks=tuple((vrf, route) for (vrf, _), route in networks.items()),
            )


def _order(peer: Peer) -> tuple[int, int]:
    address = ip_address(peer.address)
    return address.version, int(address)


def _defined(block: Block) -> Iterator[str]:
    """The neighbours that a block defines; peer groups are none."""
    for name in ("neighbor remote-as", "neighbor peer-group"):
        for entry in block.all(name):
            peer = str(entry["peer"])
            if "." in peer or ":" in peer:
                yield peer


def _addresses(process: Block, block: Block, key: str, vrf: str) -> list[str]:
    """The neighbours that are active in a family."""
    if vrf:
        return [peer for peer in dict.fromkeys(_defined(block)) if not _switched_off(block, peer)]
    own = process.find("address-family", key.partition(" ")[0], None, None)
    place = own.block if own is not None and own.block is not None else None
    usual = key == IPV4 and not process.off("bgp default ipv4-unicast")
    found = []
    for peer in dict.fromkeys(_defined(process)):
        place_of_key = place if key in (IPV4, IPV6) else block
        line = place_of_key.find("neighbor activate", peer) if place_of_key is not None else None
        if (line is None and usual and ":" not in peer) or (line is not None and not line.negated):
            found.append(peer)
    return found


def _switched_off(block: Block, peer: str) -> bool:
    line = block.find("neighbor activate", peer)
    return line is not None and line.negated


def _peer(
    router: "Router", number: int, process: Block, block: Block, vrf: str, address: str
) -> Peer:
    places = [block, process] if block is not process else [process]
    group = ""
    for place in places:
        line = place.find("neighbor peer-group", address)
        if line is not None and line.get("group"):
            group = str(line["group"])
    blocks = [(place, address) for place in places]
    blocks += [(place, group) for place in places if group]
    remote = next((e for b, p in blocks if (e := b.find("neighbor remote-as", p))), None)
    local = next((e for b, p in blocks if (e := b.find("neighbor local-as", p))), None)
    shut = next((e for b, p in blocks if (e := b.find("neighbor shutdown", p))), None)
    reachable = router.feature(Interfaces).lookup(address, vrf) is not None
    state = "Active" if reachable else "Idle"
    return Peer(
        address=address,
        vrf=vrf,
        local_as=int(local["as"]) if local is not None else number,
        remote_as=int(remote["as"]) if remote is not None else 0,
        group=group,
        state="Idle (Admin)" if shut is not None and not shut.negated else state,
        process=process,
        blocks=tuple(blocks),
    )


def _announced(router: "Router", block: Block, key: str, vrf: str) -> Iterator[Route]:
    """The routes of the router that lines of the block announce."""
    interfaces = router.feature(Interfaces)
    six = key.partition(" ")[0] in ("ipv6", "vpnv6")
    routes = interfaces.routes6(vrf) if six else interfaces.routes(vrf)
    codes = {"connected": ("C", "LC"), "static": ("S",)}
    wanted = {
        ip_network(entry.get("prefix") or f"{entry['address']}/{entry['mask']}", strict=False)
        for entry in block.all("network")
    }
    taken = [
        code for entry in block.all("redistribute") for code in codes.get(str(entry["source"]), ())
    ]
    for route in routes:
        if route.code != "L" and (
            route.network in wanted or (route.code in taken and not route.default)
        ):
            yield route
