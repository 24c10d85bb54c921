"""The plan of an upgrade of key servers, from what they showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
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
from .upgrade_copying import SPARE_BYTES, needed_bytes
from .upgrade_images import Image, image_for
from .upgrade_settings import TAKES_S, WITHIN_S, Box, Mode, Proof, Servers
from .upgrade_software import Software, file_name, same_release
from .upgrade_waiting import left_s

NO_IMAGE: Final = "none of these is one"
_FIRST_WITH_INSTALL: Final = (16, 6)
"""Earlier IOS-XE on routers has no `install`; packages are expanded by hand there."""


@dataclass(slots=True, kw_only=True)
class Chosen:
    """Which devices get which image: `boxes`; `done` run it already, `obstacles` say what bars."""

    boxes: dict[str, Box] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)
    obstacles: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)


def choose(
    names: Sequence[str],
    seen: Mapping[str, Software],
    offered: Sequence[Image],
    *,
    mode: Mode = "auto",
    one_way: bool = False,
) -> Chosen:
    """Find the image for each device, and whether it can get and boot it."""
    found = Chosen()
    for name in names:
        soft = seen[name]
        now = soft.running
        if now is None:
            found.obstacles[name] = f"its software was not seen: {soft.failure}"
            continue
        image = image_for(name, soft, offered)
        if isinstance(image, str):
            found.obstacles[name] = f"{image}; name its image with --image {name}=FILE"
            continue
        box = _box(soft, image, mode)
        if now.is_release(image.release) and now.installed == box.install:
            found.done.append(name)
            continue
        found.boxes[name] = box
        bar = next(_bars(soft, image, box, one_way=one_way), None)
        if bar is not None:
            found.obstacles[name] = bar
        if image.device is not None and soft.family not in (None, image.family):
            found.notes.append(f"{name} runs an image of {soft.family}, {image.name} is another")
    return found


def _box(soft: Software, image: Image, mode: Mode) -> Box:
    now = soft.running
    assert now is not None  # noqa: S101 - the caller has looked
    path = image.path or f"{now.place}{image.name}"
    known = soft.files.get(image.name) if path.startswith(now.place) else None
    old = [
        name
        for name in soft.files
        if name.endswith(".bin") and same_release(_release(name), now.version)
    ]
    return Box(
        image=image.key,
        path=path,
        release=now.version,
        file=now.file,
        boot=soft.boot,
        there=image.local is None or known is not None,
        scp=soft.scp,
        install=now.installed if mode == "auto" else mode == "install",
        way_back=f"{now.place}{old[0]}" if now.installed and old else None,
    )


def _release(name: str) -> str:
    from .upgrade_images import release_in

    return release_in(name) or ""


def _bars(soft: Software, image: Image, box: Box, *, one_way: bool) -> Iterator[str]:
    """What keeps a device from its image."""
    now = soft.running
    assert now is not None  # noqa: S101 - the caller has looked
    if soft.trouble:
        yield soft.trouble
    if not image.hashes:
        yield f"nothing tells whether {image.name} is intact; give --sha512 or --md5"
    if box.path.startswith(now.place):
        yield from _bars_of_files(soft, image, box)
    if box.install and not now.xe:
        yield "it installs no packages; leave --mode out"
    if box.install and now.xe and now.release < _FIRST_WITH_INSTALL:
        yield f"{now.version} has no command 'install'; --mode bundle boots the image as one file"
    if box.was_installed and box.way_back is None and not one_way:
        yield (
            f"the file of its image {box.release} is not on {now.place}, so that there is no way "
            "back; copy it there, or go without with --one-way"
        )


def _bars_of_files(soft: Software, image: Image, box: Box) -> Iterator[str]:
    size = soft.files.get(file_name(box.path))
    if image.local is None and size is None:
        yield f"it has no file {box.path}; copy it there, or name a file of this machine"
    if image.local is not None and size not in (None, image.size):
        yield (
            f"its file {box.path} has {size} bytes, not {image.size}: delete it there, "
            "or give the image another name"
        )
    needed = needed_bytes(image, box)
    if needed is None and box.install and size is not None:
        needed = size + SPARE_BYTES
    if needed is not None and soft.free is not None and soft.free < needed:
        yield f"{soft.free} bytes are free on {box.place}, {needed} are needed"


def plan_server_upgrade(
    intent: Intent,
    observed: Mapping[str, Observed],
    seen: Mapping[str, Software],
    group: str,
    offered: Sequence[Image],
    *,
    mode: Mode = "auto",
    one_way: bool = False,
    accept_mixture: bool = False,
    hand_over: bool = False,
    prove: Proof = "",
    takes_s: float = TAKES_S,
    within_s: float = WITHIN_S,
    keep: bool = False,
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
    chosen = choose(ours, seen, offered, mode=mode, one_way=one_way)
    if not chosen.boxes and not chosen.obstacles:
        raise UsageError(f"all key servers of {group} run these images already")
    order = tuple(_ordered(intent, chosen.boxes, set(primary.values())))
    mixed = mixture(
        Relations(intent),
        seen,
        {name: offered_release(offered, chosen.boxes[name]) for name in order},
        found,
        accepted=accept_mixture,
    )
    settings = Servers(
        intent=intent.model_dump(mode="json", by_alias=True, exclude_unset=True),
        group=group,
        groups=tuple(groups),
        images={each.key: each for each in offered},
        boxes=chosen.boxes,
        members=counts(found),
        takes_s=takes_s,
        within_s=within_s,
        keep=keep,
        order=order,
        primary=primary,
        hand_over=hand_over,
        prove=prove,
    )
    bars = (
        *obstacles(intent, observed, groups=groups, rekey_after_s=0.0),
        *(f"{name}: {text}" for name, text in chosen.obstacles.items()),
        *mixed.obstacles,
        *_bars_of_servers(settings, found, takes_s),
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


def counts(found: Sequence[GroupLook]) -> dict[str, int]:
    """How many members each group has."""
    leading = [(each.name, each.leading) for each in found]
    return {name: server.member_count or 0 for name, server in leading if server is not None}


def offered_release(offered: Sequence[Image], box: Box) -> str:
    """The release that a device is to run."""
    return next(image.release for image in offered if image.key == box.image)


def _ordered(intent: Intent, names: Mapping[str, Box], primaries: set[str]) -> list[str]:
    """Secondaries first, the least important of them first; then who leads a group."""
    rank = dict.fromkeys(names, 0)
    for group in intent.groups:
        for role in group.servers:
            if role.name in rank:
                rank[role.name] = max(rank[role.name], role.priority)
    return sorted(names, key=lambda name: (name in primaries, rank[name]))


def _bars_of_servers(s: Servers, found: Sequence[GroupLook], takes_s: float) -> Iterator[str]:
    for look in found:
        ours = [name for name in look.servers if name in s.boxes]
        if ours and len(look.intended) < 2:
            yield (
                f"{ours[0]} is the only key server of {look.name}: it loses all keys when it "
                "restarts; add another key server first"
            )
        longest = longest_s(look)
        needs = needed_s(takes_s + STEP_S + TAKE_OVER_S)
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
            yield (
                f"{name} is primary of {group} and restarts last; it comes back as a secondary, "
                "and that is right"
            )
    if len(s.groups) > 1:
        yield f"the key servers serve {', '.join(s.groups)}: all of them are watched and locked"
