"""When the router ends a session by itself: nobody types, or it has lasted too long."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ..clock import Timer
    from .session import Session

EXPIRES = "*\n*\n* Line timeout expired\n*\n*"
IDLE = "\n[Connection to {name} idle too long; timed out]\n"


class Timeouts:
    """The timers of one session: `exec-timeout`, `session-timeout`, `absolute-timeout`."""

    __slots__ = ("_idle", "_last", "_session", "_warning")

    def __init__(self, session: "Session") -> None:
        self._session = session
        self._idle: Timer | None = None
        self._warning: Timer | None = None
        self._last: Timer | None = None

    def start(self) -> None:
        """The session begins."""
        self._arm()
        session = self._session
        longest, warning = session.line.longest_s(session.router)
        if longest:
            clock = session.router.clock
            end = clock.now() + longest
            self._last = clock.call_at(end, self._expired)
            self._warning = clock.call_at(max(clock.now(), end - warning), self._warn)

    def cancel(self) -> None:
        """The session is over."""
        for timer in (self._idle, self._warning, self._last):
            if timer is not None:
                timer.cancel()

    def _limits(self) -> tuple[float, float]:
        line, router = self._session.line, self._session.router
        return line.exec_timeout_s(router), line.session_timeout_s(router)

    def _arm(self) -> None:
        limits = [limit for limit in self._limits() if limit]
        session = self._session
        if limits and not session.over:
            due = session.terminal.idle_since + min(limits)
            self._idle = session.router.clock.call_at(due, self._look)

    def _look(self) -> None:
        """End the session if nothing has been typed for long enough."""
        session = self._session
        if session.over:
            return
        idle = session.router.clock.now() - session.terminal.idle_since
        exec_s, session_s = self._limits()
        if session_s and idle >= session_s:
            session.terminal.write(IDLE.format(name=session.router.hostname))
            session.hangup()
        elif exec_s and idle >= exec_s:
            session.terminal.write("\n")
            session.hangup()
        else:
            self._arm()

    def _warn(self) -> None:
        if not self._session.over:
            self._session.terminal.notice(EXPIRES, redraw=True)

    def _expired(self) -> None:
        if not self._session.over:
            self._session.hangup()
