"""Traffic between sites as arithmetic: does a packet arrive, how, and if not, why.

No packet is ever sent. What the sender's policy and keys, the network and the receiver's policy and
keys say at an instant decides.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from ipaddress import IPv4Address, IPv6Address
from typing import NamedTuple
from typing import Protocol as Interface

from ..simulation.kernel import Event, Kernel
from ..simulation.network import Network
from ..simulation.outages import Condition, Journey, Recorder
from .member.forwarding import Action, receive, responsible, send
from .member.group import MemberGroup
from .packets import TCP, Drop, Packet, Protection
from .policy import ReplayKind
from .records import HeldTek
from .sizes import encapsulated_size

NO_SITE = "there is nothing behind it"
NO_PATH = "no packet arrives there"
DOWN = "it is down"
TOO_LARGE = "larger than the path allows, and not to be fragmented"
HEADER_BYTES = {False: 20, True: 40}
"""An IPv4 header without options, an IPv6 header."""
TCP_HEADER = 20
FRAGMENT_HEADER = {False: 0, True: 8}
FRAGMENT_UNIT = 8
"""Fragments carry multiples of eight bytes (RFC 791, RFC 8200 §4.5)."""


class Door(NamedTuple):
    """An interface towards the network.

    `address` is the device's own there, `members` those of its crypto map in the order of the
    entries, `mtu` that of the interface in bytes (None for whatever the line carries).
    """

    address: str
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
    for site in (a, b):
        if not _up(network, site):
            return _lost(a, b, DOWN, by=site)
    source, destination = a.inside(ipv6=sample.ipv6), b.inside(ipv6=sample.ipv6)
    if source is None or destination is None:
        return _lost(a, b, NO_SITE, by=a if source is None else b)
    packet = _segment(a, b, _packet(source, destination, sample))
    leaving = a.door(packet.destination, ipv6=packet.ipv6)
    coming = b.door(packet.source, ipv6=packet.ipv6)
    mtu = _mtu(network, leaving, coming)
    if leaving is None or coming is None or mtu is None:
        return _lost(a, b, NO_PATH)
    sent = send(responsible(leaving.members, packet), packet) if leaving.members else None
    if sent is not None and not sent.passes:
        return _lost(a, b, sent.reason or "", by=a)
    held = None if sent is None or sent.action is Action.CLEAR else sent.tek
    size = packet.size if held is None else _encrypted_size(packet, held)
    fragments = _fragments(size, mtu, packet)
    if not fragments:
        return _lost(a, b, TOO_LARGE, held, size)
    protection = None if held is None else _protection(leaving.members, packet, held)
    reason = _received(coming.members, packet, protection)
    if reason is not None:
        return _lost(a, b, reason, held, size, by=b)
    return Journey(
        sender=a.name,
        receiver=b.name,
        condition=Condition.CLEAR if held is None else Condition.ENCRYPTED,
        spi=None if held is None else held.tek.spi,
        size=size,
        fragments=fragments,
    )


def _up(network: Network, site: Site) -> bool:
    node = network.nodes.get(site.name)
    return node is None or node.up


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
    return packet if size == packet.size else replace(packet, size=size)


def _lost(
    a: Site,
    b: Site,
    reason: str,
    held: HeldTek | None = None,
    size: int = 0,
    *,
    by: Site | None = None,
) -> Journey:
    return Journey(
        sender=a.name,
        receiver=b.name,
        condition=Condition.LOST,
        reason=str(reason),
        dropped_by="" if by is None else by.name,
        spi=None if held is None else held.tek.spi,
        size=size,
    )


def _encrypted_size(packet: Packet, held: HeldTek) -> int:
    sa = held.tek.sa
    tbar = sa.replay.kind is ReplayKind.TIME
    return encapsulated_size(packet.size, sa.transform, tbar=tbar, sgt=sa.tag, ipv6=packet.ipv6)


def _mtu(network: Network, leaving: Door | None, coming: Door | None) -> int | None:
    """The MTU of the way between two doors; None if nothing gets through."""
    if leaving is None or coming is None:
        return None
    path = network.path(leaving.address, coming.address)
    if path is None or path.loss >= 1.0:
        return None
    return path.mtu if leaving.mtu is None else min(path.mtu, leaving.mtu)


def _fragments(size: int, mtu: int, packet: Packet) -> int:
    """In how many packets it travels; 0 if it may not be fragmented and is too large.

    Encryption copies the don't-fragment bit (Cisco design guide); IPv6 routers fragment what they
    encrypted themselves, never what they forward (RFC 8200 §5).
    """
    if size <= mtu:
        return 1
    if packet.dont_fragment:
        return 0
    header = HEADER_BYTES[packet.ipv6]
    room = (mtu - header - FRAGMENT_HEADER[packet.ipv6]) // FRAGMENT_UNIT * FRAGMENT_UNIT
    return -(-(size - header) // room) if room > 0 else 0


def _protection(senders: Sequence[MemberGroup], packet: Packet, held: HeldTek) -> Protection:
    sender = responsible(senders, packet)
    timed = held.tek.sa.replay.kind is ReplayKind.TIME
    return Protection(held.tek.spi, sender.pseudotime() if timed else None)


def _received(
    receivers: Sequence[MemberGroup], packet: Packet, protection: Protection | None
) -> str | None:
    """Why the receiver drops a packet; None if it takes it."""
    if not receivers:
        return None if protection is None else Drop.NO_MAP
    if protection is None:
        verdict = receive(responsible(receivers, packet), packet, None)
        return None if verdict.passes else str(verdict.reason)
    # the SPI says which group a packet is of
    reasons = [receive(member, packet, protection) for member in receivers]
    if any(verdict.passes for verdict in reasons):
        return None
    known = [verdict for verdict in reasons if verdict.reason is not Drop.INVALID_SPI]
    return str((known or reasons)[0].reason)


class TrafficWatch:
    """Traffic that flows between sites all the time: who exchanges it, and how long it was lost.

    Members hear of packets that they cannot open, as from real traffic: they log it, and their
    recovery check acts on it. `pairs` are names of sites, in one direction each.
    """

    def __init__(
        self,
        kernel: Kernel,
        network: Network,
        sites: Callable[[str], Site | None],
        pairs: Iterable[tuple[str, str]],
        sample: Sample = USUAL,
    ) -> None:
        self._network = network
        self._sites = sites
        self._sample = sample
        self._watched: dict[MemberGroup, Callable[[], None]] = {}
        wanted = list(dict.fromkeys(pairs))
        self._names = dict.fromkeys(name for pair in wanted for name in pair)
        self.recorder = Recorder(
            kernel, wanted, self._judge, next_change=self._next_change, lost=self._tell
        )
        self._watch_members()
        self._unwatch = network.watch(self._network_changed)
        self._kernel = kernel
        kernel.watchers.append(self._happened)

    def close(self) -> None:
        """Record no more."""
        self._unwatch()
        self._kernel.watchers.remove(self._happened)
        for unwatch in self._watched.values():
            unwatch()
        self._watched.clear()
        self.recorder.close()

    def _judge(self, sender: str, receiver: str) -> Journey:
        a, b = self._sites(sender), self._sites(receiver)
        if a is None or b is None:
            return Journey(
                sender=sender, receiver=receiver, condition=Condition.LOST, reason=NO_SITE
            )
        return journey(self._network, a, b, self._sample)

    def _next_change(self) -> float | None:
        times = [member.next_change() for member in self._watched]
        return min((when for when in times if when is not None), default=None)

    def _network_changed(self) -> None:
        self._watch_members()
        self.recorder.touch()

    def _happened(self, event: Event) -> None:
        """What a device logs may mean that it has other members than before."""
        if event.node in self._names:
            self._touched(event.node)

    def _watch_members(self) -> None:
        """Hear from the members that there are now; a router that boots has new ones."""
        now = {
            member: name
            for name in self._names
            if (site := self._sites(name)) is not None
            for member in site.members()
        }
        for member in [each for each in self._watched if each not in now]:
            self._watched.pop(member)()
        for member, name in now.items():
            if member not in self._watched:
                self._watched[member] = member.watch(partial(self._touched, name))

    def _touched(self, name: str) -> None:
        self._watch_members()
        self.recorder.touch(name)

    def _tell(self, journey: Journey) -> float | None:
        """Let the receiver notice a packet that it cannot open."""
        if journey.reason not in (Drop.INVALID_SPI, Drop.REPLAY) or journey.spi is None:
            return None
        sender, receiver = self._sites(journey.sender), self._sites(journey.receiver)
        if sender is None or receiver is None:
            return None
        ipv6 = self._sample.ipv6
        number = sender.inside(ipv6=ipv6) or 0
        source = str(IPv6Address(number) if ipv6 else IPv4Address(number))
        stamps = [member.pseudotime() for member in sender.members()]
        again = [
            member.traffic_failed(
                Drop(journey.reason), journey.spi, source, pseudotime=stamps[0] if stamps else None
            )
            for member in receiver.members()
        ]
        return min((seconds for seconds in again if seconds is not None), default=None)
