"""Another image for key servers, without a key that is missed.

All images are on their devices and verified before anything restarts. Then secondaries restart one
at a time, and the primary last: another key server takes over from it, and it comes back as a
secondary, which is as it should be. Nothing restarts unless the next rekey is far enough off, and
the key servers are in step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from ..ssh.device import Answer
from .looking import state_of
from .model import Step, UnmetError
from .rekeying import rekey_command
from .run import Run, Seen
from .upgrade_copying import each_of, failures
from .upgrade_restarting import await_answer, boots, is_right, runs
from .upgrade_settings import Servers, read_servers
from .upgrade_software import Running, running
from .upgrade_steady import (
    STEADY_S,
    await_ready,
    await_steady,
    check_fit,
    check_others,
    check_versions,
    check_whole,
)
from .upgrade_steps import (
    GO_ON,
    back_commands,
    boot_step,
    bring_step,
    check_as_planned,
    new_image,
    old_images,
    restart_commands,
    restart_dialogue,
    strict,
    verify_step,
)
from .upgrade_waiting import (
    Guard,
    await_acknowledged_rekey,
    await_time,
    reached,
    seen_of,
)

LOOK_S: Final = 15.0
STEP_S: Final = 60.0
TAKE_OVER_S: Final = 90.0
"""How long a group is without primary at most: silence that is noticed, and an election."""
_ROLE: Final = "clear crypto gdoi ks coop role"


class UpgradeServers:
    """The procedure `upgrade key-servers`."""

    name = "upgrade key-servers"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: images everywhere, then one key server after the other."""
        s = read_servers(settings)
        copied = [name for name in s.order if s.image(name).local is not None]
        found = [_fit(s)]
        found += [bring_step(s, [name], f"bring the image to {name}") for name in copied]
        found += [verify_step(s, [name], f"verify the image on {name}") for name in s.order]
        for name in s.order:
            if name in s.primary.values() and s.hand_over:
                found.append(_hand_over(s, name))
            if not s.boxes[name].install:
                found.append(boot_step(s, name))
            found += [_restart(s, name), _steady(s, name)]
        found.append(_well(s))
        if s.prove:
            found.append(_prove(s))
        return found


# ---- before ----


def _fit(s: Servers) -> Step:
    def verify(run: Run) -> None:
        for look in check_fit(run, s):
            wanted = s.primary.get(look.name)
            if look.primary is None or (wanted and look.primary.device != wanted):
                now = look.primary.device if look.primary is not None else "nobody"
                raise UnmetError(
                    f"{now} is primary of {look.name} now, not {wanted}", hint="make the plan again"
                )
            run.record("state", "before", **state_of(look))
        strict(run, failures(each_of(run, s.order, lambda name: check_as_planned(run, s, name))))

    return Step(
        name="the key servers are fit for it",
        why="nothing restarts in a group that is not well",
        commands=("show version, show crypto gdoi ks …, on all key servers",),
        verify=verify,
        effect="none: it only looks",
        state="nothing was changed",
        advice="mend what it says, and begin again",
        needs_s=LOOK_S,
    )


# ---- one key server ----


def _slice_s(s: Servers, name: str) -> float:
    return s.takes_s + STEP_S + (TAKE_OVER_S if name in s.primary.values() else 0.0)


def _ready(run: Run, s: Servers, name: str) -> None:
    """Wait until a key server may restart: all are in step, and no rekey comes meanwhile."""
    # who has restarted does not lead any more, and somebody has taken over from it
    before = s.order[: s.order.index(name)]
    for look in await_ready(run, s, _slice_s(s, name)):
        primary, was = look.primary, s.primary.get(look.name)
        if primary is not None and primary.device == name and was not in {name, *before}:
            raise UnmetError(
                f"{name} is primary of {look.name} now, not {was}",
                hint="make the plan again, so that it restarts last",
            )


def _watch(run: Run, s: Servers, name: str) -> list[Callable[[], None]]:
    return [Guard(run=run, s=s, away=(name,))]


def _restart(s: Servers, name: str) -> Step:
    box = s.boxes[name]
    leads = name in s.primary.values() and not s.hand_over

    def precheck(run: Run) -> bool:
        return is_right(s, name, await_answer(run, s, name, _watch(run, s, name)))

    def apply(run: Run) -> None:
        _ready(run, s, name)
        new_image(run, s, name, _watch(run, s, name))

    def verify(run: Run) -> None:
        now: Running = running(run.device(name))
        if not is_right(s, name, now):
            raise UnmetError(f"runs {now.version} of {now.file}", device=name)

    def undo(run: Run) -> None:
        def ready() -> None:
            check_others(run, s, name)
            await_time(run, s, _slice_s(s, name), proven=False)

        old_images(run, s, [name], ready, _watch(run, s, name))
        await_steady(run, s, name)

    effect = f"{name} serves nobody for a while; members that register go to another key server"
    if leads:
        effect += ", which takes over as primary within a minute: keys stay as they are"
    return Step(
        name=f"restart {name} with {s.image(name).release}",
        why=_why(s, name),
        device=name,
        commands=restart_commands(box),
        dialogue=restart_dialogue(box),
        undo_commands=back_commands(box),
        precheck=precheck,
        apply=apply,
        verify=verify,
        undo=undo,
        effect=effect,
        state=f"{name} runs {s.image(name).release}",
        advice=f"look at the console of {name}; {GO_ON}",
        needs_s=s.takes_s,
        timeout_s=s.within_s,
    )


