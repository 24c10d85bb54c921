"""What steps look at before and after they act: the group as its devices show it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from ...errors import DeviceError, TransportError
from ...inventory.models import Intent
from ..deploying.health import needed_s, troubles, unsettled
from ..deploying.models import Role
from ..deploying.network import GroupLook, looks
from ..deploying.observing import KS, KS_POLICY, Observed, observe, unreachable
from ..deploying.troubles import Kind, sentences
from .model import AlarmError, UnmetError
from .run import Run


def intent_of(run: Run) -> Intent:
    """The intent of the group that the run is about, as it was when the plan was made."""
    kept = run.memory.get("intent")
    if not isinstance(kept, Intent):
        kept = run.memory["intent"] = Intent.model_validate(run.settings["intent"])
    return kept


def look(
    run: Run, roles: Mapping[str, Role], *, whole: bool, only: Collection[str] = ()
) -> dict[str, Observed]:
    """What devices show; those that cannot be reached are told as such."""

    def one(name: str) -> Observed:
        device = run.device(name)
        return observe(device, roles[name], clock=run.clock, whole=whole, only=only)

    found = run.each(list(roles), one)
    return {
        name: unreachable(name, roles[name], each, clock=run.clock)
        if isinstance(each, DeviceError)
        else each
        for name, each in found.items()
    }


def servers_of(run: Run, group: str, intent: Intent | None = None) -> dict[str, Role]:
    """The key servers of a group of the run, or of another intent than that of the run."""
    found = next(each for each in (intent or intent_of(run)).groups if each.name == group)
    return {role.name: "key server" for role in found.servers}


def group_look(run: Run, group: str, *, only: Collection[str] = ()) -> GroupLook:
    """The group as its key servers show it now, or that part of it that the commands `only` do."""
    observed = look(run, servers_of(run, group), whole=False, only=only)
    return next(iter(looks(intent_of(run), observed, [group])))


def check_fit(
    run: Run,
    group: str,
    roles: Mapping[str, Role],
    *,
    needs_s: float,
    passed: Collection[Kind] = (),
    intent: Intent | None = None,
) -> GroupLook:
    """Raise UnmetError unless the group is fit for a change that takes `needs_s` seconds.

    Kinds of trouble that are `passed` do not count. The `intent` is that of the run, if no other
    one is given.
    """
    meant = intent or intent_of(run)
    observed = _reached(look(run, roles, whole=True))
    limit_s = needed_s(needs_s)
    every = troubles(meant, observed, groups=[group], rekey_after_s=limit_s)
    found = [each for each in every if each.kind not in passed]
    if found:
        raise UnmetError(*_reason(sentences(found)))
    return next(iter(looks(meant, observed, [group])))


def check_well(run: Run, group: str) -> GroupLook:
    """Raise UnmetError unless the key servers of the group are well."""
    observed = _reached(look(run, servers_of(run, group), whole=False))
    found = unsettled(intent_of(run), [group], observed)
    if found:
        raise UnmetError(*_reason(sentences(found)))
    return next(iter(looks(intent_of(run), observed, [group])))


def _reached(observed: dict[str, Observed]) -> dict[str, Observed]:
    """What was observed. Raises TransportError for a device that may be back when asked again."""
    for name, seen in observed.items():
        if seen.failure:
            raise TransportError(seen.failure, device=name)
    return observed


def alarmed(run: Run, group: str, members: int | None = None) -> Callable[[], None]:
    """A guard for waits: raises AlarmError when the group is in danger.

    That is when two key servers are primary, or the members are fewer than `members`. What it saw
    is left in the memory of the run, under `look`.
    """

    def guard() -> None:
        seen = group_look(run, group, only=(KS, KS_POLICY))
        run.memory["look"] = seen
        if len(seen.primaries) > 1:
            names = ", ".join(each.device for each in seen.primaries)
            raise AlarmError(
                f"{names} are primary of {group} at once",
                hint="mend the way between them, then 'getvpn recover split'",
            )
        count = None if seen.leading is None else seen.leading.member_count
        if members is not None and count is not None and count < members:
            raise AlarmError(f"{group} has {count} members, it had {members}")

    return guard


def state_of(seen: GroupLook) -> dict[str, Any]:
    """The state of a group in few figures, for the journal."""
    return {
        "group": seen.name,
        "primary": None if seen.primary is None else seen.primary.device,
        "servers": {
            name: {
                "role": each.role,
                "members": each.member_count,
                "kek": None if each.kek_spi is None else f"{each.kek_spi:x}",
                "teks": sorted(f"{spi:x}" for spi in each.tek_spis),
                "label": each.label,
                "time_to_rekey_s": each.time_to_rekey_s,
            }
            for name, each in seen.servers.items()
        },
    }


def _reason(found: Sequence[str]) -> tuple[str]:
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return (f"{found[0]}{more}",)
