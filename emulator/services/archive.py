"""The configuration archive, replacing the configuration, and changes that must be confirmed."""

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..clock import Timer
from ..config.archive import (
    WILL_BEGIN,
    file_name,
    log_backup,
    log_confirm,
    log_rollback,
    log_start,
    log_warning,
)
from ..config.matching import Parents
from ..config.replacement import Failure, Outcome, replace
from ..config.rules import Rules
from ..feature import Feature
from ..files.errors import FileError
from ..grammar import Parsed, Setting
from ..saving import ENCODING, dated_text
from ..shell.loading import load
from ..timetext import stamp_text

if TYPE_CHECKING:
    from ..config.store import Block, Change
    from ..device import Router

DEFAULT_MAXIMUM = 10
DEFAULT_LOGGED = 100
WARNING_S = MINUTE_S = 60.0
_FURTHER_VTY = re.compile(r"line vty (?:[5-9]|\d\d)")
"""The lines that can be removed: those behind vty 4."""


@dataclass(slots=True, kw_only=True)
class Pending:
    """A change that will be taken back unless it is confirmed. Times in the clock's seconds."""

    backup: str
    user: str
    privilege: int
    minutes: int
    armed_at: float
    idle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """A configuration command for `show archive log config`; `number` counts them."""

    number: int
    session: int
    user: str
    line: str
    text: str


