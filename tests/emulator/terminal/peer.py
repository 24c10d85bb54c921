"""A peer at a terminal, and the screen in front of it."""

from collections.abc import Callable, Coroutine
from typing import Any

from getvpn.emulator.clock import ManualClock
from getvpn.emulator.terminal import Editing, History, Interrupted, Terminal

Session = Callable[[Terminal], Coroutine[Any, Any, None]]


class Screen:
    """The rows that a terminal of unlimited width shows, and where its cursor is."""

    def __init__(self) -> None:
        self.rows = [""]
        self.column = 0
        self.bells = 0

    def show(self, data: bytes) -> None:
        for character in data.decode("latin-1"):
            if character == "\n":
                self.rows.append("")
            elif character == "\r":
                self.column = 0
            elif character == "\b":
                assert self.column, "the cursor was moved out of the row"
                self.column -= 1
            elif character == "\a":
                self.bells += 1
            else:
                row = self.rows[-1].ljust(self.column)
                self.rows[-1] = row[: self.column] + character + row[self.column + 1 :]
                self.column += 1


class Peer:
    """Types at a terminal on which a session runs, and keeps what comes back."""

    def __init__(self, session: Session, **settings: Any) -> None:
        self.clock = ManualClock(1_000.0)
        self.writes: list[bytes] = []
        self.screen = Screen()
        self.done = 0
        self.terminal = Terminal(write=self._take, clock=self.clock)
        for name, value in settings.items():
            setattr(self.terminal, name, value)
        self.terminal.run(session(self.terminal), self._end)

    def _take(self, data: bytes) -> None:
        self.writes.append(data)
        self.screen.show(data)

    def _end(self) -> None:
        self.done += 1

    @property
    def output(self) -> bytes:
        """All that came since the last look."""
        output = b"".join(self.writes)
        self.writes.clear()
        return output

    def type(self, data: bytes) -> bytes:
        """Type, and look."""
        self.terminal.feed(data)
        return self.output


class Commands:
    """A session that reads command lines and keeps them."""

    def __init__(self, prompt: str = "R1#", **editing: Any) -> None:
        self.prompt = prompt
        self.lines: list[str] = []
        self.interrupts: list[tuple[str, str]] = []
        self.history = History()
        settings: dict[str, Any] = {
            "history": self.history,
            "help": lambda text: f"  <{text}>\n",
            "complete": lambda _: None,
        }
        self.editing = Editing(**(settings | editing))

    async def __call__(self, terminal: Terminal) -> None:
        while True:
            try:
                self.lines.append(await terminal.read_line(self.prompt, editing=self.editing))
            except Interrupted as interrupted:
                self.interrupts.append((interrupted.ctrl, interrupted.text))
