"""Licences: which packages of technology are open since the boot, and from the next boot on."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..feature import Feature
from ..platforms.parts import Package

if TYPE_CHECKING:
    from ..device import Router

NONE = "None"
SMART_SINCE = (16, 10)
"""The first release of IOS-XE that knows smart licences only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """A row of the licence table: levels that are `None` are not open."""

    row: str
    current: str
    kind: str
    following: str


class Licences(Feature):
    """Remembers what was open at the boot: a change of the configuration waits for the next one."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._at_boot: frozenset[str] = frozenset()

    def booted(self) -> None:
        """The levels of the saved configuration are in force."""
        self._at_boot = self._configured()

    def rows(self) -> list[Licence]:
        """The packages of the platform, in their order."""
        configured = self._configured()
        return [
            Licence(
                row=package.row,
                current=package.level if package.level in self._at_boot else NONE,
                kind=self._kind(package, package.level in self._at_boot),
                following=package.level if package.level in configured else NONE,
            )
            for package in self.router.platform.identity.packages
        ]

    @property
    def status(self) -> str:
        """What `show version` says of smart licensing; empty for software that has none."""
        release = self.router.software.release
        if self.router.family == "classic" or release < SMART_SINCE:
            return ""
        if release < (17, 3):
            return "UNREGISTERED/EVAL MODE"
        if release < (17, 6):
            return "Registration Not Applicable/Not Applicable"
        return "Smart Licensing Using Policy"

    def _configured(self) -> frozenset[str]:
        root = self.router.config.root
        levels = {p.level for p in self.router.platform.identity.packages if p.always}
        for entry in root.all("license boot level"):
            levels |= {str(entry.get(name)) for name in ("level", "addon") if entry.get(name)}
        for entry in root.all("license boot module"):
            package = str(entry["package"])
            if entry.text.endswith(" disable"):
                levels.discard(package)
            else:
                levels.add(package)
        return frozenset(levels)

    def _kind(self, package: Package, opened: bool) -> str:
        if self.router.family != "classic" and self.router.software.release >= SMART_SINCE:
            return "Smart License"
        if not opened:
            return NONE
        if package.always:
            return "Permanent"
        return "EvalRightToUse" if self.router.family == "classic" else "RightToUse"
