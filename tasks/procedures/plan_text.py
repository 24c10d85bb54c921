"""The plan of a procedure as people read it before anything is done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import printable
from ..telling import Paint, plain
from .model import ProcedurePlan, Step

_DEEPER: Final = " " * 8
_LINE: Final = 78
_RULE: Final = "---- point of no return: from here it only goes forward "


def plan_text(plan: ProcedurePlan, *, paint: Paint = plain) -> str:
    """The plan: its steps with commands, effects and times, and where the way back ends."""
    return "\n".join(_lines(plan, paint))


def duration(seconds: float) -> str:
    """Seconds as `45 s`, `2:30` (minutes) or `1:02:30` (hours)."""
    whole = max(0, round(seconds))
    if whole < 60:
        return f"{whole} s"
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _lines(plan: ProcedurePlan, paint: Paint) -> Iterator[str]:
    count = len(plan.steps)
    groups = ", ".join(plan.groups)
    yield paint(printable(f"{plan.procedure}, group {groups}: {count} steps"), "bold")
    yield from _times(plan)
    yield ""
    width = max((len(step.device or "-") for step in plan.steps), default=1)
    final = next((step for step in plan.steps if step.final), None)
    for number, step in enumerate(plan.steps, 1):
        if step is final:
            yield paint(_RULE.ljust(_LINE, "-"), "bold yellow")
        yield from _step(number, step, width, paint)
    yield ""
    yield from (printable(f"note: {text}") for text in plan.notes)
    if plan.approvers is not None:
        who = " or ".join(plan.approvers) or "nobody whom its groups have in common"
        yield printable(f"approval: of {who} is needed: --execute --approve-by USER")
    for text in plan.obstacles:
        yield paint(printable(f"obstacle: {text}"), "bold red")


def _times(plan: ProcedurePlan) -> Iterator[str]:
    yield f"  takes about {duration(plan.needs_s)}"
    if not plan.window_s:
        return
    needs = f"  before the next rekey {duration(plan.window_s)} are needed"
    if plan.left_s is None:
        yield f"{needs}; no rekey is due"
        return
    yield f"{needs}, {duration(plan.left_s)} are left (time to rekey)"


def _step(number: int, step: Step, width: int, paint: Paint) -> Iterator[str]:
    head = f"{number:>3}  {step.device or '-':<{width}}  {step.name}"
    yield paint(printable(f"{head:<{_LINE - 12}} {duration(step.needs_s):>8}"), "bold")
    yield printable(f"{_DEEPER}{step.why}")
    for command in step.commands:
        yield paint(printable(f"{_DEEPER}  {command}"), "cyan")
    for answer in step.dialogue:
        yield printable(f"{_DEEPER}  ? {answer}")
    if step.effect:
        yield printable(f"{_DEEPER}effect: {step.effect}")
    if step.undo_commands:
        yield printable(f"{_DEEPER}undo: {'; '.join(step.undo_commands)}")
