"""Figures of a watch in the history, which the database of the journal keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from ...errors import InputError, UsageError
from .figures import GroupFigures
from .outbox import DeliveryError

if TYPE_CHECKING:
    from sqlalchemy import Engine


class FiguresWay:
    """Writes figures into a series of the history at a database URL.

    A database that cannot be opened now is tried again with each delivery. Raises UsageError for a
    URL or a name of a series that can never be used, and for a series of audits: a watch finds
    nothing, which would look as if all were well.
    """

    name = "history"

    def __init__(self, url: str, series: str, *, version: str) -> None:
        from ..history import check_series

        check_series(series)
        self._url, self._series, self._version = url, series, version
        self._engine: Engine | None = None
        self._file: tuple[int, int] | None = None
        self.trouble = ""
        """Why the database could not be opened at first; empty if it could."""
        try:
            self._open()
        except InputError as error:
            self.trouble = str(error)

    def send(self, item: tuple[GroupFigures, ...]) -> None:
        """Write figures. Raises DeliveryError when the database does not take them."""
        from sqlalchemy import insert

        from ..database import translated
        from ..database.tables import audits, figures
        from ..history import WATCH

        at = max(group.at for group in item)
        row = {"series": self._series, "at": at, "profile": WATCH, "version": self._version}
        try:
            engine = self._open()
            with translated(engine), engine.begin() as connection:
                adding = insert(audits).returning(audits.c.id)
                number = connection.execute(adding, row).scalar_one()
                lines = [{"audit": number, **line} for group in item for line in _lines(group)]
                if lines:
                    connection.execute(insert(figures), lines)
        except (InputError, UsageError) as error:
            raise DeliveryError(str(error)) from None

    def close(self) -> None:
        """Let go of the database."""
        if self._engine is not None:
            self._engine.dispose()

    def _open(self) -> Engine:
        from ..database import file_of, open_engine

        if self._engine is not None and file_of(self._engine) != self._file:
            # SQLite would go on with a file that nobody finds any more
            self._engine.dispose()
            self._engine = None
        if self._engine is None:
            engine = open_engine(self._url)
            try:
                self._check(engine)
            except BaseException:
                engine.dispose()
                raise
            self._engine, self._file = engine, file_of(engine)
        return self._engine

    def _check(self, engine: Engine) -> None:
        from sqlalchemy import select

        from ..database import translated
        from ..database.tables import audits
        from ..history import WATCH

        of_audits = select(audits.c.id).where(
            audits.c.series == self._series, audits.c.profile != WATCH
        )
        with translated(engine), engine.connect() as connection:
            if connection.execute(of_audits.limit(1)).first() is not None:
                raise UsageError(
                    f"the series {self._series!r} is one of audits", hint="name another"
                )


def _lines(group: GroupFigures) -> Iterator[dict[str, Any]]:
    """The figures of a group, under the names that those of snapshots have, and of key servers."""
    acks = group.acks
    found: dict[str, float | None] = {
        "members": group.members,
        "primaries": group.primaries,
        "key servers": len(group.reached),
        "ACKs missed": None if acks is None else acks.missed,
        "members sampled": group.sampled,
        "members sampled well": group.well,
    }
    for name, value in found.items():
        if value is not None and group.reached:
            yield {"device": "", "group": group.name, "name": name, "value": float(value)}
    for server in group.servers:
        told: dict[str, float | None] = {"answers": server.reached}
        if server.reached:
            told |= {"members": server.members, "peers alive": server.alive_peers}
        for name, value in told.items():
            if value is not None:
                line = {"device": server.name, "group": group.name, "name": name}
                yield {**line, "value": float(value)}
