"""Keeping snapshots: texts once each and compressed, without the secrets in them."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import Connection, delete, func, insert, select
from sqlalchemy.exc import IntegrityError

from ...errors import InputError, UsageError
from ...parsers.config.redact import redact
from ...parsers.text import MAX_INPUT_CHARS
from ...parsers.transcript.capture import Capture
from ..collecting.scrub import without_secrets
from ..database import open_engine, storable, translated
from ..database.tables import captured, snapshots, texts

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,99}")
_SOME: Final = 500
"""So many values of one statement: databases limit them."""
_MOST_BYTES: Final = 4 * MAX_INPUT_CHARS
_LOCK: Final = 849
"""The number of the lock under which PostgreSQL changes texts, which snapshots share."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """A snapshot without its texts.

    `at` is when the devices were asked, in UTC seconds; `expires` when it may be removed, None for
    never. `failures` are the devices that did not say all, and why.
    """

    id: int
    name: str
    at: float
    owner: str
    version: str
    source: str
    devices: tuple[str, ...]
    groups: tuple[str, ...]
    failures: Mapping[str, str]
    expires: float | None = None


class Snapshots:
    """The snapshots in the database at a URL; errors are those of `Journal`."""

    def __init__(self, url: str) -> None:
        self._engine = open_engine(url)

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    def take(
        self,
        name: str,
        captures: Iterable[Capture],
        *,
        at: float,
        owner: str,
        version: str,
        source: str,
        groups: Sequence[str] = (),
        failures: Mapping[str, str] | None = None,
        expires: float | None = None,
    ) -> Snapshot:
        """Keep `captures` under a new name, all of them or none.

        Secrets are taken out of the texts, and out of filters behind commands; of a terminal's log
        only what was looked at is kept, not what else was typed. Raises UsageError for a name that
        is no name or that is taken.
        """
        check_name(name)
        kept = list(_kept(captures))
        row = {
            "name": name,
            "at": at,
            "owner": owner,
            "version": version,
            "source": storable(source),
            "devices": sorted({str(each.host) for each, _ in kept}),
            "groups": [storable(each) for each in groups],
            "failures": {storable(host): storable(why) for host, why in (failures or {}).items()},
            "expires": expires,
        }
        with self._writing() as connection:
            _hold(connection)
            try:
                adding = insert(snapshots).returning(snapshots.c.id)
                number = connection.execute(adding, row).scalar_one()
            except IntegrityError:
                raise _taken(name) from None
            _keep(connection, number, kept)
        return self.get(name)

    def all(self) -> list[Snapshot]:
        """All of them, the latest first."""
        order = select(snapshots).order_by(snapshots.c.at.desc(), snapshots.c.id.desc())
        with self._writing() as connection:
            return [_snapshot(row) for row in connection.execute(order)]

    def check_free(self, name: str) -> None:
        """Raise UsageError for a name that another snapshot has."""
        if any(each.name == name for each in self.all()):
            raise _taken(name)

    def get(self, name: str) -> Snapshot:
        """The snapshot of this name. Raises UsageError where there is none."""
        with self._writing() as connection:
            row = connection.execute(select(snapshots).where(snapshots.c.name == name)).first()
        if row is None:
            raise UsageError(
                f"there is no snapshot {name!r}", hint="'getvpn snapshot list' names them"
            )
        return _snapshot(row)

    def captures(self, snapshot: Snapshot, *, device: str | None = None) -> list[Capture]:
        """What the devices said, or one of them, in the order in which it was kept.

        Raises InputError for a text that is not as it was kept.
        """
        rows = (
            select(captured, texts.c.packed)
            .outerjoin(texts, texts.c.digest == captured.c.digest)
            .where(captured.c.snapshot == snapshot.id)
            .order_by(captured.c.number)
        )
        if device is not None:
            rows = rows.where(captured.c.device == device)
        known: dict[str, str] = {}
        found = []
        with self._writing() as connection:
            for row in connection.execute(rows):
                if row.digest not in known:
                    known[row.digest] = _unpacked(row.packed or b"", row.digest)
                found.append(
                    Capture(
                        host=row.device,
                        command=row.command,
                        text=known[row.digest],
                        source=row.source,
                        first_line=1,
                    )
                )
        return found

    def remove(self, names: Iterable[str]) -> None:
        """Remove snapshots, and texts that no other one has."""
        wanted = list(names)
        with self._writing() as connection:
            _hold(connection)
            for name in wanted:
                number = connection.scalar(select(snapshots.c.id).where(snapshots.c.name == name))
                if number is not None:
                    connection.execute(delete(captured).where(captured.c.snapshot == number))
                    connection.execute(delete(snapshots).where(snapshots.c.id == number))
            if wanted:
                _forget_texts(connection)

    def expire(self, now: float) -> list[str]:
        """Remove the snapshots whose own time is over; give their names."""
        over = snapshots.c.expires <= now
        theirs = captured.c.snapshot.in_(select(snapshots.c.id).where(over))
        with self._writing() as connection:
            _hold(connection)
            connection.execute(delete(captured).where(theirs))
            gone = delete(snapshots).where(over).returning(snapshots.c.name)
            names = sorted(connection.scalars(gone))
            if names:
                _forget_texts(connection)
        return names

    def size(self) -> tuple[int, int]:
        """The bytes of all texts that are kept, and what they take compressed."""
        both = select(
            func.coalesce(func.sum(texts.c.size), 0),
            func.coalesce(func.sum(func.length(texts.c.packed)), 0),
        )
        with self._writing() as connection:
            row = connection.execute(both).one()
        return int(row[0]), int(row[1])

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with translated(self._engine), self._engine.begin() as connection:
            yield connection


def outdated(
    found: Iterable[Snapshot],
    *,
    now: float,
    keep_last: int | None = None,
    keep_s: float | None = None,
) -> list[str]:
    """The names of snapshots that retention takes.

    Those whose time is over; and, with both or one of the limits, those that are older than
    `keep_s` seconds and not among the `keep_last` latest. What has a time of its own keeps to it.
    """
    latest = sorted(found, key=lambda each: (-each.at, -each.id))
    gone = [each for each in latest if each.expires is not None and each.expires <= now]
    if keep_last is not None or keep_s is not None:
        free = [each for each in latest if each.expires is None][keep_last or 0 :]
        gone += [each for each in free if keep_s is None or now - each.at > keep_s]
    return [each.name for each in gone]


def check_name(name: str) -> None:
    """Raise UsageError for what is no name of a snapshot."""
    if not _NAME.fullmatch(name):
        raise UsageError(
            f"{name!r} is no name of a snapshot",
            hint="letters, digits, '.', '_', ':' and '-', up to 100",
        )


def _taken(name: str) -> UsageError:
    return UsageError(
        f"there is a snapshot {name!r} already", hint="'getvpn snapshot list' names all"
    )


def _kept(captures: Iterable[Capture]) -> Iterator[tuple[Capture, str]]:
    """What is kept of captures, with the texts as they are kept.

    Hosts in any case are one device, as they are for an audit; what no host is named in is called
    as its file.
    """
    names: dict[str, str] = {}
    for each in captures:
        if _only_looks(each):
            source = storable(each.source)
            host = storable(each.host or each.source)
            host = names.setdefault(host.casefold(), host)
            command = storable(_command(each))
            text = without_secrets(each.command, each.text)
            yield replace(each, host=host, command=command, source=source), text


def _only_looks(capture: Capture) -> bool:
    """Whether a command changes nothing: what else is typed at a terminal may hold secrets."""
    first = capture.command.split(" ", 1)[0].lower()
    looks = len(first) > 1 and "show".startswith(first)
    return looks or first in {"dir", "more"} or capture.resolved is not None


def _command(capture: Capture) -> str:
    """A command without secrets in what it looks for."""
    command, bar, looked_for = capture.command.partition("|")
    verb, blank, words = looked_for.strip().partition(" ")
    return f"{command}{bar} {verb}{blank}{redact(words)}" if bar else redact(command)


def _hold(connection: Connection) -> None:
    """Let one process after the other change texts, as SQLite does by itself.

    Two that add the same ones would wait for each other, and one would be removed while another
    snapshot begins to use it.
    """
    if connection.dialect.name != "sqlite":
        connection.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _keep(connection: Connection, number: int, kept: Sequence[tuple[Capture, str]]) -> None:
    packed: dict[str, tuple[int, bytes]] = {}
    rows: list[dict[str, Any]] = []
    for place, (capture, text) in enumerate(kept, 1):
        data = text.replace("\0", "\\x00").encode("utf-8", "backslashreplace")
        digest = sha256(data).hexdigest()
        if digest not in packed:
            packed[digest] = len(data), zlib.compress(data, 6)
        rows.append(
            {
                "snapshot": number,
                "number": place,
                "device": capture.host,
                "command": capture.command,
                "source": capture.source,
                "digest": digest,
            }
        )
    there = set(_known(connection, list(packed)))
    new = [
        {"digest": digest, "size": size, "packed": data}
        for digest, (size, data) in packed.items()
        if digest not in there
    ]
    for at in range(0, len(new), _SOME):
        connection.execute(insert(texts), new[at : at + _SOME])
    for at in range(0, len(rows), _SOME):
        connection.execute(insert(captured), rows[at : at + _SOME])


def _forget_texts(connection: Connection) -> None:
    """Remove the texts that no snapshot has any more."""
    used = select(captured.c.digest).where(captured.c.digest == texts.c.digest)
    connection.execute(delete(texts).where(~used.exists()))


def _known(connection: Connection, digests: Sequence[str]) -> Iterator[str]:
    for at in range(0, len(digests), _SOME):
        some = digests[at : at + _SOME]
        yield from connection.scalars(select(texts.c.digest).where(texts.c.digest.in_(some)))


def _unpacked(packed: bytes, digest: str) -> str:
    """The text; it is looked at whether it is still the same."""
    try:
        data = zlib.decompressobj().decompress(packed, _MOST_BYTES)
    except zlib.error:
        data = b""
    if sha256(data).hexdigest() != digest:
        raise InputError("a text of a snapshot is damaged", source=digest[:16])
    return data.decode("utf-8")


def _snapshot(row: Any) -> Snapshot:
    return Snapshot(
        id=row.id,
        name=row.name,
        at=row.at,
        owner=row.owner,
        version=row.version,
        source=row.source,
        devices=tuple(row.devices),
        groups=tuple(row.groups),
        failures=row.failures,
        expires=row.expires,
    )
