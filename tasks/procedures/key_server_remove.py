"""A key server leaves its group: members forget it, it stops, and only then its peers forget it.

As long as the others know it, it can only be silent; a key server that its peers have forgotten
and that still serves the group would soon lead one of its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..deploying.network import GroupLook
from ..deploying.observing import KS, KS_COOP, KS_POLICY
from ..deploying.seen import PRIMARY
from ..ssh.device import Answer
from . import rekey_keys as keys
from .gates import fit_step, settle, well_step
from .key_server_settings import LAST, WITH, WITHOUT, ServerStages, Settings
from .looking import alarmed, group_look
from .model import Lane, Step, UnmetError, nothing
from .moving import GO_ON, MOVE_S, WAVE_S, Waves, move_step
from .run import Run, Seen
from .stages import Move

ROLE: Final = "clear crypto gdoi group {} ks coop role"
HAND_S: Final = 60.0
ELECTED_S: Final = 180.0
LEAVE_S: Final = 30.0
REMOVE_S: Final = 10.0


class KeyServerRemove:
    """The procedure `key-server remove`."""

    name = "key-server remove"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: the role, the members, the key server, its peers, its key."""
        s = Settings.read(settings)
        stages = ServerStages(s, new=False)
        leads = s.primary == s.server
        window = LEAVE_S + MOVE_S * len(s.others) + (MOVE_S + HAND_S if leads else 0.0)
        return [
            fit_step(s.group, primary=s.primary, window_s=window),
            *([_give_way(s, stages), _hand_over(s)] if leads else []),
            *_forget(s, stages),
            _leave(s, stages),
            *(_peer(s, stages, name) for name in s.others),
            *([_remove_key(s, s.label)] if s.label else []),
            _well(s, stages),
        ]


def _look(run: Run, s: Settings) -> GroupLook:
    return group_look(run, s.group, only=(KS, KS_COOP, KS_POLICY))


def _leads(run: Run, s: Settings) -> bool:
    """Whether the key server to remove is primary. Raises UnmetError when nobody is."""
    seen = _look(run, s)
    if seen.primary is None:
        raise UnmetError(f"{s.group} has no primary, or several", hint="wait until one is elected")
    return seen.primary.device == s.server


def _give_way(s: Settings, stages: ServerStages) -> Step:
    return move_step(
        stages,
        Move(device=s.server, before=WITH, after=LAST),
        Step(
            name=f"give {s.server} the lowest priority",
            why="in an election the highest one wins: it would lead again",
            verify=nothing,
            effect="none: priorities count in elections only",
            state=f"{s.server} leads, and would be elected last",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
    )


def _hand_over(s: Settings) -> Step:
    command = ROLE.format(s.names[s.server])

    def apply(run: Run) -> None:
        run.device(s.server).dialogue(command, [Answer(question="proceed", reply="yes")])

    def verify(run: Run) -> None:
        def see() -> Seen:
            seen = _look(run, s)
            done = seen.primary is not None and seen.primary.device != s.server
            return Seen(done=done, text="" if done else "an election")

        run.wait(
            "another primary",
            see,
            within_s=ELECTED_S,
            watch=[alarmed(run, s.group)],
            advice=f"look why {s.heir} does not take over",
        )
        settle(run, s.group)

    return Step(
        name=f"let another key server lead in place of {s.server}",
        why="the acting primary is never removed",
        device=s.server,
        commands=(command,),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        precheck=lambda run: not _leads(run, s),
        apply=apply,
        verify=verify,
        effect="an election; keys and traffic stay as they are",
        state=f"{s.server} is a secondary",
        advice=GO_ON,
        needs_s=HAND_S,
        timeout_s=ELECTED_S,
        lane=Lane.BEFORE_REKEY,
    )


def _forget(s: Settings, stages: ServerStages) -> list[Step]:
    return Waves(stages=stages, group=s.group, before=WITH, after=WITHOUT).steps(
        s.waves,
        Step(
            name=f"let members forget {s.server}, {{wave}}",
            why="nobody may ask a key server that is gone",
            verify=nothing,
            effect="none: who registered there keeps its keys, and gets rekeys from the primary",
            state=f"{{count}} members do not know {s.server} any more",
            advice=GO_ON,
            needs_s=WAVE_S,
            timeout_s=300.0,
        ),
    )


def _leave(s: Settings, stages: ServerStages) -> Step:
    def before(run: Run) -> None:
        if _leads(run, s):
            raise UnmetError(
                f"leads {s.group} now, and is not removed",
                device=s.server,
                hint="'getvpn runs abort' takes it back; then call it with --hand-over",
            )

    def check(run: Run) -> None:
        settle(run, s.group, intent=stages.intents[WITHOUT])

    return move_step(
        stages,
        Move(device=s.server, before=LAST if s.primary == s.server else WITH, after=WITHOUT),
        Step(
            name=f"let {s.server} leave {s.group}",
            why="before its peers forget it: alone it would become primary of a group of its own",
            verify=nothing,
            dialogue=("Do you want to continue …: yes",),
            effect=f"none: keys and members are on the others; they see {s.server} as dead",
            state=f"{s.server} serves {s.group} no more, its peers still list it",
            advice=GO_ON,
            needs_s=LEAVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
        before=before,
        check=check,
        back=lambda run: _back(run, s),
    )


def _back(run: Run, s: Settings) -> None:
    seen = settle(run, s.group)
    if seen.servers[s.server].role == PRIMARY:
        run.say(f"{s.server} leads {s.group} again")


def _peer(s: Settings, stages: ServerStages, name: str) -> Step:
    last = name == s.heir

    def check(run: Run) -> None:
        settle(run, s.group, intent=stages.intents[WITHOUT])

    return move_step(
        stages,
        Move(device=name, before=WITH, after=WITHOUT),
        Step(
            name=f"let {name} forget {s.server}",
            why="the primary comes last" if last else "before the primary does",
            verify=nothing,
            effect="none: it was silent",
            state=f"{name} does not know {s.server} any more",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
        check=check,
    )


def _remove_key(s: Settings, label: str) -> Step:
    def verify(run: Run) -> None:
        if keys.key_on(run, s.server, label) is not None:
            raise UnmetError(f"still has the key {label}", device=s.server)

    return Step(
        name=f"remove the key {label} from {s.server}",
        why="who has it could sign rekeys that members believe",
        device=s.server,
        commands=(keys.zeroize_command(label), "write memory"),
        dialogue=("Do you really want to remove these keys? [yes/no]: yes",),
        # that it is gone is not enough: unless that is saved, a restart brings it back
        apply=lambda run: keys.zeroize(run, s.server, label),
        verify=verify,
        effect="none: the others have it",
        state=f"{s.server} has nothing of {s.group} any more",
        advice="'getvpn runs resume' goes on from here",
        needs_s=REMOVE_S,
        final=True,
    )


def _well(s: Settings, stages: ServerStages) -> Step:
    return well_step(
        s.group,
        state=f"{s.group} goes on without {s.server}; take it out of the intent",
        intent=stages.intents[WITHOUT],
    )
