"""How long which pair of devices could not exchange traffic: recorded without polling.

The recorder looks at a pair when something touched one of its devices, and when the devices
themselves know that a time brings a change (a key ends, another is used). Between two looks nothing
changes, so its seconds are exact.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from ..clock import Timer
from .kernel import Kernel


class Condition(StrEnum):
    """What happens to traffic of a pair, in one direction."""

    ENCRYPTED = "encrypted"
    CLEAR = "clear"
    LOST = "lost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Journey:
    """A packet from `sender` to `receiver`: what became of it, and why.

    `reason` is empty unless it got lost; `dropped_by` is then the device that dropped it, empty for
    the network. `spi` is that of the SA that protected it, None in clear. `size` is its size on the
    wire in bytes, `fragments` how many packets that took.
    """

    sender: str
    receiver: str
    condition: Condition
    reason: str = ""
    spi: int | None = None
    size: int = 0
    fragments: int = 1
    dropped_by: str = ""

    @property
    def why(self) -> str:
        """Why it got lost, and where; empty if it arrived."""
        return told(self.reason, self.dropped_by)

    @property
    def arrived(self) -> bool:
        """Whether it arrived, in clear or encrypted."""
        return self.condition is not Condition.LOST


def told(reason: str, dropped_by: str) -> str:
    """A reason with the device that had it."""
    return f"{dropped_by}: {reason}" if dropped_by else reason


@dataclass(slots=True, kw_only=True, eq=False)
class Stretch:
    """A time in which a pair's condition was the same; `end` is None while it lasts."""

    begin: float
    condition: Condition
    reason: str
    end: float | None = None
    dropped_by: str = ""

    @property
    def why(self) -> str:
        """Why traffic got lost, and where; empty if it arrived."""
        return told(self.reason, self.dropped_by)

    def same(self, journey: Journey) -> bool:
        """Whether a journey is one of this time."""
        return (self.condition, self.reason, self.dropped_by) == (
            journey.condition,
            journey.reason,
            journey.dropped_by,
        )

    def seconds(self, now: float) -> float:
        """How long it lasted, up to now."""
        return (now if self.end is None else self.end) - self.begin


@dataclass(slots=True, kw_only=True, eq=False)
class Record:
    """What happened to the traffic from one device to another, the oldest first."""

    sender: str
    receiver: str
    stretches: list[Stretch] = field(default_factory=list)

    def seconds(self, condition: Condition, now: float) -> float:
        """How long the pair was in a condition since the recorder began."""
        return sum(each.seconds(now) for each in self.stretches if each.condition is condition)


Judge = Callable[[str, str], Journey]
"""What becomes of a packet from one device to another now."""


class Recorder:
    """Records what becomes of traffic that every sender of `pairs` sends all the time.

    `next_change` gives the next time after now at which a device changes by itself, None for never.
    `lost` is told of each journey that fails when that begins, and gives after how many seconds it
    wants to be told again if the pair still fails, None for never.
    """

    def __init__(
        self,
        kernel: Kernel,
        pairs: Iterable[tuple[str, str]],
        judge: Judge,
        *,
        next_change: Callable[[], float | None] = lambda: None,
        lost: Callable[[Journey], float | None] = lambda _: None,
    ) -> None:
        self.kernel = kernel
        self.began_at = kernel.now()
        self._judge = judge
        self._next_change = next_change
        self._lost = lost
        self._records = {pair: Record(sender=pair[0], receiver=pair[1]) for pair in pairs}
        self._touched: set[str] | None = None
        self._timer: Timer | None = None
        self._told_again: dict[tuple[str, str], float] = {}
        self._waiting = False
        self.look()

    def close(self) -> None:
        """Record no more."""
        if self._timer is not None:
            self._timer.cancel()
        self._records = {}

    def touch(self, name: str | None = None) -> None:
        """Something changed on a device, or on the network between all of them.

        What changes at one time is looked at once.
        """
        if name is None:
            self._touched = None
        elif self._touched is not None or not self._waiting:
            self._touched = (self._touched or set()) | {name}
        if not self._waiting:
            self._waiting = True
            self.kernel.post(0.0, self._look_touched)

    def look(self, names: Iterable[str] | None = None) -> None:
        """Look at the pairs of some devices, or at all."""
        wanted = None if names is None else set(names)
        for pair in list(self._records):
            if wanted is None or not wanted.isdisjoint(pair):
                self._look_at(pair)
        self._arm()

    def records(self) -> Iterator[Record]:
        """What happened to each pair."""
        return iter(self._records.values())

    def record(self, sender: str, receiver: str) -> Record:
        """What happened to one pair; KeyError if it is not recorded."""
        return self._records[sender, receiver]

    def seconds(self, condition: Condition = Condition.LOST) -> dict[tuple[str, str], float]:
        """The pairs that were in a condition, and how many seconds each."""
        now = self.kernel.now()
        found = {pair: each.seconds(condition, now) for pair, each in self._records.items()}
        return {pair: seconds for pair, seconds in found.items() if seconds > 0.0}

    def _look_touched(self) -> None:
        names, self._touched, self._waiting = self._touched, None, False
        self.look(names)

    def _look_at(self, pair: tuple[str, str]) -> None:
        journey, now = self._judge(*pair), self.kernel.now()
        stretches = self._records[pair].stretches
        last = stretches[-1] if stretches else None
        same = last is not None and last.same(journey)
        if not same:
            self._turn(stretches, journey, now)
        if journey.arrived:
            self._told_again.pop(pair, None)
        elif not same or self._told_again.get(pair, now + 1.0) <= now:
            again = self._lost(journey)
            self._told_again.pop(pair, None)
            if again is not None:
                self._told_again[pair] = now + again

    def _turn(self, stretches: list[Stretch], journey: Journey, now: float) -> None:
        if stretches:
            stretches[-1].end = now
            if stretches[-1].begin == now:
                # nothing was ever sent in a stretch without length
                stretches.pop()
        if stretches and stretches[-1].same(journey):
            stretches[-1].end = None
            return
        stretches.append(
            Stretch(
                begin=now,
                condition=journey.condition,
                reason=journey.reason,
                dropped_by=journey.dropped_by,
            )
        )
        if len(stretches) > 1:
            text = f"traffic to {journey.receiver} is {journey.condition}"
            why = f": {journey.why}" if journey.why else ""
            self.kernel.record(journey.sender, text + why)

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        times = list(self._told_again.values())
        change = self._next_change()
        if change is not None:
            times.append(change)
        if times and self._records:
            self._timer = self.kernel.call_at(max(min(times), self.kernel.now()), self.look)
