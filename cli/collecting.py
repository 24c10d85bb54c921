"""A collection as verbs do it: with a line that says how far it is, and a table in the end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from ..errors import DeviceError, printable
from .fleet import FleetRequest
from .output import note
from .progress import Progress

if TYPE_CHECKING:
    from ..tasks.collecting.gathered import Collection, Gathered

MOST_ROWS: Final = 40
"""A table of more hosts shows only those that failed."""
_HEADINGS: Final = ("host", "role", "texts", "seconds", "outcome")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to ask for, and where to put it."""

    folder: Path
    commands: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    keep_secrets: bool = False


def gather(names: Sequence[str], request: FleetRequest, wish: Wish) -> Collection:
    """Collect, and tell how far it is; raises `Interrupted` on Ctrl-C, with what was got."""
    from ..tasks.collect import collect
    from ..tasks.fleet.runner import JOBS
    from ..tasks.ssh.credentials import supply

    fleet = request.fleet(names)
    limits, access = request.limits(), request.access()
    supply(fleet, request.login())
    with Progress(len(fleet.inventory.hosts)) as progress:
        return collect(
            fleet,
            wish.folder,
            commands=wish.commands,
            select=wish.select,
            ignore=wish.ignore,
            access=access,
            keep_secrets=wish.keep_secrets,
            jobs=request.jobs or JOBS,
            processes=request.processes,
            limits=limits,
            report=progress,
        )


def exit_code(collection: Collection) -> int:
    """3 unless all hosts gave all."""
    return 0 if collection.complete else DeviceError.exit_code


def table(collection: Collection) -> str:
    """The hosts and what became of them, of many only of those that failed; empty without any."""
    rows = [
        _row(gathered)
        for gathered in collection.gathered()
        if collection.hosts <= MOST_ROWS or gathered.failure is not None
    ]
    return "\n".join(_aligned([_HEADINGS, *sorted(rows)])) if rows else ""


def totals(collection: Collection, *, kept: bool = True) -> str:
    """One line about the whole; its folder is named where it is `kept`."""
    failed = len(collection.failures)
    left = collection.hosts - collection.done - failed
    parts = [f"{collection.done} done", f"{failed} failed"]
    if left:
        parts.append(f"{left} not reached")
    many = "1 text" if collection.outputs == 1 else f"{collection.outputs} texts"
    place = f" in {collection.folder}" if kept else ""
    texts = f"{many}, {_size(collection.size)}{place}"
    seconds = collection.seconds
    through = collection.done + failed
    rate = f", {through / seconds:.0f} hosts/s" if 1 < seconds < through else ""
    hosts = "1 host" if collection.hosts == 1 else f"{collection.hosts} hosts"
    return f"{hosts}: {', '.join(parts)}; {texts} after {seconds:.1f} s{rate}"


def tell_interrupted(collection: Collection, *, kept: bool = True) -> None:
    """Say that it was broken off, and what there is; see `totals`."""
    note(f"interrupted; {totals(collection, kept=kept)}")


def _row(gathered: Gathered) -> tuple[str, ...]:
    role = ", ".join(gathered.roles).replace("_", " ") or "-"
    refused = sum(output.refused is not None for output in gathered.outputs)
    outcome = f"done, {refused} refused" if refused else "done"
    if gathered.failure is not None:
        outcome = f"{gathered.failure.kind}: {gathered.failure.message}"
    cells = (gathered.host, role, str(gathered.files), f"{gathered.seconds:.1f}", outcome)
    return tuple(map(printable, cells))


def _aligned(rows: Sequence[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join(cells).rstrip()


def _size(count: int) -> str:
    if count < 10_000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 10_000_000 else f"{count / 1_000_000:.0f} MB"
