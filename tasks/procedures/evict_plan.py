"""The plan of an eviction, from what the key servers of a group showed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address

from ...errors import UsageError
from ...inventory.models import Intent, Pki
from ...inventory.relations import Relations
from ..comparing.entered import entered
from ..deploying.health import needed_s, troubles
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.planning import targets
from ..deploying.reading import read_config
from ..deploying.seen import ServedGroup
from ..deploying.troubles import sentences
from .evict import PASSED, Evict
from .evict_credentials import (
    CERTIFICATE,
    admitted,
    references,
    removal,
    restoring,
    scene_of,
    shown,
)
from .evict_settings import Lines, Settings
from .looking import state_of
from .model import ProcedurePlan
from .planning import followed, kept_intent, lifetime_s, look_at, resent_s


def plan_eviction(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    who: str,
    *,
    now: bool = False,
    revoked: bool = False,
    without: Collection[str] = (),
) -> ProcedurePlan:
    """The plan to take a member's place in `group` from it: `who` is its name or its address.

    `observed` are whole looks at the key servers. With `now` all members drop their keys at once;
    `revoked` says that its certificate has been revoked. Other members in `without` are known to be
    down. Raises UsageError for a member that nobody knows, and for a group that nobody serves.
    """
    look, leading = look_at(intent, observed, group, without)
    one = _meant(intent, look, who)
    found = _found(intent, observed, look, one)
    settings = Settings(
        intent=kept_intent(intent),
        group=group,
        who=who,
        member=one.name,
        addresses=one.addresses,
        primary=leading.device,
        secondaries=tuple(name for name in look.servers if name != leading.device),
        names={name: seen.group for name, seen in look.servers.items()},
        lines=found.lines,
        trustpoint=_trustpoint(look) if found.certificate else None,
        revoked=revoked,
        now=now,
        followed=followed(intent, group, (*without, one.name or who)),
        expected=_expected(leading, one, without),
        lifetime_s=lifetime_s(leading),
        resent_s=resent_s(look),
    )
    hindrances = (
        each
        for each in troubles(intent, observed, groups=[group], rekey_after_s=needed_s(0))
        if each.kind not in PASSED
    )
    return ProcedurePlan(
        procedure=Evict.name,
        groups=(group,),
        settings=settings.data(),
        steps=tuple(Evict().steps(settings.data())),
        left_s=leading.time_to_rekey_s,
        obstacles=(
            *_nothing_to_do(look, settings),
            *sentences(hindrances),
            *found.obstacles,
            *_certificates(look, settings),
        ),
        notes=tuple(_notes(intent, settings, one)),
        before=state_of(look),
    )


def _expected(leading: ServedGroup, one: _One, without: Collection[str]) -> int:
    """How many members should be registered in the end."""
    gone = leading.knows(map(ip_address, one.addresses)) + len(without)
    return max((leading.member_count or 0) - gone, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class _One:
    """The member: its name in the intent, if it is there, and its addresses."""

    name: str | None
    addresses: tuple[str, ...]
    groups: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What key servers have about the member; `certificate` says that only that would admit it."""

    lines: Mapping[str, Lines]
    certificate: bool
    obstacles: tuple[str, ...]


def _meant(intent: Intent, look: GroupLook, who: str) -> _One:
    seats = Relations(intent).seats_by_group[look.name]
    for seat in seats:
        if who in {seat.member.name, *map(str, seat.addresses)}:
            if seat.address is None:
                raise UsageError(
                    f"the intent does not say from which address {who} registers",
                    hint="give the address that 'show crypto gdoi ks members' shows",
                )
            others = tuple(
                each.group.name for each in Relations(intent).seats_by_member[seat.member.name]
            )
            return _One(
                name=seat.member.name,
                addresses=tuple(map(str, seat.addresses)),
                groups=tuple(name for name in others if name != look.name),
            )
    try:
        address = ip_address(who)
    except ValueError:
        raise UsageError(
            f"{look.name} has no member '{who}' in the intent",
            hint="give its address, if the intent has it no more",
        ) from None
    if address in {server.address for server in look.intended}:
        raise UsageError(f"{who} is a key server of {look.name}")
    return _One(name=None, addresses=(str(address),))


def _found(intent: Intent, observed: Mapping[str, Observed], look: GroupLook, one: _One) -> _Found:
    scene = scene_of(intent, one.name, look.name, one.addresses)
    running = {name: text for name in look.servers if (text := observed[name].running) is not None}
    wanted = targets(scene.less, None, list(running))
    lines, obstacles, certificate = {}, [], False
    for name, text in running.items():
        target, seen = wanted[name], scene.shown(text)
        found = removal(scene, target, text)
        after = entered(seen, found, target.view)
        if found:
            back = restoring(scene, target, after, text)
            lines[name] = Lines(removal=shown(found), back=shown(back))
        config = read_config(after, name)
        for address in one.addresses:
            by = admitted(config, look.servers[name].group, address).by
            if by == CERTIFICATE:
                certificate = True
            elif by:
                obstacles.append(
                    f"{name}: it would still admit {address} by {by}; let the group have a list "
                    "of the addresses that may register, or change that key"
                )
    return _Found(lines=lines, certificate=certificate, obstacles=tuple(obstacles))


def _nothing_to_do(look: GroupLook, s: Settings) -> Iterator[str]:
    addresses = tuple(map(ip_address, s.addresses))
    known = any(server.knows(addresses) for server in look.servers.values())
    if not s.lines and s.trustpoint is None and not known:
        yield f"nothing to take from {s.who}: no key server of {s.group} admits it or knows it"


def _trustpoint(look: GroupLook) -> str:
    authentication = look.group.authentication
    return authentication.trustpoint if isinstance(authentication, Pki) else ""


def _certificates(look: GroupLook, s: Settings) -> Iterator[str]:
    """Why revoking a certificate would do nothing."""
    if s.trustpoint is None:
        return
    if not s.trustpoint:
        yield f"certificates are taken, and the intent does not say those of {s.group}"
        return
    for name in s.servers:
        config = look.observed[name].config
        point = config.trustpoints.get(s.trustpoint) if config is not None else None
        if point is not None and point.revocation_check[:1] != ("crl",):
            yield (
                f"{name}: the trustpoint {s.trustpoint} does not check lists of revoked "
                "certificates: give it 'revocation-check crl'"
            )


def _notes(intent: Intent, s: Settings, one: _One) -> Iterator[str]:
    if s.member is not None:
        yield (
            f"take {s.member} out of {s.group} in the intent, or the next deployment gives it its "
            "place again"
        )
    if one.groups:
        yield f"{s.who} stays a member of {', '.join(one.groups)}"
    if s.lines and s.member is not None:
        found = references(intent, s.member, s.group)
        yield (
            "the way back gives it the key that the intent names, if this process ends meanwhile "
            f"({', '.join(found)})"
            if found
            else "the way back is computed from the intent, if this process ends meanwhile"
        )
    if s.trustpoint:
        yield (
            f"its certificate of {s.trustpoint} has to be revoked at the authority: only you can "
            "do that, and it cannot be undone"
        )
    yield (
        "an outage of all members: they drop their keys at once, and each registers again at a "
        f"random time within {s.window_s:.0f} s; 'clear crypto gdoi' on a member brings it back "
        "before"
        if s.now
        else f"{s.who} can read what the group sends for {s.window_s:.0f} s more; --now ends that "
        "at once, with an outage of all members"
    )
    yield (
        "a member that misses the message is told to register again; without fail-close it sends "
        "in clear until it has"
    )
