"""Announcements of a quiet group: what they would change, without making them.

A primary announces itself every 20 seconds to every other key server, and mostly it says what it
said before. A `Steady` does to the counters and times at both ends what such an announcement does,
and nothing more. It begins when the receiver has taken over all there is, and ends as soon as
anything is or could be different; the announcement that is on its way then arrives as a real one.

What arrives is counted when somebody asks: `settle` brings the receiver up to date.
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..messages import Announcement
from ..records import PeerStatus, Role
from .coop_announcing import announcement, no_changes, size_of

if TYPE_CHECKING:
    from .coop_link import Link


class Steady:
    """The quiet way from the end `sender` of an SA (the primary's) to its other end `receiver`.

    `arrives_at` is when the announcement that is on its way arrives; 0 if none is.
    """

    __slots__ = (
        "_begun",
        "_coop",
        "_expires_at",
        "_generation",
        "_held",
        "_held_share",
        "_latency_s",
        "_network",
        "_number",
        "_peer",
        "_seen",
        "_serial",
        "_share",
        "_size",
        "_told",
        "arrives_at",
        "receiver",
        "sender",
    )

    def __init__(self, sender: "Link", receiver: "Link", latency_s: float) -> None:
        coop, group = sender.coop, sender.coop.group
        self.sender = sender
        self.receiver = receiver
        self.arrives_at = 0.0
        self._coop = coop
        self._peer = sender.peer
        self._seen = receiver.peer
        self._network = group.host.network
        self._generation = self._network.generation
        self._expires_at = sender.expires_at
        self._latency_s = latency_s
        self._number = 0
        self._size = size_of(coop, sender.told)
        self._serial = group.member_serial
        self._share = group.share
        self._told = group.share()
        self._held_share = receiver.coop.group.share
        self._held = self._held_share()
        sender.steady = self
        receiver.coop.inbound = self
        receiver.coop.silence.suspend()

    def carry(self, now: float) -> bool:
        """Announce, if it is as quiet as before; otherwise end this."""
        if (
            now >= self._expires_at
            or (self._network.generation != self._generation and not self._reached())
            or self._coop.group.member_serial != self._serial
            or self.receiver.unconfirmed
            or self._share() is not self._told
            or self._held_share() is not self._held
        ):
            self.leave()
            return False
        if self.arrives_at:
            self._land()
        coop, peer = self._coop, self._peer
        coop.sequence = self.sender.told_sequence = self._number = coop.sequence + 1
        peer.sent += 1
        peer.bytes_sent += self._size
        self.arrives_at = now + self._latency_s
        return True

    def settle(self) -> None:
        """Count at the receiver what has arrived by now."""
        if self.arrives_at and self.arrives_at <= self._coop.kernel.now():
            self._land()

    def leave(self) -> None:
        """Announce one by one again."""
        self.settle()
        sender, receiver = self.sender, self.receiver
        sender.steady, sender.told_sequence = None, 0
        receiver.coop.inbound = None
        if self.arrives_at:
            coop = self._coop
            told = announcement(
                coop, self._number, self._told, no_changes(self._serial), have=sender.known_serial
            )
            on_its_way = replace(told, size=self._size)
            coop.kernel.post(self.arrives_at - coop.kernel.now(), self._deliver, on_its_way)
        receiver.coop.silence.resume()

    def _land(self) -> None:
        seen = self._seen
        seen.received += 1
        seen.bytes_received += self._size
        seen.sequence = self._number
        seen.heard_at = self.arrives_at
        self.arrives_at = 0.0

    def _reached(self) -> bool:
        """Whether packets still take the way that they took."""
        path = self._network.path(self._coop.address, self._peer.address)
        if path is None or path.loss > 0.0 or path.latency_s != self._latency_s:
            return False
        self._generation = self._network.generation
        return True

    def _deliver(self, message: Announcement) -> None:
        coop = self.receiver.coop
        if self._network.path(self._coop.address, coop.address) is not None:
            coop.receive(message, self._coop.address)


def begin_steady(sender: "Link") -> Steady | None:
    """Let announcements go the quiet way if the last one was understood and nothing is open."""
    receiver, coop = sender.remote, sender.coop
    if receiver is None or not sender.held_by_both():
        return None
    other, group = receiver.coop, coop.group
    seen = receiver.peer
    understood = (
        receiver.clean
        and not receiver.unconfirmed
        and receiver.held is other.group.share()
        and seen.sequence == sender.told_sequence
        and seen.status is PeerStatus.ALIVE
        and seen.role is Role.PRIMARY
        and receiver.known_serial == sender.sent_serial == group.member_serial
        and sender.told is group.share()
        and sender.peer.status is PeerStatus.ALIVE
    )
    follows = other.role is Role.SECONDARY and other.primary is receiver and not other.retries
    path = group.host.network.path(coop.address, sender.peer.address)
    if not (understood and follows and path is not None and path.loss == 0.0):
        return None
    if path.latency_s >= coop.parameters.query_s - coop.parameters.announce_s:
        return None
    return Steady(sender, receiver, path.latency_s)
