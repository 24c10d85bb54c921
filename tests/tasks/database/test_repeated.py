"""Rows that go to the driver directly."""

from collections.abc import Iterator

import pytest
from sqlalchemy import Engine, create_engine, insert, select

from getvpn.errors import InputError
from getvpn.tasks.database import open_engine
from getvpn.tasks.database.repeated import Adding
from getvpn.tasks.database.tables import events, runs

from ..backends import end_backends

COLUMNS = ("run", "number", "at", "kind", "step", "device", "text", "data")
ROW = {
    "run": "a", "number": 1, "at": 1.5, "kind": "step", "step": None, "device": None,
    "text": "it's 100 % :so ?", "data": {"answer": ["ü", 1]},
}  # fmt: skip


@pytest.fixture
def engine(url: str) -> Iterator[Engine]:
    """A database with a run, of each kind."""
    found = open_engine(url)
    run = {"id": "a", "procedure": "toy", "groups": [], "settings": {}, "plan": {}}
    with found.begin() as connection:
        connection.execute(insert(runs), {**run, "version": "1", "owner": "al", "began": 1.0})
    yield found
    found.dispose()


def rows(engine: Engine) -> list[dict[str, object]]:
    with engine.connect() as connection:
        found = connection.execute(select(events).order_by(events.c.number)).mappings()
        return [{name: row[name] for name in COLUMNS} for row in found]


def test_rows_are_as_sqlalchemy_would_have_added_them(engine: Engine) -> None:
    Adding(engine, events, COLUMNS).add(ROW)
    with engine.begin() as connection:
        connection.execute(insert(events), {**ROW, "number": 2})
    assert rows(engine) == [ROW, {**ROW, "number": 2}]


def test_a_row_that_is_refused_leaves_nothing_behind(engine: Engine) -> None:
    adding = Adding(engine, events, COLUMNS)
    adding.add(ROW)
    with pytest.raises(InputError, match=r"the journal fails: .*(?i:unique)"):
        adding.add(ROW)
    adding.add({**ROW, "number": 2, "data": None})
    assert [(each["number"], each["data"]) for each in rows(engine)] == [
        (1, ROW["data"]),
        (2, None),
    ]


def test_a_database_in_memory_outlives_a_row_that_it_refuses() -> None:
    engine = open_engine("sqlite://")
    with pytest.raises(InputError, match="FOREIGN KEY"):
        Adding(engine, events, COLUMNS).add(ROW)
    assert rows(engine) == []
    engine.dispose()


def test_a_connection_that_the_server_has_ended_is_replaced(engine: Engine) -> None:
    adding = Adding(engine, events, COLUMNS)
    adding.add(ROW)
    if engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        other = create_engine(engine.url, isolation_level="AUTOCOMMIT")
        with other.connect() as connection:
            end_backends(connection.exec_driver_sql, f"pid = {number}")
        other.dispose()
    adding.add({**ROW, "number": 2})
    assert len(rows(engine)) == 2
