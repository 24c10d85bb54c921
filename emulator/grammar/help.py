"""What `?` and TAB answer at a place of a line."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from .arguments import Kind
from .automaton import Automaton, View
from .declare import XE
from .grammar import Grammar, argument_rows, help_of
from .interfaces import TYPES, interface_type
from .levels import Levels
from .matching import Ambiguous, match, tokens_of

NOTHING = "% Unrecognized command"
AMBIGUOUS = "% Ambiguous command:  "
LOOKS = 64
"""How often the rest of a line is tried with several keywords that begin alike."""
NUMBERS = {
    "Loopback": "0-2147483647",
    "Tunnel": "0-2147483647",
    "Port-channel": "1-64",
    "Vlan": "1-4094",
    "BDI": "1-4096",
    "Dialer": "0-255",
    "Multilink": "1-65535",
    "Virtual-Template": "1-4096",
    "VirtualPortGroup": "0-31",
    "NVI": "0-0",
    "Null": "0-0",
}
"""The numbers of interfaces that are made by configuring them (`interface TYPE ?`)."""
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
    found = _followed(automaton, (start,), tokens, LOOKS)
    return Place(found[0], found[1], begun) if found is not None else None


_Followed = tuple[tuple[str, ...], tuple[View, ...]]
_Way = tuple[str, tuple[View, ...]]
"""A keyword, or nothing for an argument, and what may come behind it."""


def _followed(
    automaton: Automaton, views: tuple[View, ...], tokens: list[str], looks: int
) -> _Followed | None:
    """The keywords among `tokens`, and what may come behind all of them.

    Of several keywords with the same beginning that one counts with which the rest goes on; `looks`
    is how often that may be tried.
    """
    path: tuple[str, ...] = ()
    for index, text in enumerate(tokens):
        ways = _ways(automaton, views, text)
        if len(ways) > 1:
            rest = tokens[index + 1 :]
            if rest and looks:
                ways = _able(automaton, ways, rest, looks)
            else:
                ways = [way for way in ways if not way[0]]
            if len(ways) > 1:
                return None
        if not ways:
            return None
        word, views = ways[0]
        path = (*path, word) if word else path
    return path, views


def _able(automaton: Automaton, ways: list[_Way], rest: list[str], looks: int) -> list[_Way]:
    """Those ways on which the rest of a line can go on."""
    return [way for way in ways if _followed(automaton, way[1], rest, looks // 4) is not None]


def _ways(automaton: Automaton, views: tuple[View, ...], text: str) -> list[_Way]:
    """What a typed word may be: the keywords that it stands for, else an argument."""
    lower = text.lower()
    names = {name for view in views for name in view.meant(lower)}
    ways: list[_Way] = []
    for name in sorted(names):
        after = (automaton.after_word(view, name) for view in views if name in view.words)
        ways.append((name, tuple(after)))
    if len(ways) != 1:
        following = []
        for view in views:
            targets = [states for kind, states in view.arguments if kind.read(text) is not None]
            if targets:
                following.append(automaton.after_arguments(targets))
        ways += [("", tuple(following))] if following else []
    return ways


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
        return _wrong(automaton, start, line, skip)
    first = not tokens_of(line[: len(line) - len(found.begun)], skip)
    path = (f"{grammar.base_mode(mode)}:", *found.path)
    rows = _rows(grammar, replace(found, path=path), more if first else {})
    if not rows:
        return NOTHING + "\n"
    if found.begun:
        return "  ".join(label for label, _ in rows) + "\n" if len(rows) > 0 else NOTHING + "\n"
    return table(rows)


def _wrong(automaton: Automaton, start: View, line: str, skip: int) -> str:
    """What `?` prints behind a line that does not go on, or only with a number."""
    kind = _interface_type(automaton, start, line, skip)
    if kind:
        return table([(f"<{NUMBERS.get(kind, '0-9')}>", f"{kind} interface number")])
    if isinstance(match(automaton, line, skip), Ambiguous):
        return f'{AMBIGUOUS}"{line}"\n'
    return NOTHING + "\n"


def _interface_type(automaton: Automaton, start: View, line: str, skip: int) -> str | None:
    """The type of an interface whose number is to come behind a blank."""
    tokens = tokens_of(line, skip)
    if not tokens or not line[-1:].isspace():
        return None
    before = place(automaton, start, line[: tokens[-1].start], skip=skip)
    views = before.views if before is not None else ()
    takes = any(kind.name == "interface" for view in views for kind, _ in view.arguments)
    return interface_type(tokens[-1].text) if takes else None


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
        ordered.append(end_row(grammar.family))
    return ordered


def _argument(grammar: Grammar, found: Place, kind: Kind) -> dict[str, str]:
    if kind.name == "interface":
        lower = found.begun.lower()
        return {name: f"{name} interface" for name in TYPES if name.lower().startswith(lower)}
    if found.begun and (kind.read(found.begun) is None or kind.rest):
        return {}
    return dict(argument_rows(grammar.helps, found.path, kind))


def end_row(family: str) -> tuple[str, str]:
    """The row that says that a command may end; IOS-XE says it twice."""
    return "<cr>", "<cr>" if family == XE else ""


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
    """The line with its last word in full, when only one keyword or type begins so; for TAB."""
    negated = skip > 0 and mode != "exec"
    automaton, start = grammar.view(mode, privilege, negated=negated, levels=levels)
    found = place(automaton, start, line, skip=skip)
    if found is None or not found.begun:
        return None
    prefix = found.begun.lower()
    names = {word for view in found.views for word in view.completions(prefix)}
    if any(kind.name == "interface" for view in found.views for kind, _ in view.arguments):
        names |= {name for name in TYPES if name.lower().startswith(prefix)}
    if not tokens_of(line[: len(line) - len(found.begun)], skip):
        names |= {word for word in more if word.startswith(prefix)}
    if len(names) != 1:
        return None
    return line[: len(line) - len(found.begun)] + names.pop() + " "
