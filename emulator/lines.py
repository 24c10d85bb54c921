"""The tty lines of a router: the console and the vtys, and who is on them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from .config.store import Block
from .terminal import History

if TYPE_CHECKING:
    from .device import Router
    from .shell.session import Session

EXEC_TIMEOUT_S = 600.0


class Line:
    """A line; `session` is the one that uses it."""

    __slots__ = (
        "_lines",
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
            first = entry["first"]
            if entry["kind"] == kind and first <= index <= (entry.get("last") or first):
                return entry.block
        return None

    def vty_count(self) -> int:
        """How many vty lines are configured."""
        return max(
            (
                (entry.get("last") or entry["first"]) + 1
                for entry in self._router.config.root.all("line")
                if entry["kind"] == "vty"
            ),
            default=0,
        )

    def vty_free(self) -> bool:
        """Whether a vty line is left."""
        return any(("vty", index) not in self._used for index in range(self.vty_count()))

    def claim_vty(self, source: str, drop: Callable[[], None]) -> Line | None:
        """The first free vty line, or None; `drop` ends its connection."""
        for index in range(self.vty_count()):
            if ("vty", index) not in self._used:
                return self._claim("vty", index, source, drop)
        return None

    def console(self, drop: Callable[[], None]) -> Line:
        """The console."""
        return self._claim("con", 0, "console", drop)

    def _claim(self, kind: str, index: int, source: str, drop: Callable[[], None]) -> Line:
        line = Line(self, kind, index, source, drop, self._router.clock.now())
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
