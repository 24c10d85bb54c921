"""The models of routers that can be emulated."""

from dataclasses import dataclass
from random import Random
from typing import Literal

from ...errors import InputError
from ..files.layout import Layout, classic_layout, xe_layout
from ..grammar import CLASSIC, XE
from . import factory

_SERIAL_CHARS = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_SERIAL_LENGTH = 11
_PLACE_CHARS = 3


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
    the global lines of a router without a configuration, without its name and its interfaces.
    """

    name: str
    model: str
    family: str
    version: str
    image: str
    train: str
    image_bytes: int
    pager_erase: Literal["xe", "classic"]
    serial_prefix: str
    hardware: Hardware
    vty_lines: tuple[str, ...]
    factory: str

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


MIB = 1024 * 1024

ISR4451 = Platform(
    name="isr4451",
    model="ISR4451-X/K9",
    family=XE,
    version="16.12.4",
    image="isr4400-universalk9.16.12.04.SPA.bin",
    train="Gibraltar",
    image_bytes=705000000,
    pager_erase="xe",
    serial_prefix="FGL",
    hardware=Hardware(
        interfaces=(*(f"GigabitEthernet0/0/{n}" for n in range(4)), "GigabitEthernet0"),
        flash="bootflash:",
        flash_bytes=7341807 * 1024,
        nvram_bytes=33554432,
        memory_bytes=4096 * MIB,
    ),
    vty_lines=("login",),
    factory=factory.ISR4451,
)
C8000V = Platform(
    name="c8000v",
    model="C8000V",
    family=XE,
    version="17.9.4a",
    image="c8000v-universalk9.17.09.04a.SPA.bin",
    train="Cupertino",
    image_bytes=807000000,
    pager_erase="xe",
    serial_prefix="9",
    hardware=Hardware(
        interfaces=tuple(f"GigabitEthernet{n}" for n in range(1, 5)),
        flash="bootflash:",
        flash_bytes=6139200 * 1024,
        nvram_bytes=33554432,
        memory_bytes=4096 * MIB,
    ),
    vty_lines=("login", "transport input ssh"),
    factory=factory.C8000V,
)
ISR2911 = Platform(
    name="isr2911",
    model="CISCO2911/K9",
    family=CLASSIC,
    version="15.7(3)M5",
    image="c2900-universalk9-mz.SPA.157-3.M5.bin",
    train="",
    image_bytes=108_000_000,
    pager_erase="classic",
    serial_prefix="FTX",
    hardware=Hardware(
        interfaces=(
            "Embedded-Service-Engine0/0",
            *(f"GigabitEthernet0/{n}" for n in range(3)),
        ),
        flash="flash0:",
        flash_bytes=250880 * 1024,
        nvram_bytes=255 * 1024,
        memory_bytes=512 * MIB,
        tty_lines=(2,),
        first_vty=388,
    ),
    vty_lines=("login", "transport input all"),
    factory=factory.ISR2911,
)
PLATFORMS = {platform.name: platform for platform in (ISR4451, C8000V, ISR2911)}


def platform_named(name: str) -> Platform:
    """The personality `name`; InputError names those that there are."""
    if name not in PLATFORMS:
        known = ", ".join(sorted(PLATFORMS))
        raise InputError(f"there is no platform {name!r}", hint=f"known platforms: {known}")
    return PLATFORMS[name]
