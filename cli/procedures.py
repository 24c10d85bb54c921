"""What verbs of procedures share: the plan first, nothing without --execute, the run, its end."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from ..errors import UsageError, counted, printable
from .calls import hints_to_copy, to_copy
from .fleet import (
    USUAL_INTENT,
    FleetRequest,
    chosen_fleet,
    fleet_request,
    load_intent,
    step_options,
)
from .live import Live
from .output import note, paint, result

if TYPE_CHECKING:
    from nornir.core import Nornir

    from ..inventory import Secrets
    from ..inventory.models import Intent
    from ..tasks.deploying.models import Role
    from ..tasks.deploying.observing import Observed
    from ..tasks.journal import Journal
    from ..tasks.procedures.fleet_devices import FleetDevices
    from ..tasks.procedures.model import Outcome, ProcedurePlan
    from ..tasks.procedures.runner import Runner

Verb = TypeVar("Verb", bound=Callable[..., object])
FORMATS: Final = ("text", "json")


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureRequest:
    """What was asked for beside what the procedure itself needs."""

    group: str | None
    execute: bool
    yes: bool
    approve_by: str | None
    pause_before: str | None
    journal: str | None
    look_every: float
    form: str


_JOURNAL: Final = click.option(
    "--journal",
    metavar="URL",
    help="The journal: sqlite:///FILE or postgresql://HOST/NAME.  [default: the variable "
    "GETVPN_JOURNAL, else journal.db in the state folder of the user]",
)
_LOOK_EVERY: Final = click.option(
    "--look-every",
    type=click.FloatRange(min=0.1),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Seconds between two looks while it waits, at most.",
)
_OPTIONS: Final = (
    click.option("--group", metavar="NAME", help="The group, where the intent has several."),
    click.option(
        "--execute/--dry-run",
        "execute",
        default=False,
        help="Act; without it the plan is shown and nothing is done.",
    ),
    click.option("--yes", is_flag=True, help="Do not ask before the first step."),
    click.option(
        "--approve-by",
        metavar="USER",
        help="Wait until USER has approved the plan as well; needed where the intent says so.",
    ),
    click.option("--pause-before", metavar="STEP", help="Stop before this step of the plan."),
    _JOURNAL,
    _LOOK_EVERY,
    click.option(
        "-f",
        "--format",
        "form",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="Form of the plan.",
    ),
)


def procedure_options(verb: Verb) -> Verb:
    """Add the options of a verb that runs a procedure; see `procedure_request`."""
    verb = step_options(verb)
    for option in reversed(_OPTIONS):
        verb = option(verb)
    return verb


def journal_option(verb: Verb) -> Verb:
    """Add `--journal`."""
    return _JOURNAL(verb)


def look_option(verb: Verb) -> Verb:
    """Add `--look-every`."""
    return _LOOK_EVERY(verb)


def procedure_request(options: dict[str, Any]) -> tuple[ProcedureRequest, FleetRequest]:
    """The requests in the options of a call, which are taken out of `options`."""
    fields = {name: options.pop(name) for name in ProcedureRequest.__slots__}
    return ProcedureRequest(**fields), fleet_request(options)


def open_journal(url: str | None) -> Journal:
    """The journal that was named, or that of the user; it is closed when the verb ends."""
    from ..tasks.journal import Journal, default_url

    journal = Journal(url or default_url())
    click.get_current_context().call_on_close(journal.close)
    return journal


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """What a plan is made of, and what carries it out."""

    intent: Intent
    group: str
    observed: Mapping[str, Observed]
    fleet: Nornir
    request: FleetRequest


def prepare(
    wish: ProcedureRequest,
    request: FleetRequest,
    *,
    members: bool = False,
    roles_of: Callable[[Intent, str], dict[str, Role]] | None = None,
) -> Prepared:
    """Look at the key servers of the group, and with `members` at its members too.

    `roles_of` says otherwise which devices are looked at. Raises UsageError where nobody says which
    devices there are.
    """
    from ..tasks.clock import SystemClock
    from ..tasks.procedures.survey import members_in, only_group, servers_in, survey

    intent = load_intent(request.intent)
    group = only_group(intent, wish.group)
    fleet = logged_in(request)
    roles = servers_in(intent, group) if roles_of is None else roles_of(intent, group)
    if members:
        roles |= members_in(intent, group)
    note(f"looking at {counted(len(roles), 'device')}")
    observed = survey(devices_of(fleet, request), roles, SystemClock())
    return Prepared(intent=intent, group=group, observed=observed, fleet=fleet, request=request)


def logged_in(request: FleetRequest) -> Nornir:
    """The devices of the hosts file, else those of the intent, with logins."""
    from ..tasks.ssh.credentials import supply

    fleet = chosen_fleet((), None if request.hosts_file else request.intent, request.hosts_file)
    supply(fleet, request.login())
    return fleet


def devices_of(fleet: Nornir, request: FleetRequest) -> FleetDevices:
    """Where sessions on the devices of a fleet come from."""
    from ..tasks.procedures.fleet_devices import AT_ONCE, FleetDevices

    return FleetDevices(fleet, request.access(), at_once=request.jobs or AT_ONCE)


def secrets_of(request: FleetRequest) -> Secrets:
    """Where secrets of the intent are looked up."""
    from ..inventory import Secrets

    return Secrets((request.intent or USUAL_INTENT).parent)


def runner_of(
    journal: Journal, fleet: Nornir, request: FleetRequest, look_every_s: float
) -> Runner:
    """What runs procedures on real devices, and shows how it goes."""
    from ..tasks.clock import SystemClock
    from ..tasks.procedures.catalogue import PROCEDURES
    from ..tasks.procedures.runner import Runner, known

    devices, clock = devices_of(fleet, request), SystemClock()
    return Runner(
        journal,
        devices,
        clock,
        known(PROCEDURES),
        observer=Live(clock),
        look_every_s=look_every_s,
        secrets=secrets_of(request),
    )


def carry_out(plan: ProcedurePlan, ready: Prepared, wish: ProcedureRequest) -> int:
    """Show a plan, and run it if that is asked for; give the exit code."""
    from ..tasks.procedures.plan_text import plan_text
    from ..tasks.procedures.unfinished import beside

    plan = beside(plan, wish.journal)
    result(
        json.dumps(plan.data(), indent=2)
        if wish.form == "json"
        else to_copy(plan_text(plan, paint=paint))
    )
    if not wish.execute:
        note("nothing was done: --execute carries the plan out")
        return 1 if plan.obstacles else 0
    if plan.obstacles:
        note(printable(f"not carried out: {to_copy(plan.obstacles[0])}"))
        return 1
    _check_approver(plan, wish.approve_by)
    if not wish.yes:
        _confirm()
    journal = open_journal(wish.journal)
    runner = runner_of(journal, ready.fleet, ready.request, wish.look_every)
    return run_and_tell(
        runner,
        lambda: runner.start(plan, approve_by=wish.approve_by, pause_before=wish.pause_before),
    )


def _check_approver(plan: ProcedurePlan, approve_by: str | None) -> None:
    """Raise UsageError before anybody is asked when the approval of somebody else is missing."""
    from ..tasks.accounts import operator
    from ..tasks.procedures.approvers import check_approver

    check_approver(plan.approvers, approve_by, owner=operator(), what=plan.title)


def run_and_tell(runner: Runner, run: Callable[[], Outcome]) -> int:
    """Let `runner` run it, and say how it ended or stands; give the exit code.

    KeyboardInterrupt goes on, behind a line that tells what can be done.
    """
    try:
        with hints_to_copy():
            outcome = run()
    except KeyboardInterrupt:
        from ..tasks.procedures.performing import broken_off

        note(("\n" if sys.stderr.isatty() else "") + to_copy(broken_off(runner.run or "RUN")))
        raise
    parts = [f"run {outcome.run}: {outcome.status}"]
    if outcome.state:
        parts.append(outcome.state)
    note(printable("; ".join(parts)))
    if outcome.reason:
        note(printable(f"why: {outcome.reason}"))
    if outcome.advice:
        note(printable(f"next: {to_copy(outcome.advice)}"))
    return outcome.exit_code


def _confirm() -> None:
    if not sys.stdin.isatty():
        raise UsageError("nobody can be asked here whether to go on", hint="give --yes")
    click.confirm("Carry this out?", abort=True, err=True)
