"""The steps of an upgrade that are about one device: image, lines that boot it, the way back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .model import Step, UnmetError
from .run import Run
from .upgrade_copying import (
    SCP,
    Failures,
    bring,
    each_of,
    failures,
    is_there,
    leave_scp,
    remove,
    verify,
)
from .upgrade_restarting import (
    await_answer,
    boots,
    install_command,
    restart,
    runs,
    set_boot,
)
from .upgrade_settings import Box, Upgrade
from .upgrade_software import lines, running, same_file

GO_ON: Final = "'getvpn runs resume' goes on from here, 'getvpn runs abort' takes back"
COPY_S: Final = 300.0
HASH_S: Final = 60.0
LINES_S: Final = 10.0
Watch = Callable[[Run], Sequence[Callable[[], None]]]
Judge = Callable[[Run, Failures], None]
"""Raises what is to become of devices that failed; returns if the others may go on."""


def strict(run: Run, failed: Failures) -> None:
    """Raise what the first device says that failed."""
    del run
    for error in failed.values():
        raise error


def device_of(names: Sequence[str]) -> str | None:
    """The device that a step is about, None if there are several."""
    return names[0] if len(names) == 1 else None


def listed(names: Sequence[str]) -> str:
    """Names for people: all of a few, and how many there are of more."""
    return (
        ", ".join(names) if len(names) <= 4 else f"{', '.join(names[:3])} and {len(names) - 3} more"
    )


# ---- images ----


def bring_step(s: Upgrade, names: Sequence[str], title: str, judge: Judge = strict) -> Step:
    """The step that copies images to the devices that do not have them."""

    def missing(run: Run) -> list[str]:
        there = each_of(run, names, lambda name: is_there(run, s, name))
        judge(run, failures(there))
        return [name for name, each in there.items() if each is False]

    def apply(run: Run) -> None:
        found = each_of(run, missing(run), lambda name: bring(run, s, name, shown=len(names) == 1))
        judge(run, failures(found))

    def check(run: Run) -> None:
        left = each_of(run, names, lambda name: leave_scp(run, s, name))
        judge(run, failures(left))
        absent: Failures = {
            name: UnmetError(f"has no complete file {s.boxes[name].path}", device=name)
            for name in missing(run)
        }
        judge(run, absent)

    first = s.boxes[names[0]]
    return Step(
        name=title,
        why="images are on all devices, and verified, before the first one restarts",
        device=device_of(names),
        commands=tuple(_bring_commands(s, names)),
        undo_commands=() if first.there or s.keep else (f"delete /force {first.path}",),
        precheck=lambda run: not missing(run),
        apply=apply,
        verify=check,
        undo=lambda run: strict(
            run, failures(each_of(run, names, lambda name: remove(run, s, name)))
        ),
        effect="none: the image only lies there",
        state="images were copied, nothing has restarted",
        advice=GO_ON,
        needs_s=COPY_S,
        timeout_s=4 * 3600.0,
    )


def _bring_commands(s: Upgrade, names: Sequence[str]) -> list[str]:
    box = s.boxes[names[0]]
    more = f", likewise on {listed(names[1:])}" if len(names) > 1 else ""
    copy = f"scp {s.image(names[0]).local} to {box.path}{more}"
    if all(s.boxes[name].scp for name in names):
        return [copy]
    return [SCP, copy, f"no {SCP}"]


def verify_step(s: Upgrade, names: Sequence[str], title: str, judge: Judge = strict) -> Step:
    """The step that has devices hash their images."""

    def check(run: Run) -> None:
        judge(run, failures(each_of(run, names, lambda name: verify(run, s, name))))

    box, image = s.boxes[names[0]], s.image(names[0])
    kind = next(iter(image.hashes), "md5")
    more = f", likewise on {listed(names[1:])}" if len(names) > 1 else ""
    return Step(
        name=title,
        why="a device that boots a damaged or wrong image may not come back",
        device=device_of(names),
        commands=(f"verify /{kind} {box.path}{more}",),
        verify=check,
        effect="none: it only looks",
        state="images are verified, nothing has restarted",
        advice=GO_ON,
        needs_s=HASH_S,
        timeout_s=1800.0,
    )


# ---- one device after the other ----


def boot_step(s: Upgrade, name: str) -> Step:
    """The step that lets a device boot its new image next."""
    box = s.boxes[name]

    def there(run: Run) -> bool:
        await_answer(run, s, name)  # it may have crashed as it saved
        return boots(run, name, box.new_lines)

    def back(run: Run) -> None:
        await_answer(run, s, name)
        _boot_as_before(run, s, name)

    def check(run: Run) -> None:
        if not boots(run, name, box.new_lines):
            raise UnmetError(f"has not saved that it boots {box.path}", device=name)

    return Step(
        name=f"let {name} boot {s.image(name).name}",
        why="the old image stays behind it, in case that the new one does not boot",
        device=name,
        commands=(*_line_commands(box), "write memory"),
        undo_commands=(*_back_commands(box), "write memory"),
        precheck=there,
        apply=lambda run: set_boot(run, name, box.new_lines),
        verify=check,
        undo=back,
        effect="none before the next restart",
        state=f"{name} would boot the new image, and runs the old one",
        advice=GO_ON,
        needs_s=LINES_S,
    )


def _line_commands(box: Box) -> list[str]:
    return [*(f"no {line}" for line in box.boot), *box.new_lines]


def _back_commands(box: Box) -> list[str]:
    return [*(f"no {line}" for line in box.new_lines), *box.boot]


def restart_commands(box: Box) -> tuple[str, ...]:
    """What is entered to restart a device with its new image."""
    return (install_command(box.path),) if box.install else ("reload",)


def back_commands(box: Box) -> tuple[str, ...]:
    """What is entered to restart a device with its old image."""
    if box.was_installed:
        return (install_command(box.way_back),) if box.way_back is not None else ()
    return (*_back_commands(box), "write memory", "reload")


def restart_dialogue(box: Box) -> tuple[str, ...]:
    """The questions of a restart, and what is answered."""
    if box.install:
        return (
            "Press Yes(y) to save the configuration … [y/n/q]: y",
            "Please confirm you have changed boot config … [y/n]: y",
            "This operation may require a reload … [y/n]: y",
        )
    return (
        "System configuration has been modified. Save? [yes/no]: yes",
        "Proceed with reload? [confirm]",
    )


def new_image(run: Run, s: Upgrade, name: str, watch: Sequence[Callable[[], None]]) -> None:
    """Restart a device with its new image, which is verified. Raises what went wrong."""
    verify(run, s, name)
    failed = restart(run, s, [name], watch=watch)
    strict(run, failed)


def old_images(
    run: Run,
    s: Upgrade,
    names: Sequence[str],
    ready: Callable[[], None],
    watch: Sequence[Callable[[], None]],
) -> None:
    """Restart devices with their old images, unless they run them.

    `ready` waits until they may restart. The lines that boot are as before at the end. Raises what
    went wrong at the first device.
    """
    for name in names:
        await_answer(run, s, name, watch)
    wrong = [name for name in names if not runs(run, s, name, back=True)]
    if wrong:
        ready()
        _all(run, wrong, lambda name: _prepare_way_back(run, s, name))
        strict(run, restart(run, s, wrong, back=True, watch=watch))
    _all(run, names, lambda name: _boot_as_before(run, s, name))


def _all(run: Run, names: Sequence[str], act: Callable[[str], None]) -> None:
    strict(run, failures(each_of(run, names, act)))


def _boot_as_before(run: Run, s: Upgrade, name: str) -> None:
    box = s.boxes[name]
    if not boots(run, name, box.boot):
        set_boot(run, name, box.boot)


def _prepare_way_back(run: Run, s: Upgrade, name: str) -> None:
    box = s.boxes[name]
    if not box.was_installed:
        set_boot(run, name, box.back_lines)
    elif box.way_back is None:
        raise UnmetError(
            f"has no file of {box.release} to go back to",
            device=name,
            hint=f"copy it there, and enter '{install_command('bootflash:FILE')}'",
        )


def check_as_planned(run: Run, s: Upgrade, name: str) -> None:
    """Raise UnmetError unless a device runs and boots what it did when the plan was made."""
    box, device = s.boxes[name], run.device(name)
    now = running(device)
    if not now.is_release(box.release) or not same_file(now.file, box.file):
        raise UnmetError(
            f"runs {now.version} of {now.file} now, not {box.release} of {box.file}",
            device=name,
            hint="make the plan again",
        )
    if lines(device)[0] != box.boot:
        raise UnmetError("boots by other lines now", device=name, hint="make the plan again")
