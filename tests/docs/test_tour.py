"""The tour of `make demo`: all of it, and Ctrl-C in the middle of it."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("tour")

TOUR = Path(__file__).resolve().parents[2] / "docs" / "tour.py"
LONGEST_S = 90
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
    began = time.monotonic()
    said, _ = started().communicate(timeout=4 * LONGEST_S)
    titles = re.split(r"^---- [^:\n]+ ----$", said, flags=re.MULTILINE)
    assert "planted:\n" in titles[1]
    assert "KEY002 [high]" in titles[3], said
    assert "IKE002 [high]" in titles[3]
    assert "members with the new key, 0/3" in titles[4]
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
    cores = os.cpu_count() or 1
    assert time.monotonic() - began < LONGEST_S * max(1, os.getloadavg()[0] / cores)


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


def test_the_tour_has_to_be_told_where_its_report_goes() -> None:
    done = subprocess.run([sys.executable, str(TOUR)], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
