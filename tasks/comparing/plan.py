"""In which order the lines that change a configuration are entered.

What is referred to comes before what refers to it, and is taken away after. In a block what is set
comes before what is taken back, so that nothing is without protection meanwhile. Lists get their
new lines before anything uses them and lose old ones when nothing does any more.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from hier_config import HConfigChild

from .driver import changes
from .list_edits import Edit, edit, written
from .lists import Key, Listed
from .rules import HOSTNAME, INNER_RANKS, RANK, Rule
from .scope import Name, Node, Scoped, list_of

_SET, _LINES, _REMOVE, _LAST = range(4)
_EARLY, _ADD, _TAKE = range(3)
_LISTS: Final = RANK["group"] - 0.5
"""Lists are made before the first that may use them."""
Place = tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """A line to enter, in the mode that the lines `modes` lead to.

    `asks` tells that the router asks whether that is meant; the answer is yes.
    """

    modes: tuple[str, ...] = ()
    text: str
    asks: bool = False


Placed = tuple[Place, list[Command]]
"""Lines that stay together, and where among the others."""


def plan(old: Scoped, new: Scoped, *, backwards: bool = False) -> list[Command]:
    """The lines that turn `old` into `new`.

    With `backwards` the policies of groups are changed from the last to the first.
    """
    used = {
        key
        for top in old.nodes.values()
        for node in top.walk()
        if (key := list_of(top, node)) is not None
    }
    lists = _of_lists(old.lists, new.lists, used)
    blocks = [*_Nodes(old, new, backwards=backwards).placed(), *lists]
    blocks.sort(key=lambda block: block[0])
    return [command for _, commands in blocks for command in commands]


def equal(one: Node, other: Node) -> bool:
    """Whether two lines and what stands below them say the same."""
    if one.text != other.text or len(one.children) != len(other.children):
        return False
    if _in_order(one) != _in_order(other):
        return False
    others = {child.name: child for child in other.children}
    return all(child.name in others and equal(child, others[child.name]) for child in one.children)


def _in_order(node: Node) -> list[str]:
    return [child.text for child in node.children if child.rule.ordered]


class _Nodes:
    """The global lines that differ, and the lines to enter for them."""

    def __init__(self, old: Scoped, new: Scoped, *, backwards: bool) -> None:
        self._backwards = backwards
        self._old, self._new = dict(old.nodes), dict(new.nodes)
        self._places = {name: at for at, name in enumerate(new.nodes)}
        for name in old.nodes.keys() & new.nodes.keys():
            if equal(old.nodes[name], new.nodes[name]):
                del self._old[name], self._new[name]

    def placed(self) -> Iterator[Placed]:
        """The lines, by global line."""
        if not self._old and not self._new:
            return
        undone = {node.undone: node for node in self._old.values()}
        texts = {node.text: node for node in self._new.values()}
        found: dict[Name, HConfigChild | None] = dict.fromkeys(
            name for name in self._new if name in self._old
        )
        for child in changes(self._old.values(), self._new.values()).children:
            if child.text in texts:
                found[texts[child.text].name] = child
            else:
                yield self._removal(undone[child.text])
        for name, changed in found.items():
            yield self._setting(self._new[name], changed)

    def _removal(self, node: Node) -> Placed:
        serves = node.rule.name == "group" and node.child("key server") is not None
        asks = serves or node.rule.name == "trustpoint"
        command = Command(text=node.removal, asks=asks)
        rank = RANK[node.rule.name]
        if node.name in self._places:  # another one of its name is to come
            return (_SET, rank, self._places[node.name], 0), [command]
        return (_REMOVE, -rank, node.line.lineno), [command]

    def _setting(self, wanted: Node, child: HConfigChild | None) -> Placed:
        before = self._old.get(wanted.name)
        phase = _LAST if wanted.rule is HOSTNAME else _SET
        place: Place = (phase, RANK[wanted.rule.name], self._places[wanted.name], 1)
        return place, list(self._block(before, wanted, child, ()))

    def _block(
        self,
        before: Node | None,
        wanted: Node,
        child: HConfigChild | None,
        modes: tuple[str, ...],
    ) -> Iterator[Command]:
        """A line that is set, or a block that is entered, with what is changed inside."""
        if before is not None and before.text != wanted.text and wanted.rule.stubborn:
            before = None  # it is gone
        same = before is not None and before.text == wanted.text
        head = before.typed if before is not None and same else wanted.typed
        below = (*modes, head)
        inner = list(self._inside(before, wanted, child, below))
        for rule in {each.rule.name: each.rule for each in wanted.children if each.rule.ordered}:
            inner += _ordered(before, wanted, rule, below)
        if before is not None and not same:
            inner += _left(before, wanted, below)
        if not same:
            yield Command(modes=modes, text=head)
        inner.sort(key=lambda part: part[0])
        for _, commands in inner:
            yield from commands

    def _inside(
        self,
        before: Node | None,
        wanted: Node,
        child: HConfigChild | None,
        modes: tuple[str, ...],
    ) -> Iterator[Placed]:
        if child is None or child.is_leaf:
            return
        block = _Block(before, wanted, backwards=self._backwards)
        for line in child.children:
            node = block.texts.get(line.text)
            if node is None:
                gone = block.undone[line.text]
                yield block.place_of_removal(gone), [Command(modes=modes, text=line.text)]
            else:
                inner = self._block(block.old.get(node.name), node, line, modes)
                yield block.place(node), list(inner)


class _Block:
    """A block that changes, and where its lines have their places."""

    def __init__(self, before: Node | None, wanted: Node, *, backwards: bool) -> None:
        self._backwards = backwards
        self._ranks = INNER_RANKS[wanted.rule.name]
        self.old = {} if before is None else {each.name: each for each in before.children}
        self.new = {each.name: each for each in wanted.children}
        self._places = {name: at for at, name in enumerate(self.new)}
        self.undone = {each.undone: each for each in self.old.values()}
        self.texts = {each.text: each for each in self.new.values()}

    def place(self, node: Node) -> Place:
        """Where a line is set."""
        return (_ADD, self._ranks[node.rule.name], self._at(node), 1)

    def place_of_removal(self, node: Node) -> Place:
        """Where a line is taken back."""
        rank = self._ranks[node.rule.name]
        if self._backwards and node.rule.name == "policy":
            return (_ADD, rank, self._at(node), 1)
        if node.name in self.new:
            return (_ADD, rank, self._at(node), 0)
        if node.text.startswith("no "):  # what it took back comes again
            return (_ADD, rank, 0, 0)
        if node.rule.early or _too_many(node.rule, self.old, self.new):
            return (_EARLY, rank, node.line.lineno)
        return (_TAKE, -rank, -node.line.lineno)

    def _at(self, node: Node) -> int:
        if node.rule.name == "policy":
            number = int(node.identity[0])
            return -number if self._backwards else number
        return self._places[node.name]


def _too_many(rule: Rule, old: Iterable[Name], new: Iterable[Name]) -> bool:
    """Whether a block could not have both the old and the new lines of a kind."""
    if rule.most is None:
        return False
    return len({name for name in (*old, *new) if name[0] == rule.name}) > rule.most


def _left(before: Node, wanted: Node, modes: tuple[str, ...]) -> Iterator[Placed]:
    """What a block still has whose first line is replaced."""
    names = {child.name for child in wanted.children}
    for child in before.children:
        if child.name not in names:
            yield (_TAKE, 0), [Command(modes=modes, text=child.undone)]


def _ordered(
    before: Node | None, wanted: Node, rule: str, modes: tuple[str, ...]
) -> Iterator[Placed]:
    """Lines whose order counts: a router puts what is entered behind the others of its kind."""
    old = [] if before is None else before.every(rule)
    new = wanted.every(rule)
    rank = INNER_RANKS[wanted.rule.name][rule]
    there, texts = {node.text for node in old}, [node.text for node in new]
    stay = _longest(texts, [node.text for node in old])
    for at, node in enumerate(new[stay:]):
        lines = [Command(modes=modes, text=node.typed)]
        if node.text in there:
            lines.insert(0, Command(modes=modes, text=node.undone))
        yield (_ADD, rank, at, 1), lines
    names = [[node.name for node in nodes] for nodes in (old, new)]
    early = bool(new) and _too_many(new[0].rule, *names)
    for node in old:
        if node.text not in texts:
            place: Place = (_EARLY, rank) if early else (_TAKE, -rank)
            yield place, [Command(modes=modes, text=node.undone)]


def _longest(wanted: list[str], there: list[str]) -> int:
    """How many of the first wanted lines stand in this order among those that are there."""
    found = iter(there)
    count = 0
    for text in wanted:
        if text not in found:
            break
        count += 1
    return count


# ---- access lists ----


def _of_lists(old: dict[Key, Listed], new: dict[Key, Listed], used: set[Key]) -> Iterator[Placed]:
    """The lines that change lists; those that something uses lose lines only when that is done."""
    for at, (key, listed) in enumerate(new.items()):
        before = old.get(key)
        if before is None:
            yield from _edited(written(listed), at, at_once=False)
        elif not before.same(listed):
            made = edit(before, listed)
            if made is None:
                yield (_SET, _LISTS, at, 0), [Command(text=f"no {before.head}")]
                made = written(listed)
            yield from _edited(made, at, at_once=key not in used)
    for key, listed in old.items():
        if key not in new:
            yield (_REMOVE, -_LISTS, 0), [Command(text=f"no {listed.head}")]


def _edited(made: Edit, at: int, *, at_once: bool) -> Iterator[Placed]:
    modes = (made.head,)
    first = [Command(text=text) for text in made.before]
    first += [Command(modes=modes, text=text) for text in made.first]
    last = [Command(modes=modes, text=text) for text in made.last]
    last += [Command(text=text) for text in made.after]
    if not first and not last:
        first.append(Command(text=made.head))
    if first:
        yield (_SET, _LISTS, at, 1), first
    if last:
        # from the last list to the first, as inside of each
        yield (_SET, _LISTS, at, 2) if at_once else (_LINES, -at), last
