"""The keys of a member: taking them in, when it sends with which, when they end."""

from collections.abc import Sequence

from ..ike import SaUse
from ..keys import Kek, Tek
from ..messages import Grant
from ..records import HeldTek
from .state import Direction, MemberState

KEK_TIMED_SINCE = (1, 0, 4)
"""Members with older software keep a KEK until they get another (Cisco tech note 116737)."""
PAIR = 2
"""Each line that permits takes an SA for each direction."""


def install(
    member: MemberState, grants: Sequence[Grant], now: float, *, replace: bool = False
) -> bool:
    """Hold what was granted; whether a TEK is new.

    What it holds already gets its new end. With `replace` it holds nothing else from now on.
    """
    teks, fresh = member.teks, False
    if replace:
        wanted = {grant.tek.spi for grant in grants}
        teks[:] = [held for held in teks if held.tek.spi in wanted]
    for grant in grants:
        held = _held(teks, grant.tek.spi)
        if held is not None:
            held.expires_at = grant.expires_at
        elif grant.expires_at > now and _fits(member, grant.tek):
            fresh = True
            teks.append(
                HeldTek(
                    tek=grant.tek, received_at=now, expires_at=grant.expires_at, encrypts_at=None
                )
            )
    schedule_use(member, now)
    return fresh


def shorten(member: MemberState, grants: Sequence[Grant], now: float) -> None:
    """Give all TEKs the ends that a message which removes members leaves them.

    A TEK that the message does not name gets what the formula of the GM removal guide leaves.
    """
    ends = {grant.tek.spi: grant.expires_at for grant in grants}
    figures = member.host.parameters
    for held in member.teks:
        end = ends.get(held.tek.spi)
        if end is None:
            left = figures.shortened_s(held.tek.lifetime_s, held.remaining_s(now))
            end = now + left
        held.expires_at = min(held.expires_at, end)
    schedule_use(member, now)


def schedule_use(member: MemberState, now: float) -> None:
    """Decide from when on it sends with which TEK.

    A TEK follows the one before it of the same policy when `rollover_s` remain of that; a member
    that protects inbound only sends with none.
    """
    teks = member.teks
    if member.sa_direction is Direction.INBOUND_ONLY:
        for held in teks:
            held.encrypts_at = None
        return
    rollover = member.host.parameters.rollover_s
    ends: dict[int, float] = {}
    for held in teks:
        number, begin = held.tek.sa.number, held.encrypts_at
        before = ends.get(number)
        if begin is None or begin > now:
            held.encrypts_at = now if before is None else max(now, before - rollover)
        end = held.expires_at
        ends[number] = end if before is None or end > before else before


def expire(member: MemberState, now: float) -> bool:
    """Delete the keys whose time is over; whether there were any."""
    group = member.policy.group
    ended = [held for held in member.teks if held.expires_at <= now]
    if ended:
        member.teks[:] = [held for held in member.teks if held.expires_at > now]
        for _ in ended:
            member.say(5, "GM_DELETE_EXPIRED_TEK", f"TEK expired for group {group} and was deleted")
    kek_ends = kek_end(member)
    if kek_ends is None or kek_ends > now:
        return bool(ended)
    drop_kek(member)
    member.say(5, "GM_DELETE_EXPIRED_KEK", f"KEK expired for group {group} and was deleted")
    return True


def kek_end(member: MemberState) -> float | None:
    """When the KEK is deleted unless another comes; None for never."""
    if member.kek is None or member.software < KEK_TIMED_SINCE:
        return None
    return member.kek_expires_at


def take_kek(member: MemberState, kek: Kek, expires_at: float, sequence: int, peer: str) -> None:
    """Have a KEK in force from now on, under which `sequence` was the last rekey."""
    old = member.kek
    if old is None or old.spi != kek.spi:
        member.previous, member.previous_sequence = old, member.last_sequence
        member.last_sequence = sequence
    else:
        member.last_sequence = max(member.last_sequence, sequence)
    member.kek, member.kek_expires_at = kek, expires_at
    if member.ike_answer is not None:
        policy = member.policy
        member.host.ike.opened(
            member.ike_answer,
            SaUse(
                local=policy.address,
                peer=peer,
                initiator=False,
                purpose="rekey",
                group=policy.group,
                kek=kek,
            ),
        )


def drop_kek(member: MemberState) -> None:
    """Have no KEK any more: rekeys are not understood."""
    if member.kek is not None:
        member.previous, member.previous_sequence = member.kek, member.last_sequence
        member.kek, member.last_sequence = None, 0
        close_sa(member, "rekey")


def close_sa(member: MemberState, purpose: str) -> None:
    """The IKE SA with the key server is gone; those of rekeys are whoever sent them."""
    if member.registered_with:
        peer = "" if purpose == "rekey" else member.registered_with
        member.host.ike.closed(peer, purpose=purpose, group=member.policy.group)


def registration_due(member: MemberState, now: float) -> float | None:
    """When it has to register again if nothing comes: by the newest TEKs or the KEK.

    Where that is over already, what remains of the key counts as its lifetime: a member is told no
    other (inferred). It never registers again at once, but after `gm_retry_s`; so it does if a
    policy has no TEK. None without any policy.
    """
    figures, jitter = member.host.parameters, member.jitter_s
    due: float | None = None
    for sa in member.sas:
        newest: HeldTek | None = None
        for held in member.teks:
            if held.tek.sa.number == sa.number and (
                newest is None or held.expires_at >= newest.expires_at
            ):
                newest = held
        if newest is None:
            return now + figures.gm_retry_s
        end = newest.expires_at
        when = end - figures.registration_lead(newest.tek.lifetime_s, jitter)
        if when <= now:
            when = end - figures.registration_lead(end - now, jitter)
        due = when if due is None or when < due else due
    ends = kek_end(member)
    if ends is not None and member.kek is not None:
        when = ends - figures.kek_registration_lead(member.kek.lifetime_s, jitter)
        due = when if due is None or when < due else due
    return due if due is None or due > now else now + figures.gm_retry_s


def _held(teks: list[HeldTek], spi: int) -> HeldTek | None:
    for held in teks:
        if held.tek.spi == spi:
            return held
    return None


def _fits(member: MemberState, tek: Tek) -> bool:
    """Whether the crypto engine has SAs for one more TEK."""
    most = member.host.parameters.ipsec_flows
    if most is None:
        return True
    wanted = sum(_flows(held.tek) for held in member.teks) + _flows(tek)
    if wanted <= most:
        return True
    member.say(3, "GM_NO_IPSEC_FLOWS", "IPSec FLOW limit possibly reached")
    return False


def _flows(tek: Tek) -> int:
    return PAIR * sum(entry.permits for entry in tek.sa.entries)
