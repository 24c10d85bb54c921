"""The part of a configuration that an intent speaks of, as a tree of lines that fit rules."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final

from ...inventory.secrets import CONCEALED
from ...inventory.views import MemberView, ServerView
from ...parsers.config import ConfigLine, ConfigTree, DeviceConfig, device_config, parse_config
from ...parsers.config.redact import REMOVED
from .lists import Key, Listed, lists_of
from .rules import BEGINNINGS, INNER_RANKS, LAN, OTHER, ROOT, UNSPOKEN, WAN, Rule, spelled

Name = tuple[str, tuple[str, ...]]
"""What tells global lines apart: the name of the rule, and the identity of the line."""
View = ServerView | MemberView
_TO_LISTS: Final = frozenset(
    {
        "rekey list",
        "authorization list",
        "list of a policy",
        "list of fail-close",
        "list of an entry",
    }
)
ADDRESSES: Final = ("ip address", "ipv6 address", "ipv6 enable")
"""How lines begin that an interface loses when it changes its VRF."""
_TABLES: Final[Mapping[str, Sequence[Rule]]] = {"WAN": WAN, "LAN": LAN, "other": OTHER}
_KEPT: Final = 16
"""So many configurations are remembered as they were read: with more of them a fleet, of which each
is another one, is compared more slowly."""
IMPLIED_REPLAY: Final = "replay counter window-size 64"
_SECRET: Final = re.compile(
    r"((?:crypto isakmp key|pre-shared-key|pre-shared-key address \S+(?: [\d.]+)? key) )"
    r"(?:([06]) )?(\S+)((?: (?:address|hostname) .+)?)",
    re.ASCII,
)


@dataclass(slots=True)
class Node:
    """A line that fits a rule.

    `text` is its one spelling, `typed` how it is entered, `line` where it stands.
    """

    rule: Rule
    identity: tuple[str, ...]
    text: str
    typed: str
    line: ConfigLine
    children: list["Node"] = field(default_factory=list)

    @property
    def name(self) -> Name:
        """What tells it from others of its block."""
        return self.rule.name, self.identity

    def walk(self) -> Iterator["Node"]:
        """Itself and all nodes below."""
        yield self
        for child in self.children:
            yield from child.walk()

    def child(self, rule: str) -> "Node | None":
        """The first line of a kind."""
        return next((child for child in self.children if child.rule.name == rule), None)

    def every(self, rule: str) -> list["Node"]:
        """All lines of a kind."""
        return [child for child in self.children if child.rule.name == rule]

    def copy(self) -> "Node":
        """The same lines, to be changed."""
        children = [child.copy() for child in self.children]
        return Node(self.rule, self.identity, self.text, self.typed, self.line, children)

    def bare(self) -> "Node":
        """The line alone."""
        return replace(self, children=[])

    @property
    def undone(self) -> str:
        """The line that takes it back, in its one spelling."""
        if self.rule.undo is not None:
            return self.rule.pattern.sub(self.rule.undo, self.text, count=1)
        return self.text[3:] if self.text.startswith("no ") else f"no {self.text}"

    @property
    def removal(self) -> str:
        """The line that takes it back, in the words of its router."""
        if self.rule.undo is not None or self.text.startswith("no "):
            return self.undone
        return f"no {self.typed}"


@dataclass(slots=True)
class Scoped:
    """What is compared of a configuration: global lines by name, in order, and access lists."""

    nodes: dict[Name, Node]
    lists: dict[Key, Listed]

    def of(self, rule: str) -> list[Node]:
        """All global lines of a kind."""
        return [node for node in self.nodes.values() if node.rule.name == rule]

    def copy(self) -> "Scoped":
        """The same, to be changed."""
        return Scoped(
            nodes={name: node.copy() for name, node in self.nodes.items()}, lists=dict(self.lists)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A configuration with everything in it that fits a rule; `config` has the rest, too.

    `old_vrfs` tells that it defines VRFs by `ip vrf`. `words` counts the words of all lines.
    """

    tree: ConfigTree
    config: DeviceConfig
    found: Scoped
    old_vrfs: bool
    words: Counter[str]


def read(text: str, source: str, view: View | None = None, *, exact: bool = False) -> Whole:
    """Read a configuration; `view` tells what each interface is for.

    What is read `exact` has all that a block of it needs to be made again. The lines that were
    found may be changed by whoever asks; what was read lately is not read again.
    """
    whole = _read(text, source, _interfaces(view), exact)
    return replace(whole, found=whole.found.copy())


