"""Taking a snapshot of saved texts, and working out what one says."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...audits.load import COLLECTION_INDEX, fleet_of
from ...errors import InputError
from ...parsers.transcript.files import read_paths
from ..collecting.gathered import read_index

if TYPE_CHECKING:
    from ...audits.facts import Fleet
    from ...parsers.transcript.capture import Capture, Skipped
    from .facts import State
    from .store import Snapshot, Snapshots

LIVE: Final = "live"
"""The source of a snapshot for which devices were asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """Texts for a snapshot: when devices were asked (None: nobody says), and who failed, why.

    `skipped` are the files that are not in it.
    """

    captures: tuple[Capture, ...]
    fleet: Fleet
    at: float | None
    failures: dict[str, str]
    skipped: tuple[Skipped, ...] = ()

    @property
    def groups(self) -> tuple[str, ...]:
        """The groups that the texts tell of."""
        return tuple(dict.fromkeys(group.name for group in self.fleet.groups))


def read_material(paths: Sequence[Path]) -> Material:
    """What lies under `paths`; folders of `getvpn collect` say when it was got and who failed.

    Raises InputError where there is nothing of use.
    """
    reading = read_paths(paths)
    captures = tuple(_named(each, paths) for each in reading.captures)
    fleet = fleet_of(captures)
    if not fleet.devices:
        source = ", ".join(map(str, paths))
        raise InputError("neither configuration nor show output found", source=source)
    failures: dict[str, str] = {}
    began: list[float] = []
    for path in paths:
        if (path / COLLECTION_INDEX).is_file():
            began += _began(path)
            for host in read_index(path):
                if host.failure is not None:
                    failures[host.host] = host.failure.message
    return Material(
        captures=captures,
        fleet=fleet,
        at=min(began, default=None),
        failures=failures,
        skipped=tuple(each for each in reading.skipped if Path(each.path).name != COLLECTION_INDEX),
    )


def fleet_in(store: Snapshots, snapshot: Snapshot) -> Fleet:
    """What a snapshot tells of: the same that an audit of its texts has."""
    return fleet_of(store.captures(snapshot))


def state_in(store: Snapshots, snapshot: Snapshot) -> State:
    """The facts of a snapshot; texts that tell none are not read."""
    from ...parsers.spreading import without_collector
    from .facts import state_of
    from .reading import READERS

    with without_collector():
        wanted = [
            each
            for each in store.captures(snapshot)
            if each.kind == "config"
            or (each.resolved is not None and each.resolved.family in READERS)
        ]
        live = snapshot.source == LIVE
        return state_of(fleet_of(wanted), snapshot.at, snapshot.failures, live=live)


def _named(capture: Capture, paths: Iterable[Path]) -> Capture:
    """The capture with its place below the folder that was named: others have other folders."""
    for path in paths:
        inside = os.path.relpath(capture.source, path)
        if inside == ".":
            return replace(capture, source=path.name)
        if not inside.startswith(".."):
            return replace(capture, source=Path(inside).as_posix())
    return capture


def _began(folder: Path) -> list[float]:
    """When a collection began; nothing where its index says no time."""
    with (folder / COLLECTION_INDEX).open(encoding="utf-8") as file:
        try:
            said = datetime.fromisoformat(json.loads(file.readline())["began"])
            # of a time that is none in UTC, nobody could tell it
            return [said.astimezone(UTC).timestamp()]
        except (ValueError, KeyError, TypeError, OverflowError):
            return []
