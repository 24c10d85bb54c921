"""What the events of a run say about how far it is."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..journal.journal import WANTED, Event
from .model import OVER, Status, Step, nothing


@dataclass(slots=True, kw_only=True)
class History:
    """How far a run is: names of steps that were `begun`, that `acted`, were `done`, `undone`.

    A step that found all as it should be has not acted. `wanted` is whose approval was asked for;
    `over` how the run ended for good.
    """

    begun: set[str] = field(default_factory=set)
    acted: set[str] = field(default_factory=set)
    done: set[str] = field(default_factory=set)
    undone: set[str] = field(default_factory=set)
    going_back: bool = False
    why_back: str = ""
    wanted: str | None = None
    approved: bool = False
    status: Status = Status.PLANNED
    over: Status | None = None

    def final(self, steps: Sequence[Step]) -> Step | None:
        """The last final step that acted or is done, after which the run only goes forward."""
        passed = self.acted | self.done
        found = [step for step in steps if step.final and step.name in passed]
        return found[-1] if found else None

    def to_undo(self, step: Step) -> bool:
        """Whether a step may have left something that its undo takes back."""
        left = self.acted if step.apply is not nothing else self.begun - self.undone
        return step.undo is not None and step.name in left

    def to_skip(self, step: Step) -> bool:
        """Whether a step is done. What only looks is done again as long as nothing has acted."""
        return step.name in self.done and (step.apply is not nothing or bool(self.acted))

    def last_done(self, steps: Sequence[Step]) -> Step | None:
        """The last step that is done, in the order of the plan."""
        found = [step for step in steps if step.name in self.done]
        return found[-1] if found else None


def history_of(events: Iterable[Event]) -> History:
    """Read how far a run is from its events."""
    past = History()
    for each in events:
        _take(past, each)
    return past


def _take(past: History, each: Event) -> None:
    step = each.step
    if each.kind == "step" and step is not None:
        past.begun.add(step)
        past.undone.discard(step)
    elif each.kind == "acts" and step is not None:
        past.acted.add(step)
    elif each.kind == "done" and step is not None:
        past.done.add(step)
    elif each.kind == "undone" and step is not None:
        past.undone.add(step)
        past.done.discard(step)
        past.acted.discard(step)
    elif each.kind == "back":
        past.going_back, past.why_back = True, each.text
    elif each.kind == WANTED:
        past.wanted, past.status = each.text, Status.WAITING
    elif each.kind == "approved":
        past.approved = True
    elif each.kind == "running":
        past.status = Status.RUNNING
    elif each.kind == "paused":
        past.status = Status.PAUSED
    elif each.kind == "ended":
        past.status = Status(each.data["status"])
        past.over = past.status if past.status in OVER else None
