"""One group of the intent beside what its devices showed."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from ...inventory.models import Group, Intent, KeyServer
from ...inventory.relations import Relations
from .observing import Observed
from .seen import PRIMARY, Address, JoinedGroup, ServedGroup


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupLook:
    """A group: its key servers and members as intended, and those that showed it.

    `servers` and `members` hold the devices that were reached and take part in the group now, in
    the order of the intent; `observed` all that were looked at. Each device may have its own name
    for the group; `name` is that of the intent.
    """

    group: Group
    intended: tuple[KeyServer, ...]
    intended_members: tuple[str, ...]
    observed: Mapping[str, Observed]
    servers: Mapping[str, ServedGroup]
    members: Mapping[str, JoinedGroup]

    @property
    def name(self) -> str:
        """The name of the group."""
        return self.group.name

    @property
    def names_by_address(self) -> dict[Address, str]:
        """The intended key servers by their addresses."""
        return {server.address: server.name for server in self.intended}

    def called(self, address: Address) -> str:
        """A key server for people: its name where the intent knows it, and its address."""
        name = self.names_by_address.get(address)
        return str(address) if name is None else f"{name} ({address})"

    def is_elsewhere(self, name: str) -> bool:
        """Whether a key server was reached and does not serve the group."""
        seen = self.observed.get(name)
        return seen is not None and not seen.failure and name not in self.servers

    @property
    def is_beginning(self) -> bool:
        """Whether the group is about to come into being: no member, and key servers to come."""
        coming = any(self.is_elsewhere(server.name) for server in self.intended)
        return coming and not any(server.member_count for server in self.servers.values())

    def cooperate(self, one: ServedGroup, other: ServedGroup) -> bool:
        """Whether both list each other as peers: else they cannot agree on anything."""
        return one.lists_peer(other) and other.lists_peer(one)

    @property
    def primaries(self) -> tuple[ServedGroup, ...]:
        """The key servers that say that they are primary."""
        return tuple(server for server in self.servers.values() if server.role == PRIMARY)

    @property
    def primary(self) -> ServedGroup | None:
        """The primary, None where there is none or more than one."""
        found = self.primaries
        return found[0] if len(found) == 1 else None

    @property
    def leading(self) -> ServedGroup | None:
        """The primary, else the first key server: the one to compare others with."""
        return self.primary or next(iter(self.servers.values()), None)


def looks(
    intent: Intent, observed: Mapping[str, Observed], groups: Collection[str] | None = None
) -> Iterator[GroupLook]:
    """The groups of the intent, or those of them in `groups`."""
    relations = Relations(intent)
    for group in intent.groups:
        if groups is None or group.name in groups:
            yield _look(relations, group, observed)


def _look(relations: Relations, group: Group, observed: Mapping[str, Observed]) -> GroupLook:
    intended = tuple(relations.servers[role.name] for role in group.servers)
    seats = relations.seats_by_group[group.name]
    served = {
        role.name: observed[role.name].served_group(role.group_name or group.name)
        for role in group.servers
        if role.name in observed
    }
    joined = {
        seat.member.name: observed[seat.member.name].joined_group(
            seat.membership.group_name or group.name
        )
        for seat in seats
        if seat.member.name in observed
    }
    return GroupLook(
        group=group,
        intended=intended,
        intended_members=tuple(seat.member.name for seat in seats),
        observed=observed,
        servers={name: seen for name, seen in served.items() if seen is not None},
        members={name: seen for name, seen in joined.items() if seen is not None},
    )
