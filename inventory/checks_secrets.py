"""What contradicts itself about keys and certificates."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from .models import Device, Group, KeyServer, Pki, Psk
from .problem import Path, Problem, shown
from .relations import Relations, member_secret

_PLACE: Final = re.compile(r"\{[^{}]*\}")
_IN_MEMBER: Final = frozenset({"{name}", "{NAME}"})
_IN_SUBJECT: Final = frozenset({"{name}", "{domain}"})


def secret_problems(relations: Relations) -> Iterator[Problem]:
    """The problems of all that authenticates."""
    points: dict[str, tuple[Path, Pki]] = {}
    for at, group in enumerate(relations.intent.groups):
        path: Path = ("groups", at, "authentication")
        auth = group.authentication
        if isinstance(auth, Psk):
            yield from _keys(path, group, auth, relations)
            continue
        yield from _certificates(path, auth)
        other, first = points.setdefault(auth.trustpoint, (path, auth))
        if _trustpoint(auth) != _trustpoint(first):
            yield Problem(
                (*path, "trustpoint"), f"{auth.trustpoint} is another one in {shown(other)}"
            )
    yield from _two_keys(relations)
    yield from _networks(relations)
    yield from _domains(relations)
    yield from _shared_keys(relations)


def _trustpoint(pki: Pki) -> tuple[object, ...]:
    return pki.enrollment_url, pki.subject, pki.key_name, pki.server_check, pki.member_check


def _keys(path: Path, group: Group, psk: Psk, relations: Relations) -> Iterator[Problem]:
    servers = [relations.servers[role.name] for role in group.servers]
    apart = [it for it in servers if not (it.external or it.key_networks)]
    if psk.coop is None and apart and len(servers) > 1:
        yield Problem(path, "coop is missing: the key between key servers")
    yield from _places((*path, "member"), psk.member, _IN_MEMBER)
    yield from _places((*path, "coop"), psk.coop or "", frozenset())


def _certificates(path: Path, pki: Pki) -> Iterator[Problem]:
    yield from _places((*path, "subject"), pki.subject or "", _IN_SUBJECT)
    yield from _places((*path, "key_name"), pki.key_name or "", _IN_SUBJECT)
    if pki.authorize is not None:
        yield from _places((*path, "authorize"), pki.authorize, frozenset())
        missing = _parts(pki.authorize) - _parts(pki.subject or "")
        if missing and pki.subject is not None:
            yield Problem(
                (*path, "authorize"),
                f"no member has {', '.join(sorted(missing))} in its subject",
                "add it to 'subject'",
            )


def _parts(name: str) -> set[str]:
    """The parts of a distinguished name, so that they can be compared."""
    parts = (part.partition("=") for part in name.lower().split(","))
    return {f"{kind.strip()}={value.strip()}" for kind, _, value in parts if kind.strip()}


def _places(path: Path, text: str, known: frozenset[str]) -> Iterator[Problem]:
    for place in _PLACE.findall(text):
        if place not in known:
            yield Problem(
                path,
                f"nothing stands for {place} here",
                f"known: {', '.join(sorted(known))}" if known else None,
            )


def _networks(relations: Relations) -> Iterator[Problem]:
    """The key of a network is that of all its peers."""
    intent = relations.intent
    posts, seats = relations.posts_by_server, relations.seats_by_member
    places: list[tuple[Path, Device, list[Group]]] = [
        (("key_servers", at), it, [post.group for post in posts[it.name]])
        for at, it in enumerate(intent.key_servers)
    ]
    places += [
        (("members", at), it, [seat.group for seat in seats[it.name]])
        for at, it in enumerate(intent.members)
    ]
    for place, device, groups in places:
        keys = [it.authentication for it in groups if isinstance(it.authentication, Psk)]
        if not device.key_networks or device.external:
            continue
        path = (*place, "key_networks")
        own = isinstance(device, KeyServer)
        if not keys:
            yield Problem(path, "has no meaning without pre-shared keys")
        elif own and any(_PLACE.search(psk.member) for psk in keys):
            yield Problem(path, "its peers have one key, and each member has its own")
        elif len({member_secret(psk, device.name) for psk in keys}) > 1:
            yield Problem(path, "its peers have one key, and its groups have several")


def _domains(relations: Relations) -> Iterator[Problem]:
    """Certificates need a domain where they are told by it."""
    intent = relations.intent
    seats, posts = relations.seats_by_member, relations.posts_by_server
    for at, server in enumerate(intent.key_servers):
        served = [(post.group, post.group.versions != "ikev1") for post in posts[server.name]]
        yield from _domain(relations, ("key_servers", at), server, served)
    for at, member in enumerate(intent.members):
        joined = [(seat.group, seat.version == "ikev2") for seat in seats[member.name]]
        yield from _domain(relations, ("members", at), member, joined)


def _domain(
    relations: Relations, path: Path, device: Device, groups: Iterable[tuple[Group, bool]]
) -> Iterator[Problem]:
    if device.external or relations.domain(device) is not None:
        return
    for group, newer in groups:
        pki = group.authentication
        if isinstance(pki, Pki):
            told = f"{pki.subject} {pki.key_name}"
            if newer or "{domain}" in told:
                yield Problem(path, f"domain is missing: certificates of {group.name} tell it")


def _two_keys(relations: Relations) -> Iterator[Problem]:
    """IKEv1 has one key for a peer, whatever the group."""
    between: dict[frozenset[str], tuple[str, Path]] = {}
    for at, group in enumerate(relations.intent.groups):
        path: Path = ("groups", at, "authentication")
        psk = group.authentication
        if not isinstance(psk, Psk):
            continue
        names = [role.name for role in group.servers]
        for n, one in enumerate(names):
            for two in names[n + 1 :]:
                if psk.coop is not None:
                    yield from _other_key(between, {one, two}, psk.coop, (*path, "coop"))
        for seat in relations.seats_by_group[group.name]:
            if seat.version == "ikev1":
                secret = member_secret(psk, seat.member.name)
                for server in seat.servers:
                    pair = {server.name, seat.member.name}
                    yield from _other_key(between, pair, secret, (*path, "member"))


def _other_key(
    between: dict[frozenset[str], tuple[str, Path]], pair: set[str], secret: str, path: Path
) -> Iterator[Problem]:
    known, other = between.setdefault(frozenset(pair), (secret, path))
    if known != secret:
        names = " and ".join(sorted(pair))
        yield Problem(path, f"{names} have one key for both groups, and {shown(other)} is another")


def _shared_keys(relations: Relations) -> Iterator[Problem]:
    """Names that differ only in what a variable cannot have would share a key unseen."""
    for at, group in enumerate(relations.intent.groups):
        psk = group.authentication
        if not isinstance(psk, Psk) or not _PLACE.search(psk.member):
            continue
        owners: dict[str, str] = {}
        for seat in relations.seats_by_group[group.name]:
            name = seat.member.name
            owner = owners.setdefault(member_secret(psk, name), name)
            if owner != name:
                path: Path = ("groups", at, "authentication", "member")
                yield Problem(path, f"{owner} and {name} would have one key", "write '{name}'")
