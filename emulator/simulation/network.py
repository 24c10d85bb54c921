"""The network between the devices: who reaches whom, how fast, with what loss.

Every node has an access line to a wide area network that carries packets between all of them, as
a provider's MPLS network does; a pair of nodes may have a line with other properties. Nodes can be
cut off, split into parts, or go down; multicast trees can lose branches.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .kernel import Kernel

USUAL_MTU = 1500
Handler = Callable[[object, str], None]
"""Takes a message and the address that sent it."""
Routes = Callable[[str], bool]
"""Whether a node has a route to an address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """An access line, or what a pair of nodes has between them."""

    latency_s: float = 0.010
    """How long a packet takes one way, in seconds."""
    loss: float = 0.0
    """The share of packets that get lost, from 0 to 1."""
    mtu: int = USUAL_MTU
    """The largest packet that it takes, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Path:
    """A way that packets take now."""

    latency_s: float
    loss: float
    mtu: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Troubles:
    """What is wrong in a network, by names of nodes.

    `sides` are those of a partition, without the side of those on none; `cuts` are ways, one
    direction each; `lines` are access lines that are not as usual, `pairs` those between two nodes;
    `pruned` are branches of multicast trees (group, node).
    """

    sides: tuple[tuple[str, ...], ...]
    cuts: tuple[tuple[str, str], ...]
    lines: dict[str, Line]
    pairs: dict[tuple[str, str], Line]
    pruned: tuple[tuple[str, str], ...]


@dataclass(slots=True, kw_only=True, eq=False)
class Node:
    """A device of the network. `routes` is None where it reaches everything.

    `usual` is the line that it has while nothing is wrong.
    """

    name: str
    line: Line
    usual: Line
    up: bool = True
    routes: Routes | None = None
    addresses: frozenset[str] = frozenset()


class Network:
    """The network. `generation` counts changes of who may reach whom; `watch` tells of them."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self.nodes: dict[str, Node] = {}
        self.generation = 0
        self._owners: dict[str, str] = {}
        self._claims: dict[str, list[str]] = {}
        self._known: set[str] = set()
        self._handlers: dict[tuple[str, int], Handler] = {}
        self._pairs: dict[frozenset[str], Line] = {}
        self._usual_pairs: dict[frozenset[str], Line] = {}
        self._cut: set[tuple[str, str]] = set()
        self._sides: dict[str, int] = {}
        self._groups: dict[str, dict[tuple[str, int], None]] = {}
        self._pruned: set[tuple[str, str]] = set()
        self._paths: dict[tuple[str, str], Path | None] = {}
        self._between_nodes: dict[tuple[str, str], Path | None] = {}
        self._watchers: dict[int, Callable[[], None]] = {}
        self._next_watcher = 0
        self._loss = kernel.random("loss")

    # ---- devices ----

    def attach(self, name: str, line: Line = Line(), routes: Routes | None = None) -> Node:
        """Give a device its access line."""
        node = self.nodes[name] = Node(name=name, line=line, usual=line, routes=routes)
        self.changed()
        return node

    def lay(self, a: str, b: str, line: Line) -> None:
        """Give a pair of nodes a line of its own between them, which `heal` keeps."""
        pair = frozenset((a, b))
        self._pairs[pair] = self._usual_pairs[pair] = line
        self.changed()

    def own(self, name: str, addresses: Iterable[str]) -> None:
        """These are the addresses on which a node is reached now.

        One address has one owner: of several that want it the first, while it has it.
        """
        node, wanted = self.nodes[name], frozenset(addresses)
        if wanted == node.addresses:
            return
        for address in sorted(node.addresses - wanted):
            self._disown(name, address)
        for address in sorted(wanted - node.addresses):
            if self._owners.setdefault(address, name) != name:
                self._claims.setdefault(address, []).append(name)
        node.addresses = wanted
        self._known |= wanted
        self.changed()

    def _disown(self, name: str, address: str) -> None:
        claims = self._claims.get(address)
        if self._owners.get(address) != name:
            if claims is not None:
                claims.remove(name)
        elif claims:
            self._owners[address] = claims.pop(0)
        else:
            del self._owners[address]
        if claims is not None and not claims:
            del self._claims[address]

    def owner(self, address: str) -> str | None:
        """The node that has an address."""
        return self._owners.get(address)

    def addresses(self) -> Iterable[str]:
        """All addresses that have an owner."""
        return self._owners.keys()

    def know(self, addresses: Iterable[str]) -> None:
        """These are addresses of nodes even if they have them not yet."""
        self._known.update(addresses)

    def known(self, address: str) -> bool:
        """Whether a node has an address, had it once, or may have it."""
        return address in self._known

    def bind(self, address: str, port: int, handler: Handler) -> None:
        """Give what arrives at an address and port to a handler."""
        self._handlers[address, port] = handler

    def release(self, address: str, port: int) -> None:
        """Nobody listens there any more."""
        self._handlers.pop((address, port), None)

    def power(self, name: str, *, up: bool) -> None:
        """A device goes down or comes up."""
        node = self.nodes[name]
        if node.up != up:
            node.up = up
            self.changed()

    # ---- sending ----

    def send(self, source: str, destination: str, port: int, message: object) -> bool:
        """Send a message; whether it left. What happens on the way the sender does not learn."""
        path = self.path(source, destination)
        if path is None:
            return False
        if path.loss == 0.0 or self._loss.random() >= path.loss:
            self.kernel.post(path.latency_s, self._deliver, source, destination, port, message)
        return True

    def multicast(self, source: str, group: str, port: int, message: object) -> int:
        """Send to everybody who joined a group and has a branch; gives how many."""
        count = 0
        for destination, listening in list(self._groups.get(group, ())):
            owner = self._owners.get(destination, "")
            if listening == port and (group, owner) not in self._pruned:
                count += self.send(source, destination, port, message)
        return count

    def join(self, group: str, address: str, port: int) -> None:
        """Receive what is sent to a multicast group."""
        self._groups.setdefault(group, {})[address, port] = None

    def leave(self, group: str, address: str, port: int) -> None:
        """Receive it no more."""
        self._groups.get(group, {}).pop((address, port), None)

    def _deliver(self, source: str, destination: str, port: int, message: object) -> None:
        handler = self._handlers.get((destination, port))
        if handler is not None and self.path(source, destination) is not None:
            handler(message, source)

    # ---- who reaches whom ----

    def path(self, source: str, destination: str) -> Path | None:
        """The way from an address to another; None if packets do not arrive."""
        key = (source, destination)
        try:
            return self._paths[key]
        except KeyError:
            name = self._owners.get(source)
            found = None if name is None else self.way(name, destination)
            self._paths[key] = found
            return found

    def has_route(self, source: str, destination: str) -> bool:
        """Whether the node with the address `source` knows a way at all."""
        node = self.nodes.get(self._owners.get(source, ""))
        return node is not None and (node.routes is None or node.routes(destination))

    def way(self, name: str, destination: str) -> Path | None:
        """The way from a node to an address, whatever the source; None if packets do not arrive."""
        a = self.nodes[name]
        b = a if destination in a.addresses else self.nodes.get(self._owners.get(destination, ""))
        if b is None or not (a.up and b.up):
            return None
        if a.routes is not None and not a.routes(destination):
            return None
        return Path(latency_s=0.0, loss=0.0, mtu=USUAL_MTU) if a is b else self._open(a, b)

    def between(self, name: str, other: str) -> Path | None:
        """The way from a node to another, whatever their routes say; None if nothing passes."""
        try:
            return self._between_nodes[name, other]
        except KeyError:
            a, b = self.nodes[name], self.nodes[other]
            found = self._open(a, b) if a.up and b.up else None
            self._between_nodes[name, other] = found
            return found

    def _open(self, a: Node, b: Node) -> Path | None:
        if (a.name, b.name) in self._cut:
            return None
        if self._sides and self._sides.get(a.name, 0) != self._sides.get(b.name, 0):
            return None
        return self._between(a, b)

    def _between(self, a: Node, b: Node) -> Path:
        pair = self._pairs.get(frozenset((a.name, b.name)))
        if pair is not None:
            return Path(latency_s=pair.latency_s, loss=pair.loss, mtu=pair.mtu)
        return Path(
            latency_s=a.line.latency_s + b.line.latency_s,
            loss=1.0 - (1.0 - a.line.loss) * (1.0 - b.line.loss),
            mtu=min(a.line.mtu, b.line.mtu),
        )

    # ---- what goes wrong ----

    def partition(self, *sides: Iterable[str]) -> None:
        """Split the network: nodes of different sides do not reach each other.

        Nodes that stand on no side are one more side together.
        """
        self._sides = {name: number for number, side in enumerate(sides, 1) for name in side}
        self._note(f"partition {' | '.join(' '.join(sorted(side)) for side in sides)}")

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Let nothing pass from `a` to `b`, and back unless it is `one_way`."""
        self._cut.add((a, b))
        if not one_way:
            self._cut.add((b, a))
        self._note(f"cut {a} {b}{' one way' if one_way else ''}")

    def mend(self, a: str, b: str) -> None:
        """Undo `cut`."""
        self._cut -= {(a, b), (b, a)}
        self._note(f"mend {a} {b}")

    def heal(self) -> None:
        """Undo all partitions, cuts, changes of lines and pruned branches."""
        self._cut.clear()
        self._sides = {}
        self._pruned.clear()
        self._pairs = dict(self._usual_pairs)
        for node in self.nodes.values():
            node.line = node.usual
        self._note("heal")

    def set_line(
        self,
        a: str,
        b: str | None = None,
        *,
        latency_s: float | None = None,
        loss: float | None = None,
        mtu: int | None = None,
    ) -> None:
        """Change the access line of a node, or what it has with node `b`; None leaves a value."""
        if b is None:
            old = self.nodes[a].line
        else:
            path = self._between(self.nodes[a], self.nodes[b])
            old = Line(latency_s=path.latency_s, loss=path.loss, mtu=path.mtu)
        line = Line(
            latency_s=old.latency_s if latency_s is None else latency_s,
            loss=old.loss if loss is None else loss,
            mtu=old.mtu if mtu is None else mtu,
        )
        if b is None:
            self.nodes[a].line = line
        else:
            self._pairs[frozenset((a, b))] = line
        which = a if b is None else f"{a} {b}"
        told = f"latency {line.latency_s:g} loss {line.loss:g} mtu {line.mtu}"
        self._note(f"line {which} {told}")

    def prune(self, group: str, name: str, *, pruned: bool = True) -> None:
        """Take a node off the tree of a multicast group, or put it back."""
        if pruned:
            self._pruned.add((group, name))
        else:
            self._pruned.discard((group, name))
        self._note(f"{'prune' if pruned else 'graft'} {group} {name}")

    def troubles(self) -> "Troubles":
        """What was done to it and not undone."""
        sides: dict[int, list[str]] = {}
        for name, number in self._sides.items():
            sides.setdefault(number, []).append(name)
        pairs = {
            (min(pair), max(pair)): line
            for pair, line in self._pairs.items()
            if self._usual_pairs.get(pair) != line
        }
        return Troubles(
            sides=tuple(tuple(sorted(side)) for _, side in sorted(sides.items())),
            cuts=tuple(sorted(self._cut)),
            lines={node.name: node.line for node in self.nodes.values() if node.line != node.usual},
            pairs=dict(sorted(pairs.items())),
            pruned=tuple(sorted(self._pruned)),
        )

    def changed(self) -> None:
        """Somebody may reach somebody else than before."""
        self.generation += 1
        self._paths.clear()
        self._between_nodes.clear()
        for watcher in list(self._watchers.values()):
            watcher()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when who reaches whom may have changed; gives what ends this."""
        number = self._next_watcher = self._next_watcher + 1
        self._watchers[number] = changed
        return lambda: self._watchers.pop(number, None) and None

    def _note(self, text: str) -> None:
        self.kernel.record("network", text)
        self.changed()
