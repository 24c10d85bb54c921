"""The LANs of members, and whether their packets still fit when they are encrypted.

The sizes of what encryption adds are those of `getvpn.overhead`; the room that a member's WAN
leaves is worked out in `room`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Final, cast

from ..overhead import Family, segment
from ..parsers.config import DeviceConfig, Interface
from .facts import DeviceFacts, Fleet
from .room import Room, room_of
from .wan import crypto_interfaces, lan_interfaces, mtu_of

FAMILIES: Final[tuple[Family, ...]] = ("ipv4", "ipv6")
CLAMPS: Final[dict[Family, str]] = {"ipv4": "ip tcp adjust-mss", "ipv6": "ipv6 tcp adjust-mss"}
"""The command that clamps TCP segments on an interface."""

Rooms = tuple[Room, ...]
_ROOMS: Final = "room for packets, with the fleet that has the key servers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lan:
    """A LAN interface of a member, with the room that the WAN leaves for its packets.

    `mtu` is the largest packet from its hosts, `clamp` the largest TCP segment that it lets
    through (None: any), in bytes.
    """

    interface: Interface
    family: Family
    mtu: int
    clamp: int | None
    room: Room

    @property
    def field(self) -> str:
        """The field of the clamp."""
        return "ipv6_adjust_mss" if self.family == "ipv6" else "tcp_adjust_mss"

    def fits(self, limit: int) -> bool:
        """Whether no packet of its hosts is too large when it is encrypted.

        Where the transform is not known, packets of at most `limit` bytes are taken to fit.
        """
        return self.mtu <= self.room.least or self.mtu <= min(limit, self.room.most)

    def largest_segment(self, limit: int, room: int) -> int:
        """The largest segment that is advised, for a largest packet of `room` bytes."""
        return min(limit, segment(room, self.family))

    @property
    def why(self) -> str:
        """What happens to full packets."""
        least, most = self.room.added
        return (
            f"packets of {self.mtu} bytes grow by {least} to {most}, "
            f"the MTU of {self.room.wan} is {self.room.mtu}"
        )


def rooms_of(fleet: Fleet, device: DeviceFacts) -> Rooms:
    """The room behind the encrypting interfaces of a member, for each address family and VRF."""
    known = cast("tuple[Fleet, Rooms] | None", device.memo.get(_ROOMS))
    if known is None or known[0] is not fleet:
        known = fleet, tuple(_rooms(fleet, device))
        device.memo[_ROOMS] = known
    return known[1]


def _rooms(fleet: Fleet, device: DeviceFacts) -> Iterator[Room]:
    if device.config is None:
        return
    for family in FAMILIES:
        by_vrf: dict[str | None, list[Interface]] = {}
        for interface in crypto_interfaces(device.config, family):
            by_vrf.setdefault(interface.vrf, []).append(interface)
        for outer in by_vrf.values():
            yield room_of(fleet, device, device.config, outer, family)


def lans_of(fleet: Fleet, device: DeviceFacts, config: DeviceConfig) -> Iterator[Lan]:
    """The LANs of the member `device` with configuration `config`, by address family and VRF."""
    for room in rooms_of(fleet, device):
        ipv6 = room.family == "ipv6"
        for interface in lan_interfaces(config, room.family):
            if interface.vrf == room.vrf:
                yield Lan(
                    interface=interface,
                    family=room.family,
                    mtu=mtu_of(config, interface, room.family),
                    clamp=interface.ipv6_adjust_mss if ipv6 else interface.tcp_adjust_mss,
                    room=room,
                )


def clears_df(config: DeviceConfig) -> bool:
    """Whether the bit that forbids fragments is cleared, on the device or where it encrypts."""
    outer = (*crypto_interfaces(config), *crypto_interfaces(config, "ipv6"))
    lines = chain(config.tree.lines, *(interface.line.children for interface in outer))
    return any(line.text == "crypto ipsec df-bit clear" for line in lines)
