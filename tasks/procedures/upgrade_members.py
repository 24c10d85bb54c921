"""Other images for members: a few first, then in waves, none without another key server's eye.

A member that restarts cuts its site off, and nobody else: so none restarts beside the one that
serves the same network. A wave begins when the one before is registered with the keys in use. A
member that fails is taken back to its old image by itself; the budget says how many may be.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...errors import CheckError, DeviceError, GetvpnError
from ..deploying.models import Role
from ..deploying.network import looks
from ..deploying.verify import members_on
from .looking import intent_of, look, state_of
from .model import LateError, Step, UnmetError
from .run import Run, Seen
from .upgrade_copying import KEPT, Failures, each_of, failures, verify
from .upgrade_restarting import is_right, restart, set_boot
from .upgrade_settings import Members, read_members
from .upgrade_software import Running, running
from .upgrade_steady import await_ready, await_steady, check_fit
from .upgrade_steps import (
    Judge,
    back_commands,
    bring_step,
    check_as_planned,
    device_of,
    listed,
    old_images,
    restart_commands,
    restart_dialogue,
    strict,
    verify_step,
)
from .upgrade_waiting import Guard, roles_of

LOOK_S: Final = 15.0
REGISTER_S: Final = 600.0
"""How long a member may take to register: 40 s at each key server, and its interfaces before."""
REGISTERS_S: Final = 60.0
"""How long it takes as a rule."""
_BEHIND: Final = "behind"


class UpgradeMembers:
    """The procedure `upgrade members`."""

    name = "upgrade members"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps: images everywhere, the canaries, then wave after wave."""
        s = read_members(settings)
        copied = [name for name in s.names if s.image(name).local is not None]
        judge = _tolerating(s)
        found = [_fit(s)]
        if copied:
            found.append(bring_step(s, copied, "bring the images to the members", judge))
        found.append(verify_step(s, s.names, "verify the images on the members", judge))
        if s.canary:
            found += _wave(s, s.canary, "the canary", first=True)
        for number, wave in enumerate(s.waves, 1):
            found += _wave(s, wave, f"wave {number} of {len(s.waves)}", first=False)
        found.append(_well(s))
        return found


# ---- members that are left behind ----


def _behind(run: Run) -> dict[str, str]:
    """The members that are left on their old image, and why."""
    found: dict[str, str] = run.memory.setdefault(_BEHIND, {})
    return found


def _going(run: Run, names: Sequence[str]) -> list[str]:
    return [name for name in names if name not in _behind(run)]


def _tolerating(s: Members) -> Judge:
    """What lets members fail as long as the budget suffices."""

    def judge(run: Run, failed: Failures) -> None:
        behind = _behind(run)
        for name, error in failed.items():
            if name not in behind:
                behind[name] = error.message
                run.say(f"{name} is left behind: {error.message}")
        if len(behind) > s.budget:
            names = list(behind)
            more = f" and {len(names) - 1} more" if len(names) > 1 else ""
            raise UnmetError(
                f"{names[0]}{more} cannot go on, the budget is {s.budget}: {behind[names[0]]}",
                hint=f"look at {listed(names)}",
            )

    return judge


# ---- before and after ----


def _fit(s: Members) -> Step:
    judge = _tolerating(s)

    def check(run: Run) -> None:
        for group in check_fit(run, s):
            run.record("state", "before", **state_of(group))
        judge(run, failures(each_of(run, s.names, lambda name: check_as_planned(run, s, name))))

    return Step(
        name="the group is fit for it",
        why="a member that restarts needs key servers that are well",
        commands=("show crypto gdoi ks …, on the key servers", "show version, on the members"),
        verify=check,
        effect="none: it only looks",
        state="nothing was changed",
        advice="mend what it says, and begin again",
        needs_s=LOOK_S,
    )


