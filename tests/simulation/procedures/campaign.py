"""Many runs, on all processors: their results as they come, and a summary of them."""

import gc
import json
import os
import selectors
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Final, TextIO

from sqlalchemy import delete

from getvpn.tasks.journal import Journal
from getvpn.tasks.journal.tables import metadata

from .play import scenario_of
from .result import Result, forked, played
from .scenarios import WORLDS, Booted, Scenario

BAR: Final = 24
EVERY_S: Final = 0.5
BLOCK: Final = 65_536
WARMING: Final = -1


def campaign(seeds: Sequence[int], scenarios: tuple[Scenario, ...], jobs: int) -> Iterator[Result]:
    """The results of runs with these seeds, in the order in which they end."""
    booted = prepared(scenarios)
    chooser = selectors.DefaultSelector()
    children = []
    for job in range(jobs):
        end, begin = os.pipe()
        child = os.fork()
        if not child:
            os.close(end)
            _work(begin, seeds[job::jobs], scenarios, booted)
        os.close(begin)
        children.append(child)
        chooser.register(end, selectors.EVENT_READ, bytearray())
    try:
        while chooser.get_map():
            for key, _ in chooser.select():
                yield from _arrived(chooser, key)
    finally:
        for child in children:
            os.waitpid(child, 0)


def prepared(scenarios: tuple[Scenario, ...]) -> dict[str, Booted]:
    """The networks that copies are made of.

    A first run of everything is thrown away: it loads code and fills tables that all copies share.
    So does what the journal of such a run knows of its database, without the run.
    """
    journals = {}
    for scenario in scenarios:
        world = WORLDS[scenario.world]()
        played(WARMING, scenario, world)
        journals[scenario.world] = world.journal
    booted = {name: WORLDS[name]() for name in journals}
    for name, journal in journals.items():
        _empty(journal)
        booted[name].journal = journal
    gc.collect()
    gc.freeze()
    return booted


def _empty(journal: Journal) -> None:
    with journal._engine.begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(delete(table))


def _work(
    begin: int, seeds: Sequence[int], scenarios: tuple[Scenario, ...], booted: dict[str, Booted]
) -> None:
    """What a worker does; it never comes back."""
    try:
        with os.fdopen(begin, "wb", buffering=0) as pipe:
            for seed in seeds:
                scenario = scenario_of(seed, scenarios)
                result = forked(seed, scenario, booted[scenario.world])
                pipe.write(json.dumps(result.data()).encode() + b"\n")
    except (BrokenPipeError, KeyboardInterrupt):
        pass
    finally:
        os._exit(0)


def _arrived(chooser: selectors.BaseSelector, key: selectors.SelectorKey) -> Iterator[Result]:
    data = os.read(key.fd, BLOCK)
    if not data:
        chooser.unregister(key.fd)
        os.close(key.fd)
        return
    kept: bytearray = key.data
    kept += data
    while (at := kept.find(b"\n")) >= 0:
        yield Result.read(json.loads(kept[:at]))
        del kept[: at + 1]


class Progress:
    """A bar that is redrawn: how many runs of how many, how fast, how many failed, how long."""

    def __init__(self, count: int, to: TextIO = sys.stderr) -> None:
        self.count, self.to = count, to
        self.done = self.failed = 0
        self.began = self.told = time.monotonic()
        self.live = to.isatty()

    def __call__(self, result: Result) -> None:
        """Another run has ended."""
        self.done += 1
        self.failed += bool(result.broken)
        now = time.monotonic()
        if now - self.told >= (EVERY_S if self.live else EVERY_S * 20) or self.done == self.count:
            self.told = now
            self._draw(now - self.began)

    def clear(self) -> None:
        """Make room for something else."""
        if self.live:
            self.to.write("\r\x1b[K")

    def _draw(self, took_s: float) -> None:
        rate = self.done / took_s if took_s else 0.0
        left_s = (self.count - self.done) / rate if rate else 0.0
        filled = BAR * self.done // max(self.count, 1)
        text = (
            f"[{'#' * filled}{'.' * (BAR - filled)}] {self.done}/{self.count} runs, "
            f"{rate:.1f}/s, {self.failed} failed, {left_s // 60:.0f}:{left_s % 60:02.0f} to go"
        )
        self.clear()
        self.to.write(text if self.live else f"{text}\n")
        if self.live and self.done == self.count:
            self.to.write("\n")
        self.to.flush()


def summary(results: Sequence[Result]) -> list[str]:
    """How many runs of each procedure and strategy ended how, as a table."""
    counts = Counter((r.procedure, r.strategy, _ended(r)) for r in results)
    failed = Counter((r.procedure, r.strategy, _ended(r)) for r in results if r.broken)
    rows = [("procedure", "strategy", "outcome", "runs", "failed")]
    rows += [(*key, str(count), str(failed[key])) for key, count in sorted(counts.items())]
    widths = [max(len(row[at]) for row in rows) for at in range(len(rows[0]))]
    return [
        "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]


def _ended(result: Result) -> str:
    if result.first == result.last:
        return f"{result.last}, too late" if result.late else result.last or "no outcome"
    return f"{result.first}, then {result.last}"


Heard = Callable[[Result], None]
