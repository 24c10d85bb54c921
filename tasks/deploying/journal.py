"""What a deployment is about to do and what came of it, line by line, so that none is in the dark.

Each act stands in the journal before it is done, and its outcome after. A process that ends at any
instant leaves what the next one needs: which devices it was at, and which rekeys are owed.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Final

from ...errors import InputError
from ..saving import PRIVATE

NAME: Final = "journal.jsonl"
Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Halfway:
    """A device whose change was begun, and neither kept nor taken back.

    `backup` is the file with its configuration from before the first attempt.
    """

    device: str
    backup: str
    since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """A rekey that a changed policy waits for, on the primary `device`.

    `keys` are the SPIs that the primary had when its policy changed: with any other keys a rekey
    has gone out.
    """

    group: str
    device: str
    why: str
    keys: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What earlier deployments have left undone, by device and by group."""

    halfway: Mapping[str, Halfway] = field(default_factory=dict)
    owed: Mapping[str, Owed] = field(default_factory=dict)


class Journal:
    """A file that lines are only ever added to; each is on the disk before `note` returns."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(path, flags, PRIVATE)

    def note(self, now: float, event: str, **facts: object) -> None:
        """Add a line. `now` is the time, in seconds since 1970."""
        at = datetime.fromtimestamp(now, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        line = json.dumps({"at": at, "event": event, **facts}, ensure_ascii=False)
        data = f"{line}\n".encode()
        with self._lock:
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)

    def close(self) -> None:
        """Let go of the file."""
        descriptor, self._file = self._file, -1
        if descriptor >= 0:
            os.close(descriptor)


def read_journal(path: Path) -> list[Entry]:
    """The entries of a journal; a last line that was never finished is left out.

    Raises InputError for a line that is none, OSError.
    """
    found: list[Entry] = []
    text = path.read_text("utf-8", errors="replace")
    for number, line in enumerate(text.split("\n")[:-1], 1):
        try:
            entry = json.loads(line)
        except ValueError:
            entry = None
        if not isinstance(entry, dict) or not isinstance(entry.get("event"), str):
            raise InputError("is no line of a journal", source=str(path), lineno=number)
        found.append(entry)
    return found


def left_open(entries: Iterable[Entry]) -> Open:
    """What is undone after all that a journal tells of, what it took over included."""
    halfway: dict[str, Halfway] = {}
    owed: dict[str, Owed] = {}
    for entry in entries:
        event, state = entry["event"], entry.get("state")
        if event == "began":
            carried = entry.get("carried", {})
            halfway |= {each["device"]: Halfway(**each) for each in carried.get("halfway", ())}
            owed |= {each["group"]: _owed(each) for each in carried.get("owed", ())}
        elif event == "apply" and state == "begins":
            device = entry["device"]
            backup = str(entry.get("backup", ""))
            halfway[device] = Halfway(device=device, backup=backup, since=entry["at"])
        elif event in ("keep", "undo") and state == "done":
            halfway.pop(entry["device"], None)
        elif event == "rekey" and state == "owed":
            owed[entry["group"]] = _owed(entry)
        elif event == "rekey" and state in ("done", "dropped"):
            owed.pop(entry["group"], None)
    return Open(halfway=halfway, owed=owed)


def carried(undone: Open) -> dict[str, list[dict[str, Any]]]:
    """What is undone, as a journal takes it over."""
    return {
        "halfway": [asdict(each) for each in undone.halfway.values()],
        "owed": [asdict(each) for each in undone.owed.values()],
    }


def _owed(entry: Entry) -> Owed:
    return Owed(
        group=entry["group"],
        device=entry["device"],
        why=entry["why"],
        keys=tuple(entry["keys"]),
    )
