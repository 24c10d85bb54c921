"""Traffic between the devices of a lab: asked about once, or recorded all the time."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, Final, TypedDict

from ...errors import InputError
from ..gdoi.traffic import USUAL, Exchange, Sample, Site, TrafficWatch, exchange
from ..services.access_words import PROTOCOLS
from ..simulation.outages import Condition, Journey
from .world import no_device

if TYPE_CHECKING:
    from ..simulation.kernel import Kernel
    from ..simulation.network import Network

MAX_PAIRS: Final = 10_000
"""So many pairs can be recorded: each change of a key looks at all that it touches."""
MAX_PORT: Final = 65_535
LEAST_SIZE: Final = 28
MOST_SIZE: Final = 65_535
Pair = tuple[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outage:
    """What happened to the recorded traffic from one device to another; all times in seconds.

    `lost_s`, `clear_s` and `encrypted_s` add up to the time since the recording began. `losses` are
    the times at which nothing arrived: begin and end (UTC seconds, None while it lasts), and why,
    with the device that dropped it.
    """

    sender: str
    receiver: str
    lost_s: float
    clear_s: float
    encrypted_s: float
    losses: tuple[tuple[float, float | None, str], ...]


_Ends = TypedDict(
    "_Ends",
    {
        "from": Annotated[str, "The device that sends."],
        "to": Annotated[str, "The device that it goes to."],
    },
)


class JourneyData(_Ends):
    """What becomes of a packet in one direction."""

    condition: Condition
    """Whether it arrives, and how."""
    reason: str
    """Why it gets lost; empty if it arrives."""
    dropped_by: str
    """The device that drops it; empty: the network does, or it arrives."""
    why: str
    """Both in words."""
    spi: int | None
    """The SPI of the SA that protects it, as a number; None in clear."""
    size: int
    """Its size on the wire, in bytes."""
    fragments: int
    """How many packets that takes."""


class TrafficData(TypedDict):
    """Whether two devices can exchange traffic now."""

    works: bool
    """Whether the packet and its answer arrive."""
    encrypted: bool
    """Whether both are encrypted."""
    there: JourneyData
    """The packet."""
    back: JourneyData
    """The answer."""


class LossData(TypedDict):
    """A time at which nothing arrived."""

    begin: float
    """When it began, in UTC seconds since 1970."""
    end: float | None
    """When it ended, likewise; None: it lasts."""
    why: str
    """Why."""


class OutageData(_Ends):
    """What happened to recorded traffic in one direction, since the recording began."""

    lost_s: float
    """How long nothing arrived, in seconds."""
    clear_s: float
    """How long it arrived in clear, in seconds."""
    encrypted_s: float
    """How long it arrived encrypted, in seconds."""
    losses: list[LossData]
    """The times at which nothing arrived."""


class OutagesData(TypedDict):
    """What happened to recorded traffic."""

    now: float
    """The time in the lab, in UTC seconds since 1970."""
    pairs: list[OutageData]
    """The pairs, one direction each."""


class LabTraffic:
    """Traffic in a lab. `site` finds the device of a name, `members` are those that encrypt.

    `gap_s` is how often a recorded pair sends a packet.
    """

    def __init__(
        self,
        kernel: "Kernel",
        network: "Network",
        site: Callable[[str], Site | None],
        members: Callable[[], list[str]],
        gap_s: float,
    ) -> None:
        self._kernel = kernel
        self._network = network
        self._site = site
        self._members = members
        self._gap_s = gap_s
        self._watch: TrafficWatch | None = None

    def exchange(self, a: str, b: str, sample: Sample | None = None) -> Exchange:
        """What becomes of a packet and its answer now; raises InputError for an unknown device."""
        one, other = self._known(a), self._known(b)
        _check_pair(a, b)
        return exchange(self._network, one, other, sample or USUAL)

    def record(self, pairs: Iterable[Pair] | None = None, sample: Sample | None = None) -> int:
        """Record traffic that flows from now on; what was recorded before is forgotten.

        Without `pairs` it flows between all members. Gives how many pairs, one direction each.
        Raises InputError for too many, and for unknown devices.
        """
        names = self._members() if pairs is None else []
        wanted = pairs if pairs is not None else ((a, b) for a in names for b in names if a != b)
        chosen: dict[Pair, None] = {}
        for a, b in wanted:
            self._known(a), self._known(b)
            _check_pair(a, b)
            chosen[a, b] = None
            if len(chosen) > MAX_PAIRS:
                hint = "name the pairs that matter"
                raise InputError(f"at most {MAX_PAIRS} pairs are recorded at a time", hint=hint)
        self.stop()
        self._watch = TrafficWatch(
            self._kernel, self._network, self._site, chosen, sample or USUAL, gap_s=self._gap_s
        )
        return len(chosen)

    def stop(self) -> None:
        """Record no more, and forget."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None

    def outages(self) -> list[Outage]:
        """What happened to each pair; raises InputError if nothing is recorded."""
        if self._watch is None:
            raise InputError(
                "no traffic is recorded", hint="begin with 'getvpn lab outages --start'"
            )
        now = self._kernel.now()
        return [
            Outage(
                sender=each.sender,
                receiver=each.receiver,
                lost_s=each.seconds(Condition.LOST, now),
                clear_s=each.seconds(Condition.CLEAR, now),
                encrypted_s=each.seconds(Condition.ENCRYPTED, now),
                losses=tuple(
                    (stretch.begin, stretch.end, stretch.why)
                    for stretch in each.stretches
                    if stretch.condition is Condition.LOST
                ),
            )
            for each in self._watch.recorder.records()
        ]

    def _known(self, name: str) -> Site:
        found = self._site(name) if isinstance(name, str) else None
        if found is None:
            raise no_device(name)
        return found


