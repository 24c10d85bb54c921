"""The old primary after the test of a failover: it comes back, and may lead again."""

from __future__ import annotations

from typing import Final

from ..deploying.network import GroupLook
from ..deploying.troubles import sentences
from ..ssh.device import Answer
from . import rekeying
from .failover_seen import ISOLATED, MARGIN_S, ROLE, SENT, hears, servers_seen
from .failover_settings import Settings
from .gates import first_of, looked, troubles_of
from .looking import look, servers_of
from .model import AlarmError, LateError, Step, UnmetError
from .run import Run, Seen

HAND_S: Final = 15.0
HEALED_S: Final = 60.0
"""So long two key servers may both be primary once they hear each other (reference §6.9)."""


def come_back(s: Settings) -> Step:
    """The step in which the old primary returns, and gets in step with the one that took over."""

    def apply(run: Run) -> None:
        if s.isolate == "by-hand":
            run.say(f"connect {s.primary} again now")
        _await_whole(run, s)

    def verify(run: Run) -> None:
        seen, _ = rekeying.leader(run, s.group)
        if s.primary not in seen.servers:
            raise UnmetError("is not back", device=s.primary)

    return Step(
        name=f"{s.primary} comes back",
        why="the group is whole only with it"
        if s.isolate == "reload"
        else "the one with the higher priority leads, the other one follows, and one rekey gives "
        "all the same keys",
        device=s.primary,
        commands=() if s.isolate == "reload" else ("(by an operator, at its console)",),
        apply=apply,
        verify=verify,
        effect="none on traffic",
        state=f"{s.primary} is back and in step",
        advice=f"bring {s.primary} back, then 'getvpn runs resume'",
        needs_s=s.away_s if s.isolate == "by-hand" else min(s.away_s, 300.0),
        timeout_s=s.away_s,
        stops=True,
    )


def follows(s: Settings) -> Step:
    """The step that sees whether the old primary has left the role where it is."""

    def verify(run: Run) -> None:
        if rekeying.leader(run, s.group)[1].device == s.primary:
            raise UnmetError("has taken the role from a primary that lives", device=s.primary)

    return Step(
        name=f"{s.primary} follows the one that took over",
        why="two primaries would be two groups: nobody takes the role from one that lives",
        device=s.primary,
        commands=(f"show crypto gdoi ks coop, on {s.primary}",),
        verify=verify,
        effect="none: it only looks",
        state=f"{s.primary} is back and follows",
        advice=f"see 'show logging' on {s.primary}: who has cleared the role?",
        needs_s=2.0,
    )


def _await_whole(run: Run, s: Settings) -> None:
    """Wait until the old primary is back and all key servers are in step."""
    since: list[float] = []

    def see() -> Seen:
        observed = look(run, servers_of(run, s.group), whole=False)
        seen = looked(run, s.group, observed)
        _judge(run, seen, since)
        found = sentences(troubles_of(run, s.group, observed))
        return Seen(done=not found, text=first_of(found))

    run.wait(
        f"{s.primary} to be back and in step",
        see,
        within_s=s.away_s,
        advice=f"look at the console of {s.primary}",
    )


def _judge(run: Run, seen: GroupLook, since: list[float]) -> None:
    """Raise AlarmError when two primaries hear each other for longer than they may."""
    primaries = seen.primaries
    heard = any(
        hears(seen, one, other.device)
        for one in primaries
        for other in primaries
        if one is not other
    )
    if not heard:
        since.clear()
        return
    since.append(run.clock.now())
    if since[-1] - since[0] > HEALED_S:
        names = " and ".join(each.device for each in primaries)
        raise AlarmError(
            f"{names} are primary of {seen.name} at once, although they hear each other",
            hint="'getvpn recover split' looks into it",
        )


def give_back(s: Settings) -> Step:
    """The step that lets the old primary lead again."""
    return Step(
        name=f"give the role back to {s.primary}",
        why="it outranks the others, and is to lead again",
        commands=(f"{ROLE.format(s.names[s.primary])}, on the one that took over",),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        precheck=lambda run: rekeying.leader(run, s.group)[1].device == s.primary,
        apply=lambda run: _hand_back(run, s),
        verify=lambda run: _await_leader(run, s),
        effect="an election; nothing changes for traffic",
        state=f"{s.primary} is primary again",
        advice="'getvpn runs resume' goes on",
        needs_s=HAND_S,
        timeout_s=s.elects_s,
    )


def _hand_back(run: Run, s: Settings) -> None:
    """Have the acting primary step down, so that the old one is elected."""
    _, primary = rekeying.leader(run, s.group)
    run.device(primary.device).dialogue(
        ROLE.format(primary.group), [Answer(question="proceed", reply="yes")]
    )


def _await_leader(run: Run, s: Settings) -> None:
    def see() -> Seen:
        found = servers_seen(run, s).primary
        done = found is not None and found.device == s.primary
        return Seen(done=done, text="" if done else "an election", until=run.clock.now())

    run.wait(f"{s.primary} to be primary", see, within_s=s.elects_s + MARGIN_S)


def take_back(run: Run, s: Settings) -> None:
    """Wait until the old primary is back, and let it lead with keys that members take from it."""
    if ISOLATED not in run.kept:
        return
    if s.isolate == "by-hand":
        run.say(f"connect {s.primary} again now")
    _await_whole(run, s)
    if rekeying.leader(run, s.group)[1].device != s.primary:
        if not s.outranks:
            run.say("the key server that took over stays primary: it would be elected again")
            return
        _hand_back(run, s)
        _await_leader(run, s)
    if not rekeying.behind(run, s.group, s.followed):
        return
    rekeying.send_rekey(run, s.group, SENT)
    rekeying.await_rekey(run, s.group, SENT)
    try:
        rekeying.await_members(
            run,
            s.group,
            s.followed,
            what="members with the keys of the old primary",
            within_s=s.resent_s + rekeying.pace_s(s.members) + MARGIN_S,
            watch=[],
        )
    except LateError as error:
        run.say(f"{error.message}: they register again before their keys expire")
