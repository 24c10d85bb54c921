"""How key servers elect a primary."""

from typing import TYPE_CHECKING

from ...clock import Timer
from ..records import PeerStatus

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_link import Link


class Election:
    """An election as one key server takes part in it.

    It asks all peers, collects what they answer, and compares: the highest priority wins, then the
    highest address. Who has no keys, as after a boot, loses against those who have some: a primary
    that boots comes back as a secondary, however fast it is (concepts document), and keys outlive
    who made them. It ends when a primary announces itself, when all peers have answered, or after
    its time.
    """

    __slots__ = ("_coop", "_since", "_timer", "due_at")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self._since = 0.0
        self._timer: Timer | None = None
        self.due_at: float | None = None

    @property
    def running(self) -> bool:
        """Whether there is an election."""
        return self.due_at is not None

    def begin(self, wait_s: float) -> None:
        """Begin, and wait so many seconds for answers."""
        self.end()
        coop = self._coop
        previous = coop.previous_primary or "NONE"
        text = f"KS entering election mode in group {coop.name} (Previous Primary = {previous})"
        coop.log(5, "COOP_KS_ELECTION", text)
        self._since = coop.kernel.now()
        self.due_at = self._since + wait_s
        self._timer = coop.kernel.call_at(self.due_at, self._decide)
        for link in coop.table.all:
            coop.send(link, asks=True)
        self.answered()

    def end(self) -> None:
        """There is no election any more."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self.due_at = None

    def answered(self) -> None:
        """A peer has answered: decide early if it was the last one."""
        if self.running and all(self._heard(link) for link in self._coop.table.all):
            self._decide()

    def _heard(self, link: "Link") -> bool:
        heard_at = link.peer.heard_at
        return heard_at is not None and heard_at >= self._since

    def _decide(self) -> None:
        self.end()
        coop = self._coop
        own = coop.group.share() is not None, coop.rank
        if any(
            (link.keyed, link.rank) > own
            for link in coop.table.all
            if self._heard(link) and link.peer.status is PeerStatus.ALIVE
        ):
            coop.roles.step_back()
        else:
            coop.roles.promote()
