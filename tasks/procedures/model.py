"""What procedures are made of: steps, plans, outcomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypedDict

from ...errors import CheckError
from .approvers import approvers

if TYPE_CHECKING:
    from .run import Run

SAFETY: Final = 1.5
RESERVE_S: Final = 60.0
"""A change starts when the time left is over 1.5 times what it needs, and a minute."""


class UnmetError(CheckError):
    """What has to hold before a step, or after it, does not."""


class LateError(CheckError):
    """A wait came to its deadline, or time to the next rekey ran out."""


class AlarmError(CheckError):
    """Something happened during a wait that must stop the procedure."""


class Lane(StrEnum):
    """When a step must be over."""

    ANY = "any time"
    BEFORE_REKEY = "before the next rekey"


class StepData(TypedDict):
    """A step of a plan."""

    name: str
    """The name of the step."""
    why: str
    """Why it is done."""
    device: str | None
    """The device that it is done on; None: on none, or on several."""
    commands: list[str]
    """The commands, with secrets as `<…>`."""
    undo_commands: list[str]
    """The commands that take it back."""
    dialogue: list[str]
    """Questions of the device, and what is answered."""
    effect: str
    """What it does to the network."""
    state: str
    """The name of the state that the network is in after it."""
    needs_s: float
    """How long it takes, in seconds."""
    timeout_s: float
    """How long it takes at most, in seconds."""
    lane: str
    """When it must be over: `any time` or `before the next rekey`."""
    final: bool
    """Whether the procedure only goes forward after it."""
    can_be_undone: bool
    """Whether it can be taken back."""


class ProcedureData(TypedDict):
    """A procedure made ready for a network, before anything is done."""

    procedure: str
    """The procedure, such as `rollover rsa`."""
    groups: list[str]
    """The groups that it is about, which are locked while it runs."""
    left_s: float | None
    """Seconds to the next rekey when the devices were looked at; None: there is none."""
    needs_s: float
    """How long all takes, in seconds."""
    window_s: float
    """How long the steps take that must be over before the next rekey, in seconds."""
    approvers: list[str] | None
    """Accounts, one of which has to approve it; None where nobody has to."""
    obstacles: list[str]
    """What forbids it."""
    notes: list[str]
    """What people should know."""
    before: dict[str, Any]
    """What the network was like; other fields for each procedure."""
    steps: list[StepData]
    """The steps, in order."""


def nothing(run: Run) -> None:
    """Do nothing: for steps that only look."""
    del run


def never(run: Run) -> bool:
    """Say that it was not done: for steps that look each time."""
    del run
    return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step; its functions look at the devices each time, and may be called again.

    `precheck` tells whether the step has been done already, and raises CheckError when it must not
    be done; `apply` does it; `verify` raises CheckError unless it is done; `undo` takes back what
    there is of it, from wherever it ended, and is None where nothing is to be taken back.

    For people: `why` it is done, `commands` on `device` (secrets as `<…>`), `dialogue` the
    questions of the device and what is answered, `effect` on the network, `state` the name of the
    state that a network is in after it, `advice` what to do when the procedure ends there.
    `needs_s` is how long it takes, `timeout_s` how long at most, in seconds. After a step with
    `final` the procedure only goes forward. One that `stops` takes nothing back by itself when it
    fails: the run ends where it is, to be resumed or aborted by people.
    """

    name: str
    why: str
    verify: Callable[[Run], None]
    precheck: Callable[[Run], bool] = never
    apply: Callable[[Run], None] = nothing
    undo: Callable[[Run], None] | None = None
    device: str | None = None
    commands: tuple[str, ...] = ()
    undo_commands: tuple[str, ...] = ()
    dialogue: tuple[str, ...] = ()
    effect: str = ""
    state: str = ""
    advice: str = ""
    needs_s: float = 5.0
    timeout_s: float = 300.0
    lane: Lane = Lane.ANY
    final: bool = False
    stops: bool = False


class Status(StrEnum):
    """How a run stands."""

    PLANNED = "planned"
    WAITING = "waiting for approval"
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    ROLLED_BACK = "rolled back"
    STOPPED = "stopped"
    LEFT = "left"


OVER: Final = frozenset((Status.DONE, Status.ROLLED_BACK, Status.LEFT))
"""A run in one of these has let go of its groups for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How a run ended, or stands: `state` names what the network is in, `advice` what to do."""

    run: str
    status: Status
    state: str = ""
    advice: str = ""
    reason: str = ""

    @property
    def exit_code(self) -> int:
        """0 when all is done, or waits for somebody; else 1."""
        fine = {Status.DONE, Status.PAUSED, Status.WAITING, Status.PLANNED}
        return 0 if self.status in fine else 1


class Procedure(Protocol):
    """A kind of procedure. Its settings are JSON: all that its steps depend on."""

    @property
    def name(self) -> str:
        """What the journal calls it: `rollover rsa`."""

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps, in order; a function of the settings alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedurePlan:
    """A procedure made ready for a network, to be shown before anything is done.

    `groups` are locked while it runs. `left_s` is the time to the next rekey when the facts were
    taken (None: there is none), in seconds. `obstacles` forbid the run; `notes` are for people.
    """

    procedure: str
    groups: tuple[str, ...]
    settings: Mapping[str, Any]
    steps: tuple[Step, ...]
    left_s: float | None = None
    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    before: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """What is done to which groups, in a few words."""
        return f"{self.procedure} of {', '.join(self.groups)}"

    @property
    def approvers(self) -> tuple[str, ...] | None:
        """Accounts, one of which has to approve it; None where the intent demands nothing."""
        return approvers(self.settings, self.groups, self.procedure)

    @property
    def needs_s(self) -> float:
        """How long all takes, in seconds."""
        return sum(step.needs_s for step in self.steps)

    @property
    def window_s(self) -> float:
        """How long the steps take that must be over before the next rekey, in seconds."""
        return needed(self.steps)

    def data(self) -> ProcedureData:
        """The plan for the journal and for JSON."""
        return {
            "procedure": self.procedure,
            "groups": list(self.groups),
            "left_s": self.left_s,
            "needs_s": self.needs_s,
            "window_s": self.window_s,
            "approvers": None if self.approvers is None else list(self.approvers),
            "obstacles": list(self.obstacles),
            "notes": list(self.notes),
            "before": dict(self.before),
            "steps": [_step_data(step) for step in self.steps],
        }


def needed(steps: Sequence[Step]) -> float:
    """How long those of `steps` take that must be over before the next rekey, in seconds."""
    return sum(step.needs_s for step in steps if step.lane is Lane.BEFORE_REKEY)


def enough(left_s: float | None, needs_s: float) -> bool:
    """Whether `left_s` to the next rekey suffice for a change that takes `needs_s`."""
    return left_s is None or left_s > needs_s * SAFETY + RESERVE_S


def _step_data(step: Step) -> StepData:
    return {
        "name": step.name,
        "why": step.why,
        "device": step.device,
        "commands": list(step.commands),
        "undo_commands": list(step.undo_commands),
        "dialogue": list(step.dialogue),
        "effect": step.effect,
        "state": step.state,
        "needs_s": step.needs_s,
        "timeout_s": step.timeout_s,
        "lane": str(step.lane),
        "final": step.final,
        "can_be_undone": step.undo is not None,
    }
