"""Which rekeys a deployment ends with: those that its changes need, and those that are overdue."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ...inventory.models import Intent
from .journal import Open, Owed
from .models import Rekey, Stage
from .network import GroupLook, looks
from .observing import Observed
from .policy import CARRIED, FacetChange
from .seen import ServedGroup, acl_keys
from .verify import members_on


@dataclass(slots=True)
class Found:
    """Rekeys, and what people should know of them."""

    rekeys: tuple[Rekey, ...] = ()
    notes: list[str] = field(default_factory=list)
    obstacles: list[str] = field(default_factory=list)


def planned_rekeys(
    intent: Intent,
    observed: Mapping[str, Observed],
    facets: Mapping[str, Sequence[FacetChange]],
    undone: Open,
    *,
    concerned: Collection[str],
    stages: Sequence[Stage],
    replace: bool = False,
) -> Found:
    """The rekeys of the groups `concerned`, given how the policies of devices change (`facets`).

    Members get the policy of their primary: a change elsewhere needs none.
    """
    found = Found()
    rekeys = []
    for look in looks(intent, observed, concerned):
        primary = look.primary
        if primary is None:
            continue
        changed = [each for each in facets.get(primary.device, ()) if each.group == look.name]
        if any(each.facet == "signature" and each.old != "none" for each in changed):
            found.obstacles.append(
                f"group {look.name}: rekeys would be signed with another RSA key, which all members"
                " refuse until they register again; roll the key over instead"
            )
            found.notes.append(f"{look.name}: no rekey is sent, since members would refuse it")
            continue
        why = _why(look, primary, changed, undone)
        if not why:
            found.notes += _stragglers(look)
        else:
            rekeys.append(
                Rekey(
                    group=look.name,
                    device=primary.device,
                    called=primary.group,
                    why=why,
                    after=_after(changed, stages),
                    replace=replace,
                )
            )
    found.rekeys = tuple(rekeys)
    return found


def keys_of(server: ServedGroup) -> tuple[str, ...]:
    """The SPIs of the keys that a key server gives out; with any other a rekey has gone out."""
    kek = [] if server.kek_spi is None else [f"KEK {server.kek_spi:032X}"]
    return (*kek, *(f"TEK {spi:08X}" for spi in sorted(server.tek_spis)))


def is_owed(owed: Owed, server: ServedGroup) -> bool:
    """Whether no rekey has gone out since the policy was changed."""
    return keys_of(server) == owed.keys


def _why(
    look: GroupLook, primary: ServedGroup, changed: Sequence[FacetChange], undone: Open
) -> str:
    """Why a group needs a rekey, in a clause; empty if it does not."""
    carried = [CARRIED[each.facet] for each in changed if each.facet in CARRIED]
    owed = undone.owed.get(look.name)
    if owed is not None and is_owed(owed, primary):
        return owed.why if not carried else f"{owed.why}; {_changes(carried)}"
    if carried:
        return _changes(carried)
    if not changed and _left_behind(look, primary):
        return "its members have another access list than its key servers, none has theirs"
    return ""


def _changes(carried: Iterable[str]) -> str:
    return f"its policy changes: {', '.join(carried)}"


def _left_behind(look: GroupLook, primary: ServedGroup) -> bool:
    """Whether no member that was looked at has the policy of the primary.

    A rekey is of no use to a single one that has not: that one has missed the last.
    """
    if primary.acl is None:
        return False
    wanted = acl_keys(primary.acl)
    registered = [member for member in look.members.values() if member.registered and member.acls]
    return bool(registered) and not any(
        acl_keys(acl.entries) == wanted for member in registered for acl in member.acls
    )


def _stragglers(look: GroupLook) -> Iterator[str]:
    """Members that have missed a rekey, for people: another one is of no use to them."""
    for name, standing in members_on(look).items():
        if standing.policy is False:
            yield (
                f"{name}: its access list of {look.name} is not that of the key servers; "
                "'clear crypto gdoi' there makes it register again"
            )


def _after(changed: Sequence[FacetChange], stages: Sequence[Stage]) -> str | None:
    """The stage that a rekey comes after.

    Where rekeys begin to travel by multicast, members have to listen before: then it is the last.
    """
    if any(each.facet == "transport" for each in changed):
        return stages[-1].name if stages else None
    before = [stage.name for stage in stages if not stage.together]
    return before[-1] if before else None
