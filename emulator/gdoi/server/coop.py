"""Cooperation of key servers: who is primary, and what the others know."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from ...simulation.network import Path
from ..mailbox import GDOI_PORT
from ..messages import Announcement, SenderState
from ..parameters import Parameters
from ..policy import CoopPolicy, ServerPolicy
from ..records import CoopPeer, PeerStatus, Role
from .coop_adoption import Adoption
from .coop_announcing import acceptable, announcement, changes
from .coop_link import Link, Rank, address_number
from .coop_messages import Contact, ContactAnswer
from .coop_overlaps import Overlaps
from .coop_peers import PeerTable
from .coop_roles import Roles
from .coop_silence import Silence
from .coop_steady import Steady, begin_steady

if TYPE_CHECKING:
    from .group import ServerGroup


class Coop:
    """The part that one key server takes in the cooperation of a group.

    `role` is its own, `sequence` that of its last announcement. `address` is its own, `number` the
    same to compare. `primary` is the link to the primary that it follows, None while it follows
    none. `previous_primary` is the address of the last primary that it knew, itself included, empty
    for none. `inbound` is the quiet way on which the announcements of the primary come, while they
    do; `plain` forbids such ways.
    """

    def __init__(self, group: "ServerGroup") -> None:
        self.group = group
        self.kernel = group.host.kernel
        self.role = Role.SECONDARY
        self.sequence = 0
        self.address = ""
        self.number = 0
        self.primary: Link | None = None
        self.previous_primary = ""
        self.inbound: Steady | None = None
        self.plain = False
        self.table = PeerTable(self)
        self.roles = Roles(self)
        self.silence = Silence(self)
        self.adoption = Adoption(self)
        self.overlaps = Overlaps(self)
        self._policy = CoopPolicy()
        self._wanted = self._running = False
        self._term = 0
        self._tick_at = 0.0
        self._own_serial = 0
        self._senders: SenderState | None = None
        self._syncing = False
        self._looking = False
        self._unwatch: list[Callable[[], object]] = []

    # ---- what shows and the group ask ----

    @property
    def peers(self) -> dict[str, CoopPeer]:
        """The other key servers by address, in the order of the configuration."""
        self.settle()
        return {address: link.peer for address, link in self.table.links.items()}

    @property
    def retries(self) -> int:
        """How often a silent primary was asked."""
        self.settle()
        return self.silence.retries

    @property
    def invalid_pseudotimes(self) -> int:
        """How many announcements had an impossible pseudotime."""
        return self.adoption.invalid_pseudotimes

    @property
    def blocking(self) -> bool:
        """Whether new members are refused for now."""
        return self.adoption.blocking

    @property
    def due_at(self) -> float | None:
        """When the timer ends: the next announcement, look at the primary, or end of an election.

        None before the start.
        """
        if not self._running:
            return None
        if self.roles.election.due_at is not None:
            return self.roles.election.due_at
        self.settle()
        return self._tick_at if self.role is Role.PRIMARY else self.silence.due_at

    def remaining_s(self) -> float:
        """What is left of the timer that `show crypto gdoi ks coop` prints."""
        due_at = self.due_at
        return 0.0 if due_at is None else max(0.0, due_at - self.kernel.now())

    def all_reachable(self) -> bool:
        """Whether every peer is alive, as far as this key server knows."""
        return all(link.peer.status is PeerStatus.ALIVE for link in self.table.all)

    def primary_address(self) -> str:
        """The address of the primary, empty while none is known."""
        if self.role is Role.PRIMARY:
            return self.address
        return "" if self.primary is None else self.primary.peer.address

    def senders_of(self, peer: str) -> SenderState | None:
        """What a peer has of sender identifiers; None if it was never heard."""
        link = self.table.links.get(peer)
        return None if link is None else link.senders

    # ---- what the group does ----

    def start(self) -> None:
        """Boot: become a secondary, and begin an election."""
        policy = self.group.policy
        self._wanted = True
        if self._running or not policy.address:
            return
        self._running = True
        self._own_serial = 0
        self._senders = self.group.sender_ids.state
        self.role = Role.SECONDARY
        self.address, self.number = policy.address, address_number(policy.address)
        self._policy = policy.coop or CoopPolicy()
        host = self.group.host
        self._unwatch = [
            host.network.watch(self._network_changed),
            host.watch_keys(lambda _: self.wake()),
        ]
        self.table.configure(self._policy)
        self.roles.election.begin(self.parameters.boot_election_s)

    def stop(self) -> None:
        """The device goes down, or the group ends."""
        self._wanted = False
        if not self._running:
            return
        self.wake()
        self._running = False
        self.end_term()
        self.roles.election.end()
        self.silence.end()
        for unwatch in self._unwatch:
            unwatch()
        self._unwatch = []
        self.table.clear()
        self.overlaps = Overlaps(self)
        self.primary = None
        self.role = Role.SECONDARY

    def apply(self, policy: ServerPolicy) -> None:
        """The configuration changed; another address of its own is like a boot."""
        if not self._wanted:
            return
        if not self._running or policy.address != self.address:
            self.stop()
            self.start()
            return
        self.wake()
        self._policy = policy.coop or CoopPolicy()
        added, removed = self.table.configure(self._policy)
        if self.primary in removed:
            self.primary = None
            self.silence.begin()
        for link in added:
            self.send(link, asks=True)
        senders, self._senders = self._senders, self.group.sender_ids.state
        self.overlaps.look()
        if senders != self._senders:
            self.announce()

    def announce(self) -> None:
        """Announce itself at once to all peers."""
        for link in self.table.all:
            self.send(link)

    def members_changed(self) -> None:
        """A member registered here: tell the primary soon. A primary tells it at its time."""
        self._own_serial = self.group.member_serial
        self._tell_members()

    def resync(self) -> None:
        """The group has lost what it had of others: ask the primary for all of it."""
        self.wake()
        for link in self.table.all:
            link.known_serial = 0
        if self.primary is not None:
            self.send(self.primary, asks=True)

    def reset_role(self) -> str:
        """`clear crypto gdoi ks coop role`: step down if primary, and elect; gives a refusal."""
        if self._running:
            self.roles.elect(on_demand=True)
        return ""

    def clear_sas(self, peer: str = "") -> None:
        """`clear crypto isakmp`: the SA with a peer, or with all, is gone; others will follow."""
        for link in self.table.all:
            if peer in ("", link.peer.address):
                link.clear_sa()

    def clear_counters(self) -> None:
        """`clear crypto gdoi ks coop counters`."""
        for peer in self.peers.values():
            peer.sent = peer.sent_asking = peer.received = peer.received_asking = 0
            peer.sent_drops = peer.received_drops = peer.bytes_sent = peer.bytes_received = 0
        self.adoption.invalid_pseudotimes = 0

    def receive(self, message: object, source: str) -> None:
        """Take an announcement, or a message of the IKE between key servers."""
        if not self._running:
            return
        self.settle()
        link = self.table.links.get(source)
        if isinstance(message, Announcement):
            if link is None:
                self.table.announced_by_stranger(source)
            elif not link.peer.established:
                self.group.host.ike.stray(source)
            elif acceptable(self, link, message):
                self._hear(link, message)
        elif isinstance(message, Contact):
            if link is None:
                self.table.contacted_by_stranger(message)
            else:
                link.contacted(message)
        elif isinstance(message, ContactAnswer) and link is not None:
            link.answered(message)

    # ---- announcements ----

    def send(self, link: Link, *, asks: bool = False) -> None:
        """Announce itself to one peer; `asks` wants a reply.

        Without an SA the announcement is dropped, and one is begun; where the SA has just ended
        it waits for the next one.
        """
        host, peer = self.group.host, link.peer
        if link.renew():
            return
        self.sequence += 1
        if not peer.established:
            peer.sent_drops += 1
            link.contact()
        elif not host.network.has_route(self.address, peer.address):
            peer.sent_drops += 1
        else:
            primary = self.role is Role.PRIMARY
            told = announcement(
                self,
                self.sequence,
                self.group.share() if primary else None,
                changes(self.group, link.sent_serial, own=not primary),
                have=link.known_serial,
                asks=asks,
            )
            link.count_sent(told)
            host.network.send(self.address, peer.address, GDOI_PORT, told)

    def begin_term(self, *, announced: bool) -> None:
        """Be primary from now on: announce this, unless it just was, and again and again."""
        self._term += 1
        if announced:
            self._wait()
        else:
            self._tick(self._term)

    def end_term(self) -> None:
        """Be primary no longer."""
        self._term += 1

    def _tick(self, term: int) -> None:
        if term != self._term:
            return
        now = self.kernel.now()
        self._wait()
        for link in self.table.all:
            steady = link.steady
            if steady is None and not self.plain:
                steady = begin_steady(link)
            if steady is None or not steady.carry(now):
                self.send(link, asks=link.peer.status is not PeerStatus.ALIVE)

    def _wait(self) -> None:
        announce_s = self.parameters.announce_s
        self._tick_at = self.kernel.now() + announce_s
        self.kernel.post(announce_s, self._tick, self._term)

    def _hear(self, link: Link, heard: Announcement) -> None:
        link.count_received(heard)
        self.overlaps.compare(link.peer.address)
        link.confirmed(heard)
        self.roles.hear(link, heard)
        complete = self.adoption.members(link, heard)
        if link is self.primary:
            self._tell_members()
        if heard.asks:
            self.send(link)
        if not complete:
            self.send(link, asks=True)
        self.roles.election.answered()

    def _tell_members(self) -> None:
        """See to it that the primary learns of the own members."""
        primary = self.primary
        if primary is not None and primary.sent_serial < self._own_serial and not self._syncing:
            self._syncing = True
            self.kernel.post(self.parameters.member_sync_s, self._sync)

    def _sync(self) -> None:
        self._syncing = False
        if self.primary is not None and self.primary.sent_serial < self._own_serial:
            self.send(self.primary)

    # ---- inner matters ----

    @property
    def name(self) -> str:
        """The name of the group."""
        return self.group.policy.group

    @property
    def identity(self) -> str:
        """The number of the group."""
        return self.group.policy.identity

    @property
    def protocol(self) -> str:
        """The version of the protocol that is configured."""
        return self._policy.protocol

    @property
    def rank(self) -> Rank:
        """What this key server counts in an election."""
        return self._policy.priority, self.number

    @property
    def parameters(self) -> Parameters:
        """The figures of the protocol."""
        return self.group.host.parameters

    def log(self, severity: int, mnemonic: str, text: str) -> None:
        """Write a message to the log of the device."""
        self.group.host.log("GDOI", severity, mnemonic, text)

    def path(self, address: str) -> tuple[Path | None, Path | None]:
        """The way to a peer, and the way back."""
        network = self.group.host.network
        return network.path(self.address, address), network.path(address, self.address)

    def settle(self) -> None:
        """Count what has arrived on the quiet way by now."""
        if self.inbound is not None:
            self.inbound.settle()

    def wake(self) -> None:
        """Something may be different from now on: use no quiet ways for now."""
        for link in self.table.all:
            link.leave_steady()

    def _network_changed(self) -> None:
        now = self.kernel.now()
        for link in self.table.all:
            steady = link.steady
            if steady is not None and steady.arrives_at > now:
                # what is on its way may get lost
                steady.leave()
        if not self._looking:
            self._looking = True
            self.kernel.post(0.0, self._look)

    def _look(self) -> None:
        self._looking = False
        for link in self.table.all:
            link.liveness.look()
