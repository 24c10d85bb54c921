"""A session on a router: commands in, answers out, over whatever carries the bytes.

The prompt is learned once, from the answer to the first command; after that an answer ends where
the exact prompt stands at the end of what came, so nothing is waited for but the device.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from time import monotonic, sleep
from typing import Final

from ...errors import (
    DeviceError,
    LoginError,
    OverdueError,
    RefusedError,
    TransportError,
    UsageError,
)
from .answers import (
    CONFIG_PROMPT,
    PASSWORD,
    PROMPT,
    QUESTION,
    Refusal,
    behind_echo,
    complaint,
    refusal,
    text_of,
)
from .device import Answer, Timeouts
from .entries import entries
from .target import Wire

MAX_COMMAND_CHARS: Final = 400
"""With a prompt before it a line must fit into the width of the terminal."""
MAX_ANSWER_BYTES: Final = 64_000_000
WIDTH: Final = 511
_TAIL: Final = 400
_INTERRUPT: Final = b"\x03"
_AGAIN_S: Final = 2.0
"""Seconds between attempts to reach a device that restarts."""

log = logging.getLogger(__name__)
Connect = Callable[[], Wire]


class Session:
    """A `Device`. `connect` gives the wire, logged in; a restart of the device needs another.

    `secret` is that of `enable`, which is asked for when the login ends at the prompt `>`.
    """

    __slots__ = ("_base", "_buffer", "_connect", "_prompt", "_secret", "_wire", "name", "timeouts")

    def __init__(
        self, name: str, connect: Connect, *, timeouts: Timeouts, secret: str | None = None
    ) -> None:
        self.name = name
        self.timeouts = timeouts
        self._connect = connect
        self._secret = secret
        self._buffer = bytearray()
        self._base = ""
        self._prompt = b""
        self._wire: Wire | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

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

    @property
    def wire(self) -> Wire:
        """What carries the bytes. Raises TransportError once the session has ended."""
        if self._wire is None:
            raise TransportError("the session has ended", device=self.name)
        return self._wire

    @property
    def prompt(self) -> str:
        """The prompt that the device prints now."""
        return self._prompt.decode("utf-8", "replace")

    def close(self) -> None:
        """End the session."""
        wire, self._wire = self._wire, None
        self._buffer.clear()
        if wire is not None:
            wire.close()

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

    def _learn(self) -> None:
        """Take the line at the end for the prompt from now on."""
        found = PROMPT.search(self._buffer[-_TAIL:])
        self._prompt = bytes(found[1]) if found else b""
        self._base = re.sub(r"(?:\([^)]*\))?[#>] ?$", "", self.prompt)
        self._buffer.clear()

    def _asks_for_commands(self) -> bool:
        return PROMPT.search(self._buffer[-_TAIL:]) is not None

    def _enable(self, deadline: float) -> None:
        self._write("enable\n")
        self._until(self._asks_anything, deadline, "to 'enable'")
        if PASSWORD.search(self._buffer[-_TAIL:]):
            self._buffer.clear()
            self._write(f"{self._secret}\n", hidden=True)
            self._until(self._asks_anything, deadline, "to the secret of 'enable'")
        privileged = bytes(self._buffer[-_TAIL:]).rstrip().endswith(b"#")
        if not privileged:
            raise LoginError(
                "the secret of 'enable' is turned down",
                device=self.name,
                hint="it is not tried again",
            )
        self._learn()

    def _asks_anything(self) -> bool:
        return self._asks_for_commands() or PASSWORD.search(self._buffer[-_TAIL:]) is not None

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
        self, command: str, answers: Sequence[Answer], *, timeout_s: float | None = None
    ) -> str:
        """The answer to an exec command that asks questions; see `Device`."""
        deadline = self._deadline(timeout_s)
        text = self._converse(command, list(answers), deadline)
        found = refusal(text, self.prompt)
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

    def _converse(self, command: str, left: list[Answer], deadline: float) -> str:
        """Have a dialogue; the answers that were not used stay in `left`."""
        said: list[str] = []
        self._send_line(command)
        while True:
            self._until(lambda: self._at_prompt() or self._asks(), deadline, f"to {command!r}")
            if self._at_prompt():
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
        size = len(self._buffer) - len(self._prompt)
        said.append(text_of(self._buffer[:size]))
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

    # ---- bytes ----

    def _at_prompt(self) -> bool:
        at = len(self._buffer) - len(self._prompt)
        return at > 0 and self._buffer[at - 1] in b"\r\n" and self._buffer.endswith(self._prompt)

    def _echoed(self, command: str) -> bool:
        """Whether the echo of `command` has come with the end of its line."""
        at = self._buffer.rfind(command.encode("utf-8"))
        return at >= 0 and self._buffer.find(b"\n", at) >= 0

    def _configures(self) -> bool:
        return CONFIG_PROMPT.search(self._buffer[-_TAIL:]) is not None

    def _asks(self) -> bool:
        return QUESTION.search(self._buffer[-_TAIL:]) is not None

    def _configures_or_asks(self) -> bool:
        return self._configures() or self._at_prompt() or self._asks()

    def _question(self) -> str:
        found = QUESTION.search(self._buffer[-_TAIL:])
        return text_of(found[1]).strip() if found else ""

    def _deadline(self, timeout_s: float | None) -> float:
        return monotonic() + (self.timeouts.command_s if timeout_s is None else timeout_s)

    def _send_line(self, line: str) -> None:
        if not line.strip() or not line.isprintable() or len(line) > MAX_COMMAND_CHARS:
            raise UsageError(f"{line[:80]!r} is no command of one line")
        self._buffer.clear()
        self._write(f"{line}\n")

    def _write(self, text: str, *, hidden: bool = False) -> None:
        if hidden:
            log.debug("device=%s reply=hidden", self.name)
        try:
            self.wire.write(text.encode("utf-8"))
        except DeviceError as error:
            raise self._named(error) from None

    def _until(self, found: Callable[[], bool], deadline: float, what: str) -> None:
        """Read until `found()`. Ends the session when that does not come about."""
        for data in self._arriving(deadline, what):
            self._buffer += data
            if found() and not self.wire.pending():
                return
            if len(self._buffer) > MAX_ANSWER_BYTES:
                self.close()
                raise DeviceError(
                    f"more than {MAX_ANSWER_BYTES} bytes in answer {what}", device=self.name
                )

    def _arriving(self, deadline: float, what: str) -> Iterator[bytes]:
        began = monotonic()
        while True:
            try:
                yield self.wire.read(max(deadline - monotonic(), 0.001))
            except TimeoutError:
                waited = round(deadline - began, 1)
                self.close()
                raise OverdueError(
                    f"no answer {what} within {waited:g} s", device=self.name
                ) from None
            except DeviceError as error:
                self.close()
                raise self._named(error) from None

    def _named(self, error: DeviceError) -> DeviceError:
        error.device = self.name
        if isinstance(error, TransportError):
            error.begun = bool(self._prompt)
        return error

    def _taken(self, command: str, prompt_size: int) -> str:
        """What came, without echo and prompt; the buffer is empty afterwards."""
        text = text_of(self._buffer[: len(self._buffer) - prompt_size])
        self._buffer.clear()
        answer = behind_echo(text, command)
        if answer is None:
            self.close()
            raise TransportError(
                f"what comes after {command!r} is no answer to it", device=self.name
            )
        return answer

    def _refused(self, command: str, found: Refusal) -> RefusedError:
        at = "" if found.column is None else f" at '{_word_at(command, found.column)}'"
        return RefusedError(
            f"refuses '{command}'{at}: {found.words}",
            device=self.name,
            command=command,
            words=found.words,
            column=found.column,
        )


def _word_at(command: str, column: int) -> str:
    """The word of `command` in which the mark stands; the last one when it stands behind."""
    begun = command[: column + 1].rstrip()
    first = begun.rfind(" ") + 1
    return (command[first:].split() or [""])[0][:40]
