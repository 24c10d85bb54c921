"""Files and folders of saved outputs, configurations and logs → captures."""

import os
import stat
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ...errors import InputError
from ..spreading import halves, processes_for, spread, without_collector
from ..text import MAX_INPUT_CHARS
from .capture import CONFIG_COMMAND, TECH_COMMAND, Capture, Reading, Skipped, resolved
from .content import has_tech_headings, hostname_in, is_configuration, opening
from .decode import decode
from .log import split_screen
from .names import Place, place
from .screen import Screen, read_screen

MAX_FILE_BYTES = MAX_INPUT_CHARS
"""Largest file that is read, in bytes."""
FILES_PER_PROCESS = 1000
"""So many files are worth a process of their own."""

_BACKUP_ENDINGS = ("~", ".bak", ".orig", ".rej", ".swo", ".swp", ".tmp")
_OTHER_FORMATS = (
    *(".csv", ".db", ".htm", ".html", ".ini", ".j2", ".json", ".jsonl", ".pcap", ".rst"),
    *(".toml", ".ttp", ".xml", ".yaml", ".yml"),
)


@without_collector()
def read_paths(paths: Iterable[str | os.PathLike[str]]) -> Reading:
    """Read files and folders, with all that lies below, into captures.

    A device's name is taken from the text (prompt, `hostname` line, `show version`), else from
    another file of the same folder and name, else from the path. Raises InputError for a path
    that does not exist or cannot be read; what is left aside below a folder is in `skipped`.
    """
    reader = _Reader()
    for path in paths:
        reader.read(Path(path))
    return reader.reading()


def read_stream(data: bytes, source: str) -> Reading:
    """Read what has no path, such as standard input, into captures.

    Their `host` is None where the text does not tell it.
    """
    captures = _in_data(data, source, Place(None, source))
    if isinstance(captures, str):
        return Reading(captures=(), skipped=(Skipped(path=source, reason=captures),))
    return Reading(captures=tuple(captures), skipped=())


@dataclass(frozen=True, slots=True)
class _File:
    """The captures of a file; their `host` is None where its text does not tell."""

    path: str
    host: str
    numbered: bool
    captures: list[Capture]

    @property
    def folder(self) -> str:
        return os.path.split(self.path)[0]


class _Reader:
    def __init__(self) -> None:
        self.files: list[_File] = []
        self.skipped: list[Skipped] = []
        self.seen: dict[str, Path] = {}
        self.real_folders: dict[str, str] = {}

    def read(self, path: Path) -> None:
        """Read what the user named: whatever its name is, it is wanted."""
        try:
            if stat.S_ISDIR(path.stat().st_mode):
                wanted = [entry for entry in self._walk(path) if self._is_readable(entry)]
                parts = halves(wanted, processes_for(len(wanted), FILES_PER_PROCESS))
                for files, skipped in spread(_read_part, parts):
                    self.files += files
                    self.skipped += skipped
            else:
                self._file(path)
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or str(error)
            raise InputError(
                f"cannot be read: {reason}",
                source=str(path),
                hint="give files or folders with outputs, configurations or terminal logs",
            ) from None

    def reading(self) -> Reading:
        """All captures, each with a host."""
        told: dict[tuple[str | None, str], set[str]] = defaultdict(set)
        for file in self.files:
            hosts = {capture.host for capture in file.captures if capture.host}
            for key in ((file.folder, file.host), (None, file.host)):
                told[key] |= hosts
        shared = Counter(file.host for file in self.files if file.numbered)
        captures = []
        for file in self.files:
            hosts = told[file.folder, file.host] or told[None, file.host]
            host = file.host if shared[file.host] < 2 else str(Path(file.path).with_suffix(""))
            if len(hosts) == 1 and not file.numbered:
                (host,) = hosts
            captures += [
                capture if capture.host else replace(capture, host=host)
                for capture in file.captures
            ]
        return Reading(captures=tuple(captures), skipped=tuple(self.skipped))

    def _walk(self, root: Path) -> Iterator[Path]:
        """The files below `root` by name, each folder once."""
        pending = [root]
        while pending:
            path = pending.pop()
            if not path.is_dir():
                yield path
            elif self._is_new(path):
                try:
                    entries = sorted(path.iterdir(), key=lambda entry: entry.name)
                except OSError as error:
                    if path == root:
                        raise
                    self.skipped.append(_unread(path, error))
                    continue
                wanted = [entry for entry in entries if self._is_wanted(entry)]
                pending += reversed(wanted)

    def _is_wanted(self, path: Path) -> bool:
        name = path.name
        if name.startswith("."):
            return self._skip(path, "hidden")
        if name.endswith(_BACKUP_ENDINGS) or (name[0] == "#" and name[-1] == "#"):
            return self._skip(path, "an editor's backup")
        if path.suffix.lower() in _OTHER_FORMATS and path.is_file():
            return self._skip(path, f"no device text ends in {path.suffix}")
        return True

    def _is_new(self, path: Path) -> bool:
        """Whether the file or folder has not been met yet; a link may lead there again."""
        real = self._real(path)
        if real in self.seen:
            return self._skip(path, f"the same as {self.seen[real]}")
        self.seen[real] = path
        return True

    def _real(self, path: Path) -> str:
        """The path without links; that of a folder is worked out once for all files in it."""
        if path.name in ("", "..") or path.is_symlink():
            return os.path.realpath(path)
        folder, name = os.path.split(path)
        if folder not in self.real_folders:
            self.real_folders[folder] = os.path.realpath(folder)
        return f"{self.real_folders[folder].rstrip(os.sep)}{os.sep}{name}"

    def _skip(self, path: Path, reason: str) -> bool:
        self.skipped.append(Skipped(path=str(path), reason=reason))
        return False

    def _is_readable(self, path: Path) -> bool:
        """Whether it is a file, and a new one."""
        try:
            return self._is_new(path) if path.is_file() else self._skip(path, "no regular file")
        except OSError as error:
            self.skipped.append(_unread(path, error))
            return False

    def _file(self, path: Path) -> None:
        if self._is_new(path):
            found = _read_file(path)
            if isinstance(found, str):
                self._skip(path, found)
            else:
                self.files.append(found)


