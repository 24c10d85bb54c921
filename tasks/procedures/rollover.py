"""Another RSA key for the rekeys of a group, on all its key servers.

Members verify rekeys with the key that they learnt when they registered, so each has to register
again: those that turn the first rekey down do that by themselves before their keys expire.

`new-label` makes the new key beside the old one, and changes over when it is everywhere: until the
next rekey the way back costs nothing. `in-place` removes the old key first, in the order of the
seed document: until the new key is on a key server, it cannot make rekeys.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ...errors import TransportError
from ..collecting.wanted import CONFIG_COMMAND
from ..deploying.observing import KS, KS_POLICY
from ..deploying.reading import read_config
from . import rekey_keys as keys
from .alarms import Alarms
from .gates import fit_step, well_step
from .looking import group_look
from .model import Lane, Step, UnmetError, enough
from .rollover_members import GO_ON, follow, tell_moved, waves
from .rollover_settings import Settings
from .run import Run, Seen

LOOK_S: Final = 15.0
GENERATE_S: Final = 20.0
BRING_S: Final = 20.0
SWITCH_S: Final = 10.0
REMOVE_S: Final = 10.0
SENT_S: Final = 300.0
"""How long after its time a rekey may still be missing."""


class Rollover:
    """The procedure `rollover rsa`."""

    name = "rollover rsa"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps, by the strategy of the settings."""
        found = Settings.read(settings)
        return _new_label(found) if found.strategy == "new-label" else _in_place(found)


def _new_label(s: Settings) -> list[Step]:
    window = GENERATE_S + BRING_S * len(s.secondaries) + SWITCH_S * len(s.servers)
    return [
        fit_step(s.group, primary=s.primary, window_s=window),
        _make(s),
        *(_bring(s, name) for name in s.secondaries),
        _compare(s, "both keys are on all key servers, the old one is in use"),
        _time(s),
        *(_switch(s, name) for name in s.servers),
        *waves(s),
        follow(s),
        *(_remove(s, name) for name in s.servers if name not in s.keeping),
        well_step(
            s.group,
            state=f"{s.group} uses the key {s.new} everywhere, and {s.old} is "
            + ("left to other groups" if s.keeping else "gone"),
        ),
    ]


def _in_place(s: Settings) -> list[Step]:
    count = len(s.servers)
    window = GENERATE_S + BRING_S * len(s.secondaries) + REMOVE_S * count
    return [
        fit_step(s.group, primary=s.primary, window_s=window),
        *(_take_away(s, name) for name in (s.primary, *s.secondaries)),
        _make(s),
        *(_bring(s, name) for name in s.secondaries),
        _compare(s, "the new key is on all key servers"),
        *waves(s),
        follow(s),
        well_step(s.group, state=f"{s.group} uses another key {s.new} everywhere"),
    ]


# ---- the key ----


def _make(s: Settings) -> Step:
    in_place = s.strategy == "in-place"
    old = s.old_key if in_place else ""

    def precheck(run: Run) -> bool:
        key = keys.key_on(run, s.primary, s.new)
        if key is None or not keys.is_saved(key) or keys.digest(key.data) == old:
            return False
        return bool(key.exportable) or not in_place

    def verify(run: Run) -> None:
        key = keys.key_on(run, s.primary, s.new)
        if key is None or not key.exportable:
            raise UnmetError(f"has no exportable key {s.new}", device=s.primary)
        if key.modulus_bits != s.modulus:
            raise UnmetError(
                f"has a key {s.new} of {key.modulus_bits} bits, not {s.modulus}", device=s.primary
            )

    return Step(
        name=f"make the key {s.new} on {s.primary}",
        why="the primary makes it, exportable, so that the others can have the same",
        device=s.primary,
        commands=(keys.generate_command(s.new, s.modulus), "write memory"),
        precheck=precheck,
        apply=lambda run: keys.generate(
            run, s.primary, s.new, s.modulus, instead_of=old, anew=in_place
        ),
        verify=verify,
        undo=None if in_place else lambda run: keys.zeroize(run, s.primary, s.new),
        undo_commands=() if in_place else (keys.zeroize_command(s.new),),
        effect="none yet: nothing is signed with it"
        if not in_place
        else "rekeys can be made again",
        state=f"the new key is on {s.primary}",
        advice=GO_ON,
        needs_s=GENERATE_S,
        timeout_s=keys.GENERATE_S,
        lane=Lane.BEFORE_REKEY,
    )


def _bring(s: Settings, name: str) -> Step:
    in_place = s.strategy == "in-place"

    def precheck(run: Run) -> bool:
        there = keys.key_on(run, name, s.new)
        wanted = keys.key_on(run, s.primary, s.new) if keys.is_saved(there) else None
        return there is not None and wanted is not None and there.data == wanted.data

    def apply(run: Run) -> None:
        if keys.key_on(run, name, s.new) is not None:
            keys.zeroize(run, name, s.new)
        try:
            key = keys.exported(run, s.primary, s.new, s.cipher)
        except UnmetError:
            if not in_place or name != s.secondaries[0]:
                raise
            # nobody else has it, and there is no way back: another one does as well
            keys.generate(run, s.primary, s.new, s.modulus, anew=True)
            key = keys.exported(run, s.primary, s.new, s.cipher)
        keys.import_key(run, name, s.new, key)

    return Step(
        name=f"bring the key {s.new} to {name}",
        why="a key server that takes over must sign rekeys with the key that members know",
        device=name,
        commands=(
            f"{s.primary}: {keys.export_command(s.new, s.cipher)}",
            keys.import_command(s.new),
            "write memory",
        ),
        dialogue=(
            "End with a blank line …: the public half",
            'End with "quit" …: the private half',
        ),
        precheck=precheck,
        apply=apply,
        verify=lambda run: keys.check_same(run, [s.primary, name], s.new),
        undo=None if in_place else lambda run: keys.zeroize(run, name, s.new),
        undo_commands=() if in_place else (keys.zeroize_command(s.new),),
        effect="none yet" if not in_place else f"{name} can take over again",
        state=f"the new key is on {s.primary} and {name}",
        advice=GO_ON,
        needs_s=BRING_S,
        lane=Lane.BEFORE_REKEY,
    )


