"""Writing the journal, and reading it."""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final
from weakref import finalize

from sqlalchemy import Connection, Engine, bindparam, func, insert, select

from ...errors import UsageError
from ..database.engine import open_engine, relaxed, translated
from ..database.repeated import Adding
from ..database.storable import storable
from ..database.tables import events, runs
from .locks import Locks

MAX_TEXT_CHARS: Final = 200_000
"""A longer text of an event is cut: answers of devices are hostile input."""
WANTED: Final = "approval wanted"
"""The kind of the event that says whose approval a run waits for."""
PASSING: Final = frozenset(("sent", "said", "seen", "wait"))
"""Kinds of events that tell and decide nothing: no run is resumed or taken back by them."""
_BEGIN: Final = insert(runs)
_EVENT: Final = tuple(each.name for each in events.c if not each.primary_key)
_LAST: Final = select(func.max(events.c.number)).where(events.c.run == bindparam("of"))
_EVENTS: Final = select(events).where(events.c.run == bindparam("of")).order_by(events.c.number)
_ENDS: Final = select(events.c.run, events.c.data).where(events.c.kind == "ended")
_NAMES: Final = select(runs.c.id).order_by(runs.c.began.desc())
_RUN: Final = select(runs).where(runs.c.id == bindparam("of"))
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
    opened. An SQLite file is private to its owner. A journal that nobody has any more is closed.
    """

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)
        self._passing = relaxed(self._engine)
        finalize(self, _let_go, self._engine, self._passing)
        self._adding = Adding(self._engine, events, _EVENT)
        self._adding_passing = Adding(self._passing, events, _EVENT)
        self.locks = Locks(self._engine, self._passing)

    def close(self) -> None:
        """Let go of the database."""
        _let_go(self._engine, self._passing)

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

    def open_runs(self, over: Collection[str]) -> list[RunRecord]:
        """The runs that have not ended with one of the states `over`, the latest first."""
        with self._writing() as connection:
            ended = {
                row.run
                for row in connection.execute(_ENDS)
                if row.data and row.data["status"] in over
            }
            names = [name for name in connection.scalars(_NAMES) if name not in ended]
            rows = [connection.execute(_RUN, {"of": name}).one() for name in names]
        return [_record(row) for row in rows]

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
        adding = self._adding_passing if entry.kind in PASSING else self._adding
        adding.add(_row(run, entry))

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translated(self._engine), self._engine.begin() as connection:
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


def _let_go(*engines: Engine) -> None:
    for engine in engines:
        engine.dispose()


def _row(run: str, entry: Event) -> dict[str, Any]:
    return {
        "run": run,
        "number": entry.number,
        "at": entry.at,
        "kind": entry.kind,
        "step": entry.step,
        "device": entry.device,
        "text": storable(entry.text[:MAX_TEXT_CHARS]),
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
