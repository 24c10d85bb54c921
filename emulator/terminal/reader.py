"""Reading one line with its keys: editing, history, help, completion."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from .history import History
from .interrupts import Interrupted
from .keyboard import COMMAND, INPUT_LIMIT, PLAIN
from .line import BLANK, LINE_LIMIT, Line
from .painter import Painter

if TYPE_CHECKING:
    from .terminal import Terminal

ERASING: Final = frozenset("\x08\x7f")
REDISPLAY: Final = frozenset("\x0c\x12")
QUOTE: Final = "\x16"
OLDER: Final = frozenset(("\x10", "\x1b[A"))
NEWER: Final = frozenset(("\x0e", "\x1b[B"))

# each of them shows the rest of the line again, and the peer may be too slow for that
INSIDE_AT_ONCE: Final = 256


@dataclass(slots=True)
class Editing:
    """What a command line has and a question has not.

    `help` gets the text before a `?` and returns what to print, line ends included; `complete` gets
    the text before a TAB and returns it completed, None if there is no one way to complete it.
    Entered lines go into `history`.
    """

    history: History
    help: Callable[[str], str]
    complete: Callable[[str], str | None]


class Reading:
    """One line while it is typed.

    `echo` shows what is typed. A `bare` line has no keys but the one that erases.
    """

    __slots__ = (
        "_bare",
        "_draft",
        "_echo",
        "_painter",
        "_quoted",
        "_steps",
        "_terminal",
        "editing",
        "line",
        "prompt",
    )

    def __init__(
        self,
        terminal: Terminal,
        prompt: str,
        *,
        echo: bool = True,
        editing: Editing | None = None,
        bare: bool = False,
    ) -> None:
        columns = terminal.columns if terminal.faithful_scrolling else 0
        self.prompt = prompt[prompt.rfind("\n") + 1 :]
        self.editing = editing
        self._painter = Painter(terminal.put, len(self.prompt), columns) if echo else None
        self.line = Line(self._painter, terminal.ring)
        self._terminal = terminal
        self._echo = echo
        self._bare = bare
        self._quoted = False
        self._steps = 0
        self._draft = ""

    async def read(self) -> str:
        """The line, once Enter ends it; what follows stays for the next reader."""
        terminal, line = self._terminal, self.line
        keyboard, trampoline = terminal.keyboard, terminal.trampoline
        run = PLAIN if self.editing is None else COMMAND
        while True:
            trampoline.steps += 1
            if trampoline.steps > trampoline.burst > 0 and keyboard.pending:
                await trampoline.turn()
            if trampoline.paused or trampoline.hung_up:
                await trampoline.room()
            if self._quoted:
                key = keyboard.character()
                if key is not None and key != "\n":
                    self._quoted = False
                    line.insert(key)
                    continue
            else:
                inside = line.cursor < len(line.text)
                whole = None if inside else keyboard.line(run)
                if whole is not None:
                    return self._enter(whole)
                text = keyboard.characters(run, INSIDE_AT_ONCE if inside else INPUT_LIMIT)
                if text:
                    line.insert(text)
                    continue
                key = None if text is None else keyboard.key()
            if key is None:
                await terminal.listen(self)
            elif key == "\n":
                return self._enter("")
            else:
                await self._press(key)

    def draw(self) -> None:
        """Show prompt and line where the cursor is."""
        self._terminal.put(self.prompt)
        self.line.draw()

    def _enter(self, rest: str) -> str:
        """End the line, after the `rest` of it that came together with the Enter."""
        terminal, line, painter = self._terminal, self.line, self._painter
        if line.text or len(rest) > LINE_LIMIT or painter is None or painter.narrow:
            line.insert(rest)
            rest = line.text
            terminal.put("\r\n")
        else:
            terminal.put(rest + "\r\n")
        if self.editing is not None:
            self.editing.history.add(rest)
        return rest

    async def _press(self, key: str) -> None:
        if key == "\x03":
            self._interrupt("C")
        if self._bare:
            if key in ERASING:
                self.line.backspace()
        elif key in REDISPLAY:
            self._terminal.put("\r\n")
            self.draw()
        elif key == QUOTE:
            self._quoted = True
        elif self.editing is None or not await self._command_key(key, self.editing):
            self.line.press(key)

    async def _command_key(self, key: str, editing: Editing) -> bool:
        """Do what a key does on a command line only; False if it does nothing there."""
        if key == "?":
            await self._help(editing)
        elif key == "\t":
            self._complete(editing)
        elif key in OLDER:
            self._recall(self._steps + 1, editing.history)
        elif key in NEWER:
            self._recall(self._steps - 1, editing.history)
        elif key == "\x1a":
            self._interrupt("Z")
        else:
            return False
        return True

    def _interrupt(self, letter: str) -> None:
        self._terminal.put(f"^{letter}\r\n")
        raise Interrupted(letter, self.line.text if self._echo else "")

    async def _help(self, editing: Editing) -> None:
        terminal = self._terminal
        terminal.put("?\r\n")
        text = editing.help(self.line.text[: self.line.cursor])
        if text and not text.endswith("\n"):
            text += "\n"
        terminal.pager.reset()
        await terminal.pager.show(text)
        terminal.pager.reset()
        self.draw()

    def _complete(self, editing: Editing) -> None:
        terminal, line = self._terminal, self.line
        text = editing.complete(line.text[: line.cursor])
        if text is None:
            terminal.ring()
        terminal.put("\r\n")
        if text is not None and len(text) < LINE_LIMIT - len(line.text):
            done = text if text.endswith(BLANK) else text + BLANK
            line.text = done + line.text[line.cursor :]
            line.cursor = len(done)
        self.draw()

    def _recall(self, steps: int, history: History) -> None:
        if not 0 <= steps <= len(history):
            self._terminal.ring()
            return
        if self._steps == 0:
            self._draft = self.line.text
        self._steps = steps
        self.line.replace(history.back(steps) if steps else self._draft)
