"""How devices authenticate: IKE of both versions, keys of peers, trustpoints."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from ipaddress import IPv4Address
from typing import Final, Literal

from .models import Device, Group, Ike, IkeOffer, KeyServer, Member, Pki, Psk
from .naming import ikev2_name, keyring_name
from .relations import Post, Relations, Seat, member_secret
from .resolve_keys import add_key
from .views import (
    Ikev2KeyringView,
    Ikev2PolicyView,
    Ikev2ProfileView,
    Ikev2ProposalView,
    IsakmpPolicyView,
    PeerKeyView,
    TrustpointView,
)

Method = Literal["pre-share", "rsa-sig"]
STEP = 10
_METHODS: Final[dict[str, Method]] = {"psk": "pre-share", "pki": "rsa-sig"}


def method_of(group: Group) -> Method:
    """How devices of a group authenticate, in the words of IOS."""
    return "pre-share" if isinstance(group.authentication, Psk) else "rsa-sig"


def isakmp_policies(
    own: Ike, needed: Iterable[tuple[Ike, Method]], further: tuple[IkeOffer, ...] = ()
) -> tuple[IsakmpPolicyView, ...]:
    """The policies that a device offers: its own first, certificates before keys.

    Peers that are told to use other algorithms have to find theirs, too, unless it is among those
    that the device offers besides (`further`), under numbers of their own.
    """
    return _isakmp_policies(own, tuple(dict.fromkeys(needed)), further)


@lru_cache
def _isakmp_policies(
    own: Ike, wanted: tuple[tuple[Ike, Method], ...], further: tuple[IkeOffer, ...]
) -> tuple[IsakmpPolicyView, ...]:
    order = sorted(wanted, key=lambda pair: (pair[0] != own, pair[1] != "rsa-sig"))
    found: dict[tuple[object, ...], IsakmpPolicyView] = {}
    for offer in further:
        methods = [_METHODS[offer.method]] if offer.method else dict.fromkeys(it for _, it in order)
        for at, method in enumerate(methods):
            found.setdefault(_offered(offer, method), _policy(offer, method, offer.priority + at))
    taken = {policy.priority for policy in found.values()}
    number = own.priority
    for ike, method in order:
        if _offered(ike, method) not in found:
            while number in taken:
                number += STEP
            found[_offered(ike, method)] = _policy(ike, method, number)
            number += STEP
    return tuple(sorted(found.values(), key=lambda policy: policy.priority))


def _offered(ike: Ike | IkeOffer, method: Method) -> tuple[object, ...]:
    """What tells policies apart for a peer."""
    return ike.encryption, ike.integrity, ike.group, method


def _policy(ike: Ike | IkeOffer, method: Method, priority: int) -> IsakmpPolicyView:
    return IsakmpPolicyView(
        priority=priority,
        encryption=ike.encryption,
        hash=ike.integrity,
        authentication=method,
        group=ike.group,
        lifetime_s=ike.lifetime_s,
    )


def proposals(own: Ike, others: Iterable[Ike]) -> tuple[Ikev2ProposalView, ...]:
    """The IKEv2 proposals that a device makes: its own first, then those of its peers."""
    wanted = dict.fromkeys((ike.encryption, ike.integrity, ike.group) for ike in (own, *others))
    return tuple(
        Ikev2ProposalView(
            name=own.proposal_name if at == 0 else f"{own.proposal_name}-{at + 1}",
            encryption=encryption.replace("aes ", "aes-cbc-"),
            integrity="sha1" if integrity == "sha" else integrity,
            group=group,
        )
        for at, (encryption, integrity, group) in enumerate(wanted)
    )


def ikev2_policies(
    own: Ike, made: Sequence[Ikev2ProposalView], *, any_vrf: bool
) -> tuple[Ikev2PolicyView, ...]:
    """The one policy that holds the proposals; none without proposals."""
    if not made:
        return ()
    names = tuple(proposal.name for proposal in made)
    name = own.policy_name or own.proposal_name
    return (Ikev2PolicyView(name=name, proposals=names, any_vrf=any_vrf),)


@dataclass(frozen=True, slots=True, kw_only=True)
class Peer:
    """Whom a device meets by IKEv2; `secret` is the key's reference, None with certificates."""

    name: str
    address: IPv4Address | None
    domain: str | None
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
                name=name,
                address=address,
                domain=relations.domain(seat.member),
                secret=_secret_of(post.group, seat.member),
            )
            for seat in seats
            for name, address in seat.peers() or ((seat.member.name, None),)
        ]
        own_vrf = post.server.wan is not None and post.server.wan.vrf is not None
        found.append(
            _profile(
                relations, post.group, post.server, post.server.address, peers, any_vrf=own_vrf
            )
        )
    return found


def in_vrf(seat: Seat) -> bool:
    """Whether a member meets its key servers in a VRF, or its sites are in one."""
    return seat.vrf is not None or seat.member.wan.vrf is not None


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
        found.append(
            _profile(relations, seat.group, seat.member, seat.address, peers, any_vrf=in_vrf(seat))
        )
    return found


def keyrings(profiles: Iterable[Ikev2ProfileView]) -> tuple[Ikev2KeyringView, ...]:
    """The keyrings of profiles with pre-shared keys."""
    return tuple(
        Ikev2KeyringView(name=profile.keyring, peers=profile.keys)
        for profile in profiles
        if profile.keyring is not None
    )


def trustpoints(
    device: Device, domain: str | None, groups: Iterable[Group]
) -> tuple[TrustpointView, ...]:
    """The trustpoints of a device, each once; those with one key pair agree on its size."""
    wanted: dict[str, Pki] = {}
    for group in groups:
        if isinstance(group.authentication, Pki):
            wanted.setdefault(group.authentication.trustpoint, group.authentication)
    labels = {
        name: None if pki.key_name is None else _filled(pki.key_name, device, domain)
        for name, pki in wanted.items()
    }
    bits: dict[str | None, int | None] = {}
    for name, pki in wanted.items():
        sizes = [bits.get(labels[name]), pki.key_bits]
        bits[labels[name]] = max((size for size in sizes if size is not None), default=None)
    return tuple(
        TrustpointView(
            name=name,
            enrollment_url=pki.enrollment_url,
            subject=None if pki.subject is None else _filled(pki.subject, device, domain),
            revocation_check=pki.server_check
            if isinstance(device, KeyServer)
            else pki.member_check,
            key=labels[name],
            key_bits=bits[labels[name]],
        )
        for name, pki in wanted.items()
    )


def _filled(text: str, device: Device, domain: str | None) -> str:
    return text.replace("{name}", device.name).replace("{domain}", domain or "")


def _profile(
    relations: Relations,
    group: Group,
    device: KeyServer | Member,
    address: IPv4Address | None,
    peers: Sequence[Peer],
    *,
    any_vrf: bool,
) -> Ikev2ProfileView:
    """A profile: peers are known by address with keys, by domain with certificates."""
    auth, domain = group.authentication, relations.domain(device)
    keys = dict[object, PeerKeyView]()
    for peer in peers:
        if peer.secret is not None:
            add_key(keys, peer.name, peer.address, peer.secret)
    shared = isinstance(auth, Psk)
    more = group.member_domains if isinstance(device, KeyServer) else ()
    domains = dict.fromkeys([*(peer.domain for peer in peers), *more] or [relations.intent.domain])
    known = tuple(each for each in domains if each is not None)
    return Ikev2ProfileView(
        name=ikev2_name(group),
        any_vrf=any_vrf,
        authentication=method_of(group),
        match_addresses=tuple(key.address for key in keys.values()),
        match_domains=() if shared else known,
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
