"""What plans tell of devices that are led from stage to stage."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from ...errors import InputError
from ..comparing.plan import Command
from ..deploying.observing import Observed
from ..render import Secrets, written
from .stages import Move, Path, Stages, first_of

MOST_COMPARED: Final = 50
"""The configurations of so many devices are compared with the intent for a plan ..."""
MOST_LINES: Final = 2000
"""... unless they are longer than so many lines, as those of key servers of large groups are."""


Beside = tuple[str, Sequence[Command]]
"""A device, and the lines in which it differs from its intent for other reasons."""


def lines_beside(
    stages: Stages, moves: Iterable[Move], observed: Mapping[str, Observed]
) -> Iterator[Beside]:
    """Devices that differ from the intent in lines that the procedure leaves, and those lines."""
    for count, move in enumerate(moves):
        seen = observed.get(move.device)
        if count >= MOST_COMPARED:
            return
        if seen is not None and seen.running is not None:
            if seen.running.count("\n") > MOST_LINES:
                continue
            found = Path(stages, move).beside(seen.running)
            if found:
                yield move.device, found


def notes_beside(
    stages: Stages, moves: Iterable[Move], observed: Mapping[str, Observed]
) -> Iterator[str]:
    """For people: devices that differ from the intent in lines that the procedure leaves."""
    yield from notes_of(lines_beside(stages, moves, observed))


def notes_of(beside: Iterable[Beside]) -> Iterator[str]:
    """The same, of lines that have been found."""
    for name, found in beside:
        yield (
            f"{name} differs from the intent in other lines, which stay as they are: "
            f"{first_of(found)}; 'getvpn diff' shows them"
        )


def secrets_missing(
    stages: Stages, moves: Iterable[Move], secrets: Secrets | None
) -> Iterator[str]:
    """Why the keys of devices cannot be entered: secrets that are not there, or are no keys."""
    if secrets is None:
        return
    told: set[str] = set()
    for move in moves:
        for stage in (move.before, move.after):
            try:
                written(stages.view(stage, move.device), secrets.reveal)
            except InputError as error:
                if error.message not in told:
                    told.add(error.message)
                    yield error.message
