"""What waits for the disk, and what does not."""

import sqlite3
from pathlib import Path

from sqlalchemy import event

from getvpn.tasks.journal import Journal
from getvpn.tasks.journal.journal import PASSING, Writer

FULL, NORMAL = 2, 1


def begun(journal: Journal) -> Writer:
    run = journal.begin(
        "toy", groups=["G1"], settings={}, plan={}, version="1", owner="tester", at=1.0
    )
    return journal.writer(run)


def test_only_what_decides_nothing_does_not_wait_for_the_disk(tmp_path: Path) -> None:
    journal = Journal(f"sqlite:///{tmp_path / 'journal.db'}")
    writer, levels = begun(journal), {}

    def used(connection: sqlite3.Connection, record: object) -> None:
        del record
        (levels[kind],) = connection.execute("PRAGMA synchronous").fetchone()

    for engine in (journal._engine, journal._passing):
        event.listen(engine, "checkin", used)
    for kind in ("step", "acts", "sent", "said", "wait", "seen", "done", "undo", "ended"):
        writer.add(kind, at=2.0)
    assert {kind for kind, level in levels.items() if level == NORMAL} == PASSING
    assert all(level == FULL for kind, level in levels.items() if kind not in PASSING)
    journal.close()


def test_what_does_not_wait_is_seen_by_others_at_once(tmp_path: Path) -> None:
    journal, path = Journal(f"sqlite:///{tmp_path / 'journal.db'}"), tmp_path / "journal.db"
    writer = begun(journal)
    for kind in ("acts", "sent", "done", "said"):
        writer.add(kind, at=2.0)
        with sqlite3.connect(path) as other:
            found = [each for (each,) in other.execute("SELECT kind FROM events ORDER BY number")]
        other.close()
        assert found[-1] == kind
    journal.close()
