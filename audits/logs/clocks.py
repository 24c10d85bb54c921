"""How far the clocks of devices are apart, told by what two of them logged about one event.

Where files come from a syslog server, its clock is common to all. Otherwise a rekey that a key
server sent and a member received, or a registration that both tell of, compares their clocks.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from .kinds import NUMBERS, SENDS
from .store import NO_TIME, EventStore

SAME_S: Final = 2.0
"""Clocks that are no further apart count as equal: that is what a message may take."""
SERVER: Final = "the syslog server"
_EACH: Final = 40
"""Events of a device that are compared."""
_NEAR: Final = 40
_MOST: Final = 200_000
"""Events that are compared in all."""
_BUCKET_S: Final = 4.0
_RECEIVED = NUMBERS["GM_RECV_REKEY"]
_REGISTERED, _SERVED = NUMBERS["GM_REGS_COMPL"], NUMBERS["KS_REGS_COMPL"]

_Key = tuple[int, int, int]
Pairs = dict[tuple[int, int], list[float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A device's clock: how many seconds it is `ahead` of `reference`, told by `samples` events.

    `ahead` is None where no event compares it. `spread` is how far the samples are apart.
    """

    device: str
    ahead: float | None
    reference: str
    samples: int
    spread: float = 0.0

    @property
    def differs(self) -> bool:
        """Whether it is so far off that its times are corrected."""
        return self.ahead is not None and abs(self.ahead) >= SAME_S


def clocks_of(store: EventStore) -> tuple[list[Clock], dict[int, float]]:
    """The clocks of all devices, and what to take from the times that devices wrote themselves."""
    texts = store.names.texts
    found: dict[int, Clock] = {}
    for device, samples in store.skews.items():
        middle = median(samples)
        found[device] = Clock(
            device=texts[device],
            ahead=middle,
            reference=SERVER,
            samples=len(samples),
            spread=max(samples) - min(samples),
        )
    received = {
        device
        for device, own in set(zip(store.device, store.own_clock, strict=True))
        if not own and device not in found
    }
    alone = set(store.device) - set(found) - received
    corrections = {device: clock.ahead or 0.0 for device, clock in found.items()}
    if alone:
        known = dict.fromkeys(received, 0.0) | corrections
        for clock, device, correction in _compared(store, alone, known):
            found[device] = clock
            corrections[device] = correction
    return [found[device] for device in sorted(found, key=texts.__getitem__)], corrections


def _compared(
    store: EventStore, alone: set[int], known: Mapping[int, float]
) -> Iterator[tuple[Clock, int, float]]:
    """The clocks of devices without a server's time, from one device to the next."""
    texts = store.names.texts
    pairs = _pairs(store, known)
    neighbours: dict[int, list[tuple[int, list[float], int]]] = defaultdict(list)
    for (server, member), gaps in pairs.items():
        neighbours[server].append((member, gaps, 1))
        neighbours[member].append((server, gaps, -1))
    done = dict(known) if known else {}
    starts = list(known)
    while True:
        left = [device for device in alone if device not in done]
        if not left:
            return
        if not starts:
            first = max(left, key=lambda device: (len(neighbours[device]), -device))
            starts, done[first] = [first], 0.0
            same = bool(neighbours[first]) or len(alone) == 1
            yield (
                Clock(
                    device=texts[first],
                    ahead=0.0 if same else None,
                    reference=texts[first],
                    samples=0,
                ),
                first,
                0.0,
            )
        queue = deque(starts)
        while queue:
            device = queue.popleft()
            for other, gaps, sign in neighbours[device]:
                if other in done or other not in alone:
                    continue
                # the times of a device with a server's time are those of the server
                base = 0.0 if device in known else done[device]
                ahead = base + sign * median(gaps)
                done[other] = ahead if abs(ahead) >= SAME_S else 0.0
                reference = SERVER if device in known else texts[starts[0]]
                clock = Clock(
                    device=texts[other],
                    ahead=ahead,
                    reference=reference,
                    samples=len(gaps),
                    spread=max(gaps) - min(gaps),
                )
                yield clock, other, done[other]
                queue.append(other)
        starts = []


def _pairs(store: EventStore, known: Mapping[int, float]) -> Pairs:
    """How much later a member wrote of an event than its key server did, for each two of them."""
    owners = store.addresses
    sends: dict[_Key, list[tuple[float, int]]] = defaultdict(list)
    served: dict[_Key, list[float]] = defaultdict(list)
    takes: dict[_Key, list[tuple[float, int, int]]] = defaultdict(list)
    registered: dict[_Key, list[float]] = defaultdict(list)
    wanted = SENDS | {_RECEIVED, _REGISTERED, _SERVED}
    each: Counter[tuple[int, int]] = Counter()
    rows = zip(store.kind, store.device, store.group, store.subject, store.time, strict=True)
    for row, (kind, device, group, subject, at) in enumerate(rows):
        if kind not in wanted or at == NO_TIME:
            continue
        if device in known and store.own_clock[row]:
            at -= known[device]
        if kind in SENDS:
            sends[group, device, store.sequence[row]].append((at, store.spi[row]))
            continue
        if (each[device, kind] >= _EACH or len(each) > _MOST // _EACH) and kind != _SERVED:
            continue
        each[device, kind] += 1
        other = owners.get((group, subject))
        if other is None or other == device:
            continue
        if kind == _RECEIVED:
            takes[group, other, device].append((at, store.sequence[row], store.spi[row]))
        elif kind == _REGISTERED:
            registered[group, other, device].append(at)
        elif len(served[group, device, other]) < _EACH:
            served[group, device, other].append(at)
    for times in sends.values():
        times.sort()
    return _agreed(sends, served, takes, registered)


def _agreed(
    sends: Mapping[_Key, list[tuple[float, int]]],
    served: Mapping[_Key, list[float]],
    takes: Mapping[_Key, list[tuple[float, int, int]]],
    registered: Mapping[_Key, list[float]],
) -> Pairs:
    """What the events of key servers and members say together."""
    found: Pairs = {}
    for (group, server, member), received in takes.items():
        gaps = [
            at - sent
            for at, sequence, spi in received
            for sent, key in _nearest(sends.get((group, server, sequence), ()), at)
            if not spi or not key or spi == key
        ]
        _keep(found, (server, member), gaps)
    for key, times in registered.items():
        gaps = [at - sent for at in times[:_NEAR] for sent in served.get(key, ())[:_NEAR]]
        _keep(found, key[1:], gaps)
    return found


def _nearest(sent: Sequence[tuple[float, int]], at: float) -> Sequence[tuple[float, int]]:
    """The times nearest to `at`; there may be thousands, since sequence numbers begin anew."""
    place = bisect_left(sent, (at, 0))
    return sent[max(0, place - _NEAR // 2) : place + _NEAR // 2]


def _keep(found: Pairs, key: tuple[int, int], gaps: list[float]) -> None:
    """Keep the gaps that most events agree on; of two that are as good, the smaller one."""
    if not gaps:
        return
    votes: Counter[int] = Counter()
    for gap in gaps:
        bucket = round(gap / _BUCKET_S)
        votes[bucket] += 2
        votes[bucket - 1] += 1
        votes[bucket + 1] += 1
    best = max(votes, key=lambda bucket: (votes[bucket], -abs(bucket)))
    agreed = [gap for gap in gaps if abs(gap - best * _BUCKET_S) <= 1.5 * _BUCKET_S]
    if len(agreed) > len(found.get(key, ())):
        found[key] = agreed