def _compare(s: Settings, state: str) -> Step:
    return Step(
        name="all key servers have the same key",
        why="members turn down what a key server signs with another one",
        verify=lambda run: keys.check_same(run, [s.primary, *s.secondaries], s.new),
        commands=(f"show crypto key mypubkey rsa, on {', '.join(s.servers)}",),
        effect="none: it only looks",
        state=state,
        advice=GO_ON,
        needs_s=5.0,
        lane=Lane.BEFORE_REKEY,
    )


def _time(s: Settings) -> Step:
    needs_s = SWITCH_S * len(s.servers)

    def left(run: Run) -> int | None:
        leading = group_look(run, s.group, only=(KS, KS_POLICY)).leading
        if leading is None:
            raise TransportError(f"no key server of {s.group} can be asked")
        return leading.time_to_rekey_s

    def verify(run: Run) -> None:
        def see() -> Seen:
            now = left(run)
            return Seen(
                done=enough(now, needs_s),
                text="a rekey comes first",
                until=run.clock.now() + now if now is not None else None,
            )

        first = left(run)
        if not enough(first, needs_s):
            watch = [Alarms(run=run, group=s.group, members=s.members)]
            run.wait("time to change over", see, within_s=(first or 0.0) + SENT_S, watch=watch)

    return Step(
        name="there is time to change over",
        why="the next rekey is not to come meanwhile: until then the way back costs nothing",
        verify=verify,
        commands=(f"{KS_POLICY}, on {', '.join(s.servers)}",),
        effect="none: it only looks, and waits for the next rekey where that is near",
        state="both keys are on all key servers, the old one is in use",
        advice=GO_ON,
        needs_s=5.0,
        lane=Lane.BEFORE_REKEY,
    )


def _take_away(s: Settings, name: str) -> Step:
    return Step(
        name=f"remove the key {s.old} from {name}",
        why="the seed document replaces the key under its own name, the primary's first",
        device=name,
        commands=(keys.zeroize_command(s.old), "write memory"),
        dialogue=_YES,
        apply=lambda run: keys.zeroize(run, name, s.old, only=s.old_key),
        verify=lambda run: _gone(run, name, s.old),
        effect=f"{name} cannot make rekeys until the new key is there",
        state=f"{name} has no rekey key: it cannot make rekeys",
        advice=f"go on before the next rekey: {GO_ON}",
        needs_s=REMOVE_S,
        lane=Lane.BEFORE_REKEY,
        final=True,
    )


def _gone(run: Run, name: str, label: str) -> None:
    if keys.key_on(run, name, label) is not None:
        raise UnmetError(f"still has the key {label}", device=name)


# ---- changing over ----


def _switch(s: Settings, name: str) -> Step:
    def label(run: Run) -> str | None:
        text = run.device(name).send(CONFIG_COMMAND)
        views = read_config(text, name).key_servers
        group = s.called(name)
        return next((view.rekey_authentication for view in views if view.group == group), None)

    def use(run: Run, key: str) -> None:
        # whether it was saved is not seen to the second: to say it twice does no harm
        run.device(name).configure(_lines(s, name, key))
        keys.save(run, name)

    def verify(run: Run) -> None:
        if label(run) != s.new:
            raise UnmetError(f"does not sign rekeys with {s.new}", device=name)

    last = name == s.primary

    def undo(run: Run) -> None:
        if keys.key_on(run, name, s.old) is None:
            raise UnmetError(f"has no key {s.old} any more", device=name, hint=GO_ON)
        use(run, s.old)
        if last:
            tell_moved(run, s)

    return Step(
        name=f"sign rekeys with {s.new} on {name}",
        why="the primary comes last: only it sends rekeys" if last else "before the primary does",
        device=name,
        commands=(*(line.strip() for line in _lines(s, name, s.new)), "write memory"),
        apply=lambda run: use(run, s.new),
        verify=verify,
        undo=undo,
        undo_commands=(_lines(s, name, s.old)[-1].strip(),),
        effect=(
            "members turn the next rekey down, which is expected, and register again before "
            "their keys expire"
            if last
            else "none, unless it becomes primary"
        ),
        state=(
            "the new key is in use, members still hold the old one"
            if last
            else f"{name} would sign with the new key, {s.primary} signs with the old one"
        ),
        advice=GO_ON,
        needs_s=SWITCH_S,
        lane=Lane.BEFORE_REKEY,
    )


def _lines(s: Settings, name: str, key: str) -> tuple[str, ...]:
    return (
        s.headers[name],
        " server local",
        f"  rekey authentication mypubkey rsa {key}",
    )


def _remove(s: Settings, name: str) -> Step:
    return Step(
        name=f"remove the key {s.old} from {name}",
        why="nobody needs it any more, and what is not there cannot be stolen",
        device=name,
        commands=(keys.zeroize_command(s.old), "write memory"),
        dialogue=_YES,
        apply=lambda run: keys.zeroize(run, name, s.old, only=s.old_key),
        verify=lambda run: _gone(run, name, s.old),
        effect="none: nothing is signed with it",
        state=f"the old key is gone from {name}",
        advice=GO_ON,
        needs_s=REMOVE_S,
        final=True,
    )


_YES: Final = ("Do you really want to remove these keys? [yes/no]: yes",)
