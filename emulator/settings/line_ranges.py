"""The lines of a router as ranges with the same settings, cut and joined as they are configured."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from ..config.edit import written
from ..config.store import Block, Config, Entry

if TYPE_CHECKING:
    from ..device import Router

VTY = "vty"
BREAK = 4
"""The last vty line of the first block; IOS never prints it together with the next one."""
KINDS = {"con": 0, "aux": 1, "tty": 2, VTY: 3}


def line_order(entry: Entry) -> tuple[int, int]:
    """The place of a range among all lines."""
    return KINDS[entry["kind"]], entry["first"]


def last_of(entry: Entry) -> int:
    """The number of the last line of a range."""
    last = entry.get("last")
    return int(entry["first"] if last is None else last)


def line_text(kind: str, first: int, last: int) -> str:
    """The words that open the block of a range."""
    number = f"{first}" if last == first else f"{first} {last}"
    return f"line {number}" if kind == "tty" else f"line {kind} {number}"


class LineRanges:
    """The `line` entries of a running configuration."""

    def __init__(self, router: "Router") -> None:
        settings = router.grammar.settings("config")
        self._setting = next(setting for setting in settings if setting.name == "line")
        self._router = router
        self._root = router.config.root

    def count(self, kind: str) -> int:
        """How many lines of a kind there are, counted from 0."""
        return max((last_of(entry) + 1 for entry in self._of(kind)), default=0)

    def has(self, kind: str, number: int) -> bool:
        """Tell whether there is such a line."""
        return any(entry["first"] <= number <= last_of(entry) for entry in self._of(kind))

    def add(self, kind: str, first: int, last: int, lines: Sequence[str]) -> None:
        """Make lines that begin with the settings `lines`."""
        for begin, end in _pieces(kind, first, last):
            entry = self._entry(kind, begin, end)
            block = Block("line", entry, self._root)
            entry.block = block
            for line in lines:
                child = written(self._router, "line", line)
                block.entries[child.key] = child
            self._config.put(self._root, entry)

    def blocks(self, kind: str, first: int, last: int) -> list[Block]:
        """The blocks of these lines and of no others; ranges are cut where they have to be."""
        self._cut(kind, first)
        self._cut(kind, last + 1)
        return [
            entry.block
            for entry in sorted(self._of(kind), key=line_order)
            if first <= entry["first"] <= last and entry.block is not None
        ]

    def remove(self, kind: str, first: int) -> None:
        """Take away a line and those behind it."""
        self._cut(kind, first)
        for entry in self._of(kind):
            if entry["first"] >= first:
                self._config.remove(self._root, entry.key)

    def join(self) -> None:
        """Put neighbours with the same settings into one range."""
        before: Entry | None = None
        for entry in sorted(self._root.all(self._setting.name), key=line_order):
            if before is not None and _alike(before, entry):
                del self._root.entries[before.key]
                del self._root.entries[entry.key]
                entry = self._moved(before, before["first"], last_of(entry))
            before = entry

    @property
    def _config(self) -> Config:
        return self._router.config

    def _of(self, kind: str) -> list[Entry]:
        return [entry for entry in self._root.all(self._setting.name) if entry["kind"] == kind]

    def _entry(self, kind: str, first: int, last: int) -> Entry:
        values = {"kind": kind, "first": first, "last": None if last == first else last}
        return Entry(setting=self._setting, text=line_text(kind, first, last), values=values)

    def _cut(self, kind: str, number: int) -> None:
        """Let a range begin at `number`. What is configured stays the same, so nobody is told."""
        for entry in self._of(kind):
            first, last = entry["first"], last_of(entry)
            if first < number <= last:
                del self._root.entries[entry.key]
                copy = _copy(entry.block)
                self._moved(entry, first, number - 1)
                self._moved(entry, number, last, copy)

    def _moved(self, entry: Entry, first: int, last: int, block: Block | None = None) -> Entry:
        """Store the settings of `entry` (or those of `block`) as those of another range."""
        found = self._entry(entry["kind"], first, last)
        found.block = block or entry.block
        if found.block is not None:
            found.block.owner = found
        self._root.entries[found.key] = found
        return found


def _pieces(kind: str, first: int, last: int) -> Iterator[tuple[int, int]]:
    if kind == VTY and first <= BREAK < last:
        yield first, BREAK
        yield BREAK + 1, last
    else:
        yield first, last


def _copy(block: Block | None) -> Block | None:
    if block is None:
        return None
    copy = Block(block.mode, block.owner, block.above)
    copy.entries = dict(block.entries)
    return copy


def _alike(entry: Entry, other: Entry) -> bool:
    if entry["kind"] != other["kind"] or last_of(entry) + 1 != other["first"]:
        return False
    if entry["kind"] == VTY and last_of(entry) == BREAK:
        return False
    return _contents(entry) == _contents(other)


def _contents(entry: Entry) -> dict[object, str]:
    entries = entry.block.entries if entry.block is not None else {}
    return {key: found.text for key, found in entries.items()}
