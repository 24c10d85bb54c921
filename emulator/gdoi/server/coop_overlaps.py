"""Sender identifiers that two key servers of a group would both give."""

from typing import TYPE_CHECKING

from ..messages import SenderState
from .sender_ids import number_ranges

if TYPE_CHECKING:
    from .coop import Coop


class Overlaps:
    """Looks which KSSIDs are assigned to a peer too.

    While there are any, members that need sender identifiers get none here, as two of them would
    use the same key and nonce. Texts of the messages, and that registrations are blocked, are from
    memory of the Suite B guide.
    """

    __slots__ = ("_compared", "_coop", "_shared")

    def __init__(self, coop: "Coop") -> None:
        self._coop = coop
        self._compared: dict[str, tuple[SenderState, SenderState | None]] = {}
        self._shared: dict[str, tuple[int, ...]] = {}

    @property
    def any(self) -> bool:
        """Whether a KSSID is assigned to a peer too."""
        return bool(self._shared)

    def look(self) -> None:
        """The configuration changed: compare with all peers, and forget who is none any more."""
        links = self._coop.table.links
        for peer in self._compared.keys() - links.keys():
            del self._compared[peer]
            self._note(peer, ())
        for peer in links:
            self.compare(peer)

    def compare(self, peer: str) -> None:
        """See what a peer has been assigned; nothing is done if both have what they had."""
        own, theirs = self._coop.group.sender_ids.state, self._coop.senders_of(peer)
        known = self._compared.get(peer)
        if known is not None and known[0] is own and known[1] is theirs:
            return
        self._compared[peer] = own, theirs
        shared = {*own.assigned} & {*theirs.assigned} if theirs is not None else ()
        self._note(peer, tuple(sorted(shared)))

    def _note(self, peer: str, shared: tuple[int, ...]) -> None:
        if shared == self._shared.get(peer, ()):
            return
        name = self._coop.name
        if shared:
            self._shared[peer] = shared
            text = f"Overlapping KS Sender Identifier(s) (KSSID) {{{number_ranges(shared)}}} with"
            text += f" COOP-KS peer {peer} in group {name} blocking GM registration (MISCONFIG)"
            self._coop.log(3, "COOP_KSSID_OVERLAP", text)
            return
        del self._shared[peer]
        if not self._shared:
            text = "Resolved overlapping KS Sender Identifier(s) (KSSID) with COOP-KS peer"
            text += " allowing GM registrations once again"
            self._coop.log(5, "COOP_KSSID_OVERLAP_RESOLVED", text)
