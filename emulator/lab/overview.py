"""All devices of a lab at a glance, and what is wrong in its network."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from ..gdoi.keys import Tek
from ..gdoi.member.group import MemberGroup
from ..gdoi.records import HeldTek
from ..gdoi.server.group import ServerGroup
from ..groups.feature import Gdoi

if TYPE_CHECKING:
    from ..device import Router
    from ..simulation.network import Network
    from .lab import Lab


def overview(lab: "Lab", booted: "Mapping[str, Router]") -> dict[str, Any]:
    """The devices in the order of the file, stations last, and the network; as JSON can say it.

    `now` is UTC seconds. `groups` of a device are those that it serves or is a member of. Routers
    that are not `booted` yet run, but are in no group.
    """
    devices = [_router(lab, name, booted.get(name)) for name in lab.devices]
    if lab.world.stations is not None:
        devices += [_station(lab, name) for name in lab.world.stations.names()]
    return {"now": lab.kernel.now(), "devices": devices, "network": _network(lab.network)}


def _router(lab: "Lab", name: str, router: "Router | None") -> dict[str, Any]:
    groups: list[dict[str, Any]] = []
    if router is not None and router.running:
        found = router.feature(Gdoi)
        groups = [_served(group) for group in found.servers.values()]
        groups += _joined(lab, found.members)
    running = router is None or router.running
    return _device(name, lab.devices[name].platform, running=running, groups=groups)


def _station(lab: "Lab", name: str) -> dict[str, Any]:
    running = lab.network.nodes[name].up
    stations = lab.world.stations
    joined = [stations.member(name)] if stations is not None and running else []
    return _device(name, "station", running=running, groups=_joined(lab, joined))


def _device(
    name: str, platform: str, *, running: bool, groups: list[dict[str, Any]]
) -> dict[str, Any]:
    return {"name": name, "platform": platform, "running": running, "groups": groups}


def _served(group: ServerGroup) -> dict[str, Any]:
    return {
        "group": group.policy.group,
        "role": "key server",
        "state": str(group.role),
        "members": len(group.members),
        "key_server": None,
        "tek": _tek(group.teks[-1], group.kernel.now()) if group.teks else None,
    }


def _joined(lab: "Lab", members: Iterable[MemberGroup]) -> list[dict[str, Any]]:
    """Members, each with the name of the key server that it registered with."""
    found = []
    for member in members:
        now = member.kernel.now()
        held = max(member.teks, key=lambda each: _used_since(each, now), default=None)
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


def _tek(key: Tek | HeldTek, now: float) -> dict[str, Any]:
    tek = key.tek if isinstance(key, HeldTek) else key
    return {"spi": hex(tek.spi), "sa": tek.sa.number, "remaining_s": key.remaining_s(now)}


def _network(network: "Network") -> dict[str, Any]:
    troubles = network.troubles()
    return {
        "sides": [list(side) for side in troubles.sides],
        "cuts": [list(cut) for cut in troubles.cuts],
        "lines": {name: asdict(line) for name, line in troubles.lines.items()},
        "pairs": [{"between": list(pair), **asdict(line)} for pair, line in troubles.pairs.items()],
        "pruned": [list(branch) for branch in troubles.pruned],
    }
