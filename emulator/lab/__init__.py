"""Labs: routers by the dozen from one file, served on SSH, steered from outside.

The names are imported when they are first used: the pytest plugin lives here, and pytest loads it
in projects that never start a lab.
"""

from typing import TYPE_CHECKING

from ...lazy import loader

if TYPE_CHECKING:
    from ..gdoi.traffic import Exchange, Sample
    from .background import BackgroundLab
    from .file import Credentials, DeviceFile, HostKeys, ImageFile, LabFile
    from .generating import LabPlan, generate
    from .host import Host, nornir_hosts
    from .lab import Lab
    from .making import RefusedLine
    from .reading import load_file, parse_file
    from .watching import Outage

__all__ = [
    "BackgroundLab",
    "Credentials",
    "DeviceFile",
    "Exchange",
    "Host",
    "HostKeys",
    "ImageFile",
    "Lab",
    "LabFile",
    "LabPlan",
    "Outage",
    "RefusedLine",
    "Sample",
    "generate",
    "load_file",
    "nornir_hosts",
    "parse_file",
]

_HOME = {
    "BackgroundLab": ".background",
    "Credentials": ".file",
    "DeviceFile": ".file",
    "Exchange": "..gdoi.traffic",
    "Host": ".host",
    "HostKeys": ".file",
    "ImageFile": ".file",
    "Lab": ".lab",
    "LabFile": ".file",
    "LabPlan": ".generating",
    "Outage": ".watching",
    "RefusedLine": ".making",
    "Sample": "..gdoi.traffic",
    "generate": ".generating",
    "load_file": ".reading",
    "nornir_hosts": ".host",
    "parse_file": ".reading",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
