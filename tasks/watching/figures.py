"""A group in figures: what a board shows, metrics tell and a history keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from ..deploying.network import GroupLook
from ..deploying.seen import PRIMARY, ServedGroup

ALIVE: Final = "alive"
MISSED_TOO_MANY: Final = 2
"""After three rekeys in a row without an answer a key server gives a member up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerFigures:
    """A key server of a group; `reached` is whether it answered when it was last looked at.

    If not, the rest is what it showed before; what it never showed is None, empty or ''. `peers`
    are the other key servers and what it thinks of them (`alive`, `dead`), by name, or by address
    where the intent has no name for it.
    """

    name: str
    reached: bool
    role: str = ""
    members: int | None = None
    kek_spi: int | None = None
    tek_spis: frozenset[int] = frozenset()
    peers: Mapping[str, str]

    @property
    def alive_peers(self) -> int:
        """How many of its peers are alive."""
        return sum(status == ALIVE for status in self.peers.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgements:
    """What the members of a group have left unanswered: rekeys in a row, summed up.

    `listed` members were looked through, `missing` of them have missed one rekey or more, `lost`
    are about to be given up.
    """

    listed: int = 0
    missed: int = 0
    missing: int = 0
    lost: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class GroupFigures:
    """A group at the time `at`; times are UTC seconds since 1970, lifetimes in seconds.

    `primary` is None where there is none or more than one, `last_primary` the last that was known;
    `led` is whether one that answers is primary, or hears one that is. The keys are those of the
    key server that leads, the first where none does. `acks` is None as long as members have not
    been looked through. Of `sampled` members all is well with `well`.
    """

    name: str
    at: float
    servers: tuple[ServerFigures, ...]
    primary: str | None = None
    last_primary: str | None = None
    primaries: int = 0
    led: bool = False
    members: int | None = None
    next_rekey_at: float | None = None
    kek_expires_at: float | None = None
    kek_lifetime_s: int | None = None
    tek_expires_at: float | None = None
    tek_lifetime_s: int | None = None
    acks: Acknowledgements | None = None
    sampled: int = 0
    well: int = 0

    @property
    def reached(self) -> tuple[ServerFigures, ...]:
        """The key servers that answered."""
        return tuple(server for server in self.servers if server.reached)


def figures_of(
    look: GroupLook,
    names: Iterable[str],
    at: float,
    *,
    acks: Acknowledgements | None = None,
    sampled: int = 0,
    well: int = 0,
) -> GroupFigures:
    """The figures of a group whose key servers `names` are looked at."""
    first = look.leading
    kek = None if first is None else first.kek
    teks = () if first is None else first.teks
    tek = min(
        (each for each in teks if each.remaining_s is not None),
        key=lambda each: each.remaining_s or 0,
        default=None,
    )
    seen_at = at if first is None else look.observed[first.device].at
    rekey_s = None if first is None else first.time_to_rekey_s
    return GroupFigures(
        name=look.name,
        at=at,
        servers=tuple(_server(look, name) for name in names),
        primary=None if look.primary is None else look.primary.device,
        primaries=len(look.primaries),
        led=any(_is_led(server) for server in look.servers.values()),
        members=None if first is None else first.member_count,
        next_rekey_at=None if rekey_s is None else seen_at + rekey_s,
        kek_expires_at=_end(seen_at, None if kek is None else kek.remaining_s),
        kek_lifetime_s=None if kek is None else kek.lifetime_s,
        tek_expires_at=_end(seen_at, None if tek is None else tek.remaining_s),
        tek_lifetime_s=None if tek is None else tek.lifetime_s,
        acks=acks,
        sampled=sampled,
        well=well,
    )


def carried(before: GroupFigures | None, now: GroupFigures) -> GroupFigures:
    """The figures of now, with what earlier ones tell of key servers that do not answer.

    A key that a key server shows no more because it has ended, while it has the other one, keeps
    its end.
    """
    earlier = {} if before is None else {server.name: server for server in before.servers}
    servers = tuple(
        replace(earlier[server.name], reached=False)
        if not server.reached and server.name in earlier
        else server
        for server in now.servers
    )
    known = now.primary or (None if before is None else before.last_primary)
    now = replace(now, servers=servers, last_primary=known)
    if before is None or not now.reached:
        return now
    if now.tek_expires_at is None and now.kek_expires_at is not None:
        lives = before.tek_lifetime_s
        return replace(now, tek_expires_at=before.tek_expires_at, tek_lifetime_s=lives)
    if now.kek_expires_at is None and now.tek_expires_at is not None:
        lives = before.kek_lifetime_s
        return replace(now, kek_expires_at=before.kek_expires_at, kek_lifetime_s=lives)
    return now


def acknowledgements(server: ServedGroup) -> Acknowledgements | None:
    """What a key server says of its members' answers; None where it lists none or tells nothing."""
    counts = [each.acks_missed for each in server.members if each.acks_missed is not None]
    if not counts and server.member_count != 0:
        return None
    return Acknowledgements(
        listed=len(counts),
        missed=sum(counts),
        missing=sum(count > 0 for count in counts),
        lost=sum(count >= MISSED_TOO_MANY for count in counts),
    )


def _is_led(server: ServedGroup) -> bool:
    return server.role == PRIMARY or any(
        (peer.role or "").lower() == PRIMARY and (peer.status or "").lower() == ALIVE
        for peer in server.peers
    )


def _server(look: GroupLook, name: str) -> ServerFigures:
    server = look.servers.get(name)
    if server is None:
        return ServerFigures(name=name, reached=name in look.observed, peers={})
    known = look.names_by_address
    return ServerFigures(
        name=name,
        reached=True,
        role=server.role,
        members=server.member_count,
        kek_spi=server.kek_spi,
        tek_spis=server.tek_spis,
        peers={
            known.get(peer.address, str(peer.address)): (peer.status or "unknown").lower()
            for peer in server.peers
        },
    )


def _end(at: float, remaining_s: int | None) -> float | None:
    return None if remaining_s is None else at + remaining_s
