"""Whether key servers and members are new enough for G-IKEv2."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import ParseError, RefusedError
from ...parsers import parse
from ...parsers.records.gdoi_feature import FeatureTable, GdoiFeature
from ..ssh.device import Device
from .gikev2_settings import Settings
from .model import UnmetError
from .run import Run

FEATURE: Final = "show crypto gdoi feature gikev2"
_SHOWN: Final = 3


def ask_feature(device: Device) -> GdoiFeature | None:
    """Which devices can do G-IKEv2, as a key server shows it; None if it does not."""
    try:
        record = parse(FEATURE, device.send(FEATURE), source=device.name)
    except (RefusedError, ParseError):
        return None
    return record if isinstance(record, GdoiFeature) else None


def check_features(run: Run, s: Settings) -> None:
    """Raise UnmetError where devices are too old."""
    found = list(too_old(s, ask_feature(run.device(s.primary))))
    if found:
        raise UnmetError(found[0], device=s.primary, hint="'getvpn upgrade' gives it another image")


def too_old(s: Settings, record: GdoiFeature | None) -> Iterator[str]:
    """Why devices are too old for it, in clauses."""
    name = s.names[s.primary]
    found = next((each for each in record.groups if each.group == name), None) if record else None
    if found is None or found.key_servers is None:
        yield f"it does not say which devices can do G-IKEv2 ('{FEATURE}')"
        return
    tables = (("key servers", found.key_servers), ("members", found.members or FeatureTable()))
    for what, table in tables:
        old = [f"{each.address} ({each.version})" for each in table.devices if not each.supported]
        if old:
            more = f" and {len(old) - _SHOWN} more" if len(old) > _SHOWN else ""
            yield f"these {what} cannot do G-IKEv2: {', '.join(old[:_SHOWN])}{more}"
