"""The state of the groups of a router as data, for whoever steers a lab."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..gdoi.host import Host
from ..gdoi.keys import Kek
from ..gdoi.member.group import MemberGroup
from ..gdoi.records import CoopPeer, HeldTek, MemberRecord
from ..gdoi.server.coop import Coop
from ..gdoi.server.group import ServerGroup


def inspected(
    host: Host, servers: Mapping[str, ServerGroup], members: Iterable[MemberGroup]
) -> dict[str, Any]:
    """Role, groups, keys and registrations; times are seconds that remain.

    SPIs are text with `0x`; a KEK is None where there is none.
    """
    joined = list(members)
    now = host.kernel.now()
    role = "key server" if servers else "group member" if joined else "none"
    return {
        "role": role,
        "version": host.server_version if servers else host.version,
        "servers": {name: _server(group, now) for name, group in servers.items()},
        "members": [_member(group, now) for group in joined],
    }


def _server(group: ServerGroup, now: float) -> dict[str, Any]:
    policy = group.policy
    return {
        "identity": policy.identity,
        "address": policy.address,
        "role": str(group.role),
        "pending": group.pending,
        "kek": _kek(group.kek, now),
        "teks": [
            {
                "spi": hex(tek.spi),
                "sa": tek.sa.number,
                "remaining_s": tek.remaining_s(now),
                "rekey_in_s": _until(group.tek_rekey_at.get(tek.spi), now),
            }
            for tek in group.teks
        ],
        "kek_rekey_in_s": _until(group.kek_rekey_at, now),
        "rekeys_sent": group.rekeys_sent,
        "pseudotime": group.pseudotime(),
        "members": {address: _record(known) for address, known in group.members.items()},
        "coop": None if group.coop is None else _coop(group.coop),
    }


def _record(known: MemberRecord) -> dict[str, Any]:
    return {
        "version": known.version,
        "key_server": known.key_server,
        "local": known.local,
        "rekeys_sent": known.rekeys_sent,
        "acks": known.acks,
        "missed": known.missed,
    }


def _coop(coop: Coop) -> dict[str, Any]:
    return {
        "role": str(coop.role),
        "sequence": coop.sequence,
        "peers": {address: _peer(peer) for address, peer in coop.peers.items()},
    }


def _peer(peer: CoopPeer) -> dict[str, Any]:
    return {
        "priority": peer.priority,
        "role": str(peer.role),
        "status": str(peer.status),
        "established": peer.established,
    }


def _member(group: MemberGroup, now: float) -> dict[str, Any]:
    policy = group.policy
    return {
        "group": policy.group,
        "identity": policy.identity,
        "interface": policy.interface,
        "address": policy.address,
        "vrf": policy.vrf,
        "state": str(group.state),
        "registered_with": group.registered_with,
        "attempted": group.attempted,
        "succeeded": group.succeeded,
        "reregisters_in_s": _until(group.reregisters_at, now),
        "rekeys": group.rekeys,
        "last_sequence": group.last_sequence,
        "kek": None if group.kek is None else _kek(group.kek, now, group.kek_expires_at),
        "teks": [_held(tek, now) for tek in group.teks],
        "pseudotime": group.pseudotime(),
        "receive_only": group.receive_only,
        "direction": group.direction,
    }


def _held(held: HeldTek, now: float) -> dict[str, Any]:
    return {
        "spi": hex(held.tek.spi),
        "sa": held.tek.sa.number,
        "remaining_s": held.remaining_s(now),
        "encrypts_in_s": _until(held.encrypts_at, now),
    }


def _kek(kek: Kek | None, now: float, ends: float | None = None) -> dict[str, Any] | None:
    if kek is None:
        return None
    remaining = kek.remaining_s(now) if ends is None else max(0.0, ends - now)
    return {"spi": hex(kek.spi), "remaining_s": remaining, "sequence": kek.sequence}


def _until(when: float | None, now: float) -> float | None:
    return None if when is None else max(0.0, when - now)
