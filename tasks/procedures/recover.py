"""A group with two primaries becomes one again.

Each primary makes keys of its own from its next rekey on, so that members of one do not read those
of the other. When the key servers hear each other again, that with the lower priority follows, and
one rekey gives all members the same keys. Members that miss it are told to register again.

Nothing is changed on key servers, so that there is nothing to take back.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from ..deploying.network import GroupLook
from ..deploying.rekeys import keys_of
from . import rekeying
from .gates import first_of, looked, well_step
from .looking import look, servers_of, state_of
from .model import LateError, Step, UnmetError, nothing
from .recover_settings import Settings
from .recover_ways import examined, sentences_of, silences
from .run import Run, Seen

LOOK_S: Final = 30.0
MERGE_S: Final = 60.0
MERGES_S: Final = 300.0
"""How long key servers may take to agree once they hear each other."""
REGISTER_S: Final = 30.0
AGAIN: Final = "'getvpn runs resume' goes on"


class RecoverSplit:
    """The procedure `recover split`."""

    name = "recover split"

    def steps(self, settings: Mapping[str, Any]) -> Sequence[Step]:
        """The steps; all of them look first, so that they do for any state of the split."""
        s = Settings.read(settings)
        return [
            _find(s),
            _connect(s),
            _merge(s),
            _members(s),
            well_step(s.group, state=f"{s.group} is one group again"),
        ]


def _see(run: Run, s: Settings) -> GroupLook:
    return looked(run, s.group, look(run, servers_of(run, s.group), whole=False))


def _reached(run: Run, s: Settings) -> GroupLook:
    """The group. Raises UnmetError for a key server that cannot be asked, with a new session."""
    seen = _see(run, s)
    if any(each.failure for each in seen.observed.values()):
        seen = _see(run, s)  # an idle session may have been closed by its device
    for name in s.servers:
        if name not in seen.servers:
            said = seen.observed[name].failure or "it does not serve the group"
            raise UnmetError(said, device=name, hint="bring it back, or out of the group, first")
    return seen


# ---- the key servers ----


def _find(s: Settings) -> Step:
    def verify(run: Run) -> None:
        seen = _reached(run, s)
        run.record("state", "before", **state_of(seen))
        primaries = [each.device for each in seen.primaries]
        if len(primaries) > 1:
            run.say(f"{' and '.join(primaries)} are primary of {s.group} at once")
        for text in examined(run, s, silences(seen)):
            run.say(text)

    return Step(
        name="find which way between the key servers is broken",
        why="two primaries come of key servers that do not hear each other",
        commands=(
            f"show crypto gdoi ks coop, on {', '.join(s.servers)}",
            "ping, between those that do not hear each other",
        ),
        verify=verify,
        effect="none: it only looks",
        state="nothing was changed",
        advice=f"bring the key servers back, then {AGAIN}",
        needs_s=LOOK_S,
        stops=True,
    )


def _connect(s: Settings) -> Step:
    def apply(run: Run) -> None:
        def see() -> Seen:
            found = silences(_reached(run, s))
            return Seen(done=not found, text=first_of(sentences_of(found)))

        run.wait(
            "key servers to hear each other",
            see,
            within_s=s.connects_s,
            advice="mend the way between them: routes, access lists, UDP 848, IKE keys",
        )

    return Step(
        name="wait until the key servers hear each other",
        why="only people can mend the way between them",
        commands=("(by an operator: mend the way)",),
        precheck=lambda run: not silences(_reached(run, s)),
        apply=apply,
        verify=nothing,
        effect="the key servers compare their priorities: all but the highest follow",
        state="the key servers hear each other",
        advice=f"mend the way between them, then {AGAIN}",
        needs_s=0.0,
        timeout_s=s.connects_s,
        stops=True,
    )


def _merge(s: Settings) -> Step:
    def see(run: Run) -> Seen:
        seen = _reached(run, s)
        primaries = [each.device for each in seen.primaries]
        if len(primaries) != 1:
            text = f"{' and '.join(primaries)} are primary" if primaries else "nobody is primary"
            return Seen(done=False, text=text)
        keys = {name: keys_of(each) for name, each in seen.servers.items()}
        other = [name for name, found in keys.items() if found != keys[primaries[0]]]
        text = f"{other[0]} has other keys than {primaries[0]}" if other else ""
        return Seen(done=not other, text=text)

    def apply(run: Run) -> None:
        run.wait(
            "one primary, and its keys on all key servers",
            lambda: see(run),
            within_s=MERGES_S,
            advice="see 'show crypto gdoi ks coop' and 'show logging' on the key servers",
        )

    def verify(run: Run) -> None:
        _, primary = rekeying.leader(run, s.group)
        run.say(f"{primary.device} is primary, the others follow it")

    return Step(
        name="see that one of them leads",
        why="the one with the highest priority stays primary, and sends a rekey to the members of "
        "all",
        commands=(
            f"show crypto gdoi ks coop, show crypto gdoi ks policy, on {', '.join(s.servers)}",
        ),
        precheck=lambda run: see(run).done,
        apply=apply,
        verify=verify,
        effect="members that get the rekey have the same keys again",
        state="one key server is primary, and all have its keys",
        advice="'clear crypto gdoi ks coop role' on the primary with the lower priority makes it "
        f"elect; then {AGAIN}",
        needs_s=MERGE_S,
        timeout_s=MERGES_S,
        stops=True,
    )


# ---- the members ----


def _members(s: Settings) -> Step:
    def lacking(run: Run) -> dict[str, str]:
        return rekeying.behind(run, s.group, s.followed)

    def apply(run: Run) -> None:
        try:
            _await(run, s, s.followed, s.resent_s + rekeying.pace_s(len(s.followed)) + MERGE_S)
            return
        except LateError:
            rekeying.leader(run, s.group)  # without one nobody could register
            found = lacking(run)
        if found:
            rekeying.register_again(run, s.group, list(found), wave=s.wave)

    def verify(run: Run) -> None:
        found = lacking(run)
        if found:
            raise UnmetError(f"members without the keys of the group; {rekeying.named(found)}")

    return Step(
        name="bring the members to the keys of the group",
        why="who has missed the rekey reads nobody, and is read by nobody",
        commands=(
            f"{rekeying.REGISTER} group {s.group}, on members with other keys, {s.wave} at a time",
        ),
        dialogue=("Are you sure you want to proceed ? [yes/no]: yes",),
        precheck=lambda run: not lacking(run),
        apply=apply,
        verify=verify,
        effect="a member that is told to register again sends nothing encrypted until it has, some "
        "seconds; it was cut off before",
        state="all members have the keys of the group",
        advice=f"see 'show crypto gdoi' on the members that are missing, then {AGAIN}",
        needs_s=s.resent_s + REGISTER_S,
        timeout_s=s.resent_s + rekeying.pace_s(len(s.followed)) + rekeying.REGISTERS_S,
        stops=True,
    )


def _await(run: Run, s: Settings, names: Sequence[str], within_s: float) -> None:
    rekeying.await_members(
        run, s.group, names, what="members with the keys of the group", within_s=within_s
    )
