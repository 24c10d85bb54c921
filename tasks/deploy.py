"""Deployment: a network is brought to what its intent says, device by device, or left as it was.

`plan_deployment` looks and says what is to be done; `deploy` does that, and with `commit` carries
it out. Both give data and print nothing: `docs/deploy.md` tells what they do.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

from ..errors import InputError, UsageError
from ..inventory.models import Intent
from .clock import Clock, SystemClock
from .deploying.by_lines import lines_targets
from .deploying.claim import Claim, called
from .deploying.context import Context, Manner, Told
from .deploying.journal import Open, carried
from .deploying.lock import DeploymentLock
from .deploying.models import OpenDevice, Plan, Role
from .deploying.network import looks
from .deploying.observing import Observed
from .deploying.outcome import Deployment, DeviceOutcome, RekeyOutcome, State
from .deploying.planning import Choices, Target, make_plan, targets
from .deploying.reaching import open_devices
from .deploying.rekeys import is_owed
from .deploying.reporting import handle, plan_data, report_data
from .deploying.running import Run
from .deploying.store import Record, Store, user_name
from .deploying.survey import groups_of, members_beside, partners, survey
from .deploying.tidying import tidy
from .deploying.waves import Wave
from .render import Secrets, known

__all__ = [
    "Choices",
    "Deployment",
    "DeviceOutcome",
    "Manner",
    "Plan",
    "Planned",
    "RekeyOutcome",
    "Store",
    "Told",
    "Wave",
    "asked",
    "deploy",
    "open_devices",
    "plan_deployment",
]

GATE_S = 90.0
"""How long it is waited for what is in the way to pass by itself."""
AGAIN_S = 5.0
PLAN = "plan.json"
REPORT = "report.json"
Confirm = Callable[[Plan], bool]
"""Shows somebody a plan and asks whether it is to be carried out."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """A plan, and what it was made of: what devices showed, and what they are to be."""

    plan: Plan
    observed: Mapping[str, Observed]
    wanted: Mapping[str, Target]


def plan_deployment(
    intent: Intent,
    secrets: Secrets,
    open_device: OpenDevice,
    *,
    choices: Choices | None = None,
    manner: Manner | None = None,
    undone: Open | None = None,
    clock: Clock | None = None,
) -> Planned:
    """Look at the devices, and say what is to be done; nothing is changed.

    `undone` is what an earlier deployment has left (`Store.left_open`). Devices that fail are told
    of in the plan. Raises UsageError for a device that the intent does not have, InputError for a
    secret that is not there.
    """
    chosen, how = choices or Choices(), manner or Manner()
    wanted = _wanted(intent, secrets, chosen)
    roles: dict[str, Role] = {name: target.role for name, target in wanted.items()}

    def look(devices: Mapping[str, Role]) -> dict[str, Observed]:
        return survey(
            intent,
            devices,
            open_device,
            clock=clock or SystemClock(),
            jobs=how.jobs,
            report=lambda seen: how.report(_looked(seen)),
        )

    observed = look(roles)
    plan = make_plan(intent, wanted, observed, chosen, undone or Open())
    beside = members_beside(intent, plan, observed)
    if beside:
        # members that are not to be changed themselves, but that get what their key servers say
        observed |= look(dict.fromkeys(beside, "member"))
        plan = make_plan(intent, wanted, observed, chosen, undone or Open())
    return Planned(plan=plan, observed=observed, wanted=wanted)


def deploy(
    intent: Intent,
    secrets: Secrets,
    open_device: OpenDevice,
    store: Store,
    *,
    commit: bool = False,
    choices: Choices | None = None,
    manner: Manner | None = None,
    confirm: Confirm | None = None,
    clock: Clock | None = None,
    journal: str | None = None,
) -> Deployment:
    """Plan a deployment and save the plan in `store`; with `commit` carry it out.

    `confirm` is shown a plan that can be carried out, and may decline it. With `commit` the groups
    of the devices are held in `journal`, a URL, None for that of the user, so that no procedure and
    no other deployment changes them meanwhile. Failures of devices are in what is returned. Raises
    UsageError when another deployment or a run is on, InputError for a journal that cannot be used
    and when a deployment that was broken off has left something that cannot be read, and as
    `plan_deployment` does.
    """
    time, chosen, how = clock or SystemClock(), choices or Choices(), manner or Manner()
    store.prepare()
    everything = [each.name for each in (*intent.key_servers, *intent.members)]
    groups = groups_of(intent, everything if chosen.devices is None else chosen.devices)
    if not commit:
        beside = _beside(journal, groups, store)
        return _Deploying(intent, secrets, open_device, store, chosen, how, time, beside).plan()
    with DeploymentLock(store.lock):
        earlier, record = store.names(), store.new(time.now())
        claim = Claim(
            record.name,
            groups,
            journal=journal,
            mark=store.mark,
            earlier=earlier,
            clock=time,
        )
        try:
            with claim:
                beside = _beside(journal, groups, store)
                deploying = _Deploying(
                    intent, secrets, open_device, store, chosen, how, time, beside
                )
                deploying.wait()
                return deploying.carry_out(confirm, record, claim)
        finally:
            record.drop_empty()
            if claim.left:
                how.report(Told(subject=", ".join(sorted(claim.groups)), clause=claim.left))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Beside:
    """What others do in the groups, before all that the devices show."""

    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()

    def added(self, plan: Plan) -> Plan:
        return replace(
            plan,
            obstacles=(*self.obstacles, *plan.obstacles),
            notes=(*self.notes, *plan.notes),
        )


def _beside(journal: str | None, groups: Collection[str], store: Store) -> _Beside:
    """Who else holds the groups, and runs of theirs that are not over.

    What deployments of this store have left is taken over.
    """
    if not groups:
        return _Beside()
    from .procedures.unfinished import found_in, unknown

    own = {called(each, store.mark) for each in store.names()}
    try:
        held, unfinished = found_in(
            journal, groups, ours=lambda it: it.run in own and (it.gone or it.here)
        )
    except (InputError, UsageError) as error:
        return _Beside(notes=(unknown(groups, error),))
    return _Beside(obstacles=unfinished, notes=held)


class _Deploying:
    def __init__(
        self,
        intent: Intent,
        secrets: Secrets,
        open_device: OpenDevice,
        store: Store,
        choices: Choices,
        manner: Manner,
        clock: Clock,
        beside: _Beside,
    ) -> None:
        self.intent = intent
        self.open_device = open_device
        self.store = store
        self.choices = choices
        self.manner = manner
        self.clock = clock
        self.undone = store.left_open()
        self.beside = beside
        planned = plan_deployment(
            intent,
            secrets,
            open_device,
            choices=self.choices,
            manner=self.manner,
            undone=self.undone,
            clock=clock,
        )
        self.planned = replace(planned, plan=beside.added(planned.plan))

    def wait(self) -> None:
        """Let what is in the way pass by itself, if it may."""
        deadline = self.clock.now() + min(GATE_S, self.manner.settle_s)
        told = False
        while self.clock.now() < deadline:
            left = set(self._obstacles)
            if not left or not left <= self.planned.plan.passing:
                return
            if not told:
                self.manner.report(Told(subject=self._obstacles[0], clause="is waited for"))
                told = True
            self.clock.sleep(AGAIN_S)
            self._look_again()

    def _look_again(self) -> None:
        """Look at the key servers again, and plan anew."""
        old = self.planned
        roles: dict[str, Role] = {
            name: target.role
            for name, target in old.wanted.items()
            if target.role == "key server" and name in old.observed
        }
        seen = survey(self.intent, roles, self.open_device, clock=self.clock, jobs=self.manner.jobs)
        observed = {**old.observed, **seen}
        plan = make_plan(self.intent, old.wanted, observed, self.choices, self.undone)
        self.planned = Planned(plan=self.beside.added(plan), observed=observed, wanted=old.wanted)

    @property
    def _obstacles(self) -> tuple[str, ...]:
        """Those that nobody has accepted."""
        accepted = set(self.manner.accepted)
        return tuple(
            each
            for each in self.planned.plan.obstacles
            if each not in accepted and handle(each) not in accepted
        )

    def plan(self, record: Record | None = None) -> Deployment:
        """Save the plan."""
        plan = self.planned.plan
        record = record or self.store.new(self.clock.now())
        record.save(PLAN, plan_data(plan))
        state: State = "nothing to do" if plan.empty else "planned"
        if not plan.empty and self._obstacles:
            state = "refused"
        return Deployment(
            plan=plan,
            state=state,
            folder=record.folder,
            obstacles=self._obstacles,
        )

    def carry_out(self, confirm: Confirm | None, record: Record, claim: Claim) -> Deployment:
        """Save the plan, and carry it out if nothing is in the way."""
        found = self.plan(record)
        if found.state != "planned":
            return found
        if confirm is not None and not confirm(found.plan):
            return Deployment(plan=found.plan, state="declined", folder=found.folder)
        claim.hold({group for each in found.plan.changes.values() for group in each.groups})
        journal = record.journal()
        context = Context(
            intent=self.intent,
            wanted=self.planned.wanted,
            observed=self.planned.observed,
            choices=self.choices,
            manner=self.manner,
            open_device=self.open_device,
            clock=self.clock,
            store=self.store,
            record=record,
            journal=journal,
            claim=claim,
        )
        context.note(
            "began",
            deployment=record.name,
            user=user_name(),
            accepted=list(self.manner.accepted),
            carried=carried(self._still_undone()),
        )
        claim.begun = True
        try:
            run = Run(context, found.plan, self.undone)
            state, said = run.carry_out()
            deployment = Deployment(
                plan=found.plan,
                state=state,
                folder=record.folder,
                said=said,
                devices=run.devices,
                rekeys=run.rekeys,
            )
            record.save(REPORT, report_data(deployment))
            if not self.manner.keep_secrets:
                tidy(record.backups, run.devices)
            context.note("ended", state=state, said=said)
        finally:
            journal.close()
        log.info("deployment=%s state=%s", record.name, state)
        return deployment

    def _still_undone(self) -> Open:
        """What is undone, without rekeys that have gone out by now."""
        observed = self.planned.observed
        gone = {
            look.name
            for look in looks(self.intent, observed, set(self.undone.owed))
            if look.primary is not None and not is_owed(self.undone.owed[look.name], look.primary)
        }
        owed = {name: each for name, each in self.undone.owed.items() if name not in gone}
        return Open(halfway=self.undone.halfway, owed=owed)


def _wanted(intent: Intent, secrets: Secrets, choices: Choices) -> dict[str, Target]:
    """What devices are to be; of key servers that are not to be changed all but secrets."""
    if choices.lines is not None:
        chosen = choices.devices or frozenset()
        if not chosen:
            raise UsageError("there are lines for none of these devices")
        lines = {name: each for name, each in choices.lines.items() if name in chosen}
        return lines_targets(intent, lines, partners(intent, lines))
    if choices.devices is None:
        return targets(intent, secrets)
    chosen = known(intent, choices.devices)
    if not chosen:
        raise UsageError("no devices are named")
    others = set(partners(intent, chosen, choices.remove_groups)) - chosen
    found = targets(intent, secrets, chosen)
    return found | (targets(intent, None, others) if others else {})


def asked(intent: Intent, choices: Choices) -> list[str]:
    """The devices that a plan asks first: those that may be changed, and their key servers."""
    names = [device.name for device in (*intent.key_servers, *intent.members)]
    if choices.devices is None:
        return names
    wanted = {*choices.devices, *partners(intent, choices.devices, choices.remove_groups)}
    return [name for name in names if name in wanted]


def _looked(seen: Observed) -> Told:
    said = f"cannot be asked: {seen.failure}" if seen.failure else "was looked at"
    return Told(subject=seen.device, clause=said, looked=True, failure=seen.failure)
