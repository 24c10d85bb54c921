"""The time line of a group: what happened, with repetition collapsed until it fits a page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from ..rule import Severity
from .kinds import KINDS, NUMBERS, TOPICS, Topic
from .prepared import GroupLog
from .rekeys import Rekey, Rekeys
from .store import NO_TIME

STEPS: Final[tuple[tuple[float, bool], ...]] = (
    (60.0, False),
    (600.0, False),
    (3600.0, False),
    (3600.0, True),
    (21_600.0, True),
    (86_400.0, True),
    (float("inf"), True),
)
"""How far apart moments are put together, and whether those of different devices are."""
_NAMED: Final = 200
"""Members that a moment names at most."""
_SUBJECTS: Final = 1000
_STREAMED: Final = 4000
"""Moments that are held while reading; with more of them they are put together earlier."""
_INSTALLED: Final = NUMBERS["GM_INSTALL_POLICIES_SUCCESS"]
REKEY: Final = len(KINDS)
"""The kind of a moment that tells of rekeys, with who received them."""


@dataclass(slots=True, kw_only=True)
class Moment:
    """Messages of one kind that are told of in one line, from the `first` to the `last` time.

    `devices` logged them, `subjects` is what they name, `row` is the first of them. For rekeys
    `received` and `expected` are the least and the most members of one; `missing` did not get it.
    """

    kind: int
    first: float
    last: float
    count: int
    row: int
    severity: Severity
    devices: dict[int, None] = field(default_factory=dict)
    subjects: dict[int, None] = field(default_factory=dict)
    sequences: tuple[int, int] | None = None
    spi: int = 0
    spis: int = 0
    received: tuple[int, int] | None = None
    expected: int = 0
    missing: dict[int, None] = field(default_factory=dict)
    rejecting: dict[int, None] = field(default_factory=dict)
    multicast: bool = False

    @property
    def topic(self) -> Topic:
        """What it is about."""
        return "rekeys" if self.kind == REKEY else KINDS[self.kind].topic

    def absorb(self, other: Moment) -> None:
        """Take in another moment of the kind, which is not earlier."""
        self.last = max(self.last, other.last)
        self.count += other.count
        self.severity = max(self.severity, other.severity)
        self.devices |= other.devices
        if len(self.subjects) < _SUBJECTS:
            self.subjects |= other.subjects
        self.missing |= other.missing
        self.rejecting |= other.rejecting
        self.expected = max(self.expected, other.expected)
        if other.spi != self.spi:
            self.spis += 1 + other.spis
        self.sequences = _span(self.sequences, other.sequences)
        self.received = _span(self.received, other.received)

    def key(self, *, coarse: bool) -> tuple[object, ...]:
        """Moments with the same key can be one."""
        if self.kind == REKEY:
            bad = bool(self.missing or self.rejecting)
            who = None if coarse else (*self.devices, *(self.missing if bad else ()))
            return self.kind, bad, who
        if coarse or (self.severity <= Severity.LOW and self.topic != "cooperation"):
            return (self.kind,)
        devices = () if self.topic in {"registrations", "rekeys"} else (*self.devices,)
        return self.kind, *devices, 0, *self.subjects


def _span(a: tuple[int, int] | None, b: tuple[int, int] | None) -> tuple[int, int] | None:
    if a is None or b is None:
        return a or b
    return min(a[0], b[0]), max(a[1], b[1])


class Choice:
    """Which rows a time line shows: those of some devices and topics."""

    def __init__(self, topics: Iterable[str] = (), devices: Iterable[int] | None = None) -> None:
        chosen = frozenset(topics) or frozenset(TOPICS)
        self.kinds = frozenset(place for place, kind in enumerate(KINDS) if kind.topic in chosen)
        self.rekeys = "rekeys" in chosen
        self.devices = None if devices is None else frozenset(devices)

    def takes(self, log: GroupLog, row: int) -> bool:
        """Whether a row is shown."""
        store = log.store
        if store.kind[row] not in self.kinds:
            return False
        if self.devices is None or store.device[row] in self.devices:
            return True
        subject = store.subject[row]
        return subject in self.devices or log.owner(subject) in self.devices

    def takes_rekey(self, rekeys: Rekeys, rekey: Rekey) -> bool:
        """Whether a rekey is shown: one that a chosen device sent, received or missed."""
        if not self.rekeys or self.devices is None:
            return self.rekeys
        bits = rekey.received | rekey.missed | rekey.rejected
        chosen = (rekeys.members.get(device) for device in self.devices)
        return rekey.server in self.devices or any(
            number is not None and bits >> number & 1 for number in chosen
        )


def moments_of(log: GroupLog, rekeys: Rekeys, choice: Choice, limit: int) -> list[Moment]:
    """The time line of a group: not more than `limit` moments, but one of each kind at least."""
    line = _Line()
    for rekey in rekeys.rekeys:
        if choice.takes_rekey(rekeys, rekey):
            line.add(_told(rekeys, rekey))
    line.restart()
    for row in rekeys.others:
        if rekeys.members and log.store.kind[row] == _INSTALLED:
            # the rekey, or the registration, that it follows says as much
            continue
        if choice.takes(log, row):
            line.add(_moment(log, row))
    return line.fitting(limit)


class _Line:
    """Moments as they come; those of a kind that are close are put together at once."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self._step = 0
        self._open: dict[tuple[object, ...], Moment] = {}

    def restart(self) -> None:
        """Begin with the first times again."""
        self._open.clear()

    def add(self, moment: Moment) -> None:
        """Add a moment that is not earlier than the one before."""
        gap, coarse = STEPS[self._step]
        key = moment.key(coarse=coarse)
        known = self._open.get(key)
        if known is not None and (moment.first - known.last <= gap or moment.first == NO_TIME):
            known.absorb(moment)
            return
        self._open[key] = moment
        self.moments.append(moment)
        if len(self.moments) > _STREAMED and self._step + 1 < len(STEPS):
            self._coarser()

    def _coarser(self) -> None:
        self._step += 1
        before, self.moments = sorted(self.moments, key=lambda each: each.first), []
        self._open.clear()
        for moment in before:
            self.add(moment)

    def fitting(self, limit: int) -> list[Moment]:
        """As many as fit, in the order of time."""
        while len(self.moments) > limit and self._step + 1 < len(STEPS):
            self._coarser()
        return sorted(self.moments, key=lambda each: each.first)


