"""Rows that are added one after another, each in a transaction of its own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import closing
from typing import Any

from sqlalchemy import JSON, Engine, Table, insert
from sqlalchemy.exc import DBAPIError

from .engine import translated


class Adding:
    """Adds rows with the same columns to a table, by a statement that is compiled once.

    The rows go to the driver directly, over connections of the engine: what SQLAlchemy does for a
    statement takes longer than what SQLite does for a row.
    """

    __slots__ = ("_dialect", "_documents", "_engine", "_places", "_text")

    def __init__(self, engine: Engine, table: Table, columns: tuple[str, ...]) -> None:
        compiled = insert(table).compile(dialect=engine.dialect, column_keys=columns)
        self._engine = engine
        self._dialect = engine.dialect
        self._text = str(compiled)
        self._places = compiled.positiontup
        """The columns in the order of the driver's marks; None where these have names."""
        self._documents = [name for name in columns if isinstance(table.c[name].type, JSON)]

    def add(self, row: Mapping[str, Any]) -> None:
        """Add a row: it is there for all when this returns. Raises InputError."""
        values: Any = {**row}
        for name in self._documents:
            values[name] = None if values[name] is None else json.dumps(values[name])
        if self._places is not None:
            values = tuple(values[name] for name in self._places)
        with translated(self._engine):
            try:
                self._add(values)
            except self._dialect.loaded_dbapi.Error as error:
                # of a connection that cannot be made, too
                raise DBAPIError(None, None, error) from None

    def _add(self, values: Any) -> None:
        with closing(self._engine.raw_connection()) as connection:
            try:
                cursor = connection.cursor()
                cursor.execute(self._text, values)
                cursor.close()
                connection.commit()
            except self._dialect.loaded_dbapi.Error as error:
                if self._dialect.is_disconnect(error, connection.driver_connection, None):
                    connection.invalidate(error)
                raise
