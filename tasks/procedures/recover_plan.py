"""The plan to make one group of a split one, from what its devices showed."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from ...errors import UsageError
from ...inventory.models import Intent
from ..deploying.health import needed_s, troubles
from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.rekeys import keys_of
from ..deploying.troubles import Kind, sentences
from ..deploying.verify import members_on
from .looking import state_of
from .model import ProcedurePlan
from .planning import closes, followed, kept_intent, lifetime_s, look_at, resent_s
from .recover import RecoverSplit
from .recover_settings import Settings
from .recover_ways import sentences_of, silences

WAVE: Final = 10
MOST: Final = 5
CONNECTS_S: Final = 3600.0
FORBIDS: Final = frozenset(
    {Kind.UNREACHABLE, Kind.UNSEEN, Kind.NOT_SERVED, Kind.PEER_MISSING, Kind.NO_KEYS}
)
"""What stands in the way: all else is what a split looks like, or does not matter to one."""
TOLD: Final = frozenset({Kind.RSA, Kind.POLICY, Kind.FOREIGN_PRIMARY, Kind.NOT_REGISTERED})


def plan_recovery(
    intent: Intent,
    observed: Mapping[str, Observed],
    group: str,
    *,
    wave: int = WAVE,
    connects_s: float = CONNECTS_S,
    without: Collection[str] = (),
) -> ProcedurePlan:
    """The plan for `group`, whose key servers do not hear each other, or did not until now.

    `observed` are whole looks at its key servers and members. `wave` members at a time are told to
    register again where that is needed; people may take `connects_s` seconds to mend the way
    between key servers. Members in `without` are known to be down. Raises UsageError for a call
    without meaning, or a group that nobody serves.
    """
    if wave < 1:
        raise UsageError("a wave has one member or more")
    look, leading = look_at(intent, observed, group, without)
    settings = Settings(
        intent=kept_intent(intent),
        group=group,
        addresses={server.name: str(server.address) for server in look.intended},
        wave=wave,
        connects_s=connects_s,
        followed=followed(intent, group, without),
        lifetime_s=lifetime_s(leading),
        resent_s=resent_s(look),
    )
    expected = {name: seen for name, seen in observed.items() if name not in without}
    found = troubles(intent, expected, groups=[group], rekey_after_s=needed_s(0))
    return ProcedurePlan(
        procedure=RecoverSplit.name,
        groups=(group,),
        settings=settings.data(),
        steps=tuple(RecoverSplit().steps(settings.data())),
        left_s=leading.time_to_rekey_s,
        obstacles=(
            *sentences(each for each in found if each.kind in FORBIDS),
            *_nothing_to_do(look, without),
        ),
        notes=(*_notes(look), *sentences(each for each in found if each.kind in TOLD)),
        before=state_of(look),
    )


def _nothing_to_do(look: GroupLook, without: Collection[str]) -> Iterator[str]:
    primary = look.primary
    if primary is None or silences(look):
        return
    keys = {keys_of(each) for each in look.servers.values()}
    standing = members_on(look)
    behind = [name for name, each in standing.items() if name not in without and not each.current]
    if len(keys) == 1 and not behind:
        yield f"nothing to recover: {primary.device} is the only primary, and all have its keys"


def _notes(look: GroupLook) -> Iterator[str]:
    primaries = look.primaries
    if len(primaries) > 1:
        names = " and ".join(each.device for each in primaries)
        best = max(primaries, key=lambda each: (each.priority or 0, int(each.address or 0)))
        yield f"{names} are primary at once; {best.device} stays primary, by its priority"
    yield from sentences_of(silences(look))
    open_ = [name for name in look.members if not closes(look.observed[name])]
    if open_:
        more = f" and {len(open_) - MOST} more" if len(open_) > MOST else ""
        yield (
            f"{', '.join(open_[:MOST])}{more} have no fail-close: told to register again, they "
            "send in clear until they have"
        )
