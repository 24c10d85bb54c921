"""Wires without a network: a device that follows a script, and a router in memory."""

from collections.abc import Callable, Generator, Mapping
from typing import Any

from getvpn.emulator.device import Router
from getvpn.emulator.testing import Console
from getvpn.errors import TransportError
from getvpn.tasks.ssh.device import Timeouts
from getvpn.tasks.ssh.session import Session

Dialogue = Callable[[], Generator[str, str, str]]
Script = Mapping[str, str | bytes | Dialogue | None]
QUICK = Timeouts(connect_s=5, login_s=5, command_s=5)
ENDS = object()


class ScriptedWire:
    """A device that echoes what is typed and answers as its `script` says; None ends the wire.

    Text without a prompt behind it never gets one. `greeting` is there after the login, `cut` the
    number of bytes in which things arrive (0: as they come). `typed` is every line that came.
    """

    def __init__(
        self,
        script: Script | None = None,
        *,
        prompt: str = "R1#",
        greeting: str | None = None,
        cut: int = 0,
        silent: tuple[str, ...] = (),
    ) -> None:
        self.script = {"terminal length 0": "", "terminal width 511": "", **(script or {})}
        self.prompt = prompt
        self.silent = silent
        self.cut = cut
        self.typed: list[str] = []
        self.closed = False
        self.ended = False
        self._talk: Generator[str, str, str] | None = None
        self._out = bytearray((f"\r\n{prompt}" if greeting is None else greeting).encode())

    def write(self, data: bytes) -> None:
        if self.closed or self.ended:
            raise TransportError("the connection breaks")
        *lines, rest = data.decode().split("\n")
        for line in lines:
            self.typed.append(line)
            self._take(line)
        if rest:
            self.typed.append(rest)
            self._interrupted(rest)

    def read(self, timeout_s: float) -> bytes:
        assert timeout_s > 0
        if not self._out:
            if self.ended:
                raise TransportError("ends the connection")
            raise TimeoutError
        size = self.cut or len(self._out)
        data = bytes(self._out[:size])
        del self._out[:size]
        return data

    def pending(self) -> bool:
        return bool(self._out)

    def settle(self, prompt: str) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        self.closed = True

    def says(self, text: str | bytes) -> None:
        """Let something arrive that nobody asked for."""
        raw = text if isinstance(text, bytes) else text.replace("\n", "\r\n").encode()
        self._out += raw

    def _take(self, line: str) -> None:
        if self._talk is not None:
            self._go_on(line)
            return
        self.says(f"{line}\n")
        answer: Any = self.script.get(line, "% Invalid input detected at '^' marker.\n\n")
        if answer is None:
            self.ended = True
        elif callable(answer):
            self._talk = answer()
            self._go_on(None)
        else:
            self.says(answer)
            if line not in self.silent:
                self.says(self.prompt)

    def _go_on(self, line: str | None) -> None:
        assert self._talk is not None
        try:
            self.says(next(self._talk) if line is None else self._talk.send(line))
        except StopIteration as end:
            self._talk = None
            self.says((end.value or "") + self.prompt)

    def _interrupted(self, typed: str) -> None:
        if typed == "\x03":
            self._talk = None
            self.says(f"\n{self.prompt}")


class RouterWire:
    """A terminal of a router in memory, whose user is logged in."""

    def __init__(self, router: Router, *, privilege: int = 15) -> None:
        self.console = Console(router, privilege=privilege)
        self._out = bytearray(self.console.type(b"\r").encode("latin-1"))

    def write(self, data: bytes) -> None:
        for piece in data.splitlines(keepends=True):
            self._out += self.console.type(piece.replace(b"\n", b"\r")).encode("latin-1")

    def read(self, timeout_s: float) -> bytes:
        if not self._out:
            raise TimeoutError
        data, self._out = bytes(self._out), bytearray()
        return data

    def pending(self) -> bool:
        return bool(self._out)

    def settle(self, prompt: str) -> None:
        """Nothing depends on it."""

    def close(self) -> None:
        """Nothing holds on to it."""


def session_on(
    wire: ScriptedWire | RouterWire, *, secret: str | None = None, name: str = "R1"
) -> Session:
    """A session on a wire, begun."""
    return Session(name, lambda: wire, timeouts=QUICK, secret=secret).open()
