"""Which key servers a member belongs to, by what it lists.

Networks choose group identities for themselves, so one audit may hold several groups that share
an identity and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .context import GroupContext, ServerContext
from .facts import Address
from .group_keys import servers_of
from .servers import address_of, peers_of


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyServer:
    """A key server with its own address, and those of the peers that it cooperates with."""

    server: ServerContext
    address: Address | None
    peers: tuple[Address, ...]

    @property
    def addresses(self) -> tuple[Address, ...]:
        """All of them, its own first."""
        return self.peers if self.address is None else (self.address, *self.peers)

    def serves(self, group: str, listed: Iterable[Address | str]) -> bool:
        """Whether a member belongs to it that calls its group `group` and lists `listed`.

        It lists the key server or a peer of it, or calls the group as the key server does.
        """
        return group == self.server.group or any(each in self.addresses for each in listed)


def key_servers(ctx: GroupContext) -> tuple[KeyServer, ...]:
    """The key servers of a group."""
    return tuple(
        KeyServer(server=server, address=address_of(server), peers=peers_of(server))
        for server in servers_of(ctx)
    )
