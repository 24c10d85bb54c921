"""How fast procedures are: rollovers in virtual time, a plan for many members, the engine itself.

`make bench` runs this. The limits are seconds on one core; each figure is printed.
"""

import json
import subprocess
import sys
from collections.abc import Container, Iterable, Mapping, Sequence
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from getvpn.tasks.clock import SystemClock
from getvpn.tasks.journal import Journal
from getvpn.tasks.procedures.model import ProcedurePlan, Status, Step
from getvpn.tasks.procedures.run import Progress, Run
from getvpn.tasks.procedures.runner import Runner, known
from getvpn.tasks.ssh.device import Answer

HERE = Path(__file__).parent
ROLLOVERS_PER_S = 50
"""What is aimed at. Copies of the process write to some 7,000 pages of memory each, and nothing
else stands out: a run types 170 lines, and each costs what it costs on a real device's session."""
LEAST_ROLLOVERS_PER_S = 5
"""What is held."""
MEMBERS = 4000
PLAN_S = 2.0
STEPS = 200
OVERHEAD_S = 0.005
ANSWER = "GigabitEthernet0/0   192.0.2.1   YES NVRAM  up   up\n" * 40


def figures(script: str, *arguments: str) -> Any:
    """What a script beside this one prints."""
    done = subprocess.run(
        [sys.executable, str(HERE / script), *arguments], capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def test_rollovers_of_two_key_servers_and_eight_members() -> None:
    found: dict[str, float] = figures("rollovers.py")
    for name, seconds in found.items():
        rate = f"{1 / seconds:.1f} runs/s of {ROLLOVERS_PER_S} that are aimed at"
        print(f"\n{name}: {rate}, {seconds * 1000:.0f} ms each")
    assert all(1 / seconds >= LEAST_ROLLOVERS_PER_S for seconds in found.values())


def test_a_plan_for_four_thousand_members() -> None:
    found = figures("large_plan.py", str(MEMBERS))
    print(f"\nplan for {found['followed']} members: {found['seconds']:.2f} s")
    assert found["obstacles"] == []
    assert found["followed"] == found["registered"] == MEMBERS
    assert found["seconds"] < PLAN_S


class AtOnce:
    """A device that answers at once."""

    prompt = "R1#"

    def __init__(self, name: str) -> None:
        self.name = name

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """Say the same always."""
        del command, timeout_s
        return ANSWER

    def configure(
        self,
        lines: Iterable[str],
        *,
        agree: Container[str] = (),
        revert_min: int | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """Take everything."""
        del lines, agree, revert_min, timeout_s
        return ""

    def dialogue(
        self,
        command: str,
        answers: Sequence[Answer],
        *,
        configuring: bool = False,
        timeout_s: float | None = None,
    ) -> str:
        """Ask nothing."""
        del command, answers, configuring, timeout_s
        return "[OK]\n"

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """Be back."""

    def close(self) -> None:
        """End."""


class Devices:
    """Sessions on such devices."""

    at_once = 1

    def open(self, name: str) -> AtOnce:
        """One of them."""
        return AtOnce(name)

    def upload(self, name: str, local: str, remote: str, progress: Progress | None = None) -> None:
        """Take it."""


class Many:
    """Steps like those of a rollover: look, change, save, look again."""

    name = "many"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """All of them."""
        del settings
        return [self._step(f"step {number}") for number in range(STEPS)]

    def _step(self, name: str) -> Step:
        def look(run: Run) -> None:
            run.device("R1").send("show ip interface brief")

        def precheck(run: Run) -> bool:
            look(run)
            return False

        def apply(run: Run) -> None:
            run.device("R1").configure(["interface GigabitEthernet0/0", f" description {name}"])
            run.device("R1").dialogue("write memory", [])

        return Step(
            name=name,
            why="it is measured",
            device="R1",
            precheck=precheck,
            apply=apply,
            verify=look,
        )


def test_the_engine_itself(tmp_path: Path) -> None:
    """With a journal in a file; how long the disk takes for it is another figure."""
    worked, waited = [], []
    for turn in range(3):
        journal = Journal(f"sqlite:///{tmp_path / f'journal{turn}.db'}")
        runner = Runner(journal, Devices(), SystemClock(), known({"many": Many()}))
        plan = ProcedurePlan(
            procedure="many", groups=("G1",), settings={}, steps=tuple(Many().steps({}))
        )
        begun, cpu = perf_counter(), process_time()
        outcome = runner.start(plan)
        worked.append((process_time() - cpu) / STEPS)
        waited.append((perf_counter() - begun) / STEPS)
        assert outcome.status is Status.DONE
        journal.close()
    print(f"\nengine: {min(worked) * 1000:.2f} ms per step, {min(waited) * 1000:.2f} with the disk")
    assert min(worked) < OVERHEAD_S
