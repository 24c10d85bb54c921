"""Which software a router runs: the image that it booted from decides the version."""

import hashlib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .files.errors import FileError
from .files.images import HEADER_BYTES, Image

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .config.store import Block
    from .files.store import FileStore
    from .platforms import Platform

PACKAGES_CONF: Final = "packages.conf"

_BASE: Final = "mono"
_BOOT: Final = "rpboot"
_BOOT_SHARE: Final = 16
_MOST_CONF_BYTES: Final = 65_536
_VERSION: Final = re.compile(r"\d{1,3}\.\d{1,3}(?!\d)\S*", re.ASCII)
_CONF: Final = re.compile(
    r"#! /usr/binos/bin/packages_conf\.sh\n\nsha1sum: (?P<sum>[0-9a-f]{40})\n(?P<body>.*)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Software:
    """A running image: its version as `show version` prints it, and the file that it came from."""

    version: str
    file: str

    @property
    def config_version(self) -> str:
        """The number in the line `version` of a configuration: `16.12`, `15.7`."""
        return "{}.{}".format(*self.release)

    @property
    def release(self) -> tuple[int, int]:
        """The first two numbers of the version."""
        major, _, rest = self.version.partition(".")
        digits = rest[: len(rest) - len(rest.lstrip("0123456789"))]
        return int(major), int(digits or 0)


def usual_software(platform: "Platform") -> Software:
    """What a router of this model is delivered with."""
    return Software(version=platform.version, file=platform.hardware.flash + platform.image)


def booted_software(files: "FileStore", platform: "Platform", candidates: list[str]) -> Software:
    """What boots: the first of the `boot system` files that is there, else the first in flash.

    An image of another family, or a damaged one, does not boot; neither does a `packages.conf`
    that was changed, or whose packages are not there. With none left the router comes up with what
    it was delivered with, as a router in ROM monitor would be helped.
    """
    flash = platform.hardware.flash
    for path in [*candidates, *_images_in(files, flash)]:
        image = _image(files, path)
        if image is not None and image.family == platform.image_family:
            return Software(version=image.version, file=path)
        version = provisioned_version(files, path, platform.image_family)
        if version is not None:
            return Software(version=version, file=path)
    return usual_software(platform)


def boot_candidates(root: "Block", platform: "Platform") -> list[str]:
    """The files of the lines `boot system`, in their order."""
    return [_boot_file(entry.text, platform) for entry in root.all("boot system")]


def boot_variable(startup: bytes, platform: "Platform") -> list[str]:
    """The files that the next boot tries, which are those of the saved configuration."""
    lines = startup.decode("latin-1").splitlines()
    return [_boot_file(line, platform) for line in lines if line.startswith("boot system ")]


def _boot_file(line: str, platform: "Platform") -> str:
    place = line.rsplit(maxsplit=1)[-1]
    return place if ":" in place else platform.hardware.flash + place


# ---- packages: an image in parts, and the file that says which parts boot ----


def packages_of(image: Image, version: str) -> dict[str, Image]:
    """The packages in an image by name; `version` is how names of files have its version."""
    boot_bytes = max(image.size // _BOOT_SHARE, HEADER_BYTES)
    base_bytes = max(image.size - boot_bytes, HEADER_BYTES)
    return {
        f"{image.family}-{part}.{version}.SPA.pkg": Image(
            family=f"{image.family}-{kind}", version=image.version, size=size
        )
        for part, kind, size in (
            ("mono-universalk9", _BASE, base_bytes),
            ("rpboot", _BOOT, boot_bytes),
        )
    }


def packages_text(names: "Iterable[str]") -> str:
    """The `packages.conf` of two packages, in the layout of those of public transcripts."""
    base, boot = sorted(names)
    lines = [f"boot  rp 0 0   {'rp_boot':<13} {boot}", ""]
    for part in ("rp_base", "rp_daemons", "rp_iosd", "rp_security"):
        lines += [f"iso   rp 0 {bay}   {part:<13} {base}" for bay in (0, 1)]
    body = "\n".join(lines) + "\n"
    return f"#! /usr/binos/bin/packages_conf.sh\n\nsha1sum: {_sum(body)}\n{body}"


def provisioned_packages(files: "FileStore", path: str) -> list[str]:
    """The packages that a `packages.conf` names; none if it is no such file, or was changed."""
    try:
        content = files.content(path)
    except FileError:
        return []
    if not isinstance(content, bytes) or len(content) > _MOST_CONF_BYTES:
        return []
    match = _CONF.fullmatch(content.decode("latin-1"))
    if match is None or _sum(match["body"]) != match["sum"]:
        return []
    lines = [line.split() for line in match["body"].splitlines()]
    return sorted({words[-1] for words in lines if words and words[0] in ("boot", "iso")})


def provisioned_version(files: "FileStore", path: str, family: str) -> str | None:
    """The version that a `packages.conf` boots; None unless all its packages are there."""
    folder = path[: path.rindex("/") + 1] if "/" in path else path[: path.find(":") + 1]
    found = [_image(files, folder + name) for name in provisioned_packages(files, path)]
    parts = {image.family: image.version for image in found if image is not None}
    if None in found or set(parts) != {f"{family}-{_BASE}", f"{family}-{_BOOT}"}:
        return None
    versions = set(parts.values())
    return versions.pop() if len(versions) == 1 else None


def _sum(text: str) -> str:
    return hashlib.sha1(text.encode("latin-1"), usedforsecurity=False).hexdigest()


def _images_in(files: "FileStore", flash: str) -> list[str]:
    return [f"{flash}{path.name}" for path, _ in files.matching(f"{flash}*.bin")]


def _image(files: "FileStore", path: str) -> Image | None:
    """The image in a file; its header, which may say anything, has to tell a version."""
    try:
        content = files.content(path)
    except FileError:
        return None
    if not isinstance(content, Image) or not _VERSION.fullmatch(content.version):
        return None
    return content
