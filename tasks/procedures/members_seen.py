"""Members as they should be after their change: what they lack, told in clauses."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ..deploying.network import GroupLook
from ..deploying.observing import Observed
from ..deploying.verify import members_on
from .gates import looked
from .looking import look, servers_of
from .rekeying import look_at_members
from .run import Run

More = Callable[[GroupLook, Observed, str], str]
"""What a member lacks besides in a look at its group, in a clause; empty for nothing."""


def lacking(run: Run, group: str, names: Sequence[str], more: More) -> dict[str, str]:
    """The members that do not hold what the primary gives out, or lack `more`, and what."""
    seen = look_at_members(run, names)
    servers = look(run, servers_of(run, group), whole=False)
    together = looked(run, group, {**servers, **seen})
    if together.primary is None:
        return dict.fromkeys(names, "the group has no primary now")
    standing = members_on(together)
    found = {}
    for name in names:
        if seen[name].failure:
            found[name] = seen[name].failure
        elif name not in standing:
            found[name] = "it is no member of the group"
        elif not standing[name].current:
            found[name] = ", ".join(standing[name].why)
        else:
            lack = more(together, seen[name], name)
            if lack:
                found[name] = lack
    return found
