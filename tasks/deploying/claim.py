"""The groups that a deployment changes, held in the journal as a procedure holds its own."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from threading import Event, Lock, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Final

from ...errors import GetvpnError, UsageError
from ..accounts import operator
from ..clock import Clock

if TYPE_CHECKING:
    from ..journal import Journal

BEAT_S: Final = 20.0
"""Seconds between two signs of life."""


class Claim:
    """Groups that are held for the deployment `name` while it is entered, with signs of life.

    `journal` is a URL, None for that of the user; without groups it is not opened. `mark` tells
    deployments of one store from those of others. Locks that the `earlier` ones of the same store
    have left are taken over when their process is gone. Errors are those of `hold`.

    What was `begun` and ends with an error may be half way: then the groups stay held, until it is
    called again or somebody breaks the lock.
    """

    def __init__(
        self,
        name: str,
        groups: Collection[str],
        *,
        journal: str | None,
        mark: str,
        earlier: Collection[str],
        clock: Clock,
    ) -> None:
        self.groups: frozenset[str] = frozenset()
        self.begun = False
        self.trouble = ""
        self.left = ""
        self._broken = False
        self._wanted = groups
        self._url = journal
        self._run = called(name, mark)
        self._earlier = frozenset(called(each, mark) for each in earlier)
        self._clock = clock
        self._journal: Journal | None = None
        self._guard = Lock()
        self._over = Event()

    def __enter__(self) -> Claim:
        try:
            self.hold(self._wanted)
        except BaseException:
            self._close()
            raise
        return self

    def hold(self, groups: Collection[str]) -> None:
        """Hold these too.

        Raises UsageError with the owner when somebody else holds one of them, InputError for a
        journal that cannot be used.
        """
        more = self.groups.union(groups) - self.groups
        if not more:
            return
        if self._journal is None:
            self._journal = _open(self._url)
            Thread(target=self._beat, name="getvpn-lock", daemon=True).start()
        with self._guard:
            self._journal.locks.take(
                more,
                run=self._run,
                owner=operator(),
                at=self._clock.now(),
                earlier=self._earlier,
            )
            self.groups |= more

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._journal is not None and (error is None or not self.begun):
                self._journal.locks.release(self._run)
        except GetvpnError as failure:
            self.left = f"the lock could not be given back: {failure}"
        finally:
            self._close()

    def _close(self) -> None:
        self._over.set()
        with self._guard:
            if self._journal is not None:
                self._journal.close()

    @property
    def sure(self) -> bool:
        """Whether the groups are still held; once that is not sure, `trouble` is why."""
        with self._guard:
            if not self.trouble:
                try:
                    self._show()
                except GetvpnError as error:
                    self._broken = isinstance(error, UsageError)  # LostLockError
                    self.trouble = str(error)
            return not self.trouble

    @property
    def lost(self) -> bool:
        """Whether somebody has broken the lock; while the journal fails nobody knows."""
        return not self.sure and self._broken

    def _show(self) -> None:
        if self._journal is not None and not self._over.is_set():
            self._journal.locks.show(self._run, groups=self.groups, at=self._clock.now())

    def _beat(self) -> None:
        """Show signs of life until it is over."""
        while not self._over.wait(BEAT_S):
            with self._guard, suppress(GetvpnError):
                self._show()


def let_go(journal: str | None) -> None:
    """Let go of all that this process holds in a journal: it ends, and has changed nothing."""
    with suppress(GetvpnError):
        found = _open(journal)
        found.locks.leave()
        found.close()


def called(name: str, mark: str) -> str:
    """What a deployment is called among all that hold groups; runs have no such sign in theirs."""
    return f"{name}@{mark}"


def _open(journal: str | None) -> Journal:
    from ..journal import Journal, default_url  # SQLAlchemy, which a dry run does not need

    return Journal(journal or default_url())
