"""The box that a router is: its hardware addresses and its cables. A reload does not change it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Interface
from random import Random
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from ..device import Router

VENDOR_PREFIXES = (0x001E14, 0x00235E, 0x5C5015, 0x70695A, 0xD8B190, 0xF40F1B)
"""Some of the address blocks that are registered to Cisco (IEEE OUI list)."""
BLOCK = 0x40
"""How many addresses a chassis has for its interfaces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """A neighbour on a link that answers ARP: its IPv4 `address` and its `mac` (`aabb.cc00.0100`).

    `learned_at` is when its address was learned, in UTC seconds. A neighbour that is a router of
    the lab is `router`, reached at its `interface`.
    """

    address: str
    mac: str
    learned_at: float
    router: "Router | None" = None
    interface: str = ""


class Network(Protocol):
    """What is at the other end of the cables; a lab gives one to its routers."""

    def peers(self, router: "Router", interface: str) -> Sequence[Peer]:
        """The neighbours that can be reached through an interface."""
        ...

    def lease(self, router: "Router", interface: str) -> IPv4Interface | None:
        """The address that a DHCP server gives to an interface; None without a server."""
        ...


class Chassis:
    """Hardware addresses, which depend on `seed` only, and which ports have a cable.

    All ports of the hardware have one until `unplug`. `version` counts the changes of cables.
    """

    __slots__ = ("_network", "_unplugged", "_watchers", "base_mac", "seed", "version")

    def __init__(self, seed: str) -> None:
        self.seed = seed
        random = self.random("hardware address")
        low = random.randrange(0, 1 << 24, BLOCK)
        self.base_mac = random.choice(VENDOR_PREFIXES) << 24 | low
        self.version = 0
        self._unplugged: set[str] = set()
        self._network: Network | None = None
        self._watchers: list[Callable[[], None]] = []

    def random(self, purpose: str) -> Random:
        """Numbers that are always the same for this chassis and purpose."""
        return Random(f"{self.seed}:{purpose}")  # noqa: S311 - reproducible, not secret

    @property
    def network(self) -> Network | None:
        """What is at the other end of the cables; None if nothing there answers."""
        return self._network

    @network.setter
    def network(self, network: Network | None) -> None:
        self._network = network
        self._changed()

    def plugged(self, name: str) -> bool:
        """Whether the port `name` (full name) has a cable with a living other end."""
        return name not in self._unplugged

    def unplug(self, name: str) -> None:
        """Take the cable out of a port."""
        self._unplugged.add(name)
        self._changed()

    def plug(self, name: str) -> None:
        """Put the cable back."""
        self._unplugged.discard(name)
        self._changed()

    def watch(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Have `changed` called when a cable changes; gives the function that ends this."""
        self._watchers.append(changed)
        return lambda: self._watchers.remove(changed)

    def mac(self, index: int) -> str:
        """The hardware address of the interface `index` of the chassis: `5c50.15d9.4e01`."""
        return mac_text(self.base_mac + index % BLOCK)

    def _changed(self) -> None:
        self.version += 1
        for watcher in list(self._watchers):
            watcher()


def mac_text(number: int) -> str:
    """A hardware address as IOS prints it."""
    digits = f"{number:012x}"
    return f"{digits[:4]}.{digits[4:8]}.{digits[8:]}"


def mac_number(text: str) -> int:
    """The number of a hardware address that is written `5c50.15d9.4e01`."""
    return int(text.replace(".", ""), 16)
