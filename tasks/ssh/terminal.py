"""The terminal of a router: what came, what stands at the end of it, what it means."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Final

from ...errors import DeviceError, OverdueError, RefusedError, TransportError, UsageError
from ...parsers.config.redact import REMOVED, redact
from .answers import (
    CONFIG_PROMPT,
    PROMPT,
    QUESTION,
    TEXT_WANTED,
    Refusal,
    behind_echo,
    behind_prompt,
    is_beside,
    size_of_log,
    text_of,
)
from .device import Timeouts
from .target import Wire

MAX_COMMAND_CHARS: Final = 400
"""With a prompt before it a line must fit into the width of the terminal."""
MAX_ANSWER_BYTES: Final = 64_000_000
TAIL: Final = 400
_LOG_TAIL: Final = 4000
_INTERRUPT: Final = "\x03"
_QUOTED: Final = "\x16?"
"""A question mark that is text, not a call for help."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Deadline:
    """When a time of so many `seconds` is over: `at`, by `time.monotonic`."""

    seconds: float
    at: float

    @classmethod
    def after(cls, seconds: float) -> Deadline:
        """The end of a time that begins now."""
        return cls(seconds, monotonic() + seconds)

    @property
    def left_s(self) -> float:
        """What is left of it; never nothing, so that what has come already is still read."""
        return max(self.at - monotonic(), 0.001)


