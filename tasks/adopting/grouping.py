"""Which groups there are: who serves each, who is a member, and at which addresses.

Groups are told apart by their identities, which members and key servers agree by. Two networks may
use one identity; their groups have no key server in common then.
"""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from typing import Final

from ...parsers.config import ConfigLine, GroupMemberConfig, KeyServerConfig
from .ledger import Ledger
from .order import merged
from .reading import Found

Identity = int | IPv4Address
_NO_NAME: Final = re.compile(r"[^A-Za-z0-9_.\-]+")
_MAX_NAME: Final = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A group on one of its key servers."""

    found: Found
    view: KeyServerConfig
    address: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """A group on one of its members; `servers` are those that it names by address, in order."""

    found: Found
    view: GroupMemberConfig
    servers: tuple[IPv4Address, ...]


@dataclass(slots=True, kw_only=True)
class GroupFacts:
    """All that is known of a group. `addresses` are those of its key servers, in order."""

    identity: Identity
    name: str
    served: list[Served] = field(default_factory=list)
    joined: list[Joined] = field(default_factory=list)
    addresses: list[IPv4Address] = field(default_factory=list)

    @property
    def family(self) -> str:
        """The family of its traffic."""
        families = [each.view.family for each in self.served]
        families += [each.view.family for each in self.joined]
        return families[0]


def groups_of(devices: Sequence[Found], ledger: Ledger) -> list[GroupFacts]:
    """The groups, in the order in which they come up on key servers, then on members."""
    served = _once([each for found in devices for each in _served(found, ledger)], ledger)
    joined = [each for found in devices for each in _joined(found, ledger)]
    kept: list[GroupFacts] = []
    known = [each.view.identity for each in served]
    base = dict.fromkeys([*known, *(each.view.identity for each in joined)])
    orders = [[view.identity for view in found.config.key_servers] for found in devices]
    for identity in merged(list(base), orders):
        if identity is None:
            continue
        parts = _parts(
            [each for each in served if each.view.identity == identity],
            [each for each in joined if each.view.identity == identity],
        )
        parts.sort(key=lambda part: (-len(part[0]), -len(part[1])))
        for number, (servers, members) in enumerate(parts):
            if number == 0:
                kept.append(_facts(identity, servers, members))
                continue
            (where, *_), places = _lines(*parts[0]), _lines(servers, members)
            why = f"{where[0].place(where[1])} has another group with this identity"
            for found, line in places:
                ledger.left_out(found, line, f"{why}, and other key servers")
    _name_apart(kept)
    return kept


def _lines(served: Sequence[Served], joined: Sequence[Joined]) -> list[tuple[Found, ConfigLine]]:
    """Where a group stands."""
    lines = [(each.found, each.view.line) for each in served]
    return lines + [(each.found, each.view.line) for each in joined]


def _served(found: Found, ledger: Ledger) -> Iterable[Served]:
    for view in found.config.key_servers:
        if view.identity is None:
            ledger.left_out(found, view.line, "the group has no identity")
        elif not isinstance(view.address, IPv4Address):
            ledger.left_out(found, view.line, "the key server has no IPv4 address in this group")
        else:
            yield Served(found=found, view=view, address=view.address)


def _once(served: list[Served], ledger: Ledger) -> list[Served]:
    """Those of several devices that have the address of a key server before them go."""
    owners: dict[IPv4Address, Served] = {}
    kept = []
    for each in served:
        owner = owners.setdefault(each.address, each)
        if owner.found is each.found:
            kept.append(each)
        else:
            why = f"{owner.found.place(owner.view.line)} is the key server with its address"
            ledger.left_out(each.found, each.view.line, why)
    return kept


def _joined(found: Found, ledger: Ledger) -> Iterable[Joined]:
    own = {view.line for view in found.config.key_servers}
    for view in found.config.group_members:
        servers = tuple(each for each in view.servers if isinstance(each, IPv4Address))
        for server, line in zip(view.servers, view.server_lines, strict=True):
            if not isinstance(server, IPv4Address):
                ledger.left_out(found, line, "key servers are told by IPv4 addresses only")
        if view.line in own or found.config.key_servers:
            ledger.left_out(found, view.line, "a key server that is a member as well")
        elif view.identity is None:
            ledger.left_out(found, view.line, "the group has no identity")
        elif not servers:
            ledger.left_out(found, view.line, "no key server of the group is known")
        else:
            yield Joined(found=found, view=view, servers=servers)


def _parts(served: list[Served], joined: list[Joined]) -> list[tuple[list[Served], list[Joined]]]:
    """Those of one identity, sorted into those that have key servers in common."""
    leader: dict[IPv4Address, IPv4Address] = {}

    def find(address: IPv4Address) -> IPv4Address:
        leader.setdefault(address, address)
        while leader[address] != address:
            leader[address] = leader[leader[address]]
            address = leader[address]
        return address

    named: list[tuple[Served | Joined, list[IPv4Address]]] = [
        (each, [each.address, *_peers(each.view)]) for each in served
    ]
    named += [(each, list(each.servers)) for each in joined]
    for _, addresses in named:
        for address in addresses[1:]:
            leader[find(address)] = find(addresses[0])
    found: dict[IPv4Address, tuple[list[Served], list[Joined]]] = {}
    for each, addresses in named:
        part = found.setdefault(find(addresses[0]), ([], []))
        if isinstance(each, Served):
            part[0].append(each)
        else:
            part[1].append(each)
    return list(found.values())


def _peers(view: KeyServerConfig) -> list[IPv4Address]:
    peers = view.redundancy.peers if view.redundancy is not None else ()
    return [peer for peer in peers if isinstance(peer, IPv4Address)]


def _facts(identity: Identity, served: list[Served], joined: list[Joined]) -> GroupFacts:
    names = [each.view.group for each in served] or [each.view.group for each in joined]
    counts = Counter(names)
    name = max(dict.fromkeys(names), key=lambda each: counts[each])
    legal = _NO_NAME.sub("-", name).strip("-._")[:_MAX_NAME] or f"GROUP-{identity}"
    facts = GroupFacts(identity=identity, name=legal, served=served, joined=joined)
    known = [each.address for each in served]
    peers = [peer for each in served for peer in _peers(each.view)]
    told = [address for each in joined for address in each.servers]
    facts.addresses = list(dict.fromkeys((*known, *peers, *told)))
    return facts


def _name_apart(groups: Iterable[GroupFacts]) -> None:
    """Of two groups with one name the second is called by its identity, too."""
    taken: set[str] = set()
    for group in groups:
        if group.name.lower() in taken:
            group.name = f"{group.name}-{group.identity}"
        taken.add(group.name.lower())
