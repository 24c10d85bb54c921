"""How devices authenticate: IKE of both versions, keys of peers, trustpoints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address
from typing import Literal

from .models import Device, Group, Ike, KeyServer, Member, Pki, Psk
from .naming import ikev2_name, keyring_name
from .relations import Post, Relations, Seat, member_secret
from .views import (
    Ikev2KeyringView,
    Ikev2PolicyView,
    Ikev2ProfileView,
    Ikev2ProposalView,
    IsakmpKeyringView,
    IsakmpPolicyView,
    PeerKeyView,
    TrustpointView,
)

Method = Literal["pre-share", "rsa-sig"]
PROPOSAL = "GETVPN"
STEP = 10


def method_of(group: Group) -> Method:
    """How devices of a group authenticate, in the words of IOS."""
    return "pre-share" if isinstance(group.authentication, Psk) else "rsa-sig"


def isakmp_policies(own: Ike, needed: Iterable[tuple[Ike, Method]]) -> tuple[IsakmpPolicyView, ...]:
    """The policies that a device offers: its own first, certificates before keys.

    Peers that are told to use other algorithms have to find theirs, too.
    """
    return _isakmp_policies(own, tuple(dict.fromkeys(needed)))


@lru_cache
def _isakmp_policies(
    own: Ike, wanted: tuple[tuple[Ike, Method], ...]
) -> tuple[IsakmpPolicyView, ...]:
    order = sorted(wanted, key=lambda pair: (pair[0] != own, pair[1] != "rsa-sig"))
    found: dict[tuple[object, ...], IsakmpPolicyView] = {}
    for ike, method in order:
        found.setdefault(
            (ike.encryption, ike.integrity, ike.group, method),
            IsakmpPolicyView(
                priority=own.priority + STEP * len(found),
                encryption=ike.encryption,
                hash=ike.integrity,
                authentication=method,
                group=ike.group,
                lifetime_s=ike.lifetime_s,
            ),
        )
    return tuple(found.values())


def proposals(own: Ike, others: Iterable[Ike]) -> tuple[Ikev2ProposalView, ...]:
    """The IKEv2 proposals that a device makes: its own first, then those of its peers."""
    wanted = dict.fromkeys((ike.encryption, ike.integrity, ike.group) for ike in (own, *others))
    return tuple(
        Ikev2ProposalView(
            name=PROPOSAL if at == 0 else f"{PROPOSAL}-{at + 1}",
            encryption=f"aes-cbc-{encryption.removeprefix('aes ')}",
            integrity=integrity,
            group=group,
        )
        for at, (encryption, integrity, group) in enumerate(wanted)
    )


def ikev2_policies(
    made: Sequence[Ikev2ProposalView], *, any_vrf: bool
) -> tuple[Ikev2PolicyView, ...]:
    """The one policy that holds the proposals; none without proposals."""
    if not made:
        return ()
    names = tuple(proposal.name for proposal in made)
    return (Ikev2PolicyView(name=PROPOSAL, proposals=names, any_vrf=any_vrf),)


def server_keys(relations: Relations, posts: Sequence[Post]) -> tuple[PeerKeyView, ...]:
    """The IKEv1 keys on a key server: those of its partners, then those of members."""
    found: dict[object, PeerKeyView] = {}
    for post in posts:
        psk = post.group.authentication
        if isinstance(psk, Psk):
            for partner in post.partners:
                _add(found, partner.name, partner.address, psk.coop)
    for post in posts:
        psk = post.group.authentication
        if isinstance(psk, Psk):
            for seat in relations.seats_by_group[post.group.name]:
                if seat.version == "ikev1":
                    _add(
                        found, seat.member.name, seat.address, member_secret(psk, seat.member.name)
                    )
    return tuple(found.values())


def keys_by_vrf(
    keys: tuple[PeerKeyView, ...], vrf: str | None
) -> tuple[tuple[IsakmpKeyringView, ...], tuple[PeerKeyView, ...]]:
    """IKEv1 keys as keyrings and as global ones: global keys serve the global table only."""
    if vrf is None or not keys:
        return (), keys
    return (IsakmpKeyringView(name=f"KEYS-{vrf}", vrf=vrf, keys=keys),), ()


def member_keys(seats: Sequence[Seat]) -> tuple[PeerKeyView, ...]:
    """The IKEv1 keys on a member: its own, for each key server."""
    found: dict[object, PeerKeyView] = {}
    for seat in seats:
        psk = seat.group.authentication
        if isinstance(psk, Psk) and seat.version == "ikev1":
            secret = member_secret(psk, seat.member.name)
            for server in seat.servers:
                _add(found, server.name, server.address, secret)
    return tuple(found.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Whom a device meets by IKEv2; `secret` is the key's reference, None with certificates."""

    name: str
    address: IPv4Address | None
    domain: str
    secret: str | None


