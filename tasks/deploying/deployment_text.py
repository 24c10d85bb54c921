"""Plans and outcomes of deployments as people read them, line by line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from ...errors import printable
from ..telling import Paint, plain
from .models import Change, Plan, Rekey
from .outcome import Deployment, DeviceOutcome, RekeyOutcome
from .reporting import handle, told_lines

Form = Literal["remediation", "unified", "both"]
"""Whether a plan has the lines to enter, the differences, or both."""

_MEANS: Final = {"lines": "line by line", "napalm": "through NAPALM, on trial"}
_COLORS: Final[dict[str, str]] = {"+": "green", "-": "red", "@": "cyan"}
_STATES: Final[dict[str, str]] = {
    "changed": "green",
    "unchanged": "green",
    "rolled back": "yellow",
    "failed": "red",
    "half way": "red",
}


def plan_lines(plan: Plan, form: Form = "remediation", paint: Paint = plain) -> Iterator[str]:
    """The lines of a plan: stages with what each device is told, rekeys, what is in the way."""
    yield from _rekeys(plan, None, paint)
    for number, stage in enumerate(plan.stages, 1):
        how = ", together" if stage.together and len(stage.devices) > 1 else ""
        yield paint(f"stage {number}: {stage.name}{how}", "bold")
        for name in stage.devices:
            yield from _change(plan.changes[name], form, paint)
        yield from _rekeys(plan, stage.name, paint)
    if plan.unchanged:
        yield f"as intended: {_some(plan.unchanged)}"
    for name, why in plan.unreached.items():
        yield paint(printable(f"not reached: {name}: {why}"), "red")
    for text in plan.notes:
        yield printable(f"note: {text}")
    for text in plan.obstacles:
        yield paint(printable(f"obstacle {handle(text)}: {text}"), "red")


def outcome_lines(found: Deployment, paint: Paint = plain) -> Iterator[str]:
    """What came of a deployment, a line for each device and each rekey, and how it ended."""
    width = max((len(name) for name in found.devices), default=0)
    for each in found.devices.values():
        yield _device(each, width, paint)
    for rekey in found.rekeys.values():
        yield from _rekey(rekey)
    if found.said:
        yield printable(f"{found.state}: {found.said}")


def counts(plan: Plan) -> str:
    """How much a plan is, in a line."""
    devices, rekeys = len(plan.changes), sum(not each.left for each in plan.rekeys)
    words = [f"{devices} device{'s' * (devices != 1)} to change"]
    if rekeys:
        words.append(f"{rekeys} rekey{'s' * (rekeys != 1)}")
    if plan.obstacles:
        count = len(plan.obstacles)
        words.append(f"{count} obstacle{'s' * (count != 1)}")
    return ", ".join(words)


def _change(change: Change, form: Form, paint: Paint) -> Iterator[str]:
    groups = f" of {', '.join(change.groups)}" if change.groups else ""
    yield printable(f"  {change.device}: {change.role}{groups}, {_MEANS[change.means]}")
    if change.resumed:
        rest = "" if change.effects else "; only its end is missing"
        yield f"    an earlier deployment was broken off here{rest}"
    for text in change.effects:
        yield printable(f"    {text}")
    if form != "remediation":
        for line in change.unified:
            yield paint(printable(f"      {line}"), _COLORS.get(line[:1], ""))
    if form != "unified":
        for line in told_lines(change):
            gone = line.lstrip().startswith("no ")
            yield paint(printable(f"      {line}"), "red" if gone else "")


def _rekeys(plan: Plan, after: str | None, paint: Paint) -> Iterator[str]:
    for rekey in plan.rekeys:
        if rekey.after == after:
            yield from _planned(rekey, paint)


def _planned(rekey: Rekey, paint: Paint) -> Iterator[str]:
    word = "a rekey is left to you" if rekey.left else "rekey"
    yield paint(printable(f"{word}: {rekey.group} on {rekey.device}, since {rekey.why}"), "bold")
    yield printable(f"      {rekey.command}")


def _device(each: DeviceOutcome, width: int, paint: Paint) -> str:
    text = paint(printable(f"{each.device:<{width}}  {each.state}"), _STATES.get(each.state, ""))
    return f"{text}{printable(f': {each.said}') if each.said else ''}"


def _rekey(each: RekeyOutcome) -> Iterator[str]:
    count = len(each.reached)
    have = "1 member has" if count == 1 else f"{count} members have"
    words = {
        "sent": f"has new keys, and {have} them",
        "left": "waits for its rekey, which is left to you",
    }
    text = words.get(each.state, f"rekey {each.state}")
    yield printable(f"{each.group}: {text}{f'; {each.said}' if each.said else ''}")
    for name, why in each.unseen.items():
        yield printable(f"  {name} was not asked whether it has it: {why}")


def _some(names: tuple[str, ...]) -> str:
    if len(names) > 12:
        return f"{', '.join(names[:10])} and {len(names) - 10} more"
    return ", ".join(names)
