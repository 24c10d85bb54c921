"""The verb `parse`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click

from ..errors import GetvpnError, InputError, UsageError
from ..parsers import Capture, Record, guess_command, parse, plain, read_paths
from ..parsers.commands import forms
from ..parsers.serialise import Plain
from .output import note, result
from .table import render

SCHEMA_VERSION = 1


@click.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--command", "-c", "typed", metavar="COMMAND", help="The command that was typed.")
@click.option(
    "--format",
    "-f",
    "form",
    type=click.Choice(("table", "json")),
    default="table",
    show_default=True,
    help="What to print.",
)
@click.option("--list", "listed", is_flag=True, help="List the commands that are understood.")
def command(files: tuple[Path, ...], typed: str | None, form: str, listed: bool) -> int:
    """Turn saved show outputs into records.

    FILE is an output, a terminal log, a folder of outputs, or - for standard input. Without
    --command it is taken from the echo in the text, or else from the name of the file or folder.

    Lines that were not understood are counted on stderr. Exit codes: 0 all was read, 2 a text
    could not be read (the others are printed all the same).
    """
    if listed:
        result("\n".join(forms()))
        return 0
    if not files:
        raise UsageError("no FILE given", hint="give files, a folder, or - for standard input")
    failures = 0
    answers: list[dict[str, Plain]] = []
    for capture in _captures(files, typed):
        try:
            record = _record(capture, typed)
        except GetvpnError as error:
            failures += 1
            note(f"getvpn: error: {error}")
            continue
        if form == "table":
            result("\n".join(_shown(capture, record)))
        answers.append(_answer(capture, record))
    if not answers and not failures:
        raise InputError("no show output to parse", source=str(files[0]))
    if form == "json":
        result(json.dumps({"version": SCHEMA_VERSION, "records": answers}, indent=2))
    return InputError.exit_code if failures else 0


def _captures(files: tuple[Path, ...], typed: str | None) -> Iterator[Capture]:
    """The outputs in `files`; each file is one output of `typed` when that is given."""
    named = tuple(path for path in files if str(path) != "-")
    if len(named) < len(files):
        yield from _from_text("-", sys.stdin.read(), typed)
    for path in named:
        if typed is None or path.is_dir():
            continue
        yield from _from_text(str(path), _read(path), typed)
    rest = [path for path in named if typed is None or path.is_dir()]
    if rest:
        reading = read_paths(rest)
        for skipped in reading.skipped:
            note(f"getvpn: skipped {skipped.path}: {skipped.reason}")
        yield from filter(_is_show, reading.captures)


def _is_show(capture: Capture) -> bool:
    """Whether there is a record for the capture; says on stderr why not."""
    if capture.kind == "config":
        note(f"getvpn: skipped {capture.source}: a configuration; `getvpn lint` reads it")
        return False
    if capture.resolved is None:
        place = f"{capture.source}:{capture.first_line}"
        note(f"getvpn: skipped {place}: no parser for {capture.command!r}")
        return False
    return True


def _from_text(source: str, text: str, typed: str | None) -> Iterator[Capture]:
    command = typed or guess_command(source, text)
    if command is None:
        raise UsageError(
            f"{source}: what command this is the output of cannot be told", hint="say --command"
        )
    yield Capture(host=None, command=command, text=text, source=source, first_line=1)


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", source=str(path)) from None


def _record(capture: Capture, typed: str | None) -> Record:
    record = parse(typed or capture.command, capture.text, source=capture.source)
    for reason in record.partial:
        note(f"getvpn: {capture.source}: not the whole output: {reason}")
    if record.unparsed:
        first = record.unparsed[0]
        note(
            f"getvpn: {capture.source}:{capture.source_line(first.lineno)}: "
            f"{_lines(len(record.unparsed))} not understood, the first is {first.text[:80]!r}"
        )
    return record


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _answer(capture: Capture, record: Record) -> dict[str, Plain]:
    return {
        "source": capture.source,
        "host": record.hostname or capture.host,
        "command": record.command,
        "record": _in_source(plain(record), capture.first_line - 1),
    }


def _in_source(value: Plain, lines: int) -> Plain:
    """`value` with its line numbers counted from the start of the source."""
    if isinstance(value, list):
        return [_in_source(item, lines) for item in value]
    if not isinstance(value, dict):
        return value
    moved = {name: _in_source(item, lines) for name, item in value.items()}
    lineno = moved.get("lineno")
    if isinstance(lineno, int) and lineno:
        moved["lineno"] = lineno + lines
    return moved


def _shown(capture: Capture, record: Record) -> Iterator[str]:
    data = plain(record)
    host = record.hostname or capture.host
    yield f"{capture.source}: {record.command}" + (f" on {host}" if host else "")
    if isinstance(data, dict):
        hidden = ("command", "hostname", "unparsed", "partial", "logs", "lineno")
        body = {name: value for name, value in data.items() if name not in hidden}
        if not record.empty:
            body.pop("empty")
        for line in render("", body):
            if line.strip():
                yield line
    yield ""
