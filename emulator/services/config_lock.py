"""The lock on the configuration: one user changes it, the others wait.

`configuration mode exclusive auto` takes it with `configure terminal`; otherwise it is taken by
`configure terminal lock` (Cisco configuration management guide).
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..feature import Feature
from ..grammar import RefusedError
from .processes import pid_of

if TYPE_CHECKING:
    from ..clock import Timer
    from ..device import Router
    from ..shell.session import Session

SETTING = "configuration mode exclusive"
EXPIRE_S = 600
"""How long a lock outlasts the last line that its holder typed, if nothing else is configured."""
TAKEN = (
    "Configuration mode locked exclusively. "
    "The lock will be cleared once you exit out of configuration mode using end/exit\n\n"
)
REFUSED = (
    "Configuration mode is locked by process '{pid}' user '{user}' from terminal '{tty}'. "
    "Please try later."
)
CLEARED = "The configuration lock was cleared by user <{user}> from terminal <{tty}>"


@dataclass(slots=True, kw_only=True)
class Held:
    """A lock: who has it, by which command, since when, and when he last typed a line."""

    session: "Session"
    pid: int
    command: str
    since: float
    touched: float


class ConfigLock(Feature):
    """Who holds the lock; `held` is None while nobody does."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.held: Held | None = None
        self._timer: Timer | None = None

    @property
    def automatic(self) -> bool:
        """Whether everybody who configures takes the lock."""
        entry = self.router.config.root.find(SETTING)
        return entry is not None and entry["how"] == "auto"

    @property
    def expire_s(self) -> float:
        """How long a lock lasts without a line of its holder."""
        entry = self.router.config.root.find(SETTING)
        found = entry.get("expire", ()) if entry is not None else ()
        return float(found[-1] if found else EXPIRE_S)

    def enter(self, session: "Session", command: str, *, wanted: bool) -> str:
        """A user goes into configuration mode; gives what he is told of the lock.

        Raises RefusedError if another one holds it.
        """
        self.check(session)
        if not wanted and not self.automatic:
            return ""
        now = self.router.clock.now()
        pid = pid_of(self.router, session.line)
        self.held = Held(session=session, pid=pid, command=command, since=now, touched=now)
        self._arm()
        return TAKEN

    def check(self, session: "Session | None") -> None:
        """Raise RefusedError if another one than the user of `session` holds the lock."""
        held = self.held
        if held is None or session is None:
            return
        if held.session is not session:
            who, tty = held.session.user or "unknown", held.session.line.number
            raise RefusedError(REFUSED.format(pid=held.pid, user=who, tty=tty))
        held.touched = self.router.clock.now()

    def leave(self, session: "Session") -> None:
        """A user has left configuration mode."""
        if self.held is not None and self.held.session is session:
            self.release()

    def release(self) -> None:
        """The lock is free."""
        self.held = None
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def stopped(self) -> None:
        """The router goes down."""
        self.release()

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self.held is not None:
            due = self.held.touched + self.expire_s
            self._timer = self.router.clock.call_at(due, self._look)

    def _look(self) -> None:
        if self.held is None:
            return
        if self.router.clock.now() >= self.held.touched + self.expire_s:
            self.release()
        else:
            self._arm()
