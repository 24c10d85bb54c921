"""What plans of procedures have in common."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from ...errors import DeviceError, UsageError
from ...inventory.models import Intent
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from ..deploying.seen import ServedGroup
from .policy_lines import view_of
from .survey import members_in

USUAL_LIFETIME_S = 7200


def look_at(
    intent: Intent, observed: Mapping[str, Observed], group: str, without: Collection[str] = ()
) -> tuple[GroupLook, ServedGroup]:
    """A group and the key server that leads it, or the first one where none does.

    Raises UsageError for a group that is not there or that nobody serves, and for a name in
    `without` that no member of it has; DeviceError where its key servers cannot be reached.
    """
    look = next(looks(intent, observed, [group]), None)
    if look is None:
        raise UsageError(f"the intent has no group '{group}'")
    if look.leading is None:
        for name, seen in observed.items():
            if seen.failure and name in {server.name for server in look.intended}:
                raise DeviceError(seen.failure, device=name)
        raise UsageError(f"no key server shows that it serves {group}")
    for name in without:
        if name not in look.intended_members:
            raise UsageError(f"{group} has no member '{name}' in the intent")
    return look, look.leading


def followed(intent: Intent, group: str, without: Collection[str] = ()) -> tuple[str, ...]:
    """The members of a group that steps log in to: ours, but for those `without`."""
    return tuple(name for name in members_in(intent, group) if name not in without)


def kept_intent(intent: Intent) -> dict[str, Any]:
    """An intent for the settings of a run."""
    return intent.model_dump(mode="json", by_alias=True, exclude_unset=True)


def lifetime_s(server: ServedGroup) -> int:
    """The longest lifetime of the traffic keys that are in use, in seconds."""
    return max((tek.lifetime_s or 0 for tek in server.teks), default=0) or USUAL_LIFETIME_S


def shortened_s(lifetime: int) -> int:
    """How long old keys live at most once a rekey has been sent by hand (reference §3.6)."""
    return round(max(90.0, min(0.05 * lifetime, 3600.0)))


def resent_s(look: GroupLook) -> int:
    """How long the primary sends a rekey again to who has not answered, after its configuration."""
    leading = look.leading
    config = look.observed[leading.device].config if leading is not None else None
    view = view_of(config, leading.group) if config is not None and leading is not None else None
    if view is None or not view.rekey_unicast:
        return 0
    return view.rekey_retransmit_s * (3 if view.rekey_periodic else view.rekey_retransmit_count)


def closes(seen: Observed) -> bool:
    """Whether a member sends nothing in clear while it is not registered."""
    maps = seen.config.crypto_maps if seen.config is not None else ()
    used = [each for each in maps if any(entry.group is not None for entry in each.entries)]
    return bool(used) and all(
        each.fail_close is not None and each.fail_close.activated for each in used
    )
