"""What a model of router is: its hardware, its usual software, what it says of itself."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from ..files.layout import Layout, classic_layout, xe_layout
from ..grammar import XE
from .parts import Identity

_SERIAL_CHARS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SERIAL_LENGTH = 11
_PLACE_CHARS = 3
MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Hardware:
    """The chassis: its interfaces and memories (bytes).

    `tty_lines` are the numbers of its asynchronous lines, `first_vty` is that of vty 0.
    """

    interfaces: tuple[str, ...]
    flash: str
    flash_bytes: int
    nvram_bytes: int
    memory_bytes: int
    tty_lines: tuple[int, ...] = ()
    first_vty: int = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Platform:
    """A model with its usual software.

    `family` is the grammar; `image` the file that it boots from, `version` what that holds.
    `pager_erase` is how the pager wipes its line. `vty_lines` is what new vty lines have, `factory`
    the global lines that every router of the model has, `unconfigured` those of one that has no
    saved configuration.
    """

    name: str
    model: str
    family: str
    version: str
    image: str
    image_bytes: int
    pager_erase: Literal["xe", "classic"]
    serial_prefix: str
    hardware: Hardware
    identity: Identity
    vty_lines: tuple[str, ...]
    factory: str
    unconfigured: str = ""

    @property
    def image_family(self) -> str:
        """How the names of its images begin: `isr4400`, `c8000v`, `c2900`."""
        return self.image.partition("-")[0]

    def layout(self) -> Layout:
        """Its file systems."""
        make = xe_layout if self.family == XE else classic_layout
        return make(flash_bytes=self.hardware.flash_bytes, nvram_bytes=self.hardware.nvram_bytes)

    def serial_number(self, random: Random) -> str:
        """A serial number: where and when it was made, and four characters; or eleven characters.

        Virtual routers have the second form, as `show license udi` prints it.
        """
        prefix = self.serial_prefix
        if len(prefix) < _PLACE_CHARS:
            return prefix + "".join(random.choices(_SERIAL_CHARS, k=_SERIAL_LENGTH - len(prefix)))
        year, week = random.randint(15, 26), random.randint(1, 52)
        return f"{prefix}{year:02}{week:02}{''.join(random.choices(_SERIAL_CHARS, k=4))}"

    def factory_text(self) -> str:
        """The configuration that a router of this model has without one."""
        lines = ["hostname Router"]
        lines += [f"interface {name}" for name in self.hardware.interfaces]
        return "\n".join(lines) + "\n" + self.factory
