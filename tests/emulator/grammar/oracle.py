"""What a typed line means, worked out the slow way: every shape of every command, word by word."""

from dataclasses import dataclass
from itertools import product

from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word

Shape = tuple[Word | Argument | str, ...]
"""A command without options: keywords as text, arguments as they are declared."""


@dataclass(frozen=True)
class Verdict:
    """`run`, `ambiguous`, `incomplete`, or `invalid` with the column of the caret."""

    word: str
    column: int = -1


def shapes(sequence: Sequence, rounds: int = 2) -> list[Shape]:
    """Every way to write a declaration; repeated groups up to `rounds` times."""
    parts = [_item_shapes(item, rounds) for item in sequence]
    return [tuple(word for part in choice for word in part) for choice in product(*parts)]


def _item_shapes(item: Item, rounds: int) -> list[Shape]:
    match item:
        case Word(text):
            return [(text,)]
        case Argument():
            return [(item,)]
        case Pick(words=words):
            return [(word,) for word in words]
        case Group():
            once = [shape for choice in item.choices for shape in shapes(choice, rounds)]
            found: list[Shape] = [()] if item.optional else []
            for count in range(1, rounds + 1 if item.repeat else 2):
                found += [sum(several, ()) for several in product(once, repeat=count)]
            return found


def judge(commands: list[Shape], line: str) -> Verdict:
    """What a router says to `line`."""
    words = []
    column = 0
    for part in line.split(" "):
        if part:
            words.append((part, column))
        column += len(part) + 1
    alive = commands
    for index, (word, column) in enumerate(words):
        following = [shape for shape in alive if len(shape) > index]
        keywords = {shape[index] for shape in following if isinstance(shape[index], str)}
        lower = word.lower()
        fitting = {lower} if lower in keywords else {k for k in keywords if k.startswith(lower)}
        values = [
            shape
            for shape in following
            if not isinstance(shape[index], str) and shape[index].kind.read(word) is not None
        ]
        if len(fitting) > 1 and not values:
            return Verdict("ambiguous")
        alive = [shape for shape in following if shape[index] in fitting] + values
        if not alive:
            common = max(
                (
                    length
                    for length in range(len(word) + 1)
                    if any(k.startswith(lower[:length]) for k in keywords)
                ),
                default=0,
            )
            return Verdict("invalid", column + common)
    if any(len(shape) == len(words) for shape in alive):
        return Verdict("run")
    return Verdict("incomplete")
