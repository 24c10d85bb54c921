"""Showing a long text one screen at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

from .interrupts import Interrupted
from .ios_regex import IosRegex, IosRegexError
from .painter import BACK

if TYPE_CHECKING:
    from .terminal import Terminal

MORE: Final = " --More-- "
FILTERING: Final = "filtering...\n"
PIECE: Final = 32 * 1024
LINES_AT_ONCE: Final = 1000

# transcripts of IOS 12 to 15 and of IOS-XE: how the pager takes its mark off the screen
ERASE: Final = {
    "classic": BACK * 9 + " " * 8 + BACK * 9,
    "xe": BACK * 10 + " " * 10 + BACK * 10,
}


class Pager:
    """Pages what a command writes, all pieces of it together.

    `reset` begins anew: the screen has been read up to here.
    """

    __slots__ = ("_row", "_terminal", "stopped")

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._row = 0
        self.stopped = False

    def reset(self) -> None:
        """Begin a new screen."""
        self._row = 0
        self.stopped = False

    async def show(self, text: str) -> None:
        """Write a text; nothing any more once the reader has had enough."""
        terminal = self._terminal
        at = 0
        while at < len(text) and not self.stopped:
            if terminal.rows <= 0:
                await self._stream(text[at:] if at else text)
                return
            page = max(1, terminal.rows - 1)
            end = self._screen_end(text, at, page - self._row)
            terminal.write(text[at:end])
            at = end
            if at < len(text):
                text, at = await self._ask(text, at, page)

    async def _stream(self, text: str) -> None:
        terminal = self._terminal
        at = 0
        while len(text) - at > PIECE:
            end = text.rfind("\n", at, at + PIECE) + 1 or at + PIECE
            terminal.write(text[at:end])
            terminal.flush()
            await terminal.trampoline.room()
            at = end
        terminal.write(text[at:] if at else text)

    def _screen_end(self, text: str, at: int, rows: int) -> int:
        """Where `rows` rows end; counts them as used."""
        columns = self._terminal.columns
        while rows > 0 and at < len(text):
            end = text.find("\n", at)
            end = len(text) if end < 0 else end
            used = 1 if columns <= 0 else max(1, -(-(end - at) // columns))
            rows -= used
            self._row += used
            at = end + 1
        return min(at, len(text))

    async def _ask(self, text: str, at: int, page: int) -> tuple[str, int]:
        """Show the mark and do what the key says; the text that is left, and where."""
        terminal = self._terminal
        terminal.write(MORE)
        key = await terminal.next_key()
        terminal.write(ERASE[terminal.erase_style])
        if key in " yY":
            self._row = 0
        elif key == "\n":
            self._row = page - 1
        elif key in "/+-":
            return await self._filter(key, text, at)
        else:
            self.stopped = True
            # the prompt begins a line of its own
            terminal.write("\n")
        return text, at

    async def _filter(self, key: str, text: str, at: int) -> tuple[str, int]:
        """Go on with what an expression lets through: `/` from there on, `+` with, `-` without."""
        terminal = self._terminal
        try:
            expression = await terminal.ask(key)
        except Interrupted:
            self.stopped = True
            return text, at
        try:
            fits = IosRegex(expression).search
        except IosRegexError as error:
            terminal.write(error.text + "\n")
            return text, at
        self._row = 0
        terminal.write(FILTERING)
        lines = await self._fitting(key, text[at:].removesuffix("\n").split("\n"), fits)
        return "".join(f"{line}\n" for line in lines), 0

    async def _fitting(self, key: str, lines: list[str], fits: Callable[[str], bool]) -> list[str]:
        """The lines that are left; lets others have their turn on the way through many."""
        trampoline = self._terminal.trampoline
        kept: list[str] = []
        for at in range(0, len(lines), LINES_AT_ONCE):
            if trampoline.burst:
                await trampoline.turn()
            for index, line in enumerate(lines[at : at + LINES_AT_ONCE], at):
                if key == "/":
                    if fits(line):
                        return lines[index:]
                elif fits(line) is (key == "+"):
                    kept.append(line)
        return kept
