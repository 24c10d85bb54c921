"""A unicast rekey on its way: a copy for each member, acknowledgements, retransmissions."""

from typing import TYPE_CHECKING

from ..mailbox import GDOI_PORT
from ..messages import Rekey, RekeyKind
from ..records import MemberRecord

if TYPE_CHECKING:
    from .group import ServerGroup


class UnicastRun:
    """The copies of one rekey; of several messages if members have different KEKs.

    `waiting` are the members whose acknowledgement is missing. Copies leave in batches; when all
    have left, those who did not acknowledge get the message again after each interval of the policy
    (deployment guide). A retransmission without a number ends with the keys that are renewed.
    """

    __slots__ = (
        "_count",
        "_interval_s",
        "_rounds",
        "_until",
        "group",
        "keys",
        "messages",
        "over",
        "round_at",
        "started_at",
        "waiting",
    )

    def __init__(
        self, group: "ServerGroup", messages: list[Rekey], records: list[MemberRecord]
    ) -> None:
        rekey = group.policy.rekey
        self.group = group
        self.messages = messages
        self.keys = {(message.kek_spi, message.sequence) for message in messages}
        self.waiting = {record.address: record for record in records}
        self.started_at = group.kernel.now()
        self.over = False
        self.round_at: float | None = None
        self._interval_s = rekey.interval_s
        self._count = rekey.count
        self._rounds = 0
        self._until = _end_of_old(group, messages[0])

    def begin(self, records: list[MemberRecord]) -> None:
        """Send the first batch."""
        self._batch(records, 0)

    def acknowledged(self, address: str, sequence: int) -> None:
        """A member has got it."""
        record = self.waiting.pop(address, None)
        if record is not None:
            note(record, sequence)

    def finish(self) -> None:
        """Wait no more: count who did not acknowledge, and forget who did not for long."""
        if self.over:
            return
        self.over = True
        self.round_at = None
        group = self.group
        group.duration_s = group.kernel.now() - self.started_at
        scheduled = self.messages[0].kind is RekeyKind.SCHEDULED
        most = group.host.parameters.missed_rekeys
        for record in self.waiting.values():
            record.missed += 1
            if scheduled:
                record.in_row += 1
                if record.in_row >= most and group.members.get(record.address) is record:
                    group.eject(record)

    # ---- sending ----

    def _batch(self, records: list[MemberRecord], at: int) -> None:
        if self.over:
            return
        group, figures = self.group, self.group.host.parameters
        end = at + figures.pace_members
        waiting, sequence = self.waiting, self.messages[0].sequence
        source, send = group.policy.address, group.host.network.send
        for record in records[at:end]:
            if record.address not in waiting:
                continue
            record.rekeys_sent += 1
            record.awaited = True
            record.sent.append(sequence)
            for message in self.messages:
                send(source, record.address, GDOI_PORT, message)
        if end < len(records):
            group.kernel.post(figures.pace_s, self._batch, records, end)
        else:
            self._wait(self._interval_s)

    def _wait(self, delay: float) -> None:
        self.round_at = self.group.kernel.now() + delay
        self.group.kernel.post(delay, self._round)

    def _round(self) -> None:
        if self.over:
            return
        figures = self.group.host.parameters
        if not self.waiting:
            self.finish()
        elif self._count is None:
            if self.group.kernel.now() >= self._until:
                self.finish()
            else:
                self._repeat()
                self._wait(self._interval_s)
        elif self._rounds < self._count:
            self._rounds += 1
            lasts = self._repeat()
            last = self._rounds == self._count
            self._wait(max(figures.pace_s, lasts) if last else self._interval_s)
        else:
            self.finish()

    def _repeat(self) -> float:
        """Send again to all who did not acknowledge; gives how long that takes."""
        figures = self.group.host.parameters
        records = list(self.waiting.values())
        batches = -(-len(records) // figures.pace_members)
        gap = min(figures.pace_s, self._interval_s / batches)
        self._again(records, 0, gap)
        return gap * batches

    def _again(self, records: list[MemberRecord], at: int, gap: float) -> None:
        if self.over:
            return
        group = self.group
        end = at + group.host.parameters.pace_members
        source, send = group.policy.address, group.host.network.send
        for record in records[at:end]:
            if record.address in self.waiting:
                record.retries += 1
                group.retransmits += 1
                for message in self.messages:
                    send(source, record.address, GDOI_PORT, message)
        if end < len(records):
            group.kernel.post(gap, self._again, records, end, gap)


def _end_of_old(group: "ServerGroup", message: Rekey) -> float:
    """When the keys end that a rekey renews: then members have registered again, or are lost."""
    fresh = {
        grant.tek.sa.number for grant in message.grants if grant.tek.created_at == message.sent_at
    }
    ends = [
        grant.expires_at
        for grant in message.grants
        if grant.tek.created_at < message.sent_at and (grant.tek.sa.number in fresh or not fresh)
    ]
    if message.kek is not None and not fresh and group.previous is not None:
        ends = [group.previous.expires_at]
    return max(ends, default=message.sent_at)


def note(record: MemberRecord, sequence: int) -> None:
    """A member acknowledged the last rekey."""
    record.awaited = False
    record.acks += 1
    record.in_row = 0
    record.received.append(sequence)
