"""What contradicts itself about devices: addresses, interfaces, releases, how members join."""

from collections.abc import Iterator
from ipaddress import IPv4Address

from .models import Device, KeyServer, Lan, Member, Membership, Pki, Psk, Wan
from .problem import Path, Problem, shown
from .relations import Relations, Seat, registration_interface, software

_FIRST_WITHOUT_IOS = (16, 0)


def device_problems(relations: Relations) -> Iterator[Problem]:
    """The problems of all devices."""
    for at, server in enumerate(relations.intent.key_servers):
        yield from _release(("key_servers", at), server)
        yield from _offers(("key_servers", at), relations, server)
        yield from _server_interfaces(("key_servers", at), server)
    for at, member in enumerate(relations.intent.members):
        path: Path = ("members", at)
        yield from _release(path, member)
        yield from _offers(path, relations, member)
        yield from _interfaces(path, member)
        for n, seat in enumerate(relations.seats_by_member[member.name]):
            yield from _membership((*path, "groups", n), seat)
            yield from _registration(path, (*path, "groups", n), seat)
    yield from _addresses(relations)


def _release(path: Path, device: Device) -> Iterator[Problem]:
    if device.os == "ios" and software(device).release >= _FIRST_WITHOUT_IOS:
        yield Problem(
            (*path, "release"),
            f"there is no IOS {device.release}",
            "write 'os: ios-xe', or a release such as 15.7(3)M5",
        )


def _offers(path: Path, relations: Relations, device: Device) -> Iterator[Problem]:
    """Each policy has a number of its own."""
    first: dict[int, Path] = {relations.ike(device).priority: ("ike",)}
    for n, offer in enumerate(device.further_ike):
        here: Path = ("further_ike", n)
        other = first.setdefault(offer.priority, here)
        if other != here:
            yield Problem(
                (*path, *here, "priority"), f"{offer.priority} is that of {shown(other)} already"
            )


def _server_interfaces(path: Path, server: KeyServer) -> Iterator[Problem]:
    wan = server.wan
    if wan is None:
        return
    yield from _named((*path, "wan"), server, wan)
    if wan.interface != server.interface:
        return
    if wan.address is not None and wan.address.ip != server.address:
        yield Problem(
            (*path, "wan", "address"), f"is not {server.address}, the address of the key server"
        )


def _named(path: Path, device: Device, wan: Wan) -> Iterator[Problem]:
    if wan.interface is None and not device.external:
        yield Problem(path, "interface is missing")


def _interfaces(path: Path, member: Member) -> Iterator[Problem]:
    places: list[tuple[Path, Wan | Lan]] = [((*path, "wan"), member.wan)]
    places += [((*path, "uplinks", n), each) for n, each in enumerate(member.uplinks)]
    for here, wan in places:
        if isinstance(wan, Wan):
            yield from _named(here, member, wan)
    places += [((*path, "lan", n), each) for n, each in enumerate(member.lan)]
    first: dict[str, Path] = {}
    for here, each in places:
        if each.interface is None:
            continue
        other = first.setdefault(each.interface, here)
        if other != here:
            yield Problem((*here, "interface"), f"{each.interface} is {shown(other)} already")
    if member.local_address is not None and member.local_interface is None:
        yield Problem((*path, "local_address"), "has no meaning without 'local_interface'")


def _membership(path: Path, seat: Seat) -> Iterator[Problem]:
    group, membership = seat.group, seat.membership
    if membership.version is not None and group.versions not in (membership.version, "both"):
        yield Problem(
            (*path, "version"), f"the group {group.name} has members with {group.versions} only"
        )
    if membership.source_address is not None and membership.source is None:
        yield Problem((*path, "source_address"), "has no meaning without 'source'")
    if membership.source_vrf is not None:
        lans = {lan.interface for lan in seat.member.lan} | {seat.member.wan.interface}
        if membership.source is None or membership.source in lans:
            yield Problem((*path, "source_vrf"), "has no meaning without a 'source' outside of it")


def _registration(member: Path, path: Path, seat: Seat) -> Iterator[Problem]:
    """Where members are known by address, theirs has to be in the intent."""
    if seat.address is not None or not known_by_address(seat):
        return
    why = f"members of {seat.group.name} are known by the addresses from which they register"
    said = seat.membership.source
    if said is None and seat.member.local_interface is not None:
        place = (*member, "local_interface")
        yield Problem(place, f"its address is not known: {why}", "give 'local_address'")
        return
    if said is None or said == seat.member.wan.interface:
        yield Problem((*member, "wan"), f"address is missing: {why}")
        return
    yield Problem((*path, "source"), f"its address is not known: {why}", "give 'source_address'")


def known_by_address(seat: Seat) -> bool:
    """Whether key servers have to know the address of a member."""
    group, auth = seat.group, seat.group.authentication
    if all(server.external for server in seat.servers):
        return False
    listed = group.authorize_addresses and not group.authorize_networks
    if isinstance(auth, Psk):
        shared = all(server.external or server.key_networks for server in seat.servers)
        return listed or seat.version == "ikev2" or not shared
    return isinstance(auth, Pki) and auth.authorize is None and listed


def _addresses(relations: Relations) -> Iterator[Problem]:
    """An address belongs to one device."""
    first: dict[IPv4Address, tuple[str, Path]] = {}
    for at, server in enumerate(relations.intent.key_servers):
        yield from _taken(first, server.address, server.name, ("key_servers", at, "address"))
    for at, member in enumerate(relations.intent.members):
        for n, seat in enumerate(relations.seats_by_member[member.name]):
            if seat.address is not None:
                path = _source_of(member, seat.membership, ("members", at), n)
                yield from _taken(first, seat.address, member.name, path)
            for at_uplink, uplink in enumerate(member.uplinks):
                if uplink.address is not None and uplink.address.ip in seat.addresses[1:]:
                    path = ("members", at, "uplinks", at_uplink, "address")
                    yield from _taken(first, uplink.address.ip, member.name, path)


def _source_of(member: Member, membership: Membership, path: Path, number: int) -> Path:
    """Where the address stands from which a member registers."""
    if membership.source_address is not None:
        return (*path, "groups", number, "source_address")
    if membership.source is None and member.local_address is not None:
        return (*path, "local_address")
    for n, lan in enumerate(member.lan):
        if lan.interface == registration_interface(member, membership):
            return (*path, "lan", n, "address")
    return (*path, "wan", "address")


def _taken(
    first: dict[IPv4Address, tuple[str, Path]], address: IPv4Address, name: str, path: Path
) -> Iterator[Problem]:
    owner, other = first.setdefault(address, (name, path))
    if owner != name:
        yield Problem(path, f"{address} is the address of {owner} already: {shown(other)}")
