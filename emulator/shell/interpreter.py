"""What may take the place of the exec in a session."""

from typing import Protocol


class Interpreter(Protocol):
    """What takes the lines of a session in the place of the exec, such as the Tcl shell."""

    @property
    def prompt(self) -> str:
        """The prompt of the next line."""
        ...

    @property
    def in_text(self) -> bool:
        """Whether the next line goes on with a text that was begun."""
        ...

    async def line(self, line: str) -> None:
        """Take a line."""

    def interrupt(self) -> None:
        """Forget what was begun: the user pressed Ctrl-C."""
