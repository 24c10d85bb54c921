"""Access lists as they are compared."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from ...parsers.config import AccessList, AclEntry, ConfigLine, DeviceConfig

ListKind = Literal["standard", "extended", "ipv6"]
Key = tuple[bool, str]
"""What tells lists apart: whether it is one of IPv6, and its name."""
STEP: Final = 10


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
    """An access list. `numbered` says whether the numbers of its entries are known.

    `shown` has all lines, remarks among them, of a list that is to be exactly as it was.
    """

    name: str
    kind: ListKind
    entries: tuple[Entry, ...]
    numbered: bool = True
    shown: tuple[Entry, ...] = ()

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
        return not self.shown and len({entry.action for entry in self.entries}) < 2

    @property
    def remarks(self) -> tuple[str, ...]:
        """The remarks that are shown."""
        return tuple(line.text for line in self.shown if line.action == "remark")

    def same(self, other: "Listed") -> bool:
        """Whether both lists decide the same, as far as their lines show."""
        if self.kind != other.kind:
            return False
        if not self.shown or not other.shown:
            return self.texts == other.texts
        if [line.text for line in self.shown] != [line.text for line in other.shown]:
            return False
        pairs = zip(self.entries, other.entries, strict=True)
        return not (self.numbered and other.numbered) or all(a.number == b.number for a, b in pairs)


def lists_of(config: DeviceConfig, *, exact: bool = False) -> dict[Key, Listed]:
    """The access lists of a configuration; `exact` ones with all that is shown of them."""
    found = [
        _listed(each, exact=exact)
        for lists in (config.access_lists, config.ipv6_access_lists)
        for each in lists.values()
    ]
    return {each.key: each for each in found}


def joined(new: Listed, old: Listed) -> Listed:
    """A list that decides as `new`, and as `old` what `new` has no line for."""
    entries = {entry.text: replace(entry, number=None) for entry in (*new.entries, *old.entries)}
    return replace(new, entries=tuple(entries.values()), numbered=False, shown=())


def renamed(listed: Listed, name: str) -> Listed:
    """The same lines under another name."""
    return replace(listed, name=name)


# ---- reading ----


def _listed(view: AccessList, *, exact: bool) -> Listed:
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
        shown=tuple(_with_remarks(entries, lines, view)) if exact else (),
    )


def _with_remarks(entries: list[Entry], lines: list[ConfigLine], view: AccessList) -> list[Entry]:
    """The entries, which stand on `lines`, and the remarks between them."""
    pairs = [(line.lineno, entry) for line, entry in zip(lines, entries, strict=True)]
    pairs += [(line.lineno, _remark(line)) for line in view.remarks]
    return [entry for _, entry in sorted(pairs, key=lambda pair: pair[0])]


def _remark(line: ConfigLine) -> Entry:
    before, _, said = line.text.partition("remark ")
    number = before.split()[-1:]
    text = f"remark {said.strip()}"
    if line.words[0] == "access-list" or not number:
        return Entry(text=text, typed=text)
    return Entry(text=text, typed=text, number=int(number[0]))


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


# ---- names ----

_SUFFIX: Final = "-NEXT"


def _stem(name: str) -> str:
    return (name if name[0].isalpha() else f"LIST-{name}")[:50]


def find_name(wanted: str, taken: Mapping[Key, object]) -> str:
    """A name for a list that stands in for `wanted` for a while."""
    stem = _stem(wanted)
    names = {name for _, name in taken}
    name, count = f"{stem}{_SUFFIX}", 2
    while name in names:
        name, count = f"{stem}{_SUFFIX}{count}", count + 1
    return name


def stand_ins(keys: Iterable[Key], among: Iterable[Key]) -> set[Key]:
    """Of the lists `among` those whose names say that they stand in for one of `keys`."""
    stems = {f"{_stem(name)}{_SUFFIX}" for _, name in keys}
    return {key for key in among if key[1].rstrip("0123456789") in stems}