def _well(s: Members) -> Step:
    judge = _tolerating(s)

    def check(run: Run) -> None:
        wrong = each_of(run, _going(run, s.names), lambda name: _check_right(run, s, name))
        judge(run, failures(wrong))
        judge(run, _unregistered(run, s, _going(run, s.names)))
        for group in await_steady(run, s):
            run.record("state", "after", **state_of(group))
        behind = _behind(run)
        if behind:
            run.say(f"on their old images: {', '.join(behind)}")

    return Step(
        name="the members are well, on their new images",
        why="what was changed is to be left in order",
        commands=(f"show version, show crypto gdoi, on {listed(s.names)}",),
        verify=check,
        effect="none: it only looks",
        state=f"all members run their new images{_but(s)}",
        advice="look at the members that it names",
        needs_s=LOOK_S,
        stops=True,
    )


# ---- a wave ----


def _wave(s: Members, names: Sequence[str], title: str, *, first: bool) -> list[Step]:
    return [_restart(s, names, title, first=first), _registered(s, names, title, first=first)]


def _restart(s: Members, names: Sequence[str], title: str, *, first: bool) -> Step:
    judge = _tolerating(s)

    def check(run: Run) -> None:
        wrong = each_of(run, _going(run, names), lambda name: _check_right(run, s, name))
        judge(run, failures(wrong))

    def undo(run: Run) -> None:
        old_images(run, s, names, lambda: _ready_to_go_back(run, s), [Guard(run=run, s=s)])
        strict(run, _await_registered(run, s, names))

    box = s.boxes[names[0]]
    more = f"; likewise {listed(names[1:])}" if len(names) > 1 else ""
    prepared = () if box.install else (*box.new_lines, "write memory")
    return Step(
        name=f"restart {title}",
        why="few members first, so that a bad image hurts few sites"
        if first
        else "members in waves, so that the key servers can serve those that register",
        device=device_of(names),
        commands=(*prepared, f"{restart_commands(box)[0]}{more}"),
        dialogue=restart_dialogue(box),
        undo_commands=back_commands(box),
        precheck=lambda run: not _waiting(run, s, names, judge),
        apply=lambda run: _move(run, s, names, judge),
        verify=check,
        undo=undo,
        effect=f"{listed(names)}: nothing passes until the member is back and registered",
        state=f"{title} runs the new image{_but(s)}",
        advice=_ADVICE,
        needs_s=s.takes_s,
        timeout_s=s.within_s,
        stops=not first,
    )


def _waiting(run: Run, s: Members, names: Sequence[str], judge: Judge) -> list[str]:
    """Those that do not run their new image yet, after those are back that restart."""
    found = _answers(run, s, _going(run, names))
    judge(run, failures(found))
    return [
        name
        for name, now in found.items()
        if isinstance(now, Running) and not is_right(s, name, now)
    ]


def _move(run: Run, s: Members, names: Sequence[str], judge: Judge) -> None:
    """Restart those that do not run their new image; who fails gets the old one back."""
    await_ready(run, s, _slice_s(s))
    left = _waiting(run, s, names, judge)
    judge(run, failures(each_of(run, left, lambda name: _prepare(run, s, name))))
    failed = restart(run, s, _going(run, left), watch=[Guard(run=run, s=s)])
    judge(run, _taken_back(run, s, failed))


_ADVICE: Final = (
    "mend the members that it names, or leave them on their old image, then 'getvpn runs resume'; "
    "'getvpn runs abort' takes all members back to their old images"
)


def _but(s: Members) -> str:
    return ", but for members that were left behind" if s.budget else ""


def _slice_s(s: Members) -> float:
    return s.takes_s + REGISTERS_S


def _ready_to_go_back(run: Run, s: Members) -> None:
    await_ready(run, s, _slice_s(s), proven=False)


def _prepare(run: Run, s: Members, name: str) -> None:
    verify(run, s, name)
    box = s.boxes[name]
    if not box.install:
        set_boot(run, name, box.new_lines)


def _check_right(run: Run, s: Members, name: str) -> None:
    now = running(run.device(name))
    if not is_right(s, name, now):
        raise UnmetError(f"runs {now.version} of {now.file}", device=name)


