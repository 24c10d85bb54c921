"""The first and the last step of procedures, and waiting until a group is well again."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Final

from ...inventory.models import Intent
from ..deploying.health import unsettled
from ..deploying.models import Role
from ..deploying.network import GroupLook, looks
from ..deploying.observing import Observed
from ..deploying.troubles import Kind, Trouble, sentences
from .looking import check_fit, intent_of, look, servers_of, state_of
from .model import Step, UnmetError
from .run import Run, Seen

LOOK_S: Final = 15.0
SETTLE_S: Final = 300.0
Check = Callable[[Run], None]


def fit_step(
    group: str,
    *,
    primary: str,
    window_s: float,
    more: Check | None = None,
    passed: Collection[Kind] = (),
    intent: Intent | None = None,
) -> Step:
    """The step that begins nothing: the group is well, and `primary` is its primary.

    The next rekey must be so far off that a change of `window_s` seconds fits before it. `more` is
    checked too; kinds of trouble that are `passed` do not count. The `intent` is that of the run,
    if no other one is given.
    """

    def verify(run: Run) -> None:
        seen = check_primary(run, group, primary, needs_s=window_s, passed=passed, intent=intent)
        if more is not None:
            more(run)
        run.record("state", "before", **state_of(seen))

    return Step(
        name="the group is fit for it",
        why="a change is begun only on a healthy group, with time enough to the next rekey",
        verify=verify,
        effect="none: it only looks",
        state="nothing was changed",
        advice="mend what it says, and begin again",
        needs_s=LOOK_S,
    )


def well_step(
    group: str, *, state: str, within_s: float = SETTLE_S, intent: Intent | None = None
) -> Step:
    """The last step: the key servers of the group are well again.

    The `intent` is that of the run, if no other one is given.
    """

    def verify(run: Run) -> None:
        seen = settle(run, group, within_s=within_s, intent=intent)
        run.record("state", "after", **state_of(seen))

    return Step(
        name="the group is well",
        why="what was changed is to be left in order",
        verify=verify,
        effect="none: it only looks",
        state=state,
        advice="mend what it says, then 'getvpn runs resume'",
        needs_s=LOOK_S,
        timeout_s=within_s,
        stops=True,
    )


def check_primary(
    run: Run,
    group: str,
    primary: str,
    *,
    needs_s: float,
    passed: Collection[Kind] = (),
    intent: Intent | None = None,
) -> GroupLook:
    """Raise UnmetError unless the group is fit for a change and `primary` is its primary."""
    roles = servers_of(run, group, intent)
    seen = check_fit(run, group, roles, needs_s=needs_s, passed=passed, intent=intent)
    if seen.primary is None or seen.primary.device != primary:
        now = seen.primary.device if seen.primary else "nobody"
        raise UnmetError(f"{now} is primary of {group} now, not {primary}", hint="plan again")
    return seen


def settle(
    run: Run,
    group: str,
    *,
    within_s: float = SETTLE_S,
    passed: Collection[Kind] = (),
    whole: bool = False,
    watch: Sequence[Callable[[], None]] = (),
    intent: Intent | None = None,
) -> GroupLook:
    """Wait until the key servers of a group are well, but for kinds of trouble that are `passed`.

    With `whole` their configurations are looked at, too. The `intent` is that of the run, if no
    other one is given. Raises LateError.
    """
    last: dict[str, GroupLook] = {}
    meant = intent or intent_of(run)

    def see() -> Seen:
        observed = look(run, servers_of(run, group, meant), whole=whole)
        every = unsettled(meant, [group], observed)
        found = [each for each in every if each.kind not in passed]
        last["look"] = next(looks(meant, observed, [group]))
        return Seen(done=not found, text=first_of(sentences(found)))

    run.wait(f"{group} is well", see, within_s=within_s, watch=watch)
    return last["look"]


def troubles_of(run: Run, group: str, observed: Mapping[str, Observed]) -> list[Trouble]:
    """What is not well in a group, as far as it was `observed`."""
    return unsettled(intent_of(run), [group], observed)


def looked(run: Run, group: str, observed: Mapping[str, Observed]) -> GroupLook:
    """What was observed of a group."""
    return next(looks(intent_of(run), observed, [group]))


def whole_look(run: Run, group: str, roles: Mapping[str, Role] | None = None) -> GroupLook:
    """Key servers, or the devices `roles`, with their configurations."""
    observed = look(run, roles or servers_of(run, group), whole=True)
    return looked(run, group, observed)


def first_of(texts: Sequence[str]) -> str:
    """The first of some sentences, and how many more there are."""
    if not texts:
        return ""
    return f"{texts[0]} (and {len(texts) - 1} more)" if len(texts) > 1 else texts[0]
