"""The members of a group while its key servers change over to another RSA key."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from ...errors import DeviceError
from ...parsers import parse
from ...parsers.records.gdoi_gm_pubkey import GmPubkeys
from ..deploying.observing import GM_PUBKEY
from ..ssh.device import Answer
from . import rekey_keys as keys
from .looking import alarmed, group_look
from .model import Step, UnmetError
from .rollover_settings import Settings
from .run import Run, Seen

LATE_S: Final = 600.0
"""How long after the keys have expired members may still be missing."""
GO_ON: Final = "'getvpn runs resume' goes on from here"


def waves(s: Settings) -> list[Step]:
    """The steps that let members register again some at a time; none unless that is wanted."""
    if not s.wave:
        return []
    waves = [s.followed[at : at + s.wave] for at in range(0, len(s.followed), s.wave)]
    return [_wave(s, names, number, len(waves)) for number, names in enumerate(waves, 1)]


def _wave(s: Settings, names: Sequence[str], number: int, count: int) -> Step:
    def apply(run: Run) -> None:
        wanted = _public(run, s)
        waiting = [name for name in names if not _holds(run, name, s.group, wanted)]
        found = run.each(
            waiting,
            lambda name: run.device(name).dialogue(
                "clear crypto gdoi", [Answer(question="proceed", reply="yes")]
            ),
        )
        for each in found.values():
            if isinstance(each, DeviceError):
                raise each

    def verify(run: Run) -> None:
        _await_members(run, s, names, within_s=LATE_S, at_once=True)

    return Step(
        name=f"let wave {number} of {count} register again",
        why="so that not all members come to the key servers at once",
        device=names[0] if len(names) == 1 else None,
        commands=("clear crypto gdoi, on " + ", ".join(names),),
        precheck=lambda run: all(_holds(run, name, s.group, _public(run, s)) for name in names),
        apply=apply,
        verify=verify,
        effect="these members send nothing encrypted until they have registered, some seconds",
        state=f"{min(number * s.wave, len(s.followed))} members hold the new key",
        advice=GO_ON,
        needs_s=30.0,
        timeout_s=LATE_S,
        final=True,
    )


def follow(s: Settings) -> Step:
    """The step that waits until all members hold the new key."""

    def precheck(run: Run) -> bool:
        wanted = _public(run, s)
        return all(_holds(run, name, s.group, wanted) for name in s.followed)

    def apply(run: Run) -> None:
        leading = group_look(run, s.group).leading
        lasts = s.lifetime_s if leading is None else leading.remaining_s or s.lifetime_s
        _await_members(run, s, s.followed, within_s=float(lasts) + LATE_S)

    def verify(run: Run) -> None:
        wanted = _public(run, s)
        missing = [name for name in s.followed if not _holds(run, name, s.group, wanted)]
        if missing:
            raise UnmetError(f"{len(missing)} members do not hold the new key, {missing[0]} first")

    return Step(
        name="follow the members until each holds the new key",
        why="the old key may go only when nobody needs it any more",
        commands=(f"{GM_PUBKEY}, on {len(s.followed)} members",),
        precheck=precheck,
        apply=apply,
        verify=verify,
        effect="members turn one rekey down (%CRYPTO-6-IKMP_MODE_FAILURE or "
        "%GDOI-3-GDOI_REKEY_FAILURE) and register again",
        state="all members hold the new key, the old one is still on the key servers",
        advice="'clear crypto gdoi' on members that are missing lets them register at once",
        needs_s=float(s.lifetime_s),
        timeout_s=s.lifetime_s + LATE_S,
        final=True,
    )


def _await_members(
    run: Run, s: Settings, names: Sequence[str], *, within_s: float, at_once: bool = False
) -> None:
    """Wait until the members hold the new key.

    They are asked at the beginning, and then when they are expected to come: `at_once`, or after
    the next rekey.
    """
    wanted = _public(run, s)
    missing = list(names)
    before: frozenset[int] | None = None

    def look() -> Seen:
        nonlocal before
        leading = run.memory["look"].leading
        spis = leading.tek_spis if leading is not None else frozenset()
        left = None if leading is None else leading.time_to_rekey_s
        waits = before is not None and spis == before and not at_once
        before = spis if before is None else before
        if not waits:
            found = run.each(missing, lambda name: _holds(run, name, s.group, wanted))
            missing[:] = [name for name in missing if found[name] is not True]
        coming = spis == before and not at_once and left is not None
        return Seen(
            done=not missing,
            text="before the next rekey" if coming else _named(missing),
            have=len(names) - len(missing),
            of=len(names),
            until=run.clock.now() + left if coming and left is not None else None,
        )

    run.wait(
        "members with the new key",
        look,
        within_s=within_s,
        watch=[alarmed(run, s.group, s.members)],
        advice="look at the members that are missing; the old key is still there",
    )


def _named(missing: Sequence[str]) -> str:
    if not missing:
        return ""
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
    return f"missing: {', '.join(missing[:3])}{more}"


def _public(run: Run, s: Settings) -> bytes:
    kept = run.memory.get("public")
    if isinstance(kept, bytes):
        return kept
    key = keys.key_on(run, s.primary, s.new)
    if key is None:
        raise UnmetError(f"has no key {s.new}", device=s.primary)
    run.memory["public"] = key.data
    return key.data


def _holds(run: Run, name: str, group: str, wanted: bytes) -> bool:
    """Whether a member verifies rekeys with this key; IOS cuts long ones."""
    text = run.device(name).send(GM_PUBKEY)
    record = parse(GM_PUBKEY, text, source=name)
    groups = record.groups if isinstance(record, GmPubkeys) else ()
    held = [key.key_data for each in groups if each.group == group for key in each.keys]
    return any(data and wanted.startswith(data) for data in held)
