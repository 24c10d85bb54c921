"""How a procedure goes, as it goes: a line for each step, and one that changes while it waits."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING, Final

import click

from ..errors import printable
from ..tasks.procedures.plan_text import duration
from .output import note

if TYPE_CHECKING:
    from ..tasks.clock import Clock
    from ..tasks.procedures.model import Step
    from ..tasks.procedures.run import Seen

PLAIN_EVERY_S: Final = 30.0
_BACK: Final = "\r\x1b[K"


class Live:
    """An observer of a run that writes to stderr.

    `terminal` says whether a line may be redrawn, by default whether stderr is a terminal. `clock`
    is the clock of the run.
    """

    def __init__(self, clock: Clock, *, terminal: bool | None = None) -> None:
        self.terminal = sys.stderr.isatty() if terminal is None else terminal
        self._now = clock.now
        self._began = clock.now()
        self._told: float | None = None
        self._place = ""

    def began(self, step: Step, number: int, count: int) -> None:
        """Say which step begins."""
        where = f"{step.device}: " if step.device else ""
        self._place = printable(f"[{number:>2}/{count}] {where}{step.name}")
        self._began, self._told = self._now(), None
        self._draw(f"{self._place} …")

    def ended(self, step: Step, how: str) -> None:
        """Say how it ended, and how long it took."""
        took = duration(self._now() - self._began)
        if how == "undone":
            self._line(printable(f"        {step.name}: undone"))
            return
        color = {"done": "green", "failed": "red"}.get(how)
        self._line(f"{self._place}: {click.style(how, fg=color)} ({took})")

    def said(self, text: str) -> None:
        """Say it."""
        self._line(printable(f"        {text}"))

    def waiting(self, what: str, seen: Seen, left_s: float) -> None:
        """Say how far a wait is: what is seen, how many of how many, how long still."""
        parts = [what]
        if seen.have is not None and seen.of is not None:
            parts.append(f"{seen.have}/{seen.of}")
        if seen.text:
            parts.append(seen.text)
        if seen.until is not None:
            parts.append(f"{duration(seen.until - self._now())} to go")
        parts.append(f"at most {duration(left_s)} more")
        text = printable(f"{self._place} … {', '.join(parts)}")
        if self.terminal:
            self._draw(text)
            return
        now = self._now()
        if self._told is None or now - self._told >= PLAIN_EVERY_S:
            self._told = now
            note(text)

    def _draw(self, text: str) -> None:
        if self.terminal:
            width = get_terminal_size().columns
            click.echo(_BACK + text[: width - 1], err=True, nl=False, color=True)

    def _line(self, text: str) -> None:
        note((_BACK if self.terminal else "") + text)
