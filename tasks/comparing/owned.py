"""What of a running configuration belongs to its intent, beside what the intent names.

- What a line of the intent replaces, and what it referred to, if nothing else refers to that.
- On a key server: its groups, the policies and keys of IKE. It has no other VPN.
- On a member: the entries of its crypto maps, where the maps are applied, the keys for its key
  servers, and as what it presents itself to them.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from ...inventory.views import ServerView
from ...parsers.config import ConfigLine
from .lists import Key, stand_ins
from .scope import Name, Node, Scoped, View, Whole, list_of

_OF_SERVERS: Final = frozenset(
    {
        "ISAKMP policy",
        "ISAKMP key",
        "ISAKMP identity",
        "dead peer detection",
        "keyring",
        "IKEv2 policy",
    }
)
_TO_NODES: Final = {
    "profile of a policy": "IPsec profile",
    "transform set of a profile": "transform set",
    "authorization identity": "authorized identities",
    "IKEv2": "IKEv2 profile",
    "protocol": "IKEv2 profile",
    "keyring of a profile": "IKEv2 keyring",
    "proposal": "IKEv2 proposal",
    "group of an entry": "group",
}
"""Kinds of lines that refer to something by name, and the kind of that."""
MAPS: Final = {"crypto map of an interface": "", "IPv6 crypto map of an interface": "ipv6 "}
OF_MAPS: Final = ("entry of a crypto map", "fail-close", "local address of a crypto map")

Target = tuple[str, str]
"""A kind of object (`list`, `list6`, `map`, `map6`, `server`, or a rule), and its name."""


class Scope:
    """What is compared of one running configuration with one intent.

    What `earlier` belonged to the intent still does, even if nothing refers to it any more.
    """

    def __init__(
        self, whole: Whole, intended: Scoped, view: View, earlier: Scoped | None = None
    ) -> None:
        self._whole = whole
        self._intended = intended
        self._view = view
        self._owned: set[Name] = set(self._seeds())
        self._lists: set[Key] = set()
        if earlier is not None:
            self._owned |= {it.name for it in earlier.nodes.values() if it.rule.name != "interface"}
            self._lists |= earlier.lists.keys()
        self._wanted = {target for target, _ in _references(intended.nodes.values())}
        self._servers = {
            child.identity[0]
            for found in (whole.found, intended, *([earlier] if earlier is not None else ()))
            for group in found.of("group")
            for child in group.every("key server of a member")
        }

    def scoped(self) -> Scoped:
        """The part of the running configuration that is compared."""
        while True:
            nodes = self._nodes()
            more = {target for target, _ in _references(nodes.values())}
            # a key server that stays may do without its key
            if not self._take(
                {it for it in more if it[0] == "server"} | more - self._wanted, nodes
            ):
                break
        self._lists |= self._left_over()
        lists = {
            key: listed
            for key, listed in self._whole.found.lists.items()
            if key in self._intended.lists or key in self._lists
        }
        return Scoped(nodes=nodes, lists=lists)

    def _left_over(self) -> set[Key]:
        """Lists that stood in for ours when the lines of a difference were broken off."""
        known = {*self._intended.lists, *self._lists}
        return {
            key
            for key in stand_ins(known, self._whole.found.lists) - known
            if not self._used(key[1], list_lines(self._whole, key), ())
        }

    def _seeds(self) -> Iterator[Name]:
        """What belongs to the intent in any case."""
        found = self._whole.found
        if isinstance(self._view, ServerView):
            for name, node in found.nodes.items():
                serves = node.rule.name == "group" and node.child("key server") is not None
                if serves or node.rule.name in _OF_SERVERS:
                    yield name
            return
        if self._intended.of("ISAKMP policy"):
            yield from (node.name for node in found.of("ISAKMP identity"))
        ours = {node.identity[:2] for rule in OF_MAPS for node in self._intended.of(rule)}
        for interface in self._intended.of("interface"):
            running = found.nodes.get(interface.name)
            if running is not None and any(interface.child(rule) for rule in MAPS):
                ours |= {map_ for map_, _ in _applied(running)}
        for rule in OF_MAPS:
            yield from (node.name for node in found.of(rule) if node.identity[:2] in ours)

    def _nodes(self) -> dict[Name, Node]:
        """The global lines that are known to belong, without what is kept inside of them."""
        kept: dict[Name, Node] = {}
        maps = {
            node.identity[:2]
            for rule in OF_MAPS
            for node in (*self._intended.of(rule), *self._whole.found.of(rule))
            if node.name in self._owned or node.name in self._intended.nodes
        }
        for name, node in self._whole.found.nodes.items():
            wanted = self._intended.nodes.get(name)
            if wanted is not None or name in self._owned:
                kept[name] = self._filtered(node, wanted)
            if node.rule.name != "interface":
                continue
            applied = [line for map_, line in _applied(node) if map_ in maps]
            inside = kept[name] if name in kept else node.bare()
            there = {child.name for child in inside.children}
            inside.children += [line.copy() for line in applied if line.name not in there]
            if inside.children:
                kept[name] = inside
        return kept

    def _filtered(self, node: Node, wanted: Node | None) -> Node:
        copy = node.bare()
        others = {} if wanted is None else {child.name: child for child in wanted.children}
        for child in node.children:
            other = others.get(child.name)
            if other is not None or wanted is None or self._removable(child, wanted):
                copy.children.append(self._filtered(child, other))
        return copy

    def _removable(self, child: Node, wanted: Node) -> bool:
        """Whether a line that the intent does not have inside of a block of it is to go."""
        if child.rule.name == "IPv6 address":
            return wanted.child("IPv6 address") is not None
        if child.rule.name == "multicast group":
            return child.identity[1] in self._servers
        return child.rule.extra == "remove"

    def _take(self, targets: Iterable[Target], nodes: dict[Name, Node]) -> bool:
        """Let belong what `targets` name and nothing else refers to; say whether it is news."""
        news = False
        lines: dict[Target, list[ConfigLine]] = {}
        for target, line in _references(nodes.values()):
            lines.setdefault(target, []).append(line)
        for target in sorted(targets):
            kind, name = target
            if kind in ("list", "list6"):
                key = (kind == "list6", name)
                own = list(list_lines(self._whole, key))
                if own and key not in self._lists and not self._used(name, own, lines[target]):
                    self._lists.add(key)
                    news = True
                continue
            for node in self._definitions(target):
                if node.name in self._owned or node.name in self._intended.nodes:
                    continue
                if kind == "server":
                    ours = all(self._alone_with(each, nodes) for each in _peers(node))
                else:
                    ours = kind in ("map", "map6") or not self._used(
                        name, [node.line], lines[target]
                    )
                if ours:
                    self._owned.add(node.name)
                    news = True
        return news

    def _alone_with(self, server: str, nodes: dict[Name, Node]) -> bool:
        """Whether nobody but us has to do with a key server, keys for it aside."""
        keys = [node.line for node in self._definitions(("server", server))]
        compared = [
            node.line
            for (rule, _), top in nodes.items()
            if rule not in ("ISAKMP key", "keyring")
            for node in top.walk()
        ]
        return not self._used(server, keys, compared)

    def _definitions(self, target: Target) -> Iterator[Node]:
        kind, name = target
        found = self._whole.found
        if kind in ("map", "map6"):
            identity = ("ipv6 " if kind == "map6" else "", name)
            for rule in OF_MAPS:
                yield from (node for node in found.of(rule) if node.identity[:2] == identity)
        elif kind == "server":
            for node in (*found.of("ISAKMP key"), *found.of("keyring")):
                peers = _peers(node)
                if name in peers and (node.rule.name == "ISAKMP key" or peers <= self._servers):
                    yield node
        else:
            named = found.nodes.get((kind, (name,)))
            if named is not None:
                yield named

    def _used(self, name: str, own: Iterable[ConfigLine], users: Iterable[ConfigLine]) -> bool:
        """Whether other lines than its own and its known users have this word."""
        count = self._whole.words[name]
        for line in own:
            count -= sum(each.words.count(name) for each in line.walk())
        for line in {id(line): line for line in users}.values():
            count -= line.words.count(name)
        return count > 0


def _peers(node: Node) -> set[str]:
    """The addresses that a key, or the keys of a keyring, are for."""
    keys = node.children if node.rule.name == "keyring" else [node]
    return {key.identity[0].removeprefix("address ") for key in keys}


def _applied(interface: Node) -> Iterator[tuple[tuple[str, ...], Node]]:
    """The crypto maps of an interface, and the lines that apply them."""
    for child in interface.children:
        if child.rule.name in MAPS:
            yield (MAPS[child.rule.name], child.text.split()[-1]), child


def list_lines(whole: Whole, key: Key) -> Iterator[ConfigLine]:
    """The lines that make an access list."""
    six, name = key
    if six:
        yield from whole.tree.find("ipv6", "access-list", name)
        return
    for kind in ("standard", "extended"):
        yield from whole.tree.find("ip", "access-list", kind, name)
    yield from whole.tree.find("access-list", name)


def used_elsewhere(whole: Whole, old: Scoped, key: Key) -> bool:
    """Whether lines that are not compared refer to an access list."""
    name = key[1]
    count = whole.words[name]
    for line in list_lines(whole, key):
        count -= sum(each.words.count(name) for each in line.walk())
    for top in old.nodes.values():
        count -= sum(
            node.line.words.count(name) for node in top.walk() if list_of(top, node) == key
        )
    return count > 0


def _references(nodes: Iterable[Node]) -> Iterator[tuple[Target, ConfigLine]]:
    """What lines refer to, and the lines."""
    for top in nodes:
        for node in top.walk():
            words = node.text.split()
            key = list_of(top, node)
            if key is not None:
                yield ("list6" if key[0] else "list", key[1]), node.line
            elif node.rule.name in _TO_NODES:
                first = 2 if node.rule.name == "transform set of a profile" else -1
                for word in words[first:]:
                    yield (_TO_NODES[node.rule.name], word), node.line
            elif node.rule.name in MAPS:
                kind = "map6" if MAPS[node.rule.name] else "map"
                yield (kind, words[-1]), node.line
            elif node.rule.name == "key server of a member":
                yield ("server", node.identity[0]), node.line
            elif node.rule.name == "multicast group":
                yield ("server", node.identity[1]), node.line
