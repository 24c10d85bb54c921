"""The exceptions of getvpn, and the exit code that the command gives for each.

::

    GetvpnError            2
    ├── UsageError         2   the call itself is wrong
    ├── InputError         2   a file or text that was given cannot be used
    │   └── ParseError     2   device text that no parser accepts
    ├── CheckError         1   a check before, during or after a change does not pass
    └── DeviceError        3   a device cannot be reached, or answers otherwise than it should
        ├── HostKeyError       its host key is unknown, or another than before
        ├── LoginError         it turns the user or a password down
        ├── TransportError     the connection does not come about, or breaks
        ├── OverdueError       it does not answer in time
        └── RefusedError       it refuses a command

`str(error)` is one printable line that says where, what is wrong and what to do.
Every exception here survives pickling, so that it can cross a process boundary.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar


class GetvpnError(Exception):
    """Base of every error that getvpn raises on purpose.

    `message` says what is wrong, `hint` what the user can do about it.
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    @property
    def location(self) -> str:
        """Where it is wrong, as a prefix that the user can click on; empty when unknown."""
        return ""

    @property
    def advice(self) -> tuple[str, ...]:
        """The clauses that follow the message."""
        return (self.hint,) if self.hint else ()

    def __str__(self) -> str:
        text = "; ".join((self.message, *self.advice))
        return printable(f"{self.location}: {text}" if self.location else text)


class UsageError(GetvpnError):
    """The command or function was called in a way that has no meaning."""


class InputError(GetvpnError):
    """A file or text that was given cannot be used.

    `source` names the file (or where the text came from); `lineno` and `column` count from 1.
    `others` are further mistakes in it that were found in the same go.
    """

    def __init__(
        self,
        message: str,
        *,
        source: str | None = None,
        lineno: int | None = None,
        column: int | None = None,
        hint: str | None = None,
        others: Sequence["InputError"] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.others = tuple(others)
        self.source = source
        self.lineno = lineno
        self.column = column

    @property
    def location(self) -> str:
        """`source:lineno:column`, as far as they are known."""
        if self.lineno is None:
            return self.source or ""
        place = f"{self.source}:{self.lineno}" if self.source else f"line {self.lineno}"
        return place if self.column is None else f"{place}:{self.column}"


class ParseError(InputError):
    """Device text is not what it should be: another command, an error, cut short or garbled.

    `command` is the command whose output was looked for, `line` the first line that could not
    be placed (number `lineno`), `expected` what should have stood there.
    """

    def __init__(
        self,
        message: str,
        *,
        command: str | None = None,
        source: str | None = None,
        lineno: int | None = None,
        line: str | None = None,
        expected: str | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, source=source, lineno=lineno, hint=hint)
        self.command = command
        self.line = line
        self.expected = expected

    @property
    def advice(self) -> tuple[str, ...]:
        """What was expected, then the hint."""
        return ((f"expected {self.expected}",) if self.expected else ()) + super().advice


class CheckError(GetvpnError):
    """A check before, during or after a change does not pass.

    `device` is where, if it is at one.
    """

    exit_code = 1

    def __init__(self, message: str, *, device: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.device = device

    @property
    def location(self) -> str:
        """The device's name."""
        return self.device or ""


class DeviceError(GetvpnError):
    """A device cannot be reached, or answers otherwise than it should.

    `device` is its name in the inventory.
    """

    exit_code = 3
    kind: ClassVar[str] = "device"
    """The word for this kind of failure in reports."""

    def __init__(self, message: str, *, device: str | None = None, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.device = device

    @property
    def location(self) -> str:
        """The device's name."""
        return self.device or ""


class HostKeyError(DeviceError):
    """The host key of a device is unknown, revoked, or another than before."""

    kind = "host-key"


class LoginError(DeviceError):
    """A device turns the user, the password or the secret of `enable` down.

    It is never tried again: accounts are locked after some wrong passwords.
    """

    kind = "login"


class TransportError(DeviceError):
    """The connection to a device does not come about, or breaks. Another attempt may go well.

    `begun` says whether the session had begun, so that commands may have been sent.
    """

    kind = "transport"
    begun = False


class OverdueError(DeviceError):
    """A device does not answer in time."""

    kind = "timeout"


class RefusedError(DeviceError):
    """A device refuses `command`, a line that was sent; `words` are what it says.

    `column` counts from 0 and says where in the command the mark `^` stands; None without one.
    """

    kind = "refused"

    def __init__(
        self,
        message: str,
        *,
        device: str | None = None,
        hint: str | None = None,
        command: str = "",
        words: str = "",
        column: int | None = None,
    ) -> None:
        super().__init__(message, device=device, hint=hint)
        self.command = command
        self.words = words
        self.column = column


def get_extra(extra: str) -> str:
    """The command that adds an extra of getvpn to the environment that this runs in.

    In one that pipx made (its file says so) that is the pip in it: `pipx inject` leaves a package
    that is there already as it is (pipx 1.7).
    """
    place = Path(sys.prefix)
    pipx = (place / "pipx_metadata.json").exists()
    return f"{f'pipx runpip {place.name}' if pipx else 'pip'} install 'getvpn[{extra}]'"


def printable(text: str) -> str:
    """Escape line ends and control characters, so that device text cannot steer a terminal."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else ascii(char)[1:-1] for char in text)


def counted(number: int, what: str) -> str:
    """A number of things, for people: `1 device`, `2 devices`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
