"""What contradicts itself about keys and certificates."""

import re
from collections.abc import Iterator
from typing import Final

from .models import Group, Pki, Psk
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
            yield from _keys(path, group, auth)
            continue
        yield from _certificates(path, auth)
        other, first = points.setdefault(auth.trustpoint, (path, auth))
        if (auth.enrollment_url, auth.subject) != (first.enrollment_url, first.subject):
            yield Problem(
                (*path, "trustpoint"), f"{auth.trustpoint} is another one in {shown(other)}"
            )
    yield from _two_keys(relations)
    yield from _shared_keys(relations)


def _keys(path: Path, group: Group, psk: Psk) -> Iterator[Problem]:
    if psk.coop is None and len(group.servers) > 1:
        yield Problem(path, "coop is missing: the key between key servers")
    yield from _places((*path, "member"), psk.member, _IN_MEMBER)
    yield from _places((*path, "coop"), psk.coop or "", frozenset())


def _certificates(path: Path, pki: Pki) -> Iterator[Problem]:
    yield from _places((*path, "subject"), pki.subject, _IN_SUBJECT)
    if pki.authorize is not None:
        yield from _places((*path, "authorize"), pki.authorize, frozenset())
        missing = _parts(pki.authorize) - _parts(pki.subject)
        if missing:
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
                yield from _other_key(between, {one, two}, psk.coop or "", (*path, "coop"))
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
