"""A difference as people read it, without secrets."""

from collections.abc import Iterable, Iterator, Sequence
from difflib import unified_diff
from typing import Protocol

from ...parsers.config import ConfigLine
from .lists import Listed
from .plan import Command
from .rules import HOSTNAME, INNER_RANKS, RANK
from .scope import Node, Scoped

CHANGED = "<changed>"
"""What stands for a secret that differs from the other one, which is shown as removed."""
_LISTS_RANK = RANK["group"] - 0.5


def concealed(text: str) -> str:
    """A line without its secrets."""
    return ConfigLine(text, 0).redacted


def unified(old: Scoped, new: Scoped, names: tuple[str, str], context: int) -> list[str]:
    """Both configurations, as far as they are compared, in the unified form."""
    before, after = _texts(old, new)
    shown, wanted = [concealed(text) for text in before], [concealed(text) for text in after]
    there = dict.fromkeys(before)
    hidden = {concealed(text) for text in before}
    for at, text in enumerate(after):
        if text not in there and wanted[at] != text and wanted[at] in hidden:
            wanted[at] = wanted[at].replace("<removed>", CHANGED)
    return list(unified_diff(shown, wanted, *names, n=context, lineterm=""))


def lines(commands: Iterable[Command]) -> Iterator[str]:
    """What is entered, as a text: what stands deeper is entered in the mode of the line above."""
    place: tuple[str, ...] = ()
    for command in commands:
        for depth in range(_common(place, command.modes), len(command.modes)):
            yield " " * depth + command.modes[depth]
        yield " " * len(command.modes) + command.text
        place = (*command.modes, command.text)


def _common(one: Sequence[str], other: Sequence[str]) -> int:
    count = 0
    for first, second in zip(one, other, strict=False):
        if first != second:
            break
        count += 1
    return count


# ---- both texts in one order ----


def _texts(old: Scoped, new: Scoped) -> tuple[list[str], list[str]]:
    """The lines of both; what both have stands in the same order."""
    blocks: list[tuple[tuple[float, int], list[str], list[str]]] = []
    places = {name: at for at, name in enumerate(new.nodes)}
    names = [*new.nodes, *(name for name in old.nodes if name not in new.nodes)]
    for at, name in enumerate(names):
        one, other = old.nodes.get(name), new.nodes.get(name)
        rank = -1 if name[0] == HOSTNAME.name else RANK[name[0]]
        blocks.append(((rank, places.get(name, at)), *_pair(one, other, 0)))
    keys = [*new.lists, *(key for key in old.lists if key not in new.lists)]
    for at, key in enumerate(keys):
        was, becomes = old.lists.get(key), new.lists.get(key)
        if was is not None and becomes is not None and was.same(becomes):
            was = becomes
        blocks.append(((_LISTS_RANK, at), *_listed(was, becomes)))
    blocks.sort(key=lambda block: block[0])
    before = [text for _, one, _ in blocks for text in one]
    return before, [text for _, _, other in blocks for text in other]


def _listed(was: Listed | None, becomes: Listed | None) -> tuple[list[str], list[str]]:
    """The lines of a list, before and after."""
    entries = [[*each.entries] if each is not None else [] for each in (was, becomes)]
    heads = [[each.head] if each is not None else [] for each in (was, becomes)]
    before, after = _alike(*entries)
    return (
        heads[0] + [f" {text}" for text in before],
        heads[1] + [f" {text}" for text in after],
    )


class _Line(Protocol):
    """What is compared by its `text` and entered as `typed`."""

    @property
    def text(self) -> str: ...

    @property
    def typed(self) -> str: ...


def _alike(one: Iterable[_Line], other: Iterable[_Line]) -> tuple[list[str], list[str]]:
    """Both as they are entered, in the words of the first where they say the same."""
    typed = {line.text: line.typed for line in one}
    return [line.typed for line in one], [typed.get(line.text, line.typed) for line in other]


def _pair(one: Node | None, other: Node | None, depth: int) -> tuple[list[str], list[str]]:
    """A line of both configurations with all below."""
    pad = " " * depth
    before, after = _alike([one] if one is not None else [], [other] if other is not None else [])
    before, after = [pad + text for text in before], [pad + text for text in after]
    rule = one or other
    for kind in INNER_RANKS.get(rule.rule.name, ()) if rule is not None else ():
        had = one.every(kind) if one is not None else []
        has = other.every(kind) if other is not None else []
        if has and has[0].rule.ordered:
            one_way, other_way = _alike(had, has)
            before += [f"{pad} {text}" for text in one_way]
            after += [f"{pad} {text}" for text in other_way]
            continue
        first, second = {node.name: node for node in had}, {node.name: node for node in has}
        for name in dict.fromkeys((*second, *first)):
            pair = _pair(first.get(name), second.get(name), depth + 1)
            before += pair[0]
            after += pair[1]
    return before, after
