"""What a lab file says: which routers there are, and how they are reached."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..device_settings import DeviceSettings
from ..faults import Fault

DEFAULT_PLATFORM: Final = "isr4451"
NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,62}")
"""What a device or a lab may be called."""


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
class DeviceFile:
    """One device of the file.

    `port` 0 lets the system choose. `startup` is its startup configuration, whose first line is
    line `startup_line` of the file `startup_source` (0 where that cannot be said). Without
    `credentials` those of the lab count.
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

    @property
    def has_users(self) -> bool:
        """Whether its configuration names users, so that nobody else can log in."""
        return any(line.startswith("username ") for line in self.startup.splitlines())


@dataclass(frozen=True, slots=True, kw_only=True)
class LabFile:
    """A lab. `start` is the time of its clock in UTC seconds, None for now; `rate` its speed.

    `files` is the folder of this computer that servers show to the devices' `copy`; None for no
    servers. `source` is the file that this was read from, empty for none.
    """

    devices: tuple[DeviceFile, ...]
    seed: int = 0
    start: float | None = None
    rate: float = 1.0
    credentials: Credentials = field(default_factory=Credentials)
    host_keys: HostKeys = field(default_factory=HostKeys)
    files: Path | None = None
    source: str = ""
