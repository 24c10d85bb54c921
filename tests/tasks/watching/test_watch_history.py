"""Figures in the database, and a database that comes and goes."""

import sqlite3
from pathlib import Path

import pytest

from getvpn.cli.main import run
from getvpn.errors import UsageError
from getvpn.tasks.clock import SystemClock
from getvpn.tasks.watching.figures import GroupFigures, ServerFigures
from getvpn.tasks.watching.history import FiguresWay
from getvpn.tasks.watching.posting import Post
from getvpn.tasks.watching.watcher import Pace

from .worlds import Watched

FIGURES = GroupFigures(
    name="G1",
    at=5.0,
    servers=(
        ServerFigures(name="KS1", reached=True, role="primary", members=2, peers={"KS2": "dead"}),
        ServerFigures(name="KS2", reached=False, peers={}),
    ),
    primaries=1,
    members=2,
)


def way(path: Path) -> FiguresWay:
    """A way into the database in a file."""
    return FiguresWay(f"sqlite:///{path}", "watch", version="1")


def rows(path: Path) -> list[tuple[object, ...]]:
    """What the database holds."""
    base = sqlite3.connect(path)
    try:
        return base.execute(
            'select series, at, device, "group", name, value from figures '
            "join audits on audits.id = audit order by figures.id"
        ).fetchall()
    finally:
        base.close()


def test_figures_are_written_with_their_names(tmp_path: Path) -> None:
    made = way(tmp_path / "journal.db")
    made.send((FIGURES,))
    made.close()

    assert ("watch", 5.0, "", "G1", "members", 2.0) in rows(tmp_path / "journal.db")
    assert [row[2:] for row in rows(tmp_path / "journal.db") if row[2]] == [
        ("KS1", "G1", "answers", 1.0),
        ("KS1", "G1", "members", 2.0),
        ("KS1", "G1", "peers alive", 0.0),
        ("KS2", "G1", "answers", 0.0),
    ]


def test_a_watch_outlives_its_database_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("this is no folder yet")
    made = way(folder / "journal.db")
    watched = Watched(Pace(every_s=60, members_every_s=120, sample=0), history=made)
    watched.looks(12)

    assert "journal" in made.trouble
    assert watched.state.ways["history"].waiting == 6
    assert ("HistoryUnwritten", "firing", "") in watched.names()

    folder.unlink()
    watched.looks(8)
    watched.watcher.close()

    assert watched.state.ways["history"].waiting == 0
    assert ("HistoryUnwritten", "resolved", "") in watched.names()
    assert len({row[1] for row in rows(folder / "journal.db")}) == 10


def test_threads_write_too_and_are_waited_for(tmp_path: Path) -> None:
    post = Post(SystemClock(), history=way(tmp_path / "journal.db"))
    post.put([], (FIGURES,))
    post.close()

    assert rows(tmp_path / "journal.db")
    assert post.states()["history"].delivered == 1


def test_a_series_of_audits_is_none_of_a_watch(tmp_path: Path) -> None:
    way(tmp_path / "journal.db").close()
    base = sqlite3.connect(tmp_path / "journal.db")
    base.execute(
        "insert into audits (series, at, profile, version) values ('watch', 1, 'default', '1')"
    )
    base.commit()
    base.close()

    with pytest.raises(UsageError, match="is one of audits"):
        way(tmp_path / "journal.db")


def test_the_history_shows_what_was_watched(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = way(tmp_path / "journal.db")
    made.send((FIGURES,))
    made.close()

    url = f"sqlite:///{tmp_path}/journal.db"
    assert run(["history", "--journal", url, "show", "watch", "--format", "csv"]) == 0
    assert "watch,1970-01-01T00:00:05+00:00,G1,,members,2" in capsys.readouterr().out


@pytest.mark.parametrize(("url", "series"), [("nonsense", "watch"), ("sqlite:///x", " ")])
def test_what_can_never_be_written_to_is_refused(url: str, series: str) -> None:
    with pytest.raises(UsageError):
        FiguresWay(url, series, version="1")