class Archive(Feature):
    """Keeps what `archive` configures: saved files, the pending change, the command log."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self.files: list[str] = []
        self.number = 0
        self.pending: Pending | None = None
        self.logged: list[Logged] = []
        self._count = 0
        self._timers: list[Timer] = []
        self._period: Timer | None = None

    # ---- what is configured ----

    @property
    def block(self) -> "Block | None":
        """The block `archive`."""
        entry = self.router.config.root.find("archive")
        return entry.block if entry else None

    @property
    def path(self) -> str | None:
        """Where archive files go; None while the archive is off."""
        entry = self.block.find("path") if self.block else None
        return entry.text.partition(" ")[2] if entry else None

    @property
    def maximum(self) -> int:
        """How many files are kept."""
        entry = self.block.find("maximum") if self.block else None
        return int(entry.text.split()[-1]) if entry else DEFAULT_MAXIMUM

    # ---- saving ----

    def save(self) -> str:
        """Save the running configuration as the next file and give its name; raises FileError."""
        router = self.router
        stamp = router.clock_mark + stamp_text(
            router.local_moment(), msec=True, zone="" if router.zone == "UTC" else router.zone
        )
        name = file_name(self.path or "", self.number, stamp=stamp, hostname=router.hostname)
        router.files.write(name, dated_text(router).encode(ENCODING, "replace"), router.clock.now())
        self.number += 1
        self.files.append(name)
        while len(self.files) > self.maximum:
            oldest = self.files.pop(0)
            if router.files.exists(oldest):
                router.files.delete(oldest)
        return name

    def saved(self) -> None:
        """The configuration was saved: archive it too, if that is wanted."""
        if self.block is not None and self.block.has("write-memory"):
            self._save_quietly()

    def booted(self) -> None:
        """The periods begin."""
        self._wait_for_period()

    def config_changed(self, change: "Change") -> None:
        """Another period begins anew."""
        if change.name in ("archive", "time-period") and self.router.running:
            self._wait_for_period()

    def _wait_for_period(self) -> None:
        if self._period is not None:
            self._period.cancel()
        minutes = self.block.value("time-period", "minutes") if self.block is not None else None
        if minutes is None:
            self._period = None
            return
        clock = self.router.clock
        self._period = clock.call_at(clock.now() + int(minutes) * MINUTE_S, self._period_over)

    def _period_over(self) -> None:
        self._save_quietly()
        self._wait_for_period()

    def _save_quietly(self) -> None:
        """Save for nobody who could be told that it failed."""
        if self.path is not None:
            with suppress(FileError):
                self.save()

    # ---- replacing ----

    def replace(self, target: str, *, user: str, origin: str, revert: bool = False) -> Outcome:
        """Make the running configuration equal to the text `target`."""
        router = self.router

        def apply(commands: Sequence[str], *, stop: bool) -> list[Failure]:
            loaded = load(router, "\n".join(commands), user=user, origin=origin, stop=stop)
            return [Failure(line=item.line, text=item.said) for item in loaded.rejected]

        outcome = replace(
            apply,
            lambda: "\n".join(router.running_lines()),
            target,
            rules_of(router),
            revert_on_error=revert,
        )
        router.touched(user)
        return outcome

    # ---- changes that must be confirmed ----

    def begin(self, *, user: str, privilege: int, minutes: int, idle: bool = False) -> str:
        """Save the configuration and go back to it unless confirmed; gives the backup's name."""
        backup = self.save()
        self._say(log_backup(backup))
        self.pending = Pending(
            backup=backup,
            user=user,
            privilege=privilege,
            minutes=minutes,
            armed_at=self.router.clock.now(),
            idle=idle,
        )
        self._arm(self.pending)
        return backup

    def rearm(self, minutes: int, *, idle: bool = False) -> bool:
        """Give a pending change another time; False if there is none."""
        if self.pending is None:
            return False
        self.pending.minutes, self.pending.idle = minutes, idle
        self.pending.armed_at = self.router.clock.now()
        self._arm(self.pending)
        return True

    def confirm(self, user: str, privilege: int) -> bool:
        """Keep the change; False if none is pending."""
        if self.pending is None:
            return False
        self._disarm()
        self._say(log_confirm(user, privilege))
        return True

    def forget(self) -> None:
        """Drop the timer of a change that was taken back already."""
        self._disarm()

    def roll_back(self) -> Outcome | None:
        """Take the change back; None if none is pending."""
        pending = self.pending
        if pending is None:
            return None
        self._disarm()
        self._say(log_rollback(pending.backup))
        text = self.router.files.read(pending.backup).decode(ENCODING)
        return self.replace(text, user=pending.user, origin="console")

    def _arm(self, pending: Pending) -> None:
        for timer in self._timers:
            timer.cancel()
        clock = self.router.clock
        due = pending.armed_at + pending.minutes * MINUTE_S
        self._timers = [clock.call_at(due, self._expire)]
        if pending.minutes > 1:
            self._timers.append(clock.call_at(due - WARNING_S, self._warn))
        start = log_start(
            pending.backup,
            user=pending.user,
            privilege=pending.privilege,
            minutes=pending.minutes,
            idle=pending.idle,
        )
        self._say(start)

    def _disarm(self) -> None:
        for timer in self._timers:
            timer.cancel()
        self._timers = []
        self.pending = None

    def _warn(self) -> None:
        pending = self.pending
        if pending is None:
            return
        self._say(log_warning(pending.backup, idle=pending.idle))
        for line in self.router.lines.used():
            if line.session is not None and line.session.user == pending.user:
                line.session.terminal.notice(WILL_BEGIN, redraw=True)

    def _expire(self) -> None:
        pending = self.pending
        if pending is not None and pending.idle:
            idle_since = self._last_input(pending.user)
            due = idle_since + pending.minutes * MINUTE_S
            if due > self.router.clock.now():
                self._timers = [self.router.clock.call_at(due, self._expire)]
                return
        # a backup that is gone cannot bring anything back
        with suppress(FileError):
            self.roll_back()

    def _last_input(self, user: str) -> float:
        times = [
            line.session.terminal.idle_since
            for line in self.router.lines.used()
            if line.session is not None and line.session.user == user
        ]
        return max(times, default=0.0)

    # ---- the log of commands ----

    def note(self, session: int, user: str, line: str, text: str) -> None:
        """Log a configuration command, if `log config` asks for it."""
        entry = self.block.find("log config") if self.block else None
        block = entry.block if entry else None
        if block is None or not block.has("logging enable"):
            return
        self._count += 1
        made = Logged(number=self._count, session=session, user=user, line=line, text=text)
        self.logged.append(made)
        del self.logged[: -int(block.value("logging size", "entries", DEFAULT_LOGGED))]
        if block.has("notify syslog"):
            logged = f"User:{user}  logged command:{text}"
            self.router.log.add("PARSER", 5, "CFGLOG_LOGGEDCMD", logged)

    def stopped(self) -> None:
        """The router goes down: a pending change ends with the running configuration."""
        self._disarm()
        if self._period is not None:
            self._period.cancel()

    def _say(self, text: str) -> None:
        """Log a message that is given with its name: `%FACILITY-5-NAME: text`."""
        name, _, words = text.lstrip("%").partition(": ")
        facility, severity, mnemonic = name.split("-", 2)
        self.router.log.add(facility, int(severity), mnemonic, words)


def rules_of(router: "Router") -> Rules:
    """What a replacement has to know of this router's commands."""

    def setting_of(parents: Parents, line: str) -> Parsed | None:
        mode = "config"
        for parent in parents:
            found = router.grammar.parse(mode, parent)
            if not isinstance(found, Parsed) or not isinstance(found.target, Setting):
                return None
            mode = found.target.enters or mode
        found = router.grammar.parse(mode, line)
        return found if isinstance(found, Parsed) else None

    def identity(parents: Parents, line: str) -> str | None:
        found = setting_of(parents, line)
        if found is None or not isinstance(found.target, Setting) or not found.target.overwrites:
            return None
        values = (str(found.values.get(name)) for name in found.target.identity)
        return "\n".join((found.target.name, *values))

    def removable(parents: Parents, line: str) -> bool:
        if parents:
            return True
        if line.startswith("line "):
            return _FURTHER_VTY.match(line) is not None
        if line.startswith("crypto pki certificate chain "):
            # certificates are taken out one by one, or go with their trustpoint
            return False
        kind, _, name = line.partition(" ")
        return kind != "interface" or name not in router.platform.hardware.interfaces

    return Rules(identity=identity, removable=removable)
