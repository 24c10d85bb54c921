"""The tty lines of a router: the console and the vtys, and who is on them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from .config.store import Block, Entry
from .services.acl import standard_acl_permits
from .terminal import History
from .terminal.history import DEFAULT_SIZE

if TYPE_CHECKING:
    from .device import Router
    from .shell.session import Session

EXEC_TIMEOUT_S = 600.0
LOGOUT_WARNING_S = 20.0
"""How long before an absolute timeout a user is warned (Cisco command reference)."""
COLUMNS, ROWS = 80, 24
SSH = "ssh"
ESCAPE = 30
"""Ctrl-Shift-6, which ends what a command waits for (Cisco command reference, `escape-character`).
"""


class Line:
    """A line; `session` is the one that uses it.

    `history` are the commands of exec mode, `config_history` those of the configuration.
    """

    __slots__ = (
        "_lines",
        "config_history",
        "drop",
        "history",
        "index",
        "kind",
        "monitor",
        "session",
        "since",
        "source",
    )

    def __init__(
        self,
        lines: "Lines",
        kind: str,
        index: int,
        source: str,
        drop: Callable[[], None],
        since: float,
    ) -> None:
        self._lines = lines
        self.drop = drop
        self.kind = kind
        self.index = index
        self.source = source
        self.since = since
        self.session: Session | None = None
        self.monitor = False
        self.history = History()
        self.config_history = History()

    def remember(self, count: int) -> None:
        """Keep so many commands of each kind."""
        self.history.size = self.config_history.size = count

    # ---- what is configured for it ----

    @property
    def name(self) -> str:
        """`vty0`, `console`."""
        return "console" if self.kind == "con" else f"{self.kind}{self.index}"

    @property
    def number(self) -> int:
        """The number of the line among all lines."""
        return 0 if self.kind == "con" else self._lines.first_vty + self.index

    def settings(self, router: "Router") -> Block | None:
        """The `line …` block that is for this line."""
        return router.lines.settings(self.kind, self.index)

    def exec_timeout_s(self, router: "Router") -> float:
        """Seconds without input until the session is closed; 0 for never."""
        block = self.settings(router)
        if block is None:
            return EXEC_TIMEOUT_S
        found = block.find("exec-timeout")
        if found is None:
            return EXEC_TIMEOUT_S
        return float(found.get("minutes", 0) * 60 + (found.get("seconds") or 0))

    def session_timeout_s(self, router: "Router") -> float:
        """Seconds without input until a connection is closed; 0 for never."""
        return 60.0 * int(self._value(router, "session-timeout", "minutes", 0))

    def longest_s(self, router: "Router") -> tuple[float, float]:
        """How many seconds a session may last (0: for ever), and how long before it is warned."""
        minutes = int(self._value(router, "absolute-timeout", "minutes", 0))
        warning = self._value(router, "logout-warning", "seconds", None)
        return 60.0 * minutes, LOGOUT_WARNING_S if warning is None else float(warning)

    def size(self, router: "Router") -> tuple[int, int]:
        """Columns and rows of a terminal whose client says nothing of its size."""
        return (
            int(self._value(router, "width", "columns", COLUMNS)),
            int(self._value(router, "length", "rows", ROWS)),
        )

    def history_size(self, router: "Router") -> int:
        """How many commands a session remembers."""
        block = self.settings(router)
        if block is not None and block.off("history"):
            return 0
        size = self._value(router, "history", "size", None)
        return DEFAULT_SIZE if size is None else int(size)

    def escape(self, router: "Router") -> str:
        """The character that ends what a command waits for; empty for none."""
        text = str(self._value(router, "escape-character", "character", "default")).lower()
        if text in ("none", "soft"):
            return ""
        if text.isdecimal():
            return chr(int(text) % 256)
        return text if len(text) == 1 else chr(ESCAPE)

    def location(self, router: "Router") -> str:
        """What `location` says of the line."""
        return str(self._value(router, "location", "text", ""))

    def has(self, router: "Router", setting: str) -> bool:
        """Whether a setting is there for the line."""
        block = self.settings(router)
        return block is not None and block.has(setting)

    def off(self, router: "Router", setting: str) -> bool:
        """Whether something that lines usually have is switched off."""
        block = self.settings(router)
        return block is not None and block.off(setting)

    def _value(self, router: "Router", setting: str, argument: str, default: Any) -> Any:
        block = self.settings(router)
        return default if block is None else block.value(setting, argument, default)

    # ---- its use ----

    def release(self) -> None:
        """The session is over; may be called again."""
        self.session = None
        self._lines.release(self)


class Lines:
    """All lines of one router."""

    __slots__ = ("_router", "_used", "_uses")

    def __init__(self, router: "Router") -> None:
        self._router = router
        self._used: dict[tuple[str, int], Line] = {}
        self._uses: dict[tuple[str, int], int] = {}

    @property
    def first_vty(self) -> int:
        """The number of vty 0 among all lines."""
        return self._router.platform.hardware.first_vty

    def settings(self, kind: str, index: int) -> Block | None:
        """The block `line KIND FIRST [LAST]` that holds this line."""
        for entry in self._router.config.root.all("line"):
            values = entry.values
            if values["kind"] == kind:
                first = values["first"]
                if first <= index <= (values.get("last") or first):
                    return entry.block
        return None

    def vty_count(self) -> int:
        """How many vty lines are configured."""
        return max(((entry.get("last") or entry["first"]) + 1 for entry in self._vtys()), default=0)

    def vty_free(self) -> bool:
        """Whether a vty line is left that takes SSH."""
        return self.next_vty() is not None

    def next_vty(self) -> int | None:
        """The first free vty line that takes SSH: the one that the next client gets."""
        for entry in sorted(self._vtys(), key=lambda entry: int(entry["first"])):
            if takes_ssh(entry.block):
                for index in range(entry["first"], (entry.get("last") or entry["first"]) + 1):
                    if ("vty", index) not in self._used:
                        return index
        return None

    def admits(self, index: int, source: str) -> bool:
        """Whether the access class of a vty line lets an address in."""
        block = self.settings("vty", index)
        entry = block.find("access-class", "in") if block is not None else None
        if entry is None:
            return True
        return standard_acl_permits(self._router.config.root, str(entry["acl"]), source)

    def claim_vty(self, source: str, drop: Callable[[], None]) -> Line | None:
        """The next vty line, or None: none is free, or it does not let that address in."""
        index = self.next_vty()
        if index is None or not self.admits(index, source):
            return None
        return self._claim("vty", index, source, drop)

    def _vtys(self) -> list[Entry]:
        return [entry for entry in self._router.config.root.all("line") if entry["kind"] == "vty"]

    def console(self, drop: Callable[[], None]) -> Line:
        """The console."""
        return self._claim("con", 0, "console", drop)

    def _claim(self, kind: str, index: int, source: str, drop: Callable[[], None]) -> Line:
        line = Line(self, kind, index, source, drop, self._router.clock.now())
        line.remember(line.history_size(self._router))
        line.monitor = line.has(self._router, "monitor")
        self._used[kind, index] = line
        self._uses[kind, index] = self.uses(kind, index) + 1
        return line

    def using(self, kind: str, index: int) -> Line | None:
        """A line, if somebody is on it."""
        return self._used.get((kind, index))

    def logins(self) -> int:
        """How many sessions there were on all lines since the boot."""
        return sum(self._uses.values())

    def uses(self, kind: str, index: int) -> int:
        """How often a line was used since the boot."""
        return self._uses.get((kind, index), 0)

    def release(self, line: Line) -> None:
        """The line is free again."""
        if self._used.get((line.kind, line.index)) is line:
            del self._used[line.kind, line.index]

    def used(self) -> list[Line]:
        """The lines in use, by number."""
        return sorted(self._used.values(), key=lambda line: line.number)

    def drop_all(self) -> None:
        """Close every session: the router goes down."""
        for line in self.used():
            line.drop()
            line.release()


def takes_ssh(block: Block | None) -> bool:
    """Whether `transport input` of a line lets SSH in, as it does without such a line."""
    entry = block.find("transport input") if block is not None else None
    return entry is None or bool({SSH, "all"} & set(entry.text.split()))
