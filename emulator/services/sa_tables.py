"""A table of security associations whose rows end by themselves.

Nothing watches the time: who reads the table finds only what still stands. A key server with
thousands of members opens and replaces rows all the time, so that costs the same for every row.
"""

from collections.abc import Callable
from typing import Generic, Protocol, TypeVar

MIN_PURGE = 64
"""So many replaced rows are taken out together."""
REKEY = "rekey"
COOP = "coop"
NEVER = float("inf")

_Place = tuple[object, ...]


class Association(Protocol):
    """What the table has to know of a row.

    `purpose` is empty for rows that nobody opened and closes, which never end by themselves.
    """

    @property
    def local(self) -> str:
        """The router's own address."""

    @property
    def remote(self) -> str:
        """The address of the peer."""

    @property
    def purpose(self) -> str:
        """What it is for: `registration`, `rekey`, `coop`."""

    @property
    def group_name(self) -> str:
        """The group that it is for, empty where it does not matter."""

    @property
    def kek_spi(self) -> int:
        """The SPI of the key of a rekey, 0 for other rows."""

    @property
    def ends_at(self) -> float:
        """When it ends, in seconds since 1970 UTC."""


S = TypeVar("S", bound=Association)


class SaTable(Generic[S]):
    """The rows in the order in which they came.

    `renew` gives what follows a row that has ended, None for nothing. `ended` is told how many
    rows have gone.
    """

    __slots__ = ("_by_peer", "_by_place", "_ended", "_gone", "_next_end", "_now", "_renew", "_rows")

    def __init__(
        self,
        now: Callable[[], float],
        renew: Callable[[S], S | None],
        ended: Callable[[int], None],
    ) -> None:
        self._now = now
        self._renew = renew
        self._ended = ended
        self._rows: list[S] = []
        self._gone: dict[int, S] = {}
        self._by_place: dict[_Place, S] = {}
        self._by_peer: dict[tuple[str, str], list[S]] = {}
        self._next_end = NEVER

    @property
    def rows(self) -> list[S]:
        """What stands now; the list is the table itself."""
        if self._gone or self._now() >= self._next_end:
            self._settle()
        return self._rows

    def put(self, sa: S) -> None:
        """A row begins, in the place of one for the same."""
        place = _place(sa)
        before = self._by_place.get(place)
        if before is not None:
            self._leave(before)
            self._ended(1)
        self._rows.append(sa)
        self._by_place[place] = sa
        self._by_peer.setdefault((sa.purpose, sa.remote), []).append(sa)
        self._next_end = min(self._next_end, sa.ends_at)
        if len(self._gone) > MIN_PURGE and len(self._gone) * 2 > len(self._rows):
            self._settle()

    def drop(self, remote: str, purpose: str, group: str = "") -> None:
        """The rows for a purpose with a peer end, with all if none is given; or of one group."""
        peers = [remote] if remote else [peer for kind, peer in self._by_peer if kind == purpose]
        for sa in [sa for peer in peers for sa in self._by_peer.get((purpose, peer), ())]:
            if group in ("", sa.group_name):
                self._leave(sa)
                self._ended(1)

    def remove(self, chosen: Callable[[S], bool]) -> None:
        """Every row that is chosen ends."""
        gone = [sa for sa in self.rows if chosen(sa)]
        for sa in gone:
            self._leave(sa)
        self._ended(len(gone))
        self._settle()

    def _leave(self, sa: S) -> None:
        """Forget a row; it stays in the list until that is put in order."""
        self._gone[id(sa)] = sa
        if self._by_place.get(_place(sa)) is sa:
            del self._by_place[_place(sa)]
        same = self._by_peer.get((sa.purpose, sa.remote), [])
        if any(sa is each for each in same):
            same.remove(sa)
            if not same:
                del self._by_peer[sa.purpose, sa.remote]

    def _settle(self) -> None:
        """Take out what is gone and what has come to its end."""
        now = self._now()
        over = [
            sa for sa in self._rows if sa.purpose and sa.ends_at <= now and id(sa) not in self._gone
        ]
        for sa in over:
            self._leave(sa)
        # in place: the list is what was handed out
        self._rows[:] = [sa for sa in self._rows if id(sa) not in self._gone]
        self._gone.clear()
        self._next_end = min((sa.ends_at for sa in self._rows if sa.purpose), default=NEVER)
        self._ended(len(over))
        for follower in filter(None, map(self._renew, over)):
            self.put(follower)


def _place(sa: Association) -> _Place:
    """What a row is for: there is one row for each."""
    if sa.purpose == REKEY:
        return REKEY, sa.local, sa.group_name, sa.kek_spi
    if not sa.purpose:
        return "", id(sa)
    return sa.purpose, sa.local, sa.remote, sa.group_name
