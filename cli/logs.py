"""The verb `logs`."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from ..audits.logs.kinds import TOPICS
from .output import colored, result

_TIMES = ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")


@click.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@click.option("--group", "groups", multiple=True, metavar="PATTERN", help="Only these groups.")
@click.option(
    "--device",
    "devices",
    multiple=True,
    metavar="PATTERN",
    help="Only what these devices log, or what is logged about them; names or addresses.",
)
@click.option(
    "--from",
    "since",
    type=click.DateTime(_TIMES),
    metavar="TIME",
    help="Leave earlier messages out; as 2026-03-01 or '2026-03-01 10:00:00', by the log's clock.",
)
@click.option(
    "--until", type=click.DateTime(_TIMES), metavar="TIME", help="Leave later messages out."
)
@click.option(
    "--only",
    "topics",
    multiple=True,
    type=click.Choice(TOPICS),
    metavar="TOPIC",
    help=f"Only what is about one of: {', '.join(TOPICS)}.",
)
@click.option(
    "-f",
    "--format",
    "form",
    type=click.Choice(("text", "json")),
    default="text",
    show_default=True,
    help="Form of the report.",
)
def command(
    files: tuple[str, ...],
    groups: tuple[str, ...],
    devices: tuple[str, ...],
    since: datetime | None,
    until: datetime | None,
    topics: tuple[str, ...],
    form: str,
) -> int:
    """Explain what the logs of devices tell about groups.

    Each FILE is a log, packed with gzip or not, a folder of logs, or - for standard input: 'show
    logging', what a syslog server wrote, or a log of a terminal. Exit codes: 0 nothing to worry
    about, 1 something is explained as trouble, 2 the call or the input cannot be used.
    """
    from ..audits.logs.files import find_files
    from ..audits.logs.reading import read_logs
    from ..audits.logs.report import DETAIL, PAGE, Wanted, report_of

    now = datetime.now(UTC).replace(tzinfo=None)
    reading = read_logs(find_files(files), now, since=_seconds(since), until=_seconds(until))
    wanted = Wanted(
        groups=groups,
        devices=devices,
        topics=tuple(topic for topic in TOPICS if topic in topics),
        moments=PAGE if form == "text" else DETAIL,
    )
    report = report_of(reading, wanted)
    if form == "json":
        from ..audits.logs.json import render as as_json

        result(as_json(report).removesuffix("\n"))
    else:
        from ..audits.logs.text import render

        result(render(report, color=colored()).removesuffix("\n"))
    return int(report.trouble)


def _seconds(moment: datetime | None) -> float | None:
    return None if moment is None else moment.replace(tzinfo=UTC).timestamp()
