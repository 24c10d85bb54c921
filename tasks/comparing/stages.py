"""What cannot be changed in one go is changed in several, over configurations between.

- A list in which lines move is made anew: users turn to one that stands in for it meanwhile.
- What turns to a list that others use, and that is changing, waits at another one until it is done.
- Where several policies of a group change, a member reads their lists as one. Meanwhile each list
  has the new lines before the old ones; policies are changed from the first to the last, and then,
  with only the new lines, from the last to the first. So no packet meets a line out of turn.
- A group that is to be for another family, or served where it was joined, is removed before.
"""

from collections.abc import Callable, Iterator

from .list_edits import edit, reduced
from .lists import Key, Listed, find_name, joined, renamed
from .owned import MAPS
from .scope import Name, Node, Scoped, list_of

UsedElsewhere = Callable[[Key], bool]
"""Tells whether lines that are not compared refer to a list."""


def stages(old: Scoped, new: Scoped, used_elsewhere: UsedElsewhere) -> list[Scoped]:
    """The configurations on the way from `old` to `new`, which is the last."""
    found = []
    first = _Between(old, new)
    first.replace_groups()
    first.join_policies()
    first.stand_in(used_elsewhere)
    first.wait()
    if first.needed:
        found.append(first.middle)
        second = _Between(first.middle, new)
        second.wait()
        if second.needed:
            found.append(second.middle)
    return [*found, new]


