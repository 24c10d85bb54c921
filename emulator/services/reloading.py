"""A reload that was scheduled: its time, the warnings on all lines, the reload itself."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..clock import Timer
from ..feature import Feature

if TYPE_CHECKING:
    from ..device import Router

WARNINGS_S = (3600, 1800, 300, 60)
"""How long before the reload the lines are warned."""
REASON = "Reload Command"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheduled:
    """A reload to come: when (seconds of the lab's clock), who asked, from where, and why."""

    at: float
    asked_at: float
    user: str
    origin: str
    reason: str


class Reloading(Feature):
    """Keeps at most one scheduled reload."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.scheduled: Scheduled | None = None
        self._timers: list[Timer] = []

    def schedule(self, plan: Scheduled) -> None:
        """Reload at `plan.at` instead of any time before; warns the lines at once."""
        self._forget()
        self.scheduled = plan
        clock = self.router.clock
        for seconds in WARNINGS_S:
            if plan.at - seconds > clock.now():
                self._timers.append(clock.call_at(plan.at - seconds, self._warner(seconds)))
        self._timers.append(clock.call_at(plan.at, self._reload))
        self.warn(f"SHUTDOWN in {countdown(plan.at - clock.now())}")

    def cancel(self) -> bool:
        """Call the reload off; False if none was scheduled."""
        if self.scheduled is None:
            return False
        self._forget()
        self.warn("SHUTDOWN ABORTED")
        return True

    def now(self, user: str, origin: str, reason: str) -> None:
        """Reload at once."""
        who = f"{user} on {origin}" if user and origin != "console" else "console"
        text = f"Reload requested by {who}. Reload Reason: {reason}."
        self.router.log.add("SYS", 5, "RELOAD", text)
        self.router.reload(reason)

    def warn(self, text: str) -> None:
        """Print a banner on every line."""
        for line in self.router.lines.used():
            if line.session is not None:
                line.session.terminal.notice(f"\n\n***\n*** --- {text} ---\n***\n", redraw=True)

    def stopped(self) -> None:
        """The router goes down."""
        self._forget()

    def _warner(self, seconds: int) -> Callable[[], None]:
        return lambda: self.warn(f"SHUTDOWN in {countdown(seconds)}")

    def _reload(self) -> None:
        plan = self.scheduled
        if plan is None:
            return
        router = self.router
        at, asked = router.second_text(plan.at), router.second_text(plan.asked_at)
        who = f"by {plan.user} on {plan.origin}"
        text = f"Reload requested for {at} at {asked} {who}. Reload Reason: {plan.reason}."
        router.log.add("SYS", 5, "SCHEDULED_RELOAD", text)
        router.reload(plan.reason)

    def _forget(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers.clear()
        self.scheduled = None


def countdown(seconds: float) -> str:
    """`0:05:00`."""
    whole = round(seconds)
    return f"{whole // 3600}:{whole // 60 % 60:02}:{whole % 60:02}"


def in_words(seconds: float) -> str:
    """`in 411 hours and 33 minutes`, `in 5 minutes`."""
    minutes = round(seconds / 60)
    hours, minutes = divmod(minutes, 60)
    parts = []
    if hours:
        parts.append(f"{hours} hour{'s' if hours > 1 else ''}")
    if minutes or not hours:
        parts.append(f"{minutes} minute{'' if minutes == 1 else 's'}")
    return "in " + " and ".join(parts)
