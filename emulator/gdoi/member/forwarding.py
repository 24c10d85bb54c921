"""What a member does with one packet: pure questions, nothing is counted or sent.

The order is that of the management guide: the member's own list, then the lists of the key server
as one; what permits is encrypted, what denies and what no line means passes in clear.
"""

from collections.abc import Sequence
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple, TypeVar

from ..mailbox import GDOI_PORT
from ..packets import UDP, Drop, Packet, Protection
from ..policy import FailClose, ReplayKind
from ..records import HeldTek
from .decisions import Decision, denies, traffic_policy
from .replays import CounterWindow, replayed
from .state import Direction, MemberState

M = TypeVar("M", bound=MemberState)


class Action(StrEnum):
    """What happens to a packet: `CLEAR` and `ENCRYPT` when it is sent, `ACCEPT` when received."""

    CLEAR = "clear"
    ENCRYPT = "encrypt"
    ACCEPT = "accept"
    DROP = "drop"


class Verdict(NamedTuple):
    """What happens to a packet; `tek` is what it is, or was, encrypted with."""

    action: Action
    tek: HeldTek | None = None
    reason: Drop | None = None

    @property
    def passes(self) -> bool:
        """Whether it goes on."""
        return self.action is not Action.DROP


SENT_IN_CLEAR = Verdict(Action.CLEAR)
ACCEPTED = Verdict(Action.ACCEPT)
_DROPPED = {reason: Verdict(Action.DROP, None, reason) for reason in Drop}


def send(member: MemberState, packet: Packet) -> Verdict:
    """What happens to a packet that leaves through the interface with the crypto map."""
    policy = member.policy
    if not member.attached or packet.ipv6 != policy.ipv6:
        return SENT_IN_CLEAR
    if policy.bypass_policy and _own(member, packet, packet.source):
        return SENT_IN_CLEAR
    if not member.policy_in_force:
        passes = _passes_closed(member, packet)
        return SENT_IN_CLEAR if passes else _DROPPED[Drop.FAIL_CLOSED]
    sa = decision(member, packet).sa
    if sa is None or member.sa_direction is Direction.INBOUND_ONLY:
        return SENT_IN_CLEAR
    held = member.encrypting(sa.number)
    return _DROPPED[Drop.NO_KEY] if held is None else Verdict(Action.ENCRYPT, held)


def receive(member: MemberState, packet: Packet, protection: Protection | None) -> Verdict:
    """What happens to a packet that arrives there; `protection` is None for one in clear.

    `packet` is what it is after decryption.
    """
    if protection is not None:
        return _decrypt(member, protection)
    policy = member.policy
    if not member.attached or packet.ipv6 != policy.ipv6:
        return ACCEPTED
    if policy.bypass_policy and _own(member, packet, packet.destination):
        return ACCEPTED
    if not member.policy_in_force:
        return ACCEPTED if _passes_closed(member, packet) else _DROPPED[Drop.FAIL_CLOSED]
    wanted = decision(member, packet).sa is not None
    if wanted and member.sa_direction is Direction.BOTH:
        return _DROPPED[Drop.IN_CLEAR]
    return ACCEPTED


def arrived(member: MemberState, protection: Protection) -> None:
    """Remember the number of a packet that was accepted, for a policy that counts packets."""
    held = member.holds(protection.spi)
    if held is None or protection.sequence is None:
        return
    replay = held.tek.sa.replay
    if replay.kind is ReplayKind.COUNTER:
        windows = member.windows = member.windows or {}
        window = windows.get(protection.spi)
        if window is None:
            for spi in [spi for spi in windows if member.holds(spi) is None]:
                del windows[spi]
            window = windows[protection.spi] = CounterWindow(replay.window)
        window.note(protection.sequence)


def decision(member: MemberState, packet: Packet) -> Decision:
    """What the lists of a member say of a packet."""
    traffic = member.traffic
    if traffic is None:
        traffic = member.traffic = traffic_policy(member.policy.local_entries, member.sas)
    return traffic.decide(packet)


def responsible(members: Sequence[M], packet: Packet) -> M:
    """Which of the members of one crypto map, in its order, decides over a packet.

    It is the first that has a line for it, the first of all if none has.
    """
    for member in members:
        if packet.ipv6 == member.policy.ipv6 and decision(member, packet).matched:
            return member
    return members[0]


def _decrypt(member: MemberState, protection: Protection) -> Verdict:
    if not member.attached:
        return _DROPPED[Drop.NO_MAP]
    held = member.holds(protection.spi)
    if held is None:
        return _DROPPED[Drop.INVALID_SPI]
    window = member.windows.get(protection.spi) if member.windows else None
    if replayed(held.tek.sa.replay, protection, member.pseudotime(), window):
        return Verdict(Action.DROP, held, Drop.REPLAY)
    return Verdict(Action.ACCEPT, held)


def _passes_closed(member: MemberState, packet: Packet) -> bool:
    """Whether a packet passes before the first registration.

    The map is open unless it has a fail-close list that is active; then what the list denies
    passes, and what the member's own list denies (inferred: that list always comes first).
    """
    closed: FailClose | None = member.policy.fail_close
    if closed is None:
        return True
    local = member.policy.local_entries
    return denies(local, packet) or denies(closed.entries, packet)


def _own(member: MemberState, packet: Packet, end: int) -> bool:
    """Whether a packet is group key management of the member itself (`client bypass-policy`)."""
    return (
        packet.protocol == UDP
        and GDOI_PORT in (packet.source_port, packet.destination_port)
        and end == address_number(member.policy.address)
    )


@lru_cache(maxsize=65_536)
def address_number(address: str) -> int | None:
    """An address as a number; None for none."""
    return int(ip_address(address)) if address else None


def key_management_passes(member: MemberState, peer: str) -> bool:
    """Whether the member's own registrations, rekeys and acknowledgements pass its crypto map.

    With `no client bypass-policy` its lists must let them pass: key servers do not encrypt.
    """
    policy = member.policy
    own, other = address_number(policy.address), address_number(peer)
    if policy.bypass_policy or own is None or other is None:
        return True
    ipv6 = ":" in policy.address
    leaving = Packet(own, other, UDP, GDOI_PORT, GDOI_PORT, ipv6)
    coming = Packet(other, own, UDP, GDOI_PORT, GDOI_PORT, ipv6)
    return send(member, leaving).action is Action.CLEAR and receive(member, coming, None).passes
