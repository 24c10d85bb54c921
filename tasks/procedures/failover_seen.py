"""What a test of a failover sees of the key servers: with the isolated primary, and without it."""

from __future__ import annotations

from typing import Final

from ..deploying.network import GroupLook
from ..deploying.observing import KS, KS_COOP, KS_MEMBERS, KS_POLICY
from ..deploying.seen import SECONDARY, ServedGroup
from .failover_settings import Settings
from .gates import looked
from .looking import look, servers_of
from .run import Run

NOTED: Final = "keys before the failover"
ISOLATED: Final = "time of the isolation"
SENT: Final = "keys before the rekey"
OWED: Final = "rekeys without acknowledgement before"
MARGIN_S: Final = 120.0
RETURNS: Final = "'getvpn runs resume' goes on, 'getvpn runs abort' waits for the old primary"
ROLE: Final = "clear crypto gdoi group {} ks coop role"
_QUICK: Final = (KS, KS_COOP, KS_POLICY, KS_MEMBERS)


def servers_seen(run: Run, s: Settings, *, others: bool = False) -> GroupLook:
    """The group as its key servers show it, or those of them that are not isolated."""
    roles = {
        name: role
        for name, role in servers_of(run, s.group).items()
        if not (others and name == s.primary)
    }
    return looked(run, s.group, look(run, roles, whole=False, only=_QUICK))


def is_gone(run: Run, s: Settings) -> bool:
    """Whether the old primary leads no more, or is lost to the others."""
    seen = servers_seen(run, s)
    others = [each for name, each in seen.servers.items() if name != s.primary]
    if any(each.role != SECONDARY for each in others):
        return True
    if s.isolate == "reload":
        return s.primary not in seen.servers
    return bool(others) and not any(hears(seen, each, s.primary) for each in others)


def hears(seen: GroupLook, server: ServedGroup, other: str) -> bool:
    """Whether a key server takes another one for alive."""
    names = seen.names_by_address
    return any(
        names.get(peer.address) == other and (peer.status or "").lower() == "alive"
        for peer in server.peers
    )
