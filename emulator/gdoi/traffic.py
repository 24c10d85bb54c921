"""Traffic between sites as arithmetic: does a packet arrive, how, and if not, why.

No packet is ever sent. What the sender's policy and keys, the network and the receiver's policy and
keys say at an instant decides.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple
from typing import Protocol as Interface

from ..simulation.kernel import Event, Kernel
from ..simulation.network import Network
from ..simulation.outages import Condition, Journey, Recorder
from .member.group import MemberGroup
from .packets import TCP, Packet
from .parameters import Parameters
from .passage import DOWN, HEADER_BYTES, Handled, Passage, is_down, nowhere, travel

NO_SITE = "there is nothing behind it"
TCP_HEADER = 20
ROUNDING = 1e-6
"""How exact the times of packets are, as a share of the gap between two."""


class Door(NamedTuple):
    """An interface towards the network.

    `interface` is its name, `members` are those of its crypto map in the order of the entries,
    `mtu` is that of the interface in bytes (None for whatever the line carries).
    """

    interface: str
    members: Sequence[MemberGroup]
    mtu: int | None = None


class Site(Interface):
    """A device with something behind it that sends and receives."""

    @property
    def name(self) -> str:
        """The name of the device."""
        ...

    def inside(self, *, ipv6: bool = False) -> int | None:
        """An address of the site, as a number; None without one."""
        ...

    def door(self, address: int, *, ipv6: bool = False) -> Door | None:
        """What traffic with an address beyond the network goes through; None without a way."""
        ...

    def segment(self, address: int, *, ipv6: bool = False) -> int | None:
        """The largest segments that it lets TCP agree on with an address; None for any."""
        ...

    def members(self) -> Sequence[MemberGroup]:
        """All members on the device."""
        ...

    def count(self, handled: Handled, packets: int) -> None:
        """Count packets with which a member did something."""
        ...

    def feed(self, source: Callable[[], None]) -> Callable[[], None]:
        """Have `source` called before anybody reads what was counted; gives what ends this."""
        ...


class PlainSite:
    """A device with one line and nothing behind it, that counts nothing; `own` are its members."""

    __slots__ = ("name", "own")

    def __init__(self, name: str, own: Sequence[MemberGroup] = ()) -> None:
        self.name = name
        self.own = own

    def inside(self, *, ipv6: bool = False) -> int | None:
        """Nothing."""
        return None

    def door(self, address: int, *, ipv6: bool = False) -> Door | None:
        """Its only line."""
        return Door("", self.own)

    def segment(self, address: int, *, ipv6: bool = False) -> int | None:
        """It leaves connections of TCP alone."""
        return None

    def members(self) -> Sequence[MemberGroup]:
        """Its members."""
        return self.own

    def count(self, handled: Handled, packets: int) -> None:
        """Count nothing: nobody could read it."""

    def feed(self, source: Callable[[], None]) -> Callable[[], None]:
        """Read nothing, so that there is nothing to end."""
        return lambda: None


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """What kind of packet is asked about; `size` in bytes with all headers.

    Hosts that speak TCP send it in smaller packets where a site adjusts the size of segments.
    """

    protocol: int = TCP
    source_port: int = 40_000
    destination_port: int = 443
    size: int = 100
    dont_fragment: bool = False
    ipv6: bool = False


USUAL = Sample()
USUAL_GAP_S = Parameters().recorded_gap_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """Traffic of two sites in both directions."""

    there: Journey
    back: Journey

    @property
    def works(self) -> bool:
        """Whether both directions arrive."""
        return self.there.arrived and self.back.arrived

    @property
    def encrypted(self) -> bool:
        """Whether both directions arrive encrypted."""
        both = (self.there.condition, self.back.condition)
        return both == (Condition.ENCRYPTED, Condition.ENCRYPTED)


def exchange(network: Network, a: Site, b: Site, sample: Sample = USUAL) -> Exchange:
    """What becomes of a packet from `a` to `b`, and of the answer."""
    answer = replace(
        sample, source_port=sample.destination_port, destination_port=sample.source_port
    )
    return Exchange(there=journey(network, a, b, sample), back=journey(network, b, a, answer))


def journey(network: Network, a: Site, b: Site, sample: Sample = USUAL) -> Journey:
    """What becomes of a packet from a host behind `a` to one behind `b`."""
    return passage(network, a, b, sample).journey


def passage(network: Network, a: Site, b: Site, sample: Sample = USUAL) -> Passage:
    """The same, with what the devices do to the packet."""
    for site in (a, b):
        if is_down(network, site):
            return nowhere(a.name, b.name, DOWN, by=site.name)
    source, destination = a.inside(ipv6=sample.ipv6), b.inside(ipv6=sample.ipv6)
    if source is None or destination is None:
        return nowhere(a.name, b.name, NO_SITE, by=(a if source is None else b).name)
    return travel(network, (a, b), _segment(a, b, _packet(source, destination, sample)))


def _packet(source: int, destination: int, sample: Sample) -> Packet:
    return Packet(
        source,
        destination,
        sample.protocol,
        sample.source_port,
        sample.destination_port,
        sample.ipv6,
        sample.size,
        sample.dont_fragment,
    )


def _segment(a: Site, b: Site, packet: Packet) -> Packet:
    """A packet as hosts send it: those of TCP are as small as both sites made them agree to.

    A router writes a smaller size into what opens a connection, whichever way that goes (command
    reference of `ip tcp adjust-mss`).
    """
    if packet.protocol != TCP:
        return packet
    ends = (a, packet.destination), (b, packet.source)
    limits = [site.segment(address, ipv6=packet.ipv6) for site, address in ends]
    headers = HEADER_BYTES[packet.ipv6] + TCP_HEADER
    size = min([packet.size, *(limit + headers for limit in limits if limit is not None)])
    return packet if size == packet.size else packet._replace(size=size)


class TrafficWatch:
    """Traffic that flows between sites all the time: who exchanges it, and how long it was lost.

    Members hear of packets that they cannot open, as from real traffic: they log it, and their
    recovery check acts on it. Devices count a packet of each pair every `gap_s` seconds while it
    is encrypted, or lacks a key; that is reckoned when somebody reads the counters. `pairs` are
    names of sites, in one direction each.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        sites: Callable[[str], Site | None],
        pairs: Iterable[tuple[str, str]],
        sample: Sample = USUAL,
        *,
        gap_s: float = USUAL_GAP_S,
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._sites = sites
        self._sample = sample
        self._gap_s = gap_s
        self._began_at = kernel.now()
        self._watched: dict[str, dict[MemberGroup, tuple[Callable[[], object], ...]]] = {}
        self._flowing: dict[tuple[str, str], tuple[Passage, int]] = {}
        self._settled: dict[str, int] = {}
        wanted = list(dict.fromkeys(pairs))
        self._names = dict.fromkeys(name for pair in wanted for name in pair)
        self._watch_members()
        self.recorder = Recorder(
            kernel, wanted, self._judge, next_change=self._next_change, lost=self._tell
        )
        self._unwatch = network.watch(self._network_changed)
        kernel.watchers.append(self._happened)

    def close(self) -> None:
        """Record no more."""
        self._settle()
        self._unwatch()
        self._kernel.watchers.remove(self._happened)
        for members in self._watched.values():
            for ends in members.values():
                for end in ends:
                    end()
        self._watched.clear()
        self._flowing.clear()
        self.recorder.close()

    def _judge(self, sender: str, receiver: str) -> Journey:
        a, b = self._sites(sender), self._sites(receiver)
        if a is None or b is None:
            found = nowhere(sender, receiver, NO_SITE)
        else:
            found = passage(self._network, a, b, self._sample)
        self._flow((sender, receiver), found)
        return found.journey

    # ---- counting ----

    def _flow(self, pair: tuple[str, str], found: Passage) -> None:
        """Packets of a pair travel like this one from now on; count those before."""
        sent = self._sent()
        before = self._flowing.get(pair)
        if before is not None:
            self._count(before, sent)
        self._flowing[pair] = found, sent

    def _sent(self) -> int:
        """How many packets each sender has sent since the beginning."""
        return int((self._kernel.now() - self._began_at) / self._gap_s + ROUNDING)

    @staticmethod
    def _count(flowing: tuple[Passage, int], sent: int) -> None:
        found, before = flowing
        if sent > before and found.failure is None:
            # what members notice is counted when they are told
            found.let_count(sent - before)

    def _settle(self, name: str | None = None) -> None:
        """Count the packets up to now, of one site or all."""
        sent = self._sent()
        if name is not None and self._settled.get(name) == sent:
            return
        for pair, flowing in self._flowing.items():
            if name is None or name in pair:
                self._flowing[pair] = flowing[0], sent
                self._count(flowing, sent)
        if name is not None:
            self._settled[name] = sent

    # ---- what may have changed ----

    def _next_change(self) -> float | None:
        times = [member.next_change() for members in self._watched.values() for member in members]
        return min((when for when in times if when is not None), default=None)

    def _network_changed(self) -> None:
        self._watch_members()
        self.recorder.touch()

    def _happened(self, event: Event) -> None:
        """What a device logs may mean that it has other members than before."""
        if event.node in self._names:
            self._touched(event.node)

    def _watch_members(self, name: str | None = None) -> None:
        """Hear from the members of a site, or of all, that there are now.

        A router that boots has new ones.
        """
        for each in self._names if name is None else (name,):
            site = self._sites(each)
            now = () if site is None else site.members()
            watched = self._watched.get(each, {})
            if list(watched) == list(now):
                continue
            for member in [one for one in watched if one not in now]:
                for end in watched.pop(member):
                    end()
            for member in now:
                if site is not None and member not in watched:
                    watched[member] = (
                        member.watch(partial(self._touched, each)),
                        site.feed(partial(self._settle, each)),
                    )
            self._watched[each] = watched

    def _touched(self, name: str) -> None:
        self._watch_members(name)
        self.recorder.touch(name)

    def _tell(self, journey: Journey) -> float | None:
        """Let the receiver notice a packet that it cannot open."""
        found, _ = self._flowing[journey.sender, journey.receiver]
        if found.failure is None:
            return None
        found.let_count()
        return found.failure.tell()
