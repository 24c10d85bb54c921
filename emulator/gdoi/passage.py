"""A packet on its way from device to device: who encrypts it, who opens it, who drops it.

Nothing changes by asking. What devices would have counted stands in `Passage.handled`, and what a
member would have noticed in `Passage.failure`; whoever really sends has it counted and told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Address, IPv6Address
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from ..services.access_entries import AccessEntry
from ..simulation.network import Network
from ..simulation.outages import Condition, Journey
from .member.forwarding import decision, receive, responsible, send
from .member.group import MemberGroup
from .packets import Drop, Packet, Protection, answer_to, matches
from .policy import ReplayKind
from .records import HeldTek
from .sizes import encapsulated_size

if TYPE_CHECKING:
    from .traffic import Door, Site

NO_PATH = "no packet arrives there"
DOWN = "it is down"
TOO_LARGE = "larger than the path allows, and not to be fragmented"
LOST_ON_THE_WAY = "it got lost on the way"
HEADER_BYTES = {False: 20, True: 40}
"""An IPv4 header without options, an IPv6 header."""
FRAGMENT_HEADER = {False: 0, True: 8}
FRAGMENT_UNIT = 8
"""Fragments carry multiples of eight bytes (RFC 791, RFC 8200 §4.5)."""


class Deed(StrEnum):
    """What a member does with a packet that a line means.

    `NO_KEY`: it had to encrypt it and could not. `EXEMPTED`: its own list lets it pass in clear.
    """

    ENCRYPTED = "encrypted"
    NO_KEY = "no key"
    EXEMPTED = "exempted"
    DECRYPTED = "decrypted"
    REPLAYED = "replayed"


class Handled(NamedTuple):
    """Something that a member did with a packet at an interface, because of a line of a list.

    `packet` is what it is in clear, `held` the TEK that protected it.
    """

    site: "Site"
    member: MemberGroup
    interface: str
    deed: Deed
    packet: Packet
    held: HeldTek | None

    @property
    def line(self) -> AccessEntry | None:
        """The line that it is counted at: of what came, the line for what would be sent back.

        Lists may be others by now; then it is a line of those that the TEK came with.
        """
        there, came = self.packet, self.deed in (Deed.DECRYPTED, Deed.REPLAYED)
        wanted = (answer_to(there), there) if came else (there,)
        for packet in wanted:
            found = decision(self.member, packet)
            if found.own if self.deed is Deed.EXEMPTED else found.sa is not None:
                return found.entry
        entries = self.held.tek.sa.entries if self.held is not None else ()
        lines = (entry for packet in wanted for entry in entries if matches(entry, packet))
        return next(lines, None)


@dataclass(frozen=True, slots=True)
class Failure:
    """An encrypted packet that the members on an interface dropped, and what it showed."""

    members: Sequence[MemberGroup]
    reason: Drop
    spi: int
    source: str
    pseudotime: float | None

    def tell(self) -> float | None:
        """Let the members notice; gives when they want to be told again, None for never."""
        again = [
            member.traffic_failed(self.reason, self.spi, self.source, pseudotime=self.pseudotime)
            for member in self.members
        ]
        return min((seconds for seconds in again if seconds is not None), default=None)


class Passage(NamedTuple):
    """What became of a packet, and what was done with it on its way."""

    journey: Journey
    handled: tuple[Handled, ...] = ()
    failure: Failure | None = None

    def let_count(self, packets: int = 1) -> None:
        """Let the devices count so many packets of the kind."""
        for handled in self.handled:
            handled.site.count(handled, packets)


Lose = Callable[[float], bool]
"""Whether a packet gets lost on a way that loses such a share."""


def never_lost(share: float) -> bool:
    """Only a way that loses everything loses a packet."""
    return share >= 1.0


def travel(
    network: Network,
    sites: "Sequence[Site | None]",
    packet: Packet,
    *,
    lose: Lose = never_lost,
    transit: bool = False,
) -> Passage:
    """Send a packet by way of devices, the first of which sends it.

    None stands for a device that knows nothing of groups. With `transit` the last one is not where
    the packet belongs: it looks at nothing but its header.
    """
    return _Trip(network, packet, lose, transit=transit).go(sites)


def is_down(network: Network, site: "Site") -> bool:
    """Whether a device has no power."""
    node = network.nodes.get(site.name)
    return node is not None and not node.up


def nowhere(sender: str, receiver: str, reason: str, *, by: str = "") -> Passage:
    """The passage of a packet that does not even leave."""
    journey = Journey(
        sender=sender,
        receiver=receiver,
        condition=Condition.LOST,
        reason=reason,
        dropped_by=by,
    )
    return Passage(journey)


class _Trip:
    """A packet under way: `held` is what it is encrypted with now, `used` what it ever was."""

    __slots__ = (
        "_fragments",
        "_handled",
        "_held",
        "_lose",
        "_network",
        "_packet",
        "_protection",
        "_size",
        "_transit",
        "_used",
    )

    def __init__(self, network: Network, packet: Packet, lose: Lose, *, transit: bool) -> None:
        self._network = network
        self._packet = packet
        self._lose = lose
        self._transit = transit
        self._held: HeldTek | None = None
        self._used: HeldTek | None = None
        self._protection: Protection | None = None
        self._size = packet.size
        self._fragments = 1
        self._handled: list[Handled] = []

    def go(self, sites: "Sequence[Site | None]") -> Passage:
        """Pass all devices, as far as it gets."""
        a, b = sites[0], sites[-1]
        for site in sites:
            if site is not None and is_down(self._network, site):
                return self._lost(sites, DOWN, site)
        for number, (here, there) in enumerate(pairwise(sites), 2):
            lost = self._step(here, there, last=number == len(sites))
            if lost is not None:
                reason, by, failure = lost
                return self._lost(sites, reason, by, failure)
        return Passage(
            Journey(
                sender=_name(a),
                receiver=_name(b),
                condition=Condition.CLEAR if self._used is None else Condition.ENCRYPTED,
                spi=None if self._used is None else self._used.tek.spi,
                size=self._size,
                fragments=self._fragments,
            ),
            tuple(self._handled),
        )

    def _lost(
        self,
        sites: "Sequence[Site | None]",
        reason: str,
        by: "Site | None",
        failure: Failure | None = None,
    ) -> Passage:
        used = self._used
        journey = Journey(
            sender=_name(sites[0]),
            receiver=_name(sites[-1]),
            condition=Condition.LOST,
            reason=str(reason),
            dropped_by=_name(by),
            spi=None if used is None else used.tek.spi,
            size=0 if used is None and reason != TOO_LARGE else self._size,
        )
        return Passage(journey, tuple(self._handled), failure)

    def _step(
        self, here: "Site | None", there: "Site | None", *, last: bool
    ) -> "tuple[str, Site | None, Failure | None] | None":
        """Go from one device to the next; gives why it did not get there, and who dropped it."""
        packet = self._packet
        leaving = here.door(packet.destination, ipv6=packet.ipv6) if here is not None else None
        coming = there.door(packet.source, ipv6=packet.ipv6) if there is not None else None
        if (here is not None and leaving is None) or (there is not None and coming is None):
            return NO_PATH, None, None
        refused = None
        if here is not None and leaving is not None and leaving.members and self._held is None:
            refused = self._leave(here, leaving)
        path = _line(self._network, here, there, leaving)
        if path is None:
            return NO_PATH, None, None
        if refused is not None:
            return refused, here, None
        fragments = _fragments(self._size, path[0], packet)
        if not fragments:
            return TOO_LARGE, None, None
        self._fragments = max(self._fragments, fragments)
        if self._lose(path[1]):
            return NO_PATH if path[1] >= 1.0 else LOST_ON_THE_WAY, None, None
        if there is None or coming is None:
            lost = self._held is not None and last and not self._transit
            return (Drop.NO_MAP, None, None) if lost else None
        return self._arrive(there, coming, last=last)

    # ---- at the door ----

    def _leave(self, site: "Site", door: "Door") -> str | None:
        """Pass the crypto map of a device on the way out; gives why it does not."""
        packet = self._packet
        member = responsible(door.members, packet)
        sent = send(member, packet)
        held = sent.tek
        if held is not None:
            timed = held.tek.sa.replay.kind is ReplayKind.TIME
            self._held = self._used = held
            self._protection = Protection(held.tek.spi, member.pseudotime() if timed else None)
            self._size = _encrypted_size(packet, held)
            self._note(site, member, door, Deed.ENCRYPTED, held)
        elif sent.reason is Drop.NO_KEY:
            self._note(site, member, door, Deed.NO_KEY, None)
        elif sent.passes and packet.ipv6 == member.policy.ipv6 and decision(member, packet).own:
            self._note(site, member, door, Deed.EXEMPTED, None)
        return sent.reason

    def _arrive(
        self, site: "Site", door: "Door", *, last: bool
    ) -> "tuple[str, Site | None, Failure | None] | None":
        """Pass the crypto map of a device on the way in."""
        protection, members, packet = self._protection, door.members, self._packet
        if not members:
            dropped = protection is not None and last and not self._transit
            return (Drop.NO_MAP, site, None) if dropped else None
        if protection is None:
            verdict = receive(responsible(members, packet), packet, None)
            return None if verdict.passes else (verdict.reason or "", site, None)
        # the SPI says which group a packet is of
        verdicts = [(member, receive(member, packet, protection)) for member in members]
        for member, verdict in verdicts:
            if verdict.passes:
                self._note(site, member, door, Deed.DECRYPTED, verdict.tek)
                self._held = self._protection = None
                return None
        known = [each for each in verdicts if each[1].reason is not Drop.INVALID_SPI]
        member, verdict = (known or verdicts)[0]
        reason = verdict.reason or Drop.INVALID_SPI
        if reason is Drop.REPLAY:
            self._note(site, member, door, Deed.REPLAYED, verdict.tek)
        failure = None
        if reason in (Drop.INVALID_SPI, Drop.REPLAY):
            source = _address(packet.source, ipv6=packet.ipv6)
            failure = Failure(members, reason, protection.spi, source, protection.pseudotime)
        return reason, site, failure

    def _note(
        self,
        site: "Site",
        member: MemberGroup,
        door: "Door",
        deed: Deed,
        held: HeldTek | None,
    ) -> None:
        handled = Handled(site, member, door.interface, deed, self._packet, held)
        self._handled.append(handled)


def _name(site: "Site | None") -> str:
    return "" if site is None else site.name


def _address(number: int, *, ipv6: bool) -> str:
    return str(IPv6Address(number) if ipv6 else IPv4Address(number))


def _line(
    network: Network, here: "Site | None", there: "Site | None", leaving: "Door | None"
) -> tuple[int, float] | None:
    """The MTU of the way between two neighbours and the share that it loses; None without one."""
    if here is None and there is None:
        return 0xFFFF, 0.0
    if here is None or there is None:
        node = network.nodes[_name(here or there)]
        mtu, loss = node.line.mtu, node.line.loss
    else:
        path = network.between(here.name, there.name)
        if path is None:
            return None
        mtu, loss = path.mtu, path.loss
    if leaving is not None and leaving.mtu is not None:
        mtu = min(mtu, leaving.mtu)
    return mtu, loss


def _encrypted_size(packet: Packet, held: HeldTek) -> int:
    sa = held.tek.sa
    tbar = sa.replay.kind is ReplayKind.TIME
    return encapsulated_size(packet.size, sa.transform, tbar=tbar, sgt=sa.tag, ipv6=packet.ipv6)


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
