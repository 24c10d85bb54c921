"""Carrying out a plan: a step is written down before it acts and after, and can be taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from ... import __version__
from ...errors import CheckError, DeviceError, GetvpnError, OverdueError, TransportError, UsageError
from ..accounts import operator
from ..clock import Clock
from ..journal.journal import Journal, RunRecord
from ..journal.locks import LostLockError
from ..render import Secrets
from .approvers import check_approver
from .history import History, history_of
from .logged import Ears, expected
from .model import Outcome, Procedure, ProcedurePlan, Status, Step, nothing
from .run import KEPT, LOOK_EVERY_S, Devices, Observer, Run, Silent

ATTEMPTS: Final = 4
BACK_OFF_S: Final = 15.0
"""Seconds before a step whose session broke is looked at again; doubled each time."""

_CALL: Final = re.compile("('getvpn runs (?:resume|abort))'")

Known = Callable[[str], Procedure]
"""The procedure of a name."""


class Runner:
    """Runs procedures over `devices`, with the time of `clock`, into `journal`.

    `owner` is who operates, the account of this process by default. Looks of waits are at most
    `look_every_s` seconds apart. `secrets` are where steps look up those of the intent.
    """

    def __init__(
        self,
        journal: Journal,
        devices: Devices,
        clock: Clock,
        procedures: Known,
        *,
        observer: Observer | None = None,
        owner: str | None = None,
        look_every_s: float = LOOK_EVERY_S,
        secrets: Secrets | None = None,
    ) -> None:
        self.journal = journal
        self.devices = devices
        self.clock = clock
        self.observer = observer or Silent()
        self.owner = owner or operator()
        self.look_every_s = look_every_s
        self.secrets = secrets
        self.run = ""
        """The id of the run that is carried out, or was the last one; empty before the first."""
        self._procedures = procedures

    # ---- what people call ----

    def start(
        self, plan: ProcedurePlan, *, approve_by: str | None = None, pause_before: str | None = None
    ) -> Outcome:
        """Carry out a plan, or enter it and wait for the approval of somebody else.

        Raises CheckError when the plan has obstacles, UsageError when its groups are held, or need
        the approval of somebody who is not named.
        """
        if plan.obstacles:
            raise CheckError(
                f"{plan.procedure} must not run now: {plan.obstacles[0]}",
                hint=f"and {len(plan.obstacles) - 1} more" if len(plan.obstacles) > 1 else None,
            )
        _check_pause(plan.steps, pause_before)
        check_approver(plan.approvers, approve_by, owner=self.owner, what=plan.title)
        run = self.journal.begin(
            plan.procedure,
            groups=plan.groups,
            settings=plan.settings,
            plan=plan.data(),
            version=__version__,
            owner=self.owner,
            at=self.clock.now(),
            locked=approve_by is None,
            approve_by=approve_by,
        )
        if approve_by is not None:
            return Outcome(
                run=run,
                status=Status.WAITING,
                advice=f"{approve_by} calls 'getvpn runs approve {run}', then "
                f"'getvpn runs resume {run}' goes on",
            )
        return self._carry_out(self.journal.run(run), plan.steps, pause_before, force=False)

    def resume(
        self, run: str, *, pause_before: str | None = None, break_lock: bool = False
    ) -> Outcome:
        """Go on with a run that ended before it was over: forward, or with taking back."""
        record = self.journal.run(run)
        past = history_of(self.journal.events(record.id))
        if past.over is not None:
            raise UsageError(f"the run {record.id} is over: {past.over}")
        if past.wanted is not None and not past.approved:
            raise UsageError(
                f"the run {record.id} waits for the approval of {past.wanted}",
                hint=f"'getvpn runs approve {record.id}'",
            )
        steps = self._procedures(record.procedure).steps(record.settings)
        _check_pause(steps, pause_before)
        if past.going_back:
            return self._take_back(record, steps, past.why_back, force=break_lock)
        return self._carry_out(record, steps, pause_before, force=break_lock)

    def abort(self, run: str, *, break_lock: bool = False) -> Outcome:
        """Take back what can be taken back of a run."""
        record = self.journal.run(run)
        past = history_of(self.journal.events(record.id))
        if past.over is not None:
            raise UsageError(f"the run {record.id} is over: {past.over}")
        steps = self._procedures(record.procedure).steps(record.settings)
        finished = past.final(steps)
        if finished is not None:
            raise CheckError(
                f"the run {record.id} cannot be taken back: '{finished.name}' is final",
                hint=_with_run(finished.advice or "'getvpn runs resume' goes forward", record.id),
            )
        return self._take_back(record, steps, "aborted by the operator", force=break_lock)

    # ---- forward ----

    def _carry_out(
        self,
        record: RunRecord,
        steps: Sequence[Step],
        pause_before: str | None,
        *,
        force: bool,
    ) -> Outcome:
        run = self._begin(record, force=force)
        try:
            return self._forward(run, record, steps, pause_before)
        except LostLockError as error:
            return self._lost(run, steps, error)
        finally:
            run.close()

    def _forward(
        self, run: Run, record: RunRecord, steps: Sequence[Step], pause_before: str | None
    ) -> Outcome:
        try:
            past = history_of(self.journal.events(record.id))
            if "intent" in record.settings:
                ears = Ears(run, record.groups, expected(record.procedure, record.settings))
                ears.begin()
                run.listen = ears.listen
            for number, step in enumerate(steps, 1):
                if past.to_skip(step):
                    continue
                if step.name == pause_before:
                    return self._pause(run, step, steps)
                run.step = step
                self.observer.began(step, number, len(steps))
                self._one(run, step)
            run.step = None
            return self._end(run, Status.DONE, state=steps[-1].state if steps else "")
        except LostLockError:
            raise
        except GetvpnError as error:
            return self._failed(run, record, steps, error)

    def _one(self, run: Run, step: Step) -> None:
        """Do one step; a session that breaks is opened again, and the device looked at anew."""
        run.record("step", step.why, commands=list(step.commands))
        acted = False
        for attempt in range(1, ATTEMPTS + 1):
            run.heartbeat()
            try:
                already = step.precheck(run)
                if not already:
                    if not acted and step.apply is not nothing:
                        run.record("acts")
                        acted = True
                    step.apply(run)
                step.verify(run)
            except (TransportError, OverdueError) as error:
                run.record("broken", str(error), attempt=attempt)
                run.close()
                if attempt == ATTEMPTS:
                    raise
                run.say(f"{error}; looking again")
                self.clock.sleep(BACK_OFF_S * 2 ** (attempt - 1))
            else:
                found = already and not acted
                run.record("done", step.state, already=found)
                self.observer.ended(step, "already done" if found else "done")
                return

    def _failed(
        self, run: Run, record: RunRecord, steps: Sequence[Step], error: GetvpnError
    ) -> Outcome:
        step = run.step
        run.record("failed", str(error))
        if step is not None:
            self.observer.ended(step, "failed")
        past = history_of(self.journal.events(record.id))
        stays = past.final(steps) is not None or (step is not None and step.stops)
        if not stays and not isinstance(error, UsageError):
            return self._go_back(run, steps, past, str(error))
        here = past.last_done(steps)
        return self._end(
            run,
            Status.STOPPED,
            state=here.state if here is not None else "nothing was changed",
            advice=_with_run(step.advice if step is not None else "", record.id),
            reason=str(error),
        )

    # ---- backward ----

    def _take_back(
        self, record: RunRecord, steps: Sequence[Step], why: str, *, force: bool
    ) -> Outcome:
        run = self._begin(record, force=force)
        try:
            return self._go_back(run, steps, history_of(self.journal.events(record.id)), why)
        except LostLockError as error:
            return self._lost(run, steps, error)
        finally:
            run.close()

    def _go_back(self, run: Run, steps: Sequence[Step], past: History, why: str) -> Outcome:
        """Undo what was begun, the last first; a step that cannot be undone ends it."""
        run.record("back", why)
        run.listen = None  # what is logged is no reason to leave it half way
        run.close()  # what failed may have left a session that is of no use
        self.observer.said(f"taking back: {why}")
        for step in reversed(steps):
            if not past.to_undo(step):
                continue
            run.step = step
            try:
                self._undo(run, step)
            except LostLockError:
                raise
            except GetvpnError as error:
                run.record("undo failed", str(error))
                return self._end(
                    run,
                    Status.STOPPED,
                    state=f"taken back as far as '{step.name}', which could not be undone",
                    advice=f"mend what the device says, then 'getvpn runs resume {run.id}' goes on "
                    f"taking back; by hand: {'; '.join(step.undo_commands) or step.advice}",
                    reason=why if str(error) in why else f"{why}; {error}",
                )
        run.step = None
        return self._end(run, Status.ROLLED_BACK, state="as before", reason=why)

    def _undo(self, run: Run, step: Step) -> None:
        run.record("undo", commands=list(step.undo_commands))
        for attempt in range(1, ATTEMPTS + 1):
            run.heartbeat()
            try:
                if step.undo is not None:
                    step.undo(run)
            except (TransportError, OverdueError) as error:
                run.record("broken", str(error), attempt=attempt)
                run.close()
                if attempt == ATTEMPTS:
                    raise
                self.clock.sleep(BACK_OFF_S * 2 ** (attempt - 1))
            else:
                run.record("undone")
                self.observer.ended(step, "undone")
                return

    # ---- beginning and end ----

    def _begin(self, record: RunRecord, *, force: bool) -> Run:
        self.run = record.id
        locks = self.journal.locks
        locks.take(record.groups, run=record.id, owner=self.owner, at=self.clock.now(), force=force)
        run = Run(
            id=record.id,
            settings=record.settings,
            clock=self.clock,
            devices=self.devices,
            writer=self.journal.writer(record.id),
            observer=self.observer,
            look_every_s=self.look_every_s,
            secrets=self.secrets,
            heartbeat=lambda: locks.show(record.id, groups=record.groups, at=self.clock.now()),
            kept={
                each.text: each.data["value"]
                for each in self.journal.events(record.id, kinds=[KEPT])
            },
        )
        run.record("running", self.owner)
        return run

    def _pause(self, run: Run, step: Step, steps: Sequence[Step]) -> Outcome:
        run.step = None
        final = history_of(self.journal.events(run.id)).final(steps)
        run.record("paused", step.name)
        self.journal.locks.release(run.id)
        return Outcome(
            run=run.id,
            status=Status.PAUSED,
            state=f"before '{step.name}'",
            advice=_resume(run.id) if final is None else _onward(run.id),
        )

    def _end(
        self, run: Run, status: Status, *, state: str, advice: str = "", reason: str = ""
    ) -> Outcome:
        run.step = None
        reason = _named(reason, run.id)
        run.record("ended", state, status=str(status), advice=advice, reason=reason)
        self.journal.locks.release(run.id)
        return Outcome(run=run.id, status=status, state=state, advice=advice, reason=reason)

    def _lost(self, run: Run, steps: Sequence[Step], error: LostLockError) -> Outcome:
        """Somebody else has taken over: nothing more is written, and nothing let go of."""
        here = history_of(self.journal.events(run.id)).last_done(steps)
        return Outcome(
            run=run.id,
            status=Status.STOPPED,
            state=here.state if here is not None else "nothing was changed",
            advice="'getvpn runs' says who works on it now, "
            f"'getvpn runs show {run.id}' how far it is",
            reason=str(error),
        )


def known(procedures: Mapping[str, Procedure]) -> Known:
    """A lookup of procedures by name. It raises UsageError for one that is not there."""

    def find(name: str) -> Procedure:
        try:
            return procedures[name]
        except KeyError:
            raise UsageError(
                f"this getvpn has no procedure {name!r}", hint="the run is of another version"
            ) from None

    return find


def _with_run(advice: str, run: str) -> str:
    """The advice of a step, or what can be done with any run."""
    return _named(advice, run) or _resume(run)


def _named(text: str, run: str) -> str:
    """The text, in which calls of `getvpn runs` get the id that they need."""
    return _CALL.sub(rf"\1 {run}'", text)


def _onward(run: str) -> str:
    return f"'getvpn runs resume {run}' goes on"


def _resume(run: str) -> str:
    return f"{_onward(run)}, 'getvpn runs abort {run}' takes back"


def _check_pause(steps: Sequence[Step], pause_before: str | None) -> None:
    if pause_before is not None and pause_before not in {step.name for step in steps}:
        raise UsageError(
            f"there is no step {pause_before!r} to pause before", hint="the plan names the steps"
        )


__all__ = ["DeviceError", "Runner", "known"]