def _moment(log: GroupLog, row: int) -> Moment:
    store = log.store
    kind, subject = store.kind[row], store.subject[row]
    sequence = store.sequence[row]
    return Moment(
        kind=kind,
        first=store.time[row],
        last=store.last[row],
        count=store.count[row],
        row=row,
        severity=KINDS[kind].severity,
        devices={store.device[row]: None},
        subjects={subject: None} if subject else {},
        sequences=None if sequence < 0 else (sequence, sequence),
        spi=store.spi[row],
    )


def _told(rekeys: Rekeys, rekey: Rekey) -> Moment:
    received = rekey.received.bit_count()
    bad = rekey.missed or rekey.rejected
    return Moment(
        kind=REKEY,
        first=rekey.at,
        last=rekey.at,
        count=1,
        row=rekey.row,
        severity=Severity.MEDIUM if bad else Severity.INFO,
        devices={rekey.server: None},
        sequences=None if rekey.sequence < 0 else (rekey.sequence, rekey.sequence),
        spi=rekey.spi,
        received=(received, received),
        expected=(rekey.expected | rekey.received).bit_count(),
        missing=_some(rekeys, rekey.missed),
        rejecting=_some(rekeys, rekey.rejected),
        multicast=rekey.multicast,
    )


def _some(rekeys: Rekeys, bits: int) -> dict[int, None]:
    """The members of a set, but not thousands of them."""
    return dict.fromkeys(islice(rekeys.devices(bits), _NAMED)) if bits else {}


def several(names: Iterable[str], most: int = 4) -> str:
    """Names in a row; from the fifth on they are counted."""
    found = sorted(set(names))
    if len(found) <= most + 1:
        return " and ".join(filter(None, (", ".join(found[:-1]), *found[-1:])))
    return f"{', '.join(found[:most])} and {len(found) - most} more"


def words_of(log: GroupLog, moment: Moment) -> str:
    """A moment in words."""
    names = several(log.store.names.texts[device] for device in moment.devices)
    if moment.kind == REKEY:
        return f"{names}: {', '.join(_rekey_words(log, moment))}"
    subjects = several(log.label(subject) for subject in moment.subjects) or "somebody"
    said = KINDS[moment.kind].words.replace("{subject}", subjects)
    if moment.sequences is not None:
        said += f", seq {_numbers(moment.sequences)}"
    return f"{names}: {said}" + (f", {moment.count} times" if moment.count > 1 else "")


def _rekey_words(log: GroupLog, moment: Moment) -> Iterator[str]:
    texts = log.store.names.texts
    cast = "multicast" if moment.multicast else "unicast"
    many = moment.count > 1
    sent = f"sent {moment.count} rekeys" if many else f"sent a {cast} rekey"
    if moment.sequences is not None:
        sent += f" seq {_numbers(moment.sequences)}"
    yield sent
    if moment.spi:
        spi = texts[moment.spi]
        shown = spi if len(spi) <= 8 else f"{spi[:8]}…"
        yield f"SPI 0x{shown}" + (" and others" if moment.spis else "")
    if moment.received and moment.expected:
        least, most = moment.received
        got = str(most) if least == most else f"{least} to {most}"
        yield f"received by {got} of {moment.expected}"
    if moment.missing:
        yield f"not by {several(texts[device] for device in moment.missing)}"
    if moment.rejecting:
        yield f"rejected by {several(texts[device] for device in moment.rejecting)}"


def _numbers(span: tuple[int, int]) -> str:
    return str(span[0]) if span[0] == span[1] else f"{span[0]} to {span[1]}"
