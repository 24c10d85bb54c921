"""How large packets of members may be: per crypto map, LAN by LAN, and at the other sites."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ..overhead import BEST, WORST, Family, segment
from .group_keys import shown_transform
from .needs import IPSEC_SA
from .overhead import CLAMPS, FAMILIES, clears_df
from .room import plaintext_mtus, wrappings
from .wan import crypto_interfaces, lan_interfaces, mtu_of

if TYPE_CHECKING:
    from ..parsers.config import DeviceConfig, Interface
    from .facts import DeviceFacts, Fleet, Group, MemberRole

_MOST_ELSEWHERE: Final = 5
"""The smallest links of other members that are told."""
_UNKNOWN: Final = "no transform set of the group is known"


@dataclass(frozen=True, slots=True, kw_only=True)
class LanSide:
    """A LAN of a member."""

    interface: str
    """The interface."""
    mtu: int
    """The largest packet that comes from it, in bytes."""
    clamp: int | None
    """The largest TCP segment that is let through, in bytes; None: they are not clamped."""
    fits: int | None
    """Larger packets than this fragment, in bytes; None: all fit."""
    tcp_fits: bool
    """Whether the packets of TCP fit, for the clamp or since all do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """A link of another member that takes only smaller packets."""

    device: str
    """The member."""
    interface: str
    """The interface."""
    fits: int
    """The largest packet that fits when it is encrypted, in bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MapMtu:
    """What an interface with a crypto map leaves for packets of a group."""

    device: str
    """The member."""
    group: str
    """The group."""
    crypto_map: str
    """The crypto map."""
    interface: str
    """The interface that it is on."""
    family: Family
    """The address family of the packets."""
    path_mtu: int
    """The largest encrypted packet that the path takes, in bytes."""
    transforms: tuple[str, ...]
    """The transforms of the group, the one that takes most room first."""
    time_based: bool
    """Whether there is replay protection by time, which takes room."""
    tagged: bool
    """Whether there are security group tags, which take room."""
    overhead: tuple[int, int]
    """What encryption adds at least and at most, in bytes."""
    largest_inner: int
    """The largest packet that fits, in bytes; with `unknown` the largest that does in any case."""
    told: int | None
    """The device's own answer (`plaintext mtu`), in bytes; None: there is none."""
    mss: int
    """The largest right value of `command` for this link, in bytes."""
    group_mss: int
    """The same for the smallest link of all members that are known, in bytes."""
    clears_df: bool
    """Whether the device takes the bit away that forbids to fragment."""
    lans: tuple[LanSide, ...] = ()
    """The LANs of the member."""
    elsewhere: tuple[Elsewhere, ...] = ()
    """The smallest links of other members, where they take less."""
    unknown: str = ""
    """What is not known; empty: all is."""

    @property
    def command(self) -> str:
        """The command that clamps segments."""
        return CLAMPS[self.family]

    @property
    def fragments(self) -> bool:
        """Whether packets of a LAN fragment here."""
        return any(each.fits is not None for each in self.lans)


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupMtu:
    """The crypto maps of the members of a group; `unknown` are members that nothing is known of."""

    group: str
    maps: tuple[MapMtu, ...]
    unknown: tuple[str, ...] = ()


def member_mtus(fleet: Fleet, path_mtu: int | None = None) -> tuple[GroupMtu, ...]:
    """The MTUs of all members; with `path_mtu`, a path takes no more than these bytes."""
    return tuple(_group(fleet, each, path_mtu) for each in fleet.groups if each.members)


def _group(fleet: Fleet, group: Group, path_mtu: int | None) -> GroupMtu:
    found: list[MapMtu] = []
    unknown = []
    for role in group.members:
        maps = list(_member(fleet, role, path_mtu))
        found += maps
        if not maps:
            reason = role.device.config_gap or "there is no configuration"
            if role.device.config_complete:
                reason = "no interface has a crypto map for the group"
            unknown.append(f"{role.device.name}: {reason}")
    smallest = {
        family: sorted(
            (each for each in found if each.family == family), key=lambda each: each.largest_inner
        )[: _MOST_ELSEWHERE + 1]
        for family in FAMILIES
    }
    return GroupMtu(
        group=group.label,
        maps=tuple(_beside(each, smallest[each.family]) for each in found),
        unknown=tuple(unknown),
    )


