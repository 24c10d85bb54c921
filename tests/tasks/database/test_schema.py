"""Databases of every age become what this version needs, and keep what they hold."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Connection, Engine, create_engine, event, inspect, select

from getvpn.errors import InputError, UsageError
from getvpn.tasks.database import open_engine
from getvpn.tasks.database.schema import FIRST, KNOWN, LATEST, MIGRATIONS, _hold, _upgrade, marks
from getvpn.tasks.database.tables import metadata, runs
from getvpn.tasks.journal import Journal

OLD = """
CREATE TABLE runs (
    id VARCHAR(32) NOT NULL, procedure VARCHAR(64) NOT NULL, groups JSON NOT NULL,
    settings JSON NOT NULL, plan JSON NOT NULL, version VARCHAR(32) NOT NULL,
    owner VARCHAR(255) NOT NULL, began FLOAT NOT NULL, CONSTRAINT pk_runs PRIMARY KEY (id));
CREATE TABLE events (
    id {number} NOT NULL, run VARCHAR(32) NOT NULL, number INTEGER NOT NULL, at FLOAT NOT NULL,
    kind VARCHAR(24) NOT NULL, step VARCHAR(200), device VARCHAR(255), text TEXT NOT NULL,
    data JSON, CONSTRAINT pk_events PRIMARY KEY (id),
    CONSTRAINT uq_events_run UNIQUE (run, number),
    CONSTRAINT fk_events_run FOREIGN KEY(run) REFERENCES runs (id));
CREATE INDEX ix_events_run_kind ON events (run, kind);
CREATE TABLE locks (
    "group" VARCHAR(255) NOT NULL, run VARCHAR(32) NOT NULL, owner VARCHAR(255) NOT NULL,
    host VARCHAR(255) NOT NULL, process INTEGER NOT NULL, taken FLOAT NOT NULL,
    seen FLOAT NOT NULL, CONSTRAINT pk_locks PRIMARY KEY ("group"));
INSERT INTO runs VALUES ('3f2a91c0', 'rollover rsa', '["WAN"]', '{}', '{}', '0.5', 'al', 1.0);
INSERT INTO events (run, number, at, kind, text) VALUES ('3f2a91c0', 1, 1.0, 'began', '');
INSERT INTO locks VALUES ('WAN', '3f2a91c0', 'al', 'box', 1, 1.0, 1.0);
"""
"""A journal as the last version without migrations made it, with a run that holds a group."""


def as_it_is(url: str) -> Engine:
    """An engine that changes nothing by itself."""
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:"))


@pytest.fixture
def old(url: str) -> str:
    """The URL of that journal, in each kind of database."""
    engine = as_it_is(url)
    number = "INTEGER" if engine.dialect.name == "sqlite" else "SERIAL"
    with engine.begin() as connection:
        for statement in OLD.replace("{number}", number).split(";\n"):
            if statement.strip():
                connection.exec_driver_sql(statement)
    engine.dispose()
    return url


def differences(connection: Connection) -> list[object]:
    """What alembic finds to be different from the tables of the code."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    return list(compare_metadata(MigrationContext.configure(connection), metadata))


def test_an_old_journal_is_upgraded_in_place_and_keeps_all_that_it_has(old: str) -> None:
    journal = Journal(old)
    assert [run.id for run in journal.all_runs()] == ["3f2a91c0"]
    assert [each.kind for each in journal.events("3f2a91c0")] == ["began"]
    assert [holder.group for holder in journal.locks.held()] == ["WAN"]
    journal.writer("3f2a91c0").add("resumed", at=2.0)
    assert [each.number for each in journal.events("3f2a91c0")] == [1, 2]
    journal.close()
    engine = open_engine(old)
    with engine.connect() as connection:
        assert connection.scalar(select(marks.c.version_num)) == LATEST
        assert differences(connection) == []
    engine.dispose()


def test_a_new_database_has_the_tables_of_the_code(url: str) -> None:
    engine = open_engine(url)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_migrations_from_nothing_lead_to_the_same_tables(url: str) -> None:
    open_engine(url).dispose()
    engine = as_it_is(url)
    with engine.begin() as connection:
        metadata.drop_all(connection)
        marks.drop(connection)
    with engine.begin() as connection:
        from alembic import command
        from alembic.config import Config

        config = Config(attributes={"connection": connection})
        config.set_main_option("script_location", str(MIGRATIONS))
        command.upgrade(config, LATEST)
    with engine.connect() as connection:
        assert differences(connection) == []
    engine.dispose()


def test_an_upgrade_that_fails_changes_nothing(old: str) -> None:
    engine = as_it_is(old)
    connection = engine.connect()
    _hold(connection)

    @event.listens_for(connection, "before_cursor_execute")
    def _stop(_1: object, _2: object, statement: str, *_3: object) -> None:
        if "CREATE TABLE figures" in statement:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        _upgrade(connection, None)
    connection.close()
    with engine.connect() as connection:
        assert {*inspect(connection).get_table_names()} == {"runs", "events", "locks"}
    engine.dispose()


def test_a_database_of_a_newer_version_is_left_alone(url: str) -> None:
    engine = open_engine(url)
    with engine.begin() as connection:
        connection.execute(marks.update().values(version_num="9999"))
    engine.dispose()
    with pytest.raises(InputError, match="a newer getvpn has changed the journal"):
        open_engine(url)


@pytest.mark.parametrize("url", ["sqlite://host/x", "sqlite:///x.db?timeout=soon"])
def test_a_url_that_the_driver_does_not_take_is_told(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match="the journal is not a database URL"):
        open_engine(url)
    assert list(tmp_path.iterdir()) == []


def test_processes_that_begin_at_once_upgrade_once(old: str) -> None:
    code = "import sys; from getvpn.tasks.journal import Journal; Journal(sys.argv[1]).close()"
    others = [subprocess.Popen([sys.executable, "-c", code, old]) for _ in range(3)]
    assert [other.wait() for other in others] == [0, 0, 0]
    engine = open_engine(old)
    with engine.connect() as connection:
        assert connection.scalar(select(runs.c.id)) == "3f2a91c0"
        assert differences(connection) == []
    engine.dispose()


def test_every_migration_is_known() -> None:
    from alembic.script import ScriptDirectory

    scripts = list(ScriptDirectory(str(MIGRATIONS)).walk_revisions())
    assert {each.revision for each in scripts} == KNOWN
    assert (scripts[0].revision, scripts[-1].revision) == (LATEST, FIRST)


def test_a_database_that_is_up_to_date_needs_no_alembic(tmp_path: Path) -> None:
    code = (
        "import sys; from getvpn.tasks.journal import Journal; Journal(sys.argv[1]).close();"
        "sys.exit('alembic' in sys.modules)"
    )
    url = f"sqlite:///{tmp_path}/journal.db"
    for _ in range(2):
        subprocess.run([sys.executable, "-c", code, url], check=True)
