"""Where deployments keep what they know: a folder beside the intent that is for nobody else.

::

    .getvpn/
        .gitignore            everything
        deploy.lock           who deploys now
        deployments/20260101-120000-001/
            plan.json         what was planned, without secrets
            journal.jsonl     what was done, and what was about to be
            backups/          configurations as they were
            report.json       what came of it
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from ..saving import PRIVATE_FOLDER, save_private, write_private
from .journal import NAME, Journal, Open, left_open, read_journal

STATE: Final = ".getvpn"
DEPLOYMENTS: Final = "deployments"
BACKUPS: Final = "backups"
_NAME: Final = re.compile(r"\d{8}-\d{6}-\d{3,}")


@dataclass(frozen=True, slots=True)
class Store:
    """The state folder of an intent."""

    folder: Path

    @classmethod
    def beside(cls, intent: Path) -> Store:
        """The one of the intent in a file."""
        return cls(intent.parent / STATE)

    @property
    def lock(self) -> Path:
        """The file that says who deploys."""
        return self.folder / "deploy.lock"

    @property
    def mark(self) -> str:
        """What tells deployments of here from those of other folders that have the same name."""
        return sha256(os.fsencode(self.folder.resolve())).hexdigest()[:8]

    def prepare(self) -> None:
        """Have the folder. Raises OSError."""
        self.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        (self.folder / DEPLOYMENTS).mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        ignore = self.folder / ".gitignore"
        if not ignore.exists():
            write_private(str(ignore), b"*\n")

    def left_open(self) -> Open:
        """What the last deployment has left undone. Raises InputError, OSError.

        One that ended before its first line says nothing: then it is the one before.
        """
        for folder in reversed(self._deployments()):
            with suppress(FileNotFoundError):
                entries = read_journal(folder / NAME)
                if entries:
                    return left_open(entries)
        return Open()

    def new(self, now: float) -> Record:
        """The folder of a deployment that begins; `now` is in seconds since 1970.

        Names follow each other as deployments do, even where the clock was set back.
        """
        self.prepare()
        time = datetime.fromtimestamp(now, UTC).strftime("%Y%m%d-%H%M%S")
        while True:
            name = f"{time}-001"
            if known := self._deployments():
                last, _, number = known[-1].name.rpartition("-")
                if last >= time:
                    name = f"{last}-{int(number) + 1:03}"
            folder = self.folder / DEPLOYMENTS / name
            with suppress(FileExistsError):
                folder.mkdir(mode=PRIVATE_FOLDER)
                return Record(folder)

    def names(self) -> frozenset[str]:
        """What the deployments are called that it knows of."""
        return frozenset(each.name for each in self._deployments())

    def _deployments(self) -> list[Path]:
        """The folders of deployments, the oldest first."""
        place = self.folder / DEPLOYMENTS
        names = place.iterdir() if place.is_dir() else ()
        return sorted((each for each in names if _NAME.fullmatch(each.name)), key=_order)


@dataclass(frozen=True, slots=True)
class Record:
    """The folder of one deployment."""

    folder: Path

    @property
    def name(self) -> str:
        """What it is called."""
        return self.folder.name

    @property
    def backups(self) -> Path:
        """Where configurations are that are about to change."""
        return self.folder / BACKUPS

    def save(self, name: str, data: Mapping[str, Any]) -> None:
        """Write a file of the deployment."""
        text = json.dumps(data, indent=2, ensure_ascii=False)
        save_private(self.folder, {name: f"{text}\n"})

    def journal(self) -> Journal:
        """A journal that begins."""
        return Journal(self.folder / NAME)

    def drop_empty(self) -> None:
        """Remove it where nothing is in it."""
        with suppress(OSError):
            self.folder.rmdir()


def user_name() -> str:
    """Who runs this process, as far as that is known."""
    for variable in ("SUDO_USER", "LOGNAME", "USER"):
        found = os.environ.get(variable, "")
        if found.isprintable() and found:
            return found
    return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def _order(folder: Path) -> tuple[str, int]:
    time, _, number = folder.name.rpartition("-")
    return time, int(number)
