"""Sender identifiers: counter modes need one for each sender, or two packets share a nonce.

An identifier is that of the key server (KSSID), which its configuration assigns, and that of the
member (GMSID), which the key server gives at each registration and never twice under one key.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from ..messages import SenderState
from ..policy import ServerPolicy

KSSID_BITS: Mapping[int, int] = MappingProxyType({8: 4, 12: 5, 16: 6, 24: 7, 32: 9})
"""The part of the key server in an identifier, by its length.

The Suite B guide says 9 of 32, the range of the configuration 7 of 24; the others have no source.
"""


class SenderIds:
    """What one key server has of sender identifiers, and has given."""

    __slots__ = ("_assigned", "_bits", "_current", "_last", "_reinitializing", "_state", "_used")

    def __init__(self, policy: ServerPolicy) -> None:
        self._bits = policy.sid_bits
        self._assigned = policy.kssids
        self._used: dict[int, None] = {}
        self._last = 0
        self._reinitializing = False
        self._current = self._next()
        self._state: SenderState | None = None

    @property
    def most(self) -> int:
        """How many members one KSSID serves: a GMSID of 0 is not given (Suite B guide)."""
        return (1 << self._bits - KSSID_BITS.get(self._bits, 7)) - 1

    @property
    def kssid(self) -> int | None:
        """The KSSID from which it gives; None without one that has any left."""
        return self._current

    @property
    def state(self) -> SenderState:
        """What shows print and other key servers learn; the same object while nothing changes."""
        found = self._state
        if found is None:
            found = self._state = SenderState(
                bits=self._bits,
                assigned=self._assigned,
                used=tuple(one for one in self._used if one in self._assigned),
                old=tuple(one for one in self._used if one not in self._assigned),
                current=self._current if self._last else None,
                last=self._last or None,
                reinitializing=self._reinitializing,
            )
        return found

    def apply(self, policy: ServerPolicy) -> None:
        """The configuration assigns others, or another length."""
        if (policy.sid_bits, policy.kssids) == (self._bits, self._assigned):
            return
        if policy.sid_bits != self._bits:
            self._bits = policy.sid_bits
            self._used.clear()
            self._current, self._last = None, 0
        self._assigned = policy.kssids
        if self._current not in self._assigned:
            self._current, self._last = self._next(), 0
        self._state = None

    def allocate(self, count: int) -> tuple[int, tuple[tuple[int, int], ...]] | None:
        """A KSSID and a range of GMSIDs for a member that wants `count`; None without any left."""
        count = max(1, count)
        if self._current is None or count > self.most:
            return None
        if self._last + count > self.most:
            self._current, self._last = self._next(), 0
            self._state = None
            if self._current is None:
                return None
        first = self._last + 1
        self._last += count
        self._used[self._current] = None
        self._state = None
        return self._current, ((first, self._last),)

    def restart(self) -> None:
        """Begin anew: the group has other keys."""
        self._used.clear()
        self._current, self._last = self._next(), 0
        self._reinitializing = False
        self._state = None

    def reinitialize(self, *, running: bool) -> None:
        """Say whether the group begins anew because none is left."""
        self._reinitializing = running
        self._state = None

    def _next(self) -> int | None:
        limit = 1 << KSSID_BITS.get(self._bits, 7)
        for one in self._assigned:
            if one not in self._used and one < limit:
                return one
        return None


def number_ranges(numbers: Iterable[int]) -> str:
    """Numbers in ascending order: `0-9,20`; empty without any."""
    spans: list[list[int]] = []
    for number in sorted(numbers):
        if spans and spans[-1][1] == number - 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ",".join(str(low) if low == high else f"{low}-{high}" for low, high in spans)
