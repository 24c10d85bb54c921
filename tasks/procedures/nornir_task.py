"""Procedures for runbooks: planned from an inventory of nornir, run directly or as its task.

`plan_procedure` looks at the devices and changes nothing, `run_procedure` carries a plan out, and
`procedure_task` does the same as a task, among others of a runbook.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nornir.core.task import Result

from ...errors import UsageError
from ...inventory import Secrets
from ...inventory.loading import read_intent
from ..clock import SystemClock
from ..journal import Journal, default_url
from .catalogue import PROCEDURES
from .fleet_devices import AT_ONCE, FleetDevices
from .model import Outcome, ProcedurePlan
from .planners import planned, planner_of
from .run import LOOK_EVERY_S, Observer
from .runner import Runner, known
from .survey import only_group

if TYPE_CHECKING:
    from nornir.core import Nornir
    from nornir.core.task import Task

    from ..ssh.target import Access


def plan_procedure(
    nornir: Nornir,
    intent: str | Path,
    procedure: str,
    *,
    group: str | None = None,
    access: Access | None = None,
    jobs: int = AT_ONCE,
    **options: Any,
) -> ProcedurePlan:
    """Look at the devices of a group, and plan `procedure` for it; nothing is changed.

    `procedure` is its name in `PLANNERS`. `intent` is the file of the intent, beside which files of
    secrets are looked up; `options` are what the procedure offers: for `rollover rsa` strategy,
    label, modulus, cipher and wave. Raises UsageError for a call without meaning,
    InputError for an intent that cannot be read. What forbids the run is in `obstacles`.
    """
    planner_of(procedure, options)  # before anything is read or asked
    path = Path(intent)
    wanted = read_intent(path)
    options.setdefault("secrets", Secrets(path.parent))
    return planned(
        procedure,
        wanted,
        only_group(wanted, group),
        FleetDevices(nornir, access, at_once=jobs),
        SystemClock(),
        **options,
    )


def run_procedure(
    nornir: Nornir,
    plan: ProcedurePlan,
    *,
    journal: str | None = None,
    access: Access | None = None,
    approve_by: str | None = None,
    pause_before: str | None = None,
    observer: Observer | None = None,
    secrets_in: str | Path = ".",
    look_every_s: float = LOOK_EVERY_S,
    jobs: int = AT_ONCE,
) -> Outcome:
    """Carry a plan out on the devices of `nornir`, and tell how it ended.

    `journal` is the URL of the journal, by default that of the user; `secrets_in` the folder that
    files of secrets are looked up from. `observer` is told how it goes. A run that ended early is
    resumed or taken back by `resume_procedure`, or with `getvpn runs`. Raises CheckError when the
    plan has obstacles, UsageError when another run holds the group, InputError for a journal that
    cannot be used.
    """
    with _runner(nornir, journal, access, observer, secrets_in, look_every_s, jobs) as runner:
        return runner.start(plan, approve_by=approve_by, pause_before=pause_before)


def resume_procedure(
    nornir: Nornir,
    run: str,
    *,
    back: bool = False,
    break_lock: bool = False,
    journal: str | None = None,
    access: Access | None = None,
    pause_before: str | None = None,
    observer: Observer | None = None,
    secrets_in: str | Path = ".",
    look_every_s: float = LOOK_EVERY_S,
    jobs: int = AT_ONCE,
) -> Outcome:
    """Go on with a run that ended early, or take it `back`, and tell how that ended.

    `run` is its id in the journal, or the beginning of it; the rest is as for `run_procedure`. It
    looks at the devices first, and skips what is done. `break_lock` is for a process that holds the
    run and is known to be no more. Raises UsageError for a run that is over, is
    held by another process or waits for an approval, CheckError behind the point of no return.
    """
    with _runner(nornir, journal, access, observer, secrets_in, look_every_s, jobs) as runner:
        if back:
            return runner.abort(run, break_lock=break_lock)
        return runner.resume(run, pause_before=pause_before, break_lock=break_lock)


@contextmanager
def _runner(
    nornir: Nornir,
    journal: str | None,
    access: Access | None,
    observer: Observer | None,
    secrets_in: str | Path,
    look_every_s: float,
    jobs: int,
) -> Iterator[Runner]:
    book = Journal(journal or default_url())
    try:
        yield Runner(
            book,
            FleetDevices(nornir, access, at_once=jobs),
            SystemClock(),
            known(PROCEDURES),
            observer=observer,
            look_every_s=look_every_s,
            secrets=Secrets(Path(secrets_in)),
        )
    finally:
        book.close()


def procedure_task(task: Task, plan: ProcedurePlan, **options: Any) -> Result:
    """Carry a plan out as a task of nornir, whose result is the `Outcome`.

    A procedure concerns a group, a task one host: the first device of the plan carries out all of
    it, for the others the result is None. All devices of the plan must be among the hosts.
    `options` are those of `run_procedure`. With nornir's dry run nothing is done. The task fails
    unless the run is done, is paused or waits for an approval.
    """
    devices = [step.device for step in plan.steps if step.device is not None]
    missing = sorted(set(devices) - set(task.nornir.inventory.hosts))
    if missing:
        raise UsageError(f"the plan needs devices that are not among the hosts: {missing[0]}")
    if task.host.name != next(iter(devices), None) or task.is_dry_run():
        return Result(host=task.host, result=None)
    outcome = run_procedure(task.nornir, plan, **options)
    return Result(host=task.host, result=outcome, changed=True, failed=outcome.exit_code != 0)
