"""The blocks that shows of group members are made of: registration, rekeys, KEK, TEKs.

All functions give lines without line ends.
"""

from collections.abc import Iterator
from functools import lru_cache

from cryptography.hazmat.primitives.serialization import load_der_public_key

from ..gdoi.member.group import MemberGroup
from ..gdoi.policy import ReplayKind, SaPolicy, Transport
from ..gdoi.records import HeldTek, Registration
from ..grammar import XE
from ..groups.transform_words import key_bytes, transform_text
from .gdoi_gm_words import (
    DIRECTIONS,
    UNKNOWN,
    Rows,
    span,
    vrf_text,
)

GDOI_PORT = 848
HMACS = {"sha": "HMAC_AUTH_SHA"}
NO_SOURCE = {XE: "UNKNOWN"}
"""What stands for the sender of a rekey that never came (captures of 17.16 and 15.4)."""


def live_teks(member: MemberGroup) -> list[HeldTek]:
    """The TEKs that have not ended, the newest first."""
    now = member.kernel.now()
    return [held for held in reversed(member.teks) if held.remaining_s(now) > 0]


def server_of(member: MemberGroup) -> str:
    """The key server that a member is registered with or asks; else the first of its list."""
    servers = member.policy.servers
    if member.registrar.active and servers:
        return servers[member.next_server % len(servers)]
    return member.registered_with or next(iter(servers), UNKNOWN)


def registration(member: MemberGroup, rows: Rows, family: str) -> Iterator[str]:
    """What `show crypto gdoi gm` says of one member."""
    policy = member.policy
    address = policy.address or UNKNOWN
    wide = 15 if rows.paths else 16
    yield f"    Group member             : {address:<{wide}} vrf: {vrf_text(policy.vrf)}"
    if rows.paths:
        yield f"       Local addr/port       : {address}/{GDOI_PORT}"
        yield f"       Remote addr/port      : {server_of(member)}/{GDOI_PORT}"
        ends = f"{vrf_text(policy.front_vrf)}/{vrf_text(policy.vrf)}"
        yield f"       fvrf/ivrf             : {ends}"
        yield f"       Version               : {member.host.version}"
    yield f"       Registration status   : {member.state}"
    if member.state is Registration.REGISTERING:
        yield f"       Registering to        : {server_of(member)}"
    else:
        known = member.registered_with if member.state is Registration.REGISTERED else ""
        yield f"       Registered with       : {known or UNKNOWN}"
    due = member.reregisters_at
    left = 0 if due is None else max(0, int(due - member.kernel.now()))
    yield f"       Re-registers in       : {left} sec"
    yield f"       Succeeded registration: {member.succeeded}"
    yield f"       Attempted registration: {member.attempted}"
    source = member.last_rekey_from or NO_SOURCE.get(family, UNKNOWN)
    yield f"       Last rekey from       : {source}"
    yield f"       Last rekey seq num    : {member.last_sequence}"
    yield from _rekey_rows(member)
    yield from _state_rows(member, rows)


def _rekey_rows(member: MemberGroup) -> Iterator[str]:
    if member.transport is Transport.MULTICAST:
        yield f"       Multicast rekey rcvd  : {member.rekeys}"
        return
    yield f"       Unicast rekey received: {member.rekeys}"
    yield f"       Rekey ACKs sent       : {member.acks}"
    yield _received_row(member)


def _received_row(member: MemberGroup) -> str:
    if member.last_rekey_at is None:
        return "       Rekey Received        : never"
    ago = span(member.kernel.now() - member.last_rekey_at)
    return f"       Rekey Rcvd(hh:mm:ss)  : {ago}"


def _state_rows(member: MemberGroup, rows: Rows) -> Iterator[str]:
    policy = member.policy
    if rows.pfs:
        yield f"       PFS Rekey received    : {member.pfs_rekeys}"
    if rows.paths:
        yield f"       DP Error Monitoring   : {'ON' if policy.recovery_s else 'OFF'}"
    if rows.types:
        yield f"       IPSEC init reg executed    : {member.initial_executed}"
        yield f"       IPSEC init reg postponed   : {member.initial_postponed}"
    teks = live_teks(member)
    if rows.paths:
        yield f"       Active TEK Number     : {len({held.tek.spi for held in teks})}"
    if rows.types:
        tracked = f"{policy.track}/{'UP' if teks else 'DOWN'}" if policy.track else "disabled"
        yield f"       SA Track (OID/status) : {tracked}"
    if rows.revert:
        revert = "Enabled" if policy.fail_close_revert else "Disabled"
        yield f"       Fail-Close Revert : {revert}"


