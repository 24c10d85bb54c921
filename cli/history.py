"""The verb `history`."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from textwrap import indent
from typing import TYPE_CHECKING, TypedDict

import click

from ..errors import InputError, UsageError, printable
from .lab_common import aligned
from .main import VerbGroup
from .numbers import DAY_S, days
from .output import note, result
from .procedures import FORMATS, journal_option

if TYPE_CHECKING:
    from ..audits.facts import Fleet
    from ..tasks.history import Entry, History

ACTIONS = {
    "enter": "Audit a snapshot, and enter that",
    "list": "List the series",
    "prune": "Remove what is older than some days",
    "show": "Show findings and key figures of a series over time",
}
SCHEMA_VERSION = 1
COLUMNS = ("series", "at", "group", "device", "name", "value")
_MOST_FIGURES = 8
"""A table for people has so many key figures; the other forms have all."""


class SeriesEntry(TypedDict):
    """A series."""

    series: str
    """Its name."""
    audits: int
    """How many audits it has."""
    first: str
    """When the first was, in ISO 8601 and UTC."""
    last: str
    """When the last was, in ISO 8601 and UTC."""


class SeriesList(TypedDict):
    """The series in the history."""

    schema_version: int
    """The version of this form, 1."""
    series: list[SeriesEntry]
    """The series, by name."""


class CountedFindings(TypedDict):
    """How often a rule found something."""

    device: str | None
    """The device; None for findings about a group as a whole."""
    group: str | None
    """The group; None for findings about a device at large."""
    rule: str
    """The code of the rule."""
    severity: str
    """`critical`, `high`, `medium`, `low` or `info`."""
    count: int
    """How often."""


class KeyFigure(TypedDict):
    """A key figure."""

    device: str | None
    """The device; None for a figure of a group as a whole."""
    group: str | None
    """The group; None for a figure of a device at large."""
    name: str
    """What it is, with its unit where it has one."""
    value: float
    """The figure."""


class PastAudit(TypedDict):
    """An audit in the history."""

    series: str
    """The series."""
    at: str
    """When it was, in ISO 8601 and UTC."""
    profile: str
    """Whose view was taken where sources disagree."""
    version: str
    """The version of getvpn that made it."""
    counts: dict[str, int]
    """How many findings there were, by severity."""
    findings: list[CountedFindings]
    """The findings, those of a rule at a device in a group together."""
    figures: list[KeyFigure]
    """The key figures."""


class PastAudits(TypedDict):
    """The audits of a series."""

    schema_version: int
    """The version of this form, 1."""
    audits: list[PastAudit]
    """The audits, the oldest first."""


class HistoryGroup(VerbGroup):
    """The actions of `history`; without one the series are listed."""

    table = ACTIONS
    kind = "action"

    def load(self, name: str) -> click.Command:
        """The command of an action, all of which are here."""
        return _COMMANDS[name]


@click.group(cls=HistoryGroup, invoke_without_command=True, subcommand_metavar="[ACTION]")
@journal_option
@click.pass_context
def command(ctx: click.Context, journal: str | None) -> None:
    """Show what audits found over time, and the key figures of groups and devices.

    Audits are entered by the option --history of 'getvpn audit' and 'getvpn snapshot take'.
    Without an action the series are listed.
    """
    ctx.obj = journal
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_series)


@contextmanager
def open_history(url: str | None) -> Iterator[History]:
    """The history in the journal that was named, or in that of the user."""
    from ..tasks.database import default_url
    from ..tasks.history import History

    history = History(url or default_url())
    try:
        yield history
    finally:
        history.close()


def _history() -> AbstractContextManager[History]:
    return open_history(click.get_current_context().find_object(str))


@click.command("list")
@click.option("-f", "--format", "form", type=click.Choice(FORMATS), default="text")
def list_series(form: str = "text") -> None:
    """List the series."""
    from ..tasks.clock import utc
    from ..tasks.history import moment

    with _history() as history:
        found = history.series()
    if form == "json":
        rows: list[SeriesEntry] = [
            {
                "series": each.name,
                "audits": each.count,
                "first": moment(each.first),
                "last": moment(each.last),
            }
            for each in found
        ]
        listed: SeriesList = {"schema_version": SCHEMA_VERSION, "series": rows}
        result(json.dumps(listed, indent=2))
        return
    if not found:
        note("the history is empty")
        return
    table = [("series", "audits", "first", "last")]
    table += [(s.name, str(s.count), utc(s.first), utc(s.last)) for s in found]
    result(aligned(table))


@click.command("show")
@click.argument("series")
@click.option("--group", metavar="NAME", help="Only what is about this group.")
@click.option("--device", metavar="NAME", help="Only what is about this device.")
@click.option(
    "--days",
    type=days(min_open=True),
    metavar="N",
    help="Only the last so many days.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json", "csv")),
    default="text",
    show_default=True,
    help="Form of the output; csv and json have everything.",
)
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write it to FILE."
)
def show(
    series: str,
    group: str | None,
    device: str | None,
    days: float | None,
    form: str,
    output: Path | None,
) -> None:
    """Show findings and key figures of SERIES over time, the oldest audit first."""
    from ..tasks.clock import SystemClock

    since = None if days is None else SystemClock().now() - days * DAY_S
    with _history() as history:
        entries = history.entries(
            series, group=group, device=device, since=since, brief=form == "text"
        )
        text = _FORMS[form](entries)
    if output is None:
        result(text.removesuffix("\n"))
        return
    try:
        output.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(error.strerror or str(error), source=str(output)) from None


@click.command("enter")
@click.argument("series")
@click.argument("snapshot")
def enter(series: str, snapshot: str) -> None:
    """Audit the snapshot SNAPSHOT and enter that into SERIES, at the time of the snapshot."""
    from ..tasks.database import default_url
    from ..tasks.snapshots.store import Snapshots
    from ..tasks.snapshots.taking import fleet_in

    url = click.get_current_context().find_object(str)
    store = Snapshots(url or default_url())
    try:
        found = store.get(snapshot)
        fleet = fleet_in(store, found)
    finally:
        store.close()
    enter_snapshot(url, series, fleet, found.at)


@click.command("prune")
@click.option(
    "--keep-days",
    type=days(),
    required=True,
    metavar="N",
    help="Keep audits that are not older than so many days.",
)
@click.option("--series", metavar="NAME", help="Only those of this series.")
def prune(keep_days: float, series: str | None) -> None:
    """Remove old audits from the history."""
    from ..tasks.clock import SystemClock

    with _history() as history:
        count = history.prune(SystemClock().now() - keep_days * DAY_S, series)
    note(f"{count} removed")


_COMMANDS = {"enter": enter, "list": list_series, "prune": prune, "show": show}


# ---- for other verbs ----


def enter_snapshot(url: str | None, series: str, fleet: Fleet, at: float) -> None:
    """Audit what a snapshot says by the options of this folder, and enter it."""
    from datetime import UTC, datetime

    from ..audits.engine import run
    from ..audits.excusing import excuse
    from ..audits.registry import registry
    from ..audits.waivers import find_waivers, load_waivers
    from ..tasks.audit_history import enter_report, figures_in
    from .auditing import chosen_options

    options = chosen_options(None, None)
    rules = registry().select(options.select, options.ignore)
    report = run(fleet, rules, options.settings, profile=options.profile)
    path = find_waivers(Path.cwd())
    waivers = () if path is None else load_waivers(path, registry())
    report = excuse(report, waivers, datetime.fromtimestamp(at, UTC).date(), registry())
    enter_report(url, series, report, at, figures_in(fleet, at))
    note(f"entered into the history {series}: {len(report.findings)} findings")


# ---- forms ----


def _text(found: Iterable[Entry]) -> str:
    from ..tasks.clock import utc
    from ..tasks.history import ORDER

    entries = list(found)
    if not entries:
        raise UsageError("the series has no audit in this time", hint="give more --days")
    last = entries[-1].figures
    names = [(each.group, each.device, each.name) for each in last]
    groups = [name for name in names if not name[1]]
    shown = (groups or names)[:_MOST_FIGURES]
    if more := len(groups or names) - len(shown):
        note(f"{more} more key figures: -f csv, or choose with --group or --device")
    several = len({(group, device) for group, device, _ in shown}) > 1
    heads = [" ".join(filter(None, name)) if several else name[2] for name in shown]
    severities = ORDER if any(entry.audited for entry in entries) else ()
    table = [("at", *map(str, severities), *heads)]
    for entry in entries:
        values = {(each.group, each.device, each.name): each.value for each in entry.figures}
        counts = [str(entry.counts[each]) if entry.audited else "-" for each in severities]
        cells = [_number(values.get(name)) for name in shown]
        table.append((utc(entry.at), *counts, *cells))
    return printable_lines(aligned(table))


def printable_lines(text: str) -> str:
    """A text of several lines, each of which is fit for a terminal."""
    return "\n".join(printable(line) for line in text.split("\n")) + "\n"


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:g}" if value % 1 else str(int(value))


def _csv(entries: Iterable[Entry]) -> str:
    from ..tasks.history import rows_of

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for *words, value in rows_of(entries):
        writer.writerow([*map(_cell, map(str, words)), _number(float(value))])
    return text.getvalue()


def _cell(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t", "\r")) else text


def _json(entries: Iterable[Entry]) -> str:
    """All audits, written one after the other: all rows of a large series take much room."""
    head = json.dumps({"schema_version": SCHEMA_VERSION}, indent=2).removesuffix("\n}")
    rows = [indent(json.dumps(_audit(each), indent=2), "    ") for each in entries]
    listed = "[\n" + ",\n".join(rows) + "\n  ]" if rows else "[]"
    return f'{head},\n  "audits": {listed}\n}}\n'


def _audit(each: Entry) -> PastAudit:
    from ..tasks.history import moment

    return {
        "series": each.series,
        "at": moment(each.at),
        "profile": each.profile,
        "version": each.version,
        "counts": {str(severity): count for severity, count in each.counts.items()},
        "findings": [
            {
                "device": one.device or None,
                "group": one.group or None,
                "rule": one.rule,
                "severity": one.severity,
                "count": one.times,
            }
            for one in each.found
        ],
        "figures": [
            {
                "device": one.device or None,
                "group": one.group or None,
                "name": one.name,
                "value": one.value,
            }
            for one in each.figures
        ],
    }


_FORMS = {"text": _text, "json": _json, "csv": _csv}
