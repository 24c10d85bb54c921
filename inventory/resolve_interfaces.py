"""Interfaces: addresses, crypto maps, the clamp of TCP segments, multicast, VRFs."""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from ipaddress import IPv4Interface

from .models import Group, KeyServer, Lan, Member
from .policy import largest_segment
from .relations import LOOPBACK, Seat
from .views import AddressFamily, CryptoMapView, InterfaceView, VrfView

USUAL_MTU = 1500
_BEFORE_HARDWARE = (LOOPBACK, "Tunnel", "Port-channel")
_HARDWARE = ("GigabitEthernet", "TenGigabitEthernet", "FastEthernet", "Ethernet", "Serial")
_NAME = re.compile(r"([A-Za-z-]+?)(\d[\d/.]*)")


def server_interfaces(server: KeyServer, groups: Sequence[Group]) -> tuple[InterfaceView, ...]:
    """The interface that a key server answers on, and that towards the network."""
    wan, own = server.wan, server.interface
    multicast = any(group.rekey.multicast is not None for group in groups)
    found = {}
    if own is not None and own.startswith(LOOPBACK):
        address = IPv4Interface(f"{server.address}/32")
        vrf = wan.vrf if wan is not None else None
        found[own] = InterfaceView(name=own, address=address, vrf=vrf)
    if wan is not None and wan.interface is not None:
        found[wan.interface] = InterfaceView(
            name=wan.interface,
            vrf=wan.vrf,
            address=wan.address,
            address6=wan.address6,
            mtu=_mtu(wan.mtu),
            pim=multicast,
        )
    return _in_order(found.values())


def member_interfaces(
    member: Member, seats: Sequence[Seat], maps: Sequence[CryptoMapView]
) -> tuple[InterfaceView, ...]:
    """The interface towards the network, and those towards the site."""
    applied = {view.family: view.name for view in maps}
    joins = dict.fromkeys(
        (seat.group.rekey.multicast, server.address)
        for seat in seats
        if seat.group.rekey.multicast is not None
        for server in seat.servers
    )
    outer = [
        InterfaceView(
            name=wan.interface,
            vrf=wan.vrf,
            address=wan.address,
            address6=wan.address6,
            mtu=_mtu(wan.mtu),
            crypto_map=applied.get("ipv4"),
            crypto_map6=applied.get("ipv6"),
            pim=bool(joins),
            igmp_joins=tuple((group, source) for group, source in joins if group is not None),
        )
        for wan in (member.wan, *member.uplinks)
        if wan.interface is not None
    ]
    groups = [seat.group for seat in seats]
    return _in_order([*outer, *(_site(member, lan, groups) for lan in member.lan)])


def vrfs(
    names: Iterable[str | None], groups: Iterable[Group], more: Iterable[AddressFamily] = ()
) -> tuple[VrfView, ...]:
    """The VRFs of interfaces towards the network; IPv4 is always there, to register."""
    wanted = sorted({name for name in names if name is not None})
    if not wanted:
        return ()
    six = any(family == "ipv6" for family in (*(group.family for group in groups), *more))
    return tuple(
        VrfView(name=name, families=("ipv4", "ipv6") if six else ("ipv4",)) for name in wanted
    )


def multicast_routing(vrf: str | None, groups: Iterable[Group]) -> tuple[str | None, ...]:
    """Where multicast has to be routed for rekeys: the table of the interface to the network."""
    return (vrf,) if any(group.rekey.multicast is not None for group in groups) else ()


@lru_cache(maxsize=4096)
def interface_order(name: str) -> tuple[object, ...]:
    """The place of an interface in a configuration: loopbacks and tunnels before the hardware.

    A port without a slot comes behind those with one (running configurations of ISR 4000).
    """
    match = _NAME.fullmatch(name)
    if match is None:
        return (2, name)
    kind, number = match.groups()
    numbers = tuple(int(part) for part in re.split(r"[/.]", number))
    if kind in _BEFORE_HARDWARE:
        return (0, _BEFORE_HARDWARE.index(kind), False, *numbers)
    known = _HARDWARE.index(kind) if kind in _HARDWARE else len(_HARDWARE)
    return (1, known, "/" not in number, *numbers)


def _in_order(views: Iterable[InterfaceView]) -> tuple[InterfaceView, ...]:
    return tuple(sorted(views, key=lambda view: interface_order(view.name)))


def _site(member: Member, lan: Lan, groups: Sequence[Group]) -> InterfaceView:
    mtu = min(wan.mtu for wan in (member.wan, *member.uplinks))
    return InterfaceView(
        name=lan.interface,
        vrf=member.wan.vrf,
        address=lan.address,
        address6=lan.address6,
        mss=largest_segment(groups, mtu, "ipv4", lan.mss),
        mss6=_segment6(lan, mtu, groups),
    )


def _segment6(lan: Lan, mtu: int, groups: Sequence[Group]) -> int | None:
    if lan.mss6 is None:
        return largest_segment(groups, mtu, "ipv6", lan.mss)
    joined = any(group.family == "ipv6" for group in groups)
    return lan.mss6 if joined and lan.mss6 != "none" else None


def _mtu(mtu: int) -> int | None:
    return None if mtu == USUAL_MTU else mtu
