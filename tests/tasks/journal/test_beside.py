"""A journal that others read while it is written."""

import subprocess
import sys
from pathlib import Path

import pytest

from getvpn.tasks.journal import Journal

COUNT = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1])
print(connection.execute("SELECT count(*) FROM events").fetchone()[0])
connection.close()
"""


def seen_by_another_process(path: Path) -> int:
    """How many events a process finds that opens the journal and closes it."""
    done = subprocess.run(
        [sys.executable, "-c", COUNT, str(path)], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


@pytest.mark.parametrize("journals", [1, 2])
def test_nothing_is_lost_when_another_process_has_looked(tmp_path: Path, journals: int) -> None:
    path = tmp_path / "journal.db"
    first, *others = [Journal(f"sqlite:///{path}") for _ in range(journals)]
    run = first.begin(
        "toy", groups=["G1"], settings={}, plan={}, version="1", owner="tester", at=1.0
    )
    writer = first.writer(run)
    for count, kind in enumerate(("step", "sent", "done"), 1):
        writer.add(kind, at=2.0)
        assert seen_by_another_process(path) == count
    for each in (first, *others):
        each.close()
    assert seen_by_another_process(path) == 3
