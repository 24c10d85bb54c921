"""Procedures for runbooks that people run: the plan comes first, the run and its end are told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ...errors import printable
from ..journal import Journal, default_url
from ..telling import Say, Write, say_to
from .history import history_of
from .model import Outcome, Step
from .nornir_task import plan_procedure, resume_procedure, run_procedure
from .plan_text import plan_text
from .run import LOOK_EVERY_S, Seen
from .unfinished import beside

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..ssh.target import Access


INTERRUPTED: Final = 130
"""The exit code after Ctrl-C."""


def perform_procedure(
    nornir: Nornir,
    intent: str | Path,
    procedure: str,
    *,
    execute: bool = False,
    group: str | None = None,
    journal: str | None = None,
    access: Access | None = None,
    approve_by: str | None = None,
    pause_before: str | None = None,
    look_every_s: float = LOOK_EVERY_S,
    write: Write | None = None,
    **options: Any,
) -> int:
    """Plan a procedure and show the plan; with `execute` carry it out, and tell how it goes.

    The exit code is that of the command: 0 all is done, or it waits for an approval or before a
    step, or a plan without obstacles; 1 obstacles, taken back or stopped; 130 Ctrl-C, after which a
    run can be resumed. With nornir's dry run nothing is carried out. `write` takes what is shown in
    the place of stdout. The rest is as for `plan_procedure` and `run_procedure`, and so are the
    errors that are raised.
    """
    say = say_to(write)
    try:
        plan = plan_procedure(nornir, intent, procedure, group=group, access=access, **options)
    except KeyboardInterrupt:
        say("broken off: nothing was done")
        return INTERRUPTED
    plan = beside(plan, journal)
    say(plan_text(plan))
    if not execute or nornir.data.dry_run:
        say("nothing was done")
        return 1 if plan.obstacles else 0
    if plan.obstacles:
        say(printable(f"not carried out: {plan.obstacles[0]}"))
        return 1
    return _ended(
        say,
        lambda: run_procedure(
            nornir,
            plan,
            journal=journal,
            access=access,
            approve_by=approve_by,
            pause_before=pause_before,
            observer=_Telling(say),
            secrets_in=Path(intent).parent,
            look_every_s=look_every_s,
        ),
    )


def perform_resumption(
    nornir: Nornir,
    run: str,
    *,
    execute: bool = False,
    back: bool = False,
    journal: str | None = None,
    access: Access | None = None,
    secrets_in: str | Path = ".",
    look_every_s: float = LOOK_EVERY_S,
    write: Write | None = None,
) -> int:
    """Tell how far a run is that ended early; with `execute` go on with it, or take it `back`.

    Exit codes and `write` are as for `perform_procedure`, the rest as for `resume_procedure`.
    """
    say = say_to(write)
    say(printable(_standing(run, journal)))
    if not execute or nornir.data.dry_run:
        say("nothing was done")
        return 0
    return _ended(
        say,
        lambda: resume_procedure(
            nornir,
            run,
            back=back,
            journal=journal,
            access=access,
            observer=_Telling(say),
            secrets_in=secrets_in,
            look_every_s=look_every_s,
        ),
    )


def broken_off(run: str) -> str:
    """What somebody is told who ends a run by Ctrl-C; `run` is its id."""
    return f"broken off: 'getvpn runs' tells how far it is, 'getvpn runs resume {run}' goes on"


class _Telling:
    """An observer that says a line for what happens; waits are told when they are over."""

    def __init__(self, say: Say) -> None:
        self._say = say
        self._place = ""

    def began(self, step: Step, number: int, count: int) -> None:
        where = f"{step.device}: " if step.device else ""
        self._place = f"[{number:>2}/{count}] {where}{step.name}"

    def ended(self, step: Step, how: str) -> None:
        what = f"        {step.name}" if how == "undone" else self._place
        self._say(printable(f"{what}: {how}"))

    def said(self, text: str) -> None:
        self._say(f"        {printable(text)}")

    def waiting(self, what: str, seen: Seen, left_s: float) -> None:
        """Say nothing."""


def _ended(say: Say, run: Callable[[], Outcome]) -> int:
    """Run it, and tell how it ended; the exit code."""
    try:
        outcome = run()
    except KeyboardInterrupt:
        say(broken_off("RUN"))
        return INTERRUPTED
    state = f"; {outcome.state}" if outcome.state else ""
    say(printable(f"run {outcome.run}: {outcome.status}{state}"))
    if outcome.reason:
        say(printable(f"why: {outcome.reason}"))
    if outcome.advice:
        say(printable(f"next: {outcome.advice}"))
    return outcome.exit_code


def _standing(run: str, url: str | None) -> str:
    """How far a run is, in a line. Raises UsageError for one that the journal does not have."""
    journal = Journal(url or default_url())
    try:
        record = journal.run(run)
        past = history_of(journal.events(record.id))
    finally:
        journal.close()
    steps = record.plan["steps"]
    back = ", on its way back" if past.going_back else ""
    name = f"run {record.id}: {record.procedure} of {', '.join(record.groups)}"
    return f"{name}: {past.status}, {len(past.done)} of {len(steps)} steps done{back}"
