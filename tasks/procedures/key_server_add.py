"""Another key server for a group: it joins as a secondary, and only then members are told of it.

It gets everything but the group first, the others get it as their peer, and the group comes last:
so it hears the primary from its first second on, and never leads a group of its own beside it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..deploying.seen import SECONDARY
from . import pki_enrolling as certs
from . import rekey_keys as keys
from .gates import fit_step, settle, well_step
from .key_server_settings import READY, WITH, WITHOUT, ServerStages, Settings
from .model import Lane, Step, UnmetError, nothing
from .moving import GO_ON, MOVE_S, WAVE_S, Waves, move_step
from .run import Run
from .stages import Move

KEY_S: Final = 20.0
JOIN_S: Final = 60.0


class KeyServerAdd:
    """The procedure `key-server add`."""

    name = "key-server add"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: the key server, its peers, the group, the members."""
        s = Settings.read(settings)
        stages = ServerStages(s, new=True)
        window = MOVE_S * (1 + len(s.others)) + JOIN_S
        window += KEY_S * (bool(s.label) + bool(s.trustpoint))
        return [
            fit_step(s.group, primary=s.primary, window_s=window, intent=stages.intents[WITHOUT]),
            _ready(s, stages),
            *([_enroll(s, stages, s.trustpoint)] if s.trustpoint else []),
            *([_bring_key(s, s.label)] if s.label else []),
            *(_peer(s, stages, name) for name in s.others),
            _serve(s, stages),
            *_tell(s, stages),
            well_step(s.group, state=f"{s.server} serves {s.group}, and its members know it"),
        ]


def _ready(s: Settings, stages: ServerStages) -> Step:
    return move_step(
        stages,
        Move(device=s.server, before=WITHOUT, after=READY),
        Step(
            name=f"configure {s.server}, all but the group",
            why="IKE, keys of peers and members, lists and profiles are the same as on the others",
            verify=nothing,
            effect="none: it serves nobody yet",
            state=f"{s.server} is configured, and serves {s.group} not yet",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
    )


def _enroll(s: Settings, stages: ServerStages, trustpoint: str) -> Step:
    """A certificate of the authority that the primary knows."""
    points = stages.view(WITH, s.server).trustpoints
    label = next((each.key for each in points if each.name == trustpoint), None) or ""

    def apply(run: Run) -> None:
        certs.note_key(run, s.server, label)
        fingerprint = certs.known_authority(run, s.primary, trustpoint)
        certs.authenticate(run, s.server, trustpoint, fingerprint)
        certs.enroll(run, s.server, trustpoint, "")
        keys.save(run, s.server)

    def verify(run: Run) -> None:
        lack = certs.lack(run, s.server, trustpoint, "")
        if lack:
            raise UnmetError(lack, device=s.server)

    return Step(
        name=f"get a certificate for {s.server}",
        why="who has none cannot prove himself to the others",
        device=s.server,
        commands=(
            f"{s.primary}: {certs.show_command(trustpoint)}",
            certs.authenticate_command(trustpoint),
            certs.enroll_command(trustpoint),
            "write memory",
        ),
        dialogue=certs.DIALOGUE,
        apply=apply,
        verify=verify,
        undo=lambda run: certs.remove_key(run, s.server, label),
        undo_commands=(keys.zeroize_command(label), "write memory"),
        effect="none: it serves nobody yet",
        state=f"{s.server} has a certificate",
        advice=GO_ON,
        needs_s=KEY_S,
        timeout_s=certs.GRANTED_S,
        lane=Lane.BEFORE_REKEY,
    )


def _bring_key(s: Settings, label: str) -> Step:
    """The RSA key that signs rekeys, from the primary."""

    def precheck(run: Run) -> bool:
        there = keys.key_on(run, s.server, label)
        if there is None:
            return False
        keys.check_same(run, [s.primary, s.server], label)
        return True

    return Step(
        name=f"bring the key {label} to {s.server}",
        why="a key server that takes over must sign rekeys with the key that members know",
        device=s.server,
        commands=(
            f"{s.primary}: {keys.export_command(label, 'aes')}",
            keys.import_command(label),
            "write memory",
        ),
        dialogue=(
            "End with a blank line …: the public half",
            'End with "quit" …: the private half',
        ),
        precheck=precheck,
        apply=lambda run: keys.import_key(
            run, s.server, label, keys.exported(run, s.primary, label, "aes")
        ),
        verify=lambda run: keys.check_same(run, [s.primary, s.server], label),
        undo=lambda run: keys.zeroize(run, s.server, label),
        undo_commands=(keys.zeroize_command(label), "write memory"),
        effect="none: nothing is signed with it there yet",
        state=f"{s.server} has the key that signs rekeys",
        advice=GO_ON,
        needs_s=KEY_S,
        lane=Lane.BEFORE_REKEY,
    )


def _peer(s: Settings, stages: ServerStages, name: str) -> Step:
    last = name == s.primary

    def check(run: Run) -> None:
        settle(run, s.group, intent=stages.intents[WITHOUT])

    return move_step(
        stages,
        Move(device=name, before=WITHOUT, after=WITH),
        Step(
            name=f"let {name} know {s.server}",
            why="the primary comes last: what it announces is taken by all from then on"
            if last
            else "before the primary does",
            verify=nothing,
            effect=f"{name} looks for {s.server}, which does not answer before it serves the group",
            state=f"{name} knows {s.server}, which serves {s.group} not yet",
            advice=GO_ON,
            needs_s=MOVE_S,
            lane=Lane.BEFORE_REKEY,
        ),
        check=check,
    )


def _serve(s: Settings, stages: ServerStages) -> Step:
    def check(run: Run) -> None:
        seen = settle(run, s.group)
        role = seen.servers[s.server].role
        if role != SECONDARY:
            raise UnmetError(f"is {role or 'nothing'} of {s.group}, not secondary", device=s.server)

    def check_back(run: Run) -> None:
        settle(run, s.group, intent=stages.intents[WITHOUT])

    return move_step(
        stages,
        Move(device=s.server, before=READY, after=WITH),
        Step(
            name=f"let {s.server} serve {s.group}",
            why="it has the lowest priority and hears the primary at once: it becomes a secondary",
            verify=nothing,
            effect="it takes keys and members over from the primary; no rekey, nothing for members",
            state=f"{s.server} is a secondary with the same keys and members, and no member knows "
            "it yet",
            advice=GO_ON,
            needs_s=JOIN_S,
            lane=Lane.BEFORE_REKEY,
        ),
        check=check,
        back=check_back,
    )


def _tell(s: Settings, stages: ServerStages) -> list[Step]:
    return Waves(stages=stages, group=s.group, before=WITHOUT, after=WITH).steps(
        s.waves,
        Step(
            name=f"tell members of {s.server}, {{wave}}",
            why="it is in step with the others: who registers there gets the same",
            verify=nothing,
            effect="none: members stay registered, and ask it when those before do not answer",
            state=f"{{count}} members know {s.server}",
            advice=GO_ON,
            needs_s=WAVE_S,
            timeout_s=300.0,
        ),
    )
