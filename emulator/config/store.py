"""The configuration as data: blocks of entries, one entry for each line that is in force."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ..grammar import Setting

Key = tuple[Any, ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Entry:
    """A line of the configuration.

    `text` is the line in full, `values` its arguments by name, `negated` tells that it is a
    `no …` of something that is on by default. `block` holds the lines below it; `lines` is text
    that belongs to the entry and is printed as it stands (a banner, a certificate).
    """

    setting: Setting
    text: str
    values: dict[str, Any]
    negated: bool = False
    block: "Block | None" = None
    lines: tuple[str, ...] = ()

    def __getitem__(self, name: str) -> Any:
        """The value of an argument; KeyError if the line has none of that name."""
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """The value of an argument, or `default`."""
        return self.values.get(name, default)

    @property
    def key(self) -> Key:
        """What tells this entry from the others of its block."""
        return key_of(self.setting, self.values)


def key_of(setting: Setting, values: dict[str, Any]) -> Key:
    """The key of an entry of `setting` with these values."""
    return (setting.name, *(values.get(name) for name in setting.identity))


class Block:
    """The lines of one mode.

    `owner` is the line that opened it and `above` the block which that stands in; both are None
    for the global block.
    """

    __slots__ = ("above", "entries", "mode", "owner")

    def __init__(self, mode: str, owner: Entry | None = None, above: "Block | None" = None) -> None:
        self.mode = mode
        self.owner = owner
        self.above = above
        self.entries: dict[Key, Entry] = {}

    def members(self) -> Sequence["Block"]:
        """The blocks that a line typed here goes into."""
        return (self,)

    def settle(self) -> None:
        """A line that was typed here has been carried out."""

    def find(self, name: str, *identity: Any) -> Entry | None:
        """The entry of the setting `name` with these identity values."""
        return self.entries.get((name, *identity))

    def all(self, name: str) -> list[Entry]:
        """Every entry of the setting `name`, in the order in which they were entered."""
        return [entry for entry in self.entries.values() if entry.setting.name == name]

    def has(self, name: str, *identity: Any) -> bool:
        """Tell whether the setting `name` is there and not negated."""
        found = self.entries.get((name, *identity))
        return found is not None and not found.negated

    def off(self, name: str, *identity: Any) -> bool:
        """Tell whether a setting that is on by default is switched off."""
        found = self.entries.get((name, *identity))
        return found is not None and found.negated

    def value(self, name: str, argument: str, default: Any = None) -> Any:
        """An argument of the setting `name`, or `default` when it is not there or negated."""
        found = self.entries.get((name,))
        if found is None or found.negated:
            return default
        return found.values.get(argument, default)


class RangeBlock(Block):
    """A mode for several things at once (`line vty 0 15`): a line goes into the blocks of all.

    `choose` gives these blocks whenever a line is typed, `settled` is called behind it.
    """

    __slots__ = ("_choose", "_settled")

    def __init__(
        self, mode: str, choose: Callable[[], Sequence[Block]], settled: Callable[[], None]
    ) -> None:
        super().__init__(mode)
        self._choose = choose
        self._settled = settled

    def members(self) -> Sequence["Block"]:
        """The blocks of all."""
        return self._choose()

    def settle(self) -> None:
        """Tell that the line is carried out."""
        self._settled()


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One edit: what an entry was (None: not there) and what it is now (None: removed).

    `owners` are the lines above it, outermost first.
    """

    owners: tuple[Entry, ...]
    before: Entry | None
    after: Entry | None

    @property
    def entry(self) -> Entry:
        """The entry after the change, or the one that was removed."""
        found = self.after or self.before
        if found is None:
            raise ValueError("a change of nothing")
        return found

    @property
    def name(self) -> str:
        """The name of the setting that changed."""
        return self.entry.setting.name


class Config:
    """A running configuration, and those who want to know of changes."""

    __slots__ = ("_listeners", "edits", "root")

    def __init__(self) -> None:
        self.root = Block("config")
        self.edits = 0
        self._listeners: list[Callable[[Change], None]] = []

    def subscribe(self, listener: Callable[[Change], None]) -> None:
        """Call `listener` after every edit."""
        self._listeners.append(listener)

    def put(self, block: Block, entry: Entry) -> None:
        """Store `entry` in `block`, in the place of the one with the same key."""
        key = entry.key
        before = block.entries.get(key)
        if before is not None and entry.block is None:
            entry.block = before.block
        block.entries[key] = entry
        self._tell(Change(owners=owners_of(block), before=before, after=entry))

    def remove(self, block: Block, key: Key) -> Entry | None:
        """Take an entry out; None if it is not there."""
        before = block.entries.pop(key, None)
        if before is not None:
            self._tell(Change(owners=owners_of(block), before=before, after=None))
        return before

    def _tell(self, change: Change) -> None:
        self.edits += 1
        for listener in self._listeners:
            listener(change)


def owners_of(block: Block) -> tuple[Entry, ...]:
    """The lines above the lines of `block`, outermost first."""
    found: list[Entry] = []
    here: Block | None = block
    while here is not None and here.owner is not None:
        found.append(here.owner)
        here = here.above
    return tuple(reversed(found))


def walk(block: Block) -> Iterator[Entry]:
    """Every entry of a block and of the blocks below it."""
    for entry in block.entries.values():
        yield entry
        if entry.block is not None:
            yield from walk(entry.block)
