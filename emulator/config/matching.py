"""Which lines of two configurations are the same, and where their order counts.

Lines below one parent are a set, but for a few lists that IOS reads from top to bottom. The
comparison of those is the one that IOS 15.9 and IOS-XE 17.12 show: each text is walked once, and
a line is found in the other text only below the lines that were found before it.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from .texttree import Node

Parents = tuple[str, ...]
"""The lines above a line, outermost first."""

Fold = Callable[[str], str]
"""What is left of a line for the comparison."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A list whose lines count from top to bottom.

    `name` tells the lists below one parent apart. `clear` is the command that removes the whole
    list; None when its lines can be removed one by one.
    """

    name: str
    clear: str | None = None


Ordered = Callable[[Parents, str], Order | None]
"""The list that a line belongs to; None for a line whose place does not matter."""

_GLOBAL_LISTS = re.compile(
    r"access-list \S+|ip as-path access-list \S+|ip community-list (?:(?:standard|expanded) )?\S+"
)
_ACCESS_LISTS = ("ip access-list ", "ipv6 access-list ")
_MAPS = ("crypto map ", "crypto dynamic-map ", "route-map ", "class-map ")
_GDOI_GROUPS = ("crypto gdoi group ", "crypto gkm group ")
_NUMBERED = re.compile(r"(?:sequence )?\d+ ")
_CLOSING = re.compile(r"exit(?:-[a-z-]+)?")


def order_of(parents: Parents, line: str) -> Order | None:
    """The ordered lists of IOS: access list entries without numbers, servers, clauses of maps."""
    if not parents:
        found = _GLOBAL_LISTS.match(line)
        return Order(name=found[0], clear=f"no {found[0]}") if found else None
    parent = parents[-1]
    first, _, rest = line.partition(" ")
    name = ""
    if parent.startswith(_ACCESS_LISTS):
        name = "" if _NUMBERED.match(line) else "entries"
    elif parent.startswith(_MAPS) and first in ("match", "set"):
        name = f"{first} {rest.partition(' ')[0]}"
    elif parent.startswith("aaa group server "):
        name = "server" if first in ("server", "server-private") else ""
    elif parent.startswith("policy-map "):
        name = "class" if first == "class" else ""
    elif parent.startswith(_GDOI_GROUPS) and line.startswith("server address "):
        name = "server address"
    return Order(name=name) if name else None


@dataclass(slots=True, kw_only=True)
class Branch:
    """A command of one text, put together from all places where it stands below its parent.

    `closing` is the line that leaves its mode, where the text has one (`exit-address-family`).
    """

    node: Node
    key: str
    order: Order | None
    below: list[Node]
    closing: str = ""

    @property
    def text(self) -> str:
        """Its line."""
        return self.node.text

    @property
    def head(self) -> str:
        """What names it."""
        return self.node.head


Branches = dict[str, Branch]
"""The commands below one parent by their keys, in the order of the text."""


def branches(
    nodes: Iterable[Node],
    parents: Parents,
    *,
    fold: Fold = str,
    ordered: Ordered = order_of,
    closings: bool = False,
) -> Branches:
    """The commands below one parent; with `closings`, lines that leave a mode are none."""
    found: Branches = {}
    last: Branch | None = None
    for node in nodes:
        if closings and _CLOSING.fullmatch(node.text):
            if last is not None:
                last.closing = node.text
            continue
        key = fold(node.key)
        last = found.get(key)
        if last is None:
            order = ordered(parents, node.head)
            last = Branch(node=node, key=key, order=order, below=list(node.children))
            found[key] = last
        else:
            last.below += node.children
    return found


def walk(left: Iterable[Branch], right: Branches) -> Iterator[tuple[Branch, Branch | None, bool]]:
    """Every command of `left`, the same command of `right`, and whether it is only elsewhere.

    A command of an ordered list that `right` has above the place of the command before it is not
    found, and elsewhere.
    """
    places = _places(right.values())
    reached: dict[str, int] = {}
    for branch in left:
        other = right.get(branch.key)
        place = places.get(branch.key)
        if branch.order is None or place is None:
            yield branch, other, False
            continue
        name = branch.order.name
        if place < reached.get(name, 0):
            yield branch, None, True
            continue
        reached[name] = place + 1
        yield branch, other, False


def kept(current: Sequence[Branch], target: Branches) -> set[str]:
    """The keys of the ordered commands that may stay while all others are entered behind them.

    New commands of a list go to its end. So those stay that begin the list of `target`, as far as
    `current` has them in this order.
    """
    places = _places(current)
    reached: dict[str, int] = {}
    broken: set[str] = set()
    stay: set[str] = set()
    for branch in target.values():
        if branch.order is None or branch.order.name in broken:
            continue
        name = branch.order.name
        place = places.get(branch.key, -1)
        if place < reached.get(name, 0):
            broken.add(name)
            continue
        reached[name] = place + 1
        stay.add(branch.key)
    cleared = {
        branch.order.name
        for branch in current
        if branch.order is not None and branch.order.clear and branch.key not in stay
    }
    return {key for key in stay if _name(target[key]) not in cleared}


def _places(commands: Iterable[Branch]) -> dict[str, int]:
    """Where the commands of ordered lists stand."""
    return {branch.key: place for place, branch in enumerate(commands) if branch.order is not None}


def _name(branch: Branch) -> str:
    return branch.order.name if branch.order is not None else ""
