"""Sending members away: an operator removes them, or a certificate may have been revoked.

They have to register again, and only who is still authorized gets keys.
"""

from typing import TYPE_CHECKING

from ..keys import SigningKey
from ..messages import RekeyKind
from ..records import MemberRecord
from .in_force import newest
from .renewing import compose, grants, new_keys, shorten

if TYPE_CHECKING:
    from .group import ServerGroup


def remove(group: "ServerGroup", key: SigningKey, kind: RekeyKind) -> None:
    """Tell all members to register again, and serve with keys that they do not have yet.

    A graceful delete leaves the old TEKs the shortened lifetime, within which members come back; an
    immediate one takes them away. A reauthentication renews the KEK only (CRL checking guide).
    """
    now = group.kernel.now()
    before = group.in_force
    old = group.kek if group.kek is not None and group.kek.remaining_s(now) > 0 else None
    window = _window(group, kind)
    if kind is RekeyKind.DELETE:
        for tek in group.teks:
            if tek.expires_at > now:
                shorten(group, tek)
    elif kind is RekeyKind.DELETE_NOW:
        group.teks = []
    left = grants(group) if kind is RekeyKind.DELETE else ()
    reaches = group.reaches(before)
    records = _cleared(group)
    new_keys(group, teks=kind is not RekeyKind.REAUTH)
    messages = []
    if old is not None and reaches:
        messages.append(compose(group, kind, old, None, granted=left, window_s=window))
    # the others must have the new KEK before members ask them (CRL checking guide)
    group.tell()
    group.rekeying.launch(messages, key, before, records)


def _window(group: "ServerGroup", kind: RekeyKind) -> float:
    """Within which time members come back."""
    figures, now = group.host.parameters, group.kernel.now()
    if kind is RekeyKind.REAUTH:
        return figures.reauth_window_s
    return max(
        (
            figures.shortened_s(tek.lifetime_s, tek.remaining_s(now))
            for tek in newest(group.teks).values()
        ),
        default=0.0,
    )


def _cleared(group: "ServerGroup") -> list[MemberRecord]:
    records = group.database.clear(group.kernel.now())
    for record in records:
        group.log(
            4,
            "KS_GM_REVOKED",
            f"Re-Key: GM {record.address} revoked by KS in the group {group.policy.group}.",
        )
    return records
