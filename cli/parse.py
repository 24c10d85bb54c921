"""The verb `parse`."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, TypedDict

import click

from ..errors import InputError, ParseError, UsageError, printable
from ..parsers import Capture, Command, Record, parse, plain, read_paths, resolve, split_log
from ..parsers.commands import forms
from ..parsers.serialise import Plain
from ..parsers.transcript import MAX_FILE_BYTES, Reading, read_stream, text_of
from .main import PROGRAM
from .output import note, result
from .table import render

SCHEMA_VERSION = 1
STDIN = "-"


class ParsedOutput(TypedDict):
    """An output, and the record of it."""

    source: str
    """The file, as it was given or found; `-` is standard input."""
    host: str | None
    """The device, by its prompt or else by the name of the file."""
    command: str
    """The command in full, without an output filter."""
    record: Annotated[Plain, Record]
    """The record, with more fields for each command; line numbers are those of the source."""


class Parsed(TypedDict):
    """The records of saved show outputs."""

    version: int
    """The version of this form, 1."""
    records: list[ParsedOutput]
    """The outputs that could be read, in the order in which they stand."""


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
    wanted = None if typed is None else resolve(typed)
    failures = 0
    answers: list[ParsedOutput] = []
    for capture in _captures(files, wanted):
        try:
            if isinstance(capture, InputError):
                raise capture
            record = _record(capture)
        except InputError as error:
            failures += 1
            _say(f"error: {error}")
            continue
        if form == "table":
            result("\n".join(_shown(capture, record)))
        answers.append(_answer(capture, record))
    if not answers and not failures:
        raise InputError("no show output to parse", source=", ".join(map(str, files)))
    if form == "json":
        parsed: Parsed = {"version": SCHEMA_VERSION, "records": answers}
        result(json.dumps(parsed, indent=2))
    return InputError.exit_code if failures else 0


def _captures(files: Sequence[Path], wanted: Command | None) -> Iterator[Capture | InputError]:
    """The outputs in `files`, of `wanted` where it is given, and what cannot be read."""
    paths = []
    for path in files:
        if wanted is not None and not path.is_dir():
            yield from _outputs(path, wanted)
        elif str(path) == STDIN:
            reading = read_stream(_read(path), STDIN)
            yield from _chosen(reading, (path,))
        elif (error := _missing(path)) is not None:
            yield error
        else:
            paths.append(path)
    reading = read_paths(paths)
    yield from _chosen(reading, paths, wanted)


def _outputs(path: Path, wanted: Command) -> Iterator[Capture | InputError]:
    """The outputs of `wanted` in a log; or else all of the file, which is then that output."""
    source = str(path)
    try:
        text = text_of(_read(path), source)
        logged = [capture for capture in split_log(text, source) if _is_of(capture, wanted)]
    except InputError as error:
        yield error
        return
    command = f"{wanted} | {wanted.output_filter}" if wanted.output_filter else str(wanted)
    whole = Capture(host=None, command=command, text=text, source=source, first_line=1)
    yield from logged or [whole]


def _chosen(
    reading: Reading, named: Sequence[Path], wanted: Command | None = None
) -> Iterator[Capture | InputError]:
    """The captures that have a record; says on stderr what is left aside.

    What stands among `named` was asked for: that it cannot be read is an error, and so is what the
    system does not let be read. Of the index of a collection nothing is said.
    """
    from ..audits.load import COLLECTION_INDEX

    for skipped in reading.skipped:
        if skipped.unread or Path(skipped.path) in named:
            yield InputError(skipped.reason, source=skipped.path)
        elif Path(skipped.path).name != COLLECTION_INDEX:
            _say(f"skipped {skipped.path}: {skipped.reason}")
    for capture in reading.captures:
        place = f"{capture.source}:{capture.first_line}"
        if wanted is not None:
            if _is_of(capture, wanted):
                yield capture
        elif capture.kind == "config":
            _say(f"skipped {place}: a configuration; `getvpn lint` reads it")
        elif capture.resolved is None:
            _say(f"skipped {place}: no parser for {capture.command!r}")
        else:
            yield capture


def _is_of(capture: Capture, wanted: Command) -> bool:
    return capture.resolved is not None and capture.resolved.family == wanted.family


def _missing(path: Path) -> InputError | None:
    """Why nothing can be read at `path`."""
    try:
        path.stat()
    except (OSError, ValueError) as error:
        return _unreadable(path, error)
    return None


def _read(path: Path) -> bytes:
    """The bytes of a file, or of standard input; more than a file may have when it is too large."""
    try:
        if str(path) == STDIN:
            return sys.stdin.buffer.read(MAX_FILE_BYTES + 1)
        with path.open("rb") as file:
            return file.read(MAX_FILE_BYTES + 1)
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None


def _unreadable(path: Path, error: OSError | ValueError) -> InputError:
    reason = getattr(error, "strerror", None) or str(error)
    return InputError(f"cannot be read: {reason}", source=str(path))


def _record(capture: Capture) -> Record:
    """The record of a capture. Raises InputError with the line number that holds for the file."""
    try:
        record = parse(capture.command, capture.text, source=capture.source)
    except ParseError as error:
        if error.lineno is not None:
            error.lineno = capture.source_line(error.lineno)
        raise
    for reason in record.partial:
        _say(f"{capture.source}: not the whole output: {reason}")
    if record.unparsed:
        first = record.unparsed[0]
        _say(
            f"{capture.source}:{capture.source_line(first.lineno)}: "
            f"{_lines(len(record.unparsed))} not understood, the first is {first.text[:80]!r}"
        )
    return record


def _say(text: str) -> None:
    """A line on stderr; names of files and texts of devices cannot steer the terminal."""
    note(printable(f"{PROGRAM}: {text}"))


def _lines(count: int) -> str:
    return "1 line" if count == 1 else f"{count} lines"


def _answer(capture: Capture, record: Record) -> ParsedOutput:
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
    yield printable(f"{capture.source}: {record.command}" + (f" on {host}" if host else ""))
    if isinstance(data, dict):
        hidden = ("command", "hostname", "unparsed", "partial", "logs", "lineno")
        body = {name: value for name, value in data.items() if name not in hidden}
        if not record.empty:
            body.pop("empty")
        for line in render("", body):
            if line.strip():
                yield line
    yield ""
