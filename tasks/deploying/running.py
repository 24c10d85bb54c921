"""A plan is carried out: stage by stage, with a look after each device, and back if need be."""

from __future__ import annotations

from functools import partial
from threading import Lock

from .changing import change_device, take_back
from .context import Context
from .journal import Open
from .judging import Judges
from .models import Plan, Rekey, Stage
from .network import looks
from .outcome import DeviceOutcome, RekeyOutcome, State
from .rekeys import is_owed, keys_of
from .sending import send_rekey
from .survey import in_turn
from .watch import FRESH_S, Watch


class Run:
    """A plan while it is carried out; `devices` and `rekeys` are what came of it so far."""

    def __init__(self, context: Context, plan: Plan, undone: Open) -> None:
        self.context = context
        self.plan = plan
        self.undone = undone
        self.devices: dict[str, DeviceOutcome] = {}
        self.rekeys: dict[str, RekeyOutcome] = {}
        self.watch = Watch(context)
        self._to_come = {
            name for stage in plan.stages if not stage.together for name in stage.devices
        }
        self._judges = Judges(context, plan)
        self._failed = 0
        self._lock = Lock()

    def carry_out(self) -> tuple[State, str]:
        """Do all of it; gives how it ended, and in what state the network is left."""
        with self.watch:
            state = self._carry_out()
        return state, self._said(state)

    def _carry_out(self) -> State:
        if not self._send(None):
            return self._ended()
        for stage in self.plan.stages:
            if self.context.stopping:
                return self._stop()
            self.context.note("stage", name=stage.name, devices=stage.devices)
            well = self._together(stage) if stage.together else self._one_by_one(stage)
            if not well or not self._send(stage.name):
                return self._ended()
        return "done"

    def _ended(self) -> State:
        """How it ended early."""
        return "stopped" if self.context.manner.stop.is_set() else "failed"

    # ---- key servers ----

    def _one_by_one(self, stage: Stage) -> bool:
        """Change key servers; whether all went well. If not, those before are taken back."""
        for name in stage.devices:
            if self.context.stopping:
                self._stop()
                return False
            self._to_come.discard(name)
            change = self.plan.changes[name]
            self._owe(name)
            outcome = self.devices[name] = change_device(
                self.context,
                change,
                partial(self.watch.look, {name}, groups=change.groups),
                self._judges.of_server(name, self._to_come),
                half=self.undone.halfway.get(name),
            )
            if not outcome.well:
                self._drop(name)
                self._agree_again()
                return False
        return True

    def _stop(self) -> State:
        """It is to end: in the midst of key servers those before are taken back."""
        if self._to_come:
            self._agree_again()
        return self._ended()

    def _agree_again(self) -> None:
        """Take the key servers back that were changed, so that all have one policy."""
        for name, outcome in reversed(list(self.devices.items())):
            if self.context.claim.lost:
                return  # somebody else works on them
            change = self.plan.changes[name]
            if outcome.state != "changed" or change.role != "key server" or not outcome.backup:
                continue
            self.devices[name] = take_back(self.context, change, outcome.backup)
            self._drop(name)

    # ---- members ----

    def _together(self, stage: Stage) -> bool:
        """Change the members of a wave; whether no more have failed than may."""
        found = in_turn(stage.devices, self._member, self.context.manner.jobs)
        self.devices |= found
        return not self._too_many and not self.context.stopping

    @property
    def _too_many(self) -> bool:
        return self._failed > self.context.choices.max_failures

    def _member(self, name: str) -> DeviceOutcome:
        if self.context.stopping or self._too_many:
            return DeviceOutcome(device=name, state="not begun")
        change = self.plan.changes[name]
        outcome = change_device(
            self.context,
            change,
            lambda: self.watch.look({name}, age_s=FRESH_S),
            self._judges.of_member(),
            half=self.undone.halfway.get(name),
        )
        if not outcome.well:
            with self._lock:
                self._failed += 1
        return outcome

    # ---- rekeys ----

    def _owe(self, device: str) -> None:
        """Write down, before a primary is changed, which rekeys its change needs."""
        for rekey in self.plan.rekeys:
            if rekey.device != device:
                continue
            for look in looks(self.context.intent, self.watch.look({device}), {rekey.group}):
                server = look.servers.get(device)
                if server is not None:
                    self._owed(rekey, keys_of(server))

    def _owed(self, rekey: Rekey, keys: tuple[str, ...]) -> None:
        self.context.note(
            "rekey",
            state="owed",
            group=rekey.group,
            device=rekey.device,
            why=rekey.why,
            keys=keys,
        )

    def _drop(self, device: str) -> None:
        """A primary is as it was: the rekeys are not needed, but for those owed before."""
        if self.devices[device].state not in ("rolled back", "failed"):
            return
        for rekey in self.plan.rekeys:
            if rekey.device != device:
                continue
            before = self.undone.owed.get(rekey.group)
            if before is not None and self._still(rekey.group, device):
                self._owed(rekey, before.keys)
            else:
                self.context.note("rekey", state="dropped", group=rekey.group)

    def _still(self, group: str, device: str) -> bool:
        """Whether a rekey was owed to a group before this deployment."""
        (look,) = looks(self.context.intent, self.context.observed, {group})
        server = look.servers.get(device)
        return server is not None and is_owed(self.undone.owed[group], server)

    def _send(self, after: str | None) -> bool:
        """Send the rekeys that come after a stage; whether all went well."""
        well = True
        for rekey in self.plan.rekeys:
            if rekey.after != after:
                continue
            if rekey.left:
                outcome = RekeyOutcome(group=rekey.group, device=rekey.device, state="left")
                self.context.note("rekey", state="left", group=rekey.group)
            elif self.context.stopping:
                return False
            else:
                outcome = send_rekey(self.context, self.watch, rekey)
            self.rekeys[rekey.group] = outcome
            well = well and not outcome.fault
        return well

    # ---- how it ended ----

    def _said(self, state: State) -> str:
        """In what state the network is left, in a sentence."""
        parts = []
        failed = [name for name, each in self.devices.items() if each.fault]
        if failed:
            parts.append(f"{_some(failed)} failed")
        if self.context.claim.trouble:
            parts.append(self.context.claim.trouble)
        elif state == "stopped":
            parts.append("it was stopped")
        done = [name for name, each in self.devices.items() if each.well]
        back = [name for name, each in self.devices.items() if each.state == "rolled back"]
        if state == "done" and not failed:
            which = " that were reached" if self.plan.unreached else ""
            parts.append(f"all devices{which} are as intended")
        elif done:
            parts.append(f"{_some(done)} as intended")
        if back:
            parts.append(f"{_some(back)} as before")
        rest = [
            name
            for name in self.plan.changes
            if name not in self.devices or self.devices[name].state in ("not begun", "failed")
        ]
        if rest:
            parts.append(f"{_some(rest)} not changed")
        parts += self._said_of_rekeys()
        return "; ".join(parts)

    def _said_of_rekeys(self) -> list[str]:
        parts = []
        for rekey in self.plan.rekeys:
            outcome = self.rekeys.get(rekey.group)
            primary = self.devices.get(rekey.device)
            changed = primary.well if primary else rekey.device not in self.plan.changes
            if outcome is not None and outcome.state == "sent":
                if outcome.missed:
                    parts.append(f"not all members of {rekey.group} have the rekey")
            elif changed:
                parts.append(
                    f"the policy of {rekey.group} waits for '{rekey.command}' on {rekey.device}"
                )
        return parts


def _some(names: list[str]) -> str:
    if len(names) > 5:
        return f"{', '.join(names[:3])} and {len(names) - 3} more"
    return ", ".join(names)
