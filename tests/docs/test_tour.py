"""The tour of `make demo`: all of it, and Ctrl-C in the middle of it."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .modules import module_in_docs

pytestmark = pytest.mark.xdist_group("tour")

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.py"
LONGEST_S = 1800
"""What the slowest computer takes; the tour itself tells of about a minute."""
Started = Callable[[], subprocess.Popen[str]]


@pytest.fixture
def temporary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where temporary folders are; its path is short, as that of a socket has to be."""
    return tmp_path_factory.mktemp("t")


@pytest.fixture
def started(tmp_path: Path, temporary: Path) -> Started:
    """Starts the tour."""

    def start() -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, str(TOUR), "made/report.html"],
            cwd=tmp_path,
            env=os.environ | {"TMPDIR": str(temporary)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    return start


def test_the_tour_finds_mistakes_and_changes_the_key(
    started: Started, tmp_path: Path, temporary: Path
) -> None:
    said, _ = started().communicate(timeout=LONGEST_S)
    titles = re.split(r"^---- [^:\n]+ ----$", said, flags=re.MULTILINE)
    assert "planted:\n" in titles[1]
    assert "KEY002 [high]" in titles[3], said
    assert "IKE002 [high]" in titles[3]
    assert "] follow the members until each holds the new key: done" in titles[4], said
    assert "] the group is well: done" in titles[4]
    assert "KEY002 [high]" not in titles[5]
    assert "IKE002 [high]" in titles[5]
    mended = [line.split()[:2] for line in titles[6].splitlines() if line.startswith("gone")]
    assert mended == [["gone", "KEY002"]] * 2
    assert re.findall(r"^there still  (\w+)", titles[6], re.MULTILINE) == [
        *("GMR001", "IKE002", "TEK002", "TEK002", "TEK005")
    ]
    assert "lab tour: down\n" in titles[6]
    assert said.count("\nreport: made/report.html\n") == 2
    assert said.endswith("The report, with the trend of both audits: made/report.html\n")
    assert "<polyline" in (tmp_path / "made/report.html").read_text("utf-8")
    assert list(temporary.iterdir()) == []


def test_ctrl_c_leaves_nothing(started: Started, temporary: Path) -> None:
    tour = started()
    assert tour.stdout is not None
    for line in tour.stdout:
        if line.startswith("lab tour: "):
            break
    for _ in range(2):  # who is impatient presses it twice
        tour.send_signal(signal.SIGINT)
    said, _ = tour.communicate(timeout=LONGEST_S)
    assert (tour.returncode, said.splitlines()[-1]) == (130, "interrupted; the lab is down")
    assert list(temporary.iterdir()) == []


def test_a_command_that_is_only_being_started_is_ended_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tour = module_in_docs("tour.py")
    begun: list[subprocess.Popen[str]] = []

    class Interrupted(subprocess.Popen[str]):
        def __init__(self, _: object, **more: Any) -> None:
            super().__init__([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, **more)
            begun.append(self)
            os.kill(os.getpid(), signal.SIGINT)

    before = {each: signal.getsignal(each) for each in tour.ENDING}
    monkeypatch.setattr(subprocess, "Popen", Interrupted)
    try:
        with pytest.raises(KeyboardInterrupt):
            tour.Tour(tmp_path, tmp_path / "report.html").types("lab list")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    assert [each.returncode for each in begun] == [-signal.SIGKILL]
    for each in begun:
        assert each.stdin is not None
        each.stdin.close()


def test_the_tour_has_to_be_told_where_its_report_goes() -> None:
    done = subprocess.run([sys.executable, str(TOUR)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
