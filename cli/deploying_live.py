"""A deployment as it goes on: how far it is, a question before it begins, and Ctrl-C."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from threading import Event, Thread
from types import FrameType, TracebackType
from typing import TYPE_CHECKING, Any, Final

import click

from ..errors import printable
from .calls import to_copy
from .main import EXIT_INTERRUPTED, PROGRAM
from .output import note, paint, result
from .progress import Progress

if TYPE_CHECKING:
    from ..tasks.deploy import Plan, Told
    from ..tasks.deploying.deployment_text import Form

LEAVING_S: Final = 3.0
"""How long the process may take to let go of its locks when it is broken off."""


class Looking(AbstractContextManager["Looking"]):
    """Tells how far it is, asks whether to go on, and takes Ctrl-C for a wish to end.

    While a plan is made Ctrl-C ends the process, after `let_go`. When it is carried out the first
    one sets `stop`, so that the device at hand is finished; with the second the process ends as if
    it was killed. `shown` is whether the plan was shown. `total` is how many devices will be asked.
    """

    def __init__(self, total: int, let_go: Callable[[], None]) -> None:
        self._let_go = let_go
        self.stop = Event()
        self.shown = False
        self._acting = False
        self._before: dict[int, Any] = {}
        self._progress: Progress | None = Progress(total)

    def __enter__(self) -> Looking:
        for number in (signal.SIGINT, signal.SIGTERM):
            self._before[number] = signal.signal(number, self._wanted)
        if self._progress is not None:
            self._progress.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._asked_all()
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def told(self, told: Told) -> None:
        """Say what happens."""
        if not told.looked:
            self._asked_all()
            note(printable(f"{told.subject}: {told.clause}"))
        elif self._progress is not None:
            self._progress.count(told.subject, told.failure)

    def confirm(self, form: Form, form_of_output: str, *, yes: bool) -> Callable[[Plan], bool]:
        """What shows a plan and asks."""
        from ..tasks.deploying.deployment_text import counts, plan_lines

        def ask(plan: Plan) -> bool:
            self._asked_all()
            text = to_copy("\n".join(plan_lines(plan, form, paint)))
            if form_of_output == "text":
                self.shown = True
                result(text)
            elif not yes:
                note(text)
            if not yes and not click.confirm(f"{counts(plan)}: carry it out?", err=True):
                return False
            self._acting = True
            return True

        return ask

    def _asked_all(self) -> None:
        progress, self._progress = self._progress, None
        if progress is not None:
            progress.__exit__(None, None, None)

    def _wanted(self, number: int, frame: FrameType | None) -> None:
        if self._acting and not self.stop.is_set():
            self.stop.set()
            note(f"{PROGRAM}: ends after the device at hand; once more breaks it off")
            return
        if self._acting:
            note(f"{PROGRAM}: broken off; the same call goes on from here")
        else:
            note(f"{PROGRAM}: broken off; nothing was changed")
            # beside, as this thread may be in the midst of the journal
            leaving = Thread(target=self._let_go, daemon=True)
            leaving.start()
            leaving.join(LEAVING_S)
        # sessions that wait for devices would keep the process for as long
        sys.stderr.flush()
        os._exit(EXIT_INTERRUPTED)
