"""Leading devices from stage to stage: one key server at a time, members in waves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, NoReturn

from ...errors import CheckError, GetvpnError, OverdueError, TransportError
from ..collecting.wanted import CONFIG_COMMAND
from ..comparing.plan import Command
from ..comparing.scope import Name
from ..comparing.text import lines
from ..deploying.guarding import saved_of
from . import rekey_keys as keys
from .model import LateError, Step, UnmetError
from .rekeying import KEPT_OPEN, await_members, behind, named
from .run import Run
from .stages import Move, Path, Stages, first_of

_PATHS: Final = "paths"
BY_ITSELF: Final = "if it does not register again by itself"
GO_ON: Final = "'getvpn runs resume' goes on from here, 'getvpn runs abort' takes it back"
MOVE_S: Final = 10.0
WAVE_S: Final = 30.0
MEMBERS_S: Final = 180.0
"""How long members may take to be well again after their change; each key server is tried 40 s."""
Check = Callable[[Run], None]
Act = Callable[[Run, str], None]
"""What is done on one member."""
Lacks = Callable[[Run, str, Sequence[str]], Mapping[str, str]]
"""Members of a group that are not yet as they should be, and what they lack."""


def _path(run: Run, stages: Stages, move: Move) -> Path:
    """The way of a device; those of few are kept, since they are asked for again and again."""
    kept = run.memory.setdefault(_PATHS, {})
    path = kept.get(move)
    if not isinstance(path, Path):
        path = Path(stages, move, run.reveal if stages.secrets else None)
        if len(kept) < KEPT_OPEN:
            kept[move] = path
    return path


def _share(run: Run, stages: Stages, path: Path) -> None:
    """Let the way of a step be that of a run, which is the same where no secrets are entered."""
    if not stages.secrets:
        run.memory.setdefault(_PATHS, {}).setdefault(path.move, path)


def running_of(run: Run, device: str) -> str:
    """The running configuration of a device, with its secrets."""
    return run.device(device).send(CONFIG_COMMAND)


def is_led(run: Run, stages: Stages, move: Move) -> bool:
    """Whether a device is at the stage after, and has saved that."""
    running = running_of(run, move.device)
    if _path(run, stages, move).forth(running):
        return False
    return not _unsaved(run, move, running)


def _unsaved(run: Run, move: Move, running: str) -> bool:
    """Whether a change may not be saved: times of devices are in whole seconds."""
    if str(move) in run.kept:
        return not run.kept.get(_saved(move))
    return saved_of(running, None).unsaved


def _saved(move: Move) -> str:
    return f"{move}, saved"


def lead(run: Run, stages: Stages, move: Move) -> None:
    """Lead a device to the stage after, and save it. Raises UnmetError where it does not stay."""
    path = _path(run, stages, move)
    running = running_of(run, move.device)
    commands = path.forth(running)
    if commands:
        if str(move) not in run.kept:
            run.keep(str(move), _kept(path.there(running)))
        if run.kept.get(_saved(move)):
            run.keep(_saved(move), False)
        _enter(run, move.device, commands)
        running = running_of(run, move.device)
        left = path.forth(running)
        if left:
            raise UnmetError(f"has not taken {first_of(left)}", device=move.device)
    if _unsaved(run, move, running):
        keys.save(run, move.device)
        run.keep(_saved(move), True)


def take_back(run: Run, stages: Stages, move: Move) -> None:
    """Lead a device back to the stage before, from wherever it is between, and save it."""
    kept = run.kept.get(str(move))
    if kept is None:
        return  # nothing was entered
    there = _names(kept)
    path = _path(run, stages, move)
    commands = path.back(running_of(run, move.device), there)
    if commands:
        _enter(run, move.device, commands)
    left = path.back(running_of(run, move.device), there)
    if left:
        raise UnmetError(f"has not taken {first_of(left)} on the way back", device=move.device)
    keys.save(run, move.device)


def _enter(run: Run, device: str, commands: Sequence[Command]) -> None:
    agree = frozenset(each.text for each in commands if each.asks)
    run.device(device).configure(list(lines(commands)), agree=agree)


def _kept(names: Sequence[Name]) -> list[list[Any]]:
    return [[rule, list(identity)] for rule, identity in names]


def _names(kept: Sequence[Sequence[Any]]) -> list[Name]:
    return [(rule, tuple(identity)) for rule, identity in kept]


# ---- a step for one device ----


def move_step(
    stages: Stages,
    move: Move,
    about: Step,
    *,
    check: Check | None = None,
    before: Check | None = None,
    then: Check | None = None,
    then_commands: Sequence[str] = (),
    back: Check | None = None,
) -> Step:
    """The step that leads one device to a stage, with what `about` says of it.

    `before` is checked first, `then` done behind, and `check` passed in the end; `back` is done
    after its way back.
    """
    path = Path(stages, move)

    def apply(run: Run) -> None:
        if before is not None:
            before(run)
        lead(run, stages, move)
        if then is not None:
            then(run)

    def precheck(run: Run) -> bool:
        _share(run, stages, path)
        return then is None and is_led(run, stages, move)

    def verify(run: Run) -> None:
        # that the lines are there was seen when they were entered
        if check is not None:
            check(run)

    def undo(run: Run) -> None:
        take_back(run, stages, move)
        if back is not None:
            back(run)

    return replace(
        about,
        device=move.device,
        commands=(*path.shown(), *then_commands, "write memory"),
        undo_commands=() if about.final else (*path.shown_back(), "write memory"),
        precheck=precheck,
        apply=apply,
        verify=verify,
        undo=None if about.final else undo,
    )


# ---- members in waves ----


@dataclass(frozen=True, slots=True, kw_only=True)
class Nudge:
    """What is done on a member that goes on lacking something for `after_s` seconds."""

    act: Act
    commands: tuple[str, ...]
    after_s: float = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waves:
    """How members of a group are led from one stage to another.

    A wave is over when no member `lacks` anything, and taken back when none lacks `lacks_back`. Who
    goes on lacking something gets the `nudges`, one after the other, or `nudges_back`. `then` is
    checked after each wave; `left` is done on each member that was taken back.
    """

    stages: Stages
    group: str
    before: str
    after: str
    lacks: Lacks = behind
    lacks_back: Lacks = behind
    nudges: tuple[Nudge, ...] = ()
    nudges_back: tuple[Nudge, ...] = ()
    then: Check | None = None
    left: Act | None = None
    drops: tuple[str, ...] = ()

    def steps(self, waves: Sequence[Sequence[str]], about: Step) -> list[Step]:
        """A step for each wave, with what `about` says.

        In its texts `{wave}` is which one it is, `{count}` how many members have been led then. A
        member that gets stuck is taken back by itself, and the run stops there.
        """
        count, found = 0, []
        for number, names in enumerate(waves, 1):
            count += len(names)
            words = {"{wave}": f"wave {number} of {len(waves)}", "{count}": str(count)}
            found.append(_Wave(self, tuple(names), about.final).step(_filled(about, words)))
        return found

    def move(self, name: str) -> Move:
        """The way of a member."""
        return Move(device=name, before=self.before, after=self.after, drops=self.drops)


def _filled(about: Step, words: Mapping[str, str]) -> Step:
    def fill(text: str) -> str:
        for name, value in words.items():
            text = text.replace(name, value)
        return text

    return replace(about, name=fill(about.name), state=fill(about.state), effect=fill(about.effect))


@dataclass(frozen=True, slots=True)
class _Wave:
    waves: Waves
    names: tuple[str, ...]
    final: bool

    def step(self, about: Step) -> Step:
        """The step of this wave."""
        first, *others = self.names
        path = Path(self.waves.stages, self.waves.move(first))
        forth = [text for each in self.waves.nudges for text in each.commands]
        back = [text for each in self.waves.nudges_back for text in each.commands]
        head = (f"on {first}:",) if others else ()
        tail = (f"and likewise on {', '.join(others)}",) if others else ()
        return replace(
            about,
            device=None if others else first,
            commands=(*head, *path.shown(), "write memory", *forth, *tail),
            undo_commands=()
            if about.final
            else (*head, *path.shown_back(), "write memory", *back, *tail),
            precheck=self.is_done,
            apply=self.apply,
            verify=self.verify,
            undo=None if about.final else (lambda run: self.back(run, self.names)),
            stops=True,
        )

    def is_done(self, run: Run) -> bool:
        """Whether all members are there."""

        def one(name: str) -> bool:
            return is_led(run, self.waves.stages, self.waves.move(name))

        if any(each is not True for each in _each(run, self.names, one).values()):
            return False
        return not self.waves.lacks(run, self.waves.group, self.names)

    def apply(self, run: Run) -> None:
        """Lead all members; those that do not take it are taken back."""
        found = _each(
            run, self.names, lambda name: lead(run, self.waves.stages, self.waves.move(name))
        )
        failed = _failed(found)
        if failed:
            first = next(iter(failed.values()))
            self._give_up(run, {name: str(each) for name, each in failed.items()}, first.hint)
        _raise_first(found)

    def verify(self, run: Run) -> None:
        """Wait until no member lacks anything; who goes on lacking something is taken back."""
        try:
            self._await(run, self.names, self.waves.lacks, self.waves.nudges)
        except _StuckError as error:
            self._give_up(run, {name: str(each) for name, each in error.stuck.items()}, error.hint)
        except LateError:
            missing = self.waves.lacks(run, self.waves.group, self.names)
            if missing:
                hint = "see its log for the reason; 'getvpn runs resume' tries once more"
                self._give_up(run, missing, hint)
        if self.waves.then is not None:
            self.waves.then(run)

    def _give_up(self, run: Run, stuck: Mapping[str, str], hint: str | None) -> NoReturn:
        """Take members back that get stuck, and say so."""
        if self.final:
            raise UnmetError(named(stuck), hint=hint)
        try:
            self.back(run, list(stuck))
        except LateError as error:
            raise UnmetError(
                f"{named(stuck)}; {_counted(stuck)} taken back, and is not well again: {error}",
                hint=hint,
            ) from error
        raise UnmetError(f"{named(stuck)}; {_counted(stuck)} taken back", hint=hint)

    def back(self, run: Run, names: Sequence[str]) -> None:
        """Take members back."""
        waves = self.waves
        begun = [name for name in names if str(waves.move(name)) in run.kept]
        if not begun:
            return

        def one(name: str) -> None:
            take_back(run, waves.stages, waves.move(name))
            if waves.left is not None:
                waves.left(run, name)

        _raise_first(_each(run, begun, one))
        self._await(run, begun, waves.lacks_back, waves.nudges_back)

    def _await(self, run: Run, names: Sequence[str], lacks: Lacks, nudges: Sequence[Nudge]) -> None:
        group, what = self.waves.group, "members that are as they should be"
        for nudge in nudges:
            slow = list(lacks(run, group, names))
            if slow and nudge.after_s:
                with suppress(LateError):
                    await_members(run, group, slow, what=what, within_s=nudge.after_s, lacks=lacks)
                slow = list(lacks(run, group, slow))
            if not slow:
                return
            found = _each(run, slow, partial(nudge.act, run))
            stuck = _failed(found)
            if stuck:
                raise _StuckError(stuck)
            _raise_first(found)
        await_members(run, group, names, what=what, within_s=MEMBERS_S, lacks=lacks)


class _StuckError(CheckError):
    """Members on which something went wrong that does not go away by trying again."""

    def __init__(self, stuck: Mapping[str, GetvpnError]) -> None:
        first = next(iter(stuck.values()))
        super().__init__(str(first), hint=first.hint)
        self.stuck = stuck


def _each(run: Run, names: Sequence[str], act: Callable[[str], Any]) -> dict[str, Any]:
    """What comes of `act` on several devices, or the error; sessions with many are not kept."""
    many = len(names) > KEPT_OPEN

    def one(name: str) -> Any:
        try:
            return act(name)
        except CheckError as error:
            return error
        finally:
            if many:
                run.drop(name)

    return run.each(names, one)


def _failed(found: Mapping[str, Any]) -> dict[str, GetvpnError]:
    """The errors that do not go away by trying again."""
    return {
        name: each
        for name, each in found.items()
        if isinstance(each, GetvpnError) and not isinstance(each, TransportError | OverdueError)
    }


def _raise_first(found: Mapping[str, Any]) -> None:
    for each in found.values():
        if isinstance(each, GetvpnError):
            raise each


def _counted(found: Mapping[str, Any]) -> str:
    return "it was" if len(found) == 1 else f"these {len(found)} were"
