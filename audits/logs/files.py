"""The files of logs: found in folders, unpacked on the way, cut into lines."""

from __future__ import annotations

import gzip
import os
import re
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import BinaryIO, Final

from ...errors import InputError

STDIN: Final = "-"
CHUNK: Final = 1 << 18
MAX_LINE_BYTES: Final = 4096
"""What of a line is looked at; no message of IOS is as long, with all that servers add."""
MAX_FILES: Final = 20_000
_GZIP: Final = b"\x1f\x8b"
_ROTATED = re.compile(r"(?:\.gz|\.\d{1,8}|-\d{8}|\.log|\.txt|\.syslog)$", re.IGNORECASE)
_OUTPUT = re.compile(r"(?:show|sh|log|terminal|console|messages|syslog)\b", re.IGNORECASE)


_BROKEN = re.compile(rb" (?:address|at|for|from|group|in|is|KS|peer|seq|the|to|with|=|#)\s?\s?$")


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFile:
    """A file to read; `path` is None for standard input.

    `device` is whom its messages are of, unless they say so themselves.
    """

    name: str
    path: Path | None
    device: str


def find_files(paths: Sequence[str]) -> list[LogFile]:
    """The files at `paths`, those of folders included, but hidden ones.

    Raises InputError where there is none.
    """
    found: list[LogFile] = []
    for each in paths:
        if each == STDIN:
            found.append(LogFile(name="standard input", path=None, device="stdin"))
            continue
        path = Path(each)
        if not path.exists():
            raise InputError("no such file or folder", source=each)
        inside = _inside(path) if path.is_dir() else iter((path,))
        found += (LogFile(name=str(one), path=one, device=_device(one)) for one in inside)
        if len(found) > MAX_FILES:
            raise InputError(f"more than {MAX_FILES} files", source=each, hint="name some of them")
    if not found:
        raise InputError("no file in it", source=paths[0] if paths else None)
    return list({file.name: file for file in found}.values())


def _inside(folder: Path) -> Iterator[Path]:
    """The files below a folder, but hidden ones. Raises InputError for a folder that is closed."""

    def refuse(error: OSError) -> None:
        raise InputError(error.strerror or str(error), source=str(error.filename)) from None

    found: list[Path] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        found += (Path(place, name) for name in names if not name.startswith("."))
    yield from (path for path in sorted(found) if path.is_file())


def _device(path: Path) -> str:
    """The device that the name of a file, or of its folder, is likely to name."""
    name = path.name
    while (shorter := _ROTATED.sub("", name)) not in {name, ""}:
        name = shorter
    if _OUTPUT.match(name.replace("_", " ").replace("-", " ")):
        # a folder for each device, a file for each output
        return path.resolve().parent.name or name
    return f"{path.resolve().parent.name}/{name}" if name.isdigit() else name


def lines_of(file: LogFile) -> Iterator[bytes]:
    """The lines of a file, each cut at `MAX_LINE_BYTES`; those that ended in CR LF, without it.

    Raises InputError where the file cannot be read or unpacked.
    """
    try:
        if file.path is None:
            given = sys.stdin.buffer
            if isinstance(given, BufferedReader) and given.peek(2)[:2] == _GZIP:
                with gzip.GzipFile(fileobj=given) as unpacked:
                    yield from _lines(unpacked)
            else:
                yield from _lines(given)
            return
        with file.path.open("rb") as raw:
            packed = raw.read(2) == _GZIP
            raw.seek(0)
            if not packed:
                yield from _lines(raw)
                return
            with gzip.GzipFile(fileobj=raw) as unpacked:
                yield from _lines(unpacked)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise InputError(f"cannot be unpacked: {error}", source=file.name) from error
    except OSError as error:
        raise InputError(error.strerror or str(error), source=file.name) from error


def whole_lines(file: LogFile) -> Iterator[tuple[int, bytes]]:
    """The lines of a file with their numbers; a message that was broken in two is put together.

    It was broken where it ends in the middle of a sentence.
    """
    pending, place = b"", 0
    for number, line in enumerate(lines_of(file), 1):
        if b"%" in line:
            if place:
                yield place, pending
            pending, place = line, number
            continue
        if place and line.strip() and _BROKEN.search(pending, max(0, len(pending) - 12)):
            pending = b"%b %b" % (pending.rstrip(), line.strip())
            continue
        if place:
            yield place, pending
            place = 0
        yield number, line
    if place:
        yield place, pending


def _lines(stream: BinaryIO | gzip.GzipFile) -> Iterator[bytes]:
    rest = b""
    while chunk := stream.read(CHUNK):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()[:MAX_LINE_BYTES]
        for line in lines:
            yield line[:MAX_LINE_BYTES]
    if rest:
        yield rest
