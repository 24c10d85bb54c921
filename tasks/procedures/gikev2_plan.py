"""The plan to change a group over to G-IKEv2, from what its devices showed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ...errors import UsageError
from ...inventory.models import Group, Intent
from ...inventory.naming import ikev2_name
from ...inventory.relations import Relations
from ...parsers.records.gdoi_feature import GdoiFeature
from ..deploying.health import needed_s, obstacles
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.waves import Wave
from ..render import Secrets
from .gikev2 import MigrateGikev2
from .gikev2_features import too_old
from .gikev2_settings import GDOI, GIKEV2, Settings, VersionStages, before_gikev2
from .looking import state_of
from .model import ProcedurePlan, needed
from .planning import kept_intent, look_at
from .stage_plans import notes_beside, secrets_missing
from .stages import Move


def plan_gikev2(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    *,
    feature: GdoiFeature | None = None,
    asked: bool = False,
    was: Intent | None = None,
    wave: Wave | None = None,
    secrets: Secrets | None = None,
) -> ProcedurePlan:
    """The plan to let members of `group` use G-IKEv2, those of which the intent says it.

    `observed` are whole looks at its key servers and members, `feature` what the primary shows of
    the feature `gikev2`, None if it shows nothing although it was `asked`; otherwise the first step
    asks. `was` is the intent as it has been, by default the same with IKEv1 in this
    group. With `secrets` it is looked whether those that are needed are there. Raises UsageError
    for a call without meaning, or a group that nobody serves.
    """
    wanted = _group(intent, group)
    before = was or Intent.model_validate(before_gikev2(kept_intent(intent), group))
    look, leading = look_at(intent, observed, group)
    moved = [
        seat.member.name
        for seat in Relations(intent).seats_by_group[group]
        if seat.version == "ikev2" and not seat.member.external
    ]
    s = Settings(
        intent=kept_intent(intent),
        was=kept_intent(before),
        group=group,
        servers=(*(name for name in look.servers if name != leading.device), leading.device),
        names={role.name: role.group_name or group for role in wanted.servers},
        waves=tuple((wave or Wave()).split(moved)),
        closes=wanted.versions == "ikev2",
    )
    steps = tuple(MigrateGikev2().steps(s.data()))
    limit_s = needed_s(needed(steps))
    against = (
        *obstacles(before, observed, groups=[group], rekey_after_s=limit_s),
        *(f"{s.primary}: {text}" for text in (too_old(s, feature) if asked or feature else ())),
        *_refused(wanted, look, observed, s),
        *secrets_missing(VersionStages(s), _moves(s), secrets),
    )
    return ProcedurePlan(
        procedure=MigrateGikev2.name,
        groups=(group,),
        settings=s.data(),
        steps=steps,
        left_s=leading.time_to_rekey_s,
        obstacles=tuple(dict.fromkeys(against)),
        notes=tuple(_notes(intent, s, observed)),
        before=state_of(look),
    )


def _group(intent: Intent, group: str) -> Group:
    found = next((each for each in intent.groups if each.name == group), None)
    if found is None:
        raise UsageError(f"the intent has no group '{group}'")
    if found.versions == "ikev1":
        raise UsageError(
            f"the intent says that {group} uses IKEv1",
            hint="say 'versions: ikev2' there, or 'both' and 'version: ikev2' in members",
        )
    return found


def _moves(s: Settings) -> Iterator[Move]:
    return (Move(device=name, before=GDOI, after=GIKEV2) for name in (*s.servers, *s.members))


def _refused(
    wanted: Group, look: GroupLook, observed: Mapping[str, Observed], s: Settings
) -> Iterator[str]:
    """What G-IKEv2 cannot do, and what there is of it."""
    if wanted.d3p_window_ms is not None:
        yield f"group {s.group}: the intent wants IP-D3P, which members with G-IKEv2 cannot do"
    for role in wanted.servers:
        if role.name not in look.servers:
            yield f"{role.name}: it does not show that it serves {s.group}"
    profile = ikev2_name(wanted)
    for name in (*s.servers, *s.members):
        seen = observed.get(name)
        config = seen.config if seen is not None else None
        if config is None:
            continue
        for view in config.key_servers:
            if view.group == s.names.get(name) and view.d3p_window_ms is not None:
                yield (
                    f"{name}: it has IP-D3P on, which members with G-IKEv2 cannot do; switch it "
                    "off first: 'getvpn policy change'"
                )
        there = config.ikev2_profiles.get(profile)
        if there is not None:
            methods = {there.authentication_local, *there.authentication_remote}
            if "eap" in methods:
                yield f"{name}: its profile {profile} uses EAP, which G-IKEv2 cannot do"


def _notes(intent: Intent, s: Settings, observed: Mapping[str, Observed]) -> Iterator[str]:
    seats = Relations(intent).seats_by_group[s.group]
    foreign = [
        seat.member.name for seat in seats if seat.version == "ikev2" and seat.member.external
    ]
    if foreign:
        yield f"members of somebody else change over by themselves: {', '.join(foreign)}"
    old = [seat.member.name for seat in seats if seat.version == "ikev1"]
    if old:
        yield f"{len(old)} members stay with GDOI, as the intent says"
    if s.members:
        yield (
            "each member encrypts nothing for some seconds, while it registers by the other "
            "protocol; the others go on meanwhile"
        )
    yield from notes_beside(VersionStages(s), _moves(s), observed)
