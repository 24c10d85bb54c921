"""How far a run over many devices is: a line that changes on a terminal, plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Callable
from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING, Final

import click

from ..errors import printable
from .output import note

if TYPE_CHECKING:
    from ..tasks.collecting.gathered import Gathered

REDRAW_S: Final = 0.1
PLAIN_EVERY_S: Final = 10.0
_BACK: Final = "\r\x1b[K"


class Progress:
    """Counts hosts as they come in; call it with what was got of each.

    `total` is how many there are, `terminal` whether the line may be redrawn (by default whether
    stderr is a terminal), `clock` gives seconds.
    """

    def __init__(
        self,
        total: int,
        *,
        terminal: bool | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        self.total = total
        self.done = self.failed = 0
        self.terminal = sys.stderr.isatty() if terminal is None else terminal
        self._clock = clock
        self._began = self._shown = clock()

    def __enter__(self) -> Progress:
        self._draw()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.terminal:
            click.echo(_BACK, err=True, nl=False, color=True)

    def __call__(self, gathered: Gathered) -> None:
        """Take what was got of a host; a failure is told at once."""
        failure = gathered.failure
        why = "" if failure is None else f"{failure.kind}: {failure.message}"
        self.count(gathered.host, why)

    def count(self, host: str, failure: str = "") -> None:
        """Take a host that is through; why it failed is told at once."""
        if not failure:
            self.done += 1
        else:
            self.failed += 1
            self._tell(f"{host}: {failure}")
        now = self._clock()
        wait_s = REDRAW_S if self.terminal else PLAIN_EVERY_S
        if now - self._shown >= wait_s:
            self._shown = now
            self._draw()

    def line(self) -> str:
        """Hosts that are through, those that failed, how many a second, and how long it takes."""
        through = self.done + self.failed
        seconds = self._clock() - self._began
        parts = [f"{through} of {self.total} hosts", f"{self.failed} failed"]
        if through and seconds > 0:
            rate = through / seconds
            parts.append(f"{rate:.0f}/s" if rate >= 10 else f"{rate:.1f}/s")
            left = round((self.total - through) / rate)
            parts.append(f"{left // 60}:{left % 60:02} left")
        return ", ".join(parts)

    def _tell(self, text: str) -> None:
        if self.terminal:
            # no colour, so it is sent however colours are set
            click.echo(_BACK, err=True, nl=False, color=True)
        note(printable(text))

    def _draw(self) -> None:
        if self.terminal:
            click.echo(_BACK + self.line(), err=True, nl=False, color=True)
        elif self.done or self.failed:
            note(self.line())
