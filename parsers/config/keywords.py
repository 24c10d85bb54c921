"""IOS keywords: words in full or cut short to any beginning that fits one keyword only."""

from collections.abc import Mapping, Sequence
from typing import Final, Union

END: Final = "\n"
"""Key in a `Grammar` for "no word follows"."""
ANY: Final = "\t"
"""Key in a `Grammar` for a word of the user's choice."""

Grammar = Mapping[str, Union[str, "Grammar"]]
"""Keywords, each with the grammar of what follows or the name of the command that is reached."""

# One letter would be legal where it is unambiguous, but is too little to go by in a fragment.
_SHORTEST = 2

_SPECIAL = {"NAME": ANY, "$": END}


def one_of(keywords: Mapping[str, object], word: str) -> str | None:
    """The keyword that `word` stands for: itself, or the only one that begins so."""
    if word in keywords:
        return word
    word = word.lower()
    if word in keywords:
        return word
    if len(word) < _SHORTEST:
        return None
    found = [keyword for keyword in keywords if keyword.startswith(word)]
    return found[0] if len(found) == 1 else None


def lookup(grammar: Grammar, words: Sequence[str], start: int = 0) -> str | None:
    """The name of the command that `words[start:]` begin with, None when there is none."""
    node = grammar
    for index in range(start, len(words)):
        following = node.get(words[index])
        if following is None:
            keyword = one_of(node, words[index])
            following = node.get(ANY if keyword is None else keyword)
            if following is None:
                return None
        if isinstance(following, str):
            return following
        node = following
    last = node.get(END)
    return last if isinstance(last, str) else None


def commands(*names: str) -> Grammar:
    """A grammar of `names`.

    A name may have several words, among them `NAME` for `ANY` and `$` for `END`. What it is
    without those is the name of the command, unless another follows as in `peer = keyring peer`.
    """
    grammar: dict[str, str | Grammar] = {}
    for entry in names:
        name, _, other = entry.partition(" = ")
        words = [_SPECIAL.get(word, word) for word in name.split()]
        node = grammar
        for word in words[:-1]:
            following = node.setdefault(word, {})
            if not isinstance(following, dict):
                raise TypeError(f"{name!r} goes on after a command that is complete")
            node = following
        node[words[-1]] = other or " ".join(w for w in name.split() if w not in _SPECIAL)
    return grammar
