"""What routing protocols do by the configuration: processes and their interfaces.

No neighbour speaks to them here, so a process knows nothing but its own networks.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_network
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from .interface_state import InterfaceState
from .interfaces import Interfaces

if TYPE_CHECKING:
    from ..device import Router

NOBODY = str(IPv4Address(0))
EVERY_BIT = 0xFFFFFFFF


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """An interface that a process has: `explicit` if a line of its own says so."""

    state: InterfaceState
    passive: bool
    area: str = ""
    explicit: bool = False

    @property
    def speaks(self) -> bool:
        """Whether the protocol sends on it: it is up, not passive, and no loopback."""
        return self.state.line_up and not self.passive and self.state.kind != "Loopback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A process of OSPF, EIGRP or RIP, in one VRF.

    `label` is its number or AS; `name` that of a named EIGRP process. `block` holds its lines,
    `topology` those about its table (the same block but for named EIGRP).
    """

    protocol: str
    label: str
    vrf: str
    router_id: str
    block: Block
    topology: Block
    members: tuple[Member, ...]
    name: str = ""

    @property
    def areas(self) -> dict[str, str]:
        """The areas of OSPF with what they are: `normal`, `stub` or `nssa`."""
        found = dict.fromkeys(sorted((m.area for m in self.members), key=area_number), "normal")
        for kind in ("stub", "nssa"):
            for entry in self.block.all(f"area {kind}"):
                if str(entry["area"]) in found:
                    found[str(entry["area"])] = kind
        return found


def area_number(area: str) -> int:
    """The number of an area that is written as a number or as an address."""
    return int(IPv4Address(area)) if "." in area else int(area)


def router_id(router: "Router", vrf: str, written: object = None) -> str:
    """The identifier of a process: what is written, else the highest loopback, else the highest."""
    if written:
        return str(written)
    states = [s for s in router.feature(Interfaces).all() if s.line_up and s.vrf == vrf and s.ipv4]
    loopbacks = [state for state in states if state.kind == "Loopback"]
    addresses = [state.ipv4[0].ip for state in loopbacks or states]
    return str(max(addresses)) if addresses else NOBODY


def _passive(block: Block, name: str) -> bool:
    entry = block.find("passive-interface", name)
    if block.has("passive-interface default"):
        return not (entry is not None and entry.negated)
    return entry is not None and not entry.negated


def _covers(entry: Entry, address: IPv4Address) -> bool:
    """Whether a line `network A [W]` holds an address."""
    base = int(IPv4Address(str(entry["address"])))
    written = entry.get("wildcard")
    if written:
        free = int(IPv4Address(str(written)))
    else:
        first = base >> 24
        free = EVERY_BIT >> (8 if first < 128 else 16 if first < 192 else 24)
    return (base ^ int(address)) & ~free & EVERY_BIT == 0


def _exactness(entry: Entry) -> int:
    written = entry.get("wildcard")
    return int(IPv4Address(str(written))) if written else EVERY_BIT >> 8


def _of_vrf(router: "Router", vrf: str) -> list[InterfaceState]:
    return [s for s in router.feature(Interfaces).all() if s.vrf == vrf and s.ipv4]


# ---- OSPF ----


def ospf_processes(router: "Router") -> list[Process]:
    """The OSPF processes of IPv4, by number."""
    found = sorted(router.config.root.all("router ospf"), key=lambda entry: int(entry["process"]))
    return [_ospf(router, entry) for entry in found]


def _ospf(router: "Router", entry: Entry) -> Process:
    block, vrf = entry.block or Block("ospf"), str(entry.get("vrf") or "")
    number = str(entry["process"])
    return Process(
        protocol="ospf",
        label=number,
        vrf=vrf,
        router_id=router_id(router, vrf, block.value("router-id", "address")),
        block=block,
        topology=block,
        members=tuple(_ospf_members(router, block, number, vrf)),
    )


