"""Changes on trial: a device with an archive takes them back unless they are confirmed."""

from __future__ import annotations

from math import ceil
from typing import Final

from ...errors import DeviceError, RefusedError
from ...parsers.config import parse_config
from ..ssh.device import Device
from .guarding import TIMER_COMMAND, Revert, revert_of

REVERT_S: Final = 300.0
"""Seconds that a device may take to bring a configuration back."""
SHORTEST_MIN: Final = 1
LONGEST_MIN: Final = 120
_NOTHING: Final = "no rollback confirmed change pending"


def has_archive(running: str) -> bool:
    """Whether a device with this configuration has an archive, so that it takes trials."""
    tree = parse_config(running, "running")
    return any(
        line.text.startswith("path ") for top in tree.find("archive") for line in top.children
    )


def minutes(seconds: float) -> int:
    """How long a trial of so many seconds is for a device, which counts minutes."""
    return min(max(ceil(seconds / 60), SHORTEST_MIN), LONGEST_MIN)


def pending(device: Device, username: str) -> Revert | None:
    """The change that is on trial. Raises DeviceError for one of another user than `username`.

    A device that does not know the question has no trials.
    """
    try:
        found = revert_of(device.send(TIMER_COMMAND))
    except RefusedError as error:
        if not is_unknown(error):
            raise
        return None
    if found is not None and found.user != username:
        raise DeviceError(
            f"a change by the user '{found.user}' is on trial since {found.set_at}",
            device=device.name,
            hint="wait until it is confirmed or taken back",
        )
    return found


def is_unknown(error: RefusedError) -> bool:
    """Whether a device refuses a command because its software does not have it."""
    return error.words.startswith("% Invalid input")


def take_back(device: Device) -> None:
    """Let the device bring back the configuration of before; nothing where that is done."""
    device.send("configure revert now", timeout_s=REVERT_S)


def confirm(device: Device) -> None:
    """End the trial: the change stays. Raises DeviceError where it has been taken back already."""
    said = device.send("configure confirm")
    if _NOTHING in said.lower():
        raise DeviceError(
            "has taken the change back: it was on trial for too short a time",
            device=device.name,
            hint="let the trial be longer",
        )


def settle(device: Device, username: str) -> bool:
    """Take back what a process left on trial that is no more, and say whether there was anything.

    For a device with an archive, before its configuration is looked at. Raises the kinds of
    `DeviceError`.
    """
    if pending(device, username) is None:
        return False
    take_back(device)
    return True
