"""What a typed line means, worked out the slow way: what is left of every command, word by word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from getvpn.emulator.grammar.syntax import Argument, Group, Item, Pick, Sequence, Word


@dataclass(frozen=True)
class Verdict:
    """`run`, `ambiguous`, `incomplete`, or `invalid` with the column of the caret."""

    word: str
    column: int = -1


class Keyword(str):
    """A keyword of which `needed` characters have to be typed where one is not enough."""

    __slots__ = ("needed",)

    needed: int


Head = tuple[str | Argument, Sequence]
"""A keyword or an argument that may come next, and what is left behind it."""


def heads(rest: Sequence) -> Iterator[Head | None]:
    """What may come next of a command; None where it may end."""
    if not rest:
        yield None
        return
    item, behind = rest[0], rest[1:]
    match item:
        case Word(text, needed):
            keyword = Keyword(text)
            keyword.needed = needed
            yield keyword, behind
        case Argument():
            yield item, behind
        case Pick(words=words):
            yield from ((word, behind) for word in words)
        case Group():
            again: tuple[Item, ...] = ()
            if item.repeat:
                again = (Group(item.choices, optional=True, repeat=True),)
            for choice in item.choices:
                yield from heads((*choice, *again, *behind))
            if item.optional:
                yield from heads(behind)


Words = list[tuple[str, int]]
"""The words of a line with their columns."""


def judge(commands: Iterable[Sequence], line: str) -> Verdict:
    """What a router says to `line`."""
    words = []
    column = 0
    for part in line.split(" "):
        if part:
            words.append((part, column))
        column += len(part) + 1
    return _judged(set(commands), words, line)


def _judged(alive: set[Sequence], words: Words, line: str) -> Verdict:
    ambiguous = False
    for index, (_, column) in enumerate(words):
        step = _step(alive, words[index:], line)
        if isinstance(step, int):
            return Verdict("invalid", column + step)
        alive, unclear, finished = step
        if not alive and not finished:
            return Verdict("ambiguous")
        ambiguous = ambiguous or unclear
        if finished:
            return Verdict("run")
    if any(head is None for rest in alive for head in heads(rest)):
        return Verdict("run")
    return Verdict("ambiguous" if ambiguous else "incomplete")


def _step(alive: set[Sequence], words: Words, line: str) -> int | tuple[set[Sequence], bool, bool]:
    """One word further; a number is how far the word is right when nothing takes it.

    `finished` tells that an argument took the line to its end and the command may end there.
    """
    (word, column), behind_it = words[0], words[1:]
    following = [head for rest in alive for head in heads(rest) if head is not None]
    keywords = {first for first, _ in following if isinstance(first, str)}
    lower = word.lower()
    short = {str(k) for k in keywords if len(lower) < getattr(k, "needed", 0)}
    fitting = {k for k in keywords if k.startswith(lower)} - short
    fitting = {lower} if lower in keywords else fitting
    if len(fitting) > 1 and behind_it:
        able = {
            keyword
            for keyword in fitting
            if _judged({b for f, b in following if f == keyword}, behind_it, line).word == "run"
        }
        fitting = able if len(able) == 1 else fitting
    taken: set[Sequence] = set()
    finished = False
    for first, behind in following:
        if isinstance(first, str):
            continue
        if first.kind.rest and first.kind.read(line[column:]) is not None:
            finished = finished or any(head is None for head in heads(behind))
        elif first.kind.read(word) is not None:
            taken.add(behind)
    unclear = len(fitting) > 1
    if not unclear:
        taken |= {behind for first, behind in following if first in fitting}
    if not taken and not finished and not unclear:
        return max(
            length
            for length in range(len(word) + 1)
            if not length or any(k.startswith(lower[:length]) for k in keywords)
        )
    return taken, unclear, finished
