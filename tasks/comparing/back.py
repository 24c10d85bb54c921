"""The way back: the lines that make a configuration again what it was.

Unlike a difference to an intent this brings back everything of a block that was lost with it, and
access lists with their remarks and the numbers of their entries. Lines that no intent can say stay
as they are otherwise, so what others have changed meanwhile remains.
"""

from collections.abc import Iterable

from .addresses import freed, restored
from .lists import Key
from .owned import Scope, used_elsewhere
from .plan import Command, plan
from .rules import UNSPOKEN
from .scope import Name, Node, Scoped, View, Whole, read
from .stages import stages


def way_back(view: View, intended: str, now: str, before: str) -> tuple[Command, ...]:
    """The lines that lead from the configuration `now` back to `before`.

    Both are configurations of the device of `view` as it shows them, `now` at any point on the way
    from `before` to what is `intended`. The lines are ordered with the care of those that lead
    there. They hold secrets.
    """
    wanted = read(intended, "intent", view).found
    here, there = (read(text, "running", view, exact=True) for text in (now, before))
    names, keys = _spoken(wanted, here, there, view)
    old, new = (_part(whole, names, keys) for whole in (here, there))
    for name, node in old.nodes.items():
        if name in new.nodes:
            _leave(node, new.nodes[name])
    commands = list(freed(here, old, new).commands)
    place = old
    for stage in stages(old, new, lambda key: used_elsewhere(here, old, key)):
        commands += plan(place, stage, backwards=place is not old)
        place = stage
    return tuple(restored(there, new, commands))


def _spoken(wanted: Scoped, here: Whole, there: Whole, view: View) -> tuple[set[Name], set[Key]]:
    """The global lines and the lists that may have been changed."""
    parts = [wanted, *(Scope(whole, wanted, view).scoped() for whole in (here, there))]
    names = {name for part in parts for name in part.nodes}
    names |= {node.name for node in here.found.of("interface") if node.name in there.found.nodes}
    keys = {key for part in parts for key in part.lists}
    return names, keys


def _part(whole: Whole, names: Iterable[Name], keys: Iterable[Key]) -> Scoped:
    """What of a configuration is compared, in its order."""
    found = whole.found
    names, keys = set(names), set(keys)
    return Scoped(
        nodes={name: node.copy() for name, node in found.nodes.items() if name in names},
        lists={key: listed for key, listed in found.lists.items() if key in keys},
    )


def _leave(here: Node, there: Node) -> None:
    """Let lines be that no intent can say and that have come meanwhile."""
    wanted = {child.name: child for child in there.children}
    here.children = [
        child for child in here.children if child.rule is not UNSPOKEN or child.name in wanted
    ]
    for child in here.children:
        if child.name in wanted:
            _leave(child, wanted[child.name])
