"""When a key server renews its keys: early enough for every member to get the new ones in time."""

from typing import TYPE_CHECKING

from ...clock import Timer
from ..policy import ReplayKind, Transport
from .in_force import newest
from .renewing import refresh_pseudotime, renew_due

if TYPE_CHECKING:
    from .group import ServerGroup


class Schedule:
    """The renewal of the keys of a group.

    Every key server reckons the times, the primary alone acts on them. `own_kek` makes the next
    rekey renew the KEK too. While the key that signs is missing the schedule is `blocked`: what is
    due goes out when there is one.
    """

    __slots__ = ("_batches", "_sync", "_timer", "blocked", "group", "own_kek")

    def __init__(self, group: "ServerGroup") -> None:
        self.group = group
        self.blocked = False
        self.own_kek = False
        self._batches = 0
        self._timer: Timer | None = None
        self._sync: Timer | None = None

    def spread_s(self) -> float:
        """How long a rekey takes with all retransmissions; a multicast rekey takes no time."""
        group, figures = self.group, self.group.host.parameters
        rekey = group.policy.rekey
        if rekey.transport is Transport.MULTICAST:
            return 0.0
        count = figures.periodic_count if rekey.count is None else rekey.count
        return figures.spread_s(rekey.interval_s, count, len(group.members))

    def plan(self) -> None:
        """Reckon anew: keys, members or the policy are others."""
        group, figures = self.group, self.group.host.parameters
        self._batches = self._count_batches()
        spread = self.spread_s()
        wanted = {sa.number for sa in group.in_force.sas}
        group.tek_rekey_at = {
            tek.spi: tek.expires_at - figures.tek_lead(tek.lifetime_s, spread)
            for number, tek in newest(group.teks).items()
            if number in wanted
        }
        kek = group.kek
        group.kek_rekey_at = None
        if kek is not None:
            at = kek.expires_at - figures.kek_lead(spread, kek.lifetime_s)
            if self.own_kek and group.tek_rekey_at:
                at = min(at, *group.tek_rekey_at.values())
            group.kek_rekey_at = at
        self._arm()

    def members_changed(self) -> None:
        """Somebody came or left; the time that a rekey takes may be another."""
        if self._count_batches() != self._batches:
            self.plan()

    def unblock(self) -> None:
        """The key that signs is there again."""
        if self.blocked:
            self.blocked = False
            self._arm()

    def carried_pseudotime(self) -> None:
        """A rekey has just told the pseudotime: the next one that only does that is later."""
        self._cancel_sync()
        group = self.group
        if group.primary and any(sa.replay.kind is ReplayKind.TIME for sa in group.in_force.sas):
            at = group.kernel.now() + group.host.parameters.pseudotime_sync_s
            self._sync = group.kernel.call_at(at, self._synchronize)

    def stop(self) -> None:
        """Act no more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._cancel_sync()

    def _count_batches(self) -> int:
        return -(-len(self.group.members) // self.group.host.parameters.pace_members)

    def _arm(self) -> None:
        group = self.group
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if not group.primary or self.blocked:
            return
        times = list(group.tek_rekey_at.values())
        if group.kek_rekey_at is not None:
            times.append(group.kek_rekey_at)
        if times:
            at = max(min(times), group.kernel.now())
            self._timer = group.kernel.call_at(at, self._due)

    def _due(self) -> None:
        self._timer = None
        group = self.group
        limit = group.kernel.now() + group.host.parameters.together_s
        due = {spi for spi, at in group.tek_rekey_at.items() if at <= limit}
        numbers = {tek.sa.number for tek in group.teks if tek.spi in due}
        at = group.kek_rekey_at
        renew_due(group, numbers, kek=at is not None and at <= limit)

    def _synchronize(self) -> None:
        self._sync = None
        if self.group.primary:
            refresh_pseudotime(self.group)
            self.carried_pseudotime()

    def _cancel_sync(self) -> None:
        if self._sync is not None:
            self._sync.cancel()
            self._sync = None
