"""Devices boot another image: lines `boot system`, installation, restart, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from ...errors import CheckError, DeviceError, OverdueError, TransportError
from ..ssh.device import Answer
from .model import LateError, UnmetError
from .rekey_keys import save
from .run import Run, Seen
from .upgrade_copying import each_of
from .upgrade_quiet import begin_change
from .upgrade_settings import Upgrade
from .upgrade_software import Running, lines, running, same_file, saved_lines

LEAVE_S: Final = 180.0
"""After so many seconds a device that still answers is told once more to restart."""
ASKED_S: Final = 120.0
TIMES: Final = 2
_SLACK_S: Final = 90
"""`show version` gives the time since the start in whole minutes."""
_CLOCK_S: Final = 10
RELOAD: Final = (
    Answer(question="save?", reply="yes"),
    Answer(question="reload"),
    Answer(question="reload"),
)
INSTALL: Final = (
    Answer(question="y/n/q", reply="y"),
    Answer(question="boot config", reply="y"),
    Answer(question="proceed?", reply="y"),
)
Watch = Iterable[Callable[[], None]]


def install_command(path: str) -> str:
    """The line that installs an image, and restarts the device with it."""
    return f"install add file {path} activate commit"


# ---- what boots ----


def set_boot(run: Run, name: str, wanted: Sequence[str]) -> None:
    """Let a device boot by the lines `wanted` from the next restart on, and save that.

    What others have changed and not saved would be saved with it: then UnmetError is raised.
    """
    device = run.device(name)
    now, _ = lines(device)
    if not _same(now, wanted):
        begin_change(run, name)
        kept = now if _same(now, wanted[: len(now)]) else ()
        taken = () if kept else now
        device.configure([*(f"no {line}" for line in taken), *wanted[len(kept) :]])
        now, _ = lines(device)
        if not _same(now, wanted):
            shown = "; ".join(now) or "no line 'boot system'"
            raise UnmetError(f"does not boot as it is told: it has {shown}", device=name)
    save(run, name)


def boots(run: Run, name: str, wanted: Sequence[str]) -> bool:
    """Whether a device will boot by these lines, and has saved that."""
    device = run.device(name)
    now, _ = lines(device)
    return _same(now, wanted) and _same(saved_lines(device), wanted)


def _same(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether lines boot the same files in the same order."""
    if len(one) != len(other):
        return False
    pairs = zip(one, other, strict=True)
    return all(same_file(a.rpartition(" ")[2], b.rpartition(" ")[2]) for a, b in pairs)


# ---- what runs ----


def runs(run: Run, s: Upgrade, name: str, *, back: bool = False) -> bool:
    """Whether a device runs its new image, or with `back` its old one."""
    return is_right(s, name, running(run.device(name)), back=back)


def is_right(s: Upgrade, name: str, now: Running, *, back: bool = False) -> bool:
    """Whether this is what a device is to run."""
    box = s.boxes[name]
    if not now.is_release(s.release(name, back=back)):
        return False
    if back:
        return now.installed if box.was_installed else same_file(now.file, box.file)
    return now.installed if box.install else same_file(now.file, box.path)


def await_answer(run: Run, s: Upgrade, name: str, watch: Watch = ()) -> Running:
    """Wait until a device answers: it may be restarting. Raises LateError."""
    found: list[Running] = []

    def look() -> Seen:
        now = _look(run, name)
        if isinstance(now, Running):
            found.append(now)
        return Seen(done=bool(found), text="" if found else "no answer yet")

    run.wait(f"{name} to answer", look, within_s=s.within_s, watch=watch, advice=_reach(name))
    return found[-1]


def _reach(name: str) -> str:
    return f"look at the console of {name}"


def _look(run: Run, name: str) -> Running | DeviceError:
    """What a device runs, or the error of one that is not there at the moment."""
    try:
        return running(run.device(name))
    except (TransportError, OverdueError) as error:
        run.drop(name)
        return error


# ---- restarts ----


@dataclass(frozen=True, slots=True, kw_only=True)
class _Gone:
    """A device that was told to restart `times` times: what it ran at the time `at`.

    `told` is when it had been told the last time.
    """

    before: Running
    at: float
    told: float
    times: int = 1


