"""Another policy for a group: what is encrypted and how, and how long keys live.

Members get the policy of the primary, by a rekey. So all secondaries have the new one before the
primary does, and the rekey is sent only when all are the same: a key server that takes over, or
that a member registers with meanwhile, gives out the same then.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..comparing.plan import Command
from ..deploying.lines import LinesWay
from ..deploying.models import Change
from ..deploying.planning import Target, targets
from ..deploying.sameness import strayed
from ..deploying.server_health import policy_troubles
from ..deploying.troubles import Kind, sentences
from . import rekeying
from .gates import check_primary, first_of, fit_step, looked, settle, well_step, whole_look
from .looking import alarmed, intent_of
from .model import Lane, LateError, Step, UnmetError, nothing
from .policy_features import ask_features, check_features
from .policy_lines import policy_difference, policy_way_back, shown, slim_target
from .policy_settings import Settings, commands_of
from .run import Run
from .slim import SlimDevice

RUNNING: Final = "show running-config"
STARTUP: Final = "show startup-config"
EDIT_S: Final = 30.0
REKEY_S: Final = 15.0
SETTLED_S: Final = 180.0
MARGIN_S: Final = 300.0
"""How much longer than expected members may take."""
SENT: Final = "keys before the rekey"
SENT_BACK: Final = "keys before the rekey of the old policy"
NOTED: Final = "keys of the old policy"


class PolicyChange:
    """The procedure `policy change`."""

    name = "policy change"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps; without edits the policy is there, and only members lack it."""
        s = Settings.read(settings)
        window = EDIT_S * len(s.edits) + REKEY_S
        return [
            fit_step(
                s.group,
                primary=s.primary,
                window_s=window,
                more=lambda run: check_features(s, ask_features(run.device(s.primary))),
                passed={Kind.POLICY},
            ),
            _note(s),
            *(_edit(s, name, window) for name in s.edited),
            _same(s),
            _rekey(s),
            _follow(s),
            _ended(s),
            well_step(s.group, state=f"{s.group} has the new policy everywhere"),
        ]


# ---- before ----


def _note(s: Settings) -> Step:
    def precheck(run: Run) -> bool:
        return NOTED in run.kept

    return Step(
        name="note the keys of the old policy",
        why="on the way back a rekey is needed if anybody has been told of the new one",
        precheck=precheck,
        apply=lambda run: run.keep(NOTED, list(rekeying.keys_now(run, s.group))),
        verify=nothing,
        undo=lambda run: _send_back(s, run),
        undo_commands=(f"{rekeying.rekey_command(s.names[s.primary])}, where others have it",),
        effect="none: it only looks",
        state="nothing was changed",
        advice="begin again",
        needs_s=2.0,
        lane=Lane.BEFORE_REKEY,
    )


def _send_back(s: Settings, run: Run) -> None:
    """All key servers have the old policy again: tell it to those that have got the new one."""
    if NOTED not in run.kept or tuple(run.kept[NOTED]) == rekeying.keys_now(run, s.group):
        return
    if not rekeying.is_rekeyed(run, s.group, SENT_BACK):
        rekeying.send_rekey(run, s.group, SENT_BACK)
        rekeying.await_rekey(run, s.group, SENT_BACK)
    try:
        _await(s, run)
    except LateError as error:
        run.say(f"{error.message}: these may go on with the new policy until they register again")


# ---- the key servers ----


def _target(run: Run, name: str) -> Target:
    """What a key server is to be, without its secrets."""
    kept = run.memory.get("targets")
    if not isinstance(kept, dict):
        kept = run.memory["targets"] = {}
    if name not in kept:
        kept[name] = slim_target(targets(intent_of(run), None, [name])[name])
    found: Target = kept[name]
    return found


def _left(run: Run, s: Settings, name: str) -> tuple[Command, ...]:
    """What of the new policy a key server does not have."""
    running = SlimDevice(run.device(name)).send(RUNNING)
    return policy_difference(_target(run, name), running, s.names[name]).commands


def _way(run: Run, s: Settings, name: str, *, only_save: bool = False) -> LinesWay:
    """The way of the lines to a key server; without trial: they cannot cut a session off."""
    edit, target = s.edits[name], _target(run, name)
    return LinesWay(
        SlimDevice(run.device(name)),
        Change(
            device=name,
            role="key server",
            groups=(s.group,),
            means="lines",
            commands=() if only_save else commands_of(edit.commands),
            inverse=commands_of(edit.inverse),
        ),
        backup=edit.before,
        back=lambda now: policy_way_back(target, now, edit.before, s.names[name]),
        username="",
        clock=run.clock,
        archive=False,
        trial_min=None,
    )


