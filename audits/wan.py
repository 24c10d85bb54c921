"""The interfaces of a member: those that encrypt, and those towards its LAN."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ..overhead import Family
from ..parsers.config import CryptoMap, DeviceConfig, Interface

ETHERNET_MTU = 1500
"""Bytes of a packet on an interface without `mtu`."""

GRE_HEADERS = 24
"""Bytes that GRE over IPv4 puts around a packet."""
_LAN_KINDS = (
    *("ethernet", "fastethernet", "gigabitethernet", "twogigabitethernet", "fivegigabitethernet"),
    *("tengigabitethernet", "twentyfivegige", "fortygigabitethernet", "fiftygige"),
    *("hundredgige", "vlan", "port-channel", "bvi", "bdi"),
)
"""Kinds of interfaces to which hosts are attached."""


def crypto_interfaces(
    config: DeviceConfig, family: Family = "ipv4", group: str | None = None
) -> tuple[Interface, ...]:
    """The interfaces that encrypt for `group`, or for any group."""
    maps = {each.name: each for each in config.crypto_maps if each.family == family}
    return tuple(
        interface
        for interface in config.interfaces.values()
        if not interface.shutdown
        and (name := _map_name(interface, family)) is not None
        and (name not in maps or _serves(maps[name], group))
    )


def groups_behind(
    config: DeviceConfig, interfaces: Iterable[Interface], family: Family
) -> frozenset[str] | None:
    """The groups for which interfaces encrypt; None where a map or its group is not known."""
    maps = {each.name: each for each in config.crypto_maps if each.family == family}
    found: set[str] = set()
    for interface in interfaces:
        name = _map_name(interface, family)
        if name not in maps:
            return None
        for entry in maps[name].entries:
            if entry.kind == "gdoi" and entry.group is None:
                return None
            if entry.kind == "gdoi" and entry.group is not None:
                found.add(entry.group)
    return frozenset(found)


def lan_interfaces(config: DeviceConfig, family: Family = "ipv4") -> Iterator[Interface]:
    """The interfaces with hosts behind a member: Ethernet and the like, without crypto map.

    They are in the VRF of an interface that encrypts; a public side (`ip nat outside`) is none.
    """
    vrfs = {interface.vrf for interface in crypto_interfaces(config, family)}
    for interface in config.interfaces.values():
        encrypts = interface.crypto_map or interface.ipv6_crypto_map
        if (
            not encrypts
            and not interface.shutdown
            and interface.nat != "outside"
            and interface.vrf in vrfs
            and _is_lan_kind(interface.name)
            and _has_address(interface, family)
        ):
            yield interface


def mtu_of(config: DeviceConfig, interface: Interface, family: Family = "ipv4") -> int:
    """The largest packet in bytes that leaves `interface` whole."""
    own = interface.ipv6_mtu if family == "ipv6" else interface.ip_mtu
    if own is not None:
        return own
    physical = config.interfaces.get(interface.name.partition(".")[0], interface)
    found = interface.mtu or physical.mtu or ETHERNET_MTU
    return found - GRE_HEADERS if interface.is_tunnel else found


def _map_name(interface: Interface, family: Family) -> str | None:
    return interface.ipv6_crypto_map if family == "ipv6" else interface.crypto_map


def _serves(crypto_map: CryptoMap, group: str | None) -> bool:
    return any(
        entry.kind == "gdoi" and group in (None, entry.group) for entry in crypto_map.entries
    )


def _is_lan_kind(name: str) -> bool:
    letters = name.lower().rstrip("0123456789./:")
    return bool(letters) and any(kind.startswith(letters) for kind in _LAN_KINDS)


def _has_address(interface: Interface, family: Family) -> bool:
    if family == "ipv6":
        return bool(interface.ipv6_addresses)
    return bool(interface.addresses) or interface.dhcp or interface.unnumbered is not None
