"""What is sent so that the screen shows a line after its text or its cursor changed.

Only characters, blanks and backspaces are sent: a device does not know what terminal it has. So a
peer that takes the backspaces out still sees the text that it sent, as long as nothing is edited.
"""

from collections.abc import Callable
from typing import Final

BACK: Final = "\b"
HIDDEN: Final = "$"
SCROLL_STEP: Final = 10

# a control character that was quoted with Ctrl-V; TAB is pasted text and stays
_CARETS: Final = {code: f"^{chr(code ^ 64)}" for code in (*range(9), *range(10, 32), 127)}


class Painter:
    """Paints the line behind a prompt that ends in column `start`.

    `columns` is the width of a screen on which a longer line scrolls, with `$` for what is hidden;
    0 lets the line run on, which is what every program that reads the echo wants.
    """

    __slots__ = ("_left", "_room", "_write")

    def __init__(self, write: Callable[[str], None], start: int = 0, columns: int = 0) -> None:
        room = columns - start - 1
        self._write = write
        self._room = room if room > SCROLL_STEP else 0
        self._left = 0

    @property
    def narrow(self) -> bool:
        """Whether the line scrolls on its screen."""
        return self._room > 0

    def draw(self, text: str, cursor: int) -> None:
        """Show a line behind a prompt that was just written."""
        self._scroll(len(text), cursor)
        cells, column = self._window(text, cursor)
        self._write(shown(cells) + _move(cells, len(cells), column))

    def change(self, old: str, at: int, new: str, cursor: int) -> None:
        """Show `new` with its cursor where the screen shows `old` with the cursor `at`."""
        old, at = self._window(old, at)
        self._scroll(len(new), cursor)
        new, cursor = self._window(new, cursor)
        if old == new:
            painted = _move(new, at, cursor)
        elif at == len(old) and cursor == len(new) and new.startswith(old):
            painted = shown(new[at:])
        else:
            painted = _difference(old, at, new, cursor)
        if painted:
            self._write(painted)

    def _scroll(self, length: int, cursor: int) -> None:
        if not self._room:
            return
        while cursor + (length > self._left + self._room) - self._left > self._room:
            self._left += SCROLL_STEP
        while self._left and cursor <= self._left:
            self._left -= SCROLL_STEP

    def _window(self, text: str, cursor: int) -> tuple[str, int]:
        if not self._room:
            return text, cursor
        left, right = self._left, self._left + self._room
        cells = text[left:right]
        if left:
            cells = HIDDEN + cells[1:]
        if len(text) > right:
            cells = cells[:-1] + HIDDEN
        return cells, cursor - left


def shown(text: str) -> str:
    """Text as it stands on the screen."""
    return text if text.isprintable() else text.translate(_CARETS)


def _difference(old: str, at: int, new: str, cursor: int) -> str:
    same = _common(old, new)
    tail = shown(new[same:])
    spare = len(shown(old[same:])) - len(tail)
    wipe = " " * spare + BACK * spare
    return _move(old, at, same) + tail + wipe + _move(new, len(new), cursor)


def _move(text: str, start: int, end: int) -> str:
    """From one column to another; to the right by showing the text again."""
    return shown(text[start:end]) if end >= start else BACK * len(shown(text[end:start]))


def _common(one: str, other: str) -> int:
    """How many characters two texts have in common at their start."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low
