"""The key servers of a group as they know themselves and each other."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar, cast

from .context import ServerContext, show_evidence
from .needs import GDOI, KS, KS_COOP, KS_POLICY
from .rule import Evidence

if TYPE_CHECKING:
    from ..parsers.config import Interface
    from ..parsers.record import Record
    from ..parsers.records.gdoi_ks import KsRedundancy
    from ..parsers.records.gdoi_ks_coop import CoopGroup, KsCoop
    from ..parsers.records.gdoi_ks_policy import Kek, KsGroupPolicy, Tek
    from .facts import Address, DeviceFacts, Shown

R = TypeVar("R", bound="Record")
T = TypeVar("T")

PRIMARY = "Primary"
ALIVE = "Alive"
ESTABLISHED = "Established"
_OWN_ADDRESSES = "own addresses"
NO_SERVER = "there is no configuration of a key server of this group"
"""Why rules on groups cannot be decided where only members are known."""


def own_addresses(device: DeviceFacts) -> tuple[tuple[Address, Interface], ...]:
    """The addresses of the device's interfaces, each with its interface."""
    found = device.memo.get(_OWN_ADDRESSES)
    if found is None:
        found = device.memo[_OWN_ADDRESSES] = tuple(_own_addresses(device))
    return cast("tuple[tuple[Address, Interface], ...]", found)


def _own_addresses(device: DeviceFacts) -> Iterator[tuple[Address, Interface]]:
    for interface in device.config.interfaces.values() if device.config is not None else ():
        yield from ((each.ip, interface) for each in interface.addresses)
        yield from ((each.ip, interface) for each in interface.ipv6_addresses)


def latest(rows: Iterable[tuple[Shown[R], T]]) -> tuple[Shown[R], T] | None:
    """The last of `rows`: of several outputs of a command, the one that holds now.

    Outputs that are not whole count only where no other is there.
    """
    every = list(rows)
    best = [row for row in every if row[0].complete] or every
    return best[-1] if best else None


def coop(server: ServerContext) -> tuple[Shown[KsCoop], CoopGroup] | None:
    """What the key server last said about its cooperation in the group."""
    return latest(server.rows(KS_COOP, lambda record: record.groups))


def address_of(server: ServerContext) -> Address | None:
    """The address that peers and members know the key server by."""
    if server.role.address is not None:
        return server.role.address
    shown = coop(server)
    if shown is not None and shown[1].address is not None:
        return shown[1].address
    for redundancy, _ in redundancies(server):
        return redundancy.address
    policy = latest(server.rows(KS_POLICY, lambda record: record.groups))
    if policy is None or isinstance(policy[1].server, str):
        return None
    return policy[1].server


def role_of(server: ServerContext) -> str | None:
    """`Primary`, `Secondary` or `Election`, as the key server says of itself."""
    shown = coop(server)
    if shown is not None:
        return shown[1].role
    return next((each.role for each, _ in redundancies(server)), None)


def primary_of(servers: Iterable[ServerContext]) -> ServerContext | None:
    """The one key server that says that it is the primary; None if several or none do."""
    found = [server for server in servers if role_of(server) == PRIMARY]
    return found[0] if len(found) == 1 else None


def leading(servers: Sequence[ServerContext]) -> ServerContext:
    """The key server to compare the others with: the primary, else the one elected first."""

    def order(server: ServerContext) -> int:
        redundancy = server.view.redundancy if server.view else None
        return -redundancy.priority if redundancy else 0

    return primary_of(servers) or min(servers, key=order)


def peers_of(server: ServerContext) -> tuple[Address, ...]:
    """The peers of the key server, as configured, else as shown."""
    if server.view is not None:
        redundancy = server.view.redundancy
        return redundancy.peers if redundancy else ()
    shown = coop(server)
    return tuple(peer.address for peer in shown[1].peers) if shown is not None else ()


def cooperates(server: ServerContext) -> bool | None:
    """Whether the key server is one of several; None where nothing tells."""
    if server.view is not None and server.view.redundancy is not None:
        return True
    shown = coop(server)
    if shown is not None and shown[1].redundancy is not None:
        return shown[1].redundancy
    if any(True for _ in redundancies(server)):
        return True
    if server.view is not None and server.device.block_complete(server.view.line):
        return False
    return None


def absent_servers(servers: Sequence[ServerContext]) -> tuple[Address, ...]:
    """Key servers that others name as peers, and about which nothing was given."""
    known = {address_of(server) for server in servers}
    named = (peer for server in servers for peer in peers_of(server))
    return tuple(peer for peer in dict.fromkeys(named) if peer not in known)


def current_kek(group: KsGroupPolicy) -> Kek | None:
    """The rekey key in use: of two during a rollover, the one that lives longer."""
    living = [kek for kek in group.keks if kek.remaining_s != 0]
    return max(living, key=lambda kek: kek.remaining_s or 0) if living else None


def current_teks(group: KsGroupPolicy) -> tuple[Tek, ...]:
    """The newest traffic key of each access list; those that it superseded do not count."""
    newest: dict[str | None, Tek] = {}
    for tek in group.teks:
        if tek.remaining_s != 0:
            before = newest.get(tek.access_list)
            if before is None or _freshness(tek) > _freshness(before):
                newest[tek.access_list] = tek
    return tuple(newest.values())


def _freshness(tek: Tek) -> tuple[bool, int]:
    """A superseded key has no time to its next rekey (`n/a`)."""
    return tek.time_to_rekey_s is not None, tek.remaining_s or 0


def redundancies(server: ServerContext) -> Iterator[tuple[KsRedundancy, Evidence]]:
    """What commands other than `ks coop` say about the key server's part in the cooperation.

    The evidence is about its role.
    """
    for output, group in server.rows(KS, lambda record: record.groups):
        if group.redundancy is not None:
            yield group.redundancy, show_evidence(output, group.redundancy, "role")
    for status, served in server.rows(GDOI, lambda record: record.groups):
        if served.redundancy is not None:
            yield served.redundancy, show_evidence(status, served.redundancy, "role")
