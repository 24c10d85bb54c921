"""What drives devices sees of one: a session, whatever carries it."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Protocol

CONNECT_S: Final = 10.0
LOGIN_S: Final = 30.0
COMMAND_S: Final = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Timeouts:
    """How long to wait, in seconds.

    `connect_s` is for the TCP connection, `login_s` for all from there to a prompt that takes
    commands, `command_s` for the whole answer to one command.
    """

    connect_s: float = CONNECT_S
    login_s: float = LOGIN_S
    command_s: float = COMMAND_S


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What to reply when a device asks.

    `question` is a part of what it asks, `reply` what to type, without the Enter: lines, where it
    wants a text. A `hidden` reply is a secret. Where Enter would be one too much, as after a `y`
    that is taken at once, `enter` is false.
    """

    question: str
    reply: str = field(default="", repr=False)
    hidden: bool = False
    enter: bool = True


class Device(Protocol):
    """One session on one device.

    Methods raise the kinds of `DeviceError`: `RefusedError` when the device turns something down,
    `OverdueError` when it does not answer in `timeout_s` seconds, by default those of the session,
    `TransportError` when the connection breaks. After the last two only `close` makes sense.
    """

    @property
    def name(self) -> str:
        """The name of the device in the inventory, else its address."""

    @property
    def prompt(self) -> str:
        """The prompt that it prints now: `KS1#`."""

    def send(self, command: str, *, timeout_s: float | None = None) -> str:
        """The answer to an exec command: lines that end in a line feed, without echo and prompt."""

    def configure(
        self,
        lines: Iterable[str],
        *,
        agree: Container[str] = (),
        revert_min: int | None = None,
        timeout_s: float | None = None,
    ) -> str:
        """Enter lines in configuration mode, one after the other, and leave it again.

        Lines that are indented as in `show running-config` are entered in the modes that they stand
        in there; if none is, the device tells by itself what belongs where. To what it asks after
        one of the lines `agree` (without indentation) the answer is yes.

        With `revert_min` it is a change on trial: the device takes it back after so many minutes,
        1 to 120, unless `configure confirm` is sent. It needs an archive for that.

        Returns what the device said to them. Stops at the first line that is refused, or at which
        the device asks something else, and raises RefusedError; the lines before it are in force.
        """

    def dialogue(
        self,
        command: str,
        answers: Sequence[Answer],
        *,
        configuring: bool = False,
        timeout_s: float | None = None,
    ) -> str:
        """The answer to a command that asks questions, with the questions in it.

        It is one of exec mode or, with `configuring`, of configuration mode. Answers are used in
        their order; those whose question does not come are passed over. A question without an
        answer is interrupted and raises RefusedError.
        """

    def reload(self, *, save: bool = False, within_s: float = 900.0) -> None:
        """Restart the device and log in again; OverdueError if it is not back in time.

        With `save` what is configured and not saved is saved before, without it is lost.
        """

    def close(self) -> None:
        """End the session; does nothing once it has ended."""
