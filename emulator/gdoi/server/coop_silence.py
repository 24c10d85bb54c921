"""How a secondary notices that it has no primary."""

from typing import TYPE_CHECKING

from ...clock import Timer

if TYPE_CHECKING:
    from .coop import Coop


class Silence:
    """How long a secondary has not heard its primary.

    After `Parameters.query_s` it asks, after `Parameters.election_s` it begins an election. The
    timer is not set anew by each announcement: when it ends, it looks when the last one came.
    `retries` is how often the primary was asked since then.
    """

    __slots__ = ("_asked_at", "_coop", "_since", "_timer")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self._since: float | None = None
        self._asked_at: float | None = None
        self._timer: Timer | None = None

    @property
    def retries(self) -> int:
        """How often the primary was asked since it was heard."""
        asked_at = self._asked_at
        return int(asked_at is not None and asked_at > self._heard_at())

    @property
    def due_at(self) -> float | None:
        """When it asks, or begins an election; None while it does not watch."""
        if self._since is None:
            return None
        figures = self._coop.parameters
        return self._heard_at() + (figures.election_s if self.retries else figures.query_s)

    def begin(self) -> None:
        """Watch from now on."""
        self._since, self._asked_at = self._coop.kernel.now(), None
        self.resume()

    def end(self) -> None:
        """Watch no more."""
        self._since = self._asked_at = None
        self.suspend()

    def suspend(self) -> None:
        """Somebody else sees to it that the primary is heard."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def resume(self) -> None:
        """Look when it is time, unless somebody else sees to that."""
        self.suspend()
        due_at = self.due_at
        if due_at is not None and self._coop.inbound is None:
            self._timer = self._coop.kernel.call_at(due_at, self._look)

    def _heard_at(self) -> float:
        primary = self._coop.primary
        heard_at = None if primary is None else primary.peer.heard_at
        return max(self._since or 0.0, heard_at or 0.0)

    def _look(self) -> None:
        # an announcement that arrives at this very time still counts
        self._timer = None
        self._coop.kernel.post(0.0, self._judge)

    def _judge(self) -> None:
        coop, now, due_at = self._coop, self._coop.kernel.now(), self.due_at
        if self._timer is not None or due_at is None or due_at > now:
            self.resume()
        elif not self.retries:
            self._asked_at = now
            primary = coop.primary
            for link in coop.table.all if primary is None else (primary,):
                coop.send(link, asks=True)
            self.resume()
        else:
            coop.roles.lose_primary(silent=True)
