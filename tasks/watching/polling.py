"""Looks at devices again and again: over sessions that stay open, and seldom at those that fail."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Final

from ...errors import (
    DeviceError,
    GetvpnError,
    HostKeyError,
    LoginError,
    OverdueError,
    TransportError,
)
from ..clock import Clock
from ..deploying.models import Role
from ..deploying.observing import GM, KS, KS_POLICY, Observed, observe, unreachable
from ..ssh.device import Device
from .logins import Devices, Logins, PausedError

RETRY_S: Final = 15.0
RETRY_MOST_S: Final = 300.0
"""Between two attempts at a device that does not answer there is twice the time each time."""
REFUSED_S: Final = 900.0
REFUSED_MOST_S: Final = 3600.0
"""Whoever turns a login down may lock the account: it is tried again seldom."""
PATIENCE_S: Final = 30.0
"""How long a look waits for the next device that is through: real time, whatever the clock is."""
_IDLE_S: Final = 1.0
Idle = Callable[[], object]
"""What is called about each second while a look goes on."""
NEEDED: Final[Mapping[Role, tuple[str, ...]]] = {
    "key server": (KS, KS_POLICY),
    "member": (GM,),
}
"""What a device has to answer for a look to tell anything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What to ask of a device; the session of one that is not to be kept is closed again."""

    role: Role
    commands: tuple[str, ...]
    keep: bool


@dataclass(slots=True)
class _Rest:
    """A device that failed: how often, when it is asked again, and what it showed."""

    times: int
    until: float
    seen: Observed


class Poller:
    """Looks at devices; the texts of their answers are not kept."""

    def __init__(self, devices: Devices, clock: Clock, *, patience_s: float = PATIENCE_S) -> None:
        self._at_once = devices.at_once
        self._logins = Logins(devices, clock)
        self._clock = clock
        self._patience_s = patience_s
        self._busy: set[str] = set()
        self._unasked: set[str] = set()
        self._sessions: dict[str, Device] = {}
        self._resting: dict[str, _Rest] = {}
        self.seconds: dict[str, float] = {}
        """How long the last look at a device took."""

    def close(self) -> None:
        """End all sessions."""
        for name in list(self._sessions):
            self._drop(name)

    def look(
        self, asks: Mapping[str, Ask], idle: Idle | None = None, *, patience_s: float | None = None
    ) -> dict[str, Observed]:
        """What the devices show; those that fail are told as such, and rest.

        Members that nobody dares to ask are left out: that tells nothing of them.
        """
        self._unasked.clear()
        patience_s = patience_s or self._patience_s
        now = self._clock.now()
        due = {
            name: ask
            for name, ask in asks.items()
            if name not in self._busy and not self._rests(name, now)
        }
        # by name, since a thread that was given up may come back and change them meanwhile
        resting = {name: self._resting.get(name) for name in asks}
        found = {name: rest.seen for name, rest in resting.items() if rest is not None}
        found.update(self._each(due, lambda name: self._one(name, due[name]), idle, patience_s))
        for name in [name for name in asks if name not in found]:
            late = OverdueError(f"no answer within {patience_s:g} s", device=name)
            found[name] = self._failed(name, asks[name].role, late)
        return {name: found[name] for name in asks if name not in self._unasked}

    def forget(self, names: Collection[str]) -> None:
        """Forget devices that are not asked any more."""
        for name in names:
            self._drop(name)
            self._resting.pop(name, None)
            self.seconds.pop(name, None)

    def _rests(self, name: str, now: float) -> bool:
        rest = self._resting.get(name)
        # a clock that was set back is no reason to wait long
        return rest is not None and 0 < rest.until - now <= REFUSED_MOST_S

    def _each(
        self,
        names: Collection[str],
        one: Callable[[str], Observed],
        idle: Idle | None,
        patience_s: float,
    ) -> dict[str, Observed]:
        """Look at several at a time, for as long as there is patience.

        A device that hangs holds up neither the others nor an end on Ctrl-C; it is not asked again
        before its thread has come back.
        """
        if not self._at_once:
            return {name: one(name) for name in names}
        waiting, done = deque(names), SimpleQueue[tuple[str, Observed | BaseException]]()
        given_up: set[str] = set()

        def work() -> None:
            with suppress(IndexError):
                name = ""
                while name not in given_up:
                    name = waiting.popleft()
                    self._busy.add(name)
                    try:
                        seen: Observed | BaseException = one(name)
                    except BaseException as error:  # noqa: BLE001 - or else it would be waited for
                        seen = error
                    self._busy.discard(name)
                    done.put((name, seen))

        def hire(count: int) -> None:
            for _ in range(min(count, len(waiting))):
                Thread(target=work, daemon=True).start()

        hire(self._at_once)
        found: dict[str, Observed] = {}
        try:
            while len(found) < len(names):
                late = _next(done, found, patience_s, idle)
                if late and not waiting:
                    break
                if late:
                    # others have the places of those that hang
                    hanging = self._busy.intersection(names) - given_up
                    given_up |= hanging
                    hire(len(hanging))
        finally:
            waiting.clear()
        return found

    def _one(self, name: str, ask: Ask) -> Observed:
        began = self._clock.now()
        try:
            seen = self._asked(name, ask)
        except PausedError as error:
            if ask.role == "key server":
                return self._failed(name, ask.role, error)
            self._unasked.add(name)
            return unreachable(name, ask.role, error, clock=self._clock)
        except DeviceError as error:
            self._drop(name)
            return self._failed(name, ask.role, error)
        except Exception as error:  # noqa: BLE001 - one device must not end the watch of all
            self._drop(name)
            why = error.message if isinstance(error, GetvpnError) else type(error).__name__
            return self._failed(name, ask.role, DeviceError(why, device=name))
        finally:
            self.seconds[name] = self._clock.now() - began
            if not ask.keep:
                self._drop(name)
        self._resting.pop(name, None)
        return replace(seen, texts={}, failure=_unusable(seen))

    def _asked(self, name: str, ask: Ask) -> Observed:
        was_open = name in self._sessions
        try:
            return self._observe(name, ask)
        except TransportError:
            self._drop(name)
            if not was_open:
                raise
            # the device may have ended a session that was idle, or it restarted
            return self._observe(name, ask)

    def _observe(self, name: str, ask: Ask) -> Observed:
        session = self._sessions.get(name)
        if session is None:
            session = self._sessions[name] = self._logins.open(
                name, server=ask.role == "key server"
            )
        return observe(session, ask.role, clock=self._clock, whole=False, only=ask.commands)

    def _failed(self, name: str, role: Role, error: DeviceError) -> Observed:
        before = self._resting.get(name)
        times = 1 if before is None else before.times + 1
        refused = isinstance(error, LoginError | HostKeyError)
        first, most = (REFUSED_S, REFUSED_MOST_S) if refused else (RETRY_S, RETRY_MOST_S)
        now = self._clock.now()
        seen = unreachable(name, role, error, clock=self._clock)
        # a power of two of a week's failures would be no time any more
        self._resting[name] = _Rest(times, now + min(first * 2 ** min(times - 1, 10), most), seen)
        return seen

    def _drop(self, name: str) -> None:
        session = self._sessions.pop(name, None)
        if session is not None:
            with suppress(DeviceError, OSError):
                session.close()


def _next(
    done: SimpleQueue[tuple[str, Observed | BaseException]],
    found: dict[str, Observed],
    patience_s: float,
    idle: Idle | None,
) -> bool:
    """Wait for the next device that is through; gives whether that has taken too long."""
    until = monotonic() + patience_s
    while (left_s := until - monotonic()) > 0:
        try:
            name, seen = done.get(timeout=min(left_s, _IDLE_S))
        except Empty:
            if idle is not None:
                idle()
            continue
        if isinstance(seen, BaseException):
            raise seen
        found[name] = seen
        return False
    return True


def _unusable(seen: Observed) -> str:
    """Why what a device said tells nothing of its groups; empty if it does."""
    for command in NEEDED[seen.role]:
        if command in seen.refused:
            return f"it refuses '{command}': {seen.refused[command]}"
        if command in seen.unread:
            return f"its answer to '{command}' cannot be read"
    return ""