def accepted(member: MemberGroup, rows: Rows) -> Iterator[str]:
    """What a member takes from a key server, and its rekeys in all."""
    policy = member.policy
    if rows.paths:
        yield ""
    yield f"       allowable rekey cipher: {' '.join(policy.ciphers) or 'any'}"
    yield f"       allowable rekey hash  : {' '.join(policy.hashes) or 'any'}"
    names = " ".join(transform.name for transform in policy.transforms)
    yield f"       allowable transformtag: {names or 'any ESP'}"
    yield ""
    yield "    Rekeys cumulative"
    yield f"       Total received        : {member.rekeys}"
    yield f"       After latest register : {member.rekeys_since}"
    if member.transport is Transport.MULTICAST:
        yield _received_row(member)
    else:
        yield f"       Rekey Acks sents      : {member.acks}"


def kek_policy(member: MemberGroup, rows: Rows) -> Iterator[str]:
    """The KEK of a member: `Lifetime` is what is left of it."""
    kek = member.kek
    if kek is None:
        return
    left = max(0, int(member.kek_expires_at - member.kernel.now()))
    yield "KEK POLICY:"
    yield f"    Rekey Transport Type     : {member.transport}"
    yield f"    Lifetime (secs)          : {left}"
    yield f"    Encrypt Algorithm        : {kek.cipher.name.upper()}"
    yield f"    Key Size                 : {kek.cipher.bits:<8}"
    hmac = HMACS.get(kek.sig_hash, f"HMAC_AUTH_{kek.sig_hash.upper()}")
    yield f"    Sig Hash Algorithm       : {hmac}"
    yield f"    Sig Key Length (bits)    : {signature_bits(member, encoded=rows.paths)}"
    yield ""


def signature_bits(member: MemberGroup, *, encoded: bool) -> int:
    """Bits of the public key that a member verifies rekeys with.

    Those of its modulus in 12.4T and 15.0, of its DER form later (captures).
    """
    der = public_key(member)
    return len(der) * 8 if encoded else modulus_bits(der)


def public_key(member: MemberGroup) -> bytes:
    """The public key of the key server that a member is registered with, empty without one."""
    keys = member.server_keys
    known = keys.get(member.registered_with) or next(iter(keys.values()), None)
    return known.public_der if known is not None else b""


@lru_cache(maxsize=64)
def modulus_bits(der: bytes) -> int:
    """Bits of the modulus of a public key; 0 without a key."""
    if not der:
        return 0
    return int(getattr(load_der_public_key(der), "key_size", 0))


def tek_policy(member: MemberGroup, interface: str, rows: Rows) -> Iterator[str]:
    """The TEKs of a member on an interface."""
    now = member.kernel.now()
    yield f"  {interface}:"
    for held in live_teks(member):
        sa = held.tek.sa
        spi = held.tek.spi
        yield "    IPsec SA:"
        yield f"        spi: 0x{spi:X}({spi})"
        if rows.types and not rows.pairs:
            yield "        KGS: Disabled"
        yield f"        transform: {transform_text(sa.transform)} "
        yield f"        sa timing:remaining key lifetime (sec): ({int(held.remaining_s(now))})"
        yield f"        {_replay_row(sa)}"
        if rows.tags:
            yield from _key_rows(sa)
        yield ""


def _replay_row(sa: SaPolicy) -> str:
    replay = sa.replay
    if replay.kind is ReplayKind.TIME:
        return f"Anti-Replay(Time Based) : {replay.window} sec interval"
    if replay.kind is ReplayKind.OFF:
        return "Anti-Replay : Disabled"
    return f"Anti-Replay(Counter Based) : {replay.window}"


def _key_rows(sa: SaPolicy) -> Iterator[str]:
    encrypts, protects = key_bytes(sa.transform)
    yield f"        tag method : {'cts sgt' if sa.tag else 'disabled'}"
    yield f"        alg key size: {encrypts} (bytes)"
    yield f"        sig key size: {protects} (bytes)"
    yield f"        encaps: ENCAPS_{sa.transform.mode.upper()}"


def heading(group: str, members: list[MemberGroup]) -> Iterator[str]:
    """The head of `show crypto gdoi gm`: direction and list of a group."""
    shown = dict.fromkeys(DIRECTIONS[member.sa_direction] for member in members)
    has_list = any(member.sas for member in members)
    yield f"Group Member Information For Group {group}:"
    yield f"    IPSec SA Direction       : {', '.join(shown)}"
    yield f"    ACL Received From KS     : {f'gdoi_group_{group}_temp_acl' if has_list else 'None'}"
    yield ""
