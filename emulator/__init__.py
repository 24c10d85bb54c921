"""Key servers and group members that answer like the real ones.

Imports nothing of ours but `getvpn.errors` and `getvpn.lazy`, so that a wrong idea in a parser
cannot confirm itself here. Names are imported when first used.
"""

from typing import TYPE_CHECKING

from ..lazy import loader

if TYPE_CHECKING:
    from .clock import ManualClock
    from .device import Router
    from .device_settings import DeviceSettings
    from .faults import Fault
    from .lab import BackgroundLab, DeviceFile, Host, Lab, LabFile

__all__ = [
    "BackgroundLab",
    "DeviceFile",
    "DeviceSettings",
    "Fault",
    "Host",
    "Lab",
    "LabFile",
    "ManualClock",
    "Router",
]

_HOME = {
    "BackgroundLab": ".lab",
    "DeviceFile": ".lab",
    "DeviceSettings": ".device_settings",
    "Fault": ".faults",
    "Host": ".lab",
    "Lab": ".lab",
    "LabFile": ".lab",
    "ManualClock": ".clock",
    "Router": ".device",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