class _Between:
    """A configuration between, while it is made."""

    def __init__(self, old: Scoped, new: Scoped) -> None:
        self._old, self._new = old, new
        self.middle = new.copy()
        self.needed = False

    def _free(self, name: str) -> str:
        return find_name(name, {**self._old.lists, **self._new.lists, **self.middle.lists})

    def _instead(self, listed: Listed) -> str:
        """The name of a list that stands in for another one."""
        made = renamed(listed, self._free(listed.name))
        self.middle.lists[made.key] = made
        return made.name

    # ---- lists that are made anew, or waited for ----

    def stand_in(self, used_elsewhere: UsedElsewhere) -> None:
        """Leave used lists as they are that cannot be changed in their place, or not yet.

        Not yet: what is to turn to another list would meet lines that are not for it.
        """
        there = {(path, key) for path, _, key in _users(self._old)}
        stay = there & {(path, key) for path, _, key in _users(self.middle)}
        for key, listed in self._old.lists.items():
            wanted = self.middle.lists.get(key)
            users = {each for each in there if each[1] == key}
            if wanted is None or not users or listed.same(wanted):
                continue
            if edit(listed, wanted) is None:
                self._turn([node for _, node, each in _users(self.middle) if each == key], wanted)
                elsewhere = used_elsewhere(key) and listed.kind == wanted.kind
                self.middle.lists[key] = reduced(listed, wanted) if elsewhere else listed
            elif users <= stay:
                continue
            else:
                self.middle.lists[key] = listed
            self.needed = True

    def wait(self) -> None:
        """Let what turns to a list that is not done yet have its lines elsewhere until it is."""
        there = {(path, key) for path, _, key in _users(self._old)}
        used = {key for _, key in there}
        turned: dict[Key, list[Node]] = {}
        for path, node, key in _users(self.middle):
            if (path, key) not in there and not self._done(key, used):
                turned.setdefault(key, []).append(node)
        for key, users in turned.items():
            self._turn(users, self._new.lists[key])
            self.needed = True

    def _done(self, key: Key, used: set[Key]) -> bool:
        """Whether a list has its lines before anything turns to it."""
        wanted, before = self._new.lists.get(key), self._old.lists.get(key)
        if wanted is None or before is None:
            return True
        return self.middle.lists[key].same(wanted) and (key not in used or before.same(wanted))

    def _turn(self, users: list[Node], wanted: Listed) -> None:
        if users:
            name = self._instead(wanted)
            for node in users:
                _refer(node, name)

    # ---- groups with several policies ----

    def join_policies(self) -> None:
        """Let groups of which several policies change have the old ones beside the new ones."""
        for name, group in list(self.middle.nodes.items()):
            before = self._old.nodes.get(name)
            if group.rule.name != "group" or before is None:
                continue
            old, new = before.child("key server"), group.child("key server")
            if old is not None and new is not None:
                self._join(before, old, group, new)

    def _join(self, before: Node, old: Node, after: Node, new: Node) -> None:
        had, has = _policies(old), _policies(new)
        changed = {
            number
            for number in had.keys() | has.keys()
            if not self._alike(before, had.get(number), after, has.get(number))
        }
        if len(changed) < 2:
            return
        self.needed = True
        for number, policy in has.items():
            if number in changed:
                self._widen(before, had.get(number), after, policy)
        for number, policy in had.items():
            if number not in has:
                new.children.append(self._kept(before, policy.copy()))
        for policy in had.values():
            listed = _list(self._old, before, policy)
            if listed is not None:
                self.middle.lists[listed.key] = listed

    def _alike(self, before: Node, one: Node | None, after: Node, other: Node | None) -> bool:
        if one is None or other is None:
            return False
        old, new = _list(self._old, before, one), _list(self._new, after, other)
        return old is new if old is None or new is None else old.same(new)

    def _widen(self, before: Node, old: Node | None, after: Node, policy: Node) -> None:
        """Let a policy use a list with the new lines, and the old ones behind them."""
        line = policy.child("list of a policy")
        new = _list(self._new, after, policy)
        if line is None or new is None:
            return
        there = _list(self._old, before, old)
        wide = joined(new, there) if there is not None and there.kind == new.kind else new
        _refer(line, self._instead(wide))

    def _kept(self, group: Node, policy: Node) -> Node:
        """A policy that is to go, with all that it refers to."""
        line = policy.child("list of a policy")
        listed = _list(self._old, group, policy)
        if line is not None and listed is not None and listed.key in self._new.lists:
            # its list is to have other lines
            _refer(line, self._instead(listed))
        profile = policy.child("profile of a policy")
        if profile is not None:
            self._keep(("IPsec profile", (profile.text.split()[-1],)))
        return policy

    def _keep(self, name: Name) -> None:
        """Let stay what a policy refers to that is to go."""
        kept = self._old.nodes.get(name)
        if kept is None or name in self.middle.nodes:
            return
        self.middle.nodes[name] = kept.copy()
        sets = kept.child("transform set of a profile")
        for word in sets.text.split()[2:] if sets is not None else ():
            self._keep(("transform set", (word,)))

    # ---- groups that become something else ----

    def replace_groups(self) -> None:
        """Leave out groups that cannot become what they should, and what refers to them."""
        gone = {node.identity[0] for node in self._new.of("group") if self._replaced(node)}
        if not gone:
            return
        self.needed = True
        for name, node in list(self.middle.nodes.items()):
            group = node.child("group of an entry")
            left = node.rule.name == "group" and node.identity[0] in gone
            if left or (group is not None and group.text.split()[-1] in gone):
                del self.middle.nodes[name]
        maps = {node.identity[:2] for node in self.middle.of("entry of a crypto map")}
        for node in self.middle.of("fail-close"):
            if node.identity[:2] not in maps:
                del self.middle.nodes[node.name]
        for node in self.middle.of("interface"):
            node.children = [
                child
                for child in node.children
                if child.rule.name not in MAPS
                or (MAPS[child.rule.name], child.text.split()[-1]) in maps
            ]

    def _replaced(self, node: Node) -> bool:
        before = self._old.nodes.get(node.name)
        if before is None:
            return False
        serves = [each.child("key server") is not None for each in (before, node)]
        return before.text != node.text or serves[0] != serves[1]


def _policies(server: Node) -> dict[str, Node]:
    """The policies of a group by number."""
    return {node.identity[0]: node for node in server.every("policy")}


def _list(scoped: Scoped, group: Node, policy: Node | None) -> Listed | None:
    """The list of a policy."""
    line = policy.child("list of a policy") if policy is not None else None
    key = list_of(group, line) if line is not None else None
    return scoped.lists.get(key) if key is not None else None


def _users(scoped: Scoped) -> Iterator[tuple[tuple[Name, ...], Node, Key]]:
    """The lines that refer to access lists, and where they stand."""
    for top in scoped.nodes.values():
        yield from _inside(top, top, (top.name,))


def _inside(
    top: Node, node: Node, path: tuple[Name, ...]
) -> Iterator[tuple[tuple[Name, ...], Node, Key]]:
    key = list_of(top, node)
    if key is not None:
        yield path, node, key
    for child in node.children:
        yield from _inside(top, child, (*path, child.name))


def _refer(node: Node, name: str) -> None:
    """Let a line refer to another list."""
    node.text = node.typed = " ".join((*node.text.split()[:-1], name))
