"""A group changes over from GDOI to G-IKEv2.

Key servers learn to serve members by both, members change over wave by wave, and when the last one
has, GDOI is switched off. Cooperation between key servers stays as it is, by IKEv1.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .gates import fit_step, settle, well_step
from .gikev2_features import check_features
from .gikev2_seen import await_closing, use_gdoi, use_gikev2
from .gikev2_settings import BOTH, GDOI, GIKEV2, Settings, VersionStages
from .model import Lane, Step, nothing
from .moving import BY_ITSELF, GO_ON, MOVE_S, WAVE_S, Nudge, Waves, move_step
from .rekeying import REGISTER, let_register
from .run import Run
from .stages import Move


class MigrateGikev2:
    """The procedure `migrate gikev2`."""

    name = "migrate gikev2"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: key servers that offer both, members, key servers that offer one."""
        s = Settings.read(settings)
        stages = VersionStages(s)
        window = MOVE_S * len(s.servers)
        return [
            fit_step(
                s.group,
                primary=s.primary,
                window_s=window,
                more=lambda run: check_features(run, s),
                intent=stages.intents[GDOI],
            ),
            *(_offer(s, stages, name) for name in s.servers),
            *_members(s, stages),
            *(_close(s, stages, name) for name in s.servers),
            well_step(
                s.group,
                state=f"{s.group} is served by G-IKEv2"
                if s.closes
                else f"{len(s.members)} members use G-IKEv2, {s.group} is served by both",
            ),
        ]


def _offer(s: Settings, stages: VersionStages, name: str) -> Step:
    return move_step(
        stages,
        Move(device=name, before=GDOI, after=BOTH),
        Step(
            name=f"let {name} offer G-IKEv2 beside GDOI",
            why="the primary comes last" if name == s.primary else "before the primary does",
            verify=nothing,
            effect="none: members are registered, and use what they have used",
            state=f"{name} serves members by both",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
        check=lambda run: _settled(run, s),
        back=lambda run: _settled(run, s),
    )


def _members(s: Settings, stages: VersionStages) -> list[Step]:
    again = Nudge(
        act=lambda run, name: let_register(run, s.group, [name]),
        commands=(f"{REGISTER} group {s.group}, {BY_ITSELF}",),
    )
    return Waves(
        stages=stages,
        group=s.group,
        before=GDOI,
        after=GIKEV2,
        lacks=use_gikev2,
        lacks_back=use_gdoi,
        nudges=(again,),
        nudges_back=(again,),
        then=lambda run: _settled(run, s),
    ).steps(
        s.waves,
        Step(
            name="let members change over, {wave}",
            why="each registers by G-IKEv2; who cannot is taken back to GDOI at once",
            verify=nothing,
            dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
            effect="these members encrypt nothing from their change until they have registered "
            "again: seconds each; with fail-close nothing passes meanwhile",
            state="{count} members use G-IKEv2, the others GDOI, key servers offer both",
            advice=GO_ON,
            needs_s=WAVE_S,
            timeout_s=600.0,
        ),
    )


def _close(s: Settings, stages: VersionStages, name: str) -> Step:
    what = "end GDOI on" if s.closes else "remove what nobody needs any more from"
    return move_step(
        stages,
        Move(device=name, before=BOTH, after=GIKEV2),
        Step(
            name=f"{what} {name}",
            why="no member uses it any more: the intent says that it is over"
            if s.closes
            else "members that have changed over need no key of IKEv1 there",
            verify=nothing,
            effect="none: nobody uses it; cooperation between key servers stays IKEv1",
            state=f"{name} serves {s.group} by G-IKEv2 alone"
            if s.closes
            else f"{name} has the keys of those that use them",
            advice=GO_ON,
            needs_s=MOVE_S,
            stops=True,
        ),
        before=(lambda run: await_closing(run, s)) if s.closes else None,
        check=lambda run: _settled(run, s),
        back=lambda run: _settled(run, s),
    )


def _settled(run: Run, s: Settings) -> None:
    settle(run, s.group)
