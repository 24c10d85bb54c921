"""The running configurations of devices of an intent, with a line that says how far it is."""

from __future__ import annotations

import fnmatch
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from ..errors import UsageError
from .fleet import FleetRequest
from .progress import Progress

if TYPE_CHECKING:
    from ..inventory.models import Intent
    from ..tasks.comparing.live import Live


def ask_devices(intent: Intent, names: Collection[str], request: FleetRequest) -> Live:
    """Ask all devices of `names` at once; those that fail are told and are among the failures.

    Raises UsageError when nobody is named who logs in, or no device is known.
    """
    from ..tasks.comparing.live import fleet_of_devices, running_configs
    from ..tasks.fleet.runner import JOBS
    from ..tasks.ssh.credentials import supply

    fleet = fleet_of_devices(intent, names, request.hosts_file)
    if not fleet.inventory.hosts:
        raise UsageError(
            f"{request.hosts_file} has none of the devices",
            hint="call them there as the intent does",
        )
    limits, access = request.limits(), request.access()
    supply(fleet, request.login())
    with Progress(len(fleet.inventory.hosts)) as progress:
        return running_configs(
            fleet,
            intent,
            access=access,
            jobs=request.jobs or JOBS,
            processes=request.processes,
            limits=limits,
            report=progress,
        )


def chosen_devices(intent: Intent, patterns: Sequence[str]) -> frozenset[str]:
    """The names of the devices that `patterns` (`gm*`) choose, of all without any.

    Raises UsageError for one that chooses none.
    """
    from ..tasks.render import known

    names = [device.name for device in intent.devices]
    if not patterns:
        return frozenset(names)
    found: set[str] = set()
    for pattern in patterns:
        fitting = fnmatch.filter(names, pattern)
        found |= set(fitting) if fitting else known(intent, [pattern])
    return frozenset(found)
