"""What the lists of a group say of a packet: the member's own first, then those downloaded."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from ...services.access_entries import AccessEntry
from ..packets import Packet, matches
from ..policy import SaPolicy

MOST_PACKETS = 100_000
"""How many packets a policy remembers before it begins anew."""
MOST_POLICIES = 256


@dataclass(frozen=True, slots=True)
class Decision:
    """What the lists say: `sa` is the policy that encrypts, None in clear.

    `entry` is the line that means the packet, None if none does and it passes in clear; `own` is
    whether that line is of the member's own list.
    """

    sa: SaPolicy | None = None
    entry: AccessEntry | None = None
    own: bool = False

    @property
    def matched(self) -> bool:
        """Whether any line means the packet."""
        return self.entry is not None


UNKNOWN = Decision()


class TrafficPolicy:
    """The lists of a group as one: the first line that means a packet decides.

    A local list can only deny; its lines that permit are ignored. The policies follow in the order
    of the key server. All members with the same lists share one of these.
    """

    __slots__ = ("_known", "_lines")

    def __init__(self, local: Iterable[AccessEntry], sas: Iterable[SaPolicy]) -> None:
        denied = [(entry, Decision(None, entry, True)) for entry in local if not entry.permits]
        told = [
            (entry, Decision(sa if entry.permits else None, entry))
            for sa in sas
            for entry in sa.entries
        ]
        self._lines = (*denied, *told)
        self._known: dict[Packet, Decision] = {}

    def decide(self, packet: Packet) -> Decision:
        """What the lists say of a packet of their family.

        The same lines hold for what a member sends and for what it receives: a packet of the group
        keeps its source and destination on its way (published lists have lines for both ways).
        """
        known = self._known.get(packet)
        if known is None:
            if len(self._known) >= MOST_PACKETS:
                self._known.clear()
            known = self._known[packet] = self._decide(packet)
        return known

    def _decide(self, packet: Packet) -> Decision:
        for entry, decision in self._lines:
            if matches(entry, packet):
                return decision
        return UNKNOWN


def denies(entries: Iterable[AccessEntry], packet: Packet) -> bool:
    """Whether the first line that means a packet denies it."""
    for entry in entries:
        if matches(entry, packet):
            return not entry.permits
    return False


@lru_cache(maxsize=MOST_POLICIES)
def traffic_policy(local: tuple[AccessEntry, ...], sas: tuple[SaPolicy, ...]) -> TrafficPolicy:
    """The policy that these lists are together."""
    return TrafficPolicy(local, sas)
