"""How the role of a key server changes: elections, primaries that come and go, merges."""

from typing import TYPE_CHECKING

from ..messages import Announcement, SharedState
from ..records import PeerStatus, Role
from .coop_election import Election

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_link import Link


class Roles:
    """What makes a key server primary or secondary.

    Nobody takes the role from a primary that lives: priorities count in elections, and where two
    primaries meet.
    """

    __slots__ = ("_coop", "_stepped_down", "election")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self._stepped_down = False
        self.election = Election(coop)

    # ---- elections ----

    def elect(self, *, on_demand: bool = False) -> None:
        """Elect a primary; a primary steps down for it, `on_demand` of an operator."""
        coop = self._coop
        coop.wake()
        coop.end_term()
        coop.silence.end()
        coop.adoption.forget()
        coop.primary = None
        was_primary, coop.role = coop.role is Role.PRIMARY, Role.ELECTION
        self._stepped_down = on_demand and was_primary
        if was_primary:
            coop.group.demoted("")
        self.election.begin(coop.parameters.election_wait_s)

    def lose_primary(self, *, silent: bool = False) -> None:
        """The primary is silent, or is none any more."""
        primary = self._coop.primary
        if primary is not None and silent:
            primary.silent()
        self.elect()

    def step_back(self) -> None:
        """Another key server wins the election: wait for its announcement."""
        was, self._coop.role = self._coop.role, Role.SECONDARY
        self._watch(was)

    def promote(self) -> None:
        """The election is won."""
        coop = self._coop
        previous, coop.previous_primary = coop.previous_primary, coop.address
        self._stepped_down = False
        coop.adoption.forget()
        for link in coop.table.all:
            # a secondary told of its own members only
            link.sent_serial = 0
        coop.role = Role.PRIMARY
        text = f"KS {coop.address} in group {coop.name} transitioned to Primary"
        coop.log(5, "COOP_KS_TRANS_TO_PRI", f"{text} (Previous Primary = {previous or 'NONE'})")
        before = coop.sequence
        coop.group.promoted(previous)
        coop.begin_term(announced=coop.sequence > before)

    # ---- what others announce ----

    def hear(self, link: "Link", heard: Announcement) -> None:
        """Draw the conclusions from the role of a key server that announces itself."""
        if heard.role is not Role.PRIMARY:
            if link is self._coop.primary:
                self.lose_primary()
        elif self._coop.role is Role.PRIMARY:
            self._meet(link, heard)
        else:
            self._hear_primary(link, heard.state)

    def _hear_primary(self, link: "Link", state: SharedState | None) -> None:
        current = self._coop.primary
        if current is not link:
            if current is not None and current.rank > link.rank and not self._lost(current):
                return
            self._follow(link)
        self._coop.adoption.state(link, state)

    def _meet(self, link: "Link", heard: Announcement) -> None:
        """Two primaries hear each other: the lower one steps down.

        It announces itself once more as the primary, so that the other one learns its keys and
        members; what these do then is up to the groups.
        """
        coop = self._coop
        coop.send(link)
        if link.rank > coop.rank:
            self._follow(link)
            coop.adoption.state(link, heard.state)
            coop.send(link)
        elif heard.state is not None:
            coop.group.adopt(heard.state, link.peer.address)

    def _follow(self, link: "Link") -> None:
        coop = self._coop
        coop.wake()
        coop.end_term()
        self.election.end()
        was, coop.role = coop.role, Role.SECONDARY
        coop.primary = link
        # another one may have told of fewer members
        link.known_serial = 0
        address = coop.previous_primary = link.peer.address
        coop.adoption.forget()
        if self._stepped_down:
            self._stepped_down = False
            text = f"Primary role Usurped by KS {address} in group {coop.name}"
            coop.log(5, "COOP_KS_ADMN_USRP_PRI", text)
        if was is Role.PRIMARY:
            coop.group.demoted(address)
        self._watch(was)

    def _watch(self, was: Role) -> None:
        """Be a secondary; peers that know that it was in an election learn that this is over."""
        coop = self._coop
        coop.silence.begin()
        coop.table.keep_contacting()
        for link in coop.table.all if was is Role.ELECTION else ():
            coop.send(link)

    def _lost(self, primary: "Link") -> bool:
        """Whether a primary has been silent for so long that another one may take its place."""
        silent_s = self._coop.kernel.now() - (primary.peer.heard_at or 0.0)
        return (
            primary.peer.status is not PeerStatus.ALIVE or silent_s > self._coop.parameters.query_s
        )
