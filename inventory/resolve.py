"""From the intent to what each device is told: defaults and overrides applied, everything named.

`device_views(intent)` gives a view for every device. An intent that was loaded has been checked, so
nothing is refused here.
"""

from collections.abc import Container, Iterable, Iterator
from typing import Literal, TypeVar

from .access_text import (
    ListKind,
    access_list,
    address_lines,
    list_order,
    network_lines,
    rekey_lines,
)
from .models import Group, Ike, Intent, KeyServer, Pki
from .naming import (
    acl_name,
    authorization_name,
    by_identity,
    ikev2_name,
    ipsec_profile_name,
    rekey_name,
    transform_name,
)
from .policy import kssids, policy_entries, replay_window, transforms
from .relations import Post, Relations, identity, software, spelling
from .resolve_ike import (
    Method,
    ikev2_policies,
    isakmp_policies,
    keyrings,
    method_of,
    proposals,
    server_profiles,
    trustpoints,
)
from .resolve_interfaces import multicast_routing, server_interfaces, vrfs
from .resolve_keys import keys_by_vrf, server_keys
from .resolve_members import member_view
from .views import (
    AccessListView,
    IdentityView,
    IpsecProfileView,
    MemberView,
    SaView,
    ServedGroupView,
    ServerView,
    Software,
    TransformSetView,
)

View = TypeVar("View")


def device_views(intent: Intent) -> dict[str, ServerView | MemberView]:
    """What each of our devices is told, by its name: key servers first, then members."""
    return {view.name: view for view in each_view(intent)}


def each_view(
    intent: Intent, names: Container[str] | None = None
) -> Iterator[ServerView | MemberView]:
    """What each device is told, or each of those named, one after another."""
    relations = Relations(intent)
    for server in intent.key_servers:
        if not server.external and (names is None or server.name in names):
            yield server_view(relations, server)
    for member in intent.members:
        if not member.external and (names is None or member.name in names):
            yield member_view(relations, member)


def server_view(relations: Relations, server: KeyServer) -> ServerView:
    """What a key server is told."""
    posts, own = relations.posts_by_server[server.name], relations.ike(server)
    known = software(server)
    groups = [post.group for post in posts]
    sas = [(post, policy) for post in posts for policy in post.group.policies]
    profiles = server_profiles(relations, posts)
    peers = [
        relations.ike(seat.member)
        for post in posts
        for seat in relations.seats_by_group[post.group.name]
        if seat.version == "ikev2" and relations.offered(seat.member)
    ]
    made = proposals(own, peers) if profiles else ()
    cooperates = any(post.partners for post in posts)
    vrf = server.wan.vrf if server.wan is not None else None
    rings, keys = keys_by_vrf(server, server_keys(relations, server, posts), vrf)
    return ServerView(
        name=server.name,
        host=server.host or server.name,
        software=known,
        domain=relations.domain(server),
        vrfs=vrfs([vrf], groups),
        trustpoints=trustpoints(server, relations.domain(server), groups),
        ikev2_proposals=made,
        ikev2_policies=ikev2_policies(own, made, any_vrf=vrf is not None),
        ikev2_keyrings=keyrings(profiles),
        ikev2_profiles=tuple(profiles),
        isakmp_policies=isakmp_policies(own, _ikev1(relations, posts), server.further_ike),
        isakmp_keyrings=rings,
        isakmp_keys=keys,
        isakmp_identity=server.isakmp_identity or _isakmp_identity(groups),
        interfaces=server_interfaces(server, groups),
        access_lists=_server_lists(relations, posts, known),
        multicast_routing=multicast_routing(vrf, groups),
        isakmp_keepalive_s=own.keepalive_s if cooperates else None,
        transform_sets=_once(
            TransformSetView(name=transform_name(policy), transforms=transforms(policy.transform))
            for _, policy in sas
        ),
        ipsec_profiles=_once(
            IpsecProfileView(
                name=ipsec_profile_name(post.group, policy),
                transform_set=transform_name(policy),
                lifetime_s=policy.lifetime_s,
            )
            for post, policy in sas
        ),
        identities=_once(_identities(posts)),
        groups=tuple(_served(server, post) for post in posts),
    )


