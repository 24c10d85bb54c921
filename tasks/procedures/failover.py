"""A test of whether a group goes on without its primary, and whether that comes back.

Secondaries hold the same keys, so that the data plane is not concerned: one of them is elected, and
its rekey shows whether members take what it signs. The old primary comes back as a secondary:
nobody takes the role from one that lives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any, Final

from ...errors import OverdueError, TransportError
from ..deploying.rekeys import keys_of
from ..ssh.device import Answer
from . import rekeying
from .failover_return import come_back, follows, give_back, take_back
from .failover_seen import (
    ISOLATED,
    MARGIN_S,
    NOTED,
    OWED,
    RETURNS,
    ROLE,
    SENT,
    is_gone,
    servers_seen,
)
from .failover_settings import Settings
from .gates import check_primary, first_of, fit_step, well_step
from .looking import alarmed
from .model import Lane, LateError, Step, UnmetError, nothing
from .rekey_keys import check_same
from .run import Run, Seen
from .upgrade_waiting import unacknowledged

ISOLATE_S: Final = 15.0
SILENCE_S: Final = 60.0
"""Of a primary that is silent for so long another one is elected (seed)."""
REKEY_S: Final = 30.0
LEAVE_S: Final = 60.0
"""After so many seconds a device that is still there is told once more to restart."""
BY_HAND_S: Final = 1800.0
"""How long an operator may take to isolate the primary."""
RELOAD: Final = (Answer(question="save?", reply="yes"), Answer(question="reload"))


class Failover:
    """The procedure `failover test`."""

    name = "failover test"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps, by how the primary goes away."""
        s = Settings.read(settings)
        window = ISOLATE_S + s.elects_s + REKEY_S
        return [
            fit_step(s.group, primary=s.primary, window_s=window),
            *([_same_key(s)] if s.label is not None else []),
            _note(s),
            _isolate(s, window),
            _elected(s),
            _rekey(s),
            come_back(s),
            *([follows(s)] if s.isolate == "reload" else []),
            *([give_back(s)] if s.give_back else []),
            well_step(s.group, state=_ended(s)),
        ]


def _ended(s: Settings) -> str:
    if s.give_back:
        return f"{s.group} is whole again, {s.primary} is primary"
    if s.isolate == "by-hand":
        return f"{s.group} is whole again"
    return f"{s.group} is whole again, the key server that took over is primary"


# ---- before ----


def _same_key(s: Settings) -> Step:
    servers = [s.primary, *s.secondaries]
    label = s.label or ""
    return Step(
        name="all key servers have the same RSA key",
        why="members turn down the rekeys of one with another key: that needs no failover to see",
        commands=(f"show crypto key mypubkey rsa, on {', '.join(servers)}",),
        verify=lambda run: check_same(run, servers, label),
        effect="none: it only looks",
        state="nothing was changed",
        advice="give all key servers the same key, with 'getvpn rollover rsa'",
        needs_s=5.0,
    )


def _note(s: Settings) -> Step:
    return Step(
        name="note the keys that are in use",
        why="a failover by itself must not change them",
        precheck=lambda run: NOTED in run.kept,
        apply=lambda run: run.keep(NOTED, list(rekeying.keys_now(run, s.group))),
        verify=nothing,
        effect="none: it only looks",
        state="nothing was changed",
        advice="begin again",
        needs_s=2.0,
        lane=Lane.BEFORE_REKEY,
    )


# ---- the primary goes away ----


def _isolate(s: Settings, window_s: float) -> Step:
    by_hand = s.isolate == "by-hand"

    def precheck(run: Run) -> bool:
        return ISOLATED in run.kept and is_gone(run, s)

    def apply(run: Run) -> None:
        if ISOLATED not in run.kept:
            check_primary(run, s.group, s.primary, needs_s=window_s)
        run.keep(ISOLATED, run.clock.now())
        if by_hand:
            run.say(
                f"isolate {s.primary} now: take its way to the other key servers and the members, "
                "as by shutting its uplink at the console"
            )
        else:
            _reload(run, s.primary)
            with suppress(LateError):
                _await_gone(run, s, within_s=LEAVE_S)
                return
            # the session broke before it was told
            run.keep(ISOLATED, run.clock.now())
            _reload(run, s.primary)

    def verify(run: Run) -> None:
        _await_gone(run, s, within_s=BY_HAND_S if by_hand else LEAVE_S)
        if by_hand:
            run.keep(ISOLATED, run.clock.now())

    return Step(
        name=f"isolate {s.primary}" if by_hand else f"restart {s.primary}",
        why="the other key servers have to notice that they hear it no more",
        device=s.primary,
        commands=("(by an operator, at its console)",) if by_hand else ("reload",),
        dialogue=() if by_hand else ("Save? [yes/no]: yes, if it asks", "Proceed with reload?"),
        precheck=precheck,
        apply=apply,
        verify=verify,
        undo=lambda run: take_back(run, s),
        undo_commands=(
            f"(wait until {s.primary} is back)",
            f"{ROLE.format(s.names[s.primary])}, on the one that took over",
        ),
        effect="no registrations and rekeys by this key server until it is back; members go on "
        "with the keys that they have",
        state=f"{s.primary} is away",
        advice=RETURNS,
        needs_s=ISOLATE_S,
        timeout_s=BY_HAND_S if by_hand else 2 * LEAVE_S,
        lane=Lane.BEFORE_REKEY,
    )


