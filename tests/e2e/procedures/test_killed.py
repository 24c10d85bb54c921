"""A process that is killed in the middle of a rollover, and another one that goes on."""

import os
import signal
import subprocess
from collections.abc import Iterator

import pytest

from getvpn.tasks.journal import Journal

from ...labs import GETVPN
from ...tasks.networks import network as usual
from ..struck import RUN, WITHIN_S, struck
from .operating import Operated, operated
from .test_rollovers import key_of, meant

RATE = 10.0
"""Seconds of the lab for each real one: the processes live in real time."""
OPTIONS = ("--wave", "2", "--look-every", "0.3")
"""Members are told to come, so that nobody waits for the next rekey."""


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operated]:
    with operated(usual(), tmp_path_factory.mktemp("network"), rate=RATE) as made:
        yield made


def killed_at(words: list[str], step: str, kind: str) -> str:
    """Call `getvpn` in a process that is killed when its journal says so; the id of the run."""
    journal = Journal(os.environ["GETVPN_JOURNAL"])
    known = {run.id for run in journal.all_runs()}
    killed = struck(RUN, signal.SIGKILL, *words, kind=f"{kind}$", step=step)
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    (new,) = {run.id for run in journal.all_runs()} - known
    return new


@pytest.mark.parametrize(
    ("strategy", "step", "kind"),
    [
        ("new-label", "bring the key", "acts"),
        ("in-place", "make the key", "acts"),
    ],
)
def test_a_rollover_that_was_killed_is_gone_on_with_by_another_process(
    network: Operated, strategy: str, step: str, kind: str
) -> None:
    old = key_of(network)
    new = old if strategy == "in-place" else f"{old}X"
    label = [] if new == old else ["--label", new]
    words = network.reach("rollover", "rsa", *OPTIONS, *label, intent=meant(network, old))

    run = killed_at([*words, "--strategy", strategy, "--execute", "--yes"], step, kind)

    listed = network.call("runs")
    assert f"{run}  rollover rsa" in listed.out
    assert "G1 is held by " in listed.err
    resumed = subprocess.run(
        [*GETVPN, "runs", "resume", run, "--look-every", "0.3", *network.reached],
        capture_output=True,
        text=True,
        check=False,
        timeout=WITHIN_S,
    )
    assert (resumed.returncode, resumed.stdout) == (0, "")
    assert f"run {run}: done; " in resumed.stderr
    assert "Traceback" not in resumed.stderr
    assert key_of(network) == new
    assert "held by" not in network.call("runs").err
    network.lab.advance(10)
    assert network.is_well()