def _edit(s: Settings, name: str, window_s: float) -> Step:
    edit = s.edits[name]
    first, last = name == s.edited[0], name == s.primary

    def precheck(run: Run) -> bool:
        if _left(run, s, name):
            return False
        device = run.device(name)
        return not strayed(device.send(RUNNING), device.send(STARTUP), everything=True)

    def apply(run: Run) -> None:
        if first and _left(run, s, name):
            check_primary(run, s.group, s.primary, needs_s=window_s, passed={Kind.POLICY})
        way = _way(run, s, name)
        way.apply()
        way.keep()

    def verify(run: Run) -> None:
        if _left(run, s, name):
            raise UnmetError("has not the new policy after it was entered", device=name)
        settle(
            run, s.group, within_s=SETTLED_S, passed={Kind.POLICY}, watch=[alarmed(run, s.group)]
        )

    def undo(run: Run) -> None:
        _way(run, s, name).undo()
        _way(run, s, name, only_save=True).keep()

    return Step(
        name=f"give {name} the new policy",
        why="the primary comes last: only what it has reaches members"
        if last
        else "a key server that takes over must give out the new policy",
        device=name,
        commands=(*shown(commands_of(edit.commands)), "write memory"),
        precheck=precheck,
        apply=apply,
        verify=verify,
        undo=undo,
        undo_commands=(*shown(commands_of(edit.inverse)), "write memory"),
        effect="none until the rekey: it is told with the next one"
        if last
        else "members that register with it now get the new policy, the others with the rekey",
        state="all key servers have the new policy, members the old one"
        if last
        else f"{name} has the new policy, {s.primary} the old one",
        advice="'getvpn runs resume' goes on, 'getvpn runs abort' takes it back",
        needs_s=EDIT_S,
        lane=Lane.BEFORE_REKEY,
    )


def _same(s: Settings) -> Step:
    def verify(run: Run) -> None:
        found = sentences(policy_troubles(whole_look(run, s.group)))
        if found:
            raise UnmetError(f"key servers differ: {first_of(found)}")

    return Step(
        name="all key servers have the same policy",
        why="no rekey is sent while they differ",
        commands=(f"show running-config, on {', '.join((*s.secondaries, s.primary))}",),
        verify=verify,
        effect="none: it only looks",
        state="all key servers have the new policy, members the old one",
        advice="'getvpn runs resume' goes on, 'getvpn runs abort' takes it back",
        needs_s=5.0,
        lane=Lane.BEFORE_REKEY,
    )


# ---- the members ----


def _rekey(s: Settings) -> Step:
    replace = s.apply == "replace-now"
    return Step(
        name="send the new policy to the members",
        why="told explicitly: with a scheduled rekey the secondaries would be told after members",
        device=s.primary,
        commands=(rekeying.rekey_command(s.names[s.primary], replace=replace),),
        precheck=lambda run: rekeying.is_rekeyed(run, s.group, SENT),
        apply=lambda run: rekeying.send_rekey(run, s.group, SENT, replace=replace),
        verify=lambda run: rekeying.await_rekey(run, s.group, SENT),
        effect="members drop their keys at once: packets on the way are lost, and all of those of "
        "who misses the rekey"
        if replace
        else f"the old keys live on for {s.shortened_s} s, so that nothing is lost between "
        "members that treat traffic alike",
        state="the rekey with the new policy has been sent",
        advice="'getvpn runs resume' goes on, 'getvpn runs abort' takes it back",
        needs_s=REKEY_S,
        timeout_s=rekeying.SENT_S,
        lane=Lane.BEFORE_REKEY,
    )


def _await(s: Settings, run: Run) -> None:
    rekeying.await_members(
        run,
        s.group,
        s.followed,
        what="members with the policy of the key servers",
        within_s=s.resent_s + rekeying.pace_s(s.members) + MARGIN_S,
        members=s.members,
        advice="'clear crypto gdoi' on a member lets it register, and get the policy",
    )


def _follow(s: Settings) -> Step:
    return Step(
        name="follow the members until each has the new policy",
        why="its access list has to be that of the key servers, and its keys the new ones",
        commands=(f"show crypto gdoi, on {len(s.followed)} members",),
        precheck=lambda run: not rekeying.behind(run, s.group, s.followed),
        apply=lambda run: _await(s, run),
        verify=nothing,
        effect="none: it only looks",
        state="all members have the new policy, the old keys have not yet gone",
        advice="'clear crypto gdoi' on members that lack it, then 'getvpn runs resume'; "
        "'getvpn runs abort' brings the old policy back",
        needs_s=rekeying.pace_s(s.members),
        timeout_s=s.resent_s + rekeying.pace_s(s.members) + MARGIN_S,
        stops=True,
    )


def _ended(s: Settings) -> Step:
    def old(run: Run, group: str, names: Sequence[str]) -> dict[str, str]:
        _, primary = rekeying.leader(run, group)
        seen = rekeying.look_at_members(run, names)
        joined = looked(run, group, seen).members
        found = {}
        for name in names:
            if name not in joined:
                found[name] = seen[name].failure or "it is no member of the group"
            elif joined[name].tek_spis - primary.tek_spis:
                found[name] = "it still holds keys of the old policy"
        return found

    def wait(run: Run) -> None:
        rekeying.await_members(
            run,
            s.group,
            s.followed,
            what="members with keys of the new policy only",
            within_s=s.shortened_s + MARGIN_S,
            lacks=old,
            members=s.members,
        )

    return Step(
        name="wait until the old keys have gone",
        why="until then members decrypt by the old policy, too",
        commands=(f"show crypto gdoi, on {len(s.followed)} members",),
        precheck=lambda run: not old(run, s.group, s.followed),
        apply=wait,
        verify=nothing,
        effect="none: the keys expire by themselves",
        state="the new policy is the only one",
        advice="'getvpn runs resume' looks again",
        needs_s=float(s.shortened_s),
        timeout_s=s.shortened_s + MARGIN_S,
        stops=True,
    )
