"""All devices of a lab at a glance, and what is wrong in its network."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypedDict, TypeVar

from ..gdoi.keys import Tek
from ..gdoi.member.group import MemberGroup
from ..gdoi.records import HeldTek
from ..gdoi.server.group import ServerGroup
from ..groups.feature import Gdoi
from ..simulation.network import Line

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Network
    from .lab import Lab

Key = TypeVar("Key")


class KeyGlance(TypedDict):
    """A traffic key."""

    spi: str
    """The SPI, with `0x`."""
    sa: int
    """The number of the `sa ipsec`."""
    remaining_s: float
    """What is left of its life, in seconds."""


class GroupGlance(TypedDict):
    """A group that a device serves, or is a member of."""

    group: str
    """The group."""
    role: Literal["key server", "group member"]
    """The part of the device in it."""
    state: str
    """Of a key server `Primary`, `Secondary`, `Election`; of a member `Registered`, …."""
    members: int | None
    """How many members a key server knows; None for a member."""
    key_server: str | None
    """With which key server a member registered; None: with none."""
    tek: KeyGlance | None
    """The traffic key in use, of the `sa ipsec` with the lowest number."""


class DeviceGlance(TypedDict):
    """A device of a lab."""

    name: str
    """The device."""
    platform: str
    """What it is: a router, or a `station`, which has no command line."""
    running: bool
    """Whether it is up."""
    groups: list[GroupGlance]
    """Its groups."""


class PairTrouble(TypedDict):
    """What the way between two devices is like."""

    between: list[str]
    """The two devices."""
    latency_s: float
    """How long a packet takes one way, in seconds."""
    loss: float
    """The share of packets that get lost, from 0 to 1."""
    mtu: int
    """The largest packet that it takes, in bytes."""


class NetworkTroubles(TypedDict):
    """What is wrong in the network of a lab."""

    sides: list[list[str]]
    """The sides that it is split into, by device; those on none are a side of their own."""
    cuts: list[list[str]]
    """Ways that are cut: from whom, to whom."""
    lines: dict[str, Annotated[dict[str, Any], Line]]
    """Access lines that are not as usual, by device."""
    pairs: list[PairTrouble]
    """Ways between two devices that are not as usual."""
    pruned: list[list[str]]
    """Multicast that does not arrive: of which group, at whom."""


class LabOverview(TypedDict):
    """All devices of a lab at a glance; what there is without DEVICE."""

    now: float
    """The time in the lab, in UTC seconds since 1970."""
    devices: list[DeviceGlance]
    """The devices in the order of the lab file, stations last."""
    network: NetworkTroubles
    """What is wrong in the network."""


def overview(lab: "Lab", booted: "Mapping[str, Router]") -> LabOverview:
    """The devices in the order of the file, stations last, and the network; as JSON can say it.

    `now` is UTC seconds. `groups` of a device are those that it serves or is a member of. Routers
    that are not `booted` yet run, but are in no group.
    """
    devices = [_router(lab, name, booted.get(name)) for name in lab.devices]
    if lab.world.stations is not None:
        devices += [_station(lab, name) for name in lab.world.stations.names()]
    return {"now": lab.kernel.now(), "devices": devices, "network": _network(lab.network)}


def _router(lab: "Lab", name: str, router: "Router | None") -> DeviceGlance:
    groups: list[GroupGlance] = []
    if router is not None and router.running:
        found = router.feature(Gdoi)
        groups = [_served(group) for group in found.servers.values()]
        groups += _joined(lab, found.members)
    running = router is None or router.running
    return _device(name, lab.devices[name].platform, running=running, groups=groups)


def _station(lab: "Lab", name: str) -> DeviceGlance:
    running = lab.network.nodes[name].up
    stations = lab.world.stations
    joined = [stations.member(name)] if stations is not None and running else []
    return _device(name, "station", running=running, groups=_joined(lab, joined))


def _device(name: str, platform: str, *, running: bool, groups: list[GroupGlance]) -> DeviceGlance:
    return {"name": name, "platform": platform, "running": running, "groups": groups}


def _served(group: ServerGroup) -> GroupGlance:
    return {
        "group": group.policy.group,
        "role": "key server",
        "state": str(group.role),
        "members": len(group.members),
        "key_server": None,
        "tek": _newest(group),
    }


def _newest(group: ServerGroup) -> KeyGlance | None:
    """The newest key of a key server, of the SA that members show as well."""
    teks = _of_first_sa(group.teks, lambda tek: tek.sa.number)
    return _tek(teks[-1], group.kernel.now()) if teks else None


def _of_first_sa(keys: Sequence[Key], number: Callable[[Key], int]) -> list[Key]:
    """The keys of the SA with the lowest number: of several each has keys of its own."""
    first = min(map(number, keys), default=None)
    return [key for key in keys if number(key) == first]


def _joined(lab: "Lab", members: Iterable[MemberGroup]) -> list[GroupGlance]:
    """Members, each with the name of the key server that it registered with."""
    found: list[GroupGlance] = []
    for member in members:
        now = member.kernel.now()
        teks = _of_first_sa(member.teks, lambda each: each.tek.sa.number)
        held = max(teks, key=lambda each: _used_since(each, now), default=None)
        server = lab.network.owner(member.registered_with) or member.registered_with
        found.append(
            {
                "group": member.policy.group,
                "role": "group member",
                "state": str(member.state),
                "members": None,
                "key_server": server or None,
                "tek": None if held is None else _tek(held, now),
            }
        )
    return found


def _used_since(held: HeldTek, now: float) -> float:
    """When a member began to use a key; what is not used yet, or not to encrypt, comes behind."""
    begin = held.encrypts_at
    return held.received_at - now if begin is None or begin > now else begin


def _tek(key: Tek | HeldTek, now: float) -> KeyGlance:
    tek = key.tek if isinstance(key, HeldTek) else key
    return {"spi": hex(tek.spi), "sa": tek.sa.number, "remaining_s": key.remaining_s(now)}


def _network(network: "Network") -> NetworkTroubles:
    troubles = network.troubles()
    return {
        "sides": [list(side) for side in troubles.sides],
        "cuts": [list(cut) for cut in troubles.cuts],
        "lines": {name: asdict(line) for name, line in troubles.lines.items()},
        "pairs": [
            {
                "between": list(pair),
                "latency_s": line.latency_s,
                "loss": line.loss,
                "mtu": line.mtu,
            }
            for pair, line in troubles.pairs.items()
        ],
        "pruned": [list(branch) for branch in troubles.pruned],
    }
