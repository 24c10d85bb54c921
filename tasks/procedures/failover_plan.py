"""The plan of a test of a failover, from what the devices of a group showed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ...errors import UsageError
from ...inventory.models import Intent
from ...parsers.config import DeviceConfig
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from .failover import SILENCE_S, Failover
from .failover_settings import ISOLATIONS, Isolate, Settings
from .looking import state_of
from .model import ProcedurePlan, needed
from .planning import followed, kept_intent, look_at, resent_s

RETRIES: Final = 5
"""So often IKE asks a peer that does not answer before it is dead."""
SLACK_S: Final = 20.0
AWAY_S: Final = 1800.0


def plan_failover(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    *,
    isolate: Isolate = "reload",
    give_back: bool = False,
    without: Collection[str] = (),
    away_s: float = AWAY_S,
) -> ProcedurePlan:
    """The plan to test whether `group` goes on without its primary.

    `observed` are whole looks at its key servers and members. Members in `without` are known to be
    down. The old primary may be away for `away_s` seconds. Raises UsageError for a call without
    meaning, or a group that nobody serves.
    """
    if isolate not in ISOLATIONS:
        raise UsageError(
            f"a primary cannot be isolated by {isolate!r}", hint=f"there are {ISOLATIONS}"
        )
    look, leading = look_at(intent, observed, group, without)
    others = tuple(name for name in look.servers if name != leading.device)
    config = observed[leading.device].config
    settings = Settings(
        intent=kept_intent(intent),
        group=group,
        isolate=isolate,
        give_back=give_back,
        outranks=_outranks(look, leading.device),
        primary=leading.device,
        secondaries=others,
        names={name: seen.group for name, seen in look.servers.items()},
        label=leading.label,
        elects_s=SILENCE_S + _detection_s(config) + SLACK_S,
        away_s=away_s,
        followed=followed(intent, group, without),
        members=max((leading.member_count or 0) - len(without), 0),
        resent_s=resent_s(look),
    )
    steps = tuple(Failover().steps(settings.data()))
    expected = {name: seen for name, seen in observed.items() if name not in without}
    hindrances = obstacles(intent, expected, groups=[group], rekey_after_s=needed_s(needed(steps)))
    return ProcedurePlan(
        procedure=Failover.name,
        groups=_served_by(intent, group, leading.device),
        settings=settings.data(),
        steps=steps,
        left_s=leading.time_to_rekey_s,
        obstacles=(
            *hindrances,
            *_hindrances(settings),
            *_left_alone(intent, observed, settings),
        ),
        notes=tuple(_notes(intent, settings)),
        before=state_of(look),
    )


def _served_by(intent: Intent, group: str, server: str) -> tuple[str, ...]:
    """The groups that lose a key server while `server` is away, `group` first."""
    others = (
        each.name
        for each in intent.groups
        if each.name != group and any(role.name == server for role in each.servers)
    )
    return (group, *others)


def _outranks(look: GroupLook, name: str) -> bool:
    """Whether an election would choose a key server: by priority, then by address."""
    ranks = {
        each: (seen.priority or 0, int(seen.address) if seen.address is not None else 0)
        for each, seen in look.servers.items()
    }
    return ranks[name] == max(ranks.values())


def _detection_s(config: DeviceConfig | None) -> float:
    """How long IKE takes to notice that a peer is dead."""
    keepalive = config.isakmp_keepalive if config is not None else None
    if keepalive is None:
        return 0.0
    return (keepalive.interval_s or 0) + RETRIES * (keepalive.retry_s or 2)


def _hindrances(s: Settings) -> Iterator[str]:
    if not s.secondaries:
        yield f"{s.primary} is the only key server of {s.group}: nobody can take over"
    if s.give_back and not s.outranks:
        yield (
            f"{s.primary} does not outrank the other key servers: an election would choose another "
            "one; leave --give-back out"
        )


def _left_alone(intent: Intent, observed: Mapping[str, Observed], s: Settings) -> Iterator[str]:
    """Other groups that would have no key server while the primary restarts."""
    others = _served_by(intent, s.group, s.primary)[1:] if s.isolate == "reload" else ()
    for look in looks(intent, observed, others):
        served = look.servers.get(s.primary)
        if served is None:
            continue
        if served.alone:
            yield (
                f"{s.primary} is the only key server of {look.name}: it loses all keys when it "
                "restarts; add another key server first"
            )
        elif not any((peer.status or "").lower() == "alive" for peer in served.peers):
            yield (
                f"{s.primary} hears no other key server of {look.name}, which would have none "
                "while it restarts"
            )


def _notes(intent: Intent, s: Settings) -> Iterator[str]:
    others = _served_by(intent, s.group, s.primary)[1:]
    if others:
        yield f"{s.primary} serves {', '.join(others)} too, which do without it meanwhile"
    if s.isolate == "by-hand":
        yield (
            f"by hand {s.primary} goes on as primary by itself: where it outranks the others it "
            "leads again when it is back, and one rekey gives all members the same keys"
        )
    else:
        yield f"{s.primary} comes back as a secondary, and stays one" + (
            "; the role is given back to it in the end" if s.give_back else ""
        )
    yield (
        "it fails when no other key server leads in time, when keys change by themselves, when "
        "a member does not acknowledge the rekey, or when two primaries stay"
    )
