"""The database of members that a key server keeps, and what changed in it since when."""

from collections import deque

from ..messages import Departure
from ..records import HISTORY, MemberRecord


class MemberDatabase:
    """The members of a group by address.

    `serial` grows with every change that other key servers have to know; counters of rekeys are
    none of them.
    """

    __slots__ = ("_changed", "_gone", "records", "serial")

    def __init__(self) -> None:
        self.records: dict[str, MemberRecord] = {}
        self.serial = 0
        # both in the order of the serials
        self._changed: dict[str, int] = {}
        self._gone: dict[str, tuple[int, float]] = {}

    def put(self, record: MemberRecord) -> None:
        """Have a member, in the place of what was known of it."""
        address = record.address
        self.records[address] = record
        self._gone.pop(address, None)
        self._changed.pop(address, None)
        self.serial += 1
        self._changed[address] = self.serial

    def remove(self, address: str, now: float) -> MemberRecord | None:
        """Have a member no more; gives what was known of it."""
        record = self.records.pop(address, None)
        if record is not None:
            self._changed.pop(address, None)
            self._gone.pop(address, None)
            self.serial += 1
            self._gone[address] = self.serial, now
        return record

    def clear(self, now: float) -> list[MemberRecord]:
        """Remove all members; gives what was known of them."""
        found = list(self.records.values())
        for record in found:
            self.remove(record.address, now)
        return found

    def lose(self) -> None:
        """Know nobody any more; nobody has left for that."""
        self.records.clear()
        self._changed.clear()
        self._gone.clear()

    def forget(self) -> None:
        """Know nothing, as after a boot."""
        self.lose()
        self.serial = 0

    def changes(self, since: int) -> tuple[int, tuple[MemberRecord, ...], tuple[Departure, ...]]:
        """The serial now, who came or changed after the serial `since`, and who left."""
        changed: deque[MemberRecord] = deque()
        for address in reversed(self._changed):
            if self._changed[address] <= since:
                break
            changed.appendleft(self.records[address])
        gone: deque[Departure] = deque()
        for address in reversed(self._gone):
            serial, at = self._gone[address]
            if serial <= since:
                break
            gone.appendleft(Departure(address=address, at=at))
        return self.serial, tuple(changed), tuple(gone)

    def adopt(
        self, record: MemberRecord, own: str, *, present: bool = False
    ) -> MemberRecord | None:
        """Have a member of which another key server told the one with the address `own`.

        A later registration that is known already stands; then None. So does a later departure,
        unless the member is `present`: a primary sends it rekeys.
        """
        known = self.records.get(record.address)
        if known is not None and known.registered_at >= record.registered_at:
            return None
        gone = self._gone.get(record.address)
        if not present and gone is not None and gone[1] >= record.registered_at:
            return None
        found = MemberRecord(
            address=record.address,
            version=record.version,
            key_server=record.key_server,
            registered_at=record.registered_at,
            protocol=record.protocol,
            identity=record.identity,
            local=record.key_server == own,
            gmsids=record.gmsids,
            sent=deque(record.sent, maxlen=HISTORY),
            received=deque(record.received, maxlen=HISTORY),
        )
        self.put(found)
        return found

    def depart(self, departure: Departure) -> bool:
        """Remove a member that left elsewhere, unless it registered later; whether it did."""
        known = self.records.get(departure.address)
        if known is None or known.registered_at > departure.at:
            return False
        self.remove(departure.address, departure.at)
        return True

    def keep_only(self, addresses: set[str]) -> None:
        """Forget members that registered elsewhere and are none of `addresses`.

        They have not left: whoever knows them may still tell of them.
        """
        for record in list(self.records.values()):
            if not record.local and record.address not in addresses:
                del self.records[record.address]
                self._changed.pop(record.address, None)