def _beside(one: MapMtu, smallest: Sequence[MapMtu]) -> MapMtu:
    """The map with what the smallest links of the group take."""
    smaller = tuple(
        Elsewhere(device=each.device, interface=each.interface, fits=each.largest_inner)
        for each in smallest
        if each.device != one.device and each.largest_inner < one.largest_inner
    )
    mss = segment(smallest[0].largest_inner, one.family)
    return replace(one, elsewhere=smaller[:_MOST_ELSEWHERE], group_mss=mss)


def _member(fleet: Fleet, role: MemberRole, path_mtu: int | None) -> Iterator[MapMtu]:
    config = role.device.config
    if config is None:
        return
    for family in FAMILIES:
        for interface in crypto_interfaces(config, family, role.group):
            yield _map(fleet, role, config, interface, family, path_mtu)


def _map(
    fleet: Fleet,
    role: MemberRole,
    config: DeviceConfig,
    interface: Interface,
    family: Family,
    path_mtu: int | None,
) -> MapMtu:
    device = role.device
    sizes = [mtu_of(config, interface, family), *_paths(device, role.group, family)]
    mtu = min((*sizes, path_mtu) if path_mtu is not None else sizes)
    found = sorted(
        wrappings(fleet, device, config, family, role.group),
        key=lambda each: each.encapsulation.largest_inner(mtu, family),
    )
    told = min(
        (size for size, _ in plaintext_mtus(device, config, family, role.group)), default=None
    )
    worst = found[0].encapsulation if found else WORST
    overhead = worst.added(family)
    if not found:
        overhead = BEST.added(family)[0], overhead[1]
    inner = worst.largest_inner(mtu, family)
    name = interface.ipv6_crypto_map if family == "ipv6" else interface.crypto_map
    return MapMtu(
        device=device.name,
        group=role.group,
        crypto_map=name or "",
        interface=interface.name,
        family=family,
        path_mtu=mtu,
        transforms=tuple(dict.fromkeys(_as_written(each.transforms) for each in found)),
        time_based=any(each.time_based for each in found),
        tagged=any(each.tagged for each in found),
        overhead=overhead,
        largest_inner=inner,
        told=told,
        mss=segment(inner, family),
        group_mss=segment(inner, family),
        clears_df=clears_df(config),
        lans=tuple(_lans(config, interface, family, inner)),
        unknown="" if found else _UNKNOWN,
    )


def _paths(device: DeviceFacts, group: str, family: Family) -> Iterator[int]:
    """The path MTUs that the SAs of the group show."""
    version = 6 if family == "ipv6" else 4
    for output in device.records(IPSEC_SA):
        for flow in output.record.flows:
            address, size = flow.local_endpoint, flow.path_mtu_bytes
            if flow.group == group and size and address is not None and address.version == version:
                yield size


def _lans(config: DeviceConfig, outer: Interface, family: Family, inner: int) -> Iterator[LanSide]:
    for interface in lan_interfaces(config, family):
        if interface.vrf != outer.vrf:
            continue
        mtu = mtu_of(config, interface, family)
        clamp = interface.ipv6_adjust_mss if family == "ipv6" else interface.tcp_adjust_mss
        whole = mtu <= inner
        yield LanSide(
            interface=interface.name,
            mtu=mtu,
            clamp=clamp,
            fits=None if whole else inner,
            tcp_fits=whole or (clamp is not None and clamp <= segment(inner, family)),
        )


def _as_written(transforms: str) -> str:
    """Transforms as configurations spell them: shows have `esp-256-aes` for `esp-aes 256`."""
    known = shown_transform(transforms, None)
    return transforms if known is None else known.text
