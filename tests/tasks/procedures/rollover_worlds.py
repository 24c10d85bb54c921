"""A small network whose rekeys are signed with other keys."""

from random import Random
from typing import Any

from getvpn.emulator.keys.maker import SeededKeyMaker
from getvpn.inventory.models import Intent
from getvpn.tasks.deploying.observing import Observed
from getvpn.tasks.procedures.model import Outcome, ProcedurePlan
from getvpn.tasks.procedures.rollover_plan import plan_rollover

from .group_worlds import World

OLD, NEW = "GETVPN-REKEY", "GETVPN-REKEY-2"


class RolloverWorld(World):
    """A network with host keys of its own, whose key servers make keys that are known."""

    def __init__(self, intent: Intent | None = None) -> None:
        super().__init__(intent)
        # the same in each network: keys of a seed are made once in a process
        maker = SeededKeyMaker(Random("rollover"))  # noqa: S311 - the same each time
        for server in self.intent.key_servers:
            router = self.lab[server.name]
            router.keys.generate_rsa(server.name, 512, now=self.lab.kernel.now())
            router.keys.save()
            router.keys._maker = maker
        self.lab.record_traffic()

    def plan(self, observed: dict[str, Observed] | None = None, **wanted: Any) -> ProcedurePlan:
        """A plan for G1."""
        found = self.observed(members=False) if observed is None else observed
        return plan_rollover(self.intent, found, "G1", **wanted)

    def until(self, plan: ProcedurePlan, step: str) -> Outcome:
        """Carry a plan out as far as before `step`."""
        return self.runner().start(plan, pause_before=step)

    def labels(self, name: str) -> list[str]:
        """The keys that a router has, and would have after a restart, but for that of SSH."""
        keys = self.lab[name].keys
        there = sorted(pair.label for pair in keys.pairs() if not pair.temporary)
        assert there == sorted(label for _, label in keys._saved)
        return [label for label in there if label != name]

    def signs_with(self, name: str) -> str:
        """The key that a key server would sign with after a restart."""
        saved = self.shown(name, "show startup-config | include rekey authentication")
        assert saved == self.shown(name, "show running-config | include rekey authentication")
        return saved.split()[-1]

    def know(self) -> set[bytes]:
        """The keys with which members verify rekeys of the primary."""
        from getvpn.emulator.groups.feature import Gdoi

        return {
            list(group.server_keys.values())[-1].public_der
            for member in self.intent.members
            for group in self.lab[member.name].feature(Gdoi).members
        }

    def public(self, name: str, label: str) -> bytes:
        """The public half of a key of a router."""
        (pair,) = self.lab[name].keys.pairs(label=label)
        return pair.material.public_der

    def told(self, *kinds: str) -> list[str]:
        """The texts of events of the last run."""
        (last,) = self.journal.all_runs(limit=1)
        return [event.text for event in self.journal.events(last.id, kinds=kinds)]

    def time_to_rekey(self) -> float:
        """Seconds until the next rekey."""
        from getvpn.emulator.groups.feature import Gdoi

        (group,) = self.lab["KS1"].feature(Gdoi).servers.values()
        times = [group.time_to_rekey(tek) for tek in group.teks]
        return min(each for each in times if each is not None)


def steps(plan: ProcedurePlan) -> list[str]:
    """The names of the steps of a plan."""
    return [step.name for step in plan.steps]