def _await_gone(run: Run, s: Settings, *, within_s: float) -> None:
    def see() -> Seen:
        gone = is_gone(run, s)
        text = "" if gone else f"{s.primary} is still there"
        return Seen(done=gone, text=text, until=run.clock.now())

    run.wait(f"{s.primary} to be away", see, within_s=within_s)


def _reload(run: Run, name: str) -> None:
    """Tell a device to restart, and do not wait for it."""
    try:
        run.device(name).dialogue("reload", RELOAD)
    except (TransportError, OverdueError):
        pass  # that is how it goes down
    finally:
        run.drop(name)


# ---- another one takes over ----


def _elected(s: Settings) -> Step:
    def apply(run: Run) -> None:
        began = float(run.kept[ISOLATED])
        left_s = began + s.elects_s - run.clock.now()

        def see() -> Seen:
            seen = servers_seen(run, s, others=True)
            found = seen.primary
            text = ", ".join(f"{name} is {each.role}" for name, each in seen.servers.items())
            return Seen(done=found is not None, text=text, until=began + SILENCE_S)

        run.wait(
            f"another primary, {s.elects_s:.0f} s after the isolation",
            see,
            within_s=max(left_s, 1.0),
            advice="see 'show crypto gdoi ks coop' on the secondaries",
        )
        _, primary = rekeying.leader(run, s.group, without={s.primary})
        since = "the others noticed it" if s.isolate == "by-hand" else "the restart"
        run.say(f"{primary.device} is primary {run.clock.now() - began:.0f} s after {since}")

    def verify(run: Run) -> None:
        _, primary = rekeying.leader(run, s.group, without={s.primary})
        if SENT not in run.kept and keys_of(primary) != tuple(run.kept[NOTED]):
            raise UnmetError(
                "gives out other keys than before, without a rekey", device=primary.device
            )
        count = primary.member_count
        if count is not None and count < s.members:
            raise UnmetError(
                f"knows {count} members, there were {s.members}", device=primary.device
            )

    return Step(
        name="another key server becomes primary",
        why=f"60 s of silence and the detection of dead peers: {s.elects_s:.0f} s at most, and the "
        "keys stay the same",
        commands=(f"show crypto gdoi ks coop, on {', '.join(s.secondaries)}",),
        precheck=lambda run: servers_seen(run, s, others=True).primary is not None,
        apply=apply,
        verify=verify,
        effect="none on traffic: all key servers hold the same keys",
        state=f"another key server is primary, {s.primary} is away",
        advice=RETURNS,
        needs_s=s.elects_s,
        timeout_s=s.elects_s,
        lane=Lane.BEFORE_REKEY,
    )


def _rekey(s: Settings) -> Step:
    away = {s.primary}

    def apply(run: Run) -> None:
        _, primary = rekeying.leader(run, s.group, without=away, members=True)
        run.keep(OWED, unacknowledged(primary))
        rekeying.send_rekey(run, s.group, SENT, without=away)

    def lacks(run: Run, group: str, names: Sequence[str]) -> Mapping[str, str]:
        return rekeying.behind(run, group, names, without=away)

    def verify(run: Run) -> None:
        rekeying.await_rekey(run, s.group, SENT, without=away)
        within_s = s.resent_s + rekeying.pace_s(s.members) + MARGIN_S
        watch = [] if s.isolate == "by-hand" else [alarmed(run, s.group, s.members)]
        rekeying.await_members(
            run,
            s.group,
            s.followed,
            what="members with the new keys",
            within_s=within_s,
            lacks=lacks,
            watch=watch,
            advice="members that turn it down know another RSA key; 'getvpn audit --live' tells",
        )
        _await_answers(run, s, within_s, watch)

    return Step(
        name="the new primary sends a rekey",
        why="that all members acknowledge it proves that the key servers share the RSA key",
        device=None,
        commands=(f"{rekeying.rekey_command(s.names[s.primary])}, on the new primary",),
        precheck=lambda run: rekeying.is_rekeyed(run, s.group, SENT, without=away),
        apply=apply,
        verify=verify,
        effect="members get new keys, the old ones live on for a short time",
        state="the new primary has sent a rekey that all members have",
        advice=RETURNS,
        needs_s=REKEY_S,
        timeout_s=s.resent_s + rekeying.pace_s(s.members) + 2 * MARGIN_S,
        lane=Lane.BEFORE_REKEY,
    )


def _await_answers(
    run: Run, s: Settings, within_s: float, watch: Sequence[Callable[[], None]]
) -> None:
    """Wait until all members have acknowledged the rekey, those that nobody asks among them."""

    def see() -> Seen:
        primary = servers_seen(run, s, others=True).primary
        before = run.kept.get(OWED, {})
        owed = unacknowledged(primary)
        missing = [each for each, count in owed.items() if count > before.get(each, 0)]
        return Seen(
            done=primary is not None and not missing,
            text=f"no answer of {first_of(missing)}" if missing else "",
            have=len(owed) - len(missing),
            of=len(owed),
            until=run.clock.now() + rekeying.LOOK_S,
        )

    run.wait("acknowledgements", see, within_s=within_s, watch=watch)
