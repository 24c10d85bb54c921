"""Locks: of a group only one run is on at a time, whoever works on whichever machine."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection, Engine, bindparam, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from ...errors import UsageError
from ..clock import utc
from .tables import locks

FRESH_S: Final = 120.0
"""A lock that its holder has shown itself with in this time is taken to be alive."""
_HOLDER: Final = select(locks).where(locks.c.group == bindparam("of")).with_for_update()
_RELEASE: Final = delete(locks).where(locks.c.run == bindparam("of"))
_SHOW: Final = (
    update(locks)
    .where(
        locks.c.run == bindparam("of"),
        locks.c.process == bindparam("me"),
        locks.c.host == bindparam("here"),
    )
    .values(seen=bindparam("now"))
)


class LostLockError(UsageError):
    """The lock of a run is not its own any more: somebody has broken it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Holder:
    """Who holds a group: a run, of an owner, in a process on a host; times in UTC seconds."""

    group: str
    run: str
    owner: str
    host: str
    process: int
    taken: float
    seen: float

    def __str__(self) -> str:
        return (
            f"{self.owner} on {self.host} (process {self.process}) with the run {self.run}, "
            f"since {utc(self.taken)}, last seen {utc(self.seen)}"
        )

    @property
    def gone(self) -> bool:
        """Whether its process surely is no more: it was one of this machine."""
        return self.host == socket.gethostname() and not _alive(self.process)


class Locks:
    """The locks of a journal; signs of life go through the engine `passing`."""

    def __init__(self, engine: Engine, passing: Engine) -> None:
        self._engine = engine
        self._passing = passing

    def take(
        self, groups: Sequence[str], *, run: str, owner: str, at: float, force: bool = False
    ) -> None:
        """Hold all of `groups` for `run`, or none.

        A lock of the same run is taken over when its process is gone. `force` breaks the lock of
        anybody. Raises UsageError that names the holder.
        """
        with self._engine.begin() as connection:
            self.hold(connection, groups, run=run, owner=owner, at=at, force=force)

    def hold(
        self,
        connection: Connection,
        groups: Sequence[str],
        *,
        run: str,
        owner: str,
        at: float,
        force: bool = False,
    ) -> None:
        """As `take`, inside of a transaction that ends when it raises."""
        for group in sorted(set(groups)):
            self._take(connection, group, run=run, owner=owner, at=at, force=force)

    def _take(
        self, connection: Connection, group: str, *, run: str, owner: str, at: float, force: bool
    ) -> None:
        mine = {
            "group": group,
            "run": run,
            "owner": owner,
            "host": socket.gethostname(),
            "process": os.getpid(),
            "taken": at,
            "seen": at,
        }
        holder = self._holder(connection, group)
        if holder is not None:
            same = holder.run == run and (
                holder.gone or (holder.host, holder.process) == (mine["host"], mine["process"])
            )
            if not (same or force):
                raise UsageError(
                    f"the group {group} is held by {holder}", hint=_advice(holder, run)
                )
            connection.execute(delete(locks).where(locks.c.group == group))
        try:
            connection.execute(insert(locks), mine)
        except IntegrityError:
            raise UsageError(
                f"the group {group} was taken by somebody else just now",
                hint="'getvpn runs' says by whom",
            ) from None

    def show(self, run: str, *, at: float) -> None:
        """Let others see that the holder is alive. Raises LostLockError when it was broken."""
        with self._passing.begin() as connection:
            mine = {"of": run, "me": os.getpid(), "here": socket.gethostname()}
            done = connection.execute(_SHOW, {**mine, "now": at})
        if not done.rowcount:
            raise LostLockError(
                f"the lock of the run {run} was broken", hint="somebody else works on the group"
            )

    def release(self, run: str) -> None:
        """Let go of all that `run` holds."""
        with self._engine.begin() as connection:
            connection.execute(_RELEASE, {"of": run})

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


def _advice(holder: Holder, run: str) -> str:
    if holder.run == run:
        return "if that process is no more, go on with --break-lock"
    if holder.gone:
        return f"its process is no more: 'getvpn runs resume {holder.run}' or 'runs abort'"
    return f"wait for it; if it is no more, 'getvpn runs unlock {holder.group}'"


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
