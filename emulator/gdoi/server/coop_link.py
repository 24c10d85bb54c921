"""What a key server keeps of one other one: the IKE SA between them, and what was told."""

from ipaddress import ip_address
from typing import TYPE_CHECKING

from ..ike import IkeAnswer, IkeFailure, IkeOffer, SaUse
from ..mailbox import GDOI_PORT
from ..messages import Announcement, SenderState, SharedState
from ..records import CoopPeer, PeerStatus
from .coop_liveness import Liveness
from .coop_messages import Contact, ContactAnswer, answer_contact

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_steady import Steady

PURPOSE = "coop"
CONTACT_GAP_S = 1.0
"""How long IKE is left alone before it begins again."""
ESTABLISHED = "Established"
FAILED = "Failed to establish"
DEAD = "Dead"
Rank = tuple[int, int]
"""What elections compare: the priority, then the address."""


def address_number(address: str) -> int:
    """An address as a number: 10.0.0.9 is lower than 10.0.0.10."""
    return int(ip_address(address))


class Link:
    """One end of the SA between two key servers.

    `peer` is what shows tell of the other one. `remote` is the other end as the SA was made with
    it, None where that device does not know this one as a key server. `told` is the state that was
    announced last and `told_sequence` the number of that announcement, 0 if the next one has to be
    sent whatever it says. `sent_serial` is up to where changes of the own members were told,
    `unconfirmed` up to where they may have got lost (0 for none), `known_serial` up to where those
    of the other one are known. `keyed` is whether the other one holds keys, `senders` what it has
    of sender identifiers. `clean` is whether the last announcement from there was taken over,
    `held` what the group had then. `reported` is whether a message said that the other one is
    unreachable, `objection` why its announcements do not count.
    """

    __slots__ = (
        "_offer",
        "_tried_at",
        "_trying_since",
        "clean",
        "coop",
        "expires_at",
        "held",
        "keyed",
        "known_serial",
        "liveness",
        "number",
        "objection",
        "peer",
        "remote",
        "reported",
        "senders",
        "sent_serial",
        "steady",
        "told",
        "told_sequence",
        "unconfirmed",
    )

    def __init__(self, coop: "Coop", peer: CoopPeer) -> None:
        self.coop = coop
        self.peer = peer
        self.number = address_number(peer.address)
        self.remote: Link | None = None
        self.expires_at = 0.0
        self.liveness = Liveness(self)
        self.steady: Steady | None = None
        self.told: SharedState | None = None
        self.told_sequence = 0
        self.sent_serial = 0
        self.known_serial = 0
        self.unconfirmed = 0
        self.clean = True
        self.held: SharedState | None = None
        self.keyed = False
        self.senders: SenderState | None = None
        self.reported = False
        self.objection = ""
        self._offer: IkeOffer | None = None
        self._trying_since: float | None = None
        self._tried_at = 0.0

    @property
    def rank(self) -> Rank:
        """What the other key server counts in an election."""
        return self.peer.priority, self.number

    def now(self) -> float:
        """The time."""
        return self.coop.kernel.now()

    # ---- the SA ----

    def renew(self) -> bool:
        """Begin the next SA if this one has reached its end; whether it has.

        That comes to pass when one wants to send: who only listens notices nothing.
        """
        if not self.peer.established or self.now() < self.expires_at:
            return False
        self._close()
        self.contact()
        return True

    def held_by_both(self) -> bool:
        """Whether both ends hold the SA, as far as the other one knows of it."""
        remote = self.remote
        if not self.peer.established:
            return False
        return remote is None or (remote.remote is self and remote.peer.established)

    def contact(self) -> None:
        """Begin an SA, unless that was tried just now."""
        coop, now = self.coop, self.now()
        if self._trying_since is None:
            self._trying_since = now
        elif now - self._tried_at < CONTACT_GAP_S:
            return
        elif now - self._trying_since >= coop.parameters.announce_s - CONTACT_GAP_S:
            self.unreachable(FAILED)
        self._tried_at = now
        coop.table.keep_contacting()
        offer = coop.group.host.ike.offer(coop.address, self.peer.address)
        if isinstance(offer, IkeFailure):
            return
        self._offer = offer
        message = Contact(identity=coop.identity, sender=coop.address, offer=offer, end=self)
        coop.group.host.network.send(coop.address, self.peer.address, GDOI_PORT, message)

    def contacted(self, contact: Contact) -> None:
        """The other end begins an SA."""
        answer = answer_contact(self.coop, contact, self)
        if answer is not None:
            self._open(answer, contact.end, initiator=False)

    def answered(self, message: ContactAnswer) -> None:
        """The other end answers a contact.

        Where both began at once, the SA of the higher address stays.
        """
        offer, self._offer = self._offer, None
        if offer is None or offer is not message.offer:
            return
        ike, answer = self.coop.group.host.ike, message.answer
        if isinstance(answer, IkeFailure):
            ike.refused(offer, answer)
            return
        crossed = self.peer.established and self._trying_since is None
        if ike.accept(offer, answer) is not None or (
            crossed and message.end is self.remote and self.coop.number < self.number
        ):
            return
        self._open(answer, message.end, initiator=True)

    def _open(self, answer: IkeAnswer, end: "Link | None", *, initiator: bool) -> None:
        coop, peer = self.coop, self.peer
        fresh = not peer.established or self.remote is not end
        self.leave_steady()
        if self.remote is not end:
            # it booted: it counts from the beginning, and knows nothing
            peer.sequence = self.sent_serial = self.known_serial = self.unconfirmed = 0
        self.remote = end
        peer.established = True
        self._trying_since = None
        lifetime_s = answer.proposal.lifetime_s
        self.expires_at = self.now() + lifetime_s
        ike = coop.group.host.ike
        ike.opened(
            answer,
            SaUse(
                local=coop.address,
                peer=peer.address,
                initiator=initiator,
                purpose=PURPOSE,
                group=coop.name,
            ),
        )
        self.liveness.begin(ike.keepalive())
        if end is not None:
            end.liveness.look()
        if fresh:
            coop.send(self, asks=True)
            coop.table.keep_contacting()

    def clear_sa(self) -> None:
        """An operator deletes the SA; key servers speak all the time, and begin another at once."""
        if self.peer.established:
            self._close()
            self.contact()

    def dead(self) -> None:
        """The other end does not answer dead peer detection."""
        self._close()
        self.unreachable(DEAD)
        self.coop.table.keep_contacting()

    def unreachable(self, status: str) -> None:
        """Say once that the other key server cannot be reached, and what the SA is like."""
        if self.peer.status is PeerStatus.ALIVE:
            self.peer.status = PeerStatus.DEAD
        if not self.reported:
            self.reported = True
            text = f"Cooperative KS {self.peer.address} Unreachable in group {self.coop.name}."
            self.coop.log(3, "COOP_KS_UNREACH", f"{text} IKE SA Status = {status}")

    def silent(self) -> None:
        """The other key server should have announced itself, and did not."""
        self.unreachable(ESTABLISHED if self.peer.established else FAILED)

    def shut(self) -> None:
        """Keep nothing of the other key server any more."""
        self._offer = self._trying_since = None
        if self.peer.established:
            self._close()

    def _close(self) -> None:
        self.leave_steady()
        self.peer.established = False
        self.liveness.end()
        host = self.coop.group.host
        host.ike.closed(self.peer.address, purpose=PURPOSE, group=self.coop.name)
        if self.remote is not None:
            self.remote.leave_steady()
            self.remote.liveness.look()

    # ---- announcements ----

    def leave_steady(self) -> None:
        """Send and receive announcements one by one again, at least the next one."""
        self.told_sequence = 0
        if self.remote is not None:
            self.remote.told_sequence = 0
        if self.steady is not None:
            self.steady.leave()
        inbound = self.coop.inbound
        if inbound is not None and inbound.receiver is self:
            inbound.leave()

    def count_sent(self, announcement: Announcement) -> None:
        """Note that an announcement left."""
        peer = self.peer
        if announcement.asks:
            peer.sent_asking += 1
        else:
            peer.sent += 1
        peer.bytes_sent += announcement.size
        self.told_sequence = announcement.sequence
        self.told = announcement.state
        self.sent_serial = announcement.serial
        if announcement.members or announcement.gone:
            self.unconfirmed = announcement.serial

    def confirmed(self, announcement: Announcement) -> None:
        """Note what the other end has of the own members; what it lacks is told again.

        An announcement that crossed with another one may be wrong; then something is told twice.
        """
        if announcement.have >= self.unconfirmed:
            self.unconfirmed = 0
        if self.unconfirmed or announcement.asks:
            self.sent_serial = min(self.sent_serial, announcement.have)

    def count_received(self, announcement: Announcement) -> None:
        """Note what an announcement says of its sender."""
        peer = self.peer
        if announcement.asks:
            peer.received_asking += 1
        else:
            peer.received += 1
        peer.bytes_received += announcement.size
        peer.sequence = announcement.sequence
        peer.heard_at = self.now()
        peer.version = announcement.version
        peer.coop_version = announcement.coop_version
        peer.protocol = announcement.protocol
        peer.priority = announcement.priority
        peer.role = announcement.role
        self.keyed = announcement.keyed
        self.senders = announcement.senders
        peer.status = PeerStatus.ALIVE
        if self.reported:
            self.reported = False
            text = f"Reachability restored with Cooperative KS {peer.address}"
            self.coop.log(5, "COOP_KS_REACH", f"{text} in group {self.coop.name}.")
