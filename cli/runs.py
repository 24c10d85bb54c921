"""The verb `runs`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

import click

from ..errors import InputError, UsageError, printable
from .calls import hints_to_copy, to_copy
from .fleet import fleet_request, step_options
from .lab_common import aligned
from .main import VerbGroup
from .output import note, result
from .procedures import (
    FORMATS,
    journal_option,
    logged_in,
    look_option,
    open_journal,
    run_and_tell,
    runner_of,
)

if TYPE_CHECKING:
    from ..tasks.journal import Event, Journal, RunRecord
    from ..tasks.procedures.evidence import Form

ACTIONS = {
    "abort": "Take back what can be taken back of a run",
    "approve": "Approve a run that somebody else has planned",
    "leave": "Leave a run as it is: it is over, and no device is told anything",
    "list": "List the runs, and who holds which group",
    "report": "Write the evidence of a run: plan, what was done when, before and after",
    "resume": "Go on with a run that ended before it was over",
    "show": "Show what a run has done",
    "unlock": "Break the lock of a group whose owner is no more",
}


class RunHead(TypedDict):
    """A procedure that ran, or runs."""

    run: str
    """Its id."""
    procedure: str
    """The procedure, such as `rollover rsa`."""
    groups: list[str]
    """The groups that it concerns."""
    owner: str
    """The account that began it."""
    began: float
    """When it began, in UTC seconds since 1970."""
    version: str
    """The version of getvpn that began it."""
    settings: dict[str, Any]
    """All that its steps depend on; other fields for each procedure, without secrets."""


class RunEntry(RunHead):
    """A run in the list."""

    status: str
    """`planned`, `waiting for approval`, `running`, `paused`, `stopped`, `done`, `rolled back`, or
    `left` as it was."""


class LockEntry(TypedDict):
    """A run or a deployment that holds a group, so that no other acts on it."""

    group: str
    """The group."""
    run: str
    """The id of the run; of a deployment its name, `@` and a mark of the folder of its state."""
    owner: str
    """The account that runs it."""


class RunList(TypedDict):
    """The runs in the journal."""

    runs: list[RunEntry]
    """The runs, the latest first."""
    locks: list[LockEntry]
    """Who holds which group."""


class RunEvent(TypedDict):
    """Something that happened in a run."""

    number: int
    """Its number in the run, from 1."""
    at: float
    """When it happened, in UTC seconds since 1970."""
    kind: str
    """The kind: `running`, `step`, `acts`, `sent`, `done`, `undone`, `paused`, `ended`, …."""
    step: str | None
    """The step of the plan; None where it is about none."""
    device: str | None
    """The device; None where it is about none."""
    text: str
    """What happened, in words."""
    data: dict[str, Any]
    """Further facts, which depend on `kind`: of `sent`, what was sent and the `answer`."""


class RunStory(RunHead):
    """What a run has done."""

    events: list[RunEvent]
    """What happened, in order."""


class RunsGroup(VerbGroup):
    """The actions of `runs`; without one they are listed."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action, all of which are here."""
        return _COMMANDS[name]

    def invoke(self, ctx: click.Context) -> object:
        """Call the action, or list the runs."""
        with hints_to_copy():
            return super().invoke(ctx)


@click.group(cls=RunsGroup, invoke_without_command=True, subcommand_metavar="[ACTION]")
@journal_option
@click.pass_context
def command(ctx: click.Context, journal: str | None) -> None:
    """Look at procedures that ran, go on with them, or take them back.

    Without an action the runs are listed.
    """
    ctx.obj = journal
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_runs)


def _journal() -> Journal:
    return open_journal(click.get_current_context().find_object(str))


def _unfinished(journal: Journal, name: str) -> None:
    """Raise UsageError unless there is a run of this name that is not over."""
    from ..tasks.procedures.history import history_of

    record = journal.run(name)
    over = history_of(journal.events(record.id)).over
    if over is not None:
        raise UsageError(f"the run {record.id} is over: {over}")


@click.command("list")
@click.option("--group", metavar="NAME", help="Only runs that concern this group.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text")
def list_runs(group: str | None = None, form: str = "text") -> None:
    """List the runs, the latest first, and who holds which group."""
    from ..tasks.clock import utc
    from ..tasks.procedures.history import history_of

    journal = _journal()
    records = journal.all_runs(group=group)
    past = {each.id: history_of(journal.events(each.id)) for each in records}
    held = journal.locks.held()
    if form == "json":
        rows: list[RunEntry] = [
            {**_record_data(each), "status": str(past[each.id].status)} for each in records
        ]
        locks: list[LockEntry] = [
            {"group": each.group, "run": each.run, "owner": each.owner} for each in held
        ]
        found: RunList = {"runs": rows, "locks": locks}
        result(json.dumps(found, indent=2))
        return
    table = [("run", "procedure", "groups", "status", "owner", "began")]
    for each in records:
        row = (
            *(each.id, each.procedure, ", ".join(each.groups)),
            *(str(past[each.id].status), each.owner, utc(each.began)),
        )
        table.append(row)
    if records:
        result(aligned(table))
    else:
        note("the journal has no runs" + (f" of the group {group}" if group else ""))
    for holder in held:
        note(printable(f"{holder.group} is held by {holder}"))


