"""What routers refuse about the addresses of their interfaces, and what cannot work there."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network, IPv6Interface, IPv6Network
from typing import Final

from .models import Device, KeyServer, Lan, Member, Wan
from .problem import Path, Problem, shown
from .relations import LOOPBACK, Relations

_HOST: Final = 32
_ETHERNET: Final = (
    *("Ethernet", "FastEthernet", "GigabitEthernet", "TenGigabitEthernet", "TwentyFiveGigE"),
    *("FortyGigabitEthernet", "HundredGigE", "Port-channel", "Vlan", "BDI"),
)
"""Interfaces on which a network has more than one device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """An address of an interface, and where it stands; `vrf` is None for the global table."""

    path: Path
    interface: str
    vrf: str | None
    address: IPv4Interface | IPv6Interface

    @property
    def network(self) -> IPv4Network | IPv6Network:
        """The network of the address."""
        return self.address.network


@dataclass(frozen=True, slots=True, kw_only=True)
class _Peer:
    """Whom a device has to reach, and in which VRF."""

    name: str
    address: IPv4Address
    vrf: str | None


def interface_problems(relations: Relations) -> Iterator[Problem]:
    """The problems of interfaces of devices that are configured."""
    for at, server in enumerate(relations.intent.key_servers):
        if not server.external:
            places = list(_of_server(("key_servers", at), server))
            yield from _of_device(server, places)
            yield from _unreachable(server, places, _peers_of_server(relations, server))
    for at, member in enumerate(relations.intent.members):
        if not member.external:
            places = list(_of_member(("members", at), member))
            yield from _of_device(member, places)
            yield from _unreachable(member, places, _peers_of_member(relations, member))


def _of_server(path: Path, server: KeyServer) -> Iterator[_Place]:
    wan, own = server.wan, server.interface
    if wan is None:
        return
    if own is not None and own.startswith(LOOPBACK) and own != wan.interface:
        address = IPv4Interface(server.address)
        yield _Place(path=(*path, "address"), interface=own, vrf=wan.vrf, address=address)
    yield from _of_interface((*path, "wan"), wan.interface, wan.vrf, wan)


def _of_member(path: Path, member: Member) -> Iterator[_Place]:
    yield from _of_interface((*path, "wan"), member.wan.interface, member.wan.vrf, member.wan)
    for n, wan in enumerate(member.uplinks):
        yield from _of_interface((*path, "uplinks", n), wan.interface, wan.vrf, wan)
    for n, lan in enumerate(member.lan):
        yield from _of_interface((*path, "lan", n), lan.interface, member.wan.vrf, lan)


def _of_interface(
    path: Path, name: str | None, vrf: str | None, said: Wan | Lan
) -> Iterator[_Place]:
    if name is None:
        return
    if said.address is not None:
        yield _Place(path=(*path, "address"), interface=name, vrf=vrf, address=said.address)
    if said.address6 is not None:
        yield _Place(path=(*path, "address6"), interface=name, vrf=vrf, address=said.address6)


def _of_device(device: Device, places: list[_Place]) -> Iterator[Problem]:
    for n, place in enumerate(places):
        if _host_on_ethernet(place):
            yield Problem(
                place.path,
                f"{device.name} refuses /{_HOST} on {place.interface}",
                "give the prefix length of the network that it is in, such as /30",
            )
        for other in places[:n]:
            if _overlap(place, other):
                yield Problem(
                    place.path,
                    f"{place.network} on {place.interface} overlaps with {other.network} on "
                    f"{other.interface} of {device.name}: {shown(other.path)}",
                    "give one of them another network",
                )


def _host_on_ethernet(place: _Place) -> bool:
    single = place.address.version == 4 and place.network.prefixlen == _HOST
    return single and place.interface.rstrip("0123456789/.:") in _ETHERNET


def _overlap(one: _Place, other: _Place) -> bool:
    if one.vrf != other.vrf or one.interface == other.interface:
        return False
    if one.address.is_link_local or other.address.is_link_local:
        return False
    if isinstance(one.network, IPv4Network) and isinstance(other.network, IPv4Network):
        return one.network.overlaps(other.network)
    if isinstance(one.network, IPv6Network) and isinstance(other.network, IPv6Network):
        return one.network.overlaps(other.network)
    return False


def _peers_of_server(relations: Relations, server: KeyServer) -> Iterator[_Peer]:
    """The other key servers and the members of its groups.

    That one of them has its own address is told of by another check.
    """
    vrf = server.wan.vrf if server.wan is not None else None
    for post in relations.posts_by_server[server.name]:
        for partner in post.partners:
            if partner.address != server.address:
                yield _Peer(name=partner.name, address=partner.address, vrf=vrf)
        for seat in relations.seats_by_group[post.group.name]:
            if seat.address is not None and seat.address != server.address:
                yield _Peer(name=seat.member.name, address=seat.address, vrf=vrf)


def _peers_of_member(relations: Relations, member: Member) -> Iterator[_Peer]:
    """Its key servers; that it registers from the address of one is told of by another check."""
    for seat in relations.seats_by_member[member.name]:
        for server in seat.servers:
            if seat.address != server.address:
                yield _Peer(name=server.name, address=server.address, vrf=seat.vrf)


def _unreachable(device: Device, places: list[_Place], peers: Iterable[_Peer]) -> Iterator[Problem]:
    """What has the address of a peer itself never reaches it."""
    found: dict[tuple[str | None, object], _Peer]
    found = {(peer.vrf, peer.address): peer for peer in peers}
    for place in places:
        peer = found.get((place.vrf, place.address.ip))
        if peer is not None:
            yield Problem(
                place.path,
                f"{peer.address} is the address of {peer.name}, which {device.name} could not "
                "reach",
                "give one of them another address",
            )
