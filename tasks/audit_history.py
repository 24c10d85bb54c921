"""Audits in the history: entered with the key figures of what they saw, shown with a trend."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .. import __version__
from ..audits.engine import Past, Report
from ..audits.facts import Fleet
from .clock import SystemClock
from .database import default_url
from .history import History, check_series, in_report
from .snapshots.facts import state_of
from .snapshots.figures import Figure, figures_of


def enter_audit(report: Report, series: str, *, journal: str | None = None) -> Report:
    """Enter an audit of now into a series of the history; give the report with the trend of it.

    `journal` is the URL of the journal that has the history, by default that of the user. Raises
    UsageError for a name that is none, InputError for a journal that cannot be used.
    """
    now = SystemClock().now()
    told = figures_in(report.fleet, now)
    found = with_past(report, journal, series, told)
    enter_report(journal, series, report, now, told)
    return found


def figures_in(fleet: Fleet, at: float) -> list[Figure]:
    """The key figures of what was audited, at a time in UTC seconds since 1970."""
    return figures_of(state_of(fleet, at))


def enter_report(
    journal: str | None, series: str, report: Report, at: float, told: Sequence[Figure]
) -> None:
    """Enter an audit, with the key figures of what it looked at."""
    history = History(journal or default_url())
    try:
        history.enter(series, report, at=at, version=__version__, told=told)
    finally:
        history.close()


def with_past(report: Report, journal: str | None, series: str, told: Sequence[Figure]) -> Report:
    """The report with its key figures, and with the trend of its series.

    Raises UsageError for a name that is none.
    """
    past = (*report.trend, *_past_of(journal, series))
    return replace(
        report,
        trend=tuple(sorted(past, key=lambda each: each.at)),
        figures=tuple(in_report(each) for each in told if not each.device),
    )


def _past_of(journal: str | None, series: str) -> tuple[Past, ...]:
    """What the audits of a series found before."""
    check_series(series)
    history = History(journal or default_url())
    try:
        return history.past(series)
    finally:
        history.close()
