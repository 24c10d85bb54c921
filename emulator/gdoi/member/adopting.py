"""What a registration and a rekey have in common: policies, direction, transport, pseudotime."""

from ..mailbox import GDOI_PORT
from ..messages import Download, Rekey
from ..policy import Protocol, Transport
from .holding import schedule_use
from .state import MemberState


def adopt(member: MemberState, message: Download | Rekey, now: float) -> None:
    """Do as a message of a key server says, but for its keys."""
    sas = message.sas
    if sas is not member.sas and sas != member.sas:
        member.sas = sas
        member.traffic = None
        merge(member)
    if message.receive_only != member.receive_only:
        _turn(member, message, now)
    # members of G-IKEv2 have no IP-D3P (configuration guide of G-IKEv2)
    member.d3p_ms = 0 if member.policy.protocol is Protocol.GIKEV2 else message.d3p_ms
    _listen(member, message.transport, message.multicast)
    synchronize(member, message.pseudotime, now)


def synchronize(member: MemberState, pseudotime: float, now: float) -> None:
    """Reckon the pseudotime from what a key server says it is now."""
    offset, before = pseudotime - now, member.pseudotime_offset
    if before is not None and abs(offset - before) > member.largest_skew_s:
        member.largest_skew_s = abs(offset - before)
    member.pseudotime_offset = offset


def merge(member: MemberState) -> None:
    """Log that the member's own list and those downloaded are one (text from memory)."""
    group = member.policy.group
    if member.policy.local_entries:
        member.say(5, "GM_ACL_MERGE", f"ACL between KS and GM for group {group} merged.")


def complain(member: MemberState) -> None:
    """Log that lines of the member's own list that permit are ignored (from memory)."""
    if any(entry.permits for entry in member.policy.local_entries):
        member.say(4, "GM_ACL_PERMIT", "GM doesn't support permit ACL entries.")


def leave_tree(member: MemberState) -> None:
    """Listen to no multicast group any more."""
    if member.multicast:
        member.host.network.leave(member.multicast, member.policy.address, GDOI_PORT)
        member.multicast = ""


def join_tree(member: MemberState, multicast: str) -> None:
    """Listen to a multicast group, and to no other."""
    if multicast != member.multicast:
        leave_tree(member)
        if multicast and member.policy.address:
            member.host.network.join(multicast, member.policy.address, GDOI_PORT)
            member.multicast = multicast


def _listen(member: MemberState, transport: Transport, multicast: str) -> None:
    before = member.transport
    wanted = multicast if transport is Transport.MULTICAST else ""
    if before is not transport:
        member.transport = transport
        if before is not None:
            short = "UNI" if transport is Transport.UNICAST else "MULTI"
            text = f"Group {member.policy.group} transitioned to {transport} Rekey."
            member.say(5, f"GM_REKEY_TRANS_2_{short}", text)
    if wanted != member.multicast:
        join_tree(member, wanted)


def _turn(member: MemberState, message: Download | Rekey, now: float) -> None:
    """The key server says that members only receive, or that no longer (texts from memory)."""
    member.receive_only = message.receive_only
    group = member.policy.group
    if message.receive_only:
        text = f"Receive only ACL received from KS {message.server} in group {group}."
        member.say(5, "GM_SA_INGRESS", text)
    else:
        text = f"IPSec SAs converted to bidirectional in the group {group} on the GM."
        member.say(5, "GM_CONV_SA_DUPLEX", text)
    schedule_use(member, now)
