"""Opening the database by its URL."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.pool import StaticPool

from ...errors import InputError, UsageError, get_extra
from .schema import bring_up_to_date, place_of

PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
BUSY_S: Final = 30.0
CONNECT_S: Final = 10
"""Seconds that a PostgreSQL may take until a connection stands."""
SILENT_S: Final = 30
"""Seconds that it may leave packets unacknowledged."""
_OF_LIBPQ: Final = frozenset(("postgresql+psycopg", "postgresql+psycopg2"))
"""The drivers that know its words for limits; others refuse them."""
_NO_URL: Final = "the journal is not a database URL"
_URLS: Final = "sqlite:///FILE or postgresql://HOST/NAME"
_SECRET: Final = ("password", "sslpassword")
_MAKING: Final = Lock()
"""Nobody of this process opens the database while another one makes its file."""


def open_engine(url: str) -> Engine:
    """The database at a URL, with all tables as this version has them.

    Raises UsageError for a URL that cannot be used, InputError for a database that cannot be
    opened or that a newer version has changed. An SQLite file is private to its owner.
    """
    engine = _engine(url)
    try:
        with translated(engine):
            bring_up_to_date(engine)
    except BaseException:
        engine.dispose()
        raise
    return engine


def file_of(engine: Engine) -> tuple[int, int] | None:
    """Which file is at the place of a database of SQLite: device and inode; None for none."""
    place = _place(engine.url)
    if place is None:
        return None
    try:
        found = os.stat(place)  # noqa: PTH116 - the place may be a name of SQLite's own
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _place(url: URL) -> str | None:
    """Where a database of SQLite is; None for one in memory, and for others."""
    return (url.database or None) if url.get_backend_name() == "sqlite" else None


def default_url() -> str:
    """The journal of this user: the variable GETVPN_JOURNAL, else a file in his state folder."""
    given = os.environ.get("GETVPN_JOURNAL")
    if given:
        return given
    base = os.environ.get("XDG_STATE_HOME")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    return f"sqlite:///{folder / 'getvpn' / 'journal.db'}"


def shown_url(url: str) -> str:
    """A URL for people to copy: the same, with `***` in the place of a password.

    Raises UsageError for what is none.
    """
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(_NO_URL, hint=_URLS) from None
    return parsed.difference_update_query(_SECRET).render_as_string(hide_password=True)


def is_there(url: str) -> bool:
    """Whether there may be something at a URL: a file of SQLite that is not there has nothing."""
    try:
        place = _place(make_url(url))
    except (ArgumentError, ValueError):
        return True  # opening it says what is wrong
    return place is None or os.path.exists(place)  # noqa: PTH110 - a folder may be closed to us


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # of a port that is no number
        raise UsageError(_NO_URL, hint=_URLS) from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise UsageError(f"a journal cannot be kept in {backend!r}", hint="SQLite or PostgreSQL")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        # before a file is made for it
        parsed.get_dialect()().create_connect_args(parsed)
        if backend == "sqlite":
            engine = _sqlite(parsed)
        else:
            engine = create_engine(parsed, pool_pre_ping=True, connect_args=_limits(parsed))
    except (ImportError, NoSuchModuleError):
        if parsed.drivername == "postgresql+psycopg":
            raise UsageError("psycopg is not installed", hint=get_extra("postgres")) from None
        raise UsageError(
            f"the driver for {parsed.drivername} is missing",
            hint=_URLS,
        ) from None
    except (ArgumentError, ValueError):
        raise UsageError(_NO_URL, hint=_URLS) from None
    event.listen(engine, "handle_error", _explain)
    return engine


def _limits(url: URL) -> dict[str, int]:
    """Limits that the URL does not have, without which a silent server is waited for, for hours."""
    if url.drivername not in _OF_LIBPQ:
        return {}
    limits = {"connect_timeout": CONNECT_S, "tcp_user_timeout": SILENT_S * 1000}
    return {key: value for key, value in limits.items() if key not in url.query}


def _explain(context: ExceptionContext) -> None:
    """Let what fails in the locks be told as what fails in the journal is."""
    error = context.sqlalchemy_exception
    if context.engine is None or error is None or context.is_pre_ping:
        return
    if not isinstance(error, IntegrityError):
        raise _failure(context.engine, error) from None


def relaxed(engine: Engine) -> Engine:
    """An engine for what need not outlive a failure of power: it does not wait for the disk.

    What SQLite commits without waiting is on the disk before the next that waits.
    """
    if engine.url.get_backend_name() != "sqlite" or isinstance(engine.pool, StaticPool):
        return engine
    found = _sqlite(engine.url)

    @event.listens_for(found, "connect")
    def _begin(connection: Any, record: object) -> None:
        del record
        connection.execute("PRAGMA synchronous=NORMAL")

    event.listen(found, "handle_error", _explain)
    return found


def _sqlite(url: URL) -> Engine:
    if url.database in {None, "", ":memory:"}:
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        _prepare(Path(str(url.database)))
        engine = create_engine(url, connect_args={"timeout": BUSY_S})

    @event.listens_for(engine, "connect")
    def _begin(connection: Any, record: object) -> None:
        del record
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute("PRAGMA foreign_keys=ON")
        cursor.close()

    return engine


def _prepare(path: Path) -> None:
    """Make a private file before SQLite makes one that others may read.

    A file that is there is not opened: closing it would end all locks that SQLite has on it in this
    process, and the next process that is done with it would remove what this one writes into.
    """
    try:
        path.parent.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        with _MAKING, suppress(FileExistsError):
            os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.chmod(PRIVATE)
    except OSError as error:
        raise InputError(
            f"the journal cannot be opened: {error.strerror}", source=str(path)
        ) from None


@contextmanager
def translated(engine: Engine) -> Iterator[None]:
    """Raise InputError in one line, without parameters and passwords of the URL."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _failure(engine, error) from None


def _failure(engine: Engine, error: SQLAlchemyError) -> InputError:
    words = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
    first = words.strip().split("\n", 1)[0]
    return InputError(f"the journal fails: {first}", source=place_of(engine))
