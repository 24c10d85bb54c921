"""Procedures in virtual time while things go wrong: `make simulate`, some hundred runs of it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .procedures.faults import KINDS
from .procedures.result import Result
from .procedures.scenarios import SCENARIOS
from .procedures.table import PAGE, missing, read

ROOT = Path(__file__).resolve().parents[2]
RUNS = 200
PACKAGE = "tests.simulation.procedures"


def simulate(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run it in a process of its own, which makes copies of itself."""
    return subprocess.run(
        [sys.executable, "-m", PACKAGE, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, list[Result]]:
    """What it printed, and the results of its runs."""
    path = tmp_path_factory.mktemp("runs") / "results.json"
    found = simulate("--runs", str(RUNS), "--jobs", "1", "--json", str(path))
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout, [Result.read(each) for each in json.loads(path.read_text())]


def test_every_invariant_holds(done: tuple[str, list[Result]]) -> None:
    _, results = done
    assert sorted(each.seed for each in results) == list(range(RUNS))
    assert [each for each in results if each.broken] == []


def test_much_of_what_can_go_wrong_does(done: tuple[str, list[Result]]) -> None:
    """All scenarios and outcomes are among the runs, and nearly all faults."""
    _, results = done
    assert {(each.procedure, each.strategy) for each in results} == {
        (each.procedure, each.strategy) for each in SCENARIOS
    }
    assert {"done", "rolled back", "stopped"} <= {each.first for each in results}
    struck = {name for each in results for name, _, _ in each.troubles}
    assert "kill" in struck
    assert len(struck & KINDS.keys()) >= len(KINDS) - 2


def test_the_summary_counts_them(done: tuple[str, list[Result]]) -> None:
    said, _ = done
    assert f"{RUNS} runs in " in said
    head, *rows = [line for line in said.splitlines() if line.startswith(("proc", "roll"))]
    assert head.split() == ["procedure", "strategy", "outcome", "runs", "failed"]
    assert {row.split()[-1] for row in rows} == {"0"}


def test_the_page_of_faults_has_these_outcomes(done: tuple[str, list[Result]]) -> None:
    _, results = done
    gone = list(missing(results, read(PAGE.read_text("utf-8"))))
    assert gone == [], "make simulate RUNS=10000 TABLE=docs/procedures/faults.md"


def test_a_seed_replays_and_tells_its_story() -> None:
    first, second = simulate("--seed", "3"), simulate("--seed", "3")
    assert first.returncode == 0
    assert first.stdout == second.stdout
    assert "step: the group is fit for it" in first.stdout
    assert "[0] KS1# show crypto key mypubkey rsa" in first.stdout
