"""One run of a procedure, from its seed: what goes wrong and when, who resumes, how it ends."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from random import Random
from typing import Final

from getvpn.emulator import Lab
from getvpn.emulator.gdoi.member.group import MemberGroup
from getvpn.emulator.groups.feature import Gdoi
from getvpn.errors import CheckError
from getvpn.parsers.config.redact import redact
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.journal import Journal
from getvpn.tasks.journal.journal import Event, RunRecord
from getvpn.tasks.procedures.catalogue import PROCEDURES
from getvpn.tasks.procedures.model import OVER, Outcome, ProcedurePlan, Status, Step
from getvpn.tasks.procedures.run import Run, Seen
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.procedures.survey import members_in, servers_in, survey

from ...tasks.lab_devices import Killed, LabClock
from ...tasks.networks import KnownSecrets
from .driving import TYPED, Driven
from .faults import KINDS, broken, heal
from .scenarios import SCENARIOS, Booted, Scenario
from .trouble import Trouble, drawn

LOOK_EVERY_S: Final = 3600.0
PHASE_S: Final = 7000.0
"""Runs begin at any time between two rekeys."""
HEALED_S: Final = 400.0
"""So long after the last fault has ended a group is well again, if nothing else is wrong."""
REGISTERED_S: Final = 8000.0
"""After so long members have registered again whom all key servers have forgotten."""
LONGEST_S: Final = 400_000.0
MOST_PROCESSES: Final = 12
BACK: Final = "taking back"
LONELY: Final = frozenset(("member-away", "members-alone", "power-loss", "crash-at-write"))
"""Faults that part members from others, whose traffic is not counted then."""


@dataclass
class Play:
    """A run as it goes. `story` is what happened, with the seconds since it began.

    `touched` are members that were cut off or switched off, `parted` those that left for good.
    """

    seed: int
    scenario: Scenario
    booted: Booted
    troubles: list[Trouble] = field(default_factory=list)
    story: list[str] = field(default_factory=list)
    crashes: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)
    parted: set[str] = field(default_factory=set)
    outcomes: list[Outcome] = field(default_factory=list)
    plan: ProcedurePlan | None = None
    refused: str = ""
    devices: Driven = field(init=False)
    random: Random = field(init=False)
    began: float = 0.0
    watching: bool = False
    step: int = -1
    step_name: str = ""
    lines: int = 0
    device: str = ""
    run: Run | None = None
    order: str = ""
    """What somebody was told to do last, as long as that makes sense."""
    mistake: str = ""
    """What is wrong with the plan, so that going on cannot help and somebody aborts."""

    def __post_init__(self) -> None:
        self.devices = Driven(self.lab)
        self.random = Random(f"{self.seed}")  # noqa: S311 - seeds replay
        self.devices.before = lambda name, text: self._line(name, text, after=False)
        self.devices.after = lambda name, text: self._line(name, text, after=True)

    # ---- what others ask ----

    @property
    def lab(self) -> Lab:
        """The network."""
        return self.booted.lab

    @property
    def journal(self) -> Journal:
        """The journal."""
        return self.booted.journal

    @property
    def servers(self) -> tuple[str, ...]:
        """The key servers."""
        return tuple(servers_in(self.booted.intent, self.booted.group))

    @property
    def members(self) -> tuple[str, ...]:
        """The members."""
        return tuple(members_in(self.booted.intent, self.booted.group))

    @property
    def boot_s(self) -> dict[str, float]:
        """How long devices take to boot."""
        return self.booted.boot_s

    @property
    def new_label(self) -> str | None:
        """The label of the key that is made."""
        return None if self.plan is None else self.scenario.new_label(self.plan)

    @property
    def now(self) -> float:
        """Seconds since the run began."""
        return self.lab.kernel.now() - self.began

    @property
    def record(self) -> RunRecord | None:
        """The run in the journal."""
        runs = self.journal.all_runs(limit=1)
        return runs[0] if runs else None

    @cached_property
    def events(self) -> list[Event]:
        """What the journal has of the run, when it is over."""
        return [] if self.record is None else self.journal.events(self.record.id)

    @property
    def outcome(self) -> Outcome | None:
        """How it ended at last."""
        return self.outcomes[-1] if self.outcomes else None

    def memberships(self, name: str) -> list[MemberGroup]:
        """The groups that a device is a member of."""
        return self.lab[name].feature(Gdoi).members

    def observed(self, *, members: bool = False) -> dict[str, Observed]:
        """Whole looks at the devices, as plans are made of them."""
        intent, group = self.booted.intent, self.booted.group
        roles = servers_in(intent, group) | (members_in(intent, group) if members else {})
        return survey(self.devices, roles, LabClock(self.lab))

    def tell(self, text: str) -> None:
        """Put something into the story."""
        self.story.append(f"{self.now:9.1f}  {text}")

    def later(self, seconds: float, action: Callable[[], object]) -> None:
        """Have something happen in some seconds."""
        self.lab.kernel.call_at(self.lab.kernel.now() + seconds, action)

    def unreachable(self, *names: str) -> None:
        """Members that cannot reach others for a while."""
        self.touched.update(names)

    def watch_traffic(self, *, whole: bool = False) -> None:
        """Record traffic from now on: of all pairs of members, or of neighbours in a ring.

        Members lose the traffic of each other when they have different keys; then some neighbours
        have different ones.
        """
        ring = [*pairwise(self.members), (self.members[-1], self.members[0])]
        both = [*ring, *((b, a) for a, b in ring)]
        self.lab.record_traffic(None if whole or len(self.members) < 3 else both)

    # ---- the run ----

    def play(self) -> None:
        """Prepare, carry out, and go on until it is over or nothing helps."""
        self.lab.advance(self.random.uniform(0, PHASE_S))
        self.scenario.prepare(self, self.random)
        self.plan = plan = self._planned()
        self.began = self.lab.kernel.now()
        self.tell(f"{self.scenario.name}; {plan.left_s or 0:.0f} s to the next rekey")
        self.troubles = drawn(self.random, len(plan.steps), self.scenario.faults)
        if self.mistake:
            first = plan.steps[0].name
            alone = self.random.random() < 0.5
            made = Trouble(name=self.mistake, step=0, line=0, after=False, where=first, at=0.0)
            self.troubles = [made, *([] if alone else self.troubles)]
        self.watch_traffic(whole=not {each.name for each in self.troubles}.isdisjoint(LONELY))
        self.later(LONGEST_S, self._endless)
        self._carry_out(plan)
        self.watching = False
        self._follow_advice()

    def _planned(self) -> ProcedurePlan:
        """A plan that may run; where there is too little time the next rekey is waited for."""
        plan = self.scenario.plan(self, self.random)
        if plan.obstacles and self.random.random() < 0.9:
            self.lab.advance((plan.left_s or 0.0) + 120)
            plan = self.scenario.plan(self, self.random)
        return plan

    def _carry_out(self, plan: ProcedurePlan) -> None:
        """Processes that start, resume or abort the run, until one of them is not killed."""
        how, host = "start", False
        for process in range(MOST_PROCESSES):
            self.devices.process = process
            self.watching = process < MOST_PROCESSES - 1
            try:
                self._one(how, plan, elsewhere=host)
            except Killed as killed:
                self.watching = False
                self.tell("the process ends")
                self.devices.hang_up()
                self.lab.advance(self.random.choice((1, 30, 300, 3000)) * self.random.random())
                how, host = str(killed), self.random.random() < 0.3
                if self.record is None:
                    how = "start"
            except CheckError as error:
                self.tell(f"{how} is refused: {error}")
                if how != "abort":
                    self.refused = str(error)
                    return
                how = "resume"
            else:
                return

    def _one(self, how: str, plan: ProcedurePlan, *, elsewhere: bool = False) -> None:
        """What one process does."""
        record = self.record
        if how != "start" and record is None:
            return
        if elsewhere and record is not None:
            _from_elsewhere(self.journal)
        self.devices.dead = None
        runner = Watched(self, break_lock=elsewhere)
        self.tell(f"{how}{' on another machine' if elsewhere else ''}")
        if how == "start" or record is None:
            outcome = runner.start(plan)
        elif how == "resume":
            outcome = runner.resume(record.id, break_lock=elsewhere)
        else:
            outcome = runner.abort(record.id, break_lock=elsewhere)
        self.outcomes.append(outcome)
        self.tell(f"{outcome.status}: {outcome.state} | {outcome.reason} | {outcome.advice}")

    def _follow_advice(self) -> None:
        """Everything is mended, and somebody does what the outcome says."""
        heal(self)
        self.order = ""
        self.lab.advance(HEALED_S)
        if self.refused or self.plan is None:
            return
        back = self.random.random() < 0.3 or bool(self.mistake)
        for waits_s in (HEALED_S, REGISTERED_S, HEALED_S):
            last = self.outcome
            if last is not None and last.status in OVER:
                return
            if last is not None:
                self.scenario.advised(self, last.advice)
            self.devices.process += 1
            with suppress(CheckError):
                self._one("abort" if back else "resume", self.plan)
            back = False
            self.lab.advance(waits_s)

    # ---- what happens to it ----

    def _line(self, device: str, text: str, *, after: bool) -> None:
        """A line is typed now: what waits for it happens."""
        self.devices.waiting = self.run is not None and self.run._quiet
        if not self.watching:
            return
        if not after:
            self.lines += 1
        for trouble in self.troubles:
            due = (
                trouble.at is None
                and trouble.after_s is None
                and trouble.after == after
                and (self.step, self.lines) >= (trouble.step, trouble.line)
            )
            if due:
                self._strike(trouble, device, text)

    def _strike(self, trouble: Trouble, device: str, text: str) -> None:
        trouble.at, trouble.where = self.now, self.step_name
        shown = TYPED.sub("<secret>", redact(text.splitlines()[0]))[:60] if text else ""
        when = f"{'after' if trouble.after else 'before'} {shown!r}" if text else "between lines"
        self.tell(f"in '{self.step_name}', {when} on {device}: {trouble.name}")
        if trouble.name == "kill":
            self._kill(trouble.resumes)
        kind = KINDS[trouble.name]
        self.device = device
        kind.strike(self)
        if kind.breaks:
            raise broken(device)

    def began_step(self, step: Step, number: int) -> None:
        """A step begins; what waits for an instant in it is laid out."""
        self.step, self.step_name, self.lines = number, step.name, 0
        self.tell(f"step: {step.name}")
        for trouble in self.troubles:
            if trouble.step == number and trouble.after_s is not None and trouble.at is None:
                device = step.device or self.random.choice(self.servers)
                self.later(trouble.after_s, lambda t=trouble, d=device: self._at_instant(t, d))

    def _at_instant(self, trouble: Trouble, device: str) -> None:
        if self.watching and trouble.at is None:
            self._strike(trouble, device, "")

    def goes_back(self, count: int) -> None:
        """Steps are taken back from now on."""
        self.step, self.step_name, self.lines = count, BACK, 0

    def _endless(self) -> None:
        self.crashes.append(f"it still runs after {LONGEST_S:.0f} s")
        self._kill("endless")

    def _kill(self, why: str) -> None:
        """End the process, whatever it would still do on its way out."""
        self.devices.dead = Killed(why)
        raise self.devices.dead


class Watched(Runner):
    """A runner of a play, which is told what happens."""

    def __init__(self, play: Play, *, break_lock: bool) -> None:
        super().__init__(
            play.journal,
            play.devices,
            LabClock(play.lab),
            known(PROCEDURES),
            observer=Told(play),
            owner="tester",
            look_every_s=LOOK_EVERY_S,
            secrets=KnownSecrets(),
        )
        self.play = play

    def _begin(self, record: RunRecord, *, force: bool) -> Run:
        run = super()._begin(record, force=force)
        self.play.run = run
        return run


class Told:
    """An observer that puts what it is told into the story."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.count = 0

    def began(self, step: Step, number: int, count: int) -> None:
        """A step begins."""
        self.count = count
        self.play.began_step(step, number - 1)

    def ended(self, step: Step, how: str) -> None:
        """A step has ended."""
        self.play.tell(f"{how}: {step.name}")

    def said(self, text: str) -> None:
        """Something was said."""
        self.play.tell(f"said: {text}")
        if text.startswith(BACK):
            self.play.goes_back(self.count)
        self.play.scenario.said(self.play, text)

    def waiting(self, what: str, seen: Seen, left_s: float) -> None:
        """A wait goes on."""


def scenario_of(seed: int, chosen: tuple[Scenario, ...] = SCENARIOS) -> Scenario:
    """What is run with a seed."""
    return chosen[seed % len(chosen)]


def _from_elsewhere(journal: Journal) -> None:
    """Let locks be those of a process on another machine."""
    from sqlalchemy import update

    from getvpn.tasks.journal.tables import locks

    with journal._engine.begin() as connection:
        connection.execute(update(locks).values(host="another.example.net", process=1))


__all__ = ["Play", "Status", "Trouble", "drawn", "scenario_of"]
