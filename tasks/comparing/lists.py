"""Access lists, and how one becomes another without an instant in which it means a third thing.

Of the lines that both lists have in one order, all stay. New lines go in from the top down, each
before the old lines of its place; then the old ones go from the bottom up. At every instant a
packet meets the line that decides about it in the old list, or in the new one: what comes before
that line is there already, or still. What both lists leave in clear is never encrypted meanwhile,
and the other way round.

That cannot be done where a line is to move past others, since a router does not take a line twice,
and where the numbers leave no room. Such a list is made anew beside the old one, see `diff_stages`.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final, Literal

from ...parsers.config import AccessList, AclEntry, ConfigLine, DeviceConfig

ListKind = Literal["standard", "extended", "ipv6"]
Key = tuple[bool, str]
"""What tells lists apart: whether it is one of IPv6, and its name."""
STEP: Final = 10
LARGEST: Final = 100
"""Lines of a policy that members take (deployment guide)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A line of a list. `text` is for comparing, `typed` as it is entered, without its number."""

    text: str
    typed: str
    number: int | None = None

    @property
    def action(self) -> str:
        """`permit` or `deny`."""
        return self.typed.partition(" ")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """An access list. `numbered` says whether the numbers of its entries are known."""

    name: str
    kind: ListKind
    entries: tuple[Entry, ...]
    numbered: bool = True

    @property
    def key(self) -> Key:
        """What tells it from other lists."""
        return self.kind == "ipv6", self.name

    @property
    def head(self) -> str:
        """The line that enters it."""
        if self.kind == "ipv6":
            return f"ipv6 access-list {self.name}"
        return f"ip access-list {self.kind} {self.name}"

    @property
    def texts(self) -> tuple[str, ...]:
        """Its lines, for comparing; in any order where the order does not count."""
        texts = tuple(entry.text for entry in self.entries)
        return tuple(sorted(texts)) if self.unordered else texts

    @property
    def unordered(self) -> bool:
        """Whether all lines do the same, so that their order does not count."""
        return len({entry.action for entry in self.entries}) < 2

    def same(self, other: "Listed") -> bool:
        """Whether both lists decide the same, as far as their lines show."""
        return self.kind == other.kind and self.texts == other.texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """The lines that change a list: what is entered in it at first, and what at last.

    `before` and `after` are global lines that come before and after all.
    """

    head: str
    before: tuple[str, ...] = ()
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def lists_of(config: DeviceConfig) -> dict[Key, Listed]:
    """The access lists of a configuration."""
    found = [
        _listed(each)
        for lists in (config.access_lists, config.ipv6_access_lists)
        for each in lists.values()
    ]
    return {each.key: each for each in found}


def written(listed: Listed) -> Edit:
    """The lines that make a list that is not there, or has no lines."""
    return Edit(head=listed.head, first=tuple(entry.typed for entry in listed.entries))


def edit(old: Listed, new: Listed) -> Edit | None:
    """The lines that turn `old` into `new`, None where it is to be made anew."""
    if old.kind != new.kind:
        return None
    if old.unordered and new.unordered and _action(old) == _action(new):
        return _set(old, new)
    if _repeats(old) or _repeats(new):
        return None
    steps = _steps(old, new)
    added = {entry.text for _, entries in steps for entry in entries}
    kept = _kept(old, new)
    gone = [entry for at, entry in enumerate(old.entries) if at not in kept]
    if any(entry.text in added for entry in gone):
        return None
    if len(old.entries) + len(added) > LARGEST >= len(new.entries):
        return None
    made = _inserted(old, steps)
    if made is None:
        return None
    before, first = made
    return Edit(
        head=new.head,
        before=before,
        first=first,
        last=tuple(f"no {entry.typed}" for entry in reversed(gone)),
        # numbers that nobody sees may be as they are
        after=(_numbered(new.name, STEP),) if before and old.numbered else (),
    )


def reduced(old: Listed, new: Listed) -> Listed:
    """The lines of `old` that stay where it becomes `new`."""
    kept = _kept(old, new)
    return replace(old, entries=tuple(entry for at, entry in enumerate(old.entries) if at in kept))


def joined(new: Listed, old: Listed) -> Listed:
    """A list that decides as `new`, and as `old` what `new` has no line for."""
    entries = {entry.text: replace(entry, number=None) for entry in (*new.entries, *old.entries)}
    return replace(new, entries=tuple(entries.values()), numbered=False)


def renamed(listed: Listed, name: str) -> Listed:
    """The same lines under another name."""
    return replace(listed, name=name)


# ---- reading ----


def _listed(view: AccessList) -> Listed:
    known = {id(entry.line): entry for entry in view.entries}
    lines = [entry.line for entry in view.entries]
    if view.unread:
        lines = sorted((*lines, *view.unread), key=lambda line: line.lineno)
    entries = [_entry(line, known.get(id(line))) for line in lines]
    if view.kind == "ipv6":
        entries = list(_counted(entries))
    return Listed(
        name=view.name,
        kind=view.kind,
        entries=tuple(entries),
        numbered=all(entry.number is not None for entry in entries),
    )


def _entry(line: ConfigLine, entry: AclEntry | None) -> Entry:
    words = line.words
    if words[0] == "access-list":
        words = words[2:]
    number = None
    if words[0] == "sequence" and len(words) > 1 and words[1].isdecimal():
        number, words = int(words[1]), words[2:]
    elif words[0].isdecimal():
        number, words = int(words[0]), words[1:]
    typed = " ".join(words)
    text = typed if entry is None else str(replace(entry, sequence=None))
    return Entry(text=text, typed=typed, number=number)


def _counted(entries: Iterable[Entry]) -> Iterator[Entry]:
    """Lists of IPv6 show the numbers that are not what would be counted."""
    expected = STEP
    for entry in entries:
        number = entry.number or expected
        expected = number + STEP
        yield replace(entry, number=number)


# ---- changing ----


def _action(listed: Listed) -> str | None:
    return listed.entries[0].action if listed.entries else None


def _repeats(listed: Listed) -> bool:
    return any(count > 1 for count in Counter(entry.text for entry in listed.entries).values())


def _set(old: Listed, new: Listed) -> Edit:
    """The order does not count: what is new goes to the end."""
    there = {entry.text for entry in old.entries}
    wanted = {entry.text for entry in new.entries}
    added = {entry.text: entry for entry in new.entries if entry.text not in there}
    return Edit(
        head=new.head,
        first=tuple(entry.typed for entry in added.values()),
        last=tuple(f"no {entry.typed}" for entry in old.entries if entry.text not in wanted),
    )


def _matcher(old: Listed, new: Listed) -> SequenceMatcher[str]:
    return SequenceMatcher(
        None,
        [entry.text for entry in old.entries],
        [entry.text for entry in new.entries],
        autojunk=False,
    )


def _kept(old: Listed, new: Listed) -> set[int]:
    """The places in `old` of the lines that stay."""
    return {
        block.a + at
        for block in _matcher(old, new).get_matching_blocks()
        for at in range(block.size)
    }


def _steps(old: Listed, new: Listed) -> list[tuple[int, tuple[Entry, ...]]]:
    """What is put in: the place in `old` before which it goes, and the entries."""
    return [
        (first, new.entries[low:high])
        for tag, first, _, low, high in _matcher(old, new).get_opcodes()
        if tag in ("insert", "replace")
    ]


def _inserted(
    old: Listed, steps: list[tuple[int, tuple[Entry, ...]]]
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The lines that put entries in their places, and what has to be done before.

    None where there is no room for them.
    """
    if all(place == len(old.entries) for place, _ in steps):
        return (), tuple(entry.typed for _, entries in steps for entry in entries)
    numbers = [entry.number or 0 for entry in old.entries]
    before: tuple[str, ...] = ()
    if not old.numbered or not _fit(numbers, steps):
        if old.kind == "ipv6":
            return None
        widest = max(len(entries) for _, entries in steps)
        step = STEP * (widest // STEP + 1)
        numbers = [step * at for at in range(1, len(numbers) + 1)]
        before = (_numbered(old.name, step),)
    word = "sequence " if old.kind == "ipv6" else ""
    return before, tuple(
        f"{word}{number} {entry.typed}" for number, entry in _placed(numbers, steps)
    )


def _numbered(name: str, step: int) -> str:
    return f"ip access-list resequence {name} {step} {step}"


def _gap(numbers: list[int], place: int, count: int) -> tuple[int, int]:
    low = numbers[place - 1] if place else 0
    high = numbers[place] if place < len(numbers) else low + STEP * (count + 1)
    return low, high


def _fit(numbers: list[int], steps: list[tuple[int, tuple[Entry, ...]]]) -> bool:
    for place, entries in steps:
        low, high = _gap(numbers, place, len(entries))
        if high - low <= len(entries):
            return False
    return True


def _placed(
    numbers: list[int], steps: list[tuple[int, tuple[Entry, ...]]]
) -> Iterator[tuple[int, Entry]]:
    for place, entries in steps:
        low, high = _gap(numbers, place, len(entries))
        step = (high - low) // (len(entries) + 1)
        for at, entry in enumerate(entries, 1):
            yield low + step * at, entry


def find_name(wanted: str, taken: Mapping[Key, object]) -> str:
    """A name for a list that stands in for `wanted` for a while."""
    stem = wanted if wanted[0].isalpha() else f"LIST-{wanted}"
    names = {name for _, name in taken}
    name, count = f"{stem[:50]}-NEXT", 2
    while name in names:
        name, count = f"{stem[:50]}-NEXT{count}", count + 1
    return name
