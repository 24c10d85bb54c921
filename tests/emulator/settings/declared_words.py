"""The words and arguments of declarations, and which of them have no help text."""

from collections.abc import Iterator

from getvpn.emulator.grammar import CommandSet
from getvpn.emulator.grammar.grammar import help_of
from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word

Path = tuple[str, ...]


def places(sequence: Sequence, path: Path) -> Iterator[tuple[Path, Item | None]]:
    """Every item of a declaration with the keywords before it; None at the end of the line."""
    if not sequence:
        yield path, None
        return
    head, rest = sequence[0], sequence[1:]
    for after, item in item_places(head, path):
        if item is None:
            yield from places(rest, after)
        else:
            yield after, item


def item_places(item: Item, path: Path) -> Iterator[tuple[Path, Item | None]]:
    match item:
        case Word(text):
            yield path, item
            yield (*path, text), None
        case Pick(words=words):
            yield path, item
            yield (*path, words[0]), None
        case Argument():
            yield path, item
            yield path, None
        case Group():
            for choice in item.choices:
                yield from places(choice, path)
            if item.optional:
                yield path, None


def missing(declared: CommandSet, helps: dict[str, str]) -> set[str]:
    sequences = [(setting.mode, setting.sequence) for setting in declared.settings]
    for command in declared.commands:
        sequences += [(command.mode, sequence) for sequence in command.sequences]
    found: set[str] = set()
    for mode, sequence in sequences:
        for path, item in places(sequence, ()):
            for word in labels(item):
                plain = tuple(part for part in path if part != "no")
                if word != "no" and not help_of(helps, (f"{mode}:", *plain), word):
                    found.add(" ".join((*path, word)))
    return found


def labels(item: Item | None) -> tuple[str, ...]:
    match item:
        case Word(text):
            return (text,)
        case Pick(words=words):
            return words
        case Argument(kind=kind) if not kind.help:
            return (kind.label,)
    return ()
