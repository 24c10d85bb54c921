"""What is known of a list while lines are added to it, so that a long one loads in linear time."""

from dataclasses import dataclass, field

from ..config.store import Block, Entry, Key
from ..services.access_lists import place

INDEX = "index"


@dataclass(slots=True)
class ListIndex:
    """The texts of the lines with their keys, and the highest sequence number.

    It holds as long as the list has `count` lines and `newest` is the one that came last.
    """

    count: int = 0
    newest: Key | None = None
    last: int = 0
    keys: dict[str, Key] = field(default_factory=dict)

    def find(self, block: Block, text: str) -> Entry | None:
        """The line that says the same as `text`."""
        key = self.keys.get(text)
        return block.entries.get(key) if key is not None else None

    def add(self, key: Key, entry: Entry) -> None:
        """Know one more line."""
        self.count += 1
        self.newest = key
        self.last = max(self.last, place(entry)[0])
        self.keys.setdefault(entry.text, key)


def index_of(block: Block) -> ListIndex:
    """The index of a list, brought up to date."""
    newest = next(reversed(block.entries), None)
    found = block.owner.values.get(INDEX) if block.owner is not None else None
    if isinstance(found, ListIndex):
        if found.count == len(block.entries) and found.newest == newest:
            return found
        if found.count + 1 == len(block.entries) and newest is not None:
            # every line that is added looks here first, so that only one can be new
            found.add(newest, block.entries[newest])
            return found
    made = ListIndex()
    for key, entry in block.entries.items():
        made.add(key, entry)
    if block.owner is not None:
        block.owner.values[INDEX] = made
    return made