def _read_part(paths: Sequence[Path]) -> tuple[list[_File], list[Skipped]]:
    """The files that have captures, and why others have none."""
    files: list[_File] = []
    skipped: list[Skipped] = []
    for path in paths:
        try:
            found = _read_file(path)
        except OSError as error:
            skipped.append(_unread(path, error))
            continue
        if isinstance(found, str):
            skipped.append(Skipped(path=str(path), reason=found))
        else:
            files.append(found)
    return files, skipped


def _unread(path: Path, error: OSError) -> Skipped:
    return Skipped(path=str(path), reason=f"cannot be read: {error.strerror}", unread=True)


def _read_file(path: Path) -> _File | str:
    """The captures of a file, or why there are none."""
    with path.open("rb") as file:
        data = file.read(MAX_FILE_BYTES + 1)
    where = place(path)
    captures = _in_data(data, str(path), where)
    if isinstance(captures, str):
        return captures
    return _File(str(path), where.host, where.numbered, captures)


def text_of(data: bytes, source: str) -> str:
    """The text in `data`. Raises InputError when it is none, or longer than a file may be."""
    if len(data) > MAX_FILE_BYTES:
        raise InputError(f"over the limit of {MAX_FILE_BYTES} bytes", source=source)
    text = decode(data)
    if text is None:
        raise InputError("binary", source=source)
    return text


def _in_data(data: bytes, source: str, where: Place) -> list[Capture] | str:
    """The captures in what was read, or why there are none."""
    try:
        text = text_of(data, source)
    except InputError as error:
        return error.message
    nothing = "no command is recognised" if text.strip() else "empty"
    return _captures(text, source, where) or nothing


def _captures(text: str, source: str, where: Place) -> list[Capture]:
    """The captures of a file, by what its text is, then by its name."""
    screen = read_screen(text, source)
    log = split_screen(screen, source)
    if log.captures:
        return list(log.captures)
    if has_tech_headings(screen.lines):
        return list(split_screen(screen, source, command=TECH_COMMAND).captures)
    named = resolved(where.command) if where.command is not None else None
    sure = named is not None and named.family != "running-config"
    if is_configuration(screen.lines, sure=sure):
        return [_configuration(screen, source)]
    command = where.command if named is not None else opening(screen.lines) or where.command
    if command is None:
        return []
    return list(split_screen(screen, source, command=command).captures)


def _configuration(screen: Screen, source: str) -> Capture:
    """The whole of a configuration file. Prompts in it, if any, are left to `parse_config`."""
    capture = Capture(
        host=None,
        command=CONFIG_COMMAND,
        text="\n".join(screen.lines),
        source=source,
        first_line=1,
    )
    name = hostname_in([capture]) or (screen.hosts[0] if len(screen.hosts) == 1 else None)
    return replace(capture, host=name)
