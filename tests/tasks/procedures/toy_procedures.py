"""Procedures of a few steps that act on numbers, to test what carries procedures out."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from getvpn.errors import CheckError, TransportError
from getvpn.tasks.journal import Event, Journal
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan, Step
from getvpn.tasks.procedures.run import Progress, Run, Seen, Silent
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.ssh.device import Device


class Killed(BaseException):
    """The process is no more."""


class Time:
    """A clock that stands still unless somebody sleeps."""

    def __init__(self) -> None:
        self.at = 1_767_225_600.0
        self.slept: list[float] = []

    def now(self) -> float:
        """Seconds since 1970, UTC."""
        return self.at

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.slept.append(seconds)
        self.at += seconds


class NoDevices:
    """Steps that act on numbers need none."""

    at_once = 1

    def open(self, name: str) -> Device:
        """There is none."""
        raise TransportError("connection refused", device=name)

    def upload(self, name: str, local: str, remote: str, progress: Progress | None = None) -> None:
        """There is none."""
        raise TransportError("connection refused", device=name)


def noticed_by_nobody(name: str) -> None:
    """Take note of nothing."""
    del name


@dataclass
class Toy:
    """What the steps act on, and a procedure whose steps are `made` for each process anew.

    A step named x sets `x` to true in `world`; what is in `broken` fails there, as often as it
    says, with an error. `calls` are all calls of functions of steps.
    """

    journal: Journal
    world: set[str] = field(default_factory=set)
    broken: dict[str, list[BaseException]] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    names: Sequence[str] = ("look", "one", "two", "three")
    clock: Time = field(default_factory=Time)
    name: str = "toy"
    settings: Mapping[str, Any] = field(default_factory=lambda: {"answer": 42})
    acting: Callable[[str], object] = noticed_by_nobody
    observer: Silent = field(default_factory=Silent)

    # ---- the procedure ----

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps; `look` only looks."""
        return [self._step(name) for name in self.names]

    def _step(self, name: str) -> Step:
        def may_fail(kind: str) -> None:
            self.calls.append(f"{kind} {name}")
            errors = self.broken.get(f"{kind} {name}")
            if errors:
                raise errors.pop(0)

        def precheck(run: Run) -> bool:
            del run
            may_fail("precheck")
            return name in self.world

        def apply(run: Run) -> None:
            del run
            may_fail("apply")
            self.acting(name)
            self.world.add(name)
            may_fail("after")

        def verify(run: Run) -> None:
            del run
            may_fail("verify")
            if name not in self.world and name != "look":
                raise CheckError(f"{name} is not so")

        def undo(run: Run) -> None:
            del run
            may_fail("undo")
            self.world.discard(name)

        given: dict[str, Any] = {
            "name": name,
            "why": f"why {name}",
            "verify": verify,
            "state": f"after {name}",
            "advice": f"advice of {name}",
        }
        if name != "look":
            given |= {"precheck": precheck, "apply": apply, "undo": undo}
        return Step(**given | self.options.get(name, {}))

    # ---- what runs it ----

    def plan(self, *groups: str, **changes: Any) -> ProcedurePlan:
        """A plan of it."""
        return ProcedurePlan(
            procedure=self.name,
            groups=groups or ("G1",),
            settings=self.settings,
            steps=tuple(self.steps({})),
            **changes,
        )

    def runner(self, owner: str = "alice") -> Runner:
        """A new process of somebody."""
        return Runner(
            self.journal,
            NoDevices(),
            self.clock,
            known({self.name: self}),
            owner=owner,
            observer=self.observer,
        )

    def start(self, *groups: str, owner: str = "alice", **more: Any) -> Outcome:
        """Carry it out."""
        return self.runner(owner).start(self.plan(*groups), **more)

    def only_run(self) -> str:
        """The id of the only run."""
        (record,) = self.journal.all_runs()
        return record.id

    def events(self, *kinds: str) -> list[Event]:
        """The events of the only run."""
        return self.journal.events(self.only_run(), kinds=kinds)

    def told(self, *kinds: str) -> list[str]:
        """Kinds and steps of events."""
        return [f"{event.kind} {event.step or ''}".strip() for event in self.events(*kinds)]


def always(seen: Seen) -> Callable[[], Seen]:
    """A look that sees the same each time."""
    return lambda: seen
