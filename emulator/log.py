"""The log of a router: the buffer of `show logging`, and lines on terminals that monitor."""

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .timetext import stamp_text

if TYPE_CHECKING:
    from .device import Router

DEFAULT_BUFFER_BYTES = 4096
DEBUGGING = 7
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
    """One message: `facility`, `severity` 0 to 7, `mnemonic`, `text`; `time` is UTC seconds."""

    time: float
    facility: str
    severity: int
    mnemonic: str
    text: str
    stamp: str

    @property
    def line(self) -> str:
        """The message as the buffer and the terminals show it."""
        body = f"%{self.facility}-{self.severity}-{self.mnemonic}: {self.text}"
        return f"{self.stamp}: {body}" if self.stamp else body


class Log:
    """The messages of one router since it booted, the oldest dropped when the buffer is full."""

    __slots__ = ("_bytes", "_router", "counts", "messages")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._bytes = 0
        self.messages: deque[Message] = deque()
        self.counts = {"console": 0, "monitor": 0, "buffer": 0, "dropped": 0}

    def add(self, facility: str, severity: int, mnemonic: str, text: str) -> None:
        """Log a message now."""
        router = self._router
        message = Message(router.clock.now(), facility, severity, mnemonic, text, self._stamp())
        root = router.config.root
        if not root.off("logging console") and severity <= severity_number(
            root.value("logging console", "level")
        ):
            self.counts["console"] += 1
        if not root.off("logging buffered") and severity <= self.buffer_level():
            self._keep(message)
        self._show(message)

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

    def _show(self, message: Message) -> None:
        router = self._router
        root = router.config.root
        level = severity_number(root.value("logging monitor", "level"))
        if root.off("logging monitor") or message.severity > level:
            return
        for line in router.lines.used():
            if line.monitor and line.session is not None:
                self.counts["monitor"] += 1
                block = line.settings(router)
                redraw = block is not None and block.has("logging synchronous")
                line.session.terminal.notice(message.line, redraw=redraw)

    def _stamp(self) -> str:
        router = self._router
        setting = router.config.root.find("service timestamps log")
        if setting is None or setting.negated:
            return ""
        words = setting.text.split()
        if "uptime" in words:
            seconds = int(router.uptime_s)
            return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        local = "localtime" in words
        time = router.local_moment() if local else router.utc_moment()
        zone = (router.zone if local else "UTC") if "show-timezone" in words else ""
        text = stamp_text(time, msec="msec" in words, zone=zone, year="year" in words)
        return f"{router.clock_mark}{text}"
