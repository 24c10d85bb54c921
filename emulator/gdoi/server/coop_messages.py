"""What key servers send each other before announcements, and how large announcements are."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..ike import IkeAnswer, IkeFailure, IkeOffer
from ..mailbox import GDOI_PORT
from ..messages import SharedState
from ..parameters import Parameters

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_link import Link

OPTIMIZE = "optimize"
"""The protocol version with the compact format for large groups (command reference)."""
SILENT = frozenset({IkeFailure.NO_SECRET, IkeFailure.WRONG_SECRET, IkeFailure.OFF})
"""Failures of IKE that the end which begins learns by waiting only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A key server begins an IKE SA with another one; `end` is its own end of it."""

    identity: str
    sender: str
    offer: IkeOffer
    end: "Link"


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactAnswer:
    """The answer to a contact.

    `end` is None where a device agrees to the SA but does not know the sender as a key server.
    """

    identity: str
    sender: str
    offer: IkeOffer
    answer: IkeAnswer | IkeFailure
    end: "Link | None"


def announcement_size(
    figures: Parameters, state: SharedState | None, members: int, protocol: str
) -> int:
    """The bytes of an announcement from a key server that knows so many members.

    A real one always carries the whole database, and so it is counted, although here changes
    travel.
    """
    each = figures.compact_member_bytes if protocol == OPTIMIZE else figures.member_bytes
    size = figures.announcement_bytes + members * each
    if state is not None:
        lines = sum(len(sa.entries) for sa in state.sas or state.policy.sas)
        size += figures.shared_bytes + len(state.teks) * figures.tek_bytes
        size += lines * figures.line_bytes
    return size


def answer_contact(coop: "Coop", contact: Contact, end: "Link | None") -> IkeAnswer | None:
    """Answer who begins an SA; gives what was agreed, None if IKE failed."""
    host = coop.group.host
    answer = host.ike.answer(contact.offer)
    if answer not in SILENT:
        message = ContactAnswer(
            identity=coop.identity,
            sender=coop.address,
            offer=contact.offer,
            answer=answer,
            end=end,
        )
        if not host.network.send(coop.address, contact.sender, GDOI_PORT, message):
            # the exchange takes more messages than these two
            return None
    return None if isinstance(answer, IkeFailure) else answer