def _answers(
    run: Run, s: Members, names: Sequence[str]
) -> dict[str, Running | CheckError | DeviceError]:
    """What members run, once those answer that may be restarting."""
    found = each_of(run, names, lambda name: running(run.device(name)), patient=False)
    missing = [name for name, each in found.items() if isinstance(each, DeviceError)]

    def look() -> Seen:
        again = each_of(run, missing, lambda name: running(run.device(name)), patient=False)
        found.update(again)
        missing[:] = [name for name in missing if isinstance(found[name], DeviceError)]
        return Seen(done=not missing, text=listed(missing) if missing else "all answer")

    if missing:
        try:
            run.wait("members to answer", look, within_s=s.takes_s)
        except LateError as error:
            run.record("late", str(error))
    return found


def _registered(s: Members, names: Sequence[str], title: str, *, first: bool) -> Step:
    judge = _tolerating(s)

    def again(run: Run) -> None:
        """Who was taken back by an earlier process is tried once more."""
        if _waiting(run, s, names, judge):
            _move(run, s, names, judge)

    def check(run: Run) -> None:
        going = _going(run, names)
        judge(run, failures(each_of(run, going, lambda name: _check_right(run, s, name))))
        failed = _await_registered(run, s, _going(run, names))
        judge(run, _taken_back(run, s, failed))
        _let_go(run, names)

    return Step(
        name=f"{title} is registered",
        why="the next members may go only when these hold the keys that all others use",
        device=device_of(names),
        commands=(f"show crypto gdoi, … gm rekey detail, … gm pubkey, on {listed(names)}",),
        apply=again,
        verify=check,
        effect="none: it only looks",
        state=f"{title} runs the new image, and is registered with the keys in use{_but(s)}",
        advice=_ADVICE,
        needs_s=REGISTERS_S,
        timeout_s=REGISTER_S,
        stops=not first,
    )


def _taken_back(run: Run, s: Members, failed: Failures) -> Failures:
    """The same errors, after those members have their old images back that answer."""
    told: Failures = {}
    for name, error in failed.items():
        if not isinstance(error, UnmetError):
            told[name] = error
            continue
        why = error.message
        try:
            old_images(run, s, [name], lambda: None, [Guard(run=run, s=s)])
            why += f"; it is back on {s.boxes[name].release}"
        except GetvpnError as worse:
            why += f"; it could not be taken back: {worse.message}"
        told[name] = UnmetError(why, device=name)
    return told


def _let_go(run: Run, names: Sequence[str]) -> None:
    """End sessions that are not needed for long."""
    for name in names:
        run.drop(name)


# ---- registration ----


def _await_registered(run: Run, s: Members, names: Sequence[str]) -> Failures:
    """Wait until members are registered with the keys in use; those that are not, and why."""
    pending = list(names)
    wrong: Failures = {}
    guard = Guard(run=run, s=s)

    def look() -> Seen:
        wrong.clear()
        wrong.update(_unregistered(run, s, pending))
        pending[:] = list(wrong)
        return Seen(
            done=not pending,
            text=f"missing: {listed(pending)}" if pending else "all are registered",
            have=len(names) - len(pending),
            of=len(names),
        )

    if not names:
        return {}
    try:
        run.wait("members to register", look, within_s=REGISTER_S, watch=[guard])
    except LateError as error:
        run.record("late", str(error))
        look()  # over new sessions: old ones may have ended meanwhile
    return dict(wrong)


def _unregistered(run: Run, s: Members, names: Sequence[str]) -> Failures:
    """Those of these members that are not registered with the keys of their primary, and why."""
    if not names:
        return {}
    observed = look(run, roles_of(run, s), whole=False)
    for at in range(0, len(names), KEPT):
        part: dict[str, Role] = dict.fromkeys(names[at : at + KEPT], "member")
        observed |= look(run, part, whole=False)
        if len(names) > KEPT:
            _let_go(run, list(part))
    found: Failures = {
        name: UnmetError(f"does not answer: {observed[name].failure}", device=name)
        for name in names
        if observed[name].failure
    }
    for group in looks(intent_of(run), observed, s.groups):
        standing = members_on(group)
        for name in names:
            if name not in group.intended_members or name in found:
                continue
            how = standing.get(name)
            if how is None:
                found[name] = UnmetError(f"takes no part in {group.name}", device=name)
            elif not how.current:
                found[name] = UnmetError(f"{group.name}: {how.why[0]}", device=name)
    return found
