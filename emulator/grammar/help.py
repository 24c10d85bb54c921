"""What `?` and TAB answer at a place of a line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .arguments import Kind
from .automaton import Automaton, View
from .grammar import Grammar, argument_rows, help_of
from .interfaces import TYPES
from .levels import Levels
from .matching import tokens_of

NOTHING = "% Unrecognized command"
AMBIGUOUS = "% Ambiguous command:  "
MIN_INDENT = 2
NO_WORDS: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Place:
    """Where a half-typed line has led: the keywords so far, what may follow, the word begun."""

    path: tuple[str, ...]
    views: tuple[View, ...]
    begun: str


def place(automaton: Automaton, start: View, line: str, *, skip: int = 0) -> Place | None:
    """Follow `line` from the column `skip` up to its unfinished word; None if it is wrong."""
    tokens = [token.text for token in tokens_of(line, skip)]
    begun = "" if not tokens or line[-1:].isspace() else tokens.pop()
    path: tuple[str, ...] = ()
    views: list[View] = [start]
    index = 0
    while index < len(tokens):
        step = _follow(automaton, views, tokens, index)
        if step is None:
            return None
        views, word, length = step
        path = (*path, word) if word else path
        index += length
    return Place(path, tuple(views), begun)


def _follow(
    automaton: Automaton, views: list[View], tokens: list[str], index: int
) -> tuple[list[View], str, int] | None:
    text = tokens[index]
    lower = text.lower()
    following: list[View] = []
    word = ""
    for view in views:
        names = view.meant(lower)
        if len(names) == 1:
            word = names[0]
            following.append(automaton.after_word(view, word))
    if following:
        return following, word, 1
    for view in views:
        targets = [states for kind, states in view.arguments if kind.read(text) is not None]
        if targets:
            following.append(automaton.after_arguments(targets))
    return (following, "", 1) if following else None


def help_text(
    grammar: Grammar,
    mode: str,
    privilege: int,
    line: str,
    *,
    skip: int = 0,
    levels: Levels | None = None,
    more: Mapping[str, str] = NO_WORDS,
) -> str:
    """What `?` prints behind `line`; `more` are words that a line may begin with, too."""
    negated = skip > 0 and mode != "exec"
    automaton, start = grammar.view(mode, privilege, negated=negated, levels=levels)
    found = place(automaton, start, line, skip=skip)
    if found is None:
        return NOTHING + "\n"
    first = not tokens_of(line[: len(line) - len(found.begun)], skip)
    path = (f"{grammar.base_mode(mode)}:", *found.path)
    rows = _rows(grammar, replace(found, path=path), more if first else {})
    if not rows:
        return NOTHING + "\n"
    if found.begun:
        return "  ".join(label for label, _ in rows) + "\n" if len(rows) > 0 else NOTHING + "\n"
    return table(rows)


def _rows(grammar: Grammar, found: Place, more: Mapping[str, str]) -> list[tuple[str, str]]:
    prefix = found.begun.lower()
    rows = {word: text for word, text in more.items() if word.startswith(prefix)}
    for view in found.views:
        for word in view.completions(prefix):
            rows[word] = help_of(grammar.helps, found.path, word)
    if not prefix or not rows:
        for view in found.views:
            for kind, _ in view.arguments:
                rows.update(_argument(grammar, found, kind))
    ordered = sorted(rows.items())
    if not prefix and any(view.accepts for view in found.views):
        ordered.append(("<cr>", "<cr>"))
    return ordered


def _argument(grammar: Grammar, found: Place, kind: Kind) -> dict[str, str]:
    if kind.name == "interface":
        lower = found.begun.lower()
        return {name: f"{name} interface" for name in TYPES if name.lower().startswith(lower)}
    if found.begun and (kind.read(found.begun) is None or kind.rest):
        return {}
    return dict(argument_rows(grammar.helps, found.path, kind))


def table(rows: list[tuple[str, str]]) -> str:
    """Two columns, as `?` prints them."""
    width = max(len(label) for label, _ in rows)
    lines = []
    for label, text in rows:
        lines.append(f"  {label:<{width}}  {text}".rstrip())
    return "\n".join(lines) + "\n"


def completion(
    grammar: Grammar,
    mode: str,
    privilege: int,
    line: str,
    *,
    skip: int = 0,
    levels: Levels | None = None,
    more: Mapping[str, str] = NO_WORDS,
) -> str | None:
    """The line with its last word in full, when only one keyword begins so; for TAB."""
    negated = skip > 0 and mode != "exec"
    automaton, start = grammar.view(mode, privilege, negated=negated, levels=levels)
    found = place(automaton, start, line, skip=skip)
    if found is None or not found.begun:
        return None
    prefix = found.begun.lower()
    names = {word for view in found.views for word in view.completions(prefix)}
    if not tokens_of(line[: len(line) - len(found.begun)], skip):
        names |= {word for word in more if word.startswith(prefix)}
    if len(names) != 1:
        return None
    return line[: len(line) - len(found.begun)] + names.pop() + " "