def _ospf_members(router: "Router", block: Block, number: str, vrf: str) -> Iterator[Member]:
    networks = sorted(block.all("network"), key=_exactness)
    for state in _of_vrf(router, vrf):
        passive = _passive(block, state.name)
        interface = router.config.root.find("interface", state.name)
        own = interface.block.find("ip ospf area") if interface and interface.block else None
        if own is not None and str(own["process"]) == number:
            yield Member(state=state, passive=passive, area=str(own["area"]), explicit=True)
            continue
        line = next((e for e in networks if _covers(e, state.ipv4[0].ip)), None)
        if line is not None:
            yield Member(state=state, passive=passive, area=str(line["area"]))


# ---- EIGRP ----


def eigrp_processes(router: "Router") -> list[Process]:
    """The EIGRP processes of IPv4: those with a number, and the families of named ones."""
    return [
        process
        for entry in router.config.root.all("router eigrp")
        for process in _eigrp(router, entry)
    ]


def _eigrp(router: "Router", entry: Entry) -> Iterator[Process]:
    block = entry.block or Block("eigrp")
    label = str(entry["process"])
    named = not label.isdecimal()
    if not named:
        yield _eigrp_process(router, block, label, "", "")
    for family in block.all("address-family"):
        if family["family"] != "ipv4" or family.block is None:
            continue
        number = family.get("as") or family.block.value("autonomous-system", "as")
        if number is not None:
            vrf = str(family.get("vrf") or "")
            name = label if named else ""
            yield _eigrp_process(router, family.block, str(number), vrf, name)


def _eigrp_process(router: "Router", block: Block, number: str, vrf: str, name: str) -> Process:
    topology = block.find("topology base")
    return Process(
        protocol="eigrp",
        label=number,
        vrf=vrf,
        name=name,
        router_id=router_id(router, vrf, block.value("eigrp router-id", "address")),
        block=block,
        topology=topology.block if topology is not None and topology.block else block,
        members=tuple(_members(router, block, vrf)),
    )


def _members(router: "Router", block: Block, vrf: str) -> Iterator[Member]:
    for state in _of_vrf(router, vrf):
        if any(_covers(line, own.ip) for line in block.all("network") for own in state.ipv4):
            passive = _passive(block, state.name) or _family_passive(block, state.name)
            yield Member(state=state, passive=passive)


def _family_passive(block: Block, name: str) -> bool:
    """`passive-interface` below `af-interface`: the line of the interface counts first."""
    for entry in (block.find("af-interface", name), block.find("af-interface default")):
        line = entry.block.find("passive-interface") if entry and entry.block else None
        if line is not None:
            return not line.negated
    return False


# ---- RIP ----


def rip_processes(router: "Router") -> list[Process]:
    """The process of RIP, and its families of VRFs."""
    entry = router.config.root.find("router rip")
    if entry is None or entry.block is None:
        return []
    places: Iterable[tuple[Block, str]] = [
        (entry.block, ""),
        *((f.block, str(f["vrf"])) for f in entry.block.all("address-family ipv4 vrf") if f.block),
    ]
    return [
        Process(
            protocol="rip",
            label="",
            vrf=vrf,
            router_id=NOBODY,
            block=block,
            topology=block,
            members=tuple(_members(router, block, vrf)),
        )
        for block, vrf in places
    ]


def own_networks(process: Process) -> list[tuple[str, InterfaceState]]:
    """The networks that a process of EIGRP or RIP has itself, with the interface, by address."""
    lines = networks_of(process)
    found = {
        str(own.network): member.state
        for member in process.members
        if member.state.line_up
        for own in member.state.ipv4
        if any(_covers(line, own.ip) for line in lines)
    }
    ordered = sorted(found, key=lambda text: (int(ip_network(text).network_address), text))
    return [(text, found[text]) for text in ordered]


def networks_of(process: Process) -> list[Entry]:
    """The lines `network` of a process, by address."""
    lines = process.block.all("network")
    return sorted(lines, key=lambda entry: int(IPv4Address(str(entry["address"]))))
