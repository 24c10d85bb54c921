"""Events put in order: on one clock, each once, by group."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from .clocks import Clock, clocks_of
from .store import OTHERS, EventStore

MOST_GROUPS = 200
"""Groups that are told apart; those with the fewest messages are put together."""


@dataclass(slots=True, kw_only=True)
class GroupLog:
    """The rows of a group in the order of time; `name` is '' for what belongs to no group."""

    store: EventStore
    number: int
    name: str
    rows: Sequence[int]
    owners: dict[str, int] = field(default_factory=dict)
    """Which device has an address."""

    def label(self, subject: int) -> str:
        """What a subject is called: the device's name, where its address is known."""
        text = self.store.names.texts[subject]
        owner = self.owners.get(text)
        return text if owner is None else self.store.names.texts[owner]

    def device(self, row: int) -> str:
        """The name of who logged a row."""
        return self.store.names.texts[self.store.device[row]]

    def owner(self, subject: int) -> int | None:
        """The device that has the address which a subject is."""
        return self.owners.get(self.store.names.texts[subject])

    def place(self, row: int) -> str:
        """Where a row stands: `file:line`."""
        store = self.store
        return f"{store.sources[store.source[row]]}:{store.line[row]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """All groups, those with a name first, and the clocks of the devices."""

    groups: Sequence[GroupLog]
    clocks: Sequence[Clock]
    doubles: int
    """Messages that stood in several files."""


def prepare(store: EventStore) -> Prepared:
    """Correct times, drop what stands twice, and part the events by group."""
    clocks, corrections = clocks_of(store)
    _correct(store, corrections)
    rows, doubles = _once(store)
    rows.sort(key=store.time.__getitem__)
    memberships: dict[int, set[int]] = defaultdict(set)
    for device, group in set(zip(store.device, store.group, strict=True)):
        if group:
            memberships[device].add(group)
    only = {
        device: next(iter(groups)) for device, groups in memberships.items() if len(groups) == 1
    }
    sizes = Counter(store.group)
    most = {group for group, _ in sizes.most_common(MOST_GROUPS)}
    others = store.names.number(OTHERS) if len(sizes) > MOST_GROUPS else 0
    parts: dict[int, array[int]] = {}
    groups_of, devices_of = store.group, store.device
    for row in rows:
        group = groups_of[row] or only.get(devices_of[row], 0)
        if others and group not in most:
            group = others
        part = parts.get(group)
        if part is None:
            part = parts[group] = array("I")
        part.append(row)
    texts = store.names.texts
    found = []
    for group in sorted(parts, key=lambda number: (not number, texts[number])):
        owners = {
            texts[address]: device
            for (known, address), device in store.addresses.items()
            if known == group
        }
        log = GroupLog(store=store, number=group, name=texts[group], rows=parts[group])
        log.owners = owners
        found.append(log)
    return Prepared(groups=found, clocks=clocks, doubles=doubles)


def _correct(store: EventStore, corrections: dict[int, float]) -> None:
    """Put all times on one clock."""
    if not any(corrections.values()):
        return
    for row, (device, own) in enumerate(zip(store.device, store.own_clock, strict=True)):
        if own and (ahead := corrections.get(device)):
            store.time[row] -= ahead
            store.last[row] -= ahead


def _once(store: EventStore) -> tuple[list[int], int]:
    """The rows without those that another file has, too."""
    files: dict[int, set[int]] = defaultdict(set)
    for device, source in set(zip(store.device, store.source, strict=True)):
        files[device].add(source)
    several = {device for device, sources in files.items() if len(sources) > 1}
    if not several:
        return list(range(len(store))), 0
    first: dict[tuple[int, int], int] = {}
    rows, doubles = [], 0
    marks, sources = store.mark, store.source
    for row, device in enumerate(store.device):
        if (
            device in several
            and first.setdefault((device, marks[row]), sources[row]) != sources[row]
        ):
            doubles += 1
        else:
            rows.append(row)
    return rows, doubles
