"""Logins that lock no account: while one is turned down, few others are tried."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Condition
from time import monotonic
from typing import Final, Protocol

from ...errors import LoginError
from ..clock import Clock
from ..ssh.device import Device

AT_FIRST: Final = 2
"""So many logins of a user are tried before one has succeeded; accounts stand three, or more."""
PROVEN_S: Final = 60.0
"""For how long a login that succeeded speaks for the password."""
SLOW_S: Final = 5.0
"""A login that takes longer is no longer waited for: whoever turns one down does it sooner."""
PAUSE_S: Final = 900.0
PAUSE_MOST_S: Final = 3600.0


class Devices(Protocol):
    """Where sessions come from."""

    @property
    def at_once(self) -> int:
        """How many devices may have a session that is asked at a time.

        With 0 they are asked in the thread of who looks, as a simulation needs it.
        """

    def username(self, name: str) -> str:
        """Who logs in to a device."""

    def open(self, name: str) -> Device:
        """A session on a device. Raises the kinds of DeviceError."""


class PausedError(LoginError):
    """A device was not asked, since others turn the same user down."""


@dataclass(slots=True)
class _Streak:
    """Logins of a user that were turned down, since one succeeded; when another is tried.

    `last` is the device that turned down the last of them.
    """

    refused: int = 0
    last: str = ""
    pauses: int = 0
    until: float = 0.0


@dataclass(slots=True)
class _Account:
    """A user: what is told by key servers, by members, and the logins that are under way."""

    servers: _Streak = field(default_factory=_Streak)
    members: _Streak = field(default_factory=_Streak)
    proven_at: float | None = None
    under_way: list[float] = field(default_factory=list)


class Logins:
    """Opens sessions. Devices often share accounts, which too many wrong passwords lock.

    Before a login of a user has succeeded only some are tried at a time; after `AT_FIRST` that were
    turned down in a row there is a pause, which is longer each time. What members turn down
    does not keep anybody from key servers, as far as they take the login.
    """

    def __init__(self, devices: Devices, clock: Clock) -> None:
        self._devices = devices
        self._clock = clock
        self._accounts: dict[str, _Account] = {}
        self._changed = Condition()

    def open(self, name: str, *, server: bool) -> Device:
        """A session on a key server, or on a member. Raises the kinds of DeviceError."""
        with self._changed:
            account = self._accounts.setdefault(self._devices.username(name), _Account())
        with self._turn(name, account, server=server):
            try:
                session = self._devices.open(name)
            except LoginError:
                self._refused(name, account, account.servers if server else account.members)
                raise
        with self._changed:
            account.servers, account.members = _Streak(), _Streak()
            account.proven_at = self._clock.now()
            self._changed.notify_all()
        return session

    @contextmanager
    def _turn(self, name: str, account: _Account, *, server: bool) -> Iterator[None]:
        began = self._wait(name, account, server=server)
        try:
            yield
        finally:
            with self._changed:
                account.under_way.remove(began)
                self._changed.notify_all()

    def _wait(self, name: str, account: _Account, *, server: bool) -> float:
        """Wait until a login may be tried; gives when it began. Raises PausedError."""
        with self._changed:
            while True:
                now = self._clock.now()
                streaks = [account.servers] if server else [account.servers, account.members]
                # a clock that was set back is no reason to wait long
                if any(0 < streak.until - now <= PAUSE_MOST_S for streak in streaks):
                    raise PausedError(
                        "is not asked, since others turn the same user down", device=name
                    )
                refused = sum(streak.refused for streak in streaks)
                oldest = monotonic() - SLOW_S
                young = [began for began in account.under_way if began > oldest]
                proven = account.proven_at is not None and now - account.proven_at <= PROVEN_S
                if (proven and not refused) or refused + len(young) < AT_FIRST or not young:
                    account.under_way.append(monotonic())
                    return account.under_way[-1]
                self._changed.wait(max(min(young) - oldest, 0.01))

    def _refused(self, name: str, account: _Account, streak: _Streak) -> None:
        with self._changed:
            if streak.last == name and account.proven_at is not None:
                # others take the login: that this one does not is its own affair
                return
            streak.last = name
            streak.refused += 1
            if streak.refused >= AT_FIRST:
                # afterwards one alone has to succeed
                wait_s = PAUSE_S * 2 ** min(streak.pauses, 10)
                streak.refused, streak.pauses = AT_FIRST - 1, streak.pauses + 1
                streak.until = self._clock.now() + min(wait_s, PAUSE_MOST_S)
                account.proven_at = None
