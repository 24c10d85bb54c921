"""A member loses its place in a group, on all key servers; the others get keys that it never had.

First no key server admits it any more, then all members are told to register again: who is not
admitted is left behind, with keys that end. Its pre-shared key is put back on the way back; it is
kept in the memory of the process alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..comparing.plan import Command
from ..comparing.text import lines
from ..deploying.planning import Target, targets
from ..deploying.sameness import strayed
from ..deploying.troubles import Kind
from ..ssh.device import Answer
from . import rekeying
from .evict_after import HELD, LISTS_S, SENT, absent, follow, remembered
from .evict_credentials import (
    Scene,
    references,
    removal,
    restored_by_intent,
    restoring,
    scene_of,
    secrets_in,
    shown,
)
from .evict_lists import revoke
from .evict_settings import Settings
from .gates import fit_step, well_step
from .looking import intent_of
from .model import Step, UnmetError
from .rekey_keys import save
from .run import Run, Seen

TAKE_S: Final = 20.0
CLEAR_S: Final = 15.0
RUNNING: Final = "show running-config"
STARTUP: Final = "show startup-config"
GO_ON: Final = "'getvpn runs resume' goes on, 'getvpn runs abort' puts its credential back"
PASSED: Final = frozenset({Kind.REKEY_SOON, Kind.NOT_LISTED, Kind.NOT_REGISTERED})
"""What does not stand in the way: an eviction does not wait for a rekey, nor for members."""


class Evict:
    """The procedure `evict member`."""

    name = "evict member"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps; those that change key servers only where they have lines about the member."""
        s = Settings.read(settings)
        return [
            fit_step(s.group, primary=s.primary, window_s=0.0, passed=PASSED),
            *(_take(s, name) for name in s.servers if name in s.lines),
            *([revoke(s)] if s.trustpoint is not None else []),
            _clear(s),
            follow(s),
            absent(s),
            well_step(s.group, state=f"{s.who} is no member of {s.group} any more"),
        ]


# ---- its credential ----


def _scene(run: Run, s: Settings) -> Scene:
    """What is compared."""
    found = run.memory.get("scene")
    if not isinstance(found, Scene):
        found = scene_of(intent_of(run), s.member, s.group, s.addresses)
        run.memory["scene"] = found
    return found


def _target(run: Run, s: Settings, name: str) -> Target:
    """What a key server is to be without the member, its secrets left out."""
    kept = run.memory.setdefault("targets", {})
    if name not in kept:
        kept[name] = targets(_scene(run, s).less, None, [name])[name]
    found: Target = kept[name]
    return found


def _left(run: Run, s: Settings, name: str) -> tuple[Command, ...]:
    """The lines by which a key server still admits the member."""
    running = run.device(name).send(RUNNING)
    found = removal(_scene(run, s), _target(run, s, name), running)
    if found:
        run.memory.setdefault(f"before {name}", running)
        for secret in secrets_in(found):
            run.hidden.keep(secret)
    return found


def _take(s: Settings, name: str) -> Step:
    theirs = s.lines[name]
    sessions = tuple(f"clear crypto session remote {each}" for each in s.addresses)

    def precheck(run: Run) -> bool:
        if _left(run, s, name):
            return False
        device = run.device(name)
        return not strayed(device.send(RUNNING), device.send(STARTUP), everything=True)

    def apply(run: Run) -> None:
        found = _left(run, s, name)
        device = run.device(name)
        if found:
            device.configure(lines(found), agree={each.text for each in found if each.asks})
        save(run, name)
        for command in sessions:
            device.send(command)

    def verify(run: Run) -> None:
        if _left(run, s, name):
            raise UnmetError(f"still admits {s.who} after it was told not to", device=name)

    return Step(
        name=f"let {name} refuse {s.who}",
        why="on all key servers: a member tries one after the other",
        device=name,
        commands=(*theirs.removal, "write memory", *sessions),
        precheck=precheck,
        apply=apply,
        verify=verify,
        undo=lambda run: _put_back(run, s, name),
        undo_commands=(*theirs.back, "write memory"),
        effect=f"{s.who} cannot register here any more; it goes on with the keys that it has",
        state=f"{name} refuses {s.who}, which still has the keys of the group",
        advice=GO_ON,
        needs_s=TAKE_S,
    )