def _why(s: Servers, name: str) -> str:
    if name not in s.primary.values():
        return "one secondary at a time, so that there is always another key server"
    if name != s.order[-1]:
        return f"it leads another group; the primary of {s.group} comes last"
    return "the primary comes last, so that there is one takeover only"


def _steady(s: Servers, name: str) -> Step:
    last = name in s.primary.values()

    def verify(run: Run) -> None:
        groups = await_steady(run, s, name, secondary=not last)
        check_versions(groups, name)
        check_whole(run, s, name)
        for look in groups:
            run.record("state", f"after {name}", **state_of(look))

    return Step(
        name=f"{name} is in step with the other key servers",
        why="the next one may go only when this one could take over from it",
        device=name,
        commands=("show crypto gdoi ks coop, … policy, … members, on all key servers",),
        verify=verify,
        effect="none: it only looks",
        state=f"{name} runs {s.image(name).release}, and all key servers are in step",
        advice=GO_ON,
        needs_s=STEP_S,
        timeout_s=STEADY_S,
    )


def _hand_over(s: Servers, name: str) -> Step:
    led = [group for group, primary in s.primary.items() if primary == name]

    def leads(run: Run) -> dict[str, str]:
        """The groups that it leads, with what it calls them."""
        observed, groups = seen_of(run, s)
        reached(observed)
        return {
            each.name: each.primary.group
            for each in groups
            if each.primary is not None and each.primary.device == name
        }

    def apply(run: Run) -> None:
        _ready(run, s, name)
        for group in leads(run).values():
            run.device(name).dialogue(_command(group), [Answer(question="proceed", reply="yes")])

    def verify(run: Run) -> None:
        guard = Guard(run=run, s=s)

        def look() -> Seen:
            left = leads(run)
            return Seen(
                done=not left, text=f"{name} leads {next(iter(left))}" if left else "handed over"
            )

        run.wait("another primary", look, within_s=STEADY_S, watch=[guard])
        await_steady(run, s, name, secondary=True)

    return Step(
        name=f"let another key server take over from {name}",
        why="a primary that steps down is not missed for the minute that an election needs",
        device=name,
        commands=tuple(_command(s.called(group)) for group in led),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        precheck=lambda run: runs(run, s, name) or not leads(run),
        apply=apply,
        verify=verify,
        effect="keys stay as they are: all key servers have them",
        state=f"another key server is primary in place of {name}",
        advice=GO_ON,
        needs_s=STEP_S,
        timeout_s=STEADY_S,
    )


def _command(group: str) -> str:
    return _ROLE.replace("gdoi ks", f"gdoi group {group} ks")


# ---- after ----


def _well(s: Servers) -> Step:
    def verify(run: Run) -> None:
        for name in s.order:
            now = running(run.device(name))
            if not is_right(s, name, now):
                raise UnmetError(f"runs {now.version} of {now.file}", device=name)
            if not s.boxes[name].install and not boots(run, name, s.boxes[name].new_lines):
                raise UnmetError("has not saved which image it boots", device=name)
        for look in await_steady(run, s):
            run.record("state", "after", **state_of(look))

    return Step(
        name="all key servers are well, on their new images",
        why="what was changed is to be left in order",
        commands=("show version, show crypto gdoi ks …, on all key servers",),
        verify=verify,
        effect="none: it only looks",
        state="all key servers run their new images, one is primary, all are in step",
        needs_s=LOOK_S,
    )


def _prove(s: Servers) -> Step:
    at_once = s.prove == "now"

    def verify(run: Run) -> None:
        await_acknowledged_rekey(run, s, at_once=at_once)

    return Step(
        name="a rekey is sent and all members acknowledge it",
        why="only that proves that the new primary signs with the key that members know",
        commands=tuple(rekey_command(s.called(group)) for group in s.groups)
        if at_once
        else ("show crypto gdoi ks members",),
        verify=verify,
        effect="members get new keys, and use the old ones to their end"
        if at_once
        else "none: it waits for the next rekey",
        state="all key servers run their new images, and a rekey was acknowledged by all members",
        advice="see who does not acknowledge: 'show crypto gdoi ks members' on the primary; then "
        f"'getvpn runs resume' {'sends another one' if at_once else 'waits for the next one'}",
        needs_s=STEP_S,
        timeout_s=7200.0,
        stops=True,
    )
