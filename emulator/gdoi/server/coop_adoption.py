"""What a secondary takes over from the primary, and what makes it doubt."""

from dataclasses import replace
from typing import TYPE_CHECKING

from ..messages import Announcement, SharedState
from ..policy import ServerPolicy
from ..records import Role

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_link import Link


class Adoption:
    """Takes over keys and members.

    A pseudotime that does not go on from the one before it is impossible: it is counted in
    `invalid_pseudotimes`, its announcement is not taken over, and `blocking` refuses new members
    until one comes that goes on. So a primary that really began anew is believed the second time.
    What counters and blocking mean exactly is not published.
    """

    __slots__ = ("_compared", "_coop", "_last", "blocking", "invalid_pseudotimes")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self.blocking = False
        self.invalid_pseudotimes = 0
        self._last: tuple[Link, float, float] | None = None
        self._compared: tuple[ServerPolicy, ServerPolicy] | None = None

    def forget(self) -> None:
        """There is no primary to take anything over from."""
        self.blocking = False
        self._last = None

    def state(self, link: "Link", state: SharedState | None) -> None:
        """Take over what the primary shares, if it is possible."""
        if state is None:
            link.clean, link.held = True, self._coop.group.share()
            return
        self._compare(state.policy)
        link.clean = self._possible(link, state)
        self.blocking = not link.clean
        if link.clean:
            group = self._coop.group
            group.adopt(state, link.peer.address)
            link.held = group.share()
        else:
            self.invalid_pseudotimes += 1

    def members(self, link: "Link", announcement: Announcement) -> bool:
        """Take over what changed of its members; whether nothing is missing in between.

        A secondary learns of members from the primary that it follows, not from others.
        """
        primary = self._coop.primary
        if primary is not None and primary is not link:
            return True
        if announcement.since > link.known_serial:
            return False
        if announcement.serial > link.known_serial or announcement.whole:
            if self._coop.role is Role.PRIMARY and announcement.gone:
                # what another primary lost sight of need not have left
                announcement = replace(announcement, gone=())
            self._coop.group.adopt_members(announcement)
            link.known_serial = announcement.serial
        return True

    def _possible(self, link: "Link", state: SharedState) -> bool:
        if state.pseudotime is None:
            self._last = None
            return True
        last, self._last = self._last, (link, state.pseudotime, state.at)
        if last is None or last[0] is not link:
            return True
        expected = last[1] + state.at - last[2]
        return abs(state.pseudotime - expected) <= self._coop.parameters.pseudotime_tolerance_s

    def _compare(self, theirs: ServerPolicy) -> None:
        """Say once for each change that the two are not configured alike."""
        own, compared = self._coop.group.policy, self._compared
        if compared is not None and compared[0] is own and compared[1] is theirs:
            return
        self._compared = own, theirs
        if own.shared() != theirs.shared():
            text = f"WARNING: Group {self._coop.name}, Configuration between Primary KS"
            self._coop.log(3, "COOP_CONFIG_MISMATCH", f"{text} and Secondary KS are mismatched")
