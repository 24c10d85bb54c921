"""The plan of an upgrade of members: which of them, in which waves, and what that costs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network
from typing import Final

from ...errors import UsageError
from ...inventory.models import Intent, Member
from ...inventory.relations import Relations
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from ..deploying.troubles import members as counted
from ..deploying.waves import Wave
from .looking import state_of
from .model import ProcedurePlan
from .upgrade_boundaries import mixture
from .upgrade_choice import NO_IMAGE, Chosen, How, choose, common, releases
from .upgrade_images import Image
from .upgrade_members import REGISTERS_S, UpgradeMembers
from .upgrade_plan import USUAL, longest_s
from .upgrade_settings import Box, Members
from .upgrade_software import Software, file_name
from .upgrade_steps import listed
from .upgrade_waiting import left_s

WAVE: Final = Wave(10, percent=True)
_SHOWN: Final = 5
_UNREACHED: Final = "it cannot be reached"


@dataclass(frozen=True, slots=True, kw_only=True)
class Who:
    """Which members, and when: `only` these, `without` those, `canary` first, then each `wave`.

    Without `canary` one of each image goes first. `budget` is how many may be left behind.
    """

    only: Collection[str] = ()
    without: Collection[str] = ()
    canary: Sequence[str] = ()
    wave: Wave = WAVE
    budget: int = 0


ALL: Final = Who()


def plan_member_upgrade(
    intent: Intent,
    observed: Mapping[str, Observed],
    seen: Mapping[str, Software],
    group: str,
    offered: Sequence[Image],
    how: How = USUAL,
    who: Who = ALL,
) -> ProcedurePlan:
    """The plan to give members of `group` other images.

    `observed` are whole looks at the key servers and members of all groups that these join, `seen`
    is the software of the members. Raises UsageError for a call without meaning.
    """
    relations = Relations(intent)
    names = _wanted(relations, group, who)
    groups = joined_groups(intent, names)
    found = list(looks(intent, observed, groups))
    left_out = dict(_left_out(names, observed, found))
    chosen = choose([name for name in names if name not in left_out], seen, offered, how)
    _leave_out_unfit(chosen, left_out)
    if not chosen.boxes and not chosen.obstacles:
        raise UsageError(
            f"no member of {group} is to be upgraded",
            hint=next(iter(left_out.values()), "all run these images already"),
        )
    partners = partners_of(intent)
    first = _canaries(chosen.boxes, who.canary, partners)
    rest = [name for name in chosen.boxes if name not in first]
    settings = Members(
        **common(intent, group, found, offered, chosen.boxes, how),
        canary=first,
        waves=tuple(spread(rest, who.wave, partners)),
        budget=who.budget,
    )
    wanted = releases(offered, chosen.boxes)
    mixed = mixture(relations, seen, wanted, found, accepted=how.accept_mixture)
    healthy = {name: each for name, each in observed.items() if name not in left_out}
    data = settings.data()
    return ProcedurePlan(
        procedure=UpgradeMembers.name,
        groups=tuple(groups),
        settings=data,
        steps=tuple(UpgradeMembers().steps(data)),
        left_s=left_s(found),
        obstacles=(
            *obstacles(intent, healthy, groups=groups, rekey_after_s=0.0),
            *(f"{name}: {text}" for name, text in chosen.obstacles.items()),
            *mixed.obstacles,
            *_too_slow(found, how.takes_s),
        ),
        notes=(
            *_notes(settings, chosen, left_out, observed),
            *mixed.notes,
            *_costs(relations, settings, partners, healthy),
        ),
        before={each.name: state_of(each) for each in found},
    )


def joined_groups(intent: Intent, names: Collection[str]) -> list[str]:
    """The groups that these members join."""
    wanted = set(names)
    joined = {
        each if isinstance(each, str) else each.group
        for member in intent.members
        if member.name in wanted
        for each in member.groups
    }
    return [each.name for each in intent.groups if each.name in joined]


def _wanted(relations: Relations, group: str, who: Who) -> list[str]:
    seats = relations.seats_by_group.get(group)
    if seats is None:
        raise UsageError(f"the intent has no group '{group}'")
    names = [seat.member.name for seat in seats if not seat.member.external]
    for name in (*who.only, *who.without):
        if name not in names:
            raise UsageError(f"{name} is no member of {group}", hint=f"there are {listed(names)}")
    chosen = [name for name in names if not who.only or name in who.only]
    return [name for name in chosen if name not in who.without]


def _left_out(
    names: Sequence[str], observed: Mapping[str, Observed], found: Sequence[GroupLook]
) -> Iterator[tuple[str, str]]:
    """Members that cannot be judged afterwards, because they are not well now."""
    for name in names:
        seen = observed.get(name)
        if seen is None or seen.failure:
            yield name, _UNREACHED
            continue
        joined = [group.members[name] for group in found if name in group.members]
        if not joined or not all(each.registered for each in joined):
            yield name, "it is not registered"


def _leave_out_unfit(chosen: Chosen, left_out: dict[str, str]) -> None:
    """Members for whose family no image was given are left out: there may be several upgrades."""
    for name, text in list(chosen.obstacles.items()):
        if NO_IMAGE in text:
            left_out[name] = "none of the images is for it"
            del chosen.obstacles[name]


# ---- who goes when ----


def partners_of(intent: Intent) -> dict[str, frozenset[str]]:
    """For each member those that serve a network with it: what is left while it restarts."""
    by_network: dict[IPv4Network | IPv6Network, list[str]] = {}
    for member in intent.members:
        for network in _networks(member):
            by_network.setdefault(network, []).append(member.name)
    found = dict.fromkeys((member.name for member in intent.members), frozenset[str]())
    for names in by_network.values():
        for name in names if len(names) > 1 else ():
            found[name] |= frozenset(names) - {name}
    return found


def _networks(member: Member) -> set[IPv4Network | IPv6Network]:
    addresses = [each for lan in member.lan for each in (lan.address, lan.address6)]
    return {each.network for each in addresses if each is not None}


def _canaries(
    boxes: Mapping[str, Box], named: Sequence[str], partners: Mapping[str, frozenset[str]]
) -> tuple[str, ...]:
    """Those that are named, else one of each image, whose site has another member if possible."""
    for name in named:
        if name not in boxes:
            raise UsageError(f"{name} is no canary: it is not upgraded")
        if partners[name] & set(named):
            other = next(iter(partners[name] & set(named)))
            raise UsageError(f"{name} and {other} serve the same network: one canary of them")
    if named:
        return tuple(dict.fromkeys(named))
    first: dict[str, str] = {}
    for name in sorted(boxes, key=lambda each: not partners[each]):
        first.setdefault(file_name(boxes[name].path), name)
    kept: list[str] = []
    for name in first.values():
        if not partners[name] & set(kept):
            kept.append(name)
    return tuple(kept)


def spread(
    names: Sequence[str], wave: Wave, partners: Mapping[str, frozenset[str]]
) -> list[tuple[str, ...]]:
    """The waves: none has two members that serve the same network."""
    if not names:
        return []
    size = max(1, len(wave.split(names)[0]))
    waves: list[list[str]] = []
    place: dict[str, int] = {}
    begun = 0
    for name in names:
        taken = {place[other] for other in partners.get(name, ()) if other in place}
        at = begun
        while at < len(waves) and (len(waves[at]) >= size or at in taken):
            at += 1
        if at == len(waves):
            waves.append([])
        waves[at].append(name)
        place[name] = at
        while begun < len(waves) and len(waves[begun]) >= size:
            begun += 1
    return [tuple(each) for each in waves]


# ---- what people should know ----


def _too_slow(found: Sequence[GroupLook], takes_s: float) -> Iterator[str]:
    needs = needed_s(takes_s + REGISTERS_S)
    for look in found:
        longest = longest_s(look)
        if longest is not None and longest <= needs:
            yield (
                f"{look.name}: rekeys are at most {longest:.0f} s apart, a wave needs "
                f"{needs:.0f} s; say with --takes how long a restart takes"
            )


def _notes(
    s: Members, chosen: Chosen, left_out: Mapping[str, str], observed: Mapping[str, Observed]
) -> Iterator[str]:
    if chosen.done:
        yield f"{_some(chosen.done)} run their images already"
    by_reason: dict[str, list[str]] = {}
    for name, why in left_out.items():
        by_reason.setdefault(why, []).append(name)
    for why, names in by_reason.items():
        first = observed.get(names[0])
        more = f" ({names[0]}: {first.failure})" if first is not None and first.failure else ""
        yield f"left out, as {why}: {_some(names)}{more}"
    yield from chosen.notes
    waves = f", then {len(s.waves)} waves of {max(map(len, s.waves))} at most" if s.waves else ""
    first_ones = f"{listed(s.canary)} first{waves}" if s.canary else "nobody"
    yield f"{counted(len(s.names))}: {first_ones}; {s.budget} may be left behind"
    yield (
        f"each wave begins when the next rekey is more than {needed_s(s.takes_s + REGISTERS_S):.0f}"
        " s off (time to rekey, not remaining life)"
    )


def _costs(
    relations: Relations,
    s: Members,
    partners: Mapping[str, frozenset[str]],
    healthy: Mapping[str, Observed],
) -> Iterator[str]:
    alone = [name for name in s.names if not partners[name]]
    if alone:
        yield (
            f"warning: nobody else serves the networks of {_some(alone)}: these sites are cut off "
            f"while they restart, about {s.takes_s:.0f} s each"
        )
    bereft = [name for name in s.names if partners[name] and not partners[name] & set(healthy)]
    if bereft:
        yield f"warning: the partners of {_some(bereft)} are not well: these sites are cut off too"
    members = {each.name: each for each in relations.intent.members}
    clear = [name for name in s.names if members[name].fail_close is None]
    if clear:
        yield (
            f"warning: {_some(clear)} fail open: from the restart until they are registered they "
            "send in clear what the policy would encrypt"
        )
    shut = [
        name
        for name in s.names
        if (closed := members[name].fail_close) is not None and "ssh" not in closed.clear
    ]
    if shut:
        yield (
            f"warning: the fail-close list of {_some(shut)} does not let SSH pass: nobody can log "
            "in unless they register"
        )


def _some(names: Sequence[str]) -> str:
    if len(names) <= _SHOWN:
        return ", ".join(names)
    return f"{', '.join(names[:_SHOWN])} and {len(names) - _SHOWN} more"
