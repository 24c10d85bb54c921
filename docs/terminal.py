"""A terminal that can be drawn: what programs write to it, as text and as SVG."""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html import escape
from itertools import groupby
from pathlib import Path

CELL_WIDTH, CELL_HEIGHT, FONT_SIZE = 8.4, 19, 14
PADDING, BAR_HEIGHT = 16, 34
BACKGROUND, BAR, TEXT, DIM = "#1b1f27", "#2a303b", "#d7dce4", "#8b94a3"
COLORS = ("#5c6370", "#ff7b85", "#8fd18a", "#f0c674", "#7db7ff", "#d6a0f0", "#5fd0d8", "#e8ecf2")
"""Of the numbers 30 to 37; those from 90 are the same here."""
HEAD = f"""\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {{width}} {{height}}" width="{{width}}"
  role="img" aria-label="{{title}}" xml:space="preserve" font-size="{FONT_SIZE}"
  font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace">
<style>text {{{{ white-space: pre; }}}}</style>
<rect width="100%" height="100%" rx="9" fill="{BACKGROUND}"/>
<path d="M0 {BAR_HEIGHT}V9a9 9 0 0 1 9-9H{{inner}}a9 9 0 0 1 9 9V{BAR_HEIGHT}z" fill="{BAR}"/>
<circle cx="22" cy="17" r="6" fill="#ff6b63"/>
<circle cx="42" cy="17" r="6" fill="#f5bf4f"/>
<circle cx="62" cy="17" r="6" fill="#61c554"/>
<text x="50%" y="22" text-anchor="middle" fill="{DIM}">{{title}}</text>
"""
SEQUENCE = re.compile(r"\x1b\[(\??)([\d;]*)([A-Za-z])|([^\x1b])|\x1b(?!\[?[?\d;]*\Z)")


class TerminalError(Exception):
    """What a program writes, or does not write, makes no picture."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How a cell looks: a colour from 0 to 7, or that of text."""

    color: int | None = None
    bold: bool = False
    dim: bool = False

    def changed(self, code: int) -> "Style":
        """The style after one number of an SGR sequence."""
        if code == 0:
            return Style()
        if code in (1, 2):
            return replace(self, bold=code == 1 or self.bold, dim=code == 2 or self.dim)
        if code == 22:
            return replace(self, bold=False, dim=False)
        if code == 39:
            return replace(self, color=None)
        if 30 <= code % 60 <= 37 and code < 100:
            return replace(self, color=code % 10)
        raise TerminalError(f"an unknown style: {code}")

    def css(self) -> str:
        """Attributes of SVG."""
        fill = DIM if self.dim else TEXT if self.color is None else COLORS[self.color]
        return f'fill="{fill}"' + (' font-weight="bold"' if self.bold else "")


Cell = tuple[str, Style]
BLANK: Cell = (" ", Style())


