"""In which order devices are changed: secondaries, then primaries, then members.

Members learn a policy from the primary, so that every other key server should have it before: one
that takes over, or that a member registers with meanwhile, then gives out the same.
"""

from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter

from ...inventory.models import Group, Intent
from ...parsers.records.gdoi_ks_coop import KsCoop


def device_order(
    intent: Intent,
    devices: Iterable[str] | None = None,
    primaries: Mapping[str, str] | None = None,
) -> tuple[str, ...]:
    """The names of `devices`, or of all, in the order in which they are changed.

    `primaries` names the key servers that are primary now, by group; of other groups it is the one
    that an election would choose. Where two are primary of one group each, and partners in both,
    that cannot be kept for both groups: the one with fewer groups of its own comes first then.
    """
    wanted = None if devices is None else set(devices)
    known = dict(primaries or {})
    chosen = {group.name: known.get(group.name, elected(intent, group)) for group in intent.groups}
    ours = {device.name for device in intent.devices}
    names = [*_servers(intent, chosen), *(member.name for member in intent.members)]
    return tuple(name for name in names if name in (ours if wanted is None else wanted))


def elected(intent: Intent, group: Group) -> str:
    """The key server with the highest priority, and of those the highest address.

    It is one of ours, if there is any: of others neither is sure.
    """
    addresses = {server.name: server.address for server in intent.key_servers}
    external = {server.name for server in intent.key_servers if server.external}
    ours = [role for role in group.servers if role.name not in external] or group.servers
    best = max(ours, key=lambda role: (role.priority, addresses[role.name]))
    return best.name


def acting(shown: Mapping[str, KsCoop]) -> dict[str, str]:
    """The key servers that say that they are primary, by group; not where several say so."""
    found: dict[str, list[str]] = {}
    for device, record in shown.items():
        for group in record.groups:
            if (group.role or "").lower() == "primary":
                found.setdefault(group.group, []).append(device)
    return {group: names[0] for group, names in found.items() if len(names) == 1}


def _servers(intent: Intent, primaries: Mapping[str, str]) -> list[str]:
    names = [server.name for server in intent.key_servers]
    before: dict[str, set[str]] = {name: set() for name in names}
    for group in intent.groups:
        primary = primaries[group.name]
        before[primary] |= {role.name for role in group.servers if role.name != primary}
    sorter = TopologicalSorter(before)
    try:
        sorter.prepare()
    except CycleError:
        leads = list(primaries.values())
        return sorted(names, key=lambda name: (leads.count(name), names.index(name)))
    found: list[str] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready(), key=names.index)
        found += ready
        sorter.done(*ready)
    return found
