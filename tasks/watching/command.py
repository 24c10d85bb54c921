"""A command of the user's that is run for what happens."""

from __future__ import annotations

import json
import os
import shlex
import signal
import subprocess
from collections.abc import Collection
from contextlib import suppress
from shutil import which
from threading import Event
from typing import Final

from ...errors import UsageError
from .notices import Notice
from .outbox import DeliveryError

TIMEOUT_S: Final = 30.0
SECRET_VARIABLES: Final = frozenset(
    # the URL of a journal, or of any PostgreSQL, may have a password in it
    ("GETVPN_PASSWORD", "GETVPN_SECRET", "GETVPN_JOURNAL", "PGPASSWORD", "VAULT_TOKEN")
)


class Command:
    """Runs a command, without a shell, for each notice.

    It reads the notice as JSON on stdin, and has its values in variables such as `GETVPN_NAME`.
    Nothing a device said is ever part of its arguments. The variables that `hidden` names, and
    those with passwords, are not passed on. Raises UsageError for a line that is no command.
    """

    name = "command"

    def __init__(
        self, line: str, *, hidden: Collection[str] = (), timeout_s: float = TIMEOUT_S
    ) -> None:
        try:
            self._words = shlex.split(line)
        except ValueError as error:
            raise UsageError(f"--on-change: this is no command: {error}") from None
        if not self._words:
            raise UsageError("--on-change: the command is empty")
        if which(self._words[0]) is None:
            raise UsageError(f"--on-change: there is no command '{self._words[0]}' that can be run")
        self._hidden = SECRET_VARIABLES.union(hidden)
        self._timeout_s = timeout_s
        self._closed = Event()
        self._running: subprocess.Popen[bytes] | None = None

    def send(self, item: Notice) -> None:
        """Run the command. Raises DeliveryError when it fails; it is not run again then."""
        if self._closed.is_set():
            raise DeliveryError("it is not run any more: the watch is at its end", final=True)
        data = item.data()
        kept = {name: value for name, value in os.environ.items() if name not in self._hidden}
        told = {f"GETVPN_{key.upper()}": str(value) for key, value in data.items()}
        try:
            process = subprocess.Popen(  # noqa: S603 - the user names it
                self._words,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=kept | told,
                # Ctrl-C is for the watch, and the end of a slow one for all that it started
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) and error.strerror else "no command"
            raise DeliveryError(f"it cannot be run: {why}", final=True) from None
        self._running = process
        if self._closed.is_set():
            # there was nothing to end yet when the watch came to its end
            _end(process)
        with process:
            try:
                process.communicate(json.dumps(data).encode(), timeout=self._timeout_s)
            except subprocess.TimeoutExpired:
                _end(process)
                raise DeliveryError(f"it took over {self._timeout_s:g} s", final=True) from None
        self._running = None
        if process.returncode:
            raise DeliveryError(f"it ended with {process.returncode}", final=True)

    def close(self) -> None:
        """End a command that still runs: nobody would end it later."""
        self._closed.set()
        process = self._running
        if process is not None and process.poll() is None:
            _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    with suppress(OSError):
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