def _served(server: KeyServer, post: Post) -> ServedGroupView:
    group, rekey = post.group, post.group.rekey
    auth = group.authentication
    ranges, values = kssids(post.role.kssids)
    identities = by_identity(group)
    return ServedGroupView(
        name=post.role.group_name or group.name,
        spelling=spelling(server),
        family=group.family,
        identity=identity(group),
        cipher=rekey.cipher,
        sig_hash=rekey.sig_hash,
        lifetime_s=rekey.lifetime_s,
        retransmit_interval_s=rekey.retransmit.interval_s,
        retransmit_number=rekey.retransmit.number,
        key=rekey.key,
        unicast=rekey.multicast is None,
        rekey_acl=rekey_name(post.group),
        authorization_acl=None if identities else authorization_name(post.group),
        authorization_identity=authorization_name(post.group) if identities else None,
        crl_trustpoint=auth.trustpoint
        if isinstance(auth, Pki) and auth.reauthenticate_on_crl
        else None,
        gdoi=group.versions != "ikev2",
        ikev2_profile=ikev2_name(group) if group.versions != "ikev1" else None,
        pfs=group.pfs,
        kssid_ranges=ranges,
        kssid_values=values,
        d3p_window_ms=group.d3p_window_ms,
        receive_only=group.receive_only,
        sas=tuple(
            SaView(
                number=policy.number,
                profile=ipsec_profile_name(post.group, policy),
                acl=acl_name(post.group, policy),
                family=group.family,
                replay=policy.replay.kind,
                replay_window=replay_window(policy),
                tag_sgt=policy.tag_sgt,
            )
            for policy in sorted(group.policies, key=lambda policy: policy.number)
        ),
        address=server.address,
        redundancy=bool(post.partners),
        priority=post.role.priority,
        peers=tuple(partner.address for partner in post.partners),
    )


def _server_lists(
    relations: Relations, posts: list[Post], known: Software
) -> tuple[AccessListView, ...]:
    return tuple(sorted(_once(_lists(relations, posts, known)), key=list_order))


def _lists(relations: Relations, posts: list[Post], known: Software) -> Iterator[AccessListView]:
    for post in posts:
        group = post.group
        for policy in group.policies:
            kind: ListKind = "ipv6" if group.family == "ipv6" else "extended"
            yield access_list(
                acl_name(post.group, policy), kind, policy_entries(group, policy), known
            )
        rekeys, members = rekey_name(post.group), authorization_name(post.group)
        if rekeys is not None and group.rekey.multicast is not None:
            sources = [relations.servers[role.name].address for role in group.servers]
            yield access_list(
                rekeys, "extended", rekey_lines(sources, group.rekey.multicast), known
            )
        if members is not None and not by_identity(group):
            yield access_list(members, "standard", _authorized(relations, group), known)


def _authorized(relations: Relations, group: Group) -> list[str]:
    """The lines of the list of those who may register."""
    if group.authorize_networks:
        return network_lines(group.authorize_networks)
    seats = relations.seats_by_group[group.name]
    return address_lines(address for seat in seats for address in seat.addresses)


def _identities(posts: Iterable[Post]) -> Iterator[IdentityView]:
    for post in posts:
        auth, name = post.group.authentication, authorization_name(post.group)
        if name is not None and isinstance(auth, Pki) and auth.authorize is not None:
            yield IdentityView(name=name, dns=(auth.authorize,))


def _ikev1(relations: Relations, posts: Iterable[Post]) -> Iterator[tuple[Ike, Method]]:
    """What a key server's partners and its members with IKEv1 offer; cooperation is IKEv1."""
    for post in posts:
        method = method_of(post.group)
        if post.partners or post.group.versions != "ikev2":
            yield relations.ike(post.server), method
        for partner in post.partners:
            if relations.offered(partner):
                yield relations.ike(partner), method
        for seat in relations.seats_by_group[post.group.name]:
            if seat.version == "ikev1" and relations.offered(seat.member):
                yield relations.ike(seat.member), method


def _isakmp_identity(groups: Iterable[Group]) -> Literal["address", "dn"]:
    return "dn" if any(isinstance(it.authentication, Pki) for it in groups) else "address"


def _once(views: Iterable[View]) -> tuple[View, ...]:
    return tuple(dict.fromkeys(views))
