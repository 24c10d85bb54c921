"""IKEv1 keys: of peers, one by one, or of whole networks at once; global ones, and keyrings."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network
from typing import Final

from .models import Device, KeyServer, Member, Psk
from .relations import Post, Relations, Seat, member_secret
from .views import IsakmpKeyringView, PeerKeyView

_OFTEN: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    """The one key of some networks."""

    networks: tuple[IPv4Network, ...]
    secret: str

    def has(self, address: IPv4Address | None, secret: str | None) -> bool:
        """Whether a key needs no line of its own."""
        if address is None or secret not in (None, self.secret):
            return False
        return any(address in network for network in self.networks)


def server_keys(
    relations: Relations, server: KeyServer, posts: Sequence[Post]
) -> tuple[PeerKeyView, ...]:
    """The IKEv1 keys on a key server: those of its partners, then those of members."""
    found: dict[object, PeerKeyView] = {}
    keyed = [(post, post.group.authentication) for post in posts]
    pairs = [(post, psk) for post, psk in keyed if isinstance(psk, Psk)]
    shared = _shared(server, [psk for _, psk in pairs])
    for post, psk in pairs:
        for partner in post.partners:
            if shared is None or not shared.has(partner.address, psk.coop):
                add_key(found, partner.name, partner.address, psk.coop)
    for post, psk in pairs:
        for seat in relations.seats_by_group[post.group.name]:
            secret = member_secret(psk, seat.member.name)
            for name, address in seat.peers() if seat.version == "ikev1" else ():
                if shared is None or not shared.has(address, secret):
                    add_key(found, name, address, secret)
    return (*found.values(), *_of_networks(shared))


def member_keys(member: Member, seats: Sequence[Seat]) -> tuple[PeerKeyView, ...]:
    """The IKEv1 keys on a member: its own, for each key server."""
    found: dict[object, PeerKeyView] = {}
    old = [seat for seat in seats if seat.version == "ikev1"]
    keyed = [(seat, seat.group.authentication) for seat in old]
    pairs = [(seat, psk) for seat, psk in keyed if isinstance(psk, Psk)]
    shared = _shared(member, [psk for _, psk in pairs])
    for seat, psk in pairs:
        secret = member_secret(psk, member.name)
        for server in seat.servers:
            if shared is None or not shared.has(server.address, secret):
                add_key(found, server.name, server.address, secret)
    return (*found.values(), *_of_networks(shared))


def seat_keys(
    member: Member, seats: Sequence[Seat]
) -> tuple[tuple[IsakmpKeyringView, ...], tuple[PeerKeyView, ...]]:
    """The IKEv1 keys of a member, for each VRF in which it registers: that of its sites first."""
    rings: tuple[IsakmpKeyringView, ...] = ()
    keys: tuple[PeerKeyView, ...] = ()
    for vrf in dict.fromkeys((member.wan.vrf, *(seat.vrf for seat in seats))):
        inside = [seat for seat in seats if seat.vrf == vrf]
        more, others = keys_by_vrf(member, member_keys(member, inside), vrf, first=not rings)
        rings, keys = (*rings, *more), (*keys, *others)
    return rings, keys


def keys_by_vrf(
    device: Device, keys: tuple[PeerKeyView, ...], vrf: str | None, *, first: bool = True
) -> tuple[tuple[IsakmpKeyringView, ...], tuple[PeerKeyView, ...]]:
    """IKEv1 keys as keyrings and as global ones: global keys serve the global table only.

    The first keyring of a device has the name that is given.
    """
    if vrf is None or not keys:
        return (), keys
    name = device.keyring_name if first and device.keyring_name else f"KEYS-{vrf}"
    return (IsakmpKeyringView(name=name, vrf=vrf, keys=keys),), ()


def add_key(
    found: dict[object, PeerKeyView], peer: str, address: IPv4Address | None, secret: str | None
) -> None:
    """A peer has one key, whatever it is wanted for."""
    if address is not None and secret is not None:
        found.setdefault(address, PeerKeyView(peer=peer, address=address, secret=secret))


def _shared(device: Device, keys: Iterable[Psk]) -> _Shared | None:
    """The key of whole networks, that of members; None where each peer has its own."""
    psk = next(iter(keys), None)
    if psk is None or not device.key_networks:
        return None
    return _Shared(networks=device.key_networks, secret=member_secret(psk, device.name))


def _of_networks(shared: _Shared | None) -> tuple[PeerKeyView, ...]:
    return () if shared is None else _network_keys(shared.networks, shared.secret)


@lru_cache(maxsize=_OFTEN)
def _network_keys(networks: tuple[IPv4Network, ...], secret: str) -> tuple[PeerKeyView, ...]:
    return tuple(
        PeerKeyView(
            peer=str(network),
            address=network.network_address,
            mask=network.netmask if network.prefixlen < network.max_prefixlen else None,
            secret=secret,
        )
        for network in dict.fromkeys(networks)
    )
