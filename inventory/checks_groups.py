"""What contradicts itself about groups: identities, key servers, rekeys, policies."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Final

from .access_lines import fits
from .access_text import IPV4_ONLY
from .models import Group, SaPolicy
from .problem import Path, Problem, shown
from .relations import Relations, software

_LINK_LOCAL: Final = IPv4Network("224.0.0.0/24")
_WINDOWS: Final = (64, 128, 256, 512, 1024)
_MOST_SECONDS: Final = 100
_FIRST_WITH_PFS: Final = (16, 12)


def group_problems(relations: Relations) -> Iterator[Problem]:
    """The problems of all groups."""
    identities: dict[object, Path] = {}
    for at, group in enumerate(relations.intent.groups):
        path: Path = ("groups", at)
        other = identities.setdefault(group.identity, path)
        if other != path:
            yield Problem((*path, "identity"), f"is that of {shown(other)} already")
        yield from _servers(path, group, relations)
        yield from _rekeys(path, group)
        yield from _pfs(path, group, relations)
        yield from _policies(path, group, relations)
        yield from _approvals(path, group)
    yield from _lines_of_members(relations)


def _servers(path: Path, group: Group, relations: Relations) -> Iterator[Problem]:
    priorities: dict[int, str] = {}
    senders: dict[int, str] = {}
    counts = any(policy.transform.combined for policy in group.policies)
    for n, role in enumerate(group.servers):
        here = (*path, "servers", n)
        other = priorities.setdefault(role.priority, role.name)
        if other != role.name:
            yield Problem((*here, "priority"), f"is that of {other} already")
        if counts and not role.kssids and not relations.servers[role.name].external:
            yield Problem(
                here, "kssids are missing: the group counts what each sender sends (gcm, gmac)"
            )
        for i, number in enumerate(role.kssids):
            other = senders.setdefault(number, f"{role.name} {i}")
            if other != f"{role.name} {i}":
                yield Problem((*here, "kssids", i), f"{number} is taken by {other.split()[0]}")


def _approvals(path: Path, group: Group) -> Iterator[Problem]:
    for key in ("by", "procedures"):
        named = getattr(group.approval, key, None) or ()
        for n, each in enumerate(named):
            if each in named[:n]:
                yield Problem((*path, "approval", key, n), f"{each} is there already")


def _rekeys(path: Path, group: Group) -> Iterator[Problem]:
    address = group.rekey.multicast
    if address is None:
        return
    here = (*path, "rekey", "multicast")
    if not address.is_multicast:
        yield Problem(here, f"{address} is no multicast address", "such are 224.0.1.0 and above")
    elif address in _LINK_LOCAL:
        yield Problem(here, f"{address} never leaves a link", "take one of 239.0.0.0/8")


def _pfs(path: Path, group: Group, relations: Relations) -> Iterator[Problem]:
    if not group.pfs:
        return
    here = (*path, "pfs")
    if group.versions == "ikev1":
        yield Problem(here, "needs IKEv2", "write 'versions: ikev2' or 'versions: both'")
    for role in group.servers:
        known = software(relations.servers[role.name])
        if known.family == "classic" or known.release < _FIRST_WITH_PFS:
            yield Problem(
                here, f"{role.name} has it from IOS-XE 16.12 on, and runs {known.version}"
            )


def _policies(path: Path, group: Group, relations: Relations) -> Iterator[Problem]:
    if not group.policies:
        ours = [it.name for it in group.servers if not relations.servers[it.name].external]
        if ours:
            yield Problem((*path, "policies"), "should not be empty")
    first: dict[int, int] = {}
    for n, policy in enumerate(group.policies):
        here = (*path, "policies", n)
        if first.setdefault(policy.number, n) != n:
            yield Problem((*here, "number"), f"{policy.number} is that of another policy already")
        yield from _replay(here, policy)
        if policy.transform.combined and policy.transform.integrity is not None:
            yield Problem(
                (*here, "transform", "integrity"),
                f"'{policy.transform.encryption}' protects integrity by itself",
                "leave it out",
            )
        yield from _traffic(here, group, policy)


def _replay(path: Path, policy: SaPolicy) -> Iterator[Problem]:
    kind, window = policy.replay.kind, policy.replay.window
    here = (*path, "replay", "window")
    if kind == "time" and not 1 <= window <= _MOST_SECONDS:
        yield Problem(here, f"should be 1 to {_MOST_SECONDS} seconds")
    elif kind == "counter" and window not in _WINDOWS:
        yield Problem(here, f"should be {', '.join(map(str, _WINDOWS[:-1]))} or {_WINDOWS[-1]}")
    elif kind == "off" and window:
        yield Problem(here, "has no meaning where replays are not looked for")


def _traffic(path: Path, group: Group, policy: SaPolicy) -> Iterator[Problem]:
    traffic, lines = policy.traffic, policy.acl
    if (traffic is None) == (lines is None):
        what = "neither 'traffic' nor 'acl' is" if lines is None else "'traffic' and 'acl' are both"
        yield Problem(path, f"{what} given", "one of them says what is encrypted")
        return
    if lines is not None:
        yield from lines_of(group, (*path, "acl"), lines)
        if not any(line.startswith("permit") for line in lines):
            yield Problem((*path, "acl"), "permits nothing, so that nothing is encrypted")
    if traffic is None:
        return
    yield from lines_of(group, (*path, "traffic", "extra_clear"), traffic.extra_clear)
    version = 6 if group.family == "ipv6" else 4
    for n, network in enumerate(traffic.between):
        if network.version != version:
            yield Problem(
                (*path, "traffic", "between", n), f"{network} is not of the family {group.family}"
            )
    for n, name in enumerate(traffic.clear):
        if version == 6 and name in IPV4_ONLY:
            yield Problem((*path, "traffic", "clear", n), f"{name} has no meaning for IPv6")


def lines_of(group: Group, path: Path, lines: Iterable[str]) -> Iterator[Problem]:
    """The lines that cannot stand in a list of the family of a group."""
    for n, line in enumerate(lines):
        if not fits(line, group.family):
            yield Problem((*path, n), f"cannot stand in a list of the family {group.family}")


def _lines_of_members(relations: Relations) -> Iterator[Problem]:
    for at, member in enumerate(relations.intent.members):
        for n, seat in enumerate(relations.seats_by_member[member.name]):
            here: Path = ("members", at, "groups", n, "local_clear")
            yield from lines_of(seat.group, here, seat.membership.local_clear)
