"""Locks: a group has one run or one deployment at a time, whoever works on whichever machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Collection
from dataclasses import asdict, dataclass
from typing import Final

from sqlalchemy import Connection, Engine, and_, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ...errors import UsageError
from ..clock import utc
from ..database.tables import locks

_HOLDER: Final = select(locks).where(locks.c.group == bindparam("of")).with_for_update()
_IN_PROCESS: Final = and_(
    locks.c.process == bindparam("me"),
    locks.c.host == bindparam("here"),
)
_OF_RUN: Final = and_(locks.c.run == bindparam("of"), _IN_PROCESS)
_RELEASE: Final = delete(locks).where(_OF_RUN)
_TAKE_OVER: Final = delete(locks).where(locks.c.group == bindparam("which"), _OF_RUN)
_LEAVE: Final = delete(locks).where(_IN_PROCESS)
_SHOW: Final = update(locks).where(_OF_RUN).values(seen=bindparam("now"))


class LostLockError(UsageError):
    """The lock of a run is not its own any more: somebody has broken it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a group: a run, of an owner, in a process on a host; times in UTC seconds.

    A deployment holds its groups as a run does; `run` is then its name, "@" and a mark of where it
    is known.
    """

    group: str
    run: str
    owner: str
    host: str
    process: int
    taken: float
    seen: float

    def __str__(self) -> str:
        return (
            f"{self.owner} on {self.host} (process {self.process}) with the {said_of(self.run)}, "
            f"since {utc(self.taken)}, last seen {utc(self.seen)}"
        )

    @property
    def gone(self) -> bool:
        """Whether its process surely is no more: it was one of this machine."""
        return self.host == socket.gethostname() and not _alive(self.process)

    @property
    def here(self) -> bool:
        """Whether it is this process."""
        return (self.host, self.process) == (socket.gethostname(), os.getpid())


class Locks:
    """The locks of a journal; signs of life go through the engine `passing`."""

    def __init__(self, engine: Engine, passing: Engine) -> None:
        self._engine = engine
        self._passing = passing

    def take(
        self,
        groups: Collection[str],
        *,
        run: str,
        owner: str,
        at: float,
        force: bool = False,
        earlier: Collection[str] = (),
    ) -> None:
        """Hold all of `groups` for `run`, or none.

        A lock of the same run, or of one of those `earlier` that it goes on with, is taken over
        when its process is gone, and with `force` whatever its process is. Raises UsageError that
        names the holder.
        """
        with self._engine.begin() as connection:
            self.hold(connection, groups, run=run, owner=owner, at=at, force=force, earlier=earlier)

    def hold(
        self,
        connection: Connection,
        groups: Collection[str],
        *,
        run: str,
        owner: str,
        at: float,
        force: bool = False,
        earlier: Collection[str] = (),
    ) -> None:
        """As `take`, inside of a transaction that ends when it raises."""
        host, process = socket.gethostname(), os.getpid()
        for group in sorted(set(groups)):  # all in one order, so that no two wait for each other
            holder = self._holder(connection, group)
            if holder is not None:
                ours = holder.run == run or holder.run in earlier
                if not (ours and (force or holder.gone or holder.here)):
                    raise UsageError(
                        f"the group {group} is held by {holder}", hint=advice(holder, run)
                    )
                connection.execute(_TAKE_OVER, {"which": group, **_key(holder)})
            mine = Holder(
                group=group, run=run, owner=owner, host=host, process=process, taken=at, seen=at
            )
            try:
                connection.execute(insert(locks), asdict(mine))
            except IntegrityError:
                raise UsageError(
                    f"the group {group} was taken by somebody else just now",
                    hint="'getvpn runs' says by whom",
                ) from None

    def show(self, run: str, *, groups: Collection[str], at: float) -> None:
        """Let others see that the holder of `groups` is alive.

        Raises LostLockError when the lock of one of them was broken.
        """
        with self._passing.begin() as connection:
            done = connection.execute(_SHOW, {"of": run, "now": at, **_me()})
        if done.rowcount < len(set(groups)):
            raise LostLockError(
                f"the lock of the {said_of(run)} was broken",
                hint="somebody else works on the group",
            )

    def release(self, run: str) -> None:
        """Let go of all that `run` holds in this process."""
        with self._engine.begin() as connection:
            connection.execute(_RELEASE, {"of": run, **_me()})

    def leave(self) -> None:
        """Let go of all that this process holds."""
        with self._engine.begin() as connection:
            connection.execute(_LEAVE, _me())

    def break_lock(self, holder: Holder) -> None:
        """Let go of all that the run of `holder` holds in its process."""
        with self._engine.begin() as connection:
            connection.execute(_RELEASE, _key(holder))

    def holder(self, group: str) -> Holder | None:
        """Who holds a group."""
        with self._engine.begin() as connection:
            return self._holder(connection, group)

    def held(self) -> list[Holder]:
        """All that is held."""
        with self._engine.begin() as connection:
            rows = connection.execute(select(locks).order_by(locks.c.group)).mappings()
            return [Holder(**row) for row in rows]

    def _holder(self, connection: Connection, group: str) -> Holder | None:
        row = connection.execute(_HOLDER, {"of": group}).mappings().first()
        return None if row is None else Holder(**row)


def said_of(run: str) -> str:
    """What a holder is, and how it is called where it is known."""
    name, at, _ = run.partition("@")
    return f"deployment {name}" if at else f"run {name}"


def _me() -> dict[str, str | int]:
    """What the statements here call the process."""
    return {"me": os.getpid(), "here": socket.gethostname()}


def _key(holder: Holder) -> dict[str, str | int]:
    """The run of a holder in its process."""
    return {"of": holder.run, "me": holder.process, "here": holder.host}


def advice(holder: Holder, run: str = "") -> str:
    """What to do for `run`, or for who only asks, about a group that is held."""
    if holder.run == run:
        return "if that process is no more, go on with --break-lock"
    if not holder.gone:
        return f"wait for it; if it is no more, 'getvpn runs unlock {holder.group}'"
    if "@" not in holder.run:
        ways = (f"'getvpn runs {way} {holder.run}'" for way in ("resume", "abort"))
        return f"its process is no more: {' or '.join(ways)}"
    return (
        "its process is no more: 'getvpn deploy --commit' where it was called goes on with it, "
        f"'getvpn runs unlock {holder.group}' leaves it"
    )


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
