"""What a command can do with whoever gave it: print, ask, wait.

A session on a terminal answers as the user types; a configuration text that is being loaded
answers from its own lines and says yes to questions.
"""

from collections.abc import Coroutine, Iterable, Iterator
from typing import Any, Protocol

from ..terminal.line import LINE_LIMIT


class Dialogue(Protocol):
    """The other end of a command."""

    @property
    def user(self) -> str:
        """Who gave the command; empty when nobody did (the startup configuration)."""
        ...

    @property
    def origin(self) -> str:
        """How a syslog line names the place: `console`, or `vty0 (192.0.2.1)`."""
        ...

    def write(self, text: str) -> None:
        """Print `text`; lines end in a line feed."""

    async def ask(self, prompt: str, *, echo: bool = True) -> str:
        """Print `prompt` and read a line."""
        ...

    async def confirm(self, prompt: str) -> bool:
        """Print `prompt` (it ends in `[confirm]`) and read a key: Enter and `y` mean yes."""
        ...

    async def read_text_line(self, prompt: str = "") -> str:
        """Print `prompt` and read a line of pasted text."""
        ...

    async def read_until(self, delimiter: str) -> str:
        """Read text up to `delimiter`; what follows on its line is lost."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let time pass on the router's clock."""

    async def turn(self) -> None:
        """Let other sessions have their turn, in the middle of long work."""


class Script:
    """The dialogue of a text: questions are answered yes, pasted text comes from the next lines."""

    def __init__(self, lines: Iterable[str], *, user: str = "", origin: str = "console") -> None:
        self.user = user
        self.origin = origin
        self.output: list[str] = []
        self.lineno = 0
        self._lines = iter(lines)

    def next_line(self) -> str | None:
        """The next line of the text; None at its end."""
        line = next(self._lines, None)
        if line is not None:
            self.lineno += 1
        return line

    def write(self, text: str) -> None:
        """Keep `text` in `output`."""
        self.output.append(text)

    async def ask(self, prompt: str, *, echo: bool = True) -> str:
        """Take the default, which is yes where a word is needed."""
        return "yes" if "yes/no" in prompt else ""

    async def confirm(self, prompt: str) -> bool:
        """Say yes."""
        return True

    async def read_text_line(self, prompt: str = "") -> str:
        """The next line of the text; empty at its end."""
        return self.next_line() or ""

    async def read_until(self, delimiter: str) -> str:
        """The text up to the delimiter, or to its end."""
        found: list[str] = []
        while (line := self.next_line()) is not None:
            before, met, _ = line.partition(delimiter)
            found.append(before)
            if met:
                break
        return "\n".join(found)

    async def sleep(self, seconds: float) -> None:
        """Do not wait: a text is loaded at once."""

    async def turn(self) -> None:
        """Go on at once."""


def finish(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine that waits for nobody: its dialogue is a `Script`."""
    try:
        work.send(None)
    except StopIteration:
        return
    work.close()
    raise RuntimeError("a script had to wait")


def unindented(text: str) -> Iterator[str]:
    """The lines of a text without their line ends, and as long as a typed line may be."""
    return (line[:LINE_LIMIT].rstrip("\r") for line in text.split("\n"))
