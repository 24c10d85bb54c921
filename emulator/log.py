"""The log of a router: the buffer of `show logging`, and lines on terminals that monitor."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .timetext import age_text, stamp_text

if TYPE_CHECKING:
    from .config.store import Block
    from .device import Router

DEFAULT_BUFFER_BYTES = 4096
DEBUGGING = 7
INFORMATIONAL = 6
EVERYWHERE, CONSOLE = "everywhere", "console"
LEAST_SYNCHRONOUS = 2
"""Messages that are as urgent as this do not wait for what is being typed (Cisco reference)."""
SEVERITIES = (
    "emergencies",
    "alerts",
    "critical",
    "errors",
    "warnings",
    "notifications",
    "informational",
    "debugging",
)


def severity_number(name: str | int | None, default: int = DEBUGGING) -> int:
    """The number of a severity that is given by name or number."""
    if name is None:
        return default
    if isinstance(name, int):
        return name
    return SEVERITIES.index(name) if name in SEVERITIES else int(name)


@dataclass(frozen=True, slots=True)
class Message:
    """One message: `facility`, `severity` 0 to 7, `mnemonic`, `text`; `time` is UTC seconds.

    `number` counts the messages if `service sequence-numbers` asks for it, else it is 0.
    """

    time: float
    facility: str
    severity: int
    mnemonic: str
    text: str
    stamp: str
    number: int = 0

    @property
    def line(self) -> str:
        """The message as the buffer and the terminals show it."""
        body = f"%{self.facility}-{self.severity}-{self.mnemonic}: {self.text}"
        stamped = f"{self.stamp}: {body}" if self.stamp else body
        return f"{self.number:06}: {stamped}" if self.number else stamped


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often a kind of message came, and the time stamp of the last one."""

    count: int
    last: str


class Log:
    """The messages of one router since it booted, the oldest dropped when the buffer is full.

    `counts` tells how many each destination got, `hosts` how many each server by its name,
    `tallies` how often each kind came, by facility, since `logging count` was configured.
    """

    __slots__ = (
        "_bytes",
        "_in_second",
        "_number",
        "_router",
        "_second",
        "counts",
        "hosts",
        "messages",
        "tallies",
    )

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._bytes = 0
        self._number = 0
        self._second = 0
        self._in_second = 0
        self.tallies: dict[str, dict[tuple[str, int], Tally]] = {}
        self.messages: deque[Message] = deque()
        names = ("console", "monitor", "buffer", "trap", "dropped", "limited")
        self.counts = dict.fromkeys(names, 0)
        self.hosts: dict[str, int] = {}

    def add(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Log a message now."""
        router = self._router
        self._number += 1
        root = router.config.root
        numbered = root.has("service sequence-numbers")
        message = Message(
            router.clock.now(),
            facility,
            severity,
            mnemonic,
            text,
            self._stamp(),
            self._number if numbered else 0,
        )
        if root.has("logging count"):
            self._count(message)
        elif self.tallies:
            self.tallies.clear()
        limited = self._limited(severity)
        if limited:
            self.counts["limited"] += 1
        if not limited and self.takes("console", severity):
            self.counts["console"] += 1
        if root.off("logging on") or limited == EVERYWHERE:
            return
        if not root.off("logging buffered") and severity <= self.buffer_level():
            self._keep(message)
        if self.takes("trap", severity):
            self._send(message)
        if self.takes("monitor", severity):
            self._show(message)

    def _count(self, message: Message) -> None:
        kinds = self.tallies.setdefault(message.facility, {})
        key = (message.mnemonic, message.severity)
        before = kinds.get(key)
        count = 1 if before is None else before.count + 1
        kinds[key] = Tally(count=count, last=message.stamp)

    def _limited(self, severity: int) -> str:
        """Where `logging rate-limit` keeps a message from: everywhere, the console, or nowhere."""
        rule = self._router.config.root.find("logging rate-limit")
        if rule is None:
            return ""
        spared = rule.get("except")
        every = "all_rate" in rule.values or "console_all" in rule.values
        if severity == DEBUGGING and not every:
            return ""
        if spared is not None and severity <= severity_number(spared):
            return ""
        second = int(self._router.clock.now())
        if second != self._second:
            self._second, self._in_second = second, 0
        self._in_second += 1
        names = ("rate", "all_rate", "console_rate", "console_all")
        rate = next(int(rule[name]) for name in names if rule.get(name) is not None)
        if self._in_second <= rate:
            return ""
        return CONSOLE if " console " in rule.text else EVERYWHERE

    def level(self, destination: str) -> int:
        """The least urgent severity that `console`, `monitor` or `trap` takes."""
        usual = INFORMATIONAL if destination == "trap" else DEBUGGING
        found = self._router.config.root.value(f"logging {destination}", "level")
        return severity_number(found, usual)

    def takes(self, destination: str, severity: int) -> bool:
        """Whether a destination is on and takes messages of a severity."""
        off = self._router.config.root.off(f"logging {destination}")
        return not off and severity <= self.level(destination)

    def buffer_bytes(self) -> int:
        """The size of the buffer."""
        size = self._router.config.root.value("logging buffered", "size")
        return int(size or DEFAULT_BUFFER_BYTES)

    def buffer_level(self) -> int:
        """The least urgent severity that the buffer keeps."""
        return severity_number(self._router.config.root.value("logging buffered", "level"))

    def clear(self) -> None:
        """Empty the buffer."""
        self.messages.clear()
        self._bytes = 0

    def _keep(self, message: Message) -> None:
        self.counts["buffer"] += 1
        self.messages.append(message)
        self._bytes += len(message.line) + 2
        limit = self.buffer_bytes()
        while self._bytes > limit and len(self.messages) > 1:
            self._bytes -= len(self.messages.popleft().line) + 2

    def _send(self, message: Message) -> None:
        """Count what servers get; nothing leaves the lab."""
        self.counts["trap"] += 1
        for entry in self._router.config.root.all("logging host"):
            name = str(entry["host"])
            self.hosts[name] = self.hosts.get(name, 0) + 1

    def _show(self, message: Message) -> None:
        router = self._router
        for line in router.lines.used():
            if line.monitor and line.session is not None:
                self.counts["monitor"] += 1
                redraw = _synchronous(line.settings(router), message.severity)
                line.session.terminal.notice(message.line, redraw=redraw)

    def _stamp(self) -> str:
        router = self._router
        setting = router.config.root.find("service timestamps log")
        if setting is None or setting.negated:
            return ""
        words = setting.text.split()
        if "uptime" in words:
            return age_text(router.uptime_s)
        local = "localtime" in words
        time = router.local_moment() if local else router.utc_moment()
        zone = (router.zone if local else "UTC") if "show-timezone" in words else ""
        text = stamp_text(time, msec="msec" in words, zone=zone, year="year" in words)
        return f"{router.clock_mark}{text}"


def _synchronous(block: "Block | None", severity: int) -> bool:
    """Whether a line shows what is being typed once more behind a message."""
    entry = block.find("logging synchronous") if block is not None else None
    if entry is None or " level all" in entry.text:
        return False
    level = entry.get("level")
    return severity > (LEAST_SYNCHRONOUS if level is None else int(level))
