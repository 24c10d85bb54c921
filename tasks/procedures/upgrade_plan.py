"""The plan of an upgrade of key servers, from what they showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from ...errors import UsageError
from ...inventory.models import Intent
from ...inventory.relations import Relations
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from .looking import state_of
from .model import ProcedurePlan
from .upgrade import STEP_S, TAKE_OVER_S, UpgradeServers
from .upgrade_boundaries import Mixture, mixture
from .upgrade_choice import Chosen, How, choose, common, releases
from .upgrade_images import Image
from .upgrade_settings import Box, Proof, Servers
from .upgrade_software import Software
from .upgrade_waiting import left_s

USUAL: Final = How()


def plan_server_upgrade(
    intent: Intent,
    observed: Mapping[str, Observed],
    seen: Mapping[str, Software],
    group: str,
    offered: Sequence[Image],
    how: How = USUAL,
    *,
    hand_over: bool = False,
    prove: Proof = "",
) -> ProcedurePlan:
    """The plan to give the key servers of `group` other images.

    `observed` are whole looks at all key servers of all groups that these serve, `seen` is their
    software, `offered` the images; see `choose` for the rest. Raises UsageError for a call without
    meaning, or a group that nobody serves.
    """
    groups = together(intent, group)
    found = list(looks(intent, observed, groups))
    primary = {
        each.name: each.leading.device
        for each in found
        if each.primary and each.leading is not None
    }
    if group not in primary:
        raise UsageError(f"no key server says that it is primary of {group}")
    ours = [name for name in servers_of(intent, [group]) if name in seen]
    chosen = choose(ours, seen, offered, how)
    if not chosen.boxes and not chosen.obstacles:
        raise UsageError(f"all key servers of {group} run these images already")
    order = tuple(_ordered(intent, chosen.boxes, group, primary))
    wanted = releases(offered, chosen.boxes)
    mixed = mixture(Relations(intent), seen, wanted, found, accepted=how.accept_mixture)
    settings = Servers(
        **common(intent, group, found, offered, chosen.boxes, how),
        order=order,
        primary=primary,
        hand_over=hand_over,
        prove=prove,
    )
    bars = (
        *obstacles(intent, observed, groups=groups, rekey_after_s=0.0),
        *(f"{name}: {text}" for name, text in chosen.obstacles.items()),
        *mixed.obstacles,
        *_bars_of_servers(settings, found),
    )
    data = settings.data()
    return ProcedurePlan(
        procedure=UpgradeServers.name,
        groups=tuple(groups),
        settings=data,
        steps=tuple(UpgradeServers().steps(data)),
        left_s=left_s(found),
        obstacles=bars,
        notes=tuple(_notes(settings, chosen, mixed, found)),
        before={each.name: state_of(each) for each in found},
    )


def together(intent: Intent, group: str) -> list[str]:
    """The groups that are touched when the key servers of `group` restart."""
    ours = set(servers_of(intent, [group]))
    return [each.name for each in intent.groups if ours & {role.name for role in each.servers}]


def servers_of(intent: Intent, groups: Sequence[str]) -> list[str]:
    """The key servers of groups, those of somebody else left out."""
    external = {server.name for server in intent.key_servers if server.external}
    names = dict.fromkeys(
        role.name for each in intent.groups if each.name in groups for role in each.servers
    )
    return [name for name in names if name not in external]


def _ordered(
    intent: Intent, names: Mapping[str, Box], ours: str, primary: Mapping[str, str]
) -> list[str]:
    """Secondaries first, the least important of them first; then who leads a group, `ours` last."""
    rank = dict.fromkeys(names, 0)
    for group in intent.groups:
        for role in group.servers:
            if role.name in rank:
                rank[role.name] = max(rank[role.name], role.priority)
    leads = set(primary.values())
    return sorted(names, key=lambda name: (name in leads, name == primary[ours], rank[name]))


def _bars_of_servers(s: Servers, found: Sequence[GroupLook]) -> Iterator[str]:
    for look in found:
        ours = [name for name in look.servers if name in s.boxes]
        if ours and len(look.intended) < 2:
            yield (
                f"{ours[0]} is the only key server of {look.name}: it loses all keys when it "
                "restarts; add another key server first"
            )
        longest = longest_s(look)
        needs = needed_s(s.takes_s + STEP_S + TAKE_OVER_S)
        if longest is not None and longest <= needs:
            yield (
                f"{look.name}: rekeys are at most {longest:.0f} s apart, a restart needs "
                f"{needs:.0f} s; make the lifetime of the traffic keys longer, or say with --takes "
                "how long it takes"
            )
        lead = look.primary
        if s.hand_over and lead is not None and lead.device in s.boxes:
            others = [each.priority or 0 for each in lead.peers]
            if others and max(others) < (lead.priority or 0):
                yield (
                    f"{lead.device} has the highest priority in {look.name} and would be elected "
                    "again; leave --hand-over out"
                )


def longest_s(look: GroupLook) -> float | None:
    """How far off the next rekey is right after one, by the traffic keys in use; in seconds."""
    lead = look.leading
    known = [
        tek.lifetime_s - (tek.remaining_s - tek.time_to_rekey_s)
        for tek in (lead.teks if lead is not None else ())
        if tek.lifetime_s is not None
        and tek.remaining_s is not None
        and tek.time_to_rekey_s is not None
    ]
    return float(min(known)) if known else None


def _notes(s: Servers, chosen: Chosen, mixed: Mixture, found: Sequence[GroupLook]) -> Iterator[str]:
    for name in chosen.done:
        yield f"{name} runs its image already"
    yield from chosen.notes
    yield from mixed.notes
    needs, left = needed_s(s.takes_s + STEP_S), left_s(found)
    if left is not None:
        now = "suffice" if left > needs else "do not suffice: the first one waits for a rekey"
        yield (
            f"each restart begins when the next rekey is more than {needs:.0f} s off (time to "
            f"rekey, not remaining life); {left:.0f} s now {now}"
        )
    for group, name in s.primary.items():
        if name in s.boxes:
            goes = " and restarts last" if name == s.order[-1] else ""
            goes = goes or ", which another key server takes over"
            yield (
                f"{name} is primary of {group}{goes}; it comes back as a secondary, and that is "
                "right"
            )
    if len(s.groups) > 1:
        yield f"the key servers serve {', '.join(s.groups)}: all of them are watched and locked"
