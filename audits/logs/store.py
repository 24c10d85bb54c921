"""Events in columns: a million of them takes less than a hundred megabytes."""

from __future__ import annotations

from array import array
from typing import Final

from .kinds import FLOODS

MOST_EVENTS: Final = 1_200_000
MOST_NAMES: Final = 100_000
MOST_NAME_CHARS: Final = 128
OTHERS: Final = "(others)"
MOST_FLOODS: Final = 50_000
FLOOD_S: Final = 60.0
"""Messages of a flood are one event as long as they are no further apart."""
NO_TIME: Final = float("inf")
"""The time of an event that has none: it comes last."""


class Names:
    """Texts by number, so that each is kept once; 0 is the empty one. There is an end to them."""

    __slots__ = ("numbers", "texts")

    def __init__(self) -> None:
        self.texts = [""]
        self.numbers = {"": 0}

    def number(self, text: str) -> int:
        """The number of a text."""
        found = self.numbers.get(text)
        if found is not None:
            return found
        text = text[:MOST_NAME_CHARS] if len(self.texts) < MOST_NAMES else OTHERS
        found = self.numbers.get(text)
        if found is None:
            found = self.numbers[text] = len(self.texts)
            self.texts.append(text)
        return found

    def __len__(self) -> int:
        return len(self.texts)


class Gap:
    """How far apart the pseudotimes of a receiver and a sender were, in seconds."""

    __slots__ = ("count", "least", "most", "window")

    def __init__(self) -> None:
        self.count, self.least, self.most, self.window = 0, float("inf"), 0.0, 0.0

    def add(self, apart: float, window: float) -> None:
        """One more packet."""
        self.count += 1
        self.least, self.most = min(self.least, apart), max(self.most, apart)
        self.window = window


class EventStore:
    """All events, each a row of the columns; texts are numbers of `names`.

    `device`, `group`, `subject` and `spi` are such numbers, `kind` is a place in `kinds.KINDS`, and
    `sequence` is -1 where there is none. A row stands for `count` messages until `last`.
    """

    __slots__ = (
        "_floods",
        "addresses",
        "count",
        "device",
        "dropped",
        "gaps",
        "group",
        "kind",
        "last",
        "line",
        "mark",
        "names",
        "own_clock",
        "sequence",
        "skews",
        "source",
        "sources",
        "spi",
        "subject",
        "time",
        "yearless",
    )

    def __init__(self) -> None:
        self.names = Names()
        self.sources: list[str] = []
        self.time, self.last = array("d"), array("d")
        self.kind, self.source = array("B"), array("H")
        self.device, self.group, self.subject = array("I"), array("I"), array("I")
        self.spi, self.line, self.count = array("I"), array("I"), array("I")
        self.sequence = array("q")
        self.mark = array("q")
        """A hash of what the device wrote, stamp and text: the same message may stand twice."""
        self.own_clock = array("B")
        """Whether `time` is the device's own time, with no server's time in front."""
        self.dropped = 0
        self.yearless = False
        self.addresses: dict[tuple[int, int], int] = {}
        """The device that has an address in a group; it may have several."""
        self.gaps: dict[tuple[int, int, int], Gap] = {}
        """Pseudotimes by group, device and sender."""
        self.skews: dict[int, array[float]] = {}
        """How far a device's clock was ahead of the syslog server's, some samples of it."""
        self._floods: dict[tuple[int, int, int, int], int] = {}

    def __len__(self) -> int:
        return len(self.time)

    def add(
        self,
        at: float,
        kind: int,
        device: int,
        group: int,
        subject: int,
        sequence: int,
        spi: int,
        place: tuple[int, int],
        mark: int,
        own_clock: bool,
    ) -> None:
        """Add one message; `place` is the number of its source and its line."""
        flood = FLOODS[kind]
        if flood and self._again((device, kind, group, subject), at, place[0]):
            return
        row = len(self.time)
        if row >= MOST_EVENTS:
            self.dropped += 1
            return
        self.time.append(at)
        self.last.append(at)
        self.kind.append(kind)
        self.device.append(device)
        self.group.append(group)
        self.subject.append(subject)
        self.sequence.append(sequence)
        self.spi.append(spi)
        self.source.append(place[0])
        self.line.append(place[1])
        self.mark.append(mark)
        self.own_clock.append(own_clock)
        self.count.append(1)
        if flood:
            if len(self._floods) > MOST_FLOODS:
                self._floods.clear()
            self._floods[device, kind, group, subject] = row

    def _again(self, key: tuple[int, int, int, int], at: float, source: int) -> bool:
        """Whether a message is one more of a flood; it is counted then."""
        row = self._floods.get(key)
        if row is None or self.source[row] != source:
            return False
        if not (at == NO_TIME or 0 <= at - self.last[row] <= FLOOD_S):
            return False
        if self.count[row] == 0xFFFFFFFF:
            return False
        self.count[row] += 1
        if at != NO_TIME:
            self.last[row] = at
        return True
