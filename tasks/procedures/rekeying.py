"""Rekeys that procedures send, and the members that they are to reach."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from ...errors import DeviceError, TransportError
from ...inventory.relations import Relations
from ..deploying.network import GroupLook
from ..deploying.observing import (
    KS,
    KS_COOP,
    KS_MEMBERS,
    KS_POLICY,
    Observed,
    observe,
    unreachable,
)
from ..deploying.rekeys import keys_of
from ..deploying.seen import ServedGroup
from ..deploying.verify import members_on
from ..ssh.device import Answer
from .gates import looked
from .looking import alarmed, intent_of, look, servers_of
from .model import UnmetError
from .run import Run, Seen

SENT_S: Final = 60.0
"""How long a primary may take to have new keys once it is told to."""
PACE_S: Final = 5.0
PACE_MEMBERS: Final = 50
"""A key server sends unicast rekeys to so many members in PACE_S seconds (reference §3.3)."""
REGISTER: Final = "clear crypto gdoi"
WAVE: Final = 10
REGISTERS_S: Final = 300.0
"""How long members may take that were told to register again."""
LOOK_S: Final = 20.0
LOOK_EACH_S: Final = 0.5
"""Members are asked again after half of this: the sooner, the fewer are missing."""
KEPT_OPEN: Final = 50
"""More sessions than these are not kept while members are waited for."""
_COMPLAINT: Final = re.compile(r"^ *(?:%|ERROR\b).*", re.IGNORECASE | re.MULTILINE)
_QUICK: Final = (KS, KS_COOP, KS_POLICY)


def rekey_command(group: str, *, replace: bool = False) -> str:
    """What is entered on the primary, by the name that it has for the group."""
    return f"crypto gdoi ks group {group} rekey{' replace-now' * replace}"


def leader(
    run: Run, group: str, *, without: Collection[str] = (), members: bool = False
) -> tuple[GroupLook, ServedGroup]:
    """The group, and its primary. Raises UnmetError when there is none, or more than one.

    TransportError says that the primary may be one that cannot be reached at the moment. Key
    servers in `without` are not asked; with `members` they tell whom they know.
    """
    roles = {name: role for name, role in servers_of(run, group).items() if name not in without}
    only = (*_QUICK, KS_MEMBERS) if members else _QUICK
    seen = looked(run, group, look(run, roles, whole=False, only=only))
    if not seen.primaries:
        for name, each in seen.observed.items():
            if each.failure and name in roles:
                raise TransportError(each.failure, device=name)
    if seen.primary is None:
        names = " and ".join(each.device for each in seen.primaries)
        what = f"{names} are primary at once" if names else "none of its key servers is primary"
        raise UnmetError(f"group {group}: {what}", hint="'getvpn audit --live' says more")
    return seen, seen.primary


def keys_now(run: Run, group: str, *, without: Collection[str] = ()) -> tuple[str, ...]:
    """The SPIs of the keys that the primary gives out."""
    return keys_of(leader(run, group, without=without)[1])


def is_rekeyed(run: Run, group: str, marker: str, *, without: Collection[str] = ()) -> bool:
    """Whether other keys are in use than `send_rekey` has kept under `marker`."""
    kept = run.kept.get(marker)
    return kept is not None and tuple(kept) != keys_now(run, group, without=without)


def send_rekey(
    run: Run,
    group: str,
    marker: str,
    *,
    replace: bool = False,
    without: Collection[str] = (),
) -> None:
    """Have the primary send a rekey; the keys of before are kept under `marker`.

    Raises UnmetError when it declines.
    """
    _, primary = leader(run, group, without=without)
    run.keep(marker, list(keys_of(primary)))
    said = run.device(primary.device).send(rekey_command(primary.group, replace=replace))
    found = _COMPLAINT.search(said)
    if found is not None:
        raise UnmetError(f"declines the rekey: {found[0].strip()[:200]}", device=primary.device)


def await_rekey(run: Run, group: str, marker: str, *, without: Collection[str] = ()) -> None:
    """Wait until the primary has other keys than those kept under `marker`."""

    def see() -> Seen:
        done = is_rekeyed(run, group, marker, without=without)
        text = "" if done else "the keys are those of before"
        return Seen(done=done, text=text, until=run.clock.now())

    run.wait(f"new keys of {group}", see, within_s=SENT_S)


def pace_s(members: int) -> float:
    """How long a rekey takes to so many members, in seconds."""
    return PACE_S * (1 + members // PACE_MEMBERS)


# ---- members ----


def look_at_members(run: Run, names: Sequence[str]) -> dict[str, Observed]:
    """What members show; sessions with many are not kept."""
    many = len(names) > KEPT_OPEN

    def one(name: str) -> Observed:
        try:
            return observe(run.device(name), "member", clock=run.clock, whole=False)
        finally:
            if many:
                run.drop(name)

    found = run.each(names, one)
    return {
        name: unreachable(name, "member", each, clock=run.clock)
        if isinstance(each, DeviceError)
        else each
        for name, each in found.items()
    }


def behind(
    run: Run, group: str, names: Sequence[str], *, without: Collection[str] = ()
) -> dict[str, str]:
    """The members that do not have what the primary gives out, and what they lack, in a clause."""
    seen = look_at_members(run, names)
    roles = {name: role for name, role in servers_of(run, group).items() if name not in without}
    servers = look(run, roles, whole=False)
    together = looked(run, group, {**servers, **seen})
    standing = members_on(together)
    if together.primary is None:
        return dict.fromkeys(names, "the group has no primary now")
    found = {}
    for name in names:
        if seen[name].failure:
            found[name] = seen[name].failure
        elif name not in standing:
            found[name] = "it is no member of the group"
        elif not standing[name].current:
            found[name] = ", ".join(standing[name].why)
    return found


def await_members(
    run: Run,
    group: str,
    names: Sequence[str],
    *,
    what: str,
    within_s: float,
    lacks: Callable[[Run, str, Sequence[str]], Mapping[str, str]] = behind,
    members: int | None = None,
    watch: Sequence[Callable[[], None]] | None = None,
    advice: str | None = None,
) -> None:
    """Wait until no member `lacks` anything; only those that did are asked again.

    The group must not lose members meanwhile: it has `members`; or what `watch` says must not be.
    Raises LateError, AlarmError.
    """
    missing = dict.fromkeys(names, "")

    def see() -> Seen:
        left = lacks(run, group, list(missing))
        for name in list(missing):
            if name not in left:
                del missing[name]
        missing.update(left)
        return Seen(
            done=not missing,
            text=named(missing),
            have=len(names) - len(missing),
            of=len(names),
            until=run.clock.now() + LOOK_S + LOOK_EACH_S * len(missing),
        )

    run.wait(
        what,
        see,
        within_s=within_s,
        watch=[alarmed(run, group, members)] if watch is None else watch,
        advice=advice,
    )


def register_again(run: Run, group: str, names: Sequence[str], *, wave: int = WAVE) -> None:
    """Tell members that have other keys than the group to register again, `wave` at a time.

    Raises LateError when they have not in time, DeviceError when one cannot be told.
    """
    run.say(f"{len(names)} members have other keys, and are told to register again")
    for at in range(0, len(names), wave):
        some = names[at : at + wave]
        let_register(run, group, some)
        await_members(
            run,
            group,
            some,
            what="members that register again",
            within_s=REGISTERS_S,
            watch=[alarmed(run, group)],
        )


def names_of_members(run: Run, group: str) -> dict[str, str]:
    """What each member calls a group."""
    seats = Relations(intent_of(run)).seats_by_group[group]
    return {seat.member.name: seat.membership.group_name or group for seat in seats}


def let_register(run: Run, group: str, names: Sequence[str]) -> None:
    """Tell members to register again in a group; their other groups keep what they have.

    Raises DeviceError when one cannot be told.
    """
    called = names_of_members(run, group)
    told = run.each(
        names,
        lambda name: run.device(name).dialogue(
            f"{REGISTER} group {called[name]}", [Answer(question="proceed", reply="yes")]
        ),
    )
    for each in told.values():
        if isinstance(each, DeviceError):
            raise each


def named(missing: Mapping[str, str], most: int = 3) -> str:
    """Who is missing, and why, for people."""
    shown = [f"{name} ({why})" if why else name for name, why in list(missing.items())[:most]]
    more = f" and {len(missing) - most} more" if len(missing) > most else ""
    return f"missing: {', '.join(shown)}{more}" if shown else ""
