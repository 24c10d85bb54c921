"""Releases that must not be mixed in a group, and mixtures that an upgrade would make."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from ...inventory.relations import Relations
from ..deploying.network import GroupLook
from .getvpn_versions import getvpn_minor, kinds, minor_of, renews_early, text_of
from .upgrade_software import Software

_SINCE: Final = "IOS 15.2(1)T and IOS-XE 3.5"


@dataclass(frozen=True, slots=True)
class Mixture:
    """What speaks against an upgrade, and what is to be known of it."""

    obstacles: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def mixture(
    relations: Relations,
    seen: Mapping[str, Software],
    wanted: Mapping[str, str],
    groups: Sequence[GroupLook],
    *,
    accepted: bool = False,
) -> Mixture:
    """What becomes of a group when the devices in `wanted` run these releases.

    `seen` are the devices whose software is known, the members among them maybe: for others the
    intent says their release. With `accepted` a mixture that works, though not well, is a note.
    """
    now = _releases(relations, seen, groups)
    then = {**now, **wanted}
    found = list(_incompatible(wanted, groups))
    mixed = list(_renewals(relations, groups, now, then))
    notes = list(_unknown(wanted))
    if accepted:
        notes += mixed
    else:
        found += (
            f"{text}; bring both to one side, or go on with --accept-mixture" for text in mixed
        )
    if not mixed and len(kinds((*now.values(), *wanted.values()))) > 1:
        notes.append(
            "while this lasts, the rekey key is renewed early by some devices and late by others "
            f"(since {_SINCE} early): both understand each other, and no rekey comes meanwhile"
        )
    return Mixture(tuple(found), tuple(notes))


def _releases(
    relations: Relations, seen: Mapping[str, Software], groups: Sequence[GroupLook]
) -> dict[str, str]:
    """The releases of all devices of the groups: what they run, else what the intent says."""
    known: dict[str, str] = {}
    for look in groups:
        for server in look.intended:
            known[server.name] = server.release
        for seat in relations.seats_by_group[look.name]:
            known[seat.member.name] = seat.member.release
    for name, soft in seen.items():
        if soft.running is not None and name in known:
            known[name] = soft.running.version
    return known


def _incompatible(wanted: Mapping[str, str], groups: Sequence[GroupLook]) -> Iterator[str]:
    """GETVPN versions that do not get on: not even for a short time."""
    for look in groups:
        servers = {
            name: minor_of(server.coop.version) if server.coop is not None else None
            for name, server in look.servers.items()
        }
        lead = look.leading
        members = {
            str(each.address): minor_of(each.version)
            for each in (lead.members if lead is not None else ())
        }
        for name, release in wanted.items():
            minor = getvpn_minor(release)
            alike = servers if name in servers else members
            other = next(
                (each for each, has in alike.items() if each != name and has not in (None, minor)),
                None,
            )
            if minor is not None and other is not None:
                yield (
                    f"{name}: {release} has the GETVPN version {text_of(minor)}, {other} has "
                    f"{text_of(alike[other] or minor)}: they do not get on; choose an image of "
                    "that version"
                )


def _renewals(
    relations: Relations,
    groups: Sequence[GroupLook],
    now: Mapping[str, str],
    then: Mapping[str, str],
) -> Iterator[str]:
    """Mixtures of how the rekey key is renewed that are new, and stay when all is done."""
    for look in groups:
        servers = [each.name for each in look.intended]
        members = [seat.member.name for seat in relations.seats_by_group[look.name]]
        ways = kinds(then[name] for name in servers)
        if len(ways) > 1:
            yield (
                f"{look.name}: its key servers would renew the rekey key at different times "
                f"(since {_SINCE} before it ends)"
            )
            continue
        kind = next(iter(ways), None)
        others = [
            name
            for name in members
            if kind is not None and renews_early(then[name]) not in (kind, None)
        ]
        before = {renews_early(now[name]) for name in servers}
        worse = [
            name for name in others if renews_early(now[name]) in before or then[name] != now[name]
        ]
        if worse:
            yield (
                f"{look.name}: {worse[0]}{f' and {len(worse) - 1} more' if len(worse) > 1 else ''} "
                f"({then[worse[0]]}) would register again and again, as key servers and members "
                f"renew the rekey key differently (since {_SINCE} before it ends)"
            )


def _unknown(wanted: Mapping[str, str]) -> Iterator[str]:
    for release in dict.fromkeys(wanted.values()):
        if getvpn_minor(release) is None:
            yield (
                f"no source tells the GETVPN version of {release}: it is compared when the first "
                "key server runs it, and taken back if it is another one"
            )
