"""Figures in the database, and a database that comes and goes."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest
from sqlalchemy import insert, select

from getvpn.cli.main import run
from getvpn.errors import UsageError
from getvpn.tasks.clock import SystemClock
from getvpn.tasks.database import engine, open_engine
from getvpn.tasks.database.tables import audits, figures
from getvpn.tasks.watching import outbox
from getvpn.tasks.watching.figures import GroupFigures, ServerFigures
from getvpn.tasks.watching.history import FiguresWay
from getvpn.tasks.watching.outbox import DeliveryError
from getvpn.tasks.watching.posting import Post
from getvpn.tasks.watching.watcher import Pace

from ..backends import end_backends
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


def way(url: str) -> FiguresWay:
    """A way into a database."""
    return FiguresWay(url, "watch", version="1")


def rows(url: str) -> list[tuple[object, ...]]:
    """What the database holds."""
    of_figures = (figures.c.device, figures.c.group, figures.c.name, figures.c.value)
    wanted = select(audits.c.series, audits.c.at, *of_figures).join_from(figures, audits)
    base = open_engine(url)
    with base.connect() as connection:
        found = [tuple(row) for row in connection.execute(wanted.order_by(figures.c.id))]
    base.dispose()
    return found


def test_figures_are_written_with_their_names(url: str) -> None:
    made = way(url)
    made.send((FIGURES,))
    made.close()

    assert ("watch", 5.0, "", "G1", "members", 2.0) in rows(url)
    assert [row[2:] for row in rows(url) if row[2]] == [
        ("KS1", "G1", "answers", 1.0),
        ("KS1", "G1", "members", 2.0),
        ("KS1", "G1", "peers alive", 0.0),
        ("KS2", "G1", "answers", 0.0),
    ]


def test_a_watch_outlives_its_database_and_loses_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.write_text("this is no folder yet")
    url = f"sqlite:///{folder}/journal.db"
    made = way(url)
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
    assert len({row[1] for row in rows(url)}) == 10


def test_a_file_that_was_replaced_or_removed_takes_no_figures(tmp_path: Path) -> None:
    """SQLite would go on with the file that it has open, which nobody reads any more."""
    file = tmp_path / "journal.db"
    url = f"sqlite:///{file}"
    made = way(url)
    made.send((FIGURES,))
    file.rename(tmp_path / "away.db")
    (tmp_path / "journal.db-wal").unlink(missing_ok=True)
    (tmp_path / "journal.db-shm").unlink(missing_ok=True)
    made.send((FIGURES,))
    assert len({row[1] for row in rows(url)}) == 1

    file.unlink()
    file.mkdir()
    with pytest.raises(DeliveryError, match="the journal cannot be opened"):
        made.send((FIGURES,))
    file.rmdir()
    made.send((FIGURES,))
    made.close()
    assert len({row[1] for row in rows(url)}) == 1


@contextmanager
def nobody_connects(server: Path, psycopg: ModuleType) -> Iterator[None]:
    """End all connections to the database, and allow no other."""
    change = "ALTER DATABASE postgres WITH ALLOW_CONNECTIONS "
    where = f"host={server} user=tester dbname=template1"
    with psycopg.connect(where, autocommit=True) as there:
        there.execute(f"{change} false")
        end_backends(there.execute, "datname = 'postgres'")
        try:
            yield
        finally:
            there.execute(f"{change} true")


@pytest.mark.xdist_group("pg")
def test_a_server_that_ends_connections_is_connected_to_again(
    postgres: str, server: Path, psycopg: ModuleType
) -> None:
    made = way(postgres)
    made.send((FIGURES,))
    once = len(rows(postgres))
    with nobody_connects(server, psycopg), pytest.raises(DeliveryError, match="journal fails"):
        made.send((FIGURES,))
    made.send((FIGURES,))
    made.close()

    assert len(rows(postgres)) == 2 * once > 0


@pytest.mark.xdist_group("pg")
def test_a_server_that_is_not_there_at_first_is_connected_to_later(
    postgres: str, server: Path, psycopg: ModuleType
) -> None:
    with nobody_connects(server, psycopg):
        made = way(postgres)
        assert "the journal fails" in made.trouble
        with pytest.raises(DeliveryError):
            made.send((FIGURES,))
    made.send((FIGURES,))
    made.close()

    assert rows(postgres)


def test_threads_write_too_and_are_waited_for(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # a disk may be slow
    monkeypatch.setattr(outbox, "LAST_S", 120.0)
    post = Post(SystemClock(), history=way(url))
    post.put([], (FIGURES,))
    post.close()

    assert rows(url)
    assert post.states()["history"].delivered == 1


def test_a_series_of_audits_is_none_of_a_watch(url: str) -> None:
    way(url).close()
    row = {"series": "watch", "at": 1, "profile": "default", "version": "1"}
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(insert(audits), row)
    engine.dispose()

    with pytest.raises(UsageError, match="is one of audits"):
        way(url)


def test_the_history_shows_what_was_watched(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    made = way(url)
    made.send((FIGURES,))
    made.close()

    assert run(["history", "--journal", url, "show", "watch", "--format", "csv"]) == 0
    told = capsys.readouterr().out
    assert "watch,1970-01-01T00:00:05+00:00,G1,,members,2" in told
    # that it found nothing would say that all was well
    assert "findings" not in told
    assert run(["history", "--journal", url, "show", "watch"]) == 0
    assert capsys.readouterr().out.split()[:3] == ["at", "members", "primaries"]


@pytest.mark.parametrize(("url", "series"), [("nonsense", "watch"), ("sqlite:///x", " ")])
def test_what_can_never_be_written_to_is_refused(url: str, series: str) -> None:
    with pytest.raises(UsageError):
        FiguresWay(url, series, version="1")


def test_a_database_that_says_nothing_does_not_keep_a_watch_from_its_beginning(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # psycopg gives nobody less than two seconds
    monkeypatch.setattr(engine, "CONNECT_S", 2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = way(f"postgresql://me:s3cret@127.0.0.1:{silent.getsockname()[1]}/x")
        made.close()

    assert made.trouble.endswith("connection timeout expired")
    assert "s3cret" not in made.trouble
