"""Each rekey of a group: who sent it, who received it, and who should have and did not."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from .clocks import SAME_S
from .kinds import NUMBERS, SENDS
from .prepared import GroupLog
from .store import NO_TIME

SAME_REKEY_S: Final = 300.0
"""Messages with a sequence number belong to one rekey when no further apart: retransmissions."""
GRACE_S: Final = 90.0
"""So long after a rekey a member's log has to go on before the rekey counts as missing in it."""
MOST_REKEYS: Final = 20_000
MOST_MEMBERS: Final = 8_000
"""Members that are told apart; a key server has fewer."""
_NEAR: Final = 32
_MULTICAST = NUMBERS["KS_SEND_MCAST_REKEY"]
_RECEIVED = NUMBERS["GM_RECV_REKEY"]
_REGISTERED, _REJECTED = NUMBERS["GM_REGS_COMPL"], NUMBERS["IKMP_MODE_FAILURE"]
_FAILED = frozenset({_REJECTED, NUMBERS["GDOI_REKEY_FAILURE"], NUMBERS["UNEXPECTED_SIGKEY"]})
_LEAVES = frozenset(
    NUMBERS[name]
    for name in ("GM_CM_DETACH", "GM_UNREGISTER", "GM_CLEAR_REGISTER", "RESTART", "RELOAD")
) | {NUMBERS["GM_RE_REGISTER"]}


@dataclass(slots=True, kw_only=True)
class Rekey:
    """A rekey; `received`, `expected` and `rejected` are sets of members, as bits.

    `server` is the sender's number among the names: of its address where only members tell of it.
    """

    at: float
    last: float
    row: int
    server: int
    sequence: int
    spi: int
    told: bool
    """Whether the key server's log has it."""
    multicast: bool = False
    tries: int = 1
    received: int = 0
    expected: int = 0
    rejected: int = 0
    missed: int = 0


@dataclass(slots=True, kw_only=True)
class Rekeys:
    """All rekeys of a group in the order of time, and the members by their bits."""

    rekeys: list[Rekey] = field(default_factory=list)
    members: dict[int, int] = field(default_factory=dict)
    """The bit's number for each device."""
    order: list[int] = field(default_factory=list)
    """The device of each bit."""
    others: array[int] = field(default_factory=lambda: array("I"))
    """The rows that tell of no rekey that was sent or received."""
    dropped: int = 0

    def devices(self, bits: int) -> Iterator[int]:
        """The members of a set."""
        known = self.order
        while bits:
            lowest = bits & -bits
            yield known[lowest.bit_length() - 1]
            bits ^= lowest


def rekeys_of(log: GroupLog) -> Rekeys:
    """Match what key servers and members of a group log about rekeys."""
    found = Rekeys()
    _sent(log, found)
    _Matcher(log, found).match()
    return found


def _sent(log: GroupLog, found: Rekeys) -> None:
    """The rekeys that key servers tell of; those sent again are the same."""
    store = log.store
    latest: dict[tuple[int, int], Rekey] = {}
    for row in log.rows:
        if store.kind[row] not in SENDS:
            continue
        at, key = store.time[row], (store.device[row], store.sequence[row])
        known = latest.get(key)
        if known is not None and at - known.last <= SAME_REKEY_S:
            known.last = at
            known.tries += 1
            continue
        if len(found.rekeys) >= MOST_REKEYS:
            found.dropped += 1
            continue
        latest[key] = rekey = Rekey(
            at=at,
            last=at,
            row=row,
            server=key[0],
            sequence=key[1],
            spi=store.spi[row],
            told=True,
            multicast=store.kind[row] == _MULTICAST,
        )
        found.rekeys.append(rekey)


