"""What a router says of its hardware, as data of each model."""

from dataclasses import dataclass
from enum import Enum
from typing import Literal


class Serial(Enum):
    """Where the serial number of a part comes from."""

    CHASSIS = "chassis"
    OWN = "own"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A line pair of `show inventory`.

    `serial` is a source or a number that all routers of the model share; `prefix` is how an own
    number begins. `{serial}` in `description` is the number of the chassis.
    """

    name: str
    description: str
    pid: str
    vid: str = ""
    serial: Serial | str = Serial.NONE
    prefix: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A line of `show platform` of IOS-XE; `late_s` is how long after the boot it was found."""

    name: str
    kind: str
    state: str = "ok"
    late_s: float = 0.0
    cpld: str = ""
    firmware: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensor:
    """A sensor: its `slot`, the usual `value` and how far that moves, the `unit` of the reading.

    `limits` are those for a minor, a major and a critical alarm and for shutting down.
    """

    slot: str
    name: str
    value: int
    unit: str
    swing: int = 0
    limits: tuple[int | None, int | None, int | None, int | None] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Package:
    """A package of technology: its row of the licence table, and the level that a license opens.

    `always` is open from the beginning.
    """

    row: str
    level: str
    always: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """What `show version` and its relatives say of a model.

    `software` and `image_id` name the software, `rom` the boot program, `processor` begins the line
    with the memory (`main_kb`/`io_kb`), `flash_text` describes the flash. `features` are lines
    between the ports and the memories, such as `1 Virtual Private Network (VPN) Module`, `drives`
    lines behind the flash. `physical_kb` is None where no physical memory is told. `licensing` is
    how `show version` tells of licences, `licence_hint` whether `show inventory` begins with one.
    `ntp_precision` is the exponent of the clock's precision, `clock_hz` its frequency.
    """

    software: str
    image_id: str
    rom: str
    processor: str
    main_kb: int
    io_kb: int
    physical_kb: int | None
    flash_text: str
    features: tuple[str, ...] = ()
    drives: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()
    slots: tuple[Slot, ...] = ()
    sensors: tuple[Sensor, ...] = ()
    packages: tuple[Package, ...] = ()
    licensing: Literal["module", "technology", "level"]
    licence_hint: bool = False
    throughput_kbps: int = 0
    ntp_precision: int = 10
    clock_hz: float = 250.0
