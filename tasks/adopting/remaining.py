"""What the intent does not say of a configuration, line by line.

Every line of what belongs to GETVPN is looked for in the rendered text. One that is not there is
changed by rendering, if the difference has it, or else stays on the device as it is.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Set
from typing import Final

from ...parsers.config import ConfigLine, ConfigTree, parse_config
from ...parsers.config.read_acl import numbered_kind
from ...parsers.config.redact import REMOVED
from ..comparing.rules import spelled
from ..comparing.text import concealed
from ..diff import Difference
from .ledger import Ledger
from .lists import bare
from .plain import usual_lines
from .reading import Found
from .reasons import addition, reason

Path = tuple[str, ...]
_WHOLE: Final = 1_000_000
_LIST_HEAD: Final = re.compile(r"(?:ip access-list (?:standard|extended) |ipv6 access-list )(\S+)")
_WITHOUT_VALUE: Final = (
    *("crypto ", "deny ", "dn ", "match identity ", "peer ", "permit ", "pre-shared-key "),
    *("range ", "server ", "value "),
)
"""How lines begin of which a block may have several, or a configuration."""
_ONE_WORD: Final = frozenset(
    {"authentication", "encryption", "group", "hash", "integrity", "lifetime", "replay"}
)
"""Words that say alone what a line is about, however many stand behind."""
_OURS: Final = re.compile(
    r"crypto (?:gdoi group|isakmp|keyring|map (?:ipv6 )?\S+ (?:\d+ gdoi|gdoi|local-address))\b",
    re.ASCII,
)
"""Kinds of lines that are of GETVPN, or might be."""
_ONCE_MORE: Final = re.compile(r"no (?:tag|pfs|replay)$|mode tunnel$|exit$|hash sha256$")
"""Lines that say what holds anyway, which one release prints and another does not."""


def tell_rest(found: Found, difference: Difference, rendered: str, ledger: Ledger) -> None:
    """Tell of all lines that the intent does not say, or says in another way."""
    places = _places(found.config.tree)
    changed = _tell_changes(found, difference, places, ledger)
    there = set(_places(parse_config(rendered, "intent")))
    usual = {id(line) for line in usual_lines(found.config.tree)}
    for path, line in places.items():
        if path in changed or path in there or id(line) in usual or ledger.knows(line):
            continue
        if _below(path, changed):
            continue
        if _is_ours(path, there) and not _ONCE_MORE.fullmatch(path[-1]):
            ledger.stays(found, line, reason(path))


def _tell_changes(
    found: Found, difference: Difference, places: Mapping[Path, ConfigLine], ledger: Ledger
) -> set[Path]:
    """Tell of the lines that rendering takes away or adds; give the paths of the former."""
    changes = _without_moves(list(_changes(difference.unified(context=_WHOLE))))
    added = {(*path[:-1], _subject(path[-1])): path[-1] for sign, path in changes if sign == "+"}
    come = {path for sign, path in changes if sign == "+"}
    gone: set[Path] = set()
    replaced: set[Path] = set()
    for sign, path in changes:
        if sign != "-":
            continue
        gone.add(path)
        line = places.get(path)
        if line is not None and ledger.knows(line):
            continue
        if _below(path, gone):
            continue
        key = (*path[:-1], _subject(path[-1]))
        other = added.get(key)
        if other is not None:
            replaced.add((*path[:-1], other))
        why = f"the intent says '{other}'" if other is not None else reason(path)
        ledger.changes(found, line, f"- {path[-1]}", why)
    for sign, path in changes:
        if sign == "+" and path not in replaced and not _below(path, come):
            above = places.get(path[:-1]) if len(path) > 1 else None
            ledger.changes(found, above, f"+ {path[-1]}", addition(path))
    return gone


def _below(path: Path, paths: Set[Path]) -> bool:
    """Whether a line stands below one of some lines."""
    return any(path[:depth] in paths for depth in range(1, len(path)))


def _without_moves(changes: list[tuple[str, Path]]) -> list[tuple[str, Path]]:
    """The lines that differ, without those that only stand elsewhere."""
    gone = Counter(path for sign, path in changes if sign == "-")
    come = Counter(path for sign, path in changes if sign == "+")
    both = gone & come
    left = {"-": both.copy(), "+": both.copy()}
    kept = []
    for sign, path in changes:
        if left[sign][path]:
            left[sign][path] -= 1
        else:
            kept.append((sign, path))
    return kept


def _changes(unified: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """The lines that differ, with the lines that they stand below, as a router spells them."""
    old: list[str] = []
    new: list[str] = []
    for line in unified[3:]:
        sign, text = line[:1], line[1:]
        depth = len(text) - len(text.lstrip(" "))
        for stack in (old if sign in " -" else None, new if sign in " +" else None):
            if stack is not None:
                del stack[depth:]
                stack.append(_untyped(spelled(text)))
        if sign in "+-":
            yield sign, tuple(old if sign == "-" else new)


def _places(tree: ConfigTree) -> dict[Path, ConfigLine]:
    """The lines of a configuration by how they are spelt in a difference, secrets removed."""
    found: dict[Path, ConfigLine] = {}
    for line in tree.lines:
        words = line.words
        kind = numbered_kind(words[1]) if words[0] == "access-list" and len(words) > 2 else None
        if kind is not None:
            entry = " ".join(bare(line).split())
            found.setdefault((f"ip access-list {kind} {words[1]}", entry), line)
            continue
        _place(found, (), line)
    return found


def _place(found: dict[Path, ConfigLine], above: Path, line: ConfigLine) -> None:
    text = line.text
    listed = bool(above) and _LIST_HEAD.fullmatch(above[0]) is not None
    shown = " ".join(bare(line).split()) if listed else _untyped(concealed(spelled(text)))
    path = (*above, shown)
    found.setdefault(path, line)
    for child in line.children:
        _place(found, path, child)


def _untyped(text: str) -> str:
    """A line with a key, encrypted or not, as if it were not."""
    return text.replace(f" 6 {REMOVED}", f" {REMOVED}")


def _subject(text: str) -> str:
    """What a line is about: its words before the value, or all of it where none has a value."""
    text = text.removeprefix("no ")
    if text.startswith(_WITHOUT_VALUE):
        return text
    words = text.split()
    lone = len(words) < 3 or words[0] in _ONE_WORD
    return " ".join(words[: 1 if lone else 2])


def _is_ours(path: Path, rendered: Set[Path]) -> bool:
    """Whether a line belongs to GETVPN: it, or what it stands below, is of a kind that is, or is
    rendered.
    """
    if _OURS.match(path[0].removeprefix("no ")) is not None:
        return True
    return path[:1] in rendered and path[0].startswith(("crypto ", "ip access", "ipv6 access"))
