"""Which devices get which image, and what keeps them from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from ...inventory.models import Intent
from ..deploying.network import GroupLook
from .upgrade_copying import SPARE_BYTES, needed_bytes
from .upgrade_images import Image, image_for, release_in
from .upgrade_settings import TAKES_S, WITHIN_S, Box, Mode
from .upgrade_software import Software, file_name, same_release

NO_IMAGE: Final = "none of these is one"
_FIRST_WITH_INSTALL: Final = (16, 6)
"""Earlier IOS-XE on routers has no `install`, but `request platform software package`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class How:
    """What people choose for an upgrade, whatever is upgraded.

    `mode` is how images boot, `one_way` whether a device may be left without a way back in install
    mode, `accept_mixture` whether a group may be left with devices that do not get on well. Times
    are in seconds; see `Upgrade`.
    """

    mode: Mode = "auto"
    one_way: bool = False
    accept_mixture: bool = False
    takes_s: float = TAKES_S
    within_s: float = WITHIN_S
    keep: bool = False


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
    how: How,
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
        box = _box(soft, image, how.mode)
        if now.is_release(image.release) and now.installed == box.install:
            found.done.append(name)
            continue
        found.boxes[name] = box
        bar = next(_bars(soft, image, box, one_way=how.one_way), None)
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
        if name.endswith(".bin") and same_release(release_in(name) or "", now.version)
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


def _bars(soft: Software, image: Image, box: Box, *, one_way: bool) -> Iterator[str]:
    """What keeps a device from its image."""
    now = soft.running
    assert now is not None  # noqa: S101 - the caller has looked
    if soft.trouble:
        yield soft.trouble
    if box.install and now.xe and now.release < _FIRST_WITH_INSTALL:
        yield (
            f"{now.version} installs packages by 'request platform software', which is left to "
            "you; --mode bundle boots the image as one file"
        )
    if not image.hashes:
        yield f"nothing tells whether {image.name} is intact; give --sha512 or --md5"
    if box.path.startswith(now.place):
        yield from _bars_of_files(soft, image, box)
    if box.install and not now.xe:
        yield "it installs no packages; leave --mode out"
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


def common(
    intent: Intent,
    group: str,
    found: Sequence[GroupLook],
    offered: Sequence[Image],
    boxes: Mapping[str, Box],
    how: How,
) -> dict[str, Any]:
    """The settings that all upgrades have."""
    leading = [(each.name, each.leading) for each in found]
    return {
        "intent": intent.model_dump(mode="json", by_alias=True, exclude_unset=True),
        "group": group,
        "groups": tuple(each.name for each in found),
        "images": {each.key: each for each in offered},
        "boxes": boxes,
        "members": {name: each.member_count or 0 for name, each in leading if each is not None},
        "takes_s": how.takes_s,
        "within_s": how.within_s,
        "keep": how.keep,
    }


def releases(offered: Sequence[Image], boxes: Mapping[str, Box]) -> dict[str, str]:
    """The releases that devices are to run."""
    by_key = {image.key: image.release for image in offered}
    return {name: by_key[box.image] for name, box in boxes.items()}
