"""A change line by line: refusals are seen at once, and the difference is entered backwards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ...errors import DeviceError
from ..clock import Clock
from ..comparing.plan import Command
from ..comparing.text import lines
from ..ssh.device import Answer, Device
from .models import Change

TRIAL_S: Final = 900.0


class LinesWay:
    """A `Way`; see `make_way`."""

    def __init__(
        self,
        device: Device,
        change: Change,
        *,
        backup: str,
        back: Callable[[str], Sequence[Command]],
        username: str,
        clock: Clock,
        trial_s: float | None,
    ) -> None:
        self.device = device
        self.change = change
        self.backup = backup
        self.back = back
        self.username = username
        self.clock = clock
        self.trial_s = trial_s

    def apply(self) -> None:
        """Enter the lines; see `Way`."""
        self._enter(self.change.commands)

    def keep(self) -> None:
        """Save the configuration; see `Way`."""
        self.device.dialogue("write memory", [Answer(question="overwrite")])

    def undo(self) -> None:
        """Enter the difference backwards; see `Way`."""
        self._enter(self.back(self.device.send("show running-config")))
        if self.back(self.device.send("show running-config")):
            raise DeviceError("is not what it was before", device=self.device.name)

    def _enter(self, commands: Sequence[Command]) -> None:
        if commands:
            self.device.configure(lines(commands))
