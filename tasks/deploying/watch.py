"""Key servers that are looked at again and again, over sessions that stay open."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from threading import Lock
from types import TracebackType
from typing import Final

from ...errors import DeviceError, TransportError
from ..ssh.device import Device
from .context import Context
from .observing import Observed, observe, unreachable
from .survey import partners

FRESH_S: Final = 2.0
"""A look of so many seconds ago is as good as another one, where many members wait for it."""


class Watch:
    """The key servers of groups; to be closed, for which it is a context manager.

    Threads may share it: one looks at a time.
    """

    def __init__(self, context: Context) -> None:
        self._context = context
        self._sessions: dict[str, Device] = {}
        self._seen: dict[str, Observed] = {}
        self._partners: dict[tuple[frozenset[str], frozenset[str]], list[str]] = {}
        self._lock = Lock()

    def __enter__(self) -> Watch:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all sessions."""
        with self._lock:
            for session in self._sessions.values():
                with suppress(DeviceError):
                    session.close()
            self._sessions.clear()

    def look(
        self,
        devices: Collection[str],
        *,
        groups: Collection[str] = (),
        whole: bool = False,
        age_s: float = 0.0,
    ) -> dict[str, Observed]:
        """What key servers show, not more than `age_s` seconds ago.

        They are those of `groups`, and of the groups that `devices` are to be in.
        """
        with self._lock:
            key = (frozenset(devices), frozenset(groups))
            if key not in self._partners:
                self._partners[key] = partners(self._context.intent, *key)
            return {name: self._look(name, whole, age_s) for name in self._partners[key]}

    def _look(self, name: str, whole: bool, age_s: float) -> Observed:
        known = self._seen.get(name)
        if known is not None and not whole and self._context.clock.now() - known.at < age_s:
            return known
        try:
            was_open = name in self._sessions
            try:
                seen = self._observe(name, whole)
            except TransportError:
                self._drop(name)
                if not was_open:
                    raise
                # the device may have ended a session that was idle for long
                seen = self._observe(name, whole)
        except DeviceError as error:
            self._drop(name)
            seen = unreachable(name, "key server", error, clock=self._context.clock)
        self._seen[name] = seen
        return seen

    def _drop(self, name: str) -> None:
        session = self._sessions.pop(name, None)
        if session is not None:
            session.close()

    def _observe(self, name: str, whole: bool) -> Observed:
        session = self._sessions.get(name)
        if session is None:
            session = self._sessions[name] = self._context.open_device(name)
        return observe(session, "key server", clock=self._context.clock, whole=whole)