def server_profiles(relations: Relations, posts: Sequence[Post]) -> list[Ikev2ProfileView]:
    """The IKEv2 profiles of a key server: one for each group whose members may use IKEv2."""
    found = []
    for post in posts:
        if post.group.versions == "ikev1":
            continue
        seats = [it for it in relations.seats_by_group[post.group.name] if it.version == "ikev2"]
        peers = [
            Peer(
                name=seat.member.name,
                address=seat.address,
                domain=relations.domain(seat.member),
                secret=_secret_of(post.group, seat.member),
            )
            for seat in seats
        ]
        found.append(_profile(relations, post.group, post.server, post.server.address, peers))
    return found


def member_profiles(relations: Relations, seats: Sequence[Seat]) -> list[Ikev2ProfileView]:
    """The IKEv2 profiles of a member: one for each group in which it uses IKEv2."""
    found = []
    for seat in seats:
        if seat.version == "ikev1":
            continue
        peers = [
            Peer(
                name=server.name,
                address=server.address,
                domain=relations.domain(server),
                secret=_secret_of(seat.group, seat.member),
            )
            for server in seat.servers
        ]
        found.append(_profile(relations, seat.group, seat.member, seat.address, peers))
    return found


def keyrings(profiles: Iterable[Ikev2ProfileView]) -> tuple[Ikev2KeyringView, ...]:
    """The keyrings of profiles with pre-shared keys."""
    return tuple(
        Ikev2KeyringView(name=profile.keyring, peers=profile.keys)
        for profile in profiles
        if profile.keyring is not None
    )


def trustpoints(
    device: Device, domain: str, groups: Iterable[Group], *, check: Literal["crl", "none"]
) -> tuple[TrustpointView, ...]:
    """The trustpoints of a device, each once; all of them use its one key pair."""
    wanted: dict[str, Pki] = {}
    for group in groups:
        if isinstance(group.authentication, Pki):
            wanted.setdefault(group.authentication.trustpoint, group.authentication)
    bits = max((pki.key_bits for pki in wanted.values()), default=0)
    return tuple(
        TrustpointView(
            name=name,
            enrollment_url=pki.enrollment_url,
            subject=pki.subject.replace("{name}", device.name).replace("{domain}", domain),
            revocation_check=check,
            key=f"PKI-{device.name}",
            key_bits=bits,
        )
        for name, pki in wanted.items()
    )


def _profile(
    relations: Relations,
    group: Group,
    device: KeyServer | Member,
    address: IPv4Address | None,
    peers: Sequence[Peer],
) -> Ikev2ProfileView:
    """A profile: peers are known by address with keys, by domain with certificates."""
    auth, domain = group.authentication, relations.domain(device)
    keys = dict[object, PeerKeyView]()
    for peer in peers:
        if peer.secret is not None:
            _add(keys, peer.name, peer.address, peer.secret)
    shared = isinstance(auth, Psk)
    domains = dict.fromkeys([peer.domain for peer in peers] or [relations.intent.domain])
    return Ikev2ProfileView(
        name=ikev2_name(group),
        any_vrf=device.wan is not None and device.wan.vrf is not None,
        authentication=method_of(group),
        match_addresses=tuple(key.address for key in keys.values()),
        match_domains=() if shared else tuple(domains),
        local_address=address if shared else None,
        fqdn=None if shared else f"{device.name}.{domain}",
        keyring=keyring_name(group) if shared else None,
        keys=tuple(keys.values()),
        trustpoint=auth.trustpoint if isinstance(auth, Pki) else None,
        lifetime_s=relations.ike(device).lifetime_s,
    )


def _secret_of(group: Group, member: Member) -> str | None:
    psk = group.authentication
    return member_secret(psk, member.name) if isinstance(psk, Psk) else None


def _add(
    found: dict[object, PeerKeyView], peer: str, address: IPv4Address | None, secret: str | None
) -> None:
    """A peer has one key, whatever it is wanted for."""
    if address is not None and secret is not None:
        found.setdefault(address, PeerKeyView(peer=peer, address=address, secret=secret))
