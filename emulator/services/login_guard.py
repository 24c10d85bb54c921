"""What failed logins cost: delays, and a while in which nobody is let in (`login block-for`).

Texts are those of published logs and of the Cisco command reference.
"""

from collections import deque
from typing import TYPE_CHECKING

from ..feature import Feature
from .acl import standard_acl_permits

if TYPE_CHECKING:
    from ..clock import Timer
    from ..config.store import Change
    from ..device import Router

MOST_FAILURES = 50
DEFAULT_DELAY_S = 1
OWN_LIST = "sl_def_acl"
"""The access list that a router itself applies while it is quiet."""
BLOCK_FOR = "login block-for"
REASON = "[Reason: Login Authentication Failed]"


class LoginGuard(Feature):
    """Counts logins; watches for attacks if that is configured.

    `failures` are the last failed logins: when, which user, from where; `failed_count` counts all.
    """

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.failures: deque[tuple[float, str, str]] = deque(maxlen=MOST_FAILURES)
        self.failed_count = 0
        self._succeeded_count = 0
        self._window_began: float | None = None
        self._in_window = 0
        self._quiet_until: float | None = None
        self._timer: Timer | None = None

    @property
    def delay_s(self) -> float:
        """How long a wrong password is left without an answer."""
        root = self.router.config.root
        usual = DEFAULT_DELAY_S if root.has(BLOCK_FOR) else 0
        return float(root.value("login delay", "seconds", usual))

    @property
    def exempt(self) -> str:
        """The access list of those who are let in while the router is quiet; empty for none."""
        return str(self.router.config.root.value("login quiet-mode access-class", "acl", ""))

    @property
    def quiet_s(self) -> float:
        """For how many more seconds the router is quiet; 0 if it is not."""
        return max(0.0, (self._quiet_until or 0.0) - self.router.clock.now())

    @property
    def window(self) -> tuple[float, int]:
        """How many seconds the failures are still watched together, and how many there are."""
        within = float(self.router.config.root.value(BLOCK_FOR, "within", 0))
        now = self.router.clock.now()
        if self._window_began is None or now >= self._window_began + within:
            return within, 0
        return self._window_began + within - now, self._in_window

    def admits(self, source: str) -> bool:
        """Whether somebody from this address may try to log in now."""
        if self._quiet_until is None:
            return True
        exempt = self.exempt
        return bool(exempt) and standard_acl_permits(self.router.config.root, exempt, source)

    def succeeded(self, user: str, source: str) -> None:
        """Somebody has logged in."""
        self._succeeded_count += 1
        if self._reports("login on-success", self._succeeded_count):
            text = f"Login Success {_who(user, source)} at {self._moment()}"
            self.router.log.add("SEC_LOGIN", 5, "LOGIN_SUCCESS", text)

    def failed(self, user: str, source: str) -> None:
        """Somebody has failed to log in."""
        self.failed_count += 1
        self.failures.append((self.router.clock.now(), user, source))
        if self._reports("login on-failure", self.failed_count):
            text = f"Login failed {_who(user, source)} {REASON} at {self._moment()}"
            self.router.log.add("SEC_LOGIN", 4, "LOGIN_FAILED", text)
        self._watch(user, source)

    def config_changed(self, change: "Change") -> None:
        """Begin anew when it is configured what to watch for."""
        if change.name == BLOCK_FOR:
            self._forget()

    def stopped(self) -> None:
        """The router goes down."""
        self._forget()

    def _forget(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        self._quiet_until = self._window_began = None
        self._in_window = 0

    def _reports(self, setting: str, count: int) -> bool:
        """Whether the `count`-th login of a kind is logged."""
        entry = self.router.config.root.find(setting)
        if entry is None or entry.negated or "log" not in entry.text.split():
            return False
        return count % int(entry.get("every") or 1) == 0

    def _watch(self, user: str, source: str) -> None:
        rule = self.router.config.root.find(BLOCK_FOR)
        if rule is None or self._quiet_until is not None:
            return
        now = self.router.clock.now()
        if self._window_began is None or now >= self._window_began + rule["within"]:
            self._window_began, self._in_window = now, 0
        self._in_window += 1
        if self._in_window < rule["attempts"]:
            return
        left = int(self._window_began + rule["within"] - now)
        text = (
            f"Still timeleft for watching failures is {left} secs, {_who(user, source)} {REASON} "
            f"[ACL: {self.exempt or OWN_LIST}] at {self._moment()}"
        )
        self.router.log.add("SEC_LOGIN", 1, "QUIET_MODE_ON", text)
        self._window_began, self._in_window = None, 0
        self._quiet_until = now + rule["seconds"]
        self._timer = self.router.clock.call_at(self._quiet_until, self._over)

    def _over(self) -> None:
        self._forget()
        text = f"Quiet Mode is OFF, because block period timed out at {self._moment()}"
        self.router.log.add("SEC_LOGIN", 5, "QUIET_MODE_OFF", text)

    def _moment(self) -> str:
        return self.router.second_text(self.router.clock.now())


def _who(user: str, source: str) -> str:
    return f"[user: {user}] [Source: {source}] [localport: 22]"
