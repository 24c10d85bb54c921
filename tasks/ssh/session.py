"""A session on a router: commands in, answers out, over whatever carries the bytes.

The prompt is learned once, from the answer to the first command; after that an answer ends where
the exact prompt stands at the end of what came, so nothing is waited for but the device.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from time import monotonic, sleep
from typing import Final

from ...errors import (
    DeviceError,
    LoginError,
    OverdueError,
    RefusedError,
    TransportError,
)
from .answers import (
    PASSWORD,
    behind_echo,
    complaint,
    refusal,
    text_of,
)
from .device import Answer, Timeouts
from .entries import entries
from .target import Wire
from .terminal import TAIL, Terminal

WIDTH: Final = 511
_INTERRUPT: Final = b"\x03"
_AGAIN_S: Final = 2.0
"""Seconds between attempts to reach a device that restarts."""

log = logging.getLogger(__name__)
Connect = Callable[[], Wire]


class Session(Terminal):
    """A `Device`. `connect` gives the wire, logged in; a restart of the device needs another.

    `secret` is that of `enable`, which is asked for when the login ends at the prompt `>`.
    """

    __slots__ = ("_connect", "_secret")

    def __init__(
        self, name: str, connect: Connect, *, timeouts: Timeouts, secret: str | None = None
    ) -> None:
        super().__init__(name, timeouts)
        self._connect = connect
        self._secret = secret

    # ---- beginning and end ----

    def open(self) -> Session:
        """Log in, and prepare the terminal. Raises the kinds of `DeviceError`."""
        deadline = monotonic() + self.timeouts.connect_s + self.timeouts.login_s
        try:
            self._wire = self._connect()
        except DeviceError as error:
            raise self._named(error) from None
        try:
            self._begin(min(deadline, monotonic() + self.timeouts.login_s))
        except BaseException:
            self.close()
            raise
        return self

    def _begin(self, deadline: float) -> None:
        """Learn the prompt while the pager is switched off; become privileged if need be."""
        self._until(self._asks_for_commands, deadline, "to the login")
        command = "terminal length 0"
        self._buffer.clear()
        self._write(f"{command}\n")
        self._until(
            lambda: self._asks_for_commands() and self._echoed(command),
            deadline,
            f"to '{command}'",
        )
        self._learn()
        if self.prompt.rstrip().endswith(">") and self._secret is not None:
            self._enable(deadline)
        self._ask(f"terminal width {WIDTH}", deadline)

    def _enable(self, deadline: float) -> None:
        self._write("enable\n")
        self._until(self._asks_anything, deadline, "to 'enable'")
        if PASSWORD.search(self._buffer[-TAIL:]):
            self._buffer.clear()
            self._write(f"{self._secret}\n", hidden=True)
            self._until(self._asks_anything, deadline, "to the secret of 'enable'")
        privileged = bytes(self._buffer[-TAIL:]).rstrip().endswith(b"#")
        if not privileged:
            raise LoginError(
                "the secret of 'enable' is turned down",
                device=self.name,
                hint="it is not tried again",
            )
        self._learn()

    def _asks_anything(self) -> bool:
        return self._asks_for_commands() or PASSWORD.search(self._buffer[-TAIL:]) is not None

    # ---- commands ----

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """The answer to an exec command; see `Device`."""
        began = monotonic()
        text = self._ask(command, self._deadline(timeout_s))
        log.debug(
            "device=%s command=%r seconds=%.3f chars=%d",
            *(self.name, command, monotonic() - began, len(text)),
        )
        found = refusal(text, self.prompt)
        if found is not None:
            raise self._refused(command, found)
        return text

    def configure(self, lines: Iterable[str], *, timeout_s: float | None = None) -> str:
        """Enter lines in configuration mode; see `Device`."""
        said = [self._enter("configure terminal", self._deadline(timeout_s))]
        try:
            said += (self._enter(entry, self._deadline(timeout_s)) for entry in entries(lines))
        except RefusedError:
            self._leave(self._deadline(timeout_s))
            raise
        self._leave(self._deadline(timeout_s))
        return "".join(said)

    def dialogue(
        self,
        command: str,
        answers: Sequence[Answer],
        *,
        configuring: bool = False,
        timeout_s: float | None = None,
    ) -> str:
        """The answer to a command that asks questions; see `Device`."""
        deadline = self._deadline(timeout_s)
        if configuring:
            return self._configuring_dialogue(command, list(answers), deadline)
        text = self._converse(command, list(answers), deadline)
        found = refusal(text, self.prompt)
        if found is not None:
            raise self._refused(command, found)
        return text

    def _configuring_dialogue(self, command: str, answers: list[Answer], deadline: float) -> str:
        self._enter("configure terminal", deadline)
        try:
            text = self._converse(command, answers, deadline, self._configures)
        except RefusedError:
            self._leave(deadline)
            raise
        self._leave(deadline)
        found = refusal(text, f"{self._base}(config)#")
        if found is not None:
            raise self._refused(command, found)
        return text

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """Restart the device and log in again; see `Device`."""
        began = monotonic()
        kept = Answer(question="save?", reply="yes" if save else "no")
        answers = [kept, Answer(question="reload")]
        try:
            self._converse("reload", answers, self._deadline(None))
        except (TransportError, OverdueError):
            if answers:
                raise
        else:
            raise DeviceError("does not restart", device=self.name)
        finally:
            self.close()
        while True:
            try:
                self.open()
            except (TransportError, OverdueError):
                if monotonic() - began + _AGAIN_S > within_s:
                    raise OverdueError(
                        f"is not back {within_s:g} s after 'reload'", device=self.name
                    ) from None
            else:
                return
            sleep(_AGAIN_S)

    def _ask(self, command: str, deadline: float) -> str:
        """Send a command and give what stands between its echo and the prompt."""
        self._send_line(command)
        self._until(self._at_prompt, deadline, f"to {command!r}")
        return self._taken(command, len(self._prompt))

    def _enter(self, entry: str, deadline: float) -> str:
        """Enter a line, or the lines of a banner, in configuration mode."""
        first, *more = entry.split("\n")
        self._send_line(first)
        for line in more:
            self._write(f"{line}\n")
        self._until(self._configures_or_asks, deadline, f"to {first!r}")
        prompt = bytes(self._buffer).rpartition(b"\n")[2]
        if not self._configures() and not self._at_prompt():
            self._interrupt(first, deadline)
        text = self._taken(first, len(prompt))
        found = complaint(text, prompt.decode("utf-8", "replace"))
        if found is not None:
            raise self._refused(first, found)
        return text

    def _leave(self, deadline: float) -> None:
        """Leave configuration mode; the name of the device may be another than before."""
        self._buffer.clear()
        self._write("end\n")
        self._until(
            lambda: self._asks_for_commands() and self._echoed("end") and not self._configures(),
            deadline,
            "to 'end'",
        )
        self._learn()

    def _converse(
        self,
        command: str,
        left: list[Answer],
        deadline: float,
        is_over: Callable[[], bool] | None = None,
    ) -> str:
        """Have a dialogue until `is_over`; the answers that were not used stay in `left`."""
        over = is_over or self._at_prompt
        said: list[str] = []
        self._send_line(command)
        while True:
            self._until(lambda: over() or self._asks(), deadline, f"to {command!r}")
            if over():
                break
            question = self._question()
            while left and left[0].question.lower() not in question.lower():
                left.pop(0)
            if not left:
                self._interrupt(command, deadline)
            answer = left.pop(0)
            said.append(text_of(self._buffer))
            self._buffer.clear()
            self._write(answer.reply + "\n" * answer.enter, hidden=answer.hidden)
        last = bytes(self._buffer).rpartition(b"\n")
        said.append(text_of(last[0] + last[1]))
        self._buffer.clear()
        text = "".join(said)
        return text if (rest := behind_echo(text, command)) is None else rest

    def _interrupt(self, command: str, deadline: float) -> None:
        """Break off a question that nobody has an answer to. Raises RefusedError always."""
        question = self._question()
        self._buffer.clear()
        self._write(_INTERRUPT.decode())
        self._until(self._asks_for_commands, deadline, f"to the interruption of {command!r}")
        self._buffer.clear()
        raise RefusedError(
            f"asks {question!r} after {command!r}",
            device=self.name,
            command=command,
            words=question,
        )