@lru_cache(maxsize=_KEPT)
def _read(text: str, source: str, interfaces: tuple[tuple[str, str], ...], exact: bool) -> Whole:
    tree = parse_config(text, source)
    tables = {name: _TABLES[kind] for name, kind in interfaces}
    nodes: dict[Name, Node] = {}
    for line in tree.lines:
        if not line.text.startswith(BEGINNINGS):
            continue
        node = _node(line, ROOT, tables, exact=exact)
        if node is not None and node.name not in nodes:
            nodes[node.name] = node
    words: Counter[str] = Counter()
    for line in tree.walk():
        words.update(line.words)
    config = device_config(tree)
    return Whole(
        tree=tree,
        config=config,
        found=Scoped(nodes=nodes, lists=lists_of(config, exact=exact)),
        old_vrfs=any(True for _ in tree.find("ip", "vrf")),
        words=words,
    )


def _interfaces(view: View | None) -> tuple[tuple[str, str], ...]:
    """Each interface that is spoken of, and which of the `_TABLES` has its lines."""
    if view is None:
        return ()
    if isinstance(view, ServerView):
        return tuple(
            (each.name, "other" if each.name.startswith("Loopback") else "WAN")
            for each in view.interfaces
        )
    return tuple(
        (each.name, "WAN" if each.crypto_map or each.crypto_map6 else "LAN")
        for each in view.interfaces
    )


def _node(
    line: ConfigLine,
    rules: Iterable[Rule],
    tables: Mapping[str, Sequence[Rule]],
    *,
    exact: bool,
) -> Node | None:
    text = spelled(line.text)
    for rule in rules:
        identity = rule.identity(text)
        if identity is not None:
            break
    else:
        return None
    node = Node(
        rule=rule,
        identity=identity,
        text=text,
        typed=" ".join(line.text.split()),
        line=line,
    )
    inner = tables.get(identity[0], OTHER) if rule.name == "interface" else rule.children
    node.children = _children(node, line, inner, exact=exact)
    return node


def _unspoken(block: Node, line: ConfigLine) -> Node | None:
    """A line that fits no rule, if it goes when its block goes and does not come by itself.

    Of an interface these are lines with addresses, which go when others come.
    """
    if block.rule.name not in INNER_RANKS or line.text in ("no tag", "no pfs"):
        return None
    if block.rule.name == "interface" and not line.text.startswith(ADDRESSES):
        return None
    text = " ".join(line.text.split())
    node = Node(rule=UNSPOKEN, identity=(text,), text=text, typed=text, line=line)
    below = (_unspoken(node, each) for each in line.children)
    node.children = [child for child in below if child is not None]
    return node


def _children(node: Node, line: ConfigLine, rules: Sequence[Rule], *, exact: bool) -> list[Node]:
    """The lines below that fit a rule, and those that go without saying."""
    found: dict[Name, Node] = {}
    for each in line.children:
        child = _node(each, rules, {}, exact=exact)
        if child is None and exact:
            child = _unspoken(node, each)
        if child is not None:
            # of two lines for one thing the later one counts, in the place of the former
            found[child.name] = child
    if node.rule.name == "policy" and all(child.rule.name != "replays" for child in found.values()):
        child = _implied(IMPLIED_REPLAY, rules, line)
        found[child.name] = child
    if node.rule.name == "VRF" and line.text.startswith("ip vrf "):
        child = _implied("address-family ipv4", rules, line)
        found[child.name] = child
    return list(found.values())


def _implied(text: str, rules: Sequence[Rule], line: ConfigLine) -> Node:
    rule = next(rule for rule in rules if rule.identity(text) is not None)
    return Node(rule=rule, identity=rule.identity(text) or (), text=text, typed=text, line=line)


# ---- secrets that cannot be compared ----


def take_keys(running: Node, intended: Node) -> list[int]:
    """Let keys that cannot be compared be the intended ones; give the lines where they stand.

    A key of type 6 can only be read by its router. One of a collection may have been removed, and
    the intended one may be concealed.
    """
    taken = []
    wanted = {child.name: child for child in intended.children}
    pairs = [(child, wanted[child.name]) for child in running.children if child.name in wanted]
    for one, other in ((running, intended), *pairs):
        if _incomparable(one.text, other.text):
            if not (one is running and running.children):
                taken.append(one.line.lineno)
            one.text, one.typed = other.text, other.typed
    for one, other in pairs:
        taken += take_keys(one, other) if one.children else []
    return taken


def _incomparable(running: str, intended: str) -> bool:
    one, other = _SECRET.fullmatch(running), _SECRET.fullmatch(intended)
    if one is None or other is None or (one[1], one[4]) != (other[1], other[4]):
        return False
    return REMOVED in one[3] or other[3] == CONCEALED or (one[2] == "6" and other[2] != "6")


def list_of(top: Node, node: Node) -> Key | None:
    """The access list that a line refers to, None for other lines; `top` is its global line."""
    if node.rule.name not in _TO_LISTS:
        return None
    words = node.text.split()
    return top.identity[:1] == ("ipv6 ",) or words[2:3] == ["ipv6"], words[-1]
