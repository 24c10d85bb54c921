"""Which software a router runs: the image that it booted from decides the version."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from .files.errors import FileError
from .files.images import Image

if TYPE_CHECKING:
    from .config.store import Block
    from .files.store import FileStore
    from .platforms import Platform


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

    An image of another family, or a damaged one, does not boot; with none left the router comes
    up with what it was delivered with, as a router in ROM monitor would be helped.
    """
    flash = platform.hardware.flash
    for path in [*candidates, *_images_in(files, flash)]:
        image = _image(files, path)
        if image is not None and image.family == platform.image_family:
            return Software(version=image.version, file=path)
    return usual_software(platform)


def boot_candidates(root: "Block", platform: "Platform") -> list[str]:
    """The files of the lines `boot system`, in their order."""
    found = []
    for entry in root.all("boot system"):
        place = str(entry.get("file") or entry.text.split()[-1])
        found.append(place if ":" in place else platform.hardware.flash + place)
    return found


def _images_in(files: "FileStore", flash: str) -> list[str]:
    return [str(path) for path, _ in files.matching(f"{flash}*.bin")]


def _image(files: "FileStore", path: str) -> Image | None:
    try:
        content = files.content(path)
    except FileError:
        return None
    return content if isinstance(content, Image) else None
