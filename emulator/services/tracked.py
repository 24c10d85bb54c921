"""Tracked objects and IP SLA operations: whether what they look at is there.

An operation whose destination does not answer times out; `reach` knows who answers.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from types import MappingProxyType
from typing import TYPE_CHECKING

from ..config.store import Block, Entry
from .interfaces import Interfaces
from .reach import ICMP, TCP, UDP, Answer, Probe, answer, resolve, source_address, way_to
from .stub_objects import StubObjects

if TYPE_CHECKING:
    from ..device import Router

MOST_DEPTH = 16
RTT_MS = 1
SOURCES = ("source", "source_interface")
PROTOCOLS: Mapping[str, int] = MappingProxyType({"http": TCP, "icmp": ICMP, "tcp": TCP, "udp": UDP})
"""What operations send, by how their kinds begin."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tracked:
    """A tracked object: `since` is when its state last changed (UTC seconds), `why` it is down."""

    number: int
    entry: Entry
    up: bool
    since: float
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """An IP SLA operation: `kind` is `icmp-echo` and the like, `running` tells that it is on."""

    number: int
    kind: str
    target: str
    entry: Entry
    block: Block
    running: bool
    answered: bool


def operations(router: "Router") -> dict[int, Operation]:
    """The operations that have a type, by number."""
    found: dict[int, Operation] = {}
    root = router.config.root
    for entry in sorted(root.all("ip sla"), key=lambda entry: int(entry["operation"])):
        typed = next((e for e in (entry.block or root).entries.values() if e.block), None)
        if entry.block is None or typed is None or typed.block is None:
            continue
        number = int(entry["operation"])
        schedule = root.find("ip sla schedule", number)
        running = schedule is not None and "pending" not in schedule.text.split()
        target = str(typed.get("target") or typed.get("url") or "")
        address = resolve(router, target)
        vrf = str(typed.block.value("vrf", "vrf") or "")
        answered = address is not None and _answers(router, typed, address, vrf)
        found[number] = Operation(
            number=number,
            kind=typed.setting.name,
            target=target,
            entry=typed,
            block=typed.block,
            running=running,
            answered=running and answered,
        )
    return found


def _answers(router: "Router", typed: Entry, address: str, vrf: str) -> bool:
    """Whether an address would answer what an operation sends."""
    way = way_to(router, address, vrf)
    if way is None:
        return False
    named = [str(typed[name][-1]) for name in SOURCES if typed.get(name)]
    version = 6 if ":" in address else 4
    own = source_address(router, named[-1], vrf, version) if named else ""
    if own is None:
        return False
    probe = Probe(
        destination=address,
        source=own,
        vrf=vrf,
        protocol=PROTOCOLS.get(typed.setting.name.partition("-")[0], ICMP),
        port=int(typed.get("port") or 0),
    )
    return answer(router, way, probe, counted=False) is Answer.CAME


def tracked_objects(router: "Router") -> dict[int, Tracked]:
    """The tracked objects, by number."""
    entries = {int(entry["object"]): entry for entry in router.config.root.all("track")}
    known: dict[int, Tracked] = {}
    slas = operations(router)
    for number in sorted(entries):
        _look(router, number, entries, slas, known, MOST_DEPTH)
    return dict(sorted(known.items()))


def _look(
    router: "Router",
    number: int,
    entries: Mapping[int, Entry],
    slas: Mapping[int, Operation],
    known: dict[int, Tracked],
    depth: int,
) -> Tracked | None:
    """The state of an object; a list asks for its members first."""
    if number in known or number not in entries or not depth:
        return known.get(number)
    entry = entries[number]
    since, why = router.booted_at, ""
    if entry.get("interface"):
        up, since, why = _interface(router, entry)
    elif entry.get("operation"):
        operation = slas.get(int(entry["operation"]))
        up = operation is not None and operation.answered
    elif entry.get("address") or entry.get("prefix"):
        up = _route(router, entry)
        why = "" if up else "no ip route"
    elif "stub-object" in entry.text.split():
        up, since = _stub(router, entry)
    else:
        for member in (entry.block or Block("track")).all("object"):
            _look(router, int(member["object"]), entries, slas, known, depth - 1)
        up = _list(entry, known)
    known[number] = Tracked(number=number, entry=entry, up=up, since=since, why=why)
    return known[number]


def _interface(router: "Router", entry: Entry) -> tuple[bool, float, str]:
    state = router.feature(Interfaces).get(str(entry["interface"]))
    if state is None:
        return False, router.booted_at, "hw missing"
    up = state.line_up
    why = "" if up else "hw admin-down" if state.shutdown else "hw down"
    if "routing" in entry.text.split() and up and not state.ipv4:
        up, why = False, "no IP addr"
    return up, state.changed_at, why


def _route(router: "Router", entry: Entry) -> bool:
    vrf = str((entry.block or Block("track")).value("ip vrf", "vrf") or "")
    written = entry.get("prefix") or f"{entry['address']}/{entry['mask']}"
    network = ip_network(written, strict=False)
    return any(route.network == network for route in router.feature(Interfaces).routes(vrf))


def _stub(router: "Router", entry: Entry) -> tuple[bool, float]:
    """The state of a stub object: that of who drives it, else the one that it is given."""
    found = router.feature(StubObjects).get(int(entry["object"]))
    if found is not None:
        return found
    block = entry.block or Block("track")
    return str(block.value("default-state", "state")) == "up", router.booted_at


def _list(entry: Entry, known: Mapping[int, Tracked]) -> bool:
    block, words = entry.block or Block("track"), entry.text.split()
    members = block.all("object")
    ups = []
    for member in members:
        found = known.get(int(member["object"]))
        is_up = found is not None and found.up
        ups.append(not is_up if "not" in member.text.split() else is_up)
    if not ups:
        return False
    if "boolean" in words:
        return all(ups) if "and" in words else any(ups)
    return _threshold(block, members, ups, "weight" if "weight" in words else "percentage")


def _threshold(block: Block, members: list[Entry], ups: list[bool], kind: str) -> bool:
    weights = [int(m.get("weight") or 10) if kind == "weight" else 1 for m in members]
    reached = sum(weight for weight, up in zip(weights, ups, strict=True) if up)
    if kind == "percentage":
        reached = reached * 100 // len(ups)
    limit = block.find(f"threshold {kind}")
    value = limit.get("up") if limit is not None else None
    needed = value[-1] if isinstance(value, tuple) else value
    return reached >= int(needed) if needed is not None else reached > 0
