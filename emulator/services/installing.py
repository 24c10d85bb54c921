"""Installing images on IOS-XE: packages in the flash, what boots of them, what was done."""

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..clock import Timer
from ..feature import Feature
from ..files.content import size_of
from ..files.errors import FileError
from ..files.images import Image
from ..files.names import FilePath
from ..platforms.releases import padded_version
from ..saving import save
from ..software import (
    PACKAGES_CONF,
    packages_of,
    packages_text,
    provisioned_packages,
)
from ..timetext import DAYS, MONTHS
from .reloading import Reloading

if TYPE_CHECKING:
    from ..device import Router

MOST_LOGGED: Final = 200
RELOAD_AFTER_S: Final = 5.0
RELOAD_REASON: Final = "Image Install"
_SUFFIXES: Final = (".bin", ".pkg", ".conf")
_KIB: Final = 1024
_BUILDS: Final = 400


class InstallError(Exception):
    """An image cannot be installed; the text says why, as the router does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """An image that is in the flash in packages, or runs. `state` is `C` or `I`."""

    version: str
    state: str


class Installing(Feature):
    """What `install` works on. The log begins anew with each boot."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.log: list[str] = []
        self._count = 0
        self._timer: Timer | None = None

    def booted(self) -> None:
        """Note the boot as the first operation."""
        self.begin("install_op_boot")
        self.end("install_op_boot", done=True)

    # ---- the log ----

    def begin(self, operation: str) -> None:
        """An operation begins."""
        self._note(operation, f"START {self._universal()}")

    def end(self, operation: str, *, done: bool) -> None:
        """An operation is over."""
        self._note(operation, f"END {'SUCCESS' if done else 'FAILED'}  {self._universal()}")
        self._count += 1

    def _note(self, operation: str, text: str) -> None:
        self.log.append(f"[{self._count}|{operation}]: {text}")
        del self.log[:-MOST_LOGGED]

    def now_text(self) -> str:
        """The time as the lines of `install` print it: `Fri Sep 22 16:06:47 UTC 2023`."""
        at, zone = self.router.wall.local()
        return f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at:%d %H:%M:%S} {zone} {at.year}"

    def _universal(self) -> str:
        at = self.router.wall.utc()
        day = f"{DAYS[at.weekday()]} {MONTHS[at.month - 1]} {at:%d %H:%M:%S}"
        return f"{day} Universal {at.year}"

    # ---- what there is ----

    @property
    def flash(self) -> str:
        """The flash by its own name."""
        return self.router.files.layout.flash

    @property
    def conf(self) -> str:
        """The file that says which packages boot."""
        return f"{self.flash}{PACKAGES_CONF}"

    @property
    def bundled(self) -> bool:
        """Whether the running software came out of one file."""
        return not self.router.software.file.endswith(".conf")

    def mounted(self, path: FilePath) -> str:
        """A place as the processes of the router name it: `/bootflash/x.bin`."""
        return "/" + "/".join((self.router.files.canonical(path).prefix[:-1], *path.parts))

    def installed(self) -> list[Installed]:
        """The images in packages, those that do not run first, and the one that runs."""
        running = self.router.software.version
        ready = {
            image.version for name, image in self._images().items() if name.endswith(".pkg")
        } - {running}
        inactive = [Installed(version=version, state="I") for version in sorted(ready)]
        return [*inactive, Installed(version=running, state="C")]

    def in_use(self) -> set[str]:
        """The names of the files that must stay."""
        names = {PACKAGES_CONF, *provisioned_packages(self.router.files, self.conf)}
        return {*names, self.router.software.file.rpartition(":")[2].lstrip("/")}

    def inactive(self) -> list[FilePath]:
        """The files of images that nothing boots."""
        kept = self.in_use()
        return [
            path
            for suffix in _SUFFIXES
            for path, node in self.router.files.matching(f"{self.flash}*{suffix}")
            if node.name not in kept and self._is_of_images(node.name)
        ]

    def _is_of_images(self, name: str) -> bool:
        return name.startswith(f"{self.router.platform.image_family}-")

    def _images(self) -> dict[str, Image]:
        """The intact images at the top of the flash by the names of their files."""
        return {path.name: image for path, image in self.router.files.images()}

    # ---- what is done ----

    def checked(self, path: FilePath) -> Image:
        """The image in a file, which may be installed; raises InstallError."""
        files, where = self.router.files, self.mounted(path)
        try:
            content = files.content(path)
        except FileError as failed:
            raise InstallError(f"{where} {failed.reason.value.lower()}") from None
        if isinstance(content, bytes):
            raise InstallError(f"{where} is not a valid package")
        if not isinstance(content, Image):
            raise InstallError(f"Signature verification of {where} failed")
        family = self.router.platform.image_family
        if content.family != family:
            raise InstallError(f"{where} is not compatible: it is for {content.family}")
        self._check_space(content, where)
        return content

    def _check_space(self, image: Image, where: str) -> None:
        files = self.router.files
        needed = sum(
            size_of(package)
            for name, package in self.packages(image).items()
            if not files.exists(self.flash + name)
        )
        free = files.volume(self.flash).free
        if needed > free:
            folder = where[: where.index("/", 1)]
            raise InstallError(
                f"{folder} requires {-(-needed // _KIB)} KB of free space, "
                f"but only {free // _KIB} KB is available"
            )

    def packages(self, image: Image) -> dict[str, Image]:
        """The packages in an image by the names of their files."""
        return packages_of(image, padded_version(image.version))

    def add(self, image: Image) -> None:
        """Take an image apart into the flash."""
        for name, package in self.packages(image).items():
            self.router.files.write(self.flash + name, package, self.router.clock.now())

    def activate(self, image: Image, user: str) -> None:
        """Let the packages of an image boot from now on, and save that."""
        router = self.router
        text = packages_text(self.packages(image))
        router.files.write(self.conf, text.encode(), router.clock.now())
        router.merge(f"no boot system\nboot system {self.conf}\n", user=user)
        save(router, user)

    def reload_soon(self, user: str, origin: str) -> None:
        """Reload in a moment: what the command printed is read, and the prompt after it."""
        clock = self.router.clock
        reloading = self.router.feature(Reloading)
        self._timer = clock.call_at(
            clock.now() + RELOAD_AFTER_S, lambda: reloading.now(user, origin, RELOAD_REASON)
        )

    def stopped(self) -> None:
        """The router goes down."""
        if self._timer is not None:
            self._timer.cancel()

    @property
    def boots_packages(self) -> bool:
        """Whether the configuration boots `packages.conf` first."""
        lines = self.router.config.root.all("boot system")
        return bool(lines) and lines[0].text.endswith(PACKAGES_CONF)


def full_version(version: str) -> str:
    """A version with the number of its build: `17.12.04.0.123`, always the same for one."""
    return f"{padded_version(version)}.0.{zlib.crc32(version.encode()) % _BUILDS + 1}"
