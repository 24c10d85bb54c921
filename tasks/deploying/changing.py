"""One device: what it has is kept, it is changed, looked at, and saved or taken back."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, Protocol

from ...audits.rule import Finding
from ...errors import DeviceError, GetvpnError, OverdueError, TransportError
from ..comparing.plan import Command
from ..ssh.device import Device
from .auditing import grave, said_of
from .backup import read_backup, save_backup
from .context import Context
from .health import wait_until_settled
from .journal import Halfway
from .means import make_way
from .models import Change, Way
from .observing import Observed, observe, unreachable
from .outcome import CheckError, DeviceOutcome, DeviceState, Fault, clause, fault_of
from .planning import Target
from .troubles import Trouble
from .verify import worse

AGAIN_S: Final = 10.0
"""Seconds between attempts to reach a device that was lost while it was changed."""
TRIAL_MARGIN_S: Final = 300.0

log = logging.getLogger(__name__)
Look = Callable[[], Mapping[str, Observed]]


class Judge(Protocol):
    """Decides what is not held against a change, as long as others are still to come."""

    def passes(self, trouble: Trouble) -> bool:
        """Whether a trouble is to be expected."""

    def excuses(self, finding: Finding) -> bool:
        """Whether a finding of the audit is."""


def change_device(
    context: Context,
    change: Change,
    partners: Look,
    judge: Judge,
    *,
    half: Halfway | None = None,
) -> DeviceOutcome:
    """Bring a device to what it is to be, or leave it as it was.

    `partners` looks at the key servers of its groups. `half` says that an earlier deployment was
    broken off here.
    """
    began = context.clock.now()
    changing = None
    try:
        device = context.open_device(change.device)
        changing = _Changing(context, change, device, partners, judge, half)
        outcome = changing.run()
    except (DeviceError, CheckError) as error:
        outcome = DeviceOutcome(
            device=change.device, state="failed", said=clause(error), fault=fault_of(error)
        )
    finally:
        if changing is not None:
            changing.device.close()
    outcome = replace(outcome, seconds=round(context.clock.now() - began, 3))
    log.info("device=%s state=%s", change.device, outcome.state)
    return outcome


def take_back(context: Context, change: Change, backup: Path) -> DeviceOutcome:
    """Bring back what a device was before its change was kept, and save that."""
    name = change.device
    context.note("undo", state="begins", device=name, backup=str(backup))
    context.tell(name, "is rolled back")
    try:
        with closing(context.open_device(name)) as device:
            base = read_backup(backup).text
            _way(context, device, change, base).undo()
            _save(context, device, change, base)
    except (GetvpnError, OSError) as error:
        said = clause(error) if isinstance(error, GetvpnError) else str(error)
        context.note("undo", state="failed", device=name, said=said)
        return DeviceOutcome(
            device=name,
            state="half way",
            said=f"could not be rolled back: {said}; its backup is {backup}",
            fault=fault_of(error),
        )
    context.note("undo", state="done", device=name)
    return DeviceOutcome(device=name, state="rolled back")


class _Changing:
    def __init__(
        self,
        context: Context,
        change: Change,
        device: Device,
        partners: Look,
        judge: Judge,
        half: Halfway | None,
    ) -> None:
        self.context = context
        self.change = change
        self.name = change.device
        self.device = device
        self.partners = partners
        self.judge = judge
        self.half = half
        self.target: Target = context.wanted[self.name]
        self.backup = Path()
        self.base = ""

    def run(self) -> DeviceOutcome:
        """Change it; errors before anything was entered are raised."""
        before = observe(self.device, self.change.role, clock=self.context.clock)
        running = before.running
        if running is None:
            raise DeviceError("does not show its configuration", device=self.name)
        found = self.target.compared(running)
        if not found.different and self.half is None:
            return self._outcome("unchanged", "was brought there by somebody else meanwhile")
        planned = self.change.commands
        if self.half is not None:
            self._resume(running)
        elif found.commands != planned:
            raise CheckError(
                "its configuration is another one than when this was planned; plan anew",
            )
        else:
            self.base = running
            self.backup = save_backup(
                self.context.record.backups, self.name, running, at=self.context.clock.now()
            )
        return self._carry_out(before, found.commands)

    def _resume(self, running: str) -> None:
        """Go on where an earlier deployment ended; the way back leads to what was before that."""
        assert self.half is not None  # noqa: S101 - the caller has looked
        self.base, self.backup = running, self.context.store.folder / self.half.backup
        try:
            self.base = read_backup(self.backup).text
        except (GetvpnError, OSError):
            self.backup = save_backup(
                self.context.record.backups, self.name, running, at=self.context.clock.now()
            )
        commands = self.target.compared(self.base).commands
        back = self.target.inverse(self.base) if commands else ()
        self.change = replace(self.change, commands=commands, inverse=back)

    # ---- forth ----

    def _carry_out(self, before: Observed, left: Collection[Command]) -> DeviceOutcome:
        place = self.backup
        with suppress(ValueError):
            place = place.relative_to(self.context.store.folder)
        self._note("apply", "begins", means=self.change.means, backup=str(place))
        try:
            if left:
                self._apply()
            self._note("apply", "done")
            self._note("verify", "begins")
            self._verify(before)
            self._note("verify", "done")
            self._note("keep", "begins")
            self._way().keep()
        except GetvpnError as error:
            return self._back(error, before)
        except Exception:
            # a fault of our own is no reason to leave a device in the midst of a change
            self._back(CheckError("a fault of getvpn itself"), before)
            raise
        self._note("keep", "done")
        return self._outcome("changed")

    def _apply(self) -> None:
        count = len(self.change.commands)
        self._tell(f"takes {count} line{'s' * (count != 1)}")
        try:
            self._way().apply()
        except (TransportError, OverdueError) as error:
            # what was entered may have cut this very session off
            self._reach(error)
            left = self._compared()
            if left:
                raise CheckError(
                    f"the session ended while lines were entered: {error.message}"
                ) from None

    def _verify(self, before: Observed) -> None:
        self._tell("is checked")
        if self._compared():
            raise CheckError("it is not as intended after its change")
        now = self._settle(before)
        if now.running is None:
            now = observe(self.device, self.change.role, clock=self.context.clock)
        new = worse(
            {self.name: before.texts},
            {self.name: now.texts},
            self.context.intent,
            ignore=self.context.choices.ignored,
        )
        found = [each for each in grave(new) if not self.judge.excuses(each)]
        if found:
            raise CheckError(said_of(found))

    def _settle(self, before: Observed) -> Observed:
        """Wait until the device and its groups are well; gives the last look at it."""
        soak_s = self.context.manner.soak_s
        self._wait(before)
        if soak_s:
            self.context.clock.sleep(soak_s)
            self._wait(before)
        return self._look(whole=True)

    def _wait(self, before: Observed) -> None:
        context, name = self.context, self.name

        def look() -> Mapping[str, Observed]:
            seen = dict(self.partners())
            if self.change.role == "member":
                seen[name] = self._look()
            return seen

        wait_until_settled(
            context.clock,
            look,
            intent=context.intent,
            groups=self.change.groups,
            before={**context.observed, name: before},
            deadline_s=context.manner.settle_s,
            passed=self.judge.passes,
        )

    def _look(self, *, whole: bool = False) -> Observed:
        try:
            return observe(self.device, self.change.role, clock=self.context.clock, whole=whole)
        except (TransportError, OverdueError) as error:
            try:
                self._reach(error, within_s=0.0)
            except DeviceError:
                return unreachable(self.name, self.change.role, error, clock=self.context.clock)
        return observe(self.device, self.change.role, clock=self.context.clock, whole=whole)

    def _compared(self) -> tuple[Command, ...]:
        return self.target.compared(self.device.send("show running-config")).commands

    # ---- and back ----

    def _back(self, error: GetvpnError, before: Observed) -> DeviceOutcome:
        said, fault = clause(error), fault_of(error)
        self._note("apply", "failed", said=said)
        self._tell(f"{said}: it is rolled back")
        self._note("undo", "begins")
        try:
            try:
                self._undo()
            except (TransportError, OverdueError) as lost:
                self._reach(lost)
                self._undo()
        except DeviceError as worse_:
            self._note("undo", "failed", said=clause(worse_))
            return self._outcome(
                "half way",
                f"{said}; and could not be rolled back: {clause(worse_)}; its backup is "
                f"{self.backup}",
                fault="device",
            )
        self._note("undo", "done")
        return self._outcome("rolled back", f"{said}{self._ill(before)}", fault=fault)

    def _ill(self, before: Observed) -> str:
        """What ails a member that has back what it had, as a clause; nothing if it is well again.

        Its key servers have been changed before it, and may want of it what it was to have.
        """
        if self.change.role != "member":
            return ""
        try:
            self._wait(before)
        except GetvpnError as error:
            return f"; nor is it well with what it had: {clause(error)}"
        return ""

    def _undo(self) -> None:
        self._way().undo()
        if self.half is not None:
            # the earlier deployment may have saved what is taken back now
            _save(self.context, self.device, self.change, self.base)

    def _reach(self, error: DeviceError, *, within_s: float | None = None) -> None:
        """Have a session again with a device that was lost; raises `error` if that fails."""
        with suppress(DeviceError):
            self.device.close()
        clock = self.context.clock
        limit = self.context.manner.settle_s if within_s is None else within_s
        deadline = clock.now() + limit
        while True:
            try:
                self.device = self.context.open_device(self.name)
            except (TransportError, OverdueError):
                if clock.now() + AGAIN_S > deadline:
                    raise error from None
            else:
                return
            clock.sleep(AGAIN_S)

    # ---- for all of this ----

    def _way(self) -> Way:
        return _way(self.context, self.device, self.change, self.base)

    def _note(self, event: str, state: str, **facts: object) -> None:
        self.context.note(event, state=state, device=self.name, **facts)

    def _tell(self, text: str) -> None:
        self.context.tell(self.name, text)

    def _outcome(self, state: DeviceState, said: str = "", fault: Fault = "") -> DeviceOutcome:
        return DeviceOutcome(
            device=self.name,
            state=state,
            said=said,
            fault=fault,
            backup=self.backup if self.base else None,
        )


def _way(context: Context, device: Device, change: Change, base: str) -> Way:
    target = context.wanted[change.device]
    return make_way(
        device,
        change,
        backup=base,
        back=lambda now: target.back(now, base),
        username=context.username(change.device),
        clock=context.clock,
        trial_s=context.manner.settle_s * 2 + context.manner.soak_s + TRIAL_MARGIN_S,
    )


def _save(context: Context, device: Device, change: Change, base: str) -> None:
    """Save what a device has now."""
    _way(context, device, replace(change, commands=()), base).keep()
