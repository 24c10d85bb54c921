"""What a lab file says: which routers there are, and how they are reached."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..device_settings import DeviceSettings
from ..faults import Fault
from ..gdoi.parameters import Parameters
from ..simulation.network import Line

DEFAULT_PLATFORM: Final = "isr4451"
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
"""What a device or a lab may be called."""
USUAL_LINE: Final = Line()
GROUP_LINE: Final = re.compile(r"^ *cry[a-z]* +(?:gdoi|gkm) +gr[a-z]* ", re.MULTILINE)
"""The line that makes a router a key server or a member of a group, or ready to be one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The user that a device has unless its own configuration names users.

    `secret` is its enable secret; empty for none.
    """

    username: str = "admin"
    password: str = field(default="admin", repr=False)
    secret: str = field(default="", repr=False)
    privilege: int = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class HostKeys:
    """What SSH host keys the devices have; `kind` "none" leaves SSH off until one is made."""

    kind: str = "rsa"
    bits: int = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFile:
    """A software image that lies in the flash of a device from the beginning.

    `version` is what `show version` prints after a boot from it. `family` is the beginning of the
    usual file names and `size` its bytes; both are those of the platform's own image if not given.
    """

    file: str
    version: str
    family: str = ""
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyFile:
    """An RSA key pair that several devices have from the beginning, under one label, saved."""

    label: str
    devices: tuple[str, ...]
    bits: int = 2048
    exportable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFile:
    """Two devices with a line of their own between them."""

    devices: tuple[str, str]
    line: Line


@dataclass(frozen=True, slots=True, kw_only=True)
class StationsFile:
    """Members of a group without a command line: thousands of them cost little.

    They are called `name` and a number from 1 on. They register from `address` and the addresses
    behind it at `servers`, with the pre-shared key `secret`; with an `ikev2_profile` by G-IKEv2.
    `inside` is the first of the /24 networks behind them, None for none. What they would log is on
    the record of events only if it is urgent, unless they are not `quiet`.
    """

    count: int
    group: str
    identity: str
    servers: tuple[str, ...]
    address: str
    secret: str = field(repr=False)
    name: str = "S"
    inside: str | None = None
    ikev2_profile: str = ""
    quiet: bool = True
    line: Line = USUAL_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceFile:
    """One device of the file.

    `port` 0 lets the system choose. `startup` is its startup configuration, whose first line is
    line `startup_line` of the file `startup_source` (0 where that cannot be said). Without
    `credentials` those of the lab count. `line` is its access line to the wide area network.
    """

    name: str
    platform: str = DEFAULT_PLATFORM
    startup: str = field(default="", repr=False)
    startup_source: str = ""
    startup_line: int = 0
    address: str = "127.0.0.1"
    port: int = 0
    host_key: bool = True
    credentials: Credentials | None = None
    images: tuple[ImageFile, ...] = ()
    settings: DeviceSettings = field(default_factory=DeviceSettings)
    faults: tuple[Fault, ...] = ()
    line: Line = USUAL_LINE

    @property
    def has_users(self) -> bool:
        """Whether its configuration names users, so that nobody else can log in."""
        return any(line.startswith("username ") for line in self.startup.splitlines())

    @property
    def in_group(self) -> bool:
        """Whether its configuration takes part in GETVPN."""
        return GROUP_LINE.search(self.startup) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFile:
    """A lab. `start` is the time of its clock in UTC seconds, None for now; `rate` its speed.

    `files` is the folder of this computer that servers show to the devices' `copy`; None for no
    servers. `parameters` are the figures of GETVPN, `keys` what devices are delivered with.
    `source` is the file that this was read from, empty for none.
    """

    devices: tuple[DeviceFile, ...]
    seed: int = 0
    start: float | None = None
    rate: float = 1.0
    credentials: Credentials = field(default_factory=Credentials)
    host_keys: HostKeys = field(default_factory=HostKeys)
    files: Path | None = None
    parameters: Parameters = field(default_factory=Parameters)
    keys: tuple[KeyFile, ...] = ()
    pairs: tuple[PairFile, ...] = ()
    stations: tuple[StationsFile, ...] = ()
    source: str = ""
