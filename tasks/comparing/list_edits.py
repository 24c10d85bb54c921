"""How an access list becomes another without an instant in which it means a third thing.

Of the lines that both lists have in one order, all stay. New lines go in from the top down, each
before the old lines of its place; then the old ones go from the bottom up. At every instant a
packet meets the line that decides about it in the old list, or in the new one: what comes before
that line is there already, or still. What both lists leave in clear is never encrypted meanwhile,
and the other way round.

That cannot be done where a line is to move past others, since a router does not take a line twice,
and where the numbers leave no room. Such a list is made anew beside the old one, see `stages`.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Final

from .lists import STEP, Entry, Listed, ListKind

LARGEST: Final = 100
"""Lines of a policy that members take (deployment guide)."""


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


def written(listed: Listed) -> Edit:
    """The lines that make a list that is not there, or has no lines."""
    if listed.shown:
        lines = tuple(_at_its_number(line, listed.kind) for line in listed.shown)
    else:
        lines = tuple(entry.typed for entry in listed.entries)
    return Edit(head=listed.head, first=lines)


def edit(old: Listed, new: Listed) -> Edit | None:
    """The lines that turn `old` into `new`, None where it is to be made anew."""
    if old.kind != new.kind or old.remarks != new.remarks:
        return None
    if not (old.unordered and new.unordered and _action(old) == _action(new)):
        return _in_order(old, new)
    # a router puts hosts of standard lists where it likes
    return (_in_order(old, new) if new.kind != "standard" else None) or _set(old, new)


def _in_order(old: Listed, new: Listed) -> Edit | None:
    """The lines that turn `old` into `new` and put all in their places, None where none do."""
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
    last = tuple(f"no {entry.typed}" for entry in reversed(gone))
    exact = bool(old.shown and new.shown) and old.numbered and new.numbered
    if exact and _keep_numbers(old, new):
        return _at_their_numbers(old, new, steps, last)
    made = _inserted(old, steps)
    if made is None:
        return None
    before, first = made
    step = _even(new) if exact else _usual(old, anew=bool(before))
    if exact and step is None:
        return None
    uneven = any(place < len(old.entries) for place, _ in steps) or not _cut(old, gone, added)
    after = (_numbered(new.name, *step),) if step is not None and (exact or uneven) else ()
    if not any((first, last, after)):
        return None  # a remark stands elsewhere
    return Edit(head=new.head, before=before, first=first, last=last, after=after)


def _usual(old: Listed, *, anew: bool) -> tuple[int, int] | None:
    """How a list is numbered in the end: as usual if it was, or if it is numbered `anew`.

    Numbers that nobody sees may be as they are.
    """
    usual = (STEP, STEP)
    return usual if old.numbered and (anew or _even(old) == usual) else None


def _cut(old: Listed, gone: Sequence[Entry], added: Collection[str]) -> bool:
    """Whether lines go or come at the end only, so that the others keep even numbers."""
    return not gone or (not added and gone == list(old.entries[-len(gone) :]))


def reduced(old: Listed, new: Listed) -> Listed:
    """The lines of `old` that stay where it becomes `new`."""
    kept = _kept(old, new)
    entries = tuple(entry for at, entry in enumerate(old.entries) if at in kept)
    return replace(old, entries=entries, shown=())


def _action(listed: Listed) -> str | None:
    return listed.entries[0].action if listed.entries else None


def _repeats(listed: Listed) -> bool:
    return any(count > 1 for count in Counter(entry.text for entry in listed.entries).values())


def _set(old: Listed, new: Listed) -> Edit:
    """The order does not count: what is new goes to the end."""
    there = {entry.text for entry in old.entries}
    wanted = {entry.text for entry in new.entries}
    added = {entry.text: entry for entry in new.entries if entry.text not in there}
    gone = [entry for entry in old.entries if entry.text not in wanted]
    step = None if _cut(old, gone, added) else _usual(old, anew=False)
    return Edit(
        head=new.head,
        first=tuple(entry.typed for entry in added.values()),
        last=tuple(f"no {entry.typed}" for entry in gone),
        after=() if step is None else (_numbered(new.name, *step),),
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
        before = (_numbered(old.name, step, step),)
    return before, tuple(
        _at_its_number(replace(entry, number=number), old.kind)
        for number, entry in _placed(numbers, steps)
    )


def _at_its_number(entry: Entry, kind: ListKind) -> str:
    if entry.number is None:
        return entry.typed
    return f"{'sequence ' if kind == 'ipv6' else ''}{entry.number} {entry.typed}"


def _numbered(name: str, first: int, step: int) -> str:
    return f"ip access-list resequence {name} {first} {step}"


def _keep_numbers(old: Listed, new: Listed) -> bool:
    """Whether the lines that stay have the numbers that they are to have."""
    return all(
        old.entries[block.a + at].number == new.entries[block.b + at].number
        for block in _matcher(old, new).get_matching_blocks()
        for at in range(block.size)
    )


def _even(listed: Listed) -> tuple[int, int] | None:
    """The first number and the step of a list that is numbered evenly."""
    numbers = [entry.number or 0 for entry in listed.entries]
    if not numbers:
        return STEP, STEP
    step = numbers[1] - numbers[0] if len(numbers) > 1 else STEP
    if listed.kind == "ipv6" or numbers != [numbers[0] + step * at for at in range(len(numbers))]:
        return None
    return numbers[0], step


def _at_their_numbers(
    old: Listed,
    new: Listed,
    steps: list[tuple[int, tuple[Entry, ...]]],
    last: tuple[str, ...],
) -> Edit | None:
    """The lines that put entries back where they were; None where their places are taken."""
    taken = {entry.number for entry in old.entries}
    added = [entry for _, entries in steps for entry in entries]
    if (not added and not last) or any(entry.number in taken for entry in added):
        return None
    first = tuple(_at_its_number(entry, new.kind) for entry in added)
    return Edit(head=new.head, first=first, last=last)


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
