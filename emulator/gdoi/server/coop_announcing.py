"""What key servers tell each other, and what they do not believe."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..messages import Announcement, Departure, SharedState
from ..records import MemberRecord
from .coop_messages import announcement_size

if TYPE_CHECKING:
    from .coop import Coop
    from .coop_link import Link
    from .group import ServerGroup

Changes = tuple[int, int, Sequence[MemberRecord], Sequence[Departure]]
"""Changes of a database: since and up to which serial, who changed, and who left."""


def changes(group: "ServerGroup", since: int, *, own: bool) -> Changes:
    """What changed in the database of a group; only its `own` members, or all that it knows.

    A secondary tells of its own: the others know the rest, and who left, from the primary.
    """
    if group.member_serial == since:
        return no_changes(since)
    serial, members, gone = group.member_changes(since)
    if own:
        members, gone = tuple(record for record in members if record.local), ()
    return since, serial, members, gone


def no_changes(serial: int) -> Changes:
    """Nothing changed in a database with this serial."""
    return serial, serial, (), ()


def announcement(
    coop: "Coop",
    sequence: int,
    state: SharedState | None,
    told: Changes,
    *,
    have: int,
    asks: bool = False,
) -> Announcement:
    """What a key server says of itself now."""
    group = coop.group
    host, policy = group.host, group.policy
    key = host.signing_key(policy.rekey.label)
    since, serial, members, gone = told
    return Announcement(
        group=coop.name,
        identity=coop.identity,
        sender=coop.address,
        priority=coop.rank[0],
        role=coop.role,
        version=host.server_version,
        coop_version=host.coop_version,
        protocol=coop.protocol,
        sequence=sequence,
        asks=asks,
        signer=b"" if key is None else key.public_der,
        keyed=group.share() is not None,
        state=state,
        members=tuple(members),
        gone=tuple(gone),
        whole=since == 0,
        senders=group.sender_ids.state,
        serial=serial,
        since=since,
        have=have,
        size=size_of(coop, state),
    )


def size_of(coop: "Coop", state: SharedState | None) -> int:
    """The bytes of an announcement that shares a state, or None."""
    return announcement_size(coop.parameters, state, len(coop.group.members), coop.protocol)


def acceptable(coop: "Coop", link: "Link", heard: Announcement) -> bool:
    """Whether an announcement counts; one that does not is counted as dropped."""
    reason = _objection(coop, link, heard)
    if not reason:
        link.objection = ""
        return True
    peer = link.peer
    peer.received_drops += 1
    peer.version, peer.coop_version = heard.version, heard.coop_version
    peer.protocol = heard.protocol
    if reason != link.objection:
        link.objection = reason
        text = f"Announcement from KS {peer.address} in group {coop.name} dropped: {reason}"
        coop.log(3, "COOP_PACKET_DROPPED", text)
    return False


def _objection(coop: "Coop", link: "Link", heard: Announcement) -> str:
    """Why an announcement does not count; empty if it does."""
    host, figures = coop.group.host, coop.parameters
    if heard.sequence <= link.peer.sequence:
        return "old sequence number"
    if _major(heard.version) != _major(host.server_version):
        return f"version {heard.version} is not compatible with {host.server_version}"
    if figures.coop_checks_protocol and heard.protocol != coop.protocol:
        return f"protocol version {heard.protocol}"
    if figures.coop_checks_signer:
        key = host.signing_key(coop.group.policy.rekey.label)
        if key is None or key.public_der != heard.signer:
            return "signature does not match"
    return ""


def _major(version: str) -> str:
    """What has to be the same on all devices of a group (GM removal guide)."""
    return version.partition(".")[0]
