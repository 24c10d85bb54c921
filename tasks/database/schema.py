"""Bringing a database to the tables of this version, whatever version has made it."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from sqlalchemy import Column, Connection, Engine, MetaData, String, Table, insert, inspect, select

from ...errors import InputError
from .tables import metadata, runs

FIRST: Final = "0001"
"""The tables of journals that were made before there were migrations; they have no mark."""
LATEST: Final = "0002"
MIGRATIONS: Final = Path(__file__).parent / "migrations"
KNOWN: Final = frozenset((FIRST, LATEST))
_LOCK: Final = 848
"""The number of the lock under which a database of PostgreSQL is changed: any would do."""
marks: Final = Table(
    "alembic_version",
    MetaData(naming_convention={"pk": "alembic_version_pkc"}),
    Column("version_num", String(32), primary_key=True),
)
"""Where alembic keeps which migration was the last."""


def bring_up_to_date(engine: Engine) -> None:
    """Give a new database all tables, and an older one those that it lacks.

    All of it happens or nothing, and once, however many processes begin at the same time. Raises
    InputError for a database that a newer version has changed.
    """
    with engine.connect() as connection:
        if _mark(connection) == LATEST:
            return
    with engine.connect() as connection:
        _hold(connection)
        mark = _mark(connection)
        if mark is None and not inspect(connection).has_table(runs.name):
            metadata.create_all(connection, checkfirst=False)
            marks.create(connection)
            connection.execute(insert(marks), {"version_num": LATEST})
        elif mark is not None and mark not in KNOWN:
            raise InputError(
                "a newer getvpn has changed the journal",
                source=place_of(engine),
                hint="install that version",
            )
        elif mark != LATEST:
            _upgrade(connection, mark)
        connection.commit()


def place_of(engine: Engine) -> str:
    """Where a database is, for people, without what may be a password: behind `?` too."""
    return engine.url.set(query={}).render_as_string(hide_password=True)


def _hold(connection: Connection) -> None:
    """Begin to write, when all others have ended."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    else:
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def _mark(connection: Connection) -> str | None:
    if not inspect(connection).has_table(marks.name):
        return None
    mark: str | None = connection.scalar(select(marks.c.version_num))
    return mark


def _upgrade(connection: Connection, mark: str | None) -> None:
    """Call the migrations that are missing, in the transaction of `connection`."""
    from alembic import command
    from alembic.config import Config

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    if mark is None:
        command.stamp(config, FIRST)
    command.upgrade(config, LATEST)
