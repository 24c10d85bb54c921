"""`show crypto gdoi feature [NAME]`: which devices of a group can do a feature.

All keywords print one shape; the record's `command` names the feature that was asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from .. import convert
from ..convert import Address
from ..record import Record, Row, read, required


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDevice(Row):
    """A key server or member, its GETVPN software version, and whether it can do the feature."""

    address: Address = required(convert.address)
    version: str | None = read(convert.word_or_none)
    supported: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable(Row):
    """The rows under one heading."""

    devices: tuple[FeatureDevice, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup(Row):
    """The devices of one group by their role."""

    together = (("group", "key_servers", "members"),)

    group: str
    transport: str | None = None
    key_servers: FeatureTable | None = None
    members: FeatureTable | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiFeature(Record):
    """All groups that the device knows."""

    groups: tuple[FeatureGroup, ...] = ()
