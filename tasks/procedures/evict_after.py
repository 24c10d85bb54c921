"""The members of a group after one of them was evicted: the others are back, it is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from ...errors import DeviceError
from ..deploying.network import GroupLook
from . import rekeying
from .evict_settings import Settings
from .gates import looked
from .looking import look, servers_of
from .model import AlarmError, LateError, Step, UnmetError
from .run import Run, Seen

LATE_S: Final = 60.0
"""After so many seconds more, a member that is not back has missed the message."""
MARGIN_S: Final = 120.0
LISTS_S: Final = 120.0
"""How long key servers may take to tell each other of their members."""
SHOWN: Final = 3
SENT: Final = "keys that the member has"
HELD: Final = "keys that the member had before"
_REFUSALS: Final = ("UNAUTHORIZED", "NO_PRESHARED", "MODE_FAILURE", "AUTH_FAILED")


def follow(s: Settings) -> Step:
    """The step that waits until the others have registered again."""

    def one_primary(run: Run) -> None:
        seen, _ = rekeying.leader(run, s.group)
        if len(seen.primaries) != 1:
            raise AlarmError(f"{s.group} has {len(seen.primaries)} primaries")

    def apply(run: Run) -> None:
        try:
            rekeying.await_members(
                run,
                s.group,
                s.followed,
                what="members with keys that it never had",
                within_s=s.window_s + LATE_S,
                watch=[lambda: one_primary(run)],
            )
        except LateError:
            # they have not got the message, and go on with keys that nobody else has
            missing = rekeying.behind(run, s.group, s.followed)
            rekeying.register_again(run, s.group, list(missing))
        _await_count(run, s, MARGIN_S)

    def verify(run: Run) -> None:
        missing = rekeying.behind(run, s.group, s.followed)
        if missing:
            raise UnmetError(rekeying.named(missing))

    return Step(
        name="follow the others until they have registered again",
        why="nobody else is to be left behind",
        commands=(
            f"show crypto gdoi, on {len(s.followed)} members",
            f"{rekeying.REGISTER} group {s.group}, on members that have missed the message",
        ),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        apply=apply,
        verify=verify,
        effect="none; who has missed the message is cut off until it registers again",
        state="the others have new keys",
        advice="see why it cannot register: 'show crypto gdoi' there; then 'getvpn runs resume'",
        needs_s=s.window_s + rekeying.pace_s(s.expected),
        timeout_s=s.window_s + LATE_S + rekeying.REGISTERS_S + MARGIN_S,
        stops=True,
    )


def _await_count(run: Run, s: Settings, within_s: float) -> None:
    """Wait until as many members are registered as should be, those that nobody asks among them."""

    def see() -> Seen:
        _, primary = rekeying.leader(run, s.group)
        have = primary.member_count or 0
        return Seen(done=have >= s.expected, text="", have=have, of=s.expected)

    run.wait("registered members", see, within_s=within_s)


def absent(s: Settings) -> Step:
    """The step that proves that the member is none any more, and has no keys that are in use."""

    def verify(run: Run) -> None:
        began = run.clock.now()

        def see() -> Seen:
            seen = _looked(run, s)
            known = _known(s, seen)
            if known:
                return Seen(done=False, text=known)
            lives = _lives_on(run, seen)
            return Seen(
                done=not lives,
                text="the old keys have not yet ended" if lives else "",
                until=began + s.window_s,
            )

        run.wait(f"{s.who} to be out", see, within_s=s.window_s + LISTS_S)
        found = list(_refusals(run, s))
        run.say(
            "; ".join(found[:SHOWN])
            if found
            else f"{s.who} has not tried to register again, as far as the logs tell"
        )

    return Step(
        name=f"{s.who} is absent and refused",
        why="no key server may know it, whichever it tried",
        commands=tuple(
            f"show crypto gdoi ks members, show logging | include {each}, on {len(s.servers)} key "
            "servers"
            for each in s.addresses
        ),
        verify=verify,
        effect="none: it only looks",
        state=f"{s.who} has no key that is in use",
        advice="see which key server has it: 'show crypto gdoi ks members' on each; then 'getvpn "
        "runs resume', or evict it once more",
        needs_s=s.window_s,
        timeout_s=s.window_s + LISTS_S,
        stops=True,
    )


def remembered(run: Run, s: Settings) -> str:
    """Which key servers have the member in their lists, or do not tell, in a clause; else empty.

    They have it from before, where they were not reached by those that dropped it: these get it
    back from them, and give it new keys.
    """
    return _known(s, _looked(run, s))


def _looked(run: Run, s: Settings) -> GroupLook:
    return looked(run, s.group, look(run, servers_of(run, s.group), whole=False))


def _known(s: Settings, seen: GroupLook) -> str:
    silent = [name for name in s.servers if name not in seen.servers]
    if silent:
        return f"who the members of {' and '.join(silent)} are is not known"
    known = [
        name
        for name, each in seen.servers.items()
        if any(str(address) in s.addresses for address in each.member_addresses)
    ]
    return f"it is in the list of members of {' and '.join(known)}" if known else ""


def _lives_on(run: Run, seen: GroupLook) -> bool:
    """Whether one of the traffic keys that the member has is in use."""
    old = {*run.kept.get(SENT, ()), *run.kept.get(HELD, ())}
    spis = (f"TEK {spi:08X}" for each in seen.servers.values() for spi in each.every_tek_spi)
    return any(spi in old for spi in spis)


def _refusals(run: Run, s: Settings) -> Iterator[str]:
    """The last message of each key server that says that it refused the member."""
    for name in s.servers:
        for address in s.addresses:
            try:
                text = run.device(name).send(f"show logging | include {address}")
            except DeviceError:
                run.drop(name)
                continue
            said = [line for line in text.splitlines() if any(each in line for each in _REFUSALS)]
            if said:
                yield f"{name}: {said[-1].strip()[:200]}"
