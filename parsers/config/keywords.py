"""IOS keywords: words in full or cut short to any beginning that fits one keyword only."""

from collections.abc import Collection, Sequence
from typing import Final, Union

# One letter would be legal where it is unambiguous, but is too little to go by in a fragment.
_SHORTEST = 2


class Grammar:
    """The words that may come next, each with what follows it or the command that it completes.

    `any` stands for a word of the user's choice, `end` is the command when no word follows.
    `starts` holds how the keywords begin, so that other words are told apart quickly. After the
    first word of a command one letter is enough: `inner`.
    """

    __slots__ = ("any", "end", "inner", "starts", "words")

    def __init__(self, *, inner: bool = False) -> None:
        self.inner = inner
        self.words: dict[str, str | Grammar] = {}
        self.any: str | Grammar | None = None
        self.end: str | None = None
        self.starts: set[str] = set()

    def add(self, words: Sequence[str], command: str) -> None:
        """`words`, among them `NAME` for any word and `$` for the end, complete `command`."""
        if words == ["$"]:
            self.end = command
            return
        word = words[0]
        following = self.any if word == "NAME" else self.words.get(word)
        if len(words) == 1:
            following = command
        elif following is None:
            following = Grammar(inner=True)
        if not isinstance(following, str):
            following.add(words[1:], command)
        elif len(words) > 1:
            raise TypeError(f"{following!r} is complete before {command!r}")
        if word == "NAME":
            self.any = following
        else:
            self.words[word] = following
            self.starts.add(word[:_SHORTEST])

    def short(self, word: str) -> Union[str, "Grammar", None]:
        """What follows the keyword that `word` is short for, else what follows any word."""
        word = word.lower()
        found = self.words.get(word)
        if found is None and (word[:_SHORTEST] in self.starts or (self.inner and len(word) == 1)):
            keyword = one_of(self.words, word, shortest=1)
            found = None if keyword is None else self.words[keyword]
        return self.any if found is None else found


def one_of(keywords: Collection[str], word: str, shortest: int = _SHORTEST) -> str | None:
    """The keyword that `word` stands for: itself, or the only one that begins so."""
    word = word.lower()
    if word in keywords:
        return word
    found = [keyword for keyword in keywords if keyword.startswith(word)]
    return found[0] if len(found) == 1 and len(word) >= shortest else None


def lookup(grammar: Grammar, words: Sequence[str], start: int = 0) -> str | None:
    """The name of the command that `words[start:]` begin with, None when there is none."""
    for word in words[start:] if start else words:
        following = grammar.words.get(word)
        if following is None:
            following = grammar.short(word)
            if following is None:
                return None
        if isinstance(following, str):
            return following
        grammar = following
    return grammar.end


_SPECIAL: Final = frozenset(("NAME", "$"))


def commands(*names: str) -> Grammar:
    """A grammar of `names`.

    A name may have several words, among them `NAME` and `$` (see `Grammar.add`). What it is
    without those is the name of the command, unless another follows as in `peer = keyring-peer`.
    """
    grammar = Grammar()
    for entry in names:
        name, _, other = entry.partition(" = ")
        words = name.split()
        grammar.add(words, other or " ".join(word for word in words if word not in _SPECIAL))
    return grammar