@click.command("show")
@click.argument("run")
@click.option("--transcript", is_flag=True, help="With every command and answer.")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text")
def show(run: str, transcript: bool, form: str) -> None:
    """Show what a run has done. RUN is its id, or the beginning of it."""
    journal = _journal()
    record = journal.run(run)
    events = journal.events(record.id)
    if form == "json":
        story: RunStory = {
            **_record_data(record),
            "events": [_event_data(each) for each in events],
        }
        result(json.dumps(story, indent=2))
        return
    result(printable(f"{record.id}  {record.procedure}, {', '.join(record.groups)}"))
    for each in events:
        if transcript or each.kind != "sent":
            result(_event_line(each, transcript))


@click.command("resume")
@click.argument("run")
@click.option("--pause-before", metavar="STEP", help="Stop before this step of the plan.")
@click.option("--break-lock", is_flag=True, help="Go on though the lock says that it is running.")
@look_option
@step_options
def resume(
    run: str, pause_before: str | None, break_lock: bool, look_every: float, **options: Any
) -> int:
    """Go on with a run that was killed, paused or stopped. It looks at the devices first."""
    journal = _journal()
    _unfinished(journal, run)  # before anybody is asked for a password
    request = fleet_request(options)
    runner = runner_of(journal, logged_in(request), request, look_every)
    return run_and_tell(
        runner, lambda: runner.resume(run, pause_before=pause_before, break_lock=break_lock)
    )


@click.command("abort")
@click.argument("run")
@click.option("--break-lock", is_flag=True, help="Go on though the lock says that it is running.")
@look_option
@step_options
def abort(run: str, break_lock: bool, look_every: float, **options: Any) -> int:
    """Take back what can be taken back of a run, the last step first."""
    journal = _journal()
    _unfinished(journal, run)
    request = fleet_request(options)
    runner = runner_of(journal, logged_in(request), request, look_every)
    return run_and_tell(runner, lambda: runner.abort(run, break_lock=break_lock))


@click.command("approve")
@click.argument("run")
def approve(run: str) -> None:
    """Approve a run that somebody else has planned and that waits for you."""
    from ..tasks.clock import SystemClock
    from ..tasks.procedures.approval import approve as approved

    record = approved(_journal(), run, SystemClock())
    onward = to_copy(f"'getvpn runs resume {record.id}'")
    note(f"run {record.id}: approved; {record.owner} calls {onward}")


@click.command("leave")
@click.argument("run")
@click.option("--yes", is_flag=True, help="Do not ask.")
def leave(run: str, yes: bool) -> None:
    """Leave a run as it is, for good.

    It is over then, and in the way of no other one; no device is told anything. It is for a run
    that nobody can go on with or take back.
    """
    from ..tasks.clock import SystemClock
    from ..tasks.procedures.unfinished import leave as left

    journal = _journal()
    _unfinished(journal, run)
    if not yes:
        click.confirm("Leave the network as this run left it?", abort=True, err=True)
    note(f"run {left(journal, run, SystemClock()).id}: left as it was")


@click.command("unlock")
@click.argument("group")
@click.option("--yes", is_flag=True, help="Do not ask.")
def unlock(group: str, yes: bool) -> None:
    """Break the lock of a group.

    Its run stays as it is, and can be resumed or aborted; its deployment goes on when it is called
    again. The locks of all groups that it holds are broken.
    """
    journal = _journal()
    holder = journal.locks.holder(group)
    if holder is None:
        raise UsageError(f"nobody holds the group {group!r}")
    key = (holder.run, holder.host, holder.process)
    held = [it for it in journal.locks.held() if (it.run, it.host, it.process) == key]
    for each in held:
        note(printable(f"{each.group} is held by {each}"))
    if not yes:
        locks = "this lock" if len(held) == 1 else "these locks"
        click.confirm(f"Break {locks}?", abort=True, err=True)
    journal.locks.break_lock(holder)


@click.command("report")
@click.argument("run")
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("html", "markdown")),
    default="html",
    show_default=True,
    help="Form of the document.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to FILE."
)
def report(run: str, form: Form, output: Path | None) -> None:
    """Write the evidence of a run: plan, what was done when, before and after; no secrets."""
    from ..tasks.procedures.evidence import evidence
    from ..tasks.saving import write_private

    journal = _journal()
    record = journal.run(run)
    text = evidence(record, journal.events(record.id), form)
    if output is None:
        result(text)
        return
    try:
        write_private(str(output), text.encode("utf-8", "backslashreplace"))
    except OSError as error:
        raise InputError(error.strerror or str(error), source=str(output)) from None
    note(printable(f"written: {output}"))


_COMMANDS = {
    "abort": abort,
    "approve": approve,
    "leave": leave,
    "list": list_runs,
    "report": report,
    "resume": resume,
    "show": show,
    "unlock": unlock,
}


def _record_data(record: RunRecord) -> RunHead:
    return {
        "run": record.id,
        "procedure": record.procedure,
        "groups": list(record.groups),
        "owner": record.owner,
        "began": record.began,
        "version": record.version,
        "settings": dict(record.settings),
    }


def _event_data(each: Event) -> RunEvent:
    return {
        "number": each.number,
        "at": each.at,
        "kind": each.kind,
        "step": each.step,
        "device": each.device,
        "text": each.text,
        "data": dict(each.data),
    }


def _event_line(each: Event, transcript: bool) -> str:
    from ..tasks.clock import utc

    where = " ".join(part for part in (each.step, each.device) if part)
    told = ": ".join(part for part in (where, each.text) if part)
    head = printable(f"{utc(each.at)}  {each.kind:<8} {told}".rstrip())
    answer = each.data.get("answer") if transcript else None
    if not answer:
        return head
    return "\n".join([head, *(f"    {printable(line)}" for line in str(answer).splitlines())])
