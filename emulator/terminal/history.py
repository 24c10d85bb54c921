"""The commands that a line can call back."""

from typing import Final

DEFAULT_SIZE: Final = 20
MAX_SIZE: Final = 256


class History:
    """The last commands of one command line, the oldest first.

    `size` is how many are kept (Cisco command reference, `terminal history size`: 0 to 256, of old
    10 and now 20); 0 keeps none.
    """

    __slots__ = ("_lines", "_size")

    def __init__(self, size: int = DEFAULT_SIZE) -> None:
        self._lines: list[str] = []
        self._size = size

    @property
    def size(self) -> int:
        """How many commands are kept."""
        return self._size

    @size.setter
    def size(self, size: int) -> None:
        self._size = size
        del self._lines[: max(0, len(self._lines) - size)]

    @property
    def lines(self) -> tuple[str, ...]:
        """The commands, the oldest first."""
        return tuple(self._lines)

    def __len__(self) -> int:
        return len(self._lines)

    def add(self, line: str) -> None:
        """Keep a command; an empty one is not worth it."""
        if line and not line.isspace() and self._size > 0:
            self._lines.append(line)
            if len(self._lines) > self._size:
                del self._lines[0]

    def conceal(self, line: str, shown: str) -> None:
        """Keep `shown` in the place of `line`, if that is the last command."""
        if self._lines and self._lines[-1] == line:
            self._lines[-1] = shown

    def back(self, steps: int) -> str:
        """The command that was entered `steps` ago; 1 is the last. The caller looks at `len`."""
        return self._lines[-steps]
