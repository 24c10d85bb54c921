"""The link state advertisements that OSPF makes of the configuration, with true check sums.

Without neighbours a router has only its own ones: what it is joined to in each area and, at the
border of areas, the networks of the others (RFC 2328, sections 12.4 and A.4).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from struct import pack

from .routing_processes import Member, Process

REFRESH_S = 1800
"""After this time a router makes its advertisements anew."""
FIRST_SEQUENCE = 0x80000001
ROUTER, SUMMARY = 1, 3
EXTERNAL_BIT, DEMAND_BIT = 0x02, 0x20
BORDER_FLAG, BOUNDARY_FLAG = 0x01, 0x02
STUB_NETWORK = 3
HEADER_BYTES = 20
DEFAULT_COST = 1
BACKBONE = frozenset({"0", "0.0.0.0"})  # noqa: S104 - an area, not an address
EVERYWHERE = IPv4Network("0.0.0.0/0")

Cost = Callable[[Member], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A network that the router is joined to."""

    network: IPv4Network
    cost: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Advertisement:
    """One advertisement of an area: of the router with its `links`, or of another area's network.

    `metric` is that of a summary, `border` and `boundary` tell what the router is.
    """

    kind: int
    router: str
    state_id: str
    stub: bool = False
    links: tuple[Link, ...] = ()
    network: IPv4Network = EVERYWHERE
    metric: int = 0
    border: bool = False
    boundary: bool = False

    @property
    def length(self) -> int:
        """Its length in bytes."""
        return HEADER_BYTES + len(self._body())

    def sequence(self, age_s: float) -> int:
        """The sequence number when the process has run for `age_s` seconds."""
        return FIRST_SEQUENCE + int(age_s) // REFRESH_S

    def checksum(self, age_s: float) -> int:
        """The check sum of the advertisement that is in force then."""
        options = DEMAND_BIT | (0 if self.stub else EXTERNAL_BIT)
        ids = int(IPv4Address(self.state_id)), int(IPv4Address(self.router))
        head = pack(">BBIII", options, self.kind, *ids, self.sequence(age_s))
        sized = pack(">HH", 0, self.length)
        return fletcher(head + sized + self._body(), len(head))

    def _body(self) -> bytes:
        if self.kind == SUMMARY:
            return pack(">II", int(self.network.netmask), self.metric)
        flags = BORDER_FLAG * self.border | BOUNDARY_FLAG * self.boundary
        links = b"".join(
            pack(
                ">IIBBH",
                int(link.network.network_address),
                int(link.network.netmask),
                STUB_NETWORK,
                0,
                link.cost,
            )
            for link in self.links
        )
        return pack(">BBH", flags, 0, len(self.links)) + links


def fletcher(data: bytes, at: int) -> int:
    """The check sum of ISO 8473 over `data`, whose two bytes at `at` are to hold it (RFC 1008)."""
    c0 = c1 = 0
    for byte in data:
        c0 = (c0 + byte) % 255
        c1 = (c1 + c0) % 255
    behind = len(data) - at - 1
    first = (behind * c0 - c1) % 255 or 255
    second = (c1 - (behind + 1) * c0) % 255 or 255
    return first << 8 | second


def areas(process: Process, cost: Cost) -> dict[str, list[Advertisement]]:
    """The advertisements of each area, that of the router first."""
    links = {area: tuple(_links(process, area, cost)) for area in process.areas}
    border = len(links) > 1
    found = {}
    for area, kind in process.areas.items():
        own = Advertisement(
            kind=ROUTER,
            router=process.router_id,
            state_id=process.router_id,
            stub=kind != "normal",
            links=links[area],
            border=border,
            boundary=bool(process.block.all("redistribute")),
        )
        found[area] = [own, *(_summaries(process, area, kind, links) if border else [])]
    return found


def _links(process: Process, area: str, cost: Cost) -> Iterator[Link]:
    for member in process.members:
        if member.area == area and member.state.line_up:
            own = member.state.ipv4[0]
            loop = member.state.kind == "Loopback"
            network = IPv4Network(own.ip) if loop else own.network
            yield Link(network=network, cost=cost(member))


def _summaries(
    process: Process, area: str, kind: str, links: dict[str, tuple[Link, ...]]
) -> Iterator[Advertisement]:
    """The networks of other areas as this one learns them; a stub area has a default route."""
    networks: dict[IPv4Network, int] = {}
    bare = kind != "normal" and "no-summary" in _area_line(process, area, kind)
    if kind == "stub" or bare:
        written = process.block.find("area default-cost", area)
        networks[EVERYWHERE] = int(written["cost"]) if written else DEFAULT_COST
    for other, found in links.items():
        # between two areas that are not the backbone nothing passes without it
        if other == area or bare or not ({other, area} & BACKBONE or BACKBONE & links.keys()):
            continue
        for link in found:
            networks[link.network] = min(link.cost, networks.get(link.network, link.cost))
    for network in sorted(networks):
        yield Advertisement(
            kind=SUMMARY,
            router=process.router_id,
            state_id=str(network.network_address),
            stub=kind != "normal",
            network=network,
            metric=networks[network],
        )


def _area_line(process: Process, area: str, kind: str) -> list[str]:
    found = process.block.find(f"area {kind}", area)
    return found.text.split() if found is not None else []
