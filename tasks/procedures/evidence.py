"""The evidence of a run: plan, what was done when, transcript, before and after, no secrets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from ...errors import printable
from ..clock import utc
from ..journal.journal import Event, RunRecord
from .history import history_of

Form = Literal["html", "markdown"]
FORMS: Final[Mapping[Form, str]] = {"html": "evidence.html.j2", "markdown": "evidence.md.j2"}
_HOW: Final[Mapping[str, str]] = {
    "done": "done",
    "failed": "failed",
    "undone": "undone",
    "undo failed": "could not be undone",
}
_TOLD: Final = frozenset({"said", "broken", "wait", "seen"})


@dataclass(slots=True, kw_only=True)
class StepEvidence:
    """One step as it went: when it began and ended, how, and what was said and sent meanwhile."""

    name: str
    why: str
    device: str
    commands: Sequence[str]
    undo_commands: Sequence[str]
    effect: str
    needs_s: float
    final: bool
    outcome: str = "not begun"
    began: str = ""
    ended: str = ""
    told: list[str] | None = None
    sent: list[tuple[str, str, str, str]] | None = None


def evidence(record: RunRecord, events: Sequence[Event], form: Form) -> str:
    """The evidence as a document of its own; HTML needs nothing from a network."""
    past = history_of(events)
    end = next((each for each in reversed(events) if each.kind == "ended"), None)
    text = (
        _environment()
        .get_template(FORMS[form])
        .render(
            record=record,
            began=utc(record.began),
            ended=utc(end.at) if end is not None else "",
            status=str(past.status),
            state=end.text if end is not None else "",
            reason=end.data.get("reason", "") if end is not None else "",
            advice=end.data.get("advice", "") if end is not None else "",
            approvals=[(each.text, utc(each.at)) for each in events if each.kind == "approved"],
            operators=[(each.text, utc(each.at)) for each in events if each.kind == "running"],
            notes=record.plan.get("notes", ()),
            needs_s=record.plan.get("needs_s", 0.0),
            window_s=record.plan.get("window_s", 0.0),
            left_s=record.plan.get("left_s"),
            states=[
                (each.text, utc(each.at), each.data) for each in events if each.kind == "state"
            ],
            steps=list(_steps(record, events)),
        )
    )
    return "\n".join(
        printable(line.expandtabs()) for line in text.replace("\r\n", "\n").split("\n")
    )


def _steps(record: RunRecord, events: Sequence[Event]) -> Iterator[StepEvidence]:
    by_step: dict[str, list[Event]] = {}
    for each in events:
        if each.step is not None:
            by_step.setdefault(each.step, []).append(each)
    planned: Sequence[Mapping[str, Any]] = record.plan.get("steps", ())
    for step in planned:
        yield _step(step, by_step.get(str(step["name"]), []))


def _step(step: Mapping[str, Any], events: Sequence[Event]) -> StepEvidence:
    found = StepEvidence(
        name=str(step["name"]),
        why=str(step["why"]),
        device=str(step["device"] or ""),
        commands=tuple(map(str, step["commands"])),
        undo_commands=tuple(map(str, step["undo_commands"])),
        effect=str(step["effect"]),
        needs_s=float(step["needs_s"]),
        final=bool(step["final"]),
        told=[],
        sent=[],
    )
    for each in events:
        found.began = found.began or utc(each.at)
        if each.kind == "step":
            found.outcome = "begun"
        elif each.kind in _HOW:
            found.outcome, found.ended = _HOW[each.kind], utc(each.at)
            if each.kind == "done" and each.data.get("already"):
                found.outcome = "was done already"
            if each.kind in {"failed", "undo failed"} and found.told is not None:
                found.told.append(each.text)
        elif each.kind in _TOLD and each.text and found.told is not None:
            found.told.append(each.text)
        elif each.kind == "sent" and found.sent is not None:
            answer = str(each.data.get("answer", ""))
            found.sent.append((utc(each.at), each.device or "", each.text, answer))
    return found


@cache
def _environment() -> Environment:
    found = Environment(
        loader=PackageLoader("getvpn", "templates/reports"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["cell"] = _cell
    found.filters["fenced"] = _fenced
    return found


def _cell(text: object) -> str:
    """A text inside a table of Markdown: one line, and no cell, link or HTML of its own."""
    flat = " ".join(str(text).split())
    for sign in "\\`*_[]<>|#&~":
        flat = flat.replace(sign, f"\\{sign}")
    return flat


def _fenced(text: object) -> str:
    """A text as a block of code, whose fence does not occur in it."""
    body = str(text).rstrip("\n")
    fence = "```"
    while fence in body:
        fence += "`"
    return f"{fence}text\n{body}\n{fence}"