class Terminal:
    """A terminal on the device `name`; `_wire` is None unless somebody is logged in.

    No secret of a command gets into the errors.
    """

    __slots__ = ("_base", "_buffer", "_prompt", "_wire", "name", "timeouts")

    def __init__(self, name: str, timeouts: Timeouts) -> None:
        self.name = name
        self.timeouts = timeouts
        self._buffer = bytearray()
        self._base = ""
        self._prompt = b""
        self._wire: Wire | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.name}>"

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

    def _learn(self) -> None:
        """Take the line at the end for the prompt from now on."""
        found = PROMPT.search(self._buffer[-TAIL:])
        self._prompt = bytes(found[1]) if found else b""
        self._base = re.sub(r"(?:\([^)]*\))?[#>] ?$", "", self.prompt)
        self.wire.settle(self.prompt)
        self._buffer.clear()

    def _asks_for_commands(self) -> bool:
        return PROMPT.search(self._buffer[-TAIL:]) is not None

    def _at_prompt(self) -> bool:
        at = len(self._buffer) - len(self._prompt)
        return at > 0 and self._buffer[at - 1] in b"\r\n" and self._buffer.endswith(self._prompt)

    def _echoed(self, command: str) -> bool:
        """Whether the echo of `command` has come with the end of its line."""
        at = self._buffer.rfind(command.encode("utf-8"))
        return at >= 0 and self._buffer.find(b"\n", at) >= 0

    def _configures(self) -> bool:
        return CONFIG_PROMPT.search(self._buffer[-TAIL:]) is not None

    def _asks(self) -> bool:
        return self._asked() is not None

    def _asked(self) -> re.Match[bytes] | None:
        tail = self._buffer[-TAIL:]
        return QUESTION.search(tail) or TEXT_WANTED.search(tail)

    def _configures_or_asks(self) -> bool:
        return self._configures() or self._at_prompt() or self._asks()

    def _question(self) -> str:
        found = self._asked()
        return text_of(found[1]).strip() if found else ""

    def _deadline(self, timeout_s: float | None) -> Deadline:
        return Deadline.after(self.timeouts.command_s if timeout_s is None else timeout_s)

    def _send_line(self, line: str, *, quoted: bool = False) -> None:
        """Type a line; with `quoted` question marks in it are text."""
        check(line)
        self.drain()
        self._write(f"{line.replace('?', _QUOTED) if quoted else line}\n")

    def drain(self) -> None:
        """Drop what has come and nobody waits for, such as messages of the log."""
        self._buffer.clear()
        try:
            while self.wire.pending():
                self.wire.read(self.timeouts.command_s)
        except DeviceError as error:
            raise self._named(error) from None

    def _write(self, text: str, *, hidden: bool = False) -> None:
        if hidden:
            log.debug("device=%s reply=hidden", self.name)
        try:
            self.wire.write(text.encode("utf-8"))
        except DeviceError as error:
            raise self._named(error) from None

    def _until(
        self,
        found: Callable[[], bool],
        deadline: Deadline,
        what: str,
        command: str | None = None,
        *,
        echo: bool = True,
    ) -> None:
        """Read until `found()`. Ends the session when that does not come about.

        `what` and `command` say in errors what was waited for; the echo of the latter comes first,
        unless `echo` is false.
        """
        for data in self._arriving(deadline, what, command):
            self._buffer += data
            if not self._holds(found) or self.wire.pending():
                pass
            elif not echo or command is None or not self._only_beside(command):
                return
            if len(self._buffer) > MAX_ANSWER_BYTES:
                self.close()
                raise DeviceError(
                    f"more than {MAX_ANSWER_BYTES} bytes in answer {_with(what, command)}",
                    device=self.name,
                )

    def _holds(self, found: Callable[[], bool]) -> bool:
        """Whether `found()`, also when messages of the log came behind what it looks for."""
        if found():
            return True
        size = size_of_log(self._buffer[-_LOG_TAIL:])
        if not size:
            return False
        behind = self._buffer[-size:]
        del self._buffer[-size:]
        if found():
            return True
        self._buffer += behind
        return False

    def _only_beside(self, command: str) -> bool:
        """Whether nothing but the log has come yet, and the prompt once more behind it."""
        if command.encode("utf-8") in self._buffer:
            return False
        *lines, last = text_of(self._buffer).split("\n")
        return is_beside(lines, last)

    def _arriving(self, deadline: Deadline, what: str, command: str | None) -> Iterator[bytes]:
        while True:
            try:
                yield self.wire.read(deadline.left_s)
            except TimeoutError:
                self.close()
                raise OverdueError(
                    f"no answer {_with(what, command)} within {deadline.seconds:g} s",
                    device=self.name,
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
        prompt = text_of(self._buffer[len(self._buffer) - prompt_size :])
        self._buffer.clear()
        answer = behind_echo(text, command, prompt)
        if answer is None:
            self.close()
            raise TransportError(
                f"what comes after {redact(command)!r} is no answer to it", device=self.name
            )
        return behind_prompt(answer, prompt)

    def _interrupt(self, command: str, deadline: Deadline) -> None:
        """Break off a question that nobody has an answer to. Raises RefusedError always."""
        question = self._question()
        self._buffer.clear()
        self._write(_INTERRUPT)
        self._until(self._asks_for_commands, deadline, "to the interruption of", command)
        self._buffer.clear()
        shown = redact(command)
        question = _concealed(question, command, shown)
        raise RefusedError(
            f"asks {question!r} after {shown!r}",
            device=self.name,
            command=shown,
            words=question,
        )

    def _refused(self, command: str, found: Refusal) -> RefusedError:
        shown = redact(command)
        plain = found.column is not None and shown == command
        at = f" at '{_word_at(command, found.column or 0)}'" if plain else ""
        words = _concealed(found.words, command, shown)
        return RefusedError(
            f"refuses '{shown}'{at}: {words}",
            device=self.name,
            command=shown,
            words=words,
            column=found.column,
        )


def check(line: str) -> None:
    """Raise UsageError for what is no line that can be typed."""
    if not line.strip() or not line.isprintable() or len(line) > MAX_COMMAND_CHARS:
        raise UsageError(f"{redact(line)[:80]!r} is no command of one line")


def _with(what: str, command: str | None) -> str:
    return what if command is None else f"{what} {redact(command)!r}"


def _word_at(command: str, column: int) -> str:
    """The word of `command` in which the mark stands; the last one when it stands behind."""
    begun = command[: column + 1].rstrip()
    first = begun.rfind(" ") + 1
    return (command[first:].split() or [""])[0][:40]


def _concealed(words: str, command: str, shown: str) -> str:
    """What a device says, without what was removed from `command` before it is shown."""
    if shown == command:
        return words
    for secret in set(command.split()) - set(shown.split()):
        words = words.replace(secret, REMOVED)
    return words
