"""The history: what audits found and the key figures of groups and devices, over time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, delete, func, insert, select

from ..audits.engine import Past, Report
from ..audits.rule import Severity
from ..errors import UsageError
from .database import open_engine, storable, translated
from .database.tables import audits, figures, found
from .snapshots.figures import Figure

_SOME: Final = 500
"""So many rows are written by one statement."""
_MOST_NAME: Final = 100
ORDER: Final = tuple(sorted(Severity, reverse=True))
WATCH: Final = "watch"
"""What entries of a watch have where those of audits have their profile."""


class Found(NamedTuple):
    """How often a rule found something of a severity; empty names are of no device or group."""

    device: str
    group: str
    rule: str
    severity: str
    times: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """An audit in a series, at a time in UTC seconds, with what was chosen of it."""

    series: str
    at: float
    profile: str
    version: str
    found: tuple[Found, ...] = ()
    figures: tuple[Figure, ...] = ()

    @property
    def audited(self) -> bool:
        """Whether it looked for findings: a watch does not, and has none."""
        return self.profile != WATCH

    @property
    def counts(self) -> dict[Severity, int]:
        """How many findings there were of each severity, the worst first."""
        counts: Counter[str] = Counter()
        for each in self.found:
            counts[each.severity] += each.times
        return {severity: counts[str(severity)] for severity in ORDER}


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """A series: how many audits it has, the first and the last."""

    name: str
    count: int
    first: float
    last: float


class History:
    """The history in the database at a URL; errors are those of `Journal`."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def enter(
        self,
        series: str,
        report: Report,
        *,
        at: float,
        version: str,
        told: Iterable[Figure] = (),
    ) -> None:
        """Enter an audit into a series, which is made if need be.

        Only findings that count are entered. Raises UsageError for a name that is none.
        """
        check_series(series)
        counted = Counter(
            (storable(each.device), storable(each.group or ""), each.rule, str(each.severity))
            for each in report.findings
        )
        row = {"series": series, "at": at, "profile": report.profile, "version": version}
        with self._writing() as connection:
            adding = insert(audits).returning(audits.c.id)
            number = connection.execute(adding, row).scalar_one()
            rows: list[dict[str, Any]] = [
                {
                    "audit": number,
                    "device": device,
                    "group": group,
                    "rule": rule,
                    "severity": severity,
                    "count": count,
                }
                for (device, group, rule, severity), count in sorted(counted.items())
            ]
            for place in range(0, len(rows), _SOME):
                connection.execute(insert(found), rows[place : place + _SOME])
            lines = [
                {
                    "audit": number,
                    "device": storable(each.device),
                    "group": storable(each.group),
                    "name": each.name,
                    "value": each.value,
                }
                for each in told
            ]
            for place in range(0, len(lines), _SOME):
                connection.execute(insert(figures), lines[place : place + _SOME])

    def series(self) -> list[Series]:
        """All series by name."""
        rows = (
            select(
                audits.c.series,
                func.count().label("many"),
                func.min(audits.c.at).label("first"),
                func.max(audits.c.at).label("last"),
            )
            .group_by(audits.c.series)
            .order_by(audits.c.series)
        )
        with self._writing() as connection:
            return [
                Series(name=row.series, count=row.many, first=row.first, last=row.last)
                for row in connection.execute(rows)
            ]

    def entries(
        self,
        series: str,
        *,
        group: str | None = None,
        device: str | None = None,
        since: float | None = None,
        brief: bool = False,
    ) -> Iterator[Entry]:
        """The audits of a series, the oldest first, with what is about a group or a device.

        They are read one after the other: all of them may be large. With `brief` findings are only
        counted, and figures are those of groups, where there are any and no device is chosen.
        Raises UsageError where there is no such series, or nothing in it about the group and the
        device.
        """
        rows = select(audits).where(audits.c.series == series).order_by(audits.c.at, audits.c.id)
        chosen = _Chosen(group=group, device=device, brief=brief)
        with self._writing() as connection:
            every = list(connection.execute(rows))
            if not every:
                raise UsageError(
                    f"the history has no series {series!r}", hint="'getvpn history' lists them"
                )
            _check_known(connection, series, chosen)
            for row in every:
                if since is None or row.at >= since:
                    yield _entry(connection, row, chosen)

    def past(self, series: str) -> tuple[Past, ...]:
        """What the audits of a series found, the oldest first, with the figures of groups.

        Nothing for a new one.
        """
        rows = (
            select(audits.c.id, audits.c.at, found.c.severity, func.sum(found.c.count).label("sum"))
            .outerjoin(found, found.c.audit == audits.c.id)
            .where(audits.c.series == series)
            .group_by(audits.c.id, audits.c.at, found.c.severity)
            .order_by(audits.c.at, audits.c.id)
        )
        told = (
            select(figures)
            .join(audits, audits.c.id == figures.c.audit)
            .where(audits.c.series == series, figures.c.device == "")
            .order_by(figures.c.id)
        )
        counts: dict[tuple[float, int], dict[str, int]] = {}
        values: dict[int, list[tuple[str, float]]] = {}
        with self._writing() as connection:
            for row in connection.execute(rows):
                of_audit = counts.setdefault((row.at, row.id), {})
                if row.severity is not None:
                    of_audit[row.severity] = int(row.sum)
            for row in connection.execute(told):
                figure = Figure("", row.group, row.name, row.value)
                values.setdefault(row.audit, []).append(in_report(figure))
        return tuple(
            Past(
                at=moment(at),
                counts=tuple((severity, each.get(str(severity), 0)) for severity in ORDER),
                figures=tuple(values.get(number, ())),
            )
            for (at, number), each in counts.items()
        )

    def prune(self, before: float, series: str | None = None) -> int:
        """Remove audits from before a time, of one series or of all; give how many.

        Raises UsageError where there is no such series.
        """
        old = select(audits.c.id).where(audits.c.at < before)
        if series is not None:
            if all(each.name != series for each in self.series()):
                raise UsageError(
                    f"the history has no series {series!r}", hint="'getvpn history' lists them"
                )
            old = old.where(audits.c.series == series)
        with self._writing() as connection:
            numbers = list(connection.scalars(old))
            for at in range(0, len(numbers), _SOME):
                some = numbers[at : at + _SOME]
                for table in (found, figures):
                    connection.execute(delete(table).where(table.c.audit.in_(some)))
                connection.execute(delete(audits).where(audits.c.id.in_(some)))
        return len(numbers)

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translated(self._engine), self._engine.begin() as connection:
            yield connection


