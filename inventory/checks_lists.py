"""Names that would stand for two things on one router."""

from collections.abc import Hashable, Iterator
from typing import Final

from .models import Group, Member, Pki
from .naming import (
    acl_name,
    authorization_name,
    by_identity,
    fail_close_name,
    ikev2_name,
    ipsec_profile_name,
    local_name,
    rekey_name,
    transform_name,
)
from .policy import policy_entries
from .problem import Path, Problem, shown
from .relations import Post, Relations, Seat
from .resolve_members import FAMILIES, sequence_of

_STANDARD: Final = (range(1, 100), range(1300, 2000))
_EXTENDED: Final = (range(100, 200), range(2000, 2700))
Names = dict[tuple[str, str], tuple[Hashable, Path]]


def list_problems(relations: Relations) -> Iterator[Problem]:
    """The problems of names that were given, or follow from names that were given."""
    for at, group in enumerate(relations.intent.groups):
        yield from _numbers_of_group(("groups", at), group)
    index = {group.name: at for at, group in enumerate(relations.intent.groups)}
    seen: set[Problem] = set()
    for posts in relations.posts_by_server.values():
        names: Names = {}
        for post in posts:
            path: Path = ("groups", index[post.group.name])
            for problem in _of_group(names, path, post, relations):
                if problem not in seen:
                    seen.add(problem)
                    yield problem
    for at, member in enumerate(relations.intent.members):
        yield from _of_member(("members", at), member, relations.seats_by_member[member.name])


def _of_group(names: Names, path: Path, post: Post, relations: Relations) -> Iterator[Problem]:
    group = post.group
    yield from _name(names, "group", post.role.group_name or group.name, group.name, path)
    lists = "access list of IPv6" if group.family == "ipv6" else "access list"
    for n, policy in enumerate(group.policies):
        here = (*path, "policies", n)
        entries = policy_entries(group, policy)
        yield from _name(names, lists, acl_name(group, policy), entries, here)
        known = (policy.transform.encryption, policy.transform.integrity)
        yield from _name(names, "transform set", transform_name(policy), known, here)
        profile = (transform_name(policy), policy.lifetime_s)
        yield from _name(names, "profile", ipsec_profile_name(group, policy), profile, here)
    rekeys, members = rekey_name(group), authorization_name(group)
    if rekeys is not None:
        yield from _name(names, "access list", rekeys, group.name, (*path, "rekey"))
    if members is not None:
        kind = "identity" if by_identity(group) else "access list"
        yield from _name(names, kind, members, _registering(relations, group), path)
    if group.versions != "ikev1":
        yield from _name(names, "IKEv2 profile", ikev2_name(group), group.name, path)


def _registering(relations: Relations, group: Group) -> Hashable:
    """What the list of those who may register says: two groups may have one."""
    if isinstance(group.authentication, Pki) and group.authentication.authorize is not None:
        return group.authentication.authorize
    if group.authorize_networks:
        return group.authorize_networks
    return tuple(seat.addresses for seat in relations.seats_by_group[group.name])


def _of_member(path: Path, member: Member, seats: list[Seat]) -> Iterator[Problem]:
    names: Names = {}
    places = dict.fromkeys(FAMILIES, 0)
    for n, seat in enumerate(seats):
        here = (*path, "groups", n)
        group, said = seat.group, seat.membership
        places[group.family] += 1
        sequence = str(sequence_of(seat, places[group.family]))
        yield from _name(names, f"entry of the {group.family} map", sequence, n, here)
        yield from _name(names, "group", said.group_name or group.name, group.name, here)
        kind = "access list of IPv6" if seat.group.family == "ipv6" else "access list"
        name = local_name(seat)
        if name is not None:
            yield from _number(here, name, extended=True, family=seat.group.family)
            yield from _name(names, kind, name, seat.membership.local_clear, here)
        if seat.version == "ikev2":
            yield from _name(names, "IKEv2 profile", ikev2_name(seat.group), seat.group.name, here)
    if member.fail_close is not None:
        here = (*path, "fail_close")
        for family in dict.fromkeys(seat.group.family for seat in seats):
            kind = "access list of IPv6" if family == "ipv6" else "access list"
            name = fail_close_name(member.fail_close, family)
            yield from _number(here, name, extended=True, family=family)
            yield from _name(names, kind, name, "fail-close", here)


def _numbers_of_group(path: Path, group: Group) -> Iterator[Problem]:
    for n, policy in enumerate(group.policies):
        here = (*path, "policies", n, "acl_name")
        yield from _number(here, policy.acl_name, extended=True, family=group.family)
    yield from _number((*path, "rekey", "acl_name"), group.rekey.acl_name, extended=True)
    if not by_identity(group):
        yield from _number((*path, "authorization_name"), group.authorization_name, extended=False)


def _number(
    path: Path, name: str | None, *, extended: bool, family: str = "ipv4"
) -> Iterator[Problem]:
    """A number tells the kind of a list."""
    if name is None or not name.isdecimal():
        return
    if family == "ipv6":
        yield Problem(path, "a list of IPv6 has a name, no number")
        return
    ranges = _EXTENDED if extended else _STANDARD
    if not any(int(name) in numbers for numbers in ranges):
        wanted = " or ".join(f"{numbers[0]} to {numbers[-1]}" for numbers in ranges)
        yield Problem(path, f"the number of this list should be {wanted}")


def _name(names: Names, kind: str, name: str, means: Hashable, path: Path) -> Iterator[Problem]:
    known, other = names.setdefault((kind, name), (means, path))
    if known != means:
        yield Problem(path, f"the {kind} {name} stands for something else in {shown(other)}")