def restart(
    run: Run, s: Upgrade, names: Sequence[str], *, back: bool = False, watch: Watch = ()
) -> dict[str, CheckError | DeviceError]:
    """Restart devices with their new image, or with `back` with the old one.

    Returns when each of them runs it or has failed: those that failed, and why. The lines that
    boot it have to be there before, unless it is installed. Raises AlarmError of `watch`.
    """
    failed: dict[str, CheckError | DeviceError] = {}
    away: dict[str, _Gone] = {}
    for name, each in each_of(run, names, lambda one: _send_off(run, s, one, back=back)).items():
        if isinstance(each, _Gone):
            away[name] = each
        else:
            failed[name] = each
    began = run.clock.now()
    count = len(away)

    def look() -> Seen:
        found = each_of(run, list(away), lambda one: running(run.device(one)), patient=False)
        for name, each in found.items():
            _judge(run, s, name, each, away, failed, back=back)
        return Seen(
            done=not away,
            text=_named(list(away)),
            have=count - len(away),
            of=count,
            until=began + s.takes_s,
        )

    try:
        run.wait("restarted devices", look, within_s=s.within_s, watch=watch)
    except LateError:
        for name in away:
            failed[name] = LateError(
                f"is not back {s.within_s:.0f} s after its restart", device=name, hint=_reach(name)
            )
    return failed


def _named(names: Sequence[str]) -> str:
    if not names:
        return "all are back"
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return f"waiting for {', '.join(names[:3])}{more}"


def _judge(
    run: Run,
    s: Upgrade,
    name: str,
    found: Running | CheckError | DeviceError,
    away: dict[str, _Gone],
    failed: dict[str, CheckError | DeviceError],
    *,
    back: bool,
) -> None:
    """Take a device off `away` when it is clear what became of it."""
    gone = away[name]
    if isinstance(found, TransportError | OverdueError):
        return  # it restarts
    if isinstance(found, CheckError | DeviceError):
        failed[name] = found
        del away[name]
    elif is_right(s, name, found, back=back):
        del away[name]
    elif _restarted(gone, found, run.clock.now()):
        failed[name] = UnmetError(
            f"runs {found.version} of {found.file} after its restart, not "
            f"{s.release(name, back=back)}: the image did not boot",
            device=name,
        )
        del away[name]
    elif run.clock.now() - gone.told > LEAVE_S:
        again = (
            each_of(run, [name], lambda one: _send_off(run, s, one, back=back))[name]
            if gone.times < TIMES
            else UnmetError("does not restart", device=name)
        )
        if isinstance(again, _Gone):
            away[name] = replace(again, times=gone.times + 1)
        else:
            failed[name] = again
            del away[name]


def _restarted(gone: _Gone, now: Running, at: float) -> bool:
    """Whether a device has started anew since it was told to."""
    if now.uptime_s + _SLACK_S < gone.before.uptime_s + (at - gone.at):
        return True
    one, other = gone.before.restarted_at, now.restarted_at
    return one is not None and other is not None and abs((other - one).total_seconds()) > _CLOCK_S


def _send_off(run: Run, s: Upgrade, name: str, *, back: bool) -> _Gone:
    """Tell a device to restart. Raises UnmetError when it says that it does not."""
    box = s.boxes[name]
    device = run.device(name)
    before, at = running(device), run.clock.now()
    path = box.way_back if back else box.path
    installs = box.was_installed if back else box.install
    try:
        if installs and path is not None:
            said = device.dialogue(install_command(path), INSTALL, timeout_s=s.within_s)
            check_installed(name, path, said)
        else:
            device.dialogue("reload", RELOAD, timeout_s=ASKED_S)
    except (TransportError, OverdueError):
        pass  # that is how it goes down
    run.drop(name)
    return _Gone(before=before, at=at, told=run.clock.now())


def check_installed(name: str, path: str, said: str) -> None:
    """Raise UnmetError unless the answer of `install` says that it went well."""
    wrong = [line.strip() for line in said.splitlines() if "FAILED" in line]
    if wrong:
        raise UnmetError(f"does not install {path}: {wrong[0][:200]}", device=name)