def in_report(figure: Figure) -> tuple[str, float]:
    """A figure of a group as reports have it."""
    return f"{figure.group}: {figure.name}", figure.value


def check_series(name: str) -> None:
    """Raise UsageError for what is no name of a series."""
    if not name.strip() or not name.isprintable() or len(name) > _MOST_NAME:
        raise UsageError(
            f"{name!r} is no name of a series", hint=f"printable, up to {_MOST_NAME} characters"
        )


def moment(at: float) -> str:
    """A time in UTC seconds as reports have it."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")


def rows_of(entries: Iterable[Entry]) -> Iterator[tuple[str, str, str, str, str, float]]:
    """The entries as rows: series, time, group, device, name, value.

    Findings of audits are counted by severity, under names such as `findings high`, for each group
    and device, and for the whole, whose group and device are empty.
    """
    for entry in entries:
        at = moment(entry.at)
        whole: Counter[tuple[str, str, str]] = Counter()
        for severity, count in entry.counts.items() if entry.audited else ():
            whole["", "", f"findings {severity}"] = count
        for each in entry.found:
            if each.device or each.group:
                whole[each.group, each.device, f"findings {each.severity}"] += each.times
        for (group, device, name), total in sorted(whole.items()):
            yield entry.series, at, group, device, name, float(total)
        for figure in entry.figures:
            yield entry.series, at, figure.group, figure.device, figure.name, figure.value


@dataclass(frozen=True, slots=True, kw_only=True)
class _Chosen:
    """What of an audit is wanted; see `History.entries`."""

    group: str | None
    device: str | None
    brief: bool

    def of(self, table: Table) -> list[ColumnElement[bool]]:
        """The conditions for the rows of a table."""
        pairs = ((table.c.group, self.group), (table.c.device, self.device))
        return [column == name for column, name in pairs if name is not None]


def _check_known(connection: Connection, series: str, chosen: _Chosen) -> None:
    """Raise UsageError where a series has nothing about what is chosen: its name was mistyped."""
    wanted = [each for each in (chosen.group, chosen.device) if each is not None]
    for table in (found, figures) if wanted else ():
        rows = (
            select(table.c.id)
            .join(audits, audits.c.id == table.c.audit)
            .where(audits.c.series == series, *chosen.of(table))
            .limit(1)
        )
        if connection.execute(rows).first() is not None:
            return
    if wanted:
        names = " and ".join(map(repr, wanted))
        raise UsageError(f"the series {series!r} has nothing about {names}")


def _entry(connection: Connection, row: Any, chosen: _Chosen) -> Entry:
    return Entry(
        series=row.series,
        at=row.at,
        profile=row.profile,
        version=row.version,
        found=_found(connection, row.id, chosen),
        figures=_figures(connection, row.id, chosen),
    )


def _found(connection: Connection, number: int, chosen: _Chosen) -> tuple[Found, ...]:
    conditions = (found.c.audit == number, *chosen.of(found))
    if chosen.brief:
        counts = select(found.c.severity, func.sum(found.c.count)).where(*conditions)
        summed = connection.execute(counts.group_by(found.c.severity))
        return tuple(Found("", "", "", severity, int(count)) for severity, count in summed)
    columns = (found.c[name] for name in ("device", "group", "rule", "severity", "count"))
    rows = select(*columns).where(*conditions).order_by(found.c.id)
    return tuple(map(Found._make, connection.execute(rows)))


def _figures(connection: Connection, number: int, chosen: _Chosen) -> tuple[Figure, ...]:
    columns = (figures.c[name] for name in Figure._fields)
    conditions = (figures.c.audit == number, *chosen.of(figures))
    rows = select(*columns).where(*conditions).order_by(figures.c.id)
    if chosen.brief and chosen.device is None:
        of_groups = tuple(map(Figure._make, connection.execute(rows.where(figures.c.device == ""))))
        if of_groups:
            return of_groups
    return tuple(map(Figure._make, connection.execute(rows)))
