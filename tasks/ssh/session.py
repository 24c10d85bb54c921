"""A session on a router: commands in, answers out, over whatever carries the bytes.

The prompt is learned once, from the answer to the first command; after that an answer ends where
the exact prompt stands at the end of what came, so nothing is waited for but the device.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Container, Iterable, Iterator, Sequence
from time import monotonic, sleep
from typing import Final

from ...errors import (
    DeviceError,
    LoginError,
    OverdueError,
    RefusedError,
    TransportError,
)
from ...parsers.config.redact import redact
from .answers import (
    CONFIG_PROMPT,
    MAX_WORDS,
    PASSWORD,
    Refusal,
    behind_echo,
    complaint,
    consent,
    refusal,
    text_of,
)
from .device import Answer, Timeouts
from .entries import entries
from .modes import Modes
from .target import Wire
from .terminal import TAIL, Deadline, Terminal, check

WIDTH: Final = 511
_FIRST_MODE: Final = "(config)#"
_MOST_QUESTIONS: Final = 5
_AGAIN_S: Final = 2.0
"""Seconds between attempts to reach a device that restarts."""

log = logging.getLogger(__name__)
Connect = Callable[[], Wire]


class Session(Terminal):
    """A `Device`. `connect` gives the wire, logged in; a restart of the device needs another.

    `secret` is that of `enable`, which is asked for when the login ends at the prompt `>`.
    """

    __slots__ = ("_connect", "_mode", "_secret")

    def __init__(
        self, name: str, connect: Connect, *, timeouts: Timeouts, secret: str | None = None
    ) -> None:
        super().__init__(name, timeouts)
        self._connect = connect
        self._secret = secret
        self._mode = _FIRST_MODE

    # ---- beginning and end ----

    def open(self) -> Session:
        """Log in, and prepare the terminal. Raises the kinds of `DeviceError`."""
        times = self.timeouts
        whole = Deadline(times.login_s, monotonic() + times.connect_s + times.login_s)
        try:
            self._wire = self._connect()
        except DeviceError as error:
            raise self._named(error) from None
        try:
            login = Deadline.after(times.login_s)
            self._begin(login if login.at < whole.at else whole)
        except BaseException:
            self.close()
            raise
        return self

    def _begin(self, deadline: Deadline) -> None:
        """Learn the prompt while the pager is switched off; become privileged if need be."""
        self._until(self._asks_for_commands, deadline, "to the login")
        command = f"terminal width {WIDTH}"
        self._buffer.clear()
        self._write(f"terminal length 0\n{command}\n")
        self._until(
            lambda: self._asks_for_commands() and self._echoed(command),
            deadline,
            "to",
            command,
        )
        self._learn()
        if self.prompt.rstrip().endswith(">") and self._secret is not None:
            self._enable(deadline)

    def _enable(self, deadline: Deadline) -> None:
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
            *(self.name, _Shown(command), monotonic() - began, len(text)),
        )
        found = refusal(text, self.prompt)
        if found is not None:
            raise self._refused(command, found)
        return text

    def configure(
        self,
        lines: Iterable[str],
        *,
        agree: Container[str] = (),
        revert_min: int | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """Enter lines in configuration mode; see `Device`."""
        given = list(entries(lines))
        for entry in given:
            check(entry.partition("\n")[0])
        said = [self._begin_configuring(self._deadline(timeout_s), revert_min)]
        modes = Modes(given, _FIRST_MODE)
        try:
            for entry in given:
                deadline = self._deadline(timeout_s)
                for _ in range(modes.to_leave(entry)):
                    self._enter("exit", deadline)
                    modes.left(self._mode)
                line = entry.lstrip(" ")
                if line == "end":
                    break
                said.append(self._enter(line, deadline, agreed=line in agree))
                modes.entered(entry, self._mode)
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

    def converse(
        self, command: str, answers: Sequence[Answer] = (), *, timeout_s: float | None = None
    ) -> str:
        """As `dialogue`, but a refusal is an answer: what a device says is not judged."""
        return self._converse(command, list(answers), self._deadline(timeout_s))

    def _configuring_dialogue(self, command: str, answers: list[Answer], deadline: Deadline) -> str:
        self._begin_configuring(deadline)
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

    def _ask(self, command: str, deadline: Deadline) -> str:
        """Send a command and give what stands between its echo and the prompt."""
        self._send_line(command)
        self._until(self._at_prompt, deadline, "to", command)
        return self._taken(command, len(self._prompt))

    def _begin_configuring(self, deadline: Deadline, revert_min: int | None = None) -> str:
        """Go into configuration mode, on trial with `revert_min`."""
        command = "configure terminal"
        if revert_min is not None:
            command += f" revert timer {revert_min}"
        self._send_line(command)
        self._until(self._configures_or_asks, deadline, "to", command)
        if not self._configures() and not self._at_prompt():
            self._interrupt(command, deadline)
        prompt = bytes(self._buffer).rpartition(b"\n")[2]
        inside = self._configures()
        text = self._taken(command, len(prompt))
        found = complaint(text, self.prompt)
        if found is None and not inside:
            words = next((line.strip() for line in text.split("\n") if line.strip()), "nothing")
            found = Refusal(words=words[:MAX_WORDS])
        if found is not None:
            if inside:
                self._leave(deadline)
            raise self._refused(command, found)
        self._mode = _FIRST_MODE
        return text

    def _enter(self, entry: str, deadline: Deadline, *, agreed: bool = False) -> str:
        """Enter a line, or the lines of a banner, in configuration mode."""
        first, *more = entry.split("\n")
        self._send_line(first, quoted=True)
        for line in more:
            self._write(f"{line}\n")
        self._until(self._configures_or_asks, deadline, "to", first)
        asked = "".join(self._agree(first, deadline)) if agreed else ""
        if not self._configures() and not self._at_prompt():
            self._interrupt(first, deadline)
        prompt = bytes(self._buffer).rpartition(b"\n")[2]
        mode = CONFIG_PROMPT.search(prompt)
        if asked:
            text = text_of(self._buffer[: len(self._buffer) - len(prompt)])
        else:
            text = self._taken(first, len(prompt))
        if mode is None:
            raise DeviceError(
                f"is not in configuration mode any more after {redact(first)!r}", device=self.name
            )
        self._mode = mode[1].decode("ascii", "replace")
        found = complaint(text, prompt.decode("utf-8", "replace"))
        if found is not None:
            raise self._refused(first, found)
        return asked + text

    def _agree(self, line: str, deadline: Deadline) -> Iterator[str]:
        """Say yes to what the device asks; gives what it asked."""
        for _ in range(_MOST_QUESTIONS):
            if self._configures() or not self._asks():
                return
            reply = consent(self._question())
            yield text_of(self._buffer)
            self._buffer.clear()
            self._write(f"{reply}\n")
            self._until(self._configures_or_asks, deadline, "to", line, echo=False)

    def _leave(self, deadline: Deadline) -> None:
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
        deadline: Deadline,
        is_over: Callable[[], bool] | None = None,
    ) -> str:
        """Have a dialogue until `is_over`; the answers that were not used stay in `left`."""
        over = is_over or self._at_prompt
        said: list[str] = []
        self._send_line(command)
        while True:
            self._until(lambda: over() or self._asks(), deadline, "to", command, echo=not said)
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


class _Shown(str):
    """A command for the log, without its secrets; they are looked for only if it is written."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str.__repr__(redact(self))
