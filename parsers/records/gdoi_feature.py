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
    """A key server or member, and whether it can do the feature."""

    address: Address = required(convert.address)
    """Its address."""
    version: str | None = read(convert.word_or_none)
    """The version of its GETVPN software."""
    supported: bool
    """Whether it can do the feature."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureTable(Row):
    """The rows under one heading."""

    devices: tuple[FeatureDevice, ...] = ()
    """The devices."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureGroup(Row):
    """The devices of one group by their role."""

    together = (("group", "key_servers", "members"),)

    group: str
    """The name of the group."""
    transport: str | None = None
    """How rekeys are sent: `Unicast` or `Multicast`; None where it is not printed."""
    key_servers: FeatureTable | None = None
    """The key servers."""
    members: FeatureTable | None = None
    """The members."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GdoiFeature(Record):
    """All groups that the device knows."""

    groups: tuple[FeatureGroup, ...] = ()
    """The groups, in the order in which they are printed."""
