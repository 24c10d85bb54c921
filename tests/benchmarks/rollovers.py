"""Rollovers without faults on the example lab, in virtual time; prints JSON: seconds of one each.

The lab is booted once, and each run takes place in a copy of the process, as those of `make
simulate` do. The seconds are those of one processor: the copy, the look at the key servers that the
plan is made of, the plan, the run with its journal, the way of the members to the new key.
"""

import gc
import json
import os
import sys
from collections.abc import Callable
from statistics import median
from time import process_time

from getvpn.tasks.procedures.model import ProcedurePlan
from getvpn.tests.simulation.procedures.campaign import prepared
from getvpn.tests.simulation.procedures.play import Play
from getvpn.tests.simulation.procedures.scenarios import SCENARIOS, Booted, Scenario

RUNS = 40
NAMES = ("rollover rsa, new-label", "rollover rsa, in-place")


class Calm(Play):
    """A run in which nothing goes wrong."""

    def watch_traffic(self, *, whole: bool = False) -> None:
        """Record the traffic of neighbours."""
        del whole
        super().watch_traffic()

    def _carry_out(self, plan: ProcedurePlan) -> None:
        self.troubles = []
        super()._carry_out(plan)


def run(seed: int, scenario: Scenario, booted: Booted) -> None:
    """Carry one out, here and now."""
    play = Calm(seed, scenario, booted)
    play.play()
    assert play.outcome is not None
    assert str(play.outcome.status) == "done", play.outcome
    assert not any(each.losses for each in play.lab.outages())


def copied(act: Callable[[], None]) -> float:
    """The seconds of a processor that something takes in a copy of this process."""
    begun = process_time()
    child = os.fork()
    if not child:
        try:
            gc.disable()
            act()
            os._exit(0)
        finally:
            os._exit(1)
    _, status, used = os.wait4(child, 0)
    assert status == 0
    return used.ru_utime + used.ru_stime + process_time() - begun


def main() -> dict[str, float]:
    """Measure both strategies."""
    scenarios = tuple(each for each in SCENARIOS if each.name in NAMES)
    booted = prepared(scenarios)
    return {
        scenario.name: median(
            copied(lambda s=seed, c=scenario: run(s, c, booted[c.world]))  # type: ignore[misc]
            for seed in range(RUNS)
        )
        for scenario in scenarios
    }


if __name__ == "__main__":
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    sys.stdout.write(json.dumps(main()))
