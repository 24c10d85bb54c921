"""What a group member is told."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, Literal

from .access_lines import fits
from .access_text import ListKind, access_list, clear_lines, list_order
from .models import Group, Member, Pki
from .naming import fail_close_name, ikev2_name, in_family, local_name
from .relations import Relations, Seat, identity, software, spelling
from .resolve_ike import (
    ikev2_policies,
    in_vrf,
    isakmp_policies,
    keyrings,
    member_profiles,
    method_of,
    proposals,
    trustpoints,
)
from .resolve_interfaces import member_interfaces, multicast_routing, vrfs
from .resolve_keys import seat_keys
from .views import (
    AccessListView,
    AddressFamily,
    CryptoMapView,
    JoinedGroupView,
    MapEntryView,
    MemberView,
    Software,
)

FAMILIES: Final[tuple[AddressFamily, ...]] = ("ipv4", "ipv6")
STEP: Final = 10


def member_view(relations: Relations, member: Member) -> MemberView:
    """What a member is told."""
    seats, own, known = (
        relations.seats_by_member[member.name],
        relations.ike(member),
        software(member),
    )
    groups, vrf = [seat.group for seat in seats], member.wan.vrf
    domain = relations.domain(member)
    profiles = member_profiles(relations, seats)
    made = proposals(own, ()) if profiles else ()
    maps = tuple(_maps(member, seats))
    old = [seat.group for seat in seats if seat.version == "ikev1"]
    rings, keys = seat_keys(member, seats)
    return MemberView(
        name=member.name,
        host=member.host or member.name,
        software=known,
        domain=domain,
        vrfs=vrfs(
            [vrf, *(it.vrf for it in member.uplinks), *(seat.vrf for seat in seats)],
            groups,
            _families_of_addresses(member),
        ),
        trustpoints=trustpoints(member, domain, groups),
        ikev2_proposals=made,
        ikev2_policies=ikev2_policies(own, made, any_vrf=any(in_vrf(seat) for seat in seats)),
        ikev2_keyrings=keyrings(profiles),
        ikev2_profiles=tuple(profiles),
        isakmp_policies=isakmp_policies(
            own, [(own, method_of(group)) for group in old], member.further_ike
        ),
        isakmp_keyrings=rings,
        isakmp_keys=keys,
        isakmp_identity=member.isakmp_identity or _isakmp_identity(old),
        interfaces=member_interfaces(member, seats, maps),
        access_lists=tuple(sorted(_lists(member, seats, maps, known), key=list_order)),
        multicast_routing=multicast_routing(vrf, groups),
        groups=tuple(_joined(seat) for seat in seats),
        crypto_maps=maps,
    )


def _isakmp_identity(groups: Iterable[Group]) -> Literal["address", "dn"]:
    return "dn" if any(isinstance(it.authentication, Pki) for it in groups) else "address"


def _joined(seat: Seat) -> JoinedGroupView:
    group, membership = seat.group, seat.membership
    return JoinedGroupView(
        name=membership.group_name or group.name,
        spelling=spelling(seat.member),
        family=group.family,
        identity=identity(group),
        servers=tuple(server.address for server in seat.servers),
        passive=membership.passive,
        ikev2_profile=ikev2_name(group) if seat.version == "ikev2" else None,
        registration_interface=membership.source,
        recovery_check_s=membership.recovery_check_s,
        track=membership.track,
    )


def _maps(member: Member, seats: Sequence[Seat]) -> Iterator[CryptoMapView]:
    """A crypto map for each family of traffic, with an entry for each group."""
    for family in FAMILIES:
        joined = [seat for seat in seats if seat.group.family == family]
        if not joined:
            continue
        fail_close = None
        if member.fail_close is not None:
            fail_close = fail_close_name(member.fail_close, family)
        yield CryptoMapView(
            name=in_family(member.map_name, family),
            family=family,
            fail_close=fail_close,
            local_interface=member.local_interface,
            entries=_entries(joined),
        )


def _entries(seats: Sequence[Seat]) -> tuple[MapEntryView, ...]:
    """The entries of a map by their numbers: those that are given, else counted on in tens."""
    entries = [
        MapEntryView(
            sequence=sequence_of(seat, at),
            group=seat.membership.group_name or seat.group.name,
            acl=local_name(seat),
        )
        for at, seat in enumerate(seats, 1)
    ]
    return tuple(sorted(entries, key=lambda entry: entry.sequence))


def sequence_of(seat: Seat, place: int) -> int:
    """The number of the entry of a group in a map, in which it has a place (from 1)."""
    return seat.membership.sequence or STEP * place


def _lists(
    member: Member, seats: Sequence[Seat], maps: Iterable[CryptoMapView], known: Software
) -> Iterator[AccessListView]:
    for seat in seats:
        name = local_name(seat)
        if name is not None:
            kind = _kind(seat.group.family)
            yield access_list(name, kind, seat.membership.local_clear, known)
    if member.fail_close is None:
        return
    for view in maps:
        lines = [
            *clear_lines(member.fail_close.clear, view.family),
            *(line for line in member.fail_close.extra_clear if fits(line, view.family)),
        ]
        name = view.fail_close or ""
        yield access_list(name, _kind(view.family), dict.fromkeys(lines), known)


def _kind(family: AddressFamily) -> ListKind:
    return "ipv6" if family == "ipv6" else "extended"


def _families_of_addresses(member: Member) -> list[AddressFamily]:
    outer = any(wan.address6 for wan in (member.wan, *member.uplinks))
    six = outer or any(lan.address6 for lan in member.lan)
    return ["ipv6"] if six else []
