"""The terminal of a router: what came, what stands at the end of it, what it means."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Final

from ...errors import DeviceError, OverdueError, RefusedError, TransportError, UsageError
from .answers import (
    CONFIG_PROMPT,
    PROMPT,
    QUESTION,
    TEXT_WANTED,
    Refusal,
    behind_echo,
    text_of,
)
from .device import Timeouts
from .target import Wire

MAX_COMMAND_CHARS: Final = 400
"""With a prompt before it a line must fit into the width of the terminal."""
MAX_ANSWER_BYTES: Final = 64_000_000
TAIL: Final = 400

log = logging.getLogger(__name__)


class Terminal:
    """A terminal on the device `name`; `_wire` is None unless somebody is logged in."""

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