def _check_pair(a: str, b: str) -> None:
    if a == b:
        raise InputError(f"{a} sends itself nothing", hint="name two devices")


def sample_of(data: dict[str, Any]) -> Sample:
    """The packet that a request describes by the names of `Sample`; raises InputError.

    `protocol` may be a name (`tcp`, `udp`, `icmp`) or a number.
    """
    known = {"protocol", "source_port", "destination_port", "size", "dont_fragment", "ipv6"}
    strange = sorted(set(data) - known)
    if strange:
        raise InputError(
            f"a packet has no {strange[0]!r}", hint=f"it has {', '.join(sorted(known))}"
        )
    values = dict(data)
    if "protocol" in values:
        values["protocol"] = _protocol(values["protocol"])
    for name, low, high in (
        ("source_port", 0, MAX_PORT),
        ("destination_port", 0, MAX_PORT),
        ("size", LEAST_SIZE, MOST_SIZE),
    ):
        if name in values and not _whole(values[name], low, high):
            raise InputError(f"{name!r} is a whole number from {low} to {high}")
    for name in ("dont_fragment", "ipv6"):
        if name in values and not isinstance(values[name], bool):
            raise InputError(f"{name!r} is true or false")
    return replace(USUAL, **values)


def journey_data(journey: Journey) -> JourneyData:
    """What became of a packet, as JSON can say it."""
    return {
        "from": journey.sender,
        "to": journey.receiver,
        "condition": journey.condition,
        "reason": journey.reason,
        "dropped_by": journey.dropped_by,
        "why": journey.why,
        "spi": journey.spi,
        "size": journey.size,
        "fragments": journey.fragments,
    }


def outage_data(outage: Outage) -> OutageData:
    """What happened to a pair, as JSON can say it."""
    return {
        "from": outage.sender,
        "to": outage.receiver,
        "lost_s": outage.lost_s,
        "clear_s": outage.clear_s,
        "encrypted_s": outage.encrypted_s,
        "losses": [{"begin": begin, "end": end, "why": why} for begin, end, why in outage.losses],
    }


def _protocol(value: object) -> int:
    if _whole(value, 0, 255):
        return int(str(value))
    found = PROTOCOLS.get(value.lower()) if isinstance(value, str) else None
    if found is None:
        raise InputError(f"there is no protocol {value!r}", hint="give tcp, udp, icmp or a number")
    return found


def _whole(value: object, low: int, high: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and low <= value <= high
