"""Lines that somebody wants entered as they are: what of them is missing, and the way back.

Unlike a difference to an intent this knows nothing of what lines mean, but which replace each
other (`audits.fix_lines`), which are on unless a `no` is shown, and how access lists number their
entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from ...audits.fix_lines import identity
from ...parsers.config import ConfigLine, device_config, parse_config
from .entered import ListText
from .list_edits import edit, written
from .lists import Key, Listed, lists_of
from .plan import Command
from .rules import spelled

Path = tuple[str, ...]
_LIST: Final = re.compile(
    r"(?:no )?(?:(ipv6) access-list|ip access-list (?:standard|extended)) (\S+)", re.ASCII
)
_AGAIN: Final = re.compile(r"ip access-list resequence (\S+) (\d+) (\d+)", re.ASCII)
_NUMBERED: Final = re.compile(r"(?:sequence )?(\d+) (.+)", re.ASCII)
_ON: Final = (
    *("lldp transmit", "lldp receive", "cdp enable", "cdp run", "ip unreachables"),
    *("ip redirects", "ip proxy-arp", "service pad", "ip source-route", "ip bootp server"),
    *("ip finger", "logging console", "keepalive", "client pfs"),
)
"""What is on unless the configuration says no, and then does not show."""
_LONGER: Final = ("snmp-server enable traps ", "logging buffered", "notify syslog")
"""What a router shows with more words than are typed."""
_DEFAULTS: Final = frozenset(
    {
        *("rekey lifetime seconds 86400", "set security-association lifetime seconds 3600"),
        *("mode tunnel", "rekey retransmit 10 number 2", "crypto ipsec df-bit copy"),
        *("lifetime 86400", "exec-timeout 10 0"),
        "crypto ipsec fragmentation before-encryption",
    }
)
"""What a router does not show, since it is so by default."""
_RESET: Final = (
    *("logging buffered", "logging console", "logging monitor", "exec-timeout"),
    *("transport input", "transport output"),
)
"""What `no` turns off, which is another thing than what it is by default."""
_IN_ORDER: Final = "server address "
"""How lines begin whose order among themselves counts, and is that in which they were entered."""


@dataclass(slots=True)
class _Node:
    """A line with what stands below it."""

    text: str
    below: list[_Node] = field(default_factory=list)


@dataclass(slots=True)
class _State:
    """A configuration as lines are entered."""

    top: list[_Node]
    lists: dict[Key, Listed]

    @classmethod
    def of(cls, text: str) -> _State:
        tree = parse_config(text, "device")
        top = [
            _node(line)
            for line in tree.lines
            if _LIST.match(line.text) is None and not line.text.startswith("access-list ")
        ]
        return cls(top, lists_of(device_config(tree), exact=True))

    def block(self, modes: Path) -> list[_Node] | None:
        """The lines of a block, None where it is not there."""
        found = self.top
        for mode in modes:
            node = next((each for each in found if spelled(each.text) == spelled(mode)), None)
            if node is None:
                return None
            found = node.below
        return found


def _node(line: ConfigLine) -> _Node:
    return _Node(" ".join(line.text.split()), [_node(each) for each in line.children])


def list_of(path: Path) -> Key | None:
    """The access list that a line belongs to, or makes; None for other lines."""
    again = _AGAIN.fullmatch(path[0])
    if again is not None:
        return False, again[1]
    head = _LIST.fullmatch(path[0])
    return None if head is None else (head[1] is not None, head[2])


def missing(text: str, wanted: Sequence[Command]) -> tuple[Command, ...]:
    """Those of the lines `wanted` that are not in force in the configuration `text`."""
    state = _State.of(text)
    moved = _moved(text, state, wanted)
    found = []
    for command in wanted:
        path = (*command.modes, command.text)
        key = list_of(path)
        plain = _plain(command)
        if plain in moved:
            there = moved[plain]
        elif key is None:
            there = _in_force(state, path)
        elif _AGAIN.fullmatch(path[0]):
            there = not any(
                list_of((*each.modes, each.text)) == key
                and each.modes
                and not moved.get(_plain(each), _in_list(state.lists.get(key), each))
                for each in wanted
            )
        else:
            there = _in_list(state.lists.get(key), command)
        if not there:
            found.append(command)
    return tuple(found)


def _plain(command: Command) -> Path:
    """The line as it stands, whether it is put in or taken away, and at whatever number."""
    text = command.text.removeprefix("no ")
    numbered = _NUMBERED.fullmatch(text) if list_of((*command.modes, text)) else None
    return (*command.modes, text if numbered is None else numbered[2])


def _moved(text: str, state: _State, wanted: Sequence[Command]) -> dict[Path, bool]:
    """The lines that are taken away and put in again, and whether all have their places."""
    gone = {_plain(each) for each in wanted if each.text.startswith("no ")}
    pairs = gone & {_plain(each) for each in wanted if not each.text.startswith("no ")}
    if not pairs:
        return {}
    then = _State.of(typed(text, wanted))
    found = {}
    for path in pairs:
        key = list_of(path)
        if key is None:
            name = identity(path)
            old, new = (_alike(one, path, name) for one in (state, then))
            found[path] = [each.text for each in old] == [each.text for each in new]
        else:
            was, becomes = (one.lists.get(key) for one in (state, then))
            found[path] = was is not None and becomes is not None and was.texts == becomes.texts
    return found


def _in_force(state: _State, path: Path) -> bool:
    siblings = state.block(path[:-1])
    line = spelled(path[-1])
    plain = line.removeprefix("no ")
    texts = [spelled(each.text) for each in siblings or ()]
    if plain in _ON:
        return (f"no {plain}" in texts) is line.startswith("no ")
    shown = any(
        text == plain
        or (text.startswith(f"{plain} ") and (line != plain or plain.startswith(_LONGER)))
        for text in texts
    )
    if line != plain:
        return not shown
    if not shown and line in _DEFAULTS and siblings is not None:
        name = identity(path)
        return not any(identity((*path[:-1], text)) == name for text in texts)
    return shown


def _in_list(listed: Listed | None, command: Command) -> bool:
    if not command.modes:
        return (listed is None) is command.text.startswith("no ")
    if listed is None:
        return command.text.startswith("no ")
    text = command.text.removeprefix("no ")
    numbered = _NUMBERED.fullmatch(text)
    entry = _entry(command.modes[0], numbered[2] if numbered is not None else text)
    there = entry in {each.text for each in listed.entries}
    return there is not command.text.startswith("no ")


def _entry(head: str, line: str) -> str:
    """An entry in the one spelling by which entries are compared."""
    config = device_config(parse_config(f"{head}\n {line}\n", "line"))
    return next((each.text for one in lists_of(config).values() for each in one.entries), line)


# ---- the configuration then ----


def typed(text: str, commands: Iterable[Command]) -> str:
    """The configuration `text` once the lines are entered, as far as can be told."""
    state = _State.of(text)
    lists = {key: ListText.of(each) for key, each in state.lists.items()}
    for command in commands:
        path = (*command.modes, command.text)
        key = list_of(path)
        if key is None:
            _enter(state, path)
        else:
            _enter_list(lists, key, path)
    lines = [line for node in state.top for line in _texts(node, 0) if node.text != "end"]
    for each in lists.values():
        lines += (each.head, *(f" {line}" for line in each.shown()))
    return "\n".join((*lines, "end", ""))


def _texts(node: _Node, depth: int) -> Iterator[str]:
    yield " " * depth + node.text
    for each in node.below:
        yield from _texts(each, depth + 1)


def _enter(state: _State, path: Path) -> None:
    siblings = state.top
    for mode in path[:-1]:
        siblings = _set(siblings, (mode,)).below
    line = spelled(path[-1])
    plain = line.removeprefix("no ")
    if line == plain:
        siblings[:] = [each for each in siblings if spelled(each.text) != f"no {plain}"]
        if plain not in _ON:
            _set(siblings, path)
        return
    siblings[:] = [
        each for each in siblings if not f"{spelled(each.text)} ".startswith(f"{plain} ")
    ]
    if plain in _ON:
        siblings.append(_Node(line))


def _set(siblings: list[_Node], path: Path) -> _Node:
    """The line in its block, in place of the one that it replaces."""
    text, name = spelled(path[-1]), identity(path)
    for each in siblings:
        if spelled(each.text) == text or (
            len(name[-1]) < len(path[-1]) and identity((*path[:-1], each.text)) == name
        ):
            each.text = path[-1]
            return each
    siblings.append(_Node(path[-1]))
    return siblings[-1]


def _enter_list(lists: dict[Key, ListText], key: Key, path: Path) -> None:
    again = _AGAIN.fullmatch(path[0])
    if again is not None:
        if key in lists:
            lists[key].number(int(again[2]), int(again[3]))
        return
    if path[0].startswith("no "):
        lists.pop(key, None)
        return
    listed = lists.setdefault(key, ListText(path[0], [], numbered=True, six=key[0]))
    if len(path) > 1:
        listed.enter(path[1])


# ---- and back ----


def way_back(wanted: Sequence[Command], now: str, before: str) -> tuple[Command, ...]:
    """The lines that bring back from `before` what the lines `wanted` have changed in `now`."""
    here, there = _State.of(now), _State.of(before)
    found: dict[Command, None] = {}
    keys: dict[Key, None] = {}
    for command in reversed(wanted):
        path = (*command.modes, command.text)
        key = list_of(path)
        if key is not None:
            keys.setdefault(key)
        else:
            found.update(dict.fromkeys(_undone(here, there, path)))
    first, last = _lists(here.lists, there.lists, keys)
    return (*first, *found, *last)


def _undone(here: _State, there: _State, path: Path) -> Iterator[Command]:
    for depth in range(1, len(path)):
        if there.block(path[:depth]) is None and identity(path[:depth])[-1] == path[depth - 1]:
            if here.block(path[:depth]) is not None:
                yield Command(modes=path[: depth - 1], text=f"no {path[depth - 1]}")
            return
    modes, name = path[:-1], identity(path)
    old, new = (_alike(state, path, name) for state in (there, here))
    if [each.text for each in old] == [each.text for each in new]:
        return
    if not old and name[-1] in _RESET:
        yield Command(modes=modes, text=f"default {name[-1]}")
        return
    one_value = len(name[-1]) < len(path[-1].removeprefix("no "))
    ordered = name[-1].startswith(_IN_ORDER)
    texts = {each.text for each in old}
    for each in new:
        if (each.text not in texts or ordered) and not (one_value and old):
            yield Command(modes=modes, text=_opposite(each.text))
    texts = {each.text for each in new}
    for each in old:
        if each.text not in texts or ordered:
            yield from _again(each, modes)


def _alike(state: _State, path: Path, name: tuple[str, ...]) -> list[_Node]:
    """The lines of a configuration that a line stands for, or that stand in its place."""
    siblings = state.block(path[:-1])
    if siblings is None:
        # the block has another first line meanwhile
        siblings = next(
            (
                each.below
                for each in state.block(path[:-2]) or ()
                if len(path) > 1 and identity((*path[:-2], each.text)) == identity(path[:-1])
            ),
            [],
        )
    if name[-1].startswith(_IN_ORDER):
        return [each for each in siblings if each.text.startswith(_IN_ORDER)]
    plain = spelled(name[-1])
    return [
        each
        for each in siblings
        if identity((*path[:-1], each.text)) == name
        or f"{spelled(each.text).removeprefix('no ')} ".startswith(f"{plain} ")
    ]


def _opposite(text: str) -> str:
    return text[3:] if text.startswith("no ") else f"no {text}"


def _again(node: _Node, modes: Path) -> Iterator[Command]:
    yield Command(modes=modes, text=node.text)
    for each in node.below:
        yield from _again(each, (*modes, node.text))


def _lists(
    here: Mapping[Key, Listed], there: Mapping[Key, Listed], keys: Iterable[Key]
) -> tuple[list[Command], list[Command]]:
    first: list[Command] = []
    last: list[Command] = []
    for key in keys:
        now, before = here.get(key), there.get(key)
        if before is None:
            if now is not None:
                last.append(Command(text=f"no {now.head}"))
            continue
        if now is not None and now.same(before):
            continue
        made = edit(now, before) if now is not None else None
        if made is None:
            if now is not None:
                first.append(Command(text=f"no {now.head}"))
            made = written(before)
        first += (Command(text=text) for text in made.before)
        first += (Command(modes=(made.head,), text=text) for text in (*made.first, *made.last))
        first += (Command(text=text) for text in made.after)
    return first, last