def _put_back(run: Run, s: Settings, name: str) -> None:
    """Give the member its place again; where the process has forgotten the key, by the intent."""
    device = run.device(name)
    running = device.send(RUNNING)
    wanted = s.lines[name].removal
    if shown(removal(_scene(run, s), _target(run, s, name), running)) != wanted:
        commands = _back(run, s, name, running)
        for secret in secrets_in(commands):
            run.hidden.keep(secret)
        device.configure(lines(commands))
        found = removal(_scene(run, s), _target(run, s, name), device.send(RUNNING))
        if shown(found) != wanted:
            raise UnmetError(
                f"does not admit {s.who} as before", device=name, hint=_by_hand(s, name)
            )
    save(run, name)


def _back(run: Run, s: Settings, name: str, running: str) -> tuple[Command, ...]:
    scene, target = _scene(run, s), _target(run, s, name)
    before = run.memory.get(f"before {name}")
    if isinstance(before, str) and (shown(removal(scene, target, before)) == s.lines[name].removal):
        return restoring(scene, target, running, before)
    if s.member is None or run.secrets is None:
        raise UnmetError(
            f"the credential of {s.who} ended with the process that took it away",
            device=name,
            hint=_by_hand(s, name),
        )
    for each in references(scene.full, s.member, s.group):
        run.reveal(each)
    return restored_by_intent(scene, run.secrets, name, s.member, s.group, running)


def _by_hand(s: Settings, name: str) -> str:
    return f"enter by hand: {'; '.join(line.strip() for line in s.lines[name].back)}"


# ---- new keys for the others ----


def command_of(s: Settings) -> str:
    """What is entered on the primary."""
    return f"clear crypto gdoi group {s.names[s.primary]} ks members{' now' * s.now}"


def _clear(s: Settings) -> Step:
    def precheck(run: Run) -> bool:
        return rekeying.is_rekeyed(run, s.group, SENT) and not remembered(run, s)

    def apply(run: Run) -> None:
        _, primary = rekeying.leader(run, s.group)
        if SENT in run.kept:
            run.keep(HELD, [*run.kept.get(HELD, ()), *run.kept[SENT]])
        run.keep(SENT, list(rekeying.keys_now(run, s.group)))
        command = command_of(s).replace(s.names[s.primary], primary.group)
        said = run.device(primary.device).dialogue(
            command, [Answer(question="proceed", reply="yes")]
        )
        wrong = [line.strip() for line in said.splitlines() if line.strip().startswith("ERROR")]
        if wrong:
            raise UnmetError(f"does not do it: {wrong[0][:200]}", device=primary.device)

    def verify(run: Run) -> None:
        rekeying.await_rekey(run, s.group, SENT)

        def see() -> Seen:
            text = remembered(run, s)
            return Seen(done=not text, text=text)

        run.wait(f"all key servers to drop {s.who}", see, within_s=LISTS_S)

    return Step(
        name="have all members register again",
        why=f"the keys that {s.who} has must not be those of the group any more",
        device=s.primary,
        commands=(command_of(s),),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        precheck=precheck,
        apply=apply,
        verify=verify,
        effect=f"an outage: all members drop their keys at once, and each registers again at a "
        f"random time within {s.window_s:.0f} s"
        if s.now
        else f"the old keys live on for {s.window_s:.0f} s, within which the members register "
        f"again; until then {s.who} can read, too",
        state="all members are told to register again",
        advice="mend what it says, then 'getvpn runs resume' goes on; to admit it again, 'getvpn "
        "deploy' with it in the intent",
        needs_s=CLEAR_S,
        timeout_s=rekeying.SENT_S + LISTS_S,
        final=True,
    )
