"""Writing the journal, and reading it."""

from __future__ import annotations

import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Engine,
    bindparam,
    create_engine,
    event,
    func,
    insert,
    select,
)
from sqlalchemy.engine import URL, ExceptionContext, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    SQLAlchemyError,
)
from sqlalchemy.pool import StaticPool

from ...errors import InputError, UsageError
from .locks import Locks
from .tables import events, metadata, runs

MAX_TEXT_CHARS: Final = 200_000
"""A longer text of an event is cut: answers of devices are hostile input."""
PRIVATE: Final = 0o600
PRIVATE_FOLDER: Final = 0o700
BUSY_S: Final = 30.0
_MAKING: Final = Lock()
"""Nobody of this process opens the database while another one makes its file."""
WANTED: Final = "approval wanted"
"""The kind of the event that says whose approval a run waits for."""
PASSING: Final = frozenset(("sent", "said", "seen", "wait"))
"""Kinds of events that tell and decide nothing: no run is resumed or taken back by them."""
_BEGIN: Final = insert(runs)
_APPEND: Final = insert(events)
_LAST: Final = select(func.max(events.c.number)).where(events.c.run == bindparam("of"))
_EVENTS: Final = select(events).where(events.c.run == bindparam("of")).order_by(events.c.number)
_OF_KINDS: Final = _EVENTS.where(events.c.kind.in_(bindparam("kinds", expanding=True)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One entry of a run: `at` in UTC seconds since 1970, `number` counts from 1 in the run."""

    number: int
    at: float
    kind: str
    step: str | None = None
    device: str | None = None
    text: str = ""
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class RunRecord:
    """A run as it was begun; `settings` and `plan` are what its procedure made of the facts."""

    id: str
    procedure: str
    groups: tuple[str, ...]
    settings: Mapping[str, Any]
    plan: Mapping[str, Any]
    version: str
    owner: str
    began: float


class Journal:
    """A journal at a database URL, whose tables are made if they are not there.

    Raises UsageError for a URL that cannot be used, InputError for a database that cannot be
    opened. An SQLite file is private to its owner.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        with _translated(self._engine):
            metadata.create_all(self._engine)
        self._passing = _passing(self._engine)
        self.locks = Locks(self._engine, self._passing)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()
        self._passing.dispose()

    def begin(
        self,
        procedure: str,
        *,
        groups: Sequence[str],
        settings: Mapping[str, Any],
        plan: Mapping[str, Any],
        version: str,
        owner: str,
        at: float,
        locked: bool = False,
        approve_by: str | None = None,
    ) -> str:
        """Enter a new run, and give its id.

        With `locked` it holds all of its groups from then on; `approve_by` is whose approval it
        waits for. Raises UsageError that names who holds one of the groups; then there is no run.
        """
        name = secrets.token_hex(4)
        row = {
            "id": name,
            "procedure": procedure,
            "groups": list(groups),
            "settings": dict(settings),
            "plan": dict(plan),
            "version": version,
            "owner": owner,
            "began": at,
        }
        with self._writing() as connection:
            connection.execute(_BEGIN, row)
            if locked:
                self.locks.hold(connection, groups, run=name, owner=owner, at=at)
            if approve_by is not None:
                wanted = Event(number=1, at=at, kind=WANTED, text=approve_by)
                connection.execute(insert(events), _row(name, wanted))
        return name

    def writer(self, run: str) -> Writer:
        """What appends events to the run `run`."""
        with self._writing() as connection:
            last = connection.scalar(_LAST, {"of": run})
        return Writer(self, run, last or 0)

    def run(self, name: str) -> RunRecord:
        """A run by its id or the beginning of it. Raises UsageError for none or several."""
        with self._writing() as connection:
            rows = connection.execute(
                select(runs).where(runs.c.id.startswith(name, autoescape=True)).limit(2)
            ).all()
        if not rows or not name:
            raise UsageError(f"there is no run {name!r}", hint="'getvpn runs' lists them")
        if len(rows) > 1:
            raise UsageError(f"several runs begin with {name!r}", hint="give more of the id")
        return _record(rows[0])

    def all_runs(self, *, group: str | None = None, limit: int = 100) -> list[RunRecord]:
        """The runs, the latest first; with `group` those that concern it."""
        with self._writing() as connection:
            rows = connection.execute(select(runs).order_by(runs.c.began.desc())).all()
        found = [_record(row) for row in rows]
        return [each for each in found if group is None or group in each.groups][:limit]

    def events(self, run: str, *, kinds: Iterable[str] = ()) -> list[Event]:
        """The events of a run in their order, or those of some kinds."""
        chosen = list(kinds)
        wanted, named = (_OF_KINDS, {"kinds": chosen}) if chosen else (_EVENTS, {})
        with self._writing() as connection:
            return [_event(row) for row in connection.execute(wanted, {"of": run, **named})]

    def add(self, run: str, entry: Event) -> None:
        """Append one event.

        All others see it when this returns, and the end of this process takes nothing away. So it
        is with a failure of power, but for events that are `PASSING` and the last of all.
        """
        engine = self._passing if entry.kind in PASSING else self._engine
        with _translated(engine), engine.connect() as connection:
            connection.execute(
                _APPEND,
                {
                    "run": run,
                    "number": entry.number,
                    "at": entry.at,
                    "kind": entry.kind,
                    "step": entry.step,
                    "device": entry.device,
                    "text": _storable(entry.text),
                    "data": dict(entry.data) or None,
                },
            )
            connection.commit()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with _translated(self._engine), self._engine.begin() as connection:
            yield connection


class Writer:
    """Appends to one run."""

    __slots__ = ("_journal", "_number", "run")

    def __init__(self, journal: Journal, run: str, number: int) -> None:
        self._journal = journal
        self._number = number
        self.run = run

    def add(
        self,
        kind: str,
        text: str = "",
        *,
        at: float,
        step: str | None = None,
        device: str | None = None,
        data: Mapping[str, Any] | None = None,
    ) -> Event:
        """Append an event of `kind`, and give it."""
        self._number += 1
        entry = Event(
            number=self._number,
            at=at,
            kind=kind,
            step=step,
            device=device,
            text=text,
            data=data or {},
        )
        self._journal.add(self.run, entry)
        return entry


def default_url() -> str:
    """The journal of this user: the variable GETVPN_JOURNAL, else a file in his state folder."""
    given = os.environ.get("GETVPN_JOURNAL")
    if given:
        return given
    base = os.environ.get("XDG_STATE_HOME")
    folder = Path(base) if base else Path.home() / ".local" / "state"
    return f"sqlite:///{folder / 'getvpn' / 'journal.db'}"


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # of a port that is no number
        raise UsageError(
            "the journal is not a database URL", hint="sqlite:///FILE or postgresql://HOST/NAME"
        ) from None
    backend = parsed.get_backend_name()
    if backend not in {"sqlite", "postgresql"}:
        raise UsageError(f"a journal cannot be kept in {backend!r}", hint="SQLite or PostgreSQL")
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    try:
        if backend == "sqlite":
            engine = _sqlite(parsed)
        else:
            engine = create_engine(parsed, pool_pre_ping=True)
    except (ModuleNotFoundError, NoSuchModuleError):
        raise UsageError(
            f"the driver for {parsed.drivername} is missing", hint="pip install 'getvpn[postgres]'"
        ) from None
    event.listen(engine, "handle_error", _explain)
    return engine


def _explain(context: ExceptionContext) -> None:
    """Let what fails in the locks be told as what fails in the journal is."""
    error = context.sqlalchemy_exception
    if context.engine is None or error is None or context.is_pre_ping:
        return
    if not isinstance(error, IntegrityError):
        raise _failure(context.engine, error) from None


def _passing(engine: Engine) -> Engine:
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
def _translated(engine: Engine) -> Iterator[None]:
    """Raise InputError in one line, without parameters and the password of the URL."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _failure(engine, error) from None


def _failure(engine: Engine, error: SQLAlchemyError) -> InputError:
    words = str(error.orig) if isinstance(error, DBAPIError) else type(error).__name__
    place = engine.url.render_as_string(hide_password=True)
    first = words.strip().split("\n", 1)[0]
    return InputError(f"the journal fails: {first}", source=place)


def _storable(text: str) -> str:
    """A text of hostile origin that every database takes: not too long, no NUL, valid UTF-8."""
    cut = text[:MAX_TEXT_CHARS].replace("\0", "\\x00")
    return cut.encode("utf-8", "backslashreplace").decode("utf-8")


def _row(run: str, entry: Event) -> dict[str, Any]:
    return {
        "run": run,
        "number": entry.number,
        "at": entry.at,
        "kind": entry.kind,
        "step": entry.step,
        "device": entry.device,
        "text": _storable(entry.text),
        "data": dict(entry.data) or None,
    }


def _record(row: Any) -> RunRecord:
    return RunRecord(
        id=row.id,
        procedure=row.procedure,
        groups=tuple(row.groups),
        settings=row.settings,
        plan=row.plan,
        version=row.version,
        owner=row.owner,
        began=row.began,
    )


def _event(row: Any) -> Event:
    return Event(
        number=row.number,
        at=row.at,
        kind=row.kind,
        step=row.step,
        device=row.device,
        text=row.text,
        data=row.data or {},
    )
