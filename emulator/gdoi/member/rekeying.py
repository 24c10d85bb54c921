"""Rekeys: which of them a member believes, and what each kind does."""

from typing import TYPE_CHECKING

from ..mailbox import GDOI_PORT
from ..messages import Rekey, RekeyAck, RekeyKind
from ..policy import Protocol, Transport
from ..records import Registration
from .acceptance import accepted
from .adopting import adopt, synchronize
from .forwarding import key_management_passes
from .holding import drop_kek, install, registration_due, shorten, take_kek

if TYPE_CHECKING:
    from .group import MemberGroup

REPLACE_SINCE = (1, 0, 2)
"""Older members know neither replacement nor removal (GM removal guide)."""
SPI_TOLD_SINCE = (1, 0, 4)
"""Older members do not log the SPI of the KEK with a rekey (no source)."""
FAREWELLS = frozenset({RekeyKind.DELETE, RekeyKind.DELETE_NOW, RekeyKind.REAUTH})


def take(member: "MemberGroup", rekey: Rekey, source: str) -> None:
    """Do as a rekey says, if it can be decrypted, is signed by who may, and is new.

    One under a KEK that the member does not have is a message of IKE without an SA. One that was
    sent again is acknowledged again.
    """
    if not member.policy.bypass_policy and not key_management_passes(member, rekey.server):
        return
    kek = member.kek
    if kek is None or rekey.kek_spi != kek.spi:
        previous = member.previous
        if previous is None or rekey.kek_spi != previous.spi:
            member.host.ike.stray(source)
        elif rekey.sequence == member.previous_sequence and verified(member, rekey):
            _acknowledge(member, rekey)
        return
    if not verified(member, rekey):
        text = f"Processing of GDOI mode failed with peer at {source}"
        member.say(6, "IKMP_MODE_FAILURE", text, "CRYPTO")
        return
    if rekey.sequence <= member.last_sequence:
        _repeated(member, rekey)
        return
    policy = member.policy
    picky = policy.ciphers or policy.hashes or policy.transforms
    if picky and not accepted(member, rekey.kek, rekey.sas, rekey.server, task="Rekey"):
        text = f"Processing of REKEY payloads failed on GM {policy.address}"
        where = f"in the group {policy.group}, with peer at {source}"
        member.say(3, "GDOI_REKEY_FAILURE", f"{text} {where}")
        return
    _count(member, rekey)
    if rekey.kind is RekeyKind.PSEUDOTIME:
        synchronize(member, rekey.pseudotime, member.kernel.now())
    elif rekey.kind in FAREWELLS:
        _leave(member, rekey)
    else:
        _renew(member, rekey)


def verified(member: "MemberGroup", rekey: Rekey) -> bool:
    """Whether a key that the member learnt made the signature.

    That is the key learnt from the key server that sends, or the one learnt last: key servers of a
    group share a key, and what a member learnt last belongs to the rekey SA that it has now.
    """
    keys = member.server_keys
    own = keys.get(rekey.server)
    if own is not None and rekey.signed_by(own.public_der):
        return True
    latest = keys[next(reversed(keys))] if keys else None
    return latest is not None and latest is not own and rekey.signed_by(latest.public_der)


def _repeated(member: "MemberGroup", rekey: Rekey) -> None:
    if rekey.sequence == member.last_sequence:
        _acknowledge(member, rekey)
        return
    text = (
        f"Failed to process rekey seq # {rekey.sequence} in seq payload for group"
        f" {member.policy.group}, last seq # {member.last_sequence}"
    )
    member.say(3, "GDOI_REKEY_SEQ_FAILURE", text)


def _count(member: "MemberGroup", rekey: Rekey) -> None:
    policy = member.policy
    member.rekeys += 1
    member.rekeys_since += 1
    member.last_rekey_from = rekey.server
    member.last_rekey_at = member.kernel.now()
    member.last_sequence = rekey.sequence
    if rekey.pfs and policy.pfs and policy.protocol is Protocol.GIKEV2:
        member.pfs_rekeys += 1
    to = rekey.multicast if rekey.transport is Transport.MULTICAST else policy.address
    text = f"Received Rekey for group {policy.group} from {rekey.server} to {to}"
    spi = f", spi 0x{rekey.kek_spi:032X}" if member.software >= SPI_TOLD_SINCE else ""
    member.say(5, "GM_RECV_REKEY", f"{text} with seq # {rekey.sequence}{spi}")
    _acknowledge(member, rekey)


def _acknowledge(member: "MemberGroup", rekey: Rekey) -> None:
    """Only unicast rekeys are acknowledged."""
    if rekey.transport is not Transport.UNICAST:
        return
    policy = member.policy
    member.acks += 1
    member.acks_since += 1
    ack = RekeyAck(
        identity=policy.identity,
        member=policy.address,
        kek_spi=rekey.kek_spi,
        sequence=rekey.sequence,
    )
    member.host.network.send(policy.address, rekey.server, GDOI_PORT, ack)


def _renew(member: "MemberGroup", rekey: Rekey) -> None:
    """Take the keys of a rekey, and wait for the next."""
    now = member.kernel.now()
    replace = rekey.kind is RekeyKind.REPLACE
    if replace and member.software < REPLACE_SINCE:
        replace = False
        shorten(member, (), now)
    adopt(member, rekey, now)
    if rekey.kek is not None:
        take_kek(member, rekey.kek, rekey.kek.expires_at, 0, rekey.server)
    fresh = install(member, rekey.grants, now, replace=replace)
    member.draw_jitter(fresh=fresh)
    member.installed(rekey.server)
    registrar = member.registrar
    if registrar.active and (registrar.recovering or not (fresh or rekey.kek)):
        member.settle()
        return
    registrar.cancel()
    member.state = Registration.REGISTERED
    member.reregisters_at = registration_due(member, now)
    member.settle()


def _leave(member: "MemberGroup", rekey: Rekey) -> None:
    """Give up keys, and register again at a random time of the window that the message leaves.

    The texts are from memory.
    """
    now, group = member.kernel.now(), member.policy.group
    window = rekey.window_s
    if rekey.kind is RekeyKind.REAUTH:
        text = f"GM received Re-auth-msg from KS in group {group}"
        member.say(5, "GM_RECV_REAUTH", f"{text}. re-registration will start before SA expiry")
        drop_kek(member)
    elif member.software < REPLACE_SINCE:
        return
    elif rekey.kind is RekeyKind.DELETE_NOW:
        drop_kek(member)
        member.teks.clear()
    else:
        text = f"GM received delete-msg from KS in group {group}. TEKs lifetime are reduced"
        member.say(5, "GM_RECV_DELETE", f"{text} and re-registration will start before SA expiry")
        shorten(member, rekey.grants, now)
        window = window or max((held.remaining_s(now) for held in member.teks), default=0.0)
    if rekey.kind is not RekeyKind.DELETE_NOW:
        # who has no keys to wait with does not wait
        last = max((held.expires_at for held in member.teks), default=now)
        window = min(window, last - now - member.host.parameters.rollover_s)
    member.registrar.cancel()
    gone = rekey.kind is RekeyKind.DELETE_NOW
    member.state = Registration.NONE if gone else Registration.REGISTERED
    delay = member.chance.uniform(0.0, max(0.0, window))
    if gone:
        text = f"GM receive REMOVAL-NOW in group {group} to cleanup downloaded policy now"
        later = f"Re-registration will start in a randomly chosen period of {int(delay)} sec"
        member.say(5, "GM_RECV_DELETE", f"{text}. {later}")
    member.reregisters_at = now + delay
    member.settle()
