"""Whether key servers and members are new enough for a policy that is told by a rekey."""

from __future__ import annotations

from typing import Final

from ...errors import ParseError, RefusedError
from ...parsers import parse
from ...parsers.records.gdoi_feature import FeatureTable, GdoiFeature
from ..ssh.device import Device
from .model import UnmetError
from .policy_settings import Settings

FEATURE: Final = "show crypto gdoi feature policy-replace"


def ask_features(device: Device) -> GdoiFeature | None:
    """Which devices take a policy with a rekey, as a key server shows it; None if it does not."""
    try:
        record = parse(FEATURE, device.send(FEATURE), source=device.name)
    except (RefusedError, ParseError):
        return None
    return record if isinstance(record, GdoiFeature) else None


def check_features(s: Settings, record: GdoiFeature | None) -> None:
    """Raise UnmetError where devices are too old for it."""
    found = too_old(s, record)
    if found:
        raise UnmetError(found, device=s.primary)


def too_old(s: Settings, record: GdoiFeature | None) -> str:
    """Why devices are too old for it, in a clause; empty when they are not."""
    found = _without(record, s.names[s.primary])
    if found is None:
        return (
            f"it does not say which devices can replace policies ('{FEATURE}'): such software "
            "sends a rekey by itself as soon as its policy is changed"
        )
    servers, members = found
    if servers:
        return (
            f"the key servers {', '.join(servers)} cannot replace policies: they send a rekey by "
            "themselves as soon as their policy is changed"
        )
    if members and s.apply == "replace-now":
        return (
            f"{len(members)} members cannot replace policies at once, {members[0]} first; "
            "let the old keys live on with 'rekey'"
        )
    return ""


def too_old_members(s: Settings, record: GdoiFeature | None) -> tuple[str, ...]:
    """The addresses of members that cannot replace policies at once."""
    found = _without(record, s.names[s.primary])
    return found[1] if found is not None else ()


def _without(
    record: GdoiFeature | None, group: str
) -> tuple[tuple[str, ...], tuple[str, ...]] | None:
    """The key servers and the members that cannot replace policies; None where nobody says."""
    found = next((each for each in record.groups if each.group == group), None) if record else None
    if found is None or found.key_servers is None:
        return None
    servers, members = (
        tuple(str(each.address) for each in table.devices if not each.supported)
        for table in (found.key_servers, found.members or FeatureTable())
    )
    return servers, members
