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
    from .lab import (
        BackgroundLab,
        DeviceFile,
        Exchange,
        Host,
        Lab,
        LabFile,
        LabPlan,
        Outage,
        Sample,
        generate,
    )

__all__ = [
    "BackgroundLab",
    "DeviceFile",
    "DeviceSettings",
    "Exchange",
    "Fault",
    "Host",
    "Lab",
    "LabFile",
    "LabPlan",
    "ManualClock",
    "Outage",
    "Router",
    "Sample",
    "generate",
]

_HOME = {
    "BackgroundLab": ".lab",
    "DeviceFile": ".lab",
    "DeviceSettings": ".device_settings",
    "Exchange": ".lab",
    "Fault": ".faults",
    "Host": ".lab",
    "Lab": ".lab",
    "LabFile": ".lab",
    "LabPlan": ".lab",
    "ManualClock": ".clock",
    "Outage": ".lab",
    "Router": ".device",
    "Sample": ".lab",
    "generate": ".lab",
}

__getattr__ = loader(__name__, _HOME, globals())


def __dir__() -> list[str]:
    """List the public names beside those that are already loaded."""
    return sorted({*globals(), *__all__})
