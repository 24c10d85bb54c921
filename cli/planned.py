"""The plan of a procedure as people read it before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

import click

from ..errors import printable
from .output import colored

if TYPE_CHECKING:
    from ..tasks.procedures.model import ProcedurePlan, Step

_DEEPER: Final = " " * 8
_LINE: Final = 78


def shown(plan: ProcedurePlan) -> str:
    """The plan: its steps with commands, effects and times, and where the way back ends."""
    return "\n".join(_lines(plan))


def duration(seconds: float) -> str:
    """Seconds as `45 s`, `2:30` (minutes) or `1:02:30` (hours)."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _lines(plan: ProcedurePlan) -> Iterator[str]:
    count = len(plan.steps)
    groups = ", ".join(plan.groups)
    yield _bold(printable(f"{plan.procedure}, group {groups}: {count} steps"))
    yield from _times(plan)
    yield ""
    width = max((len(step.device or "-") for step in plan.steps), default=1)
    final = next((step for step in plan.steps if step.final), None)
    for number, step in enumerate(plan.steps, 1):
        if step is final:
            yield _ruled("point of no return: from here it only goes forward")
        yield from _step(number, step, width)
    yield ""
    yield from (printable(f"note: {text}") for text in plan.notes)
    if plan.approvers is not None:
        who = " or ".join(plan.approvers) or "nobody whom its groups have in common"
        yield printable(f"approval: of {who} is needed: --execute --approve-by USER")
    for text in plan.obstacles:
        yield _red(printable(f"obstacle: {text}"))


def _times(plan: ProcedurePlan) -> Iterator[str]:
    yield f"  takes about {duration(plan.needs_s)}"
    if not plan.window_s:
        return
    needs = f"  before the next rekey {duration(plan.window_s)} are needed"
    if plan.left_s is None:
        yield f"{needs}; no rekey is due"
        return
    yield f"{needs}, {duration(plan.left_s)} are left (time to rekey)"


def _step(number: int, step: Step, width: int) -> Iterator[str]:
    head = f"{number:>3}  {step.device or '-':<{width}}  {step.name}"
    yield _bold(printable(f"{head:<{_LINE - 12}} {duration(step.needs_s):>8}"))
    yield printable(f"{_DEEPER}{step.why}")
    for command in step.commands:
        yield _cyan(printable(f"{_DEEPER}  {command}"))
    for answer in step.dialogue:
        yield printable(f"{_DEEPER}  ? {answer}")
    if step.effect:
        yield printable(f"{_DEEPER}effect: {step.effect}")
    if step.undo_commands:
        yield printable(f"{_DEEPER}undo: {'; '.join(step.undo_commands)}")


def _ruled(text: str) -> str:
    line = f"---- {text} ".ljust(_LINE, "-")
    return click.style(line, fg="yellow", bold=True) if colored() else line


def _bold(text: str) -> str:
    return click.style(text, bold=True) if colored() else text


def _cyan(text: str) -> str:
    return click.style(text, fg="cyan") if colored() else text


def _red(text: str) -> str:
    return click.style(text, fg="red", bold=True) if colored() else text
