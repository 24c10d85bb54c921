"""A change line by line: what is refused is seen at once, and the way back is computed anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Final

from ...errors import DeviceError, RefusedError
from ...parsers.config.redact import REMOVED, redact
from ..clock import Clock
from ..comparing.plan import Command
from ..comparing.text import lines
from ..ssh.device import Answer, Device
from .models import Change
from .sameness import Strayed, strayed
from .trial import confirm, is_unknown, pending, take_back

TRIAL_S: Final = 900.0
SAVE_S: Final = 120.0
"""Seconds that a device may take to write its memory."""
LOCKED_S: Final = 60.0
"""Seconds that somebody else may be in configuration mode who keeps others out."""
_ASK_AGAIN_S: Final = 5.0
_ON_TRIAL: Final = "configure terminal revert"
_LOCKED: Final = "is locked by"
_OVERWRITE: Final = (Answer(question="overwrite"),)
"""A newer or older system has written the memory before."""
_SHOWN: Final = 5
_RUNNING: Final = "show running-config"
_STARTUP: Final = "show startup-config"

log = logging.getLogger(__name__)
Back = Callable[[str], Sequence[Command]]


class LinesWay:
    """A `Way`; see `make_way`. With `trial_min` the change is on trial for so many minutes."""

    def __init__(
        self,
        device: Device,
        change: Change,
        *,
        backup: str,
        back: Back,
        username: str,
        clock: Clock,
        archive: bool,
        trial_min: int | None,
    ) -> None:
        self.device = device
        self.change = change
        self.backup = backup
        self.back = back
        self.username = username
        self.clock = clock
        self.archive = archive
        self.trial_min = trial_min

    def apply(self) -> None:
        """Enter the lines; see `Way`.

        What another process has entered of them is taken back before, unless it is all.
        """
        if not self.change.commands:
            return
        on_trial = self._on_trial()
        now = self._running()
        if self._strayed(now):
            if self._in_force(now):
                return
            self._go_back(now, on_trial=on_trial)
        elif on_trial:
            self._go_back(now, on_trial=True)
        self._put()

    def keep(self) -> None:
        """Confirm and save; see `Way`."""
        if self._on_trial():
            confirm(self.device)
        running = self._running()
        if self.change.commands and not self._strayed(running):
            raise DeviceError(
                "has the configuration of before: the change is gone", device=self.device.name
            )
        self.device.dialogue("write memory", _OVERWRITE, timeout_s=SAVE_S)
        left = strayed(running, self.device.send(_STARTUP), everything=True)
        if left:
            raise DeviceError(
                f"what it has saved is not what is running: {left}",
                device=self.device.name,
                hint="enter 'write memory' and look at what it says",
            )

    def undo(self) -> None:
        """Bring back what was before; see `Way`."""
        on_trial = self._on_trial()
        self._go_back(self._running(), on_trial=on_trial)

    # ---- forth ----

    def _put(self) -> None:
        """Put the change in force."""
        self._enter(self.change.commands, self.trial_min)

    def _in_force(self, now: str) -> bool:
        """Whether all lines have been entered already: the way back is that of the whole change."""
        return bool(self.change.inverse) and tuple(self.back(now)) == self.change.inverse

    def _enter(self, commands: Sequence[Command], trial_min: int | None = None) -> None:
        text = list(lines(commands))
        agree = frozenset(each.text for each in commands if each.asks)
        deadline = self.clock.now() + LOCKED_S
        while True:
            try:
                self.device.configure(text, agree=agree, revert_min=trial_min)
                return
            except RefusedError as error:
                if error.command.startswith(_ON_TRIAL) and is_unknown(error):
                    log.warning("device=%s has no changes on trial", self.device.name)
                    trial_min = None
                elif _LOCKED not in error.words or self.clock.now() >= deadline:
                    raise
                else:
                    self.clock.sleep(_ASK_AGAIN_S)

    # ---- and back ----

    def _go_back(self, now: str, *, on_trial: bool) -> None:
        if on_trial:
            take_back(self.device)
            now = self._running()
        if not self._strayed(now):
            return
        commands = self.back(now)
        if any(REMOVED in command.text for command in commands):
            raise DeviceError(
                f"cannot become what it was: the backup has no secrets; {self._strayed(now)}",
                device=self.device.name,
                hint="enter the lines by hand",
            )
        if commands:
            try:
                self._enter(commands)
            except RefusedError as error:
                raise self._stuck(error) from None
            now = self._running()
        left = self._strayed(now)
        if left:
            raise DeviceError(
                f"is not what it was before: {left}",
                device=self.device.name,
                hint="compare it with the backup, and mend it by hand",
            )

    def _stuck(self, error: RefusedError) -> RefusedError:
        """What is left on a device that does not take the way back."""
        left = [redact(line) for line in lines(self.back(self._running()))]
        shown = ", ".join(f"'{line.strip()}'" for line in left[:_SHOWN])
        more = f" and {len(left) - _SHOWN} more" if len(left) > _SHOWN else ""
        return RefusedError(
            f"refuses '{error.command}' on the way back: {error.words}",
            device=self.device.name,
            hint=f"a part of the change is left on it; what leads back is {shown}{more}: "
            "enter that by hand",
            command=error.command,
            words=error.words,
            column=error.column,
        )

    # ---- what the device has ----

    def _on_trial(self) -> bool:
        return self.archive and pending(self.device, self.username) is not None

    def _running(self) -> str:
        return self.device.send(_RUNNING)

    def _strayed(self, now: str) -> Strayed:
        """How the configuration differs from that of before."""
        everything = strayed(self.backup, now, everything=True)
        found = strayed(self.backup, now, beyond=self.change.touched)
        if everything and not found:
            log.warning(
                "device=%s others have changed its configuration meanwhile: %s",
                *(self.device.name, everything),
            )
        return found
