"""Runs procedures in virtual time while things go wrong; see CONTRIBUTING.md, `make simulate`."""

import argparse
import json
import os
import sys
import time
from pathlib import Path

from .campaign import Progress, campaign, summary
from .play import scenario_of
from .result import Result, forked
from .scenarios import SCENARIOS, WORLDS
from .table import page


def main() -> int:
    """Carry out what the command line asks for; 1 when an invariant does not hold."""
    wish = _wish()
    chosen = tuple(each for each in SCENARIOS if each.name.startswith(wish.only or ""))
    if not chosen:
        say(f"there is nothing named {wish.only!r}: {', '.join(s.name for s in SCENARIOS)}")
        return 2
    if wish.seed is not None:
        return _replayed(wish.seed, only=wish.only)
    seeds = range(wish.first, wish.first + wish.runs)
    progress, results, failed = Progress(len(seeds)), [], []
    began = time.monotonic()
    for result in campaign(seeds, chosen, wish.jobs):
        results.append(result)
        progress(result)
        if result.broken:
            failed.append(result)
            progress.clear()
            _print_failure(result, only=wish.only)
    took_s = time.monotonic() - began
    say("\n".join(summary(results)))
    rate = len(results) / took_s
    say(f"{len(results)} runs in {took_s:.0f} s, {rate:.1f} runs/s on {wish.jobs} processors")
    if failed:
        say(f"{len(failed)} runs failed, seeds {', '.join(str(r.seed) for r in failed[:20])}")
    if wish.table:
        wish.table.write_text(page(results), "utf-8")
    if wish.json:
        wish.json.write_text(json.dumps([each.data() for each in results]))
    return 1 if failed or len(results) != len(seeds) else 0


def say(text: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _wish() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make simulate", description=__doc__)
    parser.add_argument("--runs", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="replay this one, and tell its story")
    parser.add_argument("--only", help="procedures whose names begin so")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--table", type=Path, help="write the page of faults to this file")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    return parser.parse_args()


def _print_failure(result: Result, only: str | None) -> None:
    say(f"FAILED seed {result.seed}, {result.procedure} {result.strategy}")
    for each in result.broken:
        say(f"  ! {each}")
    for line in result.story:
        say(f"    {line}")
    more = f" ONLY='{only}'" if only else ""
    say(f"  replay: make simulate SEED={result.seed}{more}\n")


def _replayed(seed: int, only: str | None) -> int:
    chosen = tuple(each for each in SCENARIOS if each.name.startswith(only or ""))
    scenario = scenario_of(seed, chosen)
    result = forked(seed, scenario, WORLDS[scenario.world](), whole=True)
    say(f"seed {seed}, {scenario.name}: {result.first or 'no outcome'}, then {result.last}")
    say("\n".join(result.story))
    for each in result.broken:
        say(f"! {each}")
    return 1 if result.broken else 0


if __name__ == "__main__":
    sys.exit(main())
