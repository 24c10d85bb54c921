"""Counters of interfaces: traffic that grows with the time that a line is up."""

from dataclasses import dataclass

from .chassis import Chassis
from .interface_state import InterfaceState

LEAST_PACKETS_PER_S = 0.2
MOST_PACKETS_PER_S = 4.0
LEAST_PACKET_BYTES = 64
MOST_PACKET_BYTES = 480
SILENT_TYPES = frozenset({"Loopback", "Null", "Embedded-Service-Engine", "Virtual-Template"})
"""Nothing passes them by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Counters:
    """What has passed an interface since `cleared_at` (UTC seconds; None: since the boot).

    Rates are of the last five minutes. `last_input_s` and `last_output_s` are ages in seconds, None
    when nothing ever passed.
    """

    packets_in: int
    bytes_in: int
    packets_out: int
    bytes_out: int
    packets_in_per_s: int
    bits_in_per_s: int
    packets_out_per_s: int
    bits_out_per_s: int
    broadcasts_in: int
    multicasts_in: int
    last_input_s: int | None
    last_output_s: int | None
    cleared_at: float | None


@dataclass(frozen=True, slots=True)
class _Sums:
    packets_in: int = 0
    bytes_in: int = 0
    packets_out: int = 0
    bytes_out: int = 0


class Traffic:
    """The traffic of one interface; how much is always the same for a chassis and a name."""

    __slots__ = (
        "_added",
        "_cleared",
        "_cleared_at",
        "_last_added_at",
        "_rate_in",
        "_rate_out",
        "_size_in",
        "_size_out",
    )

    def __init__(self, chassis: Chassis, name: str) -> None:
        random = chassis.random(f"traffic {name}")
        self._rate_in = random.uniform(LEAST_PACKETS_PER_S, MOST_PACKETS_PER_S)
        self._rate_out = self._rate_in * random.uniform(0.6, 1.4)
        self._size_in = random.randint(LEAST_PACKET_BYTES, MOST_PACKET_BYTES)
        self._size_out = random.randint(LEAST_PACKET_BYTES, MOST_PACKET_BYTES)
        self._added = _Sums()
        self._last_added_at: float | None = None
        self._cleared = _Sums()
        self._cleared_at: float | None = None

    def add(
        self, packets_in: int, bytes_in: int, packets_out: int, bytes_out: int, now: float
    ) -> None:
        """Count traffic that really happened."""
        added = self._added
        self._last_added_at = now
        self._added = _Sums(
            added.packets_in + packets_in,
            added.bytes_in + bytes_in,
            added.packets_out + packets_out,
            added.bytes_out + bytes_out,
        )

    def clear(self, state: InterfaceState, up_s: float, now: float) -> None:
        """Begin anew."""
        self._cleared = self._sums(state, up_s)
        self._cleared_at = now

    def counters(self, state: InterfaceState, up_s: float, now: float) -> Counters:
        """The counters when the line has been up for `up_s` seconds in all."""
        sums, base = self._sums(state, up_s), self._cleared
        flowing = state.line_up and state.kind not in SILENT_TYPES
        packets_in = sums.packets_in - base.packets_in
        return Counters(
            packets_in=packets_in,
            bytes_in=sums.bytes_in - base.bytes_in,
            packets_out=sums.packets_out - base.packets_out,
            bytes_out=sums.bytes_out - base.bytes_out,
            packets_in_per_s=round(self._rate_in) if flowing else 0,
            bits_in_per_s=_thousands(self._rate_in * self._size_in * 8) if flowing else 0,
            packets_out_per_s=round(self._rate_out) if flowing else 0,
            bits_out_per_s=_thousands(self._rate_out * self._size_out * 8) if flowing else 0,
            broadcasts_in=packets_in // 16,
            multicasts_in=packets_in // 40,
            last_input_s=self._age(sums.packets_in, self._rate_in, up_s, now),
            last_output_s=self._age(sums.packets_out, self._rate_out, up_s, now),
            cleared_at=self._cleared_at,
        )

    def _sums(self, state: InterfaceState, up_s: float) -> _Sums:
        added = self._added
        if state.kind in SILENT_TYPES:
            return added
        packets_in, packets_out = int(self._rate_in * up_s), int(self._rate_out * up_s)
        return _Sums(
            added.packets_in + packets_in,
            added.bytes_in + packets_in * self._size_in,
            added.packets_out + packets_out,
            added.bytes_out + packets_out * self._size_out,
        )

    def _age(self, packets: int, rate: float, up_s: float, now: float) -> int | None:
        """Seconds since the last packet."""
        if packets == 0:
            return None
        if self._last_added_at is not None:
            return int(now - self._last_added_at)
        return int(up_s - int(rate * up_s) / rate)


def _thousands(bits: float) -> int:
    return int(bits) // 1000 * 1000
