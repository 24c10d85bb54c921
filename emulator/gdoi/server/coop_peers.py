"""Which key servers a key server cooperates with, and which it does not know."""

from typing import TYPE_CHECKING

from ..policy import CoopPolicy
from ..records import CoopPeer, PeerStatus, Role
from .coop_link import Link
from .coop_messages import Contact, answer_contact

if TYPE_CHECKING:
    from .coop import Coop

MOST_STRANGERS = 64
"""How many key servers that are no peers are remembered."""


class PeerTable:
    """The links to the peers of the configuration: `links` by address, `all` in a row."""

    __slots__ = ("_contacting", "_coop", "_handles", "_strangers", "_too_many", "all", "links")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self._handles = 0
        self._contacting = False
        self._strangers: dict[str, None] = {}
        self._too_many: tuple[str, ...] = ()
        self.links: dict[str, Link] = {}
        self.all: tuple[Link, ...] = ()

    def configure(self, policy: CoopPolicy) -> tuple[list[Link], list[Link]]:
        """Have these peers; gives the links that are new, and those that are gone."""
        coop = self._coop
        wanted = [peer for peer in dict.fromkeys(policy.peers) if peer != coop.address]
        most = coop.parameters.key_servers - 1
        too_many, wanted = tuple(wanted[most:]), wanted[:most]
        for address in too_many:
            if address not in self._too_many:
                text = f"Peer {address} exceeds the limit of cooperative key servers in group"
                coop.log(3, "COOP_LIMIT_REACHED", f"{text} {coop.name}")
        self._too_many = too_many
        old, added = self.links, []
        self.links = {}
        for address in wanted:
            link = old.pop(address, None)
            if link is None:
                link = self._new(address)
                added.append(link)
            self.links[address] = link
        self.all = tuple(self.links.values())
        for address, link in old.items():
            link.shut()
            text = f"{address} removed as COOP Key Server in group {coop.name}."
            coop.log(5, "COOP_KS_REMOVE", text)
        return added, list(old.values())

    def clear(self) -> None:
        """Have none any more."""
        for link in self.all:
            link.shut()
        self.links, self.all = {}, ()

    def keep_contacting(self) -> None:
        """Try again and again while there are peers without an SA, or that were never heard.

        A primary does so anyway when it announces itself.
        """
        coop = self._coop
        if not self._contacting and coop.role is not Role.PRIMARY:
            self._contacting = True
            coop.kernel.post(coop.parameters.announce_s, self._contact)

    def contacted_by_stranger(self, contact: Contact) -> None:
        """A device without a link begins an SA: IKE does not care which groups it is for."""
        self._strangers.pop(contact.sender, None)
        answer_contact(self._coop, contact, None)

    def announced_by_stranger(self, source: str) -> None:
        """A key server that is no peer announces itself: say so once for each SA."""
        if source not in self._strangers and len(self._strangers) < MOST_STRANGERS:
            self._strangers[source] = None
            coop = self._coop
            text = f"Contact from unauthorized KS {source} in group {coop.name}"
            text += f" at local address {coop.address}"
            coop.log(3, "COOP_KS_UNAUTH", f"{text} (Possible MISCONFIG of peer/local address)")

    def _contact(self) -> None:
        self._contacting = False
        coop = self._coop
        missing = [
            link
            for link in self.all
            if not link.peer.established or link.peer.status is not PeerStatus.ALIVE
        ]
        if missing and coop.role is not Role.PRIMARY:
            for link in missing:
                if link.peer.established:
                    coop.send(link, asks=True)
                else:
                    link.contact()
            self.keep_contacting()

    def _new(self, address: str) -> Link:
        coop = self._coop
        self._handles += 1
        self._strangers.pop(address, None)
        coop.log(5, "COOP_KS_ADD", f"{address} added as COOP Key Server in group {coop.name}.")
        handle = coop.group.server_handle + self._handles
        return Link(coop, CoopPeer(address=address, handle=handle))
