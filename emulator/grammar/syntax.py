"""The language in which commands are declared, and its syntax tree.

::

    show ip interface [<name:interface>] brief      words, an argument with its kind, an option
    rekey algorithm {des-cbc | aes <bits:128|192|256>}  alternatives; an argument of fixed words
    crypto isakmp policy <priority!:1-10000>        `!`: the argument tells entries apart
    crypto key generate rsa {label <l> | exportable}*   any number in any order; `+`: at least one
    clear ip route '*'                              a keyword of signs of this language, in quotes
    show logi~n                                     a keyword of which that much must be typed

An argument without a kind is one word. The kinds are in `arguments`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .arguments import Kind, kind_named

_PIECE = re.compile(r"'[^']+'|[\[\]{}|]|\*|\+|<[^<>]+>|[^\s\[\]{}|<>*+]+")
_ARGUMENT = re.compile(r"<(?P<name>[a-z_][a-z0-9_]*)(?P<identity>!)?(?::(?P<kind>[^<>]+))?>")
_RANGE = re.compile(r"-?\d+--?\d+")


@dataclass(frozen=True, slots=True)
class Word:
    """A keyword; `least` characters of it must be typed where one is not enough."""

    text: str
    least: int = 0


@dataclass(frozen=True, slots=True)
class Argument:
    """A value of a kind; `identity` when it tells the entries of one setting apart."""

    name: str
    kind: Kind
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Pick:
    """One of some keywords, whose text is the value."""

    name: str
    words: tuple[str, ...]
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Alternatives: one of them, none if `optional`, several in any order if `repeat`."""

    choices: tuple["Sequence", ...]
    optional: bool = False
    repeat: bool = False


Item = Word | Argument | Pick | Group
Sequence = tuple[Item, ...]


def parse(text: str) -> Sequence:
    """Read a declaration; ValueError says what is wrong with it."""
    pieces = _PIECE.findall(text)
    if "".join(pieces) != re.sub(r"\s", "", text):
        raise ValueError(f"cannot read the declaration {text!r}")
    reader = _Reader(text, pieces)
    (sequence,) = reader.alternatives("")
    return sequence


class _Reader:
    """A recursive descent over the pieces of one declaration."""

    def __init__(self, text: str, pieces: list[str]) -> None:
        self._text = text
        self._pieces = pieces
        self._at = 0

    def alternatives(self, closing: str) -> tuple[Sequence, ...]:
        """The sequences up to the piece `closing`, which is taken."""
        found: list[list[Item]] = [[]]
        while self._at < len(self._pieces):
            piece = self._pieces[self._at]
            self._at += 1
            if piece == closing:
                return tuple(map(tuple, found))
            if piece == "|":
                found.append([])
            else:
                found[-1].append(self._item(piece))
        if closing:
            raise ValueError(f"{closing!r} is missing in the declaration {self._text!r}")
        return tuple(map(tuple, found))

    def _item(self, piece: str) -> Item:
        if piece == "[":
            return Group(self.alternatives("]"), optional=True)
        if piece == "{":
            return self._repeated(self.alternatives("}"))
        if piece.startswith("<"):
            return self._argument(piece)
        if piece in "]}*+":
            raise ValueError(f"{piece!r} has no beginning in the declaration {self._text!r}")
        needed, mark, rest = piece.strip("'").lower().partition("~")
        return Word(needed + rest, len(needed) if mark else 0)

    def _repeated(self, choices: tuple[Sequence, ...]) -> Group:
        following = self._pieces[self._at : self._at + 1]
        if following in (["*"], ["+"]):
            self._at += 1
            return Group(choices, optional=following == ["*"], repeat=True)
        return Group(choices)

    def _argument(self, piece: str) -> Item:
        match = _ARGUMENT.fullmatch(piece)
        if match is None:
            raise ValueError(f"cannot read {piece} in the declaration {self._text!r}")
        name, kind = match["name"], match["kind"] or "word"
        identity = match["identity"] is not None
        if "|" in kind:
            return Pick(name, tuple(kind.split("|")), identity)
        return Argument(name, kind_named(kind), identity)


def leading_words(sequence: Sequence) -> tuple[str, ...]:
    """The keywords with which every line of the declaration begins."""
    words: list[str] = []
    for item in sequence:
        if not isinstance(item, Word):
            break
        words.append(item.text)
    return tuple(words)


def identity_names(sequence: Sequence) -> tuple[str, ...]:
    """The arguments that tell the entries of one setting apart, in their order."""
    return tuple(
        item.name for item in flat(sequence) if isinstance(item, Argument | Pick) and item.identity
    )


def secret_names(sequence: Sequence) -> tuple[str, ...]:
    """The arguments that hold a secret."""
    return tuple(
        item.name for item in flat(sequence) if isinstance(item, Argument) and item.kind.secret
    )


def flat(sequence: Sequence) -> Iterator[Item]:
    """Every item of a sequence and of the groups in it."""
    for item in sequence:
        yield item
        if isinstance(item, Group):
            for choice in item.choices:
                yield from flat(choice)


def negation(sequence: Sequence) -> Sequence:
    """What may follow `no`: all up to the last identity is asked for, the rest may be left out."""
    needed = len(leading_words(sequence))
    for index, item in enumerate(sequence):
        if any(isinstance(part, Argument | Pick) and part.identity for part in flat((item,))):
            needed = index + 1
    rest: Sequence = ()
    for item in reversed(sequence[needed:]):
        rest = (Group(((item, *rest),), optional=True),)
    return (*sequence[:needed], *rest)


def keyword_paths(sequence: Sequence) -> set[tuple[str, ...]]:
    """Every keyword with the keywords that stand before it; of repeated groups the first round."""
    found: set[tuple[str, ...]] = set()
    _walk_keywords(sequence, (), found)
    return found


def _walk_keywords(
    sequence: Sequence, path: tuple[str, ...], found: set[tuple[str, ...]]
) -> set[tuple[str, ...]]:
    """Note the keywords below `path`; gives the paths that lead on behind the sequence."""
    ends = {path}
    for item in sequence:
        following: set[tuple[str, ...]] = set()
        for end in ends:
            match item:
                case Word(text):
                    following.add((*end, text))
                case Pick(words=words):
                    following |= {(*end, word) for word in words}
                case Group(choices=choices, optional=optional):
                    for choice in choices:
                        following |= _walk_keywords(choice, end, found)
                    if optional:
                        following.add(end)
                case Argument():
                    following.add(end)
        found |= following - ends
        ends = following
    return ends
