"""The line that is being typed: its text, its cursor, and what its keys do."""

from collections.abc import Callable
from typing import Final

from .painter import Painter

LINE_LIMIT: Final = 4096
BLANK: Final = " "


class Line:
    """A line of at most `LINE_LIMIT` characters.

    `painter` shows the changes, None for what is typed unseen. `ring` sounds the bell, once for
    all that is refused in a row.
    """

    __slots__ = ("_killed", "_painter", "_refusing", "_ring", "cursor", "text")

    def __init__(self, painter: Painter | None, ring: Callable[[], None]) -> None:
        self.text = ""
        self.cursor = 0
        self._painter = painter
        self._ring = ring
        self._refusing = False
        self._killed = ""

    def insert(self, run: str) -> None:
        """Insert characters at the cursor, as many as there is room for."""
        room = LINE_LIMIT - len(self.text)
        refused = len(run) > room
        painter = self._painter
        if painter is not None and (painter.narrow or self.cursor < len(self.text)):
            # what moves is shown for each character, however many came at once
            for character in run[:room]:
                self._insert(character)
        elif run and room:
            self._insert(run[:room])
        if refused and not self._refusing:
            self._refusing = True
            self._ring()

    def _insert(self, run: str) -> None:
        text, at = self.text, self.cursor
        self.become(text[:at] + run + text[at:], at + len(run))

    def become(self, text: str, cursor: int) -> None:
        """Change text and cursor, and show the difference."""
        if len(text) < len(self.text):
            self._refusing = False
        if self._painter is not None:
            self._painter.change(self.text, self.cursor, text, cursor)
        self.text, self.cursor = text, cursor

    def replace(self, text: str) -> None:
        """Put another line in the place of this one, the cursor at its end."""
        self.become(text[:LINE_LIMIT], min(len(text), LINE_LIMIT))

    def draw(self) -> None:
        """Show the line behind a prompt that was just written."""
        if self._painter is not None:
            self._painter.draw(self.text, self.cursor)

    def press(self, key: str) -> None:
        """Do what a key does; a key that means nothing does nothing."""
        action = _KEYS.get(key)
        if action is not None:
            action(self)

    def backspace(self) -> None:
        """Delete the character before the cursor."""
        if self.cursor:
            self._cut(self.cursor - 1, self.cursor)

    def delete(self) -> None:
        """Delete the character at the cursor."""
        self._cut(self.cursor, self.cursor + 1)

    def kill_before(self) -> None:
        """Delete what stands before the cursor."""
        self._kill(0, self.cursor)

    def kill_behind(self) -> None:
        """Delete what stands behind the cursor."""
        self._kill(self.cursor, len(self.text))

    def kill_word_before(self) -> None:
        """Delete back to the start of the word."""
        self._kill(self._word_start(), self.cursor)

    def kill_word_behind(self) -> None:
        """Delete on to the end of the word."""
        self._kill(self.cursor, self._word_end())

    def recall(self) -> None:
        """Insert what was deleted last."""
        self.insert(self._killed)

    def swap(self) -> None:
        """Exchange the characters before and at the cursor; at the end the last two."""
        text, at = self.text, min(self.cursor, len(self.text) - 1)
        if at > 0:
            self.become(text[: at - 1] + text[at] + text[at - 1] + text[at + 1 :], at + 1)

    def to_start(self) -> None:
        """Move to the first character."""
        self.become(self.text, 0)

    def to_end(self) -> None:
        """Move behind the last character."""
        self.become(self.text, len(self.text))

    def left(self) -> None:
        """Move back by a character."""
        self.become(self.text, max(0, self.cursor - 1))

    def right(self) -> None:
        """Move on by a character."""
        self.become(self.text, min(len(self.text), self.cursor + 1))

    def word_left(self) -> None:
        """Move to the start of the word, or of the one before."""
        self.become(self.text, self._word_start())

    def word_right(self) -> None:
        """Move to the end of the word, or of the next one."""
        self.become(self.text, self._word_end())

    def _word_start(self) -> int:
        before = self.text[: self.cursor].rstrip(BLANK)
        return before.rfind(BLANK) + 1

    def _word_end(self) -> int:
        behind = self.text[self.cursor :].lstrip(BLANK)
        end = self.text.find(BLANK, len(self.text) - len(behind))
        return len(self.text) if end < 0 else end

    def _cut(self, start: int, end: int) -> str:
        cut = self.text[start:end]
        if cut:
            self.become(self.text[:start] + self.text[end:], start)
        return cut

    def _kill(self, start: int, end: int) -> None:
        self._killed = self._cut(start, end) or self._killed


# Cisco IOS Configuration Fundamentals, "Using the command-line interface"
_KEYS: Final[dict[str, Callable[[Line], None]]] = {
    "\x01": Line.to_start,
    "\x02": Line.left,
    "\x04": Line.delete,
    "\x05": Line.to_end,
    "\x06": Line.right,
    "\x08": Line.backspace,
    "\x0b": Line.kill_behind,
    "\x14": Line.swap,
    "\x15": Line.kill_before,
    "\x17": Line.kill_word_before,
    "\x18": Line.kill_before,
    "\x19": Line.recall,
    "\x1b[C": Line.right,
    "\x1b[D": Line.left,
    "\x1bb": Line.word_left,
    "\x1bd": Line.kill_word_behind,
    "\x1bf": Line.word_right,
    "\x1bB": Line.word_left,
    "\x1bD": Line.kill_word_behind,
    "\x1bF": Line.word_right,
    "\x7f": Line.backspace,
}
