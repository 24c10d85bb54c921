"""One deployment of an intent at a time."""

from __future__ import annotations

import json
import os
import socket
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType

from ...errors import UsageError
from ..saving import PRIVATE
from .store import user_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Who deploys, in which process of which host, and since when."""

    user: str
    host: str
    process: int
    since: str

    def __str__(self) -> str:
        return f"{self.user} on {self.host}, process {self.process}, since {self.since}"


class DeploymentLock:
    """Holds the lock file while it is entered.

    The system lets go of it when the process ends, however that happens; what is left in the file
    then says who that was. In a folder that hosts share, a file that names another host is taken
    for a lock that holds: nobody here can tell whether that process lives.

    Entering raises UsageError with the owner when somebody else has it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file = -1

    def __enter__(self) -> DeploymentLock:
        file = os.open(self.path, os.O_RDWR | os.O_CREAT, PRIVATE)
        try:
            free = _locked(file)
            owner = _owner(file)
            if not free or (owner is not None and owner.host != socket.gethostname()):
                raise _taken(owner, self.path, lives=not free)
            os.ftruncate(file, 0)
            os.pwrite(file, _own().encode(), 0)
        except BaseException:
            os.close(file)
            raise
        self._file = file
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        file, self._file = self._file, -1
        os.ftruncate(file, 0)
        os.close(file)


def _locked(file: int) -> bool:
    """Whether this process has the lock now."""
    try:
        import fcntl
    except ImportError:
        raise UsageError("deployments need a Unix") from None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


def _owner(file: int) -> Owner | None:
    try:
        said = json.loads(os.pread(file, 4096, 0))
        return Owner(
            user=str(said["user"]),
            host=str(said["host"]),
            process=int(said["process"]),
            since=str(said["since"]),
        )
    except (ValueError, KeyError, TypeError):
        return None


def _own() -> str:
    since = datetime.now(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    return json.dumps(
        {
            "user": user_name(),
            "host": socket.gethostname(),
            "process": os.getpid(),
            "since": since,
        }
    )


def _taken(owner: Owner | None, path: Path, *, lives: bool) -> UsageError:
    who = "somebody" if owner is None else str(owner)
    hint = "wait until that has ended"
    if not lives:
        hint = f"if it is over, remove {path}"
    return UsageError(f"another deployment of this intent is on: {who}", hint=hint)
