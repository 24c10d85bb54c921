"""Sending rekeys: to each member or to a multicast group."""

from typing import TYPE_CHECKING

from ..keys import SigningKey
from ..mailbox import GDOI_PORT
from ..messages import Rekey, RekeyAck, RekeyKind
from ..policy import Transport
from ..records import MemberRecord
from .in_force import InForce
from .renewing import multicast_groups, unicast
from .unicast import UnicastRun, note

if TYPE_CHECKING:
    from .group import ServerGroup

SPI_LOGGED_SINCE = (1, 0, 17)
"""Newer software logs the SPI of the KEK with each rekey (from memory)."""


class Rekeying:
    """What a key server sends to renew keys; a new rekey ends the one before it."""

    __slots__ = ("_latest", "_spi_logged", "group", "run")

    def __init__(self, group: "ServerGroup") -> None:
        self.group = group
        self.run: UnicastRun | None = None
        self._latest: list[Rekey] = []
        parts = group.host.server_version.split(".")
        numbers = tuple(int(part) for part in parts if part.isdecimal())
        self._spi_logged = numbers >= SPI_LOGGED_SINCE

    @property
    def retransmits_at(self) -> float | None:
        """When members that did not acknowledge get the rekey again; None while nobody waits."""
        return self.run.round_at if self.run is not None else None

    def launch(
        self,
        messages: list[Rekey],
        key: SigningKey,
        before: InForce,
        records: list[MemberRecord] | None = None,
    ) -> None:
        """Sign and send a rekey to all members, or to `records`.

        Members listen as `before` says; the first rekey after a change of the transport travels
        both ways (no source). Several messages carry the same under different KEKs.
        """
        if not messages:
            return
        group = self.group
        self.end()
        self._latest = messages
        for message in messages:
            message.signature = _signature(key, message)
        group.rekeys_sent += 1
        group.retransmits = 0
        group.last_rekey_at = group.kernel.now()
        group.schedule.carried_pseudotime()
        if unicast(before, group.in_force):
            self._unicast(messages, records)
        for address in multicast_groups(before, group.in_force):
            self._multicast(messages, address, records)

    def acknowledged(self, ack: RekeyAck) -> None:
        """A member says that it has got a rekey."""
        run = self.run
        if run is None or (ack.kek_spi, ack.sequence) not in run.keys:
            return
        if not run.over:
            run.acknowledged(ack.member, ack.sequence)
            return
        # too late to count, but the member is there
        record = self.group.members.get(ack.member)
        if record is not None and record.awaited:
            note(record, ack.sequence)

    def registered(self, address: str) -> None:
        """A member has just got everything by registering: it needs no copy."""
        if self.run is not None:
            self.run.waiting.pop(address, None)

    def end(self) -> None:
        """End the rekey that is on its way."""
        if self.run is not None:
            self.run.finish()

    def drop(self) -> None:
        """Forget the rekey that is on its way, and who acknowledged it."""
        if self.run is not None:
            self.run.over = True
            self.run = None

    def _unicast(self, messages: list[Rekey], records: list[MemberRecord] | None) -> None:
        group = self.group
        targets = list(group.members.values()) if records is None else records
        self._say("UNICAST", messages[0], "")
        self.run = UnicastRun(group, messages, targets)
        self.run.begin(targets)

    def _multicast(
        self, messages: list[Rekey], address: str, records: list[MemberRecord] | None
    ) -> None:
        group = self.group
        self._say("MCAST", messages[0], f" to {address}")
        if group.in_force.transport is Transport.MULTICAST:
            for record in group.members.values() if records is None else records:
                record.rekeys_sent += 1
                record.sent.append(messages[0].sequence)
        self._send_multicast(messages, address, 0)

    def _send_multicast(self, messages: list[Rekey], address: str, round_: int) -> None:
        """Send, and again as often as the policy wants; nobody acknowledges."""
        group, rekey = self.group, self.group.policy.rekey
        if round_ and (messages is not self._latest or not group.primary):
            return
        group.retransmits = round_
        group.duration_s = group.kernel.now() - messages[0].sent_at
        for message in messages:
            group.host.network.multicast(group.policy.address, address, GDOI_PORT, message)
        count = group.host.parameters.periodic_count if rekey.count is None else rekey.count
        if round_ < count:
            group.kernel.post(rekey.interval_s, self._send_multicast, messages, address, round_ + 1)

    def _say(self, transport: str, message: Rekey, target: str) -> None:
        group = self.group
        word = "Unicast" if transport == "UNICAST" else "Multicast"
        extra = " with policy-replace" if message.kind is RekeyKind.REPLACE else ""
        spi = f", spi 0x{message.kek_spi:032X}" if self._spi_logged else ""
        group.log(
            5,
            f"KS_SEND_{transport}_REKEY",
            f"Sending {word} Rekey{extra} for group {group.policy.group} from address "
            f"{group.policy.address}{target} with seq # {message.sequence}{spi}",
        )


def _signature(key: SigningKey, message: Rekey) -> bytes:
    """The signature of a rekey; none if the key is too short for the hash."""
    try:
        return key.sign(message.body, message.sig_hash)
    except ValueError:
        return b""
