"""The words and arguments of declarations, and which of them have no help text."""

from collections.abc import Iterator

from getvpn.emulator.grammar import CommandSet
from getvpn.emulator.grammar.grammar import help_of
from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word

Path = tuple[str, ...]


class Places:
    """Every item of declarations with the keywords before it, as far as help texts tell them apart.

    A text belongs to a keyword behind some others, so of the keywords before an item the last ones
    count with which the name of a text begins. Of an access list there are two million paths, and
    few of these.
    """

    def __init__(self, helps: dict[str, str]) -> None:
        self._begun = {
            tuple(words[:count])
            for words in (name.split() for name in helps)
            for count in range(len(words))
        }

    def of(self, sequence: Sequence, path: Path) -> Iterator[tuple[Path, Item | None]]:
        """The items of a sequence behind a path; None at the end of the line."""
        if not sequence:
            yield path, None
            return
        ways = dict.fromkeys(self._of_item(sequence[0], path))
        yield from (way for way in ways if way[1] is not None)
        for after in (after for after, item in ways if item is None):
            yield from self.of(sequence[1:], after)

    def _of_item(self, item: Item, path: Path) -> Iterator[tuple[Path, Item | None]]:
        match item:
            case Word(text):
                yield path, item
                yield self._behind(path, text), None
            case Pick(words=words):
                yield path, item
                yield self._behind(path, words[0]), None
            case Argument():
                yield path, item
                yield path, None
            case Group():
                for choice in item.choices:
                    yield from self.of(choice, path)
                if item.optional:
                    yield path, None

    def _behind(self, path: Path, word: str) -> Path:
        if word == "no":
            return path
        longer = (*path, word)
        return next(
            longer[begin:] for begin in range(len(longer) + 1) if longer[begin:] in self._begun
        )


def missing(declared: CommandSet, helps: dict[str, str]) -> set[str]:
    sequences = [(setting.mode, setting.sequence) for setting in declared.settings]
    for command in declared.commands:
        sequences += [(command.mode, sequence) for sequence in command.sequences]
    places = Places(helps)
    found: set[str] = set()
    for mode, sequence in sequences:
        for path, item in places.of(sequence, (f"{mode}:",)):
            for word in labels(item):
                known = help_of(helps, path, word) or helps.get(f"{mode}: {word}")
                if word != "no" and not known:
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
