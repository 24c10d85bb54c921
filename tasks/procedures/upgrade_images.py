"""Images that devices are to run: files of this machine, or files that are on the devices."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Literal

from ...errors import CheckError, InputError, UsageError
from .upgrade_software import Software, family_of, file_name

Hash = Literal["md5", "sha512"]
HASHES: Final[tuple[Hash, ...]] = ("sha512", "md5")
"""The stronger one first."""
_DIGITS: Final = {"md5": 32, "sha512": 128}
_BLOCK: Final = 1 << 20
_REMOTE: Final = re.compile(r"[a-z][a-z0-9-]{1,30}:/?[A-Za-z0-9._()+-]{1,120}")
_NAME: Final = re.compile(r"[A-Za-z0-9._()+-]{1,120}")
_XE: Final = re.compile(r"\.(\d{2})\.(\d{2})\.(\d{2})([a-z]{0,2})\.SPA", re.IGNORECASE)
_CLASSIC: Final = re.compile(
    r"[.-](\d{2})(\d)-(\d{1,2})([a-z]?)\.([A-Z]{1,3})(\d{0,3})([a-z]?)(?=[.-])"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Image:
    """An image: its file on devices, the release in it, how it is known to be the right one.

    `local` is the file on this machine; None where devices have it already, and `path` then has
    the file system that it is in. `device` is the only one that it is for, if it was said so.
    """

    name: str
    release: str
    path: str | None = None
    local: str | None = None
    size: int | None = None
    md5: str | None = None
    sha512: str | None = None
    device: str | None = None

    @property
    def key(self) -> str:
        """What tells it apart from the others of an upgrade."""
        return self.name if self.device is None else f"{self.device}={self.name}"

    @property
    def family(self) -> str:
        """How its file begins: `isr4400`."""
        return family_of(self.name)

    @property
    def hashes(self) -> dict[Hash, str]:
        """What is known of its hashes, the strongest first."""
        known: dict[Hash, str | None] = {"sha512": self.sha512, "md5": self.md5}
        return {kind: value for kind, value in known.items() if value}


def images(
    given: Sequence[str],
    devices: Collection[str],
    *,
    md5: Sequence[str] = (),
    sha512: Sequence[str] = (),
    release: str | None = None,
) -> tuple[Image, ...]:
    """The images that people name: `FILE`, `bootflash:FILE`, either of them behind `DEVICE=`.

    A hash is given alone, or with the name of its file before it: `FILE=HASH`. Raises UsageError
    for a call without meaning, InputError for a file that cannot be read, CheckError for one whose
    hash is another.
    """
    if not given:
        raise UsageError("which image?", hint="name it with --image")
    hashes: dict[Hash, Sequence[str]] = {"sha512": sha512, "md5": md5}
    found = [_image(text, devices, hashes, release, only=len(given) == 1) for text in given]
    names = {each.name for each in found}
    for values in hashes.values():
        for value in values:
            name = value.rpartition("=")[0]
            if name and name not in names:
                raise UsageError(f"no image is called {name!r}", hint=f"there are {sorted(names)}")
    if release is not None and len({each.release for each in found}) != 1:
        raise UsageError("--release is for one image", hint="leave it out")
    return tuple(found)


def _image(
    text: str,
    devices: Collection[str],
    hashes: dict[Hash, Sequence[str]],
    release: str | None,
    *,
    only: bool,
) -> Image:
    device, sign, place = text.partition("=")
    if not sign or device not in devices:
        device, place = "", text
    local = Path(place)
    if local.is_file():
        name, path = local.name, None
    elif _REMOTE.fullmatch(place):
        name, path = file_name(place), place
    else:
        raise UsageError(
            f"there is no file {place}",
            hint="a file that is on the devices is named with its file system: bootflash:FILE",
        )
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name!r} is no name for an image on a router")
    version = release or release_in(name)
    if version is None:
        raise UsageError(f"the name {name} does not tell its release", hint="give --release")
    wanted = {kind: _wanted(kind, values, name, only=only) for kind, values in hashes.items()}
    image = Image(
        name=name,
        release=version,
        path=path,
        device=device or None,
        md5=wanted["md5"],
        sha512=wanted["sha512"],
    )
    return image if path is not None else _read(image, local)


def _wanted(kind: Hash, values: Sequence[str], name: str, *, only: bool) -> str | None:
    for value in values:
        of, _, digits = value.rpartition("=")
        count = _DIGITS[kind]
        if not re.fullmatch(f"[0-9A-Fa-f]{{{count}}}", digits):
            raise UsageError(
                f"{digits[:140]!r} is no {kind.upper()}", hint=f"it has {count} digits"
            )
        if of == name:
            return digits.lower()
        if not of:
            if not only:
                raise UsageError(
                    "of which image is that hash?", hint=f"write --{kind} {name}={digits[:8]}…"
                )
            return digits.lower()
    return None


def _read(image: Image, local: Path) -> Image:
    """The image with the size and the hashes of its file on this machine."""
    reckoned = {"md5": hashlib.md5(usedforsecurity=False), "sha512": hashlib.sha512()}
    size = 0
    try:
        with local.open("rb") as file:
            while block := file.read(_BLOCK):
                size += len(block)
                for each in reckoned.values():
                    each.update(block)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=str(local)) from None
    own = {kind: each.hexdigest() for kind, each in reckoned.items()}
    for kind, wanted in image.hashes.items():
        if own[kind] != wanted:
            raise CheckError(
                f"the {kind.upper()} of {local} is {own[kind]}, not {wanted}",
                hint="it is another image, or damaged: get it again",
            )
    return replace(
        image, local=str(local.absolute()), size=size, md5=own["md5"], sha512=own["sha512"]
    )


def release_in(name: str) -> str | None:
    """The release that the name of an image tells, as `show version` writes it: `17.9.4a`."""
    classic = _CLASSIC.search(name)
    if classic is not None:
        major, minor, number, letter, train, rebuild, suffix = classic.groups()
        return f"{major}.{minor}({number}{letter}){train}{rebuild}{suffix}"
    modern = _XE.search(name)
    if modern is None:
        return None
    return f"{int(modern[1])}.{int(modern[2])}.{int(modern[3])}{modern[4]}"


def image_for(name: str, seen: Software, offered: Sequence[Image]) -> Image | str:
    """The image that a device is to run, or why none fits."""
    own = [image for image in offered if image.device == name]
    if own:
        return own[0]
    free = [image for image in offered if image.device is None]
    family = seen.family
    if family is None:
        return free[0] if len(free) == 1 else "nothing tells of which family its images are"
    fitting = [image for image in free if image.family == family]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        return f"several images are for {family}"
    return f"it runs an image of {family}, and none of these is one"