@dataclass(slots=True, kw_only=True)
class Screen:
    """The cells of a terminal; of what has been written, the last `rows` lines are to be seen.

    `wrapped` tells that a line was longer than the terminal is wide.
    """

    columns: int
    rows: int
    cells: list[list[Cell]] = field(default_factory=lambda: [[]])
    row: int = 0
    column: int = 0
    style: Style = field(default_factory=Style)
    wrapped: bool = False
    _rest: str = ""

    def feed(self, text: str) -> None:
        """Take what a program writes; raises TerminalError where it asks for what is not here."""
        text = self._rest + text
        end = 0
        for found in SEQUENCE.finditer(text):
            private, numbers, final, letter = found.groups()
            end = found.end()
            if letter is not None:
                self._letter(letter)
            elif final is not None:
                self._act(private, [int(number or 0) for number in numbers.split(";")], final)
            else:
                raise TerminalError("an unknown sequence")
        self._rest = text[end:]

    def _letter(self, letter: str) -> None:
        if letter == "\n":
            self._down()
        elif letter == "\r":
            self.column = 0
        elif letter >= " ":
            if self.column >= self.columns:
                self.wrapped = True
                self.column = 0
                self._down()
            line = self.cells[self.row]
            line += [BLANK] * (self.column + 1 - len(line))
            line[self.column] = (letter, self.style)
            self.column += 1
        else:
            raise TerminalError(f"an unknown control: {letter!r}")

    def _down(self) -> None:
        self.row += 1
        if self.row == len(self.cells):
            self.cells.append([])

    def _act(self, private: str, numbers: list[int], final: str) -> None:
        if private:
            if 1049 in numbers:
                self.cells, self.row, self.column = [[]], 0, 0
        elif final == "m":
            for number in numbers:
                self.style = self.style.changed(number)
        elif final == "H":
            self.row = self.column = 0
        elif final == "K":
            del self.cells[self.row][self.column :]
        elif final == "J":
            del self.cells[self.row][self.column :], self.cells[self.row + 1 :]
        else:
            raise TerminalError(f"an unknown sequence: {final}")

    def seen(self) -> list[list[Cell]]:
        """The lines that are to be seen, without empty ones at the end."""
        count = len(self.cells)
        while count and not any(letter.strip() for letter, _ in self.cells[count - 1]):
            count -= 1
        return self.cells[max(0, count - self.rows) : count]

    def lines(self) -> list[str]:
        """What is to be read on it."""
        return ["".join(letter for letter, _ in line).rstrip() for line in self.seen()]

    def svg(self, title: str) -> str:
        """A picture of it, as a window with a title."""
        seen = self.seen()
        width = round(self.columns * CELL_WIDTH + 2 * PADDING)
        height = len(seen) * CELL_HEIGHT + 2 * PADDING + BAR_HEIGHT
        parts = [HEAD.format(width=width, height=height, title=escape(title), inner=width - 9)]
        for number, line in enumerate(seen):
            parts += _row(line, BAR_HEIGHT + PADDING + number * CELL_HEIGHT + FONT_SIZE)
        return "".join((*parts, "</svg>\n"))


def _row(line: list[Cell], y: float) -> list[str]:
    column, parts = 0, []
    for style, cells in groupby(line, key=lambda cell: cell[1]):
        text = "".join(letter for letter, _ in cells)
        start, column = column, column + len(text)
        shown = text.lstrip()
        start += len(text) - len(shown)
        if shown := shown.rstrip():
            parts.append(
                f'<text x="{PADDING + start * CELL_WIDTH:.1f}" y="{y}" {style.css()} '
                f'textLength="{len(shown) * CELL_WIDTH:.1f}">{escape(shown, quote=False)}</text>\n'
            )
    return parts


def call(
    screen: Screen,
    command: Sequence[str],
    *,
    folder: Path,
    environment: Mapping[str, str],
    enough: Callable[[Screen], bool] = lambda _: False,
    within_s: float = 600.0,
) -> None:
    """Run a command on the terminal until it ends or `enough` has been seen, then interrupt it.

    Raises TerminalError if neither happens `within_s` seconds.
    """
    own, its = pty.openpty()
    fcntl.ioctl(its, termios.TIOCSWINSZ, struct.pack("HHHH", screen.rows, screen.columns, 0, 0))
    process = subprocess.Popen(  # noqa: S603 - what the caller wants
        command,
        cwd=folder,
        env={"TERM": "xterm-256color", **environment},
        stdin=its,
        stdout=its,
        stderr=its,
        start_new_session=True,
    )
    os.close(its)
    try:
        _read(screen, own, enough, time.monotonic() + within_s)
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        os.close(own)


def _read(screen: Screen, terminal: int, enough: Callable[[Screen], bool], deadline: float) -> None:
    decoder = codecs.getincrementaldecoder("utf-8")()
    while True:
        ready, _, _ = select.select([terminal], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise TerminalError("the command takes too long:\n" + "\n".join(screen.lines()))
        try:
            data = os.read(terminal, 65536)
        except OSError:  # how a terminal tells that nobody writes any more
            data = b""
        if not data:
            return
        for part in re.split("(?=\r)", decoder.decode(data)):  # each may be what is waited for
            screen.feed(part)
            if enough(screen):
                return
