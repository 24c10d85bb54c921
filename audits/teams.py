"""Which key servers of a group cooperate with each other."""

from .context import GroupContext, ServerContext
from .group_keys import servers_of
from .servers import address_of, peers_of


def teams(ctx: GroupContext) -> tuple[tuple[ServerContext, ...], ...]:
    """The key servers of a group, those together that cooperate.

    Group identities are chosen by each network for itself: key servers that neither call the
    group by one name nor list each other have nothing to do with each other.
    """
    found: list[tuple[ServerContext, ...]] = []
    for server in servers_of(ctx):
        own = [team for team in found if any(_together(server, other) for other in team)]
        found = [team for team in found if team not in own]
        found.append((*(each for team in own for each in team), server))
    return tuple(found)


def _together(one: ServerContext, other: ServerContext) -> bool:
    return (
        one.group == other.group
        or address_of(one) in peers_of(other)
        or address_of(other) in peers_of(one)
    )