class _Matcher:
    """Goes through the rows of a group once, with who is in the group at each time."""

    def __init__(self, log: GroupLog, found: Rekeys) -> None:
        self.log, self.found = log, found
        self.present = 0
        self.heard = 0
        self.seen: dict[int, float] = {}
        self.by_sequence: dict[int, list[Rekey]] = defaultdict(list)
        for rekey in found.rekeys:
            self.by_sequence[rekey.sequence].append(rekey)
        self.times = {
            number: [rekey.at for rekey in each] for number, each in self.by_sequence.items()
        }
        self.recent: dict[tuple[int, int, int], Rekey] = {}
        self.waiting = iter(list(found.rekeys))
        self.next = next(self.waiting, None)
        self.current: Rekey | None = None
        self.known = frozenset(log.owners.values())

    def match(self) -> None:
        """Fill in who received, and who missed, each rekey."""
        store, found = self.log.store, self.found
        kinds, devices, times = store.kind, store.device, store.time
        for row in self.log.rows:
            kind, at = kinds[row], times[row]
            while self.next is not None and self.next.at <= at:
                self.next.expected = self.present
                self.current, self.next = self.next, next(self.waiting, None)
            if kind == _RECEIVED:
                self._received(row, devices[row], at)
            elif kind not in SENDS:
                found.others.append(row)
                self._other(row, kind, devices[row], at)
        while self.next is not None:
            self.next.expected = self.present
            self.next = next(self.waiting, None)
        found.rekeys.sort(key=lambda rekey: rekey.at)
        self._missed()

    def _bit(self, device: int) -> int:
        number = self.found.members.get(device)
        if number is None:
            number = len(self.found.order)
            if number >= MOST_MEMBERS:
                return 0
            self.found.members[device] = number
            self.found.order.append(device)
        return 1 << number

    def _received(self, row: int, device: int, at: float) -> None:
        bit = self._bit(device)
        store = self.log.store
        sequence, spi = store.sequence[row], store.spi[row]
        rekey = self.recent.get((sequence, spi, store.subject[row]))
        if rekey is None or not abs(at - rekey.at) <= SAME_REKEY_S:
            rekey = self._find(row, sequence, spi, at)
        if rekey is not None:
            rekey.received |= bit
            rekey.last = max(rekey.last, at) if at != NO_TIME else rekey.last
        if not self.present & bit:
            self.present |= bit
        if not self.heard & bit:
            self.heard |= bit
        if bit:
            self.seen[device] = at

    def _find(self, row: int, sequence: int, spi: int, at: float) -> Rekey | None:
        """The rekey that a member received; a new one where no key server tells of it."""
        store, found = self.log.store, self.found
        times = self.times.get(sequence, [])
        owner = self.log.owner(store.subject[row])
        place = bisect_left(times, at - SAME_REKEY_S)
        near = [
            rekey
            for rekey in self.by_sequence.get(sequence, [])[place : place + _NEAR]
            if abs(rekey.at - at) <= SAME_REKEY_S
            and (owner == rekey.server or (owner is None and rekey.server not in self.known))
            and (not spi or spi == rekey.spi or not rekey.spi)
        ]
        if near:
            rekey = min(near, key=lambda each: abs(each.at - at))
            self.recent[sequence, spi, store.subject[row]] = rekey
            return rekey
        if len(found.rekeys) >= MOST_REKEYS:
            found.dropped += 1
            return None
        sender = store.subject[row]
        rekey = Rekey(
            at=at,
            last=at,
            row=row,
            server=sender if owner is None else owner,
            sequence=sequence,
            spi=spi,
            told=False,
            expected=self.present,
        )
        self.recent[sequence, spi, sender] = self.current = rekey
        found.rekeys.append(rekey)
        return rekey

    def _other(self, row: int, kind: int, device: int, at: float) -> None:
        if kind == _REGISTERED:
            self.present |= self._bit(device)
        elif kind in _LEAVES and device in self.found.members:
            self.present &= ~self._bit(device)
        elif kind in _FAILED:
            bit = self._bit(device)
            for rekey in (self.next, self.current):
                if rekey is not None and -SAME_S <= at - rekey.at <= SAME_REKEY_S:
                    rekey.rejected |= bit
                    break
        if device in self.found.members:
            self.seen[device] = at

    def _missed(self) -> None:
        """Who was in the group, did not log the rekey, and logged something later."""
        found = self.found
        ends = sorted((at, found.members[device]) for device, at in self.seen.items())
        gone, index = 0, 0
        for rekey in found.rekeys:
            if rekey.at == NO_TIME:
                break
            while index < len(ends) and ends[index][0] < rekey.last + GRACE_S:
                gone |= 1 << ends[index][1]
                index += 1
            wanted = rekey.expected & self.heard & ~gone
            rekey.missed = wanted & ~rekey.received & ~rekey.rejected
