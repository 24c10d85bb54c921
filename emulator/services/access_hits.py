"""How often the lines of access lists have matched.

`router.feature(AccessHits)` gives it. What carries traffic counts with `count`, or is a source of
what is to be counted before anybody reads; the commands that show lists read `hits`.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ..config.store import Change
from ..feature import Feature

if TYPE_CHECKING:
    from ..device import Router

LISTS = ("ip access-list standard", "ip access-list extended", "ipv6 access-list")
_Key = tuple[bool, str, int]


class AccessHits(Feature):
    """Counters by list and sequence number; a line that is changed begins at zero."""

    def __init__(self, router: "Router") -> None:
        super().__init__(router)
        self._hits: dict[_Key, int] = {}
        self.sources: list[Callable[[], None]] = []

    def count(self, name: str, sequence: int, packets: int = 1, *, ipv6: bool = False) -> None:
        """The line `sequence` of the list `name` has matched `packets` packets."""
        key = (ipv6, name, sequence)
        self._hits[key] = self._hits.get(key, 0) + packets

    def hits(self, name: str, sequence: int, *, ipv6: bool = False) -> int:
        """How many packets a line has matched."""
        self._read()
        return self._hits.get((ipv6, name, sequence), 0)

    def clear(self, name: str | None = None, *, ipv6: bool = False) -> None:
        """Count anew: one list, or all of a family."""
        self._read()
        for key in list(self._hits):
            if key[0] == ipv6 and name in (None, key[1]):
                del self._hits[key]

    def _read(self) -> None:
        for source in list(self.sources):
            source()

    def config_changed(self, change: Change) -> None:
        """Forget the counters of lines that are no longer there."""
        owner = change.owners[0] if change.owners else change.entry
        if owner.setting.name not in LISTS or not self._hits:
            return
        name, ipv6 = str(owner["acl"]), owner.setting.name.startswith("ipv6")
        if not change.owners:
            if change.after is None:
                self.clear(name, ipv6=ipv6)
            return
        sequence = change.entry.get("sequence")
        if isinstance(sequence, int):
            self._hits.pop((ipv6, name, sequence), None)
