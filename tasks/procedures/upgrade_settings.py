"""What an upgrade depends on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal

from .upgrade_images import Image
from .upgrade_software import same_file

Mode = Literal["auto", "bundle", "install"]
MODES: Final[tuple[Mode, ...]] = ("auto", "bundle", "install")
Proof = Literal["", "wait", "now"]
TAKES_S: Final = 480.0
"""How long a restart takes, as far as nobody knows better."""
WITHIN_S: Final = 1800.0
"""After how long a device that has not come back is given up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """One device when the plan was made: what it ran and booted, and what it is to run.

    `image` is the key of its image, `path` what that is called there. `release`, `file` and `boot`
    (lines `boot system …`) are what there was. `there` says whether a file was at `path` already,
    `scp` whether it took files by SCP. With `install` the image is installed in packages.
    `way_back` is the file of the old image where that ran in packages; None where there is none.
    """

    image: str
    path: str
    release: str
    file: str
    boot: tuple[str, ...]
    there: bool
    scp: bool
    install: bool
    way_back: str | None = None

    @property
    def was_installed(self) -> bool:
        """Whether the old image ran in packages."""
        return self.file.endswith(".conf")

    @property
    def place(self) -> str:
        """The file system of the image."""
        return self.path.partition(":")[0] + ":"

    @property
    def new_lines(self) -> tuple[str, ...]:
        """The lines that boot the new image, and the old one should that not do."""
        return (f"boot system {self.path}", *self._others(self.path))

    @property
    def back_lines(self) -> tuple[str, ...]:
        """The lines that boot the old image for sure, whatever lies in the flash."""
        if self.boot and same_file(_target(self.boot[0]), self.file):
            return self.boot
        return (f"boot system {self.file}", *self.boot)

    def _others(self, path: str) -> tuple[str, ...]:
        kept = tuple(line for line in self.boot if not same_file(_target(line), path))
        if any(same_file(_target(line), self.file) for line in kept):
            return kept
        return (f"boot system {self.file}", *kept)


def _target(line: str) -> str:
    return line.rpartition(" ")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What both kinds of upgrade depend on, beside the intent.

    `group` is the one that was named, `groups` all that its key servers serve. `members` are how
    many each group had. `takes_s` is how long a restart takes, `within_s` when a device that is not
    back is given up, in seconds. With `keep` copied images stay when the run is taken back.
    """

    intent: Mapping[str, Any]
    group: str
    groups: tuple[str, ...]
    images: Mapping[str, Image]
    boxes: Mapping[str, Box]
    members: Mapping[str, int]
    takes_s: float = TAKES_S
    within_s: float = WITHIN_S
    keep: bool = False

    def image(self, name: str) -> Image:
        """The image that a device is to run."""
        return self.images[self.boxes[name].image]

    def release(self, name: str, *, back: bool = False) -> str:
        """The release that a device is to run; with `back` the one that it ran."""
        return self.boxes[name].release if back else self.image(name).release

    def data(self) -> dict[str, Any]:
        """All of it, for the journal."""
        return {
            **_shallow(self),
            "images": {key: _shallow(each) for key, each in self.images.items()},
            "boxes": {name: _shallow(each) for name, each in self.boxes.items()},
        }


def _shallow(made: Upgrade | Image | Box) -> dict[str, Any]:
    """The fields as they are: an intent of thousands of members is not copied."""
    return {each.name: getattr(made, each.name) for each in fields(made)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers(Upgrade):
    """Of key servers: their `order`, and who of them was `primary` of which group.

    With `hand_over` the primary steps down before it restarts. `prove` is how a rekey is seen
    at the end: the next one (`wait`), one that is sent for it (`now`), or none.
    """

    order: tuple[str, ...]
    primary: Mapping[str, str]
    hand_over: bool = False
    prove: Proof = ""

    def called(self, group: str) -> str:
        """What the key server that leads a group calls it."""
        leader = self.primary[group]
        names = (
            role.get("group_name")
            for each in self.intent["groups"]
            for role in each["servers"]
            if each["name"] == group and role["name"] == leader
        )
        return next(names, None) or group


@dataclass(frozen=True, slots=True, kw_only=True)
class Members(Upgrade):
    """Of members: who is restarted together, the canaries first.

    `budget` is how many may be left on their old image without ending the upgrade.
    """

    canary: tuple[str, ...]
    waves: tuple[tuple[str, ...], ...]
    budget: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """All members, in the order of their restarts."""
        return (*self.canary, *(name for wave in self.waves for name in wave))


def read_servers(data: Mapping[str, Any]) -> Servers:
    """The settings of an upgrade of key servers that `data` kept."""
    return Servers(**_common(data), order=tuple(data["order"]), **_only(data, _SERVERS))


def read_members(data: Mapping[str, Any]) -> Members:
    """The settings of an upgrade of members that `data` kept."""
    return Members(
        **_common(data),
        canary=tuple(data["canary"]),
        waves=tuple(tuple(wave) for wave in data["waves"]),
        budget=data["budget"],
    )


_SERVERS: Final = ("primary", "hand_over", "prove")
_PLAIN: Final = ("intent", "group", "members", "takes_s", "within_s", "keep")


def _common(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **_only(data, _PLAIN),
        "groups": tuple(data["groups"]),
        "images": {name: Image(**each) for name, each in data["images"].items()},
        "boxes": {
            name: Box(**{**each, "boot": tuple(each["boot"])})
            for name, each in data["boxes"].items()
        },
    }


def _only(data: Mapping[str, Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: data[name] for name in names}
