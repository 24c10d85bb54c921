"""A look at all devices that a deployment has to do with."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Final, TypeVar

from ...audits.load import config_gap
from ...errors import DeviceError
from ...inventory.models import Intent
from ...inventory.relations import Relations
from ..clock import Clock
from .models import OpenDevice, Plan, Role
from .observing import Observed, observe, unreachable
from .outcome import clause

T = TypeVar("T")
_HOSTNAME: Final = re.compile(r"^hostname (\S+)", re.MULTILINE)


def in_turn(names: Iterable[str], work: Callable[[str], T], jobs: int) -> dict[str, T]:
    """What `work` gives for each of `names`, so many at a time; one at a time in this thread."""
    every = list(names)
    if jobs < 2 or len(every) < 2:
        return {name: work(name) for name in every}
    with ThreadPoolExecutor(min(jobs, len(every)), thread_name_prefix="getvpn") as pool:
        return dict(zip(every, pool.map(work, every), strict=True))


def groups_of(intent: Intent, devices: Iterable[str]) -> set[str]:
    """The groups that `devices` serve or are members of."""
    return _groups(Relations(intent), devices)


def partners(intent: Intent, devices: Collection[str], groups: Collection[str] = ()) -> list[str]:
    """All key servers of ours, of `groups` and of those that `devices` serve or are members of."""
    relations = Relations(intent)
    groups = {*groups, *_groups(relations, devices)}
    return [
        server.name
        for server in intent.key_servers
        if not server.external
        and any(post.group.name in groups for post in relations.posts_by_server[server.name])
    ]


def _groups(relations: Relations, devices: Iterable[str]) -> set[str]:
    posts, seats = relations.posts_by_server, relations.seats_by_member
    return {
        each.group.name for name in devices for each in (*posts.get(name, ()), *seats.get(name, ()))
    }


def survey(
    intent: Intent,
    devices: Mapping[str, Role],
    open_device: OpenDevice,
    *,
    clock: Clock,
    jobs: int = 1,
    report: Callable[[Observed], None] | None = None,
) -> dict[str, Observed]:
    """What the devices show, in a session each; those that fail are among them with the failure."""
    known = {each.name.lower(): each.name for each in (*intent.key_servers, *intent.members)}

    def look(name: str) -> Observed:
        try:
            with closing(open_device(name)) as device:
                seen = observe(device, devices[name], clock=clock)
            _check(seen, name, known)
        except DeviceError as error:
            seen = unreachable(name, devices[name], error, clock=clock)
            seen = replace(seen, failure=clause(error))
        if report is not None:
            report(seen)
        return seen

    return in_turn(devices, look, jobs)


def _check(seen: Observed, name: str, known: Mapping[str, str]) -> None:
    """Raise DeviceError for a device that is another one, or shows half of its configuration."""
    if seen.running is None:
        return
    gap = config_gap(seen.running)
    if gap is not None:
        raise DeviceError(gap, device=name)
    said = _HOSTNAME.search(seen.running)
    other = known.get(said[1].lower()) if said is not None else None
    if other is not None and other != name:
        raise DeviceError(
            f"it says that it is {other}; the inventory has the address of another device",
            device=name,
        )


def members_beside(intent: Intent, plan: Plan, observed: Collection[str]) -> list[str]:
    """The members that nobody has looked at, of groups whose key servers are changed or rekey."""
    servers = {name for name, change in plan.changes.items() if change.role == "key server"}
    groups = {group for name in servers for group in plan.changes[name].groups}
    groups |= {rekey.group for rekey in plan.rekeys}
    relations = Relations(intent)
    found = {
        seat.member.name
        for name in groups
        for seat in relations.seats_by_group.get(name, ())
        if seat.member.name not in observed and not seat.member.external
    }
    return [member.name for member in intent.members if member.name in found]
