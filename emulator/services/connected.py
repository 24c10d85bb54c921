"""Which networks interfaces have, found without looking at every interface."""

from bisect import bisect_left, insort
from collections.abc import Iterable
from ipaddress import IPv4Network

from ..config.store import Block
from .interface_state import configured_ipv4

Span = tuple[int, int, str]
"""The first and the last address of a network, and the interface that has it."""


class ConnectedNetworks:
    """The IPv4 networks of the interfaces by VRF, as they are configured.

    Interfaces whose lines changed are `touched` and read again before the next question.
    """

    __slots__ = ("_changed", "_of_interface", "_root", "_spans")

    def __init__(self, root: Block) -> None:
        self._root = root
        self._spans: dict[str, list[Span]] = {}
        self._of_interface: dict[str, list[tuple[str, Span]]] = {}
        self._changed: set[str] = {str(entry["name"]) for entry in root.all("interface")}

    def touch(self, name: str) -> None:
        """The lines of an interface have changed."""
        self._changed.add(name)

    def overlapping(self, vrf: str, network: IPv4Network, but: str) -> Iterable[str]:
        """The interfaces of a VRF with a network that shares addresses, `but` left out."""
        self._read()
        spans = self._spans.get(vrf, [])
        first, last = int(network.network_address), int(network.broadcast_address)
        found: dict[str, None] = {}
        at = bisect_left(spans, (first,))
        while at < len(spans) and spans[at][0] <= last:
            found[spans[at][2]] = None
            at += 1
        for length in range(network.prefixlen):
            mask = (1 << 32 - length) - 1
            low, high = first & ~mask, first | mask
            at = bisect_left(spans, (low, high))
            while at < len(spans) and spans[at][:2] == (low, high):
                found[spans[at][2]] = None
                at += 1
        found.pop(but, None)
        return found

    def _read(self) -> None:
        for name in self._changed:
            for vrf, span in self._of_interface.pop(name, ()):
                here = self._spans[vrf]
                del here[bisect_left(here, span)]
            entry = self._root.find("interface", name)
            if entry is None or entry.block is None:
                continue
            vrf = str(entry.block.value("vrf forwarding", "vrf", ""))
            kept: list[tuple[str, Span]] = []
            for address in configured_ipv4(entry.block):
                network = address.network
                span = (int(network.network_address), int(network.broadcast_address), name)
                insort(self._spans.setdefault(vrf, []), span)
                kept.append((vrf, span))
            self._of_interface[name] = kept
        self._changed.clear()
