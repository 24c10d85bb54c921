"""The world of a lab: its kernel and network, and what goes wrong between the devices."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import ip_address
from math import isfinite
from typing import TYPE_CHECKING, Final

from ...errors import InputError
from ..simulation.kernel import Kernel
from ..simulation.network import Network
from .file import DeviceFile, LabFile
from .reading_world import LEAST_MTU, MAX_LATENCY_MS, MOST_MTU

if TYPE_CHECKING:
    from .stations import Stations

_LINE: Final = re.compile(
    r"^(?:interface +(?P<interface>\S.*)"
    r"|[ \t]+(?:ip address +(?P<address>\d[\d.]+) +\d[\d.]+"
    r"|(?P<shut>shutdown))\b.*"
    r"|(?P<other>[^\s!].*))$",
    re.MULTILINE,
)
"""The lines of a configuration that say where interfaces begin and end, and which are up."""

Side = str | Iterable[str]
"""Names of devices, or one name."""


class World:
    """Where the devices of a lab live. A node of the network has the name of its device.

    Devices that have not booted yet have the addresses that their startup configurations say.
    `stations` are the members without a command line, None if there are none.
    """

    def __init__(self, file: LabFile, start: float) -> None:
        self.kernel = Kernel(start, file.seed)
        self.network = Network(self.kernel)
        for device in file.devices:
            self.network.attach(device.name, device.line)
            written = list(written_addresses(device))
            self.network.know(each.address for each in written)
            self.network.own(device.name, (each.address for each in written if each.up))
        self.stations = _stations(file, self.network)
        for pair in file.pairs:
            self.network.lay(*pair.devices, pair.line)

    # ---- what goes wrong; all raise InputError for what is not there ----

    def partition(self, *sides: Side) -> None:
        """Split the network into sides; devices on no side are one more side together."""
        split = [[side] if isinstance(side, str) else list(side) for side in sides]
        names: set[str] = set()
        for name in (self._node(name) for side in split for name in side):
            if name in names:
                raise InputError(f"{name} cannot stand on a side twice, nor on two")
            names.add(name)
        if not names:
            raise InputError("a partition needs the names of devices on a side")
        self.network.partition(*split)

    def heal(self) -> None:
        """Undo everything that goes wrong in the network; devices without power stay off."""
        self.network.heal()

    def cut(self, a: str, b: str, *, one_way: bool = False) -> None:
        """Let nothing pass from `a` to `b`, and back unless it is `one_way`."""
        self.network.cut(*self._two(a, b), one_way=one_way)

    def mend(self, a: str, b: str) -> None:
        """Undo `cut`."""
        self.network.mend(*self._two(a, b))

    def line(
        self,
        a: str,
        b: str | None = None,
        *,
        latency_s: float | None = None,
        loss: float | None = None,
        mtu: int | None = None,
    ) -> None:
        """Change the access line of a device, or the way between two; None leaves a value."""
        _between(latency_s, 0, MAX_LATENCY_MS / 1000, "a latency is a number of seconds")
        _between(loss, 0, 1, "a loss is a share")
        _between(mtu, LEAST_MTU, MOST_MTU, "an MTU is a number of bytes")
        if mtu is not None and not isinstance(mtu, int):
            raise InputError(f"an MTU is a whole number, not {mtu!r}")
        if b is not None:
            self._two(a, b)
        self.network.set_line(self._node(a), b, latency_s=latency_s, loss=loss, mtu=mtu)

    def prune(self, group: str, name: str, *, pruned: bool = True) -> None:
        """Take a device off the tree of a multicast group, or put it back."""
        try:
            address = ip_address(group)
        except ValueError:
            address = None
        if address is None or not address.is_multicast:
            raise InputError(f"{group!r} is no address of a multicast group")
        self.network.prune(str(address), self._node(name), pruned=pruned)

    def _node(self, name: object) -> str:
        if not isinstance(name, str) or name not in self.network.nodes:
            raise no_device(name)
        return name

    def _two(self, a: str, b: str) -> tuple[str, str]:
        if self._node(a) == self._node(b):
            raise InputError(f"{a} has no line to itself")
        return a, b


def _stations(file: LabFile, network: Network) -> "Stations | None":
    """The members without a command line; their code is not loaded where there are none."""
    if not file.stations:
        return None
    from .stations import Stations

    return Stations(file.stations, network, file.parameters)


def no_device(name: object) -> InputError:
    """The error to raise for a name that no device has."""
    return InputError(f"there is no device {name!r}", hint="getvpn lab list names the devices")


def _between(value: object, low: float, high: float, what: str) -> None:
    if value is None:
        return
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not isfinite(value) or not low <= value <= high:  # type: ignore[arg-type,operator]
        raise InputError(f"{what} from {low:g} to {high:g}, not {value!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenAddress:
    """An IPv4 address in a startup configuration; `up` if its interface is not shut down there."""

    interface: str
    address: str
    up: bool


def written_addresses(device: DeviceFile) -> Iterator[WrittenAddress]:
    """The addresses that a startup configuration gives to its device."""
    interface, found, down = "", list[str](), False
    for line in _LINE.finditer(device.startup):
        if line["address"]:
            if not interface:
                continue
            found.append(line["address"])
        elif line["shut"]:
            down = True
        else:
            for address in found:
                yield WrittenAddress(interface=interface, address=address, up=not down)
            interface, found, down = line["interface"] or "", [], False
    for address in found:
        yield WrittenAddress(interface=interface, address=address, up=not down)
